// How the windows of one talk hear of each other: on one machine by a channel of the browser's, without a server; from another
// device through the server's rooms (`rooms.py`), once a PIN has been typed in.

/** Join the windows of this browser. hear: called with what another window says. */
function makeLink(hear) {
  const channel = new BroadcastChannel("quayside.stage");
  channel.addEventListener("message", (event) => hear(event.data ?? {}));
  return { tell: (said) => channel.postMessage(said), close: () => channel.close() };
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Ask the server's rooms. Never throws: `status` 0 means that nobody answered. */
async function askRoom(base, what, said) {
  try {
    const answer = await fetch(`${base}/stage/${what}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said),
    });
    return { ...(await answer.json().catch(() => ({}))), status: answer.status };
  } catch {
    return { status: 0 };
  }
}

/** Follow a room until it is over: each answer comes when something has changed there, or after some seconds.
 *  changed: called with {at, wishes}. gone: called once, when the room is no more. Returns what ends it. */
function followRoom(base, room, changed, gone) {
  let on = true, since = 0;
  (async () => {
    while (on) {
      const heard = await askRoom(base, "hear", { room: room.room, key: room.key, since });
      if (!on) return;
      if (heard.status === 200) {
        if (heard.n !== since) changed(heard);
        since = heard.n;
      } else if (heard.status === 404) {
        on = false;
        gone();
      } else await pause(2000);
    }
  })();
  return () => { on = false; };
}

/** What a key means on stage and in the speaker's window; null where it is none of ours. Letters and the space stay with
 *  whoever is typing; a clicker's keys and the arrows never do. */
function keyMeans(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.shiftKey && key !== "?") return null; // Shift and the arrows walk about in the map
  const means = {
    ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "back", PageUp: "back", Home: "first", End: "last", ArrowUp: "up",
    ArrowDown: "down", b: "blank", ".": "blank", o: "overview", n: "notes", r: "reset", f: "full", p: "pin", "?": "help", Escape: "escape",
  }[key] ?? null;
  if (means === null || event.key.length > 1) return means;
  const typing = event.composedPath().some((node) => node instanceof Element && node.matches(
    "textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=submit])",
  ));
  return typing ? null : means;
}

/** Take the keys of a whole window, whatever has the focus, before anything on the page hears of them. does: called with what
 *  a key means and the event; what it answers with false is left to the page. */
function takeKeys(does) {
  let space = false;
  const down = (event) => {
    const means = keyMeans(event);
    if (means === null || (event.repeat && !["next", "back"].includes(means)) || does(means, event) === false) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    space = event.key === " ";
  };
  /** A button is pressed when space comes up again: here that press was a step. */
  const up = (event) => {
    if (space && event.key === " ") {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    space = false;
  };
  addEventListener("keydown", down, { capture: true });
  addEventListener("keyup", up, { capture: true });
  return () => {
    removeEventListener("keydown", down, { capture: true });
    removeEventListener("keyup", up, { capture: true });
  };
}
