"""What each launch type refuses of a task definition: one function a reason, one row a launch type.

A rule takes the definition and yields findings; its code is the reason's, its words are in data/texts. A value that the file
leaves open refuses nothing: it is said among the notes.
Sources: facts `fargate.unsupported_params`, `fargate.caps`, `fargate.network_mode`, `fargate.combos`, `ecs.mi.*`, and the
descriptions in botocore's own ECS model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.importers.definition import Definition
from engine.importers.findings import Finding, listed
from engine.importers.rules import host, network, room, upkeep, whole
from engine.importers.rules.looking import Rule

# Reasons that registration itself is known to check. The others are documented, but nobody says who stops them, and when.
KNOWN_CODES = frozenset({
    "bridge_network", "host_network", "bad_network_mode", "missing_task_cpu", "missing_task_memory",
    "invalid_cpu_memory_pair", "privileged", "host_volume", "docker_volume", "gpu", "devices", "linux_capability_add",
    "placement_constraint", "links", "pid_mode", "host_port_mismatch", "awslogs_prefix_missing", "declared_fargate_invalid",
})  # fmt: skip


def declared_fargate(definition: Definition) -> Iterator[Finding]:
    """Refuse what cannot even be registered: it says FARGATE and Fargate refuses it."""
    if "FARGATE" in (definition.requires or ()):
        found = (finding.code for finding in refusals(definition, "ecs-fargate"))
        codes = dict.fromkeys(code for code in found if code in KNOWN_CODES)
        if codes:
            yield Finding("declared_fargate_invalid", listed(codes))


_ANYWHERE: tuple[Rule, ...] = (
    whole.unread, whole.some_container, whole.some_essential, network.bad_network_mode, room.bad_size,
    room.limit_above_reservation, room.memory_within_task, upkeep.health_check_range,
)  # fmt: skip
_ON_HOSTS: tuple[Rule, ...] = (room.container_memory, network.host_ports_equal_in_mode, declared_fargate)
_FARGATE: tuple[Rule, ...] = (
    *_ANYWHERE,
    network.needs_awsvpc, network.links, network.host_ports_equal,
    room.needs_task_size, room.fargate_pair, room.cpu_within_task,
    host.privileged, host.host_volume, host.docker_volume, host.fsx_volume, host.gpu, host.devices, host.capabilities,
    host.placement_constraints, host.pid_mode, host.managed_only,
    host.unsupported("fargate.unsupported_params", "fargate.linux_params_unsupported",
                     but=("gpu", "links", "placementConstraints", "privileged", "devices")),
    upkeep.awslogs_prefix, upkeep.log_driver("fargate.log_drivers"), upkeep.firelens_file, upkeep.stop_timeout,
    upkeep.ephemeral_storage,
)  # fmt: skip
RULES: Mapping[str, tuple[Rule, ...]] = {
    "ecs-ec2": (
        *_ANYWHERE, *_ON_HOSTS, room.task_cpu_range, network.links_need_bridge, network.not_with_awsvpc, host.managed_only,
    ),
    "ecs-fargate": _FARGATE,
    "ecs-fargate-spot": _FARGATE,  # the same machines, on notice
    "ecs-managed-instances": (
        *_ANYWHERE, *_ON_HOSTS, network.no_bridge, network.links, host.host_volume, host.docker_volume, host.fsx_volume,
        upkeep.log_driver("ecs.mi.log_drivers"),
        host.unsupported("ecs.mi.unsupported_params",
                         but=("dockerVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration", "links", "sourcePath")),
    ),
}  # fmt: skip


def refusals(definition: Definition, launch_type: str) -> tuple[Finding, ...]:
    """Give every reason why a launch type refuses the definition; none means that it runs."""
    return tuple(finding for rule in RULES[launch_type] for finding in rule(definition))


__all__ = ["KNOWN_CODES", "RULES", "Rule", "refusals"]
