"""How a deployment replaces its pods: maxSurge and maxUnavailable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import model_validator

from engine import catalog
from engine.fields import Record, setting
from engine.kubernetes.amounts import Amount, scaled

Strategy = Literal["RollingUpdate", "Recreate"]


class Rollout(Record):
    """How a deployment replaces its pods: maxSurge and maxUnavailable."""

    strategy: Strategy = setting(
        "RollingUpdate", "RollingUpdate: a few at a time; Recreate: all old pods go before any new one comes."
    )
    max_surge: Amount = setting(
        str(catalog.value("k8s.deployment.rolling_default", "max_surge")),
        "Pods beyond the wanted number, or such a share of it (rounded up).",
        fact="k8s.deployment.rolling_default",
    )
    max_unavailable: Amount = setting(
        str(catalog.value("k8s.deployment.rolling_default", "max_unavailable")),
        "Pods that may be missing, or such a share of the wanted number (rounded down).",
        fact="k8s.deployment.rolling_default",
    )
    min_ready_s: float = setting(
        0, "How long a pod must be ready before it counts as available.", unit="s", ge=0, le=3_600
    )
    progress_deadline_s: float = setting(
        catalog.seconds("k8s.deployment.progress_deadline"),
        "A roll-out that makes no progress for so long has failed; nothing is rolled back by itself.",
        unit="s",
        fact="k8s.deployment.progress_deadline",
        gt=0,
        le=86_400,
    )

    @model_validator(mode="after")
    def _can_go_on(self) -> Rollout:
        if (
            self.strategy == "RollingUpdate"
            and int(self.max_surge.rstrip("%")) == int(self.max_unavailable.rstrip("%")) == 0
        ):
            raise ValueError("max_surge and max_unavailable must not both be 0: nothing could ever be replaced")
        if self.max_unavailable.endswith("%") and int(self.max_unavailable[:-1]) > 100:
            raise ValueError(f"max_unavailable is at most 100%, got {self.max_unavailable}")
        if self.min_ready_s >= self.progress_deadline_s:
            raise ValueError("progress_deadline_s must be above min_ready_s, or no pod is ever available in time")
        return self


@dataclass(frozen=True, slots=True)
class Fence:
    """How far a roll-out may stray from the wanted number: pods above it, and pods below it."""

    surge: int
    unavailable: int


@dataclass(frozen=True, slots=True)
class ReplicaSet:
    """The pods of one version. created: rises with age of the deployment; name: breaks a tie of `created`.

    recorded: the most pods that the deployment could have when this set was last sized; none = nobody wrote it down.
    """

    replicas: int
    available: int = 0
    created: float = 0.0
    name: str = ""
    recorded: int | None = None
    recorded_desired: int | None = None


# --- the fence -------------------------------------------------------------------------------------------------------


def fenceposts(max_surge: str, max_unavailable: str, desired: int) -> Fence:
    """Turn both amounts into counts; where both come to 0, one pod may be missing, or nothing could move.

    Source: Kubernetes v1.20.2, pkg/controller/deployment/util/deployment_util.go, ResolveFenceposts.

    >>> fenceposts("25%", "25%", 10), fenceposts("0%", "0%", 10)
    (Fence(surge=3, unavailable=2), Fence(surge=0, unavailable=1))
    """
    surge = scaled(max_surge, desired, round_up=True)
    unavailable = scaled(max_unavailable, desired, round_up=False)
    return Fence(surge, unavailable or (0 if surge else 1))


def fence(strategy: Strategy, max_surge: str, max_unavailable: str, desired: int) -> Fence:
    """Give the fence of a deployment: never more missing than there are; Recreate has none of either.

    Source: the same file, MaxUnavailable and MaxSurge.

    >>> fence("RollingUpdate", "25%", "10", 4), fence("Recreate", "25%", "25%", 4)
    (Fence(surge=1, unavailable=4), Fence(surge=0, unavailable=0))
    """
    if strategy == "Recreate":
        return Fence(0, 0)
    posts = fenceposts(max_surge, max_unavailable, desired)
    return Fence(posts.surge, min(posts.unavailable, desired))


# --- one step of a roll-out --------------------------------------------------------------------------------------------


def new_size(strategy: Strategy, surge: int, desired: int, new: int, total: int) -> int:
    """Size the new version's set within the surge. new, total: pods of it, and of all versions, as asked for.

    Source: Kubernetes v1.20.2, deployment_util.go, NewRSNewReplicas.

    >>> new_size("RollingUpdate", 2, desired=10, new=0, total=10), new_size("Recreate", 0, desired=3, new=1, total=5)
    (2, 3)
    """
    if strategy == "Recreate":
        return desired
    room = desired + surge - total
    return new + min(room, desired - new) if room > 0 else new


def reconcile_new(strategy: Strategy, surge: int, desired: int, new: int, total: int) -> int:
    """Size the new version's set as the controller does: one that is too large shrinks at once.

    Source: Kubernetes v1.20.2, pkg/controller/deployment/rolling.go, reconcileNewReplicaSet.
    """
    return desired if new >= desired else new_size(strategy, surge, desired, new, total)


def reconcile_old(
    desired: int, unavailable: int, new: ReplicaSet, old: Sequence[ReplicaSet], *, cleans_up: bool = True
) -> tuple[int, ...]:
    """Size the old versions' sets, in the order given: what is unhealthy goes first, then as much as may be missing.

    new pods that are not available yet count against what may go: a version that never starts takes no more old pods
    away. Source: Kubernetes v1.20.2, rolling.go, reconcileOldReplicaSets.

    >>> reconcile_old(10, 2, ReplicaSet(0), [ReplicaSet(10, available=8)])
    (8,)
    """
    least = desired - unavailable
    if cleans_up:
        spare = sum(one.replicas for one in old) + new.replicas - least - (new.replicas - new.available)
        if spare <= 0:
            return tuple(one.replicas for one in old)
        old = _without_unhealthy(old, spare)
    return _within(old, sum(one.available for one in old) + new.available - least)


def _without_unhealthy(old: Sequence[ReplicaSet], most: int) -> list[ReplicaSet]:
    """Take unhealthy pods off, oldest version first, `most` in all."""
    sets = list(old)
    for number in _by_age(old):
        gone = min(most, sets[number].replicas - sets[number].available)
        if gone > 0 and sets[number].replicas > 0:
            sets[number] = replace(sets[number], replicas=sets[number].replicas - gone)
            most -= gone
    return sets


def _within(old: Sequence[ReplicaSet], most: int) -> tuple[int, ...]:
    """Take pods off, oldest version first, `most` in all."""
    sizes = [one.replicas for one in old]
    for number in _by_age(old):
        gone = max(0, min(sizes[number], most))
        sizes[number] -= gone
        most -= gone
    return tuple(sizes)


def _by_age(sets: Sequence[ReplicaSet]) -> list[int]:
    """Order sets by age, the oldest first, equal ones by name."""
    return sorted(range(len(sets)), key=lambda n: (sets[n].created, sets[n].name))


# --- another wanted number in the middle of a roll-out -------------------------------------------------------------------


def resize(
    desired: int, surge: int, new: ReplicaSet | None, old: Sequence[ReplicaSet], *, is_rolling: bool = True
) -> tuple[int | None, tuple[int, ...]]:
    """Share another wanted number among the versions in proportion, so that a bad one grows no faster than it has.

    surge: of the new wanted number. Returns the new set's size (none = there is none), and the old ones', as given.
    Source: Kubernetes v1.20.2, pkg/controller/deployment/sync.go, scale; deployment_util.go, GetProportion.

    >>> resize(20, 2, ReplicaSet(6, created=2, recorded=12), [ReplicaSet(6, created=1, recorded=12)])
    (11, (11,))
    """
    sets = [*old, new] if new is not None else list(old)
    sizes = [one.replicas for one in sets]
    active = [number for number, size in enumerate(sizes) if size > 0]
    if sets and len(active) <= 1:
        only = active[0] if active else len(sets) - 1 if new is not None else _by_age(old)[-1]
        sizes[only] = desired
    elif new is not None and _is_saturated(desired, new):
        sizes[: len(old)] = [0] * len(old)
    elif is_rolling:
        _share(sets, sizes, active, desired, desired + surge)
    return (None, tuple(sizes)) if new is None else (sizes[-1], tuple(sizes[:-1]))


def _is_saturated(desired: int, new: ReplicaSet) -> bool:
    """Say whether the new version has all the pods that are wanted, all of them available."""
    return new.recorded_desired == desired == new.replicas == new.available


def _share(sets: Sequence[ReplicaSet], sizes: list[int], active: list[int], desired: int, most: int) -> None:
    """Change the sizes of the active sets in proportion, the largest first; what is left over is the largest one's."""
    to_add = (most if desired > 0 else 0) - sum(sizes)
    if to_add == 0:
        return
    # Of equal sizes the newer grows first, and the older shrinks first.
    ages = {number: rank for rank, number in enumerate(_by_age(sets))}
    order = sorted(active, key=lambda n: (-sizes[n], -ages[n] if to_add > 0 else ages[n]))
    added, whole = 0, sum(sizes)
    for number in order:
        left = to_add - added
        wanted = _fraction(sets[number], desired, most, whole) if left else 0
        part = min(wanted, left) if to_add > 0 else max(wanted, left)
        sizes[number] += part
        added += part
    sizes[order[0]] = max(0, sizes[order[0]] + to_add - added)


def _fraction(one: ReplicaSet, desired: int, most: int, whole: int) -> int:
    """Say by how many pods a set would have to change to keep its share."""
    if desired == 0:
        return -one.replicas
    return int(one.replicas * most / ((one.recorded if one.recorded is not None else whole) or 1) + 0.5) - one.replicas
