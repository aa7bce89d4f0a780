"""Published tables: instance types, Fargate's sizes and prices, pods that a node's addresses allow."""

from __future__ import annotations

from pydantic import Field

from engine import catalog
from engine.conformance.cases import Case, Given, Got, Rounded
from engine.placement import max_pods
from engine.pricing import fargate_usd_per_hour

USD_DECIMALS = 6  # the tables print millionths of a dollar


class InstanceName(Given):
    """An EC2 instance type."""

    instance_type: str


class Addresses(InstanceName):
    """A type, and its limits where the table knows them; where not, the CNI's own list of limits does."""

    enis_on_default_card: int | None = Field(default=None, ge=1, le=1_000)
    ipv4_per_eni: int | None = Field(default=None, ge=1, le=10_000)


class FargatePair(Given):
    """CPU and memory asked of Fargate."""

    cpu_units: int = Field(ge=1, le=10_000_000)
    memory_mib: int = Field(ge=1, le=100_000_000)


def instance(case: Case[InstanceName]) -> Got:
    """Look a type's row up in the catalog."""
    name = case.given.instance_type
    if name not in catalog.instance_types():
        return {"because": f"data/catalog/instance_types.csv has no {name}"}
    row = catalog.instance_type(name)
    return {
        "vcpu": row.vcpu,
        "memory_mib": row.memory_mib,
        "arch": row.arch,
        "enis": row.enis,
        "ipv4_per_eni": row.ipv4_per_eni,
        "trunking": row.trunking,
        "branch_enis": row.branch_enis,
        "max_pods": row.max_pods,
        "network_mbps": row.network_mbps,
        f"on_demand_usd_per_hour_{row.region.replace('-', '_')}": Rounded(row.usd_per_hour, USD_DECIMALS),
    }


def pods(case: Case[Addresses]) -> Got:
    """Count the pods by the case's limits, or by those on the shelf where it gives only the type's name."""
    given = case.given
    if given.enis_on_default_card is not None and given.ipv4_per_eni is not None:
        return {"max_pods": max_pods(given.enis_on_default_card, given.ipv4_per_eni)}
    limits = catalog.eni_limits().get(given.instance_type)
    if limits is None:
        return {"because": f"data/catalog/eni_limits.csv has no {given.instance_type}, and the case gives no limits"}
    return {"max_pods": max_pods(limits.enis, limits.ipv4_per_eni)}


def fargate(case: Case[FargatePair]) -> Got:
    """Say whether Fargate sold the pair on the day of the table's source, and for how much an hour."""
    cpu_units, memory_mib = case.given.cpu_units, case.given.memory_mib
    if not catalog.is_fargate_size(cpu_units, memory_mib, on=case.day):
        return {"valid": False}
    return {
        "valid": True,
        "linux_x86_usd_per_hour": Rounded(fargate_usd_per_hour(cpu_units, memory_mib, "x86"), USD_DECIMALS),
        "linux_arm_usd_per_hour": Rounded(fargate_usd_per_hour(cpu_units, memory_mib, "arm"), USD_DECIMALS),
    }
