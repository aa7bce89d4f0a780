"""What people do on Kubernetes without a controller of its own: a second Deployment, a selector, a ratio of pods."""

import pytest

from engine import Kind, metrics, story
from engine.rollouts import rollouts, versions
from tests.engine.test_ecs_rollouts import QUICK, served_by
from tests.engine.the_log import reasons, rows, serving, tell, times

SMALL = {"desired": 3, "image_mib": 0, "start_s": 2, "work_ms": 20}


def deployed(deployment, *operations, launch_type="eks-managed", service=None, **version):
    return tell(
        launch_type=launch_type, duration_s=500, traffic={"rps": 20}, balancer=QUICK, fleet={"hosts": 6},
        services=[SMALL | {"deployment": deployment} | (service or {})],
        operations=[{"do": "deploy", "at_s": 60, **version}, *operations],
    )  # fmt: skip


def the(run_):
    return rollouts(run_)[0]


def test_five_percent_of_three_pods_is_a_third():
    run_ = deployed({"strategy": "canary", "canary_percent": 5, "canary_bake_s": 200, "bake_s": 10})
    (begin, share), (end, whole) = the(run_).weights
    new, old = (served_by(run_, version, begin + 20, end - 30) for version in (1, 0))

    assert (share, whole) == (1 / 3, 1)
    assert new / (new + old) == pytest.approx(1 / 3, abs=0.05)
    assert the(run_).done_s is not None


def test_the_selector_is_switched_once_the_second_deployment_is_ready():
    run_ = deployed({"strategy": "blue-green", "bake_s": 60})
    ((moved_s, share),) = the(run_).weights

    assert share == 1
    assert served_by(run_, 1, 0, moved_s) == 0
    assert served_by(run_, 0, moved_s + 1, 500) == 0
    assert {versions(run_)[int(run_.events.task[row])] for row in rows(run_, Kind.POD_READY)} == {0, 1}
    assert the(run_).done_s == pytest.approx(moved_s + 60, abs=3)


def test_going_back_to_the_old_deployment_is_the_selector_once_more():
    run_ = deployed({"strategy": "blue-green", "bake_s": 200}, {"do": "deploy", "at_s": 150, "undo": True}, errors=1)

    assert metrics.timeline(run_).errors[:150].sum() > 100
    assert metrics.timeline(run_).errors[151:].sum() == 0
    assert serving(run_, 300) == [3]


def test_linear_adds_pods_step_by_step():
    run_ = deployed({"strategy": "linear", "step_percent": 34, "step_bake_s": 20, "bake_s": 10}, service={"desired": 6})

    assert [share for _, share in the(run_).weights] == [pytest.approx(2 / 6), pytest.approx(4 / 6), 1]
    assert min(serving(run_, *range(70, 400, 5))) >= 5  # a new pod is ready a moment before it is in service


def test_all_at_once_is_recreate():
    run_ = deployed({"strategy": "all-at-once"})

    assert serving(run_, 64) == [0]
    assert the(run_).done_s is not None


def test_nobody_watches_and_that_is_said():
    run_ = deployed({"breaker": True, "alarm": True}, errors=0.5)

    assert times(run_, Kind.ROLLOUT_FAILED, Kind.ALARM_READ) == []
    assert "Argo Rollouts or Flagger" in reasons(run_, Kind.ROLLOUT_UNWATCHED)[0]
    assert "caption.rollout_unwatched" in {line.key for line in story.captions(run_)}


@pytest.mark.parametrize("launch_type", ["k8s-self-run", "eks-unmanaged", "eks-managed", "eks-fargate", "eks-auto"])
@pytest.mark.parametrize("strategy", ["blue-green", "canary", "linear"])
def test_every_launch_type_of_kubernetes_gets_there(strategy, launch_type):
    quick = {"bake_s": 10, "canary_bake_s": 10, "step_percent": 50, "step_bake_s": 10}
    run_ = deployed({"strategy": strategy} | quick, launch_type=launch_type)

    assert the(run_).done_s is not None
    assert serving(run_, 450) == [3]


def test_a_second_deployment_that_never_gets_ready_is_reported_and_hurts_nobody():
    quick = {"rollout": {"progress_deadline_s": 120}}
    run_ = deployed({"strategy": "canary"}, service={"pods": quick}, fails=True)

    assert the(run_).stalled_s == pytest.approx(60 + 120, abs=2)
    assert (the(run_).weights, metrics.totals(run_).failed) == ((), 0)
