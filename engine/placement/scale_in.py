"""Scale-in: which task has to go, by the rule that belongs to the service's strategies; and why it.

Each strategy that placed tasks also says who leaves, in the same order: spread takes from where most are, binpack from
the host that would be emptiest afterwards, so that it empties first.
Source: facts `ecs.scalein.default_rule`, `ecs.scalein.spread_rule`, `ecs.scalein.binpack_rule`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.placement.hosts import Floats, Hosts, Ints, Needs
from engine.placement.strategies import BY_ATTRIBUTE, DEFAULT

NEWEST = "newest"
CHANCE = "random"
YOUNG = "not-serving"


@dataclass(frozen=True, slots=True)
class Leaver:
    """A task that may go: host -1 where each task has its own that nobody sees."""

    task: int
    zone: int
    host: int


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Who has to go, and why: all that a table of the candidates shows.

    task: the victim's number, None if there was nobody. tasks, zones, hosts: the candidates, shape (n,); host -1 where
    nobody sees one. scores: rule -> shape (n,), in the order in which they were asked; the highest goes. A rule is a
    strategy's name, or `newest`, `random`, `not-serving`.
    """

    task: int | None
    tasks: Ints
    zones: Ints
    hosts: Ints
    scores: dict[str, Floats]

    @property
    def decided_by(self) -> str:
        """Name the rule that left one candidate; "only" if there never was another, "" if there was none."""
        if self.task is None:
            return ""
        left = np.arange(len(self.tasks))
        if len(left) == 1:
            return "only"
        for name, score in self.scores.items():
            left = left[score[left] == score[left].max()]
            if len(left) == 1:
                return name
        return "first"


def dismiss(
    leavers: Sequence[Leaver],
    strategies: Sequence[str] = DEFAULT,
    needs: Needs | None = None,
    hosts: Hosts | None = None,
    chance: Callable[[int], float] | None = None,
) -> Dismissal:
    """Pick the task to stop, by the strategies' rules in their order.

    needs, hosts: for binpack and for spreading over an attribute. chance: task -> its own number, for "random within the
    zone". What the rules leave open the newest decides: our assumption.
    """
    scores: dict[str, Floats] = {}
    for rule in _rules(strategies):
        if rule == CHANCE and chance is None:
            continue
        scores[rule] = np.array(_score(rule, leavers, needs, hosts, chance), dtype=np.float64)
    left = list(range(len(leavers)))
    for score in scores.values():
        most = max((score[i] for i in left), default=0.0)
        left = [i for i in left if score[i] == most]
    return Dismissal(
        leavers[left[0]].task if left else None,
        np.array([leaver.task for leaver in leavers], dtype=np.int64),
        np.array([leaver.zone for leaver in leavers], dtype=np.int64),
        np.array([leaver.host for leaver in leavers], dtype=np.int64),
        scores,
    )


def dismiss_young(leavers: Sequence[Leaver]) -> Dismissal:
    """Pick the newest of tasks that do not serve yet: stopping one costs nobody anything."""
    found = dismiss(leavers, ())
    young = np.ones(len(leavers), dtype=np.float64)
    return Dismissal(found.task, found.tasks, found.zones, found.hosts, {YOUNG: young, **found.scores})


def _rules(strategies: Sequence[str]) -> tuple[str, ...]:
    """List the rules: the strategies', then what breaks ties."""
    chain = tuple(dict.fromkeys(strategies))
    spreads = any(name.startswith("spread") for name in chain)
    # The default's rule says "the zone, then the instance with the most" and nothing of chance.
    is_open = chain != DEFAULT and spreads and CHANCE not in chain
    return (*chain, *((CHANCE,) if is_open else ()), NEWEST)


def _score(
    rule: str,
    leavers: Sequence[Leaver],
    needs: Needs | None,
    hosts: Hosts | None,
    chance: Callable[[int], float] | None,
) -> list[float]:
    """Score each candidate by one rule: the highest goes."""
    if rule == NEWEST:
        return [leaver.task for leaver in leavers]
    if rule == CHANCE:
        return [chance(leaver.task) if chance else 0.0 for leaver in leavers]
    if rule == "spread-zones":
        return _crowd([leaver.zone for leaver in leavers])
    if rule == "spread-hosts":
        return _crowd([leaver.host if leaver.host >= 0 else None for leaver in leavers])
    if hosts is None or needs is None:
        return [0.0] * len(leavers)
    if rule.startswith(BY_ATTRIBUTE):
        column = hosts.traits.attributes.get(rule.removeprefix(BY_ATTRIBUTE)) if hosts.traits else None
        group = column.group() if column else np.zeros(len(hosts), dtype=np.int64)
        return _crowd([int(group[leaver.host]) for leaver in leavers])
    if rule == "binpack-cpu":
        return [float(hosts.free_cpu[leaver.host] + needs.cpu_units) for leaver in leavers]
    return [float(hosts.free_mib[leaver.host] + needs.memory_mib) for leaver in leavers]


def _crowd(places: Sequence[int | None]) -> list[float]:
    """Count for each candidate how many stand where it stands; a place that nobody sees counts none."""
    counts = Counter(place for place in places if place is not None)
    return [0.0 if place is None else float(counts[place]) for place in places]


def victim(tasks: Sequence[tuple[int, int, int]]) -> int | None:
    """Pick the task to stop by the default rule: from the zone with the most, on the host with the most, the newest.

    tasks: (task, zone, host) of the service; host -1 where each task has its own.
    """
    return dismiss([Leaver(*task) for task in tasks]).task
