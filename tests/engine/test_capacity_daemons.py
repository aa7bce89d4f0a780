"""Daemons on a capacity provider's hosts: they keep no host, they are not counted, and they leave as the last."""

import pytest

from engine import Kind, Scenario
from engine.errors import ScenarioError
from engine.idle import idle_reasons, readings
from engine.placement.doubts import doubts
from tests.engine.a_group import BOOT, QUICK, TASK, group, looks
from tests.engine.the_log import numbers, reasons, tell, times

LOGGER = {"name": "logger", "kind": "daemon", "cpu_units": 128, "memory_mib": 128, "image_mib": 0, "start_s": 0}


def watched(desired=4, *, logger=None, service=None, operations=(), duration_s=1_500, **settings):
    """A group of m5.large with one service on it, and a daemon beside it."""
    web = TASK | {"desired": desired, "capacity": [{"provider": "group", "weight": 1}]} | (service or {})
    return Scenario.of({
        "duration_s": duration_s, "balancer": QUICK, "fleet": BOOT | {"providers": [group(**settings)]},
        "traffic": {"rps": 2}, "services": [web, LOGGER | (logger or {})], "operations": list(operations),
    })  # fmt: skip


def told(*args, **settings):
    return tell(**watched(*args, **settings).model_dump())


def test_a_host_with_nothing_but_a_daemon_is_empty_and_goes():
    """Two tasks fill a host less its daemon; four hosts, one needed. The daemons alone would keep every host busy."""
    run_ = told(2, service={"cpu_units": 900, "placement": ["binpack-cpu"]}, hosts=4, protect=True, quiet_points=3)

    assert looks(run_, 1, 5) == [(1, 4, 0), (1, 4, 0), (1, 4, -1), (1, 3, -1), (1, 2, -1)]
    assert [stay.why for stay in idle_reasons(run_, 100)] == ["protected", "quiet", "quiet", "quiet"]
    assert all(stay.services == ("web",) * (stay.why == "protected") for stay in idle_reasons(run_, 100))
    assert [stay.why for stay in idle_reasons(run_, 1_400)] == ["protected"]


@pytest.mark.parametrize("protect", [True, False])
def test_the_daemon_of_a_host_that_goes_is_told_to_stop_before_the_host_ends(protect):
    run_ = told(2, service={"cpu_units": 900, "placement": ["binpack-cpu"]}, hosts=2, protect=protect, quiet_points=1)
    (gone,) = numbers(run_, "host", Kind.HOST_GONE)

    assert numbers(run_, "service", Kind.TASK_STOPPED, host=int(gone)) == [0, 0, 1][-1 if protect else 0 :]
    assert times(run_, Kind.TASK_STOPPED, host=int(gone))[-1] <= times(run_, Kind.HOST_GONE)[0]
    assert reasons(run_, Kind.TASK_LOST) == []


def test_an_empty_group_with_a_daemon_service_goes_down_to_nothing():
    run_ = told(0, hosts=3, quiet_points=1)

    assert looks(run_)[0] == (0, 3, -1)
    assert looks(run_)[-1] == (0, 0, 0)
    assert readings(run_)[-1][1].reservation == 100


@pytest.mark.parametrize(("logger", "hosts"), [({}, 6), ({"constraints": ["memberOf(attribute:disk == ssd)"]}, 4)])
def test_new_hosts_are_counted_with_the_room_that_daemons_leave(logger, hosts):
    """Two of 1024 units fill 2048; where each host carries a daemon it is one. A daemon that may not come takes nothing."""
    run_ = told(2, logger=logger, operations=[{"do": "set-desired", "service": "web", "desired": 6, "at_s": 90}],
                duration_s=240, hosts=2, max_hosts=9, service={"placement": ["spread-hosts"]})  # fmt: skip

    asked = [host for host, at_s in zip(numbers(run_, "host", Kind.HOST_ASKED), times(run_, Kind.HOST_ASKED), strict=True)
             if at_s < 130]  # fmt: skip
    assert len(asked) == hosts - (hosts == 4)


def test_a_task_that_fits_no_host_beside_its_daemon_waits_and_the_group_does_not_run_away():
    run_ = told(1, service={"cpu_units": 2048}, hosts=1, max_hosts=9)

    assert len(run_.hosts) == 1
    assert {(r.seen.waiting, r.seen.too_large) for _, r in readings(run_)} == {(0, 1)}


def test_a_daemon_has_no_strategy():
    with pytest.raises(ScenarioError, match="takes no capacity provider strategy for a daemon"):
        watched(logger={"capacity": [{"provider": "group", "weight": 1}]})


# --- other things that a host has once, or a few of ------------------------------------------------------------------


@pytest.mark.parametrize(("service", "hosts"), [
    ({}, 1),                                       # CPU: five to a host; ten of twelve have theirs
    ({"network_mode": "awsvpc"}, 4),               # interfaces: two to an m5.large; eight wait
    ({"constraints": ["distinctInstance"]}, 10),   # one to a host
])  # fmt: skip
def test_hosts_are_asked_for_by_what_runs_out_first(service, hosts):
    run_ = told(2, logger={"constraints": ["memberOf(attribute:disk == ssd)"]}, duration_s=200, hosts=2, max_hosts=20,
                service=service | {"cpu_units": 400, "memory_mib": 900},
                operations=[{"do": "set-desired", "service": "web", "desired": 12, "at_s": 90}])  # fmt: skip
    (first,) = [reading.step for at_s, reading in readings(run_) if at_s == 120]

    assert first == hosts


def test_the_doubts_know_how_far_a_group_grows_and_for_whom():
    def said(*args, **settings):
        return [(doubt.path, doubt.allowed) for doubt in doubts(watched(*args, **settings))]

    fits = {"service": {"cpu_units": 900}, "hosts": 1, "max_hosts": 4}
    assert said(8, **fits) == []
    assert said(9, **fits) == [("services.0.desired", "8 on 4 hosts")]
    assert said(3, **fits, managed_scaling=False) == [("services.0.desired", "2 on 1 hosts")]
    large = {"service": {"cpu_units": 3000}, "instance_types": ["m5.xlarge", "m5.large"], "hosts": 2, "max_hosts": 9}
    assert said(3, **large) == [("services.0.desired", "2 on 2 hosts")]  # the group never grows for it
