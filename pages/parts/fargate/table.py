"""The table: the talk's seven rows, each guessed, then acted out; then and today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from pydantic import BaseModel, ConfigDict

from engine import catalog
from engine.catalog import Fact
from engine.era import ERAS, Era
from engine.fargate import COLUMNS, ROWS, Asks, Cell, Column, Enactment, RowName, cell, enact, host_called
from pages.parts import chapter
from pages.parts.fargate.enact import enact_component
from pages.parts.fargate.said import moment, said, split
from pages.parts.fargate.scenes import Box, scene
from pages.parts.fargate.sidecar import sidecar_figure
from pages.parts.lesson import controls
from pages.parts.predict import GUESS, SKIP
from pages.parts.sources import sources
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, put, turn_record
from pages.parts.words import Voice

NAME = "fargate"
GUESSES = f"{NAME}.guesses"
TONES = {"yes": "ok", "no": "lost", "partly": "part", "absent": "none"}
ASKED: Mapping[RowName, str] = {
    "storage": "storage", "sidecars": "agent", "network": "network", "daemons": "daemon", "shell": "shell", "privileged": "privileged",
}  # fmt: skip


class Shown(BaseModel):
    """What the page shows of the table: the row and the era chosen, and everything that may be turned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: RowName = "storage"
    era: Era = "talk"
    asks: Asks = Asks()


