"""The slide's table, held against the rules: what each cell says, whether it holds, and the cell acted out."""

from __future__ import annotations

from collections.abc import Callable

from engine.era import Era, day, last_day
from engine.fargate import daemons, managed, network, privileged, rules, shell, sidecars, storage
from engine.fargate.asks import Asks
from engine.fargate.records import COLUMNS, ROWS, Cell, Column, Enactment, Row, RowName, Status, Step

# What the rules answer for a column on a day, in the slide's own words.
ANSWERS: dict[RowName, Callable[[Column, str], frozenset[str]]] = {
    "managed": managed.words,
    "storage": storage.words,
    "sidecars": sidecars.words,
    "network": network.words,
    "daemons": daemons.words,
    "shell": shell.words,
    "privileged": privileged.words,
}


def table(era: Era) -> tuple[Row, ...]:
    """Give the seven rows of the slide, each with three cells: the slide's two columns, and the one that came later."""
    return tuple(
        Row(name, number, tuple(cell(name, column, era) for column in COLUMNS)) for number, name in enumerate(ROWS, 1)
    )


def cell(row: RowName, column: Column, era: Era) -> Cell:
    """Hold one cell of the slide against an era.

    >>> cell("storage", "ecs-fargate", "today").changed_on
    '2020-04-08'
    """
    says = rules.slide_says(row, column)
    facts, notes = rules.rests_on(row)
    exists = rules.column_exists(column, day(era))
    answer = ANSWERS[row](column, day(era)) if exists else frozenset()
    status = _status(row, column, era, frozenset(says))
    changed = _changed_on(row, column, frozenset(says)) if status == "changed" else ""
    eased = shell.eased_on(column, day(era)) if row == "shell" and exists else ""
    return Cell(row, column, era, says, tuple(sorted(answer)), status, changed, eased, facts, notes)


def enact(row: RowName, column: Column, era: Era, asks: Asks | None = None) -> Enactment:
    """Act a cell out. The same question always gives the same story."""
    asked = asks or Asks()
    if not rules.column_exists(column, day(era)):
        facts, notes = rules.rests_on(row)
        reason = Step(0.0, "reason.absent", {"date": rules.column_since(column)}, "lost")
        return Enactment(row, column, era, "absent", (), reason, facts, notes)
    match row:
        case "managed":
            return managed.enact(column, era)
        case "storage":
            return storage.enact(column, era, asked.storage)
        case "sidecars":
            return sidecars.enact(column, era, asked.agent)
        case "network":
            return network.enact(column, era, asked.network)
        case "daemons":
            return daemons.enact(column, era, asked.daemon)
        case "shell":
            return shell.enact(column, era, asked.shell)
        case "privileged":
            return privileged.enact(column, era, asked.privileged)


def _status(row: RowName, column: Column, era: Era, says: frozenset[str]) -> Status:
    """Judge the slide's words: by the day of the talk first, then by the era's."""
    if not rules.column_exists(column, day(era)):
        return "absent"
    if not says:
        return "unsaid"
    answer = ANSWERS[row]
    if answer(column, day("talk")) != says:
        return "wrong-then-too"
    return "holds" if answer(column, day(era)) == says else "changed"


def _changed_on(row: RowName, column: Column, says: frozenset[str]) -> str:
    """Find the first day, month or year from whose end on the slide's words no longer hold."""
    return next(when for when in rules.days_of_change() if when and ANSWERS[row](column, last_day(when)) != says)
