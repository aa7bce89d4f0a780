"""A slide's table, each cell guessed, then acted out; then and today. What S22 and S30 have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import BaseModel

from engine import catalog
from engine.catalog import Fact
from engine.enacted import Cell, Enactment
from engine.era import ERAS
from pages.parts import chapter, progress
from pages.parts.fargate.enact import enact_component
from pages.parts.fargate.said import moment, said, split
from pages.parts.fargate.scenes import Box
from pages.parts.lesson import controls
from pages.parts.predict import GUESS, SKIP, is_asking
from pages.parts.sources import sources
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, put, turn_record
from pages.parts.words import Voice

TONES = {"yes": "ok", "no": "lost", "partly": "part", "absent": "none"}


@dataclass(frozen=True)
class SlideTable:
    """One slide's table.

    name: the lesson. texts: the file of its words. notes: its own sources. choices: what may be guessed. asked: row -> what may
    be turned in its story. first: what the page shows as it comes (`row`, `era`, `asks`). column_title: a column's name.
    check: refuses what no story can be made of. more: what else stands below a row.
    """

    name: str
    texts: str
    notes: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    choices: tuple[str, ...]
    asked: Mapping[str, str]
    first: BaseModel
    cell: Callable[..., Cell[Any, Any, Any]]
    enact: Callable[..., Enactment[Any, Any]]
    scene: Callable[..., list[Box]]
    column_title: Callable[[Voice, str], str]
    check: Callable[[Any], object]
    more: Callable[[Any, Voice], None] = lambda _shown, _speaker: None

    # --- the room --------------------------------------------------------------------------------------------------------

    def room(self, speaker: Voice) -> None:
        """Show the table: rows, guesses, the row acted out, what may be turned, why, and who says so."""
        row = catalog.lesson(self.name)
        turned = Turned(self.name, put(self.first, row["start"]), controls(row["ask"]), self.check)
        is_stage = st.query_params.get(VIEW) == "stage"
        if is_stage:
            chapter.look_stage()
            chapter.stage_heading(speaker.say(f"{self.name}.title"), "")
        else:
            chapter.heading(speaker.say(f"{self.name}.title"), speaker.say(f"{self.name}.lede"))
        chapter.set_aside(speaker, turned.aside)
        chapter.mend(speaker, turned.problems)
        self._scene(turned, speaker, is_stage=is_stage)
        if is_stage:
            with st.container(key="q-stage-exit"):
                st.button(speaker.say("common.mode.study"), key=f"{self.name}.study", on_click=go, args=("study",))
        else:
            self._beside(turned, speaker)
            told(speaker, self.name, row["explain"])
            facts, notes = self._rests_on(turned.record.row)
            sources(*facts, *row["facts"], also=notes)
        turned.write_url()

    def _scene(self, turned: Turned[Any], speaker: Voice, *, is_stage: bool) -> None:
        key = f"{self.name}.table"

        def show() -> None:
            chosen = st.session_state[key].get("show")
            if chosen:
                turned.set({name: str(chosen[name]) for name in ("row", "era") if name in chosen})

        def guess() -> None:
            made = st.session_state[key].get("guess")
            if made:
                self.remember(made)

        shown = turned.record
        data = self.data(shown.asks, speaker) | {
            "row": shown.row, "era": shown.era, "guesses": self.guesses(),
            "open": st.query_params.get(GUESS) == SKIP or (is_stage and not is_asking()), "size": "stage" if is_stage else "study",
            "turn": st.session_state.get(chapter.TURN, 0),
        }  # fmt: skip
        enact_component(data, key=key, on_show=show, on_guess=guess)

    def _beside(self, turned: Turned[Any], speaker: Voice) -> None:
        """Offer what may be turned in the row's story, and the stage."""
        row = turned.record.row
        mine = [one for one in turned.controls if one.path.startswith(f"asks.{self.asked.get(row)}.")]
        if mine:
            with st.container(border=True, key="q-turn-row"):
                st.markdown(f"**{speaker.say('fargate.turn', row=speaker.say(f'{self.texts}.row.{row}'))}**")
                turn_record(turned, mine, speaker)
        self.more(turned.record, speaker)
        with st.container(horizontal=True, key="q-tools"):
            st.button(
                speaker.say("fargate.forget"),
                key=f"{self.name}.forget",
                on_click=self.forget,
                disabled=not self.guesses(),
            )
            st.button(speaker.say("common.mode.stage"), key=f"{self.name}.stage", on_click=go, args=("stage",))

    def _rests_on(self, row: str) -> tuple[tuple[str, ...], list[Fact]]:
        """Give the facts and the notes of a row."""
        found, notes = self.cell(row, self.columns[0], "today"), catalog.notes(self.notes)
        return found.facts, [notes[name] for name in found.notes]

    # --- guesses ---------------------------------------------------------------------------------------------------------

    @property
    def kept(self) -> str:
        """Where the session keeps the guesses."""
        return f"{self.name}.guesses"

    def guesses(self) -> dict[str, str]:
        """Give what was guessed in this session: cell ("storage.ecs-fargate") -> status."""
        found: dict[str, str] = st.session_state.setdefault(self.kept, {})
        return dict(found)

    def remember(self, made: Mapping[str, Any]) -> None:
        """Keep the first guess of a cell; a second one is hindsight."""
        name, value = str(made.get("cell", "")), str(made.get("value", ""))
        if name in {f"{row}.{column}" for row in self.rows for column in self.columns} and value in self.choices:
            if name not in self.guesses():
                row, column = name.split(".")
                right = value == self.cell(row, column, "today").status
                progress.answered("row", f"{self.name}.{name.replace('.', '_')}", value, right=right)
            st.session_state[self.kept] = {name: value} | self.guesses()

    def forget(self) -> None:
        """Begin the quiz again."""
        st.session_state[self.kept] = {}
        st.query_params.pop(GUESS, None)

    # --- what the browser is given ---------------------------------------------------------------------------------------

    def data(self, asks: Any, speaker: Voice) -> dict[str, Any]:
        """Write the whole table: every cell, and every story in both eras."""
        say = speaker.say
        return {
            "lang": speaker.lang,
            "words": speaker.table("fargate.enact") | speaker.table(f"{self.name}.enact"),
            "states": speaker.table("fargate.state"),
            "rows": [{"name": row, "title": say(f"{self.texts}.row.{row}")} for row in self.rows],
            "columns": [{"name": column, "title": self.column_title(speaker, column)} for column in self.columns],
            "eras": [{"name": era, "title": say(f"fargate.era.{era}")} for era in ERAS],
            "choices": [{"name": one, "title": say(f"{self.name}.guess.{one}")} for one in self.choices],
            "cells": {row: {column: self._cell(row, column, speaker) for column in self.columns} for row in self.rows},
            "acts": {
                row: {
                    era: {
                        column: self._act(self.enact(row, column, era, asks), asks, speaker) for column in self.columns
                    }
                    for era in ERAS
                }
                for row in self.rows
            },
        }

    def _cell(self, row: str, column: str, speaker: Voice) -> dict[str, Any]:
        """Write a cell: what the slide says, and how it stands then and today."""
        now = self.cell(row, column, "today")
        return {
            "says": self._words(now.says, speaker),
            "answer": now.status if now.says else "",
            **{era: self._standing(self.cell(row, column, era), speaker) for era in ERAS},
        }

    def _standing(self, found: Cell[Any, Any, Any], speaker: Voice) -> dict[str, str]:
        """Say whether a cell holds in an era, what is true instead, and since when."""
        status = speaker.say(f"{self.texts}.status.{found.status}")
        if found.status == "changed":
            status = speaker.say("fargate.changed", date=speaker.date(found.changed_on))
        # Where the slide told half of it, only the other half is news.
        words = tuple(word for word in found.words if word not in found.says) if found.status == "half" else found.words
        true = "" if found.status == "holds" else self._words(words, speaker)
        eased = speaker.say("fargate.eased", date=speaker.date(found.eased_on)) if found.eased_on else ""
        return {"status": found.status, "text": status, "true": true, "eased": eased}

    def _words(self, words: tuple[str, ...], speaker: Voice) -> str:
        return ", ".join(speaker.say(f"{self.texts}.word.{word}") for word in words)

    def _act(self, story: Enactment[Any, Any], asks: Any, speaker: Voice) -> dict[str, Any]:
        """Write a story: steps with their moments, the verdict, the stage."""
        return {
            "verdict": TONES[story.verdict],
            "says": speaker.say(f"fargate.verdict.{story.verdict}"),
            "reason": said(speaker, self.texts, story.reason),
            "steps": [
                {"at": step.at_s, "time": moment(speaker, step.at_s), "tone": step.tone}
                | dict(zip(("cause", "rest"), split(said(speaker, self.texts, step)), strict=True))
                for step in story.steps
            ],
            "boxes": [_box(box, speaker) for box in self.scene(story, asks)],
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