def table_room(speaker: Voice) -> None:
    """Show the table: rows, guesses, the row acted out, what may be turned, why, and who says so."""
    row = catalog.lesson(NAME)
    turned = Turned(NAME, put(Shown(), row["start"]), controls(row["ask"]), _hosts_are_known)
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(speaker.say("fargate.title"), "")
    else:
        chapter.heading(speaker.say("fargate.title"), speaker.say("fargate.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    _scene(turned, speaker, is_stage=is_stage)
    if is_stage:
        with st.container(key="q-stage-exit"):
            st.button(speaker.say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
    else:
        _beside(turned, speaker)
        told(speaker, NAME, row["explain"])
        facts, notes = _rests_on(turned.record.row)
        sources(*facts, *row["facts"], also=notes)
    turned.write_url()


def _hosts_are_known(shown: Shown) -> None:
    """Refuse an instance type that nobody knows, before anything is computed with it."""
    host_called(shown.asks.network.instance_type, "asks.network.instance_type")
    host_called(shown.asks.agent.instance_type, "asks.agent.instance_type")


def _scene(turned: Turned[Shown], speaker: Voice, *, is_stage: bool) -> None:
    key = f"{NAME}.table"

    def show() -> None:
        chosen = st.session_state[key].get("show")
        if chosen:
            turned.set({name: str(chosen[name]) for name in ("row", "era") if name in chosen})

    def guess() -> None:
        made = st.session_state[key].get("guess")
        if made:
            remember(made)

    shown = turned.record
    data = table_data(shown.asks, speaker) | {
        "row": shown.row, "era": shown.era, "guesses": guesses(), "open": st.query_params.get(GUESS) == SKIP or is_stage,
        "size": "stage" if is_stage else "study",
    }  # fmt: skip
    enact_component(data, key=key, on_show=show, on_guess=guess)


def _beside(turned: Turned[Shown], speaker: Voice) -> None:
    """Offer what may be turned in the row's story, and the stage."""
    row = turned.record.row
    asked = ASKED.get(row)
    mine = [one for one in turned.controls if one.path.startswith(f"asks.{asked}.")]
    if mine:
        with st.container(border=True, key="q-turn-row"):
            st.markdown(f"**{speaker.say('fargate.turn', row=speaker.say(f'fargate_table.row.{row}'))}**")
            turn_record(turned, mine, speaker)
    if row == "sidecars":
        sidecar_figure(turned.record.asks.agent, turned.record.era, speaker)
    with st.container(horizontal=True, key="q-tools"):
        st.button(speaker.say("fargate.forget"), key=f"{NAME}.forget", on_click=forget, disabled=not guesses())
        st.button(speaker.say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))


# --- guesses ---------------------------------------------------------------------------------------------------------


def guesses() -> dict[str, str]:
    """Give what was guessed in this session: cell ("storage.ecs-fargate") -> status."""
    found: dict[str, str] = st.session_state.setdefault(GUESSES, {})
    return dict(found)


def remember(made: Mapping[str, Any]) -> None:
    """Keep the first guess of a cell; a second one is hindsight."""
    name, value = str(made.get("cell", "")), str(made.get("value", ""))
    known = {f"{row}.{column}" for row in ROWS for column in COLUMNS}
    if name in known and value in {"holds", "changed", "wrong-then-too"}:
        st.session_state[GUESSES] = {name: value} | guesses()


def forget() -> None:
    """Begin the quiz again."""
    st.session_state[GUESSES] = {}
    st.query_params.pop(GUESS, None)


def _rests_on(row: RowName) -> tuple[tuple[str, ...], list[Fact]]:
    """Give the facts and the notes of a row."""
    found, notes = cell(row, COLUMNS[0], "today"), catalog.notes("fargate")
    return found.facts, [notes[name] for name in found.notes]


# --- what the browser is given ---------------------------------------------------------------------------------------


def table_data(asks: Asks, speaker: Voice) -> dict[str, Any]:
    """Write the whole table: every cell, and every story in both eras."""
    say = speaker.say
    return {
        "lang": speaker.lang,
        "words": speaker.table("fargate.enact"),
        "states": speaker.table("fargate.state"),
        "rows": [{"name": row, "title": say(f"fargate_table.row.{row}")} for row in ROWS],
        "columns": [{"name": column, "title": say(f"common.launch_type.{column}.name")} for column in COLUMNS],
        "eras": [{"name": era, "title": say(f"fargate.era.{era}")} for era in ERAS],
        "choices": [{"name": one, "title": say(f"fargate.guess.{one}")} for one in ("holds", "changed", "wrong-then-too")],
        "cells": {row: {column: _cell(row, column, speaker) for column in COLUMNS} for row in ROWS},
        "acts": {
            row: {era: {column: _act(enact(row, column, era, asks), asks, speaker) for column in COLUMNS} for era in ERAS}
            for row in ROWS
        },
    }  # fmt: skip


def _cell(row: RowName, column: Column, speaker: Voice) -> dict[str, Any]:
    """Write a cell: what the slide says, and how it stands then and today."""
    now = cell(row, column, "today")
    return {
        "says": _words(now.says, speaker),
        "answer": now.status if now.says else "",
        **{era: _standing(cell(row, column, era), speaker) for era in ERAS},
    }


def _standing(found: Cell, speaker: Voice) -> dict[str, str]:
    """Say whether a cell holds in an era, what is true instead, and since when."""
    status = speaker.say(f"fargate_table.status.{found.status}")
    if found.status == "changed":
        status = speaker.say("fargate.changed", date=speaker.date(found.changed_on))
    true = "" if found.status == "holds" else _words(found.words, speaker)
    eased = speaker.say("fargate.eased", date=speaker.date(found.eased_on)) if found.eased_on else ""
    return {"status": found.status, "text": status, "true": true, "eased": eased}


def _words(words: tuple[str, ...], speaker: Voice) -> str:
    return ", ".join(speaker.say(f"fargate_table.word.{word}") for word in words)


def _act(story: Enactment, asks: Asks, speaker: Voice) -> dict[str, Any]:
    """Write a story: steps with their moments, the verdict, the stage."""
    return {
        "verdict": TONES[story.verdict],
        "says": speaker.say(f"fargate.verdict.{story.verdict}"),
        "reason": said(speaker, story.reason),
        "steps": [
            {"at": step.at_s, "time": moment(speaker, step.at_s), "tone": step.tone}
            | dict(zip(("cause", "rest"), split(said(speaker, step)), strict=True))
            for step in story.steps
        ],
        "boxes": [_box(box, speaker) for box in scene(story, asks)],
    }


def _box(box: Box, speaker: Voice) -> dict[str, Any]:
    return {
        "title": speaker.say(box.title, **box.values),
        "kind": box.kind,
        "more": speaker.say("fargate.more", n=box.more) if box.more else "",
        "things": [
            {"label": speaker.say(thing.label, **thing.values), "states": [list(pair) for pair in sorted(thing.states)]}
            for thing in box.things
        ],
    }
