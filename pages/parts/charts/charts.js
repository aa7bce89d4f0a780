// Strips: Plotly draws each figure once a run; the clock moves only a light overlay above it (playhead, veil over the
// future, value labels). Nodes live between updates, so a new run changes the lines and nothing blinks.
// Built as clock.js + this file: `clock` is the page's one clock.

const NARROW_PX = 640; // a screen narrower than this is a phone: tabs choose one strip
const STATES = new WeakMap(); // parentElement -> what we built in it

export default function (component) {
  const { data, parentElement } = component;
  let state = STATES.get(parentElement);
  if (!state || !state.root.isConnected) STATES.set(parentElement, (state = build(parentElement)));
  state.live = true;
  update(state, data);
  return () => {
    // Streamlit also calls this between two updates: only a page that is really gone lets the plots go.
    state.live = false;
    setTimeout(() => { if (!state.live || !state.root.isConnected) dispose(state, parentElement); }, 250);
  };
}

// --- building ------------------------------------------------------------------------------------

function node(tag, name, parent, attributes = {}) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function build(parent) {
  const root = node("section", "qc", parent, { role: "group" });
  const tabs = node("div", "qc-tabs", root, { role: "tablist" });
  const stack = node("div", "qc-stack", root);
  const seek = node("div", "qc-seek", stack, { role: "slider", tabindex: "0" });
  const sorry = node("p", "qc-sorry", root, { role: "status" });
  const table = node("details", "qc-table", root);
  const summary = node("summary", "", table);
  const scroll = node("div", "qc-scroll", table, { tabindex: "0" });
  const state = { root, tabs, stack, seek, sorry, table, summary, scroll, strips: new Map(), shown: null, spoken: 0, live: true,
    pen: document.createElement("canvas").getContext("2d") };

  seek.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    seek.setPointerCapture(event.pointerId);
    state.dragging = true;
    seekTo(state, event);
  });
  seek.addEventListener("pointermove", (event) => { if (state.dragging) seekTo(state, event); });
  // The seek layer lies over the strips: say which one the pointer is on, for its buttons.
  stack.addEventListener("pointermove", (event) => {
    for (const { box } of state.strips.values()) {
      const { top, bottom } = box.getBoundingClientRect();
      box.toggleAttribute("data-over", event.clientY >= top && event.clientY < bottom);
    }
  });
  stack.addEventListener("pointerleave", () => { for (const { box } of state.strips.values()) box.removeAttribute("data-over"); });
  for (const end of ["pointerup", "pointercancel"]) seek.addEventListener(end, () => { state.dragging = false; });
  seek.addEventListener("keydown", (event) => steer(state, event));
  table.addEventListener("toggle", () => { if (table.open) fillTable(state); });
  tabs.addEventListener("keydown", (event) => turn(state, event));

  state.unsubscribe = clock.subscribe((t, why) => {
    if (!root.isConnected) return;
    move(state, t);
    if (why !== "tick" && table.open) fillTable(state);
  });
  state.resize = new ResizeObserver(() => {
    cancelAnimationFrame(state.frame);
    state.frame = requestAnimationFrame(() => { if (state.data && root.clientWidth !== state.width) lay(state); });
  });
  state.resize.observe(root);
  return state;
}

function dispose(state, parent) {
  state.unsubscribe();
  state.resize.disconnect();
  for (const strip of state.strips.values()) if (strip.drawn) window.Plotly?.purge(strip.plot);
  state.root.remove();
  if (STATES.get(parent) === state) STATES.delete(parent);
}

function buildStrip(state, key) {
  const box = node("figure", "qc-strip", null);
  const plot = node("div", "qc-plot", box, { "aria-hidden": "true" });
  const area = node("div", "qc-area", box);
  const marks = node("div", "qc-marks", area);
  const veil = node("div", "qc-veil", area);
  const heads = node("div", "qc-heads", box);
  const names = node("div", "qc-names", box);
  const play = node("div", "qc-play", box);
  const values = node("div", "qc-values", box);
  const head = node("figcaption", "qc-head", box);
  const title = node("span", "qc-title", head, { id: `qc-${key}-${Math.random().toString(36).slice(2, 8)}` });
  const save = node("span", "qc-save", head);
  const sub = node("span", "qc-sub", head);
  const strip = { key, box, plot, area, marks, veil, heads, names, play, values, head, title, save, sub, labels: [] };
  box.setAttribute("aria-labelledby", title.id);
  for (const format of ["png", "svg"]) {
    const button = node("button", "", save, { type: "button", "data-format": format });
    button.textContent = format.toUpperCase();
    button.addEventListener("click", () => download(state, strip, format));
  }
  return strip;
}

