"""The call graph in small: one user a second, work without chance, and what follows from each setting of a call."""

import numpy as np
import pytest
from simpy import Environment

from engine import Kind, Scenario, frames, metrics, run
from engine.traffic.graph.compiled import GraphPlane
from engine.traffic.graph.tables import CALL_FAILURES
from engine.traffic.plane import Fronts

WORK_MS = {"front": 10, "cart": 20, "ads": 40}
HOP_S = 0.001


def asks(*calls, apart=True, operations=(), rps=2, duration_s=60, service=None, **more):
    """Run a front that makes these calls; each module in a service of its own, or all in one."""
    modules = [
        {"name": name, "service": name if apart else "front", "work": "constant", "work_ms": work_ms,
         "calls": list(calls) if name == "front" else []}
        for name, work_ms in WORK_MS.items()
    ]  # fmt: skip
    settings = {"desired": 1, "concurrency": 8, "image_mib": 0, "start_s": 0} | (service or {})
    return run(Scenario.of({
        "duration_s": duration_s, "zones": 1, "launch_type": "ecs-fargate", "traffic": {"rps": rps}, "operations": list(operations),
        "services": [{"name": name} | settings for name in (WORK_MS if apart else ["front"])],
        "application": {
            "modules": modules, "actions": [{"name": "ask", "entry": "front"}], "hop_ms": 1000 * HOP_S, "zone_hop_ms": 5,
        },
    } | more), keep_requests=True)  # fmt: skip


def took_ms(run_):
    kept = run_.requests.users_kept
    return 1000 * (kept.end_s - kept.arrive_s)[kept.outcome == 0]


def failed(run_, call=0):
    return {
        why: int(n)
        for why, n in zip(CALL_FAILURES, run_.requests.graph.calls.failed[:, call].sum(axis=1), strict=True)
        if n
    }


SERIAL = ({"to": "cart"}, {"to": "ads", "stage": 1})
PARALLEL = ({"to": "cart"}, {"to": "ads"})


@pytest.mark.parametrize(("calls", "apart", "ms"), [
    (SERIAL, True, 10 + (1 + 20 + 1) + (1 + 40 + 1)),  # each call takes its hops and its callee's work
    (PARALLEL, True, 10 + (1 + 40 + 1)),  # the slower of the two
    (SERIAL, False, 10 + 20 + 40),  # a call within a service is free
    (PARALLEL, False, 10 + 20 + 40),  # and has only one worker: nothing is parallel there
])  # fmt: skip
def test_calls_in_a_row_and_side_by_side_apart_and_together(calls, apart, ms):
    run_ = asks(*calls, apart=apart, rps=0.5, service={"concurrency": 20})

    np.testing.assert_allclose(took_ms(run_), ms, atol=1e-6)


def test_a_worker_is_held_while_it_waits_but_does_not_work():
    run_ = asks({"to": "ads"})
    served = run_.requests.graph.actions.served.sum()
    front, held_ns = run_.requests.services[0], run_.requests.graph.held_ns[0]

    assert front.busy_ns.sum() / served == pytest.approx(10e6, rel=0.02)
    assert held_ns.sum() / served == pytest.approx((10 + 1 + 40 + 1) * 1e6, rel=0.02)


def test_a_slow_callee_fills_its_caller_and_a_time_out_keeps_it_free():
    slow = {"do": "break-module", "module": "ads", "slow_x": 50, "at_s": 10}
    patient, strict = ({"to": "ads", "timeout_s": seconds, "needed": False} for seconds in (60, 0.1))
    few = {"concurrency": 2, "timeout_s": 1}

    assert metrics.totals(asks(patient, operations=[slow], service=few)).availability < 0.5
    assert metrics.totals(asks(strict, operations=[slow], service=few)).availability == 1


def test_who_times_out_goes_on_and_the_callee_works_on_for_nobody():
    run_ = asks({"to": "ads", "timeout_s": 0.02, "needed": False})
    graph = run_.requests.graph
    served = graph.actions.served.sum()

    np.testing.assert_allclose(took_ms(run_), 10 + 20, atol=1e-6)
    assert failed(run_) == {"timed-out": served}
    assert graph.actions.degraded.sum() == served
    assert graph.modules.work_ns[2].sum() == pytest.approx(served * 40e6)


