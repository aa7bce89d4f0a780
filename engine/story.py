"""What a person would say while watching a run: sentences as keys and amounts, in no language yet.

A caption gives the cause, then the number. Everything is read from the finished run, so the words and the picture
cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine import catalog, metrics
from engine.events import Kind, intervals
from engine.launch import launch_type
from engine.metrics import Steps
from engine.sentence import Amount, Line, Tone, Values
from engine.simulation import Run
from engine.story_beside import beside
from engine.story_fleet import moments, of_hosts
from engine.story_functions import of_functions
from engine.story_kubernetes import moments_of_pods, of_pods
from engine.story_modules import moments_of_modules, of_modules
from engine.story_nodes import node_moments, of_nodes
from engine.story_placement import placed_one_by_one, placements
from engine.story_pods import moments_of_scaling, of_scaling
from engine.story_rollout import moments_of_rollouts, of_rollouts
from engine.story_update import moments as update_moments
from engine.story_update import of_updates

__all__ = ["Amount", "Line", "Mark", "captions", "full_again_s", "marks", "waiting"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment worth a tick on the scrubber. operation: its index in the scenario, if somebody did it."""

    at_s: float
    key: str
    values: Values
    tone: Tone
    is_key: bool
    operation: int | None = None


# --- marks -----------------------------------------------------------------------------------------------------------


# Who else has something to tell: of hosts, of nodes, of pods. Each gives its marks, and its sentences.
MOMENTS = (
    moments,
    node_moments,
    update_moments,
    moments_of_pods,
    moments_of_scaling,
    moments_of_rollouts,
    moments_of_modules,
)
# What an update does comes before what its drains are refused at the same moment: the last line stands.
TELLERS = (of_updates, beside, of_hosts, of_nodes, of_pods, of_scaling, of_rollouts, of_modules)


def marks(run: Run) -> tuple[Mark, ...]:
    """List the moments to step through: what was done, and what came of it."""
    told_by_hosts = (moment for told in MOMENTS for moment in told(run))
    hosts = (Mark(at_s, key, {}, tone, True) for at_s, key, tone in told_by_hosts)
    found = [*_done(run), *_came(run), *_placed(run), *hosts]
    return tuple(sorted(found, key=lambda mark: mark.at_s))


def _done(run: Run) -> Iterator[Mark]:
    """List the operations."""
    for number, o in enumerate(run.scenario.operations):
        values: Values = {}
        for name in ("zone", "host", "module"):
            if getattr(o, name, None) is not None:
                values[name] = getattr(o, name)
        if hasattr(o, "task"):
            values["task"] = str(o.task)
        if hasattr(o, "member"):
            values["member"] = str(o.member)
        if hasattr(o, "desired"):
            values["n"] = o.desired
        if o.do == "run-tasks":
            values["n"] = o.count
        if hasattr(o, "factor"):
            values["factor"] = f"{o.factor:g}"
        is_blow = o.do in {
            "fail-zone",
            "fail-host",
            "impair-zone",
            "interrupt-spot",
            "interrupt-spot-tasks",
            "fail-control-plane",
            "kill-member",
            "break-module",
            "leak-module",
            "crash-module",
        }
        tone: Tone = "lost" if is_blow else "plain"
        key = "undo" if o.do == "deploy" and o.undo else o.do
        yield Mark(o.at_s, f"mark.{key}", values, tone, True, number)


def _came(run: Run) -> Iterator[Mark]:
    """List what followed: targets out, hosts ready, the first replacement, full strength."""
    events = run.events
    blow = metrics.first_blow_s(run)
    if blow is None:
        return
    out = [i for i in events.where(Kind.TASK_UNHEALTHY) if events.at_s[i] > blow]
    if out:
        yield Mark(float(events.at_s[out[-1]]), "mark.noticed", {}, "plain", False)
    hosts = [i for i in events.where(Kind.HOST_READY) if events.at_s[i] > blow]
    if hosts:
        yield Mark(float(events.at_s[hosts[0]]), "mark.hosts_ready", {}, "plain", True)
    first = [i for i in events.where(Kind.TASK_SERVING) if events.at_s[i] > blow]
    if first:
        yield Mark(float(events.at_s[first[0]]), "mark.first_up", {}, "plain", not hosts)
    back = full_again_s(run)
    if back is not None:
        yield Mark(back, "mark.full", {"tasks": _wanted_at(run, back)}, "ok", True)


