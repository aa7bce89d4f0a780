"""Hearing: what a browser says of a page's widgets is looked at before anything uses it, the page's own callbacks included.

Streamlit hands on whatever comes over the socket: a word for a number, what is no number, half a JSON, the state of a widget that
is no longer there. Such a state is treated as if it had not been sent: the widget keeps what it had, the page runs, the log says it in a
line. This is the one place for that, because Streamlit runs callbacks before the page's script, where no page can catch anything;
it has no door for it, so some of its methods are replaced. A test sends forged states to a real server and would see if they were not asked.
"""

from __future__ import annotations

import json
import logging
import math
from typing import Any

import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.state.common import WidgetMetadata, user_key_from_element_id
from streamlit.runtime.state.session_state import Serialized, SessionState, Value, WStates

from pages.parts.words import say

MOST_TEXT = 2_000_000  # signs: as much as an uploaded file may have
DEEPEST = 40  # brackets in brackets, of what a component says
_NUMBERS = {"double_value": lambda one: (one,), "double_array_value": lambda many: many.data}
_ALIKE = {"int_value": "double_value"}  # a box for numbers sends either
_TEXTS = {"string_value", "json_value", "json_trigger_value"}
_WIDGETS = ("$$ID-", "$$STREAMLIT_INTERNAL_KEY_$$ID-")  # how Streamlit's names of widgets begin
_log = logging.getLogger("quayside")
_whole_getitem, _whole_set = WStates.__getitem__, SessionState.set_widgets_from_proto


def listen() -> None:
    """Have every session look first. Once a process."""
    WStates.__getitem__ = _usable  # type: ignore[method-assign]
    SessionState.set_widgets_from_proto = _set_usable  # type: ignore[method-assign]
    AppSession._handle_clear_cache_request = _keep_cache  # type: ignore[method-assign]  # noqa: SLF001


def _keep_cache(_: AppSession) -> None:
    """Leave the shelves of all visitors as they are: what one of them asks for is not the others' business."""
    _log.warning("a visitor asked to clear everybody's cache; it was kept")


def is_sound(state: WidgetState) -> bool:
    """Say whether a state could be a widget's, whatever widget that is: its numbers are numbers, its JSON is some.

    >>> is_sound(WidgetState(id="a", double_value=1.5)), is_sound(WidgetState(id="a", double_value=float("nan")))
    (True, False)
    >>> is_sound(WidgetState(id="a", json_value='{"at": 3}')), is_sound(WidgetState(id="a", json_value='{"at"'))
    (True, False)
    """
    kind = state.WhichOneof("value")
    if kind in _NUMBERS:
        return all(math.isfinite(number) for number in _NUMBERS[kind](getattr(state, kind)))
    if kind in _TEXTS:
        text = getattr(state, kind)
        return len(text) <= MOST_TEXT and (kind == "string_value" or _is_json(text))
    return True


def _is_json(text: str) -> bool:
    """Say whether a text is JSON as the standard has it, and not too deep."""
    try:
        return _depth(json.loads(text, parse_constant=_no_number)) <= DEEPEST
    except (ValueError, RecursionError):
        return False


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _depth(whole: Any) -> int:
    deep, layer = 0, [whole]
    while layer and deep <= DEEPEST:
        deep += 1
        layer = [
            inner
            for one in layer
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return deep


def _set_usable(self: SessionState, states: WidgetStates) -> None:
    """Take in the states that can be used."""
    widgets, there = self._new_widget_state.widget_metadata, self._key_id_mapper.id_key_mapping
    usable = WidgetStates()
    for state in states.widgets:
        known = widgets.get(state.id)
        if not state.id.startswith(_WIDGETS):
            _set_aside(state, "the name of no widget")
        elif not is_sound(state):
            _set_aside(state, "no value of any widget")
        elif known is not None and not _is_of(known, state):
            _set_aside(state, f"not a {known.value_type}")
        elif (
            known is not None
            and known.callback is not None
            and user_key_from_element_id(state.id)
            and state.id not in there
        ):
            _set_aside(state, "a widget that is not there any more")  # its callback would find nothing to read
        else:
            usable.widgets.append(state)
    _whole_set(self, usable)


def _is_of(widget: WidgetMetadata[Any], state: WidgetState) -> bool:
    """Say whether a state is of a widget's kind. One without a value is of any: a list in which nothing is chosen yet."""
    kind = state.WhichOneof("value")
    return kind is None or _ALIKE.get(kind, kind) == _ALIKE.get(widget.value_type, widget.value_type)


def _usable(self: WStates, name: str) -> Any:
    """Give a widget's value; KeyError, as for one that was not sent, where what was sent is none of its kind."""
    state, known = self.states.get(name), self.widget_metadata.get(name)
    if not isinstance(state, Serialized) or known is None:
        return _whole_getitem(self, name)
    if _is_of(known, state.value):
        try:
            if state.value.WhichOneof("value") is None:
                # Not by Streamlit's own way: it would note that the widget's values are of no kind.
                self.states[name] = Value(known.deserializer(None))
            return _whole_getitem(self, name)
        except KeyError:
            raise
        except Exception as error:  # noqa: BLE001 - each widget reads its own, and raises what it likes
            _set_aside(state.value, type(error).__name__)
            raise KeyError(name) from None
    raise KeyError(name)


def _set_aside(state: WidgetState, why: str) -> None:
    _log.warning("a widget's state was set aside, %s: %.120r", why, state.id)


def broke(error: Exception) -> bool:
    """Say a sentence where a callback broke, in place of what Streamlit would show; the log has it whole. For `st.App`."""
    _log.error("a callback broke", exc_info=error)
    st.error(say("common.error.page"))
    return True
