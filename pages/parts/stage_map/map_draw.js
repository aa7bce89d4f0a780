// Zones, hosts and tasks. One call draws one frame; it reads the moment (`now`) and changes nothing.

const EASE = (x) => 1 - (1 - x) ** 3;
const TRAVEL = (x) => (x < 1 ? 1 - (1 - x) ** 2.6 : 1); // near LOOK.md's cubic-bezier(.2,.7,.2,1)

/** Draw the moment. Between two events only the traffic moves, so `whole` may be false: the zones then stay as they are. */
function draw(pen, L, ui, run, now, whole = true) {
  const { c } = L, wide = L.width + L.bus + 4, top = L.zones[0].y;
  pen.setTransform(ui.ratio, 0, 0, ui.ratio, 0, 0);
  pen.textBaseline = "alphabetic";
  pen.save();
  if (!whole) {
    pen.beginPath();
    pen.rect(0, 0, wide, top);
    pen.clip();
  }
  pen.clearRect(0, 0, wide, whole ? L.height + 4 : top);
  if (c.lbH) {
    const flow = flowAt(run, now.t, ui.tween);
    drawUsers(pen, L, ui, flow);
    drawExits(pen, L, ui, flow);
    L.zones.forEach((_, i) => drawZoneFlow(pen, L, ui, run, now, flow, i));
    drawBalancer(pen, L, ui, now);
  }
  if (whole) {
    if (L.bus) drawBus(pen, L, ui, now);
    L.zones.forEach((_, i) => drawZone(pen, L, ui, run, now, i));
    if (L.body.kind === "rings") drawRings(pen, L, ui, run, now);
    else if (L.body.kind !== "tally") drawHosts(pen, L, ui, run, now);
  }
  drawRing(pen, L, ui, run, now, ui.hover, 1.2);
  drawRing(pen, L, ui, run, now, ui.focus, 2.2);
  pen.restore();
}

/** The control plane's line to the zones. It stops at a lost one: nothing it says arrives there. */
function drawBus(pen, L, ui, now) {
  const y = L.zones[0].y + L.c.zHead * 0.5;
  pen.beginPath();
  L.zones.forEach((z, i) => {
    const next = L.zones[i + 1], end = next ? next.x : L.width + L.bus;
    pen.moveTo(z.x + z.w, y);
    pen.lineTo(end, y);
  });
  pen.lineCap = "round";
  stroke(pen, ui.C.ink3, 2, [1, 4]);
  pen.lineCap = "butt";
}

const ZONE_LOOK = [
  { ground: "surface", edge: "line", ink: "ink", wide: 1.2, dash: null, hatch: null, key: "zone" },
  { ground: "pend-wash", edge: "pending", ink: "t-pending", wide: 2, dash: [2, 4], hatch: null, key: "zone_impaired" },
  { ground: "lost-wash", edge: "lost", ink: "t-lost", wide: 2, dash: [7, 5], hatch: "zone", key: "zone_lost" },
  { ground: "drain-wash", edge: "draining", ink: "t-draining", wide: 2, dash: [7, 5], hatch: "shifted", key: "zone_shifted" },
];

function drawZone(pen, L, ui, run, now, i) {
  const { c } = L, z = L.zones[i], state = now.zoneState[i], look = ZONE_LOOK[state], { C } = ui;
  const small = c.name === "small", radius = small ? 7 : 10;
  roundBox(pen, z.x + 1, z.y + 1, z.w - 2, z.h - 2, radius);
  pen.fillStyle = C[look.ground];
  pen.fill();
  if (look.hatch) {
    pen.fillStyle = ui.hatch[look.hatch];
    pen.fill();
  }
  const thick = small ? 0.8 : c.name === "stage" ? 1.15 : 1;
  stroke(pen, C[look.edge], look.wide * thick, look.dash);
  const f = small ? c.f : c.f * 1.12, base = z.y + c.zHead * 0.68, halo = state ? C[look.ground] : null;
  let x = z.x + c.pad + (small ? 4 : 2);
  const right = z.x + z.w - c.pad - 2;
  if (state) {
    const e = f * 0.27, cx = x + e + 1, cy = base - f * 0.33;
    pen.beginPath();
    pen.arc(cx, cy, e * 1.9, 0, TAU);
    pen.fillStyle = C[look.ground];
    pen.fill();
    if (state === ZONE.LOST) cross(pen, cx, cy, e, C["t-lost"], f * 0.14);
    else if (state === ZONE.SHIFTED) chevron(pen, cx, cy, e * 1.1, -1, C["t-draining"], f * 0.15);
    else dots(pen, cx, cy, f * 0.95, C["t-pending"]);
    x += e * 2 + f * 0.38;
  }
  const plain = small ? z.id : ui.say("zone", { zone: z.id });
  const names = state ? [ui.say(look.key, { zone: z.id }), ui.say(`${look.key}_short`, { zone: z.id }), plain] : [plain];
  const title = fitting(pen, L, names, right - x, f, 680);
  text(pen, L, x, base, title, { f, w: 680, colour: C[look.ink], halo, most: right - x });
  if (!c.notes && !(c.name === "stage" && state)) return finish(pen, L, ui, run, now, i);
  const room = right - x - pen.measureText(title).width - 10;
  const wordings = zoneNotes(L, ui, now, i);
  pen.font = `400 ${c.fs}px ${L.font}`;
  const note = wordings.find((s) => pen.measureText(s).width <= room);
  if (note) text(pen, L, right, base, note, { f: c.fs, colour: C[state ? look.ink : "ink2"], align: "right", halo });
  finish(pen, L, ui, run, now, i);
}

