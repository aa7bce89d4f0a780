"""The way of a kubectl call: DNS, the load balancer's front in a zone, an API server, etcd's leader; and what breaks it where.

Nothing is drawn by lot but the phases of the health checks: what comes out is the expected share of calls that are answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from engine import catalog, reading
from engine.consensus.course import Course, Span
from engine.consensus.outages import WARM_S
from engine.consensus.scenario import MOST, Consensus, FailZone, KillMember, RestartMember, RestoreZone
from engine.consensus.simulation import run as run_store
from engine.errors import Problem, ScenarioError
from engine.events import Floats
from engine.fields import Record, setting
from engine.rng import uniform

CAUSES = ("front", "server", "store")
"""Where a call dies: DNS still names a dead front; the front still sends to a dead API server; etcd cannot write."""
Who = Literal["self-run", "eks"]
EKS_SERVERS = "ab"  # at least two, in two zones
Act = KillMember | RestartMember | FailZone | RestoreZone


class Front(Record):
    """A control plane behind its load balancer, and what is done to it."""

    who: Who = setting(
        "self-run", "Who runs it: you, three machines with an API server and a member of etcd each; or EKS."
    )
    seed: int = setting(1, "The run's own chance: same seed, same run.", ge=0, le=2**32 - 1)
    duration_s: float = setting(900, "How long to simulate.", unit="s", ge=60, le=86_400)
    places: str = setting(
        "abc", "The zone of each of your machines.", fact="etcd.two_az_trap", pattern=rf"^[a-c]{{1,{MOST}}}$"
    )
    cross_zone: bool = setting(
        bool(catalog.value("elb.nlb.cross_zone")), "The load balancer's front in a zone sends to API servers in every zone.",
        fact="elb.nlb.cross_zone",
    )  # fmt: skip
    check_every_s: float = setting(
        catalog.number("elb.nlb.hc", "interval_s"),
        "Time between health checks.",
        unit="s",
        fact="elb.nlb.hc",
        ge=5,
        le=300,
    )
    check_timeout_s: float = setting(
        catalog.number("elb.nlb.hc", "timeout_s"), "A check without an answer fails after this.", unit="s",
        fact="elb.nlb.hc", ge=2, le=120,
    )  # fmt: skip
    unhealthy_after: int = setting(
        int(catalog.number("elb.nlb.hc", "unhealthy")), "Failed checks until an API server is out.", unit="checks",
        fact="elb.nlb.hc", ge=2, le=10,
    )  # fmt: skip
    healthy_after: int = setting(
        int(catalog.number("elb.nlb.hc", "healthy")), "Passed checks until it is back.", unit="checks", fact="elb.nlb.hc",
        ge=2, le=10,
    )  # fmt: skip
    dns_ttl_s: float = setting(
        catalog.seconds("eks.cp.dns_ttl"), "Clients keep an address for this long.", unit="s", fact="eks.cp.dns_ttl", ge=0,
        le=3_600,
    )  # fmt: skip
    dns_notices_s: float = setting(20, "A dead front leaves DNS after this.", unit="s", assumed=True, ge=0, le=600)
    replaced_after_s: float = setting(
        1_800, "You replace a dead machine after this.", unit="s", assumed=True, ge=10, le=86_400
    )
    eks_replaced_after_s: float = setting(
        300, "AWS replaces a dead one after this.", unit="s", assumed=True, ge=10, le=86_400
    )
    kills: Literal["nothing", "server", "member", "leader", "zone", "two-zones"] = setting(
        "server", "What dies: an API server, a member of etcd, etcd's leader, a zone, or two."
    )
    at_s: float = setting(120, "When it dies.", unit="s", ge=0, le=86_400)

    @classmethod
    def of(cls, given: object) -> Front:
        """Check plain data; every problem at once as a `ScenarioError`."""
        if not isinstance(given, Mapping):
            raise ScenarioError(
                [Problem("file", type(given).__name__, "a mapping of settings", "settings are a mapping")]
            )
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise ScenarioError(reading.explained(error, cls)) from None

    @property
    def servers(self) -> str:
        """Give the zone of each API server. On EKS at least two: fact `eks.cp.api_servers_min`."""
        return EKS_SERVERS if self.who == "eks" else self.places

    @property
    def members(self) -> str:
        """Give the zone of each member of etcd. On EKS three over three zones: fact `eks.cp.etcd`."""
        return "abc"[: round(catalog.number("eks.cp.etcd"))] if self.who == "eks" else self.places

    @property
    def patience_s(self) -> float:
        """Say how long a dead one stays dead."""
        return self.eks_replaced_after_s if self.who == "eks" else self.replaced_after_s


@dataclass(frozen=True, eq=False)
class Answered:
    """What share of the calls was answered. Arrays of shape (n_seconds,), at the middle of each second.

    share: writes and fresh reads. stale: what an API server answers from its own memory (a watch's list). lost: for each of
    `CAUSES` the share that died there. marks: moments worth a line, by their word.
    """

    at_s: Floats
    share: Floats
    stale: Floats
    lost: Mapping[str, Floats]
    marks: tuple[tuple[float, str], ...]
    store: Course

    @property
    def lost_s(self) -> float:
        """Add up what was not answered, as seconds of a full outage."""
        return float((1 - self.share).sum())


def answered(front: Front) -> Answered:
    """Play what dies and what replaces it, second by second."""
    store = _store(front)
    leader = _leader_at(store, front.at_s)
    dead_servers, dead_zones, acts, back_s = _deaths(front, leader)
    if acts:
        store = _store(front, acts)
    at_s = np.arange(0.5, front.duration_s, 1.0)
    writable = _inside(at_s, [(s.from_s - WARM_S, s.to_s - WARM_S) for s in store.writable])
    up = [_outside(at_s, [(front.at_s, back_s)] if n in dead_servers else []) for n in range(len(front.servers))]
    marks: list[tuple[float, str]] = [(front.at_s, front.kills)] if front.kills != "nothing" else []
    healthy, noticed = _as_the_checks_see(front, at_s, dead_servers, back_s)
    marks += noticed
    named = _as_dns_says(front, at_s, dead_zones, healthy, back_s)
    share, stale, lost = _folded(front, at_s, named, dead_zones, healthy, up, writable, back_s)
    if front.kills != "nothing" and back_s < front.duration_s:
        marks.append((back_s, "replaced"))
    return Answered(at_s, share, stale, lost, tuple(sorted(marks)), store)


def _store(front: Front, acts: list[dict[str, Any]] | None = None) -> Course:
    """Run etcd, which is an old one: its first election lies before."""
    shifted = [act | {"at_s": act["at_s"] + WARM_S} for act in acts or []]
    end_s = front.duration_s + WARM_S
    return run_store(
        Consensus.of(
            {
                "seed": front.seed,
                "places": front.members,
                "duration_s": end_s,
                "writes_per_s": 0,
                "operations": [act for act in shifted if act["at_s"] <= end_s],
            }
        )
    )


def _leader_at(store: Course, at_s: float) -> int:
    return next((s.who for s in store.leaders if s.from_s <= at_s + WARM_S < s.to_s), 1)


def _deaths(front: Front, leader: int) -> tuple[set[int], str, list[dict[str, Any]], float]:
    """Say which API servers and zones die, what that does to etcd, and when they are back."""
    zones = {"zone": "a", "two-zones": "ab"}.get(front.kills, "")
    back_s = front.at_s + front.patience_s
    if zones:
        acts = [{"do": "fail-zone", "at_s": front.at_s, "zone": z} for z in zones]
        acts += [{"do": "restore-zone", "at_s": back_s, "zone": z} for z in zones]
        return {n for n, zone in enumerate(front.servers) if zone in zones}, zones, acts, back_s
    members = {"member": [1 if leader != 1 or len(front.members) < 2 else 2], "leader": [leader]}.get(front.kills, [])
    servers = {0} if front.kills == "server" else set()
    if front.who == "self-run":  # one machine holds both
        members = [1] if front.kills == "server" else members
        servers = {number - 1 for number in members}
    acts = [{"do": "kill-member", "at_s": front.at_s, "member": n} for n in members]
    acts += [{"do": "restart-member", "at_s": back_s, "member": n} for n in members]
    return servers, "", acts, back_s


def _as_the_checks_see(
    front: Front, at_s: Floats, dead: set[int], back_s: float
) -> tuple[list[Floats], list[tuple[float, str]]]:
    """Say when the load balancer takes each API server for healthy: each has its own rhythm of checks."""
    seen, marks = [], []
    for server in range(len(front.servers)):
        gone: list[tuple[float, float]] = []
        if server in dead:
            phase = uniform(front.seed, 0, front.check_every_s, "check", server)
            first = _next_check(phase, front.check_every_s, front.at_s)
            out_s = first + (front.unhealthy_after - 1) * front.check_every_s + front.check_timeout_s
            again = _next_check(phase, front.check_every_s, max(back_s, out_s))
            gone.append((out_s, again + (front.healthy_after - 1) * front.check_every_s))
            marks.append((out_s, "noticed"))
        seen.append(_outside(at_s, gone))
    return seen, sorted(marks)[-1:]


def _next_check(phase_s: float, every_s: float, at_s: float) -> float:
    return phase_s + max(0, ceil((at_s - phase_s) / every_s)) * every_s


def _as_dns_says(front: Front, at_s: Floats, dead: str, healthy: list[Floats], back_s: float) -> dict[str, Floats]:
    """Weigh the fronts by the clients that still use them: one that left DNS is forgotten within a TTL."""
    zones = sorted(set(front.servers))
    weights = {}
    for zone in zones:
        gone = []
        if zone in dead:
            gone.append((front.at_s + front.dns_notices_s, back_s + front.dns_notices_s))
        elif not front.cross_zone:  # a front without a healthy target leaves DNS: fact elb.dns_failover_default
            own = np.max([healthy[n] for n, z in enumerate(front.servers) if z == zone], axis=0)
            gone += _gaps(at_s, own)
        weights[zone] = _fading(at_s, gone, front.dns_ttl_s)
    total = np.sum([*weights.values()], axis=0)
    even = np.ones_like(at_s) / len(zones)  # nothing healthy anywhere: DNS names them all
    return {zone: np.where(total > 0, w / np.where(total > 0, total, 1), even) for zone, w in weights.items()}


def _folded(
    front: Front, at_s: Floats, named: Mapping[str, Floats], dead: str, healthy: list[Floats], up: list[Floats],
    writable: Floats, back_s: float,
) -> tuple[Floats, Floats, dict[str, Floats]]:  # fmt: skip
    """Follow a call through the fronts to the servers to the store; add up what gets through, and where the rest ends."""
    stale, lost_front = np.zeros_like(at_s), np.zeros_like(at_s)
    reached = np.zeros_like(at_s)
    for zone, weight in named.items():
        alive = _outside(at_s, [(front.at_s, back_s)]) if zone in dead else np.ones_like(at_s)
        lost_front += weight * (1 - alive)
        targets = [n for n, z in enumerate(front.servers) if front.cross_zone or z == zone]
        seen = np.sum([healthy[n] for n in targets], axis=0)
        open_ = seen == 0  # no healthy target: it sends to all of them
        tries = np.where(open_, len(targets), seen)
        hits = np.sum([np.where(open_, 1, healthy[n]) * up[n] for n in targets], axis=0)
        reached += weight * alive
        stale += weight * alive * hits / tries
    lost = {"front": lost_front, "server": reached - stale, "store": stale * (1 - writable)}
    return stale * writable, stale, lost


def _inside(at_s: Floats, spans: list[tuple[float, float]]) -> Floats:
    """Give, for each second, the part of it that any of the spans covers."""
    covered = np.zeros_like(at_s)
    for start, end in spans:
        covered += np.clip(np.minimum(at_s + 0.5, end) - np.maximum(at_s - 0.5, start), 0, 1)
    return np.clip(covered, 0, 1)


def _outside(at_s: Floats, spans: list[tuple[float, float]]) -> Floats:
    return 1 - _inside(at_s, spans)


def _gaps(at_s: Floats, is_on: Floats) -> list[tuple[float, float]]:
    """List when something was off, from a row of seconds."""
    edges = [0, *(np.flatnonzero(np.diff(is_on > 0.5)) + 1), len(at_s)]
    return [(float(at_s[a]) - 0.5, float(at_s[b - 1]) + 0.5) for a, b in pairwise(edges) if b > a and is_on[a] <= 0.5]


def _fading(at_s: Floats, gone: list[tuple[float, float]], ttl_s: float) -> Floats:
    """Let clients forget an address within its time to live, and learn it anew as slowly."""
    weight: Floats = np.ones_like(at_s)
    ramp: Callable[[Floats], Floats] = (
        (lambda x: np.clip(x / ttl_s, 0, 1)) if ttl_s else (lambda x: (x > 0).astype(float))
    )
    for start, end in gone:
        weight = np.minimum(weight, 1 - ramp(at_s - start) + ramp(at_s - end))
    return weight


def spans_of(answered_: Answered, least: float = 0.999) -> tuple[Span, ...]:
    """List when less than all calls were answered."""
    return tuple(Span(a, b) for a, b in _gaps(answered_.at_s, (answered_.share >= least).astype(float)))
