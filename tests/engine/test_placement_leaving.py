"""Who has to go, and who comes with the hosts and leaves with them: scale-in, daemons, stand-alone tasks."""

import numpy as np
import pytest

from engine import Kind, metrics
from engine.placement import Column, Hosts, Leaver, Needs, Traits, dismiss
from tests.engine.the_log import in_zones, numbers, reasons, rows, serving, tell, times

QUICK = {"deregistration_delay_s": 5}

# --- scale-in --------------------------------------------------------------------------------------------------------

#   host                       0      1      2      3
ROOM = Hosts(
    zone=np.array([            0,     0,     1,     1]),
    is_open=np.ones(4, dtype=np.bool_),
    free_cpu=np.array([        100,   900,   2000,  300]),
    free_mib=np.array([        7000,  2000,  500,   3000]),
    peers=np.array([           1,     2,     1,     1]),
    traits=Traits(
        {"rack": Column.of(["r1",     "r2",  "r1",  "r1"])}, Column.of(["a", "b", "c", "d"]), np.ones(4, dtype=np.bool_),
        np.zeros(4, dtype=np.int64), {},
    ),
)  # fmt: skip
# Zone 0 has three tasks, host 1 two of them; host 2 would be the emptiest by CPU, host 0 by memory; rack r1 has three.
TASKS = [Leaver(1, 0, 0), Leaver(2, 0, 1), Leaver(4, 0, 1), Leaver(3, 1, 2), Leaver(5, 1, 3)]
CHANCE = {1: 0.9, 2: 0.5, 3: 0.1, 4: 0.2, 5: 0.3}


@pytest.mark.parametrize(("strategies", "goes", "decided_by"), [
    (["spread-zones", "spread-hosts"], 4, "newest"),      # zone 0, host 1, the newer of the two there
    (["spread-zones"], 1, "random"),                      # zone 0, and chance within it
    (["spread-hosts"], 2, "random"),                      # host 1, and chance among its two
    (["spread:attribute:rack"], 1, "random"),             # r1, and chance
    (["spread:attribute:rack", "binpack-cpu"], 3, "binpack-cpu"),
    (["binpack-cpu"], 3, "binpack-cpu"),                  # host 2 is left with the most CPU
    (["binpack-memory"], 1, "binpack-memory"),            # host 0 is left with the most memory
    (["spread-zones", "binpack-cpu"], 2, "random"),       # zone 0, there host 1, and chance
    (["binpack-cpu", "spread-zones"], 3, "binpack-cpu"),
    (["random"], 1, "random"),
])  # fmt: skip
def test_each_strategy_has_a_victim_of_its_own(strategies, goes, decided_by):
    found = dismiss(TASKS, strategies, Needs(500, 500), ROOM, CHANCE.__getitem__)

    assert (found.task, found.decided_by) == (goes, decided_by)


def test_a_dismissal_keeps_every_candidate_and_every_score():
    found = dismiss(TASKS, ["spread-zones", "binpack-cpu"], Needs(500, 500), ROOM, CHANCE.__getitem__)

    assert found.tasks.tolist() == [1, 2, 4, 3, 5]
    assert found.hosts.tolist() == [0, 1, 1, 2, 3]
    assert list(found.scores) == ["spread-zones", "binpack-cpu", "random", "newest"]
    assert found.scores["spread-zones"].tolist() == [3, 3, 3, 2, 2]
    assert found.scores["binpack-cpu"].tolist() == [600, 1400, 1400, 2500, 800]  # free once the task is gone


def test_nobody_and_the_only_one():
    assert (dismiss([]).task, dismiss([]).decided_by) == (None, "")
    assert (dismiss(TASKS[:1]).task, dismiss(TASKS[:1]).decided_by) == (1, "only")


def scale_in(to, **service):
    return tell(
        duration_s=120, services=[{"desired": 8, "az_rebalancing": False} | service], balancer=QUICK, fleet={"hosts": 6},
        operations=[{"do": "set-desired", "desired": to, "at_s": 30}],
    )  # fmt: skip


@pytest.mark.parametrize(("strategies", "zones"), [
    (["spread-zones", "spread-hosts"], [2, 2, 1]), (["spread-zones"], [2, 2, 1]), (["binpack-memory"], [4, 1, 0]),
])  # fmt: skip
def test_scale_in_leaves_what_its_strategy_wants(strategies, zones):
    """Eight tasks, five stay: spread keeps zones even, binpack empties the emptier host first."""
    assert in_zones(scale_in(5, placement=strategies), 119) == zones


