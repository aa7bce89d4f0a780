"""The compiled quarter equals an all-SimPy one, commit by commit. The difference allowed is 0.0."""

import numpy as np
import pytest
from hypothesis import given, settings

from engine.delivery import Organisation, Outcome, run
from engine.delivery.one_by_one import run_one_by_one
from tests.laws.any_organisation import organisations


def assert_equal(organisation, replication=0):
    """Compare every change, every release and every row of the log."""
    fast, slow = run(organisation, replication, keep_log=True), run_one_by_one(organisation, replication)
    for name in ("delivered_min", "state", "attempts"):
        np.testing.assert_array_equal(getattr(fast, name), getattr(slow, name), err_msg=name)
    for table in ("releases", "log"):
        for name in getattr(fast, table).__slots__:
            ours, theirs = getattr(getattr(fast, table), name), getattr(getattr(slow, table), name)
            np.testing.assert_array_equal(ours, theirs, err_msg=f"{table}.{name}")
    assert fast.built_min == slow.built_min
    return fast


@settings(max_examples=60, deadline=None)
@given(organisations())
def test_any_small_organisation_comes_out_the_same_one_by_one(organisation):
    assert_equal(organisation)


@pytest.mark.parametrize("way", ["train", "pipelines"])
@pytest.mark.parametrize("leaves", ["full", "timetable"])
def test_three_weeks_in_which_everything_goes_wrong(way, leaves):
    organisation = Organisation(
        architecture=way, leaves=leaves, days=15, coupling=0.3, fails=0.25, caught=0.4, interface_fails=0.2, pipeline_batch=2,
        train_every_h=5, build_workers=1,
    )  # fmt: skip
    found = assert_equal(organisation, replication=3)

    assert set(found.log.outcome) == set(Outcome)  # it was no calm quarter
    assert found.attempts.max() > 2
