// Ahead: a click on the map, on the transport or on a launch type is answered before the page is. The browser asks for
// the new run itself (`/run`, the very data that the page would bring), shows it, and only then tells Streamlit, whose
// rerun brings the same run and all the words around it. Without an answer nothing is lost: the page does it alone.

function makeAhead() {
  const PATIENCE_MS = 3000, KEPT = 8;
  const views = new Set(); // {kind, show, late} of each component that shows the page's one run
  const coming = new Map(); // address -> promise of a scene: the newest few
  let awaited = null; // {id, tell}: the run shown ahead, until the page brings it; id null while it is on its way

  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  function settle() {
    awaited = null;
    for (const view of [...views]) view.late();
  }
  /** Tell the page of a click, once; say whether it had not heard yet. */
  function told(click) {
    const tell = click.tell;
    click.tell = null;
    tell?.();
    return Boolean(tell);
  }
  const ahead = {
    get pending() { return awaited !== null; },

    /** A component joins while it is on the page; what comes back lets it go. */
    join(view) {
      views.add(view);
      return () => views.delete(view);
    },

    /** What the page brings may be older than what is shown: then it waits. */
    admits(id) {
      if (!awaited) return true;
      if (awaited.id !== id) return false;
      awaited = null;
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

    /** Show the run at an address, and tell the page. While another one is awaited, leave it to the page: it hears of both
     *  in the order of the clicks, or the earlier choice would win. */
    async show(address, tell) {
      if (awaited || !address) {
        const earlier = awaited;
        awaited = null;
        if (earlier && told(earlier)) await painted();
        tell();
        return;
      }
      const mine = (awaited = { id: null, tell });
      const scene = await ahead.ask(address);
      if (awaited !== mine) return; // a later click has told it
      if (!scene) {
        told(mine);
        settle();
        return;
      }
      mine.id = scene.id;
      for (const view of [...views]) if (scene[view.kind]) view.show(scene[view.kind]);
      await painted();
      told(mine);
      setTimeout(() => { if (awaited === mine) settle(); }, PATIENCE_MS);
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
