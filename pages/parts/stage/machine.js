// The stage's machine: it steps through the beats, plays what a beat plays, puts the ring of light, and keeps the windows of the
// talk together. The server shows the beat's page; all else is here, so that the talk goes on whatever the server does.

const PATIENCE_MS = 6000; // then the hall sees the beat's still picture, and the page when it comes
const DRAWN_MS = 1500; // how long a picture that is not drawn yet may keep the curtain down

/** What a ring of light can be put on: the first of these that is to be seen; else the whole picture. */
const RING = {
  map: ["[class*='-stage_map']", "[class*='call_map']", "[class*='_map']", "[class*='-map']", ".st-key-q-stage-main .stColumn:first-child"],
  number: ["[class*='-headline']", "[class*='headline']", ".store .side", ".st-key-q-stage-main .stColumn:last-child"],
  chart: [".st-key-q-stage-strip", "[class*='stage_charts']", ".qc", "[class*='charts']"],
  transport: ["[class*='transport']"],
  table: ["[class*='enact']", ".q-land-noes", ".q-scroll", ".stMain table", "[class*='table']", "[class*='rows']"],
  figure: [".st-key-q-stage-main", "[class*='st-key-'][class*='figure']", "[class*='st-key-'][class*='-stage']"],
  said: [".q-stage-says", ".q-verdict"],
  chosen: [".stop[aria-checked=true]"],
};

/** Find every such thing on a page: in the open, then in the shadows of its components. */
const everywhere = (root, kind) => [
  ...root.querySelectorAll(kind),
  ...[...root.querySelectorAll("*")].filter((node) => node.shadowRoot).flatMap((node) => everywhere(node.shadowRoot, kind)),
];

