// What stands: the ground (services' outlines) below the ribbons, and above them the modules, their tasks and their faults.

function drawGround(pen, L, ui, run, now) {
  begin(pen, L, ui);
  for (const one of L.slabs) {
    roundOutline(pen, one.outline, L.c.name === "small" ? 6 : 12);
    pen.fillStyle = ui.C.surface;
    pen.fill();
    stroke(pen, ui.C.line2, L.c.name === "stage" ? 2 : 1.3);
    for (const hole of one.holes) {
      roundBox(pen, hole.x, hole.y, hole.w, hole.h, 11);
      pen.fillStyle = ui.C.page;
      pen.fill();
      stroke(pen, ui.C.line2, 1, [4, 4]);
    }
  }
  drawRingOf(pen, L, ui, run, ui.hover, 1.2, ["edge"]);
  drawRingOf(pen, L, ui, run, ui.focus, 2.2, ["edge"]);
}

function drawBoxes(pen, L, ui, run, now) {
  begin(pen, L, ui);
  const { c } = L, { C } = ui;
  drawCrowd(pen, L, ui, run, now);
  drawSum(pen, L, ui, run);
  for (const one of L.slabs) drawBand(pen, L, ui, run, now, one);
  for (let m = 0; m < run.count; m++) {
    const b = boxOfModule(L, run, m), alone = run.boxes[run.boxOf[m]].modules.length === 1, fault = now.fault[m];
    roundBox(pen, b.x + 0.6, b.y + 0.6, b.w - 1.2, b.h - 1.2, c.name === "small" ? 5 : 9);
    pen.fillStyle = C[fault ? (fault === FAULT.SLOW || fault === FAULT.LEAK ? "pend-wash" : "lost-wash") : alone ? "surface" : "page"];
    pen.fill();
    const edge = fault ? C[FAULT_INK[fault][0]] : alone ? C.line2 : C.line;
    stroke(pen, edge, fault ? 2 : c.name === "stage" ? 2 : 1.3, fault === FAULT.CRASH ? [6, 4] : null);
    drawName(pen, L, ui, run, now, m, b, alone);
  }
  drawRingOf(pen, L, ui, run, ui.hover, 1.2, ["users", "box", "module"]);
  drawRingOf(pen, L, ui, run, ui.focus, 2.2, ["users", "box", "module"]);
  for (let m = 0; m < run.count; m++) if (now.fault[m]) drawFault(pen, L, ui, boxOfModule(L, run, m), now.fault[m], run.g.modules[m].label);
}

function begin(pen, L, ui) {
  pen.setTransform(ui.ratio, 0, 0, ui.ratio, 0, 0);
  pen.textBaseline = "alphabetic";
  pen.setLineDash([]);
  pen.clearRect(0, 0, L.width + 2, L.height + 2);
}

/** The box of a module: a whole cell where it is a service of its own, a low chip inside a shared one. */
function boxOfModule(L, run, m) {
  const cell = L.cells[m];
  if (run.boxes[run.boxOf[m]].modules.length === 1) return cell;
  const h = Math.max(Math.min(L.c.chipH, cell.h), cell.h * 0.62);
  return { ...cell, y: cell.y + (cell.h - h) / 2, h };
}

