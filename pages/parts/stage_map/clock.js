// The page's one clock. Every component is built as `clock.js + its own file`, and whichever module runs first
// makes the clock; the others find it on `window`. So several maps, charts and one transport share a playhead,
// and nothing that happens during play or scrub ever reaches the server.

function makeClock() {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const heard = new Set();
  let frame = 0; // the pending animation frame, 0 when none: no loop runs while paused
  let last = 0; // when the previous frame was, ms
  let dwell = 0; // with reduced motion: seconds left before the next stop
  let stops = [];
  let id = null;
  let scope = null;

  const tell = (why) => {
    for (const fn of [...heard]) {
      // One component's mistake must not stop the clock for the others.
      try { fn(clock.t, why); } catch (error) { console.error("quayside clock:", error); }
    }
  };
  const clamp = (t) => Math.min(Math.max(Number(t) || 0, 0), clock.end);
  const stopAfter = (t) => stops.find((stop) => stop > t + 1e-6);

  /** How long to rest on a stop when motion is unwelcome: long enough to read, short enough to follow. */
  const restAt = (t) => Math.min(3, Math.max(1.2, ((stopAfter(t) ?? clock.end) - t) / clock.speed));

  const step = (now) => {
    frame = 0;
    if (!clock.playing) return;
    // A hidden tab gets no frames; without the cap the world would leap when the reader comes back.
    const passed = Math.min((now - last) / 1000, 0.1);
    last = now;
    if (calm.matches) {
      dwell -= passed;
      if (dwell <= 0) {
        clock.t = clamp(stopAfter(clock.t) ?? clock.end);
        dwell = restAt(clock.t);
        tell("seek"); // a step, not a motion: nothing may tween
      }
    } else {
      clock.t = clamp(clock.t + passed * clock.speed);
      tell("tick");
    }
    if (clock.t >= clock.end) clock.pause();
    else if (clock.playing) frame = requestAnimationFrame(step);
  };

  const clock = {
    t: 0,
    end: 0,
    home: 0, // where a fresh page's playhead stands
    playing: false,
    speed: 4,
    version: 0,
    get stops() { return stops; },

    /** Take a run. The playhead stays: what changed is the future, or the launch type at the same second.
     *  `scope` (optional) names the page; another page's run starts at `at` (or 0), paused. */
    setRun(run) {
      const next = [...new Set(run.stops ?? [])].filter((t) => t >= 0 && t <= run.end).sort((a, b) => a - b);
      const moved = run.scope !== undefined && run.scope !== scope;
      if (run.scope !== undefined) clock.home = run.at ?? 0;
      if (!moved && run.id === id && run.end === clock.end && String(next) === String(stops)) return;
      if (moved) {
        scope = run.scope;
        clock.playing = false;
      }
      id = run.id;
      stops = next;
      clock.end = run.end;
      clock.t = clamp(moved ? run.at ?? 0 : clock.t);
      clock.version += 1;
      tell("run");
    },

    play() {
      if (clock.playing || clock.end <= 0) return;
      if (clock.t >= clock.end) clock.t = 0; // play at the end means: again
      clock.playing = true;
      last = performance.now();
      dwell = 0.4;
      tell("play");
      if (!frame) frame = requestAnimationFrame(step);
    },
    pause() {
      if (!clock.playing) return;
      clock.playing = false;
      if (frame) cancelAnimationFrame(frame);
      frame = 0;
      tell("pause");
    },
    toggle() { clock.playing ? clock.pause() : clock.play(); },
    seek(t) {
      clock.t = clamp(t);
      dwell = restAt(clock.t);
      tell("seek");
    },
    next() { clock.seek(stopAfter(clock.t) ?? clock.end); },
    prev() {
      // While playing, the stop just passed is not where "previous" means to go.
      const before = clock.t - (clock.playing ? 0.7 * clock.speed : 1e-6);
      clock.seek(stops.findLast((stop) => stop < before) ?? 0);
    },
    setSpeed(x) {
      clock.speed = x;
      tell("speed");
    },
    subscribe(fn) {
      heard.add(fn);
      return () => heard.delete(fn);
    },
  };
  return clock;
}

const clock = (window.quaysideClock ??= makeClock());
