"""Rules of several shapes of pods, one below the other, so that one kernel keeps them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from engine.placement.hosts import Bools, Ints
from engine.placement.kube.topology_kernel import Hard, Near, Soft

BY_DOMAIN = ("tally", "is_domain", "friends", "foes", "avoiders", "likes")  # as wide as the largest topology

R = TypeVar("R", Hard, Soft, Near)


def stack_hard(rules: Sequence[Hard]) -> Hard:
    """Put DoNotSchedule constraints of several shapes together."""
    return _stacked(rules)


def stack_soft(rules: Sequence[Soft]) -> Soft:
    """Put ScheduleAnyway constraints of several shapes together."""
    return _stacked(rules)


def stack_near(rules: Sequence[Near]) -> Near:
    """Put the pod affinity of several shapes together."""
    return _stacked(rules)


def _stacked(rules: Sequence[R]) -> R:
    first = rules[0]
    columns: dict[str, Ints | Bools] = {}
    for name in first._fields:
        parts = [getattr(one, name) for one in rules]
        if name in BY_DOMAIN:
            width = max(part.shape[1] for part in parts)
            parts = [np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in parts]
        columns[name] = np.concatenate(parts)
    rows = [int(one.begin[-1]) for one in rules]
    columns["begin"] = np.concatenate([[0], np.cumsum(rows)]).astype(np.int64)
    return type(first)(**columns)  # type: ignore[arg-type]  # the same fields, one below the other