function zoneNotes(L, ui, now, i) {
  const n = now.zoneCounts[i];
  if (now.zoneState[i]) return [ui.say("since", { clock: clockText(now.zoneSince[i]) })];
  if (L.body.kind === "rows" || L.body.kind === "cells") return [ui.say("hosts", { n: now.zoneHosts[i] })];
  const up = n[TASK.SERVING], starting = n[TASK.STARTING];
  return starting ? [ui.say("up_starting", { up, starting }), ui.say("up", { up })] : [ui.say("up", { up })];
}

/** What a zone says beyond its title: its bar of counts, what became of an emptied one, how many the stage leaves out. */
function finish(pen, L, ui, run, now, i) {
  const { c, body } = L, z = L.zones[i], n = now.zoneCounts[i], { C } = ui;
  if (body.kind === "cells" || body.kind === "tally") drawTally(pen, L, ui, run, now, i);
  const here = n.reduce((sum, x) => sum + x, 0);
  if (run.solo && body.kind === "rings" && now.zoneState[i] === ZONE.LOST && !here) {
    const whole = now.counts[TASK.SERVING] >= now.wanted;
    const s = ui.say(run.p.kind === "function" ? "small_moved" : whole ? "small_replaced" : "small_emptied");
    text(pen, L, z.x + z.w / 2, z.y + z.h / 2 + 10, s,
      { w: 560, colour: C["t-lost"], align: "center", halo: C["lost-wash"], most: z.w - 8 });
  }
  const hidden = L.cut ? (run.solo ? here : now.zoneHosts[i]) - L.cut : 0;
  if (hidden > 0) {
    const key = run.solo ? "more_tasks" : "more_hosts";
    text(pen, L, z.x + c.pad + 2, z.y + z.h - c.pad - c.f * 0.3, ui.say(key, { n: numberText(hidden, ui.signs) }),
      { f: c.fs, w: 560, colour: C[now.zoneState[i] ? ZONE_LOOK[now.zoneState[i]].ink : "ink2"], most: z.w - c.pad * 2,
        halo: C[ZONE_LOOK[now.zoneState[i]].ground] });
  }
}

/** A zone's tasks as one stacked bar, with a glyph and a number each. */
function drawTally(pen, L, ui, run, now, i) {
  const { c } = L, z = L.zones[i], { C } = ui, n = now.zoneCounts[i], grid = tallyGrid(run, z.w - c.pad * 2, c), high = grid.bar;
  const parts = run.legend.filter((s) => n[s]).map((s) => [s, n[s]]);
  const used = parts.reduce((sum, [, k]) => sum + k, 0), idle = run.solo ? 0 : Math.max(0, now.zoneRoom[i] - used);
  if (idle) parts.push([0, idle]);
  const fill = { [TASK.SERVING]: C.serving, [TASK.STARTING]: C.starting, [TASK.DRAINING]: C.draining, [TASK.PENDING]: C["pend-wash"],
    [TASK.LOST]: ui.hatch.lost, [TASK.UNSEEN]: ui.hatch.lost, [TASK.REFUSED]: ui.hatch.refused };
  const total = Math.max(1, used + idle), width = z.w - c.pad * 2 - 4;
  let x = z.x + c.pad + 2;
  const y = z.y + c.zHead + 1;
  for (const [state, count] of parts) {
    const w = Math.max(2, (count / total) * width - 1.5);
    roundBox(pen, x, y, w, high, 2);
    if (state) {
      pen.fillStyle = fill[state];
      pen.fill();
    } else stroke(pen, C.idle, 1, [2, 2]);
    x += (count / total) * width;
  }
  const glyph = SMALLEST, left = z.x + c.pad + 2;
  parts.forEach(([state, count], k) => {
    const gx = left + (k % grid.across) * grid.step, gy = y + high + 8 + Math.floor(k / grid.across) * grid.line;
    tile(pen, C, gx, gy, glyph, state, 0.55, run.p.kind === "function");
    text(pen, L, gx + glyph + 4, gy + glyph * 0.82, numberText(count, ui.signs), { f: c.fs, w: 620, colour: C.ink,
      halo: now.zoneState[i] ? C[ZONE_LOOK[now.zoneState[i]].ground] : null });
  });
}

