// Where everything stands. Laid out once for a run and a width, with room for the busiest moment of the whole run,
// so that nothing jumps while it plays. Numbers are LOOK.md's, for the width of its mocks.

const LOOKS = {
  laptop: {
    width: 610, grow: 1.25, tile: 28, f: 15, fs: 13.5, zg: 12, pad: 9, hp: 8, k: 0.042, inH: 48, lbH: 38, flH: 54,
    zHead: 37, hostHead: 28, hg: 9, bot: 2, bead: 2, gap: 11, rows: 3, tall: 460, notes: true, hostNote: true,
  },
  stage: {
    width: 1150, grow: 1.2, tile: 50, f: 28, fs: 25, zg: 22, pad: 14, hp: 13, k: 0.066, inH: 80, lbH: 64, flH: 88,
    zHead: 60, hostHead: 45, hg: 13, bot: 3, bead: 3.6, gap: 20, rows: 3, tall: 480, notes: false, hostNote: true,
  },
  phone: {
    width: 358, grow: 1.15, tile: 16.5, f: 13.5, fs: 13, zg: 7, pad: 5, hp: 5, k: 0.021, inH: 32, lbH: 30, flH: 38,
    zHead: 29, hostHead: 22, hg: 6, bot: 1, bead: 1.4, gap: 8, rows: 3, tall: 420, notes: false, hostNote: false,
  },
  small: {
    width: 251, grow: 1.3, tile: 12.4, f: 13, fs: 12, zg: 10, pad: 4, hp: 2.5, k: 0, inH: 0, lbH: 0, flH: 0,
    zHead: 23, hostHead: 8, hg: 5, bot: 5, bead: 0, gap: 0, rows: 3, tall: 118, notes: false, hostNote: false,
  },
};
const GROWS = ["tile", "f", "fs", "zg", "pad", "hp", "k", "inH", "lbH", "flH", "zHead", "hostHead", "hg", "bot", "tall"];
const SMALLEST = 14; // no glyph is legible below this

/** `squeezed` (1 or less) makes the stage lower than its width asks for, so that it fits the screen's height. */
function lookFor(size, width, dense, squeezed = 1) {
  const name = size === "study" ? (width < 500 ? "phone" : "laptop") : size, stage = name === "stage";
  const base = LOOKS[name];
  const scale = Math.min(dense ? 1 : base.grow, Math.max(stage ? 0.6 : 0.72, width / base.width)) * squeezed;
  const c = { ...base, name, scale };
  for (const key of GROWS) c[key] = base[key] * scale;
  c.f = Math.max(c.f, { stage: 24, laptop: 14 }[name] ?? base.f);
  c.fs = Math.max(c.fs, { stage: 24, laptop: 13 }[name] ?? base.fs);
  if (stage) { // words keep their size when the rest shrinks, and need their lines
    for (const [key, lines] of [["inH", 1.5], ["lbH", 1.5], ["flH", 1.6], ["zHead", 1.55], ["hostHead", 1.3]]) c[key] = Math.max(c[key], c.f * lines);
  }
  c.smallest = name === "small" ? 8.4 : stage ? 24 : SMALLEST;
  return c;
}

/** Put `n` tiles into a width: as large as allowed, on as few lines as possible. Null when even the smallest fail. */
function fit(n, width, largest, smallest, lines = 3, first = 1) {
  for (let rows = first; rows <= lines; rows++) {
    const across = Math.ceil(n / rows), loose = largest * 0.18;
    const size = Math.min(largest, (width - (across - 1) * Math.min(loose, 2.2)) / across);
    if (size < smallest) continue;
    const tile = Math.min(largest, Math.max(smallest, (width - (across - 1) * loose) / across));
    const gap = across > 1 ? Math.min(tile * 0.42, (width - across * tile) / (across - 1)) : 0;
    return { tile, gap, across, rows, pitch: tile + gap, deep: tile + Math.max(3, Math.min(gap, tile * 0.2)) };
  }
  return null;
}

