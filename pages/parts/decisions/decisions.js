// The table of a decision. It stands at the playhead: the last decision up to now, or the next one while it is asked.
// A guess stays in this browser; nothing goes back to Python but the wish to see a task's gates.

const KEPT = "quayside.guesses", ASKS = "quayside.asks";

function makeDecisions(parent) {
  const root = make("section", "q dec"), head = make("div", "head"), kicker = make("p", "kicker"), nav = make("div", "nav");
  const prev = make("button", "btn step"), where = make("span", "where"), next = make("button", "btn step");
  const say = make("p", "say"), cause = make("b"), number = make("span"), verdict = make("p", "verdict");
  const scroll = make("div", "scroll"), foot = make("div", "foot"), live = make("p", "hidden");
  for (const b of [prev, next]) b.type = "button";
  live.setAttribute("aria-live", "polite");
  root.setAttribute("role", "group");
  scroll.setAttribute("role", "region");
  say.append(cause, document.createTextNode(" "), number);
  nav.append(prev, where, next);
  head.append(kicker, nav);
  root.append(head, say, verdict, scroll, foot, live);
  parent.append(root);

  let data = null, send = () => {}, times = [], picked = null, shown = "", asks = true, lastT = 0;
  let guesses = {};
  const word = (key, values) => fill(data.words, key, values);
  const many = (key, n, values) => word(`${key}.${n === 1 ? "one" : "other"}`, { n, ...values });

  // ---- what is kept -------------------------------------------------------------------------------------------
  function remember() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(guesses));
      sessionStorage.setItem(ASKS, asks ? "1" : "0");
    } catch { /* a browser that keeps nothing forgets the score */ }
  }
  function recall(fresh) {
    asks = fresh.asks;
    try {
      guesses = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
      const was = sessionStorage.getItem(ASKS);
      if (was !== null && fresh.size !== "stage") asks = was === "1";
    } catch { /* as above */ }
  }

  // ---- which decision -------------------------------------------------------------------------------------------
  /** What was guessed stays guessed while the decision stays the same, whatever is done after it. */
  const keyOf = (i) => { const d = data.decisions[i]; return `${d.t}|${d.rows.length}|${d.cause}`; };
  const isOpen = (i) => i < 0 || !asks || keyOf(i) in guesses;
  const before = (i) => Math.max(i > 0 ? times[i - 1] : 0, times[i] - 0.05);
  function current() {
    if (picked && Math.abs(picked.t - clock.t) < 1e-6) return picked.i;
    picked = null;
    return lastAt(times, clock.t + 1e-6);
  }
  function goTo(i) {
    if (i < 0 || i >= times.length) return;
    const t = isOpen(i) ? times[i] : before(i);
    clock.pause();
    picked = { i, t };
    clock.seek(t);
    picked = { i, t: clock.t };
    show("step");
  }
  function guess(i, row) {
    guesses[keyOf(i)] = row;
    remember();
    picked = { i, t: times[i] };
    clock.seek(times[i]);
    show("step");
  }
  /** While the clock plays it stops before whatever has not been guessed yet. */
  function hold() {
    const i = times.findIndex((t, k) => t > lastT + 1e-6 && t <= clock.t + 1e-6 && !isOpen(k));
    if (i >= 0) goTo(i);
    return i >= 0;
  }

  // ---- drawing ----------------------------------------------------------------------------------------------------
  function show(why) {
    if (!data) return;
    if (why === "tick" && asks && hold()) return;
    lastT = clock.t;
    const i = current(), stamp = `${data.id} ${data.lang} ${i} ${isOpen(i)} ${asks} ${Object.keys(guesses).length}`;
    if (stamp === shown) return;
    shown = stamp;
    prev.disabled = i <= 0;
    next.disabled = i >= times.length - 1;
    put(where, i < 0 ? "" : word("of", { n: i + 1, of: times.length }));
    if (i < 0) empty();
    else if (isOpen(i)) told(i);
    else asked(i);
    footer(i);
    if (why !== "tick") speak();
  }
  function empty() {
    const cut = times.length ? "first" : "nowhere";
    put(kicker, "");
    put(cause, word("none_yet"));
    put(number, word(cut));
    put(verdict, "");
    scroll.replaceChildren();
  }
  function asked(i) {
    const d = data.decisions[i];
    put(kicker, d.needs);
    put(cause, word(d.kind === "leave" ? "ask_leave" : "ask_place", { task: d.task }));
    put(number, "");
    put(verdict, "");
    const table = grid([word(d.kind === "leave" ? "col_task" : "col_host"), d.kind === "leave" ? word("col_where") : word("col_free"), ""], word("caption", { task: d.task }));
    d.rows.forEach((row, k) => {
      const tr = line(table, d.kind === "leave" ? { id: row.id } : row), b = make("button", "btn pick", word("pick"));
      tr.append(cell("td", d.kind === "leave" ? row.sub : row.free));
      b.type = "button";
      b.setAttribute("aria-label", word("pick_label", { name: row.id }));
      b.addEventListener("click", () => guess(i, k));
      const td = make("td", "act");
      td.append(b);
      tr.append(td);
    });
    if (d.kind !== "leave") {
      const tr = make("tr"), b = make("button", "btn pick", word("pick"));
      b.type = "button";
      b.setAttribute("aria-label", word("nobody"));
      b.addEventListener("click", () => guess(i, -1));
      const th = cell("th", word("nobody"));
      th.scope = "row";
      th.colSpan = 2;
      const td = make("td", "act");
      td.append(b);
      tr.append(th, td);
      table.tBodies[0].append(tr);
    }
    hang(table);
  }
  function told(i) {
    const d = data.decisions[i], mine = guesses[keyOf(i)], leaves = d.kind === "leave";
    put(kicker, d.needs);
    put(cause, d.cause);
    put(number, d.number);
    verdict.className = "verdict";
    if (mine === undefined || mine === null || mine === "skip") put(verdict, "");
    else if (mine === d.answer) {
      put(verdict, word(d.answer < 0 ? "right_wait" : "right"));
      verdict.className = "verdict yes";
    } else {
      put(verdict, word(leaves ? "wrong_leave" : "wrong_place", { name: mine < 0 ? word("nobody") : d.rows[mine].id, why: mine < 0 ? "" : d.rows[mine].why }).replace(/: *\.$/, "."));
      verdict.className = "verdict no";
    }
    if (data.size === "stage") return hang(funnel(d));
    const table = grid([word(leaves ? "col_task" : "col_host"), ...d.columns.map((c) => c), word("col_says"), word("col_rank")], word("caption", { task: d.task }));
    const order = d.rows.map((_, k) => k);
    if (leaves) order.sort((a, b) => d.rows[a].rank - d.rows[b].rank || a - b);
    for (const k of order) {
      const row = d.rows[k], wins = k === d.answer, tr = line(table, row, wins ? "wins" : row.struck ? "struck" : "");
      for (const score of row.scores) tr.append(cell("td", score || "–"));
      const said = make("td", "says");
      said.append(make("i", wins ? (leaves ? "mark bye" : "mark yes") : row.struck ? "mark no" : "mark less"), document.createTextNode(wins ? word(leaves ? "winner_leave" : "winner_place") : row.why));
      tr.append(said, cell("td", row.rank ? String(row.rank) : "–"));
    }
    hang(table);
    const won = table.querySelector(".wins");
    if (won && scroll.scrollHeight > scroll.clientHeight) scroll.scrollTop = Math.max(0, won.offsetTop - scroll.clientHeight / 2);
  }

  /** The hall reads groups, not rows: how many hosts each gate stopped, and who is left. */
  function funnel(d) {
    const list = make("ul", "funnel"), groups = new Map();
    d.rows.forEach((row, k) => {
      if (k === d.answer) return;
      const key = row.gate || row.why, group = groups.get(key) ?? { struck: row.struck, ids: [] };
      group.ids.push(row.id);
      groups.set(key, group);
    });
    for (const [key, group] of groups) {
      const li = make("li");
      const names = group.ids.length > 6 ? `${group.ids.slice(0, 5).join(", ")} +${group.ids.length - 5}` : group.ids.join(", ");
      li.append(make("i", group.struck ? "mark no" : "mark less"), make("b", "", names), make("span", "", key));
      list.append(li);
    }
    if (d.answer >= 0) {
      const li = make("li", "wins");
      li.append(make("i", d.kind === "leave" ? "mark bye" : "mark yes"), make("b", "", d.rows[d.answer].id), make("span", "", word(d.kind === "leave" ? "winner_leave" : "winner_place")));
      list.append(li);
    }
    return list;
  }

  function grid(titles, caption) {
    const table = make("table"), top = make("thead"), tr = make("tr");
    table.append(make("caption", "hidden", caption), top, make("tbody"));
    for (const title of titles) {
      const th = make(title === "" ? "td" : "th", "", typeof title === "string" ? title : title.title);
      if (title !== "") th.scope = "col";
      if (title.hint) th.append(make("span", "hint", title.hint));
      tr.append(th);
    }
    top.append(tr);
    return table;
  }
  function line(table, row, name = "") {
    const tr = make("tr", name), th = make("th", "", row.id);
    th.scope = "row";
    if (row.sub) th.append(make("span", "sub", row.sub));
    tr.append(th);
    table.tBodies[0].append(tr);
    return tr;
  }
  const cell = (tag, text) => make(tag, "", text);
  function hang(table) {
    scroll.replaceChildren(table);
    scroll.setAttribute("aria-label", table.caption?.textContent ?? word("label"));
    if (scroll.scrollHeight > scroll.clientHeight + 1 || scroll.scrollWidth > scroll.clientWidth + 1) scroll.tabIndex = 0;
    else scroll.removeAttribute("tabindex");
  }
  function footer(i) {
    foot.replaceChildren();
    const d = data.decisions[i];
    if (data.size === "stage") return;
    if (i >= 0 && !isOpen(i)) foot.append(button("btn", word("skip"), () => guess(i, "skip")));
    if (i >= 0 && isOpen(i) && d.kind === "place") foot.append(button("btn", word("gates"), () => send("why", { task: Number(d.task) })));
    if (times.length) {
      const b = button("btn toggle", word("guess_first"), () => {
        asks = !asks;
        remember();
        show("step");
      });
      b.setAttribute("aria-pressed", String(asks));
      foot.append(b);
    }
    const said = data.decisions.map((one, k) => [one, guesses[keyOf(k)]]).filter(([, row]) => row !== undefined && row !== "skip");
    const right = said.filter(([one, row]) => one.answer === row).length;
    if (said.length) foot.append(make("span", "score", many("score", said.length, { right })));
    if (data.left_out) foot.append(make("span", "score", word("cut", { n: data.left_out })));
  }
  function button(name, text, act) {
    const b = make("button", name, text);
    b.type = "button";
    b.addEventListener("click", act);
    return b;
  }
  let waiting = 0;
  function speak() {
    clearTimeout(waiting);
    waiting = setTimeout(() => put(live, `${cause.textContent} ${number.textContent} ${verdict.textContent}`.trim()), 300);
  }

  prev.addEventListener("click", () => goTo(current() - 1));
  next.addEventListener("click", () => goTo(current() + 1));
  function dress() { root.dataset.theme = themeOf(root) === "dark" ? "dark" : "light"; }
  const watch = new ResizeObserver(dress);
  watch.observe(root);
  const deaf = clock.subscribe((_, why) => show(why));
  return {
    update(fresh, trigger) {
      send = trigger;
      data = fresh;
      times = fresh.decisions.map((d) => d.t);
      root.lang = fresh.lang;
      root.dataset.size = fresh.size;
      root.setAttribute("aria-label", word("label"));
      put(prev, "‹");
      put(next, "›");
      prev.setAttribute("aria-label", word("prev"));
      next.setAttribute("aria-label", word("next"));
      recall(fresh);
      lastT = clock.t;
      shown = "";
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

export default keeper(makeDecisions, "decisions");
