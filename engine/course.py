"""Courses: what a chapter asks a learner, and how the simulation itself finds the answer.

A prediction's answer is never stored: `truth` runs the scenario that it speaks of, or asks the engine's own function, and holds
the answers against what came out. A quiz asks for reasons, and says why each answer is right or wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from engine import Run, Scenario, catalog, reading, run
from engine.changes import changed, scenario_of, value_at
from engine.errors import CatalogError
from engine.fields import Both, Record, refusal
from engine.marks import MARKS, seed_of, seeded
from engine.measures import MEASURES, Unit
from engine.sums import FIGURES

SEEDS = 5  # a challenge is met when it is met in each of so many runs
WORD = r"^[a-z0-9_]+$"


class Prediction(Record):
    """A question that is answered before it is run. Its answers are spans between `bounds`, or the variants in `between`.

    lesson, set: whose scenario is run, and what is set in it, by path. measure: what is read off the run (`engine.measures`).
    figure: instead of both, one of the engine's own sums (`engine.sums`). wins: which variant is right.
    shows: the page's words in the URL that show it.
    """

    id: str = Field(pattern=WORD, description="Its own name in the chapter")
    ask: Both
    lesson: str = Field("", description="The experiment whose scenario is run")
    set: Mapping[str, Any] = Field(default_factory=dict, description="What is set in it, by path")
    measure: str = Field("", description="What is read off the run")
    figure: str = Field("", description="The engine's own sum, where there is no run")
    bounds: tuple[float, ...] = Field((), max_length=6, description="Where one answer ends and the next begins")
    between: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict, description="Variants, and what each sets")
    says: Mapping[str, Both] = Field(default_factory=dict, description="How each variant is called")
    wins: Literal["least", "most"] = Field("least", description="Which variant is right")
    why: Both
    shows: Mapping[str, str] = Field(default_factory=dict, description="The page's words that show it")

    @field_validator("shows", mode="before")
    @classmethod
    def _as_in_a_url(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        return {str(name): str(word).lower() if isinstance(word, bool) else str(word) for name, word in given.items()}

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if bool(self.figure) == bool(self.lesson and self.measure):
            raise refusal("what is it held against?", "a lesson and a measure, or a figure")
        if self.figure and self.figure not in FIGURES:
            raise refusal(f"no figure is called {self.figure}", ", ".join(FIGURES))
        if self.measure and self.measure not in MEASURES:
            raise refusal(f"nothing is measured as {self.measure}", ", ".join(MEASURES))
        if bool(self.bounds) == bool(self.between):
            raise refusal("answers are spans or variants", "bounds or between")
        if any(low >= high for low, high in pairwise(self.bounds)):
            raise refusal("each bound lies above the one before", "bounds that rise")
        if self.between and (len(self.between) < 2 or set(self.says) != set(self.between)):
            raise refusal("every variant has a name", "says for each of two or more variants")
        if self.between and self.figure:
            raise refusal("a figure has no variants", "bounds")
        return self

    @property
    def unit(self) -> Unit:
        """What its numbers are counted in."""
        return FIGURES[self.figure].unit if self.figure else MEASURES[self.measure].unit

    @property
    def choices(self) -> tuple[str, ...]:
        """Name its answers: the lower end of each span ("0" for the first), or the variants."""
        return tuple(self.between) if self.between else ("0", *(f"{bound:g}" for bound in self.bounds))


class Option(Record):
    """One answer of a quiz, and why it is right or wrong."""

    says: Both
    why: Both
    right: bool = False


class Question(Record):
    """A question with one right answer among three or four."""

    id: str = Field(pattern=WORD, description="Its own name in the chapter")
    ask: Both
    options: tuple[Option, ...] = Field(min_length=3, max_length=4)
    facts: tuple[str, ...] = Field((), description="What it rests on")

    @model_validator(mode="after")
    def _has_one_right_answer(self) -> Self:
        if sum(option.right for option in self.options) != 1:
            raise refusal("one answer is right", "right: true, once")
        return self

    @field_validator("facts")
    @classmethod
    def _are_known(cls, facts: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in facts if name not in catalog.facts()]:
            raise refusal(f"no fact is called {', '.join(unknown)}", "ids of data/facts.yaml")
        return facts

    @property
    def right(self) -> int:
        """The right option's place."""
        return next(place for place, option in enumerate(self.options) if option.right)


class Must(Record):
    """What a challenge asks of a measure; units are the measure's."""

    measure: str
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.measure not in MEASURES and self.measure not in MARKS:
            raise refusal(f"nothing is measured as {self.measure}", ", ".join([*MEASURES, *MARKS]))
        if self.at_least is None and self.at_most is None:
            raise refusal("nothing is asked of it", "at_least, at_most, or both")
        return self

    @property
    def unit(self) -> Unit:
        """What its numbers are counted in."""
        return MARKS[self.measure].unit if self.measure in MARKS else MEASURES[self.measure].unit

    def is_met(self, value: float | None) -> bool:
        """Say whether a value will do; what never came to be measured will not."""
        if value is None:
            return False
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


class Challenge(Record):
    """A goal for the learner's own scenario, held under several seeds; or for the record of an experiment without a run.

    keep: what has to stand as the experiment brings it, by path; a goal that is met by sending the users home is not met.
    """

    id: str = Field(pattern=WORD, description="Its own name in the chapter")
    lesson: str = Field(description="The experiment that it belongs to")
    goal: Both
    must: tuple[Must, ...] = Field(min_length=1)
    keep: tuple[str, ...] = ("traffic", "operations", "duration_s")
    hint: Both

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if len({must.measure in MARKS for must in self.must}) > 1:
            raise refusal("a run and a record cannot be measured together", "measures of one kind")
        return self

    @property
    def is_of_record(self) -> bool:
        """Say whether it is about an experiment without a run (`engine.marks`)."""
        return self.must[0].measure in MARKS

    @property
    def is_by_chance(self) -> bool:
        """Say whether another seed may give another number: a run always may."""
        return any(must.measure not in MARKS or MARKS[must.measure].by_chance for must in self.must)


