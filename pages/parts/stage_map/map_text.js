// Words on a canvas: cut where they do not fit, with a halo where they stand on something, and the first wording that has room.

function text(pen, L, x, y, s, { f = L.c.f, w = 400, colour, align = "left", halo = null, most = Infinity } = {}) {
  pen.font = `${w} ${f}px ${L.font}`;
  pen.textAlign = align;
  let shown = s;
  if (most < Infinity && pen.measureText(s).width > most) {
    while (shown.length > 1 && pen.measureText(`${shown}…`).width > most) shown = shown.slice(0, -1);
    shown = `${shown.trimEnd()}…`;
  }
  if (halo) {
    pen.lineJoin = "round";
    outlineText(pen, shown, x, y, halo, f * 0.42);
  }
  pen.fillStyle = colour;
  pen.fillText(shown, x, y);
}

function outlineText(pen, s, x, y, colour, width) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.setLineDash([]);
  pen.strokeText(s, x, y);
}

/** The first wording that fits; the last one is cut if none does. */
function fitting(pen, L, wordings, most, f, w) {
  pen.font = `${w} ${f}px ${L.font}`;
  return wordings.find((s) => pen.measureText(s).width <= most) ?? wordings.at(-1);
}

const rate = (ui, n) => numberText(rounded(n), ui.signs);

/** The word for a single task; Spanish says "activa" for one and "activas" for many. */
const oneTask = (state) => (state ? `${TASK_WORD[state]}_one` : "gone");

function countsText(ui, run, counts) {
  return run.legend.filter((s) => counts[s]).map((s) => `${numberText(counts[s], ui.signs)} ${ui.say(TASK_WORD[s])}`).join(", ");
}