/** Full boxes with a name and a tile per task. */
function boxes(run, c, inner) {
  let rows = Math.max(1, ...run.hostsInZone), columns = 1;
  // A lone zone is wide: stand its hosts beside each other.
  while (rows / columns > c.rows && inner / (columns + 1) > c.width * 0.27 && columns < 4) columns++;
  rows = Math.ceil(rows / columns);
  if (c.name === "small") return lowBoxes(run, c, inner, rows, columns);
  const squeeze = rows <= c.rows ? 1 : Math.max(0.7, (c.rows + 0.4) / rows);
  const hostW = (inner - (columns - 1) * c.hg) / columns;
  let t = fit(run.roomMost, hostW - c.hp * 2, c.tile * squeeze, c.smallest * (c.name === "phone" ? 0.9 : 1));
  if (!t) return null;
  // Without ribbons there is height to spare: two lines of large tiles rather than one of small ones.
  const two = !run.hasTraffic && c.name !== "phone" && rows <= c.rows && t.rows === 1 ? fit(run.roomMost, hostW - c.hp * 2, c.tile, c.smallest, 2, 2) : null;
  if (two && two.tile > t.tile * 1.2) t = two;
  const least = c.name === "stage" ? c.fs * 1.3 : 0, head = Math.max(least, c.hostHead * (squeeze < 1 ? Math.max(0.8, squeeze) : 1)), foot = c.hp * squeeze + c.bot;
  const hostH = head + t.rows * t.deep - (t.deep - t.tile) + foot;
  return { kind: "boxes", t, head, hostW, hostH, columns, stepX: hostW + c.hg, stepY: hostH + c.hg * squeeze, rows,
    height: rows * (hostH + c.hg * squeeze) - c.hg * squeeze };
}

/** Boxes without names, for maps that stand beside others: all share one height, so more hosts make lower boxes. */
function lowBoxes(run, c, inner, rows, columns) {
  const hg = Math.min(c.hg, 24 / rows), hostW = (inner - (columns - 1) * c.hg) / columns;
  let best = null;
  for (let lines = 1; lines <= 3; lines++) {
    const most = Math.min((c.tall - (rows - 1) * hg) / rows, c.hostHead + (c.tile + 2) * lines - 2 + c.hp + c.bot);
    const air = Math.max(1.8, Math.min(c.hostHead, (most - c.tile * lines) / 2));
    const t = fit(run.roomMost, hostW - c.hp * 2, Math.min(c.tile, (most - air * 2 - (lines - 1) * 2) / lines), c.smallest, lines, lines);
    if (!t || (best && t.tile < best.t.tile * 1.2)) continue; // one line more only where the tiles gain by it
    const used = (t.rows - 1) * t.deep + t.tile, hostH = Math.min(most, used + air * 2);
    best = { kind: "boxes", t, head: (hostH - used) / 2, hostW, hostH, columns, stepX: hostW + c.hg, stepY: hostH + hg, rows,
      height: rows * (hostH + hg) - hg };
  }
  return best;
}

/** One low row per host: its name, then tiles at 14.6 px. Chooses the columns and lines that keep the zone lowest. */
function rows(run, c, inner, nameW) {
  const size = 14.6, pitch = 16.8, most = Math.max(1, ...run.hostsInZone);
  let best = null;
  for (let columns = 1; columns <= 4; columns++) {
    const hostW = (inner - (columns - 1) * 6) / columns;
    for (let lines = 1; lines <= 3; lines++) {
      const across = Math.ceil(run.roomMost / lines), free = hostW - nameW - 12;
      if (free < across * SMALLEST + (across - 1) * 1.2) continue;
      const tile = Math.min(size, (free - (across - 1) * 1.2) / across);
      const step = Math.min(pitch, across > 1 ? (free - tile) / (across - 1) : pitch);
      const hostH = 23 + (lines - 1) * pitch, deep = Math.ceil(most / columns), height = deep * (hostH + 4.6) - 4.6;
      if (best && best.height <= height) continue;
      best = { kind: "rows", t: { tile, pitch: step, across, rows: lines, deep: pitch }, head: 0, nameW, hostW, hostH,
        columns, stepX: hostW + 6, stepY: hostH + 4.6, rows: deep, height };
    }
  }
  return best;
}

/** One cell per host, filled by load, under a bar that counts the zone's tasks. */
function cells(run, c, inner) {
  const cell = 23.5, step = 26.6, across = Math.max(1, Math.floor((inner + 3) / step));
  const most = Math.max(1, ...run.hostsInZone), top = tally(run, inner, c);
  const deep = Math.ceil(most / across);
  return { kind: "cells", top, hostW: cell, hostH: cell, columns: across, stepX: (inner - cell) / Math.max(1, across - 1) < 30
    ? (inner - cell) / Math.max(1, across - 1) : step, stepY: step, rows: deep, height: top + deep * step - 3 };
}

