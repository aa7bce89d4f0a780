"""Roll-outs of any kind keep what they promise: limits, weights, and whom they end on."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Kind, Scenario, metrics, run
from engine.events import Intervals, intervals
from engine.rollout_score import scores
from engine.rollouts import promise, rollouts, versions
from engine.scaling import fewest_tasks, most_tasks
from tests.laws.any_scenario import deployments

WAYS = st.fixed_dictionaries({
    "desired": st.integers(1, 7), "min_healthy_percent": st.integers(0, 100), "max_percent": st.integers(100, 220),
    "deployment": deployments(), "start_s": st.sampled_from([0, 4]),
})  # fmt: skip
VERSIONS = st.fixed_dictionaries(
    {"fails": st.sampled_from([False, False, True]), "errors": st.sampled_from([0, 0, 0.4])}
)
LAUNCH_TYPES = st.sampled_from(["ecs-fargate", "ecs-ec2"])


def deployed(launch_type, ways, version, *more):
    return run(Scenario.of({
        "launch_type": launch_type, "duration_s": 400, "traffic": {"rps": 10}, "fleet": {"hosts": 6},
        "services": [{"image_mib": 0, "work_ms": 20, "az_rebalancing": False} | ways],
        "balancer": {"check_every_s": 5, "check_timeout_s": 2, "deregistration_delay_s": 0},
        "assumptions": {"exit_s": 0}, "operations": [{"do": "deploy", "at_s": 40, **version}, *more],
    }))  # fmt: skip


def there(run_, opens, closes):
    found = intervals(run_.events, "task", opens, closes, run_.scenario.duration_s)
    return metrics.jumps(Intervals(found.subject, found.start_s, found.end_s), run_.scenario.duration_s).value


@settings(max_examples=40)
@given(LAUNCH_TYPES, WAYS, VERSIONS)
def test_no_deployment_breaks_its_two_limits(launch_type, ways, version):
    """Tasks in service never fall below the minimum on purpose, and never more are there than the maximum lets in."""
    run_ = deployed(launch_type, ways, version)
    (one,) = rollouts(run_)
    service, all_at_once = run_.scenario.services[0], one.settings.strategy == "all-at-once"
    least = 0 if all_at_once else fewest_tasks(service.desired, service.min_healthy_percent)
    sets = 2 if one.settings.shifts_traffic else 1
    most = service.desired if all_at_once else max(service.desired, most_tasks(service.desired, service.max_percent))
    serve = there(run_, (Kind.TASK_SERVING,), metrics.NOT_SERVING)
    counted = there(run_, (Kind.TASK_CREATED,), (Kind.TASK_DEACTIVATING, Kind.TASK_STOPPING, Kind.TASK_STOPPED))

    assert serve[1:].min(initial=service.desired) >= least or all_at_once
    assert counted.max() <= (2 * service.desired if sets == 2 else most)
    assert promise(run_, 0, one)[1] >= service.desired


@settings(max_examples=40)
@given(LAUNCH_TYPES, WAYS, VERSIONS)
def test_whoever_goes_back_ends_on_the_old_version_and_whoever_is_done_on_the_new(launch_type, ways, version):
    run_ = deployed(launch_type, ways, version)
    (one,) = rollouts(run_)
    gone = {int(t) for t in run_.events.task[run_.events.where(Kind.TASK_DEACTIVATING, Kind.TASK_STOPPED)]}
    left = {
        versions(run_)[int(t)] for t in run_.events.task[run_.events.where(Kind.TASK_SERVING)] if int(t) not in gone
    }
    (score,) = scores(run_)

    assert one.done_s is None or one.rolled_back_s is None
    if one.rolled_back_s is not None:
        assert left == {0}
        assert one.failed_s is not None
    if one.done_s is not None:
        assert left == {1}
        assert score.took_s == one.done_s - one.began_s
    assert score.failed_by_new <= score.failed <= metrics.totals(run_).failed
    assert 0 <= score.met_new <= 1
    assert score.extra_task_hours >= 0


@settings(max_examples=25)
@given(LAUNCH_TYPES, WAYS, VERSIONS)
def test_a_weight_is_a_share_and_traffic_follows_it(launch_type, ways, version):
    run_ = deployed(launch_type, ways, version)
    (one,) = rollouts(run_)
    shares = np.array([share for _, share in one.weights])
    total, table = metrics.totals(run_), run_.requests.services[0]
    new = [row for row, task in enumerate(table.task) if row and versions(run_)[int(task)] == 1]

    assert ((shares >= 0) & (shares <= 1)).all()
    assert total.arrived == total.served + total.failed + total.in_flight
    if one.settings.shifts_traffic:
        first_s = int(one.weights[0][0]) if one.weights else 400
        assert table.served[new, :first_s].sum() == 0  # nobody is sent to the new set before


@settings(max_examples=20)
@given(WAYS, st.sampled_from(["blue-green", "canary", "linear", "rolling"]), st.integers(41, 200))
def test_a_person_may_go_back_at_any_moment(ways, strategy, undo_s):
    ways = ways | {
        "deployment": {"strategy": strategy, "bake_s": 30, "canary_bake_s": 30, "step_bake_s": 9, "step_percent": 40}
    }
    ways |= {"max_percent": 200}
    run_ = deployed("ecs-fargate", ways, {"errors": 1}, {"do": "deploy", "at_s": undo_s, "undo": True})

    assert metrics.timeline(run_).errors[-20:].sum() == 0
    assert rollouts(run_)[-1].over_s is not None
