"""run(pipeline) -> Flow: boxes that hand parcels to each other in SimPy; a parcel is a second's worth of alike messages."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
from simpy import Event

from engine.serverless import actions
from engine.serverless.api_gateway import Door
from engine.serverless.appsync import Graph
from engine.serverless.aurora import Cluster
from engine.serverless.box import Box
from engine.serverless.checks import KEEPERS, refuse_over_budget
from engine.serverless.clients import Clients
from engine.serverless.dynamodb import Table
from engine.serverless.fargate import Workers
from engine.serverless.flow import COUNTED, GAUGED, TALLIED, Flow
from engine.serverless.lambda_ import Function
from engine.serverless.parcel import LANES
from engine.serverless.s3 import Bucket
from engine.serverless.scenario import Pipeline
from engine.serverless.sns import Topic
from engine.serverless.sqs import Queue
from engine.serverless.step_functions import Machine
from engine.serverless.world import STEP_S, World

BOXES: dict[str, Callable[[World, Any], Box]] = {
    "api-gateway": Door,
    "lambda-function": Function,
    "fargate-service": Workers,
    "sqs-queue": Queue,
    "sns-topic": Topic,
    "state-machine": Machine,
    "appsync-api": Graph,
    "dynamodb-table": Table,
    "aurora-cluster": Cluster,
    "s3-bucket": Bucket,
}
HELD = ("queued", "working", "dead")


class Samples:
    """What every box and the whole said of themselves at each whole second."""

    def __init__(self, world: World) -> None:
        """Begin empty."""
        self.world = world
        self.counts: list[list[tuple[int, ...]]] = []
        self.gauges: list[list[tuple[float, float, float]]] = []
        self.tally: list[list[tuple[int, ...]]] = []
        self.outside: list[tuple[int, int]] = []

    def take(self) -> None:
        """Look at everybody now."""
        boxes = list(self.world.boxes.values())
        self.counts.append([tuple(getattr(box.account, name) for name in COUNTED) for box in boxes])
        self.gauges.append([box.gauges() for box in boxes])
        self.tally.append([self._lane(lane, boxes) for lane in range(len(LANES))])
        self.outside.append((self.world.turned_away, self.world.given_up))

    def _lane(self, lane: int, boxes: list[Box]) -> tuple[int, ...]:
        tally = self.world.tally[lane]
        held = (sum(getattr(box.held, name)[lane] for box in boxes) for name in HELD)
        return (*(getattr(tally, name) for name in TALLIED[: -len(HELD)]), *held)


def run(pipeline: Pipeline) -> Flow:
    """Play a pipeline. Raises BudgetError for one that would take too long."""
    refuse_over_budget(pipeline)
    world = build(pipeline)
    clients, samples = Clients(world), Samples(world)
    world.env.process(actions.perform(world, clients))
    world.env.process(_clock(world, clients, samples))
    world.env.run(until=pipeline.duration_s)
    samples.take()
    return _flow(world, samples)


def build(pipeline: Pipeline) -> World:
    """Set up the boxes, tell readers their queues, and find who hands orders on."""
    world = World(pipeline)
    for service in pipeline.services:
        world.boxes[service.name] = BOXES[service.kind](world, service)
    for name, reader in pipeline.readers():
        queue, box = world.boxes[name], world.boxes[reader]
        if isinstance(queue, Queue) and isinstance(box, Function | Workers):
            box.queue = queue
    kinds = {service.name: service.kind for service in pipeline.services}
    for _ in pipeline.services:  # from the end of the longest way to its beginning
        for service in pipeline.services:
            if service.kind == "sns-topic":
                continue  # it spreads copies; the order itself stays where it is
            if any(kinds[name] in KEEPERS or name in world.carriers for name in service.to):
                world.carriers.add(service.name)
    return world


def _clock(world: World, clients: Clients, samples: Samples) -> Generator[Event, object, None]:
    """Go from second to second: look, let everybody live, send orders."""
    while True:
        samples.take()
        for box in world.boxes.values():
            box.tick()
        world.twice.tick()
        clients.second()
        yield world.env.timeout(STEP_S)


def _flow(world: World, samples: Samples) -> Flow:
    """Freeze what was seen and noted, up to the end."""
    notes = world.notes
    counts = np.array(samples.counts, dtype=np.int64)
    gauges = np.array(samples.gauges, dtype=np.float64)
    tally = np.array(samples.tally, dtype=np.int64)
    outside = np.array(samples.outside, dtype=np.int64)
    return Flow(
        pipeline=world.pipeline,
        boxes=tuple(world.boxes),
        at_s=np.array(notes.at_s, dtype=np.float64),
        kind=np.array(notes.kind, dtype=np.int64),
        box=tuple(notes.box),
        value=np.array(notes.value, dtype=np.float64),
        reason=tuple(notes.reason),
        counts={name: counts[:, :, place].T.copy() for place, name in enumerate(COUNTED)},
        gauges={name: gauges[:, :, place].T.copy() for place, name in enumerate(GAUGED)},
        tally={name: tally[:, :, place].T.copy() for place, name in enumerate(TALLIED)},
        turned_away=outside[:, 0],
        given_up=outside[:, 1],
        wait_s=np.array([wait for wait, _ in world.waits_s], dtype=np.float64),
        wait_n=np.array([n for _, n in world.waits_s], dtype=np.int64),
        usage={name: dict(box.usage()) for name, box in world.boxes.items()},
    )
