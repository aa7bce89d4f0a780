"""Law 4: nothing appears and nothing vanishes: requests, tasks, room."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Kind, Scenario, catalog, run
from engine.launch import launch_type, launch_types
from engine.placement.room import SYSTEM_PODS, enis_for_tasks
from tests.laws.any_scenario import scenarios


def assert_requests_add_up(run_):
    for service in run_.requests.services:
        kept = service.kept
        outcomes = Counter(kept.outcome.tolist())
        arrived, served = int(service.arrived.sum()), int(service.served.sum())
        failed = service.failed.sum(axis=(1, 2))

        assert arrived == len(kept.outcome) == served + int(failed.sum()) + service.in_flight
        assert service.in_flight >= 0
        # The columns count the same requests that the tables count.
        assert served == outcomes[0]
        assert [int(n) for n in failed] == [outcomes[i] for i in (1, 2, 3, 4, 5)]
        assert service.in_flight == outcomes[-1]
        assert service.latency.sum() == served
        assert np.array_equal(service.latency.sum(axis=1), service.served.sum(axis=0))
        retried = int(service.retried.sum())
        assert retried <= (kept.attempts - 1).sum() <= retried + service.in_flight


@settings(max_examples=60)
@given(scenarios())
def test_every_request_that_came_was_served_failed_or_is_still_there(scenario):
    assert_requests_add_up(run(scenario, keep_requests=True))


@settings(max_examples=30)
@given(scenarios())
def test_no_worker_works_more_than_all_the_time(scenario):
    if launch_type(scenario.launch_type).is_function:
        scenario = scenario.with_("launch_type", "ecs-fargate")
    run_ = run(scenario)
    for service, requests in zip(scenario.services, run_.requests.services, strict=True):
        most = service.concurrency * run_.requests.step_s * 1e9

        assert requests.busy_ns.min(initial=0) >= 0
        assert requests.busy_ns.max(initial=0) <= most + service.concurrency  # a nanosecond of rounding for each worker
        assert requests.busy_ns[0].sum() == 0  # "no target" does no work


ORDER = [
    Kind.TASK_CREATED, Kind.TASK_PLACED, Kind.TASK_PENDING, Kind.TASK_PULLED, Kind.TASK_ACTIVATING, Kind.TASK_RUNNING,
    Kind.TASK_SERVING, Kind.TASK_DEACTIVATING, Kind.TASK_STOPPING, Kind.TASK_DEPROVISIONING, Kind.TASK_STOPPED,
]  # fmt: skip


def assert_tasks_add_up(run_):
    """Each state once and in order. A pod lives anew when its node comes back with it, and serves anew when it is ready again."""
    events, is_kubernetes = run_.events, launch_type(run_.scenario.launch_type).is_kubernetes
    seen: dict[int, list[Kind]] = {}
    for i in events.where(*ORDER, Kind.POD_RESTARTED, Kind.TASK_UNHEALTHY):
        kind, lived = Kind(int(events.kind[i])), seen.setdefault(int(events.task[i]), [])
        if kind in ORDER:
            lived.append(kind)
        elif kind == Kind.POD_RESTARTED:
            assert is_kubernetes
            assert Kind.TASK_DEACTIVATING not in lived
            del lived[2:]  # created and placed it stays
        elif is_kubernetes and lived[-1] == Kind.TASK_SERVING:
            lived.pop()

    assert sorted(seen) == list(range(1, len(seen) + 1))  # numbered without a gap
    for task, kinds in seen.items():
        assert max(Counter(kinds).values()) == 1, (task, kinds)  # each state once
        assert kinds == sorted(kinds, key=ORDER.index), (task, kinds)  # and in ECS's order
        assert kinds[0] == Kind.TASK_CREATED
    created, stopped = len(events.where(Kind.TASK_CREATED)), len(events.where(Kind.TASK_STOPPED))
    there = sum(Kind.TASK_STOPPED not in kinds for kinds in seen.values())
    assert created == stopped + there


@settings(max_examples=80)
@given(scenarios())
def test_every_task_lives_its_life_once_and_in_order(scenario):
    assert_tasks_add_up(run(scenario))


def test_power_that_goes_and_comes_twice_starts_a_host_once():
    """The second return finds the host booting already: no second boot, and nobody's task is swept away by it."""
    cut = [("fail-zone", 100), ("restore-zone", 110), ("fail-zone", 120), ("restore-zone", 130)]
    run_ = run(Scenario.of({
        "traffic": {"rps": 5}, "services": [{"desired": 4}],
        "fleet": {"hosts": 3, "replace": False, "rebalance": False, "boot_min_s": 60, "boot_max_s": 60},
        "operations": [{"do": do, "zone": "a", "at_s": at_s} for do, at_s in cut],
    }))  # fmt: skip
    events = run_.events
    ready_again = [i for i in events.where(Kind.HOST_READY) if events.at_s[i] > 0]

    assert len(ready_again) == 1
    assert_tasks_add_up(run_)