// --- a new run, a new theme, a new width -----------------------------------------------------------

function update(state, data) {
  const { root } = state;
  state.data = data;
  state.columns = data.columns.map(unpack);
  root.setAttribute("aria-label", data.name);
  root.dataset.size = data.size;
  root.dataset.theme = themeOf(root);
  root.style.setProperty("--qc-ground", groundOf(root));
  if (data.drives || clock.end <= 0) clock.setRun({ id: data.id, end: data.end, stops: data.marks.map((mark) => mark.t) });

  const wanted = new Set(data.strips.map((strip) => strip.key));
  for (const [key, strip] of state.strips) {
    if (wanted.has(key)) continue;
    if (strip.drawn) window.Plotly?.purge(strip.plot);
    strip.box.remove();
    state.strips.delete(key);
  }
  for (const spec of data.strips) {
    let strip = state.strips.get(spec.key);
    if (!strip) state.strips.set(spec.key, (strip = buildStrip(state, spec.key)));
    if (strip.box.parentElement !== state.stack || state.stack.lastElementChild !== state.seek) state.stack.insertBefore(strip.box, state.seek);
    strip.spec = spec;
    put(strip.title, spec.title);
    for (const button of strip.save.children) {
      button.setAttribute("aria-label", say(data, "save_as", { title: spec.title, format: button.textContent }));
    }
    strip.labels = spec.labels.map((label) => liveLabel(state, label));
    strip.values.replaceChildren(...strip.labels.map((label) => label.element));
    strip.live = spec.sub && typeof spec.sub === "object" ? liveLabel(state, spec.sub) : null;
    put(strip.sub, strip.live ? "" : spec.sub || "");
  }
  if (!state.strips.has(state.shown)) state.shown = data.strips[0]?.key ?? null;
  state.stack.append(state.seek);
  state.table.hidden = !data.strips.some((spec) => spec.labels.length);
  put(state.summary, say(data, "table"));
  state.scroll.setAttribute("aria-label", say(data, "table"));
  state.seek.setAttribute("aria-label", say(data, "seek"));
  lay(state);
  if (state.table.open) fillTable(state);
}

function liveLabel(state, label) {
  const element = node("span", "qc-value", null);
  element.style.color = `var(--${label.tone})`;
  if (label.tone === "ink3") element.style.fontWeight = "400";
  const column = (index) => state.columns[index];
  return { ...label, element, t: column(label.t), v: column(label.v), y: column(label.y ?? label.v) };
}

/** Choose the scale, place everything, and let Plotly draw what changed. */
function lay(state) {
  const { root, data } = state;
  state.width = root.clientWidth;
  if (!state.width) return;
  const narrow = data.size === "laptop" && window.innerWidth < NARROW_PX; // a column of a laptop is as narrow, and no phone
  root.dataset.narrow = narrow;
  state.narrow = narrow;
  state.scale = narrow ? data.scales.phone : data.scales[data.size];
  root.style.setProperty("--qc-font", `${state.scale.label_px}px`);
  root.style.setProperty("--qc-title", `${state.scale.title_px}px`);
  root.style.setProperty("--qc-future", `${data.locked ? 0 : state.scale.future * 100}%`);
  state.right = sharedRoom(state, rightRoom(state));
  state.left = leftRoom(state);
  drawTabs(state);
  const last = data.strips.at(-1)?.key;
  for (const [key, strip] of state.strips) {
    strip.box.hidden = narrow && key !== state.shown;
    strip.hasTicks = narrow || key === last;
    frame(state, strip);
  }
  const first = data.strips[0]?.key;
  for (const [key, strip] of state.strips) drawMarks(state, strip, narrow ? key === state.shown : key === first);
  const any = state.strips.get(narrow ? state.shown : first);
  if (any) {
    Object.assign(state.seek.style, { left: `${any.left}px`, width: `${any.width}px`, display: data.clocked ? "" : "none" });
  }
  move(state, clock.t);
  draw(state);
}

