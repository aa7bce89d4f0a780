"""What each launch type refuses of a manifest: one function a reason, one row a launch type.

A rule takes the manifest and yields findings, each with the places that it is about. Kubernetes itself comes first: what the
API server does not take runs nowhere. Sources: facts `eks.fargate.*`, `eks.automode.*`, `k8s.api.removed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from engine import catalog
from engine.importers.findings import Finding, listed
from engine.importers.kubernetes import schemas, trees
from engine.importers.kubernetes.manifest import Manifest
from engine.importers.kubernetes.nodes import arches, oses, unmet
from engine.importers.kubernetes.pods import Workload
from engine.importers.kubernetes.quantities import in_bytes
from engine.importers.kubernetes.volumes import host_paths

Rule: TypeAlias = Callable[[Manifest], Iterator[Finding]]


def at(code: str, places: Iterable[str], allowed: str = "") -> Iterator[Finding]:
    """Make one finding of all places, or none."""
    if found := list(places):
        yield Finding(code, listed(found), allowed, "manifest")


def of_containers(code: str, is_so: Callable[[Workload], Iterable[str]]) -> Rule:
    """Make the rule that names, workload by workload, what is so in it."""

    def refuse(manifest: Manifest) -> Iterator[Finding]:
        found = ((one, list(dict.fromkeys(is_so(one)))) for one in manifest.workloads)
        places = (f"{one.where} ({listed(named)})" if any(named) else one.where for one, named in found if named)
        yield from at(code, places)

    return refuse


# --- Kubernetes itself ---


def unread(manifest: Manifest) -> Iterator[Finding]:
    """Refuse what the API server's schema and checks refuse."""
    yield from manifest.bad


def removed_api(manifest: Manifest) -> Iterator[Finding]:
    """Refuse an API version that no release serves any more."""
    old = [(one, schemas.removed_in(one)) for one in manifest.objects]
    places = [f"{one.where}: {one.api_version} (until {release})" for one, release in old if release]
    now = dict.fromkeys(schemas.served_as(one.kind) for one, release in old if release and one.kind in schemas.READ)
    yield from at("removed_api", places, ", ".join(now) or "a version that is served")


# --- Fargate: a node for each pod, which nobody else may touch ---

daemonset = of_containers("daemonset", lambda one: [""] if one.kind == "DaemonSet" else [])
privileged = of_containers("privileged", lambda one: [c.name for c in one.containers if c.is_privileged])
host_network = of_containers("host_network", lambda one: [""] if one.is_on_host_network else [])
host_port = of_containers("host_port", lambda one: [f"{p.host}" for c in one.containers for p in c.ports if p.host])
host_pid = of_containers("host_pid", lambda one: [n for n in ("hostPID", "hostIPC") if trees.is_on(one.pod, n)])
host_path = of_containers("host_path", host_paths)
gpu = of_containers("gpu", lambda one: [name for c in one.containers for name in c.accelerators])
device = of_containers("device", lambda one: [name for c in one.containers for name in c.devices])
windows = of_containers("windows", lambda one: [""] if oses(one) == {"windows"} else [])
arm64 = of_containers("arm64", lambda one: [""] if arches(one) == {"arm64"} else [])


def ebs_or_dynamic_pv(manifest: Manifest) -> Iterator[Finding]:
    """Refuse EBS, and volumes that are made on demand: on Fargate a volume is EFS, made beforehand."""
    found = catalog.value("eks.fargate.static_only")
    drivers = ", ".join(map(str, found)) if isinstance(found, tuple) else ""
    yield from at("ebs_or_dynamic_pv", (c.where for c in manifest.claims if c.origin in {"ebs", "dynamic"}), drivers)


def not_efs(manifest: Manifest) -> Iterator[Finding]:
    """Refuse a volume whose driver would have to run on the node, as a DaemonSet: of CSI drivers, Fargate brings EFS's."""
    found = catalog.value("eks.fargate.static_only")
    drivers = tuple(map(str, found)) if isinstance(found, tuple) else ()
    places = (
        f"{c.where} ({c.driver})" for c in manifest.claims if c.origin == "static" and c.driver not in {"", *drivers}
    )
    yield from at("not_efs", places, ", ".join(drivers))


def fargate_disk(manifest: Manifest) -> Iterator[Finding]:
    """Refuse a larger disk than a pod can have on Fargate."""
    most = catalog.number("eks.fargate.storage", "max")
    too_large = (
        one.where for one in manifest.workloads if sum(c.disk_bytes for c in one.running) > in_bytes(f"{most:g}Gi")
    )
    yield from at("disk", too_large, f"{most:g} GiB")


def fargate_size(manifest: Manifest) -> Iterator[Finding]:
    """Refuse a pod that asks for more than Fargate's largest size."""
    places = (
        f"{one.where}: {one.needed_cpu_m / 1000:g} vCPU, {one.needed_memory_mib:,} MiB"
        for one in manifest.workloads
        if one.fargate_size is None
    )
    largest = catalog.fargate_sizes()[-1]
    yield from at("too_large", places, f"{largest.memory_mib:,} MiB")


def selects(labels: str, *, is_sure: bool) -> Rule:
    """Make the rule that refuses a node selector which these nodes do not satisfy, or cannot be shown to."""

    def refuse(manifest: Manifest) -> Iterator[Finding]:
        places = (
            f"{one.where}: {place}" for one in manifest.workloads for place in unmet(one, labels, is_sure=is_sure)
        )
        yield from at("node_selector", places)

    return refuse


# --- EKS Auto Mode: AWS's nodes, images and drivers ---


def auto_volumes(manifest: Manifest) -> Iterator[Finding]:
    """Refuse a class of one of the EBS drivers that Auto Mode does not serve."""
    found = catalog.value("eks.automode.ebs_provisioner")
    table = found if isinstance(found, Mapping) else {}
    others = table.get("others", ())
    places = (
        f"{claim.where} ({claim.provisioner})"
        for claim in manifest.claims
        if isinstance(others, tuple) and claim.provisioner in others
    )
    yield from at("ebs_provisioner", places, str(table.get("ours")))


_KUBERNETES: tuple[Rule, ...] = (unread, removed_api)
_OWN_NODES: tuple[Rule, ...] = (*_KUBERNETES, selects("ec2", is_sure=True))
RULES: Mapping[str, tuple[Rule, ...]] = {
    "k8s-self-run": _OWN_NODES,
    "eks-unmanaged": _OWN_NODES,
    "eks-managed": _OWN_NODES,
    "eks-fargate": (
        *_KUBERNETES, daemonset, privileged, host_network, host_port, host_pid, host_path, gpu, device, windows, arm64,
        selects("fargate", is_sure=False), ebs_or_dynamic_pv, not_efs, fargate_disk, fargate_size,
    ),
    "eks-auto": (*_KUBERNETES, windows, selects("auto", is_sure=True), auto_volumes),
}  # fmt: skip
# The reasons that others know us by, on EKS's own nodes (any of them) and on Fargate; what goes beyond stands apart.
KNOWN: Mapping[str, frozenset[str]] = {
    "eks-managed": frozenset({"removed_api"}),
    "eks-fargate": frozenset({
        "daemonset", "privileged", "host_network", "host_port", "host_pid", "host_path", "gpu", "ebs_or_dynamic_pv",
        "windows", "arm64", "node_selector",
    }),
}  # fmt: skip


def refusals(manifest: Manifest, launch_type: str) -> tuple[Finding, ...]:
    """Give every reason why a launch type refuses the manifest; none means that it runs."""
    return tuple(finding for rule in RULES[launch_type] for finding in rule(manifest))
