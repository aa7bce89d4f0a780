"""Choose a host: filters first, then strategies in their order; and say why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.placement.constraints import Constraint
from engine.placement.filters import FILTERS
from engine.placement.hosts import Bools, Floats, Hosts, Ints, Needs
from engine.placement.strategies import strategy

FEASIBLE = -1


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, and why: all that a table of the decision shows.

    host: the winner's index, None if every host said no. refused: hosts by the first filter or constraint that struck
    them out. stopped_by: shape (n_hosts,), index into `filters` of what said no, FEASIBLE if nothing did.
    scores: strategy -> shape (n_hosts,), in the order in which they were asked; higher is better.
    free_cpu, free_mib, free_enis: what each host had left before the decision; ports: which ones were taken. The last
    two are None where no task of the scenario asks for such a thing. constraints: the service's, as they were written.
    """

    host: int | None
    refused: dict[str, int]
    stopped_by: Ints
    scores: dict[str, Floats]
    free_cpu: Ints
    free_mib: Ints
    free_enis: Ints | None = None
    ports: tuple[frozenset[int], ...] | None = None
    constraints: tuple[str, ...] = ()

    @property
    def filters(self) -> tuple[str, ...]:
        """Name what was asked, in order: the filters, then the constraints."""
        return (*FILTERS, *self.constraints)

    @property
    def reason(self) -> str:
        """Name the filter that struck out the most hosts: "cpu" when 5 of 6 lack CPU; "" when a host was found."""
        if self.host is not None:
            return ""
        # Hosts that are not there, and another provider's, were never meant for it: those are a reason only where there is no other.
        there = {name: n for name, n in self.refused.items() if name != "absent"}
        counts = {name: n for name, n in there.items() if name != "provider"} or there
        return max(counts, key=lambda name: counts[name]) if counts else "no-hosts"

    @property
    def decided_by(self) -> str:
        """Name the strategy that left one host: "only" if there never was another, "first" if the list's order decided.

        "" when no host was found.
        """
        if self.host is None:
            return ""
        left = np.flatnonzero(self.stopped_by == FEASIBLE)
        if len(left) == 1:
            return "only"
        for name, score in self.scores.items():
            left = left[score[left] == score[left].max()]
            if len(left) == 1:
                return name
        return "first"


def choose(
    needs: Needs,
    hosts: Hosts,
    strategies: Sequence[str],
    chance: Floats | None = None,
    constraints: Sequence[Constraint] = (),
) -> Verdict:
    """Choose a host for a task, by strategies in their order; the first host wins a tie.

    chance: shape (n_hosts,), the scores of the strategy "random"; needed only where it is asked for.

    Errors: KeyError for a strategy that does not exist.
    """
    alive = np.ones(len(hosts), dtype=np.bool_)
    stopped_by = np.full(len(hosts), FEASIBLE, dtype=np.int64)
    refused: dict[str, int] = {}

    def strike(number: int, name: str, allowed: Bools) -> None:
        nonlocal alive
        struck = alive & ~allowed
        count = int(np.count_nonzero(struck))
        if count:
            stopped_by[struck] = number
            refused[name] = count
            alive = alive & ~struck

    for number, (name, says_yes) in enumerate(FILTERS.items()):
        strike(number, name, says_yes(needs, hosts))
    for number, constraint in enumerate(constraints, len(FILTERS)):
        strike(number, constraint.text, constraint.allows(hosts))
    scores: dict[str, Floats] = {}
    for name in strategies:
        scores[name] = chance if name == "random" and chance is not None else strategy(name)(needs, hosts)
    winner = _best(alive, list(scores.values()))
    return Verdict(
        winner,
        refused,
        stopped_by,
        scores,
        hosts.free_cpu.copy(),
        hosts.free_mib.copy(),
        None if hosts.free_enis is None else hosts.free_enis.copy(),
        hosts.ports,
        tuple(constraint.text for constraint in constraints),
    )


def _best(alive: Bools, scores: list[Floats]) -> int | None:
    """Sort by the first score, ties by the next; the first host wins what is still a tie."""
    left = np.flatnonzero(alive)
    if not len(left):
        return None
    for score in scores:
        mine = score[left]
        left = left[mine == mine.max()]
        if len(left) == 1:
            break
    return int(left[0])


def choose_zone(peers: Ints, is_usable: Bools) -> Verdict:
    """Choose a zone as Fargate does: the usable one with the fewest tasks of the service, the first of a tie.

    peers, is_usable: shape (n_zones,). The verdict's hosts are zones. Source: fact `ecs.placement.fargate_none`.
    """
    stopped_by = np.where(is_usable, FEASIBLE, 0)
    score = np.asarray(-peers, dtype=np.float64)
    closed = int(np.count_nonzero(~is_usable))
    nothing = np.zeros(0, dtype=np.int64)
    refused = {"closed": closed} if closed else {}
    return Verdict(_best(is_usable, [score]), refused, stopped_by, {"spread-zones": score}, nothing, nothing)
