"""Allocatable: what is left of an instance for pods."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import catalog
from engine.placement import allocatable, node_room
from engine.placement.allocatable import reserved_cpu_m, reserved_mib


@pytest.mark.parametrize(("kind", "cpu_m", "memory_mib", "pods"), [
    ("m5.large", 1930, 6903, 29),
    ("m7g.large", 1930, 6844, 29),        # the same on paper; arm64 loses 64 MiB more, before the share is taken
    ("m5.xlarge", 3920, 14162, 58),
    ("t3.medium", 1930, 3246, 17),        # the same CPU as m5.large, fewer addresses: less is reserved
])  # fmt: skip
def test_a_node_offers_less_than_the_type_promises(kind, cpu_m, memory_mib, pods):
    room = node_room(catalog.instance_type(kind))

    assert (room.cpu_m, room.memory_mib, room.pods) == (cpu_m, memory_mib, pods)


@pytest.mark.parametrize(
    ("cpu_m", "kept"),
    [(0, 0), (500, 30), (1000, 60), (1500, 65), (2000, 70), (3000, 75), (4000, 80), (4399, 80), (4400, 81)],
)
def test_each_further_core_is_reserved_less_and_every_step_is_rounded_down(cpu_m, kept):
    assert reserved_cpu_m(cpu_m) == kept


def test_prefix_delegation_lets_more_pods_in_and_reserves_no_more_memory():
    plain, dense = (node_room(catalog.instance_type("m5.large"), pods) for pods in (None, 110))

    assert (plain.pods, dense.pods) == (29, 110)
    assert plain.memory_mib == dense.memory_mib
    assert reserved_mib(110) - reserved_mib(29) == 891, "MiB that 110 pods would have asked for"


@given(st.integers(1, 1000), st.integers(1, 10_000_000), st.sampled_from(["amd64", "arm64"]), st.integers(0, 2000))
def test_what_is_taken_and_what_is_left_make_the_whole(vcpu, memory_mib, arch, pods):
    room = allocatable(vcpu, memory_mib, arch, pods)

    assert room.cpu_m + room.kube_cpu_m == vcpu * 1000
    taken = room.machine_mib + room.kube_mib + room.eviction_mib
    assert room.memory_mib == max(0, memory_mib - taken)
