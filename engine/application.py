"""The application inside the services: modules that call each other, and what users ask of them.

Modules are what the programmers wrote; services are what runs. The same modules may all run in one service (a
monolith), or each in its own: what a user asks for, and the work it takes, stays the same.
"""

from __future__ import annotations

from typing import Literal

from engine.fields import Record, setting

NAME = r"^[a-z][a-z0-9-]{0,31}$"
STAGES = 10
WorkKind = Literal["exponential", "constant", "lognormal", "hyperexponential"]


class Breaker(Record):
    """A circuit breaker on a call: each calling task counts for itself, and stops asking whom it found failing."""

    window: int = setting(20, "It looks at so many of the last calls, and says nothing before it saw them.", unit="calls",
                           assumed=True, ge=1, le=100)  # fmt: skip
    failure_share: float = setting(0.5, "It opens once such a share of them failed.", unit="share", assumed=True, gt=0,
                                    le=1)  # fmt: skip
    open_s: float = setting(10, "Open, it lets nothing through for so long.", unit="s", assumed=True, gt=0, le=3_600)
    trials: int = setting(
        3, "Then so many calls are tried: all of them well closes it, one that fails opens it again.", unit="calls",
        assumed=True, ge=1, le=100,
    )  # fmt: skip


class Call(Record):
    """One call that a module makes when it works on a request."""

    to: str = setting(..., "The module that is called.", pattern=NAME)
    stage: int = setting(
        0, "Calls of one stage go out at once; the next stage begins when they are done.", ge=0, le=STAGES - 1
    )
    share: float = setting(1, "Chance that a request makes this call.", unit="share", ge=0, le=1)
    actions: tuple[str, ...] = setting((), "Made for these user actions alone; none named = for all.", max_length=20)
    needed: bool = setting(True, "Without its answer the caller fails too; off: it goes on with less (a fallback).")
    timeout_s: float = setting(1, "The caller waits so long for an answer.", unit="s", assumed=True, gt=0, le=3_600)
    retries: int = setting(0, "How often a failed call is tried again.", unit="times", assumed=True, ge=0, le=10)
    backoff_s: float = setting(
        0.1, "Pause before the first retry; it doubles with each.", unit="s", assumed=True, ge=0, le=3_600
    )
    jitter: bool = setting(False, "Each pause is drawn between none and its whole length.", assumed=True)
    breaker: Breaker | None = setting(None, "A circuit breaker; none = every call is tried.")
    bulkhead: int | None = setting(
        None, "Most calls of this kind in flight at once from one task; the next fails at once. None = no limit.",
        unit="calls", ge=1, le=10_000,
    )  # fmt: skip


class Module(Record):
    """A part of the application: some work of its own, then the calls it makes."""

    name: str = setting(..., "What the module is called.", pattern=NAME)
    service: str = setting(..., "The service whose tasks run it.", pattern=NAME)
    work_ms: float = setting(10, "Its own work for one request, on average, before its calls.", unit="ms", assumed=True,
                              gt=0, le=600_000)  # fmt: skip
    work: WorkKind = setting("exponential", "How its own work varies from request to request.", assumed=True)
    work_cv: float = setting(1, "Spread of lognormal and two-kind work: standard deviation over mean.", ge=0, le=10)
    calls: tuple[Call, ...] = setting((), "Whom it asks, stage by stage.", max_length=20)


class Action(Record):
    """Something that users do, and where it enters the application."""

    name: str = setting(..., "What users do.", pattern=NAME)
    share: float = setting(1, "Its weight among the requests that users send.", ge=0, le=1_000_000)
    entry: str = setting(..., "The module that a request for it reaches first.", pattern=NAME)


class Application(Record):
    """What the services run together. Without modules, each service answers its own requests.

    Users' requests are the scenario's traffic. One draws its action by weight and reaches the entry module through the
    load balancer, with the time-out and the retries of the entry's service. Calls within one service are function calls.
    """

    modules: tuple[Module, ...] = setting((), "The parts that it is made of.", max_length=40)
    actions: tuple[Action, ...] = setting((), "What users do.", max_length=20)
    hop_ms: float = setting(
        0.25, "From one task to another in the same zone, one way.", unit="ms", assumed=True, ge=0, le=1_000
    )
    zone_hop_ms: float = setting(
        0.75, "From one task to another in another zone, one way.", unit="ms", assumed=True, ge=0, le=1_000
    )
    request_kib: float = setting(
        8, "What a call and its answer carry together.", unit="KiB", assumed=True, ge=0, le=1_000_000
    )

    def index(self, module: str) -> int:
        """Give a module's number, counted from 0. Errors: KeyError if there is none of this name."""
        for number, one in enumerate(self.modules):
            if one.name == module:
                return number
        raise KeyError(module)
