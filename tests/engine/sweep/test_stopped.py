"""Killed, interrupted or stopped at any point: what is done stays done, and the end has the same bytes."""

import os
import signal
import threading
from contextlib import suppress

import numpy as np
import psutil
import pytest

from engine import ScenarioError, sweep
from engine.sweep import workers as crew
from tests.engine.sweep.a_sweep import batches_in, begin, files, plan, wait_for

ALL = 24


def workers_of(process):
    """The processes that play for another one; one that has ended, and whom nobody has buried yet, does not."""
    found = []
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found += [child] if "popen_loky" in " ".join(child.cmdline()) else []
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_twice_at_any_point_it_ends_with_the_same_bytes(seed, undisturbed, scenario, tmp_path):
    folder, moments = tmp_path / "out", np.random.default_rng(seed)
    for done in sorted(moments.integers(1, ALL - 3, 2)):
        played = begin(folder, scenario, "--workers", "1")
        wait_for(lambda done=done, played=played: batches_in(folder) >= done or played.poll() is not None)
        threading.Event().wait(float(moments.uniform(0, 0.02)))
        played.kill()
        played.communicate(timeout=60)

        assert played.returncode == -signal.SIGKILL
        assert done <= batches_in(folder) < ALL
    sweep.play(plan(), workers=1, folder=folder)

    assert files(folder) == files(undisturbed)


def test_killed_with_its_workers_at_work_nobody_is_left_behind(undisturbed, scenario, tmp_path):
    folder = tmp_path / "out"
    played = begin(folder, scenario, "--workers", "2")
    wait_for(lambda: batches_in(folder) >= 1)
    orphans = workers_of(psutil.Process(played.pid))
    played.kill()
    played.communicate(timeout=60)

    assert len(orphans) == 2
    assert psutil.wait_procs(orphans, timeout=20)[1] == []
    sweep.play(plan(), workers=1, folder=folder)
    assert files(folder) == files(undisturbed)


def test_an_interrupt_keeps_what_is_done_and_says_how_to_go_on(undisturbed, scenario, tmp_path):
    folder = tmp_path / "out"
    played = begin(folder, scenario, "--workers", "2")
    wait_for(lambda: batches_in(folder) >= 1)
    os.killpg(played.pid, signal.SIGINT)  # as a terminal does: to the workers too
    said, complained = played.communicate(timeout=60)

    assert played.returncode == 130, complained
    assert said == ""
    assert "of 24 runs are done" in complained
    assert "the same command goes on from there" in complained
    assert "Traceback" not in complained
    assert 1 <= batches_in(folder) < ALL
    sweep.play(plan(), workers=2, folder=folder)
    assert files(folder) == files(undisturbed)


def test_a_worker_that_is_killed_loses_nothing(undisturbed, tmp_path):
    killed = []

    def kill_one(results):
        if results.done and not killed:
            killed.append(workers_of(psutil.Process())[0])
            killed[0].kill()

    results = sweep.play(plan(), workers=2, folder=tmp_path, watch=kill_one)

    assert killed
    assert results.is_whole
    assert files(tmp_path) == files(undisturbed)


def test_a_stop_lets_what_has_begun_end_and_begins_nothing_more(undisturbed, tmp_path):
    stop = threading.Event()
    results = sweep.play(
        plan(), workers=1, folder=tmp_path, stop=stop, watch=lambda seen: stop.set() if seen.done >= 5 else None
    )

    assert (results.done, results.is_whole, batches_in(tmp_path)) == (5, False, 5)
    assert not (tmp_path / "runs.parquet").exists()
    assert sweep.play(plan(), workers=1, folder=tmp_path).is_whole
    assert files(tmp_path) == files(undisturbed)


# --- beside a page ---


def test_a_sweep_in_the_background_tells_how_far_it_is_and_what_is_in():
    shares = []
    beside = sweep.start(plan(), workers=1, watch=lambda seen: shares.append(seen.done))
    whole = beside.result(timeout_s=60)

    assert shares == list(range(ALL + 1))
    assert beside.is_over
    assert beside.share == 1
    assert np.array_equal(beside.so_far().values, whole.values, equal_nan=True)


def test_a_sweep_in_the_background_can_be_stopped_and_looked_at():
    reached = threading.Event()
    go_on = threading.Event()

    def watch(seen):
        if seen.done == 4:
            reached.set()
            go_on.wait(30)

    beside = sweep.start(plan(), workers=1, watch=watch)
    assert reached.wait(30)
    seen = beside.so_far()
    with pytest.raises(TimeoutError):
        beside.result(timeout_s=0.01)
    beside.stop()
    go_on.set()

    assert beside.result(timeout_s=30).done == 4
    assert seen.done == 4
    assert len(seen.columns()["failed"]) == 4


def test_what_goes_wrong_in_the_background_is_told_to_whoever_asks(tmp_path):
    (tmp_path / "letter.txt").write_text("not a sweep")
    beside = sweep.start(plan(), workers=1, folder=tmp_path)

    with pytest.raises(ScenarioError, match="the folder holds something else"):
        beside.result(timeout_s=30)


def test_two_sweeps_at_once_take_turns_and_both_come_to_their_end():
    both = [sweep.start(plan(grid=()), workers=2) for _ in range(2)]
    values = [beside.result(timeout_s=120).values for beside in both]

    assert np.array_equal(values[0], values[1], equal_nan=True)


def test_a_sweep_that_waits_for_its_turn_can_be_stopped():
    with crew._TURN:
        beside = sweep.start(plan(grid=()), workers=2)
        beside.stop()

        assert beside.result(timeout_s=30).done == 0
    assert not crew._TURN.locked()


def test_workers_that_die_again_and_again_are_given_up_with_words(monkeypatch):
    monkeypatch.setattr(crew, "settle_in", os.abort)  # each worker dies as it begins

    with pytest.raises(ScenarioError, match="workers die before they hand anything in"):
        sweep.play(plan(), workers=2)
