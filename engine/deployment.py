"""How a service's versions change places, as its owner sets it: the strategy, and who stops a bad one.

On ECS these are the settings of its own deployments. On Kubernetes a Deployment knows two of the strategies; the others are
what a person does with more Deployments and a Service, by the same steps, and nobody watches.
"""

from __future__ import annotations

from typing import Literal

from engine import catalog
from engine.fields import Record, setting

DeploymentStrategy = Literal["rolling", "all-at-once", "blue-green", "canary", "linear"]
ThresholdType = Literal["BOUNDED_PERCENT", "COUNT", "UNBOUNDED_PERCENT"]
LONGEST_S = catalog.seconds("ecs.deploy.canary", "longest_min")
SHIFTING: frozenset[DeploymentStrategy] = frozenset({"blue-green", "canary", "linear"})


class DeploymentSettings(Record):
    """How a new version takes over from the old one, and what makes the platform go back."""

    strategy: DeploymentStrategy = setting(
        "rolling",
        "rolling: task by task, within the minimum and maximum percent; all-at-once: a rolling update at 0 and 100 %, so "
        "every old task stops first; blue-green, canary and linear: a second full set, then traffic moves by weights.",
        fact="ecs.deploy.strategies",
    )
    bake_s: float = setting(
        300, "How long both sets run on once all traffic has moved; ECS takes whole minutes.", unit="s", assumed=True,
        fact="ecs.deploy.bake", ge=0, le=LONGEST_S,
    )  # fmt: skip
    canary_percent: float = setting(
        catalog.number("ecs.deploy.canary", "percent"), "Traffic that the canary gets first.", unit="%",
        fact="ecs.deploy.canary", ge=catalog.number("ecs.deploy.canary", "least_percent"), le=100,
    )  # fmt: skip
    canary_bake_s: float = setting(
        catalog.seconds("ecs.deploy.canary", "bake_min"), "How long the canary is watched before the rest follows.", unit="s",
        fact="ecs.deploy.canary", ge=0, le=LONGEST_S,
    )  # fmt: skip
    step_percent: float = setting(
        catalog.number("ecs.deploy.linear", "percent"), "Traffic that each step of linear moves.", unit="%",
        fact="ecs.deploy.linear", ge=catalog.number("ecs.deploy.linear", "least_percent"), le=100,
    )  # fmt: skip
    step_bake_s: float = setting(
        catalog.seconds("ecs.deploy.linear", "bake_min"), "Time between two steps of linear.", unit="s",
        fact="ecs.deploy.linear", ge=0, le=LONGEST_S,
    )  # fmt: skip
    ready_within_s: float = setting(
        LONGEST_S, "A second set that is not whole and healthy by then fails the deployment: nobody publishes a time.",
        unit="s", assumed=True, ge=10, le=LONGEST_S,
    )  # fmt: skip
    breaker: bool = setting(
        bool(catalog.value("ecs.circuit_breaker.off_by_default")),
        "Deployment circuit breaker: enough tasks that never come to serve fail the deployment. Rolling updates only.",
        fact="ecs.circuit_breaker.off_by_default",
    )
    breaker_type: ThresholdType = setting(
        "BOUNDED_PERCENT", "What its threshold counts: tasks, or percent of the desired count, within bounds or without.",
        fact="ecs.circuit_breaker.configurable",
    )  # fmt: skip
    breaker_value: int = setting(
        round(100 * catalog.number("ecs.circuit_breaker.formula", "factor")), "The threshold's tasks, or its percent.",
        fact="ecs.circuit_breaker.formula", ge=1, le=10_000,
    )  # fmt: skip
    breaker_resets: bool = setting(
        bool(catalog.value("ecs.circuit_breaker.configurable", "resetOnHealthyTask")),
        "A task that becomes healthy sets the count of failures back to 0.", fact="ecs.circuit_breaker.configurable",
    )  # fmt: skip
    alarm: bool = setting(
        bool(catalog.value("ecs.deploy.alarms")), "CloudWatch alarm on the share of requests that fail.",
        fact="ecs.deploy.alarms",
    )  # fmt: skip
    alarm_percent: float = setting(
        1, "Failed requests above this share are too many.", unit="%", assumed=True, ge=0, lt=100
    )
    alarm_points: int = setting(
        2, "So many points in a row above it set the alarm off.", unit="points", assumed=True, ge=1, le=60
    )
    alarm_period_s: float = setting(60, "How long a point is.", unit="s", assumed=True, ge=10, le=3_600)
    alarm_delay_s: float = setting(
        30,
        "How long after its end a point can be judged: nobody publishes a time.",
        unit="s",
        assumed=True,
        ge=0,
        le=600,
    )
    alarm_on: Literal["service", "new-version"] = setting(
        "service",
        "Whose requests it counts: all of the service's, or those of the new version's target group.",
        assumed=True,
    )
    rollback: bool = setting(
        True, "Go back by itself where the breaker or the alarm fails a deployment.", assumed=True,
        fact="ecs.circuit_breaker.off_by_default",
    )  # fmt: skip

    @property
    def shifts_traffic(self) -> bool:
        """Say whether a second set comes up and traffic moves to it by weights."""
        return self.strategy in SHIFTING