function drawName(pen, L, ui, run, now, m, b, alone) {
  const { c } = L, { C } = ui, label = run.g.modules[m].label, box = run.boxOf[m], inner = b.w - c.pad * 2;
  const small = c.name === "small", two = alone && !small && b.h > c.f * 1.2 + c.tile + c.pad * 0.8, f = small ? c.fs : c.f;
  const states = now.boxTasks[box], beside = alone && !two && !small;
  const most = inner - (beside ? c.tile * 2.6 : 0), pair = f * 1.45 + c.tile, head = b.y + (b.h - pair) / 2, base = two ? head + f * 0.9 : b.y + b.h / 2 + f * 0.35;
  pen.font = `620 ${f}px ${L.font}`;
  const least = { stage: c.fs, small: 12 }[c.name] ?? 13, own = pen.measureText(label).width > most ? least : f; // smaller before it is cut
  text(pen, L, b.x + c.pad, base, label, { f: own, w: 620, colour: C.ink, most });
  if (two) drawTasks(pen, L, ui, run, now, states, b.x + c.pad, head + pair - c.tile, inner);
  else if (beside) {
    const counts = countsOf(states), [state, n] = counts[0] ?? [TASK.PENDING, 0];
    const word = `×${n}`, w = pen.measureText(word).width;
    text(pen, L, b.x + b.w - c.pad, base, word, { f: c.fs, colour: C.ink2, align: "right" });
    tile(pen, C, b.x + b.w - c.pad - w - c.tile - 4, b.y + (b.h - c.tile) / 2, c.tile, state, 0.55, run.p.kind === "function");
  }
}

/** Count states, the commonest trouble first, then who serves. */
function countsOf(states) {
  const counts = new Map();
  for (const [, state] of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].sort((a, b) => (a[0] === TASK.SERVING) - (b[0] === TASK.SERVING) || b[1] - a[1]);
}

/** A service's tasks, zone by zone under the zone's letter: a tile each or, where they are many, a tile and a number. */
function drawTasks(pen, L, ui, run, now, states, x, y, width) {
  const { c } = L, { C } = ui, s = c.tile, f = Math.max(12, c.fs * 0.92), dot = run.p.kind === "function";
  const zones = new Map();
  for (const [zone, state] of states) zones.set(zone, [...(zones.get(zone) ?? []), state]);
  pen.font = `560 ${f}px ${L.font}`;
  const letter = (z) => (z < 0 ? "" : run.p.zones[z]), wide = (z) => (z < 0 ? 0 : pen.measureText(letter(z)).width + s * 0.22);
  const groups = [...zones].map(([z, list]) => ({ z, list }));
  const each = groups.reduce((sum, g) => sum + wide(g.z) + g.list.length * s * 1.14, 0) + (groups.length - 1) * s * 0.45;
  const crowded = each > width, base = y + s * 0.5 + f * 0.35;
  for (const g of groups) {
    const lost = g.z >= 0 && now.zoneState[g.z] === ZONE.LOST;
    if (g.z >= 0) text(pen, L, x, base, letter(g.z), { f, w: lost ? 700 : 560, colour: C[lost ? "t-lost" : "ink3"] });
    x += wide(g.z);
    if (crowded) {
      for (const [state, n] of countsOf(g.list.map((state) => [0, state]))) {
        tile(pen, C, x, y, s, state, 0.55, dot);
        pen.font = `620 ${f}px ${L.font}`;
        const word = numberText(n, ui.signs);
        text(pen, L, x + s * 1.15, base, word, { f, w: 620, colour: C.ink });
        x += s * 1.3 + pen.measureText(word).width;
      }
    } else {
      for (const state of g.list) {
        tile(pen, C, x, y, s, state, 0.55, dot);
        x += s * 1.14;
      }
    }
    x += s * 0.45;
  }
}

/** Above everything: how many services run how many modules. */
function drawSum(pen, L, ui, run) {
  const { c } = L, room = L.slabs.length ? L.slabs[0].outline[0][0] - 12 : L.width;
  if (c.name === "small" || L.upright || !run.wasWhole) return;
  const services = ui.say(run.boxes.length === 1 ? "service_one" : "services", { n: run.boxes.length }), modules = ui.say("modules", { n: run.count });
  text(pen, L, 1, 1 + c.f * 1.06, services, { f: c.f, w: 640, colour: ui.C.ink, most: room });
  text(pen, L, 1, 1 + c.f * 1.1 + c.fs * 1.25, modules, { f: c.fs, colour: ui.C.ink2, most: room });
}

