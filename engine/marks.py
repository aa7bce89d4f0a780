"""Marks: one number about a record that an experiment without a run is made of, by name. Challenges have to reach them.

As `engine.measures` reads a number off a run, a mark plays the experiment that a record describes and reads one off what came of
it. None: it never came to what is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isnan
from typing import Any

from pydantic import BaseModel

from engine.architecture.hot import HotAsk, heat
from engine.architecture.uptime import answered
from engine.consensus import Consensus
from engine.consensus import run as run_store
from engine.consensus.front import answered as calls_answered
from engine.consensus.ownership import Ownership
from engine.consensus.quorum import zone_losses
from engine.consensus.replacing import Replacing
from engine.containers.asks import ImageAsk, StopAsk
from engine.containers.layers import pull
from engine.containers.memory import simulate
from engine.containers.memory_rules import MemoryAsk
from engine.containers.one_image import OneImage
from engine.containers.places import answers
from engine.containers.stopping import stop
from engine.delivery import Four, Organisation, replicate
from engine.delivery import run as run_quarter
from engine.delivery.four import four_of
from engine.eks.asks import VersionsAsk
from engine.eks.packing import pack
from engine.eks.slider import slider
from engine.eks.updating import managed
from engine.eks.versions import calendar
from engine.errors import ScenarioError
from engine.fargate.against_ec2 import break_even
from engine.fargate.asks import Bills
from engine.fargate.storage import survivals
from engine.landscape import Needs, Workload, choose
from engine.landscape.bill import bill
from engine.landscape.ways import way_of
from engine.measures import Unit
from engine.new_normal import place
from engine.responsibility import years
from engine.responsibility.filled import score
from engine.serverless import Flow, Pipeline
from engine.serverless import run as run_pipeline
from engine.serverless.bill import bill as pipeline_bill
from engine.serverless.breakeven import Dials, crossing
from engine.serverless.fargate import FargateService
from engine.serverless.lambda_ import LambdaFunction
from engine.traps import Moves, TrapsAsk, ecs_moves

QUARTERS = 8  # played for each chance: one quarter alone is a lucky or an unlucky one
WORKER = "worker"  # the box of the order pipeline that does the work
UNSERVED = ("refused", "lost", "dead")  # what may become of an order beside being done


@dataclass(frozen=True, slots=True)
class Mark:
    """How something is read off a record, and in what unit. It is given the record as the page holds it.

    by_chance: whether another seed may give another number.
    """

    of: Callable[[Any], float | None]
    unit: Unit
    by_chance: bool = False


def _fetched(ask: ImageAsk) -> float | None:
    """Give what a start fetches, in GiB; None where another version runs, or none."""
    found = pull(ask)
    return found.fetched_mib / 1024 if found.runs == "new" else None


def _left(needs: Needs, workload: Workload, era: Any) -> float:
    return float(len(choose(needs, workload, era)[0]))


def _month_usd(shown: Any) -> float | None:
    """Price a month of the way that the map's boxes make; None where there is no such way, or no room on it."""
    way = way_of(shown.management, shown.hosting)
    if way is None:
        return None
    try:
        return bill(way, shown.workload, shown.era).usd
    except ScenarioError:
        return None


def _zones_survived(asked: Replacing) -> float:
    return float(sum(loss.writes_on for loss in zone_losses(asked.places)))


def _rush_usd(ask: HotAsk) -> float | None:
    """Give what an hour of the rush costs more; None where the goal is not held."""
    found = heat(ask, ask.out)
    return found.more_usd if found.holds else None


def _stop_usd(shown: Any) -> float | None:
    """Price a month of the slider's stop, people included; None where nobody can price it."""
    return next((stop.total_usd for stop in slider(shown.ask) if stop.name == shown.stop), None)


def _moves(ask: TrapsAsk) -> Moves:
    return ecs_moves(ask.desired, ask.min_healthy_percent, ask.max_percent)


def _storage_kept(shown: Any) -> float:
    """Give the share of a Fargate task's volumes whose data its replacement finds again."""
    found = survivals("ecs-fargate", shown.era, shown.asks.storage)
    return sum(one.outcome == "kept" for one in found) / len(found)


def _upgrades(ask: VersionsAsk) -> float:
    return float(sum(event.what == "upgraded" for event in calendar(ask).events))


