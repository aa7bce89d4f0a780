"""Admission: every page's run comes through here. Light runs are played at once; heavy ones wait in line for a process of their own.

So one visitor's largest scenario holds nobody else up. While others are having their pages built, a light run too is played
elsewhere, by a hand on another core. Where neither is there (a test, a machine that starts no processes), every run is played here.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock, Semaphore, local

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine import Run, Scenario
from engine import run as simulate
from engine.admission import Hand, Line, Place, UnwantedError, expected_s, is_light
from pages.parts.words import Voice, voice

KEPT_RUNS = 32
TICK_S = 0.5  # how often the place in line is said anew; here too a page stops whose visitor has left
AT_ONCE = BoundedSemaphore(
    2
)  # scenes that browsers ask for ahead of their pages: as many as there are cores to draw them
# Pages are built a few at a time: fifty that take turns at the interpreter's lock all end late, and it is the turns that cost.
AT_A_TIME = 3
_TURNS = Semaphore(AT_A_TIME)
WORTH_S = 0.008  # a lighter run is over before another process has heard of it
_mine = local()
_ROUGHLY_S = (1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90)  # nobody reads a guess to the second
_log = logging.getLogger("quayside")


class BusyError(Exception):
    """No run can be played for a browser that asks ahead of its page. after_s: when asking again makes sense."""

    def __init__(self, after_s: float) -> None:
        """Say when to come back."""
        self.after_s = max(1, math.ceil(after_s))
        super().__init__(f"come back after {self.after_s} s")


class _HeavyError(Exception):
    """A run is not on the shelf, and too heavy to be played at once."""


class _BesideError(Exception):
    """A run is not on the shelf, and others wait while it is played here."""


class _Office:
    """The one line and the one hand of this server; none until it has warmed up. pages: how many are being built, or wait for it."""

    line: Line | None = None
    hand: Hand | None = None
    pages = 0
    is_over = False
    lock = Lock()


@contextmanager
def turn() -> Iterator[None]:
    """Hold a turn while a page is built. Who comes first is built first."""
    _count(1)
    try:
        _TURNS.acquire()
        _mine.turn = True
        try:
            yield
        finally:
            _mine.turn = False
            _TURNS.release()
    finally:
        _count(-1)


def _count(more: int) -> None:
    with _Office.lock:
        _Office.pages += more


def _others_wait() -> bool:
    """Say whether other pages than this thread's are being built."""
    return _Office.pages > int(getattr(_mine, "turn", False))


@contextmanager
def _turn_lent() -> Iterator[None]:
    """Let others build their pages while this one only waits."""
    if not getattr(_mine, "turn", False):
        yield
        return
    _TURNS.release()
    try:
        yield
    finally:
        _TURNS.acquire()


def expect_line() -> None:
    """Say that a server begins: a line that is opened from now on is wanted until it is closed."""
    with _Office.lock:
        _Office.is_over = False


def open_line() -> None:
    """Start the processes that play heavy runs, and light ones when many come at once. Without them every run is played at once."""
    try:
        line = Line(shelve=lambda run: _shelf(run.scenario, lambda: run))
        hand = Hand() if (os.cpu_count() or 1) > 1 else None
    except OSError:
        _log.exception("no process can be started: runs are played at once")
        return
    with _Office.lock:
        if not _Office.is_over:
            _Office.line, _Office.hand = line, hand
            return
    _close(line, hand)  # the server ended while they came up


def close_line() -> None:
    """End them, for good."""
    with _Office.lock:
        line, hand = _Office.line, _Office.hand
        _Office.line, _Office.hand, _Office.is_over = None, None, True
    _close(line, hand)


def _close(*some: Line | Hand | None) -> None:
    for one in some:
        if one is not None:
            one.close()


# A run follows from its scenario, and never changes.
@st.cache_resource(max_entries=KEPT_RUNS, show_spinner=False, hash_funcs={Scenario: Scenario.model_dump_json})
def _shelf(scenario: Scenario, _make: Callable[[], Run]) -> Run:  # noqa: ARG001 - what the shelf goes by
    """Take a run from the shelf, or make it and put it there."""
    return _make()


