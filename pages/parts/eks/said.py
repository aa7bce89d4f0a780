"""Said: CPU and memory in the reader's language."""

from __future__ import annotations

from engine.story import Amount
from pages.parts.stage_map.payload import amount
from pages.parts.words import Voice


def mcpu(speaker: Voice, cpu_m: int) -> str:
    r"""Write CPU as one buys it.

    >>> mcpu(Voice("en"), 25), mcpu(Voice("es"), 1930), mcpu(Voice("en"), 2000)
    ('0.025\xa0vCPU', '1,93\xa0vCPU', '2\xa0vCPU')
    """
    digits = next(digits for digits in range(4) if not cpu_m * 10**digits % 1000)
    return speaker.say("story.amount.vcpu", value=speaker.number(cpu_m / 1000, digits))


def mib(speaker: Voice, memory_mib: float) -> str:
    r"""Write memory: from one gibibyte on in gibibytes.

    >>> mib(Voice("en"), 512), mib(Voice("en"), 9216)
    ('512\xa0MiB', '9\xa0GiB')
    """
    return str(amount(Amount(memory_mib / 1024, "gib") if memory_mib >= 1024 else Amount(memory_mib, "mib"), speaker))
