// The picture in sentences: for the popover, the table and the ear.

const moduleName = (run, m) => run.g.modules[m].label;
const callName = (ui, run, e) => ui.say("call", { from: run.edges[e].from < 0 ? ui.say("crowd") : moduleName(run, run.edges[e].from), to: moduleName(run, run.edges[e].to) });
const boxLabel = (ui, run, i) => (run.boxes[i].modules.length > 1 ? ui.say("box_of", { name: run.boxes[i].label, n: run.boxes[i].modules.length }) : run.boxes[i].label);

function nameOf(ui, run, item) {
  if (item.kind === "users") return ui.say("crowd");
  if (item.kind === "box") return boxLabel(ui, run, item.id);
  if (item.kind === "module") return moduleName(run, item.id);
  return callName(ui, run, item.id);
}

/** What an item is now: its state's number and word, since when. */
function stateOf(ui, run, now, item) {
  if (item.kind === "module") return { state: now.fault[item.id], word: ui.say(FAULT_WORD[now.fault[item.id]]), since: now.fault[item.id] || now.faultSince[item.id] > 0 ? now.faultSince[item.id] : null, glyph: null };
  if (item.kind === "edge") {
    const { call, local, breaker } = run.edges[item.id], state = call < 0 ? 0 : now.circuit[call];
    const word = local ? "call_local" : breaker ? CIRCUIT_WORD[state] : "call_network";
    return { state, word: ui.say(word), since: state ? now.circuitSince[call] : null, glyph: null };
  }
  if (item.kind === "box" && now.fault[run.count + item.id]) {
    const at = run.count + item.id;
    return { state: now.fault[at], word: ui.say(FAULT_WORD[now.fault[at]]), since: now.faultSince[at], glyph: null };
  }
  if (item.kind === "box") {
    const [worst] = countsOf(now.boxTasks[item.id])[0] ?? [TASK.PENDING];
    return { state: worst, word: ui.say(oneTask(worst)), since: null, glyph: worst };
  }
  const all = usersAt(run, now.t), share = all.n > FEW ? all.bad / all.n : 0;
  return { state: 0, word: share >= 0.005 ? ui.say("users_fail", { share: percent(ui, share) }) : ui.say("users_well"), since: null, glyph: null };
}

/** A service's tasks in words: "6 serving, 2 lost", and where they are. */
function tasksText(ui, run, now, box) {
  const counts = new Int32Array(8), zones = new Map();
  for (const [zone, state] of now.boxTasks[box]) {
    counts[state]++;
    if (zone >= 0) zones.set(zone, (zones.get(zone) ?? 0) + 1);
  }
  const where = [...zones].map(([zone, n]) => ui.say("in_zone", { n, zone: run.p.zones[zone] })).join(", ");
  return [countsText(ui, run, counts) || ui.say("none"), where].filter(Boolean).join("; ");
}

const perSecond = (ui, n) => ui.say("rate", { n: n > 0 && n < 10 ? oneDigit(ui, n) : rate(ui, n) });
const oneDigit = (ui, n) => { const tenths = Math.round(n * 10); return tenths % 10 ? `${Math.floor(tenths / 10)}${ui.signs.decimal ?? "."}${tenths % 10}` : String(tenths / 10); };
const failText = (ui, n, bad) => ui.say("of_all", { n: perSecond(ui, bad), share: percent(ui, n > FEW ? bad / n : 0) });

/** What comes into a module from others and from users, a second. */
function intoModule(run, m, t) {
  const sum = { n: 0, bad: 0 };
  run.edges.forEach((edge, e) => {
    if (edge.to !== m) return;
    const at = callAt(run, e, t);
    sum.n += at.n;
    sum.bad += at.bad;
  });
  return sum;
}

