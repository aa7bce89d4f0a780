"""What the API server refuses beyond the schema: values that contradict each other, or name what is not there.

One function a reason; each takes an object and yields the places. An object of an old API version is spared what that
version did not ask for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from engine.importers.findings import Finding, listed, short
from engine.importers.kubernetes import trees
from engine.importers.kubernetes.objects import Object
from engine.importers.kubernetes.pods import WORKLOADS
from engine.importers.kubernetes.quantities import quantity
from engine.importers.kubernetes.schemas import READ, removed_in

Check: TypeAlias = Callable[[Object], Iterator[str]]
_PORTS = range(1, 65_536)
_COUNTS = range(2**31)  # as the API holds them
_OVERCOMMITTED = "cpu", "memory", "ephemeral-storage"


def refused(objects: tuple[Object, ...]) -> Iterator[Finding]:
    """Give one finding a reason, over all objects that are read."""
    for code, check in _CHECKS.items():
        places = [f"{one.where}: {place}".rstrip(": ") for one in objects if one.kind in READ for place in check(one)]
        if places:
            yield Finding(code, listed(places), "", "manifest")


def _template(found: Object) -> trees.Tree:
    return trees.inner(found.tree, "spec", "template") if found.kind in WORKLOADS else {}


def _pod(found: Object) -> trees.Tree:
    return trees.inner(_template(found), "spec")


def _containers(found: Object) -> Iterator[tuple[str, trees.Tree]]:
    for _, place, tree in trees.containers_of(_pod(found)):
        yield trees.text(tree, "name") or f"container {place + 1}", tree


def no_name(found: Object) -> Iterator[str]:
    """Find an object without a name."""
    if not found.name:
        yield ""


def no_container(found: Object) -> Iterator[str]:
    """Find a pod that runs nothing."""
    if found.kind in WORKLOADS and _pod(found).get("containers") == []:  # without the list at all, the schema speaks
        yield ""


def no_image(found: Object) -> Iterator[str]:
    """Find a container without an image."""
    yield from (name for name, tree in _containers(found) if not trees.text(tree, "image"))


def name_twice(found: Object) -> Iterator[str]:
    """Find two containers of a pod that share a name."""
    names = Counter(trees.text(tree, "name") for _, tree in _containers(found))
    yield from (name for name, times in names.items() if name and times > 1)


def bad_quantity(found: Object) -> Iterator[str]:
    """Find what is no number with a unit, or below zero."""
    asked = [("pod", _pod(found)), *_containers(found)]
    for name, tree in asked:
        for side in ("requests", "limits"):
            for resource, value in trees.inner(tree, "resources", side).items():
                read = quantity(value) if isinstance(value, str | int | float) else 0
                if read is None or read < 0:
                    yield f"{name} {side}.{resource} = {short(value, 30)}"


def limit_below_request(found: Object) -> Iterator[str]:
    """Find a limit below its request; of what cannot be lent twice, such as a GPU, the two have to be equal."""
    for name, tree in _containers(found):
        limits = trees.inner(tree, "resources", "limits")
        for resource, value in trees.inner(tree, "resources", "requests").items():
            asked, most = quantity(value), quantity(limits.get(resource))
            if asked is None or (most is not None and most < 0):
                continue  # that is another reason
            if most is not None and asked > most:
                yield f"{name} {resource}: {short(value, 20)} > {short(limits[resource], 20)}"
            elif "/" in resource and resource not in _OVERCOMMITTED and asked != most:
                yield f"{name} {resource}: {short(value, 20)} and no such limit"


def selector_mismatch(found: Object) -> Iterator[str]:
    """Find a controller that would not pick its own pods."""
    selector = trees.inner(found.tree, "spec", "selector")
    labels = trees.pairs(trees.inner(_template(found), "metadata"), "labels")
    if found.kind not in WORKLOADS or "selector" not in trees.inner(found.tree, "spec"):
        return
    if not (trees.inner(selector, "matchLabels") or trees.each(selector, "matchExpressions")):
        if not removed_in(found):
            yield "selector is empty"
    elif not trees.matches(selector, labels):
        yield f"selector {short(dict(trees.inner(selector, 'matchLabels')), 60)}"


def volume_missing(found: Object) -> Iterator[str]:
    """Find a mount of what is neither among the pod's volumes nor from a claim template."""
    there = {trees.text(one, "name") for one in trees.each(_pod(found), "volumes")}
    templates = trees.each(trees.inner(found.tree, "spec"), "volumeClaimTemplates")
    there |= {trees.text(trees.inner(one, "metadata"), "name") for one in templates}
    for name, tree in _containers(found):
        for mount in trees.each(tree, "volumeMounts"):
            volume = trees.text(mount, "name")
            if volume and volume not in there:
                yield f"{name} mounts {volume}"


