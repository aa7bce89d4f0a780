// The meter: six stops as a group of radios, each with its stack of four boxes; below them the chosen one in full. It holds
// every stop, so that sliding never asks the server first.

function makeMeter(parent) {
  const root = make("section", "q meter"), stops = make("div", "stops"), range = make("input"), main = make("div", "main");
  Object.assign(range, { type: "range", min: 0, step: 1 });
  stops.setAttribute("role", "radiogroup");
  const said = make("p", "hidden");
  said.setAttribute("aria-live", "polite");
  root.append(stops, range, main, said);
  parent.append(root);
  const state = { data: null, send: () => {}, at: 0, sent: null };

  function go(at, focus = false) {
    const last = state.data.stops.length - 1, to = Math.min(Math.max(at, 0), last);
    if (to === state.at) return;
    state.at = to;
    state.sent = state.data.stops[to].name;
    draw();
    const stop = state.data.stops[to];
    put(said, `${stop.title}: ${stop.hours}, ${stop.total}`);
    if (focus) stops.children[to].focus();
    state.send("show", state.sent);
  }
  range.addEventListener("input", () => go(Number(range.value)));
  stops.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const n = state.data.stops.length;
    go((state.at + step + n) % n, true);
  });

  /** A box of the slide: who has it is said by its pattern and by a word. */
  function layer(one, full) {
    const box = make("li", "layer");
    box.dataset.who = one.who;
    box.append(make("i"));
    if (full) box.append(make("b", "", one.title), make("span", "who", one.says), make("span", "hours", one.hours));
    return box;
  }
  function drawStops() {
    const look = JSON.stringify(state.data.stops);
    if (stops.dataset.look === look) return;
    stops.dataset.look = look;
    stops.style.setProperty("--n", String(state.data.stops.length));
    stops.replaceChildren(...state.data.stops.map((stop, at) => {
      const one = make("button", "stop"), stack = make("ul", "stack");
      one.type = "button";
      one.setAttribute("role", "radio");
      one.dataset.value = stop.name;
      one.setAttribute("aria-label", `${stop.title}: ${stop.hours}, ${stop.total}`);
      stack.append(...stop.layers.map((item) => layer(item, false)));
      stack.setAttribute("aria-hidden", "true");
      one.append(make("b", "", stop.title), stack, make("span", "h", stop.hours), make("span", "m", stop.total));
      if (stop.since) one.append(make("em", "", stop.since));
      one.addEventListener("click", () => go(at));
      return one;
    }));
  }
  function draw() {
    const { data } = state, stop = data.stops[state.at];
    root.dataset.theme = themeOf(root);
    root.dataset.size = data.size;
    stops.setAttribute("aria-label", data.words.name);
    range.setAttribute("aria-label", data.words.name);
    range.max = data.stops.length - 1;
    range.value = state.at;
    range.style.setProperty("--share", `${(100 * state.at) / (data.stops.length - 1)}%`);
    range.setAttribute("aria-valuetext", stop.title);
    drawStops();
    [...stops.children].forEach((one, at) => {
      one.setAttribute("aria-checked", String(at === state.at));
      one.tabIndex = at === state.at ? 0 : -1;
    });
    const boxes = make("ul", "boxes"), bill = make("dl", "bill"), duties = make("div", "duties");
    boxes.append(...stop.layers.map((item) => layer(item, true)));
    for (const line of stop.bill) {
      const row = make("div", line.kind), name = make("dt", "", line.name), much = make("dd", "", line.usd);
      row.append(name, much);
      if (line.share !== null) {
        row.dataset.bar = "";
        row.style.setProperty("--much", `${line.share}%`);
      }
      bill.append(row);
    }
    for (const group of stop.duties) {
      const part = make("div", "group"), list = make("ul");
      part.dataset.who = group.who;
      part.append(make("h4", "", group.title));
      list.append(...group.layers.map((text) => make("li", "", text)));
      part.append(list);
      duties.append(part);
    }
    const head = make("header");
    head.append(make("h2", "", stop.title), make("p", "", stop.line));
    const left = make("div", "part"), middle = make("div", "part"), right = make("div", "part");
    left.append(make("h3", "", data.words.boxes), boxes);
    middle.append(make("h3", "", data.words.bill), bill);
    right.append(make("h3", "", data.words.duties), duties);
    main.replaceChildren(head, left, middle, right);
  }

  return {
    update(fresh, trigger) {
      state.send = trigger;
      state.data = fresh;
      if (!state.sent || state.sent === fresh.stop) {
        state.at = Math.max(0, fresh.stops.findIndex((one) => one.name === fresh.stop));
        state.sent = null;
      }
      draw();
    },
    destroy() {
      root.remove();
    },
  };
}

export default keeper(makeMeter, "meter");
