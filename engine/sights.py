"""What a HorizontalPodAutoscaler did at each look, step by step: the formula, and which rule kept its answer from being asked for.

The engine writes each look down as it was (`engine.scaling.hpa.Sight`); here it is taken apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine import loops as ecs
from engine.events import Kind
from engine.metrics import Steps
from engine.scaling.hpa import Sight
from engine.simulation import Run

Held = Literal["", "blind", "tolerance", "careful", "window", "rate", "bound"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One look. formula: ceil(ready x metric / target), none where nobody could tell the metric.

    recommended: after the tolerance, and with pods counted whose readings do not. stabilized: after the windows. desired: what was
    asked for. held: the rule that kept the formula's answer back, the last one that did; "" = none, or nothing was to be changed.
    """

    at_s: float
    sight: Sight
    ratio: float | None
    formula: int | None
    recommended: int
    stabilized: int
    desired: int
    held: Held

    @property
    def step(self) -> int:
        """Say how many pods more or fewer it asked for."""
        return self.desired - self.sight.current


def turns(run: Run, service: int = 0) -> tuple[Turn, ...]:
    """List a service's looks, in order; none where no HorizontalPodAutoscaler looks."""
    events = run.events
    tolerance = run.scenario.services[service].pods.hpa.tolerance
    return tuple(
        _turn(float(events.at_s[row]), sight, tolerance)
        for row, sight in sorted(events.sights.items())
        if events.service[row] == service
    )


def _turn(at_s: float, sight: Sight, tolerance: float) -> Turn:
    ratio = None if math.isnan(sight.metric) else sight.metric / sight.target
    formula = None if ratio is None else math.ceil(ratio * sight.ready)
    decision = sight.decision
    return Turn(
        at_s, sight, ratio, formula, decision.recommended, decision.stabilized, decision.desired,
        _held(sight, ratio, formula, tolerance),
    )  # fmt: skip


def _held(sight: Sight, ratio: float | None, formula: int | None, tolerance: float) -> Held:
    """Name the last rule that changed the answer."""
    decision = sight.decision
    if ratio is None or formula is None:
        return "blind"
    if decision.desired != decision.stabilized:
        return "rate" if decision.reason in ("ScaleUpLimit", "ScaleDownLimit") else "bound"
    if decision.stabilized != decision.recommended:
        return "window"
    if formula == decision.recommended:
        return ""
    # Where pods do not count, the careful answer is another one than the formula's, within the tolerance or not.
    is_close = 0 < abs(1 - ratio) <= tolerance and decision.recommended == sight.current
    return "tolerance" if is_close else "careful"


def wish(run: Run, service: int = 0) -> tuple[Steps, Steps]:
    """Give what the formula asks for and what was asked for, on one column of moments.

    Of ECS's target tracking no formula is logged: there, both are the desired count.
    """
    found = turns(run, service)
    desired = _desired(run, service)
    if not found:
        return desired, desired
    start = float(run.scenario.services[service].desired)
    asked = Steps(
        np.array([0.0, *(turn.at_s for turn in found)]),
        np.array([start, *(float(turn.sight.current if turn.formula is None else turn.formula) for turn in found)]),
    )
    at_s = np.unique(np.concatenate([asked.at_s, desired.at_s]))
    return Steps(at_s, asked.at(at_s)), Steps(at_s, desired.at(at_s))


def _desired(run: Run, service: int) -> Steps:
    events = run.events
    rows = [int(i) for i in events.where(Kind.DESIRED_SET) if events.service[i] == service]
    at_s = np.array([0.0, *events.at_s[rows]])
    return Steps(at_s, np.array([float(run.scenario.services[service].desired), *events.value[rows]]))


def metric(run: Run, service: int = 0) -> Steps:
    """Give the metric as it was read, in the target's unit; what nobody could tell is left out."""
    events = run.events
    rows = [
        int(i)
        for i in events.where(Kind.METRIC_READ)
        if events.service[i] == service and not math.isnan(events.value[i])
    ]
    return Steps(np.array([0.0, *events.at_s[rows]]), np.array([0.0, *events.value[rows]]))


# --- how long it took ------------------------------------------------------------------------------------------------


def scaled_out_s(run: Run) -> float | None:
    """Say how long after the traffic began to rise more was first asked for; none where it never was, or nothing rose."""
    traffic = run.scenario.traffic
    return _first_s(run, traffic.at_s, +1) if traffic.shape in ("spike", "ramp", "flash-crowd") else None


def scaled_in_s(run: Run) -> float | None:
    """Say how long after the traffic fell fewer were first asked for; none where they never were, or nothing fell."""
    fell_s = ecs.calm_again_s(run)
    return None if fell_s is None else _first_s(run, fell_s, -1)


def _first_s(run: Run, since_s: float, sign: int) -> float | None:
    found = _desired(run, 0)
    steps = np.sign(np.diff(found.value)) == sign
    rows = np.flatnonzero(steps & (found.at_s[1:] >= since_s))
    return float(found.at_s[1:][rows[0]]) - since_s if rows.size else None


def most_pods(run: Run) -> int:
    """Give the most that was ever asked for."""
    return int(_desired(run, 0).value.max())


def pod_hours(run: Run) -> float:
    """Add up the hours that were asked for."""
    found, end_s = _desired(run, 0), run.scenario.duration_s
    return float((found.value * np.diff(np.append(found.at_s, end_s))).sum()) / 3600
