"""Five places: what each demands of one image. All of it is data/table/places.yaml: the first rule that speaks of a place answers.

Four answers: it runs unchanged (ok), a setting of the definition leaves its default (set), the image itself changes (change), or
the place refuses (no). The definition that a place needs in any case (image, size, port, role) counts as unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from typing import Any, Literal, Self, TypeVar, get_args

from pydantic import Field, ValidationError, model_validator

from engine import catalog, reading
from engine.catalog import Fact
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
    when: Conditions = {}
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
        return _all_hold(self.when, image)


class Demand(Record):
    """One thing that an image may ask for. asked: when it does; none = always. gate: a no ends all further questions."""

    asked: Conditions = {}
    gate: bool = False
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _answers_everywhere(self) -> Self:
        if silent := [place for place in PLACES if not any(_is_last(rule, place) for rule in self.rules)]:
            raise refusal(f"no rule without a condition for {', '.join(silent)}", "one for each place")
        return _reads(self, self.asked)


class Places(Record):
    """The whole table. mends: what a field becomes when the image is changed so that a place takes it."""

    demands: Mapping[str, Demand]
    mends: Mapping[str, str | bool | Limit]
    notes: Mapping[str, Any] = {}

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


def _all_hold(conditions: Conditions, image: OneImage) -> bool:
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


# --- the answers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """What one place answers to one demand, why, and who says so."""

    demand: str
    place: Place
    outcome: Outcome
    why: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """An image in five places. cells: by demand and place; a place that refused at the gate answers nothing else."""

    image: OneImage
    cells: Mapping[tuple[str, Place], Cell]

    @property
    def demands(self) -> tuple[str, ...]:
        """Name what the image asks for, in the table's order."""
        return tuple(dict.fromkeys(demand for demand, _ in self.cells))

    def at(self, place: Place) -> tuple[Cell, ...]:
        """Give a place's answers."""
        return tuple(cell for (_, where), cell in self.cells.items() if where == place)

    def outcome(self, place: Place) -> Outcome:
        """Say how it runs in a place: its worst answer."""
        return max((cell.outcome for cell in self.at(place)), key=OUTCOMES.index)

    def count(self, outcome: Outcome) -> int:
        """Count the places where it runs so."""
        return sum(self.outcome(place) == outcome for place in PLACES)

    def says(self, outcome: Outcome) -> Iterator[Cell]:
        """Give the answers of one kind."""
        return (cell for cell in self.cells.values() if cell.outcome == outcome)


@lru_cache(maxsize=4096)
def answers(image: OneImage) -> Answered:
    """Ask the five places.

    >>> [answers(OneImage()).outcome(place) for place in PLACES]
    ['set', 'set', 'set', 'set', 'no']
    """
    cells: dict[tuple[str, Place], Cell] = {}
    shut: set[Place] = set()
    for name, demand in table().demands.items():
        if not _all_hold(demand.asked, image):
            continue
        for place in PLACES:
            if place in shut:
                continue
            rule = next(rule for rule in demand.rules if rule.holds(image, place))
            facts = tuple(catalog.fact(one) for one in rule.facts)
            cells[name, place] = Cell(name, place, rule.answer, rule.why, facts)
            if demand.gate and rule.answer == "no":
                shut.add(place)
    return Answered(image, cells)


@dataclass(frozen=True, slots=True)
class Everywhere:
    """The way to all five places. changes: fields of the image to be mended, the fewest; never: demands that some place refuses."""

    changes: tuple[str, ...]
    mended: OneImage
    never: Mapping[str, tuple[Place, ...]]


@lru_cache(maxsize=512)
def everywhere(image: OneImage) -> Everywhere:
    """Find the fewest changes of the image after which no place asks for another one; what a place refuses is named, not mended.

    >>> found = everywhere(OneImage())
    >>> found.changes, dict(found.never)
    (('listens', 'root'), {'longest': ('lambda',)})
    """
    never: dict[str, tuple[Place, ...]] = {}
    for cell in answers(image).says("no"):
        never[cell.demand] = (*never.get(cell.demand, ()), cell.place)
    fields = _that_matter(image)
    # What is still missing when all the others are mended has to be mended in any case: few are left to choose from.
    needed = tuple(name for name in fields if not _fits(mended(image, _without(fields, name)), never))
    others = [name for name in fields if name not in needed]
    for n in range(len(others) + 1):
        for some in combinations(others, n):
            chosen = tuple(name for name in fields if name in {*needed, *some})
            if _fits(mended(image, chosen), never):
                return Everywhere(chosen, mended(image, chosen), never)
    raise CatalogError(f"table/{TABLE}.yaml mends: nothing makes {image} fit")


def _that_matter(image: OneImage) -> tuple[str, ...]:
    """Name the fields that a demand reads which wants the image changed, where mending them does something."""
    read_by: set[str] = set()
    for cell in answers(image).says("change"):
        demand = table().demands[cell.demand]
        names = {*demand.asked, *(name for rule in demand.rules for name in rule.when)}
        read_by |= {part for name in names for part in name.split("+")}
    return tuple(name for name in table().mends if name in read_by and mended(image, (name,)) != image)


def _without(fields: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(one for one in fields if one != name)


def _fits(image: OneImage, never: Mapping[str, tuple[Place, ...]]) -> bool:
    """Say whether no place wants the image changed, but for what some place refuses in any case."""
    cells = answers(image).cells.values()
    return all(cell.demand in never for cell in cells if cell.outcome in {"change", "no"})


def mended(image: OneImage, fields: tuple[str, ...]) -> OneImage:
    """Change some fields of an image as the table says; a bound lowers what lies above it."""
    return image.model_copy(update={name: _mended(image, name) for name in fields})


def _mended(image: OneImage, name: str) -> Any:
    to, now = table().mends[name], getattr(image, name)
    if not isinstance(to, Limit):
        return to
    most = to.amount(image.era) / (1024 if name.endswith("_gib") else 1)
    if name == "port":
        return max(now, int(most))
    return min(now, most)
