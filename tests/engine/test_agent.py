"""The agent's link: a silent agent costs nobody anything, a dead host costs its tasks; both look the same to ECS at first."""

import pytest

from engine import Kind, catalog
from tests.engine.the_log import numbers, reasons, rows, serving, tell, times

FIRST, MOST, TIMES, JITTER = (
    catalog.seconds("ecs.agent.acs_backoff", "min_ms"), catalog.seconds("ecs.agent.acs_backoff", "max_s"),
    catalog.number("ecs.agent.acs_backoff", "multiplier"), catalog.number("ecs.agent.acs_backoff", "jitter"),
)  # fmt: skip
SURE = {"agent_missed_min_s": 70, "agent_missed_max_s": 70, "lost_host_s": 30}
CUT, BACK, DIE = ({"do": do, "host": "a1"} for do in ("cut-agent", "restore-agent", "fail-host"))


def silence(*operations, duration_s=900, **more):
    return tell(
        duration_s=duration_s,
        services=[{"desired": 6, "az_rebalancing": False} | more.pop("service", {})],
        balancer={"deregistration_delay_s": 5},
        assumptions=SURE | more.pop("assumptions", {}),
        fleet={"replace": False} | more.pop("fleet", {}),
        operations=[operation | {"at_s": at_s} for operation, at_s in operations],
        **more,
    )


def test_a_cut_agent_loses_nothing_where_a_dead_host_loses_its_tasks():
    cut, dead = silence((CUT, 100)), silence((DIE, 100))

    assert rows(cut, Kind.TASK_LOST, Kind.TASK_GIVEN_UP, Kind.TASK_UNHEALTHY, Kind.TASK_STOPPED) == []
    assert serving(cut, 99, 101, 171, 899) == [6, 6, 6, 6]
    assert len(rows(cut, Kind.TASK_CREATED)) == 6
    assert times(dead, Kind.TASK_LOST, task=1) == [100]
    assert len(rows(dead, Kind.TASK_GIVEN_UP, task=1)) == 1
    assert len(rows(dead, Kind.TASK_CREATED)) > 6
    assert sum(int(service.failed.sum()) for service in cut.requests.services) == 0
    assert sum(int(service.failed.sum()) for service in dead.requests.services) > 0


def test_to_ecs_both_are_silent_from_the_same_moment():
    cut, dead = silence((CUT, 100)), silence((DIE, 100))

    assert times(cut, Kind.AGENT_MISSED, host=0) == times(dead, Kind.AGENT_MISSED, host=0) == [170]
    assert (times(cut, Kind.AGENT_CUT), times(dead, Kind.HOST_LOST)) == ([100], [100])


@pytest.mark.parametrize("seed", range(5))
def test_it_is_missed_after_one_to_two_minutes(seed):
    at_least = catalog.seconds("ecs.agent.acs_heartbeat_timeout")
    usual = {"agent_missed_min_s": at_least, "agent_missed_max_s": 2 * at_least}
    (missed,) = times(silence((CUT, 100), seed=seed, assumptions=usual), Kind.AGENT_MISSED)

    assert at_least <= missed - 100 <= at_least + catalog.seconds("ecs.agent.acs_heartbeat_jitter")


def test_each_try_waits_longer_up_to_two_minutes_and_a_little_by_lot():
    run_ = silence((CUT, 100), duration_s=3_000)
    tries, pauses = times(run_, Kind.AGENT_RETRIED), numbers(run_, "value", Kind.AGENT_RETRIED)

    assert tries[0] == 170
    assert len(pauses) > 20
    for n, pause in enumerate(pauses):
        plain = min(MOST, FIRST * TIMES**n)
        assert plain <= pause <= plain * (1 + JITTER)
    assert tries[1:] == pytest.approx([at_s + pause for at_s, pause in zip(tries, pauses, strict=True)][:-1])


def test_a_mended_link_is_found_at_the_next_try():
    run_ = silence((CUT, 100), (BACK, 500))
    last, pause = times(run_, Kind.AGENT_RETRIED)[-1], numbers(run_, "value", Kind.AGENT_RETRIED)[-1]

    assert last < 500 < last + pause  # it was asleep when the wire was mended
    assert times(run_, Kind.AGENT_BACK) == [pytest.approx(last + pause)]
    assert numbers(run_, "value", Kind.AGENT_BACK) == [pytest.approx(last + pause - 100)]


