"""What can be done at a moment: in a scenario file, or from the map at the playhead.

To act during a run is to append an operation and run again from zero. An operation that finds
nothing to act on (a host that Fargate does not have) is ignored, and the log says so.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from engine import catalog
from engine.deployment import DeploymentSettings
from engine.fields import Record
from engine.placement import constraints, strategies

LONGEST_S = 2_592_000  # thirty days: a Managed Instances host lives 14 to 21 of them

Zone = Annotated[str, Field(pattern=r"^[a-f]$", description="Zone, by its letter.", examples=["b"])]


def _wait_days() -> Any:
    """Take Fargate's own waiting time: 0, 7 or 14 days."""
    return round(catalog.number("fargate.retirement.wait_default"))


class _Operation(Record):
    at_s: float = Field(
        ge=0, le=LONGEST_S, description="When, in simulated time.", json_schema_extra={"unit": "s"}, allow_inf_nan=False
    )


class FailZone(_Operation):
    """Cut a zone off: hosts, tasks and the load balancer's front there stop answering."""

    do: Literal["fail-zone"]
    zone: Zone


class ImpairZone(_Operation):
    """Make a zone slow or lossy without losing it: the grey failure."""

    do: Literal["impair-zone"]
    zone: Zone
    latency_ms: float = Field(
        default=0,
        ge=0,
        le=60_000,
        allow_inf_nan=False,
        description="Added to every answer that passes through the zone.",
        json_schema_extra={"unit": "ms"},
    )
    loss: float = Field(
        default=0,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Share of attempts through the zone that are never answered.",
        json_schema_extra={"unit": "share"},
    )


class RestoreZone(_Operation):
    """Bring a failed or impaired zone back."""

    do: Literal["restore-zone"]
    zone: Zone


class ZonalShift(_Operation):
    """Move traffic away from a zone by hand, for a while."""

    do: Literal["zonal-shift"]
    zone: Zone
    for_s: float = Field(
        default=3_600,
        gt=0,
        le=259_200,
        allow_inf_nan=False,
        description="How long; 72 hours at most.",
        json_schema_extra={"unit": "s", "fact": "arc.zonal_shift_max"},
    )


class FailHost(_Operation):
    """Kill one host without a word."""

    do: Literal["fail-host"]
    host: str = Field(pattern=r"^[a-f][0-9]{1,4}$", description="Host, as the map names it.", examples=["a1"])


class DrainHost(_Operation):
    """Let a host take no more tasks and move those it has, within the service's healthy percentages."""

    do: Literal["drain-host"]
    host: str = Field(pattern=r"^[a-f][0-9]{1,4}$", description="Host, as the map names it.", examples=["a1"])


class InterruptSpot(_Operation):
    """Take Spot hosts back: a notice now, the end two minutes later."""

    do: Literal["interrupt-spot"]
    provider: str | None = Field(default=None, description="Capacity provider; none = every one on Spot.")
    host: str | None = Field(
        default=None, pattern=r"^[a-f][0-9]{1,4}$", description="One host, as the map names it.", examples=["a1"]
    )
    hosts: int | None = Field(
        default=None, ge=1, le=1_000, description="How many, drawn by lot; none = one, or the share.",
        json_schema_extra={"unit": "hosts"},
    )  # fmt: skip
    share: float | None = Field(
        default=None, gt=0, le=1, allow_inf_nan=False, description="Or which share of them, rounded up.",
        json_schema_extra={"unit": "share"},
    )  # fmt: skip


class StopTask(_Operation):
    """Stop one task, as a person would from the console."""

    do: Literal["stop-task"]
    task: int = Field(ge=1, le=1_000_000, description="Task, by its number on the map.")


