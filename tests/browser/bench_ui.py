"""How soon a click is painted: `make bench-ui`, or `python -m tests.browser.bench_ui [--json]`. Printed, never asserted.

Each time is taken in the page, from the click to the second frame after the last change of the map or of a chart.
The same four figures and the same map on `st.plotly_chart` stand beside it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from engine import Scenario
from tests.browser import the_app
from tests.browser.the_app import ROOT, STUDY, Server, Visitor, calm, choose_by_keys, seek, the_map

Times = dict[str, float]
TURNS = 20
PLAYED_S = 5.0

# The very same page, but for its charts: these are drawn as a reader of Streamlit's tutorial would draw them.
ON_PLOTLY_CHART = """
import runpy, sys
sys.path.insert(0, {root!r})
import plotly.graph_objects as go
import streamlit as st
from pages.figures.theme import LIGHT, painted
from pages.parts import chapter, furniture

def charts(strips, **_):
    for strip in strips:
        st.plotly_chart(go.Figure(painted(strip.figure.to_plotly_json(), LIGHT)), key=strip.key, height=120)

furniture.charts = charts
st.set_page_config(layout="wide")
chapter.look()
runpy.run_path({root!r} + "/pages/az_failure.py")
"""

# Watches the map's canvas and the charts from the next click on; answers once all has been quiet for a while.
WATCH = """() => {
  const canvas = (function find(root) {
    for (const one of root.querySelectorAll("*")) {
      if (one.matches("canvas[role=application]")) return one;
      const inner = one.shadowRoot && find(one.shadowRoot);
      if (inner) return inner;
    }
    return null;
  })(document);
  const CHART = ".qc-stack, [data-testid=stPlotlyChart]";
  // What changes around the charts (Streamlit's own word that the script has ended) paints nothing: only what lies in them
  // counts, or a node that brings them anew.
  const within = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(CHART);
  const brings = (node) => within(node) || (node.nodeType === 1 && node.querySelector(CHART));
  window.painted = new Promise((done) => {
    let clicked = 0, changed = 0, painted = 0, map = false, charts = false, quiet = 0;
    const hear = (isMap) => (records) => {
      if (!clicked) return;
      if (!isMap && !records.some((one) => within(one.target) || [...one.addedNodes].some(brings))) return;
      if (isMap) map = true; else charts = true;
      const mine = (changed = performance.now());
      requestAnimationFrame(() => requestAnimationFrame(() => { if (changed === mine) painted = performance.now(); }));
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        if (!map || !charts) return;
        for (const one of watching) one.disconnect();
        done(painted - clicked);
      }, 400);
    };
    const watching = [new MutationObserver(hear(true)), new MutationObserver(hear(false))];
    watching[0].observe(canvas, { attributes: true });
    watching[1].observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    addEventListener("click", (event) => { clicked ||= event.timeStamp; }, { capture: true, once: true });
  });
}"""
COUNT_FRAMES = """async (s) => {
  const frame = () => new Promise(requestAnimationFrame), from = await frame();
  let n = 0, now = from;
  while (now - from < s * 1000) { now = await frame(); n += 1; }
  return n / ((now - from) / 1000);
}"""


def painted_ms(page: Page, click: Callable[[], None]) -> float:
    """Click, and time it."""
    page.evaluate(WATCH)
    click()
    took = float(page.evaluate("() => window.painted"))
    calm(page)
    return took


def summed(times: list[float]) -> Times:
    """Give median, 95th percentile and count."""
    return {
        "median": round(statistics.median(times), 1),
        "p95": round(sorted(times)[math.ceil(0.95 * len(times)) - 1], 1),
        "n": len(times),
    }


def toggled(page: Page) -> dict[str, Times]:
    """Toggle the launch type: to a run that has never been, and back to one on the shelf."""
    new: list[float] = []
    known: list[float] = []
    seek(page, 200)
    for turn in range(TURNS + 2):
        before = the_app.digest(page)
        page.get_by_role("slider", name="Seed").first.press("ArrowRight")
        page.wait_for_function("(before) => window.quaysideRun.id !== before", arg=before)
        page.wait_for_timeout(500)  # the charts of the new seed come to rest
        for times, name in ((new, "ECS on Fargate"), (known, "ECS on EC2")):
            took = painted_ms(page, page.get_by_role("radio", name=name).click)
            if turn >= 2:  # the first ones warm the browser's compiler
                times.append(took)
    return {"new_run": summed(new), "run_on_the_shelf": summed(known)}


def failed(page: Page) -> Times:
    """Fail a zone through the map's popover, each time at another second: always a new run."""
    times = []
    for turn in range(TURNS + 2):
        seek(page, 60 + turn)
        button = choose_by_keys(page, "ArrowDown").get_by_role("button", name=re.compile("^Fail zone a now"))
        took = painted_ms(page, button.click)
        page.get_by_role("button", name="Undo", exact=True).click()
        page.wait_for_function("() => !window.quaysideClock.playing")
        page.wait_for_timeout(500)
        calm(page)
        if turn >= 2:
            times.append(took)
    return summed(times)


