// The run as the map needs it: who was where, in which state, at any t. Moves are sorted by subject once; a look at
// a moment is then a binary search per subject (and, while playing, usually no search at all).

const TASK = { GONE: 0, PENDING: 1, STARTING: 2, SERVING: 3, DRAINING: 4, LOST: 5, UNSEEN: 6, REFUSED: 7 };
const HOST = { GONE: 0, BOOTING: 1, READY: 2, DRAINING: 3, UNSEEN: 4, LOST: 5, CUT: 6, NOTICE: 7, CLOSED: 8 };
const ZONE = { WELL: 0, IMPAIRED: 1, LOST: 2, SHIFTED: 3 };
const FRONT = { OUT: 0, IN: 1, TURNING: 2, DEAD: 3 };
const TASK_WORD = ["gone", "pending", "starting", "serving", "draining", "lost", "unseen", "failed"];
const LEGEND = [TASK.SERVING, TASK.STARTING, TASK.PENDING, TASK.DRAINING, TASK.UNSEEN, TASK.LOST, TASK.REFUSED];

/** One family of moves, grouped by subject, each group in time order (a stable counting sort). */
class Track {
  constructor(times, subjects, columns, count) {
    const n = times.length;
    this.start = new Int32Array(count + 1);
    for (let i = 0; i < n; i++) this.start[subjects[i] + 1]++;
    for (let s = 0; s < count; s++) this.start[s + 1] += this.start[s];
    const next = this.start.slice(0, count);
    this.t = new Float64Array(n);
    this.from = new Int32Array(n); // where in the payload this move came from
    for (let i = 0; i < n; i++) {
      const at = next[subjects[i]]++;
      this.t[at] = times[i];
      this.from[at] = i;
    }
    for (const [name, column] of Object.entries(columns)) this[name] = Int32Array.from(this.from, (i) => column[i]);
    this.cursor = this.start.slice(0, count);
    this.count = count;
  }

  /** The move that holds for this subject at t, or -1 before its first. */
  at(subject, t) {
    const low = this.start[subject], high = this.start[subject + 1];
    if (low === high || t < this.t[low]) return -1;
    let i = this.cursor[subject];
    if (t >= this.t[i] && (i + 1 === high || t < this.t[i + 1])) return i;
    i = lastAt(this.t, t, low, high);
    this.cursor[subject] = i;
    return i;
  }
  /** When the subject's next move comes, or Infinity. */
  until(subject, i) { return i + 1 < this.start[subject + 1] ? this.t[i + 1] : Infinity; }
  before(subject, i) { return i > this.start[subject] ? this.state[i - 1] : -1; }
}

/** Give every stay a place that does not move while it lasts: the lowest one free when it began.
 *  Returns the place of each move, the most places ever taken in each home, and the most taken at once. */
function places(times, subjects, states, homeOf, homes) {
  const order = Array.from(times, (_, i) => i);
  // At the same moment those who leave make room first.
  order.sort((a, b) => times[a] - times[b] || (states[a] ? 1 : 0) - (states[b] ? 1 : 0) || a - b);
  const taken = Array.from({ length: homes }, () => []);
  const where = new Map();
  const place = new Int32Array(times.length).fill(-1);
  const most = new Int32Array(homes);
  let now = 0, peak = 0;
  for (const i of order) {
    const who = subjects[i], home = states[i] ? homeOf(i) : -1, held = where.get(who);
    if (held && held.home !== home) {
      taken[held.home][held.place] = false;
      where.delete(who);
      now--;
    }
    if (home >= 0 && !where.has(who)) {
      let free = taken[home].findIndex((busy) => !busy);
      if (free < 0) free = taken[home].length;
      taken[home][free] = true;
      where.set(who, { home, place: free });
      most[home] = Math.max(most[home], free + 1);
      peak = Math.max(peak, ++now);
    }
    if (home >= 0) place[i] = where.get(who).place;
  }
  return { place, most, peak };
}

/** When somebody did something. */
const doneAt = (p) => Float64Array.from(p.marks.filter((m) => m.op !== null && m.op !== undefined), (m) => m.t).sort();