/** Work out where the plot lies inside its strip: the same arithmetic as the figure's margins. */
function frame(state, strip) {
  const { scale, data, narrow } = state;
  const height = narrow ? Math.max(strip.spec.height, 120) : strip.spec.height;
  const margin = { l: state.left, r: state.right, t: scale.top_px, b: strip.hasTicks ? scale.bottom_px : scale.gap_px };
  const axis = strip.spec.figure.layout.yaxis;
  const xs = strip.spec.figure.layout.xaxis.range;
  Object.assign(strip, {
    height, margin, left: margin.l, top: margin.t, width: Math.max(20, state.width - margin.l - margin.r), tall: height - margin.t - margin.b,
    x: (t) => ((t - xs[0]) / (xs[1] - xs[0])) * strip.width,
    y: (v) => strip.tall * (1 - (v - axis.range[0]) / (axis.range[1] - axis.range[0])),
  });
  strip.box.style.height = `${height}px`;
  const placed = { left: `${strip.left}px`, top: `${strip.top}px`, width: `${strip.width}px`, height: `${strip.tall}px` };
  Object.assign(strip.area.style, placed);
  Object.assign(strip.names.style, placed);
  Object.assign(strip.heads.style, placed);
  Object.assign(strip.play.style, { left: `${strip.left}px`, top: `${strip.top - 4}px`, height: `${strip.tall + 4 + (strip.hasTicks ? 4 : 0)}px` });
  for (const piece of [strip.area, strip.names, strip.heads, strip.play, strip.values]) piece.hidden = !data.clocked;
  // The veil hides the grid with the future's drawing; it carries the grid's lines again.
  const values = Array.from(axis.tickvals ? unpacked(axis.tickvals) : []);
  strip.veil.replaceChildren(...values.map((value) => {
    const line = node("i", value ? "" : "zero", null);
    line.style.top = `${Math.round(strip.y(value) - 0.5)}px`;
    return line;
  }));
}

/** Leave room at the right for the widest thing that any label will ever say. */
function rightRoom(state) {
  const { pen } = state;
  pen.font = `600 ${state.scale.label_px}px ${getComputedStyle(state.root).fontFamily}`;
  let widest = 0;
  for (const strip of state.strips.values()) {
    for (const label of strip.labels) {
      let most = 0;
      for (const v of label.v) if (Math.abs(v) > most) most = Math.abs(v);
      widest = Math.max(widest, pen.measureText(textOf(state, label, most)).width);
    }
  }
  return Math.min(Math.ceil(widest) + 14, Math.round(state.width * 0.42));
}

/** Stacks that are compared keep one plot width: the widest words among them set the room for all. */
function sharedRoom(state, room) {
  const group = state.data.compared;
  const rooms = (window.quaysideRooms ??= new Map());
  for (const [other, had] of rooms) if (!other.root.isConnected || (other === state && had.group !== group)) rooms.delete(other);
  if (!group) return room;
  const most = () => Math.max(0, ...[...rooms.values()].filter((had) => had.group === group).map((had) => had.room));
  const before = most();
  rooms.set(state, { group, room });
  const after = most();
  if (after !== before) {
    for (const [other, had] of rooms) {
      if (other !== state && had.group === group && other.right !== after) { cancelAnimationFrame(other.frame); other.frame = requestAnimationFrame(() => lay(other)); }
    }
  }
  return after;
}

/** Leave room at the left for the widest tick: "US$0,50" is longer than "$0.50". */
function leftRoom(state) {
  if (!state.scale.has_y_texts) return state.scale.left_px;
  state.pen.font = `400 ${state.scale.tick_px}px ${getComputedStyle(state.root).fontFamily}`;
  const texts = state.data.strips.flatMap((spec) => spec.figure.layout.yaxis.ticktext ?? []);
  return Math.max(state.scale.left_px, ...texts.map((text) => Math.ceil(state.pen.measureText(text).width) + 6));
}

