// Links and messages, on a canvas that lies under the members. Dots are as slow as the eye needs, never faster than
// the message was: a trip of half a millisecond is shown for a third of a second, whatever the speed.

const EYE_S = 0.34; // seconds of the reader's time that a message is on its way

function drawStore(pen, box, data, facts, places, t, C, calm) {
  const delay = (a, b) => (a.zone === b.zone ? data.delay.same : data.delay.cross);
  pen.clearRect(0, 0, box.w, box.h);
  const live = facts.all(t).filter((one) => one.state !== ABSENT && one.state !== REMOVED);
  for (let i = 0; i < live.length; i++) for (let j = i + 1; j < live.length; j++) drawLink(live[i], live[j]);
  for (const [from, to, who] of data.leaders) if (from <= t && t < to) drawBeats(who, from);
  for (const m of data.votes) drawVote(m);

  function drawLink(a, b) {
    const p = places[a.n], q = places[b.n];
    if (!p || !q) return;
    const isCut = facts.isCut(a, b, t), dead = !facts.isUp(a) || !facts.isUp(b);
    const leads = !dead && !isCut && ((a.state === LEADER && b.leader === a.n) || (b.state === LEADER && a.leader === b.n));
    pen.beginPath();
    pen.moveTo(p.x, p.y);
    pen.lineTo(q.x, q.y);
    pen.lineWidth = leads ? 2.2 : 1.1;
    pen.strokeStyle = isCut ? C.lost : leads ? C.serving : C.line;
    pen.setLineDash(isCut ? [6, 5] : dead ? [2, 6] : []);
    pen.stroke();
    pen.setLineDash([]);
    if (isCut) cross((p.x + q.x) / 2, (p.y + q.y) / 2, 6, C.lost, 2.4);
  }

  /** Heartbeats leave with the leader's ticks. Where many pass in an instant, or nothing may move, an arrow stands for them. */
  function drawBeats(who, from) {
    const leader = facts.at(who, t);
    for (const other of live) {
      if (other.n === who || !facts.isUp(other) || facts.isCut(leader, other, t)) continue;
      if (calm || clock.speed > 1) { if (other.leader === who) arrow(places[who], places[other.n]); continue; }
      const shown = Math.max(delay(leader, other), Math.min(data.tick * 0.9, EYE_S * clock.speed));
      const k = Math.floor((t - leader.phase) / data.tick + 1e-9), left = leader.phase + k * data.tick;
      const part = (t - left) / shown;
      if (left >= from - 1e-9 && part >= 0 && part <= 1) dot(between(places[who], places[other.n], part), 3.4, C.serving);
    }
  }

  function drawVote([from, to, sender, target, says]) {
    const shown = Math.max((to ?? from) - from, EYE_S * clock.speed), part = (t - from) / shown;
    const p = places[sender], q = places[target];
    if (part < 0 || part > 1 || !p || !q) return;
    if (to === null) {
      const at = between(p, q, Math.min(part, 0.5));
      ask(at, C["t-starting"]);
      if (part > 0.5) cross(at.x, at.y, 6, C.lost, 2.2);
      return;
    }
    const at = between(p, q, calm ? 0.5 : part);
    if (says === "yes") tick(at);
    else if (says === "no") { disc(at, 8.5, C.surface, C.lost); cross(at.x, at.y, 3.6, C.lost, 2); }
    else ask(at, says === "ask" ? C.accent : C["t-starting"]);
  }

  function between(p, q, part) {
    const dx = q.x - p.x, dy = q.y - p.y, far = Math.hypot(dx, dy) || 1, edge = Math.min(0.45, (p.r + 5) / far);
    const s = edge + part * (1 - 2 * edge);
    return { x: p.x + dx * s, y: p.y + dy * s };
  }
  function disc(at, r, fillColour, edge) {
    pen.beginPath();
    pen.arc(at.x, at.y, r, 0, 7);
    pen.fillStyle = fillColour;
    pen.fill();
    pen.lineWidth = 1.8;
    pen.strokeStyle = edge;
    pen.stroke();
  }
  function dot(at, r, colour) {
    pen.beginPath();
    pen.arc(at.x, at.y, r, 0, 7);
    pen.fillStyle = colour;
    pen.fill();
  }
  function ask(at, colour) {
    disc(at, 8.5, C.surface, colour);
    pen.fillStyle = colour;
    pen.font = "650 12px 'Quayside Sans', sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText("?", at.x, at.y + 0.5);
  }
  function tick(at) {
    disc(at, 8.5, C.serving, C.serving);
    pen.beginPath();
    pen.moveTo(at.x - 4, at.y);
    pen.lineTo(at.x - 1, at.y + 3.4);
    pen.lineTo(at.x + 4.2, at.y - 3.4);
    pen.lineWidth = 2;
    pen.strokeStyle = C["on-accent"];
    pen.stroke();
  }
  function cross(x, y, r, colour, width) {
    pen.beginPath();
    pen.moveTo(x - r, y - r);
    pen.lineTo(x + r, y + r);
    pen.moveTo(x + r, y - r);
    pen.lineTo(x - r, y + r);
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.stroke();
  }
  function arrow(p, q) {
    if (!p || !q) return;
    const at = between(p, q, 0.5), turn = Math.atan2(q.y - p.y, q.x - p.x);
    pen.save();
    pen.translate(at.x, at.y);
    pen.rotate(turn);
    pen.beginPath();
    pen.moveTo(7, 0);
    pen.lineTo(-5, -5);
    pen.lineTo(-5, 5);
    pen.fillStyle = C.serving;
    pen.fill();
    pen.restore();
  }
}
