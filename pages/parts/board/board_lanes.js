// One way to users: its lanes, its columns, and where each tile stands at a moment. Everything is known beforehand.

const DOING = ["review", "waits_worker", "build", "test", "waits_release", "release", "monitor", "restore", "returned", "rework", "delivered", "away"];
const NOWHERE = new Set(["delivered", "away"]);
// Columns, and which states stand in them, those that wait before those that are served.
const COLUMNS = [
  { name: "rework", share: 0.13, cells: [["rework"]] },
  { name: "review", share: 0.16, cells: [["review"]] },
  { name: "build", share: 0.22, cells: [["waits_worker"], ["build"]] },
  { name: "test", share: 0.13, cells: [["test"]] },
  { name: "release", share: 0.22, cells: [["waits_release"], ["release"]] },
  { name: "monitor", share: 0.14, cells: [["monitor", "restore", "returned"]] },
];
const WAITS_SHARE = 0.68; // of a column with a queue

/** Each part of each change, with its state at t and since when: `at` is a search, kept as a cursor while playing. */
class Part {
  constructor([change, lane, isOwn, times, states]) {
    Object.assign(this, { change, lane, isOwn, times, states, i: -1 });
  }
  look(t) {
    const { times } = this;
    if (!(this.i >= 0 && t >= times[this.i] && (this.i + 1 === times.length || t < times[this.i + 1]))) this.i = lastAt(times, t);
    this.state = this.i < 0 ? null : DOING[this.states[this.i]];
    this.since = this.i < 0 ? 0 : times[this.i];
    this.until = this.i + 1 < times.length ? times[this.i + 1] : Infinity;
    return this.state;
  }
}

/** Work out the size of tiles and the boxes of all cells for a width. Returns px. */
function measure(width, size, lanes) {
  const narrow = width < 560, stage = size === "stage";
  const u = Math.min(innerWidth / 1920, innerHeight / 1080), low = u < 0.85 || lanes > 4; // the stage has one screen, however many lanes
  const tile = stage ? Math.round(Math.min(40, 40 * Math.max(u, 0.7))) : narrow ? 13 : 21, gap = stage ? 6 : narrow ? 2 : 4;
  const label = narrow ? 0 : stage ? 150 : 92, room = width - label;
  const rows = lanes === 1 ? (narrow ? 4 : stage && !low ? 3 : 2) : narrow ? 3 : stage && low ? 1 : 2, pad = stage ? (low ? 5 : 7) : 5, head = narrow ? 18 : 0;
  const tall = rows * (tile + gap) - gap + 2 * pad + head;
  const cells = new Map(), columns = [];
  let x = label;
  for (const column of COLUMNS) {
    const wide = column.share * room;
    columns.push({ name: column.name, x, wide });
    const shares = column.cells.length === 2 ? [WAITS_SHARE, 1 - WAITS_SHARE] : [1];
    let from = x;
    column.cells.forEach((states, i) => {
      const box = { x: from + pad, wide: shares[i] * wide - pad, fits: Math.max(1, Math.floor((shares[i] * wide - pad - gap) / (tile + gap))) };
      for (const state of states) cells.set(state, box);
      from += shares[i] * wide;
    });
    x += wide;
  }
  return { narrow, tile, gap, label, rows, pad, head, tall, cells, columns };
}

/** Give each visible part its place: in order of arrival, row by row; what finds no room is counted. */
function placed(parts, m) {
  const taken = new Map(), total = new Map();
  const here = parts.filter((part) => part.state && !NOWHERE.has(part.state));
  here.sort((a, b) => a.since - b.since || a.change - b.change);
  const cell = (part) => `${part.lane}.${m.cells.get(part.state).x}`;
  for (const part of here) total.set(cell(part), (total.get(cell(part)) ?? 0) + 1);
  for (const part of here) {
    const box = m.cells.get(part.state), key = cell(part);
    const n = taken.get(key) ?? 0, most = box.fits * m.rows;
    taken.set(key, n + 1);
    part.hiddenBy = n >= (total.get(key) > most ? most - 1 : most); // the last place says how many more there are
    const k = Math.min(n, most - 1);
    part.x = box.x + (k % box.fits) * (m.tile + m.gap);
    part.y = part.lane * m.tall + m.head + m.pad + Math.floor(k / box.fits) * (m.tile + m.gap);
  }
  const over = [];
  for (const [key, n] of taken) {
    const [lane, x] = key.split("."), box = [...m.cells.values()].find((one) => String(one.x) === key.slice(lane.length + 1));
    if (box && n > box.fits * m.rows) over.push({ lane: Number(lane), x: box.x + (box.fits - 1) * (m.tile + m.gap), n: n - box.fits * m.rows + 1 });
  }
  return { here, over };
}
