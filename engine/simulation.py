"""run(scenario) -> Run: the one thing that everything else rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from simpy import Environment

from engine import checks
from engine.cluster import Cluster
from engine.consensus.outages import Outage, control_plane_outages
from engine.control import actions, functions, node_autoscaler, scaler, tasks
from engine.control.balancer import LoadBalancer
from engine.control.capacity import Capacity
from engine.control.control_plane import ControlPlane
from engine.control.daemon import DaemonScheduler
from engine.control.ecs import ServiceScheduler
from engine.control.fleet import Fleet
from engine.control.kubernetes import DaemonSet, Deployment
from engine.control.nodes import NodeLifecycle
from engine.events import Events, Kind, Log
from engine.launch import launch_type
from engine.placement.demand import asks_traits, needs_in
from engine.placement.pools import HostKind
from engine.scenario import Scenario
from engine.traffic.arrivals import expected_requests
from engine.traffic.compiled import CompiledPlane
from engine.traffic.functions.compiled import FunctionPlane
from engine.traffic.graph.compiled import GraphPlane
from engine.traffic.plane import FAILURES, Plane, Requests
from engine.world import World

PlaneOf = Callable[[Environment, Scenario], Plane]
Watch = Callable[[float], None]
CONTROLLERS: dict[tuple[str, str], type[ServiceScheduler]] = {
    ("ecs", "replica"): ServiceScheduler, ("ecs", "daemon"): DaemonScheduler,
    ("kubernetes", "replica"): Deployment, ("kubernetes", "daemon"): DaemonSet, ("lambda", "replica"): functions.Functions,
}  # fmt: skip
ERROR = FAILURES.index("error")
PARTS = 200  # how often a watcher hears of progress


@dataclass(frozen=True, eq=False)
class Run:
    """What happened: the event log and the request tables, nothing derived. Compare runs by their digests.

    hosts: each host's name and zone, by number; kinds: its type, market and provider. `engine.metrics`, `engine.pricing`
    and `engine.frames` fold over it.
    """

    scenario: Scenario
    events: Events
    requests: Requests
    hosts: tuple[tuple[str, int], ...]
    kinds: tuple[HostKind, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Boil every column down to a sha256: equal digests, equal runs."""
        total = hashlib.sha256(self.events.digest.encode())
        for service in self.requests.services:
            for column in (service.task, service.arrived, service.retried, service.served, service.failed[:ERROR]):
                total.update(np.ascontiguousarray(column).tobytes())
            if service.failed[ERROR].any():  # answers with an error came later than the digests of most runs
                total.update(np.ascontiguousarray(service.failed[ERROR]).tobytes())
            total.update(np.ascontiguousarray(service.busy_ns).tobytes())
            filled = np.flatnonzero(service.latency)  # most buckets are empty
            total.update(filled.astype(np.int64).tobytes())
            total.update(service.latency.reshape(-1)[filled].tobytes())
            total.update(str(service.in_flight).encode())
        if self.requests.graph is not None:
            self.requests.graph.update(total)
        for environments in self.requests.functions:
            environments.update(total)
        return total.hexdigest()


def run(scenario: Scenario, *, keep_requests: bool = False, watch: Watch | None = None) -> Run:
    """Simulate a scenario from zero to its end.

    keep_requests: remember every request too, for drill-down, export and tests. watch: is told the share that is done.

    Errors: BudgetError if it would take too many requests, tasks or events, before it starts.
    """
    plane = plane_for(scenario)
    return simulate(scenario, lambda env, it: plane(env, it, keep_requests=keep_requests), watch)


def plane_for(scenario: Scenario) -> type[CompiledPlane | GraphPlane | FunctionPlane]:
    """Choose the data plane: of services that answer for themselves, of modules that call each other, or of functions."""
    if scenario.application.modules:
        return GraphPlane
    return FunctionPlane if launch_type(scenario.launch_type).is_function else CompiledPlane


def simulate(scenario: Scenario, plane_of: PlaneOf, watch: Watch | None = None) -> Run:
    """Simulate with a data plane of your own: the twin comes in here."""
    checks.refuse_over_budget(scenario, expected_requests(scenario))
    env = Environment()
    world = World(
        env=env,
        scenario=scenario,
        launch=launch_type(scenario.launch_type, scenario.era),
        cluster=_empty_cluster(scenario),
        log=Log(checks.MAX_EVENTS),
        plane=plane_of(env, scenario),
    )
    world.control_plane = ControlPlane(env, world.log, _outages(world))
    world.nodes = NodeLifecycle(world)
    world.balancer = LoadBalancer(world)
    world.fleet = Fleet(world)
    world.capacity = Capacity(world)
    world.control_plane.tell(world.fleet.place_waiting)
    world.schedulers = [
        CONTROLLERS[world.launch.orchestrator, settings.kind](world, service)
        for service, settings in enumerate(scenario.services)
    ]
    _begin(world)
    if watch is not None:
        for part in range(1, PARTS):
            env.run(until=scenario.duration_s * part / PARTS)
            watch(part / PARTS)
    env.run(until=scenario.duration_s)
    if watch is not None:
        watch(1.0)
    hosts = tuple((host.name, host.zone) for host in world.cluster.hosts)
    kinds = tuple(host.kind for host in world.cluster.hosts)
    return Run(scenario, world.log.events(), world.plane.finish(scenario.duration_s), hosts, kinds)


def _outages(world: World) -> tuple[Outage, ...]:
    """Say when the control plane cannot write, where it has members that operations may harm."""
    return control_plane_outages(world.scenario) if world.launch.is_kubernetes else ()


def _empty_cluster(scenario: Scenario) -> Cluster:
    names = [service.name for service in scenario.services]
    return Cluster(scenario.zones, names, needs_in(scenario), tells_traits=asks_traits(scenario))


def _begin(world: World) -> None:
    """Set the stage at time zero, and start everyone who acts on their own."""
    if world.launch.has_hosts:
        world.fleet.stock()
        world.capacity.start()
        node_autoscaler.start(world)
    if world.launch.is_function:
        world.env.process(functions.watch(world))
    for service, scheduler in enumerate(world.schedulers if not world.launch.is_function else ()):
        if isinstance(scheduler, DaemonScheduler):
            scheduler.count()
        elif scheduler.settings.one_every_s:
            world.env.process(scheduler.arrive())
        elif world.scenario.warm:
            _warm(world, service, scheduler)
        scheduler.poke()
        if scheduler.keeps_zones_even:
            world.env.process(scheduler.rebalance())
        if scheduler.settings.scaling is not None:
            scaler.start(world, service, scheduler.settings.scaling)
    world.env.process(actions.perform(world))


def _warm(world: World, service: int, scheduler: ServiceScheduler) -> None:
    """Place the desired tasks as ECS would and let them serve from the first second."""
    for provider in world.capacity.providers_for(service, scheduler.desired):
        task = world.cluster.new_task(service)
        task.provider = provider
        scheduler.counted[task.number] = task
        tasks.note(world, Kind.TASK_CREATED, task)
        if world.launch.has_hosts:
            if not world.fleet.place(task):
                world.env.process(scheduler.life.live(world, task, is_created=True))
                continue
            world.cluster.hosts[task.host].images.add(service)
        else:
            world.fleet.place_in_zone(task)
        scheduler.life.run(world, task, is_warm=True)
