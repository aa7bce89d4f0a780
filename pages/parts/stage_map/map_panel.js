// The HTML around the picture: counts that are the legend, the queue and its reason, the last placements, the caption,
// the live region and the table. Rows exist for the whole run, so nothing moves when a number changes.

function makePanel(root) {
  const P = {
    root, head: make("div", "head"), marker: make("canvas", "marker"), name: make("span", "name"),
    card: make("section", "card"), title: make("h2"), wants: make("p", "wants"), legend: make("ul", "legend"),
    queue: make("section", "queue"), queueTitle: make("h3"), queueTiles: make("div", "tiles"), reason: make("p", "reason"),
    placed: make("section", "placed"), placedTitle: make("h3"), placedRows: make("ul", "rows"),
    counts: make("ul", "counts"), say: make("p", "say"), cause: make("b"), number: make("span"),
    live: make("p", "hidden"), told: make("p", "hidden"), tools: make("div", "tools"), toggle: make("button", "asTable"),
    table: make("div", "table hidden"),
  };
  P.marker.setAttribute("aria-hidden", "true");
  P.name.setAttribute("role", "heading");
  P.name.setAttribute("aria-level", "2");
  P.head.append(P.marker, P.name);
  P.queue.append(P.queueTitle, P.queueTiles, P.reason);
  P.placed.append(P.placedTitle, P.placedRows);
  P.card.append(P.title, P.wants, P.legend, P.queue, P.placed);
  P.say.append(P.cause, document.createTextNode(" "), P.number);
  for (const node of [P.live, P.told]) node.setAttribute("aria-live", "polite");
  P.toggle.type = "button";
  P.toggle.setAttribute("aria-expanded", "false");
  P.tools.append(P.toggle);
  P.spokenAt = 0;
  P.tabledAt = 0;
  return P;
}

/** Lay out the rows for a run: those of its whole length, so that none jumps in. */
function setPanel(P, ui, run, L, onWhy) {
  const stage = L.c.name === "stage", { p } = run;
  put(P.name, p.name);
  paintMarker(P.marker, p.accent, ui.dark);
  put(P.title, ui.say("control_plane"));
  put(P.queueTitle, ui.say("waiting"));
  put(P.toggle, ui.say(P.toggle.getAttribute("aria-expanded") === "true" ? "hide_table" : "show_table"));
  const rowsOf = (list, size) => {
    list.replaceChildren();
    return run.legend.map((state) => {
      const row = make("li"), glyph = glyphNode(size), n = make("b"), word = make("span", "word", ui.say(TASK_WORD[state]));
      row.append(glyph, n, word);
      list.append(row);
      return { state, row, glyph, n, word };
    });
  };
  // Rebuilt only when the rows themselves change: a focused "Why here?" must survive a new future.
  const glyph = stage ? Math.round(Math.max(26, Math.min(34, innerHeight / 32))) : 17;
  const stamp = JSON.stringify([run.legend.map((state) => ui.say(TASK_WORD[state])), run.legend, run.hasReleases, stage, glyph, p.lang]);
  if (P.stamp !== stamp) {
    P.stamp = stamp;
    P.legendRows = rowsOf(P.legend, 20);
    P.countRows = rowsOf(P.counts, glyph);
    P.newRows = run.hasReleases ? [newRow(P.legend, 20, ui), newRow(P.counts, glyph, ui)] : [];
    P.legend.classList.toggle("many", run.legend.length > 5);
    buildQueue(P, ui, stage, onWhy);
  }
  P.queue.hidden = !run.legend.includes(TASK.PENDING) && !p.waiting.some((w) => w.text);
  P.legendRows.concat(P.countRows).forEach((r) => paintGlyph(r.glyph, ui.C, r.state, p.kind === "function"));
  P.newRows.forEach((r) => paintGlyph(r.glyph, ui.C, TASK.SERVING, p.kind === "function", true));
  keepHeights(P, ui, run);
}

/** The row of the folded corner: how many of those that serve run a new release. */
function newRow(list, size, ui) {
  const row = make("li", "none"), glyph = glyphNode(size), n = make("b"), word = make("span", "word", ui.say("releases_new"));
  row.append(glyph, n, word);
  list.append(row);
  return { row, glyph, n };
}

