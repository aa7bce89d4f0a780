"""The HorizontalPodAutoscaler in a run: what it saw, what it decided, what came of it; and ECS's slower loop beside it."""

import itertools
import math

import pytest

from engine import Kind, Scenario, run
from engine.rollouts import sights
from engine.simulation import simulate
from engine.traffic.compiled import CompiledPlane
from engine.traffic.one_by_one import OneByOnePlane
from tests.engine.the_log import numbers, reasons, tell, times

# Six pods of four workers, 60 ms a request: 24 workers, so 200 req/s keep them busy for half the time.
SPIKE = {"shape": "spike", "rps": 200, "peak_rps": 380, "at_s": 120, "for_s": 240}
CALM = {"zones": 2, "duration_s": 900, "fleet": {"hosts": 12}, "traffic": SPIKE}


def scaled(launch_type="k8s-self-run", metric="cpu", target=50, given=None, hpa=None, bounds=(3, 30), **service):
    scaling = {"metric": metric, "target": target, "min_tasks": bounds[0], "max_tasks": bounds[1]}
    return tell(**CALM | {"launch_type": launch_type} | (given or {}),
                services=[{"desired": 6, "scaling": scaling, "pods": {"hpa": hpa or {}}} | service])  # fmt: skip


@pytest.fixture(scope="module")
def spike():
    return scaled()


def test_it_looks_every_fifteen_seconds_and_says_what_it_saw(spike):
    looks = sights(spike)

    assert [at_s for at_s, _ in looks] == [15.0 * n for n in range(1, 60)]
    assert [seen.metric for _, seen in looks[2:7]] == pytest.approx([50] * 5, abs=4)  # half of the workers are busy
    assert math.isnan(looks[0][1].metric)  # no pod has been read for a whole window yet
    assert looks[0][1].because
    assert looks[0][1].decision.reason == "FailedGetMetrics"


def test_it_grows_at_once_and_shrinks_after_five_calm_minutes(spike):
    sizes = list(zip(times(spike, Kind.DESIRED_SET), numbers(spike, "value", Kind.DESIRED_SET), strict=True))
    grown = [at_s for (at_s, size), before in zip(sizes, [6, *(s for _, s in sizes)], strict=False) if size > before]
    shrunk = [at_s for (at_s, size), before in zip(sizes, [6, *(s for _, s in sizes)], strict=False) if size < before]

    assert 120 < min(grown) <= 150
    assert min(shrunk) >= 360 + 300 - 15  # the last high recommendation was made in the spike
    assert set(reasons(spike, Kind.DESIRED_SET)) == {"HorizontalPodAutoscaler"}


def test_every_change_is_the_look_before_it(spike):
    asked = dict(zip(times(spike, Kind.DESIRED_SET), numbers(spike, "value", Kind.DESIRED_SET), strict=True))
    said = {at_s: seen.decision.desired for at_s, seen in sights(spike) if seen.decision.desired != seen.current}

    assert asked == said


def test_pods_that_start_hold_the_growth_back(spike):
    """While new pods are unready or unread, they count as idle: the same overload asks for no more of them."""
    busy = [seen for at_s, seen in sights(spike) if at_s > 120 and seen.metric > 60 and seen.unready + seen.missing > 0]

    assert busy
    assert all(seen.decision.recommended < math.ceil(seen.current * seen.metric / 50) for seen in busy)


def test_ecs_sees_the_same_spike_later(spike):
    """Fact `k8s.hpa.vs_ecs`: a look every 15 s against an alarm of three minutes."""
    assert times(spike, Kind.DESIRED_SET)[0] <= 150
    assert times(scaled("ecs-ec2"), Kind.DESIRED_SET)[0] >= 240


@pytest.mark.parametrize(("metric", "target", "first"), [
    ("cpu", 50, 6),
    ("requests", 2_000, 6),   # 200 req/s on six: 2,000 a minute each
    ("requests", 1_000, 12),
    ("memory", 31, 6),        # of 2,048 MiB, 30 % and 16 MiB for each request that is worked on
    ("memory", 10, 12),       # three times the target; but no more than the double at once
])  # fmt: skip
def test_what_each_metric_keeps(metric, target, first):
    run_ = scaled(metric=metric, target=target, given={"traffic": {"rps": 200}, "duration_s": 46})

    assert [seen.decision.desired for _, seen in sights(run_)][1] == first


def test_rules_of_its_own_slow_it_down():
    slow = {"scale_up": {"policies": [{"type": "Pods", "value": 1, "period_s": 60}]}}
    changes = times(scaled(hpa=slow), Kind.DESIRED_SET)

    assert len(changes) >= 3
    assert min(later - sooner for sooner, later in itertools.pairwise(changes)) >= 60


def test_bounds_hold_and_a_schedule_moves_them():
    run_ = scaled(bounds=(3, 8))

    assert max(numbers(run_, "value", Kind.DESIRED_SET)) == 8
    assert {seen.most for _, seen in sights(run_)} == {8}


def test_switched_off_by_hand_it_stays_off():
    run_ = scaled(given={"operations": [{"do": "set-desired", "desired": 0, "at_s": 200}]})
    after = [seen for at_s, seen in sights(run_) if at_s > 200]

    assert {seen.decision.reason for seen in after} == {"ScalingDisabled"}
    assert numbers(run_, "value", Kind.DESIRED_SET)[-1] == 0


def test_a_lost_zone_is_read_as_missing_and_nothing_shrinks_for_it():
    """The dead pods have no reading; taken to use all that they ask for, they keep the count where it is."""
    run_ = scaled(given={"operations": [{"do": "fail-zone", "zone": "b", "at_s": 60}], "traffic": {"rps": 120}},
                  bounds=(1, 30))  # fmt: skip
    missing = [seen for _, seen in sights(run_) if seen.missing == 3 and seen.ready == 3]

    assert missing
    assert all(seen.decision.recommended >= seen.current for seen in missing)


def test_both_data_planes_give_the_same_readings_target_by_target():
    scenario = Scenario.of({
        "launch_type": "k8s-self-run", "duration_s": 200, "zones": 2, "fleet": {"hosts": 6},
        "traffic": {"shape": "spike", "rps": 20, "peak_rps": 90, "at_s": 60, "for_s": 60},
        "services": [
            {"name": "one", "desired": 3, "scaling": {"metric": "cpu", "target": 30, "min_tasks": 1, "max_tasks": 9}},
            {"name": "two", "desired": 3, "scaling": {"metric": "requests", "target": 300, "min_tasks": 1, "max_tasks": 9}},
        ],
    })  # fmt: skip
    fast = simulate(scenario, CompiledPlane)
    slow = simulate(scenario, OneByOnePlane)

    assert len(fast.events.sights) == 26
    assert str(fast.events.sights) == str(slow.events.sights)
    assert fast.events.digest == slow.events.digest == run(scenario).events.digest
