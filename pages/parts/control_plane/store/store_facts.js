// What holds at a moment: everything the picture shows is looked up here, from columns of times.

const ABSENT = -1, DOWN = 0, FOLLOWER = 1, PRE = 2, CANDIDATE = 3, LEADER = 4, REMOVED = 5;
const STATES = { [ABSENT]: "absent", [DOWN]: "down", [FOLLOWER]: "follower", [PRE]: "pre", [CANDIDATE]: "candidate", [LEADER]: "leader", [REMOVED]: "removed" };

function makeFacts(data) {
  const covers = (spans, t) => spans.some(([from, to]) => from <= t && t < to);
  const member = (n) => data.members[n - 1];
  /** What a member is: its state, term, the leader it knows, and when its clock ticks. */
  function at(n, t) {
    const m = member(n), i = Math.max(0, lastAt(m.t, t));
    return { n, zone: m.zone, state: m.state[i], term: m.term[i], leader: m.leader[i], phase: m.phase[i] };
  }
  const isUp = (one) => one.state >= FOLLOWER && one.state <= LEADER;
  const word = (one) => (one.state === FOLLOWER && !one.leader ? "alone" : STATES[one.state]);
  const zoneIs = (what, zone, t) => data[what].some(([z, from, to]) => z === zone && from <= t && t < to);
  /** Whether the network between two members is cut at a moment. */
  function isCut(a, b, t) {
    const [low, high] = a.n < b.n ? [a.n, b.n] : [b.n, a.n];
    if (data.links.some(([x, y, from, to]) => x === low && y === high && from <= t && t < to)) return true;
    return a.zone !== b.zone && (zoneIs("cut", a.zone, t) || zoneIs("cut", b.zone, t));
  }
  const linkIsCut = (a, b, t) => data.links.some(([x, y, from, to]) => x === Math.min(a, b) && y === Math.max(a, b) && from <= t && t < to);
  const all = (t) => data.members.map((_, i) => at(i + 1, t));
  function electorate(t) {
    let found = data.electorates[0];
    for (const one of data.electorates) if (one[0] <= t) found = one;
    return { voters: found[1], needed: found[2] };
  }
  /** The committed index: where it stood, and what was written since. */
  function index(t) {
    let n = 0;
    for (const [from, to, base, rate] of data.rises) if (from <= t) n = base + Math.max(0, Math.min(t, to) - from) * rate;
    return Math.floor(n + 1e-6);
  }
  const leaderAt = (t) => data.leaders.findLast(([from, to]) => from <= t && t < to) ?? null;
  const readers = (t) => data.reads.filter(([, from, to]) => from <= t && t < to).map(([n]) => n).sort((a, b) => a - b);
  const up = (t) => all(t).filter(isUp).map((one) => one.n);
  const canWrite = (t) => covers(data.write, t);
  const times = data.events.map((e) => e.t), loud = data.events.filter((e) => e.tone !== "plain"), loudTimes = loud.map((e) => e.t);
  /** The last thing that changed who can write, and the last thing that happened at all. */
  function told(t) {
    const i = lastAt(times, t), j = lastAt(loudTimes, t);
    return { holds: j < 0 ? null : loud[j], latest: i < 0 ? null : data.events[i] };
  }
  return { at, all, isUp, word, zoneIs, isCut, linkIsCut, electorate, index, leaderAt, readers, up, canWrite, told, covers };
}
