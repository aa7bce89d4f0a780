"""What the reader may turn about a year of operations: the workload, the team, and what nobody publishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError, field_validator

from engine import reading
from engine.errors import BudgetError, Problem, ScenarioError
from engine.fields import Record, known_instance_type, setting
from engine.responsibility import rules
from engine.responsibility.rules import KINDS, Kind

MAX_EVENTS = 200_000  # in all replications together: what is drawn within a second


def _rate(kind: Kind, meaning: str, *, assumed: bool = True) -> Any:
    """Declare how often a kind of event comes; the default is the table's."""
    return setting(rules.happenings()[kind].rate, meaning, unit="a year", assumed=assumed, ge=0, le=100)


class Rates(Record):
    """How often each kind of event comes in a year."""

    kernel_cve: float = _rate("kernel_cve", "Holes in the hosts' kernel or system that somebody has to patch.")
    runtime_cve: float = _rate("runtime_cve", "Holes in the container runtime or the agent.")
    image_cve: float = _rate("image_cve", "Holes in the packages of an image, for each image.")
    certificate: float = _rate("certificate", "Certificates of the control plane that end.", assumed=False)
    disk_fault: float = _rate("disk_fault", "Disks that fail, for each disk.", assumed=False)
    host_retired: float = _rate(
        "host_retired", "Hosts whose hardware degrades and that have to be left, for each host."
    )
    traffic: float = _rate("traffic", "Times that ten times the traffic comes.")
    zone_loss: float = _rate("zone_loss", "Zones lost.")
    iam_rule: float = _rate("iam_rule", "Permissions that let in too many, or keep out the wrong ones.")
    version_end: float = _rate("version_end", "Versions of what you run on that reach their end.")
    quota: float = _rate("quota", "Quotas reached.")


class YearAsk(Record):
    """A workload and the team that looks after it, for a year."""

    hosts: int = setting(10, "Machines that the containers need, your own or rented.", unit="hosts", ge=1, le=300)
    images: int = setting(8, "Images that run on them.", unit="images", ge=1, le=200)
    team: int = setting(2, "People who look after it.", unit="people", ge=1, le=50)
    ops_h: float = setting(6, "Hours a week that each of them has for it.", unit="h", assumed=True, ge=0.5, le=60)
    usd_per_h: float = setting(60, "An hour of a person.", unit="USD", assumed=True, ge=0, le=1_000)
    night_pay: float = setting(1.5, "What an hour at night costs, in hours of the day.", assumed=True, ge=1, le=5)
    deploy_days: float = setting(7, "Days from one deployment to the next.", unit="days", ge=0.1, le=365)
    shared_share: float = setting(0.5, "What is left to you of a shared duty.", unit="share", assumed=True, ge=0, le=1)
    effort: float = setting(1, "All hours of work, times this.", assumed=True, ge=0.1, le=10)
    disks: int = setting(2, "Disks in a host.", unit="disks", assumed=True, ge=0, le=24)
    instance_type: str = setting("m5.large", "The hosts' instance type.", max_length=30)
    used: float = setting(
        0.65, "How full the hosts are: what the tasks ask for, of what the hosts have.", unit="share", ge=0.05, le=1
    )
    busy: float = setting(
        0.3,
        "Part of the time in which a task has a request to serve; only Lambda bills by it.",
        unit="share",
        ge=0,
        le=1,
    )
    server_usd: float = setting(
        2_500,
        "What a machine of your own costs a year, bought, housed and powered.",
        unit="USD",
        assumed=True,
        ge=0,
        le=100_000,
    )
    fee_percent: float = setting(
        12, "What AWS asks on top of the price of Managed Instances.", unit="percent", assumed=True, ge=0, le=100
    )
    masters: int = setting(
        3, "Masters that you run where the control plane is yours.", unit="hosts", fact="etcd.tolerance", ge=1, le=7
    )
    rates: Rates = setting(Rates(), "How often things happen.")
    seed: int = setting(351, "Another seed is another year.", ge=0, le=1_000_000)
    replications: int = setting(200, "Years to play.", unit="years", ge=10, le=400)

    @field_validator("instance_type")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return known_instance_type(name)

    def rate(self, kind: Kind) -> float:
        """Say how often a kind of event comes to this workload in a year."""
        of = {"all": 1, "host": self.hosts, "disk": self.hosts * self.disks, "image": self.images}
        each: float = getattr(self.rates, kind)
        return each * of[rules.happenings()[kind].per]

    @property
    def events(self) -> float:
        """Say how many events a year brings on average."""
        return sum(self.rate(kind) for kind in KINDS)


def check(ask: YearAsk) -> YearAsk:
    """Refuse what the fields alone cannot tell: more events than can be played at once."""
    if (events := ask.events * ask.replications) > MAX_EVENTS:
        came = f"{events:,.0f} events in {ask.replications} years"
        raise BudgetError(
            [
                Problem(
                    "replications",
                    came,
                    f"up to {MAX_EVENTS:,} in all years together",
                    "that is more than can be played at once",
                )
            ]
        )
    return ask


def read(text: str) -> YearAsk:
    """Read a year's file. Raises ScenarioError with every problem."""
    given = reading.parse(text) or {}
    if not isinstance(given, Mapping):
        raise ScenarioError([Problem("file", type(given).__name__, "a mapping of settings", "a year is a mapping")])
    try:
        ask = YearAsk.model_validate(given)
    except ValidationError as error:
        raise ScenarioError(reading.explained(error, YearAsk)) from None
    return check(ask)
