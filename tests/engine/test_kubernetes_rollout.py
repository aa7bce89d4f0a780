"""A new version in a run: who comes, who goes, when; what a version that never starts does; and ECS beside it."""

import pytest

from engine import Kind
from engine.rollouts import ready_by_version, rollouts, versions
from tests.engine.the_log import numbers, reasons, rows, tell, times

# The scheduler looks after 1 s, a container starts in 2 s, an image is there at once, and a pod answers at once.
CALM = {
    "launch_type": "k8s-self-run", "zones": 2, "duration_s": 300, "fleet": {"hosts": 6},
    "assumptions": {"scheduler_s": 1, "container_s": 2},
}  # fmt: skip
DEPLOY = {"do": "deploy", "at_s": 100}


def deployed(*operations, pods=4, given=None, **rollout):
    service = {"desired": pods, "image_mib": 0, "start_s": 0, "pods": {"rollout": rollout}} | (given or {})
    return tell(**CALM | {"services": [service], "operations": [*operations] or [DEPLOY]})


def soon_after(at_s):
    """Whatever pokes it, the deployment looks within its second."""
    return pytest.approx(at_s + 0.5, abs=0.5)


def sizes(run_, version):
    return [(at_s, size) for one in rollouts(run_) for at_s, number, size in one.sizes if number == version]


def test_one_more_then_one_less():
    """Created 101, ready 103, looked at 104: one old pod goes, and the next comes at the look after it, ready at 107."""
    run_ = deployed(max_surge="1", max_unavailable="0", pods=2)

    assert sizes(run_, 1) == [(101, 1), (105, 2)]
    assert sizes(run_, 0) == [(104, 1), (soon_after(107), 0)]
    assert times(run_, Kind.ROLLOUT_DONE) == [soon_after(107)]
    assert numbers(run_, "value", Kind.ROLLOUT_DONE) == [soon_after(7)]


def test_one_less_then_one_more():
    run_ = deployed(max_surge="0", max_unavailable="1", pods=2)

    assert sizes(run_, 0) == [(101, 1), (105, 0)]
    assert sizes(run_, 1) == [(102, 1), (106, 2)]
    assert times(run_, Kind.ROLLOUT_DONE) == [soon_after(108)]


def test_recreate_waits_until_the_last_old_pod_has_ended():
    """Deleted 101, SIGTERM and 2 s to end: all new pods at 104, ready at 106; for 5 s nobody is."""
    run_ = deployed(strategy="Recreate")
    ended = max(times(run_, Kind.TASK_STOPPED))

    assert sizes(run_, 0) == [(101, 0)]
    assert sizes(run_, 1) == [(ended + 1, 4)]
    of = ready_by_version(run_)
    assert [sum(steps.at([t])[0] for steps in of.values()) for t in (100.9, 101.1, 105.9, 106.1)] == [4, 0, 0, 4]


def test_a_pod_counts_only_after_it_was_ready_for_long_enough():
    quick, slow = (deployed(max_surge="1", max_unavailable="0", pods=2, min_ready_s=s) for s in (0, 20))

    assert [at_s for at_s, _ in sizes(quick, 0)] == [104, soon_after(107)]
    assert [at_s for at_s, _ in sizes(slow, 0)] == [soon_after(123), soon_after(147)]


def test_a_version_that_never_answers_stops_at_the_fence_and_is_reported():
    """One more and one less, then nothing moves; 60 s after the last step that is written down, and nothing is undone."""
    run_ = deployed(DEPLOY | {"fails": True}, max_surge="1", max_unavailable="1", progress_deadline_s=60)

    assert sizes(run_, 0) == [(101, 3)]
    assert sizes(run_, 1) == [(101, 1), (102, 2)]
    (stalled,) = times(run_, Kind.ROLLOUT_STALLED)
    assert 160 < stalled < 165
    assert times(run_, Kind.ROLLOUT_DONE) == []
    assert [int(steps.at([299.0])[0]) for steps in ready_by_version(run_).values()] == [3, 0]


def test_to_undo_brings_the_old_set_back_and_leaves_its_pods_alone():
    run_ = deployed(
        DEPLOY | {"fails": True}, {"do": "deploy", "at_s": 200, "undo": True}, max_surge="1", max_unavailable="1"
    )
    failed, undone = rollouts(run_)

    assert (failed.version, failed.done_s, undone.version, undone.is_undo) == (1, None, 0, True)
    assert undone.done_s is not None
    assert undone.done_s < 210
    created = [task for task, version in versions(run_).items() if version == 0]
    assert len(created) == 5  # four of the beginning, and the one that had gone


def test_another_number_in_the_middle_is_shared_among_the_versions():
    run_ = deployed(
        DEPLOY | {"fails": True}, {"do": "set-desired", "at_s": 200, "desired": 8}, max_surge="50%", max_unavailable="0"
    )

    assert sizes(run_, 1) == [(101, 2), (201, 4)]
    assert sizes(run_, 0) == [(201, 8)]


