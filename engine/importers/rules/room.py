"""Room: what a task asks for, and what its containers do."""

from __future__ import annotations

from collections.abc import Iterator

from engine import catalog
from engine.importers.definition import Definition
from engine.importers.findings import Finding, Unknown
from engine.importers.rules.looking import at, has


def bad_size(definition: Definition) -> Iterator[Finding]:
    """Refuse a task's CPU or memory that is no size."""
    read = {"cpu": definition.task_cpu_units, "memory": definition.task_memory_mib}
    places = (
        f"{name} = {definition.tree[name]}" for name, size in read.items() if size is None and has(definition, name)
    )
    yield from at("bad_size", places)


def needs_task_size(definition: Definition) -> Iterator[Finding]:
    """Refuse a task without CPU or memory of its own."""
    for name in ("cpu", "memory"):
        if not has(definition, name):
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
    if not has(definition, "memory"):
        places = (
            c.name for c in definition.containers
            if not c.reserved_mib and not any(isinstance(c.tree.get(n), Unknown) for n in ("memory", "memoryReservation"))
        )  # fmt: skip
        yield from at("container_memory_missing", places)


def limit_above_reservation(definition: Definition) -> Iterator[Finding]:
    """Refuse a limit below what is reserved."""
    places = (
        f"{c.name}: {c.reservation_mib} > {c.memory_mib} MiB"
        for c in definition.containers
        if c.memory_mib and c.reservation_mib and c.reservation_mib > c.memory_mib
    )
    yield from at("reservation_above_limit", places)


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
