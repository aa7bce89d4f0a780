"""The tour: every page in its order, and the frame around them: language, mark, the way from chapter to chapter."""

import logging
from pathlib import Path

import streamlit as st

from engine.errors import LostRunError
from pages.parts import admission, flipped, time_machine, words
from pages.parts.chapter import OPEN, is_in_talk, look
from pages.parts.glossary import explained
from pages.parts.own_words import own_words
from pages.parts.stage import frame
from pages.parts.stage.speaker import speakers_window
from pages.parts.words import say

ROOT = Path(__file__).parent.parent

st.set_page_config(
    page_title=say("common.app.name"), page_icon=str(ROOT / "pages" / "static" / "favicon.svg"), layout="wide"
)
st.logo(str(ROOT / "pages" / "static" / "favicon.svg"), size="large")
time_machine.keep()
look()
chapters = [
    st.Page(ROOT / "pages" / f"{name}.py", title=say(f"common.nav.{name}"), url_path=name, default=name == "start")
    for name in ("start", *OPEN)
]
in_talk, is_speakers = is_in_talk(), frame.is_speakers()
is_stage = in_talk or is_speakers or st.query_params.get("view") == "stage"
page = st.navigation(chapters, position="hidden" if is_stage else "top")
if not is_stage:
    with st.container(key="q-language"):
        flipped.switch(words.voice())
        words.language_switch()
    with st.container(key="q-unseen"):  # one for both: each would push the page down by a gap
        explained(words.voice())
        own_words(words.voice())
if not in_talk and (aside := words.set_aside()):
    st.info(aside)
try:
    with admission.turn():
        if is_speakers:
            speakers_window(frame.cut_asked())
        elif in_talk:
            frame.on_stage(ROOT / "pages")
        else:
            page.run()
except LostRunError:
    admission.lost(words.voice())
except Exception:  # the front door: an audience sees a sentence, and the log sees everything
    logging.getLogger("quayside").exception("the page %s broke", page.title)
    st.error(say("common.error.page"))
