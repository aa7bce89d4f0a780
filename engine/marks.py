"""Marks: one number about a record that an experiment without a run is made of, by name. Challenges have to reach them.

As `engine.measures` reads a number off a run, a mark plays the experiment that a record describes and reads one off what came of
it. None: it never came to what is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from engine.architecture.hot import HotAsk, heat
from engine.architecture.uptime import answered
from engine.consensus.quorum import zone_losses
from engine.consensus.replacing import Replacing
from engine.containers.asks import ImageAsk, StopAsk
from engine.containers.layers import pull
from engine.containers.memory import simulate
from engine.containers.memory_rules import MemoryAsk
from engine.containers.one_image import OneImage
from engine.containers.places import answers
from engine.containers.stopping import stop
from engine.eks.asks import VersionsAsk
from engine.eks.packing import pack
from engine.eks.slider import slider
from engine.eks.versions import calendar
from engine.errors import ScenarioError
from engine.fargate.against_ec2 import break_even
from engine.fargate.asks import Bills
from engine.fargate.storage import survivals
from engine.landscape import Needs, Workload, choose
from engine.landscape.bill import bill
from engine.landscape.ways import way_of
from engine.measures import Unit
from engine.responsibility import years
from engine.serverless.breakeven import Dials, crossing
from engine.traps import Moves, TrapsAsk, ecs_moves


@dataclass(frozen=True, slots=True)
class Mark:
    """How something is read off a record, and in what unit. It is given the record as the page holds it."""

    of: Callable[[Any], float | None]
    unit: Unit


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


MARKS: Mapping[str, Mark] = {
    "fetched_gib": Mark(_fetched, "gib"),
    "stop_lost": Mark(_stop_lost, "requests"),
    "stop_took": Mark(_stop_took, "s"),
    "memory_kills": Mark(_kills, "count"),
    "memory_gib": Mark(_memory_gib, "gib"),
    "places_unchanged": Mark(_as_it_is, "count"),
    "ways_left": Mark(lambda shown: _left(shown.needs, shown.workload, shown.era), "count"),
    "month_usd": Mark(_month_usd, "usd"),
    "pieces_answered": Mark(lambda shown: answered(shown.chain, shown.chain.parts), "share"),
    "zones_survived": Mark(_zones_survived, "count"),
    "members": Mark(lambda asked: float(len(asked.places)), "count"),
    "node_pods": Mark(lambda shown: float(pack(shown.node).pods), "tasks"),
    "year_nights": Mark(lambda shown: float(years(shown.ask)[shown.stop].nights.mean()), "count"),
    "rush_usd": Mark(_rush_usd, "usd_h"),
    "stop_usd": Mark(_stop_usd, "usd"),
    "may_start": Mark(lambda ask: float(_moves(ask).may_start), "tasks"),
    "must_stay": Mark(lambda ask: float(_moves(ask).least), "tasks"),
    "storage_kept": Mark(_storage_kept, "share"),
    "versions_usd": Mark(_versions_usd, "usd"),
    "upgrades": Mark(_upgrades, "count"),
    "even_share": Mark(_even, "share"),
    "lambda_even_share": Mark(_lambda_even, "share"),
}


def seeded(record: BaseModel, step: int) -> BaseModel | None:
    """Give a record with another chance; None where nothing in it is left to chance."""
    if "seed" not in type(record).model_fields:
        return None
    return record.model_copy(update={"seed": getattr(record, "seed") + step})  # noqa: B009 - the record knows it, mypy does not
