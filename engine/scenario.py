"""What the reader chooses: one frozen record, from which a run follows to the bit.

Ranges, units and help live in the fields: widgets, the JSON Schema and error messages all read
the same place. A default that AWS documents is taken from its fact; one without a source is
marked `assumed`, and the screen says so.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import ValidationInfo, field_validator

from engine import catalog, checks, era_checks, reading
from engine.application import Application
from engine.deployment import DeploymentSettings
from engine.era import Era
from engine.fields import Record, known_families, known_instance_type, setting
from engine.function_settings import FunctionSettings
from engine.kubernetes import Kubernetes, Pods
from engine.kubernetes.scheduling import NodeTaint
from engine.operations import LONGEST_S, Operation
from engine.placement import UDP, constraints, strategies
from engine.placement.lexer import Lexer
from engine.placement.room import ZONES

Algorithm = Literal["round-robin", "random", "least-outstanding-requests"]
NetworkMode = Literal["bridge", "host", "awsvpc"]
LaunchTypeName = Literal[
    "ecs-ec2", "ecs-managed-instances", "ecs-fargate", "ecs-fargate-spot",
    "k8s-self-run", "eks-unmanaged", "eks-managed", "eks-fargate", "eks-auto", "lambda",
]  # fmt: skip
MAX_RATES = 20_160  # a fortnight of minutes


class Traffic(Record):
    """How many requests users send, second by second."""

    shape: Literal["steady", "day", "ramp", "spike", "flash-crowd", "rates"] = setting(
        "steady",
        "The curve: level, a day's wave, a ramp, a block, a sudden crowd that wanders off, or a table of rates.",
    )
    rps: float = setting(1_000, "Requests a second, before any peak.", unit="req/s", ge=0, le=100_000)
    peak_rps: float = setting(2_000, "Requests a second at the peak.", unit="req/s", ge=0, le=100_000)
    at_s: float = setting(120, "When the change begins.", unit="s", ge=0, le=604_800)
    for_s: float = setting(300, "How long the ramp, spike or crowd takes.", unit="s", ge=1, le=604_800)
    period_s: float = setting(86_400, "Length of a day's wave.", unit="s", ge=60, le=604_800)
    rates: tuple[float, ...] = setting((), "Rates of a recorded trace, one for each `rates_every_s`.", unit="req/s")
    rates_every_s: float = setting(60, "Time between two rates.", unit="s", ge=1, le=86_400)
    scale: float = setting(1, "Multiply the rates to suit the service.", unit="x", ge=0, le=10_000)

    @field_validator("rates", mode="before")
    @classmethod
    def _from_csv(cls, given: Any) -> Any:
        """Take a CSV's text too: two columns (minute, requests_per_s) under a header, or one rate a line."""
        return _rates_of_csv(given) if isinstance(given, str) else given

    @field_validator("rates")
    @classmethod
    def _are_rates(cls, rates: tuple[float, ...]) -> tuple[float, ...]:
        if len(rates) > MAX_RATES:
            raise ValueError(f"at most {MAX_RATES} rates, got {len(rates)}")
        for row, rate in enumerate(rates):
            if not 0 <= rate <= 1_000_000:
                raise ValueError(f"rate {row} must be between 0 and 1,000,000 req/s, got {rate}")
        return rates


class ScalingStep(Record):
    """One step of step scaling: how far past the alarm the metric is, and what follows."""

    lower: float | None = setting(None, "From so far past the alarm, in the metric's unit; none = without end.",
                                   ge=-1_000_000, le=1_000_000)  # fmt: skip
    upper: float | None = setting(None, "Up to so far past the alarm; none = without end.", ge=-1_000_000,
                                   le=1_000_000)  # fmt: skip
    change: int = setting(1, "Tasks more or fewer, percent more or fewer, or the new count: see `adjust`.", ge=-5_000,
                           le=5_000)  # fmt: skip


class ScheduledChange(Record):
    """At a time, other bounds: a desired count outside them is moved to the nearer one."""

    at_s: float = setting(0, "When, in simulated time.", unit="s", ge=0, le=604_800)
    min_tasks: int | None = setting(None, "The new least; none = as before.", unit="tasks", ge=0, le=5_000)
    max_tasks: int | None = setting(None, "The new most; none = as before.", unit="tasks", ge=0, le=5_000)
    daily: bool = setting(False, "Again each day at this time.")


