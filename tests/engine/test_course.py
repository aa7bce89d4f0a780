"""A comparison's curves: they end where the comparison ends, and each strategy trades something else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Scenario
from engine.placement.compare import compare_in
from engine.placement.course import courses_in

SPREAD, CHAINED, PACK = ("spread-zones", "spread-hosts"), ("spread-zones", "binpack-memory"), ("binpack-memory",)


def scenario(desired=12, cpu=512, mib=1024, hosts=6):
    return Scenario.of({
        "services": [{"desired": desired, "cpu_units": cpu, "memory_mib": mib}],
        "fleet": {"instance_type": "m5.large", "hosts": hosts}, "traffic": {"rps": 0},
    })  # fmt: skip


def test_spreading_keeps_zones_even_and_packing_keeps_hosts_free():
    spread, chained, pack = courses_in(scenario(), [SPREAD, CHAINED, PACK])

    assert (spread.hosts_used[-1], chained.hosts_used[-1], pack.hosts_used[-1]) == (6, 3, 3)
    assert (spread.worst_loss[-1], chained.worst_loss[-1], pack.worst_loss[-1]) == (4, 4, 4)
    assert (spread.zone_gap[4], chained.zone_gap[4], pack.zone_gap[4]) == (1, 1, 4)
    assert spread.largest_cpu[-1] < chained.largest_cpu[-1] == pack.largest_cpu[-1] == 2048


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 40), st.sampled_from([256, 700, 2048]), st.sampled_from([512, 3000]), st.integers(1, 7))
def test_every_curve_ends_where_the_comparison_ends_and_tasks_are_never_unplaced(desired, cpu, mib, hosts):
    given_ = scenario(desired, cpu, mib, hosts)
    chains = [SPREAD, CHAINED, PACK, ("random",)]
    for course, outcome in zip(courses_in(given_, chains), compare_in(given_, chains), strict=True):
        assert course.strategies == outcome.strategies
        assert len(course.placed) == desired + 1
        assert course.placed[-1] == outcome.placed
        assert course.hosts_used[-1] == outcome.hosts_used
        assert course.largest_cpu[-1] == outcome.largest_cpu_units
        assert course.largest_mib[-1] == outcome.largest_mib
        assert course.zone_gap[-1] == outcome.zone_gap
        assert (np.diff(course.placed) >= 0).all()
        assert (np.diff(course.largest_mib) <= 0).all()
        assert (course.worst_loss * given_.zones >= course.placed).all()


def test_more_chains_than_are_compared_at_once_are_refused():
    with pytest.raises(ValueError, match="up to 4"):
        courses_in(scenario(), [SPREAD] * 5)
