"""How many pods a metric asks for: the HorizontalPodAutoscaler's replica calculator.

Source: Kubernetes v1.20.2, pkg/controller/podautoscaler/replica_calculator.go and metrics/utilization.go. Usage and
requests are whole numbers (thousandths of a core, or of a byte): the averages are cut off, as there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.kubernetes.hpa import Hpa

Resource = Literal["cpu", "memory", ""]


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod as the autoscaler sees it.

    age_s: since it started; changed_s: since it last became ready or unready (none = it never did, since its start).
    request: of its containers together, none = one of them asks for nothing. usage: none = no metric has come;
    seen_s: how old the reading is.
    """

    phase: Literal["Running", "Pending", "Failed"] = "Running"
    is_ready: bool = True
    age_s: float = math.inf
    changed_s: float | None = None
    is_terminating: bool = False
    request: int | None = 0
    usage: int | None = None
    seen_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one metric asks for; none = it cannot say, and `because` says why. metric: in the target's unit."""

    replicas: int | None
    metric: int = 0
    average: int = 0
    because: str = ""


@dataclass(frozen=True, slots=True)
class Groups:
    """Pods by what their readings are worth, as numbers of the list; who goes away or failed is in none of them."""

    ready: tuple[int, ...]
    unready: tuple[int, ...]
    missing: tuple[int, ...]


