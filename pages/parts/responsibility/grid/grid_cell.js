// A cell of the grid: who has it is said by a pattern and by a word; once compared, a tick or a cross stands beside it.

const OWNERS = ["customer", "shared", "aws"], LETTERS = { customer: "c", shared: "s", aws: "a" };
const NAMES = { c: "customer", s: "shared", a: "aws", "-": "" };

/** Dress a cell's button. said: what the learner filled in; truth: what it is, or null while nobody may know. */
function dressCell(button, { said, truth, words, label }) {
  const shown = truth ?? said, state = truth === null ? "" : said === "" ? "empty" : said === truth ? "right" : "wrong";
  button.dataset.who = shown;
  button.dataset.state = state;
  const look = `${shown}|${state}`;
  if (button.dataset.look !== look) {
    button.dataset.look = look;
    const swatch = make("i", "swatch"), mark = make("i", "mark");
    swatch.setAttribute("aria-hidden", "true");
    mark.setAttribute("aria-hidden", "true");
    button.replaceChildren(swatch, make("span", "", shown ? words[`short_${shown}`] : ""), mark);
  }
  const spoken = shown ? words[shown] : words.open;
  const verdict = { right: words.right, wrong: fill(words, "wrong", { said: said ? words[said] : "" }), empty: words.left_open, "": "" }[state];
  button.setAttribute("aria-label", [`${label}: ${spoken}`, verdict].filter(Boolean).join(". "));
}
