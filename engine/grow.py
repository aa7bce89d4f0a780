"""How cost grows: time and memory by requests, hosts, tasks and replications, each point in a process of its own.

Time is the processor's, with everything compiled or loaded before: what else the machine does hardly changes it. Memory is the
peak of the whole process, the interpreter and its libraries included.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CODE = """
import json, sys, time
from pathlib import Path
from engine import grow_work
what, size = sys.argv[1], int(sys.argv[2])
act = grow_work.WORK[what](size)
began = time.process_time()
act()
took_s = time.process_time() - began
status = Path("/proc/self/status")
if status.exists():  # Linux: its getrusage would report the parent's peak if that is higher
    peak = int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))) * 1024
else:  # macOS counts bytes
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": took_s, "peak_mb": peak / 1e6}))
"""


@dataclass(frozen=True, slots=True)
class Curve:
    """What grows, through which sizes, and what stays as it is."""

    what: str
    sizes: tuple[int, ...]
    beside: str


CURVES = (
    Curve("requests", (10**4, 10**5, 10**6, 10**7, 10**8), "one queue of eight workers, 80 % busy"),
    Curve("hosts", (10, 100, 1_000, 10_000), "placing ten tasks for each, spread over zones, then packed by memory"),
    Curve("tasks", (10, 100, 1_000, 10_000, 100_000), "placing them on 10,000 hosts"),
    Curve("replications", (1, 10, 100, 1_000, 10_000), "a minute of 100 requests a second, measured, one process"),
)
Watch = Callable[[str], None]


def grow(watch: Watch | None = None) -> dict[str, Any]:
    """Measure every curve; some minutes. watch: is told each point as it comes.

    Returns plain data: for each curve its sizes, seconds and peak_mb.
    """
    found: dict[str, Any] = {}
    for curve in CURVES:
        points = []
        for size in curve.sizes:
            points.append(_measure(curve.what, size))
            if watch is not None:
                watch(f"{size:,} {curve.what}: {points[-1]['seconds']:.3g} s, {points[-1]['peak_mb']:,.0f} MB")
        found[curve.what] = {
            "beside": curve.beside,
            "sizes": list(curve.sizes),
            "seconds": [point["seconds"] for point in points],
            "peak_mb": [point["peak_mb"] for point in points],
        }
    return found


def as_text(found: Mapping[str, Any]) -> str:
    """Lay the points out, one line each."""
    lines = []
    for what, curve in found.items():
        lines.append(f"{what} ({curve['beside']})")
        rows = zip(curve["sizes"], curve["seconds"], curve["peak_mb"], strict=True)
        lines += [f"  {size:>13,}  {seconds:>10.3g} s  {peak_mb:>8,.0f} MB" for size, seconds, peak_mb in rows]
    return "\n".join(lines)


def _measure(what: str, size: int) -> dict[str, float]:
    told = subprocess.run(  # noqa: S603  # our own text, our own interpreter
        [sys.executable, "-c", CODE, what, str(size)],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: dict[str, float] = json.loads(told)
    return found
