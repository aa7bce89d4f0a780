"""A task definition as it was read: its tree in ECS's own words, and the facts that pages and rules ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.errors import DefinitionError, Problem
from engine.importers import shape, sizes
from engine.importers.files import Document, documents
from engine.importers.findings import Finding, Unknown, listed, short
from engine.importers.stack import Stack, stack_of
from engine.importers.wrappers import Found, found_in

Size = int | Unknown | None  # None: not given
MAX_DEFINITIONS, MAX_CONTAINERS = 200, 500  # far beyond what ECS takes: a file of more is no design
_UNREAD = "bad_value", "missing_member"
# Where an open value changes what is said below; an open ARN or environment variable changes nothing.
_MATTERS = {
    "networkMode", "cpu", "memory", "memoryReservation", "requiresCompatibilities", "pidMode", "containerDefinitions",
    "portMappings", "containerPort", "hostPort", "essential", "privileged", "links", "volumes", "host", "sourcePath",
    "placementConstraints", "resourceRequirements", "type", "value", "logConfiguration", "logDriver", "linuxParameters",
    "capabilities", "add", "devices",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Port:
    """One port mapping. `number` is text where the file leaves it open, or a range."""

    number: int | str
    host: int | None
    protocol: str

    def __str__(self) -> str:
        """Write it as ECS does.

        >>> str(Port(80, None, "tcp"))
        '80/tcp'
        """
        return f"{self.number}/{self.protocol}"


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a task. Memory is None where nothing is said of it."""

    name: str
    image: str
    is_essential: bool
    cpu_units: int
    memory_mib: int | None
    reservation_mib: int | None
    ports: tuple[Port, ...]
    gpus: int
    tree: Mapping[str, Any]

    @property
    def reserved_mib(self) -> int:
        """Count what placement on hosts that you own counts: the reservation, else the limit."""
        return self.reservation_mib or self.memory_mib or 0


@dataclass(frozen=True, slots=True)
class Definition:
    """One task definition. `bad` refuses it everywhere; `notes` refuse nothing. stack: what a template says around it."""

    where: str
    family: str | None
    network_mode: str | Unknown | None
    network_mode_written: Any
    requires: tuple[str, ...] | None
    task_cpu_units: Size
    task_memory_mib: Size
    containers: tuple[Container, ...]
    tree: Mapping[str, Any]
    bad: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    stack: Stack = field(default_factory=Stack)

    @property
    def cpu_units(self) -> int:
        """Add up what the containers ask for."""
        return sum(container.cpu_units for container in self.containers)

    @property
    def hard_memory_mib(self) -> int:
        """Add up the limits at which containers are killed."""
        return sum(container.memory_mib or 0 for container in self.containers)

    @property
    def reserved_memory_mib(self) -> int:
        """Add up what placement counts where the task itself names no memory."""
        return sum(container.reserved_mib for container in self.containers)

    @property
    def gpus(self) -> int:
        """Add up the GPUs."""
        return sum(container.gpus for container in self.containers)


def read(data: bytes | str) -> tuple[Definition, ...]:
    """Read every task definition of a file.

    Raises DefinitionError where the file is no JSON or YAML, or holds no task definition.

    >>> web, = read('{"containerDefinitions": [{"name": "web", "image": "nginx", "memory": "512"}]}')
    >>> web.reserved_memory_mib, web.notes[0].code
    (512, 'read_as')
    """
    return read_documents(documents(data))


def read_documents(read_in: list[Document]) -> tuple[Definition, ...]:
    """Read every task definition of a file's documents."""
    found = found_in(read_in)
    if len(found) > MAX_DEFINITIONS:
        problem = Problem(
            "file", f"{len(found):,} task definitions", f"up to {MAX_DEFINITIONS}", "that is too many at once"
        )
        raise DefinitionError([problem], "no_task_definition")
    return tuple(_definition(one) for one in found)