def test_a_needed_call_that_fails_takes_its_caller_along():
    run_ = asks({"to": "cart"}, {"to": "ads", "timeout_s": 0.01})

    assert metrics.failures(run_)["error"] == metrics.totals(run_).failed > 50
    assert run_.requests.graph.calls.answered[0].sum() > 50  # the other call, left alone, comes to its end


def test_retries_wait_longer_each_time():
    broken = {"do": "break-module", "module": "ads", "errors": 1, "at_s": 0}
    calls = frames.calls(asks({"to": "ads", "retries": 3, "backoff_s": 0.1}, operations=[broken], rps=0.5))
    tries = calls[(calls["callee"] == "ads") & (calls["request"] == 3)]

    np.testing.assert_allclose(np.diff(tries["sent_s"]), [0.1 + 0.042, 0.2 + 0.042, 0.4 + 0.042], atol=1e-9)
    assert list(tries["attempt"]) == [1, 2, 3, 4]


def test_jitter_draws_each_pause_between_none_and_all_of_it():
    broken = {"do": "break-module", "module": "ads", "errors": 1, "at_s": 0}
    calls = frames.calls(asks({"to": "ads", "retries": 1, "backoff_s": 0.1, "jitter": True}, operations=[broken]))
    pauses = calls[calls["callee"] == "ads"].groupby("request")["sent_s"].agg(np.ptp) - 0.042

    drawn = pauses[pauses > -0.04]  # but for those who were not answered yet

    assert 0 <= drawn.min() < 0.02
    assert 0.08 < drawn.max() <= 0.1


def test_a_breaker_stops_asking_and_tries_again_later():
    broken = {"do": "break-module", "module": "ads", "errors": 1, "at_s": 20, "for_s": 20}
    breaker = {"window": 5, "failure_share": 1, "open_s": 6, "trials": 2}
    run_ = asks({"to": "ads", "needed": False, "breaker": breaker}, operations=[broken], rps=5)
    causes = failed(run_)

    # Five failures open it; then one trial fails at the end of each open time, as long as the harm lasts.
    assert causes["error"] == 5 + 2
    assert causes["short-circuited"] > 60
    assert metrics.totals(run_).failed == 0
    short = run_.requests.graph.calls.failed[5, 0]
    assert short[:20].sum() == short[47:].sum() == 0  # closed again after the last open time


def test_a_bulkhead_keeps_calls_from_piling_up():
    slow = {"do": "break-module", "module": "ads", "slow_x": 100, "at_s": 10}
    run_ = asks({"to": "ads", "needed": False, "timeout_s": 60, "bulkhead": 3}, operations=[slow], rps=5)
    kept = run_.requests.graph.kept
    there = (kept.call == 0) & (kept.outcome != 7)
    most = max(((kept.sent_s[there] <= t) & ~(kept.end_s[there] <= t)).sum() for t in kept.sent_s[there])

    assert failed(run_)["bulkhead"] > 50
    assert most == 3


def test_a_module_is_harmed_for_a_while_and_a_second_harm_outlasts_the_first():
    first = {"do": "break-module", "module": "ads", "errors": 1, "at_s": 10, "for_s": 10}
    run_ = asks({"to": "ads"}, operations=[first, first | {"at_s": 15}], rps=5)
    log = run_.events
    bad = np.flatnonzero(run_.requests.graph.calls.failed[4, 0])

    assert log.at_s[log.where(Kind.MODULE_HARMED)].tolist() == [10, 15]
    assert log.at_s[log.where(Kind.MODULE_MENDED)].tolist() == [25]
    assert (bad.min(), bad.max()) == (10, 24)


def test_calls_cross_zones_where_the_balancer_lets_them():
    def crossed(cross_zone):
        run_ = asks({"to": "ads"}, zones=3, service={"desired": 3}, rps=20, balancer={"cross_zone": cross_zone})
        calls = run_.requests.graph.calls
        return calls.crossed.sum() / calls.sent.sum()

    assert crossed(False) == 0
    assert crossed(True) == pytest.approx(2 / 3, abs=0.05)


