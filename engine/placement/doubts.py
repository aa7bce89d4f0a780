"""Doubts: what can be run, and yet will leave tasks waiting. ECS takes such a service too; it says so only later.

Everything is asked of the fleet as it begins, with nothing on it: what does not fit there fits nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine import catalog, launch
from engine.errors import Problem
from engine.placement.constraints import Constraint, all_of
from engine.placement.demand import needs_of
from engine.placement.quota import quota
from engine.placement.stock import empty_fleet

if TYPE_CHECKING:
    from engine.placement.hosts import Hosts, Needs
    from engine.scenario import Scenario, Service


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason why tasks of a service will wait.

    kind: "cpu" or "memory" (no host could hold one), "unmet" (a constraint that no host meets), "room", "constraints",
    "ports" or "enis" (too many for what runs out). values: its figures, for a page's own words. problem: the same in words.
    """

    kind: str
    service: str
    values: Mapping[str, int | str]
    problem: Problem


def doubts(scenario: Scenario) -> list[Problem]:
    """List, in words and figures, which services cannot have all their tasks on hosts that you bring."""
    return [doubt.problem for doubt in found(scenario)]


def found(scenario: Scenario) -> list[Doubt]:
    """List which services cannot have all their tasks on hosts that you bring, and what runs out.

    Source: fact `ecs.placement.constraint_stays_pending`.
    """
    if not launch.launch_type(scenario.launch_type).owns_hosts or not scenario.fleet.size:
        return []
    hosts = empty_fleet(scenario)
    return [
        doubt
        for number, service in enumerate(scenario.services)
        for doubt in _of(f"services.{number}", service, scenario, hosts)
    ]


def _of(where: str, service: Service, scenario: Scenario, hosts: Hosts) -> Iterator[Doubt]:
    needs = needs_of(service)
    # Whether `task:group == …` holds depends on what else will run: no doubt can rest on it.
    rules = [rule for rule in all_of(service.constraints) if not (rule.expression and rule.is_moving)]
    too_large = list(_too_large(where, service, scenario, needs))
    yield from too_large
    unmet = [rule for rule in rules if rule.expression and not rule.allows(hosts).any()]
    for rule in unmet:
        allowed = f"one of {len(hosts)} hosts or more"
        problem = Problem(
            f"{where}.constraints", rule.text, allowed, "no host of the fleet is a member: its tasks wait"
        )
        yield Doubt("unmet", service.name, {"rule": rule.text, "of": len(hosts)}, problem)
    if not too_large and not unmet:
        yield from _too_many(where, service, hosts, needs, rules)


def _too_large(where: str, service: Service, scenario: Scenario, needs: Needs) -> Iterator[Doubt]:
    """Find a task that no host could ever hold."""
    share = scenario.assumptions.host_memory_share
    kinds = {group.instance_type: catalog.instance_type(group.instance_type) for group in scenario.fleet.kinds}
    roomy = max(kinds.values(), key=lambda kind: kind.memory_mib)
    strong = max(kinds.values(), key=lambda kind: kind.cpu_units)
    memory = int(roomy.memory_mib * share)
    says = "no host could hold the task: it waits"
    if needs.cpu_units > strong.cpu_units:
        allowed = f"up to {strong.cpu_units:,}, all of one {strong.name}"
        values: dict[str, int | str] = {"need": needs.cpu_units, "most": strong.cpu_units, "type": strong.name}
        yield Doubt("cpu", service.name, values, Problem(f"{where}.cpu_units", f"{needs.cpu_units:,}", allowed, says))
    if needs.memory_mib > memory:
        allowed = f"up to {memory:,} MiB, what a {roomy.name} leaves to tasks"
        values = {"need": needs.memory_mib, "most": memory, "type": roomy.name}
        yield Doubt(
            "memory", service.name, values, Problem(f"{where}.memory_mib", f"{needs.memory_mib:,}", allowed, says)
        )


def _too_many(where: str, service: Service, hosts: Hosts, needs: Needs, rules: list[Constraint]) -> Iterator[Doubt]:
    """Compare what is wanted with what the empty fleet could take, and name what runs out first."""
    wanted = len(hosts) if service.kind == "daemon" else service.desired
    each = quota(needs, hosts, rules)
    most = int(np.count_nonzero(each)) if service.kind == "daemon" else int(each.sum())
    if wanted <= most:
        return
    kind, field, why = "room", "desired", "CPU and memory"
    roomier = replace(needs, ports=frozenset())
    if rules and int(quota(needs, hosts).sum()) >= wanted:
        kind, field, why = "constraints", "constraints", ", ".join(rule.text for rule in rules)
    elif needs.ports and int(quota(roomier, hosts, rules).sum()) >= wanted:
        kind, field, why = "ports", "host_ports", "ports: one task to a host"
    elif needs.enis and int(quota(replace(needs, enis=0), hosts, rules).sum()) >= wanted:
        kind, field, why = "enis", "network_mode", f"network interfaces: {_enis(hosts)}"
    says = f"{wanted - most:,} of them wait: {why}"
    problem = Problem(f"{where}.{field}", f"{wanted:,} tasks", f"{most:,} on {len(hosts):,} hosts", says)
    values: dict[str, int | str] = {"wanted": wanted, "most": most, "n": wanted - most, "of": len(hosts)}
    yield Doubt(kind, service.name, values, problem)


def _enis(hosts: Hosts) -> str:
    free = hosts.free_enis
    if free is None:
        return "none"
    low, high = int(free.min()), int(free.max())
    return f"{low} for tasks on a host" if low == high else f"{low} to {high} for tasks on a host"
