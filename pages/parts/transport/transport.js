// The transport: play, clock, scrubber, events, speed. It gives the clock its run and never talks to the server, but for
// the one action a page may put beside it.


function makeTransport(parent) {
  const room = make("div", "q room"), root = make("div", "q transport"), play = make("button", "btn primary play");
  const icon = make("canvas"), playWord = make("span"), time = make("output", "clock"), steps = make("div", "steps");
  const prev = make("button", "step"), next = make("button", "step"), track = make("div", "track"), rail = make("div", "rail");
  const gone = make("div", "gone"), thumb = make("div", "thumb"), marks = make("div"), seg = make("div", "seg");
  const beats = make("div", "beats"), beatDots = make("span", "dots"), beatWord = make("span");
  const cycle = make("button", "btn cycle"), doing = make("button", "btn doing");
  for (const b of [play, prev, next, cycle, doing]) b.type = "button";
  const prevIcon = make("canvas"), nextIcon = make("canvas");
  for (const c of [icon, prevIcon, nextIcon]) c.setAttribute("aria-hidden", "true");
  play.append(icon, playWord);
  prev.append(prevIcon);
  next.append(nextIcon);
  steps.append(prev, next);
  track.append(rail, gone, marks, thumb);
  track.setAttribute("role", "slider");
  track.tabIndex = 0;
  marks.setAttribute("aria-hidden", "true");
  time.setAttribute("aria-live", "off");
  seg.setAttribute("role", "group");
  root.setAttribute("role", "group");
  beats.append(beatDots, beatWord);
  beats.setAttribute("aria-hidden", "true"); // the slider speaks the events
  root.append(play, time, steps, track, beats, seg, cycle, doing);
  room.append(root);
  parent.append(room);

  let data = null, send = () => {}, width = 0, C = {}, drawn = [], shownIcon = "", started = false;
  const say = (key, values) => fill(data.words, key, values);
  const SLOW = [1, 4, 16]; // simulated seconds a second; a long run brings speeds of its own
  const speeds = () => data.speeds ?? SLOW;
  /** "16×"; a minute, an hour or a day a second says it better than their seconds. */
  const pace = (x) => (x >= 172800 ? say("times_d", { n: x / 86400 }) : x >= 3600 ? say("times_h", { n: x / 3600 }) : x >= 60 ? say("times_min", { n: x / 60 }) : say("times", { n: String(x).replace(".", data.number?.decimal ?? ".") }));
  const part = (t) => (clock.end ? Math.min(1, t / clock.end) : 0);

  function paintIcon(node, shape, colour) {
    const ratio = (window.devicePixelRatio || 1) * 2, pen = node.getContext("2d");
    node.width = node.height = 16 * ratio;
    pen.scale(ratio, ratio);
    pen.fillStyle = colour;
    const triangle = (a, b, x) => {
      pen.beginPath();
      pen.moveTo(a, 2.5);
      pen.lineTo(b, 8);
      pen.lineTo(a, 13.5);
      pen.fill();
      if (x !== undefined) pen.fillRect(x, 2.5, 2, 11);
    };
    if (shape === "play") triangle(4, 13);
    else if (shape === "next") triangle(3, 10.5, 11.5);
    else if (shape === "prev") triangle(13, 5.5, 2.5);
    else {
      pen.fillRect(3.6, 2.5, 3, 11);
      pen.fillRect(9.4, 2.5, 3, 11);
    }
  }

  /** Where the words under the marks go, so that none touch: as many as possible, each centred if it may be, else
   *  pushed to a side of its line, else left unsaid (the slider still speaks it). Null where a word is left out. */
  function spread(words) {
    const places = ({ x, w }) => [x - w / 2, x - w * 0.7, x - w * 0.3, x + 4 - w, x - 4, x - w - 4, x + 4]
      .map((left) => Math.max(-8, Math.min(left, width + 8 - w))).filter((left) => x >= left - 10 && x <= left + w + 10);
    let best = { score: -1, spots: [] };
    const tryFrom = (i, spots, score) => {
      if (score + (words.length - i) * 100 <= best.score) return;
      if (i === words.length) {
        best = { score, spots };
        return;
      }
      places(words[i]).forEach((left, k) => {
        const clash = spots.some((s, j) => s !== null && left <= s + words[j].w + 10 && left + words[i].w >= s - 10);
        if (!clash) tryFrom(i + 1, [...spots, left], score + 100 - k);
      });
      tryFrom(i + 1, [...spots, null], score);
    };
    tryFrom(0, [], 0);
    return best.spots;
  }

  function layMarks() {
    marks.replaceChildren();
    drawn = [];
    width = track.clientWidth;
    if (!data || !clock.end || !width) return;
    const said = [];
    for (const m of data.marks.filter((m) => m.t <= clock.end)) {
      const line = make("div", `mark ${m.tone}`), x = part(m.t) * width, entry = { t: m.t, line, word: null };
      line.style.left = `${x}px`;
      marks.append(line);
      drawn.push(entry);
      if (!m.label || !m.text) continue;
      const word = make("div", `word ${m.tone}`, m.text);
      marks.append(word);
      said.push({ entry, word, x, w: word.offsetWidth, tone: m.tone });
    }
    said.sort((a, b) => (b.tone === "lost") - (a.tone === "lost")); // what went wrong is said first
    const spots = spread(said.slice(0, 7));
    said.forEach(({ entry, word }, i) => {
      if (spots[i] === null || spots[i] === undefined) {
        word.remove();
        return;
      }
      word.style.left = `${spots[i]}px`;
      entry.word = word;
    });
  }

  function show(why) {
    if (!data) return;
    const x = part(clock.t), text = clockText(clock.t);
    put(time, text);
    gone.style.transform = `scaleX(${x})`;
    thumb.style.transform = `translateX(${x * width}px)`;
    for (const m of drawn) {
      const later = m.t > clock.t + 1e-6, hide = later && data.locked_future;
      m.line.style.visibility = hide ? "hidden" : "";
      if (m.word) {
        m.word.classList.toggle("later", later);
        m.word.style.visibility = hide ? "hidden" : "";
      }
    }
    const doingNow = clock.playing ? "pause" : "play";
    if (shownIcon !== doingNow + C.page) {
      shownIcon = doingNow + C.page;
      paintIcon(icon, doingNow, C["on-accent"]);
      put(playWord, say(doingNow));
      play.setAttribute("aria-label", say(doingNow));
    }
    if (why !== "tick" || Math.floor(clock.t) !== Number(track.getAttribute("aria-valuenow"))) {
      const near = data.marks.find((m) => m.text && Math.abs(m.t - clock.t) < 0.5 && !(data.locked_future && m.t > clock.t));
      track.setAttribute("aria-valuenow", Math.floor(clock.t));
      const spoken = { clock: text, end: clockText(clock.end), mark: near?.text };
      track.setAttribute("aria-valuetext", say(near ? "at_mark" : "at", spoken));
    }
    showBeats();
    for (const b of seg.children) b.setAttribute("aria-pressed", String(Number(b.dataset.x) === clock.speed));
    put(cycle, pace(clock.speed));
    showAction();
  }

  /** On stage: a dot per event, filled once it has been, so that the speaker knows how many keys are left. */
  function showBeats() {
    const times = [...new Set(data.marks.map((m) => m.t))], past = times.filter((t) => t <= clock.t + 1e-6).length;
    beats.hidden = root.dataset.size !== "stage" || !data.words.events_past || !times.length;
    if (beats.hidden) return;
    if (beatDots.childElementCount !== times.length) beatDots.replaceChildren(...times.map(() => make("i")));
    beatDots.hidden = times.length > 12;
    [...beatDots.children].forEach((dot, i) => { dot.className = i >= past ? "" : i === past - 1 ? "past here" : "past"; });
    put(beatWord, say("events_past", { n: past, m: times.length }));
  }

  function actionNow() {
    return (data.action ?? []).findLast((a) => a.from_t <= clock.t + 1e-6) ?? null;
  }
  function showAction() {
    const a = actionNow();
    doing.hidden = !(data.action?.length) || !a;
    if (!a) return;
    put(doing, fill({ a: a.label }, "a", { clock: clockText(clock.t) }));
    doing.classList.toggle("danger", a.tone === "lost");
  }

  /** As wide as the longest thing it will come to say: the scrubber must hold still under the hand. */
  function keepAction() {
    doing.style.minWidth = "";
    if (!data.action?.length) return;
    const was = doing.hidden;
    doing.hidden = false;
    let most = 0;
    for (const label of new Set(data.action.map((a) => a.label))) {
      put(doing, fill({ a: label }, "a", { clock: clockText(clock.end) }));
      most = Math.max(most, Math.ceil(doing.getBoundingClientRect().width));
    }
    doing.style.minWidth = `${most}px`;
    doing.hidden = was;
    showAction();
  }

  /** The bar lies over the end of the page on a phone: the page ends that much later. */
  function makeRoom(px) {
    const page = hostOf(parent).closest?.(".stMainBlockContainer");
    if (page) page.style.paddingBottom = px ? `${px}px` : "";
  }

  function arrange() {
    if (!data) return;
    root.dataset.theme = room.dataset.theme = themeOf(room) === "dark" ? "dark" : "light";
    const own = room.clientWidth;
    const size = innerWidth < 520 ? "phone" : data.size === "stage" ? "stage" : own < 620 ? "narrow" : "study";
    root.dataset.size = room.dataset.size = size;
    C = paletteOf(root);
    paintIcon(prevIcon, "prev", C.ink2);
    paintIcon(nextIcon, "next", C.ink2);
    shownIcon = "";
    showAction();
    keepAction();
    makeRoom(size === "phone" ? root.offsetHeight + 24 : 0);
    layMarks();
    show("run");
  }
  const watch = new ResizeObserver(() => { if (track.clientWidth !== width) arrange(); });
  watch.observe(room);
  watch.observe(track);
  const resized = () => arrange();
  addEventListener("resize", resized);

  // ---- hands --------------------------------------------------------------------------------------------------
  const seekTo = (event) => {
    const at = track.getBoundingClientRect();
    clock.seek(((event.clientX - at.left) / at.width) * clock.end);
  };
  let resume = false;
  track.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    track.focus({ preventScroll: true });
    track.setPointerCapture(event.pointerId);
    resume = clock.playing; // the world holds still in the hand, and goes on when let go
    clock.pause();
    seekTo(event);
  });
  track.addEventListener("pointermove", (event) => { if (track.hasPointerCapture(event.pointerId)) seekTo(event); });
  track.addEventListener("pointerup", () => {
    if (resume) clock.play();
    resume = false;
  });
  track.addEventListener("pointercancel", () => { resume = false; });
  track.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 30, PageDown: -30 }[event.key];
    const unit = Math.max(1, Math.round(clock.end / 3600)); // an hour and a week are crossed by as many keys
    if (by) clock.seek(clock.t + by * unit * (event.shiftKey ? 10 : 1));
    else if (event.key === "Home") clock.seek(0);
    else if (event.key === "End") clock.seek(clock.end);
    else if (event.key === " ") clock.toggle();
    else if (event.key === ".") clock.next();
    else if (event.key === ",") clock.prev();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  play.addEventListener("click", () => clock.toggle());
  prev.addEventListener("click", () => clock.prev());
  next.addEventListener("click", () => clock.next());
  cycle.addEventListener("click", () => clock.setSpeed(speeds()[(speeds().indexOf(clock.speed) + 1) % speeds().length]));
  doing.addEventListener("click", () => {
    const a = actionNow();
    if (!a) return;
    const asked = { zone: null, host: null, task: null, ...a.act, at_s: Math.floor(clock.t * 10 + 1e-6) / 10 };
    ahead.show(() => aheadOf(data.ahead, { act: JSON.stringify(asked) }), () => send("act", asked));
  });

  /** On stage the keys belong to the speaker, wherever the focus is: a button is pressed with Enter, things on the map
   *  are reached with Shift and the arrows. Only what is typed into, and an open dialog, keep their keys. */
  let taken = false;
  const stageKeys = (event) => {
    if (!data?.keys || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const inside = event.composedPath().filter((node) => node instanceof Element);
    if (inside.some((node) => node.matches("input, textarea, select, [contenteditable], [role=dialog], [role=listbox]"))) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const does = {
      ArrowRight: () => clock.next(), PageDown: () => clock.next(), ArrowLeft: () => clock.prev(), PageUp: () => clock.prev(),
      " ": () => event.repeat || clock.toggle(), f: () => event.repeat || doing.hidden || doing.click(),
    }[key];
    if (!does) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // the map, the scrubber and the charts have arrows of their own
    taken = event.key === " ";
    does();
  };
  /** A button is pressed when space comes up again: on stage that press was play. */
  const stageKeyUp = (event) => {
    if (taken && event.key === " ") event.preventDefault();
    taken = false;
  };
  document.addEventListener("keydown", stageKeys, { capture: true });
  document.addEventListener("keyup", stageKeyUp, { capture: true });

  const deaf = clock.subscribe((_, why) => show(why));
  return {
    update(fresh, trigger) {
      send = trigger;
      data = fresh;
      root.lang = fresh.lang ?? "";
      root.setAttribute("aria-label", say("label"));
      prev.setAttribute("aria-label", say("prev"));
      next.setAttribute("aria-label", say("next"));
      prev.title = `${say("prev")} (,)`;
      next.title = `${say("next")} (.)`;
      track.setAttribute("aria-label", say("scrubber"));
      track.setAttribute("aria-valuemin", 0);
      track.setAttribute("aria-valuemax", Math.floor(fresh.end));
      seg.setAttribute("aria-label", say("speed"));
      cycle.setAttribute("aria-label", say("speed"));
      if (!seg.children.length || seg.lang !== root.lang || seg.dataset.speeds !== String(speeds())) {
        seg.lang = root.lang;
        seg.dataset.speeds = String(speeds());
        seg.replaceChildren(...speeds().map((x) => {
          const b = make("button", "", pace(x));
          b.type = "button";
          b.dataset.x = x;
          b.setAttribute("aria-label", `${pace(x)}: ${say("times_label", { n: numberText(x, data.number) })}`);
          b.addEventListener("click", () => clock.setSpeed(x));
          return b;
        }));
      }
      if (!started && fresh.speed) clock.setSpeed(fresh.speed);
      else if (!started || !speeds().includes(clock.speed)) clock.setSpeed(speeds()[1]);
      started = true;
      const open = fresh.locked_future ? fresh.marks.filter((m) => m.op !== null && m.op !== undefined) : fresh.marks;
      clock.setRun({ id: fresh.id, end: fresh.end, stops: [0, ...open.map((m) => m.t), fresh.end], scope: fresh.scope, at: fresh.at });
      arrange();
    },
    destroy() {
      deaf();
      clock.pause();
      watch.disconnect();
      removeEventListener("resize", resized);
      document.removeEventListener("keydown", stageKeys, { capture: true });
      document.removeEventListener("keyup", stageKeyUp, { capture: true });
      makeRoom(0);
      room.remove();
    },
  };
}

export default keeper(makeTransport, "transport");
