"""Traffic: from a shape to requests a second, piecewise constant."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.operations import ChangeTraffic
from engine.scenario import Scenario, Service, Traffic

Floats = npt.NDArray[np.float64]


def rate_at(traffic: Traffic, at_s: float) -> float:
    """Give the planned requests a second at a moment. Unit: req/s."""
    return SHAPES[traffic.shape](traffic, at_s)


def _steady(traffic: Traffic, at_s: float) -> float:
    return traffic.rps


def _day(traffic: Traffic, at_s: float) -> float:
    """Rise from `rps` to `peak_rps` and back, once a period; the run begins at the trough."""
    height = (1 - math.cos(2 * math.pi * at_s / traffic.period_s)) / 2
    return traffic.rps + (traffic.peak_rps - traffic.rps) * height


def _ramp(traffic: Traffic, at_s: float) -> float:
    """Climb from `rps` to `peak_rps` between `at_s` and `at_s + for_s`, and stay."""
    share = min(1.0, max(0.0, (at_s - traffic.at_s) / traffic.for_s))
    return traffic.rps + (traffic.peak_rps - traffic.rps) * share


def _spike(traffic: Traffic, at_s: float) -> float:
    """Jump to `peak_rps` for a while."""
    return traffic.peak_rps if traffic.at_s <= at_s < traffic.at_s + traffic.for_s else traffic.rps


def _flash_crowd(traffic: Traffic, at_s: float) -> float:
    """Come within a tenth of `for_s`, and wander off: what is left halves every third of it."""
    since = at_s - traffic.at_s
    if since < 0:
        return traffic.rps
    rise = traffic.for_s / 10
    extra = traffic.peak_rps - traffic.rps
    return traffic.rps + extra * (since / rise if since < rise else 0.5 ** ((since - rise) / (traffic.for_s / 3)))


def _rates(traffic: Traffic, at_s: float) -> float:
    """Read the recorded trace; after its end its last rate goes on."""
    row = min(int(at_s / traffic.rates_every_s), len(traffic.rates) - 1)
    return traffic.rates[row] * traffic.scale


SHAPES: dict[str, Callable[[Traffic, float], float]] = {
    "steady": _steady,
    "day": _day,
    "ramp": _ramp,
    "spike": _spike,
    "flash-crowd": _flash_crowd,
    "rates": _rates,
}


def segments(scenario: Scenario, service: Service) -> tuple[Floats, Floats]:
    """Cut a service's traffic into pieces of constant rate.

    Returns ends in seconds and rates in req/s, each of shape (n_segments,). A change of traffic starts a piece at its
    own moment; what comes before is cut the same with and without it, which the prefix law needs.
    """
    traffic = service.traffic or scenario.traffic
    share = 1.0 if service.traffic else service.share
    ours = [o for o in scenario.operations if isinstance(o, ChangeTraffic) and o.service in {None, service.name}]
    changes = sorted(((o.at_s, o.factor) for o in ours), key=lambda change: change[0])  # of one moment the later stands
    starts = sorted(
        {*_starts(traffic, scenario.duration_s), *(at_s for at_s, _ in changes if at_s < scenario.duration_s)}
    )
    ends = np.array([*starts[1:], math.inf])
    grid = _starts(traffic, scenario.duration_s)
    rates = np.empty(len(starts))
    factor, done, cell = 1.0, 0, 0
    for i, start in enumerate(starts):
        while done < len(changes) and changes[done][0] <= start:
            factor = changes[done][1]
            done += 1
        while cell + 1 < len(grid) and grid[cell + 1] <= start:
            cell += 1
        # Inside a cell the plan is level: its rate is read at the cell's own beginning.
        rates[i] = rate_at(traffic, grid[cell]) * share * factor
    return ends, rates


def _starts(traffic: Traffic, end_s: float) -> list[float]:
    """Give the moments at which the plan's rate may change: by the second where it moves, else only at its steps."""
    if traffic.shape == "steady":
        return [0.0]
    if traffic.shape == "spike":
        return sorted({t for t in (0.0, traffic.at_s, traffic.at_s + traffic.for_s) if t < end_s} | {0.0})
    if traffic.shape == "rates":
        return [i * traffic.rates_every_s for i in range(math.ceil(end_s / traffic.rates_every_s))]
    every = max(1.0, end_s / 7_200)  # at most 7,200 pieces
    return [i * every for i in range(math.ceil(end_s / every))]


def expected_requests(scenario: Scenario) -> float:
    """Add up how many requests the traffic should bring over the run."""
    total = 0.0
    # An application's users come by the scenario's traffic, once for all services.
    for service in scenario.services[:1] if scenario.application.modules else scenario.services:
        ends, rates = segments(scenario, service)
        edges = np.concatenate([[0.0], np.minimum(ends, scenario.duration_s)])
        total += float((np.diff(edges) * rates).sum())
    return total
