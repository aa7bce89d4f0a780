"""What each launch type refuses of a task definition: one function a reason, one row a launch type.

A rule takes the definition and yields findings; its code is the reason's, its words are in data/texts. A value that the file
leaves open refuses nothing: it is said among the notes.
Sources: facts `fargate.unsupported_params`, `fargate.caps`, `fargate.network_mode`, `fargate.combos`, `ecs.mi.*`, and the
descriptions in botocore's own ECS model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from engine import catalog
from engine.importers.definition import Container, Definition, each, said
from engine.importers.findings import Finding, Unknown, listed

Rule: TypeAlias = Callable[[Definition], Iterator[Finding]]

# --- the network -----------------------------------------------------------------------------------------------------

_MODES = "bridge", "host", "awsvpc", "none"
_ONE_ADDRESS = "awsvpc", "host"  # modes in which a container's port is the port outside


def bad_network_mode(definition: Definition) -> Iterator[Finding]:
    """Refuse a mode that the API does not know."""
    mode = definition.network_mode
    if isinstance(mode, str) and mode not in _MODES:
        yield Finding("bad_network_mode", mode, ", ".join(_MODES))


def needs_awsvpc(definition: Definition) -> Iterator[Finding]:
    """Refuse every mode but awsvpc; absent means bridge on Linux."""
    code = {None: "bridge_network", "bridge": "bridge_network", "host": "host_network", "none": "none_network"}
    mode = definition.network_mode
    if (mode is None or isinstance(mode, str)) and mode in code:
        yield Finding(code[mode], mode or "", str(catalog.value("fargate.network_mode")))


def no_bridge(definition: Definition) -> Iterator[Finding]:
    """Refuse bridge where it is asked for; absent means awsvpc on Managed Instances."""
    if definition.network_mode == "bridge":
        yield Finding("bridge_network", "bridge", ", ".join(_words("ecs.mi.network_modes")))


def links(definition: Definition) -> Iterator[Finding]:
    """Refuse links wherever they are given."""
    yield from _at("links", (c.name for c in definition.containers if _known(c.tree.get("links"))))


def links_need_bridge(definition: Definition) -> Iterator[Finding]:
    """Refuse links in any known mode but bridge."""
    if definition.network_mode in _MODES[1:]:
        yield from links(definition)


def host_ports_equal(definition: Definition) -> Iterator[Finding]:
    """Refuse a host port unlike the container's; 0 is as good as none, for ECS fills it in."""
    places = (
        f"{container.name}: {port.host} -> {port.number}"
        for container in definition.containers
        for port in container.ports
        if port.host and isinstance(port.number, int) and port.host != port.number
    )
    yield from _at("host_port_mismatch", places)


def host_ports_equal_in_mode(definition: Definition) -> Iterator[Finding]:
    """Refuse it where the mode leaves no room for a mapping."""
    if definition.network_mode in _ONE_ADDRESS:
        yield from host_ports_equal(definition)


def not_with_awsvpc(definition: Definition) -> Iterator[Finding]:
    """Refuse what awsvpc has no place for."""
    if definition.network_mode == "awsvpc":
        yield from _at("not_with_awsvpc", _given(definition, "hostname", "extraHosts"))


# --- size ------------------------------------------------------------------------------------------------------------


def bad_size(definition: Definition) -> Iterator[Finding]:
    """Refuse a task's CPU or memory that is no size."""
    read = {"cpu": definition.task_cpu_units, "memory": definition.task_memory_mib}
    places = (
        f"{name} = {definition.tree[name]}" for name, size in read.items() if size is None and _has(definition, name)
    )
    yield from _at("bad_size", places)


def needs_task_size(definition: Definition) -> Iterator[Finding]:
    """Refuse a task without CPU or memory of its own."""
    for name in ("cpu", "memory"):
        if not _has(definition, name):
            yield Finding(f"missing_task_{name}")


def fargate_pair(definition: Definition) -> Iterator[Finding]:
    """Refuse a pair that Fargate does not sell, with what it sells for that CPU."""
    cpu, memory = definition.task_cpu_units, definition.task_memory_mib
    sizes = catalog.fargate_sizes()
    if (
        isinstance(cpu, int)
        and isinstance(memory, int)
        and (cpu, memory) not in {(s.cpu_units, s.memory_mib) for s in sizes}
    ):
        with_cpu = [size.memory_mib for size in sizes if size.cpu_units == cpu]
        steps = sorted({size.cpu_units for size in sizes})
        allowed = ", ".join(f"{mib:,} MiB" for mib in with_cpu) or f"CPU: {', '.join(map(str, steps))}"
        yield Finding("invalid_cpu_memory_pair", f"{cpu:,} / {memory:,} MiB", allowed)


