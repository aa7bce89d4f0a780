"""What a person would say of each placement: where a task went and by which rule, why it waits, why it had to go.

A caption for each decision of the log, cause first, then the number; pages say them in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine import catalog
from engine.control.standalone import WHO
from engine.events import Kind
from engine.launch import launch_type
from engine.placement import Dismissal, Verdict
from engine.placement.choose import FEASIBLE
from engine.placement.constraints import DAEMON
from engine.placement.kube.decide import Ruling
from engine.placement.strategies import BY_ATTRIBUTE
from engine.sentence import Amount, Line, Values
from engine.simulation import Run

MOST_MARKS = 240  # more moments than this are no moments
# Why a pod waits, where ECS knows no such reason.
OF_PODS = (
    "taints", "node-affinity", "pods", "no-domain", "skew", "affinity", "anti-affinity", "avoided", "absent", "provider",
)  # fmt: skip
NO_RULE = ("cpu", "memory", "ports", "enis", "closed", "no-hosts")


def placements(run: Run) -> tuple[Line, ...]:
    """Tell a run by its placements, from an empty fleet on."""
    tasks = sum(service.desired for service in run.scenario.services if service.kind == "replica")
    tasks += sum(o.count for o in run.scenario.operations if o.do == "run-tasks")
    first = Line(0.0, "caption.empty", {"tasks": tasks, "hosts": len(run.hosts)})
    return (first, *(line_of(run, row) for row in decisions(run)))


def decisions(run: Run) -> list[int]:
    """List the rows of the log at which somebody chose: a host for a task, or a task that had to go."""
    return sorted({*run.events.verdicts, *run.events.dismissals})


def placed_one_by_one(run: Run) -> Iterator[tuple[float, int]]:
    """List when each task that comes one at a time was decided upon, and its number."""
    events, services = run.events, run.scenario.services
    rows = [row for row in decisions(run) if services[int(events.service[row])].one_every_s > 0]
    if len(rows) <= MOST_MARKS:
        for row in rows:
            yield float(events.at_s[row]), int(events.task[row])


def gone_before(run: Run, row: int) -> list[int]:
    """List the rows at which hosts had ended by the time of a decision."""
    return [int(i) for i in run.events.where(Kind.HOST_GONE) if i < row]


def line_of(run: Run, row: int) -> Line:
    """Say a decision in one sentence. row: its event, one of `decisions`."""
    events, at_s = run.events, float(run.events.at_s[row])
    if row in events.dismissals:
        return _dismissed(run, at_s, events.dismissals[row])
    verdict, task = events.verdicts[row], str(int(events.task[row]))
    if not launch_type(run.scenario.launch_type).has_hosts and len(verdict.free_cpu) != len(verdict.stopped_by):
        zone = run.scenario.zone_letters[verdict.host or 0]
        return Line(at_s, "caption.placed.zone", {"task": task, "zone": zone, "here": _here(verdict, "spread-zones")})
    return _waits(run, at_s, row, task, verdict) if verdict.host is None else _placed(run, at_s, task, verdict)


def is_by_hand(run: Run, task: int) -> bool:
    """Say whether no service keeps a task: RunTask started it."""
    events = run.events
    return any(events.task[i] == task and events.reason[i] == WHO for i in events.where(Kind.TASK_CREATED))


def _placed(run: Run, at_s: float, task: str, verdict: Verdict) -> Line:
    host = verdict.host or 0
    name, zone = run.hosts[host]
    values: Values = {"task": task, "host": name, "n": int(np.count_nonzero(verdict.stopped_by == FEASIBLE))}
    if DAEMON in verdict.constraints:
        return Line(at_s, "caption.placed.daemon", values)
    if verdict.decided_by == "only":
        return Line(at_s, "caption.placed.only", values | {"of": len(verdict.stopped_by)})
    if isinstance(verdict, Ruling):
        return _by_points(at_s, values, verdict)
    rule, left = _narrowed(verdict)
    if not rule:
        return Line(at_s, "caption.placed.first", values)
    values |= {"zone": run.scenario.zone_letters[zone], "here": _here(verdict, rule), "left": left}
    values |= {"cpu": vcpu(int(verdict.free_cpu[host])), "memory": gib(int(verdict.free_mib[host]))}
    values |= {"attribute": rule.removeprefix(BY_ATTRIBUTE)}
    name = "spread" if rule.startswith(BY_ATTRIBUTE) else rule
    return Line(at_s, f"caption.placed.{name}" if left == 1 else f"caption.placed_tie.{name}", values)


def _by_points(at_s: float, values: Values, ruling: Ruling) -> Line:
    """Say that a node had the most points, alone or with others."""
    most = int(ruling.total.max())
    left = int(np.count_nonzero(ruling.total == most))
    return Line(at_s, "caption.pod.placed" if left == 1 else "caption.pod.lot", values | {"points": most, "left": left})


def _narrowed(verdict: Verdict) -> tuple[str, int]:
    """Name the last strategy that ranked somebody lower, and how many it left; "" if all were equally good."""
    left, last = np.flatnonzero(verdict.stopped_by == FEASIBLE), ""
    for name, score in verdict.scores.items():
        best = left[score[left] == score[left].max()]
        last = name if len(best) < len(left) else last
        left = best
    return last, len(left)


def _here(verdict: Verdict, rule: str) -> int:
    """Give the tasks that a spread counted where the winner is."""
    return int(-verdict.scores[rule][verdict.host or 0])


def _waits(run: Run, at_s: float, row: int, task: str, verdict: Verdict) -> Line:
    """Say what struck out the most hosts, with its figure."""
    service = run.scenario.services[int(run.events.service[row])]
    reason = verdict.reason
    values: Values = {
        "task": task, "of": len(verdict.stopped_by), "n": verdict.refused.get(reason, 0), "rule": reason,
        "cpu": vcpu(service.cpu_units), "memory": gib(service.memory_mib),
        "most_cpu": vcpu(int(verdict.free_cpu.max(initial=0))), "most_memory": gib(int(verdict.free_mib.max(initial=0))),
        "ports": ", ".join(str(port) for port in (*service.host_ports, *service.udp_ports)),
    }  # fmt: skip
    if isinstance(verdict, Ruling) and reason in OF_PODS:
        return Line(at_s, f"caption.pod.{reason}", values)
    what = "refused" if is_by_hand(run, int(task)) else "waits"
    return Line(at_s, f"caption.{what}.{reason if reason in NO_RULE else 'constraint'}", values)


def vcpu(units: int) -> Amount:
    """Write CPU units as vCPU."""
    return Amount(units / catalog.number("ecs.placement.cpu_unit"), "vcpu")


def gib(mib: int) -> Amount:
    """Write MiB as GiB."""
    return Amount(mib / 1024, "gib")


def _dismissed(run: Run, at_s: float, found: Dismissal) -> Line:
    place = int(np.flatnonzero(found.tasks == found.task)[0])
    zone, host, rule = int(found.zones[place]), int(found.hosts[place]), found.decided_by
    values: Values = {"task": str(found.task), "n": len(found.tasks)}
    values |= {"zone": run.scenario.zone_letters[zone] if zone >= 0 else "–"}
    values |= {"host": run.hosts[host][0] if host >= 0 else "–"}
    if zone < 0:
        return Line(at_s, "caption.dismissed.homeless", values)
    if rule.startswith(BY_ATTRIBUTE):
        return Line(at_s, "caption.dismissed.spread", values | {"attribute": rule.removeprefix(BY_ATTRIBUTE)})
    if rule in found.scores:
        here = found.scores[rule][place]
        values["here"] = (
            vcpu(int(here)) if rule == "binpack-cpu" else gib(int(here)) if rule == "binpack-memory" else int(here)
        )
    return Line(at_s, f"caption.dismissed.{rule}", values)
