"""A PodDisruptionBudget: how many of a service's pods must stay when somebody drains on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import model_validator

from engine import catalog
from engine.fields import Record, setting
from engine.kubernetes.amounts import Amount, is_share, scaled

Unhealthy = Literal["IfHealthyBudget", "AlwaysAllow"]


class Disruption(Record):
    """A PodDisruptionBudget: how many of a service's pods must stay when somebody drains on purpose."""

    min_available: Amount | None = setting(
        None, "So many pods, or such a share of them (rounded up), must stay healthy.", fact="k8s.pdb.rounding"
    )
    max_unavailable: Amount | None = setting(
        None, "So many pods, or such a share of them (rounded up), may be away.", fact="k8s.pdb.rounding"
    )
    unhealthy: Unhealthy = setting(
        str(catalog.value("k8s.pdb.unhealthy_policy")),
        "Pods that are not ready: IfHealthyBudget spares them while the budget is not met, AlwaysAllow lets them go.",
        fact="k8s.pdb.unhealthy_policy",
    )

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Disruption:
        if (self.min_available is None) == (self.max_unavailable is None):
            raise ValueError("a budget says either min_available or max_unavailable, one of the two")
        amount = self.min_available or self.max_unavailable or "0"
        if is_share(amount) and int(amount[:-1]) > 100:
            raise ValueError(f"a share is at most 100%, got {amount}")
        return self


@dataclass(frozen=True, slots=True)
class Owner:
    """A controller whose pods the budget selects. replicas: wanted; pods: there are; ready: of them, healthy."""

    replicas: int
    pods: int
    ready: int


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget's status: pods expected, pods that must be and that are healthy, and how many more may be taken."""

    expected: int
    desired_healthy: int
    current_healthy: int

    @property
    def allowed(self) -> int:
        """Count the pods that may be evicted now."""
        return max(0, self.current_healthy - self.desired_healthy) if self.expected > 0 else 0


def budget(rule: Disruption, owners: Sequence[Owner]) -> Budget:
    """Work a budget's status out.

    A share, and any max_unavailable, is of the pods that the controllers want, those without a pod left out; a plain
    min_available expects the pods that there are. Source: Kubernetes v1.20.2, pkg/controller/disruption/disruption.go,
    getExpectedPodCount.

    >>> budget(Disruption(min_available="50%"), [Owner(replicas=7, pods=7, ready=6)])
    Budget(expected=7, desired_healthy=4, current_healthy=6)
    """
    wanted = sum(owner.replicas for owner in owners if owner.pods > 0)
    healthy = sum(owner.ready for owner in owners)
    if rule.max_unavailable is not None:
        return Budget(wanted, max(0, wanted - scaled(rule.max_unavailable, wanted, round_up=True)), healthy)
    least = rule.min_available or "0"
    expected = wanted if is_share(least) else sum(owner.pods for owner in owners)
    return Budget(expected, scaled(least, wanted, round_up=True), healthy)


def refusal(rule: Disruption | None, status: Budget, *, is_ready: bool, is_pending: bool = False) -> str:
    """Say why the eviction API refuses to take a pod now, in words; "" = it may go.

    A pod that is pending, or over, is nobody's loss. One that runs but is not ready may go while the budget is met, or
    always, by the budget's policy. Source: Kubernetes v1.20.2, pkg/registry/core/pod/storage/eviction.go, and fact
    `k8s.pdb.unhealthy_policy`.
    """
    if rule is None or is_pending:
        return ""
    if not is_ready:
        is_met = 0 < status.desired_healthy <= status.current_healthy
        if rule.unhealthy == "AlwaysAllow" or is_met:
            return ""
    if status.allowed > 0:
        return ""
    return f"the disruption budget needs {status.desired_healthy} healthy pods and has {status.current_healthy}"
