// "Why here?": hosts set off on the left, every gate asks one question, who fails stops there with the reason.
// Text goes in as text only, never as markup.

const CARDS_PX = 560; // narrower than this, one card for each gate
const MANY = 14; // more hosts than this: the best few by name, the rest in groups
const NAMED = 7;
const STATES = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  let state = STATES.get(parentElement);
  if (!state || !state.root.isConnected) {
    const root = node("section", "qw", parentElement, { role: "group" });
    state = { root, all: false, open: false, pen: document.createElement("canvas").getContext("2d") };
    state.resize = new ResizeObserver(() => { if (state.data && root.clientWidth !== state.width) draw(state); });
    state.resize.observe(root);
    STATES.set(parentElement, state);
  }
  if (state.data && state.data.title !== data.title) state.all = false;
  state.data = data;
  state.live = true;
  draw(state);
  return () => {
    state.live = false;
    setTimeout(() => { if (!state.live || !state.root.isConnected) { state.resize.disconnect(); state.root.remove(); } }, 250);
  };
}

function draw(state) {
  const { root, data } = state;
  state.width = root.clientWidth;
  if (!state.width) return;
  state.face = getComputedStyle(root).fontFamily;
  root.dataset.theme = themeOf(root);
  root.setAttribute("aria-label", data.title || data.sentence);
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset?.part : null;
  const wide = state.width >= 980;
  root.dataset.layout = state.width < CARDS_PX ? "cards" : wide ? "wide" : "stacked";
  const main = node("div", "qw-main", null);
  const rows = rowsOf(state);
  if (state.width < CARDS_PX) cards(state, main);
  else main.append(picture(state, rows, wide ? state.width - 372 : state.width - 42));
  more(state, main);
  main.append(table(state));
  const head = node("header", "qw-head", null);
  if (data.title) node("h2", "", head).textContent = data.title;
  if (data.lede) node("p", "", head).textContent = data.lede;
  const body = node("div", "qw-body", null);
  body.append(main, side(state));
  root.replaceChildren(...(head.childNodes.length ? [head] : []), body);
  if (focused) root.querySelector(`[data-part="${focused}"]`)?.focus();
  root.classList.add("qw-ready");
}

// --- who is shown ---------------------------------------------------------------------------------

/** Few hosts: all, in their order. Many: the chosen one, those who came furthest, then groups who stopped together. */
function rowsOf(state) {
  const { hosts, gates } = state.data;
  const one = (host) => ({ ...host, n: 1, label: host.id });
  if (hosts.length <= MANY || state.all) return hosts.map(one);
  const far = (host) => (host.chosen ? gates.length + 1 : host.stops_at ?? gates.length);
  const sorted = [...hosts].sort((a, b) => far(b) - far(a));
  const named = sorted.slice(0, NAMED);
  const groups = new Map();
  for (const host of sorted.slice(NAMED)) {
    // "has 0.25" and "has 0.3" are one story: the gate's own no, where it has one.
    const gate = gates[host.stops_at];
    const reason = host.kind ?? gate?.no ?? (gate?.kind === "score" ? say(state, "outranked") : host.reason ?? "");
    const key = `${host.stops_at}|${reason}`;
    if (!groups.has(key)) groups.set(key, { stops_at: host.stops_at, reason, lost: host.lost, values: [], n: 0 });
    const group = groups.get(key);
    group.n += 1;
    group.lost = group.lost && host.lost;
  }
  return [...named.map(one), ...[...groups.values()].map((group) => ({ ...group, group: true,
    label: group.n === 1 ? say(state, "more_one") : say(state, "more", { n: group.n }) }))];
}

function more(state, main) {
  const { hosts } = state.data;
  if (hosts.length <= MANY || state.width < CARDS_PX) return;
  const button = node("button", "qw-more", main, { type: "button", "data-part": "more", "aria-expanded": String(state.all) });
  button.textContent = state.all ? say(state, "show_few") : say(state, "show_all", { n: hosts.length });
  button.addEventListener("click", () => { state.all = !state.all; draw(state); });
}

// --- the picture -------------------------------------------------------------------------------------

