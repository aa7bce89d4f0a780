"""What two scenarios differ in, setting by setting; and several at once, as the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from engine import reading
from engine.scenario import Scenario

Step = str | int
Steps = tuple[Step, ...]
WHOLE: Final = ("operations",)  # what is done is one list: a line more at its head would make every later line differ


class _Absent:
    """There is no such setting here: the other scenario has more members, or a group that this one lacks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that differs. before, after: plain data, as a file holds it; ABSENT where there is no such setting."""

    steps: Steps
    before: Any
    after: Any

    @property
    def path(self) -> str:
        """Write the way to the setting with dots, as a problem's path is written.

        >>> Change(("services", 0, "desired"), 3, 4).path
        'services.0.desired'
        """
        return path_of(self.steps)


@dataclass(frozen=True, slots=True)
class Row:
    """One setting over several scenarios. values: one for each, plain data; ABSENT where it has no such setting."""

    steps: Steps
    values: tuple[Any, ...]

    @property
    def path(self) -> str:
        """Write the way to the setting with dots."""
        return path_of(self.steps)

    @property
    def differs(self) -> bool:
        """Say whether not all are alike."""
        return any(not _same(value, self.values[0]) for value in self.values[1:])


def path_of(steps: Steps) -> str:
    """Write a way with dots."""
    return ".".join(map(str, steps))


def difference(before: Scenario, after: Scenario) -> tuple[Change, ...]:
    """List what has to be set in one scenario to get the other: `applied` does it.

    >>> [(c.path, c.before, c.after) for c in difference(Scenario(), Scenario(zones=2))]
    [('zones', 3, 2)]
    """
    return tuple(_changes((), before, after))


def applied(scenario: Scenario, changes: Sequence[Change]) -> Scenario:
    """Make the changes. Errors: ScenarioError where their result cannot stand."""
    data: Any = scenario.model_dump(mode="json")
    for change in changes:
        here = data
        for step in change.steps[:-1]:
            here = here[step]
        last = change.steps[-1]
        if change.after is ABSENT:
            del here[last]
        elif isinstance(here, list) and isinstance(last, int) and last == len(here):
            here.append(change.after)
        else:
            here[last] = change.after
    return Scenario.of(data)


def compared(scenarios: Sequence[Scenario]) -> tuple[Row, ...]:
    """Lay several scenarios side by side, a row a setting, in the order of the fields; those that are alike are rows too."""
    columns = [dict(leaves((), scenario)) for scenario in scenarios]
    known: dict[Steps, None] = {}
    for column in sorted(columns, key=len, reverse=True):  # the longest knows most of the order
        known |= dict.fromkeys(column)
    rows = [Row(steps, tuple(column.get(steps, ABSENT) for column in columns)) for steps in sorted(known, key=_order)]
    return tuple(row for row in rows if not _is_empty(row))


def leaves(steps: Steps, value: Any) -> Iterator[tuple[Steps, Any]]:
    """Walk down to the settings: records and lists of records are opened, everything else is one setting."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from leaves((*steps, name), getattr(value, name))
    elif _is_members(value) and steps != WHOLE:
        for number, member in enumerate(value):
            yield from leaves((*steps, number), member)
    else:
        yield steps, plain(value)


def plain(value: Any) -> Any:
    """Write a value as a file holds it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return [plain(member) for member in value]
    return {str(key): plain(inner) for key, inner in value.items()} if isinstance(value, Mapping) else value


def lines_at(text: str, paths: Sequence[str]) -> tuple[int | None, ...]:
    r"""Say on which line of a scenario's text each path stands, from 1 on; None where the text cannot be read.

    A path may go deeper than the text: it is then told where the text ends. "line 3, column 5" is taken at its word.

    >>> lines_at("zones: 3\nservices:\n- name: web\n  desired: -1\n", ["services.0.desired", "fleet.hosts", "line 2, column 1"])
    (4, 1, 2)
    """
    marks = reading.marks(text)
    return tuple(_line(path, marks) for path in paths)


def _line(path: str, marks: Mapping[tuple[str, ...], int]) -> int | None:
    first = path.partition(",")[0].split(" ")
    if len(first) == 2 and first[0] == "line" and first[1].isdecimal():
        return int(first[1])
    steps = tuple(path.split("."))
    return next((marks[steps[:n]] for n in range(len(steps), -1, -1) if steps[:n] in marks), None)


def _changes(steps: Steps, before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, BaseModel) and type(before) is type(after):
        for name in type(before).model_fields:
            yield from _changes((*steps, name), getattr(before, name), getattr(after, name))
    elif _is_members(before) and _is_members(after) and steps != WHOLE:
        for number, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from _changes((*steps, number), one, other)
        for number in range(
            len(before) - 1, len(after) - 1, -1
        ):  # from the end, so that the others stay in their places
            yield Change((*steps, number), plain(before[number]), ABSENT)
        for number in range(len(before), len(after)):
            yield Change((*steps, number), ABSENT, plain(after[number]))
    elif not _same(plain(before), plain(after)):
        yield Change(steps, plain(before), plain(after))


def _is_members(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(member, BaseModel) for member in value)


def _same(one: Any, other: Any) -> bool:
    """Compare without taking yes for 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _is_empty(row: Row) -> bool:
    """Find a row that says only that a group is missing, where another scenario's settings of the group say more."""
    return all(value is ABSENT or value is None or value == [] for value in row.values) and ABSENT in row.values


def _order(steps: Steps) -> tuple[int, ...]:
    """Sort settings as the fields stand in their records."""
    order: list[int] = []
    model: Any = Scenario
    for step in steps:
        if isinstance(step, int):
            order.append(step)
            continue
        fields = list(model.model_fields) if model is not None else []
        order.append(fields.index(step) if step in fields else len(fields))
        model = _record_at(model, step)
    return tuple(order)


def _record_at(model: Any, name: str) -> Any:
    """Give the record that a field holds, on its own or in a list; None where it holds plain values."""
    if model is None or name not in model.model_fields:
        return None
    return next(_records(model.model_fields[name].annotation), None)


def _records(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for part in getattr(annotation, "__args__", ()):
        yield from _records(part)