const isDown = (state) => state === HOST.UNSEEN || state === HOST.LOST;

function drawHosts(pen, L, ui, run, now) {
  const boxes = new Array(run.hosts), taken = new Set(); // taken: host and place in one number
  for (let n = 0; n < run.tasks; n++) {
    const i = now.taskMove[n];
    if (now.taskState[n] && run.task.home[i] >= 0) taken.add(run.task.home[i] * 4096 + run.task.place[i]);
  }
  for (let h = 0; h < run.hosts; h++) {
    if (!now.hostState[h]) continue;
    const box = hostBox(L, run.hostZone[h], run.host.place[now.hostMove[h]]);
    if (!box) continue;
    boxes[h] = box;
    const age = ui.tween ? Math.min(1, (now.t - run.host.t[now.hostMove[h]]) / (0.18 * ui.speed)) : 1;
    pen.globalAlpha = now.hostState[h] === HOST.BOOTING ? EASE(age) : 1;
    if (L.body.kind === "cells") drawCell(pen, L, ui, run, now, h, box);
    else drawHost(pen, L, ui, run, now, h, box, taken);
    pen.globalAlpha = 1;
  }
  if (L.body.kind === "cells") return;
  const late = []; // travellers go on top of everything that stands still
  for (let n = 0; n < run.tasks; n++) {
    const i = now.taskMove[n];
    if (!now.taskState[n] || run.task.home[i] < 0) continue;
    const box = boxes[run.task.home[i]], place = run.task.place[i];
    if (!box || (L.cut && place >= run.roomMost)) continue;
    const spot = tileSpot(L, box, place);
    if (travels(run, now, ui, n)) late.push([n, spot]);
    else drawTask(pen, L, ui, run, now, n, spot);
  }
  for (const [n, spot] of late) drawTask(pen, L, ui, run, now, n, spot, true);
}

/** Was this task put here just now, while the clock plays? */
function travels(run, now, ui, n) {
  const i = now.taskMove[n];
  return ui.tween && now.taskState[n] === TASK.STARTING && run.task.t[i] > 0 && now.t - run.task.t[i] < 0.32 * ui.speed;
}

function drawTask(pen, L, ui, run, now, n, spot, travelling = false) {
  const i = now.taskMove[n], state = now.taskState[n], s = L.body.t.tile, dot = run.p.kind === "function", age = now.t - run.task.t[i];
  const part = state === TASK.STARTING ? progress(run.task, n, i, now.t, run.p.end) : 1;
  if (travelling) { // from the control plane, which stands to the right
    const p = TRAVEL(age / (0.32 * ui.speed)), from = { x: L.width + L.bus - s * 0.5, y: L.zones[0].y + L.c.zHead * 0.5 - s / 2 };
    pen.globalAlpha = Math.min(1, p * 3);
    tile(pen, ui.C, from.x + (spot.x - from.x) * p, from.y + (spot.y - from.y) * p, s, state, part, dot);
    pen.globalAlpha = 1;
    return;
  }
  const p = ui.tween ? age / (0.18 * ui.speed) : 1;
  if (p < 1 && run.task.t[i] > 0) {
    const old = run.task.before(n, i);
    if (old > 0 && run.task.home[i - 1] === run.task.home[i]) tile(pen, ui.C, spot.x, spot.y, s, old, 1, dot);
    pen.globalAlpha = EASE(Math.max(0, p));
  }
  tile(pen, ui.C, spot.x, spot.y, s, state, part, dot);
  if (releaseOf(run, n + 1)) dogEar(pen, ui.C, spot.x, spot.y, s, state);
  pen.globalAlpha = 1;
}

