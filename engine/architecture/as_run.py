"""The shop as it is run: p50 and p99 of users' requests, module by module as they leave. Nobody breaks anything."""

from __future__ import annotations

import numpy as np

from engine.architecture.bills import ShopAsk
from engine.architecture.curves import Curve
from engine.architecture.sizing import sized
from engine.architecture.split import shop
from engine.metrics import percentiles_s
from engine.scenario import Scenario
from engine.simulation import run

RUN_S, SETTLED_S = 20.0, 4
SHARES = (0.5, 0.99)


def by_out(ask: ShopAsk) -> tuple[Curve, Curve]:
    """Run each cut once, sized by the rule, with the same users and the same work; return p50 and p99 by services, milliseconds.

    There is no formula for a whole graph: the curves are what was measured.
    """
    cuts = range(len(shop().order) + 1)
    found = np.array([_percentiles_ms(ask, out) for out in cuts])
    x, unknown = np.array([out + 1 for out in cuts]), np.full(len(found), np.nan)
    p50, p99 = (Curve(x, unknown, found[:, n], found[:, n], found[:, n]) for n in range(2))
    return p50, p99


def _percentiles_ms(ask: ShopAsk, out: int) -> list[float]:
    application = ask.application(out)
    names = dict.fromkeys(module.service for module in application.modules)
    sizes = {name: sized(application, name, ask.rps, ask.zones, ask.sizing) for name in names}
    found = run(Scenario.of({
        "duration_s": RUN_S, "launch_type": "ecs-fargate", "zones": ask.zones, "traffic": {"rps": ask.rps},
        "application": application.model_dump(mode="json"),
        "services": [
            {"name": name, "desired": size.tasks, "cpu_units": size.cpu_units, "memory_mib": size.memory_mib,
             "concurrency": size.workers}
            for name, size in sizes.items()
        ],
    }))  # fmt: skip
    counts = found.requests.users[0].latency[SETTLED_S:].sum(axis=0)
    return [1000 * float(value) for value in percentiles_s(counts, SHARES)]
