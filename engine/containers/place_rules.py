"""The rules of the five places, checked as they are read (data/table/places.yaml): the first one that speaks of a place answers.

Four answers: it runs unchanged (ok), a setting of the definition leaves its default (set), the image itself changes (change), or
the place refuses (no). The definition that a place needs in any case (image, size, port, role) counts as unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, Self, TypeVar, get_args

from pydantic import Field, ValidationError, model_validator

from engine import catalog, reading
from engine.containers.one_image import OneImage
from engine.era import Era, day, existed, fact_at
from engine.errors import CatalogError
from engine.fields import Record, refusal

TABLE = "places"
Place = Literal["ecs-ec2", "ecs-fargate", "eks-managed", "eks-fargate", "lambda"]
R = TypeVar("R", bound=Record)
Outcome = Literal["ok", "set", "change", "no"]
PLACES: tuple[Place, ...] = get_args(Place)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)  # from the mildest on
# In MiB or seconds, by a fact's unit. As the guides count: a GB is 1024 MB.
_SIZES = {"MB": 1.0, "MiB": 1.0, "GB": 1024.0, "GiB": 1024.0, "s": 1.0, "ports": 1.0}


class Limit(Record):
    """A bound: a fact, and where in its value it stands; or a number of our own."""

    fact: str = ""
    at: tuple[str | int, ...] = ()
    number: float = 0

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if self.fact and self.fact not in catalog.facts():
            raise refusal(f"no fact is called {self.fact}", "a fact's id")
        if self.fact and not isinstance(catalog.value(self.fact, *self.at), int | float):
            raise refusal(f"{self.fact} holds no number at {list(self.at)}", "a number")
        if self.fact and self._unit not in _SIZES:
            raise refusal(f"{self.fact} is in {self._unit}", f"a fact in {', '.join(_SIZES)}")
        return self

    @property
    def _unit(self) -> str:
        """Name its unit: a key that ends in one decides, else the last word of the fact's own."""
        is_gb = bool(self.at) and str(self.at[-1]).endswith("gb")
        return "GB" if is_gb else catalog.fact(self.fact).unit.split(" ")[-1]

    def amount(self, era: Era) -> float:
        """Give it in MiB or seconds, or as it stands, as it held in an era."""
        if not self.fact:
            return self.number
        named = (self.fact, *map(str, self.at))
        held = fact_at(era, *named)
        found = catalog.number(self.fact, *self.at) if held == named else catalog.number(*held)
        return found * _SIZES[self._unit]


class Condition(Record):
    """What an image must be for a rule to hold: one of these words, yes or no, or above or below a bound."""

    among: tuple[str, ...] = ()
    so: bool | None = None
    over: Limit | None = None
    under: Limit | None = None

    def holds(self, value: Any, era: Era) -> bool:
        """Say whether a value meets it."""
        if self.among:
            return value in self.among
        if self.so is not None:
            return bool(value) == self.so
        above = self.over is None or value > self.over.amount(era)
        return above and (self.under is None or value < self.under.amount(era))


Conditions = Mapping[str, Condition]


class Rule(Record):
    """What some places answer to a demand. until: it held until then; why: a word that the texts know."""

    at: tuple[Place, ...] = Field(min_length=1)
    when: Conditions = Field(default_factory=dict)
    until: str = ""
    answer: Outcome
    why: str
    facts: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _knows_its_facts(self) -> Self:
        if lost := [name for name in self.facts if name not in catalog.facts()]:
            raise refusal(f"no fact is called {', '.join(lost)}", "ids of facts")
        return _reads(self, self.when)

    def holds(self, image: OneImage, place: Place) -> bool:
        """Say whether it speaks of a place, an image and its time."""
        if place not in self.at or (self.until and existed(self.until, day(image.era))):
            return False
        return all_hold(self.when, image)


class Demand(Record):
    """One thing that an image may ask for. asked: when it does; none = always. gate: a no ends all further questions."""

    asked: Conditions = Field(default_factory=dict)
    gate: bool = False
    rules: tuple[Rule, ...] = Field(min_length=1)

    @property
    def reads(self) -> frozenset[str]:
        """Name the fields of an image that its answers hang on."""
        names = {*self.asked, *(name for rule in self.rules for name in rule.when)}
        return frozenset(part for name in names for part in name.split("+"))

    @model_validator(mode="after")
    def _answers_everywhere(self) -> Self:
        if silent := [place for place in PLACES if not any(_is_last(rule, place) for rule in self.rules)]:
            raise refusal(f"no rule without a condition for {', '.join(silent)}", "one for each place")
        return _reads(self, self.asked)


class Places(Record):
    """The whole table. mends: what a field becomes when the image is changed so that a place takes it."""

    demands: Mapping[str, Demand]
    mends: Mapping[str, str | bool | Limit]
    notes: Mapping[str, Any]

    @model_validator(mode="after")
    def _mends_fields(self) -> Self:
        if lost := sorted(set(self.mends) - set(OneImage.model_fields)):
            raise refusal(f"an image has no {', '.join(lost)}", ", ".join(OneImage.model_fields))
        return self


def _is_last(rule: Rule, place: Place) -> bool:
    return place in rule.at and not rule.when and not rule.until


def _reads(record: R, conditions: Conditions) -> R:
    """Refuse a condition on what no image has."""
    for name in conditions:
        if lost := [part for part in name.split("+") if part not in OneImage.model_fields]:
            raise refusal(f"an image has no {', '.join(lost)}", ", ".join(OneImage.model_fields))
    return record


def all_hold(conditions: Conditions, image: OneImage) -> bool:
    """Say whether an image meets every condition; none is met by all."""
    return all(one.holds(_value(image, name), image.era) for name, one in conditions.items())


def _value(image: OneImage, name: str) -> Any:
    """Take a field, or the sum of several; sizes in MiB."""
    parts = [(part, getattr(image, part)) for part in name.split("+")]
    found = [value * 1024 if part.endswith("_gib") else value for part, value in parts]
    return found[0] if len(found) == 1 else sum(found)


def read(given: Mapping[str, Any]) -> Places:
    """Check a table. Raises CatalogError with everything that is wrong in it."""
    try:
        return Places.model_validate(dict(given))
    except ValidationError as error:
        told = "; ".join(str(problem) for problem in reading.explained(error, Places))
        raise CatalogError(f"table/{TABLE}.yaml: {told}") from None


@cache
def table() -> Places:
    """Give the table as it lies in data/."""
    return read(catalog.table(TABLE))
