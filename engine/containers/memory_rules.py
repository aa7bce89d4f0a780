"""Where the memory limit is, and who brings a killed copy back, in five places."""

from __future__ import annotations

from typing import Literal, get_args

from engine import catalog
from engine.era import Era, day, existed
from engine.fargate.on_sale import smallest
from engine.fields import Record, setting
from engine.rng import uniform
from engine.scenario import Assumptions, Service

Place = Literal["ecs-limit", "ecs-reservation", "fargate-size", "k8s-limit", "lambda-size"]
PLACES: tuple[Place, ...] = get_args(Place)
LARGEST_MIB = 122_880


class MemoryAsk(Record):
    """A service's copies, what they use, what is sent to them, and the limit that each has."""

    era: Era = setting("today", "What can be chosen: today's, or what there was at the talk.", fact="talk.date")
    place: Place = setting("ecs-limit", "Where the copies run, and what stands for their limit there.",
                           fact="ecs.memory.hard_limit")  # fmt: skip
    limit_mib: int = setting(
        1024,
        "What each copy may use; where memory is only reserved, what each reserves.",
        unit="MiB",
        ge=128,
        le=LARGEST_MIB,
    )
    host_mib: int = setting(
        4096, "Memory of the one host that all copies share; it counts where memory is only reserved.", unit="MiB", ge=256,
        le=4 * LARGEST_MIB, fact="ecs.memory.reservation",
    )  # fmt: skip
    base_mib: int = setting(400, "What a copy uses when nothing happens.", unit="MiB", assumed=True,
                            fact="memory.cost_model", ge=0, le=65_536)  # fmt: skip
    per_request_mib: float = setting(16, "What each request takes while it is worked on.", unit="MiB", assumed=True,
                                     fact="memory.cost_model", ge=0, le=4_096)  # fmt: skip
    sidecar_mib: int = setting(
        0, "What the task's other containers use: on Fargate it counts against the same limit.", unit="MiB", assumed=True,
        fact="fargate.memory.task_limit", ge=0, le=16_384,
    )  # fmt: skip
    rps: float = setting(48, "Requests a second, to all copies together.", unit="req/s", ge=0.1, le=200)
    request_s: float = setting(
        2, "How long a request is worked on, on average.", unit="s", assumed=True, ge=0.05, le=30
    )
    tasks: int = setting(4, "Copies that share the load.", unit="copies", ge=1, le=10)
    leak_kib: float = setting(0, "What each request leaves behind for good.", unit="KiB", assumed=True, ge=0, le=65_536)
    restarts: bool = setting(
        False, "ECS starts the container again in its task, if it ran long enough; else the task is replaced.",
        fact="ecs.restart_policy",
    )  # fmt: skip
    cpu_units: int = setting(512, "CPU of a copy, for the price on Fargate.", unit="CPU units", fact="fargate.combos", ge=256,
                             le=16_384)  # fmt: skip
    one_in: int = setting(
        1_000_000, "A copy may be over its limit in one moment out of so many.", ge=10, le=1_000_000_000
    )
    duration_s: float = setting(600, "How long it goes on.", unit="s", ge=10, le=1_200)
    seed: int = setting(1, "The simulation's own chance.", ge=0, le=9_999)


def is_function(ask: MemoryAsk) -> bool:
    """Say whether each request has a box of its own. Source: fact `lambda.one_request_per_env`."""
    return ask.place == "lambda-size"


def is_shared(ask: MemoryAsk) -> bool:
    """Say whether nothing but the host's memory bounds a copy. Source: fact `ecs.memory.reservation`."""
    return ask.place == "ecs-reservation"


def limit_mib(ask: MemoryAsk) -> float:
    """Give what the kernel holds against what is used: the copy's limit, the Fargate task's size, or the host's memory.

    Source: facts `ecs.memory.hard_limit`, `fargate.memory.task_limit`, `k8s.memory.limit`, `lambda.memory.exceeded`.

    >>> limit_mib(MemoryAsk(limit_mib=700)), limit_mib(MemoryAsk(limit_mib=700, place="fargate-size"))
    (700.0, 1024.0)
    """
    if is_shared(ask):
        return float(ask.host_mib)
    if ask.place == "fargate-size":
        size = smallest(ask.cpu_units, ask.limit_mib, ask.era)
        return float(size.memory_mib if size else ask.limit_mib)
    return float(ask.limit_mib)


