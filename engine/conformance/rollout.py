"""Deployments and disruption budgets: how many pods may be more, and how many fewer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from engine.conformance.cases import Case, Given, Got
from engine.kubernetes import disruption
from engine.kubernetes import rollout as rules
from engine.kubernetes.rollout import ReplicaSet

Count = Annotated[int, Field(ge=0, le=1_000_000)]


def _amount(came: Any) -> Any:
    """Take 3, "3" and "25%"; nothing is 0."""
    return "0" if came is None else str(came) if type(came) is int else came


Amount = Annotated[str, BeforeValidator(_amount), Field(pattern=r"^[0-9]{1,6}%?$")]


class Fenceposts(Given):
    """Both amounts, and the wanted number."""

    max_surge: Amount = "0"
    max_unavailable: Amount = "0"
    desired: Count


class Deployment(Fenceposts):
    """A deployment."""

    strategy: Literal["RollingUpdate", "Recreate"] = "RollingUpdate"


class NewSet(Deployment):
    """A new version's set in the middle of a roll-out. at: the function alone, or the controller around it."""

    new_rs: Count
    all_rs_total: Count
    at: Literal["function", "controller"] = "controller"


class OldSet(Deployment):
    """An old version's set in the middle of a roll-out."""

    old_rs: Count
    old_available: Count
    new_rs: Count = 0
    new_available: Count = 0
    skip_unhealthy_cleanup: bool = False


class Sized(Given):
    """A set with its age."""

    name: str
    replicas: Count
    created: str = ""
    available: Count = 0


class Resize(Fenceposts):
    """A deployment whose wanted number changes in the middle of a roll-out."""

    old_desired: Count
    old_max_surge: Amount = "0"
    new_rs: Sized | None = None
    old_rs: list[Sized] = Field(default_factory=list)
    recorded_desired_per_rs: dict[str, Count] = Field(default_factory=dict)


class Owner(Given):
    """A controller whose pods the budget selects."""

    replicas: Count
    pods: Count
    ready: Count


class Budget(Given):
    """A disruption budget."""

    budget: Literal["min_available", "max_unavailable"]
    value: Amount
    owners: list[Owner]


def fenceposts(case: Case[Fenceposts]) -> Got:
    """Resolve both amounts."""
    given = case.given
    fence = rules.fenceposts(given.max_surge, given.max_unavailable, given.desired)
    return {"surge": fence.surge, "unavailable": fence.unavailable}


def max_unavailable(case: Case[Deployment]) -> Got:
    """Say how many pods may be missing."""
    return {"max_unavailable": _fence(case.given).unavailable}


def _fence(given: Deployment) -> rules.Fence:
    return rules.fence(given.strategy, given.max_surge, given.max_unavailable, given.desired)


def new_set(case: Case[NewSet]) -> Got:
    """Size the new version's set."""
    given = case.given
    size = rules.new_size if given.at == "function" else rules.reconcile_new
    surge = _fence(given).surge
    return {"new_rs": size(given.strategy, surge, given.desired, given.new_rs, given.all_rs_total)}


def old_set(case: Case[OldSet]) -> Got:
    """Size the old version's set."""
    given = case.given
    new = ReplicaSet(given.new_rs, given.new_available)
    old = [ReplicaSet(given.old_rs, given.old_available)]
    cleans_up = not given.skip_unhealthy_cleanup
    (size,) = rules.reconcile_old(given.desired, _fence(given).unavailable, new, old, cleans_up=cleans_up)
    return {"scales_down": size < given.old_rs, "old_rs": size}


def resized(case: Case[Resize]) -> Got:
    """Share another wanted number among the versions."""
    given = case.given
    ages = sorted({one.created for one in [*given.old_rs, *([given.new_rs] if given.new_rs else [])]})

    def read(one: Sized) -> ReplicaSet:
        desired = given.recorded_desired_per_rs.get(one.name, given.old_desired)
        most = desired + rules.fenceposts(given.old_max_surge, "1", given.old_desired).surge
        return ReplicaSet(one.replicas, one.available, float(ages.index(one.created)), one.name, most, desired)

    surge = rules.fenceposts(given.max_surge, "1", given.desired).surge
    newest = None if given.new_rs is None else read(given.new_rs)
    new, old = rules.resize(given.desired, surge, newest, [read(one) for one in given.old_rs])
    return {"new_rs": new, "old_rs": list(old)}


def budget(case: Case[Budget]) -> Got:
    """Work a budget's status out."""
    given = case.given
    least, away = (given.value, None) if given.budget == "min_available" else (None, given.value)
    # Built without asking whether the API would take it: a table may hold what the controller computes all the same.
    rule = disruption.Disruption.model_construct(min_available=least, max_unavailable=away)
    status = disruption.budget(rule, [disruption.Owner(one.replicas, one.pods, one.ready) for one in given.owners])
    return {
        "disruptions_allowed": status.allowed,
        "current_healthy": status.current_healthy,
        "desired_healthy": status.desired_healthy,
        "expected_pods": status.expected,
    }
