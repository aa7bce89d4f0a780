"""Two loops: tasks follow the traffic, hosts follow the tasks. Each look of either, with every number that fed it.

What managed scaling saw is in the log as it was (`engine.idle.readings`). Of the service's loop the log keeps the metric and
the desired count; how many points in a row were past an alarm, and until when it rests, follow from those and the settings.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine import metrics, pricing
from engine.control.scaler import WHO
from engine.events import Intervals, Kind, intervals
from engine.metrics import Steps
from engine.scenario import Scaling
from engine.simulation import Run

Because = Literal["out", "in", "steady", "above", "below", "cooling", "most", "least", "enough"]


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a service's scaling policy.

    metric: in the target's unit. above, below: points in a row past either alarm. desired: tasks wanted from now on;
    step: how many more or fewer than before. out_again_s, in_again_s: when it may scale again, 0 before the first time.
    because: what came of it, or why nothing did: "above"/"below": not enough points yet; "cooling": it rests; "most"/"least":
    the bound is reached; "enough": what is asked for already will do.
    """

    at_s: float
    metric: float
    above: int
    below: int
    desired: int
    step: int
    out_again_s: float
    in_again_s: float
    because: Because


def looks(run: Run, service: int = 0) -> tuple[Look, ...]:
    """List the looks of a service's policy, in order; none where nothing tracks a metric."""
    settings = run.scenario.services[service].scaling
    if settings is None or settings.policy == "scheduled" or run.events.sights:  # pods are scaled by other rules
        return ()
    return tuple(_looks(run, service, settings))


def low_alarm(settings: Scaling) -> float:
    """Say below which value a metric is low, in its target's unit."""
    return settings.target * settings.low_share


def _looks(run: Run, service: int, settings: Scaling) -> Iterator[Look]:
    events, low = run.events, low_alarm(settings)
    above = below = 0
    out_again_s = in_again_s = 0.0
    for row in events.where(Kind.METRIC_READ):
        if events.service[row] != service:
            continue
        at_s, metric = float(events.at_s[row]), float(events.value[row])
        above = above + 1 if metric > settings.target else 0
        below = below + 1 if metric < low else 0
        before, after = _desired_around(run, service, int(row))
        because = _because(settings, above, below, after - before, before, at_s, out_again_s, in_again_s)
        if after > before:
            out_again_s = at_s + settings.cooldown_out_s
            in_again_s = max(in_again_s, out_again_s)
        elif after < before:
            in_again_s = at_s + settings.cooldown_in_s
        yield Look(at_s, metric, above, below, after, after - before, out_again_s, in_again_s, because)


def _desired_around(run: Run, service: int, row: int) -> tuple[int, int]:
    """Give what was wanted before a look, and what its policy wants after it: it says so at once, or not at all."""
    events = run.events
    sets = [i for i in events.where(Kind.DESIRED_SET) if events.service[i] == service]
    earlier = [i for i in sets if i < row]
    before = int(events.value[earlier[-1]]) if earlier else run.scenario.services[service].desired
    is_ours = row + 1 in sets and events.at_s[row + 1] == events.at_s[row] and events.reason[row + 1] in WHO.values()
    return before, int(events.value[row + 1]) if is_ours else before


def _because(
    settings: Scaling,
    above: int,
    below: int,
    step: int,
    desired: int,
    at_s: float,
    out_again_s: float,
    in_again_s: float,
) -> Because:
    """Say why a look ended as it did."""
    if step:
        return "out" if step > 0 else "in"
    if above >= settings.points_out:
        return "cooling" if at_s < out_again_s else "most" if desired >= settings.max_tasks else "enough"
    if below >= settings.points_in:
        return "cooling" if at_s < in_again_s else "least" if desired <= settings.min_tasks else "enough"
    return "above" if above else "below" if below else "steady"


