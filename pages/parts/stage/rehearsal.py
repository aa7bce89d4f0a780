"""Rehearsal: what comes next on stage is worked out before the hall wants it.

A beat's page is run in a session of nobody's, whose words go nowhere. What it leaves behind are the runs and tables that all sessions
share (`st.cache_resource`), so that the step to it takes no longer than any other.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext, add_script_run_ctx
from streamlit.runtime.state import SafeSessionState, SessionState

from engine.catalog import LANGUAGES, Language
from pages.parts.stage.deck import CUTS, Beat, Cut, deck
from pages.parts.stage.frame import BEAT, STAGE, enter, perform
from pages.parts.words import LANG

PATH = "/stage/ahead"
PAGES = Path(__file__).resolve().parent.parent.parent
AHEAD = 3  # beats that are rehearsed: what is slow needs longer than the next step leaves it
MOST_WAITING = 6
_stage = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rehearsal")
_known: set[tuple[str, Language]] = set()  # rehearsed, or about to be
_waiting: dict[tuple[str, Language], Future[None]] = {}
_lock = threading.Lock()


def routes() -> list[Route]:
    """Give `app.py` the route to mount."""
    return [Route(PATH, _answer, methods=["GET"])]


def _answer(request: Request) -> Response:
    """Take note of where a stage is: the browser does not wait for what is worked out."""
    beat, lang, cut = (request.query_params.get(name, "") for name in ("beat", "lang", "cut"))
    known_cut = next((one for one in CUTS if one == cut), None)
    known_lang = next((one for one in LANGUAGES if one == lang), None)
    if known_cut is None or known_lang is None or beat not in deck().beats:
        return Response(status_code=400)
    coming = after(beat, known_cut)
    give_up({(one.id, known_lang) for one in coming})
    for one in coming:
        plan(one, known_cut, known_lang)
    return Response(status_code=204)


def after(beat: str, cut: Cut) -> tuple[Beat, ...]:
    """Give the beats that come next in a cut."""
    order = deck().cuts[cut]
    start = order.index(beat) + 1 if beat in order else 0
    return deck().of(cut)[start : start + AHEAD]


def give_up(but: set[tuple[str, Language]]) -> None:
    """Drop what waits and is not coming any more: whoever steps quickly has seen it already."""
    with _lock:
        for key, planned in list(_waiting.items()):
            if key not in but and planned.cancel():
                del _waiting[key]
                _known.discard(key)


def plan(beat: Beat, cut: Cut, lang: Language) -> Future[None] | None:
    """Let a beat be rehearsed, once; None where it has been, or where enough others wait."""
    key = (beat.id, lang)
    with _lock:
        if key in _known or len(_waiting) >= MOST_WAITING:
            return None
        _known.add(key)
        planned = _waiting[key] = _stage.submit(rehearse, beat, cut, lang)

    def done(of: Future[None]) -> None:
        if of.cancelled():
            return
        with _lock:
            _waiting.pop(key, None)
        if error := of.exception():  # on stage it will be a still picture; whoever reads the log knows before
            logging.getLogger("quayside").warning("in rehearsal, the beat %s broke", beat.id, exc_info=error)

    planned.add_done_callback(done)
    return planned


def rehearse(beat: Beat, cut: Cut, lang: Language) -> None:
    """Run a beat's page in a session of nobody's."""
    query = urlencode({STAGE: "1", BEAT: beat.id, LANG: lang})
    main = str(PAGES / "tour.py")
    context = ScriptRunContext(
        session_id="rehearsal",
        _enqueue=lambda _: None,
        query_string=query,
        session_state=SafeSessionState(SessionState(), lambda: None),
        uploaded_file_mgr=MemoryUploadedFileManager("/rehearsal"),
        main_script_path=main,
        user_info={},
        fragment_storage=MemoryFragmentStorage(),
        pages_manager=PagesManager(main),
    )
    add_script_run_ctx(threading.current_thread(), context)
    context.reset(query_string=query)
    enter(beat, cut)
    perform(PAGES / f"{beat.page}.py")