class RunTasks(_Operation):
    """Start stand-alone tasks from a service's task definition, as RunTask does: no service keeps or replaces them.

    Without room for one it is refused on the spot. Source: facts `ecs.placement.runtask_default`, `ecs.draining.pending_stop`.
    """

    do: Literal["run-tasks"]
    service: str | None = Field(default=None, description="Service whose definition is used; none = the first.")
    count: int = Field(default=1, ge=1, le=1_000, description="Tasks to start.", json_schema_extra={"unit": "tasks"})
    placement: tuple[str, ...] = Field(
        default=strategies.STANDALONE,
        min_length=1,
        max_length=5,
        description="Placement strategies, in order.",
        json_schema_extra={"fact": "ecs.placement.runtask_default"},
    )
    constraints: tuple[str, ...] = Field(default=(), max_length=10, description="Placement constraints.")
    for_s: float | None = Field(
        default=None,
        gt=0,
        le=604_800,
        allow_inf_nan=False,
        description="They end by themselves after this; none = they run on.",
        json_schema_extra={"unit": "s"},
    )

    @field_validator("placement")
    @classmethod
    def _are_strategies(cls, chain: tuple[str, ...]) -> tuple[str, ...]:
        return strategies.checked(chain)

    @field_validator("constraints")
    @classmethod
    def _are_constraints(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        return constraints.checked(texts)


class SetDesired(_Operation):
    """Set a service's desired count."""

    do: Literal["set-desired"]
    service: str | None = Field(default=None, description="Service; none = the first.")
    desired: int = Field(ge=0, le=5_000, description="Tasks wanted.", json_schema_extra={"unit": "tasks"})


class Deploy(_Operation):
    """Bring a new version of a service out: a deployment rolls it out pod by pod, ECS task by task."""

    do: Literal["deploy"]
    service: str | None = Field(default=None, description="Service; none = the first.")
    image_mib: float | None = Field(
        default=None,
        ge=0,
        le=20_000,
        allow_inf_nan=False,
        description="Size of its image; none = as before.",
        json_schema_extra={"unit": "MiB"},
    )
    start_s: float | None = Field(
        default=None,
        ge=0,
        le=1_800,
        allow_inf_nan=False,
        description="From the container's start until it answers; none = as before.",
        json_schema_extra={"unit": "s"},
    )
    fails: bool = Field(default=False, description="Its containers start and never answer.")
    errors: float = Field(
        default=0,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Share of its requests that it works on and answers with an error; its health checks pass.",
        json_schema_extra={"unit": "share"},
    )
    leak_mib: float = Field(
        default=0,
        ge=0,
        le=1_000,
        allow_inf_nan=False,
        description="Memory that it never gives back, for each request that it works on.",
        json_schema_extra={"unit": "MiB"},
    )
    module: str | None = Field(
        default=None, pattern=r"^[a-z][a-z0-9-]{0,31}$", examples=["cart"],
        description="Module of the application whose errors and leak these are; none = the whole service's.",
    )  # fmt: skip
    undo: bool = Field(default=False, description="Go back to the version before, whatever else is said here.")
    deployment: DeploymentSettings | None = Field(
        default=None, description="How this one is rolled out; none = as the service says."
    )


class ChangeTraffic(_Operation):
    """Multiply the traffic from here on."""

    do: Literal["change-traffic"]
    service: str | None = Field(default=None, description="Service; none = all of them.")
    factor: float = Field(
        ge=0, le=1_000, allow_inf_nan=False, description="Times the traffic planned.", json_schema_extra={"unit": "x"}
    )


class CutAgent(_Operation):
    """Cut a host's agent off from ECS; its containers go on serving."""

    do: Literal["cut-agent"]
    host: str = Field(pattern=r"^[a-f][0-9]{1,4}$", description="Host, as the map names it.", examples=["a1"])


class RestoreAgent(_Operation):
    """Mend the link of a host's agent; it is back at its next try."""

    do: Literal["restore-agent"]
    host: str = Field(pattern=r"^[a-f][0-9]{1,4}$", description="Host, as the map names it.", examples=["a1"])


class Patch(_Operation):
    """A release lands: an AMI, an agent, a platform revision. Who rolls it out, and how, the launch type decides.

    hosts_at_once, percent_at_once, launch_first, pause_s, force: for hosts that you own. wait_days: for Fargate.
    """

    do: Literal["patch"]
    what: Literal["os", "agent"] = Field(default="os", description="A new AMI replaces hosts, a new agent restarts.")
    hosts_at_once: int = Field(
        default=1, ge=1, le=1_000, description="Hosts of one batch.", json_schema_extra={"unit": "hosts"}
    )
    percent_at_once: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Hosts of one batch as a share of those to patch, rounded up; none = hosts_at_once.",
        json_schema_extra={"unit": "%"},
    )
    launch_first: bool = Field(default=True, description="Launch a batch's new hosts before its old ones drain.")
    pause_s: float = Field(
        default=0,
        ge=0,
        le=86_400,
        allow_inf_nan=False,
        description="Pause between two batches.",
        json_schema_extra={"unit": "s"},
    )
    force: bool = Field(
        default=False, description="End a host whose drain is stuck, with the tasks that are left on it."
    )
    wait_days: Literal[0, 7, 14] = Field(
        default=_wait_days(),
        description="Days from Fargate's notice until it retires tasks.",
        json_schema_extra={"unit": "days", "fact": "fargate.retirement.wait_default"},
    )


