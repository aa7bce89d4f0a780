"""A small scenario that differs by seed, its grid, and what a sweep's folder holds."""

import os
import subprocess
import sys
import time
from pathlib import Path

from engine.sweep import Axis, Plan

ROOT = Path(__file__).resolve().parents[3]
SMALL = {
    "name": "A small zone", "duration_s": 30, "traffic": {"rps": 40},
    "services": [{"name": "web", "desired": 4, "work_ms": 60, "concurrency": 1}], "fleet": {"hosts": 3},
    "operations": [{"do": "fail-zone", "zone": "b", "at_s": 10}],
}  # fmt: skip
GRID = ("launch_type=ecs-ec2,ecs-fargate", "traffic.rps=40,60")
REPLICATIONS = 6


def plan(replications=REPLICATIONS, grid=GRID, **changes):
    return Plan.of(SMALL | changes, [Axis.read(text) for text in grid], replications)


def files(folder):
    """Every byte of a folder, by the names in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def command(folder, scenario, *more, python=sys.executable):
    grid = [word for text in GRID for word in ("--grid", text)]
    return [
        python, "-m", "engine", "sweep", str(scenario), "--replications", str(REPLICATIONS), *grid, "--out", str(folder), *more,
    ]  # fmt: skip


def begin(*arguments, **more):
    """Start the command line in a process group of its own, as a terminal does."""
    return subprocess.Popen(
        command(*arguments), cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env=os.environ | {"PYTHONWARNINGS": "ignore"}, **more,
    )  # fmt: skip


def wait_for(is_so, seconds=60):
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.005)


def batches_in(folder):
    return len(list((folder / "batches").glob("*.parquet"))) if folder.exists() else 0
