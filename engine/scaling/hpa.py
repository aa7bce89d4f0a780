"""The HorizontalPodAutoscaler's whole decision: what the metrics ask for, held back by windows, rates and bounds.

Source: Kubernetes v1.20.2, pkg/controller/podautoscaler/horizontal.go. Where a later version decides otherwise, that is
said at the place, and the later way is what runs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine import catalog
from engine.kubernetes.hpa import Hpa, Policy, Rules
from engine.scaling.hpa_replicas import Proposal

Reason = Literal["DesiredWithinRange", "TooFewReplicas", "TooManyReplicas", "ScaleUpLimit", "ScaleDownLimit"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something remembered: a recommendation (its replicas), or a change (how many pods came, or went)."""

    at_s: float
    replicas: int


@dataclass(frozen=True, slots=True)
class Limited:
    """A size within rates and bounds, and which of them held it."""

    replicas: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a look. recommended: by the metrics; stabilized: after the windows; desired: after all."""

    desired: int
    recommended: int
    stabilized: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sight:
    """One look of an autoscaler, as the log keeps it: what it saw, and what came of it.

    metric: in the target's unit, NaN where nobody could tell (`because` says why). current: pods asked for before.
    ready, unready, missing: pods whose reading counts, does not count, or has not come. least, most: the bounds.
    """

    name: str
    metric: float
    target: float
    current: int
    ready: int
    unready: int
    missing: int
    decision: Decision
    least: int
    most: int
    because: str = ""


# --- windows ---------------------------------------------------------------------------------------------------------


def stabilize_down(past: Sequence[Moment], now_s: float, desired: int, window_s: float) -> int:
    """Take the highest recommendation of the window: without rules of its own, an autoscaler waits before it shrinks.

    >>> stabilize_down([Moment(180, 4), Moment(240, 5)], 300, 3, window_s=300)
    5
    """
    return max([desired, *(one.replicas for one in past if one.at_s >= now_s - window_s)])


def stabilize(
    past: Sequence[Moment],
    now_s: float,
    current: int,
    desired: int,
    up_s: float,
    down_s: float,
    *,
    envelope: bool = True,
) -> int:
    """Take the most careful recommendation of each direction's window.

    envelope: as since v1.21 (pull request 97348), the size stays where it is unless both windows agree to leave it.
    Before, the wish's own direction chose the window, so a wish to shrink could make it grow.

    >>> past = [Moment(180, 10)]
    >>> stabilize(past, 300, 4, 3, 0, 300), stabilize(past, 300, 4, 3, 0, 300, envelope=False)
    (4, 10)
    """
    least = min([desired, *(one.replicas for one in past if one.at_s > now_s - up_s)])
    most = max([desired, *(one.replicas for one in past if one.at_s > now_s - down_s)])
    if envelope:
        return min(max(current, least), most)
    return least if desired >= current else most


def remember(past: Sequence[Moment], now_s: float, replicas: int, window_s: float) -> list[Moment]:
    """Write a moment down, in the place of one that no window needs any more."""
    kept = list(past)
    outdated = [number for number, one in enumerate(kept) if one.at_s < now_s - window_s]
    if outdated:
        kept[outdated[-1]] = Moment(now_s, replicas)
    else:
        kept.append(Moment(now_s, replicas))
    return kept


# --- rates and bounds --------------------------------------------------------------------------------------------------


def limit(current: int, desired: int, least: int, most: int) -> Limited:
    """Hold a size within its bounds and, growing, within the double or a few pods: no rules of its own.

    >>> limit(10, 50, 1, 1_000), limit(1, 50, 1, 1_000)
    (Limited(replicas=20, reason='ScaleUpLimit'), Limited(replicas=4, reason='ScaleUpLimit'))
    """
    factor = 1 + catalog.number("k8s.hpa.policies", "up_pct") / 100
    limit_up = int(max(factor * current, catalog.number("k8s.hpa.policies", "up_pods")))
    if desired < least:
        return Limited(least, "TooFewReplicas")
    if desired > min(most, limit_up):
        return Limited(limit_up, "ScaleUpLimit") if most > limit_up else Limited(most, "TooManyReplicas")
    return Limited(desired, "DesiredWithinRange")


def limit_rate(
    current: int,
    desired: int,
    least: int,
    most: int,
    up: Rules,
    down: Rules,
    ups: Sequence[Moment] = (),
    downs: Sequence[Moment] = (),
    now_s: float = 0.0,
    *,
    both: bool = True,
) -> Limited:
    """Hold a size within its bounds and its rules. ups, downs: changes of late; pods that came, and that went.

    both: as since v1.25 (pull request 109058), what came and what went both count for the size at a period's begin.
    Before, only the changes of the wish's own direction did.

    >>> limit_rate(10, 50, 1, 1_000, Rules(policies=(Policy(type="Pods", value=30),)).up(), Rules().down(300))
    Limited(replicas=40, reason='ScaleUpLimit')
    """
    if desired > current:
        fast = max(current, _fastest_up(current, up, ups, downs if both else (), now_s))
        if desired > min(most, fast):
            return Limited(fast, "ScaleUpLimit") if most > fast else Limited(most, "TooManyReplicas")
    elif desired < current:
        fast = min(current, _fastest_down(current, down, ups if both else (), downs, now_s))
        if desired < max(least, fast):
            return Limited(fast, "ScaleDownLimit") if least < fast else Limited(least, "TooFewReplicas")
    return Limited(desired, "DesiredWithinRange")


def _fastest_up(current: int, rules: Rules, ups: Sequence[Moment], downs: Sequence[Moment], now_s: float) -> int:
    """Give the largest size that the rules allow now."""
    if rules.select == "Disabled":
        return current
    sizes = [_grown(_begin(current, policy, ups, downs, now_s), policy) for policy in rules.policies]
    return min(sizes) if rules.select == "Min" else max(sizes)


def _grown(begin: int, policy: Policy) -> int:
    """Grow what there was at the period's begin. A share is rounded up, or a small service would never grow."""
    if policy.type == "Pods":
        return begin + policy.value
    return math.ceil(begin * (1 + policy.value / 100))


