"""The HorizontalPodAutoscaler: replicas from metrics, windows, rates, and the whole decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from engine.conformance.cases import Case, Given, Got
from engine.kubernetes.hpa import Hpa, Policy, Rules
from engine.scaling import hpa, hpa_replicas
from engine.scaling.hpa import HorizontalPodAutoscaler, Moment
from engine.scaling.hpa_replicas import Proposal

A_MOMENT_S = 1e-6  # upstream's clock goes on between writing a moment down and looking at it
WINDOW_S = 60.0  # a reading in upstream's tests covers a minute


class SeenPod(Given):
    """A pod. usage_m, requests_m: of each container; value_m: of a metric about pods."""

    phase: Literal["Running", "Pending", "Failed"] = "Running"
    ready: bool = True
    age_s: float | None = Field(default=None, ge=0, le=1e9)
    terminating: bool = False
    requests_m: list[int] | None = None
    usage_m: list[int] | None = None
    value_m: int | None = None


class Timers(Given):
    """What the autoscaler is set to."""

    tolerance: float = Field(default=0.1, ge=0, le=1)
    cpu_initialization_period_s: float = Field(default=120, ge=0, le=3_600)
    initial_readiness_delay_s: float = Field(default=10, ge=0, le=3_600)

    def rule(self, **more: object) -> Hpa:
        """Give the settings as the engine takes them."""
        return Hpa.model_validate(
            {
                "tolerance": self.tolerance,
                "cpu_init_s": self.cpu_initialization_period_s,
                "readiness_delay_s": self.initial_readiness_delay_s,
                "metrics_every_s": WINDOW_S,
            }
            | more
        )


class Metric(Timers):
    """Pods, and what one metric says."""

    current_replicas: int = Field(ge=0, le=1_000_000)
    pods: list[SeenPod]
    metric: Literal["resource", "pods", "object", "object_per_pod", "external", "external_per_pod"] = "resource"
    resource: Literal["cpu", "memory"] = "cpu"
    target_utilization_pct: int | None = Field(default=None, ge=1, le=1_000_000)
    target_m: int | None = Field(default=None, ge=1, le=10**15)
    target_per_pod_m: int | None = Field(default=None, ge=1, le=10**15)
    values_m: list[int] = Field(default_factory=list)
    container_index: int | None = Field(default=None, ge=0, le=100)
    metrics_of_unknown_pods: list[list[int]] = Field(default_factory=list)


class PolicyGiven(Given):
    """A rate policy."""

    type: Literal["Pods", "Percent"]
    value: int = Field(ge=1, le=100_000)
    period_s: float = Field(ge=1, le=1_800)


class RulesGiven(Given):
    """The rules of one direction."""

    select: Literal["Max", "Min", "Disabled"] = "Max"
    stabilization_s: float | None = Field(default=None, ge=0, le=3_600)
    policies: list[PolicyGiven] = Field(default_factory=list)

    def rules(self) -> Rules:
        """Give them as the engine takes them."""
        policies = tuple(Policy(type=one.type, value=one.value, period_s=one.period_s) for one in self.policies)
        return Rules(select=self.select, stabilization_s=self.stabilization_s, policies=policies)


class Recommendation(Given):
    """What was recommended, and how long ago."""

    age_s: float
    replicas: int


class Change(Given):
    """How many pods came or went, and how long ago."""

    age_s: float
    change: int


class Windows(Given):
    """A wish, and what was wished before."""

    mode: Literal["downscale-only", "behavior"]
    desired: int
    recommendations: list[Recommendation]
    current: int = 0
    window_s: float = 300
    up_window_s: float = 0
    down_window_s: float = 300


class Rates(Given):
    """A wish, the bounds, the rules, and the changes of late."""

    current: int
    desired: int
    min: int
    max: int
    scale_up: RulesGiven | None = None
    scale_down: RulesGiven | None = None
    scale_up_events: list[Change] = Field(default_factory=list)
    scale_down_events: list[Change] = Field(default_factory=list)


class Whole(Timers):
    """A whole look: CPU alone. recommendations: none = the first look."""

    spec_replicas: int
    status_replicas: int = 0
    min: int = 1
    max: int
    target_utilization_pct: int = Field(default=80, ge=1, le=1_000_000)
    downscale_window_s: float = Field(default=300, ge=0, le=3_600)
    pods: list[SeenPod]
    recommendations: list[Recommendation] | None = None
    scale_up: RulesGiven | None = None
    scale_down: RulesGiven | None = None


def replicas(case: Case[Metric]) -> Got:
    """Ask one metric for its number of pods."""
    given = case.given
    found = _proposal(given)
    if found.replicas is None:
        return {"error": True}
    if given.metric == "resource" and given.target_utilization_pct is not None:
        return {"replicas": found.replicas, "utilization_pct": found.metric, "raw_average_m": found.average}
    return {"replicas": found.replicas, "metric_m": found.metric}


def _proposal(given: Metric) -> Proposal:
    rule, current, total = given.rule(), given.current_replicas, sum(given.values_m)
    pods = [_pod(one, given.container_index) for one in given.pods]
    if given.metric == "resource" and given.target_utilization_pct is not None:
        strangers = [_sum(one, given.container_index) or 0 for one in given.metrics_of_unknown_pods]
        target = given.target_utilization_pct
        return hpa_replicas.by_utilization(rule, current, target, pods, strangers, given.resource, today=False)
    value = given.target_m or given.target_per_pod_m
    if value is None:
        return Proposal(None, because="no target is given")
    if given.metric == "resource":
        return hpa_replicas.by_value(rule, current, value, pods, given.resource)
    if given.metric == "pods":
        values = [replace(pod, usage=one.value_m) for pod, one in zip(pods, given.pods, strict=True)]
        return hpa_replicas.by_value(rule, current, value, values)
    if given.metric.endswith("_per_pod"):
        return hpa_replicas.by_share(rule, current, value, total)
    return hpa_replicas.by_total(rule, current, value, total, pods)


def _pod(one: SeenPod, container: int | None) -> hpa_replicas.Pod:
    """Give a pod as the engine takes it: one container of it, or all together."""
    return hpa_replicas.Pod(
        phase=one.phase,
        is_ready=one.ready,
        age_s=float("inf") if one.age_s is None else one.age_s,
        is_terminating=one.terminating,
        request=_sum(one.requests_m, container),
        usage=_sum(one.usage_m, container),
    )


def _sum(each: Sequence[int] | None, container: int | None) -> int | None:
    if each is None:
        return None
    return sum(each) if container is None else each[container] if container < len(each) else 0


def windows(case: Case[Windows]) -> Got:
    """Hold a wish back by what was wished before, as v1.20 did."""
    given, now_s = case.given, 0.0
    past = _past(given.recommendations)
    if given.mode == "downscale-only":
        log = hpa.remember(past, now_s, given.desired, given.window_s)
        stabilized = hpa.stabilize_down(past, now_s, given.desired, given.window_s)
    else:
        up_s, down_s = given.up_window_s, given.down_window_s
        log = hpa.remember(past, now_s, given.desired, max(up_s, down_s))
        stabilized = hpa.stabilize(past, now_s, given.current, given.desired, up_s, down_s, envelope=False)
    return {"stabilized": stabilized, "log": [one.replicas for one in log], "log_length": len(log)}


def _past(recommendations: Sequence[Recommendation]) -> list[Moment]:
    return [Moment(-one.age_s - A_MOMENT_S, one.replicas) for one in recommendations]


def rates(case: Case[Rates]) -> Got:
    """Hold a wish within bounds and rates."""
    given = case.given
    up, down = _rules(given.scale_up).up(), _rules(given.scale_down).down(300)
    ups, downs = _changes(given.scale_up_events), _changes(given.scale_down_events)
    found = hpa.limit_rate(given.current, given.desired, given.min, given.max, up, down, ups, downs, both=False)
    return {"replicas": found.replicas, "reason": found.reason}


def _rules(given: RulesGiven | None) -> Rules:
    return Rules() if given is None else given.rules()


def _changes(events: Sequence[Change]) -> list[Moment]:
    return [Moment(-one.age_s - A_MOMENT_S, one.change) for one in events]


def decision(case: Case[Whole]) -> Got:
    """Look once."""
    given = case.given
    rule = given.rule(
        down_window_s=given.downscale_window_s,
        scale_up=given.scale_up and given.scale_up.rules(),
        scale_down=given.scale_down and given.scale_down.rules(),
    )
    past = None if given.recommendations is None else _past(given.recommendations)
    pods = [_pod(one, None) for one in given.pods]
    proposal = hpa_replicas.by_utilization(rule, given.spec_replicas, given.target_utilization_pct, pods, today=False)
    autoscaler = HorizontalPodAutoscaler(rule, past, today=False)
    found = autoscaler.decide(0.0, given.spec_replicas, [proposal], given.min, given.max)
    return {"desired_replicas": found.desired}
