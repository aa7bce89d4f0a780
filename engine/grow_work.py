"""The work whose cost is followed as it grows (`engine.grow`): made ready first, everything compiled, then done once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from simpy import Environment

from engine.placement import Hosts, Needs
from engine.placement.stream import Batch, place_stream
from engine.rng import stream
from engine.scenario import Scenario
from engine.sweep.work import play_batch
from engine.traffic.compiled import CompiledPlane
from engine.traffic.plane import Fronts

Act = Callable[[], object]
RPS = 1_000
WINDOW_S = 100.0


def _requests(count: int) -> Act:
    """Serve so many requests on one task, in windows as a run has them."""
    queue(10_000)[1]()
    return queue(count)[1]


def queue(count: int) -> tuple[CompiledPlane, Act]:
    """Make a queue that about so many requests come to, and the act of serving them."""
    end_s = max(10.0, count / RPS)
    scenario = Scenario.of({
        "duration_s": end_s, "zones": 1, "traffic": {"rps": count / end_s},
        "services": [{"desired": 1, "concurrency": 8, "work_ms": 6_400 * end_s / count, "timeout_s": 3600, "backlog": 1000}],
    })  # fmt: skip
    plane = CompiledPlane(Environment(), scenario)
    plane.route(0, [[plane.add(0, 1, 0)]], Fronts([0], [False], [0], [0.0], [0.0], [0.0]))

    def act() -> None:
        for begin_s in np.arange(0.0, end_s, WINDOW_S):
            plane.advance(0, min(end_s, begin_s + WINDOW_S))

    return plane, act


def _hosts(count: int) -> Act:
    return _place(count, 10 * count)


def _tasks(count: int) -> Act:
    return _place(10_000, count)


def _place(hosts: int, tasks: int) -> Act:
    """Place tasks of one kind on hosts of many sizes, which have room for all."""
    sizes = stream(1, "grow", "hosts")
    table = Hosts(
        zone=np.arange(hosts) % 3,
        is_open=np.ones(hosts, dtype=np.bool_),
        free_cpu=sizes.integers(4, 17, hosts) * 1024,
        free_mib=sizes.integers(8, 65, hosts) * 1024,
        peers=np.zeros(hosts, dtype=np.int64),
    )
    place_stream(table, [Batch(Needs(512, 1024), 10, ("spread-zones", "binpack-memory"))])
    return lambda: place_stream(table, [Batch(Needs(512, 1024), tasks, ("spread-zones", "binpack-memory"))])


def _replications(count: int) -> Act:
    token = Scenario.of({"duration_s": 60, "traffic": {"rps": 100}}).token()
    play_batch(token, 1, 1)
    return lambda: [play_batch(token, seed, min(25, count - seed)) for seed in range(0, count, 25)]


WORK: Mapping[str, Callable[[int], Act]] = {
    "requests": _requests,
    "hosts": _hosts,
    "tasks": _tasks,
    "replications": _replications,
}
