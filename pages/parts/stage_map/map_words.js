// The map in sentences: for the popover, the table and the ear.

const HOST_KEY = ["gone", "host_booting", "host_ready", "host_draining", "host_unseen", "host_lost", "host_cut", "host_notice", "host_closed"];
const ZONE_KEY = ["zone_is_well", "zone_is_impaired", "zone_is_lost", "zone_is_shifted"];
const FRONT_KEY = ["front_is_out", "front_is_in", "front_is_turning", "front_is_dead"];

function homeName(run, i) {
  const home = run.task.home[i];
  if (home < 0) return null;
  return run.solo ? run.p.zones[home] : run.p.hosts.id[home];
}

function nameOf(ui, run, item) {
  if (item.kind === "balancer") return ui.say("balancer");
  if (item.kind === "zone") return ui.say("zone", { zone: run.p.zones[item.id] });
  if (item.kind === "host") return ui.say("host", { host: run.p.hosts.id[item.id] });
  return ui.say("task", { task: item.id });
}

/** What an item is now: its state's number and word, since when, and the tile that shows it (or null). */
function stateOf(ui, run, now, item) {
  if (item.kind === "balancer") {
    const off = [...now.frontState].findIndex((front) => front !== FRONT.IN), state = off < 0 ? FRONT.IN : now.frontState[off];
    const word = off < 0 ? ui.say("fronts_well") : `${ui.say("zone", { zone: run.p.zones[off] })}: ${ui.say(FRONT_KEY[state])}`;
    return { state, word, since: off < 0 ? Math.max(...now.frontSince) : now.frontSince[off], glyph: null };
  }
  if (item.kind === "zone") {
    const state = now.zoneState[item.id];
    return { state, word: ui.say(ZONE_KEY[state]), since: now.zoneSince[item.id], glyph: state === ZONE.LOST ? TASK.LOST : null };
  }
  if (item.kind === "host") {
    const i = now.hostMove[item.id], state = now.hostState[item.id];
    const glyph = { 1: TASK.STARTING, 3: TASK.DRAINING, 4: TASK.UNSEEN, 5: TASK.LOST, 7: TASK.DRAINING }[state] ?? null;
    return { state, word: ui.say(HOST_KEY[state]), since: i < 0 ? 0 : run.host.t[i], glyph };
  }
  const i = now.taskMove[item.id - 1], state = now.taskState[item.id - 1];
  return { state, word: ui.say(oneTask(state)), since: i < 0 ? 0 : run.task.t[i], glyph: state };
}

function tasksOn(run, now, test) {
  const list = [];
  for (let n = 0; n < run.tasks; n++) if (now.taskState[n] && run.task.home[now.taskMove[n]] >= 0 && test(now.taskMove[n])) list.push(n);
  return list;
}

function hostCounts(run, now, h) {
  const counts = new Int32Array(8);
  if (!run.solo) for (const n of tasksOn(run, now, (i) => run.task.home[i] === h)) counts[now.taskState[n]]++;
  return counts;
}

/** Does this host run the newest release by now? */
/** Which release a task runs: 0 = the first one, or nobody brought another one out. */
const releaseOf = (run, task) => run.p.task_release?.[task - 1] ?? 0;

/** How many tasks that serve run a newer release than the first. */
function servingNew(run, now) {
  let count = 0;
  for (let n = 0; n < run.tasks; n++) if (now.taskState[n] === TASK.SERVING && releaseOf(run, n + 1)) count++;
  return count;
}

/** A task's state with its release, where there is more than one. */
const withRelease = (ui, run, task, word) => (run.hasReleases ? `${word}, ${ui.say("release_is", { n: releaseOf(run, task) + 1 })}` : word);

const isPatched = (run, now, h) => (run.p.hosts.patched?.[h] ?? Infinity) <= now.t + 1e-6;

