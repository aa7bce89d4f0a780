"""What a bad version does once it serves: it answers errors, or it leaks until the kernel kills it."""

import pytest

from engine import Kind, metrics, story
from engine.rollouts import versions
from tests.engine.the_log import numbers, reasons, rows, tell, times

SMALL = {"desired": 2, "image_mib": 0, "start_s": 0, "work_ms": 20, "memory_mib": 2048, "az_rebalancing": False,
         "memory_base_share": 0.5, "memory_per_request_mib": 0}  # fmt: skip


def deployed(launch_type="ecs-fargate", rps=10, duration_s=600, service=None, **version):
    return tell(
        launch_type=launch_type, zones=1, fleet={"hosts": 2}, duration_s=duration_s, traffic={"rps": rps},
        services=[SMALL | (service or {})], operations=[{"do": "deploy", "at_s": 60, **version}],
    )  # fmt: skip


def test_errors_are_a_cause_of_their_own_and_come_from_the_new_version_alone():
    run_ = deployed(errors=0.25)
    failed, table = metrics.failures(run_), run_.requests.services[0]
    of = versions(run_)
    bad = {of[int(task)] for task, n in zip(table.task, table.failed[4].sum(axis=1), strict=True) if n}

    assert failed["error"] == sum(failed.values()) > 900
    assert bad == {1}
    assert metrics.timeline(run_).errors.sum() == failed["error"]


def test_health_checks_do_not_see_errors():
    assert rows(deployed(errors=1), Kind.TASK_UNHEALTHY) == []
    assert len(times(deployed(errors=1), Kind.ROLLOUT_DONE)) == 1


def test_a_client_that_tries_again_meets_fewer():
    """A share e of errors is left as e to the power of the attempts."""
    once, twice = (metrics.failures(deployed(errors=0.25, service={"retries": n}))["error"] for n in (0, 1))

    assert twice / once == pytest.approx(0.25, rel=0.3)


def test_a_leak_fills_the_memory_and_ecs_starts_another_at_full_speed():
    """1,024 MiB are free and 4 leak with each of 5 requests a second: a task lasts 52 s."""
    run_ = deployed(leak_mib=4)
    used = numbers(run_, "value", Kind.TASK_OOM_KILLED)
    served = times(run_, Kind.TASK_SERVING)

    assert len(used) > 10
    assert all(2048 < mib < 2048 + 4 * 20 for mib in used)
    assert set(reasons(run_, Kind.TASK_OOM_KILLED)) == {"exit 137"}
    assert times(run_, Kind.TASK_OOM_KILLED)[0] - served[2] == pytest.approx(52, abs=12)
    assert rows(run_, Kind.RESTART_THROTTLED, Kind.CRASH_BACKED_OFF) == []
    assert "EssentialContainerExited" in reasons(run_, Kind.TASK_STOPPED)


def test_kubernetes_starts_the_same_pod_again_after_pauses_that_double():
    run_ = deployed("eks-managed", service={"desired": 1}, leak_mib=40, duration_s=900)
    pod = int(run_.events.task[rows(run_, Kind.TASK_OOM_KILLED)[0]])

    assert numbers(run_, "value", Kind.CRASH_BACKED_OFF, task=pod)[:5] == [0, 10, 20, 40, 80]
    assert len(rows(run_, Kind.TASK_CREATED)) == 2  # the old pod, and the new one all the time
    assert set(reasons(run_, Kind.POD_RESTARTED)) == {"crashed"}


def test_a_pause_is_forgotten_after_ten_minutes_without_a_crash():
    """1,024 MiB last 1,024 requests of 1 MiB: with one a second, seventeen minutes."""
    run_ = deployed("eks-managed", rps=1, service={"desired": 1}, leak_mib=1, duration_s=3_600)

    assert numbers(run_, "value", Kind.CRASH_BACKED_OFF) == [0, 0, 0]


def test_the_memory_that_scaling_reads_grows_with_the_leak():
    scaling = {"metric": "memory", "target": 65, "period_s": 60, "points_out": 1, "max_tasks": 8}
    ecs, pods = (deployed(kind, service={"scaling": scaling}, leak_mib=1) for kind in ("ecs-fargate", "eks-managed"))
    read = numbers(ecs, "value", Kind.METRIC_READ)

    assert read[0] == 50
    assert max(read) > 65
    assert max(numbers(ecs, "value", Kind.DESIRED_SET)) > 2
    assert max(numbers(pods, "value", Kind.DESIRED_SET)) > 2


def test_who_is_killed_is_told_once():
    ecs, pods = deployed(leak_mib=40), deployed("eks-managed", leak_mib=40)

    assert [line.key for line in story.captions(ecs)].count("caption.oom_task") == 1
    assert {"caption.oom_pod", "caption.crash_loop"} <= {line.key for line in story.captions(pods)}


def test_two_services_may_leak_at_once():
    """Both are looked at in the same instant, the first one first."""
    names = ["one", "two"]
    run_ = tell(
        launch_type="ecs-fargate", zones=1, duration_s=300, traffic={"rps": 10},
        services=[SMALL | {"name": name, "share": 0.5} for name in names],
        operations=[{"do": "deploy", "service": name, "at_s": 60, "leak_mib": 8} for name in names],
    )  # fmt: skip
    killed = numbers(run_, "service", Kind.TASK_OOM_KILLED)

    assert {0, 1} == set(killed)
