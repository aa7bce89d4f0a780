"""What the reader may turn beside the table: one frozen record an experiment; ranges, units and help live in the fields."""

from __future__ import annotations

from typing import Any, Literal

from engine import catalog
from engine.fargate.on_sale import Kind
from engine.fields import Record, setting
from engine.scenario import Assumptions

VolumeName = Literal["layer", "scratch", "host_path", "docker", "plugin", "efs", "ebs", "ebs_kept", "s3files"]
Lands = Literal["same-host", "other-host", "other-zone"]
Isolation = Literal["shared", "sandbox", "confidential"]
Mode = Literal["none", "bridge", "host", "awsvpc"]


def _default(name: str) -> Any:
    """Take an assumption's default from the scenario: one truth for the simulation and the experiments."""
    return Assumptions.model_fields[name].default


class StorageAsk(Record):
    """A task writes, is killed and is replaced."""

    volumes: tuple[VolumeName, ...] = setting(
        ("layer", "host_path", "docker", "efs", "ebs"), "Where the task keeps its data.", min_length=1, max_length=9
    )
    lands: Lands = setting("other-host", "Where the replacement lands.")
    host_ends: bool = setting(False, "Does the old host end with the task?")
    image_gib: float = setting(1, "Size of the image, unpacked.", unit="GiB", ge=0.01, le=100)
    scratch_gib: float = setting(10, "Scratch data that the task writes.", unit="GiB", ge=0, le=500)
    disk_gib: float = setting(
        catalog.number("fargate.storage.default"), "Disk that the task asks of Fargate.", unit="GiB",
        fact="fargate.storage.default", ge=catalog.number("fargate.storage.default"), le=catalog.number("fargate.storage.max"),
    )  # fmt: skip
    killed_s: float = setting(600, "When the task is killed.", unit="s", ge=60, le=86_400)


class PrivilegedAsk(Record):
    """A container asks for privileges, and one day it breaks out."""

    privileged: bool = setting(True, "Ask for a privileged container.")
    isolation: Isolation = setting("shared", "What parts tasks on one host, where it can be chosen.")
    neighbours: int = setting(7, "Other tasks on the same host.", unit="tasks", ge=0, le=100)
    breaks_out_s: float = setting(600, "When it breaks out.", unit="s", ge=60, le=86_400)


class DaemonAsk(Record):
    """An agent is wanted on every host."""

    hosts: int = setting(3, "Hosts at the start.", unit="hosts", ge=1, le=1_000)
    joins: int = setting(1, "Hosts that join later.", unit="hosts", ge=0, le=1_000)
    tasks: int = setting(24, "Tasks of your own beside it.", unit="tasks", ge=1, le=10_000)
    stops: bool = setting(True, "Does the agent on one host stop later?")


class ShellAsk(Record):
    """A task is sick, and a shell is wanted beside it."""

    key_and_port: bool = setting(True, "A key for the host, and its port 22 open to you.")
    exec_enabled: bool = setting(True, "ECS Exec was on before the task started.")
    role_allows: bool = setting(True, "The task role allows the session's four actions.")
    root_writable: bool = setting(True, "The root file system can be written.")
    reaches_ssm: bool = setting(True, "The task reaches Session Manager.")
    sshd_in_image: bool = setting(False, "The image holds an SSH server, and its port is open to you.")


class NetworkAsk(Record):
    """A task definition asks for a network mode."""

    mode: Mode = setting("bridge", "The network mode.", fact="ecs.network.default_mode")
    instance_type: str = setting("m5.large", "The hosts' instance type.", max_length=30)
    cpu_units: int = setting(256, "CPU of a task.", unit="CPU units", ge=1, le=196_608)
    memory_mib: int = setting(512, "Memory of a task.", unit="MiB", ge=4, le=1_048_576)
    trunking: bool = setting(False, "Are branch interfaces allowed in the account?", fact="ecs.awsvpc.limit_trunking")


class AgentAsk(Record):
    """An agent beside every task, or one on every host."""

    cpu_units: int = setting(1024, "CPU of the task without the agent.", unit="CPU units", ge=1, le=32_768)
    memory_mib: int = setting(2048, "Memory of the task without the agent.", unit="MiB", ge=4, le=262_144)
    agent_cpu_units: int = setting(128, "CPU of the agent.", unit="CPU units", ge=1, le=16_384)
    agent_memory_mib: int = setting(256, "Memory of the agent.", unit="MiB", ge=4, le=65_536)
    instance_type: str = setting("m5.2xlarge", "The hosts' instance type.", max_length=30)
    kind: Kind = setting("x86", "What kind of Fargate task.")
    host_memory_share: float = setting(_default("host_memory_share"), "Share of a host's memory that its system leaves to tasks.",
                                        unit="share", assumed=True, gt=0.1, le=1)  # fmt: skip


