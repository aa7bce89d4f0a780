"""Capacity providers: who gets how many of a service's tasks."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Problem, ScenarioError


def divide(weights: Mapping[str, int], tasks: int, base: Mapping[str, int] | None = None) -> dict[str, int]:
    """Divide a service's tasks among its capacity providers: the bases first, then by weight.

    weights, base: in the strategy's order. Returns each provider's tasks, which add up to `tasks`.

    What is left over goes, task by task, where the share is farthest from its due (Sainte-Laguë; of equals, the first
    named): so one task more never moves another. Source: fact `ecs.cp.weight_base_defaults`; the rule for what is
    left over is our assumption, AWS documents none.

    Errors: ScenarioError where every weight is 0 and the bases do not hold all tasks: ECS refuses such a strategy.

    >>> divide({"A": 1, "B": 4}, 10), divide({"A": 1, "B": 1}, 7), divide({"A": 1, "B": 1}, 7, base={"B": 3})
    ({'A': 2, 'B': 8}, {'A': 4, 'B': 3}, {'A': 2, 'B': 5})
    """
    placed = dict.fromkeys(weights, 0)
    left = tasks
    for name, least in (base or {}).items():
        placed[name] = min(least, left)
        left -= placed[name]
    past_base = _by_weight(weights, left)
    return {name: placed[name] + past_base[name] for name in placed}


def _by_weight(weights: Mapping[str, int], tasks: int) -> dict[str, int]:
    """Give whole rounds at once, then task by task, in whole numbers so that ties are ties."""
    total = sum(weights.values())
    if total == 0 and tasks:
        raise ScenarioError(
            [Problem("weights", str(dict(weights)), "one above 0", "no capacity provider takes a task")]
        )
    rounds = tasks // total if total else 0
    shares = {name: rounds * weight for name, weight in weights.items()}
    for _ in range(tasks - rounds * total):
        # The next task of a provider with n has the turn (2n + 1) / weight: the lowest comes first.
        due = [name for name, weight in weights.items() if weight]
        first = due[0]
        for name in due[1:]:
            if (2 * shares[name] + 1) * weights[first] < (2 * shares[first] + 1) * weights[name]:
                first = name
        shares[first] += 1
    return shares
