"""Functions: nothing is kept at a number here. AWS starts an environment when a request finds none, and moves on when a zone is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from engine.checks import step_s
from engine.control.ecs import ServiceScheduler
from engine.events import Kind
from engine.traffic.functions.tables import CAUSES

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.operations import Deploy
    from engine.traffic.functions.compiled import FunctionPlane
    from engine.world import World


class Functions(ServiceScheduler):
    """Stands where others keep tasks, and has none to keep."""

    def __init__(self, world: World, service: int) -> None:
        """Want no task."""
        super().__init__(world, service)
        self.desired = 0

    @property
    def keeps_zones_even(self) -> bool:
        """Say no: new environments go to one zone after the other anyway."""
        return False

    def deploy(self, asked: Deploy) -> str:  # noqa: ARG002 - whatever is asked
        """Say that a new version is not simulated."""
        return f"{self.settings.name} is a function: what a new version of it does is not simulated"

    def _act(self) -> None:
        """Do nothing."""


def plane(world: World) -> FunctionPlane:
    """Give the data plane of functions."""
    return cast("FunctionPlane", world.plane)


def watch(world: World) -> ProcessGenerator:
    """Write down what happened to environments in each step, all of one kind in one word."""
    width, step = step_s(world.scenario.duration_s), 0
    while True:
        yield world.env.timeout(width)
        for service in range(len(world.scenario.services)):
            _note(world, service, plane(world).moves(service, step))
        step += 1


def _note(world: World, service: int, moves: Any) -> None:
    told = (
        (Kind.ENVIRONMENTS_STARTED, moves.started),
        (Kind.ENVIRONMENTS_RECLAIMED, moves.reclaimed),
        (Kind.ENVIRONMENTS_LOST, moves.died),
    )
    for kind, by_zone in told:
        for zone, n in enumerate(by_zone):
            if n:
                world.log.note(world.env.now, kind, service=service, zone=zone, value=n)
    for cause, n in zip(CAUSES, moves.throttled, strict=True):
        if n:
            world.log.note(world.env.now, Kind.FUNCTION_THROTTLED, service=service, value=n, reason=cause)


def zone_noticed(world: World, zone: int) -> None:
    """Let AWS start nothing more in a lost zone, and bring back elsewhere what is kept warm."""
    for service in range(len(world.scenario.services)):
        missing = plane(world).notice_zone(service, zone)
        if missing:
            world.log.note(world.env.now, Kind.PROVISIONED_AGAIN, service=service, value=missing)
