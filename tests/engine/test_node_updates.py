"""What a node update did, read from the log; and what a person would say of it."""

import numpy as np
import pytest

from engine import Scenario, node_updates, run, story, treadmill
from engine.node_updates import updates
from tests.engine.test_node_update import NOBODY, ONE, updated


@pytest.mark.parametrize(("budget", "given", "outcome", "left", "moved", "deleted", "expired", "least"), [
    (ONE,    {}, "done", 0, 3, 0, 0, 2),
    (None,   {"at_once": 3}, "done", 0, 3, 0, 0, 0),                   # nobody promised anything: all three at once
    (NOBODY, {}, "failed", 3, 0, 0, 1, 3),
    (NOBODY, {"force": True, "strategy": "default"}, "done", 0, 0, 3, 3, 2),                  # a pod a drain, each a quarter of an hour late
    (NOBODY, {"launch_type": "eks-unmanaged"}, "waiting", 3, 0, 0, 0, 3),
    (NOBODY, {"launch_type": "eks-auto"}, "held", 3, 0, 0, 0, 3),
    (NOBODY, {"launch_type": "eks-fargate"}, "held", 3, 0, 0, 0, 3),
    (None,   {"launch_type": "eks-fargate"}, "done", 0, 3, 0, 0, 0),
])  # fmt: skip
def test_how_it_ended(budget, given, outcome, left, moved, deleted, expired, least):
    # Old nodes that take the others' pods would have them moved twice: only force is asked with the old ones closed.
    given = {"strategy": "minimal"} | given
    (found,) = updates(updated(budget, **given))

    assert (found.outcome, found.left, found.deleted, found.expired) == (outcome, left, deleted, expired)
    assert found.moved >= moved
    assert found.least_ready == least


def test_growing_first_is_paid_for():
    grown, minimal = (updates(updated(ONE, strategy=one))[0] for one in ("default", "minimal"))

    assert grown.extra_host_s > 6 * 60
    assert minimal.extra_host_s == 0


def test_what_is_done_has_a_duration_and_what_is_not_has_none():
    assert node_updates.longest_s(updated(ONE)) == updates(updated(ONE))[0].took_s > 0
    assert node_updates.longest_s(updated(NOBODY)) is None
    assert node_updates.longest_s(run(Scenario())) is None
    assert node_updates.least_ready(run(Scenario())) == 0


@pytest.mark.parametrize(("budget", "kept"), [(None, 0), (ONE, 2), (NOBODY, 3), ({"min_available": "50%"}, 2)])
def test_what_a_budget_promises(budget, kept):
    assert node_updates.promised(updated(budget, duration_s=200)) == kept


def test_old_nodes_dwindle_as_on_the_treadmill():
    found = treadmill.left(updated(ONE))

    assert found.value.tolist() == [0, 3, 2, 1, 0]
    assert (np.diff(found.at_s) > 0).all()


@pytest.mark.parametrize(("given", "said"), [
    ({"budget": ONE}, ["update_started", "update_scale_up", "update_close", "update_drains", "update_drains", "update_drains",
                       "update_scale_down", "update_done"]),
    ({"budget": NOBODY}, ["update_started", "update_scale_up", "update_close", "update_drains", "update_expired",
                          "update_failed"]),
    ({"budget": NOBODY, "launch_type": "eks-auto"}, ["update_started", "update_drains", "update_held"]),
    ({"budget": NOBODY, "launch_type": "eks-fargate"}, ["update_started_pods", "update_held_pods"]),
])  # fmt: skip
def test_the_captions_tell_the_phases(given, said):
    keys = [line.key.removeprefix("caption.") for line in story.captions(updated(**given))]

    assert [key for key in keys if key.startswith("update_")] == said


def test_the_moments_lead_from_the_refusal_to_the_end():
    keys = [mark.key for mark in story.marks(updated(NOBODY))]

    assert (
        keys.index("mark.update-nodes")
        < keys.index("mark.refused")
        < keys.index("mark.expired")
        < keys.index("mark.update_failed")
    )
