"""What does not go together in a pipeline: loops, readers of nothing, targets that nothing can be handed to, and its budget."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import BudgetError, Problem
from engine.serverless.aurora import AuroraCluster
from engine.serverless.dynamodb import DynamoDbTable
from engine.serverless.fargate import FargateService
from engine.serverless.scenario import Pipeline
from engine.serverless.service import Service
from engine.serverless.step_functions import StateMachine

CALLED = ("lambda-function", "appsync-api", "dynamodb-table", "aurora-cluster", "s3-bucket")
KEEPERS = ("sqs-queue", "state-machine")  # what an order is handed over to
ANYBODY = (*CALLED, *KEEPERS, "sns-topic")
MAY_CALL: dict[str, tuple[str, ...]] = {
    "api-gateway": ("lambda-function", "dynamodb-table", "sns-topic", *KEEPERS),
    "lambda-function": ANYBODY,
    "fargate-service": ANYBODY,
    "sqs-queue": ("lambda-function", "fargate-service"),
    "sns-topic": ("sqs-queue", "lambda-function"),
    "state-machine": ANYBODY,
    "appsync-api": ("lambda-function", "dynamodb-table", "aurora-cluster"),
    "dynamodb-table": (),
    "aurora-cluster": (),
    "s3-bucket": (),
}
PAUSES = ("lambda-function", "fargate-service", "aurora-cluster")
MAX_WORK = 400_000  # seconds times boxes times tries: some seconds of computing


def problems(pipeline: Pipeline) -> list[Problem]:
    """List all that does not go together."""
    found = [*_names(pipeline)]
    if not found:
        found += [*_edges(pipeline), *_entry(pipeline), *_loops(pipeline), *_orphans(pipeline)]
    return [*found, *_fields(pipeline), *_operations(pipeline)]


def _kinds(pipeline: Pipeline) -> dict[str, str]:
    return {service.name: service.kind for service in pipeline.services}


def _names(pipeline: Pipeline) -> Iterator[Problem]:
    for number, name in enumerate(pipeline.names):
        if name in pipeline.names[:number]:
            yield Problem(f"services.{number}.name", name, "a name of its own", "two boxes share a name")


def _edges(pipeline: Pipeline) -> Iterator[Problem]:
    """Find targets that are not there, cannot be called from here, or are too many."""
    kinds = _kinds(pipeline)
    for number, service in enumerate(pipeline.services):
        where = f"services.{number}.to"
        may = [name for name, kind in kinds.items() if kind in MAY_CALL[service.kind]]
        for place, name in enumerate(service.to):
            if name not in kinds:
                yield Problem(f"{where}.{place}", name, ", ".join(may) or "nothing", "there is no such box")
            elif kinds[name] not in MAY_CALL[service.kind]:
                why = f"a {service.kind} cannot hand anything to a {kinds[name]}"
                yield Problem(f"{where}.{place}", name, ", ".join(may) or "nothing", why)
        yield from _counts(service, where, kinds)


def _counts(service: Service, where: str, kinds: dict[str, str]) -> Iterator[Problem]:
    kind = kinds[service.name]
    came = ", ".join(service.to) or "nothing"
    if kind == "api-gateway" and len(service.to) != 1:
        yield Problem(where, came, "one box", "an API hands each request to one box")
    if kind == "sqs-queue" and len(service.to) != 1:
        why = (
            "nobody reads this queue: its messages would wait for ever"
            if not service.to
            else "a queue has one reader here"
        )
        yield Problem(where, came, "one box", why)
    if kind == "state-machine" and not service.to:
        yield Problem(where, came, "one box or more", "a state machine needs a state")
    if len(set(service.to)) < len(service.to):
        yield Problem(where, came, "each box once", "a box stands twice")
    on = [name for name in service.to if kinds.get(name) in KEEPERS]
    if kind not in {"sns-topic", "sqs-queue"} and len(on) > 1:
        why = "an order can be handed on to one queue or state machine only: a topic spreads copies"
        yield Problem(where, ", ".join(on), "one of them", why)
    elif on and kind not in {"sns-topic", "sqs-queue"} and service.to[-1] != on[0]:
        why = "hand an order on last: what came after it could fail, and the order would be handed on twice"
        yield Problem(where, came, f"{on[0]} at the end", why)


def _entry(pipeline: Pipeline) -> Iterator[Problem]:
    doors = [service.name for service in pipeline.services if service.kind == "api-gateway"]
    if pipeline.traffic.enters not in doors:
        why = "clients come in through an API"
        yield Problem("traffic.enters", pipeline.traffic.enters, ", ".join(doors) or "an api-gateway box", why)
    for name in doors:
        if name != pipeline.traffic.enters and pipeline.traffic.enters in doors:
            number = pipeline.names.index(name)
            yield Problem(
                f"services.{number}.name", name, pipeline.traffic.enters, "no client comes in through this API"
            )


def _loops(pipeline: Pipeline) -> Iterator[Problem]:
    """Find a way back to where a message was already: it would go round and never end."""
    to = {service.name: [name for name in service.to if name in pipeline.names] for service in pipeline.services}
    told: set[frozenset[str]] = set()
    for number, start in enumerate(pipeline.names):
        trail = _way_back(to, start)
        if trail and frozenset(trail) not in told:
            told.add(frozenset(trail))
            way = " -> ".join([*trail, start])
            yield Problem(f"services.{number}.to", way, "a way with an end", "messages would go round for ever")


def _way_back(to: dict[str, list[str]], start: str) -> list[str]:
    """Give the shortest way from a box back to itself; empty where there is none."""
    ways, seen = [[start]], set()
    while ways:
        way = ways.pop(0)
        for name in to[way[-1]]:
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _orphans(pipeline: Pipeline) -> Iterator[Problem]:
    """Find boxes that get nothing, and workers that two queues share."""
    called = [name for service in pipeline.services for name in service.to]
    read = [reader for _, reader in pipeline.readers()]
    for number, service in enumerate(pipeline.services):
        where = f"services.{number}"
        if service.kind == "fargate-service" and service.name not in read:
            yield Problem(
                where, service.name, "a queue whose `to` names it", "these workers read nothing: no queue names them"
            )
        elif service.kind != "api-gateway" and service.name not in called:
            yield Problem(where, service.name, "a box whose `to` names it", "nobody hands anything to this box")
        if read.count(service.name) > 1:
            yield Problem(where, service.name, "one queue", "two queues name the same reader")


def _fields(pipeline: Pipeline) -> Iterator[Problem]:
    for number, service in enumerate(pipeline.services):
        where = f"services.{number}"
        if isinstance(service, AuroraCluster) and service.max_acu < service.min_acu:
            came, least = f"{service.max_acu:g}", f"{service.min_acu:g} ACU or more"
            yield Problem(f"{where}.max_acu", came, least, "the most is less than the least")
        if isinstance(service, DynamoDbTable) and service.max_units < service.min_units:
            came, least = f"{service.max_units:g}", f"{service.min_units:g} or more"
            yield Problem(f"{where}.max_units", came, least, "the most is less than the least")
        if isinstance(service, FargateService):
            if service.zones > pipeline.zone_count:
                allowed = f"1 to {pipeline.zone_count}"
                yield Problem(f"{where}.zones", str(service.zones), allowed, "the Region has no more zones")
            if service.is_scaled and service.max_tasks < service.tasks:
                came, least = str(service.max_tasks), f"{service.tasks} or more"
                yield Problem(f"{where}.max_tasks", came, least, "the most is less than what is wanted")
        if isinstance(service, StateMachine) and service.map_over and service.map_over not in service.to:
            yield Problem(
                f"{where}.map_over", service.map_over, ", ".join(service.to), "it is no state of this machine"
            )


def _operations(pipeline: Pipeline) -> Iterator[Problem]:
    kinds = _kinds(pipeline)
    for number, operation in enumerate(pipeline.operations):
        where = f"operations.{number}"
        if operation.at_s > pipeline.duration_s:
            allowed = f"0 to {pipeline.duration_s} s"
            yield Problem(f"{where}.at_s", f"{operation.at_s:g}", allowed, "this is after the run's end")
        zone = getattr(operation, "zone", None)
        if zone is not None and zone not in pipeline.zones:
            yield Problem(f"{where}.zone", zone, ", ".join(pipeline.zones), "the Region has no such zone")
        box = getattr(operation, "box", None)
        if box is None:
            continue
        fits = {"pause-box": PAUSES, "resume-box": PAUSES, "redrive": ("sqs-queue",)}.get(operation.do, tuple(MAY_CALL))
        allowed = ", ".join(name for name, kind in kinds.items() if kind in fits) or "nothing here"
        if box not in kinds:
            yield Problem(f"{where}.box", box, allowed, "there is no such box")
        elif kinds[box] not in fits:
            yield Problem(f"{where}.box", box, allowed, f"a {kinds[box]} cannot be treated so")


def refuse_over_budget(pipeline: Pipeline) -> None:
    """Refuse a run that would take too long, with the figure that broke it."""
    tries = 1 + pipeline.traffic.retries
    classes = 2 if pipeline.traffic.hot_share or any(o.do == "hot-key" for o in pipeline.operations) else 1
    work = pipeline.duration_s * len(pipeline.services) * tries * classes
    if work > MAX_WORK:
        why = "lower the duration, the boxes or the clients' retries"
        raise BudgetError([Problem("duration_s", f"{work:,} steps", f"up to {MAX_WORK:,}", why)])
