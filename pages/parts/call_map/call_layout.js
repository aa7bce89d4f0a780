// Where everything stands. Modules are laid in layers by the longest way from the users, ordered so that few calls cross
// (barycentres). Only the calls decide, never which service a module runs in: while modules are split out they keep
// their places, and the services' boxes grow and shrink round them.

const CALL_LOOKS = {
  laptop: { f: 14, fs: 13, cellH: 51, chipH: 30, gapY: 15, lane: 10, users: 84, bandH: 52, tile: 15, bead: 2, gap: 11, ribbon: 26, pad: 9, mark: 15 },
  stage: { f: 27, fs: 24, cellH: 92, chipH: 52, gapY: 26, lane: 16, users: 176, bandH: 96, tile: 25, bead: 3.6, gap: 20, ribbon: 46, pad: 14, mark: 26 },
  phone: { f: 13.5, fs: 13, cellH: 52, chipH: 30, gapY: 30, lane: 8, users: 50, bandH: 52, tile: 14, bead: 1.5, gap: 9, ribbon: 11, pad: 5, mark: 14 },
  small: { f: 12, fs: 12, cellH: 27, chipH: 22, gapY: 7, lane: 4, users: 22, bandH: 26, tile: 0, bead: 1.3, gap: 8, ribbon: 9, pad: 4, mark: 11 },
};
const ACROSS = 3; // boxes beside each other on a phone

/** Give every module its layer: the longest way from the users, who are layer 0. */
function layersOf(count, calls, entries) {
  const layer = new Array(count).fill(1), starts = new Set(entries);
  for (let pass = 0; pass < count; pass++) {
    let moved = false;
    for (const { from, to } of calls) {
      if (layer[to] >= layer[from] + 1) continue;
      layer[to] = layer[from] + 1;
      moved = true;
    }
    if (!moved) break;
  }
  // What nobody calls stands with those the users call.
  for (let m = 0; m < count; m++) if (!starts.has(m) && !calls.some((c) => c.to === m)) layer[m] = 1;
  return layer;
}

/** Order each layer so that few lines cross. A long call holds a lane in every layer it passes. Returns rows of nodes:
 *  users are -1, then modules by number, lanes from `count` on. */
function sorted(count, edges, layer) {
  const depth = Math.max(1, ...layer), rows = Array.from({ length: depth + 1 }, () => []);
  const above = new Map(), below = new Map(); // a node's neighbours in the layer before and after
  const link = (a, b) => {
    if (!below.has(a)) below.set(a, []);
    if (!above.has(b)) above.set(b, []);
    below.get(a).push(b);
    above.get(b).push(a);
  };
  rows[0].push(-1);
  layer.forEach((at, m) => rows[at].push(m));
  let next = count;
  const lanes = edges.map(({ from, to }) => {
    const mine = [];
    let last = from;
    for (let at = (from < 0 ? 0 : layer[from]) + 1; at < layer[to]; at++) {
      rows[at].push(next);
      link(last, next);
      mine.push(next);
      last = next++;
    }
    link(last, to);
    return mine;
  });
  const place = new Map();
  const number = () => rows.forEach((row) => row.forEach((node, i) => place.set(node, i / Math.max(1, row.length))));
  const crossings = () => {
    let sum = 0;
    for (const row of rows) {
      const ends = row.flatMap((node) => (below.get(node) ?? []).map((to) => [place.get(node), place.get(to)]));
      for (let i = 0; i < ends.length; i++) {
        for (let j = 0; j < i; j++) if ((ends[i][0] - ends[j][0]) * (ends[i][1] - ends[j][1]) < 0) sum++;
      }
    }
    return sum;
  };
  number();
  let best = rows.map((row) => [...row]), least = crossings();
  for (let sweep = 0; sweep < 12 && least > 0; sweep++) {
    const down = sweep % 2 === 0, near = down ? above : below;
    for (let k = 1; k <= depth; k++) {
      const row = rows[down ? k : depth + 1 - k];
      const middle = new Map(row.map((node) => {
        const others = near.get(node) ?? [];
        return [node, others.length ? others.reduce((sum, o) => sum + place.get(o), 0) / others.length : place.get(node)];
      }));
      row.sort((a, b) => middle.get(a) - middle.get(b));
      number();
    }
    const found = crossings();
    if (found < least) {
      least = found;
      best = rows.map((row) => [...row]);
    }
  }
  return { rows: best, lanes, above, below, depth };
}

