// The call map: an application as services, modules and calls, played on the page's clock. It gets the run once; only `act`
// (do this at the playhead) ever goes back to Python. Panel, popover, glyphs and clock are the cluster map's own.

function makeCallMap(parent) {
  const root = make("div", "q map calls"), pic = make("div", "pic"), help = make("p", "hidden");
  const ground = make("canvas", "sea under"), flow = make("canvas", "sea under"), canvas = make("canvas", "sea");
  const P = makePanel(root), pens = [ground, flow, canvas].map((one) => one.getContext("2d")), calm = matchMedia("(prefers-reduced-motion: reduce)");
  help.id = "help";
  for (const one of [ground, flow]) one.setAttribute("aria-hidden", "true");
  pic.append(ground, flow, canvas, help);
  root.append(P.head, pic, P.card, P.counts, P.say, P.tools, P.table, P.live, P.told);
  parent.append(root);

  let raw = null, data = null, run = null, L = null, send = () => {}, size = "study", font = "sans-serif", width = 0, asked = false;
  let lastTick = 0, lastPanel = 0, standing = "", drawnAt = 0;
  const ui = {
    C: {}, hatch: null, ratio: 1, dark: false, tween: false, speed: 4, calm: calm.matches, phase: 0, hover: null, focus: null,
    signs: {}, say: (key, values) => fill(data.words, key, values),
  };

  // ---- drawing ------------------------------------------------------------------------------------------------
  /** The ribbons move every frame; what stands is drawn again only when it changed, or ten times a second for starts. */
  function paint(whole = true) {
    asked = false;
    if (!L) return;
    const now = lookCalls(run, clock.t), at = performance.now(), change = lastAt(run.changeAt, clock.t);
    drawCalls(pens[1], L, ui, run, now);
    const stands = `${change} ${JSON.stringify(ui.hover)} ${JSON.stringify(ui.focus)}`;
    if (!whole && stands === standing && at - drawnAt < 100) return;
    if (whole || stands !== standing) drawGround(pens[0], L, ui, run, now);
    drawBoxes(pens[2], L, ui, run, now);
    standing = stands;
    drawnAt = at;
  }
  function soon() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => paint());
  }
  function panel(force) {
    const at = performance.now();
    if (!force && at - lastPanel < 160) return;
    lastPanel = at;
    showPanel(P, ui, run, run.now);
    pop.refresh();
    if (size === "small" || force) canvas.setAttribute("aria-label", pictureLabel(ui, run, run.now));
    speak(P, ui, run, run.now, force && !clock.playing);
  }
  let rest = 0;
  function onClock(t, why) {
    if (!L) return;
    const at = performance.now();
    ui.tween = why === "tick" && !ui.calm;
    ui.speed = clock.speed;
    if (why === "tick") ui.phase = (ui.phase + Math.min(0.1, (at - lastTick) / 1000) * 40 * (L.c.gap / 11)) % 1e6;
    lastTick = at;
    paint(!ui.tween);
    panel(why !== "tick" && why !== "seek");
    if (why !== "seek") return;
    clearTimeout(rest);
    rest = setTimeout(() => { if (L) panel(true); }, 120);
  }

  // ---- size and theme -----------------------------------------------------------------------------------------
  function dress() {
    ui.dark = themeOf(root) === "dark";
    root.dataset.theme = ui.dark ? "dark" : "light";
    ui.C = paletteOf(root);
    font = getComputedStyle(root).fontFamily || "sans-serif";
    ui.ratio = window.devicePixelRatio || 1;
    ui.hatch = hatches(ui.C, ui.ratio, size === "stage" ? 1.5 : 1);
  }
  function arrange() {
    width = root.clientWidth;
    if (!run || width < 40) return;
    dress();
    const shape = size === "stage" && width < 500 ? "study" : size;
    root.dataset.size = shape === "study" ? (width < 500 ? "phone" : "narrow") : shape;
    root.dataset.card = "none";
    root.style.height = "";
    L = layOutCalls(run, shape, width, font, shape === "stage" ? stageHeight() : Infinity);
    for (const one of [ground, flow, canvas]) {
      one.width = Math.round(width * ui.ratio);
      one.height = Math.round(L.height * ui.ratio);
      one.style.width = `${width}px`;
      one.style.height = `${L.height}px`;
    }
    pic.style.height = `${L.height}px`;
    setPanel(P, ui, run, L, () => {});
    if (size === "small") level(P);
    ui.tween = false;
    paint();
    panel(true);
  }
  /** On stage the page says how tall picture and counts may be together. */
  function stageHeight() {
    root.style.height = "var(--q-stage-tall, auto)";
    if (!getComputedStyle(root).getPropertyValue("--q-stage-tall").trim()) return Infinity;
    setPanel(P, ui, run, { c: lookOf("stage") }, () => {});
    return Math.max(240, root.clientHeight - P.counts.offsetHeight - parseFloat(getComputedStyle(P.counts).marginTop));
  }
  const watch = new ResizeObserver(() => { if (Math.abs(root.clientWidth - width) >= 1) arrange(); });
  watch.observe(root);
  const zoomed = () => { if (size === "stage" || window.devicePixelRatio !== ui.ratio) arrange(); };
  addEventListener("resize", zoomed);
  const calmed = () => { ui.calm = calm.matches; soon(); };
  calm.addEventListener("change", calmed);

  // ---- acting -------------------------------------------------------------------------------------------------
  const isPhone = () => root.dataset.size === "phone" || innerWidth < 520;
  const playhead = () => Math.floor(clock.t * 10 + 1e-6) / 10;
  const offers = (item, state) => (data.actions?.[item.kind] ?? []).filter((a) => !a.when || a.when.includes(state)).map((a) => ({
    do: JSON.stringify(a.act), tone: a.tone, label: fill({ label: a.label }, "label", { module: nameOf(ui, run, item), clock: clockText(playhead()) }),
  }));
  function act(item, what) {
    const wish = { ...JSON.parse(what), ...(item.kind === "module" ? { module: run.g.modules[item.id].name } : {}), at_s: playhead() };
    ahead.show(() => aheadOf(raw.ahead, { act: JSON.stringify(wish) }), () => send("act", wish));
  }
  const pop = makePopover(root, {
    canvas, moment: () => ({ ui, run, now: run.now }), offers, act, why: () => {}, whys: () => [], isPhone,
    anchor(item) {
      const box = itemBox(L, run, item), at = canvas.getBoundingClientRect();
      return box && { left: at.left + box.x, right: at.left + box.x + box.w, top: at.top + box.y };
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
    const at = canvas.getBoundingClientRect(), slack = event.pointerType === "touch" || isPhone() ? 8 : 0;
    return L && itemAt(L, run, event.clientX - at.left, event.clientY - at.top, slack);
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
      const next = neighbour(L, run, ui.focus, key);
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
    if (!ui.focus && canvas.matches(":focus-visible") && size !== "small") ui.focus = { kind: "module", id: run?.edges[0]?.to ?? 0 };
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
      const looks = [getComputedStyle(root).getPropertyValue("--st-background-color"), root.clientWidth, devicePixelRatio].join();
      if (next === raw && looks === laid) return;
      laid = looks;
      if (next !== raw) {
        raw = next;
        const same = data && data.payload.id === next.payload.id && data.payload.lang === next.payload.lang && size === next.size;
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
        run = indexCalls(next.payload);
        if (!same && pop.item) pop.close(false);
        canvas.setAttribute("role", size === "small" ? "img" : "application");
        if (size === "small") canvas.removeAttribute("tabindex");
        else canvas.tabIndex = 0;
        canvas.setAttribute("aria-roledescription", ui.say("role"));
        canvas.setAttribute("aria-describedby", "help");
        put(help, ui.say("keys"));
      }
      arrange();
      const face = `15px ${font}`;
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

export default keeper(makeCallMap, "map");