function picture(state, rows, room) {
  const { gates, hosts, counts } = state.data;
  const rh = rows.length > MANY ? 30 : rows.length > 10 ? 37 : 41;
  const names = Math.max(...rows.map((row) => wide(state, row.label, 15.5, 650)));
  const hasLost = rows.some((row) => row.lost && !row.group);
  const start = Math.max(58, 10 + names + (hasLost ? 30 : 12));
  const titles = gates.map((gate) => wrapped(state, gate.title, 13.5, 112));
  const half = titles.map((lines) => Math.max(...lines.map((line) => wide(state, line, 13.5, 400))) / 2);
  const needsAt = (most, air = 22) => gates.map((gate, k) => {
    const texts = rows.map((row) => (row.stops_at === k ? wide(state, row.reason || "", 13.5, 560) + 30 : (row.values?.[k] ? wide(state, row.values[k], 13, row.chosen ? 620 : 400) + 26 : 0)));
    const next = k + 1 < gates.length ? half[k] + half[k + 1] + air : half[k] + air + 12;
    const need = Math.max(0, ...texts);
    if (k + 1 < gates.length) return Math.max(next, 64, Math.min(need, most));
    return Math.max(next, 66, need <= 130 && most ? need : 0); // past the last gate a long reason goes below its line
  });
  const firstScore = gates.findIndex((gate) => gate.kind === "score");
  const tight = room < 780;
  const lead = tight ? half[0] + 40 : Math.max(84, half[0] + 30);
  const bands = firstScore > 0 ? (tight ? 26 : 34) : 0;
  // A reason may run over the next gates, since nothing of its own line does: it gives way before the picture scrolls.
  const sum = (needs) => start + lead + needs.reduce((total, need) => total + need, 0) + bands + 8;
  const needs = [190, 150, 120, 90, 0].map((most) => needsAt(most, tight ? 12 : 22)).find((all, k) => k === 4 || sum(all) <= room);
  const natural = sum(needs);
  const W = Math.max(room, natural);
  const spare = Math.max(0, Math.min((W - natural) / gates.length, 120));
  const X = [];
  gates.forEach((gate, k) => {
    X.push(k ? X[k - 1] + needs[k - 1] + spare + (k === firstScore ? bands : 0) : start + lead);
  });
  const tall = Math.max(...titles.map((lines) => lines.length));
  const y0 = 112 + (tall - 1) * 15;
  const bottom = y0 + rows.length * rh - 8;
  const end = X.at(-1) + needs.at(-1) + 4;
  const svg = shape("svg", { viewBox: `0 0 ${W} ${bottom + 16}`, width: W, height: bottom + 16, role: "img", "aria-label": spoken(state) });

  const band = (from, to, text) => {
    const left = X[from] - Math.max(36, half[from] + 12);
    const right = to < gates.length - 1 ? X[to + 1] - Math.max(36, half[to + 1] + 12) - 10 : Math.max(end, W - 2);
    svg.append(shape("rect", { x: left, y: 0, width: right - left, height: bottom + 14, rx: 9, class: "band" }));
    write(svg, left + 12, 22, text, { size: 14, weight: 600, tone: "ink2" });
  };
  if (firstScore !== 0) band(0, (firstScore < 0 ? gates.length : firstScore) - 1, say(state, "filters"));
  if (firstScore >= 0) band(firstScore, gates.length - 1, say(state, "scores"));

  // Counts tell the story again.
  const first = start + 4;
  const spots = [first, ...X];
  spots.forEach((x, k) => {
    const last = k === spots.length - 1;
    write(svg, x, 61, String(counts[k] ?? ""), { size: last ? 27 : 23, weight: 660, tone: last && counts[k] ? "t-serving" : "ink", anchor: "middle" });
    if (k) svg.append(shape("path", { class: "arrow", d: `M${spots[k - 1] + 24} 53H${x - 24}m-5 -4l5 4l-5 4` }));
    (k ? titles[k - 1] : [say(state, "hosts")]).forEach((line, n) => write(svg, x, 86 + n * 15, line, { size: 13.5, tone: "ink", anchor: "middle" }));
    if (k) svg.append(shape("line", { x1: x, x2: x, y1: y0 - 12, y2: bottom + 4, class: gates[k - 1].kind === "score" ? "gate score" : "gate" }));
  });

  const late = []; // reasons last, so that no line runs through a word
  rows.forEach((row, k) => {
    const y = y0 + k * rh + 12;
    const through = row.stops_at === null || row.stops_at === undefined;
    const to = row.chosen ? end - 16 : through ? X.at(-1) + 18 : X[row.stops_at];
    const thick = row.chosen ? 6 : row.group ? Math.min(2 + Math.log2(row.n), 9) : 2;
    svg.append(shape("path", { class: row.chosen ? "run chosen" : "run", "stroke-width": thick, d: `M${first} ${y}H${to}` }));
    write(svg, 6, y + 5, row.label, { size: row.group ? 13.5 : 15.5, weight: row.chosen ? 700 : row.group ? 560 : 600, tone: row.chosen ? "t-serving" : row.group ? "ink2" : "ink" });
    if (row.lost && !row.group) glyph(svg, "lost", 10 + wide(state, row.label, 15.5, 650) + 4, y - 8.5, 17);
    const stop = through ? gates.length : row.stops_at;
    for (let g = 0; g < stop; g += 1) {
      passed(svg, X[g], y, row.chosen);
      const value = row.values?.[g];
      if (value && rh > 28) late.push([X[g] + 12, y - 6, value, { size: 13, weight: row.chosen ? 620 : 400, tone: row.chosen ? "t-serving" : "ink3" }]);
    }
    if (!through) {
      const soft = gates[stop].kind === "score";
      if (soft) outranked(svg, X[stop], y); else glyph(svg, "refused", X[stop] - 10, y - 10, 20);
      const text = row.reason || "";
      const style = { size: 13.5, weight: soft ? 400 : 560, tone: soft ? "ink2" : "t-refused", halo: true };
      if (X[stop] + 15 + wide(state, text, 13.5, style.weight) <= W - 4) late.push([X[stop] + 15, y + 4.5, text, style]);
      else late.push([W - 6, y + Math.min(22, rh * 0.56), text, { ...style, anchor: "end" }]);
    }
    if (row.chosen) late.push(() => glyph(svg, "starting", end - 26, y - 13, 26));
  });
  for (const item of late) typeof item === "function" ? item() : write(svg, ...item);
  const scroll = node("div", "qw-scroll", null, W > room + 1 || state.all ? { tabindex: "0", role: "region", "aria-label": state.data.title || say(state, "table") } : {});
  scroll.append(svg);
  return scroll;
}

