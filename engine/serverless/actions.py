"""What is done to a pipeline, carried out at its moment."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from simpy import Event

from engine.serverless import operations as ops
from engine.serverless.aurora import Cluster
from engine.serverless.fargate import Workers
from engine.serverless.flow import Kind
from engine.serverless.lambda_ import Function
from engine.serverless.sqs import Queue

if TYPE_CHECKING:
    from engine.serverless.clients import Clients
    from engine.serverless.world import World

Process = Generator[Event, object, None]


def perform(world: World, clients: Clients) -> Process:
    """Carry the operations out, each at its time, equal times in the file's order."""
    numbered = sorted(enumerate(world.pipeline.operations), key=lambda pair: pair[1].at_s)
    for number, operation in numbered:
        while world.now < operation.at_s:  # a sum of floats may fall short of it by a hair
            yield world.env.timeout(operation.at_s - world.now)
        refusal = ACTIONS[operation.do](world, clients, operation)
        if refusal:
            world.note(Kind.OPERATION_IGNORED, getattr(operation, "box", None) or "", number, refusal)


def _fail_zone(world: World, clients: Clients, o: ops.FailZone) -> str:
    del clients
    if o.box is None:
        if o.zone in world.dark:
            return "the zone is lost already"
        world.dark.add(o.zone)
    world.note(Kind.ZONE_LOST, o.box or "", reason=o.zone)
    for name, box in world.boxes.items():
        if o.box in {None, name}:
            world.note(Kind.ZONE_FELT, name, reason=box.lose_zone(o.zone))
    return ""


def _restore_zone(world: World, clients: Clients, o: ops.RestoreZone) -> str:
    del clients
    if o.zone not in world.dark:
        return "the zone is well"
    world.dark.discard(o.zone)
    world.note(Kind.ZONE_BACK, "", reason=o.zone)
    for box in world.boxes.values():
        box.regain_zone(o.zone)
    return ""


def _break_box(world: World, clients: Clients, o: ops.BreakBox) -> str:
    del clients
    box = world.boxes[o.box]
    world.note(Kind.BROKEN, o.box, o.for_s)
    until_s = box.broken_until_s = max(box.broken_until_s, world.now + o.for_s)

    def mended() -> None:
        if box.broken_until_s == until_s:
            world.note(Kind.MENDED, o.box)

    world.after(o.for_s, mended)
    return ""


def _pause_box(world: World, clients: Clients, o: ops.PauseBox) -> str:
    del clients
    box = world.boxes[o.box]
    if isinstance(box, Cluster):
        return "" if box.sleep() else "it sleeps already"
    if not isinstance(box, Function | Workers) or box.is_paused:
        return "it is paused already"
    box.is_paused = True
    world.note(Kind.PAUSED, o.box)
    return ""


def _resume_box(world: World, clients: Clients, o: ops.ResumeBox) -> str:
    del clients
    box = world.boxes[o.box]
    if isinstance(box, Cluster):
        return "" if box.wake() else "it is awake"
    if not isinstance(box, Function | Workers) or not box.is_paused:
        return "it is not paused"
    box.is_paused = False
    world.note(Kind.RESUMED, o.box)
    return ""


def _poison(world: World, clients: Clients, o: ops.Poison) -> str:
    world.note(Kind.POISONED, world.pipeline.traffic.enters, o.orders)
    clients.send(o.orders, poison=True)
    return ""


def _spike(world: World, clients: Clients, o: ops.Spike) -> str:
    clients.factor *= o.factor
    world.note(Kind.SPIKE_BEGAN, "", o.factor)

    def over() -> None:
        clients.factor /= o.factor
        world.note(Kind.SPIKE_ENDED, "")

    world.after(o.for_s, over)
    return ""


def _hot_key(world: World, clients: Clients, o: ops.HotKey) -> str:
    clients.hot.append(o.share)
    world.note(Kind.HOT_BEGAN, "", o.share)

    def over() -> None:
        clients.hot.remove(o.share)
        world.note(Kind.HOT_ENDED, "")

    world.after(o.for_s, over)
    return ""


def _redrive(world: World, clients: Clients, o: ops.Redrive) -> str:
    del clients
    box = world.boxes[o.box]
    moved = box.redrive() if isinstance(box, Queue) else 0
    if not moved:
        return "nothing lies there"
    world.note(Kind.REDRIVEN, o.box, moved)
    return ""


ACTIONS: dict[str, Callable[[World, Clients, Any], str]] = {
    "fail-zone": _fail_zone,
    "restore-zone": _restore_zone,
    "break-box": _break_box,
    "pause-box": _pause_box,
    "resume-box": _resume_box,
    "poison": _poison,
    "spike": _spike,
    "hot-key": _hot_key,
    "redrive": _redrive,
}
