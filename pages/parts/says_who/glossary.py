"""The glossary's room: every term in its reader's alphabet, searched, with the chapter in which it is lived."""

from __future__ import annotations

import unicodedata
from html import escape
from urllib.parse import urlencode

import streamlit as st

from pages.parts import chapter
from pages.parts.glossary import Term, terms
from pages.parts.time_machine import link_words
from pages.parts.turn import VIEW, go
from pages.parts.words import Voice

NAME = "sources_glossary"
WORD = "term"  # the search's, in the URL


def glossary_room(speaker: Voice) -> None:
    """Show the terms that fit a search."""
    say = speaker.say
    if st.query_params.get(VIEW) == "stage":
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
        st.html(f'<p class="q-stage-says">{escape(say(f"{NAME}.lede", n=len(terms())))}</p>')
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
        return
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede", n=len(terms())))
    key = f"{NAME}.search"
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(WORD, "")[:60]
    asked: str = st.text_input(say(f"{NAME}.search"), key=key, max_chars=60)
    if asked:
        st.query_params[WORD] = asked
    else:
        st.query_params.pop(WORD, None)
    found = fitting(asked, speaker)
    if not found:
        st.html(f'<p class="q-done" role="status">{escape(say(f"{NAME}.none"))}</p>')
        return
    st.html(f'<dl class="q-terms">{"".join(_written(name, term, speaker) for name, term in found)}</dl>')


def fitting(asked: str, speaker: Voice) -> list[tuple[str, Term]]:
    """Find the terms that a search is about, by any form or by what is said of them; in alphabetical order."""
    wanted = plain(asked)

    def is_meant(term: Term) -> bool:
        return any(wanted in plain(text) for text in (*term.forms(speaker.lang), term.says.text(speaker.lang)))

    return sorted(
        ((name, term) for name, term in terms().items() if is_meant(term)),
        key=lambda pair: plain(pair[1].forms(speaker.lang)[0]),
    )


def plain(text: str) -> str:
    """Write a text without case and accents: whoever searches types neither.

    >>> plain("Región")
    'region'
    """
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).strip()


def _written(name: str, term: Term, speaker: Voice) -> str:
    words = urlencode(link_words(speaker.lang))
    lived = f'<a href="{escape(term.chapter)}?{escape(words)}" target="_self">{escape(speaker.say(f"common.nav.{term.chapter}"))}</a>'
    source = ""
    if term.fact:
        at = urlencode({"fact": term.fact, **link_words(speaker.lang)})
        said = speaker.say(f"{NAME}.source")
        source = f' · <a href="sources?{escape(at)}" target="_self">{escape(said)}</a>'
    return (
        f'<div id="q-{escape(name)}"><dt>{escape(term.forms(speaker.lang)[0])}</dt>'
        f"<dd>{escape(term.says.text(speaker.lang))} <small>{lived}{source}</small></dd></div>"
    )
