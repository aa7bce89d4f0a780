"""The hot part: one module is asked ten times as much, and the goal has to hold, as one service and as many.

Found by search over runs: the share of the time for which vCPUs may be busy is raised step by step, services are sized by it
(`engine.architecture.sizing`), and the last one whose runs hold the goal, before the rush and in it, stands. Nothing is reckoned
but the price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import field_validator

from engine import catalog
from engine.application import Action, Application
from engine.application_flow import mean_visits
from engine.architecture.sizing import Size, Sizing, sized
from engine.architecture.split import regrouped, shop
from engine.fields import Record, refusal, setting
from engine.metrics import percentiles_s
from engine.pricing import task_usd_per_hour
from engine.scenario import Scenario
from engine.simulation import run

HOT = "hot"  # the action of those who ask the module directly
RUN_S, SETTLED_S = 20.0, 4.0
BUSY_STEPS = tuple(round(0.1 + 0.1 * n, 1) for n in range(9))  # 10 % to 90 %


class HotAsk(Record):
    """Which module is asked how much more, and what has to hold."""

    out: int = setting(
        9, "Modules that run as a service of their own, beside the one service.", unit="modules", ge=1, le=9
    )
    module: str = setting("recommendation", "The module that is asked more: somebody asks it directly.")
    factor: float = setting(10, "So many times its usual load.", unit="x", ge=1, le=20)
    goal_ms: float = setting(125, "99 of 100 answers to users have to come within this.", unit="ms", assumed=True, ge=50,
                              le=5_000)  # fmt: skip
    rps: float = setting(250, "Requests of users a second.", unit="req/s", ge=50, le=500)
    zones: int = setting(3, "Availability Zones.", unit="zones", ge=1, le=6, fact="az.min_per_region")
    least_per_zone: int = setting(1, "Tasks of every service in each zone, at least.", unit="tasks", ge=1, le=3)
    heavy_mib: int = setting(
        0, "What recommendations keep in memory besides, in every process that runs them: a model.", unit="MiB", assumed=True,
        ge=0, le=65_536,
    )  # fmt: skip
    seed: int = setting(1, "The simulation's own chance.", ge=0, le=9_999)

    @field_validator("module")
    @classmethod
    def _module_of_the_shop(cls, name: str) -> str:
        known = [module.name for module in shop().application.modules]
        if name not in known:
            raise refusal("the shop has no such module", ", ".join(known))
        return name


@dataclass(frozen=True, slots=True)
class Held:
    """One sizing, run once. busy: for which share of the time vCPUs may be busy; p99_ms: what users met.

    sizes: service by service. usd: an hour of all tasks on Fargate.
    """

    out: int
    factor: float
    busy: float
    sizes: dict[str, Size]
    p99_ms: float

    @property
    def tasks(self) -> int:
        """Count the tasks."""
        return sum(size.tasks for size in self.sizes.values())

    @property
    def vcpu(self) -> float:
        """Add up the vCPUs that are bought."""
        units = sum(size.tasks * size.cpu_units for size in self.sizes.values())
        return units / catalog.number("ecs.placement.cpu_unit")

    @property
    def usd(self) -> float:
        """Price an hour. Source: facts `fargate.price.x86_vcpu_h`, `fargate.price.x86_gb_h`."""
        return sum(
            size.tasks * task_usd_per_hour("ecs-fargate", size.cpu_units, size.memory_mib)
            for size in self.sizes.values()
        )


@dataclass(frozen=True, slots=True)
class Heat:
    """One cut before the rush and in it, sized by the same share. holds: whether both keep the goal."""

    usual: Held
    hot: Held
    holds: bool

    @property
    def more_usd(self) -> float:
        """Say what an hour costs more."""
        return self.hot.usd - self.usual.usd

    @property
    def grown(self) -> dict[str, tuple[int, int]]:
        """Name the services that buy more for the rush: their vCPUs before and in it, in thousandths."""
        units = catalog.number("ecs.placement.cpu_unit") / 1000
        sizes = {name: (self.usual.sizes[name], self.hot.sizes[name]) for name in self.hot.sizes}
        bought = {
            name: (round(a.tasks * a.cpu_units / units), round(b.tasks * b.cpu_units / units))
            for name, (a, b) in sizes.items()
        }
        return {name: both for name, both in bought.items() if both[1] > both[0]}


def heat(ask: HotAsk, out: int) -> Heat:
    """Find the busiest sizing that holds the goal before the rush and in it, by halving the steps between yes and no."""
    low, high = 0, len(BUSY_STEPS)
    best = _both(ask, out, BUSY_STEPS[0])
    while best.holds and high - low > 1:
        middle = (low + high) // 2
        found = _both(ask, out, BUSY_STEPS[middle])
        low, high, best = (middle, high, found) if found.holds else (low, middle, best)
    return best


def _both(ask: HotAsk, out: int, busy: float) -> Heat:
    """Run one sizing before the rush and, if that holds, in it too."""
    usual, hot = (_try(ask, out, factor, busy) for factor in (1.0, ask.factor))
    return Heat(usual, hot, holds=max(usual.p99_ms, hot.p99_ms) <= ask.goal_ms)


def usd_by_factor(ask: HotAsk, found: Heat, factors: Sequence[float]) -> list[float]:
    """Price an hour at other loads, sized by the share that was found; not run."""
    return [
        Held(
            found.hot.out,
            factor,
            found.hot.busy,
            sizes_of(ask, application_of(ask, found.hot.out, factor), found.hot.busy),
            0.0,
        ).usd
        for factor in factors
    ]


def application_of(ask: HotAsk, out: int, factor: float) -> Application:
    """Give the shop, with somebody who asks the hot module directly, so often that it has its load."""
    whole = shop()
    cut = regrouped(whole.application, {name: name for name in whole.order[:out]}, whole.service)
    more = (factor - 1) * mean_visits(cut)[ask.module] * sum(action.share for action in cut.actions)
    if not more:
        return cut
    return cut.model_copy(update={"actions": (*cut.actions, Action(name=HOT, share=more, entry=ask.module))})


def rps_of(ask: HotAsk, application: Application) -> float:
    """Give the requests a second, those who ask the hot module directly included."""
    usual = sum(action.share for action in application.actions if action.name != HOT)
    return ask.rps * sum(action.share for action in application.actions) / usual


def sizes_of(ask: HotAsk, application: Application, busy: float) -> dict[str, Size]:
    """Size every service by the rule."""
    sizing = Sizing(busy=busy, least_per_zone=ask.least_per_zone, heavy_mib=ask.heavy_mib)
    names = dict.fromkeys([shop().service, *(module.service for module in application.modules)])
    return {name: sized(application, name, rps_of(ask, application), ask.zones, sizing) for name in names}


def _try(ask: HotAsk, out: int, factor: float, busy: float) -> Held:
    """Run one sizing, and read what 99 of 100 users met; those who ask the hot module directly are not among them."""
    application = application_of(ask, out, factor)
    sizes = sizes_of(ask, application, busy)
    services = [
        {"name": name, "desired": size.tasks, "cpu_units": size.cpu_units, "memory_mib": size.memory_mib,
         "concurrency": size.workers, "timeout_s": 30}
        for name, size in sizes.items()
    ]  # fmt: skip
    made = run(Scenario.of({
        "seed": ask.seed, "duration_s": RUN_S, "launch_type": "ecs-fargate", "zones": ask.zones,
        "traffic": {"rps": rps_of(ask, application)}, "application": application.model_dump(mode="json"),
        "services": services,
    }))  # fmt: skip
    graph = made.requests.graph
    if graph is None:  # what has modules has a graph
        raise AssertionError("the shop has no calls")
    users = [n for n, name in enumerate(graph.actions.names) if name != HOT]
    counts = graph.actions.latency[users, int(SETTLED_S / made.requests.step_s) :].sum(axis=(0, 1))
    failed = graph.actions.failed[:, users].sum() / max(graph.actions.arrived[users].sum(), 1)
    p99_ms = float(percentiles_s(counts, (0.99,))[0]) * 1000
    return Held(out, factor, busy, sizes, p99_ms if failed < 0.001 and np.isfinite(p99_ms) else float("inf"))
