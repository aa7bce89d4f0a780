"""Sizes: what is sold when, the smallest that holds a task, and asked against used against billed."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import catalog, pricing
from engine.era import ERAS
from engine.fargate import KINDS, kinds, right_size, sizes, smallest, usd_for_hour, usd_per_hour

NEEDS = {"cpu": st.integers(1, 33_000), "mib": st.integers(1, 250_000)}


def pair(size):
    return size and (size.cpu_units, size.memory_mib)


def test_at_the_talk_the_table_ended_at_four_cpus_and_thirty_gigabytes():
    largest = catalog.value("fargate.combos_2020")

    assert pair(sizes("talk")[-1]) == (largest["vcpu"] * 1024, largest["gb"] * 1024)
    assert len(sizes("talk")) == 3 + 4 + 7 + 13 + 23
    assert len(sizes("today")) == 3 + 4 + 7 + 13 + 23 + 12 + 12 + 3


@pytest.mark.parametrize(
    ("cpu", "mib", "then", "now"),
    [
        (256, 512, (256, 512), (256, 512)),
        (257, 512, (512, 1024), (512, 1024)),  # one unit too many: twice the CPU, twice the memory
        (256, 2049, (512, 3072), (512, 3072)),  # memory alone pushes the CPU up
        (1024, 8193, (2048, 9216), (2048, 9216)),
        (1000, 3000, (1024, 3072), (1024, 3072)),
        (4096, 30_720, (4096, 30_720), (4096, 30_720)),
        (4096, 30_721, None, (8192, 32_768)),
        (4097, 8192, None, (8192, 16_384)),
        (8192, 17_000, None, (8192, 20_480)),  # steps of four from here on
        (20_000, 1, None, (32_768, 61_440)),
        (32_768, 249_857, None, None),
    ],
)
def test_the_smallest_size_that_holds_it(cpu, mib, then, now):
    assert pair(smallest(cpu, mib, "talk")) == then
    assert pair(smallest(cpu, mib, "today")) == now


@given(**NEEDS)
def test_nobody_is_sold_less_than_asked_nor_more_than_needed(cpu, mib):
    for era in ERAS:
        size = smallest(cpu, mib, era)
        fits = [other for other in sizes(era) if other.cpu_units >= cpu and other.memory_mib >= mib]

        assert (size is None) == (not fits)
        if size:
            assert size in fits
            assert all(usd_per_hour(size, kind) <= usd_per_hour(other, kind) for other in fits for kind in KINDS)
            assert not any(
                other != size and other.cpu_units <= size.cpu_units and other.memory_mib <= size.memory_mib
                for other in fits
            )


@given(**NEEDS, more=st.integers(0, 5_000))
def test_who_asks_for_more_never_pays_less(cpu, mib, more):
    first = smallest(cpu, mib, "today")
    for second in (smallest(cpu + more, mib, "today"), smallest(cpu, mib + more, "today")):
        if first and second:
            assert usd_per_hour(second, "x86") >= usd_per_hour(first, "x86")


def test_arm_came_after_the_talk_and_spot_just_before():
    assert kinds("talk") == ("x86", "spot")
    assert kinds("today") == ("x86", "arm", "spot")


def test_prices_by_hand():
    size = smallest(2048, 8192, "today")

    assert usd_per_hour(size, "x86") == pytest.approx(2 * 0.04048 + 8 * 0.004445)
    assert usd_per_hour(size, "arm") == pytest.approx(2 * 0.03238 + 8 * 0.00356)
    assert usd_per_hour(size, "spot") == pytest.approx(2 * 0.01334053 + 8 * 0.00146489)
    assert usd_per_hour(size, "x86") == pytest.approx(catalog.number("fargate.vs.m5", "fargate"))
    assert usd_per_hour(size, "arm") == pytest.approx(catalog.number("fargate.vs.m7g", "fargate"))


@pytest.mark.parametrize("size", sizes("today")[::5], ids=pair)
def test_the_simulation_charges_the_same(size):
    assert usd_per_hour(size, "x86") == pytest.approx(pricing.fargate_usd_per_hour(size.cpu_units, size.memory_mib))


def test_the_published_prices_are_ours(shared):
    cases = json.loads((shared / "golden" / "aws_fargate_sizes.json").read_text())["cases"]
    priced = [case for case in cases if case["expect"]["valid"]]
    for case in priced:
        given, expect = case["input"], case["expect"]
        said = next(value for key, value in expect.items() if "usd" in key)

        assert usd_for_hour(given["cpu_units"], given["memory_mib"], "x86") == pytest.approx(said, abs=1e-6), given
    assert len(priced) > 30


def test_asked_used_and_billed_are_three_numbers():
    found = right_size(asked=(300, 1500), used=(120, 600), era="today", headroom=0.2)

    assert pair(found.billed) == (512, 2048)
    assert (found.cpu_share, found.memory_share) == (120 / 512, 600 / 2048)
    assert pair(found.better) == (256, 1024)  # 144 units and 720 MiB with the headroom
    assert found.saves_usd_per_month == pytest.approx(730 * (0.25 * 0.04048 + 1 * 0.004445))
    assert found.used_usd_per_hour == pytest.approx(120 / 1024 * 0.04048 + 600 / 1024 * 0.004445)
    assert [offer.kind for offer in found.offers] == ["x86", "arm", "spot"]
    assert found.offers[0].usd_per_month == pytest.approx(730 * (0.5 * 0.04048 + 2 * 0.004445))


def test_headroom_can_cost_a_size():
    assert pair(right_size((256, 512), (250, 500), "today").better) == (256, 512)
    assert pair(right_size((256, 512), (250, 500), "today", headroom=0.05).better) == (512, 1024)


def test_too_large_is_an_answer_with_the_largest_beside_it():
    found = right_size(asked=(8192, 16_384), used=(100, 100), era="talk")

    assert found.billed is None
    assert found.offers == ()
    assert pair(found.largest) == (4096, 30_720)
    assert found.saves_usd_per_month == 0


@given(st.lists(st.integers(1, 32_768), min_size=2, max_size=2), st.integers(1, 240_000))
def test_used_is_never_dearer_than_billed(units, mib):
    used, asked = sorted(units)
    found = right_size((asked, mib), (used, mib // 2 + 1), "today")

    assert 0 < found.cpu_share <= 1
    assert found.used_usd_per_hour <= found.offers[0].usd_per_hour + 1e-12
    assert found.saves_usd_per_month >= 0


def test_each_memory_step_costs_the_same():
    four = [size for size in sizes("today") if size.cpu_units == 4096]
    steps = {round(usd_per_hour(b, "x86") - usd_per_hour(a, "x86"), 9) for a, b in pairwise(four)}

    assert steps == {0.004445}