/** How the counts under a zone's stacked bar stand: as many beside each other as fit, on as many lines as the run's
 *  busiest moment takes, so that what comes below is never covered. */
function tallyGrid(run, inner, c) {
  const step = SMALLEST + 12 + Math.max(2, String(run.tasks).length) * c.fs * 0.56;
  const across = Math.max(1, Math.floor((inner + 8) / step)), lines = Math.ceil((mostKinds(run) + (run.solo ? 0 : 1)) / across);
  const bar = 16 * Math.max(1, c.scale), free = c.name === "small" ? (c.tall - bar - 8) / lines : Infinity;
  return { step, across, bar, line: Math.min(Math.max(SMALLEST + 4, c.fs * 1.5), Math.max(SMALLEST + 1, free)), lines };
}

/** Height of the stacked bar with its counts. */
function tally(run, inner, c) {
  const grid = tallyGrid(run, inner, c);
  return grid.bar + 8 + grid.lines * grid.line + 8;
}

/** Tasks without hosts: a ring each (Fargate) or a dot each (a function). */
function rings(run, c, inner) {
  const most = Math.max(1, ...run.tasksInZone), dot = run.p.kind === "function";
  const budget = c.name === "small" ? c.tall : c.rows * (c.hostHead + c.tile + c.hp + c.bot + c.hg);
  const aim = dot ? c.tile * 0.8 : c.tile * (c.name === "small" ? 1 : 1.15);
  for (let s = aim; s >= c.smallest; s -= 0.5) {
    const ring = dot ? 0 : Math.max(2.2, s * 0.17), step = s + ring * 2 + Math.max(1.6, s * (dot ? 0.3 : 0.1));
    const across = Math.max(1, Math.floor((inner + (step - s - ring * 2)) / step)), deep = Math.ceil(most / across);
    const limit = s - 0.5 < c.smallest ? c.tall : budget;
    if (deep * step > limit) continue;
    return { kind: "rings", t: { tile: s, pitch: step, across, deep: step }, ring, rows: deep, height: deep * step, most };
  }
  return null;
}

/** LOOK.md fixes the width of a request per second for runs of about a thousand; for another scale of run, take the
 *  nearest step of 1, 2, 5, 10 that keeps its widest ribbon readable. */
function ribbonFactor(peak) {
  if (peak >= 600 && peak <= 2000) return 1;
  const rough = 1500 / peak, ten = 10 ** Math.floor(Math.log10(rough)), lead = rough / ten;
  return ten * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}

/** Too many to draw each host as a full box: the map then takes the whole width and the card goes below it. */
function isDense(run) {
  return run.solo ? run.tasksInZone.some((n) => n > 60) : run.hostPeak > 15 || Math.max(...run.hostsInZone) > 6;
}

/** Lay a run out in a width and, where the screen's height is given (`tall`, on stage), within that height: everything
 *  but the words gets smaller, then fewer hosts are shown; what is left over goes to the zones. */
function layOut(run, size, width, hasCard, pen, font, tall = Infinity) {
  const at = (squeezed, rows) => layOutAt(run, size, width, hasCard, pen, font, squeezed, rows);
  let squeezed = 1, L = at(squeezed);
  while (L.height > tall && squeezed > 0.5) L = at((squeezed -= 0.03));
  for (let rows = L.c.rows - 1; L.height > tall && rows > 0; rows--) L = at(squeezed, rows);
  const spare = Math.min(tall - L.height, L.zones[0].h * 0.3);
  if (tall < Infinity && spare > 0) {
    for (const z of L.zones) z.h += spare;
    L.height += Math.floor(spare);
  }
  return L;
}