// --- Plotly ------------------------------------------------------------------------------------------

/** Load plotly.js once a page, when the first chart asks for it. */
function plotly(url) {
  return (window.quaysidePlotly ??= new Promise((done, fail) => {
    if (window.Plotly) { done(window.Plotly); return; }
    const script = node("script", "", null, { src: url, async: "" });
    script.onload = () => (window.Plotly ? done(window.Plotly) : fail(new Error("plotly.js did not start")));
    script.onerror = () => { window.quaysidePlotly = undefined; script.remove(); fail(new Error(`no plotly.js at ${url}`)); };
    document.head.append(script);
  }));
}

async function draw(state) {
  const turnOf = (state.turn = (state.turn ?? 0) + 1);
  let Plotly = window.Plotly;
  try {
    Plotly ??= await plotly(state.data.plotly);
  } catch (error) {
    put(state.sorry, say(state.data, "broken"));
    state.root.dataset.broken = "true";
    return;
  }
  if (turnOf !== state.turn || !state.root.isConnected) return; // a newer run came while the script was on its way
  delete state.root.dataset.broken;
  put(state.sorry, "");
  const began = performance.now();
  const work = [];
  for (const strip of state.strips.values()) {
    if (strip.box.hidden) continue;
    const look = [strip.spec.digest, state.root.dataset.theme, state.width, state.right, strip.height, strip.hasTicks, state.narrow].join();
    if (strip.look === look) continue;
    strip.look = look;
    strip.drawn = true;
    const { traces, layout } = dressed(state, strip);
    work.push(Plotly.react(strip.plot, traces, layout, { staticPlot: true, displayModeBar: false, responsive: false }).then(() => {
      strip.box.dataset.ready = "true";
      if (strip.left < 20) strip.plot.querySelector(".xtick text")?.setAttribute("text-anchor", "start");
    }));
  }
  await Promise.all(work);
  if (work.length) state.root.dispatchEvent(new CustomEvent("quayside-drawn", { bubbles: true, detail: { ms: performance.now() - began, strips: work.length } }));
}

/** Copy a figure with the theme's colours in it and this screen's margins. */
function dressed(state, strip) {
  const style = getComputedStyle(state.root);
  const figure = painted(strip.spec.figure, (name) => style.getPropertyValue(name).trim());
  const { scale } = state;
  const layout = figure.layout;
  Object.assign(layout, { width: state.width, height: strip.height, margin: { ...strip.margin, pad: 0 }, autosize: false });
  layout.font = { ...layout.font, size: scale.label_px };
  Object.assign(layout.xaxis, { showticklabels: strip.hasTicks, tickfont: { size: scale.tick_px } });
  Object.assign(layout.yaxis, { showticklabels: scale.has_y_texts, tickfont: { size: scale.tick_px } });
  return { traces: figure.data, layout };
}

function painted(value, colour) {
  if (typeof value === "string") return value.startsWith("var(") ? colour(value.slice(4, -1)) : value;
  if (Array.isArray(value)) return value.map((item) => painted(item, colour));
  if (value && typeof value === "object") {
    if ("bdata" in value) return { ...value };
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, painted(item, colour)]));
  }
  return value;
}

// --- the clock ---------------------------------------------------------------------------------------

function move(state, t) {
  const { data } = state;
  if (!data || !data.clocked || !state.width) return;
  const now = Math.min(t, data.end);
  for (const strip of state.strips.values()) {
    if (strip.box.hidden || !strip.x) continue;
    const x = Math.min(Math.max(strip.x(now), 0), strip.width);
    strip.play.style.transform = `translateX(${x - 0.8}px)`;
    strip.veil.style.transform = `translateX(${x}px)`;
    if (strip.live) put(strip.sub, textOf(state, strip.live, at(strip.live, now)));
    settle(state, strip, now);
  }
  for (const name of state.root.querySelectorAll(".qc-names > span")) name.classList.toggle("is-future", Number(name.dataset.t) > now);
  if (data.locked) for (const mark of state.root.querySelectorAll("[data-t]")) mark.hidden = Number(mark.dataset.t) > now;
  if (performance.now() - state.spoken > 400 || !clock.playing) {
    state.spoken = performance.now();
    speak(state, now);
  }
}