def _definition(found: Found) -> Definition:
    template = found.template
    tree: Any = template.value(dict(found.tree)) if template else found.tree
    fitter = shape.Fitter(coerces=found.is_template)
    fitted = fitter.definition(tree if isinstance(tree, Mapping) else {})
    if len(each(fitted, "containerDefinitions")) > MAX_CONTAINERS:
        came = f"{len(fitted['containerDefinitions']):,} containers"
        problem = Problem(found.where or "file", came, f"up to {MAX_CONTAINERS}", "that is too many for one task")
        raise DefinitionError([problem], "no_task_definition")
    stack = stack_of(template, found.document.tree, found.where) if template and found.is_template else Stack()
    written = next((value for key, value in found.tree.items() if str(key).casefold() == "networkmode"), None)
    definition = Definition(
        where=found.where,
        family=said(fitted.get("family")) or None,
        network_mode=_mode(fitted.get("networkMode")),
        network_mode_written=template.written(written) if template else _written(written),
        requires=_requires(fitted.get("requiresCompatibilities")),
        task_cpu_units=_size(fitted.get("cpu"), sizes.cpu_units),
        task_memory_mib=_size(fitted.get("memory"), sizes.memory_mib),
        containers=tuple(_container(place, one) for place, one in enumerate(each(fitted, "containerDefinitions"), 1)),
        tree=fitted,
        bad=fitter.noted(*_UNREAD),
        notes=(*found.document.notes, *(template.notes() if template else ()), *stack.notes),
        stack=stack,
    )
    return replace(definition, notes=(*definition.notes, *_notes(definition, fitter, is_template=found.is_template)))


def _notes(definition: Definition, fitter: shape.Fitter, *, is_template: bool) -> Iterator[Finding]:
    """Say what was read in spite of how it was written, and what stays open."""
    yield from fitter.noted("read_as", "capitals", "null", "stranger")
    if definition.family is None and not is_template:
        yield Finding("no_family")
    sizes_in_text = {"cpu": definition.task_cpu_units, "memory": definition.task_memory_mib}
    still_open = [
        *(f"{n} = {size.says}" for n, size in sizes_in_text.items() if isinstance(size, Unknown)),
        *_open_places({key: value for key, value in definition.tree.items() if key not in sizes_in_text}, ""),
    ]
    if still_open:
        yield Finding("open_value", listed(still_open))
    if definition.task_cpu_units is None and definition.cpu_units == 0:
        yield Finding("no_cpu")
    if definition.gpus:
        yield Finding("gpus", str(definition.gpus))


def _open_places(node: Any, path: str) -> Iterator[str]:
    """Find the open values that matter here, by their place."""
    if isinstance(node, Unknown):
        yield f"{path} = {node.says}"
    elif isinstance(node, Mapping):
        for key, inner in node.items():
            if key in _MATTERS:
                yield from _open_places(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from _open_places(inner, f"{path}.{place}")


def _container(place: int, tree: Mapping[str, Any]) -> Container:
    needs = [need for need in each(tree, "resourceRequirements") if need.get("type") == "GPU"]
    counts = [said(need.get("value")) for need in needs]
    return Container(
        name=said(tree.get("name")) or f"container {place}",
        image=said(tree.get("image")),
        is_essential=tree.get("essential") is not False,  # absent, or open: ECS's own default
        cpu_units=_number(tree.get("cpu")) or 0,
        memory_mib=_number(tree.get("memory")),
        reservation_mib=_number(tree.get("memoryReservation")),
        ports=tuple(port for mapping in each(tree, "portMappings") if (port := _port(mapping)) is not None),
        gpus=sum(int(count) for count in counts if count.isascii() and count.isdecimal() and len(count) < 6),
        tree=tree,
    )


def _port(tree: Mapping[str, Any]) -> Port | None:
    number = tree.get("containerPort", tree.get("containerPortRange"))
    if number is None:
        return None
    protocol = said(tree.get("protocol")) or "tcp"
    return Port(number if isinstance(number, int) else said(number), _number(tree.get("hostPort")), protocol)


def _written(value: Any) -> str | None:
    return value if isinstance(value, str) or value is None else short(value)


def _mode(value: Any) -> str | Unknown | None:
    return value if isinstance(value, Unknown) else value or None


def _requires(value: Any) -> tuple[str, ...] | None:
    return tuple(map(said, value)) if isinstance(value, list) else None


def _size(value: Any, read_size: Any) -> Size:
    if value is None or value == "" or isinstance(value, Unknown):
        return value or None
    found: Size = read_size(value)
    return found


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def said(value: Any) -> str:
    """Give a text, or how it is written where it stays open."""
    return value.says if isinstance(value, Unknown) else value if isinstance(value, str) else ""


def each(tree: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Give a member's mappings: none where it is absent or open."""
    found = tree.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
