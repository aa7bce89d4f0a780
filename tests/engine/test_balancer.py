"""The load balancer: when a hung target leaves, what happens when none is left, whom a zone's front sends to, and DNS."""

import numpy as np
import pytest

from engine import Kind, catalog
from tests.engine.the_log import numbers, rows, serving, tell, times

FAIL_B = {"do": "fail-zone", "zone": "b", "at_s": 100}


def per_second(run_, what):
    requests = run_.requests.services[0]
    return requests.failed[what].sum(axis=0) if isinstance(what, int) else getattr(requests, what)


def by_zone(run_, since_s, until_s):
    """Count the requests served by the tasks of each zone."""
    zone_of = {run_.events.task[i]: run_.events.zone[i] for i in rows(run_, Kind.TASK_PLACED)}
    requests, zones = run_.requests.services[0], np.zeros(run_.scenario.zones, dtype=int)
    for row, task in enumerate(requests.task):
        if task:
            zones[zone_of[task]] += requests.served[row, since_s:until_s].sum()
    return zones.tolist()


# --- targets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate"])
def test_a_hung_target_leaves_after_35_to_65_seconds(launch_type):
    run_ = tell(launch_type=launch_type, services=[{"desired": 30}], fleet={"hosts": 9}, operations=[FAIL_B])
    low, high = catalog.value("elb.alb.detect_time", "out_s")
    after = [t - 100 for t in times(run_, Kind.TASK_UNHEALTHY)]

    assert len(after) >= 9
    assert low <= min(after) < 45
    assert 55 < max(after) <= high


def test_a_new_target_needs_one_check():
    run_ = tell(warm=False, services=[{"desired": 20, "start_s": 12}], fleet={"hosts": 9})
    waited = [
        times(run_, Kind.TASK_SERVING, task=n)[0] - times(run_, Kind.TASK_RUNNING, task=n)[0] for n in range(1, 21)
    ]

    # The application answers after 12 s; the first check that finds it so is enough, and checks come every 30 s.
    assert 12 <= min(waited) < 25
    assert 30 < max(waited) <= 12 + 30


def test_requests_to_a_hung_target_time_out_until_it_leaves():
    run_ = tell(
        traffic={"rps": 60}, services=[{"desired": 3, "work_ms": 20, "timeout_s": 3}], fleet={"replace": False},
        operations=[{"do": "fail-host", "host": "a1", "at_s": 100}],
    )  # fmt: skip
    timed_out = per_second(run_, 1)
    (left,) = times(run_, Kind.TASK_UNHEALTHY)

    assert timed_out[:102].sum() == 0
    assert timed_out[104 : int(left)].mean() == pytest.approx(20, rel=0.2)  # a third of the requests
    assert timed_out[int(left) + 5 :].sum() == 0


def test_with_nobody_healthy_it_fails_open_and_closes_again():
    """Both tasks hang and their checks fail: requests go to them all the same, and time out; no request finds no target."""
    run_ = tell(
        traffic={"rps": 20}, launch_type="ecs-fargate", zones=2, duration_s=900, services=[{"desired": 2}],
        operations=[{"do": "impair-zone", "zone": zone, "latency_ms": 0, "loss": 1, "at_s": 100} for zone in "ab"]
        + [{"do": "restore-zone", "zone": zone, "at_s": 400} for zone in "ab"],
    )  # fmt: skip

    assert 135 <= times(run_, Kind.FAILED_OPEN)[0] <= 200
    assert times(run_, Kind.FAILED_CLOSED)[-1] > 400
    assert serving(run_, 99, 300, 890) == [2, 0, 2]
    assert per_second(run_, 3)[:100].sum() == 0


def test_a_service_that_never_had_a_healthy_target_has_none_to_fail_open_to():
    run_ = tell(traffic={"rps": 20}, warm=False, services=[{"desired": 0}])

    assert per_second(run_, 3).sum() == run_.requests.services[0].arrived.sum()


# --- cross-zone ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cross_zone", "shares"), [(True, [2, 1, 1]), (False, [4, 4, 4])])
def test_whom_a_front_sends_to(cross_zone, shares):
    """Four tasks in three zones: across zones each task gets a quarter; zone by zone each zone a third."""
    run_ = tell(traffic={"rps": 60}, services=[{"desired": 4}], balancer={"cross_zone": cross_zone})
    counts = by_zone(run_, 0, 600)
    total = sum(counts)

    assert counts == pytest.approx([total * share / sum(shares) for share in shares], rel=0.02)


def test_across_zones_one_slow_zones_tasks_get_their_share_zone_by_zone_only_its_own():
    operations = [{"do": "fail-host", "host": "b1", "at_s": 100}]
    settings = {
        "traffic": {"rps": 60},
        "services": [{"desired": 3}],
        "operations": operations,
        "fleet": {"replace": False, "hosts": 3},
    }
    wide = tell(**settings, balancer={"cross_zone": True, "dns_ttl_s": 0})
    narrow = tell(**settings, balancer={"cross_zone": False, "dns_ttl_s": 0})
    gone = int(times(narrow, Kind.TASK_UNHEALTHY)[0])

    assert by_zone(wide, gone + 5, gone + 25)[1] == 0
    assert times(narrow, Kind.FRONT_LEFT, zone=1)[0] == times(narrow, Kind.TASK_UNHEALTHY)[0]


# --- zones and DNS ---------------------------------------------------------------------------------------------------


