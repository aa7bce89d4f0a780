"""Five places: what each demands of one image, how it runs there, and the fewest changes for all five.

The rules are data (`engine.containers.place_rules`): here they are asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from engine import catalog
from engine.catalog import Fact
from engine.containers.one_image import OneImage
from engine.containers.place_rules import OUTCOMES, PLACES, TABLE, Limit, Outcome, Place, all_hold, table
from engine.errors import CatalogError


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

    def of(self, demand: str) -> tuple[Cell, ...]:
        """Give the answers to one demand."""
        return tuple(cell for (what, _), cell in self.cells.items() if what == demand)

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
        if not all_hold(demand.asked, image):
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
    """Name the fields that a demand reads which wants the image changed, where mending them does something.

    A change may bring on another one (who begins to listen on a port listens on a low one, perhaps): looked for until none is new.
    """
    found: tuple[str, ...] = ()
    while True:
        wanted = (*answers(image).says("change"), *answers(mended(image, found)).says("change"))
        read_by = {field for cell in wanted for field in table().demands[cell.demand].reads} | {*found}
        more = tuple(name for name in table().mends if name in read_by and mended(image, (name,)) != image)
        if more == found:
            return found
        found = more


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