function makeMachine(parent) {
  const host = make("div"), shadow = host.attachShadow({ mode: "open" }), style = make("style", "", STYLE), root = make("aside", "q deck");
  host.id = "quayside-deck";
  shadow.append(style, root);
  document.body.append(host);

  const bar = make("div", "bar"), rail = make("div", "rail"), gone = make("i"), helpKey = make("button", "key", "?"), below = make("span", "below"), counter = make("span", "counter");
  const ring = make("div", "ring"), still = make("div", "still"), stillLine = make("p"), stillPicture = make("img");
  const blank = make("div", "blank"), live = make("div", "hidden");
  helpKey.type = "button";
  live.setAttribute("role", "status");
  rail.append(gone);
  bar.append(rail, helpKey, below, counter);
  for (const node of [ring, rail]) node.setAttribute("aria-hidden", "true");
  still.append(stillLine, stillPicture);
  still.hidden = ring.hidden = blank.hidden = true;
  root.append(ring, still, bar, blank, live);

  let data = null, send = () => {}, here = null, wanted = null, turn = null, arrival = 0, began = 0, late = 0, plays = null, asked = 0;
  const curtain = makeCurtain();
  const say = (key, values) => fill(data.words, key, values);
  const beatOf = (id) => data.beats.find((beat) => beat.id === id);
  const order = () => data.order;
  const now = () => wanted ?? here;
  const overlays = makeOverlays(root, {
    beatOf, order, say, now, data: () => data, go: (id) => go(id), does: (means) => act(means),
    room: () => room, openRoom: () => openRoom(),
  });

  // ---- stepping -----------------------------------------------------------------------------------------------
  function step(by) {
    const at = order().indexOf(now()), next = order()[Math.max(0, at + by)];
    if (next !== undefined && next !== now()) go(next);
  }

  /** Go to a beat; again: begin the same one anew. */
  function go(id, again = false) {
    if (!beatOf(id) || (id === now() && !again)) return;
    if (wanted === null) began = performance.now();
    curtain.down();
    ring.hidden = true;
    stopPlaying();
    wanted = id;
    tell();
    ask();
    clearTimeout(late);
    if (still.hidden) late = setTimeout(showStill, PATIENCE_MS);
    else showStill();
  }
  async function ask() {
    const mine = ++asked;
    while (ahead.pending) await frame(); // a click in this beat is on its way: it must not arrive in the next one
    if (mine === asked && wanted !== null) send("go", { beat: wanted, n: asked });
  }

  /** The page does not come: the hall sees the beat's picture, or its line, and the talk goes on. */
  function showStill() {
    const beat = beatOf(now());
    put(stillLine, beat.line);
    stillPicture.hidden = !beat.still;
    if (beat.still) stillPicture.src = beat.still;
    stillPicture.alt = beat.line;
    still.hidden = false;
    curtain.up();
    told(beat);
    console.info(`quayside stage: the still picture of ${beat.id}`);
  }
  stillPicture.addEventListener("error", () => { stillPicture.hidden = true; });

  // ---- arriving -----------------------------------------------------------------------------------------------
  const isDone = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning";
  const isDrawn = () => !document.querySelector("[data-stale=true], [data-testid=stSkeleton]")
    && [...document.querySelectorAll("[data-testid=stMain] .qc-strip:not([hidden])")].filter((strip) => !strip.closest("#quayside-curtain"))
      .every((strip) => strip.dataset.ready === "true");
  const frame = () => Promise.race([new Promise(requestAnimationFrame), pause(60)]);

  async function arrive() {
    const mine = ++arrival;
    while (!isDone()) {
      await frame();
      if (mine !== arrival) return;
    }
    if (wanted !== null && wanted !== data.beat) { // the server was away when it was asked
      ask();
      return;
    }
    if (turn === data.turn) return; // the page ran again within a beat: it goes on as it was
    for (const until = performance.now() + DRAWN_MS; !isDrawn() && performance.now() < until;) await frame();
    await frame();
    await frame();
    if (mine !== arrival || (wanted !== null && wanted !== data.beat)) return;
    enter();
  }

  /** The beat is on the page: put everything as the beat says, and let the hall see it. */
  function enter() {
    const beat = beatOf(data.beat), first = turn === null;
    turn = data.turn;
    here = data.beat;
    wanted = null;
    clearTimeout(late);
    if (location.pathname !== beat.path) history.replaceState(history.state, "", beat.path + location.search);
    document.title = `${beat.line} · Quayside`;
    still.hidden = true;
    // A page that is a title itself has no room for the line: it stands below.
    put(below, document.querySelector("[data-testid=stMain] .q-stage-head, [data-testid=stMain] .q-still") ? "" : beat.line);
    if (document.querySelector("[data-testid=stMain] .stException")) showStill();
    begin(data.runs);
    layRing();
    told(beat);
    curtain.up();
    if (began) performance.measure("quayside.step", { start: began, end: performance.now(), detail: beat.id });
    began = 0;
    tell();
    if (first && room) follow();
    overlays.refresh();
    fetch(data.ahead).catch(() => {}); // the server works out what comes next
    const next = beatOf(order()[order().indexOf(here) + 1]);
    if (next?.still) new Image().src = next.still;
    root.dataset.here = here;
  }
  function told(beat) {
    const n = order().indexOf(beat.id) + 1, m = order().length;
    put(counter, say("counter", { n: n || "–", m }));
    counter.setAttribute("aria-label", say("counter_label", { n: n || "–", m }));
    put(live, say("told", { n: n || "–", m, line: beat.line }));
    gone.style.transform = `scaleX(${n / m})`;
  }

  // ---- what plays ---------------------------------------------------------------------------------------------
  function stopPlaying() {
    plays = null;
    clock.pause();
  }
  function begin(runs) {
    clock.pause();
    clock.seek(runs ? runs.from_s : clock.home ?? 0);
    plays = runs && runs.to_s > runs.from_s ? runs : null;
    if (!plays) return;
    clock.setSpeed(runs.speed);
    const mine = plays;
    setTimeout(() => { if (plays === mine && !clock.playing) clock.play(); }, 350);
  }
  const deaf = clock.subscribe((t, why) => {
    if (!plays || why !== "tick" || t < plays.to_s) return;
    const { to_s } = plays;
    plays = null;
    clock.pause();
    clock.seek(to_s);
  });

  // ---- the ring of light --------------------------------------------------------------------------------------
  let ringed = null;
  function target() {
    const page = document.querySelector("[data-testid=stMain]"), { highlight, part } = data;
    const named = highlight === "part" ? [`[data-column="${part}"]`, `[data-ring="${part}"]`] : RING[highlight];
    for (const [on, kinds] of [[highlight, named], ["figure", RING.figure]]) {
      for (const kind of kinds) {
        const found = everywhere(page, kind).find((node) => {
          const at = node.getBoundingClientRect();
          return !node.closest(".q-stage-head, .st-key-q-machine") && at.width > 80 && at.height > 30 && at.top < innerHeight;
        });
        if (!found) continue;
        ring.dataset.on = on;
        return found;
      }
    }
    ring.dataset.on = "page";
    return page;
  }
  function layRing() {
    ringed = data.highlight === "none" ? null : target();
    ring.hidden = !ringed;
    placeRing();
    ring.getAnimations().forEach((one) => { one.cancel(); one.play(); });
  }
  function placeRing() {
    if (!ringed || !still.hidden) {
      ring.hidden = true;
      return;
    }
    if (!ringed.isConnected || ring.dataset.on !== data.highlight) ringed = target(); // it was drawn anew, or only now
    const within = document.createRange(), air = 7;
    within.selectNodeContents(ringed);
    const at = (ring.dataset.on === "said" ? within : ringed).getBoundingClientRect(); // a sentence is as long as its words
    const left = Math.max(6, at.left - air), top = Math.max(6, at.top - air);
    Object.assign(ring.style, {
      left: `${left}px`, top: `${top}px`, width: `${Math.min(innerWidth - 6, at.right + air) - left}px`,
      height: `${Math.min(innerHeight - 6, at.bottom + air) - top}px`,
    });
  }
  const watch = setInterval(() => { if (!ring.hidden) placeRing(); }, 400);
  addEventListener("resize", placeRing);

  // ---- the other windows --------------------------------------------------------------------------------------
  const link = makeLink((said) => {
    if (!data || said.to !== "stage") return;
    if (said.hello) tell();
    else if (said.does) obey(said.does, said.beat);
  });
  const state = () => ({ beat: now(), cut: data.cut, lang: data.lang, blank: !blank.hidden });
  const leaving = () => link.tell({ to: "speaker", gone: true });
  addEventListener("pagehide", leaving);
  function tell() {
    link.tell({ to: "speaker", at: state() });
    if (room) askRoom(data.base, "at", { room: room.room, key: room.key, at: state() });
  }
  function obey(means, beat) {
    if (means === "go") go(beat);
    else act(means);
  }

  // ---- another device -----------------------------------------------------------------------------------------
  let room = JSON.parse(sessionStorage.getItem("quayside.room") ?? "null"), leaveRoom = () => {};
  async function openRoom() {
    const opened = await askRoom(data.base, "open", room ? { room: room.room, key: room.key } : {});
    if (opened.status !== 200) return opened;
    const isNew = room?.room !== opened.room;
    room = { room: opened.room, key: opened.key };
    sessionStorage.setItem("quayside.room", JSON.stringify(room));
    if (isNew) follow();
    tell();
    return opened;
  }
  function follow() {
    leaveRoom();
    leaveRoom = followRoom(data.base, room, (heard) => {
      for (const wish of heard.wishes) obey(wish.does, wish.beat);
      overlays.guests(heard.guests);
    }, () => {
      room = null;
      sessionStorage.removeItem("quayside.room");
    });
  }

  // ---- keys ---------------------------------------------------------------------------------------------------
  let windowed = 0; // when full screen was left: the key that did it is not meant for us
  addEventListener("fullscreenchange", () => { windowed = performance.now(); }, true);
  function act(means) {
    if (["next", "back", "first", "last", "reset", "overview"].includes(means)) blank.hidden = true;
    const does = {
      next: () => step(1), back: () => step(-1), first: () => go(order()[0]), last: () => go(order().at(-1)),
      blank: () => { blank.hidden = !blank.hidden; tell(); },
      reset: () => go(now(), true),
      full: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => {}),
      escape: () => {
        if (!blank.hidden) act("blank");
        else if (!document.fullscreenElement && performance.now() - windowed > 600) location.assign(data.leave);
      },
    }[means];
    if (means === "up" || means === "down") return false; // only among all beats
    if (does) does();
    else overlays.toggle(means);
    return true;
  }
  const deafKeys = takeKeys((means, event) => (data === null ? false : overlays.takes(means, event) ?? act(means)));
  helpKey.addEventListener("click", () => act("help"));
  blank.addEventListener("click", () => act("blank"));

  return {
    update(fresh, trigger) {
      send = trigger;
      data = fresh;
      root.dataset.theme = themeOf(hostOf(parent)) === "dark" ? "dark" : "light";
      root.lang = fresh.lang;
      root.setAttribute("aria-label", say("label"));
      helpKey.title = say("help");
      helpKey.setAttribute("aria-label", say("help"));
      arrive();
    },
    destroy() {
      deaf();
      deafKeys();
      leaving();
      link.close();
      leaveRoom();
      removeEventListener("pagehide", leaving);
      clearInterval(watch);
      clearTimeout(late);
      removeEventListener("resize", placeRing);
      host.remove();
      document.querySelector("#quayside-curtain")?.remove();
    },
  };
}

export default keeper(makeMachine, "deck");
