"""Worked examples in the AWS guides: each is told from the others by the fields of its input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from engine import catalog
from engine.conformance.cases import Case, Given, Got
from engine.placement import eks_fargate_size, registered_mib
from engine.placement.accounting import MIB
from engine.scaling import divide, fewest_tasks, most_tasks

Count = Annotated[int, Field(ge=0, le=1_000_000)]
GIB_IN_MIB = 1024


class Weights(Given):
    """A capacity provider strategy, and the tasks that are left to its weights."""

    weights: dict[str, Count] = Field(min_length=1)
    tasks_past_base: Count

    @model_validator(mode="after")
    def _takes_tasks(self) -> Weights:
        if self.tasks_past_base and not any(self.weights.values()):
            raise ValueError("one weight must be above 0: ECS refuses a strategy whose weights are all 0")
        return self


class SystemMemory(Given):
    """The memory that a host's operating system sees."""

    os_total_bytes: int = Field(ge=MIB, le=2**50)


class LowerLimit(Given):
    """A service in a rolling update."""

    desired: Count
    minimum_healthy_percent: int = Field(ge=0, le=100)


class UpperLimit(Given):
    """The same, from above."""

    desired: Count
    maximum_percent: int = Field(ge=100, le=10_000)


class Pod(Given):
    """A pod's requests on EKS with Fargate."""

    pod_vcpu: float = Field(ge=0, le=1_000)
    pod_memory_gb: float = Field(ge=0, le=100_000)


class Stranger(Given):
    """An example of a form that nobody here knows."""


FORMS: tuple[type[Given], ...] = (Weights, SystemMemory, LowerLimit, UpperLimit, Pod)


def form(given: Mapping[str, Any]) -> type[Given]:
    """Choose the form that has the most of its fields in an input; the first of a tie, a stranger where none has any."""
    share = {one: sum(name in given for name in one.model_fields) / len(one.model_fields) for one in FORMS}
    best = max(share, key=lambda one: share[one])
    return best if share[best] > 0 else Stranger


def worked(case: Case[Given]) -> Got:
    """Work one example out with the functions that the simulation uses."""
    match case.given:
        case Weights(weights=weights, tasks_past_base=tasks):
            return divide(weights, tasks)
        case SystemMemory(os_total_bytes=total):
            return {"registered_mib": registered_mib(total)}
        case LowerLimit(desired=desired, minimum_healthy_percent=percent):
            fewest = fewest_tasks(desired, percent)
            return {"must_keep_running": fewest, "may_stop_first": desired - fewest}
        case UpperLimit(desired=desired, maximum_percent=percent):
            most = most_tasks(desired, percent)
            return {"may_run": most, "may_start_first": most - desired}
        case Pod(pod_vcpu=vcpu, pod_memory_gb=memory_gb):
            return _billed(vcpu, memory_gb)
    known = "; ".join(", ".join(one.model_fields) for one in FORMS)
    return {"because": f"no example with these fields is known; known are: {known}"}


def _billed(vcpu: float, memory_gb: float) -> Got:
    """Give the size in the guide's units: whole ones as whole numbers."""
    size = eks_fargate_size(vcpu, memory_gb * GIB_IN_MIB)
    if size is None:
        return {"because": "Fargate has no size that large"}
    return {
        "vcpu": size.cpu_units / catalog.number("ecs.placement.cpu_unit"),
        "memory_gb": size.memory_mib / GIB_IN_MIB,
    }