function factsOf(ui, run, now, item) {
  const facts = [], { t } = now;
  if (item.kind === "users") {
    for (const action of run.actions) {
      const s = stepsAt(run, t, false), n = labelAt(action.flow.n, s), bad = labelAt(action.flow.bad, s);
      facts.push([action.label, bad > 0.05 ? `${perSecond(ui, n)}; ${ui.say("failing", { share: percent(ui, bad / Math.max(n, FEW)) })}` : perSecond(ui, n)]);
    }
  } else if (item.kind === "box") {
    facts.push([ui.say("fact_modules"), run.boxes[item.id].modules.map((m) => moduleName(run, m)).join(", ")]);
    facts.push([ui.say("fact_tasks"), tasksText(ui, run, now, item.id)]);
  } else if (item.kind === "module") {
    const into = intoModule(run, item.id, t);
    facts.push([ui.say("fact_called"), perSecond(ui, into.n)]);
    if (into.bad > FEW) facts.push([ui.say("fact_failing"), failText(ui, into.n, into.bad)]);
    facts.push([ui.say("fact_runs_in"), boxLabel(ui, run, run.boxOf[item.id])]);
    facts.push([ui.say("fact_tasks"), tasksText(ui, run, now, run.boxOf[item.id])]);
  } else {
    const edge = run.edges[item.id], at = callAt(run, item.id, t);
    facts.push([ui.say("fact_calls"), perSecond(ui, at.n)]);
    facts.push([ui.say("fact_failing"), at.bad > FEW ? failText(ui, at.n, at.bad) : ui.say("none")]);
    if (edge.local || edge.call < 0) return facts;
    if (edge.retries > 0 || at.again > FEW) facts.push([ui.say("fact_again"), perSecond(ui, at.again)]);
    const list = (values, key) => values.map((n) => ui.say(key, { n: shortNumber(ui, n) })).join(", ");
    facts.push([ui.say("fact_timeout"), list(edge.timeouts_s, "seconds")]);
    facts.push([ui.say("fact_retries"), edge.retries > 0 ? ui.say("up_to", { n: edge.retries }) : ui.say("none")]);
    if (!edge.breaker) facts.push([ui.say("fact_breaker"), ui.say("none")]);
    if (edge.bulkheads.length) facts.push([ui.say("fact_bulkhead"), list(edge.bulkheads, "at_once")]);
    facts.push([ui.say("fact_needed"), edge.needed.map((needed) => ui.say(needed ? "needed" : "not_needed")).join(", ")]);
  }
  return facts;
}
const shortNumber = (ui, n) => String(Math.round(n * 1000) / 1000).replace(".", ui.signs.decimal ?? ".");

/** One sentence for the ear when the arrow keys arrive somewhere. */
function spoken(ui, run, now, item) {
  return `${nameOf(ui, run, item)}: ${stateOf(ui, run, now, item).word}. ${factsOf(ui, run, now, item).map(([k, v]) => `${k} ${v}`).join(". ")}`;
}

/** The picture's label: what it is, and how it stands. */
function pictureLabel(ui, run, now) {
  const who = (at) => (at < run.count ? moduleName(run, at) : run.boxes[at - run.count].label);
  const faults = [...now.fault].flatMap((fault, at) => (fault ? [`${who(at)}: ${ui.say(FAULT_WORD[fault])}`] : []));
  const all = usersAt(run, now.t);
  return [ui.say("label", { name: run.p.name, clock: clockText(now.t) }), ui.say("users", { n: rate(ui, all.n) }),
    stateOf(ui, run, now, { kind: "users", id: 0 }).word, ...faults].join(". ");
}

/** The table's rows: services with their modules and tasks, then every call, with the very facts of the popovers. */
function tableRows(ui, run, now) {
  const out = [], flat = (item, skip = 0) => factsOf(ui, run, now, item).slice(skip).map(([k, v]) => `${k}: ${v}`).join("; ");
  const add = (item, more) => {
    const s = stateOf(ui, run, now, item);
    out.push([nameOf(ui, run, item), s.word, s.since > 0 ? clockText(s.since) : "", more ?? flat(item)]);
  };
  add({ kind: "users", id: 0 });
  run.boxes.forEach((box, i) => {
    if (box.modules.length > 1) add({ kind: "box", id: i });
    for (const m of box.modules) add({ kind: "module", id: m });
  });
  run.edges.forEach((edge, e) => { if (edge.call >= 0) add({ kind: "edge", id: e }); });
  return out;
}
