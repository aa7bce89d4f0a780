"""What was read of a manifest and who would run it: as plain data for a program, and as lines for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from engine.errors import ManifestError
from engine.importers.findings import Finding, listed, printable
from engine.importers.kubernetes import rules, trees
from engine.importers.kubernetes.manifest import Manifest
from engine.importers.kubernetes.neighbours import unread
from engine.importers.kubernetes.nodes import labels_wanted, oses
from engine.importers.kubernetes.pods import Workload
from engine.importers.kubernetes.rules import KNOWN, RULES, refusals
from engine.importers.kubernetes.scaling import Autoscaler, Budget
from engine.importers.kubernetes.scenario import MOST_SERVICES
from engine.importers.kubernetes.wishes import scaling

# The launch types that others know us by, and which of ours speaks for each.
KNOWN_LAUNCH_TYPES = {"eks-ec2": "eks-managed", "eks-fargate": "eks-fargate"}
_NODE_PORTS = "NodePort", "LoadBalancer"


def as_data(manifest: Manifest) -> dict[str, Any]:
    """Give a manifest as plain data.

    `refusals` speak of eks-ec2 (EKS on EC2 nodes) and eks-fargate in the known codes. `also_runs_on` and `also_refused` hold
    our own launch types, and for each the codes beyond the known ones; a launch type with any of them does not run it.
    """
    codes = {name: list(dict.fromkeys(f.code for f in refusals(manifest, name))) for name in RULES}
    known = {name: [code for code in codes[ours] if code in KNOWN[ours]] for name, ours in KNOWN_LAUNCH_TYPES.items()}
    told = {ours: known[name] for name, ours in KNOWN_LAUNCH_TYPES.items()}
    said = verdict(manifest)
    return {
        "parses": True,
        "format": "kubernetes",
        "objects": manifest.counted,
        "workloads": [one.counted() for one in manifest.workloads],
        "services": [f"{front.name} {front.type}" for front in manifest.fronts],
        "hpas": [_scaler(one) for one in manifest.autoscalers],
        "pdbs": [_budget(one) for one in manifest.budgets],
        "refusals": known,
        "eks_fargate_verdict": said,
        "fargate_size_is_hypothetical": said == "refused",
        "skipped": manifest.skipped,
        "runs_on": [name for name, ours in KNOWN_LAUNCH_TYPES.items() if not codes[ours]],
        "also_runs_on": [name for name in RULES if not codes[name]],
        "also_refused": {name: [code for code in codes[name] if code not in told.get(name, ())] for name in RULES},
        "notes": [note.note() for note in remarks(manifest)],
    }


def refused_as_data(error: ManifestError) -> dict[str, Any]:
    """Give a file that brought no manifest as plain data: the reason's code stands for every launch type."""
    return {
        "parses": False,
        "format": "kubernetes",
        "runs_on": [],
        "refusals": {name: [error.reason] for name in KNOWN_LAUNCH_TYPES},
        "problems": [str(problem) for problem in error.problems],
    }


def verdict(manifest: Manifest) -> str:
    """Say in a word what Fargate makes of it: ok, refused, no-workload, or what it depends on."""
    if not manifest.workloads:
        return "no-workload"
    if refusals(manifest, "eks-fargate"):
        return "refused"
    return "depends:unresolved_pvc" if any(claim.origin == "unresolved" for claim in manifest.claims) else "ok"


def _scaler(one: Autoscaler) -> dict[str, Any]:
    return {"name": one.name, "target": one.target, "min": one.least, "max": one.most}


def _budget(one: Budget) -> dict[str, Any]:
    given = {"min_available": one.min_available, "max_unavailable": one.max_unavailable}
    return {"name": one.name} | {name: value for name, value in given.items() if value is not None}


