"""The matrix's room: filled in by the learner first, then compared cell by cell, with who says so."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st
from pydantic import BaseModel, ConfigDict, field_validator

from engine import catalog
from engine.catalog import Fact
from engine.duties import LAYERS
from engine.fields import refusal
from engine.responsibility import MODELS, Cell, Model, matrix
from engine.responsibility.filled import packed, score, unpacked
from pages.parts import chapter
from pages.parts.lesson import controls
from pages.parts.responsibility.grid import grid
from pages.parts.responsibility.names import in_time, layer_name, model_name, not_there, since, there
from pages.parts.sources import sources
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned
from pages.parts.words import Voice

NAME = "responsibility"
MOST_CITES = 2


class Filled(BaseModel):
    """What the learner has filled in. cells: `model:letters` with commas between, one letter a layer, bottom first; c, s, a or -."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[Model, ...] = ("ecs-ec2", "ecs-fargate", "lambda")
    cells: str = ""
    checked: bool = False

    @field_validator("models")
    @classmethod
    def _once_each(cls, names: tuple[Model, ...]) -> tuple[Model, ...]:
        if not names:
            raise refusal("at least one model is needed", ", ".join(MODELS))
        return tuple(name for name in MODELS if name in names)

    @field_validator("cells")
    @classmethod
    def _can_be_read(cls, text: str) -> str:
        unpacked(text)
        return text


def matrix_room(speaker: Voice) -> None:
    """Let the learner fill in, then compare. On stage a few models stand there at once if the link names them; else all, one by one."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, Filled(), controls(row["ask"]))
    if st.query_params.get(VIEW) == "stage":
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
        with st.container(key="q-duty-stage"):
            few = turned.record.models if turned.record.models != turned.first.models else ()
            models = in_time(few or MODELS, speaker)
            _grid(Filled(models=models, checked=True), turned, speaker, size="stage")
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
        turned.write_url()
        return
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    filled = turned.record.model_copy(update={"models": in_time(turned.record.models, speaker)})
    if filled.checked:
        st.html(_verdict(filled, speaker))
    _grid(filled, turned, speaker, size="study")
    not_there(speaker)
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    if turned.record.checked:
        told(speaker, NAME, row["explain"])
        sources(*row["facts"], also=list(_notes().values()))
    turned.write_url()


def _notes() -> Mapping[str, Fact]:
    """Give the table's own notes that stand behind cells."""
    cited = {source.id for cell in matrix().values() for source in cell.sources}
    return {name: note for name, note in catalog.notes(NAME).items() if name in cited}


def _grid(filled: Filled, turned: Turned[Filled], speaker: Voice, *, size: str) -> None:
    key = f"{NAME}.grid.{size}"

    def take(what: str) -> None:
        came = st.session_state[key].get(what)
        if came:
            settings = {"models": list(came["shown"]), "cells": packed(came["cells"])}
            turned.set(settings | ({"checked": bool(came["checked"])} if what == "check" else {}))

    grid(
        grid_data(filled, speaker) | {"size": size},
        key=key,
        on_fill=lambda: take("fill"),
        on_check=lambda: take("check"),
    )


# --- what the browser is given -----------------------------------------------------------------------------------------


def grid_data(filled: Filled, speaker: Voice) -> dict[str, Any]:
    """Write the grid; who owns a cell is written only once it may be seen."""
    words = speaker.table(f"{NAME}.grid") | {
        "link": speaker.say("common.sources.link"), "link_to": speaker.table("common.sources")["link_to"],
    }  # fmt: skip
    return {
        "words": words,
        "checked": filled.checked,
        "revealed": 1 if filled.models == MODELS else len(filled.models),  # on stage, to begin with
        "shown": list(filled.models),
        "cells": unpacked(filled.cells),
        "layers": [
            {"key": layer, "title": layer_name(speaker, layer), "help": speaker.say(f"{NAME}.layer.{layer}.help")}
            for layer in LAYERS
        ],
        "models": [
            {"key": model, "title": model_name(speaker, model, short=True), "since": since(speaker, model)}
            for model in there(speaker)
        ],
        "truth": {model: [_told(matrix()[layer, model], speaker) for layer in LAYERS] for model in filled.models}
        if filled.checked
        else None,
    }


def _told(cell: Cell, speaker: Voice) -> dict[str, Any]:
    return {
        "owner": cell.owner,
        "why": speaker.say(f"{NAME}.why.{cell.layer}.{cell.owner}"),
        "cites": [_cite(source, speaker) for source in cell.sources[:MOST_CITES]],
    }


def _cite(source: Fact, speaker: Voice) -> dict[str, Any]:
    return {
        "id": source.id,
        "text": source.text(speaker.lang),
        "basis": source.basis,
        "word": speaker.say(f"common.sources.{source.basis}"),
        "as_of": speaker.say("common.sources.as_of", date=speaker.date(source.as_of)),
        "link": source.link,
        "source": source.source,
    }


# --- the verdict -------------------------------------------------------------------------------------------------------


def _verdict(filled: Filled, speaker: Voice) -> str:
    """Say how many are right, then the mistake that costs most: what was given away, or what was kept for nothing."""
    say = speaker.say
    right, answered, of, given, kept = score(filled.models, filled.cells)
    lead = say(f"{NAME}.score.right", right=right, n=answered, of=of)
    if given:
        rest = say(f"{NAME}.score.given", n=len(given), which=_listed(given, speaker))
    elif kept:
        rest = say(f"{NAME}.score.kept", n=len(kept), which=_listed(kept, speaker))
    elif right == of:
        rest = say(f"{NAME}.score.all")
    elif answered == right:
        rest = say(f"{NAME}.score.so_far")
    else:
        rest = say(f"{NAME}.score.shared")
    return f'<p class="q-verdict" role="status"><b>{escape(lead)}</b> {escape(rest)}</p>'


def _listed(cells: list[Cell], speaker: Voice) -> str:
    """Name the layers, each once, the first three of them."""
    names = list(dict.fromkeys(layer_name(speaker, cell.layer) for cell in cells))
    return ", ".join(names[:3]) + ("…" if len(names) > 3 else "")