def by_utilization(
    rule: Hpa,
    current: int,
    target: int,
    pods: Sequence[Pod],
    strangers: Sequence[int] = (),
    resource: Resource = "cpu",
    *,
    today: bool = True,
) -> Proposal:
    """Keep usage at a percentage of what the pods ask for.

    strangers: usage of pods that the metrics know and the list of pods does not (they were there a moment ago).
    today: as since v1.26 (pull request 112178), a pod without a reading is taken to use all that it asked for, or the
    target where that is more. Before, never more than it asked for.

    >>> pods = [Pod(request=1000, usage=used) for used in (300, 500, 700)]
    >>> by_utilization(Hpa(), 3, 30, pods)
    Proposal(replicas=5, metric=50, average=500, because='')
    """
    if not pods:
        return Proposal(None, because="there are no pods")
    if any(pod.request is None for pod in pods):
        return Proposal(None, because=f"a container asks for no {resource}")
    requests = {number: pod.request or 0 for number, pod in enumerate(pods)}

    def ratio(used: Mapping[int, int]) -> tuple[float, int, int] | None:
        known = [number for number in used if number in requests]
        asked = sum(requests[number] for number in known)
        if asked == 0:
            return None
        total = sum(used[number] for number in known)
        percent = total * 100 // asked
        return percent / target, percent, total // len(known)

    percent = max(100, target) if today else 100
    full = {number: asked * percent // 100 for number, asked in requests.items()}
    return _propose(rule, current, pods, strangers, resource, ratio, full)


def by_value(rule: Hpa, current: int, target: int, pods: Sequence[Pod], resource: Resource = "") -> Proposal:
    """Keep a metric's average over the pods at a value. A pod's `usage` is its reading, whatever it counts.

    >>> by_value(Hpa(), 3, 15_000, [Pod(usage=value) for value in (20_000, 10_000, 30_000)])
    Proposal(replicas=4, metric=20000, average=20000, because='')
    """
    if not pods:
        return Proposal(None, because="there are no pods")

    def ratio(used: Mapping[int, int]) -> tuple[float, int, int] | None:
        average = sum(used.values()) // len(used)
        return average / target, average, average

    return _propose(rule, current, pods, (), resource, ratio, dict.fromkeys(range(len(pods)), target))


def by_total(rule: Hpa, current: int, target: int, value: int, pods: Sequence[Pod]) -> Proposal:
    """Keep one number about something else (an object, or outside) at a value, by the pods that are ready.

    >>> by_total(Hpa(), 3, 15_000, 20_000, [Pod()] * 3).replicas
    4
    """
    ratio = value / target
    if current == 0:  # without pods, neither tolerance nor ready pods mean anything
        return Proposal(math.ceil(ratio), value, value)
    if abs(1.0 - ratio) <= rule.tolerance:
        return Proposal(current, value, value)
    if not pods:
        return Proposal(None, because="there are no pods")
    ready = sum(pod.phase == "Running" and pod.is_ready for pod in pods)
    return Proposal(math.ceil(ratio * ready), value, value)


def by_share(rule: Hpa, current: int, target: int, value: int) -> Proposal:
    """Keep a pod's share of one number about something else at a value. current: pods that there are.

    >>> by_share(Hpa(), 3, 5_000, 20_000)
    Proposal(replicas=4, metric=6667, average=6667, because='')
    """
    if current == 0:
        return Proposal(math.ceil(value / target), value, value)
    ratio = value / (target * current)
    wanted = math.ceil(value / target) if abs(1.0 - ratio) > rule.tolerance else current
    share = math.ceil(value / current)
    return Proposal(wanted, share, share)


# --- what both per-pod metrics share ---------------------------------------------------------------------------------


Ratio = Callable[[Mapping[int, int]], tuple[float, int, int] | None]


def _propose(
    rule: Hpa,
    current: int,
    pods: Sequence[Pod],
    strangers: Sequence[int],
    resource: Resource,
    ratio: Ratio,
    full: Mapping[int, int],
) -> Proposal:
    """Ask twice: by the readings that count, then with the careful answer for those that do not.

    ratio: readings by pod -> (over target, in the target's unit, average); none = nothing was asked for.
    full: what a pod without a reading is taken to use when the answer is to shrink; to grow, it uses nothing.
    """
    groups = grouped(rule, pods, resource)
    used = {number: pods[number].usage or 0 for number in groups.ready}
    used |= {len(pods) + number: usage for number, usage in enumerate(strangers)}
    if not used:
        return Proposal(None, because="no reading of any ready pod has come")
    seen = ratio(used)
    if seen is None:
        return Proposal(None, because="the pods ask for nothing")
    first, metric, average = seen
    held_back = groups.unready if first > 1.0 else ()
    if not held_back and not groups.missing:
        stays = abs(1.0 - first) <= rule.tolerance
        return Proposal(current if stays else math.ceil(first * len(groups.ready)), metric, average)
    if first != 1.0:
        used |= {number: full[number] if first < 1.0 else 0 for number in groups.missing}
    used |= dict.fromkeys(held_back, 0)
    again = ratio(used)
    if again is None:
        return Proposal(None, because="the pods ask for nothing")
    second = again[0]
    turns = (first - 1.0) * (second - 1.0) < 0
    wanted = math.ceil(second * len(used))
    # More pods were counted than are wanted, or fewer: the count must not turn the direction either.
    miscounts = (second < 1.0 and wanted > current) or (second > 1.0 and wanted < current)
    stays = abs(1.0 - second) <= rule.tolerance or turns or miscounts
    return Proposal(current if stays else wanted, metric, average)


def grouped(rule: Hpa, pods: Sequence[Pod], resource: Resource) -> Groups:
    """Sort the pods by what their readings are worth."""
    ready, unready, missing = [], [], []
    for number, pod in enumerate(pods):
        if pod.is_terminating or pod.phase == "Failed":
            continue
        if pod.phase == "Pending":
            unready.append(number)
        elif pod.usage is None:
            missing.append(number)
        elif resource == "cpu" and _is_unready(rule, pod):
            unready.append(number)
        else:
            ready.append(number)
    return Groups(tuple(ready), tuple(unready), tuple(missing))


def _is_unready(rule: Hpa, pod: Pod) -> bool:
    """Say whether a pod's CPU says nothing: it warms up, or was never ready."""
    changed_s = pod.age_s if pod.changed_s is None else pod.changed_s
    if pod.age_s < rule.cpu_init_s:
        return not pod.is_ready or changed_s - pod.seen_s < rule.metrics_every_s  # not one whole window since then
    # Both ages are infinite for a pod of which nobody knows when it began.
    until_change_s = 0.0 if changed_s == pod.age_s else pod.age_s - changed_s
    return not pod.is_ready and until_change_s < rule.readiness_delay_s
