"""Where upstream changed a rule of ours between the release that the expected tables come from and today."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edition:
    """One release's way of the few rules that changed.

    skips_missing: scores leave out a resource that a node does not have (before: it counts as nothing left).
    full_when_over: for most allocated, more asked than there is counts as full (before: as nothing).
    use_rounds_up: the ratio's use of a node is rounded up (today: down). checks_unasked: a pod that asks for anything is
    refused where CPU, memory or storage is over-committed, though it asks for none of it. by_difference: balance is the
    difference of CPU's and memory's shares, and a full resource has none (today: the standard deviation).

    Of topology spread and pod affinity: rounds: spread's raw score is rounded (before: cut off). counts_apart: each spread
    constraint counts for itself (before: those of one topology key together). counts_insiders: DoNotSchedule counts pods on
    nodes that the pod may enter (before: on all nodes of a domain that has one). skips_empty: a pod without soft
    constraints gets no points for spread (before: every node all 100). starts_at_least: the points of pod affinity begin at
    the lowest node (before: at 0, where all nodes are above it).
    """

    skips_missing: bool = True
    full_when_over: bool = True
    use_rounds_up: bool = False
    checks_unasked: bool = False
    by_difference: bool = False

    rounds: bool = True
    counts_apart: bool = True
    counts_insiders: bool = True
    skips_empty: bool = True
    starts_at_least: bool = True


TODAY = Edition()
V1_20 = Edition(
    skips_missing=False, full_when_over=False, use_rounds_up=True, checks_unasked=True, by_difference=True,
    rounds=False, counts_apart=False, counts_insiders=False, skips_empty=False, starts_at_least=False,
)  # fmt: skip
