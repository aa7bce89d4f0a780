"""What a roll-out and a disruption budget promise is kept, whatever is done on purpose; what can go on ends; and the
autoscaler stays within what it was given.

Nothing fails here: nobody promises anything against that.
"""

import math

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import Kind, Scenario, run
from engine.kubernetes.disruption import Disruption, Owner, budget
from engine.kubernetes.rollout import fence
from engine.rollouts import ready, rollouts, sights, versions
from tests.laws.any_scenario import pods

END_S = 900.0


@st.composite
def deployments(draw, most_drains=3, fails=(False, False, True)):
    """A deployment with room to spare, whose versions change and whose nodes are drained at random moments."""
    moments = st.one_of(st.integers(20, 300).map(float), st.floats(20, 300, allow_nan=False))
    deploys = draw(st.lists(
        st.fixed_dictionaries({
            "do": st.just("deploy"), "at_s": moments, "fails": st.sampled_from(fails),
            "undo": st.sampled_from([False, False, True]), "start_s": st.sampled_from([None, 0, 11]),
        }), max_size=3,
    ))  # fmt: skip
    hosts = st.builds("{}{}".format, st.sampled_from("ab"), st.integers(1, 3))
    drains = draw(st.lists(
        st.fixed_dictionaries({"do": st.just("drain-host"), "at_s": moments, "host": hosts}), max_size=most_drains
    ))  # fmt: skip
    asked = draw(pods())
    asked["rollout"]["progress_deadline_s"] = draw(st.sampled_from([60, 200]))
    launch_type = draw(st.sampled_from(["k8s-self-run", "eks-managed"]))
    return Scenario.of({
        "seed": draw(st.integers(0, 2**32 - 1)), "duration_s": END_S, "launch_type": launch_type, "zones": 2,
        "fleet": {"hosts": 12}, "traffic": {"rps": 1}, "operations": deploys + drains,
        "services": [{
            "desired": draw(st.integers(1, 12)), "cpu_units": 256, "memory_mib": 256, "image_mib": draw(st.sampled_from([0, 200])),
            "start_s": draw(st.sampled_from([0, 4, 20])), "pods": asked,
        }],
        "assumptions": {"scheduler_s": draw(st.sampled_from([0.5, 1]))},
    })  # fmt: skip


def counts(run_):
    """The moments at which the number of ready pods changes, and that number from each on."""
    spans = ready(run_)
    at_s = np.unique(np.concatenate([[1.0], spans.start_s, spans.end_s[spans.end_s < END_S]]))
    at_s = at_s[at_s >= 1.0]
    return at_s, spans.running_at(at_s)


def promised(scenario):
    """The fewest ready pods that a roll-out and a budget leave: each may take its part while the other looks on."""
    service = scenario.services[0]
    rule, desired = service.pods.rollout, service.desired
    least = desired
    if any(o.do == "deploy" for o in scenario.operations):
        least -= fence(rule.strategy, rule.max_surge, rule.max_unavailable, desired).unavailable
    if any(o.do == "drain-host" for o in scenario.operations):
        spared = service.pods.disruption
        least = min(least, 0 if spared is None else budget(spared, [Owner(desired, desired, desired)]).desired_healthy)
    return least


@settings(max_examples=50)
@given(deployments())
def test_never_fewer_ready_than_promised(scenario):
    """Roll-outs, undone and failing ones, and drains at once: the ready pods never fall below either promise."""
    assume(scenario.services[0].pods.rollout.strategy == "RollingUpdate" or not rollouts_of(scenario))
    _, there = counts(run(scenario))

    assert there.min() >= promised(scenario)


def rollouts_of(scenario):
    return [o for o in scenario.operations if o.do == "deploy"]


@settings(max_examples=30)
@given(deployments(most_drains=0))
def test_never_more_asked_for_than_the_surge_allows(scenario):
    """The replica sets together never ask for more than what is wanted and the surge."""
    rule, desired = scenario.services[0].pods.rollout, scenario.services[0].desired
    run_ = run(scenario)
    sizes = {0: desired}
    most = desired + fence(rule.strategy, rule.max_surge, rule.max_unavailable, desired).surge
    for one in rollouts(run_):
        for _, version, size in one.sizes:
            sizes[version] = size

            assert sum(sizes.values()) <= most