def played(visitor: Visitor) -> dict[str, float | int | None]:
    """Play a map of 60 hosts and 400 tasks through a zone's failure: frames a second, and what the server did meanwhile."""
    large = Scenario.of({
        "zones": 3, "fleet": {"hosts": 60, "instance_type": "m5.2xlarge"}, "traffic": {"rps": 20_000},
        "services": [{"desired": 400}], "operations": [{"do": "fail-zone", "zone": "b", "at_s": 120}],
    })  # fmt: skip
    page = visitor.open(f"/az_failure?lang=en&guess=skip&s={large.token()}")
    tasks = re.search(r"(\d+) serving", the_map(page).get_attribute("aria-label") or "")
    seek(page, 110)
    page.wait_for_timeout(1_500)  # the server collects its garbage, the browser its own
    said, heard, worked = len(visitor.talk), len(visitor.answers), cpu_s(visitor.server)
    page.evaluate("() => window.quaysideClock.play()")
    rate = page.evaluate(COUNT_FRAMES, PLAYED_S)
    busy = cpu_s(visitor.server)
    return {
        "hosts": 60,
        "tasks": int(tasks[1]) if tasks else 0,
        "frames_per_s": round(rate, 1),
        "server_cpu_share": None if busy is None or worked is None else round((busy - worked) / PLAYED_S, 3),
        "messages": len(visitor.talk) - said + len(visitor.answers) - heard,
    }


def cpu_s(server: Server) -> float | None:
    """Read how long the server has worked; None where the system does not tell it so simply."""
    stat = Path(f"/proc/{server.pid}/stat")
    if not stat.exists():
        return None
    words = stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def measure(browser: Browser, folder: Path) -> dict[str, Any]:
    """Measure everything, one after the other."""
    found: dict[str, Any] = {"load": os.getloadavg()[0], "cores": os.cpu_count()}
    with the_app.serving(ROOT / "app.py", folder / "ours.log") as server:
        visitor = Visitor.arrive(browser, server)
        page = visitor.open(STUDY)
        found["toggle_ms"] = toggled(page)
        with the_app.another_run(page):  # else the popover that is opened next closes with the run under it
            page.get_by_role("button", name="Reset").click()
        found["fail_zone_ms"] = failed(page)
        page.close()
        found["large_map"] = played(visitor)
        visitor.context.close()
    script = folder / "on_plotly_chart.py"
    script.write_text(ON_PLOTLY_CHART.format(root=str(ROOT)), encoding="utf-8")
    with the_app.serving(script, folder / "theirs.log", ready="/_stcore/health") as server:
        visitor = Visitor.arrive(browser, server)
        page = visitor.open("/?lang=en&guess=skip")
        page.wait_for_function(
            "() => document.querySelectorAll('.js-plotly-plot .main-svg').length >= 4 && window.quaysideRun"
        )
        page.wait_for_timeout(1_000)
        found["toggle_on_plotly_chart_ms"] = toggled(page)
        visitor.context.close()
    theirs, ours = found["toggle_on_plotly_chart_ms"], found["toggle_ms"]
    found["ratio"] = {kind: round(theirs[kind]["median"] / ours[kind]["median"], 2) for kind in ours}
    return found


def told(found: dict[str, Any]) -> str:
    """Say it as a person reads it."""
    ours, theirs, large = found["toggle_ms"], found["toggle_on_plotly_chart_ms"], found["large_map"]

    def line(name: str, times: Times, goal: str = "") -> str:
        return f"  {name:<58} {times['median']:>7.0f} {times['p95']:>7.0f}   {goal}"

    share = large["server_cpu_share"]
    return "\n".join([
        f"Painted after a click, ms ({TURNS} clicks each; load {found['load']:.1f} on {found['cores']} cores)",
        f"  {'':<58} {'median':>7} {'p95':>7}   goal",
        line("launch type toggled, a new run: map and four charts", ours["new_run"], "p95 under 200"),
        line("launch type toggled, a run on the shelf", ours["run_on_the_shelf"], "p95 under 200"),
        line("the same on st.plotly_chart, a new run", theirs["new_run"], f"{found['ratio']['new_run']} times ours"),
        line("the same on st.plotly_chart, on the shelf", theirs["run_on_the_shelf"], f"{found['ratio']['run_on_the_shelf']} times ours"),
        line("a zone failed through its popover", found["fail_zone_ms"], "p95 under 250"),
        f"Playing {large['hosts']} hosts and {large['tasks']} tasks for {PLAYED_S:.0f} s",
        f"  {large['frames_per_s']:.1f} frames a second (goal 55), {large['messages']} messages to or from the server, server "
        + ("not measured here" if share is None else f"{share:.1%} of a core"),
    ])  # fmt: skip


def main() -> None:
    """Print it, for people or as JSON."""
    parser = argparse.ArgumentParser(description="How soon a click is painted.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    chromium = os.environ.get("QUAYSIDE_CHROMIUM", "")
    if not Path(chromium).is_file():
        sys.exit("no Chromium: run `make bench-ui`, which finds or installs one, or set QUAYSIDE_CHROMIUM")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = the_app.launch(playwright, chromium)
        found = measure(browser, Path(folder))
        browser.close()
    found["wall_s"] = round(time.monotonic() - began, 1)
    print(json.dumps(found, indent=2) if asked.json else told(found))


if __name__ == "__main__":
    main()
