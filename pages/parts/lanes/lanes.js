// Lanes: the truth above, the belief below, one time axis. Tone, hatch and words say a state; the playhead moves, the rest
// is drawn once.

const TONE = { runs: "ok", connected: "ok", cut: "warn", mended: "warn", silent: "warn", draining: "warn", boots: "off", dead: "bad", gone: "off" };
const ALIKE = { runs: "connected", cut: "silent", mended: "silent", boots: "boots", gone: "gone", dead: "gone" };

function makeLanes(parent) {
  const root = make("section", "q lanes"), body = make("div", "body"), live = make("p", "hidden");
  const told = make("details", "told"), summary = make("summary"), table = make("table");
  live.setAttribute("aria-live", "polite");
  root.setAttribute("role", "group");
  told.append(summary, table);
  const say = make("p", "say"), cause = make("b"), number = make("span");
  say.append(cause, document.createTextNode(" "), number);
  root.append(say, body, told, live);
  parent.append(root);

  let data = null, parts = [];
  const word = (key, values) => fill(data.words, key, values);
  const brief = (text) => (data.size === "stage" ? text.split(",")[0] : text); // the hall reads the state, not what follows from it
  const stateAt = (stretches, t) => stretches.findLast(([from]) => from <= t + 1e-6)?.[2] ?? "";

  function build() {
    parts = [];
    body.replaceChildren();
    if (!data.hosts.length) body.append(make("p", "verdict", word("nothing")));
    for (const host of data.hosts) {
      const block = make("div", "host"), head = make("div", "head"), verdict = make("p", "verdict");
      head.append(make("h3", "", host.name), verdict);
      block.append(head);
      const now = {};
      for (const which of ["truth", "belief"]) {
        const row = make("div", "row"), name = make("span", "name", word(`name.${which}`)), rail = make("div", "rail"), state = make("span", "state");
        rail.setAttribute("aria-hidden", "true");
        for (const [from, to, is] of host[which]) {
          const bar = make("i", `bar ${TONE[is]}`);
          bar.style.left = `${(from / data.end) * 100}%`;
          bar.style.width = `${((to - from) / data.end) * 100}%`;
          rail.append(bar);
        }
        if (which === "truth") {
          for (const t of host.tries) {
            const tick = make("i", "try");
            tick.style.left = `${(t / data.end) * 100}%`;
            rail.append(tick);
          }
        }
        const veil = make("i", data.locked ? "veil locked" : "veil"), head_ = make("i", "playhead");
        rail.append(veil, head_);
        row.append(name, state, rail);
        block.append(row);
        now[which] = { state, veil, head: head_ };
      }
      if (host.tries.length && !data.locked) block.append(make("p", "note", word("tries", { n: host.tries.length })));
      if (!data.locked) block.append(make("p", "note", host.told));
      body.append(block);
      parts.push({ host, now, verdict });
    }
    told.hidden = data.locked;
    say.hidden = !data.captions.length;
    put(summary, word("show_table"));
    fillTable();
  }
  function fillTable() {
    const top = make("thead"), tr = make("tr"), rows = make("tbody");
    for (const key of ["what", "state", "from", "to"]) {
      const th = make("th", "", word(`col_${key}`));
      th.scope = "col";
      tr.append(th);
    }
    top.append(tr);
    for (const host of data.hosts) {
      for (const which of ["truth", "belief"]) {
        for (const [from, to, is] of host[which]) {
          const row = make("tr"), th = make("th", "", `${host.name}. ${word(`name.${which}`)}`);
          th.scope = "row";
          row.append(th, make("td", "", word(`${which}.${is}`)), make("td", "", clockText(from)), make("td", "", clockText(to)));
          rows.append(row);
        }
      }
    }
    table.replaceChildren(make("caption", "hidden", word("label")), top, rows);
  }
  function show(why) {
    if (!data) return;
    const t = clock.t;
    for (const { host, now, verdict } of parts) {
      const truth = stateAt(host.truth, t), belief = stateAt(host.belief, t);
      put(now.truth.state, truth ? brief(word(`truth.${truth}`)) : "");
      put(now.belief.state, belief ? brief(word(`belief.${belief}`)) : "");
      now.truth.state.dataset.tone = TONE[truth] ?? "";
      now.belief.state.dataset.tone = TONE[belief] ?? "";
      for (const which of ["truth", "belief"]) now[which].head.style.left = now[which].veil.style.left = `${Math.min(100, (t / data.end) * 100)}%`;
      const agree = ALIKE[truth] === belief;
      put(verdict, word(agree ? "agree" : "part"));
      verdict.classList.toggle("part", !agree);
    }
    const caption = data.captions.findLast((one) => one.t <= t + 1e-6);
    put(cause, caption?.cause ?? "");
    put(number, caption?.number ?? "");
    if (why !== "tick") speak();
  }
  let waiting = 0;
  function speak() {
    clearTimeout(waiting);
    waiting = setTimeout(() => put(live, parts.map(({ host, now, verdict }) => `${host.name}: ${now.truth.state.textContent}; ${now.belief.state.textContent}. ${verdict.textContent}`).join(" ")), 400);
  }
  function dress() { root.dataset.theme = themeOf(root) === "dark" ? "dark" : "light"; }
  const watch = new ResizeObserver(dress);
  watch.observe(root);
  const deaf = clock.subscribe((_, why) => show(why));
  return {
    update(fresh) {
      data = fresh;
      root.lang = fresh.lang;
      root.dataset.size = fresh.size;
      root.setAttribute("aria-label", word("label"));
      build();
      dress();
      show("run");
    },
    destroy() {
      deaf();
      watch.disconnect();
      clearTimeout(waiting);
      root.remove();
    },
  };
}

export default keeper(makeLanes, "lanes");
