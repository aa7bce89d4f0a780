// A run of an application as its picture needs it: the map's own index, and beside it who calls whom, how often, what of
// it fails, which module has a fault, and which circuit is open.

const FAULT = { NONE: 0, SLOW: 1, ERRORS: 2, LEAK: 3, CRASH: 4, RELEASE: 5 };
const FAULT_WORD = ["fault_none", "fault_slow", "fault_errors", "fault_leak", "fault_crash", "fault_release"];
const CIRCUIT = { CLOSED: 0, OPEN: 1, HALF: 2 };
const CIRCUIT_WORD = ["circuit_closed", "circuit_open", "circuit_half"];
const FEW = 0.05; // calls a second: less than that is none

function indexCalls(p) {
  const run = indexRun(p), g = p.graph, count = g.modules.length, most = (column) => Math.max(0, ...(column ?? []));
  const columns = (of, i) => ({ n: of.n[i] ?? [], bad: of.bad[i] ?? [], again: of.again?.[i] ?? [] });
  const entries = g.entries.map((entry, i) => ({ ...entry, from: -1, local: false, call: -1, flow: columns(g.flow.entries, i) }));
  const calls = g.calls.map((call, i) => ({ ...call, call: i, flow: columns(g.flow.calls, i) }));
  run.g = g;
  run.count = count;
  run.boxes = g.boxes;
  run.boxOf = g.modules.map((m) => m.box);
  run.serviceBox = new Map(g.boxes.map((box, i) => [box.service, i]));
  run.edges = [...entries, ...calls];
  for (const e of run.edges) e.peak = most(e.flow.n);
  run.actions = g.actions.map((action, i) => ({ ...action, flow: columns(g.flow.actions, i) }));
  run.layer = layersOf(count, g.calls, g.entries.map((e) => e.to));
  run.order = sorted(count, run.edges, run.layer);
  run.bands = g.boxes.map((_, i) => i).filter((i) => g.boxes[i].modules.length > 1);
  run.wasWhole = g.room ?? true; // the place of the shared service's name is kept when its last modules are split out
  // Modules, then services: a bad version is its whole service's.
  run.fault = new Track(g.faults.t, g.faults.module, { state: g.faults.state }, count + g.boxes.length);
  run.circuit = new Track(g.circuits.t, g.circuits.call, { state: g.circuits.state }, g.calls.length);
  const mine = (n) => run.serviceBox.has(p.task_service[n]);
  run.changeAt = Float64Array.from([...run.changeAt, ...g.faults.t, ...g.circuits.t]).sort();
  run.mine = Array.from({ length: run.tasks }, (_, n) => mine(n));
  Object.assign(run.now, {
    fault: new Int32Array(count + g.boxes.length), faultSince: new Float64Array(count + g.boxes.length), circuit: new Int32Array(g.calls.length), circuitSince: new Float64Array(g.calls.length),
    boxTasks: g.boxes.map(() => []), // of each service: [zone, state] of every task
  });
  return run;
}

/** Look at a moment: the map's look, and what only an application has. */
function lookCalls(run, t) {
  const now = look(run, t);
  for (const list of now.boxTasks) list.length = 0;
  for (let n = 0; n < run.tasks; n++) {
    const box = run.serviceBox.get(run.p.task_service[n]);
    if (now.taskState[n] && box !== undefined) now.boxTasks[box].push([run.task.zone[now.taskMove[n]], now.taskState[n]]);
  }
  for (const list of now.boxTasks) list.sort((a, b) => (a[0] < 0) - (b[0] < 0) || a[0] - b[0] || a[1] - b[1]);
  for (let m = 0; m < now.fault.length; m++) {
    const i = run.fault.at(m, t);
    now.fault[m] = i < 0 ? 0 : run.fault.state[i];
    now.faultSince[m] = i < 0 ? 0 : run.fault.t[i];
  }
  for (let k = 0; k < run.g.calls.length; k++) {
    const i = run.circuit.at(k, t);
    now.circuit[k] = i < 0 ? 0 : run.circuit.state[i];
    now.circuitSince[k] = i < 0 ? 0 : run.circuit.t[i];
  }
  return now;
}

/** The steps that hold at t: where `width` reads, and over which steps a `label` averages (five seconds, never across an
 *  operation): the map's own rule. */
function stepsAt(run, t, moving) {
  const { step } = run.g.flow, n = run.edges[0]?.flow.n.length ?? 0;
  const i = Math.min(Math.max(0, Math.floor(t / step + 1e-9)), Math.max(0, n - 1)), done = lastAt(run.doneAt, i * step);
  const back = Math.min(i, Math.max(i - Math.round(5 / step) + 1, done < 0 ? 0 : Math.ceil(run.doneAt[done] / step)));
  return { i, back, part: moving ? Math.min(1, (t - i * step) / 0.4) : 1 };
}
function widthAt(column, s) {
  const old = column[Math.max(0, s.i - 1)] ?? 0;
  return old + ((column[s.i] ?? 0) - old) * s.part;
}
function labelAt(column, s) {
  let sum = 0;
  for (let k = s.back; k <= s.i; k++) sum += column[k] ?? 0;
  return sum / (s.i - s.back + 1);
}

/** What flows over one call at t: a second, failing, and tried again. */
function callAt(run, e, t) {
  const s = stepsAt(run, t, false), { flow } = run.edges[e];
  return { n: labelAt(flow.n, s), bad: labelAt(flow.bad, s), again: labelAt(flow.again, s) };
}
function usersAt(run, t) {
  const s = stepsAt(run, t, false), sum = (name) => run.actions.reduce((all, a) => all + labelAt(a.flow[name], s), 0);
  return { n: sum("n"), bad: sum("bad") };
}
