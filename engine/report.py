"""What a report says of a run: its figures, exactly, and what happened how often. Words and pictures are the page's."""

from __future__ import annotations

import math
from typing import Any

from engine import loops, metrics, pricing
from engine.events import Kind
from engine.simulation import Run

HAPPENED: dict[str, tuple[Kind, ...]] = {
    "tasks_started": (Kind.TASK_SERVING,),
    "tasks_stopped": (Kind.TASK_STOPPED,),
    "tasks_refused": (Kind.TASK_REFUSED,),
    "hosts_ready": (Kind.HOST_READY,),
    "hosts_gone": (Kind.HOST_GONE,),
}


def figures_of(run: Run) -> dict[str, Any]:
    """Give a run's figures as plain data: a report holds them, and a notebook that runs the scenario again gets the same.

    Units are in the names; None where there is no such number: nothing was served, or it was not over by the end.
    """
    totals = metrics.totals(run)
    return {
        "arrived": totals.arrived,
        "served": totals.served,
        "failed": totals.failed,
        "in_flight": totals.in_flight,
        "availability": float(totals.availability),
        "errors_s": float(metrics.error_seconds(run)),
        "worst_p99_s": _known(metrics.worst_p99_s(run)),
        "recovered_s": _known(metrics.recovered_s(run)),
        "calm_usd_per_h": float(pricing.calm_usd_per_hour(run)),
        "run_usd": float(loops.usd(run)),
        "events": len(run.events),
        "digest": run.digest,
    }


def happened(run: Run) -> dict[str, int]:
    """Count what happened, by a name for each kind of thing."""
    return {name: len(run.events.where(*kinds)) for name, kinds in HAPPENED.items()}


def _known(number: float | None) -> float | None:
    return None if number is None or math.isnan(number) else float(number)
