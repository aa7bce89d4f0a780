"""run(scenario) -> Run: what comes back, and that its tables say one thing."""

import numpy as np
import pytest

from engine import Kind, Scenario, run
from engine.traffic.plane import FAILURES
from tests.engine.the_log import serving, tell, times

SCENARIO = Scenario.of({
    "duration_s": 120, "traffic": {"rps": 30}, "services": [{"desired": 4}, {"name": "api", "desired": 2, "share": 0.5}],
    "operations": [{"do": "fail-host", "host": "a1", "at_s": 40}],
})  # fmt: skip


def test_a_run_holds_the_scenario_the_log_the_tables_and_the_hosts_names():
    run_ = run(SCENARIO)

    assert run_.scenario is SCENARIO
    assert [service.name for service in run_.requests.services] == ["web", "api"]
    assert run_.hosts[:6] == (("a1", 0), ("b1", 1), ("c1", 2), ("a2", 0), ("b2", 1), ("c2", 2))
    assert all(service.kept is None for service in run_.requests.services)
    assert len(run_.digest) == 64


def test_the_log_is_in_order_of_time_and_within_the_run():
    at_s = run(SCENARIO).events.at_s

    assert (np.diff(at_s) >= 0).all()
    assert at_s.min() >= 0
    assert at_s.max() <= SCENARIO.duration_s


def test_the_tables_have_a_row_for_each_target_and_a_column_for_each_second():
    run_ = run(SCENARIO)
    for service in run_.requests.services:
        rows, steps = service.served.shape

        assert steps >= 120
        assert service.failed.shape == (len(FAILURES), rows, steps)
        assert service.busy_ns.shape == (rows, steps)
        assert service.task.shape == (rows,)
        assert service.task[0] == 0  # row 0 is "no target"
        assert service.arrived.shape == service.retried.shape == (steps,)
        assert len(service.latency) == steps
    numbers = [task for service in run_.requests.services for task in service.task[1:].tolist()]
    assert sorted(numbers) == sorted(set(numbers))  # a task belongs to one service


def test_a_cold_start_serves_nobody_at_first():
    run_ = tell(duration_s=120, warm=False, services=[{"desired": 4}], traffic={"rps": 20})
    requests = run_.requests.services[0]
    first = int(times(run_, Kind.TASK_SERVING)[0])

    assert serving(run_, 0) == [0]
    assert requests.served[:, :first].sum() == 0
    assert requests.failed[FAILURES.index("no-target"), 0, :first].sum() == requests.arrived[:first].sum()


def test_warm_tasks_beyond_the_fleets_room_wait_for_it():
    run_ = tell(duration_s=60, services=[{"desired": 30}])

    assert serving(run_, 0, 59) == [24, 24]  # six hosts of four vCPU
    assert len(times(run_, Kind.TASK_REFUSED)) == 6


@pytest.mark.parametrize(("service", "failure"), [
    ({"desired": 1, "concurrency": 1, "backlog": 0, "work_ms": 500}, "refused"),
    ({"desired": 1, "concurrency": 1, "backlog": 900, "work_ms": 500, "timeout_s": 1}, "timed-out"),
    ({"desired": 0}, "no-target"),
])  # fmt: skip
def test_a_request_fails_for_the_reason_there_is(service, failure):
    failed = tell(duration_s=60, traffic={"rps": 20}, services=[service]).requests.services[0].failed.sum(axis=(1, 2))

    assert failed[FAILURES.index(failure)] == failed.sum() > 300


def test_a_stopped_task_resets_what_it_had_not_finished():
    run_ = tell(
        duration_s=60, traffic={"rps": 20}, services=[{"desired": 2, "work_ms": 4_000, "work": "constant", "timeout_s": 30,
                                                       "concurrency": 64}],
        balancer={"deregistration_delay_s": 0}, operations=[{"do": "stop-task", "task": 1, "at_s": 30}],
    )  # fmt: skip
    kept = run_.requests.services[0].kept
    reset = kept.outcome == 1 + FAILURES.index("reset")

    # It dies two seconds after SIGTERM: of four seconds of work, those that came 4 to 2 s before are cut off.
    assert reset.sum() == pytest.approx(20, abs=10)
    assert set(kept.task[reset]) == {1}
    assert (kept.end_s[reset] == 32).all()
    assert ((kept.arrive_s[reset] > 28) & (kept.arrive_s[reset] <= 30)).all()


def test_draining_long_enough_resets_nothing():
    run_ = tell(
        duration_s=90, traffic={"rps": 20}, services=[{"desired": 2, "work_ms": 4_000, "work": "constant", "timeout_s": 30,
                                                       "concurrency": 128}],
        balancer={"deregistration_delay_s": 5}, operations=[{"do": "stop-task", "task": 1, "at_s": 30}],
    )  # fmt: skip

    assert run_.requests.services[0].failed.sum() == 0


def test_retries_turn_failures_into_latency():
    def told(retries):
        return tell(
            duration_s=200, traffic={"rps": 40}, services=[{"desired": 6, "work_ms": 10, "timeout_s": 1, "retries": retries}],
            operations=[{"do": "fail-host", "host": "a1", "at_s": 60}],
        ).requests.services[0]  # fmt: skip

    without, once = told(0), told(1)

    assert without.failed.sum() > 100
    assert once.failed.sum() < 0.2 * without.failed.sum()
    assert once.retried.sum() >= without.failed.sum() * 0.9
    assert (once.kept.end_s - once.kept.arrive_s)[once.kept.outcome == 0].max() > 1.5
