// Cards: rows with their marks, and for each column what the slide says, the guess, and how it stands then and today.

const SHAPES = { // 16 x 16, drawn in the chip's own colour
  on: "", idle: "", off: "", hit: "M8 3v6M8 12v.6", sick: "M8 3v6M8 12v.6", reached: "M8 3v6M8 12v.6",
  lost: "M4 4l8 8M12 4l-8 8", refused: "M3.5 12.5l9-9", shut: "M3.5 12.5l9-9", absent: "M4 8h8", left: "M3 8h8M8 5l3 3-3 3",
  kept: "M3.5 8.5l3 3 6-7", done: "M3.5 8.5l3 3 6-7", open: "M3.5 8.5l3 3 6-7", safe: "M3.5 8.5l3 3 6-7",
  holds: "M3.5 8.5l3 3 6-7", changed: "M3 6.5h9M9.5 4L12 6.5 9.5 9M13 10.5H4", half: "M4 8h8", "wrong-then-too": "M4 4l8 8M12 4l-8 8", unsaid: "M4 8h8",
  ok: "M3.5 8.5l3 3 6-7", part: "M4 8h8", none: "M4 8h8",
};

function glyph(name) {
  const box = make("i", `glyph g-${name}`);
  box.setAttribute("aria-hidden", "true");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name] ?? "");
  svg.append(path);
  box.append(svg);
  return box;
}

function draw(state) {
  const { root, data, main } = state;
  root.dataset.theme = themeOf(root);
  root.dataset.size = data.size;
  root.setAttribute("aria-label", data.words.name);
  drawRows(state);
  const focused = root.getRootNode().activeElement;
  const held = focused && main.contains(focused) ? focused.dataset.part : null;
  main.replaceChildren(bar(state), cards(state));
  state.score.replaceChildren(...score(state).childNodes);
  drawScene(state);
  if (held) main.querySelector(`[data-part="${held}"]`)?.focus();
}

// --- rows ---------------------------------------------------------------------------------------------------------

function drawRows(state) {
  const { list, pick, data } = state;
  list.setAttribute("role", "radiogroup");
  list.dataset.what = "row";
  list.setAttribute("aria-label", data.words.rows);
  const marks = (row) => state.asked(row.name).map((column) => {
    const made = state.guessed(column, row.name);
    return !made ? "open" : made === data.cells[row.name][column.name].answer ? "right" : "wrong";
  });
  if (list.children.length !== data.rows.length || list.dataset.lang !== data.lang) {
    list.dataset.lang = data.lang;
    list.replaceChildren(...data.rows.map((row) => {
      const one = make("button");
      one.type = "button";
      one.dataset.value = row.name;
      one.setAttribute("role", "radio");
      one.append(make("span", "name", row.title), make("span", "marks"));
      one.addEventListener("click", () => state.show(row.name, state.era));
      return one;
    }));
    pick.replaceChildren(...data.rows.map((row) => {
      const one = make("option", "", row.title);
      one.value = row.name;
      return one;
    }));
    pick.setAttribute("aria-label", data.words.rows);
  }
  pick.value = state.row;
  data.rows.forEach((row, k) => {
    const one = list.children[k], is = row.name === state.row, found = marks(row);
    one.setAttribute("aria-checked", String(is));
    one.tabIndex = is ? 0 : -1;
    const told = found.map((mark) => data.words[mark]).join(", ");
    one.setAttribute("aria-label", `${row.title}: ${told}`);
    one.querySelector(".marks").replaceChildren(...found.map((mark) => make("i", mark)));
  });
}

// --- the bar: era and score ---------------------------------------------------------------------------------------