/** Put each value beside its area, and push apart those that would touch. */
function settle(state, strip, now) {
  const line = state.scale.label_px * 1.24;
  const shown = [];
  for (const label of strip.labels) {
    const i = index(label.t, now);
    const v = label.v[i];
    const gone = Number.isNaN(v) || (label.hides_zero && !roundTo(v, label.to, label.digits));
    if (label.gone !== gone) { label.gone = gone; label.element.style.display = gone ? "none" : ""; }
    if (gone) continue;
    put(label.element, textOf(state, label, v));
    shown.push({ label, y: strip.top + strip.y(label.y[i]) });
  }
  shown.sort((a, b) => a.y - b.y || 0);
  const lowest = strip.top + strip.tall + (strip.hasTicks ? 0 : 4);
  for (let k = 1; k < shown.length; k += 1) shown[k].y = Math.max(shown[k].y, shown[k - 1].y + line);
  for (let k = shown.length - 1, floor = lowest; k >= 0; k -= 1, floor -= line) shown[k].y = Math.min(shown[k].y, floor);
  for (const { label, y } of shown) {
    label.element.style.transform = `translate(${strip.left + strip.width + 8}px, ${(y - line / 2).toFixed(1)}px)`;
  }
}

/** The slider speaks what the eye sees: the moment, then every value. */
function speak(state, now) {
  const { seek, data } = state;
  const words = [clockText(now)];
  for (const strip of state.strips.values()) {
    if (!strip.box.hidden) for (const label of strip.labels) if (!label.gone) words.push(label.element.textContent);
  }
  const attributes = { "aria-valuemin": "0", "aria-valuemax": String(Math.round(data.end)), "aria-valuenow": String(Math.round(now)), "aria-valuetext": words.join(", ") };
  for (const [key, value] of Object.entries(attributes)) if (seek.getAttribute(key) !== value) seek.setAttribute(key, value);
}

function seekTo(state, event) {
  const strip = state.strips.get(state.narrow ? state.shown : state.data.strips[0].key);
  const range = strip.spec.figure.layout.xaxis.range;
  const share = (event.clientX - state.seek.getBoundingClientRect().left) / strip.width;
  clock.seek(range[0] + Math.min(Math.max(share, 0), 1) * (range[1] - range[0]));
}

function steer(state, event) {
  if (state.data.size === "stage" || event.altKey || event.ctrlKey || event.metaKey) return; // there the arrows turn the beats
  const step = event.shiftKey ? 30 : 5;
  const to = { ArrowLeft: clock.t - step, ArrowDown: clock.t - step, ArrowRight: clock.t + step, ArrowUp: clock.t + step,
    PageDown: clock.t - 60, PageUp: clock.t + 60, Home: 0, End: clock.end }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  clock.seek(to);
}

// --- operations ----------------------------------------------------------------------------------------

function drawMarks(state, strip, isNamed) {
  const { data, scale } = state;
  strip.marks.replaceChildren();
  strip.heads.replaceChildren();
  strip.names.replaceChildren();
  const taken = [];
  const { pen } = state;
  pen.font = `560 ${scale.tick_px}px ${getComputedStyle(state.root).fontFamily}`;
  const line = scale.tick_px * 1.36;
  for (const mark of data.marks) {
    const x = strip.x(mark.t);
    if (x < 0 || x > strip.width) continue;
    const colour = mark.tone && mark.tone !== "plain" ? mark.tone : "";
    node("i", colour ? `is-${colour}` : "", strip.marks, { "data-t": mark.t }).style.left = `${x}px`;
    // Above the plot, a tick of the line stays in full ink when the veil has dimmed the rest.
    node("i", colour ? `is-${colour}` : "", strip.heads, { "data-t": mark.t }).style.left = `${x}px`;
    if (!isNamed || state.narrow || data.size !== "laptop" || !mark.text) continue;
    // Left of its line, over what was still well; else its first words at the right; else only in the table.
    const free = (left, wide) => left >= -2 && left + wide <= strip.width && !taken.some(([from, to]) => left < to && from < left + wide);
    const widest = (texts) => Math.max(...texts.map((text) => pen.measureText(text).width)) + 8;
    const spots = [[folded(pen, mark.text, x - 10), "end"], [mark.text.split("\n").slice(0, 1), "start"]]
      .map(([texts, side]) => ({ texts, side, wide: widest(texts), left: side === "end" ? x - widest(texts) : x + 2 }));
    const spot = spots.find(({ left, wide }) => free(left, wide));
    if (!spot) continue;
    taken.push([spot.left, spot.left + spot.wide]);
    const name = node("span", colour ? `is-${colour}` : "", strip.names, { "data-t": mark.t });
    for (const text of spot.texts) node("span", "", name).textContent = text;
    Object.assign(name.style, { left: `${spot.left}px`, width: `${spot.wide}px`, textAlign: spot.side, top: `${strip.tall * 0.46}px`, lineHeight: `${line}px` });
  }
}

