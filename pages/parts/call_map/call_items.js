// What can be pointed at: the users, a shared service's band, modules, calls. One list serves mouse, finger and arrow keys.

const sameItem = (a, b) => !!a && !!b && a.kind === b.kind && a.id === b.id;

function itemBox(L, run, item) {
  if (item.kind === "users") return L.users;
  if (item.kind === "box") return L.slabs.find((one) => one.box === item.id)?.band ?? null;
  if (item.kind === "module") return boxOfModule(L, run, item.id);
  const { mark } = L.edges[item.id];
  return { x: mark.x - 7, y: mark.y - 7, w: 14, h: 14 };
}

function itemsOf(L, run) {
  return [
    { kind: "users", id: 0 }, ...L.slabs.map((one) => ({ kind: "box", id: one.box })),
    ...run.edges.map((edge, id) => ({ kind: "edge", id, call: edge.call })).filter((one) => one.call >= 0).map(({ kind, id }) => ({ kind, id })),
    ...L.cells.map((_, id) => ({ kind: "module", id })),
  ];
}

/** What is under a point: boxes before ribbons, of several ribbons the nearest. `slack`: how far a finger may miss. */
function itemAt(L, run, x, y, slack) {
  const inside = (b) => b && x >= b.x - slack && x <= b.x + b.w + slack && y >= b.y - slack && y <= b.y + b.h + slack;
  const boxes = itemsOf(L, run).filter((item) => item.kind !== "edge" && inside(itemBox(L, run, item)));
  if (boxes.length) return boxes.at(-1);
  let best = null, least = Infinity;
  L.edges.forEach((way, e) => {
    if (run.edges[e].call < 0) return;
    const reach = Math.max(7, (run.edges[e].local ? 0 : run.edges[e].peak * L.k) / 2 + 3) + slack;
    for (let i = 0; i < way.xs.length; i += 2) {
      const away = Math.hypot(way.xs[i] - x, way.ys[i] - y) / reach;
      if (away < Math.min(1, least)) {
        least = away;
        best = { kind: "edge", id: e };
      }
    }
  });
  return best;
}

/** The nearest item in a direction; what lies far aside is passed by. */
function neighbour(L, run, from, key) {
  const list = itemsOf(L, run);
  if (!from) return list[0];
  const middle = (item) => { const b = itemBox(L, run, item); return { x: b.x + Math.min(b.w / 2, item.kind === "box" ? 60 : Infinity), y: b.y + b.h / 2 }; };
  const a = middle(from), dx = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0, dy = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0;
  let best = null, least = Infinity;
  for (const item of list) {
    if (sameItem(item, from)) continue;
    const b = middle(item), along = (b.x - a.x) * dx + (b.y - a.y) * dy, aside = Math.abs((b.x - a.x) * dy) + Math.abs((b.y - a.y) * dx);
    if (along < 2 || aside > along * (dy ? 1.2 : 3) + 10) continue;
    const cost = along + aside * 1.7;
    if (cost < least) {
      least = cost;
      best = item;
    }
  }
  return best;
}
