// Telling: the same as a table, and how numbers, times and colours are read and written.

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
  if (whole >= 172800) { // past two days, as the transport writes it
    const minutes = Math.floor(whole / 60);
    return `${Math.floor(minutes / 1440)} d ${Math.floor(minutes / 60) % 24}:${String(minutes % 60).padStart(2, "0")}`;
  }
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
