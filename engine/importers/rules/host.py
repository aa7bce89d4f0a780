"""The host under a task: what only somebody with a host of their own may ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine import catalog
from engine.importers.definition import Definition, each, said
from engine.importers.findings import Finding
from engine.importers.rules.looking import Rule, at, given, inner, known, linux, needs, volumes, words


def privileged(definition: Definition) -> Iterator[Finding]:
    """Refuse privileged containers."""
    yield from at("privileged", (c.name for c in definition.containers if c.tree.get("privileged") is True))


def host_volume(definition: Definition) -> Iterator[Finding]:
    """Refuse a directory of the host; a volume without a path is the task's own, and fine."""
    yield from at(
        "host_volume", (said(v.get("name")) or "volume" for v in each(definition.tree, "volumes") if _path(v))
    )


def docker_volume(definition: Definition) -> Iterator[Finding]:
    """Refuse volumes that a driver on the host makes."""
    yield from at("docker_volume", volumes(definition, "dockerVolumeConfiguration"))


def fsx_volume(definition: Definition) -> Iterator[Finding]:
    """Refuse FSx for Windows."""
    yield from at("fsx_volume", volumes(definition, "fsxWindowsFileServerVolumeConfiguration"))


def gpu(definition: Definition) -> Iterator[Finding]:
    """Refuse GPUs."""
    yield from at("gpu", (c.name for c in definition.containers if needs(c, "GPU")))


def devices(definition: Definition) -> Iterator[Finding]:
    """Refuse devices of the host."""
    yield from at("devices", (c.name for c in definition.containers if known(linux(c).get("devices"))))


def capabilities(definition: Definition) -> Iterator[Finding]:
    """Refuse every capability but one."""
    allowed = str(catalog.value("fargate.caps"))
    added = [
        f"{container.name}: {word}"
        for container in definition.containers
        for word in known(inner(linux(container), "capabilities").get("add"))
        if str(word).upper().removeprefix("CAP_") != allowed
    ]
    yield from at("linux_capability_add", added, allowed)


def placement_constraints(definition: Definition) -> Iterator[Finding]:
    """Refuse placement constraints: there is no host to choose."""
    constraints = each(definition.tree, "placementConstraints")
    yield from at("placement_constraint", (said(c.get("expression")) or "memberOf" for c in constraints))


def pid_mode(definition: Definition) -> Iterator[Finding]:
    """Refuse every pidMode but the task's own."""
    mode, allowed = definition.tree.get("pidMode"), str(catalog.value("fargate.pid_mode"))
    if isinstance(mode, str) and mode and mode != allowed:
        yield Finding("pid_mode", mode, allowed)


def unsupported(*facts: str, but: tuple[str, ...] = ()) -> Rule:
    """Make the rule that refuses the parameters of these facts' lists, but for those with a reason of their own."""

    def refuse(definition: Definition) -> Iterator[Finding]:
        names = [name for fact in facts for name in words(fact) if name not in but]
        yield from at("unsupported_parameter", given(definition, *names))

    return refuse


def managed_only(definition: Definition) -> Iterator[Finding]:
    """Refuse what only Managed Instances have."""
    places = [c.name for c in definition.containers if needs(c, "NeuronDevice")]
    yield from at("managed_only", [*places, *given(definition, "trustedExecutionConfiguration")])


def _path(volume: Mapping[str, Any]) -> bool:
    return bool(inner(volume, "host").get("sourcePath"))
