// LOOK.md's one table of glyphs, drawn as shapes: a state is never a colour alone, and no mark depends on a typeface.

const TAU = Math.PI * 2;

/** Hatches as canvas patterns. Drawn at device resolution and turned by the pattern's own matrix, so that they stay
 *  crisp on any screen and anchored to the page rather than to the shape. */
function hatches(C, ratio, scale = 1) {
  const strip = (size, line, colour, ground, angle, thin = 1) => {
    const tile = document.createElement("canvas");
    const px = Math.max(2, Math.round(size * scale * ratio));
    tile.width = tile.height = px;
    const pen = tile.getContext("2d");
    pen.fillStyle = colour;
    pen.globalAlpha = ground;
    pen.fillRect(0, 0, px, px);
    pen.globalAlpha = thin;
    pen.fillRect(0, 0, (px * line) / size, px);
    const pattern = pen.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().rotate(angle).scale((size * scale) / px));
    return pattern;
  };
  return {
    zone: strip(7, 1.3, C.lost, 0, 45, 0.34), // a lost zone, under its tiles
    lost: strip(5, 1.9, C.lost, 0.22, 45), // requests that fail
    refused: strip(5, 2, C.refused, 0.22, -45), // requests that are turned away: the other way round
    shifted: strip(9, 1.2, C.draining, 0, 45, 0.3),
  };
}

function roundBox(pen, x, y, w, h, r) {
  pen.beginPath();
  pen.roundRect(x, y, w, h, Math.min(r, w / 2, h / 2));
}

function stroke(pen, colour, width, dash) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.setLineDash(dash ?? []);
  pen.stroke();
  if (dash) pen.setLineDash([]);
}

/** The ✕ of loss. */
function cross(pen, cx, cy, e, colour, width) {
  pen.beginPath();
  pen.moveTo(cx - e, cy - e);
  pen.lineTo(cx + e, cy + e);
  pen.moveTo(cx + e, cy - e);
  pen.lineTo(cx - e, cy + e);
  pen.lineCap = "round";
  stroke(pen, colour, width);
  pen.lineCap = "butt";
}

/** The ^ of starting (up = 1) and the v of draining (up = -1). */
function chevron(pen, cx, cy, e, up, colour, width) {
  pen.beginPath();
  pen.moveTo(cx - e, cy + up * e * 0.55);
  pen.lineTo(cx, cy - up * e * 0.6);
  pen.lineTo(cx + e, cy + up * e * 0.55);
  pen.lineCap = pen.lineJoin = "round";
  stroke(pen, colour, width);
  pen.lineCap = "butt";
  pen.lineJoin = "miter";
}

function dots(pen, cx, cy, s, colour) {
  pen.fillStyle = colour;
  for (const i of [-1, 0, 1]) {
    pen.beginPath();
    pen.arc(cx + i * s * 0.2, cy, s * 0.065, 0, TAU);
    pen.fill();
  }
}

/** One task. `state` 0 is an empty place; `part` is the progress of a start; `dot` draws a function's round form. */
function tile(pen, C, x, y, s, state, part = 0.55, dot = false) {
  const k = Math.max(1.3, s * 0.065), cx = x + s / 2, cy = y + s / 2, e = s * 0.2;
  const radius = dot ? s / 2 : Math.max(2, s * 0.17);
  const full = () => roundBox(pen, x, y, s, s, radius);
  const outline = () => roundBox(pen, x + k / 2, y + k / 2, s - k, s - k, radius);
  switch (state) {
    case TASK.SERVING:
      full();
      pen.fillStyle = C.serving;
      pen.fill();
      break;
    case TASK.STARTING: {
      outline();
      pen.fillStyle = C.surface;
      pen.fill();
      const h = (s - k) * part + k / 2;
      pen.save();
      pen.clip();
      pen.globalAlpha *= 0.55;
      pen.fillStyle = C.starting;
      pen.fillRect(x, y + s - h, s, h);
      pen.restore();
      outline();
      stroke(pen, C["t-starting"], k);
      chevron(pen, cx, cy, e, 1, C.ink, k * 1.3);
      break;
    }
    case TASK.PENDING:
      outline();
      pen.fillStyle = C.surface;
      pen.fill();
      stroke(pen, C.pending, k, [s * 0.15, s * 0.11]);
      dots(pen, cx, cy, s, C["t-pending"]);
      break;
    case TASK.DRAINING:
      full();
      pen.fillStyle = C.draining;
      pen.fill();
      chevron(pen, cx, cy, e, -1, "#fff", k * 1.4);
      break;
    case TASK.LOST:
    case TASK.UNSEEN:
      outline();
      pen.fillStyle = C.surface;
      pen.fill();
      stroke(pen, C.lost, k);
      if (state === TASK.LOST) cross(pen, cx, cy, e, C.lost, k * 1.5);
      else query(pen, cx, cy, s, C["t-lost"], k * 1.35);
      break;
    case TASK.REFUSED:
      pen.beginPath();
      pen.arc(cx, cy, s * 0.42, 0, TAU);
      pen.fillStyle = C.surface;
      pen.fill();
      stroke(pen, C.refused, k * 1.3);
      pen.beginPath();
      pen.moveTo(cx - s * 0.27, cy + s * 0.27);
      pen.lineTo(cx + s * 0.27, cy - s * 0.27);
      stroke(pen, C.refused, k * 1.3);
      break;
    default:
      outline();
      pen.lineCap = "round";
      stroke(pen, C.idle, k * 0.8, [k * 0.1, k * 2.2]);
      pen.lineCap = "butt";
  }
}