def task_cpu_range(definition: Definition) -> Iterator[Finding]:
    """Refuse a task's CPU outside of what ECS takes."""
    least, most = catalog.number("ecs.task.cpu_range", 0), catalog.number("ecs.task.cpu_range", 1)
    cpu = definition.task_cpu_units
    if isinstance(cpu, int) and not least <= cpu <= most:
        yield Finding("task_cpu_range", f"{cpu:,}", f"{least:,.0f}–{most:,.0f}")


def container_memory(definition: Definition) -> Iterator[Finding]:
    """Refuse a container without any memory in a task without any."""
    if not _has(definition, "memory"):
        places = (
            c.name for c in definition.containers
            if not c.reserved_mib and not any(isinstance(c.tree.get(n), Unknown) for n in ("memory", "memoryReservation"))
        )  # fmt: skip
        yield from _at("container_memory_missing", places)


def limit_above_reservation(definition: Definition) -> Iterator[Finding]:
    """Refuse a limit below what is reserved."""
    places = (
        f"{c.name}: {c.reservation_mib} > {c.memory_mib} MiB"
        for c in definition.containers
        if c.memory_mib and c.reservation_mib and c.reservation_mib > c.memory_mib
    )
    yield from _at("reservation_above_limit", places)


def memory_within_task(definition: Definition) -> Iterator[Finding]:
    """Refuse containers that reserve more memory than their task has."""
    whole, parts = definition.task_memory_mib, definition.reserved_memory_mib
    if isinstance(whole, int) and parts > whole:
        yield Finding("containers_exceed_task", f"{parts:,} MiB > {whole:,} MiB")


def cpu_within_task(definition: Definition) -> Iterator[Finding]:
    """Refuse containers that ask for more CPU than their task has."""
    whole, parts = definition.task_cpu_units, definition.cpu_units
    if isinstance(whole, int) and parts > whole:
        yield Finding("containers_exceed_task", f"CPU {parts:,} > {whole:,}")


# --- the host under it -----------------------------------------------------------------------------------------------


def privileged(definition: Definition) -> Iterator[Finding]:
    """Refuse privileged containers."""
    yield from _at("privileged", (c.name for c in definition.containers if c.tree.get("privileged") is True))


def host_volume(definition: Definition) -> Iterator[Finding]:
    """Refuse a directory of the host; a volume without a path is the task's own, and fine."""
    yield from _at(
        "host_volume", (said(v.get("name")) or "volume" for v in each(definition.tree, "volumes") if _path(v))
    )


def docker_volume(definition: Definition) -> Iterator[Finding]:
    """Refuse volumes that a driver on the host makes."""
    yield from _at("docker_volume", _volumes(definition, "dockerVolumeConfiguration"))


def fsx_volume(definition: Definition) -> Iterator[Finding]:
    """Refuse FSx for Windows."""
    yield from _at("fsx_volume", _volumes(definition, "fsxWindowsFileServerVolumeConfiguration"))


def gpu(definition: Definition) -> Iterator[Finding]:
    """Refuse GPUs."""
    yield from _at("gpu", (c.name for c in definition.containers if _needs(c, "GPU")))


def devices(definition: Definition) -> Iterator[Finding]:
    """Refuse devices of the host."""
    yield from _at("devices", (c.name for c in definition.containers if _known(_linux(c).get("devices"))))


def capabilities(definition: Definition) -> Iterator[Finding]:
    """Refuse every capability but one."""
    allowed = str(catalog.value("fargate.caps"))
    added = [
        f"{container.name}: {word}"
        for container in definition.containers
        for word in _known(_inner(_linux(container), "capabilities").get("add"))
        if str(word).upper().removeprefix("CAP_") != allowed
    ]
    yield from _at("linux_capability_add", added, allowed)


def placement_constraints(definition: Definition) -> Iterator[Finding]:
    """Refuse placement constraints: there is no host to choose."""
    constraints = each(definition.tree, "placementConstraints")
    yield from _at("placement_constraint", (said(c.get("expression")) or "memberOf" for c in constraints))


def pid_mode(definition: Definition) -> Iterator[Finding]:
    """Refuse every pidMode but the task's own."""
    mode, allowed = definition.tree.get("pidMode"), str(catalog.value("fargate.pid_mode"))
    if isinstance(mode, str) and mode and mode != allowed:
        yield Finding("pid_mode", mode, allowed)


