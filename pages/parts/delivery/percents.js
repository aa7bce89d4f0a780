// Two squares of percents, ECS's and Kubernetes'. Each is cut into rectangles of one meaning; the dot is the reader's pair. A
// drag moves it here and now, and the server hears of it when it is let go. The page's sliders do the same from a keyboard.

const LOWEST = 100, SPAN = 101; // percents 100 to 200 along, 100 to 0 down: each of them a column, or a row, of its own
const WAYS = ["stuck", "refused", "starts", "stops", "both"];

/** A way's mark, drawn in a box of 24: nothing is told by colour alone. */
function wayMark(way) {
  const paths = {
    stuck: "M6 6 18 18M18 6 6 18", refused: "M6 18 18 6M12 3a9 9 0 1 0 .01 0", starts: "M5 15 12 8 19 15", stops: "M5 9 12 16 19 9",
    both: "M6 10 12 4 18 10M6 14 12 20 18 14",
  };
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", paths[way]);
  svg.append(path);
  return svg;
}

function makePercents(parent) {
  const root = make("section", "q percents"), sides = make("div", "sides"), legend = make("ul", "legend");
  root.append(sides, legend);
  parent.append(root);
  const state = { data: null, send: () => {}, held: null, sent: null };

  const share = (percent) => (100 * percent) / SPAN;
  const place = (node, left, top, width, height) => {
    node.style.cssText = `left:${share(left)}%;top:${share(top)}%;width:${share(width)}%;height:${share(height)}%`;
    return node;
  };
  const patchAt = (side, { minimum, maximum }) =>
    side.patches.find(([low, high, from, to]) => low <= minimum && minimum <= high && from <= maximum && maximum <= to);

  function build(side) {
    const one = make("figure", "side"), head = make("figcaption"), frame = make("div", "frame"), field = make("div", "field");
    head.append(make("b", "", side.words.name), make("span", "", side.words.rounds));
    field.setAttribute("role", "img");
    for (const way of WAYS) {
      const mine = side.patches.filter((patch) => patch[6] === way);
      if (!mine.length) continue;
      for (const [low, high, from, to] of mine) {
        const patch = place(make("div", `patch ${way}`), from - LOWEST, LOWEST - high, to - from + 1, high - low + 1);
        field.append(patch);
      }
      const widest = mine.reduce((best, now) => (area(now) > area(best) ? now : best));
      const wide = span(mine, widest);
      const label = place(make("div", `way ${way}`), wide.left, wide.top, wide.width, wide.height);
      const inside = make("span");
      if (Math.min(wide.width, wide.height) >= 9) inside.append(wayMark(way));
      if (wide.width >= 28 && wide.height >= 12) inside.append(make("b", "", state.data.words[way]));
      label.append(inside);
      field.append(label);
    }
    const dot = make("i", "dot"), across = make("i", "across"), down = make("i", "down");
    field.append(across, down, dot);
    const starts = make("div", "counts top"), stops = make("div", "counts right");
    for (const [from, to, n] of axis(side.patches, true)) starts.append(count(`+${n}`, share(from - LOWEST), share(to - from + 1), "left", "width"));
    for (const [low, high, n] of axis(side.patches, false)) stops.append(count(`\u2212${n}`, share(LOWEST - high), share(high - low + 1), "top", "height"));
    const xs = make("div", "ticks bottom"), ys = make("div", "ticks left");
    for (const percent of [0, 25, 50, 75, 100]) {
      xs.append(tick(side.whose === "ecs" ? percent + LOWEST : percent, percent, "left"));
      ys.append(tick(side.whose === "ecs" ? LOWEST - percent : percent, percent, "top"));
    }
    frame.append(make("em", "name top", state.data.words.starting), starts, ys, field, stops, xs, make("em", "name bottom", side.words.across),
      make("em", "name left", side.words.down), make("em", "name right", state.data.words.stopping));
    const says = make("p", "says");
    one.append(head, frame, says);
    field.addEventListener("pointerdown", (event) => {
      field.setPointerCapture(event.pointerId);
      state.held = field;
      point(field, event);
    });
    field.addEventListener("pointermove", (event) => state.held === field && point(field, event));
    field.addEventListener("pointerup", () => release());
    field.addEventListener("pointercancel", () => release());
    return { one, field, dot, across, down, says, side };
  }
  const area = ([low, high, from, to]) => (high - low + 1) * (to - from + 1);
  /** The rectangle around the patches of one way that share the widest one's block: of ECS's it is the way's own. */
  function span(mine, widest) {
    const row = mine.filter(([low, high]) => low === widest[0] && high === widest[1]), column = mine.filter(([, , from, to]) => from === widest[2] && to === widest[3]);
    const left = Math.min(...row.map((one) => one[2])), right = Math.max(...row.map((one) => one[3]));
    const bottom = Math.min(...column.map((one) => one[0])), top = Math.max(...column.map((one) => one[1]));
    return { left: left - LOWEST, top: LOWEST - top, width: right - left + 1, height: top - bottom + 1 };
  }
  /** The counts along an axis: [from, to, count], as the top row has what may start, and the last column what may stop. */
  const axis = (patches, isStart) => patches.filter((patch) => (isStart ? patch[1] === LOWEST : patch[3] === 2 * LOWEST))
    .map((patch) => (isStart ? [patch[2], patch[3], patch[5]] : [patch[0], patch[1], patch[4]]));
  function count(text, at, much, side, size) {
    const node = make("span", "", much >= 7 ? text : "");
    node.style[side] = `${at}%`;
    node.style[size] = `${much}%`;
    return node;
  }
  function tick(percent, at, side) {
    const node = make("span", "", String(percent));
    node.style[side] = `${share(at + 0.5)}%`;
    return node;
  }

  function point(field, event) {
    const box = field.getBoundingClientRect();
    const clip = (x) => Math.min(LOWEST, Math.max(0, Math.floor(x * SPAN)));
    state.now = { maximum: LOWEST + clip((event.clientX - box.left) / box.width), minimum: LOWEST - clip((event.clientY - box.top) / box.height) };
    show();
  }
  function release() {
    if (!state.held) return;
    state.held = null;
    state.sent = state.now;
    state.send("point", state.now);
  }
  /** Put the dots where the pair is, and say below each square what it means there. */
  function show() {
    for (const { field, dot, across, down, says, side } of state.built) {
      const x = share(state.now.maximum - LOWEST + 0.5), y = share(LOWEST - state.now.minimum + 0.5), patch = patchAt(side, state.now);
      dot.style.left = down.style.left = `${x}%`;
      dot.style.top = across.style.top = `${y}%`;
      const { minimum, maximum } = state.now, values = { minimum, maximum, unavailable: LOWEST - minimum, surge: maximum - LOWEST };
      const may = fill(state.data.words, "may", { start: patch[5], stop: patch[4] });
      const text = state.data.size === "stage" ? may : `${fill(side.words, "pair", values)}: ${may}`;
      says.dataset.way = patch[6];
      const word = make("b");
      word.append(wayMark(patch[6]), make("span", "", state.data.words[patch[6]]));
      says.replaceChildren(word, make("span", "", text));
      field.setAttribute("aria-label", `${side.words.name}, ${text}. ${state.data.words[patch[6]]}.`);
    }
  }

  return {
    update(fresh, trigger) {
      state.send = trigger;
      const look = JSON.stringify([fresh.sides, fresh.words]);
      const isSame = root.dataset.look === look;
      root.dataset.look = look;
      root.dataset.theme = themeOf(root);
      root.dataset.size = fresh.size;
      state.data = fresh;
      if (!isSame) {
        state.built = fresh.sides.map(build);
        sides.replaceChildren(...state.built.map(({ one }) => one));
        const ways = WAYS.filter((way) => fresh.sides.some((side) => side.patches.some((patch) => patch[6] === way)));
        legend.replaceChildren(...ways.map((way) => {
          const item = make("li", way);
          item.append(wayMark(way), make("span", "", fresh.words[`${way}_long`]));
          return item;
        }));
      }
      if (state.held) return;
      const said = { minimum: fresh.minimum, maximum: fresh.maximum };
      if (!state.sent || (state.sent.minimum === said.minimum && state.sent.maximum === said.maximum)) {
        state.now = said;
        state.sent = null;
      }
      show();
    },
    destroy() {
      root.remove();
    },
  };
}

export default keeper(makePercents, "percents");