def test_the_log_keeps_why_each_task_was_stopped():
    events = (run_ := scale_in(6)).events
    leaving = rows(run_, Kind.TASK_DEACTIVATING)

    assert len(leaving) == 2
    for row in leaving:
        assert events.dismissals[row].task == events.task[row]
    first = events.dismissals[leaving[0]]
    assert sorted(first.tasks.tolist()) == list(range(1, 9))
    assert list(first.scores) == ["spread-zones", "spread-hosts", "newest"]
    assert set(events.dismissals) == set(leaving)  # and nowhere else


def test_tasks_that_do_not_serve_yet_go_first_and_say_so():
    run_ = tell(
        duration_s=60, services=[{"desired": 4, "start_s": 40}],
        operations=[{"do": "set-desired", "desired": 6, "at_s": 10}, {"do": "set-desired", "desired": 5, "at_s": 20}],
    )  # fmt: skip
    (dismissal,) = run_.events.dismissals.values()

    assert dismissal.task == 6
    assert dismissal.tasks.tolist() == [5, 6]
    assert next(iter(dismissal.scores)) == "not-serving"


def test_chance_in_scale_in_belongs_to_the_task():
    """Another seed, another victim somewhere; the same seed, the same one."""
    went = {
        seed: numbers(
            tell(
                seed=seed, duration_s=60, services=[{"desired": 9, "placement": ["spread-zones"]}], balancer=QUICK,
                operations=[{"do": "set-desired", "desired": 8, "at_s": 30}],
            ),
            "task", Kind.TASK_DEACTIVATING,
        )[0]
        for seed in (1, 1, 2, 3, 4, 5)
    }  # fmt: skip

    assert len(set(went.values())) > 1


def test_packed_services_are_not_moved_for_the_sake_of_zones():
    """AZ rebalancing repairs a spread over zones; a service packed by memory asked for none."""
    packed = tell(duration_s=400, services=[{"desired": 6, "placement": ["binpack-memory"]}])

    assert in_zones(packed, 399) == in_zones(packed, 1) != [2, 2, 2]
    assert len(rows(packed, Kind.TASK_CREATED)) == 6


# --- daemons ---------------------------------------------------------------------------------------------------------

AGENT = {"name": "agent", "kind": "daemon", "cpu_units": 256, "memory_mib": 256, "share": 0, "start_s": 2}


def with_agent(**given):
    services = given.pop("services", [{"name": "web", "desired": 4}])
    return tell(
        **{"services": [*services, AGENT], "balancer": QUICK, "fleet": {"hosts": 4, "rebalance": False}} | given
    )


def agents_on(run_, at_s):
    """Name the hosts on which a daemon's task runs at a moment."""
    number = [service.name for service in run_.scenario.services].index("agent")
    on = {}
    for i in rows(run_, Kind.TASK_RUNNING, Kind.TASK_STOPPED, service=number):
        if run_.events.at_s[i] <= at_s:
            if run_.events.kind[i] == Kind.TASK_RUNNING:
                on[int(run_.events.task[i])] = run_.hosts[int(run_.events.host[i])][0]
            else:
                on.pop(int(run_.events.task[i]), None)
    return sorted(on.values())


def test_a_daemon_runs_once_on_each_host_from_the_first_second():
    run_ = with_agent(duration_s=60)

    assert agents_on(run_, 0) == agents_on(run_, 59) == ["a1", "a2", "b1", "c1"]
    assert numbers(run_, "value", Kind.DESIRED_SET, service=1) == [4]
    assert metrics.desired(run_).value.tolist()[-1] == 8


def test_a_daemon_takes_its_room_before_anybody_else():
    """Each host has room for four tasks without the daemon and for three beside it."""
    crowd = [{"name": "web", "desired": 16, "memory_mib": 1024}]

    assert serving(with_agent(duration_s=30, services=crowd), 29) == [12 + 4]
    assert len(rows(tell(duration_s=30, services=crowd, fleet={"hosts": 4}), Kind.TASK_PLACED)) == 16


