"""Constraints: rules that bind, asked after room and before any strategy (fact `ecs.placement.order`).

`distinctInstance` keeps a service's tasks on hosts of their own; `memberOf(EXPRESSION)` keeps them on the hosts of which
an expression of the cluster query language is true.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from engine.placement import query
from engine.placement.hosts import Bools, Hosts
from engine.placement.lexer import Mistake

DISTINCT = "distinctInstance"
DAEMON = "one to each host"  # what binds a daemon's task to its host; nobody writes it
_MEMBER = re.compile(r"\s*memberOf\s*\((.*)\)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Constraint:
    """One rule: its text as it was written, and its expression; None for distinctInstance.

    only_host: for a daemon's task, the host that it is for.
    """

    text: str
    expression: query.Expression | None = None
    only_host: int | None = None

    @property
    def is_moving(self) -> bool:
        """Say whether placing one task may change which hosts it allows for the next."""
        if self.expression is not None:
            return query.is_moving(self.expression)
        return self.only_host is None

    @property
    def asks_traits(self) -> bool:
        """Say whether it looks at more than room and peers."""
        return self.expression is not None

    def allows(self, hosts: Hosts) -> Bools:
        """Say for each host whether the rule lets a task go there. Shape (n_hosts,).

        distinctInstance counts the tasks that are meant to run: one that is being stopped is no hindrance.
        Source: fact `ecs.placement.distinct_desired_status`.
        """
        if self.only_host is not None:
            return np.asarray(np.arange(len(hosts)) == self.only_host)
        if self.expression is None:
            return np.asarray(hosts.peers == 0)
        return query.holds(self.expression, hosts)


@lru_cache(maxsize=256)
def read(text: str) -> tuple[Constraint | None, tuple[Mistake, ...]]:
    """Read a constraint as a scenario writes it; None and every mistake, with its place, if it is none.

    >>> read("distinctInstance")[0]
    Constraint(text='distinctInstance', expression=None, only_host=None)
    >>> print(read("memberOf(attribute:disk == )")[1][0])
    character 28: the end came; expected a value
    """
    if text.strip() == DISTINCT:
        return Constraint(DISTINCT), ()
    member = _MEMBER.fullmatch(text)
    if member is None:
        return None, (Mistake(1, f"`{text[:40]}`", f"`{DISTINCT}` or `memberOf(EXPRESSION)`"),)
    expression, mistakes = query.parse(member[1])
    if expression is None:
        return None, tuple(replace(mistake, at=mistake.at + member.start(1)) for mistake in mistakes)
    return Constraint(text.strip(), expression), ()


def all_of(texts: tuple[str, ...]) -> tuple[Constraint, ...]:
    """Read the constraints of a service that has been checked. Errors: ValueError for one that cannot be read."""
    found = []
    for text in dict.fromkeys(texts):
        constraint, mistakes = read(text)
        if constraint is None:
            raise ValueError("; ".join(map(str, mistakes)))
        found.append(constraint)
    return tuple(found)


def checked(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Give constraints back as they are written. Errors: ValueError with every mistake and its place."""
    wrong = [f"constraint {number}, {mistake}" for number, text in enumerate(texts, 1) for mistake in read(text)[1]]
    if wrong:
        raise ValueError("; ".join(wrong))
    return texts