def test_a_link_mended_before_anybody_missed_it_was_never_gone():
    run_ = silence((CUT, 100), (BACK, 150), (CUT, 200))

    assert times(run_, Kind.AGENT_BACK) == [150]
    assert times(run_, Kind.AGENT_MISSED) == [270]  # the second silence alone: the first one's notice is void


@pytest.mark.parametrize(("asked_s", "on_a1"), [(90, True), (180, False), (900, True)])
def test_a_host_whose_agent_is_missed_takes_no_new_task(asked_s, on_a1):
    """Nine more tasks at once would spread over all six hosts; room is there."""
    more = {"do": "set-desired", "desired": 15}
    run_ = silence((CUT, 100), (BACK, 300), (more, asked_s), duration_s=1_000)
    new = [i for i in rows(run_, Kind.TASK_PLACED, host=0) if run_.events.at_s[i] >= asked_s]

    assert bool(new) == on_a1


def test_a_task_placed_before_the_silence_is_noticed_waits_for_the_agent_to_hear_of_it():
    run_ = silence((CUT, 100), ({"do": "set-desired", "desired": 18}, 120), (BACK, 200), duration_s=600)
    (back,) = times(run_, Kind.AGENT_BACK)
    placed = [int(run_.events.task[i]) for i in rows(run_, Kind.TASK_PLACED, host=0) if run_.events.at_s[i] > 100]
    elsewhere = [int(run_.events.task[i]) for i in rows(run_, Kind.TASK_PLACED, host=1) if run_.events.at_s[i] > 100]

    assert placed
    assert all(times(run_, Kind.TASK_PENDING, task=task) == [pytest.approx(back)] for task in placed)
    assert all(times(run_, Kind.TASK_PENDING, task=task)[0] < 125 for task in elsewhere)


def test_a_task_stopped_on_a_silent_host_loses_its_traffic_and_runs_on_until_the_agent_hears():
    run_ = silence((CUT, 100), ({"do": "stop-task", "task": 1}, 200), (BACK, 400))
    (back,) = times(run_, Kind.AGENT_BACK)

    assert times(run_, Kind.TASK_DEACTIVATING, task=1) == [200]
    assert times(run_, Kind.TASK_STOPPING, task=1) == [pytest.approx(back)]
    assert times(run_, Kind.TASK_STOPPED, task=1) == [pytest.approx(back + 2)]


def test_the_other_assumption_replaces_living_tasks_and_they_run_twice():
    run_ = silence((CUT, 100), (BACK, 400), assumptions={"silent_replaced": True})
    (back,) = times(run_, Kind.AGENT_BACK)

    assert times(run_, Kind.TASK_DEACTIVATING, task=1) == [200]  # missed at 170, given up 30 s later
    assert len(rows(run_, Kind.TASK_CREATED)) == 7
    assert times(run_, Kind.TASK_STOPPED, task=1) == [pytest.approx(back + 2)]
    assert rows(run_, Kind.TASK_LOST) == []


def test_a_host_that_dies_while_it_is_silent_is_not_missed_twice():
    run_ = silence((CUT, 100), (DIE, 200))

    assert times(run_, Kind.AGENT_MISSED) == [170]
    assert times(run_, Kind.TASK_LOST) == [200]
    # 30 s after its death: that its agent was silent ECS knew already.
    assert times(run_, Kind.TASK_GIVEN_UP) == [230]
    assert max(times(run_, Kind.AGENT_RETRIED)) < 200
    assert times(run_, Kind.AGENT_BACK) == []


@pytest.mark.parametrize(("operations", "says"), [
    ([(BACK, 100)], "the link of host a1 is well"),
    ([(CUT, 50), (CUT, 100)], "the agent of host a1 is cut off already"),
    ([(DIE, 50), (CUT, 100)], "host a1 does not run"),
    ([(CUT | {"host": "a7"}, 100)], "there is no host a7"),
    ([(BACK | {"host": "a7"}, 100)], "there is no host a7"),
])  # fmt: skip
def test_what_cannot_be_cut_or_mended_is_ignored_and_says_why(operations, says):
    run_ = silence(*operations)

    assert reasons(run_, Kind.OPERATION_IGNORED) == [says]
    assert times(run_, Kind.OPERATION_IGNORED) == [100]
