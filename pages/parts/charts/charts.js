// Strips: Plotly draws each figure once a run; the clock moves only a light overlay above it (playhead, veil over the
// future, value labels). Nodes live between updates, so a new run changes the lines and nothing blinks.
// Built as clock.js + this file + overlay.js + telling.js + picture.js, one module: `clock` is the page's one clock.

const NARROW_PX = 640; // a screen narrower than this is a phone: tabs choose one strip
const STATES = new WeakMap(); // parentElement -> what we built in it
const FOLLOWERS = new WeakMap(); // what we built -> its part in what is shown ahead of the page

export default function (component) {
  const { data, parentElement } = component;
  let state = STATES.get(parentElement);
  if (!state || !state.root.isConnected) STATES.set(parentElement, (state = build(parentElement)));
  state.live = true;
  if (!FOLLOWERS.has(state)) FOLLOWERS.set(state, follower("charts"));
  FOLLOWERS.get(state).admit(data, (fresh) => update(state, fresh));
  return () => {
    // Streamlit also calls this between two updates: only a page that is really gone lets the plots go.
    state.live = false;
    setTimeout(() => { if (!state.live || !state.root.isConnected) dispose(state, parentElement); }, 250);
  };
}

// --- building --------------------------------------------------------------------------------------------

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
  FOLLOWERS.get(state)?.leave();
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

// --- a new run, a new theme, a new width -----------------------------------------------------------------

function update(state, data) {
  const { root } = state;
  state.data = data;
  state.columns = data.columns.map(unpack);
  root.setAttribute("aria-label", data.name);
  root.dataset.size = data.size;
  root.dataset.theme = themeOf(root);
  root.style.setProperty("--qc-ground", groundOf(root));
  if (data.drives || clock.end <= 0) {
    clock.setRun({ id: data.id, end: data.end, stops: data.marks.map((mark) => mark.t), ...(data.drives && { scope: `charts ${location.pathname}` }) });
  }

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

/** A strip on the clock says its value at the playhead, so that a small or a large one spares its ticks; no other figure can, nor
 * one whose ticks are names. */
function hasTexts(state) {
  return state.scale.has_y_texts || !state.data.clocked || state.data.strips.some((spec) => spec.named);
}

/** Leave room at the left for the widest tick: "US$0,50" is longer than "$0.50". */
function leftRoom(state) {
  if (!hasTexts(state)) return state.scale.left_px;
  state.pen.font = `400 ${state.scale.tick_px}px ${getComputedStyle(state.root).fontFamily}`;
  const texts = state.data.strips.flatMap((spec) => spec.figure.layout.yaxis.ticktext ?? []);
  return Math.max(state.scale.left_px, ...texts.map((text) => Math.ceil(state.pen.measureText(text).width) + 6));
}

// --- Plotly ----------------------------------------------------------------------------------------------

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
  fewer(state, strip, layout.xaxis);
  Object.assign(layout.xaxis, { showticklabels: strip.hasTicks, tickfont: { size: scale.tick_px } });
  Object.assign(layout.yaxis, { showticklabels: hasTexts(state), tickfont: { size: scale.tick_px } });
  return { traces: figure.data, layout };
}

/** In a narrow plot only every second or third moment is written, so that none touches the next. */
function fewer(state, strip, axis) {
  state.pen.font = `400 ${state.scale.tick_px}px ${getComputedStyle(state.root).fontFamily}`;
  const texts = axis.ticktext ?? [];
  const wide = Math.max(0, ...texts.map((text) => state.pen.measureText(text).width)) + 7;
  const stride = Math.ceil((texts.length * wide) / (strip.width + wide));
  if (stride < 2) return;
  const kept = (_, k) => k % stride === 0;
  axis.tickvals = Array.from(unpacked(axis.tickvals)).filter(kept);
  axis.ticktext = texts.filter(kept);
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

// --- tabs (a phone shows one strip) ----------------------------------------------------------------------

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
