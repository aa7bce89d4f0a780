// The scene: boxes and what they hold, what was just said, and the bar that plays.

function drawScene(state) {
  if (!state.isTold()) return;
  const beats = state.beats(), isOver = state.beat >= beats.length;
  state.data.columns.forEach((column, k) => {
    const act = state.acts()[k], box = state.main.querySelector(`[data-column="${column.name}"]`);
    if (!box) return;
    box.dataset.empty = String(!act.steps.length);
    const done = state.reached(act, beats), step = act.steps[done - 1];
    stage(state, box.querySelector(".scene"), act, done - 1);
    const told = box.querySelector(".now-told"), now = beats[state.beat];
    if (isOver || !act.steps.length) {
      told.className = "now-told verdict";
      told.dataset.tone = act.verdict;
      told.replaceChildren(glyph(act.verdict), make("b", "", act.says), make("span", "", act.reason));
    } else {
      told.className = `now-told caption${step && step.at === now.at ? " fresh" : ""}`;
      told.dataset.tone = step?.tone ?? "plain";
      told.replaceChildren(...(step ? [make("time", "", step.time), make("b", "", step.cause), make("span", "", step.rest)] : []));
    }
  });
  tell(state, beats, isOver);
  follow(state, beats);
}

/** Say aloud what just happened, column by column; while it plays only the end, so that nobody is talked over. */
function tell(state, beats, isOver) {
  if (state.playing || (!state.beat && !isOver)) return;
  const now = beats[state.beat];
  const told = state.acts().flatMap((act, k) => {
    const title = state.data.columns[k].title;
    if (isOver) return [`${title}: ${act.says} ${act.reason}`];
    const step = act.steps[state.reached(act, beats) - 1];
    return step && step.at === now.at ? [`${title}: ${step.cause} ${step.rest}`] : [];
  });
  put(state.said, told.join(" "));
}

function stage(state, scene, act, step) {
  const shape = JSON.stringify(act.boxes.map((box) => [box.title, box.things.map((thing) => thing.label)]));
  if (scene.dataset.shape !== shape) {
    scene.dataset.shape = shape;
    scene.dataset.many = String(act.boxes.filter((box) => box.kind !== "shelf").length > 2);
    scene.replaceChildren(...act.boxes.map((box) => {
      const frame = make("div", `box ${box.kind}`), list = make("ul");
      frame.append(make("h4", "", box.title), list);
      for (const thing of box.things) {
        const item = make("li", "thing");
        item.append(make("span", "mark"), make("span", "label", thing.label), make("em"));
        list.append(item);
      }
      if (box.more) frame.append(make("p", "more", box.more));
      return frame;
    }));
  }
  act.boxes.forEach((box, b) => box.things.forEach((thing, t) => {
    const item = scene.children[b].querySelectorAll(".thing")[t];
    const now = thing.states.filter(([from]) => from <= step).at(-1)?.[1] ?? "idle";
    if (item.dataset.state === now) return;
    item.dataset.state = now;
    item.querySelector(".mark").replaceChildren(glyph(now));
    put(item.querySelector("em"), state.data.states[now] ?? "");
  }));
}

// --- the bar that plays -------------------------------------------------------------------------------------------

function player(state) {
  const { data } = state, line = make("div", "play");
  line.hidden = !state.isTold();
  line.setAttribute("role", "group");
  line.setAttribute("aria-label", data.words.playback);
  const button = (part, name, act, look = "btn") => {
    const one = make("button", look, name);
    one.type = "button";
    one.dataset.part = part;
    one.addEventListener("click", act);
    return one;
  };
  const scrub = make("input");
  Object.assign(scrub, { type: "range", min: 0, step: 1, value: 0 });
  scrub.dataset.part = "scrub";
  scrub.setAttribute("aria-label", data.words.moment);
  scrub.addEventListener("input", () => state.go(Number(scrub.value)));
  line.append(
    button("play", data.words.play, () => { if (state.playing) { state.stop(); drawScene(state); } else state.play(); }, "btn primary"),
    button("back", data.words.back, () => state.go(state.beat - 1)),
    button("next", data.words.next, () => state.go(state.beat + 1)),
    scrub, make("output", "when"),
  );
  return line;
}

function follow(state, beats) {
  const line = state.main.querySelector(".play"), scrub = line.querySelector("input");
  put(line.querySelector(".primary"), state.playing ? state.data.words.pause : state.beat >= beats.length ? state.data.words.again : state.data.words.play);
  scrub.max = beats.length;
  scrub.value = state.beat;
  scrub.style.setProperty("--share", `${(100 * state.beat) / Math.max(1, beats.length)}%`);
  const when = beats[state.beat]?.time ?? state.data.words.end;
  put(line.querySelector(".when"), when);
  scrub.setAttribute("aria-valuetext", when);
  line.querySelector("[data-part=back]").disabled = state.beat <= 0;
  line.querySelector("[data-part=next]").disabled = state.beat >= beats.length;
}