function passed(svg, x, y, chosen) {
  svg.append(shape("circle", { cx: x, cy: y, r: chosen ? 8 : 6, class: chosen ? "ring chosen" : "ring" }));
  svg.append(shape("path", { class: chosen ? "tick chosen" : "tick", d: `M${x - 3} ${y + 0.3}l2.2 2.4l4-5` }));
}

function outranked(svg, x, y) {
  svg.append(shape("circle", { cx: x, cy: y, r: 7.5, class: "minus" }), shape("path", { class: "minus", d: `M${x - 3.5} ${y}h7` }));
}

/** LOOK.md's glyphs, the three that appear here. */
function glyph(into, name, x, y, s) {
  const k = Math.max(1.3, s * 0.065);
  const [cx, cy, e] = [x + s / 2, y + s / 2, s * 0.23];
  const box = (attributes) => shape("rect", { x: x + k / 2, y: y + k / 2, width: s - k, height: s - k, rx: Math.max(2, s * 0.17), ...attributes });
  const stroke = (d, tone, w) => shape("path", { d, style: `stroke:var(--${tone})`, "stroke-width": w, class: "stroke" });
  if (name === "serving") into.append(shape("rect", { x, y, width: s, height: s, rx: Math.max(2, s * 0.17), style: "fill:var(--serving)" }));
  if (name === "starting") {
    into.append(box({ style: "fill:var(--surface)" }),
      shape("rect", { x: x + k, y: y + s * 0.48, width: s - 2 * k, height: s * 0.52 - k, rx: Math.max(1, s * 0.12), style: "fill:var(--starting);opacity:.55" }),
      box({ style: "fill:none;stroke:var(--t-starting)", "stroke-width": k }),
      stroke(`M${cx - e} ${cy + e * 0.55}L${cx} ${cy - e * 0.6}L${cx + e} ${cy + e * 0.55}`, "ink", k * 1.3));
  }
  if (name === "lost") {
    into.append(box({ style: "fill:var(--surface);stroke:var(--lost)", "stroke-width": k }),
      stroke(`M${cx - e} ${cy - e}L${cx + e} ${cy + e}M${cx + e} ${cy - e}L${cx - e} ${cy + e}`, "lost", k * 1.5));
  }
  if (name === "refused") {
    into.append(shape("circle", { cx, cy, r: s * 0.42, style: "fill:var(--surface);stroke:var(--refused)", "stroke-width": k * 1.3 }),
      stroke(`M${cx - s * 0.27} ${cy + s * 0.27}L${cx + s * 0.27} ${cy - s * 0.27}`, "refused", k * 1.3));
  }
  if (name === "pending") {
    into.append(box({ style: "fill:var(--surface);stroke:var(--pending)", "stroke-width": k, "stroke-dasharray": `${s * 0.15} ${s * 0.11}` }),
      ...[-1, 0, 1].map((i) => shape("circle", { cx: cx + i * s * 0.2, cy, r: s * 0.062, style: "fill:var(--t-pending)" })));
  }
}