@settings(max_examples=30)
@given(deployments(fails=(False,)))
def test_a_rollout_that_can_go_on_ends(scenario):
    """Every pod starts, and there is room: the last roll-out is done, and only its version is left."""
    assume(rollouts_of(scenario))
    run_ = run(scenario)
    begun = rollouts(run_)
    assume(begun)
    of = versions(run_)
    spans = ready(run_)
    left = {of[int(task)] for task in spans.subject[spans.end_s >= END_S]}

    assert begun[-1].done_s is not None
    assert left == {begun[-1].version}
    assert counts(run_)[1][-1] == scenario.services[0].desired


@settings(max_examples=25)
@given(deployments(fails=(True,), most_drains=0))
def test_a_version_that_never_starts_is_reported_once_and_never_done(scenario):
    rule = scenario.services[0].pods.rollout
    for one in rollouts(run(scenario)):
        if one.version and one.done_s is None and one.stalled_s is not None:
            assert one.stalled_s >= one.began_s + rule.progress_deadline_s - 1e-6
        if one.version:
            assert one.done_s is None


@st.composite
def autoscaled(draw):
    """A service whose load comes and goes, and an autoscaler of any temper."""
    least = draw(st.integers(1, 4))
    return Scenario.of({
        "seed": draw(st.integers(0, 2**32 - 1)), "duration_s": 400, "launch_type": draw(st.sampled_from(["k8s-self-run", "eks-fargate"])),
        "zones": 2, "fleet": {"hosts": 8},
        "traffic": {"shape": "spike", "rps": 2, "peak_rps": draw(st.sampled_from([20, 80])), "at_s": 60, "for_s": 90},
        "operations": draw(st.lists(st.fixed_dictionaries({
            "do": st.just("deploy"), "at_s": st.integers(10, 200).map(float), "fails": st.booleans()}), max_size=1)),
        "services": [{
            "desired": draw(st.integers(1, 8)), "cpu_units": 256, "memory_mib": 512, "concurrency": 1, "image_mib": 0, "start_s": 3,
            "pods": draw(pods()),
            "scaling": {"metric": draw(st.sampled_from(["cpu", "memory", "requests"])), "target": draw(st.sampled_from([15, 50, 200])),
                        "min_tasks": least, "max_tasks": draw(st.integers(least, 15))},
        }],
    })  # fmt: skip


@settings(max_examples=30)
@given(autoscaled())
def test_the_autoscaler_stays_within_bounds_and_rates(scenario):
    """From its first look on the count is within the bounds, and no look grows it faster than it may."""
    settings_, rule = scenario.services[0].scaling, scenario.services[0].pods.hpa
    run_ = run(scenario)
    size, sizes = scenario.services[0].desired, []
    for _, seen in sights(run_):
        sizes.append(size)
        began = max(sizes[-math.ceil(15 / rule.sync_s) :])  # what went within the period may come back

        assert seen.current == size
        size = seen.decision.desired

        assert settings_.min_tasks <= size <= settings_.max_tasks
        if seen.current <= settings_.max_tasks and seen.current >= settings_.min_tasks and size > seen.current:
            assert rule.scale_up is None or rule.scale_up.select != "Disabled"
            if rule.scale_up is None:
                assert size <= max(2 * began, began + 4)
            if rule.scale_up is None and rule.scale_down is None:
                assert size <= max(2 * seen.current, 4)
        if settings_.min_tasks <= seen.current <= settings_.max_tasks and size < seen.current:
            assert rule.scale_down is None or rule.scale_down.select != "Disabled"
    assert len(sights(run_)) == len(run_.events.where(Kind.METRIC_READ)) > 0


def test_a_budget_can_be_counted_by_hand():
    """What the laws rest on: of ten wanted, a third may be away, rounded up."""
    assert budget(Disruption(max_unavailable="33%"), [Owner(10, 10, 10)]).desired_healthy == 6