def _placed(run: Run) -> Iterator[Mark]:
    """List the placements of tasks that come one at a time: each is a moment of its own."""
    for at_s, task in placed_one_by_one(run):
        yield Mark(at_s, "mark.placed", {"task": str(task)}, "plain", False)


def full_again_s(run: Run) -> float | None:
    """Find when the wanted tasks all served again after the last loss; None if they never fell short, or still do."""
    took = metrics.recovered_s(run)
    short = first_short_s(run)
    return None if not took or short is None else short + took


def first_short_s(run: Run) -> float | None:
    """Find when, from the first blow on, fewer tasks served than were wanted."""
    blow = metrics.first_blow_s(run)
    if blow is None:
        return None
    have, wanted = metrics.jumps(metrics.serving(run), run.scenario.duration_s), metrics.desired(run)
    edges = np.unique(np.concatenate([have.at_s, wanted.at_s]))
    edges = edges[edges >= blow]
    short = edges[have.at(edges) < wanted.at(edges)]
    return float(short[0]) if len(short) else None


def _wanted_at(run: Run, at_s: float) -> int:
    return int(metrics.desired(run).at(np.array([at_s]))[0])


# --- captions --------------------------------------------------------------------------------------------------------


def captions(run: Run) -> tuple[Line, ...]:
    """Tell the run, sentence by sentence. Where nobody sends a request, its placements are the story."""
    if run.requests.functions:
        return tuple(sorted(of_functions(run), key=lambda line: line.at_s))
    told = _Teller(run).tell() if metrics.timeline(run).arrived.any() else placements(run)
    of_all = [*told, *(line for tell in TELLERS for line in tell(run))]
    return tuple(sorted(of_all, key=lambda line: line.at_s))


