"""How large a memory limit has to be: the chance that a copy is over it at a moment, and the smallest one that makes it rare.

Requests that come as a Poisson stream and are all worked on at once (M/G/∞) are Poisson in number at any moment, however long
each takes: only rate times duration counts. Going round the copies is steadier than chance, so with several copies the true
figure lies below; what a leak adds over time is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, floor, inf, lgamma, log

from engine.containers.memory_rules import LARGEST_MIB, MemoryAsk, is_function, is_shared, limit_mib, own_mib
from engine.fargate.on_sale import HOURS_A_MONTH, smallest, usd_per_hour

HAIR = 1e-9  # of a request: a limit that holds seven exactly holds seven


@dataclass(frozen=True, slots=True)
class Fargate:
    """What the copies cost a month as Fargate tasks. memory_mib: the size that holds a copy and its side-cars."""

    cpu_units: int
    memory_mib: int
    usd_per_month: float


def in_flight(ask: MemoryAsk, running: int) -> float:
    """Give the requests that share one limit, on average: a copy's, or all of a host's. running: copies that share the load.

    >>> in_flight(MemoryAsk(), 4), in_flight(MemoryAsk(), 3), in_flight(MemoryAsk(place="ecs-reservation"), 3)
    (24.0, 32.0, 96.0)
    """
    if is_function(ask):
        return 1.0
    return ask.rps * ask.request_s / (1 if is_shared(ask) else running)


def rest_mib(ask: MemoryAsk, running: int) -> float:
    """Give what is used of one limit on average, before anything leaks.

    >>> rest_mib(MemoryAsk(), 4), rest_mib(MemoryAsk(), 3)
    (784.0, 912.0)
    """
    return _at_rest(ask, running) + ask.per_request_mib * in_flight(ask, running)


def chance_over(ask: MemoryAsk, running: int) -> float:
    """Give the chance that one limit is crossed at a moment, if nobody were killed for it.

    >>> round(chance_over(MemoryAsk(), 4), 4), round(chance_over(MemoryAsk(), 3), 2)
    (0.0017, 0.1)
    """
    most = _most(limit_mib(ask) - _at_rest(ask, running), ask.per_request_mib)
    if is_function(ask):
        return float(most < 1)
    return more_than(most, in_flight(ask, running))


def enough_mib(ask: MemoryAsk, running: int) -> int | None:
    """Find the smallest limit that is crossed in no more than the accepted share of moments; none if it is beyond all bounds.

    >>> enough_mib(MemoryAsk(), 4), enough_mib(MemoryAsk(), 3), enough_mib(MemoryAsk(place="lambda-size"), 4)
    (1216, 1392, 416)
    """
    most = 1 if is_function(ask) else fewest(in_flight(ask, running), 1 / ask.one_in)
    found = ceil(_at_rest(ask, running) + ask.per_request_mib * most - HAIR)
    return found if found <= LARGEST_MIB else None


def one_away(ask: MemoryAsk) -> int:
    """Say how many copies share the load once one is away: what a limit has to bear, so that one death is not all of them.

    On a shared host the others have the room of the one that is gone, so there all of them running is the harder case.

    >>> one_away(MemoryAsk()), one_away(MemoryAsk(tasks=1)), one_away(MemoryAsk(place="ecs-reservation"))
    (3, 1, 4)
    """
    return ask.tasks if is_shared(ask) or is_function(ask) else max(1, ask.tasks - 1)


def enlarged(ask: MemoryAsk, running: int) -> MemoryAsk | None:
    """Give the same with the limit (or the host) that would do while so many copies run; none where it does, or where none would."""
    found = enough_mib(ask, running)
    if found is None or found <= limit_mib(ask):
        return None
    return ask.model_copy(update={"host_mib" if is_shared(ask) else "limit_mib": found})


def full_after_s(ask: MemoryAsk) -> float:
    """Say when what leaks has filled the limit on average, if nobody is killed before; never without a leak.

    >>> round(full_after_s(MemoryAsk(leak_kib=100)) / 60, 1), full_after_s(MemoryAsk())
    (3.4, inf)
    """
    leaks_mib_per_s = ask.leak_kib / 1024 * ask.rps / (1 if is_shared(ask) else ask.tasks)
    if not leaks_mib_per_s or is_function(ask):
        return inf
    return max(0.0, limit_mib(ask) - rest_mib(ask, ask.tasks)) / leaks_mib_per_s


def on_fargate(ask: MemoryAsk) -> Fargate | None:
    """Price the copies as Fargate tasks; none for functions, and where no size holds them.

    Source: facts `fargate.combos`, `fargate.price.x86_vcpu_h`, `fargate.price.x86_gb_h`.

    >>> [round(on_fargate(MemoryAsk(limit_mib=mib)).usd_per_month, 2) for mib in (1024, 1392)]
    [72.08, 85.06]
    """
    if is_function(ask):
        return None
    holds = {"ecs-limit", "k8s-limit"}
    needed = ask.host_mib // ask.tasks if is_shared(ask) else ask.limit_mib + ask.sidecar_mib * (ask.place in holds)
    size = smallest(ask.cpu_units, needed, ask.era)
    if size is None:
        return None
    return Fargate(size.cpu_units, size.memory_mib, ask.tasks * usd_per_hour(size, "x86") * HOURS_A_MONTH)


# --- Poisson -------------------------------------------------------------------------------------------------------------


def more_than(most: float, mean: float) -> float:
    """Give the chance that a Poisson number is above `most`.

    >>> round(more_than(0, 1.0), 4), more_than(-1, 1.0), more_than(float("inf"), 1.0)
    (0.6321, 1.0, 0.0)
    """
    if most < 0:
        return 1.0
    if most == inf or not mean:
        return 0.0
    if most < mean:  # what is left out is the smaller part
        return 1.0 - sum(_exactly(k, mean) for k in range(int(most) + 1))
    k = int(most) + 1
    found, term = 0.0, _exactly(k, mean)
    while term > found * 1e-17:
        found += term
        k += 1
        term *= mean / k
    return found


def fewest(mean: float, chance: float) -> int:
    """Find the smallest number that a Poisson number is above with no more than that chance.

    >>> fewest(24.0, 1e-6), fewest(0.0, 1e-6)
    (51, 0)
    """
    low, high = -1, 1
    while more_than(high, mean) > chance:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if more_than(middle, mean) > chance else (low, middle)
    return high


def _exactly(k: int, mean: float) -> float:
    return exp(k * log(mean) - mean - lgamma(k + 1))


def _most(room_mib: float, each_mib: float) -> float:
    """Count the requests that fit."""
    if room_mib < 0:
        return -1
    return floor(room_mib / each_mib + HAIR) if each_mib else inf


def _at_rest(ask: MemoryAsk, running: int) -> float:
    return own_mib(ask) * (running if is_shared(ask) else 1)
