"""What was read and who would run it: as plain data for a program, and as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.errors import DefinitionError
from engine.importers.definition import Container, Definition, Size, said
from engine.importers.findings import Finding, Unknown, printable
from engine.importers.rules import KNOWN_CODES, RULES, refusals

# The launch types that others know us by, as rules.KNOWN_CODES are the reasons: what goes beyond stands under `also_...`.
KNOWN_LAUNCH_TYPES = "ecs-ec2", "ecs-fargate"


def as_data(definition: Definition) -> dict[str, Any]:
    """Give one definition as plain data.

    `runs_on` and `refusals` speak of ecs-ec2 and ecs-fargate in the known codes. `also_runs_on` and `also_refused` hold the
    other launch types, and for every launch type the codes beyond the known ones; a launch type with any of them is in
    neither list. Sizes are CPU units and MiB; null: not given, or left open.
    """
    codes = {name: list(dict.fromkeys(f.code for f in refusals(definition, name))) for name in RULES}
    known = {name: [code for code in codes[name] if code in KNOWN_CODES] for name in KNOWN_LAUNCH_TYPES}
    runs = [name for name in RULES if not codes[name]]
    return {
        "parses": True,
        "where": definition.where,
        "family": definition.family,
        "network_mode_written": definition.network_mode_written,
        "requires_compatibilities": None if definition.requires is None else list(definition.requires),
        "n_containers": len(definition.containers),
        "containers": [container.name for container in definition.containers],
        "essential": [container.name for container in definition.containers if container.is_essential],
        "container_ports": [str(port) for container in definition.containers for port in container.ports],
        "task_cpu_units": _known(definition.task_cpu_units),
        "task_memory_mib": _known(definition.task_memory_mib),
        "sum_container_cpu_units": definition.cpu_units,
        "sum_container_hard_memory_mib": definition.hard_memory_mib,
        "sum_container_reserved_memory_mib": definition.reserved_memory_mib,
        "gpus": definition.gpus,
        "runs_on": [name for name in runs if name in KNOWN_LAUNCH_TYPES],
        "refusals": known,
        "also_runs_on": [name for name in runs if name not in KNOWN_LAUNCH_TYPES],
        "also_refused": {name: [code for code in codes[name] if code not in known.get(name, ())] for name in RULES},
        "notes": [note.note() for note in remarks(definition)],
    }


def refused_as_data(error: DefinitionError) -> dict[str, Any]:
    """Give a file that brought no definition as plain data: the reason's code stands for every launch type."""
    return {
        "parses": False,
        "runs_on": [],
        "refusals": {name: [error.reason] for name in KNOWN_LAUNCH_TYPES},
        "problems": [str(problem) for problem in error.problems],
    }


def remarks(definition: Definition) -> tuple[Finding, ...]:
    """Give what refuses nothing: how it was read, what stays open, and launch types that it does not declare."""
    given = definition.tree.get("requiresCompatibilities")
    is_open = isinstance(given, list) and any(isinstance(word, Unknown) for word in given)
    declared = () if is_open else definition.requires or ()
    names = {"EC2": "ecs-ec2", "FARGATE": "ecs-fargate", "MANAGED_INSTANCES": "ecs-managed-instances"}
    others = [name for word, name in names.items() if declared and word not in declared]
    undeclared = (Finding("not_declared", ", ".join(others), ", ".join(declared)),) if others else ()
    return (*definition.notes, *undeclared)


def as_text(name: str, definitions: Sequence[Definition]) -> str:
    """Tell it to a person: what was read, then per launch type "runs" or every refusal and what to do about it."""
    count = "1 task definition" if len(definitions) == 1 else f"{len(definitions)} task definitions"
    lines = [f"{printable(name)}: {count}"]
    for definition in definitions:
        lines += ["", *_read_lines(definition), ""]
        lines += _verdicts(definition)
        notes = remarks(definition)
        lines += ["", "  noted"] if notes else []
        lines += [f"    - {printable(note.note())}" for note in notes]
    return "\n".join(lines)


def _read_lines(definition: Definition) -> Iterator[str]:
    mode = definition.network_mode
    where = f"  ({definition.where})" if definition.where else ""
    yield f"{printable(definition.family or 'without a family')}{printable(where)}"
    yield f"  network      {printable('not given' if mode is None else mode if isinstance(mode, str) else mode.says)}"
    cpu, memory = (said(definition.tree.get(name)) for name in ("cpu", "memory"))
    cpu, memory = _size(definition.task_cpu_units, "units", cpu), _size(definition.task_memory_mib, "MiB", memory)
    yield f"  task         {printable(f'CPU {cpu}, memory {memory}')}"
    for place, container in enumerate(definition.containers):
        yield f"  {'containers' if place == 0 else '':12} {printable(_container(container))}"
    yield (
        f"  all of them  CPU {definition.cpu_units:,} units, memory {definition.hard_memory_mib:,} MiB at most, "
        f"{definition.reserved_memory_mib:,} MiB reserved, {definition.gpus} GPUs"
    )


def _container(container: Container) -> str:
    essential = "essential" if container.is_essential else "may stop"
    ports = ", ".join(map(str, container.ports)) or "no ports"
    return f"{container.name}: {essential}, {ports}"


def _verdicts(definition: Definition) -> Iterator[str]:
    """Say it once, where two launch types refuse for the same reasons."""
    told: dict[tuple[Finding, ...], str] = {}
    runs = "runs, as far as the file says" if any(note.code == "open_value" for note in definition.notes) else "runs"
    for launch_type in RULES:
        found = refusals(definition, launch_type)
        count = f"as {told[found]}" if found in told else "1 reason" if len(found) == 1 else f"{len(found)} reasons"
        yield f"  {launch_type:22} {'refused, ' + count if found else runs}"
        if found not in told:
            yield from (f"    - {printable(finding.label())} {printable(finding.mend())}" for finding in found)
        told.setdefault(found, launch_type)


def _size(size: Size, unit: str, written: str) -> str:
    return f"{size:,} {unit}" if isinstance(size, int) else written or "not given"


def _known(size: Size) -> int | None:
    return size if isinstance(size, int) else None
