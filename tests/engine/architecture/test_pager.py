"""The pager: what each service brings is added to what the code brings anyway."""

import math

import pytest

from engine.architecture import PagerAsk, pager


def test_splitting_moves_no_fault_of_the_code_and_adds_those_of_the_services():
    one, ten = pager(PagerAsk(services=1)), pager(PagerAsk(services=10))

    assert ten.alarms - one.alarms == pytest.approx(9 * PagerAsk().of_service)
    assert pager(PagerAsk(of_service=0)).alarms == pager(PagerAsk(of_service=0, services=1)).alarms
    assert ten.hours == pytest.approx(ten.alarms * PagerAsk().minutes / 60)
    assert one.nights < ten.nights < 30


@pytest.mark.parametrize("services", [1, 5, 20])
def test_a_calm_month_is_as_likely_as_measured(services):
    found = pager(PagerAsk(services=services))

    assert found.calm == pytest.approx(math.exp(-found.alarms * PagerAsk().night_share))
    assert found.measured_calm.low <= found.calm <= found.measured_calm.high
    assert len(found.by_day) == len(found.by_night) == 30
