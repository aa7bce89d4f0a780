"""Which nodes a pod asks for: by operating system, architecture, and other labels of its node selector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import catalog
from engine.importers.kubernetes import trees
from engine.importers.kubernetes.pods import Workload

OS = "kubernetes.io/os", "beta.kubernetes.io/os"
ARCH = "kubernetes.io/arch", "beta.kubernetes.io/arch"
_KNOWN_OSES, _KNOWN_ARCHES = {"linux", "windows"}, {"amd64", "arm64"}
_OTHERS = (
    "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "kubernetes.io/hostname",
)  # fmt: skip
COMPUTE = "eks.amazonaws.com/compute-type"
_NOT_OURS = {"ec2": "fargate", "auto": "fargate"}  # a value of the label that nodes of ours never have


def oses(workload: Workload) -> set[str]:
    """Give the operating systems that a pod may run on.

    What it says of itself counts, then its node selector and every term of its required node affinity.
    """
    own = trees.text(trees.inner(workload.pod, "os"), "name")
    return _allowed(workload, OS, _KNOWN_OSES) & ({own} if own else _KNOWN_OSES)


def arches(workload: Workload) -> set[str]:
    """Give the architectures that a pod may run on."""
    return _allowed(workload, ARCH, _KNOWN_ARCHES)


def _allowed(workload: Workload, keys: tuple[str, ...], known: set[str]) -> set[str]:
    selector = trees.pairs(workload.pod, "nodeSelector")
    fitting = {value for value in known if all(selector.get(key, value) == value for key in keys)}
    terms = required_terms(workload)
    if not terms:
        return fitting
    return {value for value in fitting if any(_term_allows(term, keys, value) for term in terms)}


def required_terms(workload: Workload) -> list[trees.Tree]:
    """Give the terms of which a node has to satisfy one."""
    required = trees.inner(workload.pod, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    return trees.each(required, "nodeSelectorTerms")


def _term_allows(term: trees.Tree, keys: tuple[str, ...], value: str) -> bool:
    about = (one for one in trees.each(term, "matchExpressions") if trees.text(one, "key") in keys)
    return all(trees.expression_holds(one, dict.fromkeys(keys, value)) for one in about)


def unmet(workload: Workload, nodes: str, *, is_sure: bool) -> Iterator[str]:
    """Name the parts of a node selector that these nodes lack; unless is_sure, those too that they cannot be shown to have.

    nodes: ec2, auto or fargate. Windows and Arm have reasons of their own.
    """
    there = _labels(nodes)
    for key, value in trees.pairs(workload.pod, "nodeSelector").items():
        if (key in OS and value == "windows") or (key in ARCH and value == "arm64"):
            continue
        if key == COMPUTE and is_sure:
            if value == _NOT_OURS[nodes] or (value == "auto") != (nodes == "auto"):
                yield f"{key}={value}"
        elif not is_sure and there.get(key) != value:
            yield f"{key}={value}"


def _labels(nodes: str) -> dict[str, str]:
    """Give the labels that a node of Fargate is known to have."""
    if nodes != "fargate":
        return {}
    platform = catalog.value("eks.fargate.platform")
    own = platform if isinstance(platform, Mapping) else {}
    os, arch = str(own.get("os")), str(own.get("arch"))
    return dict.fromkeys(OS, os) | dict.fromkeys(ARCH, arch) | {COMPUTE: "fargate"}


def labels_wanted(workload: Workload) -> Iterator[str]:
    """Name the labels that a pod's node has to have and that no node has by itself."""
    wanted = list(trees.pairs(workload.pod, "nodeSelector"))
    if len(required_terms(workload)) == 1:
        rules = trees.each(required_terms(workload)[0], "matchExpressions")
        wanted += [
            trees.text(one, "key") for one in rules if trees.text(one, "operator") in {"In", "Exists", "Gt", "Lt"}
        ]
    yield from dict.fromkeys(key for key in wanted if key not in {*OS, *ARCH, *_OTHERS, COMPUTE})
