"""Capacity providers: who gets the next of a service's tasks, and how many each has in the end."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Problem, ScenarioError


def next_provider(weights: Mapping[str, int], have: Mapping[str, int], base: Mapping[str, int] | None = None) -> str:
    """Pick the provider that the next task goes to: a base that is not full, then whoever is farthest from its due.

    weights, base: in the strategy's order. have: the tasks that each has; missing = none.

    By weight the next task of a provider with n past its base has the turn (2n + 1) / weight: the lowest comes first, of
    equals the first named (Sainte-Laguë). So one task more never moves another. Source: fact `ecs.cp.weight_base_defaults`;
    the rule for what the weights do not divide evenly is our assumption, AWS documents none.

    Errors: ScenarioError where every base is full and every weight is 0: ECS refuses such a strategy.

    >>> next_provider({"A": 1, "B": 4}, {}), next_provider({"A": 1, "B": 4}, {"B": 2})
    ('B', 'A')
    """
    base = base or {}
    for name, least in base.items():
        if have.get(name, 0) < least:
            return name
    due = [name for name, weight in weights.items() if weight]
    if not due:
        raise ScenarioError(
            [Problem("weights", str(dict(weights)), "one above 0", "no capacity provider takes a task")]
        )
    turn = {name: 2 * (have.get(name, 0) - base.get(name, 0)) + 1 for name in due}
    first = due[0]
    for name in due[1:]:  # in whole numbers, so that ties are ties
        if turn[name] * weights[first] < turn[first] * weights[name]:
            first = name
    return first


def divide(weights: Mapping[str, int], tasks: int, base: Mapping[str, int] | None = None) -> dict[str, int]:
    """Divide a service's tasks among its capacity providers, from nothing: as if `next_provider` were asked for each.

    Returns each provider's tasks, which add up to `tasks`. Errors: as there.

    >>> divide({"A": 1, "B": 4}, 10), divide({"A": 1, "B": 1}, 7), divide({"A": 1, "B": 1}, 7, base={"B": 3})
    ({'A': 2, 'B': 8}, {'A': 4, 'B': 3}, {'A': 2, 'B': 5})
    """
    base = base or {}
    placed = dict.fromkeys(weights, 0)
    left = tasks
    for name, least in base.items():
        placed[name] = min(least, left)
        left -= placed[name]
    total = sum(weights.values())
    rounds = left // total if total else 0  # a whole round leaves everybody at its due: it is given at once
    for name, weight in weights.items():
        placed[name] += rounds * weight
    for _ in range(left - rounds * total):
        placed[next_provider(weights, placed, base)] += 1
    return placed
