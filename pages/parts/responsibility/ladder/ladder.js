// The ladder: ten stops as a group of radios, each with its stack of thirteen layers; below them the chosen one in full. It
// holds every stop, so that sliding never asks the server first.

function makeLadder(parent) {
  const root = make("section", "q ladder"), stops = make("div", "stops"), range = make("input"), main = make("div", "main"), said = make("p", "hidden");
  Object.assign(range, { type: "range", min: 0, step: 1 });
  stops.setAttribute("role", "radiogroup");
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
    put(said, spoken(state.data.stops[to]));
    if (focus) stops.children[to].focus();
    state.send("show", state.sent);
  }
  const spoken = (stop) => [stop.title, stop.yours, stop.hours, stop.total].join(", ");
  range.addEventListener("input", () => go(Number(range.value)));
  stops.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const n = state.data.stops.length;
    go((state.at + step + n) % n, true);
  });
  const onKey = (event) => { // on stage the arrows slide wherever the focus is
    if (state.data?.size !== "stage" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowRight: 1, " ": 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (!step || event.target === range) return;
    event.preventDefault();
    go(state.at + step);
  };
  window.addEventListener("keydown", onKey);

  /** A layer: who has it is said by its pattern and, in full, by a word. */
  function layer(one, full) {
    const box = make("li", "layer");
    box.dataset.who = one.who;
    box.append(make("i"));
    if (full) box.append(make("b", "", one.title), make("span", "", state.data.words[one.who]));
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
      one.setAttribute("aria-label", spoken(stop));
      stack.append(...stop.layers.map((item) => layer(item, false)));
      stack.setAttribute("aria-hidden", "true");
      one.append(make("b", "", stop.title), stack, make("span", "h", stop.short), make("span", "m", stop.usd));
      one.addEventListener("click", () => go(at));
      return one;
    }));
  }
  function part(title, ...inside) {
    const box = make("div", "part");
    box.append(make("h3", "", title), ...inside);
    return box;
  }
  function draw() {
    const { data } = state, stop = data.stops[state.at];
    root.dataset.theme = themeOf(root);
    root.dataset.size = data.size;
    stops.setAttribute("aria-label", data.words.name);
    range.setAttribute("aria-label", data.words.name);
    range.max = data.stops.length - 1;
    range.value = state.at;
    range.setAttribute("aria-valuetext", stop.title);
    drawStops();
    [...stops.children].forEach((one, at) => {
      one.setAttribute("aria-checked", String(at === state.at));
      one.tabIndex = at === state.at ? 0 : -1;
    });
    const boxes = make("ul", "boxes"), numbers = make("dl", "numbers"), loses = make("ul", "loses"), head = make("header");
    boxes.append(...stop.layers.map((item) => layer(item, true)));
    for (const line of stop.numbers) {
      const row = make("div", line.kind), name = make("dt", "", line.name), much = make("dd", "", line.value);
      row.append(name, much);
      if (line.share !== null) {
        row.dataset.bar = "";
        row.style.setProperty("--much", `${line.share}%`);
      }
      numbers.append(row);
    }
    loses.append(...stop.loses.map((text) => make("li", "", text)));
    head.append(make("h2", "", stop.title));
    if (stop.since) head.append(make("em", "", stop.since));
    head.append(...stop.moves.map((text) => make("p", "", text)));
    const lost = part(data.words.loses, loses);
    lost.dataset.ring = "loses";
    main.replaceChildren(head, part(data.words.duties, boxes), part(data.words.numbers, numbers), lost);
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
      window.removeEventListener("keydown", onKey);
      root.remove();
    },
  };
}

export default keeper(makeLadder, "ladder");