def test_a_new_host_gets_its_daemon_first_and_a_dead_one_none():
    run_ = with_agent(
        duration_s=900, services=[{"name": "web", "desired": 16, "memory_mib": 1024}],
        operations=[{"do": "fail-host", "host": "a1", "at_s": 50}],
    )  # fmt: skip
    new = max(host for host, _ in enumerate(run_.hosts))
    placed = rows(run_, Kind.TASK_PLACED, host=new)

    assert run_.events.service[placed[0]] == 1
    assert len(agents_on(run_, 899)) == 4
    assert "a1" not in agents_on(run_, 899)


def test_a_daemon_leaves_a_draining_host_last_and_none_comes_back():
    run_ = with_agent(duration_s=300, operations=[{"do": "drain-host", "host": "a1", "at_s": 50}])
    ends = {int(run_.events.service[i]): run_.events.at_s[i] for i in rows(run_, Kind.TASK_STOPPED, host=0)}

    assert ends[0] < ends[1]
    assert agents_on(run_, 299) == ["a2", "b1", "c1"]
    assert numbers(run_, "value", Kind.DESIRED_SET, service=1) == [4, 3]


def test_a_daemon_waits_for_tasks_that_nobody_moves():
    """A stand-alone task is left alone by draining, so the daemon stays with it."""
    run_ = with_agent(
        duration_s=300, zones=1, fleet={"hosts": 2}, services=[{"name": "web", "desired": 1}],
        operations=[
            {"do": "run-tasks", "at_s": 10, "constraints": ["memberOf(ec2InstanceId == i-a1)"], "for_s": 180},
            {"do": "drain-host", "host": "a1", "at_s": 50},
        ],
    )  # fmt: skip

    assert agents_on(run_, 180) == ["a1", "a2"]
    assert agents_on(run_, 299) == ["a2"]


def test_a_daemon_that_dies_is_started_again_on_its_host():
    run_ = with_agent(duration_s=120, operations=[{"do": "stop-task", "task": 1, "at_s": 20}])
    (again,) = rows(run_, Kind.TASK_PLACED, task=9)

    assert run_.events.service[rows(run_, Kind.TASK_CREATED, task=1)[0]] == 1  # daemons came first
    assert run_.events.host[again] == 0
    assert run_.events.verdicts[again].refused == {"one to each host": 3}
    assert len(agents_on(run_, 119)) == 4


def test_a_daemon_goes_only_where_its_expression_holds():
    groups = [{"hosts": 2}, {"name": "gpu", "hosts": 2, "attributes": {"gpu": "yes"}}]
    run_ = tell(
        duration_s=30, fleet={"groups": groups}, services=[AGENT | {"constraints": ["memberOf(attribute:gpu == yes)"]}]
    )

    assert agents_on(run_, 29) == ["a2", "c1"]
    assert rows(run_, Kind.TASK_REFUSED) == []


def test_a_daemon_without_room_waits_and_takes_it_when_it_comes():
    """Its predecessor still drains, a task started by hand has the rest: the new one waits seven seconds for the room."""
    run_ = tell(
        duration_s=60, zones=1, fleet={"hosts": 1, "instance_type": "m5.large"}, balancer=QUICK,
        services=[AGENT | {"cpu_units": 1024}],
        operations=[{"do": "stop-task", "task": 1, "at_s": 20}, {"do": "run-tasks", "at_s": 20}],
    )  # fmt: skip

    assert reasons(run_, Kind.TASK_REFUSED, task=3) == ["cpu"]
    assert times(run_, Kind.TASK_PLACED, task=3) == [27]
    assert serving(run_, 26, 59) == [0, 1]


def test_a_daemons_count_cannot_be_set():
    run_ = with_agent(duration_s=30, operations=[{"do": "set-desired", "service": "agent", "desired": 9, "at_s": 5}])

    assert reasons(run_, Kind.OPERATION_IGNORED) == ["agent is a daemon: it has as many tasks as there are hosts"]
    assert len(agents_on(run_, 29)) == 4


# --- stand-alone tasks -----------------------------------------------------------------------------------------------


def by_hand(run_):
    return [int(run_.events.task[i]) for i in rows(run_, Kind.TASK_CREATED) if run_.events.reason[i] == "run-tasks"]


def test_tasks_by_hand_belong_to_no_service_and_are_not_replaced():
    run_ = tell(
        duration_s=200, services=[{"desired": 3}], fleet={"hosts": 3},
        operations=[{"do": "run-tasks", "count": 4, "at_s": 10}, {"do": "fail-host", "host": "a1", "at_s": 60}],
    )  # fmt: skip
    mine = by_hand(run_)

    assert len(mine) == 4
    assert serving(run_, 50) == [3]  # no traffic goes to them
    died = {int(run_.events.task[i]) for i in rows(run_, Kind.TASK_LOST)}
    assert len(rows(run_, Kind.TASK_CREATED)) == 7 + len(died - set(mine))