function icon(name, s, parent) {
  const svg = shape("svg", { width: s, height: s, viewBox: `0 0 ${s} ${s}`, "aria-hidden": "true", class: "qw-icon" });
  glyph(svg, name, 0, 0, s);
  parent.append(svg);
}

// --- a phone: one card for each gate ------------------------------------------------------------------

function cards(state, main) {
  const { gates, hosts, counts } = state.data;
  const list = node("ol", "qw-cards", main);
  gates.forEach((gate, k) => {
    const card = node("li", "qw-card", list);
    const head = node("div", "qw-cardhead", card);
    node("small", "", head).textContent = say(state, "gate", { n: k + 1, all: gates.length });
    node("strong", "", head).textContent = gate.title;
    node("b", "", head).textContent = say(state, "gate_left", { n: counts[k + 1] ?? 0 });
    const out = hosts.filter((host) => host.stops_at === k);
    const soft = gate.kind === "score";
    for (const [reason, ids] of grouped(out)) {
      const line = node("div", soft ? "qw-out soft" : "qw-out", card);
      if (soft) {
        const svg = shape("svg", { width: 18, height: 18, viewBox: "-9 -9 18 18", "aria-hidden": "true", class: "qw-icon" });
        outranked(svg, 0, 0);
        line.append(svg);
      } else icon("refused", 18, line);
      const text = node("span", "", line);
      node("b", "", text).textContent = ids.length > 5 ? `${ids.slice(0, 3).join(", ")} +${ids.length - 3}` : ids.join(", ");
      if (reason) text.append(` ${reason}`);
    }
    const left = hosts.filter((host) => host.stops_at === null || host.stops_at === undefined || host.stops_at > k);
    const row = node("div", "qw-left", card, { role: "group", "aria-label": say(state, "passed_here") });
    left.sort((a, b) => Number(b.chosen) - Number(a.chosen)).slice(0, 8).forEach((host) => {
      const chip = node("span", host.chosen ? "qw-chip chosen" : "qw-chip", row);
      chip.textContent = host.id;
      const value = host.values?.[k];
      if (value && left.length <= 6) node("small", "", chip).textContent = value;
    });
    if (left.length > 8) node("span", "qw-chip", row).textContent = `+${left.length - 8}`;
  });
}

function grouped(hosts) {
  const groups = new Map();
  for (const host of hosts) groups.set(host.reason || "", [...(groups.get(host.reason || "") ?? []), host.id]);
  return groups;
}

// --- the words beside it -----------------------------------------------------------------------------------