function indexRun(p) {
  const byId = new Map(p.hosts.id.map((id, i) => [id, i]));
  const zoneOf = (v) => (typeof v === "string" ? p.zones.indexOf(v) : v);
  const hostOfMove = (v) => (typeof v === "string" ? byId.get(v) ?? -1 : v ?? -1);
  const hosts = p.hosts.id.length, zones = p.zones.length, solo = p.kind !== "hosts";
  const hm = p.host_moves, tm = p.task_moves;
  const tasks = tm.task.reduce((most, n) => Math.max(most, n), p.task_service?.length ?? 0);

  const hostSubject = hm.host.map(hostOfMove);
  const hostZone = Int32Array.from(p.hosts.zone, zoneOf);
  const hostPlaces = places(hm.t, hostSubject, hm.state, (i) => hostZone[hostSubject[i]], zones);
  const host = new Track(hm.t, hostSubject, { state: hm.state, place: hostPlaces.place }, hosts);

  const taskHost = tm.host.map(hostOfMove), taskZone = tm.zone.map((v) => zoneOf(v ?? -1));
  const settled = (i) => tm.state[i] !== TASK.PENDING && tm.state[i] !== TASK.REFUSED;
  const home = (i) => (settled(i) ? (solo ? taskZone[i] : taskHost[i]) : -1);
  const taskPlaces = places(tm.t, tm.task, tm.state, home, solo ? zones : hosts);
  const homeColumn = tm.t.map((_, i) => (tm.state[i] ? home(i) : -1));
  const zoneColumn = tm.t.map((_, i) => (taskHost[i] >= 0 && !solo ? hostZone[taskHost[i]] : taskZone[i]));
  const task = new Track(tm.t, tm.task.map((n) => n - 1),
    { state: tm.state, place: taskPlaces.place, home: homeColumn, zone: zoneColumn }, tasks);

  const steps = (moves) => new Track(moves?.t ?? [], (moves?.zone ?? []).map(zoneOf), { state: moves?.state ?? [] }, zones);
  const placed = []; // every first arrival of a task somewhere, for "last placed"
  for (let n = 0; n < tasks; n++) {
    for (let i = task.start[n]; i < task.start[n + 1]; i++) {
      if (task.home[i] < 0) continue;
      placed.push({ t: task.t[i], task: n + 1, home: task.home[i] });
      break;
    }
  }
  placed.sort((a, b) => a.t - b.t || a.task - b.task);
  const ever = new Set(tm.state); // the legend's rows are those of the whole run, so that none jumps in
  const room = Array.from(p.hosts.room, (r, h) => Math.max(r, taskPlaces.most[h] ?? 0, 1));

  return {
    p, solo, hosts, zones, tasks, host, task, room, hostZone, placed,
    zone: steps(p.zone_moves), front: steps(p.front_moves),
    changeAt: Float64Array.from([hm, tm, p.zone_moves, p.front_moves, { t: (p.hosts.patched ?? []).filter((t) => t !== null) }].flatMap((moves) => moves?.t ?? [])).sort(),
    placedAt: Float64Array.from(placed, (x) => x.t),
    captionAt: Float64Array.from(p.captions, (c) => c.t), waitingAt: Float64Array.from(p.waiting, (w) => w.t),
    doneAt: doneAt(p),
    hostPeak: hostPlaces.peak, hostsInZone: hostPlaces.most,
    tasksInZone: solo ? taskPlaces.most : null,
    legend: LEGEND.filter((s) => s === TASK.SERVING || ever.has(s)),
    roomMost: Math.max(1, ...room),
    hasReleases: (p.task_release ?? []).some((release) => release > 0),
    hasTraffic: (p.flow.users ?? []).some((rate) => rate > 0),
    peakUsers: Math.max(1, ...(p.flow.users ?? [])),
    now: {
      t: -1, hostState: new Int32Array(hosts), hostMove: new Int32Array(hosts).fill(-1), hostTasks: new Int32Array(hosts),
      hostServing: new Int32Array(hosts), taskState: new Int32Array(tasks), taskMove: new Int32Array(tasks).fill(-1),
      counts: new Int32Array(8), zoneCounts: Array.from({ length: zones }, () => new Int32Array(8)),
      zoneHosts: new Int32Array(zones), zoneRoom: new Int32Array(zones), zoneState: new Int32Array(zones), zoneSince: new Float64Array(zones),
      frontState: new Int32Array(zones).fill(1), frontSince: new Float64Array(zones), queue: [], wanted: 0,
    },
  };
}

