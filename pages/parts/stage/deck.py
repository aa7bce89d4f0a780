"""The deck: the talk as data. A beat is one thing said on stage; a cut is the beats of one talk, in its order.

Beats stand in the lesson file of their chapter (`beats:`), the cuts in data/deck.yaml. Both are read once, checked together, and
every problem is told at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError, field_validator, model_validator

from engine import catalog
from engine.errors import CatalogError
from engine.fields import Both, Record, refusal
from pages.parts.chapter import WHICH
from pages.parts.experiment import DONE, WHOLE
from pages.parts.fields import ASSUMED
from pages.parts.predict import GUESS
from pages.parts.time_machine import ERA

Highlight = Literal["map", "number", "chart", "transport", "table", "figure", "said", "chosen", "part", "none"]
Cut = Literal["talk", "short"]
CUTS: tuple[Cut, ...] = get_args(Cut)
Slide = Annotated[str, StringConstraints(pattern=r"^S(0[1-9]|[12][0-9]|3[01])([a-d]|-[1-9])?$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=6_000)]
LONGEST_LINE = 80  # signs: what one line of the hall holds at a size that its last row reads
NOTES = (30, 140)  # words: what is said in a minute or two, in one's own words


class Line(Both):
    """The one line on the screen."""

    @field_validator("en", "es")
    @classmethod
    def _is_one_line(cls, text: str) -> str:
        if len(text) > LONGEST_LINE or "\n" in text:
            raise refusal("a line on stage is one line", f"at most {LONGEST_LINE} signs")
        return text


class Notes(Both):
    """What the speaker says, in words that can be spoken."""

    @field_validator("en", "es")
    @classmethod
    def _can_be_said(cls, text: str) -> str:
        if not NOTES[0] <= len(text.split()) <= NOTES[1]:
            raise refusal("a beat's notes are said in one breath or two", f"{NOTES[0]} to {NOTES[1]} words")
        return text


class Runs(Record):
    """What plays on entering: from one moment of the run to another."""

    from_s: float = Field(0, ge=0, allow_inf_nan=False, description="Where the playhead stands on entering, s")
    to_s: float = Field(ge=0, allow_inf_nan=False, description="Where it stops, s")
    speed: float = Field(4, gt=0, le=604_800, allow_inf_nan=False, description="Simulated seconds a second")

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        if self.to_s < self.from_s:
            raise refusal("time runs forward", f"to_s from {self.from_s:g} on")
        return self


class Beat(Record):
    """One thing said on stage: the page that shows it and its state, one line, and what the speaker says meanwhile."""

    id: str = Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$", description="<chapter>.<word>")
    slide: tuple[Slide, ...] = Field(min_length=1, description="The slides of the talk that it tells")
    state: Mapping[str, Word] = Field(default_factory=dict, description="The page's own words in the URL")
    runs: Runs | None = Field(None, description="What plays on entering; none: it stands still")
    highlight: Highlight = Field("none", description="What a ring of light is put on")
    part: str = Field("", pattern=r"^[a-z0-9_-]*$", description="On which part, by the name that its page gives it")
    line: Line
    notes: Notes
    minutes: float = Field(gt=0, le=6, allow_inf_nan=False, description="How long it takes to say")

    @field_validator("slide", mode="before")
    @classmethod
    def _several(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) else given

    @field_validator("state", mode="before")
    @classmethod
    def _as_in_a_url(cls, given: Any) -> Any:
        """Write yes and no, and numbers, as the URL does."""
        if not isinstance(given, Mapping):
            return given
        return {str(name): _written(word) for name, word in given.items()}

    @model_validator(mode="after")
    def _names_its_part(self) -> Self:
        if (self.highlight == "part") != bool(self.part):
            raise refusal("a ring on a part says on which", "highlight: part, and the part's name")
        return self

    @property
    def page(self) -> str:
        """The chapter that shows it."""
        return self.id.partition(".")[0]

    @property
    def slides(self) -> frozenset[str]:
        """The slides it tells, without their parts: S22-3 is of S22."""
        return frozenset(slide[:3] for slide in self.slide)


def _written(word: Any) -> Any:
    if isinstance(word, bool):
        return str(word).lower()
    return f"{word:g}" if isinstance(word, int | float) else word


class Deck(Record):
    """Every beat there is, by its id, and the cuts: the order in which a talk goes through them."""

    beats: Mapping[str, Beat]
    cuts: Mapping[Cut, tuple[str, ...]]
    slides: tuple[Slide, ...]

    def beat(self, name: str, cut: Cut = "talk") -> Beat:
        """Give a beat by its id; the first of the cut where there is none by that name."""
        return self.beats.get(name) or self.beats[self.cuts[cut][0]]

    def of(self, cut: Cut) -> tuple[Beat, ...]:
        """Give a cut's beats in their order."""
        return tuple(self.beats[name] for name in self.cuts[cut])

    def minutes(self, cut: Cut) -> float:
        """Add up how long a cut takes."""
        return sum(beat.minutes for beat in self.of(cut))


