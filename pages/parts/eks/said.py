"""Said: the engine's steps, amounts and words in the reader's language."""

from __future__ import annotations

from engine.eks import Step, Word
from engine.story import Amount
from pages.parts.fargate.said import usd
from pages.parts.stage_map.payload import amount
from pages.parts.words import Voice

TABLE = "eks_table"


def said(speaker: Voice, step: Step) -> str:
    """Say a step or a reason."""
    return speaker.say(
        f"{TABLE}.{step.key}", **{name: _written(speaker, name, one) for name, one in step.values.items()}
    )


def mcpu(speaker: Voice, cpu_m: int) -> str:
    """Write CPU as one buys it.

    >>> mcpu(Voice("en"), 250), mcpu(Voice("es"), 1930)
    ('0.25 vCPU', '1,93 vCPU')
    """
    return str(amount(Amount(cpu_m / 1000, "vcpu"), speaker))


def mib(speaker: Voice, memory_mib: float) -> str:
    """Write memory: from one gibibyte on in gibibytes.

    >>> mib(Voice("en"), 512), mib(Voice("en"), 9216)
    ('512 MiB', '9 GiB')
    """
    return str(amount(Amount(memory_mib / 1024, "gib") if memory_mib >= 1024 else Amount(memory_mib, "mib"), speaker))


def _written(speaker: Voice, name: str, one: int | str | Amount | Word) -> object:
    if isinstance(one, Word):
        return speaker.say(f"{TABLE}.{one.key}")
    if isinstance(one, Amount) and one.unit == "usd":
        return usd(speaker, one.value)
    return speaker.date(one) if name == "date" and isinstance(one, str) else amount(one, speaker)
