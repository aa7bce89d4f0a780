"""The time machine: what had come by the day of the talk."""

import pytest

from engine import catalog
from engine.era import ERAS, day, existed, last_day


def test_the_talk_ends_the_day_before_efs_came_to_fargate():
    assert catalog.value("fargate.storage.efs_since") == "2020-04-08"
    assert day("talk") == "2020-04-07"


@pytest.mark.parametrize(
    ("since", "then"),
    [
        ("", True),
        ("2019-12-03", True),
        ("2020-03-19", True),
        ("2020-04-07", True),
        ("2020-04-08", False),
        ("2020-03", True),
        ("2020-04", False),  # some day of that month: not before its end
        ("2020", False),
        ("2019", True),
        ("2026", False),
    ],
)
def test_what_existed_at_the_talk(since, then):
    assert existed(since, day("talk")) is then
    assert existed(since, day("today"))


def test_days_months_and_years_sort_by_their_ends():
    assert sorted(["2021", "2020-12-31", "2020", "2020-12", ""], key=last_day) == [
        "",
        "2020-12-31",
        "2020-12",
        "2020",
        "2021",
    ]


def test_there_are_two_eras_and_the_talk_comes_first():
    assert ERAS == ("talk", "today")
    assert day("talk") < day("today")