@cache
def deck() -> Deck:
    """Read every beat and every cut. Raises CatalogError with all that is wrong, a line for each."""
    rows = [(page, number, row) for page, found in catalog.beats().items() for number, row in enumerate(found)]
    read = [(page, *_beat(f"data/lessons/{page}.yaml beats.{number}", row)) for page, number, row in rows]
    beats = [(page, beat) for page, beat, _ in read if beat is not None]
    problems = [problem for _, _, wrong in read for problem in wrong]
    problems += [problem for page, beat in beats for problem in strays(page, beat)]
    doubles = [name for name, n in Counter(beat.id for _, beat in beats).items() if n > 1]
    problems += [f"data/lessons: the beat {name} stands twice" for name in doubles]
    order = catalog.deck_rows()
    known = {beat.id for _, beat in beats}
    problems += list(_order(order, known, is_whole=len(beats) == len(rows)))
    if problems:
        raise CatalogError("\n".join(problems))
    return Deck(
        beats={beat.id: beat for _, beat in beats},
        cuts={cut: tuple(order[cut]) for cut in CUTS},
        slides=TypeAdapter(tuple[Slide, ...]).validate_python(order["slides"]),
    )


def _beat(where: str, row: Any) -> tuple[Beat | None, list[str]]:
    """Read one beat; else say what is wrong with it, all of it."""
    try:
        return Beat.model_validate(row), []
    except ValidationError as error:
        name = f" ({row['id']})" if isinstance(row, Mapping) and "id" in row else ""
        found = error.errors(include_url=False)
        deeper = {one["loc"][0] for one in found if len(one["loc"]) > 1}
        found = [one for one in found if not (one["type"] == "too_short" and one["loc"][0] in deeper)]
        return None, [f"{where}{name}: {'.'.join(map(str, one['loc'])) or 'beat'}: {_said(one)}" for one in found]


def _said(one: Any) -> str:
    expected = one.get("ctx", {}).get("expected")
    more = f"; allowed: {expected}" if expected and str(expected) not in one["msg"] else ""
    return f"{one['msg']}{more} (came: {str(one['input'])[:80]!r})"


def strays(chapter: str, beat: Beat) -> Iterator[str]:
    """Say what of a beat belongs to no page: its chapter, its experiment, or a word that the experiment's URL does not have."""
    where = f"data/lessons/{chapter}.yaml {beat.id}"
    if beat.page != chapter:
        yield f"{where}: a beat stands in its chapter's file, {beat.page}.yaml"
    lesson = beat.state.get(WHICH, beat.page)
    if lesson not in catalog.lessons() or catalog.lesson(lesson).get("page", lesson) != beat.page:
        yield f"{where}: state.{WHICH}: no experiment of {beat.page} is called {lesson!r}"
        return
    if strange := sorted(set(beat.state) - words_of(lesson)):
        yield f"{where}: state: {lesson} has no such words in its URL: {', '.join(strange)}"


def words_of(lesson: str) -> set[str]:
    """Give the words that an experiment's URL may hold: its controls', and those that every experiment shares."""
    row = catalog.lesson(lesson)
    turned = {
        control["url"]
        for group in row.values()
        if isinstance(group, list | tuple)
        for control in group
        if isinstance(control, Mapping) and "url" in control
    }
    shared = {WHICH, GUESS, ERA, WHOLE, DONE, *row.get("words", ())}
    return turned | shared | ({"launch_type", *(one.url for one in ASSUMED)} if has_run(lesson) else set())


def has_run(lesson: str) -> bool:
    """Say whether an experiment is of a run: the others show themselves, in rooms of their own."""
    return {"scenario", "strips"} <= set(catalog.lesson(lesson))


def _order(order: Mapping[str, Any], known: Iterable[str], *, is_whole: bool) -> Iterator[str]:
    """Say what is wrong with data/deck.yaml. is_whole: every beat could be read, so that one that is missing is missing."""
    if strange := sorted(set(order) - {*CUTS, "slides"}):
        yield f"data/deck.yaml: no such list: {', '.join(strange)}"
    for cut in (*CUTS, "slides"):
        names = order.get(cut)
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            yield f"data/deck.yaml {cut}: a list of names is needed, got {names!r}"
            continue
        yield from (f"data/deck.yaml {cut}: {name} stands twice" for name, n in Counter(names).items() if n > 1)
        if cut != "slides" and is_whole:
            yield from (f"data/deck.yaml {cut}: no beat is called {name!r}" for name in names if name not in known)
