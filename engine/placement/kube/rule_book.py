"""Rules that were drawn up once: until a node comes, goes or changes, only pods have to be counted again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from engine.placement.hosts import Bools
from engine.placement.kube.near_rules import near_rules
from engine.placement.kube.objects import Node, Pod
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import hard_rules, is_listed, soft_rules
from engine.placement.kube.topology_kernel import Hard, Near, Soft, find_fewest, tallies

R = TypeVar("R", Hard, Soft, Near)


class RuleBook:
    """Keeps the rules of the shapes of pods that a cluster knows. For today's edition alone."""

    def __init__(self) -> None:
        self._nodes: tuple[Node, ...] = ()
        self._is_there: Bools = np.zeros(0, dtype=np.bool_)
        self._is_closed: Bools = np.zeros(0, dtype=np.bool_)
        self._shapes: tuple[Pod, ...] = ()
        self._hard: dict[int, Hard] = {}
        self._soft: dict[int, Soft] = {}
        self._near: dict[int, Near] = {}

    def hard(self, pod: Pod, cluster: Snapshot) -> Hard:
        """Give a pod's DoNotSchedule constraints, counted as pods are now."""
        rules = self._kept(pod, cluster, self._hard, hard_rules)
        found = rules._replace(
            tally=tallies(rules.place, rules.gain, cluster.count, rules.tally.shape[1]),
            fewest=np.zeros_like(rules.fewest),
        )
        for row in range(len(found.fewest)):
            find_fewest(row, found)
        return found

    def soft(self, pod: Pod, cluster: Snapshot) -> Soft:
        """Give a pod's ScheduleAnyway constraints, counted as pods are now."""
        rules = self._kept(pod, cluster, self._soft, soft_rules)
        return rules._replace(tally=tallies(rules.place, rules.gain, cluster.count, rules.tally.shape[1]))

    def near(self, pod: Pod, cluster: Snapshot) -> Near:
        """Give what a pod and its neighbours say of each other, counted as pods are now."""
        rules = self._kept(pod, cluster, self._near, near_rules)
        gains = (rules.friends_gain, rules.foes_gain, rules.avoiders_gain, rules.likes_gain)
        friends, foes, avoiders, likes = (
            tallies(rules.code, gain, cluster.count, rules.friends.shape[1]) for gain in gains
        )
        total = np.array([friends.sum()], dtype=np.int64)
        return rules._replace(friends=friends, foes=foes, avoiders=avoiders, likes=likes, n_friends=total)

    def _kept(self, pod: Pod, cluster: Snapshot, kept: dict[int, R], draw_up: Callable[[Pod, Snapshot], R]) -> R:
        """Look a shape's rules up, or draw them up; a pod of no known shape (a DaemonSet's, for one node) is not kept."""
        there = is_listed(cluster)
        closed = np.zeros_like(there) if cluster.is_closed is None else cluster.is_closed
        if (
            cluster.nodes is not self._nodes
            or cluster.shapes != self._shapes
            or not np.array_equal(there, self._is_there)
            or not np.array_equal(closed, self._is_closed)
        ):
            self._nodes, self._shapes = cluster.nodes, cluster.shapes
            self._is_there, self._is_closed = there.copy(), closed.copy()
            for rules in (self._hard, self._soft, self._near):
                rules.clear()
        number = next((n for n, shape in enumerate(self._shapes) if shape is pod), None)
        if number is None:
            return draw_up(pod, cluster)
        if number not in kept:
            kept[number] = draw_up(pod, cluster)
        return kept[number]
