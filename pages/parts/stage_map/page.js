// What the map and the transport both need from the page: its theme, its words, its way of writing numbers,
// and elements whose text can only ever be text.

/** Make an element. Text goes in by textContent: nothing a visitor typed can become markup. */
function make(tag, name = "", text = null) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== null) node.textContent = text;
  return node;
}

/** Change text only when it differs, so that idle frames cost no layout and screen readers hear no echo. */
function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Fill `{placeholders}` of a word; a missing word shows its key, which a test will see. */
function fill(words, key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Index of the last value <= t in a sorted array, or -1. */
function lastAt(times, t, low = 0, high = times.length) {
  while (low < high) {
    const mid = (low + high) >> 1;
    if (times[mid] <= t) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}

/** 165 -> "2:45"; past the hour "1:02:28"; past two days "14 d 6:05". */
function clockText(s) {
  const whole = Math.floor(s + 1e-6);
  const two = (n) => String(n).padStart(2, "0"), minutes = Math.floor(whole / 60);
  if (whole >= 172800) return `${Math.floor(minutes / 1440)} d ${Math.floor(minutes / 60) % 24}:${two(minutes % 60)}`;
  return minutes < 60 ? `${minutes}:${two(whole % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** Write a whole number as Babel does on the server. Spanish groups from five digits on: 1200, 12 000. */
function numberText(n, signs = {}) {
  const digits = String(Math.round(Math.abs(n)));
  const from = signs.from ?? (signs.decimal === "," ? 10000 : 1000);
  const grouped = Number(digits) < from ? digits : digits.replace(/\B(?=(\d{3})+$)/g, signs.group ?? ",");
  return (n < -0.5 ? "-" : "") + grouped;
}

/** Round a rate for a label: noise in the last digit is not information. */
const rounded = (rate) => (rate >= 100 ? Math.round(rate / 10) * 10 : Math.round(rate));

/** Say which half of the colour table to use, by how bright Streamlit's own page colour is. */
function themeOf(host) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const hex = probe.fillStyle; // the canvas normalises any CSS colour to #rrggbb
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
}

const TOKENS = [
  "page", "surface", "sunk", "line", "line2", "ink", "ink2", "ink3", "accent", "on-accent", "serving", "starting",
  "pending", "draining", "lost", "refused", "idle", "t-serving", "t-starting", "t-pending", "t-draining", "t-lost",
  "t-refused", "ok-area", "ok-line", "lost-wash", "pend-wash", "drain-wash",
];

/** Read the colour tokens that the style sheet set, for the canvas, which knows no custom properties. */
function paletteOf(root) {
  const style = getComputedStyle(root);
  return Object.fromEntries(TOKENS.map((name) => [name, style.getPropertyValue(`--q-${name}`).trim()]));
}

/** The element that hosts the component: inside a shadow root, the host; otherwise the element itself. */
const hostOf = (parent) => parent.host ?? parent;

/** Give each mounted component one lasting object. Streamlit calls the module's function again at every change of
 *  data or theme, and may call the clean-up of a call that a newer one has overtaken: only the last one counts.
 *  kind: the component's name in a scene that is shown ahead of the page. */
function keeper(build, kind) {
  const kept = new WeakMap();
  return (component) => {
    const { parentElement, data, setTriggerValue } = component;
    let mine = kept.get(parentElement);
    if (!mine) kept.set(parentElement, (mine = { turn: 0, thing: build(parentElement), follows: follower(kind) }));
    const turn = ++mine.turn;
    if (data) mine.follows.admit(data, (fresh) => mine.thing.update(fresh, setTriggerValue));
    return () => setTimeout(() => {
      if (mine.turn !== turn || hostOf(parentElement).isConnected) return;
      mine.follows.leave();
      mine.thing.destroy();
      kept.delete(parentElement);
    });
  };
}
