"""What a person would say of node autoscalers: nodes that come for pods, nodes that nobody needs, and what an hour costs then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from engine import autoscaler_checks
from engine.events import Kind
from engine.scaling import Command, Round, Scan
from engine.sentence import Amount, Line, Values
from engine.simulation import Run

Tone = Literal["lost", "ok", "plain"]
AFTER_S = 45.0  # what follows so soon upon the like is no moment of its own


def of_nodes(run: Run) -> Iterator[Line]:
    """Tell each order, each removal, and whom no node would help."""
    if not autoscaler_checks.is_on(run.scenario):
        return
    yield from _looks(run)
    yield from _removals(run)
    yield from _stranded(run)


def _looks(run: Run) -> Iterator[Line]:
    events, said_s = run.events, float("-inf")
    settings = run.scenario.kubernetes.autoscaler.cluster_autoscaler
    for row, look in events.looks.items():
        at_s = float(events.at_s[row])
        if isinstance(look, Round):
            yield from _bought(at_s, look)
        elif isinstance(look, Command):
            yield _consolidated(run, at_s, look)
        else:
            yield from _grown(at_s, look)
            if look.unneeded and not look.gone and at_s - said_s >= settings.unneeded_s:
                said_s = at_s
                values: Values = {"n": len(look.unneeded), "after": Amount(settings.unneeded_s, "s")}
                yield Line(at_s, "caption.nodes_unneeded", values)


def _grown(at_s: float, look: Scan) -> Iterator[Line]:
    if look.grows is not None:
        taken = look.grows
        values: Values = {
            "n": look.short,
            "nodes": f"{taken.nodes} × {taken.kind}",
            "usd": Amount(taken.usd_per_hour, "usd"),
        }
        yield Line(at_s, "caption.nodes_asked", values)


def _bought(at_s: float, look: Round) -> Iterator[Line]:
    if look.bought:
        kinds = Counter(one.kind for one in look.bought)
        usd = sum(one.usd_per_hour for one in look.bought)
        values: Values = {
            "n": look.waiting - look.settled, "nodes": ", ".join(f"{n} × {kind}" for kind, n in kinds.items()),
            "usd": Amount(usd, "usd"),
        }  # fmt: skip
        key = "caption.nodes_bought" if look.waiting > look.settled else "caption.nodes_bought_ahead"
        yield Line(at_s, key, values)


def _consolidated(run: Run, at_s: float, look: Command) -> Line:
    hosts = ", ".join(run.hosts[number][0] for number in look.nodes)
    values: Values = {"n": len(look.nodes), "hosts": hosts, "usd": Amount(look.saves_usd_per_hour, "usd")}
    if look.claim is not None:
        values["kind"] = look.claim.options[0]
    return Line(at_s, f"caption.nodes_{look.action}", values)


def _removals(run: Run) -> Iterator[Line]:
    """Tell the removals that no saving announced."""
    events = run.events
    for row in events.where(Kind.NODE_REMOVED, Kind.REMOVAL_DROPPED):
        why, at_s = events.reason[row], float(events.at_s[row])
        host = run.hosts[int(events.host[row])][0]
        if events.kind[row] == Kind.REMOVAL_DROPPED:
            if why in {"late", "budget"}:
                yield Line(at_s, f"caption.node_stays_{why}", {"host": host})
        elif why in {"unneeded", "expired", "drifted"} or (why == "empty" and _is_scan(run)):
            yield Line(at_s, f"caption.node_{why}", {"host": host, "usd": Amount(float(events.value[row]), "usd")})


def _is_scan(run: Run) -> bool:
    """Say whether the Cluster Autoscaler keeps the nodes."""
    return any(isinstance(look, Scan) for look in run.events.looks.values())


def _stranded(run: Run) -> Iterator[Line]:
    events = run.events
    for row in events.where(Kind.PODS_STRANDED):
        n, at_s = int(events.value[row]), float(events.at_s[row])
        if n:
            yield Line(at_s, f"caption.stranded.{events.reason[row]}", {"n": n})


def node_moments(run: Run) -> Iterator[tuple[float, str, Tone]]:
    """List the moments to step through: the first of each row of orders, and of each row of removals."""
    for key, kind in (("mark.nodes_asked", Kind.NODE_ORDERED), ("mark.node_goes", Kind.NODE_REMOVED)):
        last_s = float("-inf")
        for row in run.events.where(kind):
            at_s = float(run.events.at_s[row])
            if at_s - last_s > AFTER_S:
                yield at_s, key, "plain"
            last_s = at_s
