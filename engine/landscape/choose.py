"""The decision helper: what you need, who cannot, who had better not, and why. A no never goes away because more is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from engine import catalog
from engine.catalog import Fact
from engine.era import Era, day, existed
from engine.fields import Record, setting
from engine.landscape.bill import Bill, bill
from engine.landscape.ways import TABLE, WAYS, Way, cited_in, group, no_between, ways
from engine.landscape.workload import Workload
from engine.responsibility import YearAsk, years

Need = Literal[
    "gpu", "daemon", "privileged", "ssh", "own_ami", "disk", "windows", "long", "steady", "kubernetes_api", "on_prem", "spiky", "small_team",
]  # fmt: skip
NEEDS: tuple[Need, ...] = get_args(Need)
MONTHS = 12
COSTS_MORE = 2.0  # from this many times the cheapest on, money itself is a reason to think twice
MOST_HOSTS = 300


class Needs(Record):
    """What the workload needs, yes or no."""

    gpu: bool = setting(False, "A GPU for each copy, or for some.")
    daemon: bool = setting(False, "An agent of your own beside all tasks of a host: logs, security, metrics.")
    privileged: bool = setting(False, "Containers with all rights on their host.")
    ssh: bool = setting(False, "A shell on the host itself, not only in a container.")
    own_ami: bool = setting(False, "A host image of your own, as some auditors ask.")
    disk: bool = setting(False, "A block volume that a copy mounts.")
    windows: bool = setting(False, "Windows containers.")
    long: bool = setting(False, "One piece of work takes longer than 15 minutes.")
    steady: bool = setting(False, "A copy may not be stopped at two minutes' notice.")
    kubernetes_api: bool = setting(False, "Manifests, Helm charts or operators that talk to the Kubernetes API.")
    on_prem: bool = setting(False, "It has to run in a building of your own.")
    spiky: bool = setting(True, "Traffic jumps within seconds.")
    small_team: bool = setting(True, "Two people look after all of it.")


@dataclass(frozen=True, slots=True)
class Reason:
    """One no, or one doubt. need: what was asked, "" where nobody had to ask; since: the day it came, where that is the reason."""

    why: str
    need: Need | Literal[""]
    facts: tuple[Fact, ...]
    since: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of one way: hard reasons why it cannot, soft ones why it had better not; a month's money, and the team's hours in it.

    hours_at_most: the hours are those of running everything oneself, for nobody counted these.
    """

    way: Way
    hard: tuple[Reason, ...]
    soft: tuple[Reason, ...]
    bill: Bill
    hours: float
    hours_at_most: bool
    people_usd: float

    @property
    def is_offered(self) -> bool:
        """Say whether nothing refuses it."""
        return not self.hard

    @property
    def usd(self) -> float:
        """A month's bill and people together."""
        return self.bill.usd + self.people_usd


def refusals(way: Way, needs: Needs, era: Era) -> tuple[Reason, ...]:
    """Give every reason why the platform refuses.

    >>> [reason.why for reason in refusals(ways()["ecs-fargate"], Needs(gpu=True), "today")]
    ['gpu']
    """
    found = [_reason(row, need) for need in _asked(needs) for row in _rows(need, way, era) if not row.get("soft")]
    late = no_between(way.management, way.hosting, era)
    return (*([Reason(late.why, "", late.facts, late.since)] if late else []), *found)


def doubts(way: Way, needs: Needs, era: Era) -> tuple[Reason, ...]:
    """Give every reason to think twice that needs no arithmetic."""
    rows = [(need, row) for need in _asked(needs) for row in _rows(need, way, era) if row.get("soft")]
    always = [row for row in catalog.table(TABLE)["always"] if way.name in group(row["ways"])]
    return (*(_reason(row, need) for need, row in rows), *(_reason(row, "") for row in always))


def answers(needs: Needs, workload: Workload, era: Era) -> tuple[Answer, ...]:
    """Answer for every way, in the map's order."""
    bills = {name: bill(ways()[name], priced_for(needs, workload), era) for name in WAYS}
    hosts = max([1, *(one.hosts for one in bills.values())])
    year = YearAsk(hosts=min(hosts, MOST_HOSTS))
    found = years(year)
    least = min((one.usd for name, one in bills.items() if not refusals(ways()[name], needs, era)), default=0.0)
    made = []
    for name, way in ways().items():
        own = bills[name]
        hard = refusals(way, needs, era)
        if own.misfit:
            hard = (*hard, Reason(f"misfit_{own.misfit}", "", _misfit_facts(own.misfit)))
        soft = doubts(way, needs, era)
        if own.usd > COSTS_MORE * least and not own.misfit:
            soft = (*soft, Reason("costs_more", "", ()))
        hours = float(found[way.machines or way.model].hours.mean()) / MONTHS
        people = float(found[way.machines or way.model].people_usd.mean()) / MONTHS
        made.append(Answer(way, hard, soft, own, hours, way.machines is not None, people))
    return tuple(made)


def choose(needs: Needs, workload: Workload, era: Era) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
    """Part the ways: offered, the cheapest first, people counted in; and refused, the fewest reasons first."""
    found = answers(needs, workload, era)
    offered = sorted((one for one in found if one.is_offered), key=lambda one: one.usd)
    refused = sorted((one for one in found if not one.is_offered), key=lambda one: len(one.hard))
    return tuple(offered), tuple(refused)


def priced_for(needs: Needs, workload: Workload) -> Workload:
    """Put the workload on hosts that have what it needs: with a GPU, where one is asked for.

    >>> priced_for(Needs(gpu=True), Workload()).instance_type
    'g4dn.xlarge'
    """
    return workload.model_copy(update={"instance_type": catalog.table(TABLE)["gpu_host"]}) if needs.gpu else workload


def _asked(needs: Needs) -> Iterator[Need]:
    return (need for need in NEEDS if getattr(needs, need))


def _rows(need: Need, way: Way, era: Era) -> Iterator[Mapping[str, Any]]:
    """Give the rows of a need that speak of a way and hold in an era."""
    for row in catalog.table(TABLE)["needs"][need]:
        holds = "until" not in row or not existed(str(row["until"]), day(era))
        if holds and way.name in group(row["ways"]):
            yield row


def _reason(row: Mapping[str, Any], need: Need | Literal[""]) -> Reason:
    return Reason(row["why"], need, cited_in(row))


def _misfit_facts(misfit: str) -> tuple[Fact, ...]:
    found = {"host": "ec2.billing", "size": "fargate.combos", "memory": "lambda.memory", "time": "lambda.timeout"}
    return (catalog.fact(found[misfit]),)