function side(state) {
  const { task = {}, sentence, zones = [], notes = [], hosts } = state.data;
  const box = node("aside", "qw-side", null);
  const top = node("div", "qw-task", box);
  icon(hosts.some((host) => host.chosen) ? "starting" : "pending", 44, top);
  const name = node("div", "", top);
  if (task.title) node("strong", "", name).textContent = task.title;
  if (task.sub) node("span", "", name).textContent = task.sub;
  const rows = task.rows ?? Object.entries(task).filter(([key]) => key !== "title" && key !== "sub");
  const list = node("dl", "", box);
  for (const [label, value] of rows) {
    node("dt", "", list).textContent = label;
    node("dd", "", list).textContent = value;
  }
  const breath = node("div", "qw-part", box);
  node("h3", "", breath).textContent = say(state, "breath");
  node("p", "", breath).textContent = sentence;
  if (zones.length) {
    const all = node("dl", "qw-zones", breath);
    for (const zone of zones) {
      node("dt", "", all).textContent = say(state, "zone", { zone: zone.id });
      const cell = node("dd", "", all);
      if (zone.lost) icon("lost", 15, cell);
      else for (let k = 0; k < Math.min(zone.n, 10); k += 1) icon("serving", 15, cell);
      const text = node("b", zone.lost ? "lost" : "", cell);
      text.textContent = zone.lost ? say(state, "lost_none") : String(zone.n);
    }
  }
  if (notes.length) {
    const part = node("div", "qw-part", box);
    for (const note of notes) {
      const line = node("p", "qw-note", part);
      const svg = shape("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true", class: "qw-icon" });
      svg.append(note.basis === "assumed"
        ? shape("rect", { x: 1.7, y: 1.7, width: 8.6, height: 8.6, rx: 2, style: "fill:none;stroke:var(--ink2)", "stroke-width": 1.4, "stroke-dasharray": "2.2 1.6" })
        : shape("rect", { x: 1, y: 1, width: 10, height: 10, rx: 2, style: "fill:var(--ink2)" }));
      const text = node("span", "", line);
      node("b", "", text).textContent = say(state, note.basis === "assumed" ? "assumed" : "documented");
      text.append(` ${note.text}`);
      line.prepend(svg);
    }
  }
  return box;
}

function spoken(state) {
  const { gates, hosts, counts, sentence } = state.data;
  return `${say(state, "picture", { gates: gates.length, n: hosts.length, left: counts.at(-1) ?? 0 })} ${sentence}`;
}

function table(state) {
  const { gates, hosts } = state.data;
  const details = node("details", "qw-table", null);
  details.open = state.open;
  const summary = node("summary", "", details, { "data-part": "table" });
  summary.textContent = say(state, "table");
  const scroll = node("div", "qw-scroll", details, { tabindex: "0", role: "region", "aria-label": say(state, "table") });
  const fill = () => {
    const made = node("table", "", null);
    const head = node("tr", "", node("thead", "", made));
    for (const text of [say(state, "host"), ...gates.map((gate) => gate.title), say(state, "outcome")]) node("th", "", head, { scope: "col" }).textContent = text;
    const body = node("tbody", "", made);
    for (const host of hosts) {
      const row = node("tr", "", body);
      node("th", "", row, { scope: "row" }).textContent = host.id;
      gates.forEach((gate, k) => {
        const stops = host.stops_at === k;
        const reached = host.stops_at === null || host.stops_at === undefined || host.stops_at >= k;
        node("td", "", row).textContent = !reached ? "" : stops ? host.reason : host.values?.[k] || say(state, "passes");
      });
      const out = host.chosen ? "chosen" : host.lost ? "lost" : gates[host.stops_at]?.kind === "filter" ? "stops" : "outranked";
      node("td", "", row).textContent = say(state, out);
    }
    scroll.replaceChildren(made);
  };
  if (state.open) fill();
  details.addEventListener("toggle", () => { state.open = details.open; if (details.open) fill(); });
  return details;
}

// --- small things -----------------------------------------------------------------------------------------

function node(tag, name, parent, attributes = {}) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

function shape(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function write(svg, x, y, text, { size, weight = 400, tone = "ink2", anchor = "start", halo = false }) {
  const made = shape("text", { x, y, "font-size": size, "font-weight": weight, "text-anchor": anchor, class: halo ? "halo" : "", style: `fill:var(--${tone})` });
  made.textContent = text;
  svg.append(made);
}

function wide(state, text, size, weight) {
  state.pen.font = `${weight} ${size}px ${state.face}`;
  return state.pen.measureText(text).width;
}

/** Break a title into two lines at most, as even as its words allow. */
function wrapped(state, text, size, room) {
  const words = text.split(" ");
  if (words.length < 2 || wide(state, text, size, 400) <= room) return [text];
  const cuts = words.slice(1).map((_, k) => [words.slice(0, k + 1).join(" "), words.slice(k + 1).join(" ")]);
  return cuts.reduce((best, cut) => (Math.max(...cut.map((line) => wide(state, line, size, 400))) < Math.max(...best.map((line) => wide(state, line, size, 400))) ? cut : best));
}

function say(state, key, values = {}) {
  return (state.data.words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

function themeOf(element) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = getComputedStyle(element).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = [1, 3, 5].map((k) => parseInt(pen.fillStyle.slice(k, k + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
}
