// What can be pointed at: the balancer, zones, hosts, tasks. One list serves the mouse, the finger and the arrow keys.

const sameItem = (a, b) => !!a && !!b && a.kind === b.kind && a.id === b.id;

/** The box of an item now, or null when it is gone or not drawn. */
function boxOf(L, run, now, item) {
  if (item.kind === "balancer") return L.c.lbH ? L.bar : null;
  if (item.kind === "zone") return L.zones[item.id] ?? null;
  if (item.kind === "host") {
    if (!now.hostState[item.id] || L.body.kind === "rings" || L.body.kind === "tally") return null;
    return hostBox(L, run.hostZone[item.id], run.host.place[now.hostMove[item.id]]);
  }
  const n = item.id - 1, i = now.taskMove[n];
  if (!now.taskState[n] || run.task.home[i] < 0 || !L.body.t) return null;
  const home = run.task.home[i], s = L.body.t.tile;
  if (run.solo) {
    const spot = ringSpot(L, home, run.task.place[i]);
    return spot && { x: spot.x, y: spot.y, w: s, h: s };
  }
  const box = boxOf(L, run, now, { kind: "host", id: home });
  if (!box || (L.cut && run.task.place[i] >= run.roomMost)) return null;
  const spot = tileSpot(L, box, run.task.place[i]);
  return { x: spot.x, y: spot.y, w: s, h: s };
}

/** Every item with its box. Coarse: only what a finger can hit. */
function itemsOf(L, run, now, coarse) {
  const list = [];
  const add = (kind, id) => {
    const box = boxOf(L, run, now, { kind, id });
    if (box) list.push({ kind, id, box });
  };
  add("balancer", 0);
  run.p.zones.forEach((_, z) => add("zone", z));
  if (coarse) return list;
  for (let h = 0; h < run.hosts; h++) if (now.hostState[h]) add("host", h);
  for (let n = 0; n < run.tasks; n++) if (now.taskState[n]) add("task", n + 1);
  return list;
}

function inside(box, x, y, slack = 0) {
  return x >= box.x - slack && x <= box.x + box.w + slack && y >= box.y - slack && y <= box.y + box.h + slack;
}

/** The smallest thing under a point. The balancer's bar is low, so for a finger it reaches a little further. */
function itemAt(L, run, now, x, y, coarse) {
  const found = itemsOf(L, run, now, coarse).filter((item) =>
    inside(item.box, x, y, item.kind === "task" ? 1.5 : item.kind === "balancer" && coarse ? Math.max(0, (44 - item.box.h) / 2) : 0));
  const hit = found.at(-1);
  return hit ? { kind: hit.kind, id: hit.id } : null;
}

/** Where an item "is" for the arrow keys: a zone at its title, a host at its name, a task at its middle. */
function anchor(L, item) {
  const { box, kind } = item;
  if (kind === "zone") return { x: box.x + box.w / 2, y: box.y + L.c.zHead / 2 };
  if (kind === "host" && L.body.kind === "boxes") return { x: box.x + L.c.hp, y: box.y + L.body.head / 2 };
  if (kind === "host" && L.body.kind === "rows") return { x: box.x + 6, y: box.y + 11 };
  return { x: box.x + box.w / 2, y: box.y + box.h / 2 };
}

/** The nearest item in a direction. Steps sideways prefer the same row, steps up and down prefer the same column. */
function neighbour(L, run, now, from, key, coarse) {
  const list = itemsOf(L, run, now, coarse);
  const here = list.find((item) => sameItem(item, from));
  if (!here) return list[0] ? { kind: list[0].kind, id: list[0].id } : null;
  const a = anchor(L, here), dx = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0, dy = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0;
  let best = null, least = Infinity;
  for (const item of list) {
    if (sameItem(item, here)) continue;
    // From the bar, down means the first zone; between zones, sideways means the next zone.
    if (dx && here.kind === "zone" && item.kind !== "zone") continue;
    if (dx && (here.kind === "balancer" || item.kind === "balancer")) continue; // it lies above everything, beside nothing
    const b = anchor(L, item), along = (b.x - a.x) * dx + (b.y - a.y) * dy;
    if (along < 2) continue;
    let aside = Math.abs((b.x - a.x) * dy) + Math.abs((b.y - a.y) * dx);
    if (item.kind === "balancer" || here.kind === "balancer") aside = item.kind === "zone" ? item.id : 0;
    else if (item.kind === "zone") {
      if (dy < 0) aside = inside(item.box, a.x, a.y, 4) ? 0 : Infinity;
    } else if (here.kind === "zone" && dy > 0) {
      aside = inside(here.box, b.x, b.y) ? (b.x - here.box.x) * 0.2 : Infinity;
    } else if (item.kind === "host" && dy && a.x >= item.box.x && a.x <= item.box.x + item.box.w) {
      aside *= 0.1; // its name stands at the left, but the box is right above or below
    } else if (aside > along * 1.6 + 6) continue; // an arrow goes where it points
    const cost = along + aside * 3;
    if (cost < least) {
      least = cost;
      best = item;
    }
  }
  return best ? { kind: best.kind, id: best.id } : null;
}
