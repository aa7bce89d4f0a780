// The HTML around the picture: counts that are the legend, the queue and its reason, the last placements, the caption,
// the live region and the table. Rows exist for the whole run, so nothing moves when a number changes.

function makePanel(root) {
  const P = {
    head: make("div", "head"), marker: make("canvas", "marker"), name: make("span", "name"),
    card: make("section", "card"), title: make("h2"), wants: make("p", "wants"), legend: make("ul", "legend"),
    queue: make("section", "queue"), queueTitle: make("h3"), queueTiles: make("div", "tiles"), reason: make("p", "reason"),
    placed: make("section", "placed"), placedTitle: make("h3"), placedRows: make("ul", "rows"),
    counts: make("ul", "counts"), say: make("p", "say"), cause: make("b"), number: make("span"),
    live: make("p", "hidden"), told: make("p", "hidden"), tools: make("div", "tools"), toggle: make("button", "asTable"),
    table: make("div", "table hidden"),
  };
  P.marker.setAttribute("aria-hidden", "true");
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
      if (stage && state === TASK.PENDING) put(word, ui.say("pending_long"));
      row.append(glyph, n, word);
      list.append(row);
      return { state, row, glyph, n };
    });
  };
  // Rebuilt only when the rows themselves change: a focused "Why here?" must survive a new future.
  const stamp = JSON.stringify([run.legend, stage, p.lang]);
  if (P.stamp !== stamp) {
    P.stamp = stamp;
    P.legendRows = rowsOf(P.legend, 20);
    P.countRows = rowsOf(P.counts, stage ? 34 : 17);
    P.legend.classList.toggle("many", run.legend.length > 5);
    buildQueue(P, ui, stage, onWhy);
  }
  P.queue.hidden = !run.legend.includes(TASK.PENDING) && !p.waiting.some((w) => w.text);
  P.legendRows.concat(P.countRows).forEach((r) => paintGlyph(r.glyph, ui.C, r.state, p.kind === "function"));
  keepHeights(P, ui, run);
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
  // Lost tasks are first unnoticed, then noticed: the two seldom stand side by side, so room for one will do.
  P.countRows.forEach((r) => {
    put(r.n, numberText(run.tasks, ui.signs));
    r.row.classList.toggle("none", r.state === TASK.UNSEEN && run.legend.includes(TASK.LOST));
  });
  P.counts.style.minHeight = `${P.counts.offsetHeight}px`;
  P.say.style.minHeight = `${tallest(P.say, p.captions, (c) => { put(P.cause, c.cause); put(P.number, c.number); })}px`;
  P.reason.style.minHeight = `${tallest(P.reason, p.waiting, (w) => put(P.reason, w.text))}px`;
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
  const at = performance.now();
  const sentence = `${P.cause.textContent} ${P.number.textContent}`.trim();
  if (P.live.textContent !== sentence && at - P.spokenAt > 5000) {
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
