"""Updating, on paper: how a node update ends, and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.eks import UpdateAsk, by_hand, managed
from engine.kubernetes.update import surge_of


@pytest.mark.parametrize(
    ("zones", "at_once", "extra"), [(3, 1, 6), (5, 1, 10), (5, 20, 20), (1, 1, 2), (1, 2, 2), (1, 3, 3)]
)
def test_the_group_grows_by_the_larger_of_the_two(zones, at_once, extra):
    assert surge_of(zones, at_once) == extra


@pytest.mark.parametrize(("ask", "outcome", "end_s", "deleted", "left"), [
    ({}, "done", 180 + 6 * (3 * 45 + 60), 0, 0),
    ({"at_once": 2}, "done", 180 + 3 * (6 * 45 + 60), 0, 0),       # two nodes share one budget: each drain takes twice as long
    ({"may_leave": 3}, "done", 180 + 6 * (45 + 60), 0, 0),
    ({"may_leave": 0}, "failed", 180 + 900, 0, 6),                 # a quarter of an hour for nothing
    ({"restart_s": 400}, "failed", 180 + 900, 0, 6),               # the budget is fine, the pods are too slow
    ({"may_leave": 0, "force": True}, "forced", 180 + 6 * 960, 18, 0),
    ({"restart_s": 400, "force": True}, "forced", 180 + 6 * 960, 6, 0),  # two of three left each node in time
])  # fmt: skip
def test_how_an_update_ends(ask, outcome, end_s, deleted, left):
    found = managed(UpdateAsk(**ask))

    assert (found.outcome, found.end_s, found.deleted, found.left) == (outcome, end_s, deleted, left)


def test_by_hand_nobody_stops_the_waiting():
    assert by_hand(UpdateAsk(may_leave=0)).outcome == "never"
    assert by_hand(UpdateAsk(restart_s=400)).outcome == "done", "there is no limit to miss"
    assert by_hand(UpdateAsk(may_leave=0, force=True)).deleted == 18


@given(st.builds(UpdateAsk, nodes=st.integers(1, 50), at_once=st.integers(1, 100), may_leave=st.integers(0, 5), force=st.booleans(),
                 pods=st.integers(1, 10), restart_s=st.floats(1, 600)))  # fmt: skip
def test_no_pod_is_deleted_without_force_and_what_is_done_leaves_no_old_node(ask):
    for found in (managed(ask), by_hand(ask)):
        assert ask.force or found.deleted == 0
        assert (found.left == 0) == (found.outcome in {"done", "forced"})
        assert found.deleted <= ask.nodes * ask.pods
        assert found.node_s > 0 or found.outcome == "forced"