class Course(Record):
    """What a chapter asks."""

    predictions: tuple[Prediction, ...] = Field(min_length=3)
    quiz: tuple[Question, ...] = Field(min_length=5, max_length=5)
    challenges: tuple[Challenge, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [one.id for group in (self.predictions, self.quiz, self.challenges) for one in group]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise refusal(f"called alike: {', '.join(twice)}", "a name for each")
        return self


@cache
def course(chapter: str) -> Course | None:
    """Read a chapter's course; None where it has none. Raises CatalogError with every problem."""
    if chapter not in catalog.courses():
        return None
    try:
        return Course.model_validate(dict(catalog.course(chapter)))
    except ValidationError as error:
        told = "; ".join(str(problem) for problem in reading.explained(error, Course))
        raise CatalogError(f"data/course/{chapter}.yaml: {told}") from None


# --- what is true ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Truth:
    """What came out. answer: the right choice; none where the run never came to it. values: by choice for variants, else under "".

    Values are in the prediction's unit.
    """

    answer: str | None
    values: Mapping[str, float | None]


def scenarios(prediction: Prediction) -> dict[str, Scenario]:
    """Give what a prediction runs: by variant, or one under "". A figure runs nothing."""
    if prediction.figure:
        return {}
    base = changed(scenario_of(prediction.lesson), prediction.set)
    if not prediction.between:
        return {"": base}
    return {name: changed(base, settings) for name, settings in prediction.between.items()}


@cache
def truth(chapter: str, name: str, seed: int | None = None) -> Truth:
    """Find a prediction's answer by simulation. seed: another one than the scenario's own."""
    found = course(chapter)
    prediction = next(one for one in (found.predictions if found else ()) if one.id == name)
    if prediction.figure:
        value: float | None = FIGURES[prediction.figure].of()
        return Truth(_span(prediction, value), {"": value})
    of = MEASURES[prediction.measure].of
    values = {variant: of(run(_seeded(scenario, seed))) for variant, scenario in scenarios(prediction).items()}
    return Truth(_best(prediction, values) if prediction.between else _span(prediction, values[""]), values)


def _seeded(scenario: Scenario, seed: int | None) -> Scenario:
    return scenario if seed is None else scenario.with_("seed", seed)


def _span(prediction: Prediction, value: float | None) -> str | None:
    """Name the span that holds a value."""
    if value is None:
        return None
    return prediction.choices[sum(value >= bound for bound in prediction.bounds)]


def _best(prediction: Prediction, values: Mapping[str, float | None]) -> str | None:
    """Name the variant that wins; none where two are equal, or one never came to it."""
    known = {name: value for name, value in values.items() if value is not None}
    if len(known) < len(values):
        return None
    best = min(known.values()) if prediction.wins == "least" else max(known.values())
    winners = [name for name, value in known.items() if value == best]
    return winners[0] if len(winners) == 1 else None


# --- challenges ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a scenario fared. values: seed -> a value for each `must`, in its order. moved: what had to stand and does not."""

    values: Mapping[int, tuple[float | None, ...]]
    moved: tuple[str, ...]
    is_met: bool


def attempt(challenge: Challenge, scenario: Scenario, play: Callable[[Scenario], Run] = run) -> Attempt:
    """Run a learner's scenario under several seeds, its own first. Raises BudgetError where a run would be too large.

    play: how a run is come by. What had to stand is compared first: a scenario that has sent its users home is not run.
    """
    base = scenario_of(challenge.lesson)
    moved = tuple(path for path in challenge.keep if value_at(base, path) != value_at(scenario, path))
    if moved:
        return Attempt({}, moved, is_met=False)
    values = {}
    for step in range(SEEDS):
        done = play(_seeded(scenario, scenario.seed + step))
        values[scenario.seed + step] = tuple(MEASURES[must.measure].of(done) for must in challenge.must)
    return Attempt(values, (), _all_met(challenge, values))


def attempt_record(challenge: Challenge, first: BaseModel, record: BaseModel) -> Attempt:
    """Play the experiment that a learner's record describes: under several seeds where something is left to chance, else once.

    first: the record as the experiment brings it; what has to stand is compared with it. values: by seed; by 0 where there is none.
    """
    moved = tuple(path for path in challenge.keep if _read(first, path) != _read(record, path))
    if moved:
        return Attempt({}, moved, is_met=False)
    values: dict[int, tuple[float | None, ...]] = {}
    for step in range(SEEDS if challenge.is_by_chance else 1):
        other = seeded(record, step) or record
        values[seed_of(other)] = tuple(MARKS[must.measure].of(other) for must in challenge.must)
    return Attempt(values, (), _all_met(challenge, values))


def _all_met(challenge: Challenge, values: Mapping[int, tuple[float | None, ...]]) -> bool:
    return all(must.is_met(value) for row in values.values() for must, value in zip(challenge.must, row, strict=True))


def _read(record: BaseModel, path: str) -> Any:
    """Read a record's value by its dotted path; None where it has none."""
    here: Any = record
    for step in path.split("."):
        here = getattr(here, step, None)
    return here


__all__ = [
    "Attempt", "Challenge", "Course", "Must", "Prediction", "Question", "Truth", "attempt", "attempt_record", "course", "scenarios", "truth",
]  # fmt: skip