def test_tasks_by_hand_end_when_they_are_done():
    run_ = tell(
        duration_s=200, services=[{"desired": 0}], operations=[{"do": "run-tasks", "count": 2, "at_s": 10, "for_s": 30}]
    )
    ran = times(run_, Kind.TASK_RUNNING)

    assert reasons(run_, Kind.TASK_STOPPED) == ["EssentialContainerExited"] * 2
    assert times(run_, Kind.TASK_STOPPED) == pytest.approx([at_s + 30 for at_s in ran])


def test_tasks_by_hand_without_room_are_refused_at_once():
    run_ = tell(duration_s=60, services=[{"desired": 22}], operations=[{"do": "run-tasks", "count": 4, "at_s": 10}])

    assert times(run_, Kind.TASK_REFUSED) == [10, 10]
    assert reasons(run_, Kind.TASK_STOPPED) == ["RESOURCE:CPU"] * 2
    assert times(run_, Kind.TASK_STOPPED) == [10, 10]


def test_tasks_by_hand_go_by_their_own_strategies():
    def hosts(**more):
        run_ = tell(duration_s=30, services=[{"desired": 0}], fleet={"hosts": 6},
                    operations=[{"do": "run-tasks", "count": 6, "at_s": 5} | more])  # fmt: skip
        return [run_.hosts[int(run_.events.host[i])][0] for i in rows(run_, Kind.TASK_PLACED)]

    assert hosts(placement=["binpack-cpu"]) == ["a1"] * 4 + ["b1"] * 2
    assert hosts(placement=["spread-hosts"]) == ["a1", "b1", "c1", "a2", "b2", "c2"]
    assert sorted(hosts(constraints=["distinctInstance"])) == ["a1", "a2", "b1", "b2", "c1", "c2"]
    assert len(set(hosts())) not in (1, 6)  # at random by default


def test_tasks_by_hand_are_no_peers_of_the_service():
    """Two by hand on a1; the service's own spread does not see them."""
    run_ = tell(
        duration_s=60, services=[{"desired": 0, "cpu_units": 256, "memory_mib": 256}], fleet={"hosts": 3},
        operations=[
            {"do": "run-tasks", "count": 2, "at_s": 5, "placement": ["binpack-cpu"]},
            {"do": "set-desired", "desired": 1, "at_s": 10},
        ],
    )  # fmt: skip
    placed = rows(run_, Kind.TASK_PLACED)

    assert [run_.hosts[int(run_.events.host[i])][0] for i in placed] == ["a1"] * 3
    assert run_.events.verdicts[placed[2]].scores["spread-zones"].tolist() == [0, 0, 0]


def test_draining_leaves_tasks_by_hand_alone():
    run_ = tell(
        duration_s=300, services=[{"desired": 1}], fleet={"hosts": 2, "rebalance": False}, zones=1, balancer=QUICK,
        operations=[
            {"do": "run-tasks", "count": 1, "at_s": 5, "constraints": ["memberOf(ec2InstanceId == i-a1)"]},
            {"do": "drain-host", "host": "a1", "at_s": 30},
        ],
    )  # fmt: skip
    stopped = {int(run_.events.task[i]) for i in rows(run_, Kind.TASK_STOPPED)}

    assert stopped == {1}
    assert by_hand(run_) == [2]


@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate"])
def test_a_task_by_hand_can_be_stopped_and_dies_with_its_zone(launch_type):
    run_ = tell(
        launch_type=launch_type, duration_s=400, zones=1, services=[{"desired": 0}], fleet={"hosts": 2},
        operations=[
            {"do": "run-tasks", "count": 2, "at_s": 5}, {"do": "stop-task", "task": 1, "at_s": 100},
            {"do": "fail-zone", "zone": "a", "at_s": 150},
        ],
    )  # fmt: skip

    assert reasons(run_, Kind.TASK_STOPPED, task=1) == ["UserInitiated"]
    assert times(run_, Kind.TASK_LOST) == [150]
    assert reasons(run_, Kind.TASK_STOPPED, task=2) == ["InfrastructureHealth"]
    assert len(rows(run_, Kind.TASK_CREATED)) == 2
