"""Published tables about EKS: what a node of each instance type offers to pods."""

from __future__ import annotations

from pydantic import Field

from engine import catalog
from engine.conformance.aws import InstanceName
from engine.conformance.cases import Case, Got
from engine.placement import allocatable, max_pods


class Node(InstanceName):
    """A type, and its figures where the table gives them; where not, the catalog's."""

    vcpu: int | None = Field(default=None, ge=1, le=10_000)
    memory_mib: int | None = Field(default=None, ge=1, le=1_000_000_000)
    arch: str | None = None
    max_pods: int | None = Field(default=None, ge=0, le=100_000)


def node(case: Case[Node]) -> Got:
    """Say what the node offers, by the function that every simulated node gets its room from."""
    given = case.given
    name = given.instance_type
    kind, limits = catalog.instance_types().get(name), catalog.eni_limits().get(name)
    vcpu = given.vcpu if given.vcpu is not None else kind.vcpu if kind else None
    memory_mib = given.memory_mib if given.memory_mib is not None else kind.memory_mib if kind else None
    arch = given.arch or (kind.arch if kind else None)
    pods = given.max_pods
    if pods is None and limits is not None:
        pods = max_pods(limits.enis, limits.ipv4_per_eni)
    if vcpu is None or memory_mib is None or arch is None or pods is None:
        return {"because": f"the catalog does not know {name}, and the case gives no figures"}
    room = allocatable(vcpu, memory_mib, arch, pods)
    return {"cpu_m": room.cpu_m, "memory_mib": room.memory_mib, "pods": room.pods}