/** Look at a moment. Fills and returns `run.now`; costs some microseconds per hundred tasks. */
function look(run, t) {
  const now = run.now;
  now.t = t;
  now.counts.fill(0);
  now.hostTasks.fill(0);
  now.hostServing.fill(0);
  now.zoneHosts.fill(0);
  now.zoneRoom.fill(0);
  now.queue.length = 0;
  for (const counts of now.zoneCounts) counts.fill(0);
  for (let h = 0; h < run.hosts; h++) {
    const i = run.host.at(h, t);
    now.hostMove[h] = i;
    now.hostState[h] = i < 0 ? 0 : run.host.state[i];
    if (!now.hostState[h]) continue;
    now.zoneHosts[run.hostZone[h]]++;
    if (now.hostState[h] === HOST.READY) now.zoneRoom[run.hostZone[h]] += run.p.hosts.room[h];
  }
  for (let n = 0; n < run.tasks; n++) {
    const i = run.task.at(n, t), state = i < 0 ? 0 : run.task.state[i];
    now.taskMove[n] = i;
    now.taskState[n] = state;
    if (!state) continue;
    now.counts[state]++;
    if (run.task.home[i] < 0) {
      if (state === TASK.PENDING || state === TASK.REFUSED) now.queue.push(n);
      continue;
    }
    if (run.task.zone[i] >= 0) now.zoneCounts[run.task.zone[i]][state]++;
    if (run.solo) continue;
    now.hostTasks[run.task.home[i]]++;
    if (state === TASK.SERVING) now.hostServing[run.task.home[i]]++;
  }
  // Longest wait first.
  now.queue.sort((a, b) => run.task.t[now.taskMove[a]] - run.task.t[now.taskMove[b]] || a - b);
  for (let z = 0; z < run.zones; z++) {
    const i = run.zone.at(z, t), f = run.front.at(z, t);
    now.zoneState[z] = i < 0 ? ZONE.WELL : run.zone.state[i];
    now.zoneSince[z] = i < 0 ? 0 : run.zone.t[i];
    now.frontState[z] = f < 0 ? FRONT.IN : run.front.state[f];
    now.frontSince[z] = f < 0 ? 0 : run.front.t[f];
  }
  const w = lastAt(run.p.wanted.t, t);
  now.wanted = w < 0 ? 0 : run.p.wanted.n[w];
  return now;
}

/** How many kinds of task a zone ever holds at once; looked up once a run, by whoever draws counts. */
function mostKinds(run) {
  if (run.kinds) return run.kinds;
  run.kinds = 1;
  for (const t of new Set(run.changeAt)) {
    for (const counts of look(run, t).zoneCounts) run.kinds = Math.max(run.kinds, counts.reduce((sum, n) => sum + (n > 0), 0));
  }
  return run.kinds;
}

/** How far a stay has come between its own move and the next: progress of a boot or a start. */
function progress(track, subject, i, t, end) {
  const from = track.t[i], to = track.until(subject, i);
  return Math.min(1, Math.max(0, (t - from) / Math.max(1e-6, (to === Infinity ? Math.max(end, from + 1) : to) - from)));
}

/** Rates at t. While playing `width` moves linearly over 0.4 simulated seconds; `label` is the mean of the last five seconds, but
 *  never across an operation, where the old value would be a lie. The charts' labels take the very same mean. */
function flowAt(run, t, moving = false) {
  const flow = run.p.flow, n = flow.users?.length ?? 0;
  const i = Math.min(Math.max(0, Math.floor(t / flow.step + 1e-9)), Math.max(0, n - 1));
  const done = lastAt(run.doneAt, i * flow.step);
  const back = Math.min(i, Math.max(i - Math.round(5 / flow.step) + 1, done < 0 ? 0 : Math.ceil(run.doneAt[done] / flow.step)));
  const part = moving ? Math.min(1, (t - i * flow.step) / 0.4) : 1;
  const read = (column) => {
    if (!column?.length) return { width: 0, label: 0 };
    const old = column[Math.max(0, i - 1)] ?? 0, fresh = column[i] ?? 0;
    let sum = 0;
    for (let k = back; k <= i; k++) sum += column[k] ?? 0;
    return { width: old + (fresh - old) * part, label: sum / (i - back + 1) };
  };
  const ok = (flow.zone_ok ?? []).map(read), bad = (flow.zone_bad ?? []).map(read);
  const users = read(flow.users), refused = read(flow.refused);
  const failed = [flow.timed_out, flow.lost].map(read), served = read(flow.ok);
  const astray = { width: 0, label: 0 }; // lost before any zone took them: a dead front that clients still find
  for (const key of ["width", "label"]) {
    const all = failed[0][key] + failed[1][key], inZones = bad.reduce((sum, b) => sum + b[key], 0);
    astray[key] = Math.max(0, all - inZones);
    // What was refused leaves upward; it must not be drawn a second time as failing in a zone.
    if (inZones > all) for (const b of bad) b[key] *= all / inZones;
  }
  return { users, refused, failing: failed[0].label + failed[1].label, served, astray, ok, bad, index: i };
}

/** Since when a zone has been getting nothing, or null while it gets something. */
function zeroSince(run, zone, i) {
  const { zone_ok: ok, zone_bad: bad, step } = run.p.flow;
  const at = (k) => (ok?.[zone]?.[k] ?? 0) + (bad?.[zone]?.[k] ?? 0);
  if (at(i) >= 0.5) return null;
  while (i > 0 && at(i - 1) < 0.5) i--;
  return i * step;
}
