// Overlay: all that moves with the clock. Playhead, veil, values and names of operations are a few elements with a
// transform each; Plotly is not asked again.

function move(state, t) {
  const { data } = state;
  if (!data || !data.clocked || !state.width) return;
  const now = Math.min(t, data.end);
  for (const strip of state.strips.values()) {
    if (strip.box.hidden || !strip.x) continue;
    const x = Math.min(Math.max(strip.x(now), 0), strip.width);
    strip.play.style.transform = `translateX(${x - 0.8}px)`;
    strip.veil.style.transform = `translateX(${x}px)`;
    if (strip.live) put(strip.sub, textOf(state, strip.live, at(strip.live, now)));
    settle(state, strip, now);
  }
  for (const strip of state.strips.values()) {
    for (const name of strip.names.children) {
      name.classList.toggle("is-future", Number(name.dataset.t) > now);
      const [from, to] = name.dataset.span.split(" ");
      name.classList.toggle("is-crossed", strip.x(now) > Number(from) && strip.x(now) < Number(to));
    }
  }
  if (data.locked) for (const mark of state.root.querySelectorAll("[data-t]")) mark.hidden = Number(mark.dataset.t) > now;
  if (performance.now() - state.spoken > 400 || !clock.playing) {
    state.spoken = performance.now();
    speak(state, now);
  }
}

/** Put each value beside its area, and push apart those that would touch. */
function settle(state, strip, now) {
  const line = state.scale.label_px * 1.24;
  const shown = [];
  for (const label of strip.labels) {
    const i = index(label.t, now);
    const v = label.v[i];
    const gone = Number.isNaN(v) || (label.hides_zero && !roundTo(v, label.to, label.digits));
    if (label.gone !== gone) { label.gone = gone; label.element.style.display = gone ? "none" : ""; }
    if (gone) continue;
    put(label.element, textOf(state, label, v));
    shown.push({ label, y: strip.top + strip.y(label.y[i]) });
  }
  shown.sort((a, b) => a.y - b.y || 0);
  const lowest = strip.top + strip.tall + (strip.hasTicks ? 0 : 4);
  for (let k = 1; k < shown.length; k += 1) shown[k].y = Math.max(shown[k].y, shown[k - 1].y + line);
  for (let k = shown.length - 1, floor = lowest; k >= 0; k -= 1, floor -= line) shown[k].y = Math.min(shown[k].y, floor);
  for (const { label, y } of shown) {
    label.element.style.transform = `translate(${strip.left + strip.width + 8}px, ${(y - line / 2).toFixed(1)}px)`;
  }
}

/** The slider speaks what the eye sees: the moment, then every value. */
function speak(state, now) {
  const { seek, data } = state;
  const words = [clockText(now)];
  for (const strip of state.strips.values()) {
    if (!strip.box.hidden) for (const label of strip.labels) if (!label.gone) words.push(label.element.textContent);
  }
  const attributes = { "aria-valuemin": "0", "aria-valuemax": String(Math.round(data.end)), "aria-valuenow": String(Math.round(now)), "aria-valuetext": words.join(", ") };
  for (const [key, value] of Object.entries(attributes)) if (seek.getAttribute(key) !== value) seek.setAttribute(key, value);
}

function seekTo(state, event) {
  const strip = state.strips.get(state.narrow ? state.shown : state.data.strips[0].key);
  const range = strip.spec.figure.layout.xaxis.range;
  const share = (event.clientX - state.seek.getBoundingClientRect().left) / strip.width;
  clock.seek(range[0] + Math.min(Math.max(share, 0), 1) * (range[1] - range[0]));
}

function steer(state, event) {
  if (state.data.size === "stage" || event.altKey || event.ctrlKey || event.metaKey) return; // there the arrows turn the beats
  const step = event.shiftKey ? 30 : 5;
  const to = { ArrowLeft: clock.t - step, ArrowDown: clock.t - step, ArrowRight: clock.t + step, ArrowUp: clock.t + step,
    PageDown: clock.t - 60, PageUp: clock.t + 60, Home: 0, End: clock.end }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  clock.seek(to);
}

function drawMarks(state, strip, isNamed) {
  const { data, scale } = state;
  strip.marks.replaceChildren();
  strip.heads.replaceChildren();
  strip.names.replaceChildren();
  const taken = [];
  const { pen } = state;
  pen.font = `560 ${scale.tick_px}px ${getComputedStyle(state.root).fontFamily}`;
  const line = scale.tick_px * 1.36;
  for (const mark of data.marks) {
    const x = strip.x(mark.t);
    if (x < 0 || x > strip.width) continue;
    const colour = mark.tone && mark.tone !== "plain" ? mark.tone : "";
    node("i", colour ? `is-${colour}` : "", strip.marks, { "data-t": mark.t }).style.left = `${x}px`;
    // Above the plot, a tick of the line stays in full ink when the veil has dimmed the rest.
    node("i", colour ? `is-${colour}` : "", strip.heads, { "data-t": mark.t }).style.left = `${x}px`;
    if (!isNamed || state.narrow || data.size !== "laptop" || !mark.text) continue;
    // Left of its line, over what was still well; else its first words at the right; else only in the table.
    const free = (left, wide) => left >= -2 && left + wide <= strip.width && !taken.some(([from, to]) => left < to && from < left + wide);
    const widest = (texts) => Math.max(...texts.map((text) => pen.measureText(text).width)) + 8;
    const [first] = mark.text.split("\n");
    const spots = [[folded(pen, mark.text, x - 10), "end"], [folded(pen, first, x - 10), "end"], [[first], "start"]]
      .map(([texts, side]) => ({ texts, side, wide: widest(texts), left: side === "end" ? x - widest(texts) : x + 2 }));
    const spot = spots.find(({ left, wide }) => free(left, wide));
    if (!spot) continue;
    taken.push([spot.left, spot.left + spot.wide]);
    const name = node("span", colour ? `is-${colour}` : "", strip.names, { "data-t": mark.t, "data-span": `${spot.left} ${spot.left + spot.wide - 4}` });
    for (const text of spot.texts) node("span", "", name).textContent = text;
    Object.assign(name.style, { left: `${spot.left}px`, width: `${spot.wide}px`, textAlign: spot.side, top: `${strip.tall * 0.46}px`, lineHeight: `${line}px` });
  }
}

/** Fold a name into the room left of its line, in three even lines at most; where it cannot be, leave it as it came. */
function folded(pen, text, room) {
  const fold = (most) => {
    const lines = [];
    for (const part of text.split("\n")) {
      let line = "";
      for (const word of part.split(" ")) {
        const longer = line ? `${line} ${word}` : word;
        if (line && pen.measureText(longer).width > most) { lines.push(line); line = word; } else line = longer;
      }
      lines.push(line);
    }
    return lines;
  };
  let lines = fold(room);
  if (lines.length > 3 || lines.some((line) => pen.measureText(line).width > room)) return text.split("\n");
  for (let most = room - 4; most > 20; most -= 4) {
    const tighter = fold(most);
    if (tighter.length > lines.length) break;
    lines = tighter;
  }
  return lines;
}