def _even(bills: Bills) -> float:
    return break_even(bills.even).utilisation


def _memory_gib(ask: MemoryAsk) -> float:
    return ask.tasks * ask.limit_mib / 1024


def _as_it_is(image: OneImage) -> float:
    found = answers(image)
    return float(found.count("ok") + found.count("set"))


def _kills(ask: MemoryAsk) -> float:
    return float(len(simulate(ask).kills.t_s))


def _stop_lost(ask: StopAsk) -> float:
    return float(stop(ask).lost)


def _stop_took(ask: StopAsk) -> float:
    return stop(ask).ended_s


def _versions_usd(ask: VersionsAsk) -> float:
    return float(calendar(ask).total_usd)


def _lambda_even(dials: Dials) -> float:
    return crossing(dials, "lambda_fargate").even


# --- several marks read off one play: the last one is kept ------------------------------------------------------------------


@lru_cache(maxsize=1)
def _train(organisation: Organisation) -> Four:
    """Play the train's quarters."""
    return replicate(organisation.with_(architecture="train"), QUARTERS)


@lru_cache(maxsize=1)
def _flow(pipeline: Pipeline) -> Flow:
    return run_pipeline(pipeline)


def _train_way_h(organisation: Organisation) -> float:
    """Give a change's mean working hours from writing to users; those still on their way count up to the quarter's end."""
    return float(_train(organisation).on_the_way_min.mean()) / 60


def _train_undone(organisation: Organisation) -> float | None:
    """Give the share of the train's releases that had to be undone; None where none left."""
    found = float(_train(organisation).fail_rate.mean())
    return None if isnan(found) else found


def _pipelines_way_s(organisation: Organisation) -> float | None:
    """Give the same through pipelines, in seconds, for the very days that the board shows; None where nothing was written."""
    found = four_of(run_quarter(organisation.with_(architecture="pipelines")))["on_the_way_min"]
    return None if isnan(found) else found * 60


def _writes_paused(store: Consensus) -> float:
    """Say how long nobody can write once a zone is lost, at the moment of the first blow: the worst of the members' zones."""
    at_s = min((one.at_s for one in store.operations), default=0.0)
    lost = [[{"do": "fail-zone", "zone": zone, "at_s": at_s}] for zone in sorted(set(store.places))]
    return max(run_store(store.with_("operations", one)).paused_after(at_s) for one in lost)


def _calls_lost(owned: Ownership) -> float:
    """Count the calls that your own control plane loses, in seconds of a full outage: a machine dies, or a zone; the worse."""
    front = owned.front.model_copy(update={"who": "self-run"})
    return max(calls_answered(front.model_copy(update={"kills": what})).lost_s for what in ("server", "zone"))


def _update_s(shown: Any) -> float | None:
    """Say how long the button takes for all nodes; None where it ends without them."""
    found = managed(shown.asks.update)
    return None if found.left else found.end_s


def _host_hole_h(shown: Any) -> float | None:
    """Say how long a hole in Fargate's hosts stands open for your tasks; None where there was none."""
    found = float(years(shown.ask)["ecs-fargate"].host_days.mean())
    return None if isnan(found) else found * 24


def _own_hole_h(shown: Any) -> float | None:
    """And one in what you run there."""
    found = float(years(shown.ask)["ecs-fargate"].own_days.mean())
    return None if isnan(found) else found * 24


def _order_p99_s(pipeline: Pipeline) -> float | None:
    found = _flow(pipeline).wait(0.99)
    return None if isnan(found) else found


def _orders_unserved(pipeline: Pipeline) -> float:
    """Count the orders that were given up at the door, refused, lost, or put aside for somebody to look at."""
    flow = _flow(pipeline)
    return float(flow.given_up[-1] + sum(flow.tally[what][0, -1] for what in UNSERVED))


def _worker_usd_h(pipeline: Pipeline) -> float | None:
    """Price an hour like this one of whoever does the orders' work; None where nobody does."""
    if pipeline.service(WORKER) is None:
        return None
    usd = sum(line.usd for line in pipeline_bill(_flow(pipeline)) if line.box == WORKER)
    return usd * 3600 / pipeline.duration_s


