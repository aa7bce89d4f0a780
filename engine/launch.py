"""Launch types: rows of data/launch_types.yaml, and the few behaviours that no row can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from engine import catalog
from engine.errors import CatalogError, Problem
from engine.placement.constraints import DISTINCT

if TYPE_CHECKING:
    from engine.scenario import Scenario, Service


@dataclass(frozen=True, slots=True)
class LaunchType:
    """What a launch type brings and asks. Times in seconds, rates in tasks a second.

    strategies: the platform's own order of placement; none = the service's. vcpu_price, gb_price: the facts that a task
    is billed by; "" where hosts are billed.
    """

    name: str
    hosts: Literal["owned", "managed", "per-task"]
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
    duties: str
    facts: tuple[str, ...]

    @property
    def owns_hosts(self) -> bool:
        """Say whether you bring the hosts."""
        return self.hosts == "owned"

    @property
    def has_hosts(self) -> bool:
        """Say whether tasks share hosts that can be seen: yours, or those that AWS keeps in your account."""
        return self.hosts != "per-task"

    def refusals(self, where: str, service: Service, scenario: Scenario) -> list[Problem]:
        """List what the platform would refuse of a service."""
        if self.hosts == "owned":
            return _too_large(where, service, scenario)
        if self.hosts == "managed":
            return _no_such_host(where, service, scenario)
        return _no_such_size(where, service) + _too_patient(where, service)


def _no_such_host(where: str, service: Service, scenario: Scenario) -> list[Problem]:
    """Find a task that no instance type of the allowed families could hold, or that chooses hosts by their attributes."""
    families = scenario.fleet.families
    types = [
        (kind.cpu_units, int(kind.memory_mib * scenario.assumptions.host_memory_share))
        for kind in of_families(families)
    ]
    found = [
        Problem(f"{where}.constraints.{number}", text, "distinctInstance", "AWS chooses the hosts, by `fleet.families`")
        for number, text in enumerate(service.constraints)
        if text.strip() != DISTINCT
    ]
    daemons = [other for other in scenario.services if other.kind == "daemon" and other is not service]
    cpu_units = service.cpu_units + sum(other.cpu_units for other in daemons)
    memory_mib = service.memory_mib + sum(other.memory_mib for other in daemons)
    if any(cpu_units <= cpu and memory_mib <= mib for cpu, mib in types):
        return found
    most_cpu, most_mib = max(cpu for cpu, _ in types), max(mib for _, mib in types)
    came = f"{cpu_units:,} CPU units with {memory_mib:,} MiB" + (", its host's daemons with it" if daemons else "")
    allowed = f"up to {most_cpu:,} CPU units, up to {most_mib:,} MiB, both on one type of {', '.join(families)}"
    return [*found, Problem(f"{where}.cpu_units", came, allowed, "no host that AWS may choose could hold the task")]


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
    return [
        Problem(
            f"{where}.stop_timeout_s", f"{service.stop_timeout_s:g}", f"up to {most:g} s", "Fargate waits no longer"
        )
    ]


def _too_large(where: str, service: Service, scenario: Scenario) -> list[Problem]:
    """Find a task that no host of the fleet could ever hold."""
    found: list[Problem] = []
    host = catalog.instance_type(scenario.fleet.instance_type)
    memory = int(host.memory_mib * scenario.assumptions.host_memory_share)
    if service.cpu_units > host.cpu_units:
        allowed = f"up to {host.cpu_units:,}, all of one {host.name}"
        found.append(Problem(f"{where}.cpu_units", f"{service.cpu_units:,}", allowed, "no host could hold the task"))
    if service.memory_mib > memory:
        allowed = f"up to {memory:,} MiB, what a {host.name} leaves to tasks"
        found.append(Problem(f"{where}.memory_mib", f"{service.memory_mib:,}", allowed, "no host could hold the task"))
    return found


def _no_such_size(where: str, service: Service) -> list[Problem]:
    """Find a pair of CPU and memory that Fargate does not sell, and name the nearest that would hold the task."""
    sizes = catalog.fargate_sizes()
    if catalog.is_fargate_size(service.cpu_units, service.memory_mib):
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
def launch_types() -> Mapping[str, LaunchType]:
    """Give every launch type that the engine can run, in the file's order."""
    return {name: _read(name, row) for name, row in catalog.launch_type_rows().items()}


def launch_type(name: str) -> LaunchType:
    """Look one launch type up."""
    try:
        return launch_types()[name]
    except KeyError:
        raise CatalogError(f"launch_types.yaml: no launch type is called {name!r}") from None


def _read(name: str, row: Mapping[str, Any]) -> LaunchType:
    """Give a row its meaning; each number is looked up in the facts."""
    low, high = (0.0, 0.0) if row["provision_s"] == "none" else _pair(row["provision_s"])
    for cited in (*row["facts"], row["duties"]):
        catalog.fact(cited)
    return LaunchType(
        name=name,
        hosts=row["hosts"],
        keeps_images=row["keeps_images"],
        burst=_number(row["burst"]),
        per_s=_number(row["per_s"]),
        provision_min_s=low,
        provision_max_s=high,
        placement=row["placement"],
        strategies=tuple(row.get("strategies", ())),
        is_spot=row.get("spot", False),
        vcpu_price=_cited(row, "vcpu_usd"),
        gb_price=_cited(row, "gb_usd"),
        duties=row["duties"],
        facts=tuple(row["facts"]),
    )


def _number(cell: Mapping[str, Any]) -> float:
    return catalog.number(cell["fact"]) / float(cell.get("per", 1))


def _cited(row: Mapping[str, Any], name: str) -> str:
    """Name the fact that a price stands in, once it is sure that it holds a number."""
    if name not in row:
        return ""
    catalog.number(row[name]["fact"])
    return str(row[name]["fact"])


def _pair(cell: Mapping[str, Any]) -> tuple[float, float]:
    return catalog.number(cell["fact"], cell["at"], 0), catalog.number(cell["fact"], cell["at"], 1)
