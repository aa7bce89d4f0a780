"""The time machine: which of the two times a page speaks of. The URL knows; whoever says nothing means today."""

from __future__ import annotations

import streamlit as st

from engine.era import ERAS, Era

ERA = "era"


def era() -> Era:
    """Give the time that the URL asks for; today where it asks for none, or for one that we do not know."""
    asked = st.query_params.get(ERA, "today")
    return next((one for one in ERAS if one == asked), "today")
