"""Said: the engine's steps, amounts and words in the reader's language."""

from __future__ import annotations

from engine.enacted import Step, Word
from engine.story import Amount
from pages.parts.stage_map.payload import amount
from pages.parts.words import Voice

DAY_S = 86_400
_CENTS = 1.0  # US dollars: below it two digits say too little


def said(speaker: Voice, texts: str, step: Step) -> str:
    """Say a step or a reason of a slide's table. texts: the file of its words."""
    values = {name: _written(speaker, texts, name, one) for name, one in step.values.items()}
    return speaker.say(f"{texts}.{step.key}", **values)


def split(text: str) -> tuple[str, str]:
    """Part a sentence into its cause (between ** **) and the rest.

    >>> split("**It is taken.** The container is root.")
    ('It is taken.', 'The container is root.')
    """
    cause, _, rest = text.removeprefix("**").partition("**")
    return cause.strip(), rest.strip()


def usd(speaker: Voice, value: float) -> str:
    """Write money: less than a dollar with four digits.

    >>> usd(Voice("en"), 0.00556), usd(Voice("en"), 3.2)
    ('$0.0056', '$3.20')
    """
    return speaker.money(value, 4 if 0 < abs(value) < _CENTS else 2)


def moment(speaker: Voice, at_s: float) -> str:
    """Write when a step happens: by the clock within a day, then by the day."""
    if at_s < DAY_S:
        return speaker.clock(at_s)
    return speaker.say("fargate.day", n=round(at_s / DAY_S))


def _written(speaker: Voice, texts: str, name: str, one: int | str | Amount | Word) -> object:
    if isinstance(one, Word):
        return speaker.say(f"{texts}.{one.key}")
    if isinstance(one, Amount) and one.unit == "usd":
        return usd(speaker, one.value)
    return speaker.date(one) if name == "date" and isinstance(one, str) else amount(one, speaker)
