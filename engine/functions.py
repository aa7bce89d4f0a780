"""A function: the numbers that its environments live by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import catalog
from engine import lambda_rules as rules

if TYPE_CHECKING:
    from engine.scenario import Scenario, Service


@dataclass(frozen=True, slots=True)
class Function:
    """A function's numbers. Times in seconds.

    limit: environments in use at once. brim, per_s: how many may be added at once, and how fast that allowance comes back.
    rps: requests a second that the limit lets through. slow_x: how many times longer the memory makes a request's work.
    billed_init_s: start-up code, as far as it is billed; step_ms: in which steps; cold_s: the whole of a cold start.
    """

    limit: int
    brim: float
    per_s: float
    rps: float
    slow_x: float
    billed_init_s: float
    step_ms: int
    cold_s: float
    time_limit_s: float
    keep_s: float
    provisioned: int
    memory_mb: int


def cpu_share(service: Service) -> float:
    """Say which part of a request's work is CPU, by the task that serves it elsewhere: its vCPU, shared by its workers.

    A task whose workers are all busy uses all of its CPU; so a request uses a worker's part of it, and waits for the rest.
    No request runs on more than one vCPU at a time.
    """
    return min(1.0, service.cpu_units / catalog.number("ecs.placement.cpu_unit") / service.concurrency)


def slow_x(service: Service) -> float:
    """Say how many times longer a request's work takes with the memory that the function has."""
    share = cpu_share(service)
    return rules.run_s(share, 1.0 - share, service.function.memory_mb)


def init_s(service: Service) -> float:
    """Say how long the start-up code takes. One that outlasts the limit begins again with the first call.

    Source: facts `lambda.init_limit`, `lambda.vcpu_at`.
    """
    asked = service.start_s if service.function.init_s is None else service.function.init_s
    takes, most = rules.cold_start_s(0, 0, 1, asked, service.function.memory_mb), catalog.number("lambda.init_limit")
    return takes if takes <= most else most + takes


def limit(scenario: Scenario, number: int) -> int:
    """Count the environments that a function may use at once. What others have reserved is not there for it.

    Those that reserve nothing share the rest; here each of them may use all of it.
    """
    mine = scenario.services[number].function
    if mine.reserved is not None:
        return mine.reserved
    others = sum(s.function.reserved or 0 for s in scenario.services)
    return max(0, mine.account_concurrency - others)


def function_of(scenario: Scenario, number: int) -> Function:
    """Work a service's numbers out. Source: facts `lambda.scale_rate`, `lambda.scale_rate_talk`, `lambda.rps_per_env`."""
    service = scenario.services[number]
    mine, rate, most = service.function, rules.scale_rate(scenario.era), limit(scenario, number)
    start_up = init_s(service)
    return Function(
        limit=most,
        brim=rate.brim,
        per_s=rate.per_s,
        rps=most * catalog.number("lambda.rps_per_env"),
        slow_x=slow_x(service),
        billed_init_s=start_up if rules.is_init_billed(scenario.era) else 0.0,
        step_ms=rules.step_ms(scenario.era),
        cold_s=rules.cold_start_s(mine.boot_s, service.image_mib, mine.fetch_mib_per_s, 0, mine.memory_mb) + start_up,
        time_limit_s=mine.time_limit_s,
        keep_s=mine.keep_s,
        provisioned=min(mine.provisioned, most),
        memory_mb=mine.memory_mb,
    )


def warm_at_start(scenario: Scenario, number: int, rps: float) -> int:
    """Count the environments that a steady past would have left: the mean in use, and four deviations for its busiest moment."""
    if not scenario.warm or rps <= 0:
        return 0
    function, service = function_of(scenario, number), scenario.services[number]
    mean = rps * service.work_ms / 1000 * function.slow_x
    return max(0, min(function.limit, int(mean + 4 * mean**0.5 + 1)) - function.provisioned)