function layOutAt(run, size, width, hasCard, pen, font, squeezed, rowsAllowed) {
  const dense = isDense(run) && size === "study", c = lookFor(size, width, dense, squeezed), n = run.zones;
  const fewer = rowsAllowed !== undefined;
  if (fewer) c.rows = rowsAllowed;
  if (!run.hasTraffic) c.inH = c.lbH = c.flH = 0; // where nobody sends a request there is nothing to balance
  const zw = (width - c.zg * (n - 1)) / n, inner = zw - c.pad * 2;
  pen.font = `400 ${Math.max(12, c.fs * 0.93)}px ${font}`;
  const nameW = Math.max(18, ...run.p.hosts.id.slice(0, 400).map((id) => pen.measureText(id).width)) + 7;
  let body = null, cut = 0;
  if (run.solo) body = rings(run, c, inner) ?? (size === "stage" ? null : { kind: "tally", height: tally(run, inner, c) });
  else {
    if (size === "small") body = boxes(run, c, inner);
    else if (!isDense(run) && !(fewer && Math.max(...run.hostsInZone) > c.rows)) body = boxes(run, c, inner);
    if (!body && run.hostPeak <= 90 && size === "study") body = rows(run, c, inner, nameW);
    if (body?.kind === "rows" && body.height > (c.name === "phone" ? 1 : 1.5) * c.tall) body = null;
    if (!body && size === "small") body = { kind: "tally", height: tally(run, inner, c) };
    if (!body && size !== "stage") body = cells(run, c, inner);
  }
  if (!body) { // the stage never shows more than a hall can read: some, and how many more
    cut = c.rows;
    const some = { ...run, hostsInZone: [...run.hostsInZone].map((m) => Math.min(m, cut)), roomMost: Math.min(run.roomMost, 6) };
    body = run.solo ? stageRings(c, inner, run) : boxes(some, c, inner);
    cut = run.solo ? body.t.across * body.rows : cut * body.columns;
  }
  const more = cut ? c.f * 1.6 : 0;
  const least = c.rows * (c.hostHead + c.tile + c.hp + c.bot) + (c.rows - 1) * c.hg;
  const zH = c.zHead + (c.name === "small" ? c.tall : Math.max(body.height + more, c.name === "stage" || dense ? 0 : least)) + c.pad;
  const inH = c.inH, zY = inH + c.lbH + c.flH;
  const k = c.k * ribbonFactor(run.peakUsers);
  const zones = run.p.zones.map((id, z) => ({ id, x: z * (zw + c.zg), y: zY, w: zw, h: zH }));
  return { c, width, height: Math.ceil(zY + zH + 2), zw, inner, zones, body, cut, k, inH, bar: { x: 0, y: inH, w: width, h: c.lbH },
    bus: hasCard ? 20 : 0, size, font };
}

function stageRings(c, inner, run) {
  const dot = run.p.kind === "function", s = c.tile * 0.72, ring = dot ? 0 : s * 0.17, step = s + ring * 2 + s * 0.14;
  const across = Math.max(1, Math.floor(inner / step));
  return { kind: "rings", t: { tile: s, pitch: step, across, deep: step }, ring, rows: 5, height: 5 * step, most: across * 5 };
}

/** The box of a host at its place in a zone; null where the stage does not show it. */
function hostBox(L, zone, place) {
  if (place < 0 || (L.cut && place >= L.cut)) return null;
  const { body: b, c } = L, z = L.zones[zone];
  const column = place % b.columns, row = Math.floor(place / b.columns);
  return { x: z.x + c.pad + column * b.stepX, y: z.y + c.zHead + (b.top ?? 0) + row * b.stepY, w: b.hostW, h: b.hostH };
}

/** The corner of a tile at its place in a host's box (or, without hosts, in a zone). */
function tileSpot(L, box, place) {
  const { body: b, c } = L, t = b.t;
  if (b.kind === "rows") {
    const line = Math.floor(place / t.across);
    return { x: box.x + 6 + b.nameW + (place % t.across) * t.pitch, y: box.y + (23 - t.tile) / 2 + line * t.deep };
  }
  return { x: box.x + c.hp + (place % t.across) * t.pitch, y: box.y + b.head + Math.floor(place / t.across) * t.deep };
}

function ringSpot(L, zone, place) {
  const { body: b, c } = L, t = b.t, z = L.zones[zone];
  if (L.cut && place >= L.cut) return null;
  const used = t.across * t.pitch - (t.pitch - t.tile - b.ring * 2), left = (z.w - used) / 2;
  return { x: z.x + left + b.ring + (place % t.across) * t.pitch, y: z.y + c.zHead + b.ring + 1 + Math.floor(place / t.across) * t.deep };
}
