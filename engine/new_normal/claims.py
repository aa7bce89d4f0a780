"""The three numbers of slide S03: who asked whom, and when; how old each was at the talk, and how old it is today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from engine import catalog
from engine.catalog import Fact

Verdict = Literal["found", "likely", "not-found"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
TABLE = "new_normal"
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Age:
    """How old something is, in whole months: at least, and at most, where only a month or a span of days is known."""

    least_months: int
    most_months: int

    @property
    def years(self) -> float:
        """The middle of both, in years."""
        return (self.least_months + self.most_months) / 2 / MONTHS


@dataclass(frozen=True, slots=True)
class Claim:
    """One number of the slide. percent: what it says; asker, asked, published: "" or 0 where nobody here knows.

    elsewhere_percent: what a write-up says instead, where one differs.
    """

    name: str
    percent: int
    verdict: Verdict
    asker: str
    asked: int
    published: str
    elsewhere_percent: int | None
    fact: Fact


def claims() -> tuple[Claim, ...]:
    """Give the slide's claims, as it lists them. Source: facts `talk.stat.*`."""
    return tuple(_claim(str(name), row) for name, row in catalog.table(TABLE)["claims"].items())


def _claim(name: str, row: Mapping[str, Any]) -> Claim:
    fact = catalog.fact(str(row["fact"]))
    is_double = isinstance(fact.value, Mapping)
    return Claim(
        name=name,
        percent=int(catalog.number(fact.id, "slide") if is_double else catalog.number(fact.id)),
        verdict=row["verdict"],
        asker=str(row.get("asker", "")),
        asked=int(row.get("n", 0)),
        published=str(row.get("published", "")),
        elsewhere_percent=int(catalog.number(fact.id, "writeup")) if is_double else None,
        fact=fact,
    )


def age(published: str, first: str, last: str = "") -> Age | None:
    """Say how old what was published in a month is on a day, or between two days; None where no month is known.

    A month is known to the day by nobody: published at its end and seen at once it is youngest, at its beginning oldest.

    >>> age("2017-04", "2019-12-03", "2020-04-08"), age("2017-04", "2017-05-01"), age("", "2020-04-08")
    (Age(least_months=31, most_months=36), Age(least_months=0, most_months=1), None)
    """
    if not published:
        return None
    return Age(max(0, _months(published, first, is_late=True)), max(0, _months(published, last or first)))


def _months(published: str, day: str, *, is_late: bool = False) -> int:
    """Count whole months from the first day of a month (or, if late, from its last) until a day."""
    (year, month), (then_year, then_month) = (map(int, text.split("-")[:2]) for text in (published, day))
    return (then_year - year) * MONTHS + then_month - month - is_late


def ages_at_talk(published: str) -> Age | None:
    """Say how old a survey was when the talk was given. Source: fact `talk.date`."""
    first, last = (str(catalog.value("talk.date", place)) for place in (0, 1))
    return age(published, first, last)
