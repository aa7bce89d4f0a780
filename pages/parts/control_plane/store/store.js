// The store: zones as columns, members as circles, what they say to each other as dots; beside it who can write and read
// right now, below it when that was possible. Everything is known beforehand; the clock says which moment is shown.

const MOST_MEMBERS = 7;

function makeStore(parent) {
  const root = make("section", "q store"), map = make("div", "map"), canvas = make("canvas"), zones = make("div", "zones");
  const side = make("div", "side"), sideTitle = make("h2"), gauges = make("dl"), caption = make("p", "caption");
  const lanes = make("div", "lanes"), lanesTitle = make("h2"), rows = make("div", "rows"), head = make("i", "playhead"), veil = make("i", "veil");
  const stamp = make("output", "stamp"), key = make("p", "key");
  canvas.setAttribute("aria-hidden", "true");
  stamp.setAttribute("aria-hidden", "true");
  caption.setAttribute("aria-live", "polite");
  map.append(canvas, zones, key, stamp);
  side.append(sideTitle, gauges);
  lanes.append(lanesTitle, rows);
  const first = make("b"), then = make("span");
  caption.append(first, then);
  root.append(map, side, caption, lanes);
  parent.append(root);
  map.setAttribute("role", "group");

  let data = null, facts = null, send = () => {}, C = {}, members = {}, zoneNodes = {}, places = {}, tracks = {}, gaugeNodes = {};
  const say = (word, values) => fill(data.words, word, values);
  const acts = makeActs(root, (word, values) => say(word, values));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // ---- building -------------------------------------------------------------------------------------------------
  function build() {
    zoneNodes = {};
    members = {};
    zones.replaceChildren(...data.zones.map((zone) => {
      const node = make("div", "zone"), title = make("button", "title"), inside = make("div", "inside");
      title.type = "button";
      title.setAttribute("aria-haspopup", "dialog");
      title.setAttribute("aria-expanded", "false");
      title.disabled = !data.acts;
      title.addEventListener("click", () => acts.open(title, say("zone_acts", { zone }), zoneOffers(facts, zone, clock.t, MOST_MEMBERS), act));
      node.append(title, inside);
      zoneNodes[zone] = { node, title, inside };
      return node;
    }));
    data.members.forEach((track, i) => {
      const n = i + 1, button = make("button", "member"), number = make("b", "", String(n)), state = make("span", "state"), term = make("span", "term");
      button.type = "button";
      button.setAttribute("aria-haspopup", "dialog");
      button.setAttribute("aria-expanded", "false");
      button.disabled = !data.acts;
      const circle = make("i", "circle");
      circle.append(number);
      button.append(circle, state, term);
      button.addEventListener("click", () => {
        const one = facts.at(n, clock.t);
        acts.open(button, say("member", { m: n }), memberOffers(facts, one, clock.t), act);
      });
      zoneNodes[track.zone].inside.append(button);
      members[n] = { button, circle, state, term };
    });
    gaugeNodes = {};
    gauges.replaceChildren(...["write", "fresh", "stale", "leader", "quorum", "index"].map((name) => {
      const row = make("div", `gauge ${name}`), what = make("dt", "", say(`gauge.${name}`)), value = make("dd"), mark = make("i"), text = make("b"), more = make("span");
      mark.setAttribute("aria-hidden", "true");
      value.append(mark, text, more);
      row.append(what, value);
      gaugeNodes[name] = { row, text, more };
      return row;
    }));
    buildLanes();
    put(sideTitle, say("gauge.title"));
    put(lanesTitle, say("lane.title"));
    key.replaceChildren(...["heartbeat", "ask", "yes", "no"].map((name) => {
      const one = make("span", name), mark = make("i");
      one.append(mark, make("span", "", say(`key.${name}`)));
      return one;
    }));
    key.setAttribute("aria-hidden", "true");
  }

  function buildLanes() {
    const bar = (from, to, text = "", name = "") => {
      const one = make("i", `bar ${name}`, text);
      one.style.left = `${(from / data.end) * 100}%`;
      one.style.width = `${((to - from) / data.end) * 100}%`;
      return one;
    };
    const all = {
      leader: data.leaders.map(([from, to, who, term]) => bar(from, to, (to - from) / data.end > 0.05 ? String(who) : "", term % 2 ? "odd" : "even")),
      write: data.write.map(([from, to]) => bar(from, to)),
      fresh: merged(data.reads.map(([, from, to]) => [from, to])).map(([from, to]) => bar(from, to)),
      stale: data.stale.map(([from, to]) => bar(from, to)),
    };
    tracks = {};
    const made = Object.entries(all).map(([name, bars]) => {
      const row = make("div", `lane ${name}`), label = make("span", "name", say(`lane.${name}`)), track = make("div", "track");
      track.append(...bars);
      row.append(label, track);
      tracks[name] = track;
      return row;
    });
    const over = make("div", "over");
    over.append(veil, head);
    rows.replaceChildren(...made, over);
    over.addEventListener("pointerdown", (event) => {
      const at = over.getBoundingClientRect();
      clock.seek(((event.clientX - at.left) / at.width) * clock.end);
    });
  }
  function merged(spans) {
    const found = [];
    for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
      const last = found.at(-1);
      if (last && from <= last[1] + 1e-9) last[1] = Math.max(last[1], to);
      else found.push([from, to]);
    }
    return found;
  }
  const act = (asked) => send("act", asked);

  // ---- placing --------------------------------------------------------------------------------------------------
  function arrange() {
    if (!data) return;
    root.dataset.theme = themeOf(root) === "dark" ? "dark" : "light";
    root.dataset.size = data.size === "study" && root.clientWidth < 620 ? "phone" : data.size;
    C = paletteOf(root);
    const here = map.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    if (!here.width) return;
    canvas.width = Math.round(here.width * ratio);
    canvas.height = Math.round(here.height * ratio);
    canvas.style.width = `${here.width}px`;
    canvas.style.height = `${here.height}px`;
    places = {};
    for (const [n, { circle, button }] of Object.entries(members)) {
      if (button.hidden) continue;
      const it = circle.getBoundingClientRect();
      places[n] = { x: it.left - here.left + it.width / 2, y: it.top - here.top + it.height / 2, r: it.width / 2 };
    }
    show("run");
  }
  const watch = new ResizeObserver(arrange);
  watch.observe(map);

  // ---- showing --------------------------------------------------------------------------------------------------
  function showMembers(t) {
    let moved = false;
    for (const one of facts.all(t)) {
      const { button, state, term } = members[one.n], word = facts.word(one), hidden = one.state === ABSENT;
      if (button.hidden !== hidden) { button.hidden = hidden; moved = true; }
      if (button.dataset.state !== word) button.dataset.state = word;
      put(state, data.words[`short.${word}`] ?? "");
      put(term, facts.isUp(one) ? say("term", { n: one.term }) : "\u00a0");
      button.setAttribute("aria-label", say("member_acts", { m: one.n, zone: one.zone, state: say(`state.${word}`) }));
    }
    for (const [zone, { node, title, inside }] of Object.entries(zoneNodes)) {
      inside.dataset.many = [...inside.children].filter((one) => !one.hidden).length;
      const dark = facts.zoneIs("dark", zone, t), cut = facts.zoneIs("cut", zone, t);
      node.classList.toggle("dark", dark);
      node.classList.toggle("cut", cut);
      put(title, say(dark ? "zone_dark" : cut ? "zone_cut" : "zone", { zone }));
    }
    return moved;
  }
  const list = (all) => (all.length ? say(all.length === 1 ? "gauge.member" : "gauge.members", { list: all.join(", ") }) : say("gauge.nobody"));

  function showGauges(t) {
    const { voters, needed } = facts.electorate(t), up = facts.up(t), readers = facts.readers(t), leader = facts.leaderAt(t);
    const yes = (name, is, who) => {
      const g = gaugeNodes[name];
      g.row.dataset.is = is ? "yes" : "no";
      put(g.text, say(is ? "gauge.yes" : "gauge.no"));
      put(g.more, is ? say("gauge.by", { who: list(who) }) : "");
    };
    yes("write", facts.canWrite(t), readers);
    yes("fresh", readers.length > 0, readers);
    yes("stale", up.length > 0, up);
    const text = (name, value) => { put(gaugeNodes[name].text, value); gaugeNodes[name].row.dataset.is = ""; };
    text("leader", leader ? say("gauge.of_term", { m: leader[2], n: leader[3] }) : say("gauge.none"));
    const live = voters.filter((n) => up.includes(n)).length;
    text("quorum", say("gauge.quorum_has", { live, n: voters.length, need: needed }));
    gaugeNodes.quorum.row.dataset.short = String(live < needed);
    text("index", say("gauge.index_n", { n: numberText(facts.index(t), data.number) }));
  }

  let spoken = 0;
  /** What holds is said first, what has just happened after it. */
  function showCaption(t, why) {
    const { holds, latest } = facts.told(t), now = performance.now();
    caption.dataset.tone = holds?.tone ?? "";
    caption.setAttribute("aria-live", why === "tick" && now - spoken < 5000 ? "off" : "polite");
    if (first.textContent !== (holds?.text ?? "")) spoken = now;
    put(first, holds?.text ?? "");
    put(then, latest && latest !== holds ? latest.text : "");
  }
  const fine = (t) => {
    const digits = clock.speed < 1 ? 3 : 1, sign = data.number.decimal ?? ".";
    const whole = clockText(Math.floor(t + 1e-9)), rest = (t - Math.floor(t + 1e-9)).toFixed(digits).slice(2);
    return `${whole}${sign}${rest}`;
  };

  function show(why) {
    if (!data || !facts) return;
    const t = clock.t;
    if (showMembers(t)) requestAnimationFrame(arrange);
    showGauges(t);
    showCaption(t, why);
    put(stamp, fine(t));
    const part = clock.end ? Math.min(1, t / clock.end) : 0;
    head.style.left = veil.style.left = `${part * 100}%`;
    veil.classList.toggle("locked", !!data.locked);
    const pen = canvas.getContext("2d"), ratio = window.devicePixelRatio || 1;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawStore(pen, { w: canvas.width / ratio, h: canvas.height / ratio }, data, facts, places, t, C, calm.matches);
    if (acts.from && why === "tick") acts.shut(false);
  }
  const deaf = clock.subscribe((_, why) => show(why));
  return {
    update(fresh, trigger) {
      send = trigger;
      const isNew = data?.id !== fresh.id || data?.size !== fresh.size || data?.acts !== fresh.acts;
      data = fresh;
      facts = makeFacts(data);
      root.lang = fresh.lang;
      map.setAttribute("aria-label", say("label"));
      if (isNew) { acts.shut(false); build(); }
      arrange();
    },
    destroy() {
      deaf();
      watch.disconnect();
      root.remove();
    },
  };
}

export default keeper(makeStore, "store");
