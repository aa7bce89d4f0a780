"""Measures: one number about a run, by name. Predictions are held against them, challenges have to reach them.

Each gives a number, or None where the run never came to what is measured. Its unit says how a page writes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from engine import (
    Run,
    deployed,
    loops,
    metrics,
    node_updates,
    pricing,
    race,
    reconcile,
    rollout_score,
    rollouts,
    sights,
    treadmill,
)
from engine.fullness import fullest

Unit = Literal["s", "share", "usd_h", "usd", "tasks", "hosts", "requests", "gib", "h", "count"]


@dataclass(frozen=True, slots=True)
class Measure:
    """How something is measured, and in what: s, shares of one, US dollars an hour, tasks, hosts, requests, GiB, hours."""

    of: Callable[[Run], float | None]
    unit: Unit


def _of_first(read: Callable[[rollout_score.Score], float | None]) -> Callable[[Run], float | None]:
    """Measure the first version that was brought out; None where none was."""

    def of(run: Run) -> float | None:
        found = deployed.first(run)
        return None if found is None else read(found)

    return of


MEASURES: Mapping[str, Measure] = {
    # What users see.
    "availability": Measure(lambda run: metrics.totals(run).availability, "share"),
    "failed": Measure(lambda run: metrics.totals(run).failed, "requests"),
    "error_seconds": Measure(metrics.error_seconds, "s"),
    "worst_p99": Measure(metrics.worst_p99_s, "s"),
    "recovered": Measure(metrics.recovered_s, "s"),
    "filled": Measure(metrics.filled_s, "s"),
    "caught_up": Measure(lambda run: race.catching(run).took_s, "s"),
    # What it costs.
    "usd_per_hour": Measure(lambda run: float(pricing.usd_per_hour(run).value[-1]), "usd_h"),
    "calm_usd_per_hour": Measure(pricing.calm_usd_per_hour, "usd_h"),
    "usd": Measure(lambda run: math.fsum(item.usd for item in pricing.bill(run)), "usd"),
    "host_hours": Measure(loops.host_hours, "h"),
    # How tasks lie.
    "placed": Measure(lambda run: fullest(run).placed, "tasks"),
    "waiting": Measure(lambda run: fullest(run).waiting, "tasks"),
    "hosts_used": Measure(lambda run: fullest(run).hosts_used, "hosts"),
    "zone_gap": Measure(lambda run: fullest(run).zone_gap, "tasks"),
    "worst_loss": Measure(lambda run: fullest(run).worst_loss, "tasks"),
    "largest_gib": Measure(lambda run: fullest(run).largest_mib / 1024, "gib"),
    "short_at_end": Measure(metrics.short_at_end, "tasks"),
    # Fleets and their loops.
    "most_hosts": Measure(loops.most_hosts, "hosts"),
    "hosts_at_end": Measure(loops.hosts_at_end, "hosts"),
    "tasks_killed": Measure(loops.tasks_killed, "tasks"),
    "first_host_gone": Measure(loops.first_host_gone_s, "s"),
    "longest_patch": Measure(treadmill.longest_s, "s"),
    "patch_steps": Measure(treadmill.steps, "count"),
    "moved": Measure(treadmill.moved, "tasks"),
    # Kubernetes.
    "scaled_out": Measure(sights.scaled_out_s, "s"),
    "scaled_in": Measure(sights.scaled_in_s, "s"),
    "most_pods": Measure(sights.most_pods, "tasks"),
    "pod_hours": Measure(sights.pod_hours, "h"),
    "noticed": Measure(reconcile.noticed_s, "s"),
    "replaced": Measure(reconcile.replaced_s, "s"),
    "elsewhere": Measure(reconcile.elsewhere_s, "s"),
    "left_behind": Measure(reconcile.left_behind, "tasks"),
    "least_ready": Measure(rollouts.least_ready, "tasks"),
    "most_at_once": Measure(rollouts.most_at_once, "tasks"),
    "node_update": Measure(node_updates.longest_s, "s"),
    # Versions.
    "version_failed": Measure(_of_first(lambda score: score.failed), "requests"),
    "version_took": Measure(_of_first(lambda score: score.took_s), "s"),
    "least_serving": Measure(_of_first(lambda score: score.least_serving), "tasks"),
    "back": Measure(deployed.back_s, "s"),
}
