"""The shelf: the gallery on the page. One chapter at a time, each scenario with its line, to be opened in any slot."""

from __future__ import annotations

from html import escape

import streamlit as st

from pages.parts import chapter
from pages.parts.lab.gallery import chapters, entries
from pages.parts.lab.guessing import again
from pages.parts.lab.slots import LETTERS, open_in
from pages.parts.words import Voice

CHAPTER = "lab.gallery.chapter"


def shelf(speaker: Voice) -> None:
    """Show the gallery, folded away; a chapter's scenarios at a time."""
    say = speaker.say
    with chapter.fold(say("lab.gallery.title", n=len(entries())), key="lab.gallery") as held:
        if not held.open:
            return
        st.markdown(say("lab.gallery.lede"))
        st.session_state.setdefault(CHAPTER, "az_failure")
        chosen = st.selectbox(
            say("lab.gallery.filter"), chapters(), key=CHAPTER, placeholder=say("lab.gallery.filter"),
            format_func=lambda name: say(f"common.nav.{name}"),
        )  # fmt: skip
        with st.container(key="q-lab-shelf"):
            for entry in entries().values():
                if entry.chapter != chosen:
                    continue
                with st.container(border=True, key=f"q-lab-entry-{entry.name.replace('.', '-')}"):
                    title, line = entry.title(speaker), entry.line(speaker)
                    st.html(f'<p class="q-lab-entry"><b>{escape(title)}</b><span>{escape(line)}</span></p>')
                    with st.container(horizontal=True, gap="small"):
                        for letter in LETTERS:
                            st.button(
                                letter.upper(), key=f"lab.open.{entry.name}.{letter}", on_click=_open, args=(entry.name, letter),
                                help=say("lab.gallery.open_in", name=title, letter=letter.upper()),
                            )  # fmt: skip


def _open(name: str, letter: str) -> None:
    """Open a scenario in a slot: what is compared is another question now."""
    open_in(letter, entries()[name].scenario, name)
    st.session_state["lab.edit"] = letter
    again()