function drawHost(pen, L, ui, run, now, h, box, taken) {
  const { c, body } = L, { C } = ui, state = now.hostState[h], low = body.kind === "rows", small = c.name === "small";
  const down = isDown(state), notice = state === HOST.NOTICE, dashed = [HOST.BOOTING, HOST.CUT, HOST.CLOSED].includes(state) || notice;
  roundBox(pen, box.x + 0.6, box.y + 0.6, box.w - 1.2, box.h - 1.2, low ? 5 : small ? 4 : 7);
  pen.fillStyle = C[down ? "lost-wash" : notice ? "lost-wash" : state === HOST.DRAINING ? "drain-wash" : state === HOST.BOOTING ? "surface" : "page"];
  pen.fill();
  const edge = down || notice ? C.lost : state === HOST.DRAINING ? C.draining : C.line2;
  stroke(pen, edge, low || small ? 0.95 : 1.25, dashed ? (small ? [4, 3] : [5, 4]) : null);
  const id = run.p.hosts.id[h], ink = C[down || notice ? "t-lost" : "ink"];
  if (low) text(pen, L, box.x + 6, box.y + 16, id, { f: Math.max(12, c.fs * 0.93), colour: down || notice ? ink : C.ink2 });
  else if (!small) hostHead(pen, L, ui, run, now, h, box, ink);
  if (!small && isPatched(run, now, h)) releaseMark(pen, L, ui, box, low, run.p.hosts.room[h]);
  if (state === HOST.BOOTING) return bootBar(pen, L, ui, run, now, h, box);
  const places = Math.min(run.p.hosts.room[h], L.cut ? run.roomMost : Infinity);
  for (let place = 0; place < places; place++) {
    if (taken.has(h * 4096 + place)) continue;
    const spot = tileSpot(L, box, place);
    tile(pen, ui.C, spot.x, spot.y, body.t.tile, 0);
  }
}

/** A tick in the box's lower right corner: this host runs the newest release. */
function releaseMark(pen, L, ui, box, low, room) {
  const e = low ? 3.4 : 4.6, tiles = room > 0 ? tileSpot(L, box, room - 1).x + L.body.t.tile : 0,
    inside = !low || box.x + box.w - tiles > e * 4.4, // where a row has no room beside its tiles, the tick sits on its edge
    x = box.x + box.w - (inside ? e * 2.4 : 1), y = box.y + (low ? box.h / 2 : box.h - e * 2.2);
  pen.beginPath();
  pen.arc(x, y, e * 1.75, 0, TAU);
  pen.fillStyle = ui.C.surface;
  pen.fill();
  stroke(pen, ui.C["t-starting"], 1.3);
  pen.beginPath();
  pen.moveTo(x - e * 0.8, y);
  pen.lineTo(x - e * 0.15, y + e * 0.65);
  pen.lineTo(x + e * 0.85, y - e * 0.65);
  stroke(pen, ui.C["t-starting"], 1.6);
}

function hostHead(pen, L, ui, run, now, h, box, ink) {
  const { c, body } = L, state = now.hostState[h], base = box.y + body.head * 0.72, right = box.x + box.w - c.hp;
  text(pen, L, box.x + c.hp, base, run.p.hosts.id[h], { f: c.fs, w: 620, colour: ink });
  const left = box.x + c.hp + pen.measureText(run.p.hosts.id[h]).width + 10;
  const key = ["", "host_booting", "", "host_draining", "host_unseen", "host_lost", "host_cut", "host_notice", "host_closed"][state];
  if (!c.hostNote && state !== HOST.BOOTING) return;
  const free = run.p.hosts.room[h] - now.hostTasks[h];
  const wordings = key ? [ui.say(key), ui.say(`${key}_short`)]
    : free > 0 ? [ui.say("room", { n: free }), ui.say("room_short", { n: free })] : [ui.say(now.hostTasks[h] ? "full" : "too_small")];
  const types = typesWide(pen, L, ui, run);
  pen.font = `400 ${c.fs}px ${L.font}`;
  const fits = (space) => wordings.find((s) => pen.measureText(s).width <= space);
  const beside = types ? fits(right - left - types) : null, note = beside ?? fits(right - left);
  const strong = isDown(state) || state === HOST.NOTICE;
  if (note) text(pen, L, right, base, note, { f: c.fs, colour: strong ? ink : ui.C[key ? "ink2" : "ink3"], align: "right" });
  if (beside) text(pen, L, left - 3, base, run.p.hosts.type[h], { f: c.fs * 0.9, colour: isDown(state) ? ink : ui.C.ink3 });
}

/** How wide the types of a mixed fleet are. They stand behind the hosts' names on all of them or, where the widest has no
 *  room beside the shortest of what is said of a host that is well, on none: then 0. */
