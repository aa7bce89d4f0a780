"""The pace of a story: how long a task takes to start where it is put. Middles of what is published, no chance in them."""

from __future__ import annotations

from engine import catalog
from engine.fargate.records import Column
from engine.scenario import Assumptions

DAY_S = 86_400.0


def start_s(column: Column, image_mib: float, *, has_image: bool = False) -> float:
    """Say how long from the decision to a running container, on a host that is there already.

    has_image: the host ran the image before. Fargate's never did.
    Source: facts `timing.fargate.assumption`, `fargate.no_image_cache`, `ecs.agent.image_pull_behavior`.
    """
    assumed = Assumptions()
    provision_s = 0.0
    if column == "ecs-fargate":
        provision_s = sum(catalog.number("timing.fargate.assumption", "provision_s", place) for place in (0, 1)) / 2
        has_image = False
    pull_s = 0.0 if has_image else image_mib / ((assumed.pull_min_mib_per_s + assumed.pull_max_mib_per_s) / 2)
    return provision_s + pull_s + assumed.container_s
