"""Doubts: what can be run, and yet will leave tasks waiting. ECS takes such a service too; it says so only later.

Everything is asked of the fleet as it begins, with nothing on it: what does not fit there fits nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine import launch
from engine.errors import Problem
from engine.placement.constraints import Constraint, all_of
from engine.placement.demand import needs_in
from engine.placement.pools import Pool, pools_of, room_for
from engine.placement.quota import quota
from engine.placement.stock import empty_fleet
from engine.scaling.capacity_provider import hosts_for, least_room

if TYPE_CHECKING:
    from engine.placement.hosts import Hosts, Needs
    from engine.scenario import Scenario, Service


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason why tasks of a service will wait.

    kind: "cpu" or "memory" (no host could hold one), "unmet" (a constraint that no host meets), "room", "constraints",
    "ports" or "enis" (too many for what runs out), "managed" (larger than every host that AWS may choose). values: its figures, for a page's own words. problem: the same in words.
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

    Source: facts `ecs.placement.constraint_stays_pending`, `ecs.cas.smallest_instance_rule`.
    """
    if launch.launch_type(scenario.launch_type).hosts == "managed":
        return [doubt for number in range(len(scenario.services)) for doubt in _beyond_all_types(scenario, number)]
    if not launch.launch_type(scenario.launch_type).owns_hosts:
        return []
    return [
        doubt
        for number, service in enumerate(scenario.services)
        for doubt in _of(f"services.{number}", service, scenario)
    ]


def _beyond_all_types(scenario: Scenario, number: int) -> Iterator[Doubt]:
    """Find a task that no instance type which AWS may choose could hold beside its host's daemons."""
    families = scenario.fleet.families
    rooms = [room_for(scenario, kind.name) for kind in launch.of_families(families)]
    with_it = [s for n, s in enumerate(scenario.services) if n == number or s.kind == "daemon"]
    cpu_units, memory_mib = sum(s.cpu_units for s in with_it), sum(s.memory_mib for s in with_it)
    if not any(cpu_units <= room.cpu_units and memory_mib <= room.memory_mib for room in rooms):
        came = f"{cpu_units:,} CPU units with {memory_mib:,} MiB" + (", daemons with it" if len(with_it) > 1 else "")
        most_cpu, most_mib = max(room.cpu_units for room in rooms), max(room.memory_mib for room in rooms)
        allowed = f"up to {most_cpu:,} CPU units, up to {most_mib:,} MiB, both on one type of {', '.join(families)}"
        says = "no host that AWS may choose could hold the task: it waits"
        problem = Problem(f"services.{number}.cpu_units", came, allowed, says)
        values: dict[str, int | str] = {"cpu": cpu_units, "memory": memory_mib, "families": ", ".join(families)}
        yield Doubt("managed", scenario.services[number].name, values, problem)


def _of(where: str, service: Service, scenario: Scenario) -> Iterator[Doubt]:
    needs, pools = _needs(service, scenario), pools_for(service, scenario)
    hosts = empty_fleet(scenario, pools)
    if not len(hosts):
        return
    # Whether `task:group == …` holds depends on what else will run: no doubt can rest on it.
    rules = [rule for rule in all_of(service.constraints) if not (rule.expression and rule.is_moving)]
    too_large = list(_too_large(where, service, scenario, pools, needs))
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


def _needs(service: Service, scenario: Scenario) -> Needs:
    return needs_in(scenario)[scenario.services.index(service)]


def pools_for(service: Service, scenario: Scenario) -> list[Pool]:
    """List the hosts that a service's tasks may have: its capacity providers' as far as they grow for it, or everybody's.

    A group grows only for a task that fits its smallest type, and only for tasks that come through its provider.
    """
    pools, needs = pools_of(scenario), _needs(service, scenario)
    if not service.capacity or launch.launch_type(scenario.launch_type).is_kubernetes:
        return list(pools)
    found = []
    for share in service.capacity:
        number = [provider.name for provider in scenario.fleet.providers].index(share.provider)
        provider = scenario.fleet.providers[number]
        grows = provider.managed_scaling and hosts_for([needs], least_room(scenario, number))[0]
        pool = next(pool for pool in pools if pool.provider == number)
        found.append(replace(pool, hosts=provider.max_hosts if grows else provider.hosts))
    return found


def _too_large(
    where: str, service: Service, scenario: Scenario, pools: Sequence[Pool], needs: Needs
) -> Iterator[Doubt]:
    """Find a task that no host could ever hold."""
    roomy = max(pools, key=lambda pool: pool.room.memory_mib)
    strong = max(pools, key=lambda pool: pool.room.cpu_units)
    most, memory = strong.room.cpu_units, roomy.room.memory_mib
    says = "no host could hold the task: it waits"
    if needs.cpu_units > most:
        allowed = f"up to {most:,}, all of one {strong.kind.instance_type}"
        values: dict[str, int | str] = {"need": needs.cpu_units, "most": most, "type": strong.kind.instance_type}
        yield Doubt("cpu", service.name, values, Problem(f"{where}.cpu_units", f"{needs.cpu_units:,}", allowed, says))
    if needs.memory_mib > memory:
        allowed = f"up to {memory:,} MiB, what a {roomy.kind.instance_type} leaves to tasks"
        values = {"need": needs.memory_mib, "most": memory, "type": roomy.kind.instance_type}
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