class Scaling(Record):
    """Target tracking: keep a metric near a value by changing the desired count. Or steps, or a schedule."""

    policy: Literal["target", "step", "scheduled"] = setting(
        "target", "Keep a metric at its target, take steps past an alarm, or follow the schedule alone."
    )
    metric: Literal["cpu", "memory", "requests"] = setting(
        "cpu", "What is tracked: average CPU or memory, or requests for each target and minute.", fact="ecs.sas.metrics"
    )
    target: float = setting(60, "The value to keep: percent, or requests a target and minute.", gt=0, le=1_000_000)
    min_tasks: int = setting(1, "Never fewer tasks than this.", unit="tasks", ge=0, le=5_000)
    max_tasks: int = setting(100, "Never more tasks than this.", unit="tasks", ge=1, le=5_000)
    period_s: float = setting(
        catalog.seconds("ecs.sas.metric_period"), "How often the metric comes.", unit="s", fact="ecs.sas.metric_period",
        ge=20, le=300, multiple_of=20,
    )  # fmt: skip
    points_out: int = setting(
        round(catalog.seconds("ecs.sas.alarm_out") / 60), "Points over target before scaling out.", unit="points",
        fact="ecs.sas.alarm_out", ge=1, le=60,
    )  # fmt: skip
    points_in: int = setting(
        round(catalog.seconds("ecs.sas.alarm_in") / 60), "Points under target before scaling in.", unit="points",
        fact="ecs.sas.alarm_in", ge=1, le=120,
    )  # fmt: skip
    low_share: float = setting(
        catalog.number("ecs.sas.scale_in_margin"), "The low alarm sits at this share of the target.", unit="share",
        assumed=True, fact="ecs.sas.scale_in_margin", gt=0, le=1,
    )  # fmt: skip
    cooldown_out_s: float = setting(
        catalog.seconds("ecs.sas.cooldown"),
        "Pause after scaling out.",
        unit="s",
        fact="ecs.sas.cooldown",
        ge=0,
        le=3_600,
    )
    cooldown_in_s: float = setting(
        catalog.seconds("ecs.sas.cooldown"),
        "Pause after scaling in.",
        unit="s",
        fact="ecs.sas.cooldown",
        ge=0,
        le=3_600,
    )
    adjust: Literal["count", "percent", "exact"] = setting(
        "count", "What a step's change means: tasks, percent of the desired count, or the new count itself."
    )
    steps_out: tuple[ScalingStep, ...] = setting((), "Steps above the high alarm, which sits at the target.",
                                                  max_length=20)  # fmt: skip
    steps_in: tuple[ScalingStep, ...] = setting((), "Steps below the low alarm, which sits at its share of the target.",
                                                 max_length=20)  # fmt: skip
    schedule: tuple[ScheduledChange, ...] = setting((), "Bounds that change at set times.", max_length=100)


class ProviderShare(Record):
    """One line of a service's capacity provider strategy."""

    provider: str = setting(
        "hosts", "A capacity provider of the fleet, by its name.", pattern=r"^[a-z][a-z0-9-]{0,31}$"
    )
    base: int = setting(
        int(catalog.number("ecs.cp.weight_base_defaults", "base")), "So many tasks come here first.", unit="tasks",
        fact="ecs.cp.weight_base_defaults", ge=0, le=5_000,
    )  # fmt: skip
    weight: int = setting(
        int(catalog.number("ecs.cp.weight_base_defaults", "weight")), "Its part of the tasks past every base.",
        fact="ecs.cp.weight_base_defaults", ge=0, le=1_000,
    )  # fmt: skip


