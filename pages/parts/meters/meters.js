// Meters: one row a host, on the clock. A full one is hatched and says so in figures; colour never says it alone.

/** How many hosts have a row of their own: on stage as many as the screen's height bears. */
const mostOf = (size) => (size !== "stage" ? 14 : innerHeight < 900 ? 3 : 6);

function makeMeters(parent) {
  const root = make("section", "q met"), say = make("p", "say"), cause = make("b"), number = make("span"), table = make("table");
  const scroll = make("div", "scroll"), live = make("p", "hidden");
  live.setAttribute("aria-live", "polite");
  root.setAttribute("role", "group");
  scroll.setAttribute("role", "region");
  say.append(cause, document.createTextNode(" "), number);
  scroll.append(table);
  root.append(say, scroll, live);
  parent.append(root);

  let data = null, rows = [], total = null, shownAt = -2, kinds = [], byHost = [];
  const many = (key, n, values) => fill(data.words, `${key}.${n === 1 ? "one" : "other"}`, { n: numberText(n, data.number), ...values });
  const share = (part) => data.percent.replace("{n}", String(Math.round(part * 100)));
  const BLANK = { tasks: 0, cpu: 0, memory: 0, enis: 0, dynamic: 0, ports: "" };

  function at(h, t) {
    const own = byHost[h];
    let i = own.length - 1;
    while (i >= 0 && data.moves.t[own[i]] > t + 1e-6) i--;
    if (i < 0) return BLANK;
    const k = own[i], m = data.moves;
    return { tasks: m.tasks[k], cpu: m.cpu[k], memory: m.memory[k], enis: m.enis[k], dynamic: m.dynamic[k], ports: m.ports[k] };
  }
  function build() {
    const stage = data.size === "stage";
    kinds = [...(data.asks_enis ? ["enis"] : []), ...(data.asks_ports ? ["ports"] : []), "cpu", "memory"];
    byHost = data.hosts.id.map(() => []);
    data.moves.host.forEach((h, k) => byHost[h].push(k));
    const top = make("thead"), tr = make("tr"), body = make("tbody");
    for (const key of ["host", ...kinds]) {
      const th = make("th", "", fill(data.words, `col_${key}`));
      th.scope = "col";
      tr.append(th);
    }
    top.append(tr);
    table.replaceChildren(make("caption", "hidden", fill(data.words, "label")), top, body);
    const line = (name, sub, tag) => {
      const row = make("tr", tag), th = make("th", "", name), cells = {};
      th.scope = "row";
      if (sub && !stage) th.append(make("span", "sub", sub));
      row.append(th);
      for (const kind of kinds) {
        const td = make("td"), text = make("span", "text"), bar = make("i", "bar"), gone = make("i");
        bar.append(gone);
        bar.setAttribute("aria-hidden", "true");
        td.append(text, bar);
        row.append(td);
        cells[kind] = { td, text, gone };
      }
      body.append(row);
      return cells;
    };
    total = line(fill(data.words, "all"), "", "total");
    const most = mostOf(data.size);
    rows = data.hosts.id.slice(0, most).map((id, h) => line(id, data.hosts.type[h], ""));
    if (data.hosts.id.length > most) {
      const row = make("tr"), td = make("td", "more", fill(data.words, "more", { n: data.hosts.id.length - most }));
      td.colSpan = kinds.length + 1;
      row.append(td);
      body.append(row);
    }
    scroll.setAttribute("aria-label", fill(data.words, "label"));
  }
  function fillCell({ td, text, gone }, words, part) {
    put(text, words);
    gone.style.width = `${Math.min(100, part * 100)}%`;
    td.classList.toggle("full", part >= 0.9995);
  }
  function paint(cells, have, limit, ports) {
    const of = (n, most) => fill(data.words, "of", { n: numberText(n, data.number), of: numberText(most, data.number) });
    if (cells.enis) fillCell(cells.enis, of(have.enis, limit.enis), limit.enis ? have.enis / limit.enis : 0);
    if (cells.ports) fillCell(cells.ports, ports.text, ports.part);
    for (const kind of ["cpu", "memory"]) {
      const part = limit[kind] ? have[kind] / limit[kind] : 0;
      fillCell(cells[kind], data.size === "stage" ? share(part) : fill(data.words, "used", { share: share(part) }), part);
    }
  }
  function show(why) {
    if (!data) return;
    const t = clock.t, i = lastAt(data.moves.t, t + 1e-6), w = lastAt(data.waiting.t, t + 1e-6), stamp = i * 4096 + w;
    if (stamp === shownAt && why === "tick") return;
    shownAt = stamp;
    const sum = { ...BLANK }, most = { cpu: 0, memory: 0, enis: 0 };
    let named = 0;
    data.hosts.id.forEach((_, h) => {
      const have = at(h, t), limit = { cpu: data.hosts.cpu[h], memory: data.hosts.memory[h], enis: data.hosts.enis[h] };
      for (const key of ["tasks", "cpu", "memory", "enis", "dynamic"]) sum[key] += have[key];
      for (const key of ["cpu", "memory", "enis"]) most[key] += limit[key];
      named += have.ports ? 1 : 0;
      const text = have.ports || (have.dynamic ? many("ports_found", have.dynamic) : fill(data.words, "ports_none"));
      if (rows[h]) paint(rows[h], have, limit, { text, part: have.ports ? 1 : 0 });
    });
    const hosts = data.hosts.id.length;
    const all = sum.dynamic ? many("ports_found", sum.dynamic) : fill(data.words, "of", { n: named, of: hosts });
    paint(total, sum, most, { text: all, part: sum.dynamic || !hosts ? 0 : named / hosts });
    const n = w < 0 ? 0 : data.waiting.n[w];
    root.classList.toggle("short", n > 0);
    if (n) {
      const reason = data.waiting.why[w], key = { enis: "enis", ports: "ports", cpu: "room", memory: "room", closed: "room", "no-hosts": "room" }[reason] ?? "rule";
      put(cause, many(key, n));
      const left = (kind) => share(1 - Math.round((100 * sum[kind]) / (most[kind] || 1)) / 100); // with what is used it makes the whole
      put(number, fill(data.words, "yet", { cpu: left("cpu"), memory: left("memory") }));
    } else {
      put(cause, fill(data.words, "fits"));
      put(number, many("placed", sum.tasks));
    }
    if (why !== "tick") speak();
  }
  let waiting = 0;
  function speak() {
    clearTimeout(waiting);
    waiting = setTimeout(() => put(live, `${cause.textContent} ${number.textContent}`), 400);
  }
  function dress() {
    root.dataset.theme = themeOf(root) === "dark" ? "dark" : "light";
    if (scroll.scrollHeight > scroll.clientHeight + 1 || scroll.scrollWidth > scroll.clientWidth + 1) scroll.tabIndex = 0;
    else scroll.removeAttribute("tabindex");
  }
  const watch = new ResizeObserver(dress);
  watch.observe(root);
  const deaf = clock.subscribe((_, why) => show(why));
  return {
    update(fresh) {
      data = fresh;
      root.lang = fresh.lang;
      root.dataset.size = fresh.size;
      root.setAttribute("aria-label", fill(fresh.words, "label"));
      build();
      shownAt = -2;
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

export default keeper(makeMeters, "meters");
