"""The time machine: which of the two times a page speaks of. The URL knows; whoever says nothing means today."""

from __future__ import annotations

import streamlit as st

from engine.era import ERAS, Era

ERA = "era"
_KEPT = "time_machine.era"


def era() -> Era:
    """Give the time that the URL asks for; today where it asks for none, or for one that we do not know."""
    asked = st.query_params.get(ERA, "today")
    return next((one for one in ERAS if one == asked), "today")


def keep() -> None:
    """Stay in the time one was in, also where Streamlit's own navigation drops the URL's words. Before anything is shown."""
    if ERA not in st.query_params and st.session_state.get(_KEPT) == "talk":
        st.query_params[ERA] = "talk"
    st.session_state[_KEPT] = era()


def travel(to: Era) -> None:
    """Go to the other time: the URL says so from here on."""
    if to != era():
        st.query_params[ERA] = to
    st.session_state[_KEPT] = to


def obey() -> None:
    """Let the URL alone say which time it is: on stage each beat does, and none inherits another one's."""
    st.session_state[_KEPT] = era()


def link_words(lang: str) -> dict[str, str]:
    """Give the words that a link to another page needs, so that it opens in this language and in this time.

    >>> link_words("es")
    {'lang': 'es'}
    """
    return {"lang": lang, **({ERA: "talk"} if era() == "talk" else {})}
