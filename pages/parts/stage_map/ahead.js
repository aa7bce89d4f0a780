// Ahead: a click on the map, on the transport or on a launch type is answered before the page is. The browser asks for
// the new run itself (`/run`, the very data that the page would bring), shows it, and only then tells Streamlit, whose
// rerun brings the same run and all the words around it. Without an answer nothing is lost: the page does it alone.

function makeAhead() {
  const PATIENCE_MS = 3000, KEPT = 8;
  const views = new Set(); // {kind, show, late} of each component that shows the page's one run
  const coming = new Map(); // address -> promise of a scene: the newest few
  let awaited = null; // {id, done}: the run shown ahead, until the page brings it; id null while it is on its way
  let waiting = 0; // clicks that are not answered in full
  let turn = Promise.resolve(); // clicks are answered one after the other: the next begins with what the last one made

  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  /** The page has brought what was shown, or it never will: what it brought meanwhile may be shown now. */
  function settle() {
    const { done } = awaited;
    awaited = null;
    for (const view of [...views]) view.late();
    done();
  }
  /** Answer one click. Over when the page has brought its run too. */
  async function answer(address, tell) {
    const asked = address();
    if (!asked) {
      tell();
      return;
    }
    const mine = { id: null, done: null }, over = new Promise((done) => { mine.done = done; });
    awaited = mine;
    const scene = await ahead.ask(asked);
    if (!scene) {
      tell();
      settle();
      return;
    }
    mine.id = scene.id;
    for (const view of [...views]) {
      // One component's mistake must not keep the click from the page, which puts all of them right.
      try { if (scene[view.kind]) view.show(scene[view.kind]); } catch (error) { console.error("quayside ahead:", error); }
    }
    await painted();
    tell();
    const late = setTimeout(() => { if (awaited === mine) settle(); }, PATIENCE_MS);
    await over;
    clearTimeout(late);
  }
  const ahead = {
    get pending() { return waiting > 0; },

    /** A component joins while it is on the page; what comes back lets it go. */
    join(view) {
      views.add(view);
      return () => views.delete(view);
    },

    /** What the page brings may be older than what is shown: then it waits. */
    admits(id) {
      if (!awaited) return true;
      if (awaited.id !== id) return false;
      const { done } = awaited;
      awaited = null;
      done();
      return true;
    },

    /** Ask for a run, once: a pointer that comes near asks early. */
    ask(address) {
      if (!coming.has(address)) {
        const scene = fetch(address).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
        coming.set(address, scene);
        for (const old of [...coming.keys()].slice(0, -KEPT)) coming.delete(old);
      }
      return coming.get(address);
    },

    forget() { coming.clear(); },

    /** Show the run at an address, then tell the page. address: asked for when the clicks before have been answered. */
    show(address, tell) {
      waiting += 1;
      turn = turn.then(() => answer(address, tell)).catch((error) => console.error("quayside ahead:", error)).then(() => { waiting -= 1; });
    },
  };
  return ahead;
}

const ahead = (window.quaysideAhead ??= makeAhead());

/** Write an address for what is asked: the run that is shown, and what is done to it. */
const aheadOf = (base, asked) => (base ? `${base}&${new URLSearchParams(asked)}` : "");

/** Let a component take part: it hands over what the page brings, and shows what may be shown. What was shown ahead is
 *  not shown again when the page brings the very same. */
function follower(kind) {
  let held = null, leave = null, shown = "", last = () => {};
  const view = {
    kind,
    show(fresh) { held = null; shown = JSON.stringify(fresh); last(fresh); },
    late() { if (held) { last(held); held = null; } },
  };
  return {
    admit(data, show) {
      last = show;
      if (data.ahead && !leave) leave = ahead.join(view);
      if (!data.ahead && leave) leave = leave() && null;
      if (data.ahead && !ahead.admits(data.id ?? data.payload?.id)) { held = data; return; }
      held = null;
      const known = shown !== "" && shown === JSON.stringify(data);
      shown = ""; // the next time it comes, something else has changed: the theme, the width
      if (!known) show(data);
    },
    leave() { leave?.(); leave = null; },
  };
}