/** Stack each layer and pull every node towards its neighbours' middle, keeping the order and the gaps. Returns centres. */
function stacked(order, high, gap, total) {
  const y = new Map(), { rows, above, below } = order;
  for (const row of rows) {
    const used = row.reduce((sum, node) => sum + high(node), 0) + gap * (row.length - 1);
    let at = (total - used) / 2;
    for (const node of row) {
      y.set(node, at + high(node) / 2);
      at += high(node) + gap;
    }
  }
  for (let pass = 0; pass < 6; pass++) {
    for (const row of pass % 2 ? [...rows].reverse() : rows) {
      const want = row.map((node) => {
        const others = [...(above.get(node) ?? []), ...(below.get(node) ?? [])];
        return others.length ? others.reduce((sum, o) => sum + y.get(o), 0) / others.length : y.get(node);
      });
      const apart = (i) => (high(row[i - 1]) + high(row[i])) / 2 + gap;
      const down = [...want], up = [...want], end = row.length - 1;
      down[0] = Math.max(down[0] ?? 0, high(row[0]) / 2);
      for (let i = 1; i <= end; i++) down[i] = Math.max(down[i], down[i - 1] + apart(i));
      up[end] = Math.min(up[end], total - high(row[end]) / 2);
      for (let i = end - 1; i >= 0; i--) up[i] = Math.min(up[i], up[i + 1] - apart(i + 1));
      const mean = row.map((_, i) => (down[i] + up[i]) / 2);
      // The mean of both keeps the order; the frame holds it at both ends.
      for (let i = 0; i <= end; i++) mean[i] = Math.max(mean[i], i ? mean[i - 1] + apart(i) : high(row[0]) / 2);
      if (end >= 0) mean[end] = Math.min(mean[end], total - high(row[end]) / 2);
      for (let i = end - 1; i >= 0; i--) mean[i] = Math.min(mean[i], mean[i + 1] - apart(i + 1));
      row.forEach((node, i) => y.set(node, mean[i]));
    }
  }
  return y;
}

/** Give a size's look. The hall's is drawn for 1920 by 1080: on a smaller screen it is as much smaller, so that names keep their room. */
function lookOf(name) {
  const u = name === "stage" ? Math.min(1, Math.max(0.6, Math.min(innerWidth / 1920, innerHeight / 1080))) : 1;
  return Object.fromEntries(Object.entries(CALL_LOOKS[name]).map(([what, px]) => [what, px * u]));
}

/** Lay a run's calls out in a width; `tall`: the height that the stage grants. */
function layOutCalls(run, size, width, font, tall = Infinity) {
  const name = size === "study" ? (width < 500 ? "phone" : "laptop") : size;
  const c = { ...lookOf(name), name };
  const band = run.bands.length && c.bandH * run.bands.length;
  const L = { c, font, size, width, top: run.wasWhole || run.bands.length ? Math.max(band, c.bandH) + c.gapY * 0.6 : 2 };
  if (name === "phone") downwards(L, run);
  else across(L, run, tall);
  L.k = ribbonScale(L, run);
  ports(L, run);
  L.slabs = run.bands.map((b, i) => slab(L, run, b, i));
  return L;
}

/** How tall a module stands: who has many calls needs long sides. From the calls alone, so that splitting moves nothing. */
function tallness(run) {
  const { count, g } = run, into = new Array(count).fill(0), out = new Array(count).fill(0);
  for (const call of g.calls) {
    out[call.from]++;
    into[call.to]++;
  }
  return into.map((n, m) => Math.min(2.1, 1 + 0.24 * Math.max(0, Math.max(n, out[m]) - 2)));
}

