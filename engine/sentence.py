"""A sentence in no language yet: its key among the texts, and amounts that the page writes in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["s", "clock", "share", "vcpu", "gib", "mib", "usd"]
Tone = Literal["lost", "ok", "plain"]  # of a mark or a step: a blow, a mending, neither


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that the page writes in its own language and format."""

    value: float
    unit: Unit


Values = dict[str, "int | str | Amount"]


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence from a moment on: its key among the texts, and what to fill in. "" ends the one before."""

    at_s: float
    key: str
    values: Values
