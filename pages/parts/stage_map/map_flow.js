// The traffic: users' ribbon into the balancer, one front per zone, a ribbon to each zone, and what is turned away.

function ribbon(pen, x1, y1, x2, y2, w1, w2, fill) {
  if (w1 < 0.2 && w2 < 0.2) return;
  const m = (y1 + y2) / 2;
  pen.beginPath();
  pen.moveTo(x1 - w1 / 2, y1);
  pen.bezierCurveTo(x1 - w1 / 2, m, x2 - w2 / 2, m, x2 - w2 / 2, y2);
  pen.lineTo(x2 + w2 / 2, y2);
  pen.bezierCurveTo(x2 + w2 / 2, m, x1 + w1 / 2, m, x1 + w1 / 2, y1);
  pen.closePath();
  pen.fillStyle = fill;
  pen.fill();
}

/** Beads say that something flows. They move at one speed whatever the rate, only while the clock plays; where motion
 *  is unwelcome an arrowhead stands instead. */
function beads(pen, L, ui, x, y1, y2, offset = 0) {
  const { c } = L;
  pen.fillStyle = ui.C["ok-line"];
  if (ui.calm) {
    chevron(pen, x, (y1 + y2) / 2, c.bead * 2.2, -1, ui.C["ok-line"], c.bead);
    return;
  }
  const first = y1 + c.bead + ((ui.phase + offset) % c.gap);
  for (let y = first; y < y2 - c.bead * 0.5; y += c.gap) {
    pen.beginPath();
    pen.arc(x, y, c.bead, 0, TAU);
    pen.fill();
  }
}

function drawUsers(pen, L, ui, flow) {
  const { c, k, bar } = L, mid = L.width / 2, wide = Math.max(flow.users.width > 0.5 ? 2 : 0, flow.users.width * k);
  ribbon(pen, mid, 2, mid, bar.y, wide, wide, ui.C["ok-area"]);
  if (flow.users.width > 0.5) {
    if (wide > c.bead * 9) {
      beads(pen, L, ui, mid - wide * 0.22, 2, bar.y);
      beads(pen, L, ui, mid + wide * 0.2, 2, bar.y, c.gap / 2);
    } else beads(pen, L, ui, mid, 2, bar.y);
  }
  const n = rate(ui, flow.users.label), most = mid - wide / 2 - 14;
  const s = fitting(pen, L, [ui.say("users", { n }), ui.say("users_short", { n })], most, c.f, 620);
  text(pen, L, mid - wide / 2 - 10, L.inH * 0.6, s, { w: 620, colour: ui.C.ink, align: "right", most });
}

/** What leaves unserved leaves upward at the bar's right end, hatched: nothing below ever saw it. */
function drawExits(pen, L, ui, flow) {
  const { c, k, bar } = L, exits = [];
  if (flow.refused.width > 0.5) exits.push(["refused", flow.refused, ui.C.refused, ui.C["t-refused"], ui.hatch.refused]);
  if (flow.astray.width > 0.5) exits.push(["astray", flow.astray, ui.C.lost, ui.C["t-lost"], ui.hatch.lost]);
  let right = L.width - 14 * c.scale;
  const lines = [];
  for (const [word, r, colour, ink, hatch] of exits) {
    const wide = Math.max(3, r.width * k), tip = Math.max(wide + 8 * c.scale, 12 * c.scale), high = Math.max(7, 9 * c.scale), x = right - tip / 2;
    ribbon(pen, x, high, x, bar.y, wide, wide, hatch);
    pen.beginPath();
    pen.moveTo(x - tip / 2, high);
    pen.lineTo(x, 0);
    pen.lineTo(x + tip / 2, high);
    pen.closePath();
    pen.fillStyle = colour;
    pen.fill();
    right = x - tip / 2 - 6 * c.scale;
    lines.push([word, r, ink]);
  }
  const most = right - L.width / 2 - flow.users.width * k * 0.5 - 12;
  lines.forEach(([word, r, ink], i) => {
    const n = rate(ui, r.label), f = lines.length > 1 ? c.fs : c.f;
    const s = fitting(pen, L, [ui.say(word, { n }), ui.say(`${word}_short`, { n })], most, f, 650);
    const y = L.inH * 0.6 + (lines.length > 1 ? (i - 0.5) * f * 1.15 : 0);
    text(pen, L, right - 4, y, s, { f, w: 650, colour: ink, align: "right", most });
  });
}

const FRONT_GROUND = ["surface", "surface", "pend-wash", "lost-wash"];

