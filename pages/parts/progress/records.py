"""Answers as records, and as the file that a visitor takes away and brings back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, get_args
from uuid import uuid4

from pydantic import Field, ValidationError

from engine import ScenarioError, reading
from engine.errors import Problem
from engine.fields import Record

Kind = Literal["guess", "prediction", "quiz", "challenge", "row"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST = 5_000  # answers of one visitor: a course has some hundred questions
VERSION = 1


class Answer(Record):
    """One answer, as it was given."""

    id: str = Field(default_factory=lambda: uuid4().hex, pattern=r"^[0-9a-f]{32}$", description="Its own name")
    at: str = Field(
        default_factory=lambda: datetime.now(UTC).isoformat(timespec="microseconds"),
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?\+00:00$",
        description="When it was given, UTC",
    )
    kind: Kind = Field(description="What kind of question it answers")
    what: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_-]+)*$", max_length=120, description="Which question")
    answer: str = Field(max_length=400, description="What was said")
    right: bool | None = Field(None, description="Whether it was right; none where nobody can say")
    sure: int | None = Field(None, ge=50, le=100, description="How sure the visitor was, percent")

    @property
    def chapter(self) -> str:
        """The chapter it belongs to: what stands before the first dot or underscore tells (`az_failure` is one word)."""
        return chapter_of(self.what)


class Export(Record):
    """The file that is taken away."""

    quayside: Literal[1] = Field(VERSION, description="The version of this form")
    answers: tuple[Answer, ...] = Field((), max_length=MOST, description="All answers, oldest first")


def chapter_of(what: str) -> str:
    """Name the chapter of a question: of `<chapter>.<word>`, and of a lesson, whose name begins with its chapter's.

    >>> chapter_of("az_failure.spare"), chapter_of("control_plane_why"), chapter_of("fleet")
    ('az_failure', 'control_plane', 'fleet')
    """
    from pages.parts.chapter import CHAPTERS  # noqa: PLC0415 - the frame of a chapter asks for progress itself

    first = what.partition(".")[0]
    return max((name for name in CHAPTERS if first == name or first.startswith(f"{name}_")), key=len, default=first)


def exported(answers: Iterable[Answer]) -> str:
    """Write answers as the file that `imported` reads."""
    return json.dumps(Export(answers=tuple(answers)).model_dump(mode="json"), ensure_ascii=False, indent=1)


def imported(text: str) -> tuple[Answer, ...]:
    """Read a file of answers. Raises ScenarioError with every problem in it."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScenarioError((Problem("file", text[:60], "JSON", "is not JSON"),)) from error
    try:
        return reading.validated(Export, given).answers
    except ValidationError as error:
        raise ScenarioError(reading.explained(error, Export)) from None
