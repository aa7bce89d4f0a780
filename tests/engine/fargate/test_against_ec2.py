"""Break-even: how many tasks a host holds, and how full it must be to cost less than Fargate. Computed, and as published."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import ScenarioError, catalog
from engine.fargate import (
    BreakEvenAsk,
    break_even,
    by_discount,
    by_price,
    by_size,
    by_tasks,
    host_called,
    pack,
    sizes,
    whole_box,
)
from engine.placement.room import enis_for_tasks

M5 = catalog.instance_type("m5.large")  # 2048 units, 8192 MiB, 3 interfaces


@pytest.mark.parametrize(
    ("asked", "tasks", "bound_by"),
    [
        ({"cpu_units": 512, "memory_mib": 1024}, 4, "cpu"),
        ({"cpu_units": 256, "memory_mib": 1024}, 7, "memory"),  # 8 by CPU; 7946 MiB hold 7
        ({"cpu_units": 256, "memory_mib": 1024, "has_enis": True}, 2, "enis"),
        ({"cpu_units": 256, "memory_mib": 512, "has_enis": True, "trunking": True}, 8, "cpu"),  # 10 interfaces
        (
            {"cpu_units": 128, "memory_mib": 512, "has_enis": True, "trunking": True},
            10,
            "enis",
        ),  # 16 by CPU, 15 by memory
        ({"cpu_units": 2049, "memory_mib": 512}, 0, "cpu"),
        ({"cpu_units": 256, "memory_mib": 7947}, 0, "memory"),
        ({"cpu_units": 256, "memory_mib": 512, "agent_cpu_units": 256}, 7, "cpu"),
        ({"cpu_units": 256, "memory_mib": 1024, "agent_memory_mib": 800}, 6, "memory"),
        ({"cpu_units": 256, "memory_mib": 512, "agent_cpu_units": 4096}, 0, "cpu"),
    ],
)
def test_what_a_host_holds_and_what_runs_out_first(asked, tasks, bound_by):
    found = pack(M5, memory_share=0.97, **asked)

    assert (found.tasks, found.bound_by) == (tasks, bound_by)


def test_what_no_further_task_can_use():
    found = pack(M5, 512, 1024, memory_share=0.97)

    assert (found.cpu_left_units, found.memory_left_mib) == (0, 7946 - 4096)
    assert (found.cpu, found.memory, found.enis) == (4, 7, None)


@pytest.mark.parametrize("trunking", [False, True])
def test_interfaces_are_as_published(trunking):
    published = catalog.value(f"ecs.awsvpc.limit_{'' if trunking else 'no_'}trunking")
    assert len(published) > 5
    for name, tasks in published.items():
        assert enis_for_tasks(catalog.instance_type(name), trunking=trunking) == tasks, name


def test_a_host_that_cannot_trunk_does_not():
    t3 = catalog.instance_type("t3.large")

    assert enis_for_tasks(t3, trunking=True) == enis_for_tasks(t3, trunking=False) == 2


@given(
    cpu=st.integers(64, 4096),
    mib=st.integers(64, 20_000),
    share=st.floats(0.5, 1),
    awsvpc=st.booleans(),
    trunk=st.booleans(),
)
def test_no_host_is_over_its_capacity_and_one_more_would_be(cpu, mib, share, awsvpc, trunk):
    for host in (M5, catalog.instance_type("m7g.2xlarge"), catalog.instance_type("t3.micro")):
        found = pack(host, cpu, mib, memory_share=share, has_enis=awsvpc, trunking=trunk)
        enis = enis_for_tasks(host, trunking=trunk) if awsvpc else 10**9
        fits = [
            n * cpu <= host.cpu_units and n * mib <= int(host.memory_mib * share) and n <= enis
            for n in (found.tasks, found.tasks + 1)
        ]

        assert fits == [True, False]


@pytest.mark.parametrize(("fact", "host"), [("fargate.vs.m5", "m5.large"), ("fargate.vs.m7g", "m7g.large")])
def test_the_published_break_even_comes_out_of_the_prices(fact, host):
    said = catalog.value(fact)

    assert whole_box(host) == pytest.approx(said["break_even_pack"], abs=0.001)
    assert 1 / whole_box(host) == pytest.approx(said["ratio"], abs=0.001)


@pytest.mark.parametrize("host", ["m5.large", "m5.xlarge", "m6i.4xlarge", "m7g.xlarge", "m7g.medium"])
def test_with_nothing_left_to_the_system_the_box_and_the_packing_agree(host):
    kind = catalog.instance_type(host)
    for parts in (1, 2, 4):
        cpu, mib = kind.cpu_units // parts, kind.memory_mib // parts
        if any((size.cpu_units, size.memory_mib) == (cpu, mib) for size in sizes("today")):
            ask = BreakEvenAsk(instance_type=host, cpu_units=cpu, memory_mib=mib, host_memory_share=1)

            assert break_even(ask).utilisation == pytest.approx(whole_box(host)), parts


@pytest.mark.parametrize(
    ("change", "utilisation"),
    [
        ({}, 0.096 / (4 * 0.024685)),  # 512 units and 1 GiB: four by CPU
        (
            {"memory_mib": 2048},
            0.096 / (3 * 0.02913),
        ),  # the system's share leaves room for three, not four: never worth it
        ({"memory_mib": 2048, "host_memory_share": 1}, 0.096 / (4 * 0.02913)),
        ({"network": "awsvpc"}, 0.096 / (2 * 0.024685)),
        ({"network": "awsvpc", "trunking": True}, 0.096 / (4 * 0.024685)),
        ({"instance_type": "m7g.large"}, 0.0816 / (4 * (0.5 * 0.03238 + 0.00356))),  # ARM against ARM
        ({"ec2_discount": 0.4}, 0.6 * 0.096 / (4 * 0.024685)),
        ({"fargate_discount": 0.2}, 0.096 / (4 * 0.8 * 0.024685)),
        ({"is_spot": True}, 0.096 / (4 * (0.5 * 0.01334053 + 0.00146489))),
        ({"cpu_units": 500, "memory_mib": 1000}, 0.096 / (4 * 0.024685)),  # Fargate bills the next size
    ],
)
def test_every_setting_moves_the_break_even(change, utilisation):
    assert break_even(BreakEvenAsk(**change)).utilisation == pytest.approx(utilisation)


def test_a_host_that_holds_none_never_breaks_even():
    found = break_even(BreakEvenAsk(cpu_units=4096, memory_mib=8192))

    assert found.utilisation == np.inf
    assert not found.can_ec2_win
    with pytest.raises(ScenarioError, match="no host holds the task"):
        by_tasks(BreakEvenAsk(cpu_units=4096, memory_mib=8192))


@given(
    host=st.sampled_from(["m5.large", "m5.4xlarge", "c5.xlarge", "r5.2xlarge", "m7g.2xlarge", "t3.xlarge"]),
    size=st.sampled_from([(256, 512), (512, 2048), (1024, 4096), (2048, 8192)]),
    off=st.floats(0, 0.9),
)
def test_at_the_break_even_both_cost_the_same(host, size, off):
    found = break_even(BreakEvenAsk(instance_type=host, cpu_units=size[0], memory_mib=size[1], ec2_discount=off))
    if found.packing.tasks:
        assert found.utilisation * found.packing.tasks * found.task_usd == pytest.approx(found.host_usd)
        assert found.curve_fargate_usd[0] == 0
        assert (np.diff(found.curve_fargate_usd) > 0).all()
        assert (found.curve_ec2_usd == found.host_usd).all()
        is_dearer = found.curve_fargate_usd > found.curve_ec2_usd + 1e-12

        assert (is_dearer == (found.curve_utilisation > found.utilisation + 1e-9)).all()


def test_hosts_come_whole():
    found = by_tasks(BreakEvenAsk(), most=9)

    assert found.hosts.tolist() == [1, 1, 1, 1, 2, 2, 2, 2, 3]
    assert found.ec2_usd == pytest.approx([0.096 * n for n in found.hosts])
    assert found.fargate_usd == pytest.approx([0.024685 * n for n in range(1, 10)])
    assert (found.ec2_usd[3] < found.fargate_usd[3], found.ec2_usd[4] > found.fargate_usd[4]) == (True, True)


def test_a_discount_lowers_it_in_proportion():
    found = by_discount(BreakEvenAsk(ec2_discount=0.3))

    assert found.utilisation[0] == pytest.approx(break_even(BreakEvenAsk()).utilisation)
    assert found.utilisation[30] == pytest.approx(break_even(BreakEvenAsk(ec2_discount=0.3)).utilisation)
    assert (np.diff(found.utilisation) < 0).all()


def test_sizes_that_waste_a_host_never_break_even():
    found = by_size(BreakEvenAsk(instance_type="m5.2xlarge"))
    known = dict(
        zip(zip(found.cpu_units.tolist(), found.memory_mib.tolist(), strict=True), found.utilisation, strict=True)
    )

    assert known[256, 1024] == pytest.approx(0.384 / (31 * (0.25 * 0.04048 + 0.004445)))
    assert known[4096, 16_384] > 1.6  # one and a half fit: half the host is lost
    assert (found.tasks > 0).all()
    assert (8192, 32_768) not in known  # the system needs its share


def test_an_unknown_host_is_said_in_words():
    with pytest.raises(ScenarioError) as refused:
        host_called("m5.huge")

    assert "m5.large" in str(refused.value)
    with pytest.raises(ScenarioError):
        break_even(BreakEvenAsk(instance_type="moon.large"))
    with pytest.raises(ScenarioError, match="no size"):
        break_even(BreakEvenAsk(cpu_units=32_768, memory_mib=262_144))


def test_the_share_by_price_alone_follows_the_readers_discounts():
    plain = by_price(BreakEvenAsk())

    assert plain == pytest.approx(whole_box("m5.large"))
    assert by_price(BreakEvenAsk(ec2_discount=0.4)) == pytest.approx(0.6 * plain)
    assert by_price(BreakEvenAsk(fargate_discount=0.2)) == pytest.approx(plain / 0.8)
    assert by_price(BreakEvenAsk(is_spot=True)) > 2 * plain


def test_nothing_can_be_packed_better_than_by_price_alone():
    for name in ("m5.large", "m7g.large", "m5.4xlarge"):
        for cpu_units, memory_mib in ((256, 1024), (512, 1024), (1024, 4096)):
            ask = BreakEvenAsk(instance_type=name, cpu_units=cpu_units, memory_mib=memory_mib)

            assert break_even(ask).utilisation >= by_price(ask) - 1e-9
