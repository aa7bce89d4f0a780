"""Law 1: same scenario, same run, to the bit: again, in another process, in another thread, under another Python."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given, settings

from engine import Scenario, run
from tests.laws.any_scenario import scenarios

EVENTFUL = Scenario.of({
    "seed": 11, "duration_s": 400, "traffic": {"shape": "flash-crowd", "rps": 60, "peak_rps": 180, "at_s": 60, "for_s": 200},
    "services": [
        {"name": "web", "desired": 7, "work_ms": 90, "retries": 1, "work": "lognormal", "placement": ["random"],
         "scaling": {"period_s": 20, "points_out": 1, "points_in": 2}},
        {"name": "api", "desired": 3, "share": 0.3},
    ],
    "balancer": {"algorithm": "random", "cross_zone": False}, "fleet": {"boot_min_s": 20, "boot_max_s": 60},
    "operations": [
        {"do": "impair-zone", "zone": "c", "latency_ms": 700, "loss": 0.3, "at_s": 50},
        {"do": "fail-zone", "zone": "b", "at_s": 100}, {"do": "restore-zone", "zone": "b", "at_s": 260},
    ],
})  # fmt: skip
SOLO = EVENTFUL.with_("launch_type", "ecs-fargate").with_("services.web.placement", ["spread-zones"])
SAY_DIGESTS = (
    "import sys; from engine import Scenario, run; print(*(run(Scenario.from_token(t)).digest for t in sys.argv[1:]))"
)


def digests_of(python: str, root: Path, **environment: str) -> list[str]:
    said = subprocess.run(
        [python, "-c", SAY_DIGESTS, EVENTFUL.token(), SOLO.token()],
        cwd=root, env=os.environ | environment, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    return said.stdout.split()


@pytest.fixture(scope="module")
def here() -> list[str]:
    return [run(EVENTFUL).digest, run(SOLO).digest]


@settings(max_examples=20)
@given(scenarios())
def test_twice_the_same(scenario):
    assert run(scenario).digest == run(scenario).digest


@settings(max_examples=20)
@given(scenarios())
def test_remembering_the_requests_changes_nothing(scenario):
    assert run(scenario).digest == run(scenario, keep_requests=True).digest


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_the_same_in_another_process(here, root, hash_seed):
    assert digests_of(sys.executable, root, PYTHONHASHSEED=hash_seed) == here


def test_the_same_in_threads_that_run_at_once(here):
    with ThreadPoolExecutor(4) as threads:
        again = list(threads.map(run, [EVENTFUL, SOLO] * 3))

    assert [r.digest for r in again] == here * 3


def test_the_same_when_read_from_a_file_or_a_link(here):
    assert run(Scenario.read(EVENTFUL.to_yaml())).digest == here[0]
    assert run(Scenario.from_token(SOLO.token())).digest == here[1]


def test_another_seed_is_another_run(here):
    assert run(EVENTFUL.with_("seed", 12)).digest != here[0]
    assert here[0] != here[1]


def other_pythons() -> list[str]:
    """Pythons of other versions that have what the engine needs: QUAYSIDE_OTHER_PYTHON first, then those on the path."""
    found = []
    names = [os.environ.get("QUAYSIDE_OTHER_PYTHON", ""), "python3.11", "python3.12", "python3.13"]
    ask = "import sys, numpy, numba, simpy, pydantic, yaml; print(*sys.version_info[:2])"
    for path in filter(None, (which(name) for name in names if name)):
        said = subprocess.run([path, "-c", ask], capture_output=True, text=True, check=False, timeout=120)
        if said.returncode == 0 and said.stdout.split() != [str(part) for part in sys.version_info[:2]]:
            found.append(path)
    return found


def test_the_same_under_another_python(here, root):
    pythons = other_pythons()
    if not pythons:
        pytest.skip("NOT PROVED: no other Python with the engine's packages (set QUAYSIDE_OTHER_PYTHON to one)")
    for python in pythons:
        assert digests_of(python, root) == here, python