/** Layers from left to right. */
function across(L, run, tall) {
  const { c, width } = L, { count, edges, layer, order } = run, small = c.name === "small", taller = tallness(run);
  const margin = small ? 5 : c.pad, column = (width - c.users - margin) / order.depth;
  L.cellW = Math.min(column * ({ small: 0.76, stage: 0.69 }[c.name] ?? 0.6), { laptop: 176, stage: 330, small: 96 }[c.name]);
  L.gapX = (width - c.users - margin - order.depth * L.cellW) / order.depth;
  const isLane = (node) => node >= count;
  const sum = (row, high, gap) => row.reduce((all, node) => all + (node < 0 ? 0 : high(node)), 0) + gap * (row.length - 1);
  const plain = (h) => (node) => (isLane(node) ? c.lane : h), deepest = (h, gap) => Math.max(...order.rows.map((row) => sum(row, plain(h), gap)));
  let cell = c.cellH, gap = c.gapY;
  while (L.top + deepest(cell, gap) + gap > tall && cell > c.fs * 1.5) {
    cell -= 2;
    gap = Math.max(c.fs * 0.45, gap - 0.8);
  }
  const total = Math.max(deepest(cell, gap), small ? 96 : cell * 3), high = new Map();
  for (const row of order.rows) { // a layer with room to spare gives it to those with many calls
    const mine = row.filter((node) => node >= 0 && !isLane(node)), spare = total - sum(row, plain(cell), gap);
    const asked = mine.reduce((all, m) => all + cell * (taller[m] - 1), 0), part = asked > 0 ? Math.min(1, (spare * 0.8) / asked) : 0;
    for (const m of mine) high.set(m, cell * (1 + (taller[m] - 1) * part));
  }
  L.cellH = cell;
  const highOf = (node) => (node < 0 ? c.f * 4.4 : isLane(node) ? c.lane : high.get(node));
  const y = stacked(order, highOf, gap, total), left = (at) => (at ? c.users + L.gapX + (at - 1) * (L.cellW + L.gapX) : 0);
  const off = L.top + (small ? 4 : c.gapY * 0.6);
  L.left = left;
  L.cells = Array.from({ length: count }, (_, m) => ({ x: left(layer[m]), y: off + y.get(m) - high.get(m) / 2, w: L.cellW, h: high.get(m), layer: layer[m] }));
  L.users = { x: 0, y: off + y.get(-1) - c.f * 2.2, w: c.users, h: c.f * 4.4, layer: 0 };
  L.height = Math.ceil(off + total + (small ? 4 : c.gapY * 0.8));
  L.upright = false;
  L.lanesOf = (e) => order.lanes[e].map((node, i) => {
    const at = (edges[e].from < 0 ? 0 : layer[edges[e].from]) + 1 + i;
    return { from: left(at) - L.gapX * 0.1, to: left(at) + L.cellW + L.gapX * 0.1, at: off + y.get(node), layer: at };
  });
}

/** A phone: layers from top to bottom, three boxes a row; calls pass between the boxes of the rows in between. */
function downwards(L, run) {
  const { c, width } = L, { count, order } = run, side = 4, gap = 12;
  const w = (width - side * 2 - gap * (ACROSS - 1)) / ACROSS, rows = [];
  for (const row of order.rows.slice(1)) {
    const real = row.filter((node) => node < count);
    const lines = Math.ceil(real.length / ACROSS), each = Math.ceil(real.length / lines);
    for (let i = 0; i < real.length; i += each) rows.push(real.slice(i, i + each));
  }
  L.cellW = w;
  L.cellH = c.cellH;
  L.gapX = gap;
  L.users = { x: 0, y: 0, w: width, h: c.users, layer: 0 };
  L.cells = new Array(count);
  const off = c.users + c.gapY * 0.5 + L.top, step = c.cellH + c.gapY;
  rows.forEach((row, r) => row.forEach((m, i) => {
    const used = row.length * w + (row.length - 1) * gap;
    L.cells[m] = { x: (width - used) / 2 + i * (w + gap), y: off + r * step, w, h: c.cellH, layer: r + 1 };
  }));
  L.height = Math.ceil(off + rows.length * step - c.gapY + 12);
  L.upright = true;
  L.lanesOf = (e) => {
    const edge = run.edges[e], from = edge.from < 0 ? L.users : L.cells[edge.from], to = L.cells[edge.to], out = [];
    for (let r = from.layer; r < to.layer - 1; r++) {
      const row = rows[r], boxes = row.map((m) => L.cells[m]);
      const gutters = [boxes[0].x - gap / 2, ...boxes.map((b) => b.x + b.w + gap / 2)].filter((x) => x > 1 && x < width - 1);
      const aim = from.x + from.w / 2 + ((to.x + to.w / 2 - from.x - from.w / 2) * (r + 1 - from.layer)) / (to.layer - from.layer);
      const at = gutters.reduce((a, b) => (Math.abs(b - aim) < Math.abs(a - aim) ? b : a)) + ((e * 7) % 5) - 2;
      out.push({ from: boxes[0].y - 5, to: boxes[0].y + c.cellH + 5, at });
    }
    return out;
  };
}