class LaunchAsk(Record):
    """Many tasks asked for at once."""

    tasks: int = setting(100, "Tasks asked for.", unit="tasks", ge=1, le=10_000)
    services: int = setting(0, "Services that they are spread over; 0 launches them without one.", unit="services",
                             fact="ecs.quota.task_launch_rate_service", ge=0, le=500)  # fmt: skip
    image_mib: float = setting(250, "Size of the image.", unit="MiB", fact="fargate.no_image_cache", ge=1, le=20_000)
    lazy: bool = setting(False, "Load images lazily that are larger than advised.", fact="fargate.soci.threshold")
    needed_share: float = setting(
        catalog.notes("fargate")["table.needed_share"].value["needed"],  # type: ignore[index,call-overload]
        "Share of an image that must be there before a lazy start.", unit="share", assumed=True, gt=0, le=1,
    )  # fmt: skip
    pull_min_mib_per_s: float = setting(_default("pull_min_mib_per_s"), "Slowest pull and unpacking of an image.", unit="MiB/s",
                                         assumed=True, fact="timing.fargate.assumption", gt=0, le=10_000)  # fmt: skip
    pull_max_mib_per_s: float = setting(_default("pull_max_mib_per_s"), "Fastest pull and unpacking of an image.", unit="MiB/s",
                                         assumed=True, fact="timing.fargate.assumption", gt=0, le=10_000)  # fmt: skip
    container_s: float = setting(_default("container_s"), "From the image on disk to the container's start.", unit="s",
                                  assumed=True, ge=0, le=60)  # fmt: skip
    seed: int = setting(1, "The draw's own chance: same seed, same launches.", ge=0, le=2**32 - 1)


class BreakEvenAsk(Record):
    """Fargate against hosts that are packed to some degree."""

    instance_type: str = setting("m5.large", "The hosts' instance type.", max_length=30)
    cpu_units: int = setting(
        512, "CPU of a task: a size that Fargate sells.", unit="CPU units", fact="fargate.combos", ge=1, le=32_768
    )
    memory_mib: int = setting(
        1024, "Memory of a task: a size that Fargate sells.", unit="MiB", fact="fargate.combos", ge=4, le=262_144
    )
    network: Mode = setting("bridge", "The network mode on the hosts.", fact="ecs.network.default_mode")
    trunking: bool = setting(False, "Are branch interfaces allowed in the account?", fact="ecs.awsvpc.limit_trunking")
    is_spot: bool = setting(False, "Run the Fargate tasks on Spot.", fact="fargate.price.spot_vcpu_h")
    ec2_discount: float = setting(
        0, "Off the hosts' price: reserved, Savings Plan, Spot.", unit="share", assumed=True, ge=0, lt=1
    )
    fargate_discount: float = setting(0, "Off Fargate's price: Savings Plan.", unit="share", assumed=True, ge=0, lt=1)
    host_memory_share: float = setting(_default("host_memory_share"), "Share of a host's memory that its system leaves to tasks.",
                                        unit="share", assumed=True, gt=0.1, le=1)  # fmt: skip


class SizeAsk(Record):
    """What a task definition asks for, and what the task uses of it."""

    cpu_units: int = setting(1024, "CPU that the task definition asks for.", unit="CPU units", ge=1, le=32_768)
    memory_mib: int = setting(9216, "Memory that the task definition asks for.", unit="MiB", ge=4, le=262_144)
    used_cpu: float = setting(0.2, "Share of the CPU asked for that is in use at the peak.", unit="share", gt=0, le=1)
    used_memory: float = setting(
        0.3, "Share of the memory asked for that is in use at the peak.", unit="share", gt=0, le=1
    )
    headroom: float = setting(0.3, "Room to keep above the peak.", unit="share", ge=0, le=2)

    @property
    def asked(self) -> tuple[int, int]:
        """CPU units and MiB asked for."""
        return self.cpu_units, self.memory_mib

    @property
    def used(self) -> tuple[int, int]:
        """CPU units and MiB in use, one at least."""
        return max(1, round(self.cpu_units * self.used_cpu)), max(1, round(self.memory_mib * self.used_memory))


class ShortAsk(Record):
    """Many short tasks, each with its own start."""

    tasks: int = setting(1_000, "Tasks to run.", unit="tasks", ge=1, le=1_000_000)
    work_s: float = setting(10, "Work of one task.", unit="s", gt=0, le=86_400)
    pull_s: float = setting(
        8, "Pull of the image, which is billed.", unit="s", assumed=True, fact="fargate.billing", ge=0, le=3_600
    )


class Bills(Record):
    """Everything that may be turned beside the bill."""

    size: SizeAsk = setting(SizeAsk(), "Asked against used.")
    short: ShortAsk = setting(ShortAsk(), "Short tasks.")
    even: BreakEvenAsk = setting(BreakEvenAsk(), "Against hosts of your own.")


class Asks(Record):
    """Everything that may be turned when a row is acted out."""

    storage: StorageAsk = setting(StorageAsk(), "Volumes.")
    privileged: PrivilegedAsk = setting(PrivilegedAsk(), "Privileges.")
    daemon: DaemonAsk = setting(DaemonAsk(), "Daemons.")
    shell: ShellAsk = setting(ShellAsk(), "A shell.")
    network: NetworkAsk = setting(NetworkAsk(), "Networks.")
    agent: AgentAsk = setting(AgentAsk(), "Side-cars.")
