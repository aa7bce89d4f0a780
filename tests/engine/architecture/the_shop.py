"""The shop as a scenario of one service."""

from engine import Scenario
from engine.architecture import shop, split


def monolith(**more):
    whole = shop()
    given = {
        "traffic": {"rps": 250}, "launch_type": "ecs-fargate", "duration_s": 60,
        "application": whole.application.model_dump(mode="json"), "services": [{"name": whole.service}],
    }  # fmt: skip
    return split(Scenario.of(given | more), 0)


def pieces(**more):
    return split(monolith(**more), 9)
