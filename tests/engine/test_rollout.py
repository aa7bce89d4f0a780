"""Deployments and budgets: the rules alone. How a run carries them out is in test_kubernetes_rollout."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Scenario, ScenarioError
from engine.kubernetes.disruption import Budget, Disruption, Owner, budget, refusal
from engine.kubernetes.rollout import ReplicaSet, fence, fenceposts, new_size, reconcile_new, reconcile_old, resize


def problems(**pods):
    with pytest.raises(ScenarioError) as caught:
        Scenario.of({"services": [{"pods": pods}]})
    return str(caught.value)


# --- how far it may stray ---


@pytest.mark.parametrize(("surge", "unavailable", "desired", "posts"), [
    ("25%", "25%", 10, (3, 2)),  # up, and down
    ("25%", "25%", 1, (1, 0)),
    ("0", "25%", 3, (0, 1)),  # a quarter of three is none: one all the same, or nothing could move
    ("1", "0", 3, (1, 0)),
    ("100%", "0", 4, (4, 0)),
])  # fmt: skip
def test_surge_is_rounded_up_and_what_may_be_missing_down(surge, unavailable, desired, posts):
    found = fenceposts(surge, unavailable, desired)

    assert (found.surge, found.unavailable) == posts


def test_no_more_can_be_missing_than_there_are():
    assert fenceposts("1", "10", 4).unavailable == 10
    assert fence("RollingUpdate", "1", "10", 4).unavailable == 4
    assert fence("Recreate", "1", "10", 4).unavailable == 0


@pytest.mark.parametrize(("given_", "words"), [
    ({"rollout": {"max_surge": "0", "max_unavailable": "0%"}}, "nothing could ever be replaced"),
    ({"rollout": {"max_unavailable": "120%"}}, "at most 100%"),
    ({"rollout": {"max_surge": "a few"}}, "max_surge"),
    ({"rollout": {"max_surge": -1}}, "max_surge"),
    ({"rollout": {"min_ready_s": 700}}, "progress_deadline_s"),
    ({"disruption": {}}, "either min_available or max_unavailable"),
    ({"disruption": {"min_available": 1, "max_unavailable": 1}}, "either min_available or max_unavailable"),
    ({"disruption": {"min_available": "101%"}}, "at most 100%"),
    ({"hpa": {"scale_up": {"policies": [{"type": "Pods", "value": 0}]}}}, "value"),
])  # fmt: skip
def test_what_kubernetes_would_refuse_is_refused_in_words(given_, words):
    assert words in problems(**given_)


def test_amounts_may_be_written_as_plain_numbers():
    pods = Scenario.of({"services": [{"pods": {"rollout": {"max_surge": 2}, "disruption": {"min_available": 3}}}]})

    assert pods.services[0].pods.rollout.max_surge == "2"
    assert pods.services[0].pods.disruption.min_available == "3"


# --- a step ---


def test_the_new_set_grows_into_the_surge_and_shrinks_at_once():
    assert new_size("RollingUpdate", 3, desired=10, new=0, total=10) == 3
    assert new_size("RollingUpdate", 3, desired=10, new=3, total=13) == 3
    assert new_size("RollingUpdate", 3, desired=10, new=9, total=9) == 10  # not beyond what is wanted
    assert new_size("Recreate", 3, desired=10, new=0, total=10) == 10
    assert reconcile_new("RollingUpdate", 3, desired=10, new=12, total=12) == 10


#                          new version's pods, old version's pods    the old set after the step, of ten wanted, two may be missing
@pytest.mark.parametrize(("new", "old", "size"), [
    (ReplicaSet(3, 0), ReplicaSet(10, 10), 8),      # at first two may go
    (ReplicaSet(5, 0), ReplicaSet(8, 8), 8),        # new ones never start: no more
    (ReplicaSet(5, 3), ReplicaSet(8, 8), 5),
    (ReplicaSet(0, 0), ReplicaSet(10, 8), 8),       # the two that are down go first
    (ReplicaSet(3, 0), ReplicaSet(10, 5), 8),       # two of those that are down: new ones may still come to nothing
    (ReplicaSet(10, 10), ReplicaSet(2, 2), 0),
])  # fmt: skip
def test_old_pods_go_as_new_ones_come(new, old, size):
    assert reconcile_old(10, 2, new, [old]) == (size,)


def test_the_oldest_version_goes_first():
    older, old = ReplicaSet(3, 3, created=1), ReplicaSet(5, 5, created=2)

    assert reconcile_old(8, 2, ReplicaSet(0), [old, older]) == (5, 1)
    assert reconcile_old(8, 4, ReplicaSet(0), [old, older]) == (4, 0)


# --- another number in the middle ---


def test_growing_in_the_middle_of_a_rollout_keeps_the_shares():
    new, old = ReplicaSet(2, created=2, recorded=10), ReplicaSet(8, created=1, recorded=10)

    assert resize(20, 0, new, [old]) == (4, (16,))
    assert resize(5, 0, new, [old]) == (1, (4,))
    assert resize(0, 0, new, [old]) == (0, (0,))
    assert resize(11, 0, new, [old]) == (2, (9,))  # the larger takes what is left over


def test_a_single_version_takes_it_all():
    assert resize(7, 2, ReplicaSet(3), []) == (7, ())
    assert resize(7, 2, ReplicaSet(0, created=2), [ReplicaSet(3, created=1)]) == (0, (7,))
    assert resize(7, 2, None, [ReplicaSet(0, created=1), ReplicaSet(0, created=2)]) == (None, (0, 7))


def test_a_new_version_that_has_it_all_ends_the_old_ones():
    done = ReplicaSet(5, available=5, created=2, recorded=6, recorded_desired=5)

    assert resize(5, 1, done, [ReplicaSet(2, created=1, recorded=6)]) == (5, (0,))


# --- budgets ---


@pytest.mark.parametrize(("rule", "status"), [
    ({"min_available": 3}, Budget(6, 3, 5)),           # a plain number expects the pods that there are
    ({"min_available": "50%"}, Budget(9, 5, 5)),       # a share expects those that are wanted, rounded up
    ({"max_unavailable": 3}, Budget(9, 6, 5)),
    ({"max_unavailable": "30%"}, Budget(9, 6, 5)),     # 2.7 is 3
    ({"max_unavailable": "100%"}, Budget(9, 0, 5)),
])  # fmt: skip
def test_a_budget_of_nine_wanted_six_there_five_healthy(rule, status):
    assert budget(Disruption(**rule), [Owner(9, 6, 5)]) == status


def test_controllers_without_a_pod_are_not_seen():
    assert budget(Disruption(max_unavailable=1), [Owner(4, 4, 4), Owner(5, 0, 0)]).expected == 4
    assert budget(Disruption(max_unavailable=1), []).allowed == 0


RULE, ALWAYS = Disruption(min_available=3), Disruption(min_available=3, unhealthy="AlwaysAllow")


@pytest.mark.parametrize(("rule", "healthy", "is_ready", "goes"), [
    (RULE, 4, True, True),
    (RULE, 3, True, False),
    (RULE, 3, False, True),      # the budget is met without it
    (RULE, 2, False, False),     # it might come back and help
    (ALWAYS, 2, False, True),
    (ALWAYS, 3, True, False),
    (None, 0, True, True),
])  # fmt: skip
def test_who_may_be_evicted(rule, healthy, is_ready, goes):
    said = refusal(rule, Budget(5, 3, healthy), is_ready=is_ready)

    assert (said == "") == goes
    assert goes or f"has {healthy}" in said


def test_a_pending_pod_is_nobodys_loss():
    assert refusal(RULE, Budget(5, 3, 0), is_ready=False, is_pending=True) == ""


# --- laws ---


@st.composite
def steps(draw):
    """A roll-out at any point: what is wanted, how far it may stray, and what there is of two versions."""
    desired = draw(st.integers(0, 30))
    rule = draw(st.sampled_from([("25%", "25%"), ("0", "1"), ("1", "0"), ("100%", "100%"), ("3", "40%")]))
    new, old = draw(st.integers(0, 40)), draw(st.integers(0, 40))
    return (
        desired,
        fence("RollingUpdate", *rule, desired),
        ReplicaSet(new, draw(st.integers(0, new)), 2.0),
        ReplicaSet(old, draw(st.integers(0, old)), 1.0),
    )


@given(steps())
def test_a_step_never_takes_more_pods_than_it_may(step):
    """Whoever is unhealthy goes first: what is left available is what was promised, or what there was."""
    desired, posts, new, old = step
    (size,) = reconcile_old(desired, posts.unavailable, new, [old])
    left = min(old.available, size) + new.available

    assert 0 <= size <= old.replicas
    assert left >= min(desired - posts.unavailable, old.available + new.available)
    grown = reconcile_new("RollingUpdate", posts.surge, desired, new.replicas, new.replicas + old.replicas)
    assert grown <= max(desired, new.replicas)
    assert grown <= new.replicas or grown + old.replicas <= desired + posts.surge


@given(steps())
def test_a_rollout_whose_pods_start_ends(step):
    """Step after step, all new pods becoming available in between: no step without progress, and then none is left."""
    desired, posts, new, old = step
    new, old = new.replicas, old.replicas
    for _ in range(200):
        grown = reconcile_new("RollingUpdate", posts.surge, desired, new, new + old)
        if grown != new:
            new = grown
            continue
        (size,) = reconcile_old(desired, posts.unavailable, ReplicaSet(new, new), [ReplicaSet(old, old)])
        if size == old:
            break
        old = size

    assert (new, old) == (desired, 0)


@given(st.integers(0, 40), st.lists(st.integers(0, 20), min_size=1, max_size=5), st.integers(0, 3))
def test_a_resize_shares_out_exactly_what_is_allowed(desired, sizes, surge):
    sets = [ReplicaSet(size, created=float(n), recorded=max(1, sum(sizes))) for n, size in enumerate(sizes)]
    new, old = resize(desired, surge, sets[-1], sets[:-1])
    active = sum(size > 0 for size in sizes)

    assert new + sum(old) == (desired if active <= 1 or desired == 0 else desired + surge)
    assert min([new, *old]) >= 0
