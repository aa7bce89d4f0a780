// What lies over the stage when it is asked for: all beats at a glance, the notes, the keys, the PIN. One at a time.

/** stage: what the machine lends: beatOf, order, say, now, data, go, does, room, openRoom. */
function makeOverlays(root, stage) {
  const NAMES = ["overview", "notes", "help", "pin"];
  let open = null, panel = null, before = null, cards = [], guestWord = null;

  function close() {
    if (!open) return;
    panel.remove();
    open = panel = guestWord = null;
    cards = [];
    setInert(false);
    before?.focus?.({ preventScroll: true });
  }
  function setInert(is) {
    const app = document.querySelector("[data-testid=stApp]");
    if (app) app.inert = is;
  }

  function toggle(name) {
    if (!NAMES.includes(name)) return;
    const was = open;
    close();
    if (was === name) return;
    before = document.activeElement;
    open = name;
    panel = make("section", `panel ${name}`);
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", stage.say(`${name}_title`));
    panel.tabIndex = -1;
    root.append(panel);
    ({ overview: drawOverview, notes: drawNotes, help: drawHelp, pin: drawPin })[name]();
    if (name === "notes") return; // one reads them and goes on: the keys and the page stay as they are
    panel.setAttribute("aria-modal", "true");
    setInert(true);
    if (name !== "overview") panel.focus({ preventScroll: true });
  }

  // ---- all beats ----------------------------------------------------------------------------------------------
  function drawOverview() {
    const head = make("h2", "", stage.say("overview_title")), grid = make("div", "grid");
    cards = stage.order().map((id, n) => {
      const beat = stage.beatOf(id), card = make("button", "card"), top = make("span", "top");
      card.type = "button";
      top.append(make("b", "", String(n + 1)), make("span", "", beat.slides));
      card.append(top, make("span", "line", beat.line));
      card.dataset.beat = id;
      card.addEventListener("click", () => { close(); stage.go(id); });
      if (id === stage.now()) card.setAttribute("aria-current", "step");
      grid.append(card);
      return card;
    });
    panel.append(head, grid);
    (cards[stage.order().indexOf(stage.now())] ?? cards[0])?.focus();
  }
  /** Walk over the cards; up and down go a row. */
  function walk(means) {
    const at = Math.max(0, cards.indexOf(root.getRootNode().activeElement)), wide = Math.max(1, cards.findIndex((card) => card.offsetTop > cards[0].offsetTop));
    const by = { down: wide, up: -wide, next: 1, back: -1, first: -at, last: cards.length - 1 - at }[means];
    const next = Math.min(cards.length - 1, Math.max(0, at + by));
    cards[next].focus();
  }

  // ---- notes --------------------------------------------------------------------------------------------------
  function drawNotes() {
    const beat = stage.beatOf(stage.now()), next = stage.beatOf(stage.order()[stage.order().indexOf(beat.id) + 1]);
    panel.replaceChildren(make("p", "said", beat.notes));
    panel.append(make("p", "then", next ? stage.say("then", { line: next.line }) : stage.say("last")));
  }

  // ---- the keys -----------------------------------------------------------------------------------------------
  function drawHelp() {
    const list = make("div", "keys");
    for (const means of ["next", "back", "first", "blank", "overview", "notes", "reset", "full", "pin", "escape"]) {
      const row = make("button", "row");
      row.type = "button";
      row.append(make("kbd", "", stage.say(`keys_${means}`)), make("span", "", stage.say(`does_${means}`)));
      row.addEventListener("click", () => { close(); stage.does(means); });
      list.append(row);
    }
    panel.append(make("h2", "", stage.say("help_title")), list);
  }

  // ---- the PIN ------------------------------------------------------------------------------------------------
  async function drawPin() {
    const pin = make("output", "digits", "······"), where = make("p"), until = make("p", "until");
    guestWord = make("p", "guests");
    panel.append(make("h2", "", stage.say("pin_title")), where, pin, until, guestWord);
    const address = `${location.host}${stage.data().base}/?notes=1`;
    const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
    put(where, stage.say(isLocal ? "pin_local" : "pin_where", { address }));
    const opened = await stage.openRoom();
    if (open !== "pin") return;
    if (opened.status !== 200) {
      pin.remove();
      put(until, stage.say(opened.status === 429 ? "pin_busy" : "pin_failed"));
      return;
    }
    put(pin, opened.pin.replace(/(\d{3})(\d{3})/, "$1 $2"));
    put(until, stage.say("pin_until", { minutes: Math.round(opened.for_s / 60) }));
    guests(opened.guests);
  }
  function guests(n) {
    if (guestWord) put(guestWord, n ? stage.say(n === 1 ? "guests_one" : "guests_other", { n }) : "");
  }

  return {
    toggle,
    guests,
    refresh() { if (open === "notes") drawNotes(); },
    /** Say whether an open panel takes a key: true and it is done, false and the page has it, null and the stage has it. */
    takes(means, event) {
      if (!open) return null;
      if (means === "escape" || means === open) {
        close();
        return true;
      }
      if (open === "overview" && ["next", "back", "first", "last", "up", "down"].includes(means)) {
        if (event.key === " ") {
          root.getRootNode().activeElement?.click();
          return true;
        }
        walk(means);
        return true;
      }
      if (NAMES.includes(means)) return null;
      if (open === "help" || open === "pin") close();
      return null;
    },
  };
}
