"""What this visitor answered: in the session, and in the store behind it.

The session has all of it. What the store could not take waits in the session and is written as soon as it can be; the page says so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import streamlit as st

from pages.parts.progress import visitors
from pages.parts.progress.records import MOST, Answer, Kind
from pages.parts.progress.store import StoreError, store

_HELD, _WAITING, _GONE = "progress.held", "progress.waiting", "progress.gone"
BLINK, MOST_BACK = timedelta(microseconds=1), timedelta(days=2)
_log = logging.getLogger("quayside.progress")


def answered(kind: Kind, what: str, answer: str, *, right: bool | None, sure: int | None = None) -> None:
    """Keep an answer. Once this returns it is on disk, or waits in the session (`is_waiting`) until the store is back."""
    take_in([Answer(at=_now(), kind=kind, what=what, answer=answer[:400], right=right, sure=sure)])


def _now() -> str:
    """Say when an answer is given: after all that are here, though the machine's clock was put back meanwhile.

    What was answered first stays the first. A file that says it is from years ahead moves no clock.
    """
    now = datetime.now(UTC)
    last = max((datetime.fromisoformat(one.at) for one in _held()), default=now)
    after = last + BLINK if now <= last < now + MOST_BACK else now
    return after.isoformat(timespec="microseconds")


def answers(kind: Kind | None = None) -> list[Answer]:
    """Give this visitor's answers, oldest first: of one kind, or all."""
    return [one for one in _held() if kind in {None, one.kind}]


def first_answers() -> list[Answer]:
    """Give the first answer to each question: the one that was given before anything was told."""
    found: dict[tuple[str, str], Answer] = {}
    for one in _held():
        found.setdefault((one.kind, one.what), one)
    return list(found.values())


def take_in(new: Iterable[Answer]) -> int:
    """Take in answers, given just now or brought in a file; say how many of them were not here yet."""
    held = _held()
    there = {one.id for one in held}
    fresh = [one for one in new if one.id not in there][: max(0, MOST - len(held))]
    st.session_state[_WAITING] = [*st.session_state.get(_WAITING, ()), *fresh]
    _write()
    return len(fresh)


def forget() -> None:
    """Delete everything about this visitor, here and in the store. Raises StoreError where the store does not answer now."""
    visitor = _visitor()
    if visitor is not None:
        store().forget(visitor)
        visitors.retire(visitor)
    st.session_state[_HELD], st.session_state[_WAITING], st.session_state[_GONE] = [], [], True


def is_waiting() -> bool:
    """Try once more to write what waits, and say whether something still does."""
    _held()
    _write()
    return bool(st.session_state.get(_WAITING))


def _visitor() -> str | None:
    """Name the visitor as the store does; None without a cookie, and after "forget me" until the next page brings a new one."""
    return None if st.session_state.get(_GONE) else visitors.known(st.context.cookies.get(visitors.COOKIE))


def _held() -> list[Answer]:
    """Give the session's answers: those of the store, read once a session, and those that wait for it."""
    visitor, waiting = _visitor(), st.session_state.get(_WAITING, ())
    if _HELD not in st.session_state:
        try:
            st.session_state[_HELD] = store().of(visitor) if visitor is not None else []
        except StoreError as error:
            _log.warning("the store of answers cannot be read: %s", error)
            return list(waiting)  # asked again with the next page
    there = {one.id for one in st.session_state[_HELD]}
    return sorted([*st.session_state[_HELD], *(one for one in waiting if one.id not in there)], key=lambda one: one.at)


def _write() -> None:
    """Write what waits; what cannot be written goes on waiting. Without a cookie there is the session and nothing else."""
    visitor, waiting = _visitor(), st.session_state.get(_WAITING)
    if not waiting:
        return
    if visitor is not None:
        try:
            store().add(visitor, waiting)
        except StoreError as error:
            _log.warning("%d answers wait for the store: %s", len(waiting), error)
            return
    if _HELD in st.session_state:
        st.session_state[_HELD] = [*st.session_state[_HELD], *waiting]
    st.session_state[_WAITING] = []
