"""Launch types: rows of data/launch_types.yaml, and the few behaviours that no row can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from engine import catalog
from engine.era import Era, day, existed, fact_at
from engine.errors import CatalogError, Problem
from engine.placement.constraints import DISTINCT
from engine.placement.pods import eks_fargate_size

if TYPE_CHECKING:
    from engine.scenario import Scenario, Service


@dataclass(frozen=True, slots=True)
class LaunchType:
    """What a launch type brings and asks. Times in seconds, rates in tasks a second.

    orchestrator: whose rules place, start, watch and replace. control_plane: who runs them, and where.
    since: the day on which it came; "" = it was always there. burst, per_s: without end where launches have no limit.
    strategies: the platform's own order of placement; none = the service's. vcpu_price, gb_price: the facts that a task
    is billed by; "" where hosts are billed. cluster_price: the fact that an hour of its control plane is billed by, or "".
    """

    name: str
    orchestrator: Literal["ecs", "kubernetes", "lambda"]
    control_plane: Literal["ecs", "self-run", "eks", "lambda"]
    since: str
    hosts: Literal["owned", "managed", "per-task", "per-request"]
    keeps_images: bool
    burst: float
    per_s: float
    provision_min_s: float
    provision_max_s: float
    placement: Literal["strategies", "zones"]
    strategies: tuple[str, ...]
    is_spot: bool
    vcpu_price: str
    gb_price: str
    cluster_price: str
    duties: str
    facts: tuple[str, ...]

    @property
    def owns_hosts(self) -> bool:
        """Say whether you bring the hosts."""
        return self.hosts == "owned"

    @property
    def is_kubernetes(self) -> bool:
        """Say whether tasks are pods, and hosts are nodes."""
        return self.orchestrator == "kubernetes"

    @property
    def has_hosts(self) -> bool:
        """Say whether tasks share hosts that can be seen: yours, or those that AWS keeps in your account."""
        return self.hosts in ("owned", "managed")

    @property
    def is_function(self) -> bool:
        """Say whether there are no tasks at all, but an environment for each request in flight."""
        return self.hosts == "per-request"

    def existed(self, era: Era) -> bool:
        """Say whether it was there in an era."""
        return existed(self.since, day(era))

    def refusals(self, where: str, service: Service, scenario: Scenario) -> list[Problem]:
        """List what the platform would refuse of a service.

        A task that no host could hold is not among it: ECS takes it and lets it wait (`engine.placement.doubts`).
        """
        if self.is_kubernetes:
            no_pod = _no_pod(where, service, scenario.era) if self.hosts == "per-task" else []
            return [*_ecs_only(where, service), *no_pod]
        if self.is_function:
            return _no_function(where, service, scenario)
        if self.hosts == "owned":
            return []
        if self.hosts == "managed":
            return _chooses_hosts(where, service)
        return [
            *_no_such_size(where, service, scenario.era), *_needs_hosts(where, service), *_too_patient(where, service)
        ]  # fmt: skip


def _ecs_only(where: str, service: Service) -> list[Problem]:
    """Find a constraint in ECS's query language. distinctInstance is taken: it is anti-affinity by hostname."""
    why = "this is ECS's query language; Kubernetes asks a node's labels: say it under `pods.scheduling`"
    return [
        Problem(f"{where}.constraints.{number}", text, "distinctInstance", why)
        for number, text in enumerate(service.constraints)
        if text.strip() != DISTINCT
    ]