class Service(Record):
    """One service: what its tasks need, how they work, and how ECS keeps them."""

    name: str = setting("web", "What the service is called.", pattern=r"^[a-z][a-z0-9-]{0,31}$")
    desired: int = setting(21, "Tasks wanted.", unit="tasks", ge=0, le=5_000)
    one_every_s: float = setting(
        0, "Its tasks are wanted one at a time, so long apart, from none on; 0 = all at once.", unit="s", ge=0, le=3_600
    )
    cpu_units: int = setting(1024, "CPU of a task; 1024 units are one vCPU.", unit="CPU units", ge=1, le=196_608,
                              fact="ecs.placement.cpu_unit")  # fmt: skip
    memory_mib: int = setting(2048, "Memory of a task.", unit="MiB", ge=6, le=1_572_864)
    host_ports: tuple[int, ...] = setting(
        (), "Ports that a task takes on its host for itself alone; none = a free port is found.",
        fact="ecs.network.bridge_dynamic_ports",
    )  # fmt: skip
    udp_ports: tuple[int, ...] = setting(
        (), "UDP ports that a task takes on its host for itself alone; a TCP port of the same number is another port."
    )
    network_mode: NetworkMode = setting(
        str(catalog.value("ecs.network.default_mode")),
        "bridge: a free port is found unless one is named; host: its ports are the host's; awsvpc: a network interface "
        "of its own.",
        fact="ecs.network.modes_ec2",
    )
    image_mib: float = setting(250, "Size of the image to pull.", unit="MiB", ge=0, le=20_000)
    image_pulls: bool = setting(True, "Off: every pull fails, as with a tag that does not exist.")
    start_s: float = setting(12, "From the container's start until the application answers.", unit="s", assumed=True,
                              ge=0, le=1_800)  # fmt: skip
    work: Literal["exponential", "constant", "lognormal", "hyperexponential"] = setting(
        "exponential", "How the work of one request varies.", assumed=True
    )
    work_ms: float = setting(60, "Work of one request, on average.", unit="ms", assumed=True, gt=0, le=600_000)
    work_cv: float = setting(1, "Spread of lognormal and two-kind work: standard deviation over mean.", ge=0, le=10)
    concurrency: int = setting(4, "Requests that a task works on at once.", unit="requests", assumed=True, ge=1, le=256)
    backlog: int = setting(100, "Requests that may wait in a task; the next is refused.", unit="requests", assumed=True,
                            ge=0, le=100_000)  # fmt: skip
    stop_timeout_s: float = setting(
        catalog.seconds("ecs.agent.stop_timeout_default"), "A container that outlives SIGTERM is killed after this.", unit="s",
        fact="ecs.agent.stop_timeout_default", ge=2, le=3_600,
    )  # fmt: skip
    timeout_s: float = setting(3, "How long a client waits for an answer.", unit="s", assumed=True, gt=0, le=3_600)
    retries: int = setting(0, "How often a client tries again.", unit="times", assumed=True, ge=0, le=10)
    retry_after_s: float = setting(0.5, "How long a client waits before it tries again.", unit="s", assumed=True, ge=0,
                                    le=3_600)  # fmt: skip
    share: float = setting(1, "Requests to this service for each request that users send.", unit="x", ge=0, le=100)
    grace_s: float = setting(
        catalog.seconds("ecs.service.health_check_grace_default"), "A new task's failing health checks are ignored so long.",
        unit="s", fact="ecs.service.health_check_grace_default", ge=0, le=7_200,
    )  # fmt: skip
    min_healthy_percent: int = setting(
        int(catalog.number("ecs.service.min_healthy_percent_default")), "Healthy tasks never fall below this on purpose.",
        unit="%", fact="ecs.service.min_healthy_percent_default", ge=0, le=100,
    )  # fmt: skip
    max_percent: int = setting(
        int(catalog.number("ecs.service.max_percent_default")), "Running and pending tasks never pass this on purpose.",
        unit="%", fact="ecs.service.max_percent_default", ge=100, le=400,
    )  # fmt: skip
    deployment: DeploymentSettings = setting(
        DeploymentSettings(), "How a new version takes over, and who stops a bad one."
    )
    placement: tuple[str, ...] = setting(
        ("spread-zones", "spread-hosts"), "Placement strategies, in order, on hosts that you own.",
        fact="ecs.placement.service_default", max_length=int(catalog.number("ecs.placement.max_rules", "strategies")),
        min_length=1,
    )  # fmt: skip
    constraints: tuple[str, ...] = setting(
        (), "Placement constraints, which bind: distinctInstance, or memberOf(an expression of the query language).",
        fact="ecs.placement.constraints", max_length=int(catalog.number("ecs.placement.max_rules", "constraints")),
    )  # fmt: skip
    kind: Literal["replica", "daemon"] = setting(
        "replica", "replica: as many as wanted; daemon: one on each host.", fact="ecs.daemon.strategy"
    )
    az_rebalancing: bool = setting(
        catalog.value("ecs.az_rebalancing.default", "create") == "ENABLED", "Move tasks back when zones are out of balance.",
        fact="ecs.az_rebalancing.default",
    )  # fmt: skip
    scaling: Scaling | None = setting(None, "Target tracking; none = the desired count stays.")
    memory_base_share: float = setting(
        0.3, "Memory that a task uses when nothing happens, as a share of what it has.", unit="share", assumed=True, ge=0,
        le=1,
    )  # fmt: skip
    memory_per_request_mib: float = setting(
        16, "Memory that each request takes while it is worked on.", unit="MiB", assumed=True, ge=0, le=100_000
    )
    capacity: tuple[ProviderShare, ...] = setting(
        (), "Capacity provider strategy: who gets which part of the tasks; none = by launch type, on any host.",
        fact="ecs.cas.no_cp_strategy_no_scale", max_length=int(catalog.number("ecs.cp.weight_base_defaults", "max_providers")),
    )  # fmt: skip
    pods: Pods = setting(
        Pods(), "What only Kubernetes asks of it: how its pods are put, rolled out, scaled and spared."
    )
    function: FunctionSettings = setting(FunctionSettings(), "What only Lambda asks of it.")
    traffic: Traffic | None = setting(None, "Traffic of its own; none = the scenario's, times `share`.")

    @field_validator("host_ports", "udp_ports")
    @classmethod
    def _are_ports(cls, ports: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        # The agent keeps TCP ports only.
        reserved = catalog.value("ecs.agent.reserved_ports") if info.field_name == "host_ports" else ()
        for port in ports:
            if not 1 <= port <= 65_535:
                raise ValueError(f"a port is a number from 1 to 65535, got {port}")
            if isinstance(reserved, tuple) and port in reserved:
                raise ValueError(f"port {port} is kept by the host's agent ({', '.join(map(str, reserved))})")
        if len(set(ports)) < len(ports):
            raise ValueError("each port once")
        return ports

    @field_validator("placement")
    @classmethod
    def _are_strategies(cls, chain: tuple[str, ...]) -> tuple[str, ...]:
        return strategies.checked(chain)

    @field_validator("constraints")
    @classmethod
    def _are_constraints(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        return constraints.checked(texts)

    @property
    def ports(self) -> frozenset[int]:
        """Give the ports that a task takes on its host: none where it has a network interface of its own."""
        if self.network_mode == "awsvpc":
            return frozenset()
        return frozenset(self.host_ports) | {port + UDP for port in self.udp_ports}


class HostGroup(Record):
    """Hosts of one kind, in a fleet of several kinds."""

    name: str = setting("general", "What the group is called.", pattern=r"^[a-z][a-z0-9-]{0,31}$")
    instance_type: str = setting("m5.xlarge", "EC2 instance type of the group's hosts.")
    hosts: int = setting(3, "Hosts of the group, dealt out to the zones.", unit="hosts", ge=0, le=checks.MAX_HOSTS)
    attributes: dict[str, str] = setting(
        {}, "Custom attributes that each of its hosts carries, name: value.", fact="ecs.placement.spread_fields"
    )
    taints: tuple[NodeTaint, ...] = setting(
        (), "What keeps pods off its hosts, where Kubernetes runs them.", max_length=10
    )

    @field_validator("instance_type")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return known_instance_type(name)

    @field_validator("attributes")
    @classmethod
    def _are_attributes(cls, given: dict[str, str]) -> dict[str, str]:
        for name, word in given.items():
            if not Lexer.is_name(name) or not 1 <= len(word) <= 128:
                raise ValueError(
                    f"an attribute has a name of letters, digits, `.`, `-`, `_` or `/` and a value of 1 to 128 characters, "
                    f"got {name!r}: {word!r}"
                )
            if name.startswith("ecs.") and name not in FREE_BUILT_IN:
                raise ValueError(
                    f"{name} follows from the host itself; of ECS's own you may set {', '.join(FREE_BUILT_IN)}"
                )
        return given

    def __hash__(self) -> int:
        """Hash the attributes too: a scenario can be a key."""
        return hash((self.name, self.instance_type, self.hosts, tuple(sorted(self.attributes.items())), self.taints))


FREE_BUILT_IN = ("ecs.ami-id", "ecs.os-type")


class CapacityProvider(Record):
    """An Auto Scaling group that ECS may scale: managed scaling keeps the hosts at what the tasks need."""

    name: str = setting("hosts", "What the capacity provider is called.", pattern=r"^[a-z][a-z0-9-]{0,31}$")
    instance_types: tuple[str, ...] = setting(
        ("m5.large",), "EC2 instance types of the group: the first is launched, the smallest decides whom it grows for.",
        fact="ecs.cas.smallest_instance_rule", min_length=1, max_length=10,
    )  # fmt: skip
    market: Literal["on-demand", "spot"] = setting("on-demand", "Full price, or Spot: cheaper, and taken back at two minutes' "
                                                    "notice.", fact="ec2.spot.notice")  # fmt: skip
    hosts: int = setting(2, "Hosts at the start.", unit="hosts", ge=0, le=1_000)
    min_hosts: int = setting(0, "Never fewer hosts than this on purpose.", unit="hosts", ge=0, le=1_000)
    max_hosts: int = setting(20, "Never more hosts than this.", unit="hosts", ge=0, le=1_000)
    managed_scaling: bool = setting(True, "ECS scales the group; off: its size stays.", fact="ecs.cas.formula")
    target_percent: float = setting(
        catalog.number("ecs.cas.target_default"), "Reservation to keep: 100 leaves no host idle, 90 keeps a tenth spare.",
        unit="%", fact="ecs.cas.target_default", ge=1, le=100,
    )  # fmt: skip
    warmup_s: float = setting(
        catalog.seconds("ecs.cas.warmup_default"), "After a launch, no other scale-out for so long.", unit="s",
        fact="ecs.cas.warmup_default", ge=0, le=10_000,
    )  # fmt: skip
    min_step: int = setting(
        int(catalog.number("ecs.cas.step_min_max", "min")), "Hosts asked for at once, at least.", unit="hosts",
        fact="ecs.cas.step_min_max", ge=1, le=10_000,
    )  # fmt: skip
    max_step: int = setting(
        int(catalog.number("ecs.cas.step_min_max", "max")), "Hosts asked for at once, at most.", unit="hosts",
        fact="ecs.cas.step_min_max", ge=1, le=10_000,
    )  # fmt: skip
    period_s: float = setting(
        catalog.seconds("ecs.cas.metric_period"), "How often the reservation is computed.", unit="s",
        fact="ecs.cas.metric_period", ge=10, le=300,
    )  # fmt: skip
    quiet_points: int = setting(
        round(catalog.seconds("ecs.cas.scale_in_delay") / 60), "Points under target before the first host goes.", unit="points",
        fact="ecs.cas.scale_in_delay", ge=1, le=120,
    )  # fmt: skip
    protect: bool = setting(
        bool(catalog.value("ecs.cas.termination_protection")), "Managed termination protection: only an empty host may go.",
        fact="ecs.cas.termination_protection",
    )  # fmt: skip
    managed_draining: bool = setting(
        bool(catalog.value("ecs.cas.managed_draining")), "A host that has to go is drained first; off: its tasks die with it.",
        fact="ecs.cas.managed_draining",
    )  # fmt: skip
    drain_on_notice: bool = setting(
        bool(catalog.value("ec2.spot.ecs_drain_flag")), "ECS_ENABLE_SPOT_INSTANCE_DRAINING: a Spot notice drains the host.",
        fact="ec2.spot.ecs_drain_flag",
    )  # fmt: skip
    interruptions_per_hour: float = setting(
        0, "How often each Spot host is taken back, on average.", unit="1/h", assumed=True, ge=0, le=60
    )
    spot_price_share: float = setting(
        0.3, "Spot price as a share of the full one.", unit="share", assumed=True, gt=0, le=1
    )

    @field_validator("instance_types")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(known_instance_type(name) for name in names)


class Fleet(Record):
    """The hosts, where you bring them."""

    instance_type: str = setting("m5.xlarge", "EC2 instance type of every host.")
    hosts: int = setting(6, "Hosts, spread over the zones.", unit="hosts", ge=0, le=checks.MAX_HOSTS)
    groups: tuple[HostGroup, ...] = setting(
        (), "Hosts of several kinds; they take the place of `hosts` and `instance_type`.", max_length=20
    )
    trunking: bool = setting(
        False, "More tasks with a network interface of their own to a host (account setting awsvpcTrunking).",
        fact="ecs.awsvpc.limit_trunking",
    )  # fmt: skip
    replace: bool = setting(True, "An Auto Scaling group replaces a dead host, in another zone if it must.",
                             fact="asg.zone_failure")  # fmt: skip
    rebalance: bool = setting(True, "The group moves hosts back when zones are out of balance, launching first.",
                               fact="asg.az_rebalance.launch_first")  # fmt: skip
    boot_min_s: float = setting(
        catalog.seconds("timing.ec2_ecs_ready", 0), "A host is ready for tasks after this at the soonest.", unit="s",
        assumed=True, fact="timing.ec2_ecs_ready", ge=0, le=3_600,
    )  # fmt: skip
    boot_max_s: float = setting(
        catalog.seconds("timing.ec2_ecs_ready", 1), "And after this at the latest.", unit="s",
        assumed=True, fact="timing.ec2_ecs_ready", ge=0, le=3_600,
    )  # fmt: skip

    providers: tuple[CapacityProvider, ...] = setting(
        (), "Capacity providers: groups of hosts that follow the tasks.",
        max_length=int(catalog.number("ecs.cp.weight_base_defaults", "max_providers")),
    )  # fmt: skip
    # The next four are for hosts that AWS brings: ECS Managed Instances.
    families: tuple[str, ...] = setting(
        ("c5", "m5", "r5"), "Instance families that AWS may choose hosts from.", assumed=True, fact="ecs.mi.launch_type",
        min_length=1, max_length=40,
    )  # fmt: skip
    scale_in_after_s: float = setting(
        300, "AWS ends a host that stood empty for so long; -1 = never.", unit="s", assumed=True,
        fact="ecs.mi.scale_in_after", ge=-1, le=catalog.number("ecs.mi.scale_in_after", 1),
    )  # fmt: skip
    age_days: float = setting(0, "Age of the hosts when the run begins.", unit="days", ge=0,
                               le=catalog.number("ecs.mi.lifetime", "terminate_by_day"), fact="ecs.mi.lifetime")  # fmt: skip
    drain_spread_h: float = setting(24, "Hosts of one age begin to drain within this, each at its own moment.", unit="h",
                                     assumed=True, fact="ecs.mi.lifetime", ge=0, le=168)  # fmt: skip

    @field_validator("families")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_families(names)

    @field_validator("instance_type")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return known_instance_type(name)

    @property
    def kinds(self) -> tuple[HostGroup, ...]:
        """Give the groups; a fleet of one kind is one group."""
        return self.groups or _of_one_kind(self.instance_type, self.hosts)

    @property
    def size(self) -> int:
        """Count the hosts that it begins with, those of the capacity providers included."""
        return sum(group.hosts for group in self.kinds) + sum(provider.hosts for provider in self.providers)

    @property
    def most(self) -> int:
        """Count the hosts that it may have at once on purpose."""
        grown = sum(p.max_hosts if p.managed_scaling else p.hosts for p in self.providers)
        return sum(group.hosts for group in self.kinds) + grown


@cache
def _of_one_kind(instance_type: str, hosts: int) -> tuple[HostGroup, ...]:
    return (HostGroup(name="hosts", instance_type=instance_type, hosts=hosts),)


class Balancer(Record):
    """The Application Load Balancer in front."""

    algorithm: Algorithm = setting("round-robin", "How a front picks a target.", fact="elb.alb.algorithms")
    cross_zone: bool = setting(
        bool(catalog.value("elb.alb.cross_zone")), "A front sends to targets in every zone, not only its own.",
        fact="elb.alb.cross_zone",
    )  # fmt: skip
    check_every_s: float = setting(
        catalog.seconds("elb.alb.hc_interval"), "Time between health checks.", unit="s", fact="elb.alb.hc_interval",
        ge=5, le=300,
    )  # fmt: skip
    check_timeout_s: float = setting(
        catalog.seconds("elb.alb.hc_timeout"), "A check without an answer fails after this.", unit="s",
        fact="elb.alb.hc_timeout", ge=2, le=120,
    )  # fmt: skip
    healthy_after: int = setting(
        int(catalog.number("elb.alb.healthy_threshold")), "Passed checks until a target is back.", unit="checks",
        fact="elb.alb.healthy_threshold", ge=2, le=10,
    )  # fmt: skip
    unhealthy_after: int = setting(
        int(catalog.number("elb.alb.unhealthy_threshold")), "Failed checks until a target is out.", unit="checks",
        fact="elb.alb.unhealthy_threshold", ge=2, le=10,
    )  # fmt: skip
    deregistration_delay_s: float = setting(
        catalog.seconds("elb.dereg_delay"), "A leaving target may finish for so long.", unit="s", fact="elb.dereg_delay",
        ge=0, le=3_600,
    )  # fmt: skip
    dns_ttl_s: float = setting(60, "Clients learn a change of DNS within this.", unit="s", assumed=True, ge=0, le=3_600)
    dns_notices_s: float = setting(20, "A dead front leaves DNS after this.", unit="s", assumed=True, ge=0, le=600)


class Assumptions(Record):
    """What nobody publishes. Change any of them and see whether your conclusion stands."""

    scheduler_s: float = setting(
        1, "The service scheduler looks again after this.", unit="s", assumed=True, ge=0.1, le=60
    )
    agent_missed_min_s: float = setting(
        catalog.seconds("ecs.agent.acs_heartbeat_timeout"), "A silent agent is missed after this at the soonest.",
        unit="s", assumed=True, fact="ecs.agent.acs_heartbeat_timeout", ge=0, le=3_600,
    )  # fmt: skip
    agent_missed_max_s: float = setting(
        catalog.seconds("ecs.agent.acs_heartbeat_timeout") + catalog.seconds("ecs.agent.acs_heartbeat_jitter"),
        "And after this at the latest.", unit="s", assumed=True, fact="ecs.agent.acs_heartbeat_jitter", ge=0, le=3_600,
    )  # fmt: skip
    lost_host_s: float = setting(
        60, "ECS gives up a host's tasks so long after it missed the agent.", unit="s", assumed=True,
        fact="ecs.agent.lost_host_replacement_time", ge=0, le=3_600,
    )  # fmt: skip
    silent_replaced: bool = setting(
        False, "ECS replaces the tasks of a host whose agent alone is silent, after the same wait as for a dead host.",
        assumed=True, fact="ecs.agent.lost_host_replacement_time",
    )  # fmt: skip
    agent_restart_s: float = setting(15, "An updated agent is back after this.", unit="s", assumed=True, ge=0, le=600)
    stuck_after_s: float = setting(900, "A drain that no task left for so long is called stuck.", unit="s", assumed=True,
                                    ge=10, le=86_400)  # fmt: skip
    spot_tasks_per_h: float = setting(
        0, "Interruptions of each Spot task an hour, on average.", unit="per h", assumed=True, ge=0, le=60
    )
    managed_gather_s: float = setting(
        5,
        "AWS gathers tasks without room for so long before it orders hosts for them.",
        unit="s",
        assumed=True,
        ge=0,
        le=300,
    )
    managed_fee_percent: float = setting(
        catalog.number("eks.automode.fee"), "AWS's fee on a Managed Instances host's price, taken from EKS Auto Mode's.",
        unit="%", assumed=True, fact="eks.automode.fee", ge=0, le=100,
    )  # fmt: skip
    status_checks: int = setting(
        2, "Failed EC2 status checks, one a minute, until the group replaces a host.", unit="checks", assumed=True,
        fact="ec2.status_check_period", ge=1, le=10,
    )  # fmt: skip
    zone_noticed_s: float = setting(30, "AWS starts nothing more in a lost zone after this.", unit="s", assumed=True,
                                     ge=0, le=3_600)  # fmt: skip
    host_memory_share: float = setting(0.97, "Share of a host's memory that its system leaves to tasks.", unit="share",
                                        assumed=True, gt=0.1, le=1)  # fmt: skip
    pull_min_mib_per_s: float = setting(12.5, "Slowest pull and unpacking of an image.", unit="MiB/s", assumed=True,
                                         fact="timing.fargate.assumption", gt=0, le=10_000)  # fmt: skip
    pull_max_mib_per_s: float = setting(25, "Fastest pull and unpacking of an image.", unit="MiB/s", assumed=True,
                                         fact="timing.fargate.assumption", gt=0, le=10_000)  # fmt: skip
    container_s: float = setting(
        1, "From the image on disk to the container's start.", unit="s", assumed=True, ge=0, le=60
    )
    exit_s: float = setting(2, "The application ends this long after SIGTERM.", unit="s", assumed=True, ge=0, le=300,
                             fact="ecs.agent.stop_timeout_default")  # fmt: skip
    first_gap_s: float = setting(10, "First pause of the restart throttle; it doubles from there.", unit="s", assumed=True,
                                  fact="ecs.service.throttle_max", ge=1, le=900)  # fmt: skip
    rebalance_every_s: float = setting(
        60, "AZ rebalancing looks again after this.", unit="s", assumed=True, ge=1, le=3_600
    )


class Scenario(Record):
    """Everything a run follows from."""

    name: str = setting("untitled", "What to call it.", max_length=80)
    era: Era = setting("today", "Prices and limits of today, or of the talk, in early 2020.", fact="talk.date")
    seed: int = setting(1, "The run's own chance: same seed, same run.", ge=0, le=2**32 - 1)
    duration_s: float = setting(600, "How long to simulate.", unit="s", ge=10, le=LONGEST_S)
    launch_type: LaunchTypeName = setting("ecs-ec2", "Who brings the hosts.")
    zones: int = setting(3, "Availability Zones.", unit="zones", ge=1, le=6, fact="az.min_per_region")
    warm: bool = setting(True, "Begin with the desired tasks already serving.")
    traffic: Traffic = setting(Traffic(), "What users send.")
    services: tuple[Service, ...] = setting((Service(),), "Who answers.", min_length=1, max_length=20)
    application: Application = setting(
        Application(), "Modules that call each other, run by the services; none = each service answers for itself."
    )
    fleet: Fleet = setting(Fleet(), "Hosts that you bring.")
    kubernetes: Kubernetes = setting(Kubernetes(), "The cluster's own settings, where Kubernetes runs it.")
    balancer: Balancer = setting(Balancer(), "The load balancer in front.")
    assumptions: Assumptions = setting(Assumptions(), "What nobody publishes.")
    operations: tuple[Operation, ...] = setting((), "What is done, and when.", max_length=500)

    @classmethod
    def read(cls, text: str) -> Scenario:
        """Read YAML or JSON; every problem at once as a `ScenarioError`."""
        return cls.of(reading.parse(text))

    @classmethod
    def of(cls, given: object) -> Scenario:
        """Check plain data; every problem at once as a `ScenarioError`. What it leaves open is its era's default."""
        return reading.check(cls, era_checks.filled(given), checks.problems)

    @classmethod
    def from_token(cls, token: str) -> Scenario:
        """Read what `token` wrote into a link."""
        return cls.of(reading.untoken(token))

    def token(self) -> str:
        """Write the scenario as a short, URL-safe word, what is at its default left out; `from_token` reads it back whole."""
        return reading.token(self._said())

    def to_yaml(self) -> str:
        """Write it as a file that `read` takes back, what is at its default left out."""
        return reading.written(self._said())

    def _said(self) -> dict[str, Any]:
        """Say what is not at its default; what stands at today's default in the talk's time is said as well."""
        data = self.model_dump(mode="json", exclude_defaults=True)
        return era_checks.outspoken(data, self.model_dump(mode="json")) if self.era == "talk" else data

    def in_era(self, era: Era) -> Scenario:
        """Give the same scenario in the other time: what was no choice stands as it stood, defaults are the era's.

        Raises ScenarioError where it asks for what did not exist.

        >>> Scenario().in_era("talk").services[0].az_rebalancing
        False
        """
        return self if era == self.era else self.of(era_checks.moved(self.model_dump(mode="json"), era))

    def with_(self, path: str, value: object) -> Scenario:
        """Change one value by its dotted path and check again.

        >>> Scenario().with_("services.web.desired", 30).services[0].desired
        30
        """
        return self.of(reading.put(self.model_dump(mode="json"), path, value))

    def acting(self, *operations: Operation) -> Scenario:
        """Append operations: what the map does at the playhead."""
        return self.of(
            self.model_dump(mode="json")
            | {"operations": [o.model_dump(mode="json") for o in (*self.operations, *operations)]}
        )

    @property
    def zone_letters(self) -> str:
        """Name the zones."""
        return ZONES[: self.zones]


def _rates_of_csv(text: str) -> list[float]:
    """Read rates from a CSV's text; a row that is no number is named."""
    rates: list[float] = []
    for row, line in enumerate(text.strip().splitlines(), 1):
        cell = line.rpartition(",")[2].strip()
        try:
            rates.append(float(cell))
        except ValueError:
            if row > 1:
                raise ValueError(f"row {row}: a rate is needed, got {cell!r}") from None
    return rates
