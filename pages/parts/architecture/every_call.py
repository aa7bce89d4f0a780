"""Every call: the call graph as a table that may be edited, a row for each call. What is wrong with it is told all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from engine import Scenario, reading
from engine.application import Application, Call
from engine.errors import Problem, ScenarioError
from pages.parts import chapter
from pages.parts.experiment import Experiment
from pages.parts.words import Voice

COLUMNS = (
    "caller",
    "to",
    "stage",
    "share",
    "actions",
    "needed",
    "timeout_s",
    "retries",
    "backoff_s",
    "breaker",
    "bulkhead",
)
Row = dict[str, Any]


def every_call(experiment: Experiment, speaker: Voice) -> None:
    """Show the table; a change that cannot stand is kept in it, and named above the page."""
    name, say = experiment.lesson.name, speaker.say
    rows = rows_of(experiment.scenario.application)
    key = f"{name}.calls.{reading.token({'rows': rows})[-24:]}"  # another graph is another table: edits belong to their own

    def write() -> None:
        edited = edit(rows, st.session_state[key])
        experiment.change(lambda scenario: with_calls(scenario, edited))

    st.markdown(say(f"{name}.calls.lede"))
    chapter.mend(speaker, experiment.problems)
    config = st.column_config
    actions = [action.name for action in experiment.scenario.application.actions]
    st.data_editor(
        rows, key=key, on_change=write, num_rows="dynamic", hide_index=True, column_order=COLUMNS, width="stretch",
        column_config={
            "caller": config.TextColumn(say(f"{name}.calls.caller"), required=True),
            "to": config.TextColumn(say(f"{name}.calls.to"), required=True),
            "stage": config.NumberColumn(say(f"{name}.calls.stage"), help=say("ask.call.stage.help"), step=1),
            "share": config.NumberColumn(say(f"{name}.calls.share"), help=say("ask.call.share.help"), step=0.05),
            "actions": config.ListColumn(say(f"{name}.calls.actions"), help=say(f"{name}.calls.actions_help", names=", ".join(actions))),
            "needed": config.CheckboxColumn(say(f"{name}.calls.needed"), help=say("ask.call.needed.help")),
            "timeout_s": config.NumberColumn(say(f"{name}.calls.timeout"), help=say("ask.call.timeout_s.help"), step=0.1),
            "retries": config.NumberColumn(say(f"{name}.calls.retries"), help=say("ask.call.retries.help"), step=1),
            "backoff_s": config.NumberColumn(say(f"{name}.calls.backoff"), help=say("ask.call.backoff_s.help"), step=0.05),
            "breaker": config.CheckboxColumn(say(f"{name}.calls.breaker"), help=say("ask.call.breaker.help")),
            "bulkhead": config.NumberColumn(say(f"{name}.calls.bulkhead"), help=say("ask.call.bulkhead.help"), step=1),
        },
    )  # fmt: skip


def rows_of(application: Application) -> list[Row]:
    """Write every call as a row, in the application's order."""
    return [
        {"caller": module.name}
        | {name: getattr(call, name) for name in COLUMNS[1:] if name not in {"actions", "breaker"}}
        | {"actions": list(call.actions), "breaker": call.breaker is not None}
        for module in application.modules
        for call in module.calls
    ]


def edit(rows: Sequence[Row], edits: Mapping[str, Any]) -> list[Row]:
    """Carry out what the table was asked: rows changed, added and taken away.

    >>> edit([{"caller": "a", "to": "b"}], {"edited_rows": {0: {"to": "c"}}, "added_rows": [{"caller": "d"}], "deleted_rows": []})
    [{'caller': 'a', 'to': 'c'}, {'caller': 'd'}]
    """
    changed = [row | dict(edits.get("edited_rows", {}).get(place, {})) for place, row in enumerate(rows)]
    gone = set(edits.get("deleted_rows", ()))
    return [row for place, row in enumerate(changed) if place not in gone] + [
        dict(row) for row in edits.get("added_rows", ())
    ]


def with_calls(scenario: Scenario, rows: Sequence[Row]) -> Scenario:
    """Put another call graph in the scenario's place. Errors: ScenarioError with every problem, a caller of no name included."""
    given = scenario.model_dump(mode="json")
    modules = {module["name"]: module | {"calls": []} for module in given["application"]["modules"]}
    strangers = [str(row.get("caller") or "") for row in rows if row.get("caller") not in modules]
    before = {(module.name, n): call for module in scenario.application.modules for n, call in enumerate(module.calls)}
    for row in rows:
        if row.get("caller") in modules:
            calls = modules[row["caller"]]["calls"]
            calls.append(_call(row, before.get((row["caller"], len(calls)))))
    given["application"]["modules"] = list(modules.values())
    found: list[Problem] = []
    try:
        made = Scenario.of(given)
    except ScenarioError as error:
        found += error.problems
    names = ", ".join(modules)
    found += [
        Problem("application.modules", who[:60] or "nothing", names, "there is no such module to call")
        for who in strangers
    ]
    if found:
        raise ScenarioError(found)
    return made


def _call(row: Row, before: Call | None) -> dict[str, Any]:
    """Read one row; what an empty cell leaves open is a call's own default, and a breaker that stays keeps its settings."""
    told: dict[str, Any] = {name: row[name] for name in COLUMNS[1:] if row.get(name) is not None and name != "breaker"}
    for name in ("stage", "retries", "bulkhead"):
        if name in told and float(told[name]).is_integer():
            told[name] = int(told[name])
    if row.get("breaker"):
        kept = before.breaker if before is not None and before.breaker is not None else None
        told["breaker"] = kept.model_dump() if kept else {}
    return told