class _Teller:
    """Walks the log once and says what changed for the people outside."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._zones = run.scenario.zone_letters
        self._is_kubernetes = launch_type(run.scenario.launch_type).is_kubernetes
        self._line = metrics.timeline(run)
        self._serving = metrics.jumps(metrics.serving(run), run.scenario.duration_s)
        service = run.scenario.services[0]
        self._each = service.concurrency / (service.work_ms / 1000)
        self._full_s = full_again_s(run)
        ends = (Kind.TASK_PLACED, Kind.TASK_STOPPED)
        self._pending = self._open("task", Kind.TASK_REFUSED, *ends)
        self._starting = self._open("task", Kind.TASK_PLACED, Kind.TASK_SERVING, Kind.TASK_STOPPED)
        self._booting = self._open("host", Kind.HOST_ASKED, Kind.HOST_READY, Kind.HOST_GONE)
        self._lost: set[int] = set()
        self._blow_s = 0.0

    def tell(self) -> Iterator[Line]:
        yield Line(0.0, "caption.calm", {"tasks": self._serves(0.0), "rate": self._rate(0.0)})
        events = self._run.events
        owned = launch_type(self._run.scenario.launch_type).has_hosts
        said: set[str] = set()
        for i in range(len(events)):
            at_s, kind, zone = float(events.at_s[i]), Kind(int(events.kind[i])), int(events.zone[i])
            if at_s <= 0:
                continue
            if kind == Kind.ZONE_FAILED:
                self._lost.add(zone)
                self._blow_s = at_s
                said.clear()
                yield self._unnoticed(at_s, zone)
            elif kind == Kind.ZONE_RESTORED and zone in self._lost:
                self._lost.discard(zone)
                moves = self._run.scenario.services[0].az_rebalancing and not self._is_kubernetes
                key = "returned" if moves else "unbalanced"
                yield Line(at_s, f"caption.{key}", {"zone": self._zones[zone]})
            elif kind == Kind.FRONT_LEFT and zone in self._lost:
                ttl = Amount(self._run.scenario.balancer.dns_ttl_s, "s")
                yield Line(at_s, "caption.dns", {"zone": self._zones[zone], "ttl": ttl})
            elif kind == Kind.TASK_UNHEALTHY and zone in self._lost and "load" not in said and self._all_out(i, zone):
                said.add("load")
                yield self._load(at_s)
            elif kind in (Kind.HOST_ASKED, Kind.TASK_REFUSED) and self._lost and self._waits_for_hosts(at_s):
                yield Line(
                    at_s, "caption.waiting_room", {"pending": _at(self._pending, at_s), "n": _at(self._booting, at_s)}
                )
            elif kind == Kind.TASK_PENDING and not owned and "cold" not in said and self._lost:
                said.add("cold")
                image = Amount(self._run.scenario.services[0].image_mib, "mib")
                yield Line(at_s, "caption.cold", {"starting": _at(self._starting, at_s), "image": image})
            elif kind == Kind.SHIFT_STARTED:
                yield Line(at_s, "caption.shifted", {"zone": self._zones[zone]})
            elif kind == Kind.FAILED_OPEN:
                yield Line(at_s, "caption.fail_open", {})
            elif kind == Kind.DESIRED_SET and events.reason[i] == "target tracking":
                yield self._scaled(i)
            elif kind == Kind.TASK_SERVING and self._full_s is not None and at_s == self._full_s:
                n = self._serves(at_s)
                since = first_short_s(self._run) or 0.0
                yield Line(at_s, "caption.full", {"tasks": n, "took": Amount(at_s - since, "s")})

    def _unnoticed(self, at_s: float, zone: int) -> Line:
        """Say how much fails at once: a share of the next seconds' requests."""
        rows = slice(*np.searchsorted(self._line.at_s, [at_s + 4, at_s + 14]))
        failed, arrived = float(self._line.failed[rows].sum()), float(self._line.arrived[rows].sum())
        share = Amount(failed / arrived if arrived else 0.0, "share")
        return Line(at_s, "caption.unnoticed", {"zone": self._zones[zone], "share": share})

    def _load(self, at_s: float) -> Line:
        """Say whether those left can carry it."""
        tasks, rate = self._serves(at_s), self._rate(at_s)
        values: Values = {
            "left": len(self._zones) - len(self._lost), "zones": len(self._zones), "tasks": tasks,
            "each": round(self._each), "capacity": round(tasks * self._each), "rate": rate,
        }  # fmt: skip
        return Line(at_s, "caption.overload" if tasks * self._each < rate else "caption.enough", values)

    def _scaled(self, i: int) -> Line:
        events = self._run.events
        read = [j for j in events.where(Kind.METRIC_READ) if j < i and events.service[j] == events.service[i]]
        scaling = self._run.scenario.services[int(events.service[i])].scaling
        is_rate = scaling is not None and scaling.metric == "requests"
        value, target = float(events.value[read[-1]]) if read else 0.0, scaling.target if scaling else 0.0
        values: Values = {
            "tasks": int(events.value[i]),
            "value": round(value) if is_rate else Amount(value / 100, "share"),
            "target": round(target) if is_rate else Amount(target / 100, "share"),
        }
        return Line(float(events.at_s[i]), "caption.scaled", values)

    def _all_out(self, i: int, zone: int) -> bool:
        """Say whether this was the zone's last target to be taken out."""
        events = self._run.events
        later = events.where(Kind.TASK_UNHEALTHY)
        return not any(j > i and events.zone[j] == zone and events.at_s[j] < self._blow_s + 120 for j in later)

    def _serves(self, at_s: float) -> int:
        return _at(self._serving, at_s)

    def _rate(self, at_s: float) -> int:
        """Read the requests a second around a moment, to two figures and a half: 1,204 is 1,200."""
        rows = slice(*np.searchsorted(self._line.at_s, [at_s, at_s + 10]))
        rate = float(self._line.arrived[rows].mean()) if self._line.arrived[rows].size else 0.0
        step = 10 ** max(0, len(str(int(rate))) - 2)
        return round(rate / step) * step if rate >= 10 else round(rate)

    def _waits_for_hosts(self, at_s: float) -> bool:
        return _at(self._pending, at_s) > 0 and _at(self._booting, at_s) > 0

    def _open(self, subject: str, opens: Kind, *closes: Kind) -> Steps:
        """Count over time what one kind of event opens and others close."""
        end_s = self._run.scenario.duration_s
        return metrics.jumps(intervals(self._run.events, subject, (opens,), closes, end_s), end_s)


