// Enact: the talk's table, row by row. A row is guessed, then acted out on one clock of its own: three columns side by
// side, beat by beat. A beat is a moment at which something happens in any of them; the pace is the reader's, not time's.

const BEAT_MS = 1900; // long enough to read a sentence

function makeEnact(parent) {
  const root = make("section", "q enact"), side = make("div", "side"), list = make("div", "rows"), main = make("div", "main");
  const pick = make("select", "pick"), score = make("div", "score");
  score.setAttribute("role", "status");
  const said = make("p", "hidden");
  said.setAttribute("aria-live", "polite");
  side.append(list, pick, score);
  root.append(side, main, said);
  parent.append(root);
  const state = { root, list, pick, score, main, said, data: null, send: () => {}, row: "", era: "", sent: null, beat: 0, playing: false, timer: 0, mine: {} };
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const cellOf = (column) => state.data.cells[state.row][column.name];
  const nameOf = (column) => `${state.row}.${column.name}`;
  const guesses = () => ({ ...state.mine, ...state.data.guesses });
  state.guessed = (column, row = state.row) => guesses()[`${row}.${column.name}`];
  state.asked = (row = state.row) => state.data.columns.filter((column) => state.data.cells[row][column.name].answer);
  state.isTold = (row = state.row) => state.data.open || state.skipped === row || state.asked(row).every((column) => state.guessed(column, row));
  state.acts = () => state.data.columns.map((column) => state.data.acts[state.row][state.era][column.name]);

  /** The moments of all three stories, in order: [seconds, which of several at that second]. One more for the verdicts. */
  state.beats = () => {
    const seen = new Map();
    for (const act of state.acts()) {
      const at = new Map();
      for (const step of act.steps) {
        const n = at.get(step.at) ?? 0;
        at.set(step.at, n + 1);
        seen.set(`${step.at}|${n}`, { at: step.at, n, time: step.time });
      }
    }
    return [...seen.values()].sort((a, b) => a.at - b.at || a.n - b.n);
  };
  /** How many of a story's steps have happened by a beat. */
  state.reached = (act, beats) => {
    if (state.beat >= beats.length) return act.steps.length;
    const now = beats[state.beat];
    const at = new Map();
    let done = 0;
    for (const step of act.steps) {
      const n = at.get(step.at) ?? 0;
      at.set(step.at, n + 1);
      if (step.at < now.at || (step.at === now.at && n <= now.n)) done += 1;
    }
    return done;
  };

  state.go = (beat, { keep = false } = {}) => {
    const last = state.beats().length;
    state.beat = Math.min(Math.max(beat, 0), last);
    if (!keep || state.beat >= last) state.stop();
    drawScene(state);
  };
  state.play = () => {
    if (state.beat >= state.beats().length) state.beat = 0;
    state.playing = true;
    clearInterval(state.timer);
    state.timer = setInterval(() => state.go(state.beat + 1, { keep: true }), BEAT_MS);
    drawScene(state);
  };
  state.stop = () => {
    clearInterval(state.timer);
    state.playing = false;
  };
  state.show = (row, era, focus) => {
    if (row === state.row && era === state.era) return;
    state.stop();
    Object.assign(state, { row, era, beat: 0, sent: `${row}|${era}` });
    draw(state);
    if (state.isTold() && !calm.matches) state.play();
    if (focus) root.querySelector(focus)?.focus();
    state.send("show", { row, era });
  };
  state.guess = (column, value) => {
    state.mine[nameOf(column)] = value;
    draw(state);
    const next = state.asked().find((one) => !state.guessed(one));
    (next ? root.querySelector(`[data-column="${next.name}"] .guess button`) : root.querySelector(".play .primary"))?.focus();
    if (!next && !calm.matches) state.play();
    state.send("guess", { cell: nameOf(column), value });
  };
  state.skip = () => {
    state.skipped = state.row;
    draw(state);
    root.querySelector(".play .primary")?.focus();
    if (!calm.matches) state.play();
  };
  state.cellOf = cellOf;
  pick.addEventListener("change", () => state.show(pick.value, state.era));
  root.addEventListener("keydown", (event) => keys(state, event));

  return {
    update(fresh, trigger) {
      state.send = trigger;
      const first = !state.data, isAnew = first || state.data.turn !== fresh.turn; // on stage: the beat is entered again
      const isNew = isAnew || state.data.open !== fresh.open || `${state.row}|${state.era}` !== `${fresh.row}|${fresh.era}`;
      const before = state.data && !first ? state.beats().length : 0;
      const atEnd = !isAnew && state.beat >= before;
      if (isAnew) {
        state.stop();
        Object.assign(state, { mine: {}, skipped: "", sent: null, beat: 0 });
      }
      if (JSON.stringify(fresh.guesses) === "{}" && state.data && Object.keys(state.data.guesses).length) { state.mine = {}; state.skipped = ""; }
      state.data = fresh;
      // What the reader chose since may not have reached the page yet.
      const came = `${fresh.row}|${fresh.era}`;
      if (!state.sent || state.sent === came || first) {
        if (state.row !== fresh.row || state.era !== fresh.era) { state.stop(); state.beat = 0; }
        Object.assign(state, { row: fresh.row, era: fresh.era, sent: null });
      }
      if (atEnd) state.beat = state.beats().length;
      state.beat = Math.min(state.beat, state.beats().length);
      draw(state);
      // On stage nobody presses Play: the row is acted out as it comes; for who wants no motion it has been.
      if (fresh.size === "stage" && isNew && state.isTold()) (calm.matches ? state.go(state.beats().length) : state.play());
    },
    destroy() {
      state.stop();
      root.remove();
    },
  };
}

/** Arrows walk within a group of radios, as everywhere. */
function keys(state, event) {
  const group = event.target.closest?.("[role=radiogroup]");
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!group || !step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const radios = [...group.querySelectorAll("[role=radio]")], at = radios.indexOf(event.target);
  const to = radios[(at + step + radios.length) % radios.length];
  const focus = `[role=radio][data-value="${to.dataset.value}"]`;
  if (group.dataset.what === "row") state.show(to.dataset.value, state.era, focus);
  else state.show(state.row, to.dataset.value, focus);
}

export default keeper(makeEnact, "enact");
