"""The few things that every process of a run shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simpy import Environment

from engine.cluster import Cluster
from engine.events import Log
from engine.launch import LaunchType
from engine.rng import uniform
from engine.scenario import Scenario
from engine.traffic.plane import Plane

if TYPE_CHECKING:
    from engine.control.balancer import LoadBalancer
    from engine.control.capacity import Capacity
    from engine.control.control_plane import ControlPlane
    from engine.control.ecs import ServiceScheduler
    from engine.control.fleet import Fleet
    from engine.control.nodes import NodeLifecycle


@dataclass(slots=True)
class World:
    """The clock, the choices, the present, the past, and those who act."""

    env: Environment
    scenario: Scenario
    launch: LaunchType
    cluster: Cluster
    log: Log
    plane: Plane
    balancer: LoadBalancer = field(init=False)
    fleet: Fleet = field(init=False)
    capacity: Capacity = field(init=False)
    control_plane: ControlPlane = field(init=False)
    nodes: NodeLifecycle = field(init=False)  # only Kubernetes asks it anything
    schedulers: Sequence[ServiceScheduler] = field(init=False, default=())
    harms: dict[int, int] = field(init=False, default_factory=dict)  # how often each module was harmed

    def draw(self, low: float, high: float, *name: str | int) -> float:
        """Draw a number that belongs to `name` alone, whatever else happens in the run."""
        return uniform(self.scenario.seed, low, high, *name)
