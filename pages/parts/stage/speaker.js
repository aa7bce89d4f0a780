// The speaker's window: what to say, what comes next, and whether there is time. It holds the whole deck, so nothing it shows waits
// for a server: on one machine it hears the stage by the browser's own channel, on another device through a room.

const CLOCK = "quayside.talk"; // in the browser's store: a window that is opened again finds the talk's clock as it was

/** The talk's clock: it runs by the wall, whatever is asleep meanwhile. */
function makeTalkClock() {
  let kept = { run_ms: 0, since: null };
  try { kept = { ...kept, ...JSON.parse(localStorage.getItem(CLOCK) ?? "{}") }; } catch { /* begin at nought */ }
  const keep = () => localStorage.setItem(CLOCK, JSON.stringify(kept));
  return {
    get s() { return (kept.run_ms + (kept.since === null ? 0 : Date.now() - kept.since)) / 1000; },
    get runs() { return kept.since !== null; },
    toggle() {
      kept = kept.since === null ? { ...kept, since: Date.now() } : { run_ms: kept.run_ms + Date.now() - kept.since, since: null };
      keep();
    },
    reset() {
      kept = { run_ms: 0, since: kept.since === null ? null : Date.now() };
      keep();
    },
  };
}

function makeSpeaker(parent) {
  const root = make("div", "q speaker"), now = make("section", "now"), side = make("section", "side");
  const place = make("p", "place"), line = make("h1"), dark = make("p", "dark"), notes = make("p", "notes");
  const timer = make("div", "timer"), time = make("output", "time"), pace = make("p", "pace"), plan = make("p", "plan"), track = make("div", "track"), done = make("i"), due = make("b");
  const clockKeys = make("div", "keys"), start = make("button", "btn"), reset = make("button", "btn");
  const next = make("div", "next"), nextName = make("p", "name"), nextLine = make("p", "line"), steps = make("div", "keys steps");
  const tied = make("div", "tied"), told = make("p"), door = make("form", "door"), pinName = make("label"), pinWord = make("span"), pin = make("input"), join = make("button", "btn"), said = make("p", "said"), open = make("button", "btn");
  track.append(done, due);
  track.setAttribute("aria-hidden", "true");
  time.setAttribute("aria-live", "off");
  said.setAttribute("role", "status");
  told.setAttribute("role", "status");
  clockKeys.append(start, reset);
  timer.append(time, pace, track, plan, clockKeys);
  next.append(nextName, nextLine);
  Object.assign(pin, { inputMode: "numeric", autocomplete: "one-time-code", maxLength: 7, pattern: "[0-9 ]*", required: true });
  pinName.append(pinWord, pin);
  door.append(pinName, join);
  tied.append(told, open, door, said);
  now.append(place, line, dark, notes);
  side.append(timer, next, steps, tied);
  root.append(now, side);
  parent.append(root);
  start.type = reset.type = open.type = "button";

  let data = null, at = null, isHere = false, room = null, leaveRoom = () => {};
  const talk = makeTalkClock();
  const say = (key, values) => fill(data.words, key, values);
  const order = () => data.orders[at?.cut ?? data.cut];
  const beatOf = (id) => data.beats.find((beat) => beat.id === id);
  const clockOf = (s) => clockText(Math.max(0, s));
  const minutes = (n) => String(Math.round(n * 10) / 10).replace(".", data.decimal);

  // ---- what is shown ------------------------------------------------------------------------------------------
  function draw() {
    const here = at ? beatOf(at.beat) : beatOf(order()[0]), n = order().indexOf(here.id), after = beatOf(order()[n + 1]);
    put(place, `${say("counter", { n: n + 1 || "–", m: order().length })} · ${say("slide", { slides: here.slides })} · ${say("minutes", { n: minutes(here.minutes) })}`);
    put(line, here.line);
    put(notes, here.notes);
    put(nextName, after ? `${say("next")} · ${say("minutes", { n: minutes(after.minutes) })}` : say("next"));
    put(nextLine, after ? after.line : say("last"));
    dark.hidden = !at?.blank;
    put(dark, say("blanked"));
    root.dataset.here = at?.beat ?? "";
    drawTied();
    drawTime();
  }
  function drawTied() {
    root.dataset.tied = room ? "away" : isHere ? "here" : "no";
    put(told, say(room ? "away" : isHere ? "here" : "elsewhere"));
    door.hidden = open.hidden = Boolean(room || isHere);
    for (const key of steps.children) key.disabled = !(room || isHere);
  }

  /** Ahead or behind: against the minutes planned before this beat, and those with it. */
  function drawTime() {
    if (!data) return;
    const n = Math.max(0, order().indexOf(at?.beat ?? order()[0])), planned = order().map((id) => beatOf(id).minutes * 60);
    const whole = planned.reduce((sum, s) => sum + s, 0), from = planned.slice(0, n).reduce((sum, s) => sum + s, 0), to = from + planned[n], s = talk.s;
    put(time, clockOf(s));
    const kind = s < from - 5 ? "ahead" : s > to + 5 ? "behind" : "on_time";
    pace.hidden = s === 0; // nobody is late for a talk that has not begun
    pace.dataset.kind = kind;
    put(pace, say(kind, { time: clockOf(kind === "ahead" ? from - s : s - to) }));
    put(plan, say("planned", { from: clockOf(from), to: clockOf(to) }));
    put(start, say(talk.runs ? "pause" : "start"));
    done.style.width = `${Math.min(100, (s / whole) * 100)}%`;
    Object.assign(due.style, { left: `${(from / whole) * 100}%`, width: `${(planned[n] / whole) * 100}%` });
  }
  const ticks = setInterval(drawTime, 250);

  // ---- the stage ----------------------------------------------------------------------------------------------
  const link = makeLink((heard) => {
    if (!data || heard.to !== "speaker" || room) return;
    isHere = !heard.gone;
    at = heard.at ?? at;
    draw();
  });
  async function wish(does) {
    if (!room) {
      link.tell({ to: "stage", does });
      return;
    }
    const answer = await askRoom(data.base, "wish", { ...room, does });
    put(said, answer.status === 200 ? "" : say("silent"));
  }
  function follow() {
    leaveRoom();
    leaveRoom = followRoom(data.base, room, (heard) => {
      if (!heard.at.beat) return;
      at = heard.at;
      draw();
    }, () => {
      room = null;
      sessionStorage.removeItem("quayside.guest");
      draw();
    });
  }
  door.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await askRoom(data.base, "join", { pin: pin.value.replace(/\D/g, "") });
    const wrong = { 0: "silent", 403: "wrong", 429: "busy" }[answer.status] ?? (answer.status === 200 ? "" : "silent");
    put(said, wrong ? say(wrong, { seconds: answer.again_s }) : "");
    if (wrong) {
      pin.select();
      return;
    }
    room = { room: answer.room, key: answer.key };
    sessionStorage.setItem("quayside.guest", JSON.stringify(room));
    pin.value = "";
    follow();
    draw();
  });

  // ---- hands --------------------------------------------------------------------------------------------------
  open.addEventListener("click", () => window.open(data.stage, "_blank"));
  start.addEventListener("click", () => { talk.toggle(); drawTime(); });
  reset.addEventListener("click", () => { talk.reset(); drawTime(); });
  const DOES = ["next", "back", "first", "last", "blank", "reset"];
  const deafKeys = takeKeys((means, event) => {
    if (data === null || !DOES.includes(means)) return false;
    const typing = event.composedPath()[0] === pin;
    if (typing && !["PageDown", "PageUp"].includes(event.key)) return false; // the arrows are among its digits
    if (event.key === " " && event.composedPath()[0] instanceof HTMLButtonElement) return false; // and a button is pressed
    wish(means);
    return true;
  });

  return {
    update(fresh) {
      const isFirst = data === null;
      data = fresh;
      root.dataset.theme = themeOf(hostOf(parent)) === "dark" ? "dark" : "light";
      root.lang = fresh.lang;
      put(reset, say("reset"));
      put(join, say("join"));
      put(open, say("open_stage"));
      put(pinWord, say("pin"));
      if (!steps.children.length) {
        for (const [does, word] of [["back", "back"], ["next", "forward"], ["blank", "blank"], ["reset", "again"]]) {
          const key = make("button", does === "next" ? "btn primary" : "btn", say(word));
          key.type = "button";
          key.addEventListener("click", () => wish(does));
          steps.append(key);
        }
      }
      steps.title = say("keys");
      if (isFirst) {
        try { room = JSON.parse(sessionStorage.getItem("quayside.guest") ?? "null"); } catch { room = null; }
        if (room) follow();
        link.tell({ to: "stage", hello: true });
      }
      draw();
    },
    destroy() {
      clearInterval(ticks);
      deafKeys();
      link.close();
      leaveRoom();
    },
  };
}

export default keeper(makeSpeaker, "speaker");
