"""Uptime: the formula and the clock that breaks parts agree, and the learner's three ways out do what they say."""

import numpy as np
import pytest

from engine import catalog
from engine.architecture import PiecesAsk, allowed_min, answered, by_parts, storm


def agrees(curve):
    return [int(x) for x, theory, low, high in zip(curve.x, curve.theory, curve.low, curve.high, strict=True)
            if not low - 1e-12 <= theory <= high + 1e-12]  # fmt: skip


@pytest.mark.parametrize(
    "ask",
    [
        {},
        {"available_percent": 99, "seed": 2},
        {"available_percent": 99, "brief_share": 0, "restore_min": 240},
        {"available_percent": 95, "brief_share": 1, "retries": 1},
        {"available_percent": 98, "copies": 2, "brief_share": 0.2},
        {"available_percent": 99.5, "copies": 3, "retries": 2, "seed": 7},
        {"available_percent": 100},
    ],
)
def test_the_formula_lies_within_the_interval_of_what_was_measured(ask):
    found = by_parts(PiecesAsk(**ask))

    assert agrees(found) == []
    assert found.x.tolist() == list(range(51))
    assert (found.high - found.low)[10] < 0.02  # an interval that says something


def test_a_chain_of_parts_is_as_good_as_their_product():
    """Sources: facts `sla.compute`, `eks.sla_downtime`: one part may be silent 4.4 minutes a month, ten of them 44."""
    one, ten = (allowed_min(answered(PiecesAsk(), parts)) for parts in (1, 10))

    assert one == pytest.approx(catalog.number("eks.sla_downtime", "99.99_month_min"), abs=0.01)
    assert ten == pytest.approx(10 * one, rel=0.001)


def test_copies_help_against_outages_and_tries_against_what_is_brief():
    outages, brief = ({"available_percent": 99, "brief_share": share} for share in (0.0, 1.0))

    def lost(**more):
        return 1 - answered(PiecesAsk(**more), 10)

    assert lost(**outages, copies=2) < lost(**outages) / 50
    assert lost(**outages, retries=5) == pytest.approx(lost(**outages))
    assert lost(**brief, retries=1) < lost(**brief) / 50
    assert lost(**brief, copies=4) == pytest.approx(lost(**brief))


def test_more_parts_are_never_better():
    for curve in (by_parts(PiecesAsk()), by_parts(PiecesAsk(available_percent=97, copies=2, retries=1))):
        assert (np.diff(curve.theory) <= 0).all()
        assert (np.diff(curve.mean) <= 0).all()


def test_who_tries_again_at_every_level_multiplies():
    assert [storm(3, depth) for depth in range(4)] == [1, 4, 16, 64]
    assert storm(0, 9) == 1
