"""Scale-in of a ReplicaSet: the pod that is worth least has to go.

Not yet placed, not yet running, not ready; then the one that shares its node with most of its kind, the one that became ready
last, the one that restarted most, the newest.

Source: `ActivePodsWithRanks` in the Kubernetes controllers; the pod-deletion-cost annotation is left out: nobody sets it here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.placement.scale_in import Dismissal

RULES = ("not-placed", "not-running", "not-ready", "spread-hosts", "ready-last", "restarted", "newest")


@dataclass(frozen=True, slots=True)
class Going:
    """A pod that may go. host: -1 where nobody sees one. ready_s: since when it answers; inf = it does not."""

    task: int
    zone: int
    host: int
    is_assigned: bool
    is_running: bool
    is_ready: bool
    ready_s: float
    restarts: int


def first_to_go(pods: Sequence[Going]) -> Dismissal:
    """Pick the pod to delete, with the scores that say why; the highest goes.

    Upstream compares ages by powers of two of seconds where a feature gate says so; we take the plain order.
    """
    crowd = Counter(pod.host for pod in pods if pod.host >= 0)
    columns = [
        [float(not pod.is_assigned) for pod in pods],
        [float(not pod.is_running) for pod in pods],
        [float(not pod.is_ready) for pod in pods],
        [float(crowd[pod.host]) if pod.host >= 0 else 0.0 for pod in pods],
        [pod.ready_s if pod.is_ready else 0.0 for pod in pods],
        [float(pod.restarts) for pod in pods],
        [float(pod.task) for pod in pods],
    ]
    left = list(range(len(pods)))
    for column in columns:
        most = max((column[i] for i in left), default=0.0)
        left = [i for i in left if column[i] == most]
    return Dismissal(
        pods[left[0]].task if left else None,
        np.array([pod.task for pod in pods], dtype=np.int64),
        np.array([pod.zone for pod in pods], dtype=np.int64),
        np.array([pod.host for pod in pods], dtype=np.int64),
        {rule: np.array(column, dtype=np.float64) for rule, column in zip(RULES, columns, strict=True)},
    )