/** Fold a name into the room left of its line, in three lines at most; where it cannot be, leave it as it came. */
function folded(pen, text, room) {
  const lines = [];
  for (const part of text.split("\n")) {
    let line = "";
    for (const word of part.split(" ")) {
      const longer = line ? `${line} ${word}` : word;
      if (line && pen.measureText(longer).width > room) { lines.push(line); line = word; } else line = longer;
    }
    lines.push(line);
  }
  const fits = lines.length <= 3 && lines.every((line) => pen.measureText(line).width <= room);
  return fits ? lines : text.split("\n");
}

// --- tabs (a phone shows one strip) -----------------------------------------------------------------------

function drawTabs(state) {
  const { tabs, data, narrow } = state;
  tabs.hidden = !narrow || data.strips.length < 2;
  if (tabs.hidden) { tabs.replaceChildren(); return; }
  const same = tabs.children.length === data.strips.length && data.strips.every((spec, k) => tabs.children[k].dataset.key === spec.key);
  if (!same) {
    tabs.replaceChildren(...data.strips.map((spec) => {
      const tab = node("button", "", null, { type: "button", role: "tab", "data-key": spec.key });
      tab.addEventListener("click", () => { state.shown = spec.key; lay(state); });
      return tab;
    }));
  }
  data.strips.forEach((spec, k) => {
    const tab = tabs.children[k];
    put(tab, spec.tab || spec.title);
    tab.setAttribute("aria-selected", String(spec.key === state.shown));
    tab.tabIndex = spec.key === state.shown ? 0 : -1;
  });
  tabs.setAttribute("aria-label", data.name);
}

function turn(state, event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const keys = state.data.strips.map((spec) => spec.key);
  state.shown = keys[(keys.indexOf(state.shown) + step + keys.length) % keys.length];
  lay(state);
  state.tabs.querySelector("[aria-selected=true]")?.focus();
}

// --- the same as a table ---------------------------------------------------------------------------------

function fillTable(state) {
  const { data } = state;
  const until = data.locked ? Math.min(clock.t, data.end) : data.end;
  const start = data.strips[0]?.figure.layout.xaxis.range[0] ?? 0;
  const told = data.marks.filter((mark) => mark.text && mark.t >= start && mark.t <= until).slice(0, 6);
  const moments = new Map(told.map((mark) => [mark.t, mark.text.split("\n")[0]]));
  const even = 12 - told.length;
  for (let k = 0; k < even; k += 1) {
    const t = start + ((until - start) * k) / (even - 1);
    if (![...moments.keys()].some((other) => Math.abs(other - t) < (until - start) / 40)) moments.set(t, "");
  }
  const labels = [...state.strips.values()].flatMap((strip) => strip.labels);
  const table = node("table", "", null);
  node("caption", "", table).textContent = data.locked ? say(data, "untold") : say(data, "table_caption", { n: moments.size });
  const top = node("tr", "", node("thead", "", table));
  for (const text of [say(data, "moment"), ...labels.map((label) => label.name)]) node("th", "", top, { scope: "col" }).textContent = text;
  const body = node("tbody", "", table);
  for (const [t, text] of [...moments].sort((a, b) => a[0] - b[0])) {
    const row = node("tr", "", body);
    const first = node("th", "", row, { scope: "row" });
    first.textContent = clockText(t);
    if (text) first.append(" ");
    if (text) node("small", "", first).textContent = text;
    for (const label of labels) {
      const v = at(label, t);
      node("td", "", row).textContent = Number.isNaN(v) ? say(data, "unknown") : number(state, roundTo(v, label.to, label.digits), label.digits);
    }
  }
  state.scroll.replaceChildren(table);
}

