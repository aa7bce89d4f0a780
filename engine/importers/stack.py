"""What a template says around a task definition: the service that keeps it, the load balancer in front, and what scales it.

Only what the template itself settles is taken; what a real stack would have to say stays open and is noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.importers.cloudformation import REMOVED, Template
from engine.importers.findings import Finding, Unknown, listed, short

_SERVICE, _GROUP = "AWS::ECS::Service", "AWS::ElasticLoadBalancingV2::TargetGroup"
_TARGET, _POLICY = "AWS::ApplicationAutoScaling::ScalableTarget", "AWS::ApplicationAutoScaling::ScalingPolicy"
_METRICS: Final = {"ECSServiceAverageCPUUtilization": "cpu", "ECSServiceAverageMemoryUtilization": "memory"}
_ALGORITHMS: Final = {
    "round_robin": "round-robin", "weighted_random": "random", "least_outstanding_requests": "least-outstanding-requests",
}  # fmt: skip
# Where the template says it, and where a scenario does.
_OF_SERVICE: Final = {
    "DesiredCount": "desired",
    "HealthCheckGracePeriodSeconds": "grace_s",
    "DeploymentConfiguration.MinimumHealthyPercent": "min_healthy_percent",
    "DeploymentConfiguration.MaximumPercent": "max_percent",
}
_OF_GROUP: Final = {
    "HealthCheckIntervalSeconds": "check_every_s",
    "HealthCheckTimeoutSeconds": "check_timeout_s",
    "HealthyThresholdCount": "healthy_after",
    "UnhealthyThresholdCount": "unhealthy_after",
}
_OF_TARGET: Final = {"MinCapacity": "min_tasks", "MaxCapacity": "max_tasks"}
_OF_POLICY: Final = {
    "TargetValue": "target",
    "ScaleOutCooldown": "cooldown_out_s",
    "ScaleInCooldown": "cooldown_in_s",
}


@dataclass(frozen=True, slots=True)
class Stack:
    """Plain data in a scenario's words, as far as the template gives it. service: of `services`; balancer: of `balancer`."""

    name: str = ""
    service: Mapping[str, Any] = field(default_factory=dict)
    balancer: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Finding, ...] = ()


def stack_of(template: Template, tree: Mapping[str, Any], definition: str) -> Stack:
    """Read what stands around the task definition of this logical name; an empty stack where no service runs it."""
    return _Reading(template, tree).of(definition)


