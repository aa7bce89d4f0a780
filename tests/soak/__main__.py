"""A soak: `python -m tests.soak` keeps one server busy for an hour, and says what it came to hold; `--browser` walks it at random.

Exit code 1 where anything broke: a page, the server's log, the server itself. How much memory grew is printed, not judged.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.apart import apart

apart("soak")


def main() -> int:
    """Read the options, soak, and print."""
    options = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    options.add_argument("--minutes", type=float, default=60.0, help="how long, of each part (60)")
    options.add_argument("--seed", type=int, default=1, help="same seed, same visitors and the same walk (1)")
    options.add_argument("--seats", type=int, default=6, help="visitors without browsers at a time (6)")
    options.add_argument("--pause", type=float, default=2.0, help="seconds between two changes of one visitor (2)")
    options.add_argument("--browser", action="store_true", help="a real browser at random, in place of those visitors")
    options.add_argument("--steps", type=int, help="of the browser: end after so many, to go the same walk again")
    options.add_argument("--log", type=Path, help="where the server's log and the walk's steps are left (a new folder)")
    asked = options.parse_args()
    folder = asked.log or Path(tempfile.mkdtemp(prefix="quayside-soak-log-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{time.strftime('%H:%M:%S')} log and steps: {folder}", flush=True)
    return _walked(asked, folder) if asked.browser else _stayed(asked, folder)


def _stayed(asked: argparse.Namespace, folder: Path) -> int:
    from tests.browser.the_app import ROOT, serving
    from tests.soak.comers import stay

    with serving(ROOT / "app.py", folder / "server.txt", data=folder) as server:
        came = stay(server, asked.minutes, seats=asked.seats, seed=asked.seed, pause_s=asked.pause)
    (folder / "visitors.json").write_text(json.dumps(asdict(came), indent=1), encoding="utf-8")
    grew = came.slope
    print(
        f"{came.seconds / 60:.1f} minutes, {came.seats} seats, seed {came.seed}: {came.visits:,} visits, {came.changes:,} changes"
    )
    print(
        f"memory of the server: {came.at_first:.0f} MiB at first, {came.when_warm:.0f} after {came.warm_s / 60:.1f} minutes, "
        f"{came.at_last:.0f} at last, {came.most:.0f} at most; {came.children:.0f} in its processes"
    )
    print(
        f"growth from then on: {grew.an_hour:+.1f} MiB an hour, 95 % interval {grew.low:+.1f} to {grew.high:+.1f} "
        f"({grew.blocks} blocks in {grew.seconds / 60:.1f} minutes)"
    )
    print(
        f"threads {came.threads[0]:.0f}, then {came.threads[1]:.0f}; open files {came.files[0]:.0f}, then {came.files[1]:.0f}"
    )
    print("sessions: " + ", ".join(f"{name} {n:,}" for name, n in came.sessions.items()))
    return _told(came.faults, came.log)


def _walked(asked: argparse.Namespace, folder: Path) -> int:
    from playwright.sync_api import sync_playwright

    from tests.browser.the_app import ROOT, launch, serving
    from tests.soak.walk import walk

    chromium = os.environ.get("QUAYSIDE_CHROMIUM", "")
    if not chromium:
        sys.exit("no Chromium: say where it is (QUAYSIDE_CHROMIUM), or run this as `make soak`")
    with serving(ROOT / "app.py", folder / "server.txt", data=folder) as server, sync_playwright() as playwright:
        went = walk(
            launch(playwright, chromium), server, seed=asked.seed, told=folder / "steps.jsonl", steps=asked.steps, minutes=asked.minutes
        )  # fmt: skip
    (folder / "walk.json").write_text(json.dumps(asdict(went), indent=1), encoding="utf-8")
    grew = went.slope
    print(f"{went.minutes:.1f} minutes, seed {went.seed}: {went.steps:,} steps; {went.did}")
    print(
        f"memory of the server: {went.at_first:.0f} MiB at first, {went.at_last:.0f} at last, {went.most:.0f} at most; "
        f"{grew.an_hour:+.1f} MiB an hour once warm, 95 % interval {grew.low:+.1f} to {grew.high:+.1f}"
    )
    for name, of in (("heap, MiB", went.heap), ("nodes", went.nodes), ("listeners", went.listeners)):
        if of is not None:
            print(
                f"the browser's {name}, for each hundred steps: {of.an_hour:+.2f}, 95 % interval {of.low:+.2f} to {of.high:+.2f} ({of.blocks} homecomings)"
            )
    print(f"{len(went.slow)} steps took over a minute {went.slow[:5]}")
    return _told(went.faults, went.log)


def _told(faults: list[str], log: list[str]) -> int:
    """Say what broke; the exit code."""
    for name, found in (("met", faults), ("in the server's log", log)):
        for one in found:
            print(f"FOUND {name}: {one}")
    print(f"{len(faults)} met, {len(log)} in the server's log")
    return 1 if faults or log else 0


if __name__ == "__main__":
    sys.exit(main())