// --- pictures to keep --------------------------------------------------------------------------------------

async function download(state, strip, format) {
  try {
    const Plotly = await plotly(state.data.plotly);
    const svg = await withFont(await Plotly.toImage(portrait(state, strip), { format: "svg" }));
    const blob = format === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await raster(svg, strip);
    const file = `quayside-${strip.key}.${format}`;
    const link = node("a", "", null, { download: file, href: URL.createObjectURL(blob) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    put(state.sorry, say(state.data, "saved", { file }));
  } catch (error) {
    console.error("quayside charts:", error);
    put(state.sorry, say(state.data, "unsaved"));
  }
}

/** Dress a strip to stand alone: its own title, a solid ground, its values by name, the playhead where it is. */
function portrait(state, strip) {
  const { traces, layout } = dressed(state, strip);
  const style = getComputedStyle(state.root);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const { scale, data } = state;
  const width = Math.max(state.width, 640);
  const tall = Math.max(strip.height, 260);
  const titled = scale.title_px * 1.3;
  const range = layout.xaxis.range;
  const now = Math.min(clock.t, data.end);
  const line = (t, tone, wide, dash) => ({ type: "line", xref: "x", yref: "paper", x0: t, x1: t, y0: 0, y1: 1, line: { color: tone, width: wide, dash } });
  const shapes = data.clocked
    ? [...data.marks.filter((mark) => mark.t >= range[0] && (!data.locked || mark.t <= now)).map((mark) => line(mark.t, colour(mark.tone === "lost" ? "lost" : "ink3"), 1.2, mark.tone === "lost" ? "solid" : "2px 3px")), line(now, colour("ink"), 1.6, "solid")]
    : [];
  if (data.locked) shapes.unshift({ type: "rect", xref: "x", yref: "paper", x0: now, x1: range[1], y0: 0, y1: 1, fillcolor: colour("surface"), line: { width: 0 } });
  const gap = scale.label_px * 1.3;
  const values = strip.labels.filter((label) => !label.gone && data.clocked).map((label) => ({ label, y: label.y[index(label.t, now)] })).sort((a, b) => b.y - a.y);
  const plotTall = tall - titled * 2.4 - scale.bottom_px - 16;
  const per = plotTall / (layout.yaxis.range[1] - layout.yaxis.range[0]);
  let above = -Infinity;
  const notes = values.map(({ label, y }) => {
    const pixel = Math.max((layout.yaxis.range[1] - y) * per, above + gap);
    above = pixel;
    return { x: 1, xref: "paper", xanchor: "left", xshift: 8, yref: "paper", y: 1 - pixel / plotTall, yanchor: "middle", showarrow: false,
      text: escaped(label.element.textContent), font: { size: scale.label_px, color: colour(label.tone), weight: 600 } };
  });
  notes.push({ x: 0, xref: "paper", xanchor: "left", y: 1, yref: "paper", yanchor: "bottom", yshift: 10, showarrow: false,
    text: escaped(strip.spec.title + (data.clocked ? ` · ${clockText(now)}` : "") + (data.caption ? ` · ${data.caption}` : "")), font: { size: scale.title_px * 1.1, color: colour("ink"), weight: 620 } });
  Object.assign(layout, { width, height: tall, paper_bgcolor: colour("surface"), plot_bgcolor: colour("surface"), shapes: [...(layout.shapes || []), ...shapes], annotations: [...(layout.annotations || []), ...notes],
    margin: { l: Math.max(strip.margin.l, 46) + 10, r: state.right + 16, t: titled * 2.4, b: scale.bottom_px + 16, pad: 0 } });
  layout.xaxis.showticklabels = true;
  layout.yaxis.showticklabels = true;
  return { data: traces, layout };
}

/** Plotly reads a few HTML tags in its texts: ours have none. */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** Put the typeface into the picture: an image has no page to borrow it from. */
async function withFont(url) {
  let svg = decodeURIComponent(url.slice(url.indexOf(",") + 1));
  const face = await fontFace();
  if (face) svg = svg.replace(/(<svg[^>]*>)/, `$1<style>${face}</style>`);
  return svg;
}

async function fontFace() {
  for (const sheet of document.styleSheets) {
    let rules = [];
    try { rules = sheet.cssRules; } catch { continue; } // a sheet from elsewhere keeps its rules to itself
    for (const rule of rules) {
      if (!(rule instanceof CSSFontFaceRule) || !/Quayside Sans/.test(rule.style.getPropertyValue("font-family"))) continue;
      const source = /url\(["']?([^"')]+)/.exec(rule.style.getPropertyValue("src"))?.[1];
      if (!source) continue;
      try {
        const bytes = new Uint8Array(await (await fetch(new URL(source, sheet.href || document.baseURI))).arrayBuffer());
        let binary = "";
        for (let k = 0; k < bytes.length; k += 8192) binary += String.fromCharCode(...bytes.subarray(k, k + 8192));
        return `@font-face{font-family:"Quayside Sans";font-weight:200 900;src:url(data:font/woff2;base64,${btoa(binary)}) format("woff2")}`;
      } catch { return ""; } // without the face the picture falls back to the next one
    }
  }
  return "";
}

async function raster(svg, strip) {
  const picture = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  picture.src = url;
  await picture.decode();
  const canvas = node("canvas", "", null);
  Object.assign(canvas, { width: picture.naturalWidth * 2, height: picture.naturalHeight * 2 });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error(`no picture of ${strip.key}`))), "image/png"));
}

