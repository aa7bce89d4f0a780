// The headline: one number of the moment, one clause, and the caption's sentence. It stands beside the map, reads the
// same columns with the same mean and the same rounding, and changes at most once a second while the clock plays.

const STILL_MS = 1000, SPEAK_MS = 5000;
const TONES = { refused: "t-refused", failing: "t-lost", short: "t-pending", served: "t-serving" };

function makeHeadline(parent) {
  const root = make("section", "q headline"), figure = make("p", "figure"), clause = make("p", "clause"), say = make("p", "say");
  const words = make("div"), cause = make("b"), number = make("span"), live = make("p", "hidden");
  say.append(cause, document.createTextNode(" "), number);
  live.setAttribute("aria-live", "polite");
  words.append(clause, say);
  root.append(figure, words, live);
  parent.append(root);

  let data = null, run = null, captionAt = [], shown = null, shownAt = 0, spokenAt = -SPEAK_MS, width = 0;

  /** The moment's number. Refusals and failures may meet: the larger is said, and while playing it keeps the word
   *  until the other is clearly larger, so that two even rates do not take turns. */
  function moment(playing) {
    const { users, refused, failing, served } = flowAt(run, clock.t), held = playing ? shown?.kind : null;
    const favour = held === "refused" ? 1.25 : held === "failing" ? 0.8 : 1;
    const m = users.label, isShort = m - served.label > Math.max(m * 0.1, 3 * Math.sqrt(m)); // they wait; nothing failed yet
    if (refused.label <= 0.5 && failing <= 0.5) return { kind: isShort ? "short" : "served", n: served.label, m };
    return refused.label * favour >= failing ? { kind: "refused", n: refused.label, m } : { kind: "failing", n: failing, m };
  }

  const clauseOf = (kind, n, m) => {
    const key = kind === "short" ? kind : `${kind}.${n === 1 ? "one" : "other"}`;
    return fill(data.words, key, { m: numberText(rounded(m), data.number) });
  };

  function show(why) {
    if (!data) return;
    const at = performance.now(), c = lastAt(captionAt, clock.t), playing = why === "tick";
    if (playing && at - shownAt < STILL_MS) return;
    const fresh = moment(playing), n = rounded(fresh.n);
    const turned = fresh.kind !== shown?.kind || c !== shown?.caption;
    shown = { kind: fresh.kind, caption: c };
    shownAt = at;
    put(figure, numberText(n, data.number));
    put(clause, clauseOf(fresh.kind, n, fresh.m));
    root.dataset.tone = fresh.kind;
    root.style.setProperty("--q-tone", `var(--q-${TONES[fresh.kind]})`);
    const caption = c < 0 ? null : data.captions[c];
    put(cause, caption?.cause ?? "");
    put(number, caption?.number ?? "");
    if (turned) later();
  }

  /** Speak what is new (another kind of number, another sentence), not every number, and at most every five seconds. */
  let waiting = 0;
  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      spokenAt = performance.now();
      put(live, `${figure.textContent} ${clause.textContent}. ${say.textContent.trim()}`);
    }, Math.max(300, spokenAt + SPEAK_MS - performance.now()));
  }

  /** Measure the longest clause and the longest sentence once, so that nothing below ever moves. */
  function keepHeights() {
    width = root.clientWidth;
    if (!data || !width) return;
    let most = 0, tallest = 0;
    for (const kind of Object.keys(TONES)) {
      put(clause, clauseOf(kind, 2, Math.max(...data.flow.users)));
      most = Math.max(most, clause.offsetHeight);
    }
    const seen = new Set();
    for (const c of data.captions) {
      const text = `${c.cause} ${c.number}`;
      if (seen.has(text) || seen.size > 60) continue;
      seen.add(text);
      put(cause, c.cause);
      put(number, c.number);
      tallest = Math.max(tallest, say.offsetHeight);
    }
    words.style.minHeight = `${most + tallest + parseFloat(getComputedStyle(say).marginTop)}px`;
  }

  function arrange() {
    if (!data) return;
    root.dataset.theme = themeOf(root);
    keepHeights();
    show("run");
  }
  const resized = () => arrange();
  const watch = new ResizeObserver(() => { if (Math.abs(root.clientWidth - width) >= 1) arrange(); });
  watch.observe(root);
  addEventListener("resize", resized); // the type follows the screen's height as well
  const deaf = clock.subscribe((_, why) => show(why));
  return {
    update(fresh) {
      data = fresh;
      root.lang = fresh.lang;
      root.setAttribute("aria-label", fill(data.words, "label"));
      run = { p: fresh, doneAt: doneAt(fresh) };
      captionAt = Float64Array.from(fresh.captions, (c) => c.t);
      shown = null;
      arrange();
      document.fonts.ready.then(() => root.isConnected && arrange());
    },
    destroy() {
      deaf();
      watch.disconnect();
      removeEventListener("resize", resized);
      clearTimeout(waiting);
      root.remove();
    },
  };
}

export default keeper(makeHeadline, "headline");