function drawBalancer(pen, L, ui, now) {
  const { c, bar, zones } = L, { C } = ui;
  roundBox(pen, 0.65, bar.y, bar.w - 1.3, bar.h, 8);
  pen.fillStyle = C.surface;
  pen.fill();
  pen.save();
  pen.clip();
  zones.forEach((z, i) => {
    const state = now.frontState[i], x = z.x - (i ? c.zg / 2 : 0);
    const w = (i + 1 < zones.length ? z.x + z.w + c.zg / 2 : bar.w) - x;
    if (state === FRONT.DEAD || state === FRONT.OUT) {
      pen.fillStyle = state === FRONT.DEAD ? C["lost-wash"] : C.surface;
      pen.fillRect(x, bar.y, w, bar.h);
      pen.fillStyle = ui.hatch.zone;
      pen.fillRect(x, bar.y, w, bar.h);
    } else if (state === FRONT.TURNING) {
      pen.fillStyle = C["pend-wash"];
      pen.fillRect(x, bar.y, w, bar.h);
    }
    if (i) {
      pen.beginPath();
      pen.moveTo(x, bar.y);
      pen.lineTo(x, bar.y + bar.h);
      stroke(pen, C.line2, 1, [2, 3]);
    }
  });
  pen.restore();
  roundBox(pen, 0.65, bar.y, bar.w - 1.3, bar.h, 8);
  stroke(pen, C.line2, 1.3);
  const base = bar.y + bar.h / 2 + c.f * 0.35, name = ui.say("balancer");
  text(pen, L, 14 * Math.min(1.4, c.scale * (c.f / 15)), base, name,
    { w: 620, colour: C.ink, halo: C[FRONT_GROUND[now.frontState[0]]] });
  if (c.name === "phone") return;
  const taken = 14 + pen.measureText(name).width + 16;
  const word = { [FRONT.OUT]: "front_out", [FRONT.DEAD]: "front_dead", [FRONT.TURNING]: "front_turning" };
  zones.forEach((z, i) => {
    const key = word[now.frontState[i]];
    if (!key) return;
    const left = Math.max(z.x + 4, taken), most = z.x + z.w - left - 8;
    const s = fitting(pen, L, [ui.say(key), ui.say(`${key}_short`)], most, c.fs, 560);
    if (pen.measureText(s).width > most) return; // the hatching says it, and the table does in words
    const dead = now.frontState[i] === FRONT.DEAD;
    text(pen, L, left + most / 2 + 2, bar.y + bar.h / 2 + c.fs * 0.35, s,
      { f: c.fs, w: 560, colour: dead ? C["t-lost"] : C.ink2, align: "center", halo: C[FRONT_GROUND[now.frontState[i]]], most });
  });
}

function drawZoneFlow(pen, L, ui, run, now, flow, i) {
  const { c, k, bar } = L, { C } = ui, z = L.zones[i], x = z.x + z.w / 2, y0 = bar.y + bar.h, y1 = z.y;
  const ok = flow.ok[i] ?? { width: 0, label: 0 }, bad = flow.bad[i] ?? { width: 0, label: 0 };
  const middle = y0 + c.flH * 0.5 + c.f * 0.35, clocked = zeroSince(run, i, flow.index);
  if (ok.width < 0.5 && bad.width < 0.5) {
    const away = now.zoneState[i] === ZONE.SHIFTED, colour = away || now.zoneState[i] === ZONE.WELL ? C.ink3 : C.lost;
    pen.beginPath();
    pen.moveTo(x, y0);
    pen.lineTo(x, y1);
    stroke(pen, colour, 1.6, [3, 4]);
    const e = c.f * 0.36, yy = y0 + c.flH * 0.46;
    if (colour === C.lost) {
      pen.beginPath();
      pen.arc(x, yy, e * 1.75, 0, TAU);
      pen.fillStyle = C.page;
      pen.fill();
      cross(pen, x, yy, e, colour, c.f * 0.17);
    }
    const most = z.w / 2 - e * 1.75 - 8;
    const s = fitting(pen, L, [ui.say("zero_since", { clock: clockText(clocked ?? now.t) }), ui.say("zero")], most, c.f, 600);
    text(pen, L, x + e * 1.75 + 6, middle, s, { w: 600, colour: colour === C.lost ? C["t-lost"] : C.ink2, most });
    return;
  }
  const wo = ok.width * k, wb = bad.width * k, wide = wo + wb;
  if (ok.width > 0.5) {
    ribbon(pen, x - wb / 2, y0, x - wb / 2, y1, Math.max(1.5, wo), Math.max(1.5, wo), C["ok-area"]);
    beads(pen, L, ui, x - wb / 2, y0 + 2, y1 - 1);
  }
  if (bad.width > 0.5) ribbon(pen, x + wo / 2, y0, x + wo / 2, y1, Math.max(3, wb), Math.max(3, wb), ui.hatch.lost);
  const left = x + wide / 2 + 9 * Math.min(1.5, c.scale), most = Math.min(z.x + z.w + c.zg, L.width + L.bus) - left - 2;
  const both = ok.label > 0.5 && bad.label > 0.5, f = both ? Math.min(c.f, c.flH * 0.31) : c.f;
  const putRate = (n, word, colour, y) => {
    const wordings = [word, `${word}_short`, "rate_short"].map((key) => ui.say(key, { n: rate(ui, n) }));
    const s = fitting(pen, L, wordings, most, f, 620);
    text(pen, L, left, y, s, { f, w: 620, colour, most });
  };
  const centre = y0 + c.flH * 0.5 + f * 0.35;
  if (ok.label > 0.5) putRate(ok.label, "rate", C["t-serving"], centre - (both ? f * 0.58 : 0));
  if (bad.label > 0.5) putRate(bad.label, "rate_bad", C["t-lost"], centre + (both ? f * 0.58 : 0));
}