function buildQueue(P, ui, stage, onWhy) {
  P.tiles = Array.from({ length: 5 }, () => glyphNode(stage ? 34 : 27));
  P.more = make("span", "more");
  P.queueTiles.replaceChildren(...P.tiles, P.more);
  P.placedRows.replaceChildren();
  P.places = Array.from({ length: 4 }, () => {
    const row = make("li"), what = make("span"), why = make("button", "why", ui.say("why"));
    why.type = "button";
    row.append(what, why);
    P.placedRows.append(row);
    const place = { row, what, why, task: 0 };
    why.addEventListener("click", () => onWhy(place.task));
    return place;
  });
}

/** Measure the longest texts of the run once, so that the card and the caption never change their height. */
function keepHeights(P, ui, run) {
  const { p } = run;
  P.say.style.minHeight = P.reason.style.minHeight = P.counts.style.minHeight = "";
  keepCounts(P, ui, run);
  P.say.style.minHeight = `${tallest(P.say, p.captions, (c) => { put(P.cause, c.cause); put(P.number, c.number); })}px`;
  P.reason.style.minHeight = `${tallest(P.reason, p.waiting, (w) => put(P.reason, w.text))}px`;
}

/** Keep room for the counts that really meet; where the longer word for "pending" fits beside them, say it. */
function keepCounts(P, ui, run) {
  if (!P.counts.offsetWidth) return;
  const meets = kindsMet(run), pending = P.countRows.find((r) => r.state === TASK.PENDING);
  const tallestRow = () => {
    let most = 0;
    for (const counts of meets.values()) {
      for (const r of P.countRows) {
        put(r.n, numberText(counts[r.state], ui.signs));
        r.row.classList.toggle("none", !counts[r.state]);
      }
      for (const r of P.newRows) {
        put(r.n, numberText(run.tasks, ui.signs));
        r.row.classList.remove("none");
      }
      most = Math.max(most, P.counts.offsetHeight);
    }
    return most;
  };
  let tall = tallestRow();
  if (pending && P.root.dataset.size === "stage") {
    put(pending.word, ui.say("pending_long"));
    const taller = tallestRow();
    if (taller > tall) put(pending.word, ui.say(TASK_WORD[TASK.PENDING]));
    tall = taller > tall ? tall : taller;
  }
  P.counts.style.minHeight = `${tall}px`;
}

/** Which kinds of task are ever seen together, each with its largest count meanwhile. */
function kindsMet(run) {
  if (run.met) return run.met;
  run.met = new Map();
  for (const t of new Set([0, ...run.changeAt])) {
    const { counts } = look(run, t), key = run.legend.filter((s) => counts[s]).join();
    const had = run.met.get(key);
    if (!had) run.met.set(key, counts.slice());
    else for (const s of run.legend) had[s] = Math.max(had[s], counts[s]);
  }
  return run.met;
}

/** Maps that stand beside each other share the height of their headings and of their captions, so that the pictures,
 *  and what stands below them, stay in line whatever the sentences say. */
function level(P) {
  const peers = (window.quaysideLevel ??= new Map());
  const need = { head: natural(P.head), say: parseFloat(P.say.style.minHeight) || 0 };
  peers.set(P, need);
  for (const other of [...peers.keys()]) if (!other.root.isConnected) peers.delete(other);
  for (const part of ["head", "say"]) {
    const most = Math.max(...[...peers.values()].map((n) => n[part]));
    for (const other of peers.keys()) other[part].style.minHeight = `${most}px`;
  }
}

function unlevel(P) { window.quaysideLevel?.delete(P); }

function natural(node) {
  node.style.minHeight = "";
  return node.offsetHeight;
}

/** The greatest height a node takes over all its texts. Texts repeat, so each is measured once. */
function tallest(node, texts, show) {
  let most = 0;
  const seen = new Set();
  for (const item of texts) {
    const key = JSON.stringify([item.cause, item.number, item.text]);
    if (seen.has(key) || seen.size > 60) continue;
    seen.add(key);
    show(item);
    most = Math.max(most, node.offsetHeight);
  }
  return most;
}