def port_range(found: Object) -> Iterator[str]:
    """Find a port that is no number from 1 to 65535."""
    for name, tree in _containers(found):
        for port in trees.each(tree, "ports"):
            for side in ("containerPort", "hostPort"):
                number = trees.whole(port, side)
                if number is not None and number not in _PORTS and not (side == "hostPort" and number == 0):
                    yield f"{name} {side} {number}"
    for port in trees.each(trees.inner(found.tree, "spec"), "ports") if found.kind == "Service" else ():
        number = trees.whole(port, "port")
        if number is not None and number not in _PORTS:
            yield f"port {number}"


def host_port_mismatch(found: Object) -> Iterator[str]:
    """Find a port that differs inside and outside, on the node's own network."""
    if trees.is_on(_pod(found), "hostNetwork"):
        for name, tree in _containers(found):
            for port in trees.each(tree, "ports"):
                inside, outside = trees.whole(port, "containerPort"), trees.whole(port, "hostPort")
                if outside and inside != outside:
                    yield f"{name}: {outside} -> {inside}"


def no_progress(found: Object) -> Iterator[str]:
    """Find a roll-out that may neither add a pod nor take one away, and so never ends."""
    spec = trees.inner(found.tree, "spec")
    update = trees.inner(spec, "strategy" if found.kind == "Deployment" else "updateStrategy", "rollingUpdate")
    surge, away = update.get("maxSurge"), update.get("maxUnavailable")
    default_surge = "25%" if found.kind == "Deployment" else 0
    default_away = "25%" if found.kind == "Deployment" else 1
    is_none = [str(default if given is None else given) in {"0", "0%"} for given, default in
               ((surge, default_surge), (away, default_away))]  # fmt: skip
    if found.kind in {"Deployment", "DaemonSet"} and all(is_none):
        yield "maxSurge 0, maxUnavailable 0"


def bad_count(found: Object) -> Iterator[str]:
    """Find counts below zero or beyond what the API holds, and bounds that cross."""
    spec = trees.inner(found.tree, "spec")
    for name in ("replicas", "minReplicas", "terminationGracePeriodSeconds", "minReadySeconds"):
        number = trees.whole(spec if name in spec else _pod(found), name)
        if number is not None and number not in _COUNTS:
            yield f"{name} {short(number, 30)}"
    if found.kind == "HorizontalPodAutoscaler":
        least, most = trees.whole(spec, "minReplicas"), trees.whole(spec, "maxReplicas")
        if most is not None and (most < 1 or most < (1 if least is None else least)):
            yield f"minReplicas {1 if least is None else least}, maxReplicas {most}"


def budget_of_two_minds(found: Object) -> Iterator[str]:
    """Find a disruption budget that says both how many stay and how many may go."""
    spec = trees.inner(found.tree, "spec")
    if found.kind == "PodDisruptionBudget" and {"minAvailable", "maxUnavailable"} <= set(spec):
        yield "minAvailable and maxUnavailable"


def bad_share(found: Object) -> Iterator[str]:
    """Find what is neither a number nor a percentage such as 25%."""
    spec = trees.inner(found.tree, "spec")
    places: list[tuple[str, Mapping[str, Any]]] = [("", spec)] if found.kind == "PodDisruptionBudget" else [
        (f"{how}.rollingUpdate.", trees.inner(spec, how, "rollingUpdate")) for how in ("strategy", "updateStrategy")
    ]  # fmt: skip
    for before, tree in places:
        for name in ("minAvailable", "maxUnavailable", "maxSurge"):
            given = tree.get(name)
            is_share = (
                isinstance(given, str) and given.endswith("%") and given[:-1].isascii() and given[:-1].isdecimal()
            )
            if (isinstance(given, str) and not (is_share and len(given) < 8)) or (isinstance(given, int) and given < 0):
                yield f"{before}{name} = {short(given, 30)}"


_CHECKS: dict[str, Check] = {
    "no_name": no_name,
    "no_container": no_container,
    "no_image": no_image,
    "name_twice": name_twice,
    "bad_quantity": bad_quantity,
    "limit_below_request": limit_below_request,
    "selector_mismatch": selector_mismatch,
    "volume_missing": volume_missing,
    "port_range": port_range,
    "host_port_mismatch": host_port_mismatch,
    "no_progress": no_progress,
    "bad_count": bad_count,
    "bad_share": bad_share,
    "budget_of_two_minds": budget_of_two_minds,
}
