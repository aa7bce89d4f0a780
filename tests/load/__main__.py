"""How many people one server bears: `make load`, or `python -m tests.load [--short] [--json]`. Printed, never asserted."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from tests.browser.the_app import ROOT, serving
from tests.load.crowd import Found, crowd

LEARNERS, SECONDS = 200, 60.0
RAMP, RAMP_S = (10, 25, 50, 100, 200, 300, 400), 20.0
BESIDE = 15  # learners beside the largest run: few enough that without it nobody waits for anybody
GOAL_MS, GOAL_RATIO = 500, 2.0


def _in_a_fresh_server(learners: int, seconds: float, *, heavy: bool = False) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with serving(ROOT / "app.py", data / "log.txt", data=data, patience_s=240) as server:
            port = int(server.url.rsplit(":", 1)[1])
            found = asyncio.run(crowd(port, server.pid, learners, seconds, heavy=heavy))
        broken = (data / "log.txt").read_text(encoding="utf-8").count("Traceback")
    if broken:
        found.errors += broken
        found.faults.append(f"{broken} x a traceback in the server's log")
    return found


def machine() -> dict[str, Any]:
    """Say what it was measured on."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory_gib = round(psutil.virtual_memory().total / 2**30, 1)
    return {"cores": os.cpu_count(), "cpu": model, "memory_gib": memory_gib, "python": platform.python_version()}


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def gives_way(found: list[Found]) -> str:
    """Say what gave way first, going up."""
    for one in found:
        why = [
            *([f"{one.errors} errors"] if one.errors else []),
            *([f"p95 {one.p95:.0f} ms"] if one.p95 > GOAL_MS else []),
            *([f"{one.changes} changes where {one.wanted} were due"] if one.changes < 0.95 * one.wanted else []),
        ]
        if why:
            busy = "the server's one interpreter" if one.server_cpu > 0.9 else "the machine, which others use as well"
            return f"at {one.learners} learners: {', '.join(why)}; busy is {busy} ({one.server_cpu:.0%} of a core)"
    return f"nothing up to {found[-1].learners} learners"


def line(one: Found) -> str:
    """Write one crowd as a row."""
    return (
        f"  {one.learners:>4} {one.changes:>7} {one.p50:>8.0f} {one.p95:>8.0f} {one.p99:>8.0f} {one.ahead_p95:>8.0f} "
        f"{one.refused:>6} {one.errors:>6} {one.server_cpu:>7.0%} {one.worker_cpu:>7.0%} {one.clients_cpu:>7.0%} "
        f"{one.memory_mib:>7.0f} {one.load:>6.1f}"
    )


HEAD = "  N    changes   p50 ms   p95 ms   p99 ms ahead 95    429 errors  server  worker clients    MiB   load"


def main() -> None:
    """Print it, for people or as JSON."""
    parser = argparse.ArgumentParser(description="How many people one server bears.")
    parser.add_argument("--learners", type=int, default=LEARNERS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--short", action="store_true", help="the learners only: no ramp, no largest run")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    main_ = _in_a_fresh_server(asked.learners, asked.seconds)
    found: dict[str, Any] = {"machine": machine(), "learners": asdict(main_)}
    if not asked.json:
        print(found["machine"])
        print(HEAD)
        print(line(main_), *main_.faults, sep="\n", flush=True)
        for page, (n, p50, p95) in main_.pages.items():
            print(f"       {page:<16} {n:>6} {p50:>8.0f} {p95:>8.0f}")
    if not asked.short:
        without, beside = (_in_a_fresh_server(BESIDE, asked.seconds, heavy=heavy) for heavy in (False, True))
        found |= {
            "without_the_largest_run": asdict(without), "beside_the_largest_run": asdict(beside),
            "ratio": beside.p95 / without.p95,
        }  # fmt: skip
        if not asked.json:
            print(f"Beside one who plays the largest run in a loop ({beside.heavy_runs} ended; {beside.heavy_said!r}):")
            print(line(without), line(beside), *beside.faults, sep="\n")
            print(
                f"  p95 of the others, with to without: {found['ratio']:.2f} (asked: {GOAL_RATIO} at the most)",
                flush=True,
            )
        ramp = [_in_a_fresh_server(n, RAMP_S) for n in RAMP]
        found |= {"ramp": [asdict(one) for one in ramp], "gives_way": gives_way(ramp)}
        if not asked.json:
            print("Up the ramp:", HEAD, *map(line, ramp), f"Gives way first: {found['gives_way']}", sep="\n")
    if asked.json:
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