/** Say the moment in HTML. Called at most some times a second while playing. */
function showPanel(P, ui, run, now) {
  const { p } = run, n = (x) => numberText(x, ui.signs), dot = p.kind === "function";
  put(P.wants, ui.say("wants", { wanted: n(now.wanted), has: n(now.counts[TASK.SERVING]) }));
  for (const r of P.legendRows.concat(P.countRows)) {
    const count = now.counts[r.state];
    put(r.n, n(count));
    r.row.classList.toggle("none", !count);
  }
  for (const r of P.newRows) {
    const count = servingNew(run, now);
    put(r.n, n(count));
    r.row.classList.toggle("none", !count);
  }
  const waiting = now.queue.length;
  const shown = waiting > P.tiles.length ? P.tiles.length - 1 : waiting;
  P.tiles.forEach((node, i) => {
    node.hidden = i >= shown;
    if (i < shown) paintGlyph(node, ui.C, now.taskState[now.queue[i]], dot);
  });
  put(P.more, waiting > shown ? `+${n(waiting - shown)}` : "");
  P.queue.classList.toggle("idle", !waiting);
  const w = lastAt(run.waitingAt, now.t);
  put(P.reason, waiting ? (w < 0 ? "" : p.waiting[w].text) : ui.say("nobody_waits"));
  showPlaced(P, ui, run, now);
  const c = lastAt(run.captionAt, now.t), caption = c < 0 ? null : p.captions[c];
  put(P.cause, caption?.cause ?? "");
  put(P.number, caption?.number ?? "");
}

function showPlaced(P, ui, run, now) {
  const last = lastAt(run.placedAt, now.t), shown = [];
  for (let i = last; i >= 0 && shown.length < P.places.length && run.placed[last].t - run.placed[i].t < 30; i--) shown.push(run.placed[i]);
  shown.reverse();
  const clocks = new Set(shown.map((x) => clockText(x.t)));
  put(P.placedTitle, clocks.size === 1 ? ui.say("placed_at", { clock: [...clocks][0] }) : ui.say("last_placed"));
  P.places.forEach((place, i) => {
    const x = shown[i];
    place.row.style.visibility = x ? "visible" : "hidden";
    if (!x) return;
    place.task = x.task;
    const home = run.solo ? ui.say("in_zone", { zone: run.p.zones[x.home] }) : ui.say("on_host", { host: run.p.hosts.id[x.home] });
    put(place.what, `${x.task} ${home}`);
    const label = ui.say("why_task", { task: x.task });
    if (place.why.getAttribute("aria-label") !== label) place.why.setAttribute("aria-label", label);
  });
}

/** Speak the caption, at most every five seconds, and bring the table up to date as rarely. */
function speak(P, ui, run, now, force) {
  const at = performance.now(), silent = P.root.dataset.caption === "no"; // then whoever shows the sentence speaks it
  const sentence = `${P.cause.textContent} ${P.number.textContent}`.trim();
  if (!silent && P.live.textContent !== sentence && (at - P.spokenAt > 5000 || at - P.turnedAt < 1000)) {
    P.spokenAt = at;
    put(P.live, sentence);
  }
  if (!force && at - P.tabledAt < 5000) return;
  P.tabledAt = at;
  fillTable(P, ui, run, now);
}

function fillTable(P, ui, run, now) {
  const table = make("table"), head = make("tr"), body = make("tbody"), top = make("thead");
  table.append(make("caption", "", ui.say("table_caption", { name: run.p.name, clock: clockText(now.t) })), top, body);
  for (const key of ["col_what", "col_state", "col_since", "col_tasks"]) {
    const th = make("th", "", ui.say(key));
    th.scope = "col";
    head.append(th);
  }
  top.append(head);
  for (const cells of tableRows(ui, run, now)) {
    const tr = make("tr");
    cells.forEach((text, i) => {
      const cell = make(i ? "td" : "th", "", text);
      if (!i) cell.scope = "row";
      tr.append(cell);
    });
    body.append(tr);
  }
  P.table.replaceChildren(table);
}
