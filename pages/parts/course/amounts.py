"""Amounts: a number in its unit, as the reader's language writes it."""

from __future__ import annotations

from engine.measures import Unit
from pages.parts.words import Voice


def amount(value: float, unit: Unit, speaker: Voice) -> str:
    """Write a number in its unit, as the reader's language does."""
    match unit:
        case "s":
            return speaker.seconds(value)
        case "share":
            return speaker.percent(value, 0 if value == 0 or value >= 1 or 0.005 < value < 0.99 else 2)
        case "usd_h":
            return speaker.say("common.unit.per_hour", value=speaker.money(value))
        case "usd":
            return speaker.money(value)
        case "count":
            return speaker.number(value, 0 if value == int(value) else 1)
        case _:
            n = round(value) if value >= 100 or value == int(value) else value
            return speaker.say(f"course.unit.{unit}", value=speaker.number(n, 0 if n == int(n) else 1))