def unsupported(*facts: str, but: tuple[str, ...] = ()) -> Rule:
    """Make the rule that refuses the parameters of these facts' lists, but for those with a reason of their own."""

    def refuse(definition: Definition) -> Iterator[Finding]:
        names = [name for fact in facts for name in _words(fact) if name not in but]
        yield from _at("unsupported_parameter", _given(definition, *names))

    return refuse


def managed_only(definition: Definition) -> Iterator[Finding]:
    """Refuse what only Managed Instances have."""
    places = [c.name for c in definition.containers if _needs(c, "NeuronDevice")]
    yield from _at("managed_only", [*places, *_given(definition, "trustedExecutionConfiguration")])


# --- logs, health, time ----------------------------------------------------------------------------------------------


def awslogs_prefix(definition: Definition) -> Iterator[Finding]:
    """Refuse awslogs without a stream prefix."""
    for_each = ((c, _inner(c.tree, "logConfiguration")) for c in definition.containers)
    places = (
        container.name
        for container, log in for_each
        if log.get("logDriver") == "awslogs"
        and not isinstance(log.get("options"), Unknown)
        and not _inner(log, "options").get("awslogs-stream-prefix")
    )
    yield from _at("awslogs_prefix_missing", places)


def log_driver(fact: str) -> Rule:
    """Make the rule that refuses log drivers beyond this fact's list."""

    def refuse(definition: Definition) -> Iterator[Finding]:
        allowed = _words(fact)
        for_each = ((c.name, _inner(c.tree, "logConfiguration").get("logDriver")) for c in definition.containers)
        places = (f"{name}: {driver}" for name, driver in for_each if isinstance(driver, str) and driver not in allowed)
        yield from _at("log_driver", places, ", ".join(allowed))

    return refuse


def firelens_file(definition: Definition) -> Iterator[Finding]:
    """Refuse a log router that fetches its configuration from S3."""
    places = (
        c.name
        for c in definition.containers
        if _inner(_inner(c.tree, "firelensConfiguration"), "options").get("config-file-type") == "s3"
    )
    yield from _at("firelens_s3", places)


def stop_timeout(definition: Definition) -> Iterator[Finding]:
    """Refuse a longer wait between SIGTERM and SIGKILL than Fargate allows."""
    most = catalog.number("ecs.task.stop_timeout_fargate_max")
    places = (
        f"{c.name}: {wait} s" for c in definition.containers
        if isinstance(wait := c.tree.get("stopTimeout"), int) and wait > most
    )  # fmt: skip
    yield from _at("stop_timeout", places, f"{most:g} s")


def ephemeral_storage(definition: Definition) -> Iterator[Finding]:
    """Refuse a disk outside of what can be asked for."""
    least, most = catalog.number("fargate.storage.min"), catalog.number("fargate.storage.max")
    size = _inner(definition.tree, "ephemeralStorage").get("sizeInGiB")
    if isinstance(size, int) and not least <= size <= most:
        yield Finding("ephemeral_storage", f"{size} GiB", f"{least:g}–{most:g} GiB")


def health_check_range(definition: Definition) -> Iterator[Finding]:
    """Refuse health checks outside of their ranges."""
    ranges = catalog.value("ecs.task.container_health_ranges")
    places = [
        f"{container.name}: {name} {number} ({pair[0]}–{pair[1]})"
        for container in definition.containers
        for name, pair in (ranges.items() if isinstance(ranges, Mapping) else ())
        if isinstance(pair, tuple)
        and isinstance(number := _inner(container.tree, "healthCheck").get(name), int)
        and not _between(pair, number)
    ]
    yield from _at("health_check_range", places)


# --- the definition itself -------------------------------------------------------------------------------------------


def unread(definition: Definition) -> Iterator[Finding]:
    """Refuse what ECS's own model refuses."""
    yield from definition.bad


def some_container(definition: Definition) -> Iterator[Finding]:
    """Refuse a task without containers, or with one that lacks its name or image."""
    if not definition.containers and not isinstance(definition.tree.get("containerDefinitions"), Unknown):
        yield Finding("no_container")
    yield from _at(
        "incomplete_container", (c.name for c in definition.containers if not (c.image and c.tree.get("name")))
    )


def some_essential(definition: Definition) -> Iterator[Finding]:
    """Refuse a task in which nothing is essential."""
    if definition.containers and not any(container.is_essential for container in definition.containers):
        yield Finding("no_essential", listed(container.name for container in definition.containers))