def test_a_caller_that_dies_leaves_its_callee_at_work():
    run_ = asks(
        {"to": "ads", "timeout_s": 60}, rps=10, service={"concurrency": 100, "timeout_s": 60}, assumptions={"exit_s": 0},
        operations=[{"do": "break-module", "module": "ads", "slow_x": 100, "at_s": 5}, {"do": "stop-task", "task": 1, "at_s": 20}],
        balancer={"deregistration_delay_s": 0},
    )  # fmt: skip
    graph = run_.requests.graph

    assert metrics.failures(run_)["reset"] == pytest.approx(40, abs=15)
    assert graph.calls.failed[:, 0].sum() == 0  # whom the dead task had called answered all the same
    assert graph.modules.begun[2].sum() == graph.calls.sent.sum() - graph.calls.in_flight[0] + np.count_nonzero(
        (graph.kept.call == 0) & (graph.kept.outcome == -1)
    )


def test_a_version_may_harm_one_module_of_its_target():
    """What a monolith's bad version breaks is one module: requests that do not reach it are served."""
    modules = [{"name": name, "service": "web", "work_ms": 1} for name in ("good", "bad")]
    actions = [{"name": name, "entry": name} for name in ("good", "bad")]
    scenario = Scenario.of({
        "duration_s": 30, "zones": 1, "traffic": {"rps": 40}, "services": [{"name": "web"}],
        "application": {"modules": modules, "actions": actions},
    })  # fmt: skip
    env = Environment()
    plane = GraphPlane(env, scenario)
    row = plane.add(0, 1, 0, errors=1.0, module=1)
    plane.route(0, [[row]], Fronts([0], [False], [0], [0.0], [0.0], [0.0]))
    env.run(until=30)
    whole, bad = plane.worked(0, [row])[0], plane.worked(0, [row], module=1)[0]
    actions = plane.finish(30).graph.actions

    assert 0 < bad < whole
    assert actions.failed[4].sum(axis=1).tolist() == [0, actions.arrived[1].sum() - actions.in_flight[1]]


def test_users_are_what_totals_tell_of_and_not_the_calls_within():
    run_ = asks({"to": "cart"}, {"to": "ads"}, rps=20)
    requests, totals = run_.requests, metrics.totals(run_)

    assert totals.arrived == requests.graph.actions.arrived.sum() == len(requests.users_kept.outcome)
    assert sum(table.arrived.sum() for table in requests.services) == totals.arrived + requests.graph.calls.sent.sum()
    assert metrics.timeline(run_).arrived.sum() == pytest.approx(totals.arrived)
    assert metrics.latency_s(run_)["p50"] == pytest.approx(0.052, rel=0.05)


def test_many_patient_callers_outgrow_every_table():
    """Tables begin small and grow where many wait at once; what had been written before is still there."""
    slow = {"do": "break-module", "module": "ads", "slow_x": 1_000, "at_s": 1}
    run_ = asks(
        *[{"to": "ads", "timeout_s": 3_600}] * 3, operations=[slow], rps=200, duration_s=20,
        service={"concurrency": 256, "backlog": 100_000, "timeout_s": 3_600, "desired": 10},
    )  # fmt: skip
    graph = run_.requests.graph

    assert graph.calls.in_flight.sum() > 5_000
    assert (graph.calls.sent.sum(axis=1) == graph.calls.answered.sum(axis=1) + graph.calls.in_flight).all()


def test_who_found_no_target_counts_at_the_service_that_had_none():
    scenario = Scenario.of({
        "duration_s": 20, "services": [{"name": "front"}, {"name": "cart"}], "traffic": {"rps": 10},
        "application": {
            "modules": [{"name": name, "service": name} for name in ("front", "cart")],
            "actions": [{"name": "ask", "entry": "front"}, {"name": "buy", "entry": "cart", "share": 3}],
        },
    })  # fmt: skip
    env = Environment()
    plane = GraphPlane(env, scenario)
    env.run(until=15)
    failed, closed = ([count(service, [0], 0.0) for service in range(2)] for count in (plane.failed, plane.answered))

    assert failed == closed
    assert closed[1] > closed[0] > 0
