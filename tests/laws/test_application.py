"""The laws, for an application: nothing is lost on a call, a run is one run, the past stays, windows and groupings change nothing."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Scenario, run
from engine.simulation import simulate
from engine.traffic.graph.compiled import GraphPlane
from tests.laws.any_application import NAMES, applications, scenarios


def assert_adds_up(run_):
    graph = run_.requests.graph
    actions, calls, kept = graph.actions, graph.calls, graph.kept
    ended = actions.served.sum(axis=1) + actions.failed.sum(axis=(0, 2))
    users, n_calls = run_.requests.users_kept, len(calls.pairs)

    assert np.array_equal(actions.arrived.sum(axis=1), ended + actions.in_flight)
    assert np.array_equal(actions.latency.sum(axis=2), actions.served)
    assert (actions.degraded <= actions.served).all()
    assert actions.arrived.sum() == len(users.outcome)
    assert actions.in_flight.sum() == (users.outcome == -1).sum()
    # Every attempt of every call was answered, failed, or is in flight: by the tables, and one by one.
    answered, failed = calls.answered.sum(axis=1), calls.failed.sum(axis=(0, 2))
    assert np.array_equal(calls.sent.sum(axis=1), answered + failed + calls.in_flight)
    assert np.array_equal(calls.latency.sum(axis=1), answered)
    for call in range(n_calls):
        ours = kept.call == call
        assert ours.sum() == calls.sent[call].sum()
        assert (ours & (kept.attempt > 0)).sum() == calls.retried[call].sum()
        assert (ours & (kept.outcome == -1)).sum() == calls.in_flight[call]
        for cause in range(len(calls.failed)):
            assert (ours & (kept.outcome == cause + 1)).sum() == calls.failed[cause, call].sum()
    # What a service met is what its callers sent: no attempt twice, none that was stopped before it left.
    for service in run_.requests.services:
        closed = service.served.sum() + service.failed.sum()
        assert service.arrived.sum() == closed + service.in_flight == len(service.kept.outcome)
        assert service.in_flight >= 0
    assert (graph.modules.failed.sum(axis=1) <= graph.modules.begun.sum(axis=1)).all()


@settings(max_examples=40)
@given(scenarios())
def test_every_call_was_answered_failed_or_is_in_flight(scenario):
    assert_adds_up(run(scenario, keep_requests=True))


@settings(max_examples=40)
@given(scenarios())
def test_a_worker_is_held_at_least_as_long_as_it_works_and_never_longer_than_time_goes(scenario):
    run_ = run(scenario)
    for service, table, held_ns in zip(
        scenario.services, run_.requests.services, run_.requests.graph.held_ns, strict=True
    ):
        most_ns = service.concurrency * run_.requests.step_s * 1e9

        assert table.busy_ns.min(initial=0) >= 0
        assert (
            held_ns.sum(axis=1) >= table.busy_ns.sum(axis=1) - 1_000
        ).all()  # a nanosecond of rounding for each piece
        assert held_ns.max(initial=0) <= most_ns + service.concurrency
        assert held_ns[0].sum() == table.busy_ns[0].sum() == 0


@settings(max_examples=25)
@given(scenarios())
def test_the_same_application_is_the_same_run(scenario):
    assert run(scenario).digest == run(scenario).digest


# --- prefix and windows ----------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(scenarios(), st.floats(0, 20, allow_nan=False), st.sampled_from(["break-module", "fail-zone", "change-traffic"]))
def test_one_more_operation_changes_no_call_before_its_moment(scenario, at_s, do):
    named = {"break-module": {"module": "front", "slow_x": 50, "errors": 0.5}, "fail-zone": {"zone": "a"}}
    operation = {"do": do, "at_s": at_s, **named.get(do, {"factor": 3})}
    data = scenario.model_dump(mode="json")
    more = Scenario.of(data | {"operations": [*data["operations"], operation]})
    one, other = (run(it, keep_requests=True).requests for it in (scenario, more))
    for a, b in [(one.graph.kept, other.graph.kept), (one.users_kept, other.users_kept)]:
        done, done_too = (kept.end_s < at_s for kept in (a, b))
        for name in a.__slots__:
            np.testing.assert_array_equal(getattr(a, name)[done], getattr(b, name)[done_too], err_msg=name)


@settings(max_examples=40)
@given(scenarios(), st.lists(st.floats(0, 45, allow_nan=False), max_size=30))
def test_a_look_at_the_calls_changes_nothing(scenario, looks):
    def plane_of(env, it):
        plane = GraphPlane(env, it, keep_requests=True, block=64)

        def look():
            for at_s in sorted(looks):
                if at_s > env.now:
                    yield env.timeout(at_s - env.now)
                    plane.busy_ns(0, [], 0.0)

        env.process(look())
        return plane

    plain, nosy = run(scenario, keep_requests=True), simulate(scenario, plane_of)

    assert plain.digest == nosy.digest
    for name in plain.requests.graph.kept.__slots__:
        a, b = (getattr(it.requests.graph.kept, name) for it in (plain, nosy))
        np.testing.assert_array_equal(a, b, err_msg=name)


# --- the same work, however the modules are grouped -------------------------------------------------------------------


def calm(application, homes, seed):
    """Run the application with its modules at home where told: a quiet minute whose users come in its first half."""
    modules = [module | {"service": homes[module["name"]]} for module in application["modules"]]
    for module in modules:  # nothing may fail here: what fails does less
        module["calls"] = [
            call | {"timeout_s": 3_600, "breaker": None, "bulkhead": None, "needed": True} for call in module["calls"]
        ]
    used = sorted(set(homes.values()))
    roomy = {"desired": 2, "concurrency": 200, "backlog": 10_000, "timeout_s": 3_600}
    return run(Scenario.of({
        "seed": seed, "duration_s": 60, "launch_type": "ecs-fargate", "traffic": {"rps": 10},
        "services": [{"name": name, **roomy} for name in used], "application": application | {"modules": modules},
        "operations": [{"do": "change-traffic", "factor": 0, "at_s": 30}],
    }))  # fmt: skip


@settings(max_examples=40)
@given(applications(), st.integers(0, 50), st.data())
def test_a_request_asks_for_the_same_work_in_a_monolith_and_in_pieces(given_, seed, data):
    application, _ = given_
    names = NAMES[: len(application["modules"])]
    apart = dict(zip(names, names, strict=True))
    mixed = {name: data.draw(st.sampled_from(["one", "two"])) for name in names}
    whole, pieces, some = (
        calm(application, homes, seed).requests.graph for homes in (dict.fromkeys(names, "one"), apart, mixed)
    )

    for other in (pieces, some):
        assert np.array_equal(whole.actions.arrived, other.actions.arrived)
        assert whole.actions.in_flight.sum() == other.actions.in_flight.sum() == 0
        for table in ("begun", "work_ns"):
            ours, theirs = (getattr(it.modules, table).sum(axis=1) for it in (whole, other))
            assert np.array_equal(ours, theirs), table
        assert np.array_equal(whole.calls.sent.sum(axis=1), other.calls.sent.sum(axis=1))


@settings(max_examples=20)
@given(scenarios(), st.sampled_from(["ecs-ec2", "ecs-fargate", "eks-fargate", "eks-managed"]))
def test_users_come_and_choose_the_same_on_any_launch_type(scenario, launch_type):
    here, there = (
        run(it, keep_requests=True).requests for it in (scenario, scenario.with_("launch_type", launch_type))
    )

    np.testing.assert_array_equal(here.users_kept.arrive_s, there.users_kept.arrive_s)
    np.testing.assert_array_equal(here.graph.actions.arrived, there.graph.actions.arrived)