function typesWide(pen, L, ui, run) {
  if (!run.p.hosts.type?.length) return 0;
  const { c, body } = L, key = `${c.fs} ${body.hostW} ${L.font} ${ui.say("full")}`;
  if (run.typesKey === key) return run.typesWide;
  const widest = (size, words) => {
    pen.font = `400 ${size}px ${L.font}`;
    return Math.max(...words.map((one) => pen.measureText(one).width));
  };
  const types = widest(c.fs * 0.9, [...new Set(run.p.hosts.type)]) + 9, names = widest(c.fs, run.p.hosts.id) * 1.06 + 10;
  const notes = widest(c.fs, [ui.say("full"), ui.say("room_short", { n: Math.max(...run.p.hosts.room) })]);
  run.typesKey = key;
  run.typesWide = names + types + notes <= body.hostW - c.hp * 2 ? types : 0;
  return run.typesWide;
}

function bootBar(pen, L, ui, run, now, h, box) {
  const { c, body } = L, low = body.kind === "rows", small = c.name === "small";
  const high = low || small ? 5 : Math.max(5, body.t.tile * 0.22), x = box.x + (low ? 6 + body.nameW : c.hp + (small ? 3 : 0));
  const w = box.x + box.w - c.hp - x - (small ? 3 : 0), y = low || small ? box.y + (box.h - high) / 2 : box.y + body.head + body.t.tile * 0.42;
  roundBox(pen, x, y, w, high, high / 2);
  pen.fillStyle = ui.C.sunk;
  pen.fill();
  roundBox(pen, x, y, Math.max(high, w * progress(run.host, h, now.hostMove[h], now.t, run.p.end)), high, high / 2);
  pen.fillStyle = ui.C["t-starting"];
  pen.fill();
}

function drawCell(pen, L, ui, run, now, h, box) {
  const { C } = ui, state = now.hostState[h], s = box.w;
  if (isDown(state)) return tile(pen, ui.C, box.x, box.y, s, state === HOST.LOST ? TASK.LOST : TASK.UNSEEN);
  if (state === HOST.BOOTING) return tile(pen, ui.C, box.x, box.y, s, TASK.STARTING, progress(run.host, h, now.hostMove[h], now.t, run.p.end));
  if (state === HOST.DRAINING || state === HOST.NOTICE) return tile(pen, ui.C, box.x, box.y, s, TASK.DRAINING);
  const load = Math.min(1, now.hostServing[h] / Math.max(1, run.p.hosts.room[h]));
  roundBox(pen, box.x + 0.5, box.y + 0.5, s - 1, s - 1, 4);
  pen.fillStyle = C.surface;
  pen.fill();
  if (load > 0) {
    pen.save();
    pen.clip();
    pen.globalAlpha *= 0.45 + 0.55 * load;
    pen.fillStyle = C.serving;
    pen.fillRect(box.x, box.y + s * (1 - load), s, s * load);
    pen.restore();
    roundBox(pen, box.x + 0.5, box.y + 0.5, s - 1, s - 1, 4);
  }
  stroke(pen, C.serving, 1, state === HOST.CUT ? [3, 2] : null);
}

function drawRings(pen, L, ui, run, now) {
  const { t, ring } = L.body;
  for (let n = 0; n < run.tasks; n++) {
    const i = now.taskMove[n];
    if (!now.taskState[n] || run.task.home[i] < 0) continue;
    const spot = ringSpot(L, run.task.home[i], run.task.place[i]);
    if (!spot) continue;
    if (ring) {
      const down = now.taskState[n] === TASK.LOST || now.taskState[n] === TASK.UNSEEN;
      roundBox(pen, spot.x - ring, spot.y - ring, t.tile + ring * 2, t.tile + ring * 2, t.tile * 0.17 + ring);
      stroke(pen, down ? ui.C.lost : ui.C.line2, 1.1, now.taskState[n] === TASK.STARTING ? [4, 3] : null);
    }
    drawTask(pen, L, ui, run, now, n, spot, travels(run, now, ui, n));
  }
}

/** The ring around what is chosen or pointed at: ink, with a gap of the ground so that it reads on any fill. */
function drawRing(pen, L, ui, run, now, item, width) {
  const box = item && boxOf(L, run, now, item);
  if (!box) return;
  // Zones reach the picture's edge: their ring stays inside it.
  const out = item.kind === "zone" || item.kind === "balancer" ? -1.6 : item.kind === "task" ? (L.body.t.tile < 20 ? 2.2 : 3.5) : 2;
  roundBox(pen, box.x - out, box.y - out, box.w + out * 2, box.h + out * 2, item.kind === "zone" ? 12 : box.w * 0.26 > 9 ? 9 : box.w * 0.26);
  if (width > 2) stroke(pen, ui.C.surface, width + 3.2);
  stroke(pen, width > 2 ? ui.C.ink : ui.C.ink3, width);
}
