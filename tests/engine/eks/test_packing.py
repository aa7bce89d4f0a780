"""Packing: how many pods a node holds, what runs out first, and what one node's end takes along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import ScenarioError, catalog
from engine.eks import NodeAsk, blast, pack, pod_cap


# One pod's shape for each answer: what runs out first, and how many fit. Nobody's answer is another's.
@pytest.mark.parametrize(("cpu_m", "memory_mib", "prefixes", "pods", "bound_by"), [
    (100, 128, False, 17, "cpu"),        # (1930 - 180) / 100
    (50, 1024, False, 6, "memory"),      # (6903 - 192) / 1024
    (10, 64, False, 26, "addresses"),    # 29, less three daemons
    (10, 64, True, 104, "memory"),       # the addresses are there now; memory is not
    (10, 16, True, 107, "addresses"),    # 110, less three
    (0, 0, False, 26, "addresses"),      # asks for nothing: only the addresses count
])  # fmt: skip
def test_what_runs_out_first(cpu_m, memory_mib, prefixes, pods, bound_by):
    found = pack(NodeAsk(cpu_m=cpu_m, memory_mib=memory_mib, prefixes=prefixes))

    assert (found.pods, found.bound_by) == (pods, bound_by)


@pytest.mark.parametrize(("kind", "plain", "prefixes"), [
    ("t3.nano", 4, 34),           # two interfaces with one slot each: 32 addresses and the host's two
    ("m5.large", 29, 110),
    ("m5.xlarge", 58, 110),
    ("m5.8xlarge", 234, 250),     # 32 vCPU: the larger cap
    ("m5.24xlarge", 737, 250),    # here delegation's recommended cap is the smaller number
])  # fmt: skip
def test_addresses_cap_the_pods(kind, plain, prefixes):
    found = catalog.instance_type(kind)

    assert (pod_cap(found, prefixes=False), pod_cap(found, prefixes=True)) == (plain, prefixes)


def test_daemons_take_their_slice_of_every_node():
    without, with_them = (pack(NodeAsk(daemons=n, daemon_cpu_m=200)) for n in (0, 5))

    assert (without.pods, with_them.pods) == (19, 9)


def test_large_nodes_are_dear_to_lose():
    small, large = (pack(NodeAsk(instance_type=kind, cpu_m=100, memory_mib=128)) for kind in ("m5.large", "m5.4xlarge"))

    assert blast(small, 60) == blast(small, 60)
    assert (blast(small, 60).nodes, blast(small, 60).lost) == (4, 17)
    assert (blast(large, 60).nodes, blast(large, 60).lost) == (1, 60)
    assert blast(pack(NodeAsk(cpu_m=4000)), 60).nodes is None


def test_a_type_that_nobody_knows_is_named():
    with pytest.raises(ScenarioError, match=r"m5\.moon"):
        pack(NodeAsk(instance_type="m5.moon"))


@given(
    st.sampled_from(["t3.medium", "m5.large", "c5.xlarge", "m7g.2xlarge", "m5.24xlarge"]), st.integers(0, 20_000), st.integers(0, 65_536),
    st.integers(0, 20), st.booleans(),
)  # fmt: skip
def test_nothing_is_ever_above_what_the_node_offers_and_one_more_never_fits(kind, cpu_m, memory_mib, daemons, prefixes):
    found = pack(NodeAsk(instance_type=kind, cpu_m=cpu_m, memory_mib=memory_mib, daemons=daemons, prefixes=prefixes))

    def fits(pods):
        return (
            found.daemons_m + pods * cpu_m <= found.room.cpu_m
            and found.daemons_mib + pods * memory_mib <= found.room.memory_mib
            and daemons + pods <= found.cap
        )

    assert found.pods == 0 or fits(found.pods)
    assert not fits(found.pods + 1)