def test_a_rollout_is_overtaken_by_the_next_and_the_oldest_goes_first():
    run_ = deployed(DEPLOY, DEPLOY | {"at_s": 104}, max_surge="1", max_unavailable="0")
    first, second = rollouts(run_)

    assert first.done_s is None
    assert second.done_s is not None
    assert set(versions(run_).values()) == {0, 1, 2}
    assert {version: steps.at([299.0])[0] for version, steps in ready_by_version(run_).items()} == {0: 0, 1: 0, 2: 4}


def test_a_new_image_is_pulled_once_a_node_and_the_old_one_is_still_there():
    run_ = deployed(
        DEPLOY | {"image_mib": 500}, {"do": "deploy", "at_s": 200, "undo": True}, given={"image_mib": 500, "desired": 6}
    )
    pulls = {int(run_.events.task[row]): float(run_.events.value[row]) for row in rows(run_, Kind.TASK_PULLED)}
    of = versions(run_)

    assert any(seconds > 1 for task, seconds in pulls.items() if of[task] == 1)
    assert all(seconds == 0 for task, seconds in pulls.items() if of[task] == 0)


# --- what there is nothing to do for ---


@pytest.mark.parametrize(("operation", "kind", "words"), [
    (DEPLOY | {"undo": True}, "replica", "no earlier version"),
    (DEPLOY, "daemon", "is a daemon"),
])  # fmt: skip
@pytest.mark.parametrize("launch_type", ["k8s-self-run", "ecs-ec2"])
def test_where_there_is_nothing_to_roll_out_it_is_said(operation, kind, words, launch_type):
    run_ = tell(
        **CALM | {"launch_type": launch_type, "services": [{"kind": kind, "desired": 2}], "operations": [operation]}
    )

    assert words in reasons(run_, Kind.OPERATION_IGNORED)[0]
    assert times(run_, Kind.ROLLOUT_STARTED) == []


# --- ECS beside it ---


ON_ECS = {"launch_type": "ecs-ec2", "balancer": {"deregistration_delay_s": 0, "check_every_s": 5, "check_timeout_s": 2}}


def on_ecs(low, high, *operations, desired=4):
    service = {
        "desired": desired, "image_mib": 0, "start_s": 0, "min_healthy_percent": low, "max_percent": high,
        "az_rebalancing": False,
    }  # fmt: skip
    return tell(**CALM | ON_ECS | {"services": [service], "operations": [*operations] or [DEPLOY]})


def alive(run_, version, at_s):
    """Count the tasks of a version that were begun and not yet asked to stop."""
    of = versions(run_)
    begun = [int(run_.events.task[row]) for row in rows(run_, Kind.TASK_CREATED) if run_.events.at_s[row] <= at_s]
    ended = {
        int(run_.events.task[row])
        for row in rows(run_, Kind.TASK_DEACTIVATING, Kind.TASK_STOPPED)
        if run_.events.at_s[row] <= at_s
    }
    return sum(of[task] == version and task not in ended for task in begun)


@pytest.mark.parametrize(("low", "high", "new", "old"), [
    (100, 200, 4, 4),  # all of the new version at once, beside the old
    (100, 150, 2, 4),  # two more
    (50, 100, 0, 2),   # two of the old go first
])  # fmt: skip
def test_ecs_rolls_within_its_healthy_percents(low, high, new, old):
    run_ = on_ecs(low, high)

    assert (alive(run_, 1, 101.5), alive(run_, 0, 101.5)) == (new, old)
    assert len(times(run_, Kind.ROLLOUT_DONE)) == 1
    assert alive(run_, 1, 300) == 4
    assert alive(run_, 0, 300) == 0


def test_on_ecs_a_version_that_never_answers_is_tried_for_ever():
    """Nothing goes below the minimum, and nobody stops it: the deployment circuit breaker is a setting of its own."""
    run_ = on_ecs(100, 150, DEPLOY | {"fails": True})

    assert alive(run_, 0, 300) == 4
    assert sum(version == 1 for version in versions(run_).values()) > 6
    assert times(run_, Kind.ROLLOUT_DONE, Kind.ROLLOUT_STALLED) == []


def test_on_ecs_to_undo_is_one_more_version():
    run_ = on_ecs(100, 200, DEPLOY, {"do": "deploy", "at_s": 200, "undo": True})

    assert [one.version for one in rollouts(run_)] == [1, 2]
    assert alive(run_, 2, 300) == 4


def test_a_new_pod_that_is_lost_with_its_node_is_not_available():
    """Ready at 103, it would count from 203 on. Its node dies at 120: the roll-out waits for the pod that comes instead."""
    slow = {"max_surge": "100%", "max_unavailable": "0", "min_ready_s": 100}
    calm = deployed(pods=2, **slow)
    (row, *_) = [row for row in rows(calm, Kind.TASK_PLACED) if versions(calm)[int(calm.events.task[row])] == 1]
    node = calm.hosts[int(calm.events.host[row])][0]
    lost = tell(**CALM | {
        "duration_s": 900, "operations": [DEPLOY, {"do": "fail-host", "host": node, "at_s": 120}],
        "services": [{"desired": 2, "image_mib": 0, "start_s": 0, "pods": {"rollout": slow}}],
    })  # fmt: skip

    assert rollouts(calm)[0].done_s == soon_after(203)
    assert rollouts(lost)[0].done_s > 203 + 100  # the pod that comes instead has to be ready for long enough, too
