"""Which of DORA's groups a team looks like, measure by measure, and when it looks like none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine import catalog
from engine.new_normal import MEASURES, PaceAsk, Span, clusters, place

NAMES = ("low", "medium", "high", "elite")


def test_the_groups_of_a_year_are_those_of_their_facts():
    found = {one.name: one for one in clusters(2024)}

    assert tuple(found) == NAMES
    assert [round(one.share * 100) for one in found.values()] == [25, 35, 22, 19]
    assert [one.fails for one in found.values()] == [Span(0.4, 0.4), Span(0.1, 0.1), Span(0.2, 0.2), Span(0.05, 0.05)]
    assert [(one.name, one.fails) for one in clusters(2019)] == [("low", Span(0.46, 0.6)), ("elite", Span(0.0, 0.15))]


def test_the_odd_one_of_2024_is_in_the_groups_as_the_fact_says():
    fails = {one.name: one.fails.low * 100 for one in clusters(2024)}

    assert fails["medium"] == catalog.number("dora.2024.anomaly", "medium")
    assert fails["high"] == catalog.number("dora.2024.anomaly", "high")
    assert fails["medium"] < fails["high"], "the slower group fails less often"


def test_faster_groups_begin_where_slower_ones_end():
    slower, faster = clusters(2024)[:-1], clusters(2024)[1:]
    for low, high in zip(slower, faster, strict=True):
        assert low.deploys.high == high.deploys.low
        assert low.lead.low == high.lead.high


@pytest.mark.parametrize(
    ("asked", "near", "names", "fits"),
    [
        # three an hour, hardly a failure: elite, whatever "less than a day" says of the others
        ({"pace": "ten-a-day", "lead": "1h", "fail_share": 0.03, "mend": "10min"},
         (("elite",), ("elite",), ("elite",), ("medium", "high", "elite")), ("elite",), True),
        # weekly is the end of one band and the beginning of the next
        ({"pace": "weekly", "lead": "1w", "fail_share": 0.1, "mend": "1d"},
         (("medium", "high"), ("medium", "high"), ("medium",), ("medium", "high")), ("medium",), True),
        # as fast as the best, as often broken as the slowest: none fits
        ({"pace": "ten-a-day", "lead": "1h", "fail_share": 0.4, "mend": "2w"},
         (("elite",), ("elite",), ("low",), ("low",)), ("low", "elite"), False),
        # between two bands nobody stands: the nearer end counts, by how many times as long it is
        ({"pace": "fortnightly", "lead": "2w", "fail_share": 0.1, "mend": "3d"},
         (("medium",), ("medium",), ("medium",), ("low",)), ("medium",), False),
    ],
)  # fmt: skip
def test_a_team_is_compared_measure_by_measure(asked, near, names, fits):
    found = place(PaceAsk(**asked))

    assert tuple(found.near[measure] for measure in MEASURES) == near
    assert (found.names, found.fits) == (names, fits)


@given(
    st.sampled_from(list(catalog.table("new_normal")["paces"])),
    st.sampled_from(list(catalog.table("new_normal")["leads"])),
    st.floats(0, 1),
    st.sampled_from(list(catalog.table("new_normal")["mends"])),
    st.sampled_from([2019, 2024]),
)
def test_every_team_is_near_somebody_and_a_fit_is_near_in_all_four(pace, lead, fails, mend, year):
    found = place(PaceAsk(pace=pace, lead=lead, fail_share=fails, mend=mend), year)

    assert all(found.near[measure] for measure in MEASURES)
    assert 1 <= found.agreeing <= len(MEASURES)
    if found.fits:
        assert all(found.names[0] in names for names in found.near.values())


def test_what_cannot_be_is_refused_all_at_once():
    with pytest.raises(ValidationError) as refused:
        PaceAsk(pace="hourly", fail_share=1.2)

    assert [error["loc"] for error in refused.value.errors()] == [("pace",), ("fail_share",)]