def _no_pod(where: str, service: Service, era: Era) -> list[Problem]:
    """Find what a pod on Fargate cannot have, where each has a node of its own that nobody else may touch.

    Source: facts `eks.fargate.unsupported`, `eks.fargate.overhead`.
    """
    found: list[Problem] = []
    if service.kind == "daemon":
        why = "EKS on Fargate runs no DaemonSets: what has to be beside each pod goes into it, as a sidecar"
        found.append(Problem(f"{where}.kind", "daemon", "replica", why))
    if service.network_mode == "host":
        why = "EKS on Fargate has no hostNetwork: a pod always has an address of its own"
        found.append(Problem(f"{where}.network_mode", "host", "awsvpc or bridge", why))
    elif service.ports:
        came = ", ".join(map(str, (*service.host_ports, *service.udp_ports)))
        why = "EKS on Fargate has no hostPort: nobody shares the pod's node, so any port is free"
        found.append(Problem(f"{where}.host_ports", came, "none", why))
    size = eks_fargate_size(service.cpu_units / catalog.number("ecs.placement.cpu_unit"), service.memory_mib)
    if size is None or not existed(size.since, day(era)):
        came = f"{service.cpu_units:,} CPU units with {service.memory_mib:,} MiB"
        overhead = catalog.number("eks.fargate.overhead")
        why = f"no size of Fargate holds it with the {overhead:g} MiB that Kubernetes takes beside it"
        until = min(day(era), catalog.fact("eks.fargate.overhead").as_of)
        largest = max((size for size in catalog.fargate_sizes() if existed(size.since, until)),
                      key=lambda size: (size.cpu_units, size.memory_mib))  # fmt: skip
        allowed = f"up to {largest.cpu_units:,} CPU units with {largest.memory_mib - overhead:,.0f} MiB"
        found.append(Problem(f"{where}.cpu_units", came, allowed, why))
    return found


def _no_function(where: str, service: Service, scenario: Scenario) -> list[Problem]:
    """Find what Lambda has no place for. What only hosts and tasks have (ports, strategies, scaling) is not asked for there."""
    found: list[Problem] = []
    if service.kind == "daemon":
        why = "a daemon runs once on each host, and Lambda shows you none"
        found.append(Problem(f"{where}.kind", "daemon", "replica", why))
    if scenario.application.modules and service is scenario.services[0]:
        why = "what modules that call each other do as functions is not simulated: take another launch type for them"
        found.append(Problem("application.modules", f"{len(scenario.application.modules)} modules", "none", why))
    return found


def _chooses_hosts(where: str, service: Service) -> list[Problem]:
    """Find a constraint that picks hosts by their attributes, where AWS picks the hosts: a limit of ours."""
    why = "AWS chooses the hosts here: name the instance families in `fleet.families`"
    return [
        Problem(f"{where}.constraints.{number}", text, "distinctInstance", why)
        for number, text in enumerate(service.constraints)
        if text.strip() != DISTINCT
    ]


def of_families(families: Sequence[str]) -> list[catalog.InstanceType]:
    """List the instance types of some families, in the catalog's order.

    >>> [kind.name for kind in of_families(["m5"])][:2]
    ['m5.large', 'm5.xlarge']
    """
    return [kind for kind in catalog.instance_types().values() if kind.name.partition(".")[0] in families]


def _too_patient(where: str, service: Service) -> list[Problem]:
    """Find a stop time-out that Fargate does not grant."""
    most = catalog.seconds("ecs.task.stop_timeout_fargate_max")
    if service.stop_timeout_s <= most:
        return []
    why = "Fargate waits no longer"
    return [Problem(f"{where}.stop_timeout_s", f"{service.stop_timeout_s:g}", f"up to {most:g} s", why)]


def _needs_hosts(where: str, service: Service) -> list[Problem]:
    """Find what asks for hosts of your own, where there are none.

    Source: facts `ecs.daemon.strategy`, `ecs.placement.fargate_none`.
    """
    found: list[Problem] = []
    if service.kind == "daemon":
        why = "a daemon runs once on each host, and on Fargate no host is yours"
        found.append(Problem(f"{where}.kind", "daemon", "replica", why))
    if service.constraints:
        why = "Fargate takes no placement constraints: it picks the host, and you see none"
        found.append(Problem(f"{where}.constraints", ", ".join(service.constraints), "none", why))
    return found


