"""Several scenarios in one sitting: each within its own budget, and all of them within one."""

from __future__ import annotations

from collections.abc import Sequence

from engine import checks
from engine.errors import BudgetError, Problem
from engine.scenario import Scenario
from engine.traffic.arrivals import expected_requests

MOST_REQUESTS = checks.MAX_REQUESTS  # four at once may not cost more than one alone
MOST_SECONDS = 4 * 604_800  # simulated, all together: four weeks of seconds are a table of some hundred megabytes


def refusals(scenarios: Sequence[Scenario]) -> tuple[tuple[Problem, ...], ...]:
    """Say of each scenario why it is not run, with the figure; an empty answer = it runs.

    One that is too large for itself counts for nothing; the first that would be too much together with those before it is
    refused, and the others stand.

    >>> refusals([Scenario(), Scenario()])
    ((), ())
    """
    found, spent, length_s = [], 0.0, 0.0
    for scenario in scenarios:
        requests = expected_requests(scenario)
        try:
            checks.refuse_over_budget(scenario, requests)
        except BudgetError as error:
            found.append(error.problems)
            continue
        problems = _too_much(spent + requests, length_s + scenario.duration_s)
        found.append(problems)
        if not problems:
            spent, length_s = spent + requests, length_s + scenario.duration_s
    return tuple(found)


def _too_much(requests: float, length_s: float) -> tuple[Problem, ...]:
    """Say what is too much of all scenarios up to one."""
    found = []
    if requests > MOST_REQUESTS:
        came, allowed = f"{requests:,.0f} requests with those before it", f"up to {MOST_REQUESTS:,} together"
        found.append(Problem("traffic", came, allowed, "lower the traffic or the duration of one of them"))
    if length_s > MOST_SECONDS:
        came, allowed = f"{length_s:,.0f} s with those before it", f"up to {MOST_SECONDS:,} s together"
        found.append(Problem("duration_s", came, allowed, "lower the duration of one of them"))
    return tuple(found)
