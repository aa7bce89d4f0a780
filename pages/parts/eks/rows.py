"""The rows: the talk's five, each guessed, then acted out; then and today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from pydantic import BaseModel, ConfigDict

from engine import catalog
from engine.catalog import Fact
from engine.eks import COLUMNS, ROWS, Cell, Column, Enactment, RowName, TableAsks, cell, enact
from engine.era import ERAS, Era
from pages.parts import chapter
from pages.parts.eks.said import said
from pages.parts.eks.scenes import scene
from pages.parts.fargate.enact import enact_component
from pages.parts.fargate.said import moment, split
from pages.parts.fargate.scenes import Box
from pages.parts.fargate.table import TONES
from pages.parts.lesson import controls
from pages.parts.predict import GUESS, SKIP
from pages.parts.sources import sources
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, put, turn_record
from pages.parts.words import Voice

NAME = "eks_rows"
GUESSES = f"{NAME}.guesses"
CHOICES = ("holds", "half", "changed", "wrong-then-too")
ASKED: Mapping[RowName, str] = {"work": "charge", "charge": "charge", "lifecycle": "update", "pods": "node"}


class Shown(BaseModel):
    """What the page shows of the table: the row and the era chosen, and everything that may be turned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: RowName = "lifecycle"
    era: Era = "talk"
    asks: TableAsks = TableAsks()


def rows_room(speaker: Voice) -> None:
    """Show the table: rows, guesses, the row acted out, what may be turned, why, and who says so."""
    row = catalog.lesson(NAME)
    turned = Turned(NAME, put(Shown(), row["start"]), controls(row["ask"]), _can_be_told)
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(speaker.say(f"{NAME}.title"), "")
    else:
        chapter.heading(speaker.say(f"{NAME}.title"), speaker.say(f"{NAME}.lede"))
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


def _can_be_told(shown: Shown) -> None:
    """Refuse what no story can be made of, before anything is shown."""
    for row in ROWS:
        for column in COLUMNS:
            enact(row, column, "today", shown.asks)


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
            st.markdown(f"**{speaker.say('fargate.turn', row=speaker.say(f'eks_table.row.{row}'))}**")
            turn_record(turned, mine, speaker)
    with st.container(horizontal=True, key="q-tools"):
        st.button(speaker.say("fargate.forget"), key=f"{NAME}.forget", on_click=forget, disabled=not guesses())
        st.button(speaker.say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))


# --- guesses ---------------------------------------------------------------------------------------------------------


def guesses() -> dict[str, str]:
    """Give what was guessed in this session: cell ("ami.eks-managed") -> status."""
    found: dict[str, str] = st.session_state.setdefault(GUESSES, {})
    return dict(found)


def remember(made: Mapping[str, Any]) -> None:
    """Keep the first guess of a cell; a second one is hindsight."""
    name, value = str(made.get("cell", "")), str(made.get("value", ""))
    if name in {f"{row}.{column}" for row in ROWS for column in COLUMNS} and value in CHOICES:
        st.session_state[GUESSES] = {name: value} | guesses()


def forget() -> None:
    """Begin the quiz again."""
    st.session_state[GUESSES] = {}
    st.query_params.pop(GUESS, None)


def _rests_on(row: RowName) -> tuple[tuple[str, ...], list[Fact]]:
    """Give the facts and the notes of a row."""
    found, notes = cell(row, COLUMNS[0], "today"), catalog.notes("eks")
    return found.facts, [notes[name] for name in found.notes]


# --- what the browser is given ---------------------------------------------------------------------------------------


def table_data(asks: TableAsks, speaker: Voice) -> dict[str, Any]:
    """Write the whole table: every cell, and every story in both eras."""
    say = speaker.say
    return {
        "lang": speaker.lang,
        "words": speaker.table("fargate.enact") | speaker.table(f"{NAME}.enact"),
        "states": speaker.table("fargate.state"),
        "rows": [{"name": row, "title": say(f"eks_table.row.{row}")} for row in ROWS],
        "columns": [{"name": column, "title": say(f"{NAME}.column.{column}")} for column in COLUMNS],
        "eras": [{"name": era, "title": say(f"fargate.era.{era}")} for era in ERAS],
        "choices": [{"name": one, "title": say(f"{NAME}.guess.{one}")} for one in CHOICES],
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
    status = speaker.say(f"eks_table.status.{found.status}")
    if found.status == "changed":
        status = speaker.say("fargate.changed", date=speaker.date(found.changed_on))
    # Where the slide told half of it, only the other half is news.
    words = tuple(word for word in found.words if word not in found.says) if found.status == "half" else found.words
    true = "" if found.status == "holds" else _words(words, speaker)
    return {"status": found.status, "text": status, "true": true, "eased": ""}


def _words(words: tuple[str, ...], speaker: Voice) -> str:
    return ", ".join(speaker.say(f"eks_table.word.{word}") for word in words)


def _act(story: Enactment, asks: TableAsks, speaker: Voice) -> dict[str, Any]:
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