/** How wide a call a second is drawn: so that neither the busiest ribbon nor any box's side is overfull. */
function ribbonScale(L, run) {
  const side = (m) => (L.upright ? L.cells[m].w * 0.7 : L.cells[m].h * 0.8);
  let k = L.c.ribbon / Math.max(1e-9, ...run.edges.map((e) => e.peak));
  for (const end of ["from", "to"]) {
    const sums = new Map();
    for (const e of run.edges) sums.set(e[end], (sums.get(e[end]) ?? 0) + e.peak);
    for (const [m, sum] of sums) if (m >= 0 && sum > 0) k = Math.min(k, side(m) / sum);
  }
  return k;
}

/** Where each call leaves and arrives: side by side, in the order of their other ends, so that none cross at a box. */
function ports(L, run) {
  const { upright } = L, mid = (b) => (upright ? b.x + b.w / 2 : b.y + b.h / 2), boxOf = (m) => (m < 0 ? L.users : boxOfModule(L, run, m));
  const lanes = run.edges.map((_, e) => L.lanesOf(e));
  const thick = (e) => (run.edges[e].local ? 3 : Math.max(L.c.name === "small" ? 2 : 5, run.edges[e].peak * L.k));
  const spread = (end, other) => {
    const at = new Array(run.edges.length), groups = new Map();
    run.edges.forEach((edge, e) => groups.set(edge[end], [...(groups.get(edge[end]) ?? []), e]));
    for (const [m, list] of groups) {
      const aim = (e) => { const way = lanes[e], near = end === "from" ? way[0] : way.at(-1); return near ? near.at : mid(boxOf(run.edges[e][other])); };
      list.sort((a, b) => aim(a) - aim(b) || a - b);
      const box = boxOf(m), side = (upright ? box.w : box.h) * 0.84, used = list.reduce((sum, e) => sum + thick(e), 0);
      const gap = list.length > 1 ? Math.min(upright ? 4 : 9, Math.max(0, (side - used) / (list.length - 1))) : 0;
      let from = mid(box) - (used + gap * (list.length - 1)) / 2;
      for (const e of list) {
        at[e] = from + thick(e) / 2;
        from += thick(e) + gap;
      }
    }
    return at;
  };
  const out = spread("from", "to"), into = spread("to", "from");
  L.edges = run.edges.map((edge, e) => wayOf(L, boxOf(edge.from), boxOf(edge.to), out[e], into[e], lanes[e], edge.from < 0));
}

/** One call's way: a path to stroke, and points two pixels apart for beads, marks and the pointer. */
function wayOf(L, from, to, outAt, inAt, lanes, isUsers) {
  const { upright } = L, path = new Path2D(), xs = [], ys = [];
  const p = (along, at) => (upright ? [at, along] : [along, at]);
  const start = upright ? from.y + from.h : isUsers ? from.x + from.w * 0.62 : from.x + from.w, end = upright ? to.y : to.x;
  const stops = [[start, outAt], ...lanes.flatMap((l) => [[l.from, l.at], [l.to, l.at]]), [end, inAt]];
  path.moveTo(...p(...stops[0]));
  for (let i = 1; i < stops.length; i++) {
    const [a, at] = stops[i - 1], [b, then] = stops[i], m = (a + b) / 2;
    path.bezierCurveTo(...p(m, at), ...p(m, then), ...p(b, then));
    const steps = Math.max(2, Math.ceil(Math.hypot(b - a, then - at) / 2));
    for (let s = i > 1 ? 1 : 0; s <= steps; s++) {
      const u = s / steps, v = 1 - u, ease = 3 * v * u * u + u * u * u;
      const along = v * v * v * a + 3 * v * v * u * m + 3 * v * u * u * m + u * u * u * b;
      const [x, y] = p(along, at + (then - at) * ease);
      xs.push(x);
      ys.push(y);
    }
  }
  // The mark sits in the last free stretch before the target; so does the number.
  const last = stops.at(-2), share = lanes.length ? 0.5 : 0.56, aim = last[0] + (end - last[0]) * share;
  let near = 0;
  for (let i = 0; i < xs.length; i++) if (Math.abs((upright ? ys[i] : xs[i]) - aim) < Math.abs((upright ? ys[near] : xs[near]) - aim)) near = i;
  return { path, xs, ys, mark: { x: xs[near], y: ys[near] }, end: { x: xs.at(-1), y: ys.at(-1) }, start: { x: xs[0], y: ys[0] } };
}

