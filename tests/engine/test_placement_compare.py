"""Chains of strategies on one stream of tasks: every figure of the comparison is another number for another chain."""

import numpy as np
import pytest

from engine import Scenario
from engine.placement import Hosts, Needs
from engine.placement.compare import MOST_CHAINS, compare, compare_in
from engine.placement.quota import quota
from engine.placement.stock import empty_fleet
from engine.placement.stream import Batch
from tests.engine.the_log import Kind, host_types, rows, tell

#   host                 0      1      2      3      4
FLEET = Hosts(
    zone=np.array([      0,     0,     1,     1,     2]),
    is_open=np.array([   True,  True,  True,  True,  True]),
    free_cpu=np.array([  4000,  8000,  3000,  4000,  4000]),
    free_mib=np.array([  8000,  4000,  9000,  8000,  8000]),
    peers=np.zeros(5, dtype=np.int64),
)  # fmt: skip
STREAM = [Batch(Needs(1000, 1000), 9)]


@pytest.mark.parametrize(("chain", "tasks", "used", "cpu", "mib", "lost"), [
    (("spread-zones", "spread-hosts"), [2, 1, 2, 1, 3], 5, 7000, 7000, [3, 3, 3]),
    (("spread-hosts",), [2, 2, 2, 2, 1], 5, 6000, 7000, [4, 4, 1]),
    (("binpack-cpu",), [4, 0, 3, 2, 0], 3, 8000, 8000, [4, 5, 0]),
    (("binpack-memory",), [4, 4, 0, 1, 0], 3, 4000, 9000, [8, 1, 0]),
    (("spread-zones", "binpack-cpu"), [3, 0, 3, 0, 3], 3, 8000, 8000, [3, 3, 3]),
])  # fmt: skip
def test_each_chain_leaves_another_fleet(chain, tasks, used, cpu, mib, lost):
    (found,) = compare(FLEET, STREAM, [chain], 3)

    assert found.tasks.tolist() == tasks
    assert (found.placed, found.waiting, found.hosts_used) == (9, 0, used)
    assert (found.largest_cpu_units, found.largest_mib) == (cpu, mib)
    assert found.lost.tolist() == lost
    assert found.zone_gap == max(lost) - min(lost)


def test_scattered_room_is_what_lies_outside_the_roomiest_host():
    (found,) = compare(FLEET, STREAM, [("binpack-cpu",)], 3)

    assert found.free_cpu.tolist() == [0, 8000, 0, 2000, 4000]
    assert found.scattered_cpu == pytest.approx(6000 / 14000)


def test_what_finds_no_host_is_counted_as_waiting():
    few, _ = compare(FLEET, [Batch(Needs(3000, 3000), 9)], [("spread-hosts",), ("binpack-cpu",)], 3)

    assert (few.placed, few.waiting) == (5, 4)
    assert few.host.tolist()[-4:] == [-1] * 4


def test_chains_are_compared_up_to_a_handful_and_chance_is_the_same_for_all():
    one, other = compare(FLEET, STREAM, [("random",), ("random",)], 3, seed=4)

    assert one.host.tolist() == other.host.tolist()
    assert compare(FLEET, STREAM, [("random",)], 3, seed=5)[0].host.tolist() != one.host.tolist()
    with pytest.raises(ValueError, match="up to 4"):
        compare(FLEET, STREAM, [("random",)] * (MOST_CHAINS + 1), 3)


GIVEN = {
    "duration_s": 10,
    "fleet": {"groups": [{"hosts": 3}, {"name": "small", "instance_type": "m5.large", "hosts": 2}]},
    "services": [
        {"name": "web", "desired": 7, "network_mode": "awsvpc"},
        {"name": "agent", "kind": "daemon", "cpu_units": 512, "memory_mib": 512, "share": 0},
        {"name": "api", "desired": 4, "cpu_units": 512, "constraints": ["distinctInstance"]},
    ],
}


@pytest.mark.parametrize(
    "chain", [["spread-zones", "spread-hosts"], ["binpack-memory"], ["spread-zones", "binpack-cpu"]]
)
def test_a_scenarios_comparison_is_what_its_run_does(chain):
    """The page's chart and the page's map tell one story: the same tasks on the same hosts."""
    services = [service | {"placement": chain} for service in GIVEN["services"]]
    run_ = tell(**GIVEN | {"services": services})
    (found,) = compare_in(Scenario.of(GIVEN), [tuple(chain)])
    placed = [i for i in rows(run_, Kind.TASK_PLACED) if run_.events.service[i] != 1]

    assert run_.events.host[placed].tolist() == found.host[found.host >= 0].tolist()
    assert found.waiting == len({run_.events.task[i] for i in rows(run_, Kind.TASK_REFUSED)})


def test_a_scenarios_empty_fleet_is_the_one_its_run_begins_with():
    fleet = empty_fleet(Scenario.of(GIVEN))
    run_ = tell(**GIVEN)

    assert fleet.zone.tolist() == [zone for _, zone in run_.hosts]
    assert fleet.traits.instance_id.words == tuple(f"i-{name}" for name, _ in run_.hosts)
    kinds = fleet.traits.attributes["ecs.instance-type"]
    assert tuple(kinds.words[code] for code in kinds.code) == host_types(run_)
    first = run_.events.verdicts[rows(run_, Kind.TASK_PLACED)[0]]
    assert first.free_cpu.tolist()[0] == fleet.free_cpu[0]
    assert fleet.free_mib.tolist()[0] == first.free_mib[0]


def test_a_quota_is_how_often_every_filter_says_yes():
    limits = quota(Needs(1000, 3000), FLEET)

    assert limits.tolist() == [2, 1, 3, 2, 2]
    assert quota(Needs(1000, 3000, frozenset({80})), FLEET).tolist() == [1] * 5
    assert quota(Needs(1000, 3000), FLEET, most=2).tolist() == [2, 1, 2, 2, 2]