/** The popover's short facts, as [label, value] pairs. */
function factsOf(ui, run, now, item) {
  const facts = [], flow = flowAt(run, now.t), n = (x) => numberText(rounded(x), ui.signs);
  if (item.kind === "balancer") {
    facts.push([ui.say("fact_in"), ui.say("rate", { n: n(flow.users.label) })]);
    if (flow.refused.label > 0.5) facts.push([ui.say("fact_refused"), ui.say("rate", { n: n(flow.refused.label) })]);
    run.p.zones.forEach((id, z) => facts.push([ui.say("zone", { zone: id }), ui.say(FRONT_KEY[now.frontState[z]])]));
  } else if (item.kind === "zone") {
    const z = item.id, ok = flow.ok[z]?.label ?? 0, bad = flow.bad[z]?.label ?? 0;
    if (!run.solo) facts.push([ui.say("fact_hosts"), numberText(now.zoneHosts[z], ui.signs)]);
    facts.push([ui.say("fact_tasks"), countsText(ui, run, now.zoneCounts[z]) || ui.say("none")]);
    facts.push([ui.say("fact_traffic"), ui.say("rate", { n: n(ok) })]);
    if (bad > 0.5) facts.push([ui.say("fact_failing"), ui.say("rate", { n: n(bad) })]);
  } else if (item.kind === "host") {
    const h = item.id;
    facts.push([ui.say("fact_zone"), run.p.zones[run.hostZone[h]]]);
    if (run.p.hosts.type?.[h]) facts.push([ui.say("fact_type"), run.p.hosts.type[h]]);
    facts.push([ui.say("fact_tasks"), countsText(ui, run, hostCounts(run, now, h)) || ui.say("none")]);
    if (now.hostState[h] === HOST.READY) facts.push([ui.say("fact_room"), numberText(Math.max(0, run.p.hosts.room[h] - now.hostTasks[h]), ui.signs)]);
    if (isPatched(run, now, h)) facts.push([ui.say("fact_release"), ui.say("release_new")]);
    if (now.hostState[h] === HOST.BOOTING) {
      const ready = run.host.until(h, now.hostMove[h]);
      if (ready < Infinity) facts.push([ui.say("fact_ready"), clockText(ready)]);
    }
  } else {
    const i = now.taskMove[item.id - 1], service = run.p.services[run.p.task_service[item.id - 1]];
    const byHand = run.p.by_hand?.includes(item.id);
    if (service) facts.push([ui.say(byHand ? "fact_by_hand" : "fact_service"), service]);
    if (run.hasReleases) facts.push([ui.say("fact_release_of"), numberText(releaseOf(run, item.id) + 1, ui.signs)]);
    const home = homeName(run, i);
    if (home && !run.solo) facts.push([ui.say("fact_host"), home]);
    if (run.task.zone[i] >= 0) facts.push([ui.say("fact_zone"), run.p.zones[run.task.zone[i]]]);
  }
  return facts;
}

/** One sentence for the ear when the arrow keys arrive somewhere. */
function spoken(ui, run, now, item) {
  const s = stateOf(ui, run, now, item);
  return `${nameOf(ui, run, item)}: ${s.word}. ${factsOf(ui, run, now, item).map(([k, v]) => `${k} ${v}`).join(". ")}`;
}

/** The picture's label: what it is, and how it stands. */
function pictureLabel(ui, run, now) {
  const lost = run.p.zones.filter((_, z) => now.zoneState[z] === ZONE.LOST).map((zone) => ui.say("zone_lost", { zone }));
  return [ui.say("label", { name: run.p.name, clock: clockText(now.t) }), countsText(ui, run, now.counts) || ui.say("none"), ...lost].join(". ");
}

/** The table's rows: the same content for the same moment. */
function tableRows(ui, run, now) {
  const flow = flowAt(run, now.t), out = [];
  run.p.zones.forEach((id, z) => {
    const zone = ui.say("zone", { zone: id }), s = stateOf(ui, run, now, { kind: "zone", id: z });
    const rateText = run.p.flow.zone_ok ? ui.say("rate", { n: numberText(rounded(flow.ok[z]?.label ?? 0), ui.signs) }) : "";
    const counts = countsText(ui, run, now.zoneCounts[z]) || ui.say("none");
    out.push([zone, s.word, clockText(s.since), [counts, rateText].filter(Boolean).join("; ")]);
    if (run.solo) {
      for (const n of tasksOn(run, now, (i) => run.task.home[i] === z)) {
        out.push([ui.say("task", { task: n + 1 }), withRelease(ui, run, n + 1, ui.say(oneTask(now.taskState[n]))), clockText(run.task.t[now.taskMove[n]]), zone]);
      }
      return;
    }
    const by = new Map();
    for (const n of tasksOn(run, now, (i) => run.hostZone[run.task.home[i]] === z)) {
      const h = run.task.home[now.taskMove[n]], word = withRelease(ui, run, n + 1, ui.say(TASK_WORD[now.taskState[n]]));
      const words = by.get(h) ?? by.set(h, new Map()).get(h);
      words.set(word, [...(words.get(word) ?? []), n + 1]);
    }
    for (let h = 0; h < run.hosts; h++) {
      if (run.hostZone[h] !== z || !now.hostState[h]) continue;
      const list = [...(by.get(h) ?? [])].map(([word, tasks]) => `${tasks.length} ${word} (${tasks.join(", ")})`);
      out.push([ui.say("host", { host: run.p.hosts.id[h] }), ui.say(HOST_KEY[now.hostState[h]]),
        clockText(run.host.t[now.hostMove[h]]), list.join("; ") || ui.say("none")]);
    }
  });
  for (const n of now.queue) {
    out.push([ui.say("task", { task: n + 1 }), ui.say(oneTask(now.taskState[n])), clockText(run.task.t[now.taskMove[n]]), ui.say("waiting")]);
  }
  return out;
}