def bounds(run: Run, service: int = 0) -> tuple[tuple[float, int, int], ...]:
    """List the bounds of a service's count: from when on, the least, the most; a schedule moves them. None without a policy."""
    settings, events = run.scenario.services[service].scaling, run.events
    if settings is None:
        return ()
    found = [(0.0, settings.min_tasks, settings.max_tasks)]
    for row in events.where(Kind.BOUNDS_SET):
        if events.service[row] == service:
            least, most = events.reason[row].split(" to ")
            found.append((float(events.at_s[row]), int(least), int(most)))
    return tuple(found)


# --- hosts -----------------------------------------------------------------------------------------------------------


def registered(run: Run) -> Steps:
    """Count the hosts that are registered and alive, over time: N."""
    return metrics.jumps(_registered(run), run.scenario.duration_s)


def _registered(run: Run) -> Intervals:
    return intervals(run.events, "host", (Kind.HOST_READY,), (Kind.HOST_LOST, Kind.HOST_GONE), run.scenario.duration_s)


def paid_for(run: Run) -> Steps:
    """Count the hosts that are paid for, over time: from their order to their end."""
    return metrics.jumps(metrics.hosts_up(run), run.scenario.duration_s)


def needed(run: Run) -> Steps:
    """Give M, the hosts that the tasks need, as managed scaling saw it: all providers together."""
    events, now = run.events, dict[str, int]()
    at_s, value = [0.0], [0.0]
    for row, reading in events.readings.items():
        now[reading.provider] = reading.needed
        at_s.append(float(events.at_s[row]))
        value.append(float(sum(now.values())))
    return Steps(np.array(at_s[1:] or at_s), np.array(value[1:] or value))


def reservation(run: Run, provider: str) -> Steps:
    """Give a provider's reservation over time, in percent."""
    events = run.events
    found = [(float(events.at_s[row]), r.reservation) for row, r in events.readings.items() if r.provider == provider]
    return Steps(np.array([at_s for at_s, _ in found]), np.array([value for _, value in found]))


def needed_and_there(run: Run) -> tuple[Steps, Steps]:
    """Give M and N on one column of moments. Without managed scaling nobody asks what is needed: then M is what is there."""
    there = registered(run)
    want = needed(run) if run.events.readings else there
    at_s = np.unique(np.concatenate([there.at_s, want.at_s]))
    first = there.value[0] if want.at_s[0] > 0 else want.value[0]
    return Steps(at_s, np.where(at_s < want.at_s[0], first, want.at(at_s))), Steps(at_s, there.at(at_s))


def most_hosts(run: Run) -> int:
    """Give the most hosts that were ever registered at once."""
    return int(registered(run).value.max(initial=0.0))


def hosts_at_end(run: Run) -> int:
    """Give the hosts that are registered when the run ends."""
    return int(registered(run).value[-1])


def tasks_killed(run: Run) -> int:
    """Count the tasks that were still on a host when it ended."""
    return len(run.events.where(Kind.TASK_LOST))


def host_hours(run: Run) -> float:
    """Add up the hours of all hosts, from their order to their end."""
    spans = metrics.hosts_up(run)
    return float((spans.end_s - spans.start_s).sum()) / 3600


def calm_again_s(run: Run) -> float | None:
    """Find when the traffic's spike is over; None where the traffic has none."""
    traffic = run.scenario.traffic
    end_s = traffic.at_s + traffic.for_s
    return end_s if traffic.shape == "spike" and end_s < run.scenario.duration_s else None


def first_host_gone_s(run: Run) -> float | None:
    """Say how long after the traffic's fall managed scaling let the first host go; None if it never did, or nothing fell."""
    fell_s, events = calm_again_s(run), run.events
    if fell_s is None:
        return None
    went = [
        float(events.at_s[row])
        for row in events.where(Kind.HOST_DRAINING, Kind.HOST_GONE)
        if events.reason[row] == "scale-in" and events.at_s[row] >= fell_s
    ]
    return min(went) - fell_s if went else None


def usd(run: Run) -> float:
    """Add up a run's bill."""
    return math.fsum(item.usd for item in pricing.bill(run))
