"""Sums: what the engine knows without a run, each under a name, so that a course may ask for it and hold an answer against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil

from engine import catalog
from engine.architecture import PiecesAsk
from engine.architecture.uptime import answered
from engine.catalog import Basis
from engine.consensus.quorum import table, zone_losses
from engine.consensus.upkeep import away_a_year_s
from engine.containers.asks import ImageAsk, StopAsk
from engine.containers.layers import pull
from engine.containers.memory import simulate
from engine.containers.memory_rules import MemoryAsk
from engine.containers.one_image import OneImage
from engine.containers.places import answers
from engine.containers.stopping import expected_lost, stop
from engine.eks.asks import PodAsk
from engine.eks.packing import pod_cap
from engine.eks.rounding import rounded
from engine.fargate.against_ec2 import break_even
from engine.fargate.asks import BreakEvenAsk, LaunchAsk
from engine.fargate.launching import launches
from engine.flips import flips
from engine.landscape import Needs, Workload, choose
from engine.landscape.bill import bill, per_host
from engine.landscape.ways import WayName, ways
from engine.measures import Unit
from engine.new_normal import claims, clusters
from engine.responsibility import Model, YearAsk, never_moves, years
from engine.serverless.breakeven import Dials, crossing


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the engine's own, and what it is counted in."""

    of: Callable[[], float]
    unit: Unit


def _survives(members: int) -> float:
    return next(float(row.survives) for row in table() if row.members == members)


def _rounding_share() -> float:
    """Say by what share the billed size costs more than what is asked for, for the pod that the page opens with."""
    found = rounded(PodAsk())
    return found.usd / found.asked_usd - 1


def _left_of(what: str, model: Model) -> float:
    """Say what share of an average year's hours or nights on hosts of one's own is left on another model."""
    found = years(YearAsk())
    return float(getattr(found[model], what).mean()) / float(getattr(found["ecs-ec2"], what).mean())


def _pods(instance: str, *, prefixes: bool) -> float:
    return float(pod_cap(catalog.instance_type(instance), prefixes=prefixes))


def _hosts_of(way: WayName) -> int:
    """Count the hosts that the landscape's workload needs on a way."""
    workload = Workload()
    return ceil(workload.tasks / per_host(ways()[way], workload))


def _fails(cluster: str) -> float:
    """Say what share of changes fails in one of DORA's groups of 2024."""
    return float(next(one.fails.low for one in clusters(2024) if one.name == cluster))


def _known(basis: Basis) -> float:
    return float(catalog.by_basis(catalog.facts().values())[basis])


FIGURES: Mapping[str, Figure] = {
    "survives_3": Figure(lambda: _survives(3), "count"),
    "survives_4": Figure(lambda: _survives(4), "count"),
    "survives_5": Figure(lambda: _survives(5), "count"),
    "away_99_9": Figure(lambda: away_a_year_s(99.9), "s"),
    "away_99_95": Figure(lambda: away_a_year_s(99.95), "s"),
    "two_zones_lost": Figure(lambda: float(sum(not loss.writes_on for loss in zone_losses("aab"))), "count"),
    "pods_m5_large": Figure(lambda: _pods("m5.large", prefixes=False), "tasks"),
    "pods_m5_large_prefixes": Figure(lambda: _pods("m5.large", prefixes=True), "tasks"),
    "eks_rounding": Figure(_rounding_share, "share"),
    "fargate_even": Figure(lambda: break_even(BreakEvenAsk()).utilisation, "share"),
    "launch_3500_today": Figure(lambda: launches(LaunchAsk(tasks=3_500), "today").done_s, "s"),
    "launch_3500_talk": Figure(lambda: launches(LaunchAsk(tasks=3_500), "talk").done_s, "s"),
    "lambda_even": Figure(lambda: crossing(Dials(), "lambda_fargate").even, "share"),
    "table_even": Figure(lambda: crossing(Dials(), "table").even, "share"),
    "table_even_talk": Figure(lambda: crossing(Dials(era="talk"), "table").even, "share"),
    "fargate_hours_left": Figure(lambda: _left_of("hours", "ecs-fargate"), "share"),
    "fargate_nights_left": Figure(lambda: _left_of("nights", "ecs-fargate"), "share"),
    "lambda_hours_left": Figure(lambda: _left_of("hours", "lambda"), "share"),
    "layers_never_moved": Figure(lambda: float(len(never_moves())), "count"),
    "landscape_lambda_usd": Figure(lambda: bill(ways()["lambda"], Workload(), "today").usd, "usd"),
    "landscape_ecs_hosts": Figure(lambda: float(_hosts_of("ecs-ec2")), "hosts"),
    "landscape_left_with_ssh": Figure(lambda: float(len(choose(Needs(ssh=True), Workload(), "today")[0])), "count"),
    "containers_fargate_mib": Figure(
        lambda: pull(ImageAsk(order="packages-first", lands="fargate")).fetched_mib, "count"
    ),
    "containers_ecs_stop": Figure(lambda: stop(StopAsk(place="ecs")).ended_s, "s"),
    "containers_deaf_lost": Figure(lambda: expected_lost(StopAsk(on_term="ignores")), "count"),
    "containers_memory_answered": Figure(lambda: simulate(MemoryAsk()).availability, "share"),
    "containers_places_short": Figure(lambda: float(answers(OneImage(longest_s=10)).count("ok")), "count"),
    "dora_high_fails": Figure(lambda: _fails("high"), "share"),
    "dora_medium_fails": Figure(lambda: _fails("medium"), "share"),
    "pieces_10": Figure(lambda: answered(PiecesAsk(available_percent=99.9, retries=0, copies=1), 10), "share"),
    "facts_documented": Figure(lambda: _known("documented") / len(catalog.facts()), "share"),
    "facts_measured": Figure(lambda: _known("measured"), "count"),
    "flipped": Figure(lambda: float(len(flips())), "count"),
    "claims_dated": Figure(lambda: float(sum(bool(claim.asked) for claim in claims())), "count"),
}
