// What can be done to a member or a zone at the playhead, in a small menu beside it.

function makeActs(root, say) {
  const menu = make("div", "acts"), title = make("h3"), list = make("div", "list"), close = make("button", "btn close");
  let from = null, send = () => {};
  menu.hidden = true;
  menu.setAttribute("role", "dialog");
  close.type = "button";
  menu.append(title, list, close);
  root.append(menu);

  function shut(back) {
    if (menu.hidden) return;
    menu.hidden = true;
    from?.setAttribute("aria-expanded", "false");
    if (back) from?.focus();
  }
  function open(button, name, offers, trigger) {
    shut(false);
    clock.pause();
    from = button;
    send = trigger;
    const at_s = Math.round(clock.t * 1000) / 1000, when = clockText(clock.t);
    put(title, name);
    menu.setAttribute("aria-label", name);
    list.replaceChildren(...offers.map(({ word, act, tone, values }) => {
      const one = make("button", `btn ${tone ?? ""}`, say(`do.${word}`, { clock: when, ...values }));
      one.type = "button";
      one.addEventListener("click", () => { shut(true); send({ ...act, at_s }); });
      return one;
    }));
    put(close, say("do.close"));
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    const here = root.getBoundingClientRect(), it = button.getBoundingClientRect(), wide = menu.offsetWidth, tall = menu.offsetHeight;
    const right = it.right - here.left + 10, fits = right + wide <= here.width - 4;
    const left = fits ? right : Math.max(4, Math.min(it.left - here.left - wide - 10, here.width - wide - 4));
    menu.style.left = `${Math.max(4, left)}px`;
    menu.style.top = `${Math.max(4, Math.min(it.top - here.top, here.height - tall - 4))}px`;
    list.querySelector("button")?.focus();
  }
  close.addEventListener("click", () => shut(true));
  menu.addEventListener("keydown", (event) => {
    const buttons = [...menu.querySelectorAll("button")], i = buttons.indexOf(root.getRootNode().activeElement);
    if (event.key === "Escape") shut(true);
    else if (event.key === "ArrowDown") buttons[(i + 1) % buttons.length].focus();
    else if (event.key === "ArrowUp") buttons[(i - 1 + buttons.length) % buttons.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  root.addEventListener("pointerdown", (event) => {
    if (!menu.hidden && !event.composedPath().includes(menu) && !event.composedPath().includes(from)) shut(false);
  });
  return { open, shut, get from() { return menu.hidden ? null : from; } };
}

/** List what can be done to a member now. */
function memberOffers(facts, one, t) {
  const act = (word, more = {}, tone = "", values = {}) => ({ word, act: { do: word, member: one.n, ...more }, tone, values });
  const offers = [], isVoter = facts.electorate(t).voters.includes(one.n);
  if (facts.isUp(one)) offers.push(act("kill-member", {}, "danger"));
  else if (!facts.zoneIs("dark", one.zone, t)) offers.push(act("restart-member"));
  for (const other of facts.all(t)) {
    if (other.n === one.n || !facts.isUp(one) || !facts.isUp(other)) continue;
    const word = facts.linkIsCut(one.n, other.n, t) ? "heal-link" : "cut-link";
    offers.push(act(word, { other: other.n }, word === "cut-link" ? "danger" : "", { other: other.n }));
  }
  if (isVoter && facts.electorate(t).voters.length > 1) offers.push(act("remove-member"));
  return offers;
}

/** List what can be done to a zone now. */
function zoneOffers(facts, zone, t, most) {
  const act = (word, tone = "") => ({ word, act: { do: word, zone }, tone, values: {} });
  const isDark = facts.zoneIs("dark", zone, t), isCut = facts.zoneIs("cut", zone, t);
  return [
    isDark ? act("restore-zone") : act("fail-zone", "danger"),
    isCut ? act("heal-zone") : act("cut-zone", "danger"),
    ...(facts.electorate(t).voters.length < most ? [act("add-member")] : []),
  ];
}
