"""Where a pod's volumes come from: its node, EBS, a class that makes them on demand, or what somebody made beforehand.

A claim is followed through the file: to a volume that stands there (static), to a class (dynamic), or out of the file, where
nothing can be said. Source: facts `eks.fargate.static_only`, `eks.automode.ebs_provisioner`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from engine import catalog
from engine.importers.kubernetes import trees
from engine.importers.kubernetes.objects import Object
from engine.importers.kubernetes.pods import Workload
from engine.importers.kubernetes.quantities import in_bytes

Origin = Literal["ebs", "dynamic", "static", "unresolved"]
_EBS = "ebs.csi"
_NOBODY = "kubernetes.io/no-provisioner"
_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a workload claims. where: its place for people.

    provisioner: who would make it on demand; driver: who mounts what was made beforehand; "" where the file does not say.
    """

    workload: Workload
    where: str
    origin: Origin
    provisioner: str = ""
    driver: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a file says of storage, by kind."""

    claims: Mapping[tuple[str, str], trees.Tree]
    volumes: tuple[trees.Tree, ...]
    classes: Mapping[str, str]  # name -> provisioner
    default: str | None

    def claim(self, namespace: str, name: str) -> trees.Tree | None:
        """Find a claim by its name."""
        there = (
            tree for (at, called), tree in self.claims.items() if called == name and trees.one_namespace(at, namespace)
        )
        return next(there, None)

    @staticmethod
    def of(objects: Iterable[Object]) -> Shelf:
        """Collect it."""
        kinds: dict[str, list[Object]] = {"PersistentVolumeClaim": [], "PersistentVolume": [], "StorageClass": []}
        for one in objects:
            kinds.get(one.kind, []).append(one)
        classes = {one.name: trees.text(one.tree, "provisioner") for one in kinds["StorageClass"]}
        defaults = [
            one.name
            for one in kinds["StorageClass"]
            if trees.inner(one.tree, "metadata", "annotations").get("storageclass.kubernetes.io/is-default-class")
            == "true"
        ]
        return Shelf(
            {(one.namespace, one.name): one.tree for one in kinds["PersistentVolumeClaim"]},
            tuple(one.tree for one in kinds["PersistentVolume"]),
            classes,
            defaults[0] if defaults else None,
        )


def host_paths(workload: Workload) -> list[str]:
    """Name the directories of the node that a workload's pods mount."""
    paths = (
        trees.text(trees.inner(one, "hostPath"), "path") or "?" for one in volumes_of(workload) if "hostPath" in one
    )
    return list(dict.fromkeys(paths))


def volumes_of(workload: Workload) -> list[trees.Tree]:
    """Give the volumes of a workload's pods."""
    return trees.each(workload.pod, "volumes")


def claims(workload: Workload, shelf: Shelf) -> Iterator[Claim]:
    """Follow every claim of a workload to where its volume comes from."""
    for volume in volumes_of(workload):
        name = f"{workload.where}: {trees.text(volume, 'name') or 'a volume'}"
        driver = trees.text(trees.inner(volume, "csi"), "driver")
        if "awsElasticBlockStore" in volume or driver.startswith(_EBS):
            yield Claim(workload, name, "ebs", driver)
        elif isinstance(volume.get("ephemeral"), Mapping):
            spec = trees.inner(volume, "ephemeral", "volumeClaimTemplate", "spec")
            yield _bound(workload, name, spec, shelf, needed=1)
        elif claim := trees.text(trees.inner(volume, "persistentVolumeClaim"), "claimName"):
            found = shelf.claim(workload.namespace, claim)
            where = f"{workload.where}: {claim}"
            if found is None:
                yield Claim(workload, where, "unresolved")
            else:
                yield _bound(workload, where, trees.inner(found, "spec"), shelf, needed=1, old=_old_class(found))
    for template in trees.each(workload.spec, "volumeClaimTemplates"):
        where = f"{workload.where}: {trees.text(trees.inner(template, 'metadata'), 'name') or 'a claim template'}"
        needed = 1 if workload.replicas is None else workload.replicas
        yield _bound(workload, where, trees.inner(template, "spec"), shelf, needed=needed, old=_old_class(template))


def _old_class(claim: trees.Tree) -> str | None:
    found = trees.inner(claim, "metadata", "annotations").get(_OLD_CLASS)
    return found if isinstance(found, str) else None


def _bound(
    workload: Workload, where: str, spec: trees.Tree, shelf: Shelf, *, needed: int, old: str | None = None
) -> Claim:
    """Say what a claim would be bound to: the volume that it names, one made beforehand, or one made on demand."""
    name = trees.text(spec, "volumeName")
    if name:
        named = [one for one in shelf.volumes if trees.text(trees.inner(one, "metadata"), "name") == name]
        return _static(workload, where, named) if named else Claim(workload, where, "unresolved")
    given = spec.get("storageClassName", old)
    wanted = given if isinstance(given, str) else shelf.default
    fitting = [one for one in shelf.volumes if _fits(one, spec, wanted or "")]
    if fitting and len(fitting) >= needed:
        return _static(workload, where, fitting[: max(needed, 1)])
    provisioner = shelf.classes.get(wanted or "", "")
    if wanted == "" or provisioner == _NOBODY:
        return Claim(workload, where, "unresolved")  # nobody makes one: it has to be there, and the file has none
    return Claim(workload, where, "ebs" if _is_ebs(provisioner) else "dynamic", provisioner)


def _is_ebs(provisioner: str) -> bool:
    table = catalog.value("eks.automode.ebs_provisioner")
    others = table["others"] if isinstance(table, Mapping) else ()
    return provisioner.startswith(_EBS) or (isinstance(others, tuple) and provisioner in others)


def _static(workload: Workload, where: str, volumes: list[trees.Tree]) -> Claim:
    """Say what volumes of the file are."""
    specs = [trees.inner(one, "spec") for one in volumes]
    drivers = [trees.text(trees.inner(spec, "csi"), "driver") for spec in specs]
    is_ebs = any("awsElasticBlockStore" in spec for spec in specs) or any(one.startswith(_EBS) for one in drivers)
    return Claim(workload, where, "ebs" if is_ebs else "static", driver=next(filter(None, drivers), ""))


def _fits(volume: trees.Tree, claim: trees.Tree, wanted: str) -> bool:
    """Say whether a volume could be bound to a claim: class, room, access and labels, as upstream's binder asks."""
    spec = trees.inner(volume, "spec")
    room = in_bytes(trees.inner(spec, "capacity").get("storage", 0))
    asked = in_bytes(trees.inner(claim, "resources", "requests").get("storage", 0))
    labels = trees.pairs(trees.inner(volume, "metadata"), "labels")
    return (
        trees.text(spec, "storageClassName") == wanted
        and room >= asked
        and set(trees.words(claim, "accessModes")) <= set(trees.words(spec, "accessModes"))
        and trees.matches(trees.inner(claim, "selector"), labels)
    )