def run_of(
    scenario: Scenario, meanwhile: Callable[[], None] = lambda: None, head: Callable[[], None] = lambda: None
) -> Run:
    """Give a scenario's run: from the shelf, played at once, or after a wait in line that the page shows.

    meanwhile: is called once before a wait, to keep what must not be lost by who leaves. head: says above the wait what is waited for.
    Errors: BudgetError, before it starts; LostRunError, where its process ended twice.
    """
    line = _Office.line
    try:
        return _shelf(scenario, lambda: _at_once(scenario, line))
    except _BesideError:
        return _beside(scenario)
    except _HeavyError:
        meanwhile()
    while True:
        try:
            with _turn_lent():
                return _waited(scenario, line, head)
        except UnwantedError:  # it was being stopped when we came: ask again
            continue


def run_ahead(scenario: Scenario) -> Run:
    """Give a run to a browser that asks ahead of its page: nobody is kept waiting. Errors: BudgetError; BusyError."""
    line = _Office.line
    try:
        return _shelf(scenario, lambda: _at_once(scenario, line))
    except _BesideError:
        return _beside(scenario)
    except _HeavyError as heavy:
        raise BusyError(expected_s(scenario)) from heavy


def _at_once(scenario: Scenario, line: Line | None) -> Run:
    """Play a run here and now, if it is light or there is no other way."""
    if line is not None and not is_light(scenario):
        raise _HeavyError
    if _Office.hand is not None and _others_wait() and expected_s(scenario) > WORTH_S:
        raise _BesideError
    return simulate(scenario)


def _beside(scenario: Scenario) -> Run:
    """Let a hand play a light run while others' pages go on; play it here where it has enough to do."""
    # Not from within the shelf: who waits for the same run there, with a turn in hand, would wait for us as we do for the turn.
    hand, found = _Office.hand, None
    if hand is not None:
        with _turn_lent():
            found = hand.play(scenario, expected_s(scenario))
    return _shelf(scenario, lambda: simulate(scenario) if found is None else found)


def _waited(scenario: Scenario, line: Line, head: Callable[[], None]) -> Run:
    """Stand in line, and say where, until the run is there. Ends the page's script where a newer ask took this one's place."""
    ctx = get_script_run_ctx()
    visitor = ctx.session_id if ctx is not None else "nobody"
    ask, shown = line.ask(visitor, scenario, expected_s(scenario)), st.empty()
    with shown.container():
        head()
        bar = st.empty()
    try:
        while not ask.over.wait(TICK_S):
            if visitor not in ask.visitors:
                st.stop()
            place = line.place(ask)
            # A visitor who leaves or changes something ends this script here: each word to the page is where it listens.
            bar.progress(min(1.0, place.share), text=said(place, voice()))
    finally:
        line.leave(visitor, ask)
    shown.empty()
    if ask.problem is not None:
        raise ask.problem
    if ask.run is None:
        st.stop()
    return ask.run


def said(place: Place, speaker: Voice) -> str:
    """Say a place in line.

    >>> said(Place(3, 8.2, 0.0), Voice("en")), said(Place(0, 2.6, 0.4), Voice("es"))
    ('You are third in line; about 10 s', 'Simulación grande en curso; faltan unos 3 s')
    """
    wait = speaker.seconds(roughly(place.left_s)).replace("\u2009", " ")
    if not place.number:
        return speaker.say("admission.playing", wait=wait)
    ordinals = speaker.say("admission.ordinals").split()
    if place.number <= len(ordinals):
        return speaker.say("admission.place", ordinal=ordinals[place.number - 1], wait=wait)
    return speaker.say("admission.far", n=place.number, wait=wait)


def roughly(seconds: float) -> float:
    """Round a guess up to what one would say, s.

    >>> roughly(0.2), roughly(6.0), roughly(200.0)
    (1, 8, 240)
    """
    return next((step for step in _ROUGHLY_S if seconds <= step), math.ceil(seconds / 60) * 60)


def lost(speaker: Voice) -> None:
    """Say that a run could not be brought to its end, and offer to begin it again; the scenario stands as it was."""
    st.error(speaker.say("admission.lost"))
    st.button(speaker.say("admission.again"), key="admission.again")
