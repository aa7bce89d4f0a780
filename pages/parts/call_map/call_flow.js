// What moves: a ribbon for each call between services, as wide as its calls a second, its failing share hatched; thin lines
// inside one service; marks for what is tried again and for an open circuit. Drawn on a canvas of its own, every frame.

function drawCalls(pen, L, ui, run, now) {
  const { c } = L, s = stepsAt(run, now.t, ui.tween);
  pen.setTransform(ui.ratio, 0, 0, ui.ratio, 0, 0);
  pen.clearRect(0, 0, L.width + 2, L.height + 2);
  pen.textBaseline = "alphabetic";
  const seen = run.edges.map((edge, e) => {
    const n = widthAt(edge.flow.n, s), bad = Math.min(n, widthAt(edge.flow.bad, s));
    return { edge, e, way: L.edges[e], n, bad, again: widthAt(edge.flow.again, s), state: edge.call < 0 ? CIRCUIT.CLOSED : now.circuit[edge.call] };
  });
  for (const one of seen) if (one.edge.local) drawInside(pen, L, ui, one);
  for (const one of seen) if (!one.edge.local) drawRibbon(pen, L, ui, one);
  const taken = L.cells.map((b, m) => (now.fault[m] ? { ...b, y: b.y - c.fs * 1.2, h: b.h + c.fs * 1.2 } : b));
  for (const one of seen) if (one.state !== CIRCUIT.CLOSED) taken.push(drawCircuit(pen, L, ui, one));
  if (c.name !== "small") drawRates(pen, L, ui, run, s, seen, taken);
}

/** A call within one task: no network, so a line and no ribbon. */
function drawInside(pen, L, ui, { way, n, bad }) {
  const failing = bad > Math.max(FEW, n * 0.02);
  line(pen, way, ui.C[failing ? "lost" : n > FEW ? "ink3" : "line2"], L.c.name === "stage" ? 2.6 : 1.4, failing ? [5, 4] : n > FEW ? null : [1.5, 4]);
  if (n > FEW) arrow(pen, L, ui, way, ui.C[failing ? "lost" : "ink3"], 0.7);
}

function line(pen, way, colour, width, dash) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.setLineDash(dash ?? []);
  pen.stroke(way.path);
  pen.setLineDash([]);
}

function drawRibbon(pen, L, ui, { way, n, bad, state }) {
  const { c, k } = L, { C } = ui;
  if (state === CIRCUIT.OPEN) return line(pen, way, C.lost, c.name === "stage" ? 2.8 : 1.7, [4, 5]);
  if (n < FEW) return line(pen, way, C.ink3, c.name === "stage" ? 2.2 : 1.3, [2, 5]);
  const ok = n - bad, wide = Math.max(1.6, ok * k), hatched = bad > FEW ? Math.max(2.4, bad * k) : 0, shown = ok > FEW;
  const shift = (by, fill, width) => {
    pen.save();
    pen.translate(L.upright ? by : 0, L.upright ? 0 : by);
    pen.strokeStyle = fill;
    pen.lineWidth = width;
    pen.stroke(way.path);
    pen.restore();
  };
  pen.setLineDash([]);
  if (shown) shift(-hatched / 2, C["ok-area"], wide);
  if (hatched) shift(shown ? wide / 2 : 0, ui.hatch.lost, hatched);
  if (!shown) return arrow(pen, L, ui, way, C.lost, 1);
  if (ui.calm) arrow(pen, L, ui, way, C["ok-line"], 1, -hatched / 2);
  else drawBeads(pen, L, ui, way, -hatched / 2);
}

/** Beads run along the way at one speed whatever the rate; only while the clock plays do they move. */
function drawBeads(pen, L, ui, way, by) {
  const { c } = L, step = c.gap / 2, n = way.xs.length;
  pen.fillStyle = ui.C["ok-line"];
  pen.beginPath();
  for (let at = (ui.phase % c.gap) / 2; at < n - 1; at += step) {
    const i = at | 0, f = at - i, x = way.xs[i] + (way.xs[i + 1] - way.xs[i]) * f + (L.upright ? by : 0);
    const y = way.ys[i] + (way.ys[i + 1] - way.ys[i]) * f + (L.upright ? 0 : by);
    pen.moveTo(x + c.bead, y);
    pen.arc(x, y, c.bead, 0, TAU);
  }
  pen.fill();
}

/** An arrowhead where a call arrives. */
function arrow(pen, L, ui, way, colour, size, by = 0) {
  const e = Math.max(3, L.c.bead * 2.2) * size, x = way.end.x + (L.upright ? by : -1.5), y = way.end.y + (L.upright ? -1.5 : by);
  pen.beginPath();
  if (L.upright) {
    pen.moveTo(x - e, y - e * 1.3);
    pen.lineTo(x, y);
    pen.lineTo(x + e, y - e * 1.3);
  } else {
    pen.moveTo(x - e * 1.3, y - e);
    pen.lineTo(x, y);
    pen.lineTo(x - e * 1.3, y + e);
  }
  pen.lineCap = pen.lineJoin = "round";
  stroke(pen, colour, Math.max(1.4, L.c.bead * 0.9));
  pen.lineCap = "butt";
  pen.lineJoin = "miter";
}

