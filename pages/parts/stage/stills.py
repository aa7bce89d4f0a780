"""Still pictures: what the hall sees of a beat whose page cannot be shown. `make stills` takes them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from engine.catalog import Language

FOLDER = Path(__file__).resolve().parent.parent.parent / "static" / "stills"  # served by Streamlit, below app/static


@cache
def _taken() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.glob("*.webp"))


def file_name(beat: str, lang: Language) -> str:
    """Name a beat's picture."""
    return f"{beat}.{lang}.webp"


def still_of(beat: str, lang: Language) -> str:
    """Say where a beat's picture is; "" where none was taken."""
    name = file_name(beat, lang)
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' + path if path else ''}/app/static/stills/{name}" if name in _taken() else ""