/** A shared service's band: its name, how many modules are in it, and its tasks. */
function drawBand(pen, L, ui, run, now, one) {
  const { c } = L, { C } = ui, { band } = one, box = run.boxes[one.box], pad = c.pad + 3;
  const states = now.boxTasks[one.box], n = box.modules.length;
  const names = [ui.say("box_of", { name: box.label, n }), box.label];
  if (c.name === "small") {
    text(pen, L, band.x + c.pad + 2, band.y + band.h * 0.62, box.label, { f: c.fs, w: 660, colour: C.ink, most: band.w * 0.6 });
    return;
  }
  const f = c.f * 1.06, title = fitting(pen, L, names, band.w - pad * 2, f, 660);
  text(pen, L, band.x + pad, band.y + c.pad * 0.7 + f, title, { f, w: 660, colour: C.ink, most: band.w - pad * 2 });
  drawTasks(pen, L, ui, run, now, states, band.x + pad, band.y + band.h - c.tile - c.pad * 0.3, band.w - pad * 2);
  const fault = now.fault[run.count + one.box];
  if (fault) drawFault(pen, L, ui, { ...band, y: band.y + c.fs * 1.2 }, fault, title);
}

/** The users: two heads and shoulders, what they ask for, and how much of it fails. */
function drawCrowd(pen, L, ui, run, now) {
  const { c } = L, { C } = ui, u = L.users, all = usersAt(run, now.t), e = c.f * (c.name === "small" ? 0.5 : 0.62);
  const centre = L.upright ? { x: e * 2.6, y: u.y + u.h * 0.52 } : { x: u.w * 0.3, y: u.y + u.h * 0.5 };
  const person = (x, y, size, colour) => {
    pen.beginPath();
    pen.arc(x, y - size * 0.75, size * 0.55, 0, TAU);
    pen.fillStyle = colour;
    pen.fill();
    pen.beginPath();
    pen.arc(x, y + size * 0.95, size, Math.PI, 0);
    pen.closePath();
    pen.fill();
  };
  person(centre.x + e * 1.15, centre.y - e * 0.3, e * 0.85, C.line2);
  person(centre.x - e * 0.25, centre.y, e, C.ink2);
  if (c.name === "small") return;
  const share = all.n > FEW ? all.bad / all.n : 0, failing = share >= 0.005;
  const words = [ui.say("users", { n: rate(ui, all.n) }), ui.say("users_short", { n: rate(ui, all.n) })];
  if (L.upright) {
    const x = centre.x + e * 2.6;
    text(pen, L, x, centre.y + (failing ? -2 : c.f * 0.35), fitting(pen, L, words, u.w - x - 60, c.f, 620), { f: c.f, w: 620, colour: C.ink });
    if (failing) text(pen, L, x, centre.y + c.fs * 1.2, ui.say("users_fail", { share: percent(ui, share) }), { f: c.fs, w: 640, colour: C["t-lost"] });
    return;
  }
  const top = centre.y - e * 2.2, bottom = centre.y + e * 1.6;
  text(pen, L, 1, top - c.f * 0.3, words[1], { f: c.f, w: 640, colour: C.ink, most: u.w + L.gapX * 0.5, halo: C.page });
  if (failing) text(pen, L, 1, bottom + c.fs * 1.05, ui.say("users_fail", { share: percent(ui, share) }), { f: c.fs, w: 650, colour: C["t-lost"], most: u.w + L.gapX * 0.5, halo: C.page });
}

const percent = (ui, share) => {
  const x = share * 100, tenths = Math.round(x * 10);
  return x >= 10 || tenths % 10 === 0 ? `${Math.round(x)}` : `${Math.floor(tenths / 10)}${ui.signs.decimal ?? "."}${tenths % 10}`;
};

const FAULT_INK = [null, ["pending", "t-pending"], ["lost", "t-lost"], ["pending", "t-pending"], ["lost", "t-lost"], ["lost", "t-lost"]];