# --- hosts -----------------------------------------------------------------------------------------------------------


def assert_room_is_kept(run_):
    """Fold the log: room is taken when a task is placed, given back when it stops on a live host or its host starts anew."""
    scenario, events = run_.scenario, run_.events
    kinds = [catalog.instance_type(kind.instance_type) for kind in run_.kinds]
    on: dict[int, dict[int, int]] = {}
    is_alive: dict[int, bool] = {}
    stopped: set[int] = set()
    launch = launch_type(scenario.launch_type)
    for i in range(len(events)):
        what, host, task = Kind(int(events.kind[i])), int(events.host[i]), int(events.task[i])
        if host < 0:
            continue
        if what == Kind.HOST_READY:
            is_alive[host] = True  # a pod that nobody deleted is still there; of ECS's tasks none is
            on[host] = {task: service for task, service in on.get(host, {}).items() if task not in stopped}
        elif what in {Kind.HOST_LOST, Kind.HOST_GONE}:
            is_alive[host] = False
        elif what == Kind.TASK_PLACED:
            on[host][task] = int(events.service[i])
        elif what == Kind.TASK_STOPPED:
            stopped.add(task)
            if is_alive[host]:
                on[host].pop(task, None)
        needs = [scenario.services[service] for service in on.get(host, {}).values()]
        kind = kinds[host]
        mib = int(kind.memory_mib * scenario.assumptions.host_memory_share)
        assert sum(need.cpu_units for need in needs) <= kind.cpu_units, (events.at_s[i], host)
        assert sum(need.memory_mib for need in needs) <= mib, (events.at_s[i], host)
        ports = [port for need in needs for port in need.ports]
        assert len(set(ports)) == len(ports), (events.at_s[i], host)
        if launch.is_kubernetes:
            assert len(needs) <= kind.max_pods - SYSTEM_PODS
            continue
        own = sum(need.network_mode == "awsvpc" for need in needs)
        assert own <= enis_for_tasks(kind, trunking=scenario.fleet.trunking), (events.at_s[i], host)


@settings(max_examples=60)
@given(scenarios(), st.sampled_from([name for name, launch in launch_types().items() if launch.has_hosts]))
def test_no_host_holds_more_than_it_can(scenario, shared_hosts):
    assert_room_is_kept(run(scenario.with_("launch_type", shared_hosts)))


@pytest.mark.parametrize("strategies", [["binpack-cpu"], ["binpack-memory"], ["spread-hosts"], ["random"]])
def test_no_host_holds_more_than_it_can_when_services_crowd_it(strategies):
    services = [
        {"name": "web", "desired": 9, "cpu_units": 700, "memory_mib": 3000, "placement": strategies},
        {
            "name": "api",
            "desired": 6,
            "cpu_units": 1500,
            "memory_mib": 900,
            "placement": strategies,
            "host_ports": [8080],
        },
    ]
    run_ = run(Scenario.of({
        "traffic": {"rps": 5}, "services": services, "fleet": {"hosts": 4, "boot_min_s": 30, "boot_max_s": 60},
        "operations": [{"do": "fail-host", "host": "a1", "at_s": 50}, {"do": "drain-host", "host": "b1", "at_s": 200}],
    }))  # fmt: skip

    assert len(run_.events.where(Kind.TASK_REFUSED)) > 0  # it was tight
    assert_room_is_kept(run_)
    assert_tasks_add_up(run_)


@settings(max_examples=30)
@given(scenarios(most_operations=2))
def test_a_task_without_a_host_is_only_where_nobody_brings_one(scenario):
    events = run(scenario).events
    placed = events.where(Kind.TASK_PLACED)

    assert all((events.host[placed] >= 0) == launch_type(scenario.launch_type).has_hosts)
    assert all(events.zone[placed] >= 0)
