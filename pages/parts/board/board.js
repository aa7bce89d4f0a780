// The board: one panel for each way to users. Tiles are kept for the whole run; the clock says where each one stands.

const LINKED = new Set(["waits_release", "release", "monitor", "restore", "returned"]);
const LEGEND = ["review", "waits_worker", "build", "waits_release", "release", "monitor", "restore", "returned", "rework"];

function makeBoard(parent) {
  const root = make("section", "q board"), panels = make("div", "panels"), legend = make("ul", "legend"), hint = make("p", "hint");
  root.append(panels, legend, hint);
  const story = makeStory(root);
  parent.append(root);
  let data = null, ways = [], chosen = null, width = 0, shownAt = 0;
  const say = (key, values) => fill(data.words, key, values);
  const n = (x) => numberText(x, data.number);

  // ---- parts --------------------------------------------------------------------------------------------------
  function makePanel(spec) {
    const node = make("section", `panel ${spec.name}`), head = make("header"), title = make("h2"), facts = make("p", "facts");
    const pool = make("span", "pool"), poolWord = make("span"), poolBoxes = make("span", "boxes"), queue = make("span", "queue");
    const users = make("strong", "users"), state = make("span", "state"), scroll = make("div", "lanes");
    const names = make("div", "columns"), grid = make("div", "grid"), tiles = make("div", "tiles");
    const links = document.createElementNS("http://www.w3.org/2000/svg", "svg"), over = make("div", "over");
    for (const quiet of [poolBoxes, links, names]) quiet.setAttribute("aria-hidden", "true");
    poolBoxes.append(...Array.from({ length: Math.min(spec.workers, 24) }, () => make("i")));
    pool.append(poolWord, poolBoxes, queue);
    facts.append(pool, state, users);
    head.append(title, facts);
    tiles.setAttribute("role", "group");
    scroll.append(names, grid, links, tiles, over);
    node.append(head, scroll);
    const parts = spec.tracks.map((track) => new Part(track));
    for (const part of parts) {
      const tile = make("button", "tile"), number = make("b", "", String(part.change + 1));
      tile.type = "button";
      tile.tabIndex = -1;
      tile.append(number);
      tile.addEventListener("click", () => choose(part.change, part));
      part.tile = tile;
      tiles.append(tile);
    }
    tiles.addEventListener("keydown", (event) => walk(event, way));
    const way = { ...spec, node, title, poolWord, poolBoxes, queue, users, state, names, grid, tiles, links, over, scroll, parts, here: [] };
    return way;
  }

  /** Arrow keys walk along the tiles that stand somewhere, in the order of their numbers. */
  function walk(event, way) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || !way.here.length) return;
    event.preventDefault();
    const order = way.here.filter((part) => !part.hiddenBy).sort((a, b) => a.change - b.change || a.lane - b.lane);
    const at = order.findIndex((part) => part.tile === root.getRootNode().activeElement || part.tile === document.activeElement);
    order[(at + step + order.length) % order.length].tile.focus();
  }
  function choose(change) {
    chosen = change === chosen ? null : change;
    draw();
  }
  story.close.addEventListener("click", () => choose(null));
  root.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen !== null) choose(null); });

  // ---- layout -------------------------------------------------------------------------------------------------
  function lay() {
    width = root.clientWidth;
    if (!width || !data) return;
    for (const way of ways) {
      const wide = way.scroll.clientWidth, m = (way.m = measure(wide, data.size, way.lanes.length));
      root.dataset.narrow = String(m.narrow);
      root.style.setProperty("--tile", `${m.tile}px`);
      way.scroll.style.setProperty("--tall", `${m.tall}px`);
      way.names.replaceChildren(...m.columns.map((column) => {
        const name = make("span", "", say(`column.${column.name}`));
        name.style.left = `${column.x + m.pad}px`;
        name.style.maxWidth = `${column.wide - 2}px`;
        return name;
      }));
      way.grid.replaceChildren(...way.lanes.map((lane, i) => {
        const row = make("div", "lane"), name = make("b", "", lane);
        row.style.height = `${m.tall}px`;
        row.append(name, ...m.columns.map((column) => {
          const cell = make("i", COLUMNS.find((one) => one.name === column.name).cells.length > 1 ? "cell gate" : "cell");
          cell.style.left = `${column.x}px`;
          cell.style.width = `${column.wide}px`;
          return cell;
        }));
        return row;
      }));
      way.links.setAttribute("viewBox", `0 0 ${wide} ${m.tall * way.lanes.length}`);
      way.links.style.height = `${m.tall * way.lanes.length}px`;
    }
    draw();
  }

  // ---- a moment -----------------------------------------------------------------------------------------------
  function draw() {
    if (!data || !width) return;
    const t = clock.t;
    for (const way of ways) drawWay(way, t);
    story.show(chosen, ways, say, t, data);
    hint.hidden = chosen !== null;
    const counts = new Map(LEGEND.map((state) => [state, 0]));
    for (const way of ways) for (const part of way.here) {
      const state = part.state === "test" ? "build" : part.state;
      counts.set(state, counts.get(state) + 1);
    }
    [...legend.children].forEach((item, i) => put(item.lastElementChild, n(counts.get(LEGEND[i]))));
  }

  function drawWay(way, t) {
    const m = way.m;
    if (!m) return;
    for (const part of way.parts) part.look(t);
    const { here, over } = placed(way.parts, m);
    const shown = new Set(here);
    way.here = here;
    let first = null, lost = false;
    const focused = root.getRootNode().activeElement ?? document.activeElement;
    for (const part of way.parts) {
      const tile = part.tile, isHere = shown.has(part) && !part.hiddenBy;
      lost ||= !isHere && tile === focused;
      if (tile.hidden === isHere) tile.hidden = !isHere;
      if (tile.tabIndex === 0) tile.tabIndex = -1;
      if (!isHere) continue;
      const look = `tile ${part.state}${part.change === chosen ? " chosen" : ""}`;
      if (tile.className !== look) {
        tile.className = look;
        tile.setAttribute("aria-label", named(way, part));
      }
      const where = `translate(${part.x.toFixed(1)}px, ${part.y.toFixed(1)}px)`;
      if (tile.style.transform !== where) tile.style.transform = where;
      const progress = part.until < Infinity ? Math.round(((t - part.since) / (part.until - part.since)) * 20) * 5 : 0;
      if (part.progress !== progress) tile.style.setProperty("--p", `${(part.progress = progress)}%`);
      if (!first || part.change < first.change) first = part;
    }
    if (first) first.tile.tabIndex = 0;
    // A tile that leaves takes the keyboard's place with it: what is told of it keeps it, or the first tile.
    if (lost) (chosen !== null ? story.close : first?.tile)?.focus({ preventScroll: true });
    way.over.replaceChildren(...over.map(({ lane, x, n: left }) => {
      const badge = make("span", "", say("more", { n: n(left) }));
      badge.style.transform = `translate(${x}px, ${lane * m.tall + m.head + m.pad + (m.rows - 1) * (m.tile + m.gap)}px)`;
      return badge;
    }));
    link(way, here, m);
    head(way, t);
  }

  const named = (way, part) => {
    const others = data.changes[part.change].services.length - 1;
    return say(others && way.lanes.length > 1 ? "tile_with" : "tile", { n: part.change + 1, lane: way.lanes[part.lane], state: say(`state.${part.state}`), others });
  };

  /** Draw what holds the parts of one change together, from their tests on: a line between its tiles. */
  function link(way, here, m) {
    const byChange = new Map();
    for (const part of here) {
      if (!LINKED.has(part.state) || part.hiddenBy) continue;
      if (!byChange.has(part.change)) byChange.set(part.change, []);
      byChange.get(part.change).push(part);
    }
    const half = m.tile / 2, lines = [];
    for (const [change, parts] of byChange) {
      parts.sort((a, b) => a.lane - b.lane);
      for (let i = 1; i < parts.length; i++) {
        const [a, b] = [parts[i - 1], parts[i]];
        // A line over several lanes bows to the left, so that it does not seem to join what it only passes.
        const bow = Math.min(a.x, b.x) + half - (b.lane - a.lane > 1 ? m.tile : 0);
        const path = `M${a.x + half} ${a.y + half}Q${bow} ${(a.y + b.y) / 2 + half} ${b.x + half} ${b.y + half}`;
        lines.push(`<path class="${change === chosen ? "chosen" : ""}" d="${path}"/>`);
      }
    }
    const text = lines.join("");
    if (way.linked !== text) way.links.innerHTML = way.linked = text; // numbers of ours only
  }

  /** Say how busy the build workers are, what is with users, and whether they have a bad version now. */
  function head(way, t) {
    const building = way.here.filter((part) => part.state === "build" || part.state === "test").length;
    const waiting = way.here.filter((part) => part.state === "waits_worker").length;
    put(way.poolWord, say("workers", { n: n(building), m: n(way.workers) }));
    [...way.poolBoxes.children].forEach((box, i) => box.classList.toggle("busy", i < building));
    put(way.queue, waiting ? say("queue", { n: n(waiting) }) : say("workers_free"));
    const done = lastAt(way.delivered, t) + 1, out = lastAt(way.written, t) + 1;
    put(way.users, say("users", { n: n(done), m: n(out) }));
    const bad = way.outages.filter(([from, to]) => from <= t && t < to).length;
    put(way.state, bad ? say("bad_now", { n: n(bad) }) : say("well_now"));
    way.state.classList.toggle("bad", bad > 0);
  }

  function show(_, why) {
    const now = performance.now();
    if (why === "tick" && now - shownAt < 70) return;
    shownAt = now;
    root.classList.toggle("jumps", why !== "tick");
    draw();
  }
  const deaf = clock.subscribe(show);
  const eyes = new ResizeObserver(() => { if (root.clientWidth !== width) lay(); });
  eyes.observe(root);

  return {
    update(fresh) {
      const isNew = data?.id !== fresh.id || data?.lang !== fresh.lang || data?.size !== fresh.size;
      data = fresh;
      root.lang = fresh.lang;
      root.dataset.theme = themeOf(root);
      root.dataset.size = fresh.size;
      root.setAttribute("aria-label", say("label"));
      if (isNew) {
        if (chosen !== null && chosen >= fresh.changes.length) chosen = null;
        ways = fresh.ways.map(makePanel);
        panels.replaceChildren(...ways.map((way) => way.node));
        for (const way of ways) {
          put(way.title, say(way.name));
          way.tiles.setAttribute("aria-label", say(way.name));
        }
        legend.replaceChildren(...LEGEND.map((state) => {
          const item = make("li"), mark = make("i", `tile ${state}`);
          mark.style.setProperty("--p", "50%");
          mark.setAttribute("aria-hidden", "true");
          item.append(mark, make("span", "", say(`state.${state}`)), make("b", "", "0"));
          return item;
        }));
        put(hint, say("story.hint"));
      }
      lay();
    },
    destroy() {
      deaf();
      eyes.disconnect();
      root.remove();
    },
  };
}

export default keeper(makeBoard, "board");