/** A folded corner: this task runs a newer release than the first. */
function dogEar(pen, C, x, y, s, state) {
  const e = s * 0.42, k = Math.max(1.2, s * 0.06);
  const edge = { [TASK.SERVING]: C.serving, [TASK.DRAINING]: C.draining, [TASK.STARTING]: C["t-starting"], [TASK.PENDING]: C.pending }[state] ?? C.lost;
  pen.beginPath();
  pen.moveTo(x + s - e, y - 0.5);
  pen.lineTo(x + s + 0.5, y - 0.5);
  pen.lineTo(x + s + 0.5, y + e);
  pen.closePath();
  pen.fillStyle = C.surface;
  pen.fill();
  pen.beginPath();
  pen.moveTo(x + s - e, y);
  pen.lineTo(x + s - e, y + e);
  pen.lineTo(x + s, y + e);
  pen.closePath();
  pen.fillStyle = C.surface;
  pen.fill();
  pen.lineJoin = "round";
  stroke(pen, edge, k);
  pen.lineJoin = "miter";
}

/** A question mark, drawn: lost, and nobody has noticed yet. */
function query(pen, cx, cy, s, colour, width) {
  const r = s * 0.135, top = cy - s * 0.13;
  pen.beginPath();
  pen.arc(cx, top, r, Math.PI * 1.08, Math.PI * 0.42);
  pen.lineTo(cx, cy + s * 0.115);
  pen.lineCap = pen.lineJoin = "round";
  stroke(pen, colour, width);
  pen.lineCap = "butt";
  pen.lineJoin = "miter";
  pen.beginPath();
  pen.arc(cx, cy + s * 0.255, width * 0.62, 0, TAU);
  pen.fillStyle = colour;
  pen.fill();
}

/** A tile for HTML (legend, queue, popover): decoration, its word stands beside it. */
function glyphNode(size) {
  const node = make("canvas", "glyph");
  node.setAttribute("aria-hidden", "true");
  node.style.width = node.style.height = `${size}px`;
  node.dataset.size = size;
  return node;
}

function paintGlyph(node, C, state, dot = false, isNew = false) {
  const size = Number(node.dataset.size), ratio = window.devicePixelRatio || 1;
  const stamp = `${state} ${dot} ${isNew} ${ratio} ${C.surface} ${C.ink}`;
  if (node.dataset.stamp === stamp) return;
  node.dataset.stamp = stamp;
  node.width = node.height = Math.round(size * ratio);
  const pen = node.getContext("2d");
  pen.scale(ratio, ratio);
  tile(pen, C, 0, 0, size, state, 0.58, dot);
  if (isNew) dogEar(pen, C, 0, 0, size, state);
}

/** A launch type's marker: a line with its dash and shape, as in every chart. Lines and markers only, never tiles. */
const MARKERS = {
  "ecs-ec2": ["#1F38A5", "#5980ED", "square", []], "ecs-fargate": ["#B33307", "#E86232", "circle", [6, 3]],
  "eks-managed": ["#429D8F", "#C2F3E0", "triangle", [2, 3]], "eks-fargate": ["#52122D", "#A67E8D", "ring", [10, 3]],
  "lambda": ["#A774F7", "#ADACDB", "diamond", [8, 3, 2, 3]],
  "ecs-fargate-spot": ["#A48E22", "#F9C32C", "open square", [4, 2]],
  "ecs-managed-instances": ["#10707B", "#7CEBFB", "cross", [1, 3]],
  "k8s-self-run": ["#7C0B0C", "#F78F81", "down triangle", [12, 4]],
  "eks-unmanaged": ["#678354", "#E8EF9C", "open diamond", [6, 2, 1, 2]],
  "eks-auto": ["#55564A", "#C7B8BA", "bar", [3, 5]],
};

function paintMarker(node, accent, dark) {
  const [light, night, shape, dash] = MARKERS[accent] ?? MARKERS["ecs-ec2"];
  const ratio = window.devicePixelRatio || 1, pen = node.getContext("2d"), colour = dark ? night : light;
  node.width = Math.round(26 * ratio);
  node.height = Math.round(16 * ratio);
  pen.scale(ratio, ratio);
  pen.beginPath();
  pen.moveTo(0, 8);
  pen.lineTo(26, 8);
  stroke(pen, colour, 2.4, dash);
  const points = {
    triangle: [[13, 2], [19.5, 13], [6.5, 13]], "down triangle": [[13, 14], [19.5, 3], [6.5, 3]],
    diamond: [[13, 1.5], [19.5, 8], [13, 14.5], [6.5, 8]],
  }[shape.replace("open diamond", "diamond")];
  pen.beginPath();
  if (points) points.forEach(([x, y]) => pen.lineTo(x, y));
  else if (shape.endsWith("square")) pen.rect(8, 3, 10, 10);
  else if (shape === "bar") pen.rect(10.5, 1.5, 5, 13);
  else if (shape === "cross") {
    cross(pen, 13, 8, 4.6, colour, 3);
    return;
  } else pen.arc(13, 8, 5.5, 0, TAU);
  pen.closePath();
  if (shape.startsWith("open") || shape === "ring") {
    pen.fillStyle = dark ? "#0B131A" : "#F4F7F8";
    pen.fill();
    stroke(pen, colour, 2.2);
  } else {
    pen.fillStyle = colour;
    pen.fill();
  }
}