function bar(state) {
  const { data } = state, line = make("div", "bar"), eras = make("div", "eras");
  eras.setAttribute("role", "radiogroup");
  eras.dataset.what = "era";
  eras.setAttribute("aria-label", data.words.eras);
  for (const era of data.eras) {
    const one = make("button", "", era.title), is = era.name === state.era;
    one.type = "button";
    one.dataset.value = era.name;
    one.dataset.part = `era-${era.name}`;
    one.setAttribute("role", "radio");
    one.setAttribute("aria-checked", String(is));
    one.tabIndex = is ? 0 : -1;
    one.addEventListener("click", () => state.show(state.row, era.name, `[role=radio][data-value="${era.name}"]`));
    eras.append(one);
  }
  line.append(make("h2", "hidden", data.rows.find((row) => row.name === state.row).title), player(state), eras);
  return line;
}

function score(state) {
  const { data } = state;
  let right = 0, made = 0;
  for (const row of data.rows) {
    for (const column of state.asked(row.name)) {
      const guess = state.guessed(column, row.name);
      made += Boolean(guess);
      right += guess === data.cells[row.name][column.name].answer;
    }
  }
  return make("p", "", made ? fill(data.words, "score", { right, made }) : "");
}

// --- cards --------------------------------------------------------------------------------------------------------

function cards(state) {
  const row = make("div", "cards"), told = state.isTold();
  row.dataset.told = String(told);
  row.dataset.columns = state.data.columns.length;
  for (const column of state.data.columns) row.append(card(state, column, told));
  if (!told) row.append(quiz(state));
  return row;
}

function quiz(state) {
  const line = make("p", "ask", state.data.words.ask), skip = make("button", "btn quiet", state.data.words.skip);
  skip.type = "button";
  skip.dataset.part = "skip";
  skip.addEventListener("click", () => state.skip());
  line.append(skip);
  return line;
}

function card(state, column, told) {
  const { data } = state, cell = state.cellOf(column), box = make("article", "card");
  box.dataset.column = column.name;
  box.append(make("h3", "", column.title));
  const facts = make("dl", "cell");
  facts.append(pair(data.words.slide, cell.says || data.words.no_column, cell.says ? "says" : "says none"));
  box.append(facts);
  const made = state.guessed(column);
  if (told || made) {
    for (const era of data.eras) facts.append(standing(state, cell[era.name], era));
    if (made) box.append(held(state, cell, made));
  } else if (cell.answer) {
    box.append(guesser(state, column));
  }
  if (told) box.append(make("div", "now-told"), make("div", "scene"), story(state, column));
  return box;
}

function pair(name, text, look = "") {
  const line = make("div", look);
  line.append(make("dt", "", name), make("dd", "", text));
  return line;
}

function standing(state, found, era) {
  const line = make("div", era.name === state.era ? "now" : ""), value = make("dd");
  line.dataset.status = found.status;
  value.append(glyph(found.status), make("span", "", found.text));
  if (found.true) value.append(make("b", "", found.true));
  if (found.eased) value.append(make("small", "", found.eased));
  line.append(make("dt", "", era.title), value);
  return line;
}

function held(state, cell, made) {
  const { data } = state, right = made === cell.answer;
  const said = data.choices.find((one) => one.name === made).title;
  const line = make("p", `held ${right ? "right" : "wrong"}`);
  line.append(glyph(right ? "ok" : "lost"), make("span", "", fill(data.words, right ? "you_right" : "you_wrong", { said })));
  return line;
}

function guesser(state, column) {
  const box = make("div", "guess");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", `${column.title}: ${state.data.words.still}`);
  box.append(make("p", "", state.data.words.still));
  for (const one of state.data.choices) {
    const button = make("button", "btn", one.title);
    button.type = "button";
    button.dataset.part = `guess-${column.name}-${one.name}`;
    button.addEventListener("click", () => state.guess(column, one.name));
    box.append(button);
  }
  return box;
}

function story(state, column) {
  const act = state.data.acts[state.row][state.era][column.name], all = make("details", "story");
  all.append(make("summary", "", state.data.words.story));
  const list = make("ol");
  for (const step of act.steps) {
    const item = make("li");
    item.append(make("time", "", step.time), make("b", "", step.cause), make("span", "", step.rest));
    list.append(item);
  }
  all.append(list);
  all.hidden = !act.steps.length;
  return all;
}
