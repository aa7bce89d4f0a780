"""Stopping: a container is told to go while requests come; which of them are finished, which are cut, which find a closed door.

Requests come by chance (Poisson) and take exponential times, a share of them long ones. What differs between orchestrators is
an order: ECS takes a task out of the load balancer, waits for the deregistration delay, and then sends SIGTERM. Kubernetes and
a Spot interruption send it at once, while the news that no more requests should come is still on its way.
Source: facts `ecs.stop.order`, `k8s.pod.stop_parallel`, `fargate.spot.warning`, `elb.dereg_cut`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine import catalog
from engine.containers.asks import StopAsk
from engine.rng import stream

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Outcome = Literal["ok", "cut", "exited", "killed", "refused"]
OUTCOMES: tuple[Outcome, ...] = ("ok", "cut", "exited", "killed", "refused")
_REMEMBERS = 12.0  # how many mean times a request is looked for in the past: one in e^12 is older


@dataclass(frozen=True, slots=True)
class Order:
    """When what happens, seconds after the stop began. closed: no request is taken any more; cut: the balancer breaks what lasts."""

    routed_s: float
    term_s: float
    kill_s: float
    cut_s: float
    closed_s: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """One stop. Arrays of shape (n,), by arrival: when each request came and was over (seconds), and its place in OUTCOMES.

    ended_s: when the container is gone.
    """

    order: Order
    came_s: Floats
    over_s: Floats
    outcome: Ints
    ended_s: float

    def count(self, outcome: Outcome) -> int:
        """Count the requests that ended so."""
        return int((self.outcome == OUTCOMES.index(outcome)).sum())

    @property
    def lost(self) -> int:
        """Count the requests that were not answered."""
        return int((self.outcome != 0).sum())


def order_of(ask: StopAsk) -> Order:
    """Put the signals and the doors in order."""
    if ask.place == "ecs":
        term, cut = ask.deregistration_delay_s, ask.deregistration_delay_s
        kill = term + ask.stop_timeout_s
    elif ask.place == "ecs-spot":
        term, kill = 0.0, min(ask.stop_timeout_s, catalog.seconds("fargate.spot.warning"))
        cut = ask.deregistration_delay_s
    else:
        term, kill = ask.pre_stop_s, ask.grace_s
        cut = ask.routed_s + ask.deregistration_delay_s  # a controller has to hear of it first
        if term >= kill:  # the hook is broken off, and gets two seconds more
            term, kill = ask.grace_s, ask.grace_s + catalog.number("k8s.pod.stop_parallel", "extra_s")
    # As long as the balancer has not heard of it, it breaks nothing off.
    return Order(ask.routed_s, term, kill, max(cut, ask.routed_s), kill if ask.on_term == "ignores" else term)


def stop(ask: StopAsk) -> Stopped:
    """Stop the container once."""
    order = order_of(ask)
    came, takes = requests(ask)
    over = came + takes
    broken = [(order.cut_s, "cut"), (order.kill_s, "killed")]
    if ask.on_term == "exits":
        broken.append((order.term_s, "exited"))
    at_s, how = min(broken, key=lambda one: one[0])  # of two at one moment, the balancer's comes first
    outcome = np.where(over <= at_s, OUTCOMES.index("ok"), OUTCOMES.index(how))
    is_refused = came >= order.closed_s
    outcome[is_refused] = OUTCOMES.index("refused")
    over = np.where(is_refused, came, np.minimum(over, at_s))
    seen = over >= -_shown_before(ask)  # what ended long before is nobody's business
    came, over, outcome = came[seen], over[seen], outcome[seen]
    taken = outcome != OUTCOMES.index("refused")
    return Stopped(order, came, over, outcome.astype(np.int64), _ended(ask, order, over[taken]))


def _shown_before(ask: StopAsk) -> float:
    """Say how long before the stop a picture begins: enough to see the usual."""
    return max(3.0, 3 * ask.usual_ms / 1000)


def _ended(ask: StopAsk, order: Order, over_s: Floats) -> float:
    """Say when the container is gone: once its work is done, or with SIGKILL."""
    if ask.on_term == "ignores":
        return order.kill_s
    done = order.term_s
    if ask.on_term == "finishes":
        done = max(done, float(over_s.max(initial=0.0)))
    return min(done + ask.exit_s, order.kill_s)


def requests(ask: StopAsk) -> tuple[Floats, Floats]:
    """Draw the requests that may be in flight, and those that still come. Shapes (n,): when they came, how long they take.

    Those before the stop and those after it have streams of their own: a longer memory draws no other future.
    """
    longest = ask.long_s if ask.long_share else 0.0
    past = _REMEMBERS * max(ask.usual_ms / 1000, longest) + _shown_before(ask)
    before, before_takes = _poisson(ask, past, "before")
    after, after_takes = _poisson(ask, ask.routed_s, "after")
    return np.concatenate([-before[::-1], after]), np.concatenate([before_takes[::-1], after_takes])


def _poisson(ask: StopAsk, for_s: float, when: str) -> tuple[Floats, Floats]:
    if ask.rps == 0 or for_s == 0:
        return np.empty(0), np.empty(0)
    n = int(ask.rps * for_s + 8 * (ask.rps * for_s) ** 0.5 + 20)
    with np.errstate(over="ignore"):  # one request in an age of the world: it comes too late
        at = stream(ask.seed, "stop", when, "gaps").exponential(1.0, n).cumsum() / ask.rps
    usual = stream(ask.seed, "stop", when, "work").exponential(1.0, n)
    is_long = stream(ask.seed, "stop", when, "long").random(n) < ask.long_share
    takes = usual * np.where(is_long, ask.long_s, ask.usual_ms / 1000)
    kept = at < for_s
    return at[kept], takes[kept]


def expected_lost(ask: StopAsk) -> float:
    """Give the requests that a stop loses on average, by formula: what is in flight where it is cut, and who finds it closed.

    Requests in flight are a Poisson number (M/G/inf), of mean rate times time (Little); after the last one came, an
    exponential time's share of them is left.

    >>> round(expected_lost(StopAsk(on_term="exits")), 3)  # 20 a second for 5 s before closed doors, and 20 * 0.2 s in flight
    104.0
    """
    order = order_of(ask)
    at_s = min(order.cut_s, order.kill_s, order.term_s if ask.on_term == "exits" else inf)
    last = min(order.routed_s, order.closed_s)
    means = ((1 - ask.long_share, ask.usual_ms / 1000), (ask.long_share, ask.long_s))
    in_flight = sum(share * mean * exp(-(at_s - last) / mean) for share, mean in means)
    return ask.rps * (in_flight + max(0.0, order.routed_s - order.closed_s))