def _at(steps: Steps, at_s: float) -> int:
    return int(steps.at(np.array([at_s]))[0])


# --- waiting for room ------------------------------------------------------------------------------------------------


def waiting(run: Run) -> tuple[Line, ...]:
    """Say why tasks wait for room, whenever the answer changes; a line without a key ends it."""
    events = run.events
    waits: dict[int, int] = {}  # task -> the event that refused it
    booting: dict[int, float] = {}
    found: list[Line] = []
    for i in range(len(events)):
        kind, task, host, at_s = int(events.kind[i]), int(events.task[i]), int(events.host[i]), float(events.at_s[i])
        if kind == Kind.TASK_REFUSED:
            waits[task] = i
        elif kind in (Kind.TASK_PLACED, Kind.TASK_STOPPED) and task in waits:
            del waits[task]
        elif kind == Kind.HOST_ASKED and at_s > 0:
            booting[host] = at_s + float(events.value[i])
        elif kind in (Kind.HOST_READY, Kind.HOST_GONE) and host in booting:
            del booting[host]
        else:
            continue
        line = _waiting_line(run, at_s, waits, booting)
        if found and found[-1].at_s == at_s:
            found.pop()
        if not found or (found[-1].key, found[-1].values) != (line.key, line.values):
            found.append(line)
    return tuple(line for k, line in enumerate(found) if line.key or k)


def _waiting_line(run: Run, at_s: float, waits: dict[int, int], booting: dict[int, float]) -> Line:
    if not waits:
        return Line(at_s, "", {})
    service = run.scenario.services[0]
    reasons = [run.events.reason[row] for row in waits.values()]
    reason = max(set(reasons), key=reasons.count)
    if reason not in {"cpu", "memory", "closed", "no-hosts"}:
        return _rule_line(run, at_s, reason, next(row for row in waits.values() if run.events.reason[row] == reason))
    need: Amount | str = Amount(service.memory_mib / 1024, "gib")
    if reason in {"cpu", "closed", "no-hosts"}:
        need = Amount(service.cpu_units / catalog.number("ecs.placement.cpu_unit"), "vcpu")
    if not booting:
        return Line(at_s, "waiting.no_hosts", {"need": need})
    names = sorted(run.hosts[host][0] for host in booting)
    when = Amount(max(booting.values()), "clock")
    if len(names) == 1:
        return Line(at_s, "waiting.host_one", {"need": need, "host": names[0], "time": when})
    return Line(at_s, "waiting.hosts", {"need": need, "hosts": ", ".join(names), "time": when})


def _rule_line(run: Run, at_s: float, reason: str, row: int) -> Line:
    """Say which rule keeps a task waiting, and how many hosts it struck out: no new host of the kind would help."""
    verdict = run.events.verdicts[row]
    values: Values = {"n": verdict.refused[reason], "of": len(verdict.stopped_by)}
    if reason in {"ports", "enis"}:
        return Line(at_s, f"waiting.{reason}", values)
    return Line(at_s, "waiting.constraint", {**values, "rule": reason})
