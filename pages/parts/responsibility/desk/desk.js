// The desk: one year, one row for each layer. A ticket is a bar on its layer from the moment it comes until it is done: dotted
// while it waits for somebody, filled while it is yours, hatched where shared, an outline where AWS has it. A moon: somebody
// was woken. The playhead moves and the counters count; the rest is drawn once.

function makeDesk(parent) {
  const root = make("section", "q desk"), now = make("p", "now"), when = make("b"), what = make("span"), panels = make("div", "panels"), keys = make("ul", "keys");
  const told = make("details", "told"), summary = make("summary"), tables = make("div"), live = make("p", "hidden");
  live.setAttribute("aria-live", "polite");
  root.setAttribute("role", "group");
  now.append(when, document.createTextNode(" "), what);
  told.append(summary, tables);
  root.append(now, panels, keys, told, live);
  parent.append(root);
  let data = null, drawn = [];

  const part = (t) => `${Math.min(100, (t / data.end) * 100)}%`;
  const length = (from, to) => `${(Math.max(0, Math.min(to, data.end) - from) / data.end) * 100}%`;
  function bar(kind, who, from, to) {
    const one = make("i", `bar ${kind}`);
    one.dataset.who = who;
    one.style.left = part(from);
    one.style.width = length(from, to);
    return one;
  }
  function rail(name, who) {
    const row = make("div", "row"), label = make("span", "name"), line = make("div", "rail");
    if (who) {
      const swatch = make("i", "swatch");
      swatch.dataset.who = who;
      label.append(swatch);
    }
    label.append(document.createTextNode(name));
    line.setAttribute("aria-hidden", "true");
    row.append(label, line);
    return { row, line };
  }
  function build() {
    drawn = data.models.map((model) => {
      const box = make("article", "panel"), head = make("header"), numbers = make("dl"), says = make("p", "says"), body = make("div", "body"), counts = {};
      for (const key of ["hours", "nights", "open"]) {
        const one = make("div", key), value = make("dd");
        one.append(make("dt", "", data.words[key]), value);
        numbers.append(one);
        counts[key] = value;
      }
      head.append(make("h2", "", model.name), numbers);
      const night = rail(data.words.night, ""), layers = data.rows.map((name, at) => rail(name, model.owners[at]));
      night.row.classList.add("nights");
      const lines = [night, ...layers], whos = new Set(model.owners);
      for (const ticket of model.tickets) {
        const line = layers[ticket.row].line;
        if (ticket.hours && ticket.begun > ticket.at) line.append(bar("wait", ticket.who, ticket.at, ticket.begun));
        if (ticket.hours || ticket.hole) line.append(bar(ticket.hole ? "hole" : "work", ticket.who, ticket.begun, ticket.done));
        const tick = make("i", "tick");
        tick.dataset.who = ticket.who;
        tick.style.left = part(ticket.at);
        line.append(tick);
        if (ticket.woke) {
          const moon = make("i", "moon");
          moon.style.left = part(ticket.at);
          night.line.append(moon);
        }
      }
      const veils = lines.map(({ line }) => {
        const veil = make("i", "veil"), play = make("i", "playhead");
        line.append(veil, play);
        return [veil, play];
      });
      const axis = rail("", "");
      axis.row.classList.add("axis");
      for (const month of data.months) {
        const one = make("span", "", month.text);
        one.style.left = part(month.t);
        axis.line.append(one);
      }
      body.append(...lines.map(({ row }) => row), axis.row);
      box.append(head, says, body);
      return { model, box, counts, says, veils, whos };
    });
    panels.replaceChildren(...drawn.map(({ box }) => box));
    panels.style.setProperty("--panels", data.models.length);
    keys.replaceChildren(...["customer", "shared", "aws", "wait", "moon"].map((key) => {
      const item = make("li", "", data.words[`key_${key}`]), mark = make("i", key === "moon" ? "moon" : key === "wait" ? "bar wait" : "bar hole");
      mark.dataset.who = key;
      mark.setAttribute("aria-hidden", "true");
      item.prepend(mark);
      return item;
    }));
    put(summary, data.words.table);
    told.open = false;
    tables.replaceChildren();
  }
  told.addEventListener("toggle", () => {
    if (!told.open || tables.children.length) return;
    const table = make("table"), head = make("thead"), top = make("tr"), body = make("tbody");
    for (const text of [data.words.col_when, data.words.col_what, ...data.models.map(({ name }) => name)]) {
      const th = make("th", "", text);
      th.scope = "col";
      top.append(th);
    }
    head.append(top);
    data.events.forEach((event, at) => {
      const row = make("tr"), th = make("th", "", event.text);
      th.scope = "row";
      row.append(th, make("td", "", event.kind), ...data.models.map((model) => make("td", "", model.told[at])));
      body.append(row);
    });
    table.append(make("caption", "hidden", data.words.name), head, body);
    tables.replaceChildren(table);
  });
  /** What has gone by until a moment: hours of work that came, nights, and days with something of yours open. */
  function countTo(t, tickets) {
    let hours = 0, nights = 0, open = 0, last = 0;
    for (const ticket of tickets) {
      if (ticket.at > t + 1e-6) break;
      hours += ticket.hours;
      nights += ticket.woke ? 1 : 0;
      if (ticket.hole) {
        const until = Math.min(ticket.done, t);
        open += Math.max(0, until - Math.max(ticket.at, last));
        last = Math.max(last, until);
      }
    }
    return { hours, nights, open: open / 86400 };
  }
  let waiting = 0;
  function show(why) {
    if (!data) return;
    const t = clock.t, at = lastAt(data.events.map((event) => event.t), t + 1e-6), event = data.events[at];
    put(when, event ? `${event.text}:` : data.words.begin);
    put(what, event ? event.kind : "");
    for (const { model, counts, says, veils } of drawn) {
      const found = countTo(t, model.tickets);
      for (const key of Object.keys(counts)) put(counts[key], numberText(found[key], data.number));
      put(says, event ? model.told[at] : " ");
      for (const [veil, play] of veils) veil.style.left = play.style.left = part(t);
    }
    if (why === "tick") return;
    clearTimeout(waiting);
    waiting = setTimeout(() => event && put(live, [`${event.text}: ${event.kind}.`, ...drawn.map(({ model }) => `${model.name}: ${model.told[at]}`)].join(" ")), 400);
  }
  const dress = () => { root.dataset.theme = themeOf(root); };
  const watch = new ResizeObserver(dress);
  watch.observe(root);
  const deaf = clock.subscribe((_, why) => show(why));
  return {
    update(fresh) {
      data = fresh;
      root.lang = fresh.lang;
      root.dataset.size = fresh.size;
      root.setAttribute("aria-label", data.words.name);
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

export default keeper(makeDesk, "desk");
