"""Scale-in of a ReplicaSet: the pods that are worth least have to go.

Not yet placed, not yet running, not ready; then those that share their node with most pods of their deployment, of whatever
version; those that became ready last, those that restarted most, the newest.

Source: `ActivePodsWithRanks` and `getPodsRankedByRelatedPodsOnSameNode` in Kubernetes v1.20.2, pkg/controller. The
pod-deletion-cost annotation is left out: nobody sets it here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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


def first_to_go(pods: Sequence[Going], crowd: Mapping[int, int] | None = None, many: int = 1) -> list[Dismissal]:
    """Pick so many pods to delete, each with the scores of those that were left; the highest goes.

    crowd: host -> pods of the deployment on it, all versions; none = these pods. All are picked from one ranking: a node's
    crowd is not counted anew after each, so that two of a full node go before one of a node that is less so. Upstream
    compares ages by powers of two of seconds where a feature gate says so; we take the plain order.
    """
    if crowd is None:
        crowd = Counter(pod.host for pod in pods if pod.host >= 0)
    scores = {
        "not-placed": [float(not pod.is_assigned) for pod in pods],
        "not-running": [float(not pod.is_running) for pod in pods],
        "not-ready": [float(not pod.is_ready) for pod in pods],
        "spread-hosts": [float(crowd.get(pod.host, 0)) if pod.host >= 0 else 0.0 for pod in pods],
        "ready-last": [pod.ready_s if pod.is_ready else 0.0 for pod in pods],
        "restarted": [float(pod.restarts) for pod in pods],
        "newest": [float(pod.task) for pod in pods],
    }
    order = np.lexsort([np.array(scores[rule]) for rule in reversed(RULES)])[::-1]
    columns = {rule: np.array(scores[rule])[order] for rule in RULES}
    numbers, zones, hosts = (
        np.array(column, dtype=np.int64)[order]
        for column in ([pod.task for pod in pods], [pod.zone for pod in pods], [pod.host for pod in pods])
    )
    return [
        Dismissal(int(numbers[n]), numbers[n:], zones[n:], hosts[n:], {rule: columns[rule][n:] for rule in RULES})
        for n in range(min(many, len(pods)))
    ]
