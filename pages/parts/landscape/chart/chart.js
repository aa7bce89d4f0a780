// The chart: each layer a group of radios, the layers joined by lines. A thin line can be drawn, the thick one is drawn, and one that
// cannot be is dashed and crossed. What a line says, the boxes and the sentence below say in words.

function makeChart(parent) {
  const root = make("section", "q landscape"), sea = make("div", "sea"), said = make("p", "hidden");
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  lines.setAttribute("aria-hidden", "true");
  said.setAttribute("aria-live", "polite");
  root.append(sea, said);
  parent.append(root);
  const state = { data: null, send: () => {}, boxes: new Map() };
  const watch = new ResizeObserver(() => draw());
  watch.observe(sea);

  const at = (layer, name) => state.boxes.get(`${layer}.${name}`);
  function choose(layer, name, focus) {
    state.send("choose", { layer, name });
    if (focus) at(layer, name)?.focus();
  }
  function onKey(event, layer, place) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const all = layer.options, next = all[(place + step + all.length) % all.length];
    choose(layer.name, next.name, true);
  }
  function box(layer, one, place) {
    const button = make("button", "box");
    button.type = "button";
    button.setAttribute("role", "radio");
    button.setAttribute("aria-checked", String(one.chosen));
    button.setAttribute("aria-label", [one.title, one.line, one.why].filter(Boolean).join(". "));
    button.tabIndex = one.chosen ? 0 : -1;
    button.dataset.value = one.name;
    button.dataset.state = one.state;
    button.append(make("i"), make("b", "", one.title));
    if (one.mark) button.append(make("em", "", one.mark));
    button.append(make("span", "", one.line));
    if (one.why) button.title = one.why;
    button.addEventListener("click", () => choose(layer.name, one.name));
    button.addEventListener("keydown", (event) => onKey(event, layer, place));
    state.boxes.set(`${layer.name}.${one.name}`, button);
    return button;
  }
  function build() {
    const focused = [...state.boxes].find(([, button]) => button === root.getRootNode().activeElement)?.[0];
    state.boxes.clear();
    sea.replaceChildren(lines, ...state.data.layers.map((layer) => {
      const band = make("div", "band"), head = make("div", "head"), row = make("div", "row");
      band.dataset.layer = layer.name;
      head.append(make("h2", "", layer.title), make("p", "", layer.sub));
      row.setAttribute("role", "radiogroup");
      row.setAttribute("aria-label", layer.title);
      row.append(...layer.options.map((one, place) => box(layer, one, place)));
      band.append(head, row);
      return band;
    }));
    if (focused) state.boxes.get(focused)?.focus();
  }
  function path(link) {
    const sill = sea.getBoundingClientRect(), from = at(link.from[0], link.from[1]), to = at(link.to[0], link.to[1]);
    if (!from || !to) return [];
    const a = from.getBoundingClientRect(), b = to.getBoundingClientRect(), scale = sea.offsetWidth / sill.width || 1;
    const x1 = (a.left + a.width / 2 - sill.left) * scale, y1 = (a.bottom - sill.top) * scale;
    const x2 = (b.left + b.width / 2 - sill.left) * scale, y2 = (b.top - sill.top) * scale, half = (y2 - y1) / 2;
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", `M${x1} ${y1} C${x1} ${y1 + half} ${x2} ${y2 - half} ${x2} ${y2}`);
    line.setAttribute("class", link.kind);
    if (link.kind !== "refused") return [line];
    const cross = document.createElementNS("http://www.w3.org/2000/svg", "path"), x = (x1 + x2) / 2, y = (y1 + y2) / 2;
    cross.setAttribute("d", `M${x - 9} ${y} a9 9 0 1 0 18 0 a9 9 0 1 0 -18 0 M${x - 6} ${y + 6} L${x + 6} ${y - 6}`);
    cross.setAttribute("class", "no");
    return [line, cross];
  }
  function draw() {
    if (!state.data || !sea.offsetWidth) return;
    lines.setAttribute("viewBox", `0 0 ${sea.offsetWidth} ${sea.offsetHeight}`);
    lines.replaceChildren(...state.data.links.flatMap(path));
  }
  return {
    update(fresh, trigger) {
      state.send = trigger;
      const look = JSON.stringify(fresh);
      root.dataset.theme = themeOf(root);
      root.dataset.size = fresh.size;
      root.lang = fresh.lang;
      if (root.dataset.look !== look) {
        const was = state.data;
        root.dataset.look = look;
        state.data = fresh;
        build();
        if (was) put(said, fresh.said);
      }
      draw();
    },
    destroy() {
      watch.disconnect();
      root.remove();
    },
  };
}

export default keeper(makeChart, "landscape");
