"""Host lifecycle, acted out: a hole in the nodes' kernel, and whose nodes get rid of it by when; budgets in the way."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from engine import catalog
from engine.eks import rules
from engine.eks.asks import UpdateAsk
from engine.eks.records import Column, Enactment, Step, Verdict
from engine.eks.updating import Timetable, by_hand, managed
from engine.era import Era
from engine.fargate.pace import DAY_S
from engine.kubernetes.update import drain_limit_s
from engine.sentence import Amount

VERDICTS: dict[Column, Verdict] = {
    "eks-fargate": "yes",
    "eks-managed": "partly",
    "eks-unmanaged": "no",
    "eks-auto": "yes",
}


def lifecycle(column: Column, era: Era, ask: UpdateAsk) -> Enactment:
    """Let a kernel patch fall due."""
    facts, notes = rules.rests_on("lifecycle")
    tell = {"eks-fargate": _fargate, "eks-managed": _managed, "eks-unmanaged": _by_hand, "eks-auto": _auto}[column]
    steps = (Step(0.0, "step.lifecycle.hole"), *tell(ask))
    reason = Step(0.0, f"reason.lifecycle.{column.removeprefix('eks-')}")
    return Enactment("lifecycle", column, era, VERDICTS[column], steps, reason, facts, notes)


def _fargate(ask: UpdateAsk) -> Iterator[Step]:
    """Tell AWS's evictions. Source: fact `eks.fargate.patching`; note `table.eks_fargate_notice`."""
    yield Step(0.0, "step.lifecycle.notice", {}, "ok")
    if ask.may_leave:
        yield Step(0.0, "step.lifecycle.evicts", {}, "ok")
        return
    yield Step(0.0, "step.lifecycle.told")
    days = rules.note("table.eks_fargate_notice", "retry_days")
    yield Step(days * DAY_S, "step.lifecycle.deletes", {"n": ask.nodes * ask.pods}, "lost")


def _managed(ask: UpdateAsk) -> Iterator[Step]:
    """Tell the phases of a managed node group's update; nothing begins before you begin it."""
    yield Step(0.0, "step.lifecycle.published")
    found, at = managed(ask), ask.start_day * DAY_S
    yield Step(at, "step.lifecycle.you_start", {"day": ask.start_day})
    yield Step(at, "step.lifecycle.grows", {"n": found.surge})
    yield Step(at + found.ready_s, "step.lifecycle.closes")
    yield Step(at + found.ready_s, "step.lifecycle.drains", {"n": min(ask.at_once, ask.nodes)})
    yield from _ends(found, at)


def _by_hand(ask: UpdateAsk) -> Iterator[Step]:
    """Tell an update of nodes that are yours alone."""
    yield Step(0.0, "step.lifecycle.build", {}, "lost")
    found, at = by_hand(ask), ask.start_day * DAY_S
    yield Step(at, "step.lifecycle.by_hand", {"day": ask.start_day}, "lost")
    yield Step(at + found.ready_s, "step.lifecycle.drains", {"n": min(ask.at_once, ask.nodes)})
    yield from _ends(found, at)


def _ends(found: Timetable, at: float) -> Iterator[Step]:
    """Tell how an update ends: well, never, by its limit, or by force."""
    limit = Amount(drain_limit_s(), "s")
    match found.outcome:
        case "done":
            yield Step(at + found.end_s, "step.lifecycle.done", {"time": Amount(found.end_s, "s")}, "ok")
        case "failed":
            yield Step(at + found.end_s, "step.lifecycle.blocked", {"time": limit}, "lost")
            yield Step(at + found.end_s, "step.lifecycle.failed", {"n": found.left}, "lost")
        case "never":
            yield Step(at + DAY_S, "step.lifecycle.waits", {"n": found.left}, "lost")
        case "forced":
            yield Step(at + found.end_s, "step.lifecycle.forced", {"n": found.deleted}, "lost")
            yield Step(at + found.end_s, "step.lifecycle.done", {"time": Amount(found.end_s, "s")}, "ok")


def _auto(ask: UpdateAsk) -> Iterator[Step]:
    """Tell Auto Mode's own replacing: some nodes at a time, and a day of grace for pods that a budget keeps.

    Source: facts `karpenter.disruption_budget`, `eks.automode.nodepool`, `eks.automode.lifetime`; note `table.karpenter_grace`.
    """
    share = catalog.number("karpenter.disruption_budget") / 100
    yield Step(0.0, "step.lifecycle.drifts", {"share": Amount(share, "share")}, "ok")
    if ask.may_leave:
        yield Step(DAY_S, "step.lifecycle.replaced", {}, "ok")
        return
    grace_s = catalog.seconds("eks.automode.nodepool", "grace_h")
    yield Step(0.0, "step.lifecycle.held", {"time": Amount(grace_s, "s")})
    together = ceil(ask.nodes * share)
    yield Step(grace_s, "step.lifecycle.grace", {"n": together * ask.pods}, "lost")
    expired_s = catalog.seconds("eks.automode.nodepool", "expire_h") + grace_s
    end_s = min(ceil(ask.nodes / together) * grace_s, expired_s)
    values = {"n": ask.nodes * ask.pods, "most": int(catalog.number("eks.automode.lifetime"))}
    yield Step(end_s, "step.lifecycle.ends_anyway", {**values}, "lost")