class _Reading:
    """One look through a template's resources. `open`: places that it leaves open."""

    def __init__(self, template: Template, tree: Mapping[str, Any]) -> None:
        self.template = template
        resources = tree.get("Resources")
        self.resources = resources if isinstance(resources, Mapping) else {}
        self.open: list[str] = []
        self.odd: list[str] = []

    def of(self, definition: str) -> Stack:
        found = next(
            ((n, own) for n, own in self._all(_SERVICE) if _names(own.get("TaskDefinition"), definition)), None
        )
        if found is None:
            return Stack()
        name, own = found
        service = self._numbers(name, own, _OF_SERVICE)
        if (word := self._value(name, own, "AvailabilityZoneRebalancing")) in ("ENABLED", "DISABLED"):
            service["az_rebalancing"] = word == "ENABLED"
        is_on = _yes(self._value(name, own, "DeploymentConfiguration.DeploymentCircuitBreaker.Enable"))
        if is_on is not None:
            back = _yes(self._value(name, own, "DeploymentConfiguration.DeploymentCircuitBreaker.Rollback"))
            service["deployment"] = {"breaker": is_on, "rollback": bool(back)}
        scaling = self._scaling(name)
        if scaling:
            service["scaling"] = scaling
        balancer = self._balancer(own)
        notes = (*_one("open_value", self.open), *_one("stack_odd", self.odd))
        return Stack(name, service, balancer, (Finding("stack_read", name), *notes))

    def _all(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for name, resource in self.resources.items():
            if isinstance(resource, Mapping) and resource.get("Type") == kind:
                own = resource.get("Properties")
                yield str(name)[:64], own if isinstance(own, Mapping) else {}

    def _value(self, name: str, own: Mapping[str, Any], path: str) -> Any:
        """Work out one property; None where it is not there, or stays open, which is noted."""
        node: Any = own
        for step in path.split("."):
            node = self.template.value(node.get(step)) if isinstance(node, Mapping) else None
        if isinstance(node, Unknown):
            self.open.append(f"{name}.{path} = {node.says}")
            return None
        return None if node is REMOVED else node

    def _numbers(self, name: str, own: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path, word in words.items():
            value = self._value(name, own, path)
            number = _number(value)
            if number is not None:
                found[word] = number
            elif value is not None:
                self.odd.append(f"{name}.{path} = {short(value, 40)}")
        return found

    def _scaling(self, service: str) -> dict[str, Any] | None:
        """Read the target tracking of a service; other policies, and metrics that a simulation has not, are noted."""
        target = next(((n, own) for n, own in self._all(_TARGET) if _mentions(own.get("ResourceId"), service)), None)
        if target is None:
            return None
        name, own = target
        bounds = self._numbers(name, own, _OF_TARGET)
        for policy, rules in self._all(_POLICY):
            tracking = rules.get("TargetTrackingScalingPolicyConfiguration")
            if not _names(rules.get("ScalingTargetId"), name):
                continue
            if not isinstance(tracking, Mapping):
                self.odd.append(f"{policy}.PolicyType")
                continue
            metric = self._value(policy, tracking, "PredefinedMetricSpecification.PredefinedMetricType")
            if not isinstance(metric, str) or metric not in _METRICS:
                self.odd.append(f"{policy}: {short(metric, 40)}")
                continue
            return {"metric": _METRICS[metric]} | bounds | self._numbers(policy, tracking, _OF_POLICY)
        return None

    def _balancer(self, own: Mapping[str, Any]) -> dict[str, Any]:
        """Read the target group that a service puts its tasks in: checks, the delay, and who is picked."""
        fronts = own.get("LoadBalancers")
        front = fronts[0] if isinstance(fronts, list) and fronts and isinstance(fronts[0], Mapping) else {}
        group = next(((n, own) for n, own in self._all(_GROUP) if _names(front.get("TargetGroupArn"), n)), None)
        if group is None:
            return {}
        name, properties = group
        found = self._numbers(name, properties, _OF_GROUP)
        written = self.template.value(properties.get("TargetGroupAttributes"))
        attributes = {
            one["Key"]: one.get("Value")
            for one in (written if isinstance(written, list) else ())
            if isinstance(one, Mapping) and isinstance(one.get("Key"), str)
        }
        delay = _number(attributes.get("deregistration_delay.timeout_seconds"))
        if delay is not None:
            found["deregistration_delay_s"] = delay
        algorithm = attributes.get("load_balancing.algorithm.type")
        if isinstance(algorithm, str) and algorithm in _ALGORITHMS:
            found["algorithm"] = _ALGORITHMS[algorithm]
        return found


def _names(node: Any, name: str) -> bool:
    """Say whether a value is a reference to a resource, in one of CloudFormation's two ways.

    >>> _names({"Ref": "Web"}, "Web"), _names({"Fn::GetAtt": ["Web", "Arn"]}, "Web"), _names("web", "Web")
    (True, True, False)
    """
    if not isinstance(node, Mapping) or len(node) != 1:
        return False
    match next(iter(node.items())):
        case "Ref", str(word):
            return word == name
        case "Fn::GetAtt", [str(word), *_]:
            return word == name
        case "Fn::GetAtt", str(word):
            return word.partition(".")[0] == name
        case _:
            return False


def _mentions(node: Any, name: str) -> bool:
    """Say whether a text that is put together, such as service/${Cluster}/${Web.Name}, speaks of a resource."""
    left, steps = [node], 0
    while left and steps < 1_000:
        inner, steps = left.pop(), steps + 1
        if _names(inner, name) or (isinstance(inner, str) and any(f"${{{name}{end}" in inner for end in "}.")):
            return True
        left += inner.values() if isinstance(inner, Mapping) else inner if isinstance(inner, list) else ()
    return False


def _number(value: Any) -> float | None:
    """Give a number; CloudFormation takes it as a text too.

    >>> _number("30"), _number(2.5), _number(True), _number("many")
    (30, 2.5, None, None)
    """
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _yes(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value)
    return value if isinstance(value, bool) else None


def _one(code: str, places: list[str]) -> Iterator[Finding]:
    if places:
        yield Finding(code, listed(places))
