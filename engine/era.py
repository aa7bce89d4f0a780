"""The time machine: early 2020, when the talk was given, and today. What did not exist yet says so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, get_args

from engine import catalog

Era = Literal["talk", "today"]
ERAS: tuple[Era, ...] = get_args(Era)
_FOR_EVER = "9999-12-31"


def day(era: Era) -> str:
    """Give the last day that an era speaks for. The talk's is the day before its slides began to age.

    Source: fact `talk.date`.

    >>> day("talk")
    '2020-04-07'
    """
    if era == "today":
        return _FOR_EVER
    return (date.fromisoformat(str(catalog.value("talk.date", 1))) - timedelta(days=1)).isoformat()


def existed(since: str, on: str) -> bool:
    """Say whether something that came on a day, in a month or in a year ("" = always there) existed on a day.

    A month or a year counts as its end: nobody is promised what came "in 2020" on the first of January.

    >>> existed("2019-12-12", "2020-04-07"), existed("2020-04", "2020-04-07"), existed("", "2020-04-07")
    (True, False, True)
    """
    return last_day(since) <= on


def last_day(since: str) -> str:
    """Give the end of a day, month or year, so that texts compare as dates do."""
    return since + "-99" * (2 - since.count("-")) if since else ""
