"""What node autoscalers made of a run: each node's life and price, CPU bought beside CPU asked for, pods that waited or moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import catalog, metrics, pricing
from engine.events import Floats, Intervals, Kind, intervals
from engine.metrics import Steps
from engine.sentence import Line
from engine.simulation import Run
from engine.story_nodes import of_nodes

NODE_ITEMS = ("hosts", "spot_hosts", "auto_mode_fee", "managed_fee")


@dataclass(frozen=True, slots=True)
class Life:
    """One node's life. ready_s, drained_s: none where that never was; gone_s: the run's end where it stays.

    usd_per_hour: its type's price, Auto Mode's fee left out; usd: what it came to. unneeded: spans in which the Cluster
    Autoscaler called it unneeded. why: why it went, in a word; "" = it stays, or nobody let it go.
    """

    host: int
    name: str
    zone: int
    kind: str
    usd_per_hour: float
    asked_s: float
    ready_s: float | None
    drained_s: float | None
    gone_s: float
    is_gone: bool
    unneeded: tuple[tuple[float, float], ...]
    why: str
    usd: float


def lives(run: Run) -> tuple[Life, ...]:
    """Tell each node's life, in the order in which they were asked for."""
    events, end_s = run.events, run.scenario.duration_s
    first = _first(run, Kind.HOST_ASKED, Kind.HOST_READY, Kind.HOST_DRAINING, Kind.HOST_GONE)
    whys = {int(events.host[i]): events.reason[i] for i in events.where(Kind.NODE_REMOVED)}
    spans = _unneeded(run)
    found = []
    for host, (name, zone) in enumerate(run.hosts):
        asked = first[Kind.HOST_ASKED].get(host)
        if asked is None:
            continue
        kind = run.kinds[host].instance_type
        price = catalog.instance_type(kind).usd_per_hour
        gone_s = first[Kind.HOST_GONE].get(host)
        until_s = end_s if gone_s is None else gone_s
        found.append(
            Life(
                host=host,
                name=name,
                zone=zone,
                kind=kind,
                usd_per_hour=price,
                asked_s=asked,
                ready_s=first[Kind.HOST_READY].get(host),
                drained_s=first[Kind.HOST_DRAINING].get(host),
                gone_s=until_s,
                is_gone=gone_s is not None,
                unneeded=spans.get(host, ()),
                why=whys.get(host, "") if gone_s is not None else "",
                usd=(until_s - asked) * price / 3600,
            )
        )
    return tuple(sorted(found, key=lambda life: (life.asked_s, life.host)))


def _first(run: Run, *kinds: Kind) -> dict[Kind, dict[int, float]]:
    """Give the first moment of each kind for each host."""
    events = run.events
    found: dict[Kind, dict[int, float]] = {kind: {} for kind in kinds}
    for i in events.where(*kinds):
        found[Kind(int(events.kind[i]))].setdefault(int(events.host[i]), float(events.at_s[i]))
    return found


def _unneeded(run: Run) -> dict[int, tuple[tuple[float, float], ...]]:
    closes = (Kind.NODE_NEEDED, Kind.HOST_GONE)
    spans = intervals(run.events, "host", (Kind.NODE_UNNEEDED,), closes, run.scenario.duration_s)
    found: dict[int, list[tuple[float, float]]] = {}
    for host, start_s, end_s in zip(spans.subject, spans.start_s, spans.end_s, strict=True):
        found.setdefault(int(host), []).append((float(start_s), float(end_s)))
    return {host: tuple(sorted(some)) for host, some in found.items()}


# --- over time -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cpu:
    """vCPU over time: paid for, asked for by the pods on nodes, and wanted: by those without a node as well.  Shape (n,)."""

    at_s: Floats
    bought: Floats
    asked: Floats
    wanted: Floats


def cpu(run: Run) -> Cpu:
    """Set the vCPU that are paid for beside those that pods ask for; each value holds until the next."""
    end_s, events = run.scenario.duration_s, run.events
    nodes = metrics.hosts_up(run)
    sizes = [catalog.instance_type(run.kinds[host].instance_type).vcpu for host in nodes.subject]
    over = (Kind.TASK_STOPPED,)
    placed = intervals(events, "task", (Kind.TASK_PLACED,), over, end_s)
    wanted = intervals(events, "task", (Kind.TASK_CREATED,), over, end_s)
    spans = (nodes, placed, wanted)
    edges = np.unique(np.concatenate([[0.0], *(one for span in spans for one in (span.start_s, span.end_s))]))
    edges = edges[edges < end_s]
    weights = (np.array(sizes, dtype=np.float64), _asks(run, placed), _asks(run, wanted))
    return Cpu(edges, *(_weighed(span, weight, edges) for span, weight in zip(spans, weights, strict=True)))


def _asks(run: Run, pods: Intervals) -> Floats:
    """Give the vCPU that each of some pods asks for."""
    unit, events = catalog.number("ecs.placement.cpu_unit"), run.events
    services = {int(events.task[i]): int(events.service[i]) for i in events.where(Kind.TASK_CREATED)}
    return np.array(
        [run.scenario.services[services[int(pod)]].cpu_units / unit for pod in pods.subject], dtype=np.float64
    )


def _weighed(spans: Intervals, weights: Floats, at_s: Floats) -> Floats:
    """Add up the weights of the spans that are open at each moment."""
    total = np.zeros(len(at_s))
    for start_s, end_s, weight in zip(spans.start_s, spans.end_s, weights, strict=True):
        total[np.searchsorted(at_s, start_s) : np.searchsorted(at_s, end_s)] += weight
    return np.round(total, 6)


def without_a_node(run: Run) -> Steps:
    """Count the pods that wait for a node, over time."""
    return metrics.jumps(_waits(run), run.scenario.duration_s)


def _waits(run: Run) -> Intervals:
    closes = (Kind.TASK_PLACED, Kind.TASK_STOPPED)
    return intervals(run.events, "task", (Kind.TASK_REFUSED,), closes, run.scenario.duration_s)


# --- figures ---------------------------------------------------------------------------------------------------------


def longest_wait_s(run: Run) -> float:
    """Give the longest time that a pod waited for a node; one that still waits has waited until the end."""
    spans = _waits(run)
    return float((spans.end_s - spans.start_s).max(initial=0.0))


def idle_share(run: Run) -> float:
    """Give the part of the vCPU paid for that no pod asked for."""
    found = cpu(run)
    widths = np.diff(np.append(found.at_s, run.scenario.duration_s))
    paid = float((found.bought * widths).sum())
    return 1 - float((found.asked * widths).sum()) / paid if paid else 0.0


def nodes_usd(run: Run) -> float:
    """Add up what the nodes cost, AWS's fee for keeping them included."""
    return sum(item.usd for item in pricing.bill(run) if item.name in NODE_ITEMS)


def nodes_ordered(run: Run) -> int:
    """Count the nodes that the autoscaler asked for."""
    return len(run.events.where(Kind.NODE_ORDERED))


def pods_moved(run: Run) -> int:
    """Count the pods that were evicted so that their node could go."""
    events = run.events
    return sum(events.reason[i] == "drain" for i in events.where(Kind.POD_EVICTED))


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that the autoscaler did or saw: when, in a sentence, and what an hour costs from then on."""

    line: Line
    usd_per_hour: float


def decisions(run: Run) -> tuple[Decision, ...]:
    """List what the autoscaler did and why, in order."""
    rate = pricing.usd_per_hour(run)
    lines = sorted(of_nodes(run), key=lambda line: line.at_s)
    return tuple(Decision(line, float(rate.at(np.array([line.at_s]))[0])) for line in lines)
