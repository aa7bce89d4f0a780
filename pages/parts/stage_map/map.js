// The map component: it gets the run once and plays it on the page's clock. Only two things ever go back to Python:
// `act` (do this at the playhead) and `why` (why is this task here).

function makeMap(parent) {
  const root = make("div", "q map"), pic = make("div", "pic"), canvas = make("canvas", "sea"), help = make("p", "hidden");
  const P = makePanel(root), pen = canvas.getContext("2d"), calm = matchMedia("(prefers-reduced-motion: reduce)");
  help.id = "help";
  pic.append(canvas, help);
  root.append(P.head, pic, P.card, P.counts, P.say, P.tools, P.table, P.live, P.told);
  parent.append(root);

  let raw = null, data = null, run = null, L = null, send = () => {}, size = "study", font = "sans-serif", width = 0;
  let lastTick = 0, lastPanel = 0, drawPending = false;
  const ui = {
    C: {}, hatch: null, ratio: 1, dark: false, tween: false, speed: 4, calm: calm.matches, phase: 0, hover: null, focus: null,
    signs: {}, say: (key, values) => fill(data.words, key, values),
  };

  // ---- drawing ------------------------------------------------------------------------------------------------
  let zonesAt = 0, lastChange = -2; // when the zones were last drawn (ms), and after which change
  function paint(whole = true) {
    drawPending = false;
    if (!L) return;
    draw(pen, L, ui, run, look(run, clock.t), whole);
    if (!whole) return;
    zonesAt = performance.now();
    lastChange = lastAt(run.changeAt, clock.t);
  }
  /** While playing: draw the zones when one of them changed or still tweens, else ten times a second for their bars. */
  function zonesMove(at) {
    const i = lastAt(run.changeAt, clock.t);
    return i !== lastChange || at - zonesAt > 100 || (i >= 0 && clock.t - run.changeAt[i] < 0.36 * clock.speed);
  }
  function soon() {
    if (drawPending) return;
    drawPending = true;
    requestAnimationFrame(() => paint());
  }
  function panel(force) {
    const at = performance.now();
    if (!force && at - lastPanel < 160) return;
    lastPanel = at;
    showPanel(P, ui, run, run.now);
    pop.refresh();
    if (size === "small") canvas.setAttribute("aria-label", pictureLabel(ui, run, run.now));
    else if (force) canvas.setAttribute("aria-label", pictureLabel(ui, run, run.now));
    speak(P, ui, run, run.now, force && !clock.playing);
  }
  function onClock(t, why) {
    if (!L) return;
    const at = performance.now();
    ui.tween = why === "tick" && !ui.calm; // scrubbing never tweens
    ui.speed = clock.speed;
    if (why === "tick") ui.phase = (ui.phase + Math.min(0.1, (at - lastTick) / 1000) * 38 * L.c.scale) % 1e6;
    lastTick = at;
    paint(!ui.tween || zonesMove(at));
    // While a scrubber is dragged seeks come one a frame: the table waits until it rests.
    panel(why !== "tick" && why !== "seek");
    if (why === "seek") settle();
  }
  let rest = 0;
  function settle() {
    clearTimeout(rest);
    rest = setTimeout(() => { if (L) panel(true); }, 120);
  }

  // ---- size and theme -----------------------------------------------------------------------------------------
  function dress() {
    ui.dark = themeOf(root) === "dark";
    root.dataset.theme = ui.dark ? "dark" : "light";
    ui.C = paletteOf(root);
    font = getComputedStyle(root).fontFamily || "sans-serif";
    ui.ratio = (window.devicePixelRatio || 1) * (root.currentCSSZoom ?? 1); // the hall may zoom the page
    ui.hatch = hatches(ui.C, ui.ratio, size === "stage" ? 1.5 : 1);
  }
  function arrange() {
    width = root.clientWidth;
    if (!run || width < 40) return;
    dress();
    const shape = size === "stage" && width < 500 ? "study" : size; // a stage in the hand is a phone
    const hasCard = shape === "study" && width >= 700 && data.card !== false, beside = hasCard && !isDense(run);
    root.dataset.size = shape === "study" && !hasCard ? (width < 500 ? "phone" : "narrow") : shape;
    root.dataset.card = hasCard ? (beside ? "beside" : "below") : "none";
    const mapW = beside ? width - 192 - 20 : width;
    L = layOut(run, shape, mapW, beside, pen, font);
    root.style.height = "";
    if (shape === "stage") fitHeight(mapW);
    const full = mapW + L.bus;
    canvas.width = Math.round(full * ui.ratio);
    canvas.height = Math.round(L.height * ui.ratio);
    canvas.style.width = `${full}px`;
    canvas.style.height = pic.style.height = `${L.height}px`;
    setPanel(P, ui, run, L, why);
    if (size === "small") level(P);
    ui.tween = false;
    paint();
    panel(true);
  }
  /** On stage the page says how tall map and counts may be together (--q-stage-tall): nothing scrolls in front of a hall. */
  function fitHeight(mapW) {
    root.style.height = "var(--q-stage-tall, auto)";
    if (!getComputedStyle(root).getPropertyValue("--q-stage-tall").trim()) return;
    setPanel(P, ui, run, L, why);
    const below = P.counts.offsetHeight + parseFloat(getComputedStyle(P.counts).marginTop);
    L = layOut(run, size, mapW, false, pen, font, Math.max(240, root.clientHeight - below));
  }
  const watch = new ResizeObserver(() => { if (Math.abs(root.clientWidth - width) >= 1) arrange(); });
  watch.observe(root);
  const zoomed = () => { if (size === "stage" || (window.devicePixelRatio || 1) * (root.currentCSSZoom ?? 1) !== ui.ratio) arrange(); };
  addEventListener("resize", zoomed);
  const calmed = () => { ui.calm = calm.matches; soon(); };
  calm.addEventListener("change", calmed);

  // ---- acting -------------------------------------------------------------------------------------------------
  const moment = () => ({ ui, run, now: run.now });
  const isPhone = () => root.dataset.size === "phone" || innerWidth < 520;
  const playhead = () => Math.floor(clock.t * 10 + 1e-6) / 10;
  function names(item) {
    const out = { zone: null, host: null, task: null };
    if (item.kind === "zone") out.zone = run.p.zones[item.id];
    if (item.kind === "host") out.host = run.p.hosts.id[item.id];
    if (item.kind === "task") out.task = item.id;
    return out;
  }
  function offers(item, state) {
    const here = names(item), clockWord = clockText(playhead());
    return (data.actions?.[item.kind] ?? []).filter((a) => !a.when || a.when.includes(state)).map((a) => ({
      do: a.do, tone: a.tone,
      label: fill({ label: a.label }, "label", { zone: here.zone ?? "", host: here.host ?? "", task: here.task ?? "", clock: clockWord }),
    }));
  }
  function act(item, what) {
    const asked = { do: what, ...names(item), at_s: playhead() };
    ahead.show(() => aheadOf(raw.ahead, { act: JSON.stringify(asked) }), () => send("act", asked));
  }
  function why(task) { send("why", { task, at_s: playhead() }); }
  /** Tasks whose placement can be asked about from this item. A finger cannot hit a tile, so its zone's sheet offers them. */
  function whys(item) {
    const now = run.now;
    if (item.kind === "task") return run.task.home[now.taskMove[item.id - 1]] >= 0 ? [item.id] : [];
    if (item.kind !== "zone" || !isPhone()) return [];
    return tasksOn(run, now, (i) => run.task.zone[i] === item.id)
      .sort((a, b) => run.task.t[now.taskMove[b]] - run.task.t[now.taskMove[a]]).slice(0, 3).map((n) => n + 1);
  }
  const pop = makePopover(root, {
    canvas, moment, offers, act, why, whys, isPhone,
    anchor(item) {
      const box = boxOf(L, run, run.now, item);
      if (!box) return null;
      const at = canvas.getBoundingClientRect();
      return { left: at.left + box.x, right: at.left + box.x + box.w, top: at.top + box.y };
    },
    closed() {
      ui.hover = null;
      soon();
    },
  });
  function open(item) {
    ui.focus = item;
    paint();
    pop.open(item);
  }

  // ---- pointer and keys ---------------------------------------------------------------------------------------
  const under = (event) => {
    const at = canvas.getBoundingClientRect(), finger = event.pointerType === "touch" || isPhone();
    return L && itemAt(L, run, run.now, event.clientX - at.left, event.clientY - at.top, finger);
  };
  canvas.addEventListener("pointermove", (event) => {
    if (size === "small" || event.pointerType === "touch") return;
    const item = under(event);
    canvas.style.cursor = item ? "pointer" : "";
    if (item ? sameItem(item, ui.hover) : !ui.hover) return;
    ui.hover = item;
    soon();
  });
  canvas.addEventListener("pointerleave", () => { ui.hover = null; soon(); });
  canvas.addEventListener("click", (event) => {
    if (size === "small") return;
    const item = under(event);
    if (!item || (pop.item && sameItem(item, pop.item))) return pop.close(true);
    if (pop.item) pop.close(false);
    open(item);
  });
  canvas.addEventListener("keydown", (event) => {
    if (size === "small" || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key.startsWith("Arrow")) {
      const next = neighbour(L, run, run.now, ui.focus, key, isPhone());
      if (next) {
        ui.focus = next;
        put(P.told, spoken(ui, run, run.now, next));
        paint();
      }
    } else if (key === "Enter" && ui.focus) open(ui.focus);
    else if (key === " ") clock.toggle();
    else if (key === ".") clock.next();
    else if (key === ",") clock.prev();
    else if (key === "Escape" && ui.focus) {
      ui.focus = null;
      paint();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  canvas.addEventListener("focus", () => {
    if (!ui.focus && canvas.matches(":focus-visible") && size !== "small") ui.focus = { kind: "zone", id: 0 };
    soon();
  });
  canvas.addEventListener("blur", () => {
    if (!pop.item) ui.focus = null;
    soon();
  });
  P.toggle.addEventListener("click", () => {
    const shown = P.toggle.getAttribute("aria-expanded") === "true";
    P.toggle.setAttribute("aria-expanded", String(!shown));
    P.table.classList.toggle("hidden", shown);
    P.table.tabIndex = shown ? -1 : 0;
    put(P.toggle, ui.say(shown ? "show_table" : "hide_table"));
    panel(true);
  });

  const deaf = clock.subscribe(onClock);
  let laid = "";
  return {
    update(next, trigger) {
      send = trigger;
      // Streamlit calls again for every change anywhere on the page: what looks the same is not laid out again.
      const look = [getComputedStyle(root).getPropertyValue("--st-background-color"), root.clientWidth, devicePixelRatio].join();
      if (next === raw && look === laid) return;
      laid = look;
      if (next !== raw) {
        raw = next;
        const same = data && data.payload.id === next.payload.id && data.payload.lang === next.payload.lang && size === next.size
          && JSON.stringify(data.payload.words) === JSON.stringify(next.payload.words);
        data = { ...next, words: next.payload.words, actions: next.payload.actions };
        size = next.size;
        ui.signs = next.payload.number ?? {};
        if (root.lang !== next.payload.lang) { // what was said in another language is not left to be read
          put(P.live, "");
          put(P.told, "");
          P.turnedAt = performance.now();
        }
        root.lang = next.payload.lang;
        root.dataset.caption = next.caption ? "yes" : "no";
        run = indexRun(next.payload);
        if (!same && pop.item) pop.close(false);
        canvas.setAttribute("role", size === "small" ? "img" : "application");
        if (size === "small") canvas.removeAttribute("tabindex");
        else {
          canvas.tabIndex = 0;
          canvas.setAttribute("aria-describedby", "help");
          canvas.setAttribute("aria-roledescription", ui.say("role"));
        }
        put(help, size === "small" ? "" : ui.say("keys"));
      }
      arrange();
      // The face may still be on its way; canvas text does not repaint itself when it arrives.
      const face = `620 15px ${font}`;
      if (!document.fonts.check(face)) document.fonts.load(face).then(() => run && arrange(), () => {});
    },
    destroy() {
      deaf();
      watch.disconnect();
      removeEventListener("resize", zoomed);
      calm.removeEventListener("change", calmed);
      clearTimeout(rest);
      pop.destroy();
      unlevel(P);
      root.remove();
    },
  };
}

export default keeper(makeMap, "map");
