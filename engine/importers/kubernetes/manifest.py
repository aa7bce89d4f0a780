"""A manifest as it was read: its objects, the workloads among them, and what stands around these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.errors import DefinitionError
from engine.importers import files
from engine.importers.files import Document
from engine.importers.findings import Finding, listed
from engine.importers.kubernetes import checks, schemas, trees
from engine.importers.kubernetes.broken import broken, refused
from engine.importers.kubernetes.front import front_of
from engine.importers.kubernetes.objects import Object, noted, objects_of
from engine.importers.kubernetes.pods import WORKLOADS, Workload, workload_of
from engine.importers.kubernetes.scaling import Autoscaler, Budget, autoscaler_of, budget_of
from engine.importers.kubernetes.volumes import Claim, Shelf, claims

_STORAGE = "PersistentVolumeClaim", "PersistentVolume", "StorageClass"  # read only to follow claims


@dataclass(frozen=True, slots=True)
class Front:
    """A Service: a name and load balancing in front of the pods that its selector picks."""

    name: str
    namespace: str
    type: str
    selector: dict[str, str]

    def picks(self, workload: Workload) -> bool:
        """Say whether it sends requests to a workload's pods; one without a selector sends to nobody."""
        same = trees.one_namespace(self.namespace, workload.namespace)
        return same and bool(self.selector) and all(workload.labels.get(k) == v for k, v in self.selector.items())


@dataclass(frozen=True)
class Manifest:
    """Everything that a file says. `bad` refuses it everywhere; `seen` refuses nothing."""

    objects: tuple[Object, ...]
    workloads: tuple[Workload, ...]
    fronts: tuple[Front, ...]
    autoscalers: tuple[Autoscaler, ...]
    budgets: tuple[Budget, ...]
    bad: tuple[Finding, ...]
    seen: tuple[Finding, ...]

    @property
    def counted(self) -> dict[str, int]:
        """Count the objects by kind, in the file's order."""
        return dict(Counter(one.kind for one in self.objects))

    @property
    def skipped(self) -> dict[str, int]:
        """Count those of kinds that nothing is made of."""
        read = {*schemas.READ, *_STORAGE, *(["Ingress"] if front_of(self.objects) else [])}
        return {kind: count for kind, count in self.counted.items() if kind not in read}

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Follow every claim of every workload."""
        shelf = Shelf.of(self.objects)
        return tuple(claim for workload in self.workloads for claim in claims(workload, shelf))

    def scaler(self, workload: Workload) -> Autoscaler | None:
        """Find the autoscaler of a workload."""
        at = (workload.kind, workload.name)
        found = (one for one in self.autoscalers if (one.target_kind, one.target_name) == at)
        return next((one for one in found if trees.one_namespace(one.namespace, workload.namespace)), None)

    def budget(self, workload: Workload) -> Budget | None:
        """Find the disruption budget of a workload's pods."""
        return next((one for one in self.budgets if one.picks(workload.namespace, workload.labels)), None)

    def fronts_of(self, workload: Workload) -> tuple[Front, ...]:
        """Find the Services in front of a workload's pods."""
        return tuple(front for front in self.fronts if front.picks(workload))


def read(data: bytes | str) -> Manifest:
    """Read a manifest. Raises ManifestError where the file cannot be read, with everything that has to be mended.

    >>> found = read("{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}}")
    >>> found.counted, found.fronts[0].type
    ({'Service': 1}, 'ClusterIP')
    """
    try:
        documents = files.documents(data)
    except DefinitionError as error:
        raise broken(data, error) from None
    return manifest_of(documents)


def manifest_of(documents: list[Document]) -> Manifest:
    """Read the documents of a file that has been parsed."""
    objects, problems = objects_of([(f"document {number}", one) for number, one in enumerate(documents, 1)])
    if problems:
        raise refused(problems, objects)
    faults = [(one, fault) for one in objects for fault in schemas.faults(one)]
    by_flaw = {
        flaw: [f"{one.where}: {fault.where}" for one, fault in faults if fault.flaw == flaw]
        for flaw in ("bad_value", "missing_member", "unknown_field")
    }
    workloads = tuple(workload_of(one) for one in objects if one.kind in WORKLOADS)
    bad = [
        *_one("bad_value", by_flaw["bad_value"]),
        *_one("missing_member", by_flaw["missing_member"]),
        *_one("unknown_api", [f"{one.where}: {one.api_version}" for one in objects if schemas.is_unknown(one)]),
        *checks.refused(objects),
    ]
    return Manifest(
        objects,
        workloads,
        tuple(_front(one) for one in objects if one.kind == "Service"),
        tuple(autoscaler_of(one) for one in objects if one.kind == "HorizontalPodAutoscaler"),
        tuple(budget_of(one) for one in objects if one.kind == "PodDisruptionBudget"),
        tuple(bad),
        (*noted(documents), *_one("unknown_field", by_flaw["unknown_field"]), *_twice(objects)),
    )


def _front(found: Object) -> Front:
    spec = trees.inner(found.tree, "spec")
    return Front(found.name, found.namespace, trees.text(spec, "type") or "ClusterIP", trees.pairs(spec, "selector"))


def _one(code: str, places: Iterable[str]) -> Iterator[Finding]:
    """Make one finding of all places, or none."""
    found = list(places)
    if found:
        yield Finding(code, listed(found), "", "manifest")


def _twice(objects: tuple[Object, ...]) -> Iterator[Finding]:
    """Note objects that stand twice: the second would replace the first."""
    named = Counter((one.kind, one.namespace, one.name) for one in objects if one.name)
    yield from _one("object_twice", (f"{kind} {name}" for (kind, _, name), times in named.items() if times > 1))