def remarks(manifest: Manifest) -> tuple[Finding, ...]:
    """Give what refuses nothing: how it was read, what was skipped, and what depends on what the file does not hold."""
    works = manifest.workloads
    counted = [f"{kind} × {count}" if count > 1 else kind for kind, count in manifest.skipped.items()]
    elsewhere = [s for s in manifest.autoscalers if not any(manifest.scaler(one) is s for one in works)]
    idle = [b for b in manifest.budgets if not any(b.picks(one.namespace, one.labels) for one in works)]
    return (
        *manifest.seen,
        *rules.at("skipped", counted),
        *rules.at("unresolved_pvc", (claim.where for claim in manifest.claims if claim.origin == "unresolved")),
        *rules.at("no_requests", (one.where for one in works if not one.needed_cpu_m or not one.needed_memory_mib)),
        *rules.at("left_out", (one.where for one in works[MOST_SERVICES:]), f"{MOST_SERVICES}"),
        *rules.at("metric_unread", _unread_metrics(manifest)),
        *rules.at("on_linux", (one.where for one in works if oses(one) == {"windows"})),
        *rules.at("labels_wanted", _each(works, labels_wanted)),
        *rules.at("topology_unread", _each(works, unread)),
        *rules.at("gpus", (one.where for one in works if any(c.accelerators for c in one.containers))),
        *rules.at("target_elsewhere", (f"{one.name} ({one.target})" for one in elsewhere)),
        *rules.at("guards_nothing", (one.name for one in idle)),
        *rules.at("fargate_affinity", (one.where for one in works if trees.inner(one.pod, "affinity"))),
        *rules.at(
            "fargate_ports", (f.name for f in manifest.fronts if f.type in _NODE_PORTS and any(map(f.picks, works)))
        ),
    )


def _each(workloads: Sequence[Workload], named: Callable[[Workload], Iterable[str]]) -> Iterator[str]:
    """Name what is so in each workload."""
    for one in workloads:
        if found := list(named(one)):
            yield f"{one.where} ({listed(found)})"


def _unread_metrics(manifest: Manifest) -> Iterator[str]:
    """Name the autoscalers of workloads in the file whose metrics the simulation does not have."""
    for one in manifest.workloads:
        scaler = manifest.scaler(one)
        if scaler and scaling(scaler, one) is None:
            yield f"{scaler.name} ({listed(metric.name or metric.source for metric in scaler.metrics)})"


def as_text(name: str, manifest: Manifest) -> str:
    """Tell it to a person: what was read, then per launch type "runs" or every refusal and what to do about it."""
    objects = ", ".join(f"{count} {kind}" for kind, count in manifest.counted.items()) or "no objects"
    lines = [f"{name}: {objects}", ""]
    lines += [f"  {_workload(one)}" for one in manifest.workloads]
    lines += [f"  Service {front.name}: {front.type}" for front in manifest.fronts]
    lines += [
        f"  HorizontalPodAutoscaler {one.name}: {one.target}, {one.least} to {one.most}" for one in manifest.autoscalers
    ]
    lines += [f"  PodDisruptionBudget {one.name}: {_kept(one)}" for one in manifest.budgets]
    lines += ["", *_verdicts(manifest)]
    notes = remarks(manifest)
    lines += ["", "  noted"] if notes else []
    lines += [f"    - {note.note()}" for note in notes]
    return "\n".join(printable(line) for line in lines)


def _workload(one: Workload) -> str:
    count = "one a node" if one.replicas is None else f"{one.replicas} pods" if one.replicas != 1 else "1 pod"
    containers = "1 container" if len(one.running) == 1 else f"{len(one.running)} containers"
    size = one.fargate_size
    fargate = f"{size.cpu_units / 1024:g} vCPU, {size.memory_mib / 1024:g} GB" if size else "no size is large enough"
    asks = f"CPU {one.needed_cpu_m:,}m, memory {one.needed_memory_mib:,} MiB"
    return f"{one.where}: {count} of {containers}; {asks}; on Fargate {fargate}"


def _kept(one: Budget) -> str:
    if one.min_available is not None:
        return f"at least {one.min_available} stay"
    return f"at most {one.max_unavailable} may go" if one.max_unavailable is not None else "nothing said"


def _verdicts(manifest: Manifest) -> Iterator[str]:
    """Say it once, where two launch types refuse for the same reasons."""
    told: dict[tuple[Finding, ...], str] = {}
    open_claims = [claim.where for claim in manifest.claims if claim.origin == "unresolved"]
    for launch_type in RULES:
        found = refusals(manifest, launch_type)
        runs = (
            f"runs, if its volumes are static EFS: {listed(open_claims)}"
            if launch_type == "eks-fargate" and open_claims
            else "runs"
        )
        count = f"as {told[found]}" if found in told else "1 reason" if len(found) == 1 else f"{len(found)} reasons"
        yield f"  {launch_type:22} {'refused, ' + count if found else runs}"
        if found not in told:
            yield from (f"    - {finding.label()} {finding.mend()}" for finding in found)
        told.setdefault(found, launch_type)
