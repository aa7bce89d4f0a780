"""On stage: one beat at a time, the same whether it was stepped into or its link was opened, and never a traceback.

A beat is shown by its own page in its large form (`?view=stage`). All beats are shown under one script of Streamlit's, so that a
step from one chapter to another replaces what differs and clears nothing.
"""

from __future__ import annotations

import logging
from functools import cache
from html import escape
from pathlib import Path
from types import CodeType

import streamlit as st

from engine import catalog
from pages.parts import time_machine
from pages.parts.chapter import LINE, TURN, VIEW
from pages.parts.stage import machine as stage_machine
from pages.parts.stage.deck import Beat, Cut, deck
from pages.parts.stage.machine import machine
from pages.parts.stage.stills import still_of
from pages.parts.time_machine import ERA
from pages.parts.words import LANG, language

STAGE, BEAT, CUT, NOTES = "stage", "beat", "cut", "notes"  # words in the URL
_AT, _ERA = "stage.at", "stage.era"  # and in the session
LINE_PX, LINE_WIDE_PX = 60, 1_560  # of the hall's 1920: how tall a line is at most, and how wide
SIGN_EM = 0.47  # how wide a sign of our typeface is, on average
_LOOK = (Path(__file__).parent / "frame.css").read_text(encoding="utf-8")


def is_speakers() -> bool:
    """Say whether the URL asks for the speaker's window."""
    return st.query_params.get(NOTES) == "1"


def cut_asked() -> Cut:
    """Say which of the two talks the URL asks for."""
    return "short" if st.query_params.get(CUT) == "short" else "talk"


def on_stage(pages: Path) -> None:
    """Show the beat that the URL asks for, the deck's first where it asks for none. pages: the folder of the pages."""
    cut, lang = cut_asked(), language()
    beat = deck().beat(st.query_params.get(BEAT, ""), cut)
    if st.session_state.get(_AT) != beat.id:
        enter(beat, cut)
    st.session_state[LINE] = beat.line.text(lang)
    st.html(
        f"<style>{_LOOK}.stApp .q-stage-head h1 {{ font-size: calc({line_px(beat.line.text(lang))} * var(--q-u)) }}</style>"
    )
    seat = st.container(key="q-machine")
    try:
        with st.container(key="q-beat"):
            perform(pages / f"{beat.page}.py")
    except Exception:  # the hall sees a still picture, and the log sees everything
        logging.getLogger("quayside").exception("on stage, the beat %s broke", beat.id)
        still(beat)
    with seat:
        machine(beat, cut, lang, turn=st.session_state[TURN], on_go=_go)


def line_px(line: str) -> int:
    """Say how large a line may be so that it is one line, and leaves room for the name of the run beside it.

    >>> line_px("Three zones, sixteen tasks"), line_px("x" * 80)
    (60, 41)
    """
    return min(LINE_PX, int(LINE_WIDE_PX / (SIGN_EM * len(line))))


def enter(beat: Beat, cut: Cut) -> None:
    """Begin a beat: its page forgets what was turned in it, and the URL says what the beat says."""
    if _AT not in st.session_state:
        st.session_state[_ERA] = st.query_params.get(ERA) if ERA not in beat.state else None
    era = beat.state.get(ERA) or st.session_state[_ERA]
    forget(beat.page)
    around = {STAGE: "1", BEAT: beat.id, LANG: language(), VIEW: "stage"}
    around |= {CUT: cut} if cut == "short" else {}
    around |= {ERA: era} if era else {}
    st.query_params.from_dict(around | dict(beat.state))
    time_machine.obey()
    st.session_state[_AT] = beat.id
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def forget(page: str) -> None:
    """Forget what this session knows of a chapter's experiments: they begin again from the URL."""
    names = {name for name in catalog.lessons() if catalog.lesson(name).get("page", name) == page} | {page}
    for key in [str(key) for key in st.session_state]:
        if key.partition(".")[0] in names:
            del st.session_state[key]


def _go() -> None:
    """Enter the beat that the machine asks for, before the page runs."""
    asked = st.session_state[stage_machine.KEY].get("go") or {}
    found = deck().beats.get(str(asked.get("beat")))
    if found is not None:
        enter(found, cut_asked())


@cache
def _code(page: Path) -> CodeType:
    return compile(page.read_text(encoding="utf-8"), str(page), "exec")


def perform(page: Path) -> None:
    """Run a page's script, as Streamlit would: a page is a few lines that call its parts."""
    exec(_code(page), {"__name__": "__page__", "__file__": str(page)})  # noqa: S102 - our own file, named by our own deck


def still(beat: Beat) -> None:
    """Show a beat's still picture over whatever its page had drawn; where none was taken, its line in large type."""
    line, picture = beat.line.text(language()), still_of(beat.id, language())
    shown = f'<img src="{escape(picture)}" alt="">' if picture else ""
    st.html(
        f'<style>.st-key-q-beat {{ display: none }}</style><div class="q-still"><h1>{escape(line)}</h1>{shown}</div>'
    )
