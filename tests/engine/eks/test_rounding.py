"""Rounding: a pod's requests and the size of Fargate that is billed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import catalog
from engine.eks import PodAsk, by_memory, rounded


def test_eight_gigabytes_on_one_vcpu_cost_59_percent_more():
    found = rounded(PodAsk(cpu_m=1000, memory_mib=8192))
    trap = catalog.value("eks.fargate.rounding_trap")

    assert (found.size.cpu_units / 1024, found.size.memory_mib / 1024) == tuple(trap["get"])
    assert found.usd == pytest.approx(trap["cost_h"]["2v9g"])
    assert found.extra == pytest.approx(trap["cost_h"]["2v9g"] / trap["cost_h"]["1v8g"] - 1)
    assert round(found.extra, 2) == 0.59
    assert (found.smaller_mib, found.smaller_usd) == (8192 - 256, pytest.approx(trap["cost_h"]["1v8g"]))


@pytest.mark.parametrize(("ask", "size", "is_init", "trap"), [
    ({"cpu_m": 0, "memory_mib": 0}, (256, 512), False, False),                            # nothing asked: the smallest
    ({"cpu_m": 250, "memory_mib": 256}, (256, 512), False, False),                        # exactly full
    ({"cpu_m": 250, "memory_mib": 512}, (256, 1024), False, True),                        # the share on top doubles it
    ({"cpu_m": 250, "memory_mib": 256, "init_memory_mib": 4000}, (1024, 5120), True, True),  # a start that lasts a minute sets the size
    ({"cpu_m": 250, "memory_mib": 256, "init_cpu_m": 4000}, (4096, 8192), True, False),
    ({"cpu_m": 300, "memory_mib": 256, "init_cpu_m": 200}, (512, 1024), False, False),    # the sum is larger: the init hides in it
])  # fmt: skip
def test_the_larger_of_sum_and_init_is_rounded_up(ask, size, is_init, trap):
    found = rounded(PodAsk(**ask))

    assert (found.size.cpu_units, found.size.memory_mib) == size
    assert found.is_init is is_init
    assert (found.trap is not None) is trap


def test_what_no_size_holds_has_no_price():
    found = rounded(PodAsk(cpu_m=1000, memory_mib=120 * 1024))

    assert (found.size, found.usd, found.trap, found.smaller_mib) == (None, 0.0, None, None)


@given(st.integers(0, 16_000), st.integers(0, 119 * 1024))
def test_what_is_billed_holds_what_is_asked_and_the_advice_is_cheaper(cpu_m, memory_mib):
    found = rounded(PodAsk(cpu_m=cpu_m, memory_mib=memory_mib))

    assert found.size.cpu_units >= cpu_m / 1000 * 1024
    assert found.size.memory_mib >= memory_mib + 256 == found.needed_mib
    assert found.extra >= 0
    if found.smaller_mib is not None:
        less = rounded(PodAsk(cpu_m=cpu_m, memory_mib=found.smaller_mib))
        assert less.usd == pytest.approx(found.smaller_usd)
        assert less.usd < found.usd
        assert found.smaller_mib < memory_mib


def test_the_staircase_only_rises_and_never_below_the_line():
    found = by_memory(1000, 20 * 1024)

    assert (np.diff(found.billed_usd) >= 0).all()
    assert (found.billed_usd >= found.asked_usd).all()
    assert found.billed_usd[np.searchsorted(found.memory_mib, 8192)] == pytest.approx(0.120965)
    assert np.isnan(by_memory(1000, 130 * 1024).billed_usd[-1])