def own_mib(ask: MemoryAsk) -> float:
    """Give what counts against the limit when a copy does nothing: its side-cars too, where the limit is not a container's.

    >>> [own_mib(MemoryAsk(sidecar_mib=100, place=place)) for place in PLACES]
    [400.0, 500.0, 500.0, 400.0, 400.0]
    """
    counts = ask.place in {"ecs-reservation", "fargate-size"}
    return float(ask.base_mib + (ask.sidecar_mib if counts else 0))


def may_restart(era: Era) -> bool:
    """Say whether ECS knew container restart policies. Source: fact `ecs.restart_policy`."""
    return existed(str(catalog.value("ecs.restart_policy", "since")), day(era))


def paused(pause_s: float, since_s: float) -> tuple[float, float]:
    """Give Kubernetes' pause before a container starts again, and the one after it. since_s: since it last crashed.

    Source: fact `k8s.crash_backoff`.

    >>> paused(0.0, float("inf")), paused(10.0, 30.0), paused(300.0, 310.0), paused(300.0, 700.0)
    ((0.0, 10.0), (10.0, 20.0), (300.0, 300.0), (0.0, 10.0))
    """
    if since_s > catalog.seconds("k8s.crash_backoff", "reset_s"):
        pause_s = 0.0
    longest_s = catalog.seconds("k8s.crash_backoff", "longest_s")
    return pause_s, min(2 * pause_s, longest_s) or catalog.seconds("k8s.crash_backoff", "first_s")


def parts_s(ask: MemoryAsk, ran_s: float) -> dict[str, tuple[float, float]]:
    """List what a killed copy's way back is made of: each part's shortest and longest. ran_s: how long it ran.

    ECS replaces the task: the scheduler looks, a container starts, the application starts, the balancer checks; on Fargate a
    machine and the image come first. Kubernetes starts the container in its place, after a pause (`paused`), and probes it.
    Source: facts `timing.fargate.assumption`, `elb.alb.hc_interval`, `elb.alb.first_check`, `k8s.kubelet`, `ecs.restart_policy`.

    >>> list(parts_s(MemoryAsk(), 60)), list(parts_s(MemoryAsk(restarts=True), 400))
    (['start', 'scheduler', 'check'], ['start'])
    """
    assume = Assumptions()
    alone_s = assume.container_s + Service().start_s
    found = {"start": (alone_s, alone_s)}
    if ask.place == "k8s-limit":
        return found | {"probe": (0.0, catalog.seconds("k8s.kubelet", "probe_every_s"))}
    if ask.restarts and may_restart(ask.era) and ran_s >= catalog.seconds("ecs.restart_policy", "period_s"):
        return found
    if ask.place == "fargate-size":
        found |= {what: _span("timing.fargate.assumption", f"{what}_s") for what in ("provision", "pull")}
    found["scheduler"] = (assume.scheduler_s, assume.scheduler_s)
    return found | {"check": (0.0, catalog.seconds("elb.alb.hc_interval"))}


def back_s(ask: MemoryAsk, task: int, nth: int, ran_s: float, pause_s: float = 0.0) -> float:
    """Draw how long a killed copy is away, until it has requests again. nth: which of its kills.

    Each draw belongs to its copy and kill alone, so that two settings meet the same chance.
    """
    drawn = (uniform(ask.seed, *span, "memory", what, task, nth) for what, span in parts_s(ask, ran_s).items())
    return pause_s + sum(drawn)


def away_s(ask: MemoryAsk) -> tuple[float, float]:
    """Give the shortest and the longest that a killed copy is away, Kubernetes' pauses left out.

    >>> away_s(MemoryAsk()), away_s(MemoryAsk(place="fargate-size")), away_s(MemoryAsk(place="lambda-size"))
    ((14.0, 44.0), (39.0, 84.0), (0.0, 0.0))
    """
    if is_function(ask):
        return 0.0, 0.0
    low, high = (sum(span[end] for span in parts_s(ask, 0.0).values()) for end in (0, 1))
    return low, high


def _span(fact: str, key: str) -> tuple[float, float]:
    low, high = (catalog.number(fact, key, end) for end in (0, 1))
    return low, high