def test_a_dead_front_stays_in_dns_until_noticed_and_its_clients_drift_away_within_the_ttl():
    run_ = tell(
        traffic={"rps": 90}, launch_type="ecs-fargate", services=[{"desired": 9, "timeout_s": 1}],
        balancer={"dns_notices_s": 20, "dns_ttl_s": 60, "cross_zone": False}, operations=[FAIL_B],
    )  # fmt: skip
    timed_out = per_second(run_, 1)
    left = times(run_, Kind.FRONT_LEFT, zone=1)[0]

    assert left == 120
    assert timed_out[102:121].mean() == pytest.approx(30, rel=0.15)  # every third request knocks at the dead front
    assert timed_out[145:156].mean() == pytest.approx(15, rel=0.25)  # half the record's life later, half as many
    assert timed_out[183:].sum() == 0


def test_a_zone_that_returns_joins_dns_once_a_target_there_is_healthy():
    run_ = tell(
        traffic={"rps": 90}, launch_type="ecs-fargate", services=[{"desired": 9}], duration_s=900,
        balancer={"dns_ttl_s": 60}, operations=[FAIL_B, {"do": "restore-zone", "zone": "b", "at_s": 300}],
    )  # fmt: skip
    joined = times(run_, Kind.FRONT_JOINED, zone=1)

    assert len(joined) == 1
    assert joined[0] == min(t for t in times(run_, Kind.TASK_SERVING, zone=1) if t > 300)


@pytest.mark.parametrize("cross_zone", [True, False])
def test_a_zonal_shift_empties_a_zone_of_requests_and_ends(cross_zone):
    run_ = tell(
        traffic={"rps": 90}, services=[{"desired": 9}], duration_s=400, balancer={"dns_ttl_s": 30, "cross_zone": cross_zone},
        operations=[{"do": "zonal-shift", "zone": "b", "at_s": 100, "for_s": 120}],
    )  # fmt: skip
    third = 90 * 80 / 3

    assert by_zone(run_, 10, 90)[1] == pytest.approx(third, rel=0.1)
    assert by_zone(run_, 135, 215)[1] == 0
    assert by_zone(run_, 310, 390)[1] == pytest.approx(third, rel=0.1)
    assert (times(run_, Kind.SHIFT_STARTED), times(run_, Kind.SHIFT_ENDED)) == ([100], [220])
    assert numbers(run_, "value", Kind.SHIFT_STARTED) == [120]
    assert run_.requests.services[0].failed.sum() == 0  # moving traffic hurts nobody


def test_a_second_shift_of_the_same_zone_is_not_ended_by_the_first():
    shifts = [{"do": "zonal-shift", "zone": "b", "at_s": t, "for_s": 100} for t in (100, 150)]
    run_ = tell(
        traffic={"rps": 90}, services=[{"desired": 9}], duration_s=400, balancer={"dns_ttl_s": 0}, operations=shifts
    )

    if not times(run_, Kind.OPERATION_IGNORED):  # to refuse the second, and say so, is an answer too
        assert by_zone(run_, 205, 245)[1] == 0
    assert by_zone(run_, 255, 300)[1] > 0


def test_an_impaired_zone_slows_and_loses_what_passes_through_it():
    run_ = tell(
        traffic={"rps": 90}, services=[{"desired": 9, "work_ms": 10, "timeout_s": 2}], duration_s=300,
        balancer={"cross_zone": False},
        operations=[{"do": "impair-zone", "zone": "b", "latency_ms": 500, "loss": 0.2, "at_s": 100}],
    )  # fmt: skip
    kept = run_.requests.services[0].kept
    took = kept.end_s - kept.arrive_s
    during = (kept.arrive_s > 105) & (kept.arrive_s < 130)
    share_slow = (took[during & (kept.outcome == 0)] > 0.5).mean()

    assert (kept.outcome[during] == 2).mean() == pytest.approx(0.2 / 3, rel=0.4)
    assert share_slow == pytest.approx(0.8 / (3 - 0.2), rel=0.15)
    assert (took[kept.arrive_s < 100] < 0.5).all()


def test_an_old_notice_of_a_zone_that_came_back_says_nothing_about_its_second_loss():
    """Lost at 100, back at 110, lost at 115: the second loss is noticed 20 s after itself, not 20 s after the first."""
    run_ = tell(
        launch_type="ecs-fargate", services=[{"desired": 3}],
        balancer={"dns_notices_s": 20}, operations=[FAIL_B, {"do": "restore-zone", "zone": "b", "at_s": 110}, FAIL_B | {"at_s": 115}],
    )  # fmt: skip

    assert times(run_, Kind.FRONT_LEFT, zone=1)[0] == 135


# --- algorithms ------------------------------------------------------------------------------------------------------


def test_round_robin_deals_evenly_random_nearly_and_least_outstanding_by_speed():
    def spread(algorithm):
        run_ = tell(traffic={"rps": 100}, services=[{"desired": 4}], balancer={"algorithm": algorithm})
        served = run_.requests.services[0].served[1:].sum(axis=1)
        return (served.max() - served.min()) / served.mean()

    assert spread("round-robin") < 0.001
    assert 0.001 < spread("random") < 0.1
    assert 0 < spread("least-outstanding-requests") < 0.1


def test_least_outstanding_steers_around_a_hung_target():
    def failed(algorithm):
        run_ = tell(
            traffic={"rps": 60}, services=[{"desired": 6, "timeout_s": 10}], balancer={"algorithm": algorithm},
            fleet={"hosts": 6, "replace": False}, operations=[{"do": "fail-host", "host": "a1", "at_s": 100}],
        )  # fmt: skip
        return run_.requests.services[0].failed.sum()

    assert failed("least-outstanding-requests") < 0.3 * failed("round-robin")
