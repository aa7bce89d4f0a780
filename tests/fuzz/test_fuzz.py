"""Nobody in: broken inputs get the project's own errors, in time; and the tool that gives them would notice anything else."""

import signal
import time
from contextlib import suppress

import pytest

from engine import QuaysideError, catalog
from pages.parts.stage.deck import has_run
from tests.fuzz import workers
from tests.fuzz.kinds import Kind, kinds
from tests.fuzz.turned_ones import TURNED, begun
from tests.fuzz.workers import Told, jobs, run_here

INPUTS = 3_000


def test_three_thousand_broken_inputs_get_nothing_but_the_projects_own_errors():
    told = run_here(jobs(INPUTS, 2))

    assert [f"{one.kind}: {one.what} at {one.where} by {one.given}" for one in told.findings] == []
    assert sum(told.counts.values()) > INPUTS * 0.9
    assert {kind for kind, _ in told.counts} == {kind.name for kind in kinds()}
    assert all(sum(told.counts[kind.name, came] for came in ("taken", "refused")) for kind in kinds())


def test_the_same_seed_gives_the_same_inputs():
    seen = [[], []]
    for there in seen:
        for job in jobs(300, 5):
            kind = next(kind for kind in kinds() if kind.name == job.kind)
            there += [kind.make(workers.Random(f"{job.seed}/{job.kind}/{n}")) for n in range(2)]

    assert repr(seen[0]) == repr(seen[1])


@pytest.mark.parametrize(("take", "came", "what"), [
    (lambda _: None, "taken", ""),
    (lambda _: (_ for _ in ()).throw(QuaysideError("no")), "refused", ""),
    (lambda _: {}["x"], "found", "KeyError: 'x'"),
    (lambda _: int("x"), "found", "ValueError: invalid literal for int() with base 10: 'x'"),
])  # fmt: skip
def test_what_came_of_an_input_is_told(take, came, what):
    told = Told()
    workers._one(Kind("odd", 1, lambda _: 1, take), "given", told)

    assert dict(told.counts) == {("odd", came): 1}
    assert [one.what for one in told.findings] == [what] * (came == "found")


def test_what_takes_too_long_is_ended_and_told_though_it_catches_every_exception(monkeypatch):
    def busy(_):
        while True:
            with suppress(Exception):  # this is what must not help it
                sum(range(10_000))

    monkeypatch.setattr(workers, "HANG_S", 0.2)
    told, since_s = Told(), time.monotonic()
    workers._one(Kind("busy", 1, lambda _: 1, busy), "given", told)

    assert [one.what for one in told.findings] == ["a hang over 0.2 s"]
    assert time.monotonic() - since_s < 30
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_a_worker_that_dies_is_a_finding_and_not_the_end():
    job = workers.Job("no such kind", 1, 0, 5, is_drawn=False)
    told = Told()
    for one in workers.run([job, *jobs(1, 3, "cookie")], 1):
        told.add(one)

    assert [one.what for one in told.findings] == ["the process died"]
    assert told.counts["cookie", "taken"] == 1


def test_every_record_that_a_page_lets_a_visitor_turn_is_among_the_inputs():
    rows = {name: catalog.lesson(name) for name in catalog.lessons() if not has_run(name)}
    asked = {name for name, row in rows.items() if "ask" in row and row.get("page", name) != "sources"}  # it searches

    assert asked - set(TURNED) == set()
    assert all(begun(name).controls for name in TURNED)