class UpdateNodes(_Operation):
    """Bring a new image to the nodes of a Kubernetes cluster. How is `kubernetes.update`; who does it, the launch type decides."""

    do: Literal["update-nodes"]
    by_force: bool = Field(
        default=False,
        description="Delete pods that a disruption budget keeps on a node: at its limit, or at once where you drain yourself.",
        json_schema_extra={"fact": "eks.mng.drain_timeout"},
    )


class InterruptSpotTasks(_Operation):
    """AWS takes Spot capacity back: a share of the Fargate Spot tasks is warned, and for a while none can start."""

    do: Literal["interrupt-spot-tasks"]
    share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Share of the running tasks that is interrupted, rounded up.",
        json_schema_extra={"unit": "share"},
    )
    for_s: float = Field(
        default=0,
        ge=0,
        le=604_800,
        allow_inf_nan=False,
        description="How long there is no capacity for new ones.",
        json_schema_extra={"unit": "s"},
    )


class FailControlPlane(_Operation):
    """Take the whole control plane away: every API server and every etcd member, for a while or for good."""

    do: Literal["fail-control-plane"]
    for_s: float | None = Field(
        default=None, gt=0, le=LONGEST_S, allow_inf_nan=False, description="How long; none = until the run's end.",
        json_schema_extra={"unit": "s"},
    )  # fmt: skip


class KillMember(_Operation):
    """Kill one member of the control plane's store (etcd), whoever runs it."""

    do: Literal["kill-member"]
    member: int = Field(ge=1, le=7, description="Member of etcd, by its number.")


class RestartMember(_Operation):
    """Start a killed member of etcd again, from its disk."""

    do: Literal["restart-member"]
    member: int = Field(ge=1, le=7, description="Member of etcd, by its number.")


class BreakModule(_Operation):
    """Harm one module of the application: it turns slow, or answers with errors, wherever it runs."""

    do: Literal["break-module"]
    module: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="Module of the application.", examples=["cart"])
    slow_x: float = Field(
        default=1, ge=0.01, le=10_000, allow_inf_nan=False, description="Its own work takes so many times longer.",
        json_schema_extra={"unit": "x"},
    )  # fmt: skip
    errors: float = Field(
        default=0, ge=0, le=1, allow_inf_nan=False, description="Share of its requests that it answers with an error.",
        json_schema_extra={"unit": "share"},
    )  # fmt: skip
    for_s: float | None = Field(
        default=None, gt=0, le=LONGEST_S, allow_inf_nan=False, description="How long; none = until the run's end.",
        json_schema_extra={"unit": "s"},
    )  # fmt: skip


class LeakModule(_Operation):
    """Let one module keep some memory of each request: its process grows until the kernel ends it, with all it was doing."""

    do: Literal["leak-module"]
    module: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="Module of the application.", examples=["cart"])
    leak_mib: float = Field(
        default=8, gt=0, le=1_000, allow_inf_nan=False,
        description="Memory that it never gives back, for each request that the module works on.",
        json_schema_extra={"unit": "MiB"},
    )  # fmt: skip
    for_s: float | None = Field(
        default=None, gt=0, le=LONGEST_S, allow_inf_nan=False, description="How long; none = until the run's end.",
        json_schema_extra={"unit": "s"},
    )  # fmt: skip


class CrashModule(_Operation):
    """Let one module crash its process again and again, so long after each start, with everything that runs in it."""

    do: Literal["crash-module"]
    module: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="Module of the application.", examples=["cart"])
    lives_s: float = Field(
        default=10, ge=1, le=86_400, allow_inf_nan=False,
        description="How long a process lives before it crashes, on average.", json_schema_extra={"unit": "s"},
    )  # fmt: skip
    for_s: float | None = Field(
        default=None, gt=0, le=LONGEST_S, allow_inf_nan=False, description="How long; none = until the run's end.",
        json_schema_extra={"unit": "s"},
    )  # fmt: skip


Operation = Annotated[
    FailZone
    | ImpairZone
    | RestoreZone
    | ZonalShift
    | FailHost
    | DrainHost
    | InterruptSpot
    | CutAgent
    | RestoreAgent
    | Patch
    | UpdateNodes
    | InterruptSpotTasks
    | StopTask
    | RunTasks
    | FailControlPlane
    | KillMember
    | RestartMember
    | SetDesired
    | Deploy
    | ChangeTraffic
    | BreakModule
    | LeakModule
    | CrashModule,
    Field(discriminator="do"),
]
