"""The map: three layers, the ways that exist, and why the other combinations do not. All of it is data/table/landscape.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Literal, get_args

from engine import catalog, responsibility
from engine.catalog import Fact
from engine.duties import Layer, Owner
from engine.era import Era, cited, day, existed
from engine.errors import CatalogError
from engine.responsibility import Model

TABLE = "landscape"
LayerName = Literal["management", "hosting", "registry"]
Management = Literal["ecs", "express", "apprunner", "eks", "k8s", "functions"]
Hosting = Literal["ec2", "managed-instances", "managed-nodes", "auto", "fargate", "fargate-spot", "lambda", "own"]
Registry = Literal["ecr", "ecr-public", "pull-through", "other"]
WayName = Literal[
    "ecs-ec2", "ecs-managed-instances", "ecs-fargate", "ecs-fargate-spot", "ecs-express", "ecs-anywhere", "eks-unmanaged",
    "eks-managed", "eks-auto", "eks-fargate", "eks-hybrid", "self-run", "on-prem", "lambda",
]  # fmt: skip
MANAGEMENTS: tuple[Management, ...] = get_args(Management)
HOSTINGS: tuple[Hosting, ...] = get_args(Hosting)
REGISTRIES: tuple[Registry, ...] = get_args(Registry)
WAYS: tuple[WayName, ...] = get_args(WayName)
LAYERS: Mapping[LayerName, tuple[str, ...]] = {
    "management": MANAGEMENTS, "hosting": HOSTINGS, "registry": REGISTRIES,
}  # fmt: skip
_MACHINES: tuple[Layer, ...] = ("hardware", "hypervisor")


@dataclass(frozen=True, slots=True)
class Option:
    """One box of a layer. since: "" = there at the talk; closed: the day from which nobody new may choose it; slide: it stands on S15."""

    layer: LayerName
    name: str
    since: str
    closed: str
    slide: bool
    facts: tuple[Fact, ...]

    def is_there(self, era: Era) -> bool:
        """Say whether it existed in an era."""
        return existed(self.since, day(era))


@dataclass(frozen=True, slots=True)
class No:
    """Why something cannot be: a word that the texts know, the facts behind it, and the day that it came, where that is the reason."""

    why: str
    facts: tuple[Fact, ...]
    since: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One management on one hosting. machines: whose hosts they are where they are not AWS's; holds: how a host's room is counted, "" = no hosts.

    launch_type: what runs it in the simulation, "" = nothing does.
    """

    name: WayName
    management: Management
    hosting: Hosting
    model: Model
    machines: Model | None
    launch_type: str
    holds: Literal["tasks", "pods", ""]
    since: str
    limits: tuple[Fact, ...]


def cited_in(row: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Look up what a row rests on: facts first, then the table's own notes."""
    return (
        *(catalog.fact(name) for name in row.get("facts", ())),
        *(catalog.notes(TABLE)[name] for name in row.get("notes", ())),
    )


@cache
def options(layer: LayerName) -> Mapping[str, Option]:
    """Give a layer's boxes, in the map's order."""
    rows: Mapping[str, Mapping[str, Any]] = catalog.table(TABLE)["layers"][layer]
    if tuple(rows) != LAYERS[layer]:
        raise CatalogError(f"table/{TABLE}.yaml {layer}: needed are {', '.join(LAYERS[layer])}, got {', '.join(rows)}")
    return {
        name: Option(
            layer, name, str(cited(row["since"])), row.get("closed", ""), row.get("slide", False), cited_in(row)
        )
        for name, row in rows.items()
    }


def option(layer: LayerName, name: str) -> Option:
    """Give one box."""
    return options(layer)[name]


@cache
def ways() -> Mapping[WayName, Way]:
    """Give every way that exists, or existed."""
    rows: Mapping[str, Mapping[str, Any]] = catalog.table(TABLE)["ways"]
    if tuple(rows) != WAYS:
        raise CatalogError(f"table/{TABLE}.yaml ways: needed are {', '.join(WAYS)}, got {', '.join(rows)}")
    return {name: _way(name, rows[name]) for name in WAYS}


def _way(name: WayName, row: Mapping[str, Any]) -> Way:
    limits = (*(catalog.fact(one) for one in row.get("limits", ())), *cited_in({"notes": row.get("notes", ())}))
    return Way(
        name, row["management"], row["hosting"], row["model"], row.get("machines"), row.get("launch_type", ""),
        row.get("holds", ""), str(cited(row.get("since", ""))), limits,
    )  # fmt: skip


def way_of(management: str, hosting: str) -> Way | None:
    """Find what a management on a hosting is called; None if there is no such thing.

    >>> way_of("eks", "auto").name, way_of("ecs", "auto")
    ('eks-auto', None)
    """
    return next((way for way in ways().values() if (way.management, way.hosting) == (management, hosting)), None)


def owners(way: Way) -> Mapping[Layer, Owner]:
    """Say who does what. On machines of one's own the layers under the system are as on premises, whoever manages.

    >>> owners(ways()["eks-hybrid"])["hardware"], owners(ways()["eks-hybrid"])["orchestrator_control_plane"]
    ('customer', 'aws')
    """
    found = dict(responsibility.owners(way.model))
    if way.machines:
        below = responsibility.owners(way.machines)
        found |= {layer: below[layer] for layer in (*_MACHINES, "host_scaling")}
    return found


def no_between(management: str, hosting: str, era: Era) -> No | None:
    """Say why a management cannot stand on a hosting in an era; None if it can."""
    way = way_of(management, hosting)
    if not way:
        row = _first(catalog.table(TABLE)["refused"], management=management, hosting=hosting)
        if row is None:
            raise CatalogError(f"table/{TABLE}.yaml refused: nothing says why {management} cannot stand on {hosting}")
        return No(row["why"], cited_in(row)) if era == "today" or row["why"] != "closed" else not_yet("2021-05", row)
    late = [part.since for part in (option("management", management), option("hosting", hosting)) if part.since]
    late = [since for since in (*late, way.since) if not existed(since, day(era))]
    return No("not_yet", option("hosting", hosting).facts, max(late)) if late else None


def not_yet(since: str, row: Mapping[str, Any]) -> No:
    """Say that something had not come yet."""
    return No("not_yet", cited_in(row), since)


def no_from(management: str, hosting: str, registry: str, era: Era) -> No | None:
    """Say why a hosting cannot take images from a registry in an era; None if it can."""
    box = option("registry", registry)
    if not box.is_there(era):
        return No("not_yet", box.facts, box.since)
    row = _first(catalog.table(TABLE)["registries"], management=management, hosting=hosting, registry=registry)
    return No(row["why"], cited_in(row)) if row else None


def _first(rows: Sequence[Mapping[str, Any]], **names: str) -> Mapping[str, Any] | None:
    """Find the first row that names all of these, or leaves the layer open."""
    return next((row for row in rows if all(name in row.get(layer, (name,)) for layer, name in names.items())), None)


def group(names: Sequence[str]) -> tuple[WayName, ...]:
    """Read ways as a row writes them, groups opened."""
    groups: Mapping[str, Sequence[str]] = catalog.table(TABLE)["groups"]
    found = set(chain.from_iterable(groups.get(name, (name,)) for name in names))
    if strangers := found - set(WAYS):
        raise CatalogError(f"table/{TABLE}.yaml: no way is called {', '.join(sorted(strangers))}")
    return tuple(name for name in WAYS if name in found)