/** A fault hangs on the module's upper edge as a tag: a mark and a word, never a colour alone. */
function drawFault(pen, L, ui, b, fault, label) {
  const { c } = L, { C } = ui, ink = C[FAULT_INK[fault][1]], s = c.mark, small = c.name === "small";
  if (small) {
    const x = b.x + b.w - s * 0.4, y = b.y + 1;
    pen.beginPath();
    pen.arc(x, y, s * 0.72, 0, TAU);
    pen.fillStyle = C.surface;
    pen.fill();
    stroke(pen, ink, 1.2);
    return faultMark(pen, x, y, s * 0.36, fault, ink);
  }
  const f = c.fs, word = ui.say(FAULT_WORD[fault]), h = f * 1.42;
  pen.font = `640 ${f}px ${L.font}`;
  const most = b.w - s * 1.9, w = Math.min(most, pen.measureText(word).width) + s * 1.75, x = b.x + b.w - w - c.pad * 0.4;
  pen.font = `620 ${c.f}px ${L.font}`;
  const y = b.y - h * (pen.measureText(label).width + w + c.pad * 1.6 < b.w ? 0.36 : c.name === "stage" ? 0.82 : 0.62);
  roundBox(pen, x, y, w, h, h / 2);
  pen.fillStyle = C.surface;
  pen.fill();
  stroke(pen, ink, c.name === "stage" ? 2 : 1.3);
  faultMark(pen, x + s * 0.75, y + h / 2, s * 0.4, fault, ink);
  text(pen, L, x + s * 1.38, y + h / 2 + f * 0.345, word, { f, w: 640, colour: ink, most });
}

function faultMark(pen, x, y, e, fault, colour) {
  const k = Math.max(1.3, e * 0.28);
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  if (fault === FAULT.SLOW) { // a clock
    pen.arc(x, y, e, 0, TAU);
    pen.moveTo(x, y - e * 0.55);
    pen.lineTo(x, y);
    pen.lineTo(x + e * 0.42, y + e * 0.22);
  } else if (fault === FAULT.LEAK) { // a drop
    pen.moveTo(x, y - e);
    pen.bezierCurveTo(x + e * 1.25, y + e * 0.35, x + e * 0.6, y + e, x, y + e);
    pen.bezierCurveTo(x - e * 0.6, y + e, x - e * 1.25, y + e * 0.35, x, y - e);
  } else if (fault === FAULT.CRASH) {
    pen.moveTo(x - e * 0.75, y - e * 0.75);
    pen.lineTo(x + e * 0.75, y + e * 0.75);
    pen.moveTo(x + e * 0.75, y - e * 0.75);
    pen.lineTo(x - e * 0.75, y + e * 0.75);
  } else { // a sign that warns
    pen.moveTo(x, y - e);
    pen.lineTo(x + e, y + e * 0.85);
    pen.lineTo(x - e, y + e * 0.85);
    pen.closePath();
    pen.moveTo(x, y - e * 0.3);
    pen.lineTo(x, y + e * 0.2);
    pen.moveTo(x, y + e * 0.52);
    pen.lineTo(x, y + e * 0.54);
  }
  stroke(pen, colour, k);
  pen.lineCap = "butt";
  pen.lineJoin = "miter";
}

/** The ring round what is chosen or pointed at; along a call it is a wider line below the ribbon. */
function drawRingOf(pen, L, ui, run, item, width, kinds) {
  if (!item || !kinds.includes(item.kind)) return;
  if (item.kind === "edge") {
    const wide = Math.max(6, run.edges[item.id].local ? 5 : run.edges[item.id].peak * L.k + 5) + (width > 2 ? 3 : 0);
    pen.lineCap = "round";
    line(pen, L.edges[item.id], ui.C[width > 2 ? "ink" : "line2"], wide + (width > 2 ? 3 : 0));
    if (width > 2) line(pen, L.edges[item.id], ui.C.page, wide - 1);
    pen.lineCap = "butt";
    return;
  }
  const box = itemBox(L, run, item), out = item.kind === "users" ? 0 : 3;
  roundBox(pen, box.x - out, box.y - out, box.w + out * 2, box.h + out * 2, 11);
  if (width > 2) stroke(pen, ui.C.surface, width + 3.2);
  stroke(pen, ui.C[width > 2 ? "ink" : "ink3"], width);
}
