"""When the control plane can write nothing: what a scenario's operations do to etcd, as intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which nothing can be written: nothing new starts, scales, or is evicted; what runs goes on.

    from_s, to_s: seconds; `to_s` is the run's end where nothing ended it. because: a word for the cause: "election" (a new
    leader is being found), "no quorum" (too few members are left), "all down" (`fail-control-plane`).
    """

    from_s: float
    to_s: float
    because: str


def control_plane_outages(scenario: Scenario) -> tuple[Outage, ...]:
    """List when nothing can be written, in order, not overlapping; none for a control plane that nobody harmed.

    Causal: an operation at t changes no outage's part before t.
    """
    return ()


def writable_from(outages: tuple[Outage, ...], at_s: float) -> float:
    """Say from when on, at `at_s` or later, something can be written: what a controller waits for.

    >>> writable_from((Outage(10.0, 20.0, "election"),), 12.0)
    20.0
    """
    for outage in outages:
        if outage.from_s <= at_s < outage.to_s:
            return outage.to_s
    return at_s
