"""Placement: what the filters strike out, what the strategies prefer, what `choose` says, who has to go."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.placement import FILTERS, STRATEGIES, Hosts, Needs, choose, choose_zone, victim
from engine.placement.choose import FEASIBLE

OPEN = np.ones(6, dtype=np.bool_)
#   host                       0     1     2     3     4     5
FLEET = Hosts(
    zone=np.array([            0,    0,    1,    1,    2,    2]),
    is_open=OPEN,
    free_cpu=np.array([     3072, 1024, 2048, 4096, 1500, 2500]),
    free_mib=np.array([     8192, 4096, 3072, 2048, 6000, 7000]),
    peers=np.array([           0,    3,    1,    1,    2,    0]),
)  # fmt: skip
TASK = Needs(cpu_units=1024, memory_mib=2048)


@pytest.mark.parametrize(("strategies", "host"), [
    (["spread-zones"], 2),                     # tasks in zones: 3, 2, 2; zone 1 and 2 tie, the first host wins
    (["spread-hosts"], 0),                     # hosts 0 and 5 run none
    (["binpack-cpu"], 1),                      # 1024 units left: nothing over
    (["binpack-memory"], 3),                   # 2048 MiB left: nothing over
    (["spread-zones", "spread-hosts"], 5),     # of zones 1 and 2, the host without a task
    (["spread-zones", "binpack-cpu"], 4),      # of zones 1 and 2, the fullest by CPU
    (["spread-hosts", "binpack-cpu"], 5),      # hosts 0 and 5 are empty, 5 has less CPU left
    (["spread-hosts", "binpack-memory"], 5),
    (["binpack-cpu", "spread-zones"], 1),      # the first strategy decides, the second only ties
])  # fmt: skip
def test_strategies_disagree_about_one_fleet(strategies, host):
    assert choose(TASK, FLEET, strategies).host == host


def test_random_goes_by_the_chances_it_is_given():
    chance = np.array([0.1, 0.2, 0.3, 0.2, 0.9, 0.4])

    assert choose(TASK, FLEET, ["random"], chance).host == 4
    assert choose(TASK, FLEET, ["spread-zones", "random"], np.array([9, 9, 0.1, 0.2, 0.1, 0.5])).host == 5


def test_a_strategy_that_does_not_exist_is_no_quiet_first_fit():
    with pytest.raises(KeyError):
        choose(TASK, FLEET, ["spread"])


TIGHT = Hosts(
    zone=np.array([0, 0, 1, 1, 2]),
    is_open=np.array([False, True, True, True, True]),
    free_cpu=np.array([9000, 1023, 4096, 4096, 1024]),
    free_mib=np.array([9000, 1000, 2047, 4096, 2048]),
    peers=np.zeros(5, dtype=np.int64),
    ports=(frozenset(), frozenset({80}), frozenset({80}), frozenset({80, 443}), frozenset({22})),
)


def test_each_host_is_struck_out_by_the_first_filter_that_says_no():
    verdict = choose(Needs(1024, 2048, frozenset({80})), TIGHT, ["binpack-cpu"])
    names = list(FILTERS)

    assert [names[i] if i != FEASIBLE else "fits" for i in verdict.stopped_by] == [
        "closed",
        "cpu",
        "memory",
        "ports",
        "fits",
    ]
    assert verdict.refused == {"closed": 1, "cpu": 1, "memory": 1, "ports": 1}
    assert verdict.host == 4
    assert verdict.reason == ""


def test_exactly_enough_is_enough():
    assert choose(Needs(1024, 2048), TIGHT, ["spread-hosts"]).host == 3
    assert choose(Needs(4096, 4096), TIGHT, ["spread-hosts"]).host == 3
    assert choose(Needs(4096, 4097), TIGHT, ["spread-hosts"]).host is None


@pytest.mark.parametrize(("needs", "reason", "refused"), [
    (Needs(5000, 100), "cpu", {"closed": 1, "cpu": 4}),
    (Needs(100, 9000), "memory", {"closed": 1, "memory": 4}),
    (Needs(100, 100, frozenset({22, 80})), "ports", {"closed": 1, "ports": 4}),
])  # fmt: skip
def test_a_no_names_the_filter_that_struck_out_most(needs, reason, refused):
    verdict = choose(needs, TIGHT, ["spread-zones"])

    assert verdict.host is None
    assert verdict.reason == reason
    assert verdict.refused == refused


def test_no_hosts_is_a_reason_of_its_own():
    nothing = np.zeros(0, dtype=np.int64)
    verdict = choose(TASK, Hosts(nothing, nothing.astype(bool), nothing, nothing, nothing), ["spread-zones"])

    assert (verdict.host, verdict.reason) == (None, "no-hosts")


def test_a_closed_host_counts_as_a_neighbour_though_it_takes_nobody():
    """Zone 0 holds three tasks, two of them on a host that drains: the next one goes to zone 1."""
    fleet = Hosts(np.array([0, 0, 1]), np.array([False, True, True]), *(np.full(3, 9000),) * 2, np.array([2, 1, 2]))

    assert choose(TASK, fleet, ["spread-zones"]).host == 2


def test_a_verdict_remembers_every_score_and_what_was_free():
    free = FLEET.free_cpu.copy()
    verdict = choose(TASK, FLEET, ["spread-zones", "binpack-cpu"])

    assert list(verdict.scores) == ["spread-zones", "binpack-cpu"]
    assert verdict.scores["spread-zones"].tolist() == [-3, -3, -2, -2, -2, -2]
    FLEET.free_cpu[0] -= 1
    assert verdict.free_cpu.tolist() == free.tolist()  # a copy: later placements do not rewrite it
    FLEET.free_cpu[0] += 1


hosts = st.integers(1, 12).flatmap(
    lambda n: st.builds(
        Hosts,
        zone=st.lists(st.integers(0, 3), min_size=n, max_size=n).map(np.array),
        is_open=st.lists(st.booleans(), min_size=n, max_size=n).map(np.array),
        free_cpu=st.lists(st.integers(0, 4096), min_size=n, max_size=n).map(np.array),
        free_mib=st.lists(st.integers(0, 8192), min_size=n, max_size=n).map(np.array),
        peers=st.lists(st.integers(0, 5), min_size=n, max_size=n).map(np.array),
    )
)


@given(
    hosts,
    st.integers(1, 4096),
    st.integers(6, 8192),
    st.lists(st.sampled_from(sorted(STRATEGIES)), min_size=1, max_size=3),
)
def test_what_is_chosen_fits_and_nothing_that_fits_is_better(fleet, cpu, mib, strategies):
    verdict = choose(Needs(cpu, mib), fleet, strategies)
    fits = [i for i in range(len(fleet)) if fleet.is_open[i] and fleet.free_cpu[i] >= cpu and fleet.free_mib[i] >= mib]
    scores = [tuple(verdict.scores[name][i] for name in dict.fromkeys(strategies)) for i in range(len(fleet))]

    assert (verdict.host is None) == (not fits)
    assert sum(verdict.refused.values()) == len(fleet) - len(fits)
    if fits:
        assert verdict.host in fits
        assert scores[verdict.host] == max(scores[i] for i in fits)
        assert verdict.host == min(i for i in fits if scores[i] == max(scores[j] for j in fits))  # the first wins a tie


# --- zones, where the platform places --------------------------------------------------------------------------------


@pytest.mark.parametrize(("peers", "usable", "zone"), [
    ([2, 1, 1], [True, True, True], 1),      # the fewest, the first of a tie
    ([2, 0, 1], [True, False, True], 2),     # never where AWS knows of a loss
    ([0, 0, 0], [False, False, True], 2),
    ([5, 5, 5], [False, False, False], None),
])  # fmt: skip
def test_a_platform_keeps_its_zones_balanced(peers, usable, zone):
    verdict = choose_zone(np.array(peers), np.array(usable))

    assert verdict.host == zone
    assert verdict.refused == ({"closed": usable.count(False)} if False in usable else {})


# --- scale-in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tasks", "goes"), [
    ([], None),
    ([(1, 0, 0), (2, 1, 1), (3, 1, 2)], 3),                            # zone 1 has the most; the newest there
    ([(1, 0, 0), (2, 0, 0), (3, 0, 1), (4, 1, 2)], 2),                 # zone 0, and on its fuller host
    ([(9, 0, 0), (1, 1, 1), (2, 1, 1), (3, 1, 2), (4, 0, 3), (5, 0, 3), (6, 0, 3)], 6),
    ([(7, 0, -1), (8, 1, -1)], 8),                                     # no hosts to compare: the newest
    ([(1, 2, -1), (2, 2, -1), (5, 0, -1), (6, 1, -1)], 2),
])  # fmt: skip
def test_who_has_to_go(tasks, goes):
    assert victim(tasks) == goes


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), min_size=1, max_size=12))
def test_going_never_leaves_the_zones_less_even(places):
    tasks = [(n, zone, 10 * zone + host) for n, (zone, host) in enumerate(places, 1)]
    zone_of = {n: zone for n, zone, _ in tasks}
    counts = np.bincount([zone for zone, _ in places], minlength=3)

    assert counts[zone_of[victim(tasks)]] == counts.max()