def declared_fargate(definition: Definition) -> Iterator[Finding]:
    """Refuse what cannot even be registered: it says FARGATE and Fargate refuses it."""
    if "FARGATE" in (definition.requires or ()):
        codes = dict.fromkeys(finding.code for finding in refusals(definition, "ecs-fargate"))
        if codes:
            yield Finding("declared_fargate_invalid", listed(codes))


# --- who refuses what ------------------------------------------------------------------------------------------------

_ANYWHERE: tuple[Rule, ...] = (
    unread, some_container, some_essential, bad_network_mode, bad_size, limit_above_reservation, memory_within_task,
    health_check_range,
)  # fmt: skip
_ON_HOSTS: tuple[Rule, ...] = (container_memory, host_ports_equal_in_mode, declared_fargate)
_FARGATE: tuple[Rule, ...] = (
    *_ANYWHERE, needs_awsvpc, needs_task_size, fargate_pair, cpu_within_task, privileged, host_volume, docker_volume,
    fsx_volume, gpu, devices, capabilities, placement_constraints, links, pid_mode, host_ports_equal, awslogs_prefix,
    log_driver("fargate.log_drivers"), firelens_file, stop_timeout, ephemeral_storage, managed_only,
    unsupported("fargate.unsupported_params", "fargate.linux_params_unsupported",
                but=("gpu", "links", "placementConstraints", "privileged", "devices")),
)  # fmt: skip
RULES: Mapping[str, tuple[Rule, ...]] = {
    "ecs-ec2": (*_ANYWHERE, task_cpu_range, *_ON_HOSTS, links_need_bridge, not_with_awsvpc, managed_only),
    "ecs-fargate": _FARGATE,
    "ecs-fargate-spot": _FARGATE,  # the same machines, on notice
    "ecs-managed-instances": (
        *_ANYWHERE, *_ON_HOSTS, no_bridge, host_volume, docker_volume, fsx_volume, links, log_driver("ecs.mi.log_drivers"),
        unsupported("ecs.mi.unsupported_params",
                    but=("dockerVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration", "links", "sourcePath")),
    ),
}  # fmt: skip


def refusals(definition: Definition, launch_type: str) -> tuple[Finding, ...]:
    """Give every reason why a launch type refuses the definition; none means that it runs."""
    return tuple(finding for rule in RULES[launch_type] for finding in rule(definition))


# --- looking things up in the tree -----------------------------------------------------------------------------------


def _at(code: str, places: Any, allowed: str = "") -> Iterator[Finding]:
    """Make one finding of all places, or none."""
    if found := list(places):
        yield Finding(code, listed(found), allowed)


def _has(definition: Definition, name: str) -> bool:
    return definition.tree.get(name) not in {None, ""}


def _words(fact: str) -> tuple[str, ...]:
    found = catalog.value(fact)
    return tuple(map(str, found)) if isinstance(found, tuple) else ()


def _inner(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tree.get(name)
    return found if isinstance(found, Mapping) else {}


def _linux(container: Container) -> Mapping[str, Any]:
    return _inner(container.tree, "linuxParameters")


def _known(found: Any) -> list[Any]:
    """Give a list's members that are known."""
    return [one for one in found if one and not isinstance(one, Unknown)] if isinstance(found, list) else []


def _path(volume: Mapping[str, Any]) -> bool:
    return bool(_inner(volume, "host").get("sourcePath"))


def _volumes(definition: Definition, kind: str) -> Iterator[str]:
    return (said(v.get("name")) or kind for v in each(definition.tree, "volumes") if isinstance(v.get(kind), Mapping))


def _needs(container: Container, kind: str) -> bool:
    return any(need.get("type") == kind for need in each(container.tree, "resourceRequirements"))


def _given(definition: Definition, *names: str) -> Iterator[str]:
    """Name the places of these parameters, at whatever level they stand; off, empty and open ones are not given."""
    levels = [("", definition.tree)]
    for container in definition.containers:
        levels += [(f"{container.name}: ", container.tree), (f"{container.name}: ", _linux(container))]
    for before, tree in levels:
        for name in names:
            found = tree.get(name)
            if not (found is None or found is False or found in ("", [], {}) or isinstance(found, Unknown)):
                yield f"{before}{name}"


def _between(pair: tuple[Any, ...], number: int) -> bool:
    return bool(pair[0] <= number <= pair[1])