// --- numbers, colours, columns -------------------------------------------------------------------------------

function say(data, key, values = {}) {
  return (data.words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

function textOf(state, label, v) {
  return label.text.replace("{v}", number(state, roundTo(v, label.to, label.digits), label.digits));
}

function roundTo(v, to, digits) {
  return to ? Math.round(v / to) * to : Number(v.toFixed(digits));
}

function number(state, v, digits) {
  const { group, decimal, from } = state.data.number;
  const [whole, part] = Math.abs(v).toFixed(digits).split(".");
  const grouped = Number(whole) >= (from ?? 1000) ? whole.replace(/\B(?=(\d{3})+$)/g, group) : whole;
  return (v < 0 && Number(v.toFixed(digits)) ? "-" : "") + grouped + (part ? decimal + part : "");
}

function clockText(s) {
  const whole = Math.floor(s + 1e-6);
  const [h, m, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, String(whole % 60).padStart(2, "0")];
  return h ? `${h}:${String(m).padStart(2, "0")}:${rest}` : `${m}:${rest}`;
}

/** The last sample at or before t. */
function index(times, t) {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= t + 1e-3) low = middle; else high = middle - 1;
  }
  return low;
}

function at(label, t) {
  return label.v[index(label.t, t)];
}

function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

function unpacked(value) {
  if (!value || !value.bdata) return value;
  const bytes = Uint8Array.from(atob(value.bdata), (letter) => letter.charCodeAt(0));
  return value.dtype === "f4" ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer);
}

/** The colour we stand on, for the veil: a card's, or the page's. */
function groundOf(element) {
  for (let up = element; up; up = up.parentElement ?? up.getRootNode()?.host) {
    const colour = getComputedStyle(up).backgroundColor;
    if (colour && colour !== "transparent" && !/,\s*0\)$/.test(colour)) return colour;
  }
  return getComputedStyle(element).getPropertyValue("--st-background-color") || "#fff";
}

function themeOf(element) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = getComputedStyle(element).getPropertyValue("--st-background-color").trim() || groundOf(element);
  const [red, green, blue] = [1, 3, 5].map((k) => parseInt(pen.fillStyle.slice(k, k + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
}
