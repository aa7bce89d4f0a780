"""When the control plane can write nothing: what a scenario's operations do to etcd, as intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from engine import catalog, launch
from engine.consensus.course import Course, Span
from engine.consensus.quorum import majority
from engine.consensus.scenario import Consensus
from engine.consensus.simulation import run
from engine.placement.room import ZONES

if TYPE_CHECKING:
    from engine.scenario import Scenario

WARM_S = 30.0  # the cluster is an old one: its first election lies before the run
HARMS = {"fail-zone", "restore-zone", "fail-control-plane", "kill-member", "restart-member"}
Cause = Literal["election", "no quorum", "all down"]


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which nothing can be written: nothing new starts, scales, or is evicted; what runs goes on.

    from_s, to_s: seconds; `to_s` is the run's end where nothing ended it. because: "election" (a new leader is being
    found), "no quorum" (too few members are left), "all down" (none is).
    """

    from_s: float
    to_s: float
    because: Cause


def control_plane_outages(scenario: Scenario) -> tuple[Outage, ...]:
    """List when nothing can be written, in order, not overlapping; none for a control plane that nobody harmed.

    Outages of two causes may touch. Causal: an operation at t changes no outage's part before t.
    """
    store = store_of(scenario)
    if store is None or not store.operations:
        return ()
    return outages_of(store, scenario.duration_s)


def writable_from(outages: tuple[Outage, ...], at_s: float) -> float:
    """Say from when on, at `at_s` or later, something can be written: what a controller waits for.

    >>> writable_from((Outage(10.0, 20.0, "election"), Outage(20.0, 25.0, "no quorum")), 12.0)
    25.0
    """
    for outage in outages:
        if outage.from_s <= at_s < outage.to_s:
            at_s = outage.to_s
    return at_s


def runner(scenario: Scenario) -> Literal["", "self-run", "eks"]:
    """Say who runs the scenario's control plane; "" where it is ECS's, which has no members to kill."""
    launched = launch.launch_type(scenario.launch_type)
    by_type = getattr(launched, "control_plane", "ecs")
    chosen = scenario.kubernetes.control_plane.runs_on or by_type
    return "self-run" if chosen == "self-run" else "eks" if chosen == "eks" else ""


def places_of(scenario: Scenario) -> str:
    """Give the zone of each member of etcd. EKS's are spread over three zones, whatever zones the nodes use.

    Source: fact `eks.cp.etcd`.
    """
    settings = scenario.kubernetes.control_plane
    if runner(scenario) == "eks":
        return ZONES[: round(catalog.number("eks.cp.etcd"))]
    return settings.zones or "".join(scenario.zone_letters[n % scenario.zones] for n in range(settings.members))


def store_of(scenario: Scenario) -> Consensus | None:
    """Write the scenario's control plane down as a store of its own; None where there is none to harm."""
    who, settings = runner(scenario), scenario.kubernetes.control_plane
    if not who:
        return None
    patience_s = settings.eks_replaced_after_s if who == "eks" else settings.replaced_after_s
    acts: list[dict[str, Any]] = []
    places = places_of(scenario)
    for operation in scenario.operations:
        if operation.do in HARMS:
            acts += _acts(operation, places)
    acts += _replacements(scenario, len(places), patience_s)
    end_s = scenario.duration_s + WARM_S
    shifted = [act | {"at_s": _shifted(act["at_s"])} for act in acts]
    return Consensus.model_validate(
        {
            "seed": scenario.seed,
            "duration_s": end_s,
            "places": places,
            "writes_per_s": 0,
            "operations": [act for act in shifted if act["at_s"] <= end_s],
        }
    )


def _shifted(at_s: float) -> float:
    """Give a moment in the store's time, which comes back by no hair earlier than it was."""
    there_s = at_s + WARM_S
    while there_s - WARM_S < at_s:
        there_s = math.nextafter(there_s, math.inf)
    return there_s


def _replacements(scenario: Scenario, members: int, patience_s: float) -> list[dict[str, Any]]:
    """Restart each killed member after a while, from its disk; one that is killed again meanwhile counts from its last kill."""
    if patience_s < 0:
        return []
    kills = [(o.member, o.at_s) for o in scenario.operations if o.do == "kill-member" and o.member <= members]
    return [
        {"do": "restart-member", "at_s": at_s + patience_s, "member": member}
        for member, at_s in kills
        if not any(other == member and at_s < again_s < at_s + patience_s for other, again_s in kills)
    ]


def _acts(operation: Any, places: str) -> list[dict[str, Any]]:
    """Say one operation in the store's words."""
    at_s, numbers = operation.at_s, range(1, len(places) + 1)
    if operation.do in ("fail-zone", "restore-zone"):
        return [{"do": operation.do, "at_s": at_s, "zone": operation.zone}] if operation.zone in places else []
    if operation.do == "fail-control-plane":
        acts = [{"do": "kill-member", "at_s": at_s, "member": n} for n in numbers]
        if operation.for_s is not None:
            acts += [{"do": "restart-member", "at_s": at_s + operation.for_s, "member": n} for n in numbers]
        return acts
    if operation.member not in numbers:
        return []
    return [{"do": operation.do, "at_s": at_s, "member": operation.member}]


@lru_cache(maxsize=64)
def outages_of(store: Consensus, duration_s: float) -> tuple[Outage, ...]:
    """Run a store that began `WARM_S` before, and list its outages in the run's own time."""
    course = run(store, tells_votes=False)
    found = []
    for gap in course.closed:
        if gap.to_s > WARM_S:
            found += _told_apart(gap, course)
    shifted = [Outage(max(0.0, o.from_s - WARM_S), min(duration_s, o.to_s - WARM_S), o.because) for o in found]
    return tuple(o for o in shifted if o.to_s > o.from_s)


def _told_apart(gap: Span, course: Course) -> list[Outage]:
    """Cut a gap where the number of running members passes the quorum."""
    edges = {edge for span in course.up for edge in (span.from_s, span.to_s) if gap.from_s < edge < gap.to_s}
    cuts = [gap.from_s, *sorted(edges), gap.to_s]
    parts: list[Outage] = []
    for from_s, to_s in pairwise(cuts):
        live = sum(span.from_s <= from_s < span.to_s for span in course.up)
        cause: Cause = "all down" if not live else "no quorum" if live < majority(len(course.members)) else "election"
        if parts and parts[-1].because == cause:
            parts[-1] = Outage(parts[-1].from_s, to_s, cause)
        else:
            parts.append(Outage(from_s, to_s, cause))
    return parts
