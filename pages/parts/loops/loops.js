// The two loops, drawn as two rings that are read clockwise. Everything is known beforehand; the clock only says which
// look holds. In the hub stands what is compared (a metric, a reservation) with its target, around it what decides.

const MOST_DOTS = 20;

function makeLoops(parent) {
  const root = make("section", "q loops");
  const service = ring("service", ["alarms", "rest", "wanted", "running"]);
  const hosts = ring("hosts", ["needed", "gate", "registered", "rules"]);
  const both = make("div", "both");
  both.append(service.node, hosts.node);
  const stays = make("div", "stays"), staysTitle = make("h3"), staysLede = make("p", "lede"), list = make("ul");
  stays.append(staysTitle, staysLede, list);
  root.append(both, stays);
  parent.append(root);

  let data = null, rows = [], staying = null;
  const say = (key, values) => fill(data.words, key, values);
  const n = (x) => (Number.isInteger(x) ? numberText(x, data.number) : decimal(x));
  function decimal(x) {
    const tenths = Math.round(Math.abs(x) * 10), whole = numberText(Math.floor(tenths / 10), data.number);
    return `${x < 0 ? "-" : ""}${whole}${tenths % 10 ? (data.number.decimal ?? ".") + (tenths % 10) : ""}`;
  }

  // ---- parts --------------------------------------------------------------------------------------------------
  function ring(kind, names) {
    const node = make("div", `loop ${kind}`), title = make("h3"), track = make("div", "ring"), hub = make("div", "hub");
    const figure = make("strong"), compared = make("span", "compared"), gauge = make("div", "gauge"), level = make("i", "level");
    const tick = make("i", "tick"), low = make("i", "tick low"), verdict = make("p", "verdict"), next = make("p", "next");
    node.setAttribute("role", "group");
    gauge.setAttribute("aria-hidden", "true");
    gauge.append(level, tick, low);
    hub.append(figure, compared, gauge);
    const stations = Object.fromEntries(names.map((name, i) => [name, make("div", `station at${i}`)]));
    for (let i = 0; i < 4; i++) {
      const arrow = make("i", `arrow to${i}`);
      arrow.setAttribute("aria-hidden", "true");
      track.append(arrow);
    }
    track.append(hub, ...Object.values(stations));
    node.append(title, track, verdict, next);
    return { node, title, figure, compared, gauge, level, tick, low, verdict, next, stations, lines: new Map() };
  }

  /** A line of a station, kept by its name: a text, or a text with dots, or with a bar that runs out. */
  function line(of, station, name, kind = "") {
    const key = `${station}.${name}`;
    if (of.lines.has(key)) return of.lines.get(key);
    const node = make(name === "big" ? "strong" : "p", kind), text = make("span"), mark = kind ? make("span", kind) : null;
    node.append(text);
    if (mark) {
      mark.setAttribute("aria-hidden", "true");
      node.append(mark);
    }
    of.stations[station].append(node);
    const made = { node, text, mark, full: -1, of: -1 };
    of.lines.set(key, made);
    return made;
  }
  function write(of, station, name, text) {
    const at = line(of, station, name);
    put(at.text, text ?? "");
    at.node.hidden = !text;
  }
  function dots(of, station, name, text, full, all, tone) {
    const at = line(of, station, name, "dots");
    put(at.text, text);
    if (at.full === full && at.of === all && at.mark.dataset.tone === tone) return;
    Object.assign(at, { full, of: all });
    at.mark.dataset.tone = tone;
    at.mark.hidden = all > MOST_DOTS;
    at.mark.replaceChildren(...Array.from({ length: Math.min(all, MOST_DOTS) }, (_, i) => make("i", i < full ? "full" : "")));
  }
  function bar(of, station, name, text, part) {
    const at = line(of, station, name, "bar");
    put(at.text, text);
    at.mark.style.setProperty("--part", Math.max(0, Math.min(1, part)).toFixed(3));
    at.mark.classList.toggle("empty", part <= 0);
  }
  const holds = (column, t) => { const i = lastAt(column.t, t); return i < 0 ? 0 : column.n[i]; };

  function gaugeOf(of, value, target, lowAt, most) {
    const place = (x) => `${Math.max(0, Math.min(100, (x / most) * 100))}%`;
    of.level.style.width = place(value);
    of.level.dataset.over = String(value > target);
    of.tick.style.left = place(target);
    of.low.hidden = lowAt === null;
    if (lowAt !== null) of.low.style.left = place(lowAt);
  }

  /** Where nobody looks there is nothing to compare, and nothing that decides. */
  function blind(of, isBlind, idle) {
    of.node.classList.toggle("blind", isBlind);
    for (const name of idle) of.stations[name].hidden = isBlind;
    of.gauge.hidden = of.figure.hidden = isBlind;
    if (isBlind) put(of.compared, "");
    of.node.classList.remove("steps");
  }

  // ---- the service's loop -------------------------------------------------------------------------------------
  function showService(t) {
    const s = data.service, wanted = holds(s.tasks, t), running = holds(s.running, t);
    write(service, "wanted", "big", say("wanted", { n: n(wanted) }));
    write(service, "running", "big", say("running", { n: n(running), m: n(wanted) }));
    const b = lastAt(s.bounds.t, t), moves = s.bounds.t[b + 1];
    write(service, "wanted", "bounds", b < 0 ? "" : say("bounds", { least: n(s.bounds.least[b]), most: n(s.bounds.most[b]) }));
    blind(service, !s.looks, ["alarms", "rest"]);
    if (!s.looks) {
      put(service.verdict, say(s.is_scheduled ? "schedule" : "no_policy"));
      put(service.next, moves === undefined ? "" : say("schedule_next", { clock: clockText(moves) }));
      return;
    }
    const i = lastAt(s.looks.at_s, t), look = i < 0 ? null : Object.fromEntries(Object.entries(s.looks).map(([k, v]) => [k, v[i]]));
    const unit = (x) => s.unit.replace("{n}", n(x));
    put(service.figure, look ? unit(look.metric >= 100 ? Math.round(look.metric) : Math.round(look.metric * 10) / 10) : "–");
    put(service.compared, say("of_target", { metric: s.metric, target: unit(s.target) }));
    gaugeOf(service, look?.metric ?? 0, s.target, s.low, s.target * 2);
    const [out, inn] = s.points;
    write(service, "alarms", "big", say("alarms"));
    dots(service, "alarms", "above", say("above", { target: unit(s.target), n: Math.min(look?.above ?? 0, out), m: out }), Math.min(look?.above ?? 0, out), out, "out");
    dots(service, "alarms", "below", say("below", { low: unit(s.low), n: Math.min(look?.below ?? 0, inn), m: inn }), Math.min(look?.below ?? 0, inn), inn, "in");
    const restOut = (look?.out_again_s ?? 0) - t, restIn = (look?.in_again_s ?? 0) - t;
    write(service, "rest", "big", say("metric"));
    bar(service, "rest", "out", restOut > 0 ? say("rests_out", { s: n(Math.ceil(restOut)) }) : say("rests_not", { s: n(s.rest[0]) }), restOut / s.rest[0]);
    bar(service, "rest", "in", restIn > 0 ? say("rests_in", { s: n(Math.ceil(restIn)) }) : "", restIn / Math.max(...s.rest));
    service.lines.get("rest.in").node.hidden = restIn <= 0;
    tellLook(service, look, i, s, t, look ? say(`because.${look.because}`, { step: signed(look.step) }) : "");
    service.stations.alarms.classList.toggle("acts", !!look && (look.above > 0 || look.below > 0));
    service.stations.rest.classList.toggle("acts", !!look && look.because === "cooling");
    service.stations.wanted.classList.toggle("acts", !!look && !!look.step);
    service.stations.running.classList.toggle("acts", running < wanted);
  }
  const signed = (x) => (x > 0 ? `+${n(x)}` : n(x));

  /** What the last look decided, and when the next one comes. */
  function tellLook(of, look, i, about, t, text) {
    const at = about.looks.at_s, coming = at[i + 1] ?? null;
    put(of.verdict, look ? `${clockText(look.at_s)} ${text}` : say("unlooked"));
    put(of.next, coming === null ? "" : say("next_look", { s: n(Math.max(1, Math.ceil(coming - t))) }));
    of.node.classList.toggle("steps", !!look && !!look.step);
  }

  // ---- the hosts' loop ----------------------------------------------------------------------------------------
  function showHosts(t) {
    const h = data.hosts, up = holds(h.up, t), paid = holds(h.paid, t);
    write(hosts, "registered", "big", say("registered", { n: n(up) }));
    write(hosts, "registered", "booting", paid > up ? say("booting", { n: n(paid - up) }) : say("registered_all"));
    blind(hosts, !h.looks, ["needed", "gate", "rules"]);
    if (!h.looks) {
      put(hosts.verdict, say("not_managed"));
      put(hosts.next, "");
      return;
    }
    const i = lastAt(h.looks.at_s, t), look = i < 0 ? null : Object.fromEntries(Object.entries(h.looks).map(([k, v]) => [k, v[i]]));
    const percent = (x) => data.words.percent.replace("{n}", n(Math.round(x)));
    put(hosts.figure, look ? percent(look.reservation) : "–");
    put(hosts.compared, look ? say("of_reservation", { m: n(look.needed), n: n(look.up), target: percent(h.target) }) : say("reservation", { target: percent(h.target) }));
    gaugeOf(hosts, look?.reservation ?? 0, h.target, null, 200);
    write(hosts, "needed", "big", look ? say("needed", { n: n(look.needed) }) : say("needed", { n: "–" }));
    write(hosts, "needed", "sum", look ? say("needed_sum", { used: n(look.in_use), extra: n(look.extra), waiting: n(look.waiting) }) : "");
    write(hosts, "needed", "stuck", look?.too_large ? say("stuck", { n: n(look.too_large) }) : "");
    const quiet = Math.min(look?.quiet ?? 0, h.quiet);
    write(hosts, "gate", "big", say(quiet || !look ? "quiet" : "loud", { n: n(quiet), m: n(h.quiet) }));
    dots(hosts, "gate", "dots", "", quiet, h.quiet, "in");
    const warming = warmLeft(t);
    bar(hosts, "gate", "warm", warming > 0 ? say("warm", { s: n(Math.ceil(warming)) }) : say("warm_not", { s: n(h.warmup) }), warming / Math.max(1, h.warmup));
    write(hosts, "registered", "bounds", say("hosts_bounds", { least: n(h.bounds[0]), most: n(h.bounds[1]) }));
    write(hosts, "rules", "big", say(h.protect ? "protected" : "unprotected"));
    write(hosts, "rules", "steps", say("steps_range", { least: n(h.steps[0]), most: n(h.steps[1]) }));
    tellLook(hosts, look, i, h, t, look ? say(`reason.${look.reason}`, { step: signed(look.step), n: n(quiet), m: n(h.quiet), wanted: n(look.wanted) }) : "");
    hosts.stations.needed.classList.toggle("acts", !!look && look.extra > 0);
    hosts.stations.gate.classList.toggle("acts", quiet > 0 || warming > 0);
    hosts.stations.registered.classList.toggle("acts", paid > up);
    hosts.stations.rules.classList.toggle("acts", look?.reason === "protected");
  }

  /** Seconds that are left of the warm-up after the last launch. */
  function warmLeft(t) {
    const { at_s, step } = data.hosts.looks;
    for (let i = lastAt(at_s, t); i >= 0; i--) if (step[i] > 0) return at_s[i] + data.hosts.warmup - t;
    return 0;
  }

  // ---- host by host -------------------------------------------------------------------------------------------
  function indexStays() {
    const { moves, hosts: names } = data.stays;
    const by = names.map(() => ({ t: [], text: [] }));
    let here = new Set(), most = 0;
    for (const [t, host, text] of moves) {
      by[host].t.push(t);
      by[host].text.push(text);
      if (text < 0) here.delete(host);
      else here.add(host);
      most = Math.max(most, here.size);
    }
    rows = Array.from({ length: most }, () => {
      const row = make("li"), mark = make("i"), name = make("b"), text = make("span");
      mark.setAttribute("aria-hidden", "true");
      row.append(mark, name, text);
      return { row, mark, name, text };
    });
    list.replaceChildren(...rows.map((r) => r.row));
    return by;
  }
  function showStays(t) {
    let k = 0;
    staying.forEach((host, i) => {
      const at = lastAt(host.t, t), text = at < 0 ? -1 : host.text[at];
      if (text < 0) return;
      const { text: said, tone } = data.stays.texts[text], r = rows[k++];
      put(r.name, data.stays.hosts[i]);
      put(r.text, said);
      r.mark.className = tone;
      r.row.hidden = false;
      r.row.classList.remove("unused");
    });
    for (; k < rows.length; k++) rows[k].row.classList.add("unused");
    put(staysLede, data.stays.moves.length ? say("stays.lede", { clock: clockText(t) }) : say("stays.none"));
  }

  let shownAt = -1;
  function show(why) {
    if (!data) return;
    const now = performance.now();
    if (why === "tick" && now - shownAt < 90) return; // eleven times a second is plenty for words
    shownAt = now;
    showService(clock.t);
    showHosts(clock.t);
    showStays(clock.t);
  }
  const deaf = clock.subscribe((_, why) => show(why));
  return {
    update(fresh) {
      const isNew = data?.id !== fresh.id || data?.lang !== fresh.lang;
      data = fresh;
      root.lang = fresh.lang;
      root.dataset.theme = themeOf(root);
      root.setAttribute("aria-label", say("label"));
      put(service.title, say("service.title"));
      put(hosts.title, say("hosts.title"));
      service.node.setAttribute("aria-label", say("service.title"));
      hosts.node.setAttribute("aria-label", say("hosts.title"));
      put(staysTitle, say("stays.title"));
      if (isNew || !staying) staying = indexStays();
      show("run");
    },
    destroy() {
      deaf();
      root.remove();
    },
  };
}

export default keeper(makeLoops, "loops");
