"""The dials: where lines cross comes from prices, lands where the facts say, and moves with the era."""

import numpy as np
import pytest

from engine import ScenarioError, catalog, reading
from engine.serverless.breakeven import DIALS, Dials, crossing, day

POINT = 0.01


def test_the_crossings_land_within_a_point_of_the_facts():
    said = (
        catalog.number("lambda.vs_fargate", "break_even"),
        catalog.number("fargate.vs.m5", "break_even_pack"),
        catalog.number("ddb.breakeven", "break_even"),
    )

    for dial, share in zip(DIALS, said, strict=True):
        assert crossing(Dials(), dial).even == pytest.approx(share, abs=POINT)
    arm = crossing(Dials(instance_type="m7g.large"), "fargate_ec2")
    assert arm.even == pytest.approx(catalog.number("fargate.vs.m7g", "break_even_pack"), abs=POINT)


def test_only_the_table_moves_with_the_time_machine():
    moved = {dial: crossing(Dials(era="talk"), dial).even - crossing(Dials(), dial).even for dial in DIALS}

    assert moved["table"] == pytest.approx(-0.1444, abs=1e-3), "halved in November 2024"
    assert moved["lambda_fargate"] == moved["fargate_ec2"] == 0


@pytest.mark.parametrize("dial", DIALS)
def test_lines_cross_where_the_figures_are_equal(dial):
    found = crossing(Dials(), dial)
    at = float(np.interp(found.even, found.share, found.by_use_usd))

    assert at == pytest.approx(found.flat_usd[0])
    assert found.by_use_usd[0] == 0
    assert found.full_ratio == pytest.approx(1 / found.even)


def test_short_requests_make_lambda_dearer_by_their_number_and_once_by_rounding():
    plain = crossing(Dials(), "lambda_fargate").even
    short = crossing(Dials(request_ms=20), "lambda_fargate").even
    rounded = crossing(Dials(request_ms=20, era="talk"), "lambda_fargate").even

    assert rounded < short / 3 < short < plain


def test_a_small_function_never_costs_more_than_a_task():
    assert crossing(Dials(memory_mb=128), "lambda_fargate").even == float("inf")


def test_a_day_with_a_narrow_peak_pays_for_what_nobody_uses():
    flat, narrow = day(Dials(trough_share=1)), day(Dials(trough_share=0, peak_width=16))

    assert flat.used_share == 1
    assert narrow.used_share < 0.2
    assert narrow.usd["on_demand"] < narrow.usd["flat"]
    assert flat.usd["flat"] < flat.usd["on_demand"]
    assert (narrow.following >= narrow.used).all()
    assert (narrow.following <= narrow.flat).all()


def test_an_unknown_host_is_refused_in_words():
    with pytest.raises(ScenarioError, match="EC2 instance type"):
        reading.check(Dials, {"instance_type": "m5.enormous"}, lambda _: [])
