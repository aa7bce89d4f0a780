"""What does not go together in the settings of a node autoscaler, and how much it may bring; `engine.checks` asks here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import launch
from engine.errors import Problem

if TYPE_CHECKING:
    from engine.scenario import Scenario

WHERE = "kubernetes.autoscaler"
MOVES_FOR_EACH = 3  # how often autoscalers may move a pod, each time that something happens


def problems(scenario: Scenario) -> list[Problem]:
    """List what contradicts itself, whoever is chosen: another launch type or kind is one click away."""
    return [*_bounds(scenario), *_groups(scenario), *_batches(scenario)]


def _bounds(scenario: Scenario) -> list[Problem]:
    settings, found = scenario.kubernetes.autoscaler.cluster_autoscaler, []
    pairs = [(f"{WHERE}.cluster_autoscaler", settings.min_nodes, settings.max_nodes)]
    for number, group in enumerate(settings.groups):
        pairs.append((f"{WHERE}.cluster_autoscaler.groups.{number}", group.min_nodes, group.max_nodes))
    for where, least, most in pairs:
        if least > most:
            found.append(
                Problem(f"{where}.max_nodes", str(most), f"{least} or more", "the most is less than the least")
            )
    return found


def _groups(scenario: Scenario) -> list[Problem]:
    """Find bounds for a group that the fleet does not have, or that has some already."""
    found: list[Problem] = []
    known = [group.name for group in scenario.fleet.kinds]
    names = [group.name for group in scenario.kubernetes.autoscaler.cluster_autoscaler.groups]
    for number, name in enumerate(names):
        where = f"{WHERE}.cluster_autoscaler.groups.{number}.name"
        if name not in known:
            found.append(Problem(where, name, ", ".join(known), "the fleet has no such group"))
        elif name in names[:number]:
            found.append(Problem(where, name, "each group once", "its bounds stand there twice"))
    return found


def _batches(scenario: Scenario) -> list[Problem]:
    settings = scenario.kubernetes.autoscaler.karpenter
    if settings.batch_idle_s <= settings.batch_max_s:
        return []
    allowed = f"{settings.batch_idle_s:g} s or more"
    return [
        Problem(
            f"{WHERE}.karpenter.batch_max_s",
            f"{settings.batch_max_s:g}",
            allowed,
            "it may not be below the quiet second",
        )
    ]


def is_on(scenario: Scenario) -> bool:
    """Say whether anybody adds and removes nodes."""
    launched = launch.launch_type(scenario.launch_type)
    if not launched.is_kubernetes or not launched.has_hosts:
        return False
    return launched.hosts == "managed" or scenario.kubernetes.autoscaler.kind != "none"


def most_nodes(scenario: Scenario) -> int:
    """Count the nodes that there may be at once on purpose, those of the start included; the fleet's own number without one."""
    if not is_on(scenario):
        return scenario.fleet.most
    settings = scenario.kubernetes.autoscaler
    if settings.kind == "cluster-autoscaler":
        bounds = {group.name: group.max_nodes for group in settings.cluster_autoscaler.groups}
        most = settings.cluster_autoscaler.max_nodes
        return max(scenario.fleet.most, sum(bounds.get(group.name, most) for group in scenario.fleet.kinds))
    return max(scenario.fleet.most, settings.karpenter.max_nodes)


def moved(scenario: Scenario, tasks: int) -> float:
    """Bound roughly how many pods an autoscaler moves: it acts on what happened, and then comes to rest."""
    if not is_on(scenario):
        return 0.0
    happened = 1 + len(scenario.operations) + sum(service.scaling is not None for service in scenario.services)
    return float(MOVES_FOR_EACH * tasks * min(happened, 4))