def _order_work_s(pipeline: Pipeline) -> float | None:
    """Say how much work an order is, on a whole vCPU; None where nobody does it."""
    match pipeline.service(WORKER):
        case FargateService() as worker:
            return worker.work_s
        case LambdaFunction() as worker:
            return worker.cpu_s + worker.wait_s
    return None


MARKS: Mapping[str, Mark] = {
    "fetched_gib": Mark(_fetched, "gib"),
    "stop_lost": Mark(_stop_lost, "requests", by_chance=True),
    "stop_took": Mark(_stop_took, "s", by_chance=True),
    "memory_kills": Mark(_kills, "count", by_chance=True),
    "memory_gib": Mark(_memory_gib, "gib"),
    "places_unchanged": Mark(_as_it_is, "count"),
    "ways_left": Mark(lambda shown: _left(shown.needs, shown.workload, shown.era), "count"),
    "month_usd": Mark(_month_usd, "usd"),
    "pieces_answered": Mark(lambda shown: answered(shown.chain, shown.chain.parts), "share"),
    "zones_survived": Mark(_zones_survived, "count"),
    "members": Mark(lambda asked: float(len(asked.places)), "count"),
    "node_pods": Mark(lambda shown: float(pack(shown.node).pods), "tasks"),
    "year_nights": Mark(lambda shown: float(years(shown.ask)[shown.stop].nights.mean()), "count", by_chance=True),
    "rush_usd": Mark(_rush_usd, "usd_h", by_chance=True),
    "stop_usd": Mark(_stop_usd, "usd"),
    "may_start": Mark(lambda ask: float(_moves(ask).may_start), "tasks"),
    "must_stay": Mark(lambda ask: float(_moves(ask).least), "tasks"),
    "storage_kept": Mark(_storage_kept, "share"),
    "versions_usd": Mark(_versions_usd, "usd"),
    "upgrades": Mark(_upgrades, "count"),
    "even_share": Mark(_even, "share"),
    "lambda_even_share": Mark(_lambda_even, "share"),
    "pace_agreeing": Mark(lambda shown: float(place(shown.ask).agreeing), "count"),
    "train_way": Mark(_train_way_h, "h", by_chance=True),
    "train_undone": Mark(_train_undone, "share", by_chance=True),
    "pipelines_way": Mark(_pipelines_way_s, "s", by_chance=True),
    "writes_paused": Mark(_writes_paused, "s", by_chance=True),
    "calls_lost": Mark(_calls_lost, "s", by_chance=True),
    "machines": Mark(lambda owned: float(len(owned.front.places)), "count"),
    "row_update": Mark(_update_s, "s"),
    "row_deleted": Mark(lambda shown: float(managed(shown.asks.update).deleted), "count"),
    "cells_right": Mark(lambda filled: float(score(filled.models, filled.cells)[0]), "count"),
    "cells_given": Mark(lambda filled: float(len(score(filled.models, filled.cells)[3])), "count"),
    "host_hole": Mark(_host_hole_h, "h", by_chance=True),
    "own_hole": Mark(_own_hole_h, "h", by_chance=True),
    "order_p99": Mark(_order_p99_s, "s", by_chance=True),
    "orders_unserved": Mark(_orders_unserved, "count", by_chance=True),
    "order_work": Mark(_order_work_s, "s"),
    "worker_usd_h": Mark(_worker_usd_h, "usd_h", by_chance=True),
}


def seeded(record: BaseModel, step: int) -> BaseModel | None:
    """Give a record with another seed, its own or that of a record within; None where it has none."""
    if "seed" in type(record).model_fields:
        return record.model_copy(update={"seed": seed_of(record) + step})
    for name in type(record).model_fields:
        within = getattr(record, name)
        if isinstance(within, BaseModel) and (other := seeded(within, step)) is not None:
            return record.model_copy(update={name: other})
    return None


def seed_of(record: BaseModel) -> int:
    """Read a record's seed, its own or that of a record within; 0 where it has none."""
    if "seed" in type(record).model_fields:
        return int(getattr(record, "seed"))  # noqa: B009 - the record knows it, mypy does not
    within = (getattr(record, name) for name in type(record).model_fields)
    return next((seed_of(one) for one in within if isinstance(one, BaseModel) and seeded(one, 0)), 0)
