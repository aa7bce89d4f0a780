"""Weights and base: which capacity provider gets the next task."""

from __future__ import annotations

from collections.abc import Sequence

from engine.scenario import ProviderShare


def next_provider(strategy: Sequence[ProviderShare], have: Sequence[int]) -> int:
    """Pick the line of a strategy that the next task goes to: a base that is not full, then whoever is furthest behind.

    have: tasks that each line has. Among equals the first. Source: fact `ecs.cp.weight_base_defaults`.

    Errors: ValueError if every base is full and no weight is above 0.

    >>> next_provider([ProviderShare(provider="a", weight=1), ProviderShare(provider="b", weight=4)], [0, 0])
    1
    """
    for number, share in enumerate(strategy):
        if have[number] < share.base:
            return number
    weighted = [number for number, share in enumerate(strategy) if share.weight]
    if not weighted:
        raise ValueError("a strategy needs one weight above 0: its base is full")
    return min(weighted, key=lambda n: (have[n] - strategy[n].base + 1) / strategy[n].weight)


def divide(strategy: Sequence[ProviderShare], tasks: int, have: Sequence[int] | None = None) -> list[int]:
    """Divide new tasks between the lines of a strategy, one after another; return each one's line.

    >>> lines = divide([ProviderShare(provider="a", weight=1), ProviderShare(provider="b", weight=4)], 10)
    >>> lines.count(0), lines.count(1)
    (2, 8)
    """
    counts = list(have) if have is not None else [0] * len(strategy)
    lines = []
    for _ in range(tasks):
        line = next_provider(strategy, counts)
        counts[line] += 1
        lines.append(line)
    return lines
