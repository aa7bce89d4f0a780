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
    """

    skips_missing: bool = True
    full_when_over: bool = True
    use_rounds_up: bool = False
    checks_unasked: bool = False
    by_difference: bool = False


TODAY = Edition()
V1_20 = Edition(skips_missing=False, full_when_over=False, use_rounds_up=True, checks_unasked=True, by_difference=True)
