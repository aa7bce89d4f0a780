"""Scale-in: which task has to go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def victim(tasks: Sequence[tuple[int, int, int]]) -> int | None:
    """Pick the task to stop: from the zone with the most, on the host with the most, the newest.

    tasks: (task, zone, host) of the service; host -1 where each task has its own.
    Source: fact `ecs.scalein.default_rule`; that the newest goes among equals is our assumption.
    """
    if not tasks:
        return None
    zones = Counter(zone for _, zone, _ in tasks)
    hosts = Counter(host for _, _, host in tasks)
    task, _, _ = max(tasks, key=lambda t: (zones[t[1]], hosts[t[2]] if t[2] >= 0 else 0, t[0]))
    return task
