// The order pipeline: boxes in columns from the door to the end, what waits in them as bars, what goes between them as lines,
// and below them the account: what came in equals what became of it, at every second. The clock says which moment is shown.

const ENDS = ["done", "again", "suppressed", "superseded", "queued", "working", "dead", "refused", "lost"];

function makeFlow(parent) {
  const root = make("section", "q flow"), picture = make("div", "picture"), grid = make("div", "grid"), svg = document.createElementNS(SVG, "svg");
  const caption = make("p", "caption"), first = make("b"), then = make("span"), account = make("div", "account"), bar = make("div", "bar"), sum = make("p", "sum");
  svg.setAttribute("aria-hidden", "true");
  bar.setAttribute("aria-hidden", "true");
  caption.setAttribute("aria-live", "polite");
  picture.setAttribute("role", "group");
  picture.append(svg, grid);
  caption.append(first, then);
  account.append(sum, bar);
  root.append(picture, caption, account);
  parent.append(root);

  let data = null, facts = null, send = () => {}, cards = {}, drawn = { lines: [], ways: [] }, parts = {}, terms = {}, phase = 0, last = 0, spoken = 0, asked = 0;
  const say = (word, values) => fill(data.words, word, values);
  const acts = makeActs(root, (word, values) => say(word, { ...values, n: "n" in (values ?? {}) ? numberText(values.n, data.number) : "" }));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // ---- building -------------------------------------------------------------------------------------------------
  function build() {
    const byName = Object.fromEntries(data.boxes.map((box) => [box.name, box]));
    cards = {};
    grid.replaceChildren(...columnsOf(data.boxes).map((names) => {
      const column = make("div", "column");
      column.append(...names.map((name) => card(byName[name])));
      return column;
    }));
    terms = {};
    const equals = make("span", "equals", "=");
    const term = (name) => {
      const one = make("span", `term ${name}`), mark = make("i"), n = make("b"), word = make("span", "", say(`account.${name}`));
      mark.setAttribute("aria-hidden", "true");
      one.append(mark, n, word);
      terms[name] = { one, n };
      return one;
    };
    sum.replaceChildren(term("accepted"), term("copied"), equals, ...ENDS.map(term));
    parts = Object.fromEntries(ENDS.map((name) => [name, make("i", name)]));
    bar.replaceChildren(...Object.values(parts));
  }
  function card(box) {
    const button = make("button", "box"), kind = make("span", "kind", say(`kind.${box.kind}`)), name = make("b", "name", box.name);
    const level = make("span", "level"), bars = ["load", "working", "queued", "dead"].map((one) => make("i", one));
    const main = make("span", "main"), more = make("span", "more"), away = make("span", "out"), tray = make("span", "tray");
    button.type = "button";
    button.disabled = !data.acts;
    button.dataset.kind = box.kind;
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", "false");
    level.setAttribute("aria-hidden", "true");
    level.append(...bars);
    button.append(kind, name, level, main, more, tray, away);
    button.addEventListener("click", () => {
      const f = facts.at(box.name, clock.t), states = facts.states(box.name, clock.t);
      acts.open(button, `${say(`kind.${box.kind}`)} · ${box.name}`, boxOffers(box, f, states, data.zones), (wish) => send("act", wish));
    });
    cards[box.name] = { box, button, bars, main, more, away, tray };
    return button;
  }

  // ---- placing --------------------------------------------------------------------------------------------------
  function arrange() {
    if (!data) return;
    root.dataset.theme = themeOf(root) === "dark" ? "dark" : "light";
    root.dataset.size = data.size === "study" && root.clientWidth < 700 ? "phone" : data.size;
    const here = picture.getBoundingClientRect();
    if (!here.width) return;
    svg.setAttribute("viewBox", `0 0 ${here.width} ${here.height}`);
    const places = {};
    for (const [name, { button }] of Object.entries(cards)) {
      const it = button.getBoundingClientRect();
      places[name] = { x: it.left - here.left, y: it.top - here.top, w: it.width, h: it.height };
    }
    drawn = drawLines(svg, root.dataset.size === "phone" ? data.boxes.map((box) => ({ ...box, to: [] })) : data.boxes, places, paletteOf(root));
    show("run");
  }
  const watch = new ResizeObserver(() => { cancelAnimationFrame(asked); asked = requestAnimationFrame(arrange); });
  watch.observe(picture);

  // ---- showing --------------------------------------------------------------------------------------------------
  function showBoxes(t) {
    for (const [name, { box, button, bars, main, more, away, tray }] of Object.entries(cards)) {
      const f = facts.at(name, t), states = facts.states(name, t), said = linesOf(box, f, states, say, data.number), most = facts.most[name];
      put(main, said.main);
      put(more, said.more);
      put(away, f.out_of > 0.05 ? say("box.refused", { n: amountText(f.out_of, data.number) }) : "");
      const aside = trayOf(box, f), load = f.limit > 0 ? Math.min(1, f.asked / f.limit) : 0;
      put(tray, aside ? say(`box.${aside}`, { n: numberText(f.dead, data.number) }) : "");
      tray.dataset.full = String(f.dead > 0);
      // Where there is a limit the bar says how near it is; a box without one shows what it holds.
      bars.forEach((one) => { one.style.width = `${100 * (one.className === "load" ? load : f.limit > 0 ? 0 : f[one.className] / most)}%`; });
      button.dataset.full = String(load > 0.97);
      button.dataset.state = ["broken", "away", "paused", "asleep", "waking"].find((one) => states.includes(one)) ?? "";
      button.dataset.refusing = String(f.out_of > 0.05);
      button.dataset.wrong = String(f.wrong > 0.05);
      button.setAttribute("aria-label", say("box.label", {
        kind: say(`kind.${box.kind}`), name, main: said.main, more: said.more, waiting: numberText(f.queued, data.number), dead: numberText(f.dead, data.number),
        refused: amountText(f.out_of, data.number),
      }));
    }
  }
  function showAccount(t) {
    const now = facts.whole(t), total = Math.max(1, now.accepted + now.copied);
    for (const [name, { one, n }] of Object.entries(terms)) {
      put(n, numberText(now[name], data.number));
      one.hidden = !now[name] && !["accepted", "done", "queued"].includes(name);
    }
    for (const [name, part] of Object.entries(parts)) part.style.width = `${(100 * now[name]) / total}%`;
  }
  function showCaption(t, why) {
    const { latest, before } = facts.told(t), now = performance.now();
    caption.dataset.tone = latest?.tone ?? "";
    caption.setAttribute("aria-live", why === "tick" && now - spoken < 5000 ? "off" : "polite");
    const text = latest?.text ?? say("calm");
    if (first.textContent !== text) spoken = now;
    put(first, text);
    put(then, before ? before.text : "");
  }
  function show(why) {
    if (!data || !facts) return;
    const t = clock.t, at = performance.now();
    if (why === "tick" && !calm.matches) phase = (phase + Math.min(0.1, (at - last) / 1000) * 46) % 22;
    last = at;
    moveLines(drawn, facts, t, calm.matches ? null : phase, data.size === "stage" ? 15 : 8);
    showBoxes(t);
    showAccount(t);
    showCaption(t, why);
    if (acts.from && why === "tick") acts.shut(false);
  }
  const deaf = clock.subscribe((_, why) => show(why));
  return {
    update(fresh, trigger) {
      send = trigger;
      const isNew = data?.id !== fresh.id || data?.size !== fresh.size || data?.acts !== fresh.acts;
      data = fresh;
      root.lang = fresh.lang;
      picture.setAttribute("aria-label", say("label"));
      if (isNew) {
        facts = makeFlowFacts(data);
        acts.shut(false);
        build();
      }
      arrange();
    },
    destroy() {
      deaf();
      watch.disconnect();
      cancelAnimationFrame(asked);
      root.remove();
    },
  };
}

export default keeper(makeFlow, "flow");
