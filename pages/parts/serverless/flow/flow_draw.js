// The lines between the boxes, as wide as what goes along them; and what is turned away, leaving upward and hatched.

const SVG = "http://www.w3.org/2000/svg";
function shape(name, attributes, parent) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent?.append(node);
  return node;
}

/** Draw a line for each pair; return what moves it. places: box -> rectangle inside the picture. */
function drawLines(svg, boxes, places, c) {
  svg.replaceChildren();
  const defs = shape("defs", {}, svg), hatch = shape("pattern", { id: "away", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(-45)" }, defs);
  shape("rect", { width: 6, height: 6, fill: c.page }, hatch);
  shape("rect", { width: 3, height: 6, fill: c.refused }, hatch);
  const lines = [], ways = [];
  for (const { name, to } of boxes) {
    const from = places[name];
    if (!from) continue;
    to.forEach((other, i) => {
      const end = places[other];
      if (!end) return;
      const y0 = from.y + (from.h * (i + 1)) / (to.length + 1), x0 = from.x + from.w, x1 = end.x, y1 = end.y + end.h / 2;
      const bend = Math.max(14, (x1 - x0) * 0.5), d = `M${x0},${y0} C${x0 + bend},${y0} ${x1 - bend},${y1} ${x1},${y1}`;
      const path = shape("path", { d, fill: "none", class: "way" }, svg), beads = shape("path", { d, fill: "none", class: "beads" }, svg);
      const head = shape("path", { d: `M${x1 - 7},${y1 - 5} L${x1},${y1} L${x1 - 7},${y1 + 5}`, fill: "none", class: "head" }, svg);
      lines.push({ from: name, to: other, path, beads, head });
    });
    const x = from.x + from.w - 20, way = shape("path", { d: `M${x - 7},${from.y} v-15 h-5 l12,-11 l12,11 h-5 v15 z`, class: "away", fill: "url(#away)" }, svg);
    ways.push({ name, way });
  }
  return { lines, ways };
}

/** Make the lines as wide as what goes along them now. */
function moveLines(drawn, facts, t, phase, thick) {
  for (const { from, to, path, beads, head } of drawn.lines) {
    const rate = facts.along(from, to, t), wide = rate > 0 ? 1.4 + thick * Math.sqrt(rate / facts.widest) : 0;
    path.style.strokeWidth = wide ? `${wide.toFixed(1)}px` : "1.2px";
    path.classList.toggle("idle", !wide);
    head.classList.toggle("idle", !wide);
    beads.style.visibility = wide && phase !== null ? "visible" : "hidden";
    if (wide && phase !== null) beads.style.strokeDashoffset = `${-phase}px`;
  }
  for (const { name, way } of drawn.ways) way.style.visibility = facts.at(name, t).out_of > 0.05 ? "visible" : "hidden";
}