def _fastest_down(current: int, rules: Rules, ups: Sequence[Moment], downs: Sequence[Moment], now_s: float) -> int:
    """Give the smallest size that the rules allow now; a share's remainder is rounded down, as upstream does."""
    if rules.select == "Disabled":
        return current
    sizes = [_shrunk(_begin(current, policy, ups, downs, now_s), policy) for policy in rules.policies]
    return max(sizes) if rules.select == "Min" else min(sizes)


def _shrunk(begin: int, policy: Policy) -> int:
    if policy.type == "Pods":
        return begin - policy.value
    return int(begin * (1 - policy.value / 100))


def _begin(current: int, policy: Policy, ups: Sequence[Moment], downs: Sequence[Moment], now_s: float) -> int:
    """Give the size at the begin of a policy's period."""
    return current - _changed(policy, ups, now_s) + _changed(policy, downs, now_s)


def _changed(policy: Policy, changes: Sequence[Moment], now_s: float) -> int:
    """Count the pods of the changes within a policy's period."""
    return sum(one.replicas for one in changes if one.at_s > now_s - policy.period_s)


# --- the whole ---------------------------------------------------------------------------------------------------------


def wanted(proposals: Sequence[Proposal], current: int) -> int | None:
    """Take the largest of what the metrics ask for; none = they cannot say.

    Where one of them is silent, the others may only make it grow: so it is documented, and so it is since v1.21 (issue
    99394).
    """
    known = [one.replicas for one in proposals if one.replicas is not None]
    if not known or (len(known) < len(proposals) and max(known) < current):
        return None
    return max(known)


@dataclass(slots=True)
class HorizontalPodAutoscaler:
    """What one autoscaler remembers from look to look. past: none before its first. today: off = as v1.20 decided."""

    rule: Hpa
    past: list[Moment] | None = None
    ups: list[Moment] = field(default_factory=list)
    downs: list[Moment] = field(default_factory=list)
    today: bool = True

    def decide(self, now_s: float, current: int, proposals: Sequence[Proposal], least: int, most: int) -> Decision:
        """Look once. current: pods asked for now; least, most: the bounds.

        The first look remembers the present size as a recommendation: nothing shrinks at once.
        """
        if self.past is None:
            self.past = [Moment(now_s, current)]
        if current == 0 and least != 0:
            return Decision(0, 0, 0, "ScalingDisabled")
        if current > most:
            return self._change(now_s, current, Decision(most, most, most, "TooManyReplicas"))
        if current < least:
            return self._change(now_s, current, Decision(least, least, least, "TooFewReplicas"))
        recommended = wanted(proposals, current)
        if recommended is None:
            return Decision(current, current, current, "FailedGetMetrics")
        stabilized, limited = self._normalized(now_s, current, recommended, least, most)
        return self._change(now_s, current, Decision(limited.replicas, recommended, stabilized, limited.reason))

    def _normalized(self, now_s: float, current: int, wish: int, least: int, most: int) -> tuple[int, Limited]:
        """Hold a wish back by windows, then by rates and bounds."""
        past = self.past or []
        if self._rules is None:
            window_s = self.rule.down_window_s
            stabilized = stabilize_down(past, now_s, wish, window_s)
            self.past = remember(past, now_s, wish, window_s)
            return stabilized, limit(current, stabilized, least, most)
        up, down = self._rules
        up_s, down_s = up.stabilization_s or 0.0, down.stabilization_s or 0.0
        stabilized = stabilize(past, now_s, current, wish, up_s, down_s, envelope=self.today)
        self.past = remember(past, now_s, wish, max(up_s, down_s))
        limited = limit_rate(
            current, stabilized, least, most, up, down, self.ups, self.downs, now_s, both=self.today
        )  # fmt: skip
        return stabilized, limited

    @property
    def _rules(self) -> tuple[Rules, Rules] | None:
        """Give both directions' rules, filled in; none where neither is given."""
        if self.rule.scale_up is None and self.rule.scale_down is None:
            return None
        return (self.rule.scale_up or Rules()).up(), (self.rule.scale_down or Rules()).down(self.rule.down_window_s)

    def _change(self, now_s: float, current: int, decision: Decision) -> Decision:
        """Remember a change of size, for the rates."""
        if self._rules is not None and decision.desired != current:
            up, down = self._rules
            grows = decision.desired > current
            longest_s = max(policy.period_s for policy in (up if grows else down).policies)
            noted = remember(self.ups if grows else self.downs, now_s, abs(decision.desired - current), longest_s)
            self.ups, self.downs = (noted, self.downs) if grows else (self.ups, noted)
        return decision
