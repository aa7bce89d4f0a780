"""Compiled loops ask nobody whether a table has room: what they write beyond one is found under numba's own check of bounds.

The check is chosen where a loop is compiled, so the runs are played in a process of their own, with a cache of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# More requests are on their way than a table holds at first; each is tried again, and half of them in one moment.
CROWDED = {
    "functions": {
        "launch_type": "lambda",
        "services": [
            {"work_ms": 8_000, "timeout_s": 4, "retries": 2, "retry_after_s": 2.1, "function": {"account_concurrency": 20_000}}
        ],
    },
    "tasks": {
        "services": [{"desired": 60, "backlog": 1_000, "work_ms": 8_000, "timeout_s": 4, "retries": 2, "retry_after_s": 2.1}]
    },
    "the least busy task": {
        "balancer": {"algorithm": "least-outstanding-requests"},
        "services": [{"desired": 60, "backlog": 1_000, "work_ms": 8_000, "timeout_s": 4, "retries": 2, "retry_after_s": 2.1}],
    },
}  # fmt: skip
LOST = [{"do": "fail-zone", "zone": "a", "at_s": 3}, {"do": "fail-zone", "zone": "b", "at_s": 6}]
PLAYED = """
import json, sys
from engine import Scenario, run
for raw in json.load(sys.stdin):
    print(int(run(Scenario.of(raw)).requests.services[0].arrived.sum()))
"""


@pytest.fixture(scope="module")
def arrived(tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """Play them all in one process: compiling takes most of its time."""
    runs = [{"duration_s": 12, "traffic": {"rps": 6_000}, "operations": LOST, **one} for one in CROWDED.values()]
    checked = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path_factory.mktemp("checked"))}
    done = subprocess.run(
        [sys.executable, "-c", PLAYED], cwd=ROOT, input=json.dumps(runs), env={**os.environ, **checked},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    return [int(line) for line in done.stdout.split()]


def test_a_crowd_whose_every_request_is_tried_again_stays_within_the_tables(arrived: list[int]):
    assert len(arrived) == len(CROWDED)
    assert all(n > 50_000 for n in arrived)
