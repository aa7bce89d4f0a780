"""Slide S30's table, held against the rules: what each cell says, whether it holds, and the cell acted out."""

from __future__ import annotations

from engine.eks import acts, lifecycle, rules
from engine.eks.asks import TableAsks
from engine.eks.records import COLUMNS, ROWS, Cell, Column, Enactment, Row, RowName, Status, Step
from engine.era import Era, day, last_day


def table(era: Era) -> tuple[Row, ...]:
    """Give the five rows of the slide, each with four cells: the slide's three columns, and the one that came later."""
    return tuple(
        Row(name, number, tuple(cell(name, column, era) for column in COLUMNS)) for number, name in enumerate(ROWS, 1)
    )


def cell(row: RowName, column: Column, era: Era) -> Cell:
    """Hold one cell of the slide against an era.

    >>> cell("ami", "eks-managed", "today").changed_on, cell("lifecycle", "eks-managed", "talk").status
    ('2020-08', 'half')
    """
    says = rules.slide_says(row, column)
    facts, notes = rules.rests_on(row)
    status = _status(row, column, era, frozenset(says))
    changed = _changed_on(row, column, frozenset(says)) if status == "changed" else ""
    words = tuple(sorted(rules.answers(row, column, day(era))))
    return Cell(row, column, era, says, words, status, changed, "", facts, notes)


def enact(row: RowName, column: Column, era: Era, asks: TableAsks | None = None) -> Enactment:
    """Act a cell out. The same question always gives the same story.

    Errors: ScenarioError for an instance type that nobody knows, and for pods that no node holds.
    """
    asked = asks or TableAsks()
    if not rules.column_exists(column, day(era)):
        facts, notes = rules.rests_on(row)
        reason = Step(0.0, "reason.absent", {"date": rules.column_since(column)}, "lost")
        return Enactment(row, column, era, "absent", (), reason, facts, notes)
    match row:
        case "work":
            return acts.work(column, era, asked.charge)
        case "charge":
            return acts.charge(column, era, asked.charge)
        case "lifecycle":
            return lifecycle.lifecycle(column, era, asked.update)
        case "ami":
            return acts.ami(column, era)
        case "pods":
            return acts.pods(column, era, asked.node)


def _status(row: RowName, column: Column, era: Era, says: frozenset[str]) -> Status:
    """Judge the slide's words: by the day of the talk first, then by the era's."""
    if not rules.column_exists(column, day(era)):
        return "absent"
    if not says:
        return "unsaid"
    then = rules.answers(row, column, day("talk"))
    if then != says:
        return "half" if says < then else "wrong-then-too"
    return "holds" if rules.answers(row, column, day(era)) == says else "changed"


def _changed_on(row: RowName, column: Column, says: frozenset[str]) -> str:
    """Find the first day, month or year from whose end on the slide's words no longer hold."""
    return next(when for when in rules.days_of_change() if rules.answers(row, column, last_day(when)) != says)
