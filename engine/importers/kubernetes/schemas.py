"""Hold an object against Kubernetes' own schemas, and find every problem at once.

The schemas are the API server's, release by release, as the package kubernetes-validate keeps them; the newest release counts.
An API version that no release there serves any more is held against the one that took its place, as far as the two agree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from engine import catalog
from engine.importers.findings import short
from engine.importers.kubernetes.objects import Object

Flaw = Literal["bad_value", "missing_member", "unknown_field"]
MAX_FLAWS = 100  # of one object: nobody reads more
_RELEASE = re.compile(r"v(\d+)\.(\d+)\.\d+-local-strict")
_GROUP = re.compile(r"^([^./]*)(?:\.[^/]*)?/")  # rbac.authorization.k8s.io/v1 is kept as rbac-v1
_SERVED_NOW = {
    "Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "Service": "v1",
    "HorizontalPodAutoscaler": "autoscaling/v2", "PodDisruptionBudget": "policy/v1",
}  # fmt: skip
READ = frozenset(_SERVED_NOW)
_OLD_HPA = "autoscaling/v2beta1"  # its metrics are written otherwise


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where an object is not what the schema asks for."""

    flaw: Flaw
    where: str


def removed_in(found: Object) -> str:
    """Name the release that no longer serves an object's API version; "" where all do, or nobody ever did."""
    table = catalog.value("k8s.api.removed")
    kinds = table.get(found.api_version) if isinstance(table, Mapping) else None
    return str(kinds[found.kind]) if isinstance(kinds, Mapping) and found.kind in kinds else ""


def served_as(kind: str) -> str:
    """Name the API version that serves a kind now."""
    return _SERVED_NOW[kind]


def is_unknown(found: Object) -> bool:
    """Say whether a kind that we read comes with an API version that never was."""
    return found.kind in READ and not removed_in(found) and _newest(found.api_version, found.kind) is None


def faults(found: Object) -> tuple[Fault, ...]:
    """Give every fault of an object of a kind that we read, in the order of its tree."""
    old = bool(removed_in(found))
    if found.kind not in READ or is_unknown(found):
        return ()
    validator = _newest(served_as(found.kind) if old else found.api_version, found.kind)
    if validator is None:
        return ()
    given: list[Fault] = []
    for error in validator.iter_errors(_named(found) if old else found.tree):
        given += [fault for fault in _told(error) if not (old and _may_differ(fault, found))]
        if len(given) >= MAX_FLAWS:
            break
    return tuple(dict.fromkeys(given))[:MAX_FLAWS]


def _named(found: Object) -> dict[str, Any]:
    return {**found.tree, "apiVersion": served_as(found.kind)}


def _may_differ(fault: Fault, found: Object) -> bool:
    """Leave out what an old version did not ask for, or wrote in another way."""
    return fault.flaw in {"missing_member", "unknown_field"} or (
        found.api_version == _OLD_HPA and fault.where.startswith("spec.metrics")
    )


def _told(error: Any) -> Iterator[Fault]:
    """Put one error of the schema library into a place and a flaw."""
    place = ".".join(str(step)[:60] for step in error.absolute_path)
    if error.validator == "required":
        given = error.instance if isinstance(error.instance, Mapping) else {}
        for name in error.validator_value:
            if name not in given:
                yield Fault("missing_member", f"{place}.{name}".lstrip("."))
    elif error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        for name in error.instance:
            if name not in known:
                yield Fault("unknown_field", f"{place}.{str(name)[:60]}".lstrip("."))
    else:
        yield Fault("bad_value", f"{place or 'the object'} = {short(error.instance, 40)} ({_wanted(error)})")


def _wanted(error: Any) -> str:
    """Say what would do there."""
    if error.validator == "enum":
        return ", ".join(map(str, error.validator_value[:8]))
    kinds = error.validator_value if error.validator == "type" else [
        one for option in error.schema.get("oneOf", ()) for one in _listed(option.get("type"))
    ]  # fmt: skip
    wanted = list(dict.fromkeys(kind for kind in _listed(kinds) if kind != "null"))
    return " or ".join(map(str, wanted)) or str(error.validator)


def _listed(kinds: Any) -> list[Any]:
    return kinds if isinstance(kinds, list) else [kinds] if kinds else []


@cache
def release() -> str:
    """Name the release of Kubernetes whose schemas count: the newest that is installed.

    >>> int(release().split(".")[1]) >= 37
    True
    """
    found = (_RELEASE.fullmatch(folder.name) for folder in _kept().iterdir())
    newest = max((int(match[1]), int(match[2])) for match in found if match)
    return f"{newest[0]}.{newest[1]}"


@cache
def _newest(api_version: str, kind: str) -> Any:
    """Make the validator of a kind; None where the newest release has none."""
    name = f"{kind.lower()}-{_GROUP.sub(lambda match: f'{match[1]}-', api_version)}.json"
    if not re.fullmatch(r"[a-z0-9-]{1,120}\.json", name):
        return None
    file = _folder().joinpath(name)
    if not file.is_file():
        return None
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - most refusals come before any schema is asked for

    schema = json.loads(file.read_bytes())
    of = schema.get("x-kubernetes-group-version-kind", ())
    group, _, version = api_version.rpartition("/")
    if not any(one == {"group": group, "version": version, "kind": kind} for one in of):
        return None
    return Draft202012Validator(schema, registry=_definitions())


@cache
def _definitions() -> Any:
    """Load the parts that the schemas share."""
    from referencing import Registry, Resource  # noqa: PLC0415 - the same

    whole: Any = Resource.from_contents(json.loads(_folder().joinpath("_definitions.json").read_bytes()))
    return whole @ Registry()


def _folder() -> Any:
    return _kept().joinpath(f"v{release()}.0-local-strict")


def _kept() -> Any:
    return resources.files("kubernetes_validate").joinpath("kubernetes-json-schema")
