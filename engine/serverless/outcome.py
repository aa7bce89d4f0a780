"""What came of it: how long a queue took to empty, and which boxes a lost zone leaves standing."""

from __future__ import annotations

from math import inf

import numpy as np

from engine.serverless.flow import Flow, Kind
from engine.serverless.operations import Spike
from engine.serverless.scenario import Pipeline, operation
from engine.serverless.simulation import run

CALM_S = 2.0  # a queue that holds no more than so many seconds of calm traffic counts as empty
FATES = ("on", "short", "away", "you")


def trouble_over_s(pipeline: Pipeline) -> float:
    """Say when the last spike ends; the beginning, if there is none."""
    return max((o.at_s + o.for_s for o in pipeline.operations if isinstance(o, Spike)), default=0.0)


def drained_s(flow: Flow, queue: str) -> float:
    """Say how long after the last spike a queue still held more than it does on a calm day; infinity if to the end."""
    calm = flow.pipeline.traffic.orders_per_s * CALM_S + 5
    over = int(trouble_over_s(flow.pipeline))
    full = np.flatnonzero(flow.of("queued", queue)[over:] > calm)
    if not len(full):
        return 0.0
    last = int(full[-1]) + 1
    return inf if over + last > flow.seconds else float(last)


def without_zone(pipeline: Pipeline, zone: str) -> dict[str, str]:
    """Say of each box what the loss of a zone means: it goes on, runs short, is away for a while, or needs you."""
    at_s = min(30, pipeline.duration_s // 2)
    calm = pipeline.with_("operations", []).with_("duration_s", max(10, at_s + 1))
    flow = run(calm.acting(operation(do="fail-zone", zone=zone, at_s=at_s)))
    return {flow.box[i]: flow.reason[i] for i in flow.rows(Kind.ZONE_FELT)}
