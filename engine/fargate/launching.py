"""Launches: many tasks asked for at once, let through by the token bucket, each pulling its whole image.

The bucket, the provisioning and the pull are the simulation's own, draw by draw: a twin holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine import catalog, token_bucket
from engine.era import Era, day, existed
from engine.errors import Problem, ScenarioError
from engine.fargate import rules
from engine.fargate.asks import LaunchAsk
from engine.rng import uniform

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Lazy = Literal["used", "off", "too-early", "too-small"]
MAX_POINTS = 1_000  # what a chart's trace may hold


@dataclass(frozen=True, slots=True)
class Launches:
    """When each task was launched, had its image, and ran. Arrays of shape (n,), seconds, by task.

    burst, per_s: the account's bucket. pulled_mib: what each fetches before it starts. lazy: whether it loads lazily, or why not.
    """

    era: Era
    launched_s: Floats
    pulled_s: Floats
    running_s: Floats
    burst: float
    per_s: float
    service_per_s: float
    pulled_mib: float
    lazy: Lazy

    @property
    def done_s(self) -> float:
        """Give the moment at which the last task runs."""
        return float(self.running_s.max())


@dataclass(frozen=True, slots=True)
class Rising:
    """Counts over time, for a chart. Arrays of one length, at most MAX_POINTS: seconds, tasks launched, tasks running."""

    at_s: Floats
    launched: Ints
    running: Ints


def launches(ask: LaunchAsk, era: Era) -> Launches:
    """Launch many tasks at once, at second nought.

    Source: facts `fargate.rate.burst`, `fargate.rate.sustained`, `timing.fargate.2020_rates`,
    `ecs.quota.task_launch_rate_service`, `timing.fargate.assumption`, `fargate.no_image_cache`.
    """
    if ask.pull_min_mib_per_s > ask.pull_max_mib_per_s:
        allowed = f"up to {ask.pull_max_mib_per_s:g} MiB/s, the fastest pull"
        message = "the slowest pull is faster than the fastest"
        raise ScenarioError([Problem("pull_min_mib_per_s", f"{ask.pull_min_mib_per_s:g}", allowed, message)])
    burst, per_s = rules.setting("rates", era, "burst"), rules.setting("rates", era, "per_s")
    service_per_s = rules.setting("rates", era, "service_per_min") / 60
    asked_s = _let_by_services(ask.tasks, ask.services, service_per_s)
    launched_s = _let_through(asked_s, burst, per_s)
    pulled_mib, lazy = needed_mib(ask, era)
    low, high = (catalog.number("timing.fargate.assumption", "provision_s", place) for place in (0, 1))
    numbers = range(1, ask.tasks + 1)
    provision_s = np.array([uniform(ask.seed, low, high, "provision", n) for n in numbers])
    mib_per_s = np.array(
        [uniform(ask.seed, ask.pull_min_mib_per_s, ask.pull_max_mib_per_s, "pull", n) for n in numbers]
    )
    pulled_s = launched_s + provision_s + pulled_mib / mib_per_s
    return Launches(
        era, launched_s, pulled_s, pulled_s + ask.container_s, burst, per_s, service_per_s, pulled_mib, lazy
    )  # fmt: skip


def needed_mib(ask: LaunchAsk, era: Era) -> tuple[float, Lazy]:
    """Say how much of the image must be there before a task starts, and whether lazy loading helped or why not.

    Source: fact `fargate.soci.threshold`; note `table.needed_share`.
    """
    if not ask.lazy:
        return ask.image_mib, "off"
    if not existed(str(rules.setting("lazy", "since")), day(era)):
        return ask.image_mib, "too-early"
    if ask.image_mib <= lazy_from_mib():
        return ask.image_mib, "too-small"
    return ask.image_mib * ask.needed_share, "used"


def lazy_from_mib() -> float:
    """Give the image size above which lazy loading is advised; it is published in megabytes."""
    return catalog.number("fargate.soci.threshold") * 1_000_000 / 2**20


def rising(found: Launches, most: int = MAX_POINTS) -> Rising:
    """Count what was launched and what runs, over time: every jump where they are few, an even grid where they are many."""
    moments = np.unique(np.concatenate([[0.0], found.launched_s, found.running_s]))
    if len(moments) > most:
        moments = np.linspace(0.0, found.done_s, most)
    launched, running = (
        np.searchsorted(np.sort(times), moments, side="right") for times in (found.launched_s, found.running_s)
    )
    return Rising(moments, launched.astype(np.int64), running.astype(np.int64))


def level(found: Launches, at_s: Floats) -> Floats:
    """Give the tokens left in the account's bucket at moments in ascending order. Shape (n,): launches that would go at once.

    >>> account = launches(LaunchAsk(tasks=150), "today")
    >>> level(account, np.array([0.0, account.launched_s[-1], 1_000.0])).round(6).tolist()
    [0.0, 0.0, 100.0]
    """
    launched_s = np.sort(found.launched_s)
    left = np.empty_like(at_s)
    tokens, then_s, taken = found.burst, 0.0, 0
    for place, now_s in enumerate(at_s.tolist()):
        while taken < len(launched_s) and launched_s[taken] <= now_s:
            gone_s = float(launched_s[taken])
            tokens, _ = token_bucket.take(tokens, then_s, gone_s, found.burst, found.per_s)
            then_s, taken = gone_s, taken + 1
        left[place] = min(found.burst, tokens + (now_s - then_s) * found.per_s)
    return np.maximum(left, 0.0)


def _let_by_services(tasks: int, services: int, per_s: float) -> Floats:
    """Say when each task is asked of the account: a service has a pace of its own. No service: all at once.

    A service's bucket holds one second's worth and at least one task: that its burst is so small is our reading.
    """
    if services == 0:
        return np.zeros(tasks)
    paced = _let_through(np.zeros(-(-tasks // services)), max(1.0, per_s), per_s)
    return np.repeat(paced, services)[:tasks]


def _let_through(asked_s: Floats, burst: float, per_s: float) -> Floats:
    """Let tasks through one bucket, in the order in which they ask. asked_s: ascending."""
    tokens, at_s = burst, 0.0
    launched_s = np.empty_like(asked_s)
    for task, now_s in enumerate(asked_s.tolist()):
        tokens, wait_s = token_bucket.take(tokens, at_s, now_s, burst, per_s)
        at_s = now_s
        launched_s[task] = now_s + wait_s
    return launched_s