/** A service of several modules: a band with its name and tasks, and below it one outline that hangs down to the lowest of its
 *  modules in each column. Modules that run elsewhere are cut out of it. */
function slab(L, run, box, i) {
  const { c } = L, mine = run.boxes[box].modules, isMine = new Set(mine), cells = mine.map((m) => L.cells[m]);
  const air = c.name === "small" ? 3 : Math.min(c.gapY * 0.5, 12), airX = L.upright ? 6 : c.name === "small" ? 4 : c.pad - 1;
  const bandY = (L.upright ? c.users + c.gapY * 0.2 : 1) + i * c.bandH;
  const lanes = L.upright ? [] : run.edges.flatMap((edge, e) => (edge.local && run.boxOf[edge.to] === box ? L.lanesOf(e) : []));
  let outline;
  if (L.upright) {
    const bottom = Math.max(...cells.map((b) => b.y + b.h)) + air;
    outline = [[1, bandY], [L.width - 1, bandY], [L.width - 1, bottom], [1, bottom]];
  } else {
    const first = Math.min(...cells.map((b) => b.layer)), last = Math.max(...cells.map((b) => b.layer)), lows = [];
    for (let at = first; at <= last; at++) {
      const here = cells.filter((b) => b.layer === at);
      lows.push(Math.max(bandY + c.bandH, ...here.map((b) => b.y + b.h + air), ...lanes.filter((one) => one.layer === at).map((one) => one.at + air)));
    }
    // A step too low to be a step is a blot.
    for (let i = 1; i < lows.length; i++) if (Math.abs(lows[i] - lows[i - 1]) < air * 3) lows[i] = lows[i - 1] = Math.max(lows[i], lows[i - 1]);
    const { left } = L;
    const x0 = left(first) - airX, x1 = left(last) + L.cellW + airX;
    outline = [[x0, bandY], [x1, bandY]];
    for (let at = last; at >= first; at--) {
      const low = lows[at - first], next = lows[at - first - 1];
      outline.push([at === last ? x1 : outline.at(-1)[0], low]);
      // Between two columns the deeper one keeps its own sides.
      if (at > first) outline.push([low > next ? left(at) - airX : left(at - 1) + L.cellW + airX, low]);
    }
    outline.push([x0, lows[0]]);
  }
  const xs = outline.map((p) => p[0]), right = Math.max(...xs), x = Math.min(...xs);
  const holes = L.cells.map((b, m) => ({ b, m })).filter(({ b, m }) => !isMine.has(m) && insideOutline(outline, b.x + b.w / 2, b.y + b.h / 2))
    .map(({ b }) => ({ x: b.x - air * 0.7, y: b.y - air * 0.7, w: b.w + air * 1.4, h: b.h + air * 1.4 }))
    .sort((a, b) => a.x - b.x || a.y - b.y);
  for (let i = holes.length - 1; i > 0; i--) { // neighbours above each other share one hole
    const [a, b] = [holes[i - 1], holes[i]];
    if (Math.abs(a.x - b.x) > 1 || b.y - a.y - a.h > air * 1.5) continue;
    a.h = b.y + b.h - a.y;
    holes.splice(i, 1);
  }
  return { box, outline, holes, band: { x, y: bandY, w: right - x, h: c.bandH } };
}

function insideOutline(points, x, y) {
  let is = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [ax, ay] = points[i], [bx, by] = points[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) is = !is;
  }
  return is;
}

/** Follow an outline with rounded corners. */
function roundOutline(pen, points, radius) {
  const n = points.length, half = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  pen.beginPath();
  pen.moveTo(...half(points[n - 1], points[0]));
  for (let i = 0; i < n; i++) {
    const a = points[i], b = points[(i + 1) % n], before = points[(i + n - 1) % n];
    const r = Math.min(radius, Math.hypot(b[0] - a[0], b[1] - a[1]) / 2, Math.hypot(a[0] - before[0], a[1] - before[1]) / 2);
    pen.arcTo(a[0], a[1], b[0], b[1], r);
  }
  pen.closePath();
}
