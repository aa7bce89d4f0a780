"""What a scenario asks of placement: what a task needs, and whether more than room is looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine import launch
from engine.placement.constraints import DISTINCT, all_of
from engine.placement.hosts import Needs
from engine.placement.strategies import BY_ATTRIBUTE

if TYPE_CHECKING:
    from engine.scenario import Scenario, Service


def needs_of(service: Service, *, is_pod: bool = False) -> Needs:
    """Say what a task of a service asks of its host. Source: fact `ecs.awsvpc.eni_per_task`.

    is_pod: it is a pod, and takes one of the places that its node has for pods.
    """
    enis = int(is_pod or service.network_mode == "awsvpc")
    return Needs(service.cpu_units, service.memory_mib, service.ports, enis)


def needs_in(scenario: Scenario) -> list[Needs]:
    """Say what a task of each service asks of its host, on the scenario's launch type."""
    is_pod = launch.launch_type(scenario.launch_type).is_kubernetes
    return [needs_of(service, is_pod=is_pod) for service in scenario.services]


def needs_of_host(service: Service, number: int, *, is_pod: bool = False) -> Needs:
    """Say what counts when hosts for tasks are counted.

    A task that wants no other of its kind beside it asks for its service's sign, which each host has once, like a port.
    """
    needs = needs_of(service, is_pod=is_pod)
    return replace(needs, ports=needs.ports | {-1 - number}) if DISTINCT in service.constraints else needs


def asks_traits(scenario: Scenario) -> bool:
    """Say whether a constraint or a strategy of the scenario looks at what hosts are or run; Kubernetes always does."""
    if launch.launch_type(scenario.launch_type).is_kubernetes:
        return True
    rules = [rule for service in scenario.services for rule in service.constraints]
    chains = [name for service in scenario.services for name in service.placement]
    for operation in scenario.operations:
        rules += getattr(operation, "constraints", ())
        chains += getattr(operation, "placement", ())
    return any(rule.asks_traits for rule in all_of(tuple(rules))) or any(n.startswith(BY_ATTRIBUTE) for n in chains)
