"""The time machine: early 2020, when the talk was given, and today. What did not exist yet says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal, get_args

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


def fact_at(era: Era, name: str, *keys: str) -> tuple[str, ...]:
    """Say where a number stands that holds in an era: a fact's id, and the keys inside it.

    >>> fact_at("talk", "fargate.rate.burst"), fact_at("today", "fargate.rate.burst")
    (('timing.fargate.2020_rates', 'burst'), ('fargate.rate.burst',))
    """
    return _at_talk().get((name, *keys), (name, *keys)) if era == "talk" else (name, *keys)


def number(era: Era, name: str, *keys: str) -> float:
    """Take a number as it was, or is, in an era. What nobody wrote down about the talk's time is today's.

    >>> number("talk", "fargate.rate.burst"), number("today", "fargate.rate.burst")
    (10.0, 100.0)
    """
    found, *inside = fact_at(era, name, *keys)
    return catalog.number(found, *inside)


def cited(cell: Any) -> Any:
    """Read a cell of data/eras.yaml: a plain value, or what a fact holds, as {fact} or {fact, at}."""
    if isinstance(cell, Mapping):
        return catalog.value(str(cell["fact"]), *([cell["at"]] if "at" in cell else []))
    return cell


@cache
def _at_talk() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Read which numbers of today stand elsewhere for the talk's time."""
    found = {}
    for row in catalog.eras()["flips"].values():
        for today, cell in row.get("values", {}).items():
            name, *keys = today.split()
            catalog.number(name, *keys)
            there = (str(cell["fact"]), *([str(cell["at"])] if "at" in cell else []))
            catalog.number(*there)
            found[name, *keys] = there
    return found