/** A broken circuit, as an electrician draws it: two ends and a lever that does not reach, or one that only tries. */
function drawCircuit(pen, L, ui, { way, state }) {
  const { x, y } = way.mark, r = L.c.mark * 0.78, e = r * 0.52, half = state === CIRCUIT.HALF, colour = ui.C[half ? "t-pending" : "t-lost"];
  pen.beginPath();
  pen.arc(x, y, r + 2.5, 0, TAU);
  pen.fillStyle = ui.C.page;
  pen.fill();
  pen.beginPath();
  pen.arc(x, y, r, 0, TAU);
  pen.fillStyle = ui.C[half ? "pend-wash" : "lost-wash"];
  pen.fill();
  stroke(pen, colour, Math.max(1.3, r * 0.13), half ? [3, 2.4] : null);
  pen.beginPath();
  pen.moveTo(x - e, y + e * 0.35);
  pen.lineTo(x + e * (half ? 0.75 : 0.45), y - e * (half ? 0.28 : 0.85));
  pen.lineCap = "round";
  stroke(pen, colour, Math.max(1.6, r * 0.17));
  pen.lineCap = "butt";
  pen.fillStyle = colour;
  for (const side of [-1, 1]) {
    pen.beginPath();
    pen.arc(x + side * e, y + e * 0.35, Math.max(1.5, r * 0.16), 0, TAU);
    pen.fill();
  }
  return { x: x - r, y: y - r, w: r * 2, h: r * 2 };
}

/** The curl of a call that is made again. */
function curl(pen, x, y, e, colour, width) {
  pen.beginPath();
  pen.arc(x, y, e, -Math.PI * 0.35, Math.PI * 1.25);
  stroke(pen, colour, width);
  const tip = { x: x + Math.cos(-Math.PI * 0.35) * e, y: y + Math.sin(-Math.PI * 0.35) * e };
  pen.beginPath();
  pen.moveTo(tip.x - e * 0.95, tip.y - e * 0.15);
  pen.lineTo(tip.x, tip.y);
  pen.lineTo(tip.x + e * 0.1, tip.y + e * 0.95);
  pen.lineCap = pen.lineJoin = "round";
  stroke(pen, colour, width);
  pen.lineCap = "butt";
  pen.lineJoin = "miter";
}

const isFree = (box, taken, width) => box.x > 0 && box.x + box.w < width
  && !taken.some((b) => b.x < box.x + box.w && b.x + b.w > box.x && b.y < box.y + box.h && b.y + b.h > box.y);

/** The numbers beside the ribbons: what fails and what is tried again first, then the busiest; those without room are left to
 *  the popover and the table. */
function drawRates(pen, L, ui, run, s, seen, taken) {
  const { c } = L, { C } = ui, f = c.fs;
  const list = seen.filter((one) => !one.edge.local && one.edge.call >= 0 && (one.n > FEW || one.state === CIRCUIT.OPEN)).map((one) => {
    const { flow } = one.edge;
    return { ...one, n: labelAt(flow.n, s), bad: labelAt(flow.bad, s), again: labelAt(flow.again, s) };
  }).sort((a, b) => (b.bad > 0.5) - (a.bad > 0.5) || (b.again > 0.5) - (a.again > 0.5) || b.n - a.n || a.e - b.e);
  for (const one of list) {
    const parts = [];
    if (one.n - one.bad > 0.5 || (one.n > FEW && one.bad <= 0.5)) parts.push([rate(ui, one.n - one.bad), C["t-serving"]]);
    if (one.bad > 0.5) parts.push([ui.say("fail_short", { n: rate(ui, one.bad) }), C["t-lost"]]);
    if (one.again > 0.5) parts.push([`+${rate(ui, one.again)}`, C["t-pending"], true]);
    pen.font = `640 ${f}px ${L.font}`;
    const sizes = parts.map(([word, , curled]) => pen.measureText(word).width + (curled ? f * 1.05 : 0)), gap = f * 0.42;
    const w = sizes.reduce((a, b) => a + b, 0) + gap * (parts.length - 1), thick = Math.max(3, one.n * L.k) / 2;
    const { mark, end } = one.way, high = f * 0.35;
    // Beside the ribbon's end, above it or below; else above its mark.
    const spots = L.upright ? [{ x: mark.x + thick + 4, y: mark.y + high }] : [
      { x: end.x - 9 - w, y: end.y - thick - 3.5 }, { x: end.x - 9 - w, y: end.y + thick + f * 0.95 }, { x: mark.x - w / 2, y: mark.y - c.mark - 5 },
    ];
    const boxAt = (at) => ({ x: at.x - 2, y: at.y - f * 0.85, w: w + 4, h: f });
    const at = w <= L.gapX + L.cellW * 0.2 || L.upright ? spots.find((spot) => isFree(boxAt(spot), taken, L.width)) : null;
    if (!at) continue;
    taken.push(boxAt(at));
    let x = at.x;
    parts.forEach(([word, colour, curled], i) => {
      if (curled) curl(pen, x + f * 0.4, at.y - f * 0.33, f * 0.33, colour, Math.max(1.2, f * 0.09));
      text(pen, L, x + (curled ? f * 1.05 : 0), at.y, word, { f, w: 640, colour, halo: C.page });
      x += sizes[i] + gap;
    });
  }
}
