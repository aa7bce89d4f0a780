// What a run of a pipeline says about a moment: its columns come packed, one number for each second.

const COUNTS = ["offered", "done", "refused", "failed", "queued", "working", "dead"];
const MEAN_S = 3; // rates are means over so many seconds

/** Unpack whole numbers: "" is all noughts; else two or four bytes each, as the first letter says. */
function unpacked(text, length) {
  if (!text) return new Uint8Array(length);
  const raw = atob(text.slice(1)), bytes = Uint8Array.from(raw, (sign) => sign.charCodeAt(0));
  return text[0] === "h" ? new Uint16Array(bytes.buffer) : text[0] === "i" ? new Uint32Array(bytes.buffer) : new Float32Array(bytes.buffer);
}

function makeFlowFacts(data) {
  const length = data.seconds + 1, at = {}, called = {};
  for (const box of data.boxes) {
    const columns = {};
    for (const [name, text] of Object.entries(box.columns)) columns[name] = unpacked(text, length);
    at[box.name] = columns;
    for (const to of box.to) called[to] = (called[to] ?? 0) + 1;
  }
  const whole = Object.fromEntries(Object.entries(data.tally).map(([name, text]) => [name, unpacked(text, length)]));
  const here = (t) => Math.max(0, Math.min(data.seconds, Math.floor(t + 1e-6)));
  /** What happened in a second, from counts that only grow. */
  const rate = (column, t) => {
    const i = here(t), from = Math.max(0, i - MEAN_S);
    return i > from ? (column[i] - column[from]) / (i - from) : 0;
  };
  const most = {};
  for (const { name } of data.boxes) {
    const c = at[name];
    let top = 50;
    for (let i = 0; i < length; i++) top = Math.max(top, c.queued[i] + c.working[i] + c.dead[i]);
    most[name] = top;
  }
  let widest = 1;
  for (const { name } of data.boxes) for (let i = 1; i < length; i++) widest = Math.max(widest, at[name].offered[i] - at[name].offered[i - 1]);

  return {
    widest, most,
    at(name, t) {
      const c = at[name], i = here(t);
      return {
        ...Object.fromEntries(COUNTS.map((count) => [count, c[count][i]])), asked: c.asked[i], limit: c.limit[i], size: c.size[i],
        in: rate(c.offered, t), out: rate(c.done, t), out_of: rate(c.refused, t), wrong: rate(c.failed, t),
      };
    },
    along: (from, to, t) => rate(at[to].offered, t) / Math.max(1, called[to] ?? 1),
    whole: (t) => Object.fromEntries(Object.entries(whole).map(([name, column]) => [name, column[here(t)]])),
    states: (name, t) => data.spans.filter(([box, , from, to]) => (box === name || box === "") && from <= t && t < to).map((span) => span[1]),
    dark: (t) => data.dark.filter(([, from, to]) => from <= t && t < to).map(([zone]) => zone),
    told(t) {
      const past = data.events.filter((event) => event.t <= t + 1e-6);
      return { latest: past.at(-1), before: past.at(-2) };
    },
  };
}

/** Give each box its column: the longest way from the door. */
function columnsOf(boxes) {
  const rank = Object.fromEntries(boxes.map(({ name }) => [name, 0]));
  for (let pass = 0; pass < boxes.length; pass++) {
    for (const { name, to } of boxes) for (const other of to) if (other in rank) rank[other] = Math.max(rank[other], rank[name] + 1);
  }
  const columns = [];
  for (const { name } of boxes) (columns[rank[name]] ??= []).push(name);
  return columns.filter(Boolean);
}