def _no_such_size(where: str, service: Service, era: Era) -> list[Problem]:
    """Find a pair of CPU and memory that Fargate does not sell in an era, and name the nearest that would hold the task."""
    sizes = [size for size in catalog.fargate_sizes() if existed(size.since, day(era))]
    if any((size.cpu_units, size.memory_mib) == (service.cpu_units, service.memory_mib) for size in sizes):
        return []
    came = f"{service.cpu_units:,} CPU units with {service.memory_mib:,} MiB"
    same = [size.memory_mib for size in sizes if size.cpu_units == service.cpu_units]
    if same:
        allowed = f"with {service.cpu_units:,} CPU units: {', '.join(f'{mib:,}' for mib in same)} MiB"
        return [Problem(f"{where}.memory_mib", came, allowed, "Fargate has no such size")]
    steps = sorted({size.cpu_units for size in sizes})
    allowed = f"CPU units: {', '.join(f'{step:,}' for step in steps)}"
    return [Problem(f"{where}.cpu_units", came, allowed, "Fargate has no such size")]


@cache
def launch_types(era: Era = "today") -> Mapping[str, LaunchType]:
    """Give every launch type that the engine can run, in the file's order, with an era's numbers, whether it existed or not."""
    return {name: _read(name, row, era) for name, row in catalog.launch_type_rows().items()}


def launch_type(name: str, era: Era = "today") -> LaunchType:
    """Look one launch type up. era: whose limits it has; what else it is does not depend on the time.

    >>> launch_type("ecs-fargate").per_s, launch_type("ecs-fargate", "talk").per_s
    (20.0, 1.0)
    """
    try:
        return launch_types(era)[name]
    except KeyError:
        raise CatalogError(f"launch_types.yaml: no launch type is called {name!r}") from None


def _read(name: str, row: Mapping[str, Any], era: Era) -> LaunchType:
    """Give a row its meaning; each number is looked up in the facts."""
    low, high = (0.0, 0.0) if row["provision_s"] == "none" else _pair(row["provision_s"])
    for cited in (*row["facts"], row["duties"]):
        catalog.fact(cited)
    return LaunchType(
        name=name,
        orchestrator=row.get("orchestrator", "ecs"),
        control_plane=row.get("control_plane", "ecs"),
        since=_day(row.get("since", "")),
        hosts=row["hosts"],
        keeps_images=row["keeps_images"],
        burst=_number(row.get("burst"), era),
        per_s=_number(row.get("per_s"), era),
        provision_min_s=low,
        provision_max_s=high,
        placement=row["placement"],
        strategies=tuple(row.get("strategies", ())),
        is_spot=row.get("spot", False),
        vcpu_price=_cited(row, "vcpu_usd"),
        gb_price=_cited(row, "gb_usd"),
        cluster_price=_cited(row, "cluster_usd"),
        duties=row["duties"],
        facts=tuple(row["facts"]),
    )


def _day(cell: Any) -> str:
    """Read a day: written down, or in a fact."""
    return str(catalog.value(cell["fact"], cell["at"])) if isinstance(cell, Mapping) else str(cell)


def _number(cell: Mapping[str, Any] | None, era: Era) -> float:
    """Look a limit up as an era has it; none = there is no such limit."""
    if cell is None:
        return float("inf")
    return catalog.number(*fact_at(era, cell["fact"])) / float(cell.get("per", 1))


def _cited(row: Mapping[str, Any], name: str) -> str:
    """Name the fact that a price stands in, once it is sure that it holds a number."""
    if name not in row:
        return ""
    catalog.number(row[name]["fact"])
    return str(row[name]["fact"])


def _pair(cell: Mapping[str, Any]) -> tuple[float, float]:
    return catalog.number(cell["fact"], cell["at"], 0), catalog.number(cell["fact"], cell["at"], 1)
