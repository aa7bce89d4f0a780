"""The same bytes, whoever played it and under whichever Python."""

import os
import socket
import subprocess
import sys

import pandas as pd
import pytest

from engine import ScenarioError, sweep
from tests.engine.sweep.a_sweep import ROOT, begin, command, files, plan, wait_for
from tests.laws.test_same_run import other_pythons

HERE = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}


def test_two_processes_come_to_the_same_bytes_as_one(undisturbed, tmp_path):
    sweep.play(plan(), workers=2, folder=tmp_path)

    assert files(tmp_path) == files(undisturbed)


def test_the_columns_in_memory_are_those_of_the_folder(undisturbed):
    played = sweep.play(plan(), workers=1).columns()

    pd.testing.assert_frame_equal(
        pd.read_parquet(undisturbed / "runs.parquet"), pd.DataFrame(played), check_dtype=False, check_exact=True
    )


def test_another_python_comes_to_the_same_bytes(undisturbed, scenario, tmp_path):
    pythons = [python for python in other_pythons() if can_sweep(python)]
    if not pythons:
        pytest.skip("NOT PROVED: no other Python with the engine's packages (set QUAYSIDE_OTHER_PYTHON to one)")
    for number, python in enumerate(pythons):
        folder = tmp_path / str(number)
        words = command(folder, scenario, "--workers", "1", python=python)
        subprocess.run(words, cwd=ROOT, env=HERE, check=True, capture_output=True, timeout=120)

        assert files(folder) == files(undisturbed), python


BILLED_IN_PARTS = ("control_plane_outage", "eks_update", "fleet_spot", "kubernetes_hpa")
SAY_MEASURES = """
import sys
from engine import Scenario, catalog, run
from engine.sweep.measured import measured
for name in sys.argv[1:]:
    print(name, *(float(value).hex() for value in measured(run(Scenario.read(catalog.scenario_text(name))))))
"""


def test_every_measure_is_the_same_to_the_bit_under_another_python():
    """From 3.12 on, the built-in sum of floats is another one: what is measured must not rest on it."""
    pythons = [python for python in other_pythons() if can_sweep(python)]
    if not pythons:
        pytest.skip("NOT PROVED: no other Python with the engine's packages (set QUAYSIDE_OTHER_PYTHON to one)")
    said = [
        subprocess.run(
            [python, "-c", SAY_MEASURES, *BILLED_IN_PARTS],
            cwd=ROOT,
            env=HERE,
            check=True,
            capture_output=True,
            timeout=120,
        ).stdout
        for python in (sys.executable, *pythons)
    ]

    assert all(one == said[0] for one in said)


def can_sweep(python):
    return subprocess.run([python, "-c", "import joblib, pyarrow"], capture_output=True, check=False).returncode == 0


# --- a Dask cluster ---


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler and two workers, started as the readme says, on an address of this machine alone."""
    place = tmp_path_factory.mktemp("dask")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(place)]
    started = []
    try:
        for words in (scheduler, worker, worker):
            with (place / f"{len(started)}.log").open("wb") as log:
                run = [sys.executable, "-m", f"distributed.cli.dask_{words[0]}", *words[1:]]
                started.append(subprocess.Popen(run, cwd=ROOT, env=HERE, stdout=log, stderr=subprocess.STDOUT))
        wait_for(lambda: all(b"Registered to" in (place / f"{n}.log").read_bytes() for n in (1, 2)))
        yield address, started
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def test_a_dask_cluster_comes_to_the_same_bytes(cluster, undisturbed, scenario, tmp_path):
    played = begin(tmp_path / "out", scenario, "--cluster", cluster[0])
    said, complained = played.communicate(timeout=120)

    assert played.returncode == 0, complained
    assert "differences, paired by seed" in said
    assert files(tmp_path / "out") == files(undisturbed)


def test_a_cluster_that_loses_a_worker_comes_to_the_same_bytes(cluster, undisturbed, scenario, tmp_path):
    address, (_, _, worker) = cluster
    played = begin(tmp_path / "out", scenario, "--cluster", address)
    wait_for((tmp_path / "out" / "plan.json").exists)
    worker.kill()
    _, complained = played.communicate(timeout=120)

    assert played.returncode == 0, complained
    assert files(tmp_path / "out") == files(undisturbed)


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1", "tcp://127.0.0.1:port"])
def test_what_is_no_address_is_refused_in_words(address):
    with pytest.raises(ScenarioError, match="this is no address"):
        sweep.play(plan(), cluster=address)
