"""Upkeep: logs, health checks, time to stop, disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine import catalog
from engine.importers.definition import Definition
from engine.importers.findings import Finding, Unknown
from engine.importers.rules.looking import Rule, at, inner, words


def awslogs_prefix(definition: Definition) -> Iterator[Finding]:
    """Refuse awslogs without a stream prefix."""
    for_each = ((c, inner(c.tree, "logConfiguration")) for c in definition.containers)
    places = (
        container.name
        for container, log in for_each
        if log.get("logDriver") == "awslogs"
        and not isinstance(log.get("options"), Unknown)
        and not inner(log, "options").get("awslogs-stream-prefix")
    )
    yield from at("awslogs_prefix_missing", places)


def log_driver(fact: str) -> Rule:
    """Make the rule that refuses log drivers beyond this fact's list."""

    def refuse(definition: Definition) -> Iterator[Finding]:
        allowed = words(fact)
        for_each = ((c.name, inner(c.tree, "logConfiguration").get("logDriver")) for c in definition.containers)
        places = (f"{name}: {driver}" for name, driver in for_each if isinstance(driver, str) and driver not in allowed)
        yield from at("log_driver", places, ", ".join(allowed))

    return refuse


def firelens_file(definition: Definition) -> Iterator[Finding]:
    """Refuse a log router that fetches its configuration from S3."""
    places = (
        c.name
        for c in definition.containers
        if inner(inner(c.tree, "firelensConfiguration"), "options").get("config-file-type") == "s3"
    )
    yield from at("firelens_s3", places)


def stop_timeout(definition: Definition) -> Iterator[Finding]:
    """Refuse a longer wait between SIGTERM and SIGKILL than Fargate allows."""
    most = catalog.number("ecs.task.stop_timeout_fargate_max")
    places = (
        f"{c.name}: {wait} s" for c in definition.containers
        if isinstance(wait := c.tree.get("stopTimeout"), int) and wait > most
    )  # fmt: skip
    yield from at("stop_timeout", places, f"{most:g} s")


def ephemeral_storage(definition: Definition) -> Iterator[Finding]:
    """Refuse a disk outside of what can be asked for."""
    least, most = catalog.number("fargate.storage.min"), catalog.number("fargate.storage.max")
    size = inner(definition.tree, "ephemeralStorage").get("sizeInGiB")
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
        and isinstance(number := inner(container.tree, "healthCheck").get(name), int)
        and not _between(pair, number)
    ]
    yield from at("health_check_range", places)


def _between(pair: tuple[Any, ...], number: int) -> bool:
    return bool(pair[0] <= number <= pair[1])
