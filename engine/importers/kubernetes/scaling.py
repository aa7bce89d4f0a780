"""Autoscalers and disruption budgets, as the file has them: versions v1, v2beta1, v2beta2 and v2; v1beta1 and v1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine import catalog
from engine.importers.kubernetes import trees
from engine.importers.kubernetes.objects import Object
from engine.importers.kubernetes.quantities import in_bytes, milli, quantity

How = Literal["utilization", "average", "value"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric that an autoscaler follows. target: percent of what is asked for; or thousandths of a core, bytes, or a count."""

    source: str  # Resource, ContainerResource, Pods, Object, External
    name: str
    how: How
    target: float


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """One HorizontalPodAutoscaler."""

    name: str
    namespace: str
    target_kind: str
    target_name: str
    least: int
    most: int | None
    metrics: tuple[Metric, ...]
    behavior: trees.Tree = field(compare=False)

    @property
    def target(self) -> str:
        """Write what it scales.

        >>> Autoscaler("a", "", "Deployment", "web", 1, 3, (), {}).target
        'Deployment/web'
        """
        return f"{self.target_kind}/{self.target_name}"


@dataclass(frozen=True, slots=True)
class Budget:
    """One PodDisruptionBudget. least, most: a count, or a text such as 50%; None where it is not given."""

    name: str
    namespace: str
    min_available: int | str | None
    max_unavailable: int | str | None
    picks_all: bool
    unhealthy: str
    selector: trees.Tree = field(compare=False)

    def picks(self, namespace: str, labels: Mapping[str, str]) -> bool:
        """Say whether it guards pods with these labels."""
        if not trees.one_namespace(namespace, self.namespace):
            return False
        return self.picks_all if not self.selector else trees.matches(self.selector, labels)


def autoscaler_of(found: Object) -> Autoscaler:
    """Read one."""
    spec = trees.inner(found.tree, "spec")
    target = trees.inner(spec, "scaleTargetRef")
    least = trees.whole(spec, "minReplicas")
    return Autoscaler(
        found.name,
        found.namespace,
        trees.text(target, "kind"),
        trees.text(target, "name"),
        1 if least is None else least,
        trees.whole(spec, "maxReplicas"),
        tuple(_metrics(spec)) or (Metric("Resource", "cpu", "utilization", catalog.number("k8s.hpa.default_target")),),
        trees.inner(spec, "behavior"),
    )


def _metrics(spec: trees.Tree) -> Iterator[Metric]:
    percent = trees.whole(spec, "targetCPUUtilizationPercentage")  # v1
    if percent is not None:
        yield Metric("Resource", "cpu", "utilization", percent)
    for one in trees.each(spec, "metrics"):
        source = trees.text(one, "type")
        said = trees.inner(one, source[:1].lower() + source[1:])
        name = (
            trees.text(said, "name")
            or trees.text(trees.inner(said, "metric"), "name")
            or trees.text(said, "metricName")
        )
        target = trees.inner(said, "target")
        percent = trees.whole(target, "averageUtilization") or trees.whole(said, "targetAverageUtilization")
        average = target.get("averageValue", said.get("targetAverageValue"))
        value = target.get("value", said.get("targetValue"))
        if percent is not None:
            yield Metric(source, name, "utilization", percent)
        elif average is not None or value is not None:
            how: How = "value" if average is None else "average"
            yield Metric(source, name, how, _amount(name, value if average is None else average))


def _amount(name: str, given: object) -> float:
    if name == "cpu":
        return milli(given)
    return in_bytes(given) if name == "memory" else float(quantity(given) or 0)


def budget_of(found: Object) -> Budget:
    """Read one. In policy/v1beta1 an empty selector picks nothing, in policy/v1 everything."""
    spec = trees.inner(found.tree, "spec")
    return Budget(
        found.name,
        found.namespace,
        _count(spec, "minAvailable"),
        _count(spec, "maxUnavailable"),
        found.api_version == "policy/v1" and "selector" in spec,
        trees.text(spec, "unhealthyPodEvictionPolicy"),
        trees.inner(spec, "selector"),
    )


def _count(spec: trees.Tree, name: str) -> int | str | None:
    found = spec.get(name)
    return found if isinstance(found, int | str) and not isinstance(found, bool) else None
