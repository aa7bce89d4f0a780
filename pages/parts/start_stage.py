"""The first page on stage: the title, the agenda as a harbour, what has to change, and thanks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import product
from typing import Literal, get_args

import streamlit as st

from pages.parts import chapter, show
from pages.parts.experiment import read_url
from pages.parts.lesson import lesson
from pages.parts.turn import go
from pages.parts.words import Voice

SHOW = "show"  # the word in the URL that says which of them
Sight = Literal["title", "agenda", "changes", "thanks"]
SIGHTS: tuple[Sight, ...] = get_args(Sight)
# The quays of the agenda, as slide S02 names them; the last one is what the talk left out.
QUAYS: Mapping[str, tuple[str, ...]] = {
    "introduction": ("new_normal", "architecture", "responsibility", "serverless", "delivery", "containers"),
    "aws": ("landscape",),
    "ecs": ("placement", "fleet"),
    "fargate": ("fargate",),
    "eks": ("kubernetes", "control_plane", "eks"),
    "failure": ("az_failure",),
}
# What slide S05 says has to change, and the chapters that take it apart.
CHANGES: Mapping[str, tuple[str, ...]] = {
    "architecture": ("architecture",),
    "operations": ("responsibility", "serverless", "fleet"),
    "delivery": ("delivery",),
}


def sight() -> Sight:
    """Say what the link asks for; the title where it asks for nothing that we know."""
    asked = st.query_params.get(SHOW, "")
    return next((one for one in SIGHTS if one == asked), "title")


def start_stage(speaker: Voice) -> None:
    """Show one of them, for the back of the hall."""
    chapter.look_stage()
    say, now = speaker.say, sight()
    match now:
        case "title":
            st.html(_title(speaker))
        case "agenda":
            chapter.stage_heading(say("start.stage.agenda.title"), "")
            st.html(_harbour(QUAYS, speaker, "agenda"))
        case "changes":
            chapter.stage_heading(say("start.stage.changes.title"), "")
            st.html(_harbour(CHANGES, speaker, "changes"))
        case "thanks":
            chapter.stage_heading(say("start.stage.thanks.title"), say("start.stage.thanks.lede"))
            st.html(_card(takeaways(speaker), speaker))
    with st.container(key="q-stage-exit"):
        st.button(say("common.mode.study"), key="start.study", on_click=go, args=("study",))


# --- the title -------------------------------------------------------------------------------------------------------


def _title(speaker: Voice) -> str:
    """Write the title over the harbour."""
    lines = "".join(
        f"<p class='{part}'>{escape(speaker.say(f'start.stage.title.{part}'))}</p>" for part in ("then", "now", "who")
    )
    name = escape(speaker.say("start.stage.title.name"))
    return f'<section class="q-hall q-hall-title"><h1>{name}</h1>{lines}{_picture()}</section>'


STACKS = (("01110", "11111", "11111"), ("00111", "01111", "11111"), ("11100", "11110", "11111"))
ON_BOARD = ("01110", "11111")


def _picture() -> str:
    """Draw the harbour: three quays with what stands on them, and a ship that comes in. Numbers are pixels of a hall of 1920."""
    quays = "".join(_part("quay", 60 + quay * 430, 144, _boxes(rows)) for quay, rows in enumerate(STACKS))
    ship = _part("ship", 1400, 96, _boxes(ON_BOARD) + '<i class="bridge"></i><i class="hull"></i>')
    return f'<div class="picture" aria-hidden="true">{quays}{ship}<i class="sea"></i></div>'


def _part(kind: str, left: int, tall: int, inside: str) -> str:
    return f'<div class="{kind}" style="--x:{left};--tall:{tall}">{inside}</div>'


def _boxes(rows: Sequence[str]) -> str:
    """Stack containers, top row first; a 1 is a container."""
    return "".join(
        f'<i class="box b{(row * 2 + column) % 3}" style="--x:{column * 62};--y:{row * 48}"></i>'
        for row, column in product(range(len(rows)), range(len(rows[0])))
        if rows[row][column] == "1"
    )


# --- the agenda, and what has to change ------------------------------------------------------------------------------


def _harbour(quays: Mapping[str, Sequence[str]], speaker: Voice, what: str) -> str:
    """Write quays side by side, the chapters stacked on each; each says its name or, where there is room, its question."""
    say = speaker.say
    items = ""
    for quay, stacked in quays.items():
        stack = "".join(f"<li>{escape(_box(speaker, what, name))}</li>" for name in stacked)
        items += (
            f'<li class="{quay}"><ul>{stack}</ul><p class="quay">{escape(say(f"start.stage.{what}.{quay}"))}</p></li>'
        )
    return f'<ul class="q-hall q-harbour" data-what="{what}" style="--n:{len(quays)}">{items}</ul>'


def _box(speaker: Voice, what: str, name: str) -> str:
    """Say what stands on a quay."""
    return speaker.say(f"common.nav.{name}" if what == "agenda" else f"start.chapter.{name}.question")


# --- the thanks ------------------------------------------------------------------------------------------------------

# What was asked in the hall, and where the answer comes from: experiment, its words in the URL, a row of its outcome.
ASKED: tuple[tuple[str, str, Mapping[str, str], str], ...] = (
    ("race", "serverless_race", {}, "caught_up"),
    ("rollout", "delivery_rollout", {}, "failed"),
    ("canary", "delivery_rollout", {"how": "canary", "alarm": "true", "of": "new-version"}, "failed"),
    ("patch", "fleet_patch", {}, "last_patched"),
    ("node", "kubernetes", {}, "replaced"),
    ("zone", "az_failure", {}, "errors_for"),
    ("spare", "az_failure", {"hosts": "9"}, "errors_for"),
)


def takeaways(speaker: Voice) -> list[tuple[str, str]]:
    """Give what the hall was asked and what came of it: run anew, so that the card can never say what the stage did not."""
    rows = []
    for word, name, words, row in ASKED:
        of = lesson(name)
        scenario, _ = read_url(of, dict(words))
        run = show.run_of(scenario)
        (text,) = show.outcome_texts(run, speaker.about(scenario), (row,))
        rows.append((speaker.say(f"start.stage.thanks.{word}"), text))
    return rows


def _card(rows: Sequence[tuple[str, str]], speaker: Voice) -> str:
    """Write the score card: question, answer."""
    said = speaker.table("start.stage.thanks")
    heads = f"<tr><th scope='col'>{escape(said['asked'])}</th><th scope='col'>{escape(said['came'])}</th></tr>"
    body = "".join(f"<tr><th scope='row'>{escape(ask)}</th><td>{escape(came)}</td></tr>" for ask, came in rows)
    return f'<table class="q-hall q-card"><thead>{heads}</thead><tbody>{body}</tbody></table>'
