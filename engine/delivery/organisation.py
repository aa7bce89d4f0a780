"""What the reader chooses of an organisation: its teams, its changes, its machines, and how changes reach users.

Time is working time: a day has `hours_a_day` hours, nights and weekends do not exist, and nobody waits through them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ValidationError

from engine import reading
from engine.errors import BudgetError, Problem, ScenarioError
from engine.fields import Record, setting

Architecture = Literal["train", "pipelines"]
Leaves = Literal["full", "timetable"]
Varies = Literal["exponential", "evenly"]

MOST_CHANGES = 25_000  # in one quarter: a replication keeps them all
MOST_STEPS = 2_000_000  # events of one replication, from an estimate that is never too low by much: half a second
MOST_SERVICES = 40
_STEPS_A_PART = 3  # reviewed, built, and its share of a release
_MOST_MIN = 14_400  # a month of working time


class Organisation(Record):
    """Some teams that change some software for a quarter, as one train or as many pipelines."""

    seed: int = setting(1, "The quarter's own chance: same seed, same commits.", ge=0, le=2**32 - 1)
    days: int = setting(65, "Working days to simulate; a quarter has 65.", unit="days", ge=1, le=2_600)
    hours_a_day: float = setting(8, "Working hours of a day.", unit="h", assumed=True, ge=1, le=24)
    architecture: Architecture = setting(
        "pipelines",
        "train: one monolith, one pipeline, many changes to a release; pipelines: every service releases by itself.",
    )
    teams: int = setting(8, "Teams that write changes.", unit="teams", ge=1, le=MOST_SERVICES)
    commits_per_day: float = setting(
        4, "Changes that a team writes in a day, at random moments.", unit="1/day", assumed=True, gt=0, le=100
    )
    services: int = setting(
        0, "Services, each with a pipeline of its own; 0: one a team.", unit="services", ge=0, le=MOST_SERVICES
    )
    coupling: float = setting(
        0.1,
        "Chance that a change needs a change of another service too, and that one of yet another, and so on.",
        unit="share", assumed=True, ge=0, le=1,
    )  # fmt: skip
    batch: int = setting(10, "Changes that the train waits for before it leaves.", unit="changes", assumed=True, ge=1,
                          le=1_000)  # fmt: skip
    leaves: Leaves = setting(
        "full", "When the train leaves: once it is full, or by a timetable with whatever is ready."
    )
    train_every_h: float = setting(
        40, "By a timetable: working hours from one train to the next.", unit="h", assumed=True, ge=0.25, le=2_000
    )
    pipeline_batch: int = setting(
        1, "Changes that a service's pipeline takes at most into one release.", unit="changes", assumed=True, ge=1,
        le=1_000,
    )  # fmt: skip
    fails: float = setting(
        0.1, "Chance that a change is bad.", unit="share", assumed=True, fact="delivery.batch_arithmetic", ge=0, le=0.9
    )
    interface_fails: float = setting(
        0.05,
        "Chance that two services which change together misunderstand each other.",
        unit="share",
        assumed=True,
        ge=0,
        le=0.9,
    )
    caught: float = setting(
        0.6,
        "Share of bad changes that tests find before release. A pipeline's own tests never find a misunderstanding between services.",
        unit="share", assumed=True, ge=0, le=1,
    )  # fmt: skip
    review_min: float = setting(60, "A review, its wait included.", unit="min", assumed=True, ge=0, le=_MOST_MIN)
    build_min: float = setting(
        5, "A build of one service, on one build worker.", unit="min", assumed=True, ge=0.1, le=_MOST_MIN
    )
    test_min: float = setting(
        10, "The tests of one service, on the same worker.", unit="min", assumed=True, ge=0, le=_MOST_MIN
    )
    growth: float = setting(
        0.1, "How much longer a monolith's build and tests take for each service's worth of code beyond the first.",
        unit="share", assumed=True, ge=0, le=2,
    )  # fmt: skip
    build_workers: int = setting(4, "Build workers that all share.", unit="workers", assumed=True, ge=1, le=200)
    release_min: float = setting(10, "A release, whatever is in it.", unit="min", assumed=True, ge=0.1, le=_MOST_MIN)
    monitor_min: float = setting(
        30, "A release is watched so long before the next may go; a bad one is noticed at the end.", unit="min",
        assumed=True, ge=0, le=_MOST_MIN,
    )  # fmt: skip
    search_min: float = setting(
        10, "After a bad release: searching the culprit, for each change in it and each service that it touches.",
        unit="min", assumed=True, fact="delivery.batch_arithmetic", ge=0, le=_MOST_MIN,
    )  # fmt: skip
    recovery_min: float = setting(20, "Rolling a bad release back.", unit="min", assumed=True, ge=0, le=_MOST_MIN)
    search_first: bool = setting(
        True, "The culprit is searched before the release is rolled back; off: users have the old version back first.",
        assumed=True,
    )  # fmt: skip
    rework_min: float = setting(
        120, "An author mends a change that was sent back.", unit="min", assumed=True, ge=1, le=_MOST_MIN
    )
    varies: Varies = setting(
        "exponential", "How minutes vary: exponential (often short, at times very long), or evenly from half to one and a half.",
        assumed=True,
    )  # fmt: skip

    @classmethod
    def read(cls, text: str) -> Organisation:
        """Read YAML or JSON; every problem at once as a `ScenarioError`."""
        return cls.of(reading.parse(text))

    @classmethod
    def of(cls, given: object) -> Organisation:
        """Check plain data; every problem at once as a `ScenarioError`, one too large to play as a `BudgetError`."""
        if not isinstance(given, Mapping):
            raise ScenarioError(
                [Problem("file", type(given).__name__, "a mapping of settings", "an organisation is a mapping")]
            )
        try:
            built = reading.validated(cls, given)
        except ValidationError as error:
            raise ScenarioError(reading.explained(error, cls)) from None
        if found := too_large(built):
            raise BudgetError(found)
        return built

    @classmethod
    def from_token(cls, token: str) -> Organisation:
        """Read what `token` wrote into a link."""
        return cls.of(reading.untoken(token))

    def token(self) -> str:
        """Write the whole organisation as a short, URL-safe word; `from_token` reads it back without loss."""
        return reading.token(self.model_dump(mode="json", exclude_defaults=True))

    def with_(self, **changes: Any) -> Organisation:
        """Change some values and check again.

        >>> Organisation().with_(teams=3).n_services
        3
        """
        return self.of(self.model_dump(mode="json") | changes)

    @property
    def n_services(self) -> int:
        """Count the services: one a team, unless told otherwise."""
        return self.services or self.teams

    @property
    def n_pipelines(self) -> int:
        """Count the pipelines: the train has one."""
        return 1 if self.architecture == "train" else self.n_services

    @property
    def day_min(self) -> float:
        """Give the length of a working day in minutes."""
        return self.hours_a_day * 60

    @property
    def end_min(self) -> float:
        """Give the length of the quarter in minutes of working time."""
        return self.days * self.day_min

    @property
    def changes_expected(self) -> float:
        """Say how many changes are written in the quarter, on average."""
        return self.teams * self.commits_per_day * self.days

    @property
    def services_a_change(self) -> float:
        """Say how many services a change touches on average: 1 + c + c^2 + ..., as many terms as there are services.

        >>> round(Organisation(coupling=0.5, teams=8).services_a_change, 3), Organisation(coupling=1).services_a_change
        (1.992, 8.0)
        """
        return float(sum(self.coupling**n for n in range(self.n_services)))


def too_large(organisation: Organisation) -> list[Problem]:
    """Say which settings make a quarter too long to play, with the figure."""
    changes = organisation.changes_expected
    if changes > MOST_CHANGES:
        came, allowed = f"{changes:,.0f} changes", f"up to {MOST_CHANGES:,}"
        message = "teams x commits_per_day x days is more than one quarter can hold"
        return [Problem("commits_per_day", came, allowed, message)]
    steps = steps_expected(organisation)
    if steps > MOST_STEPS:
        came, allowed = f"about {steps:,.0f} steps", f"up to {MOST_STEPS:,}"
        message = "changes are built in too many services, too many times: lower days, coupling or fails"
        return [Problem("days", came, allowed, message)]
    return []


def steps_expected(organisation: Organisation) -> float:
    """Estimate the events of a quarter, if every change were built as often as it takes."""
    it = organisation
    parts = it.services_a_change if it.architecture == "pipelines" else 1
    good = (1 - it.fails) * (1 - it.interface_fails) ** (it.services_a_change - 1)
    attempts = min(1 / good, 1 + it.end_min / it.rework_min)
    return float(it.changes_expected * attempts * parts * _STEPS_A_PART)
