"""Yours or AWS's: the settings of the control plane's front and of its upkeep, in one record."""

from __future__ import annotations

from engine.consensus.front import Answered, Front, answered
from engine.consensus.upkeep import Bill, Upkeep, eks, self_run
from engine.fields import Record, setting

WHO = ("self-run", "eks")


class Ownership(Record):
    """What dies and how it is noticed; what breaks in a year and what it costs."""

    front: Front = setting(Front(), "The way of a kubectl call, and what dies on it.")
    upkeep: Upkeep = setting(Upkeep(), "How often things break, how fast they are mended, and what people cost.")


def both(owned: Ownership) -> dict[str, Answered]:
    """Play the same death on your machines and on EKS."""
    return {who: answered(owned.front.model_copy(update={"who": who})) for who in WHO}


def bills(owned: Ownership) -> dict[str, Bill]:
    """Reckon both."""
    return {"self-run": self_run(owned.upkeep), "eks": eks(owned.upkeep)}
