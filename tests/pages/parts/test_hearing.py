"""What a browser says of widgets is looked at first: what cannot be used is as if it had not been sent."""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState, WStates

from pages.parts import hearing

ID = "$$ID-abc-page.ask.rps"


def number(value):
    if value is None:
        return 0.0  # what it begins with
    if not isinstance(value, float):
        raise TypeError(value)
    return value


@pytest.fixture
def state(monkeypatch):
    """A session with one widget on its page: a box for a number."""
    monkeypatch.setattr(WStates, "__getitem__", hearing._usable)
    monkeypatch.setattr(SessionState, "set_widgets_from_proto", hearing._set_usable)
    found = SessionState()
    found._new_widget_state.set_widget_metadata(
        WidgetMetadata(id=ID, deserializer=number, serializer=lambda one: one, value_type="double_value", callback=lambda: None)
    )  # fmt: skip
    found._key_id_mapper["page.ask.rps"] = ID
    return found


def told(state, *states):
    state.set_widgets_from_proto(WidgetStates(widgets=states))
    return {name: state._new_widget_state.get(name) for name in state._new_widget_state}


def test_what_a_widget_of_the_page_sends_is_taken(state):
    assert told(state, WidgetState(id=ID, double_value=3.5)) == {ID: 3.5}


@pytest.mark.parametrize("wrong", [
    {"double_value": float("nan")}, {"double_value": float("-inf")}, {"string_value": "3.5"}, {"bool_value": True},
    {"json_value": "{}"}, {"trigger_value": True}, {"bytes_value": b"3"},
])  # fmt: skip
def test_what_is_no_value_of_a_widget_leaves_it_as_it_was(state, wrong, caplog):
    assert told(state, WidgetState(id=ID, **wrong)) == {}
    assert "set aside" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_widget_in_which_nothing_is_chosen_yet_says_nothing_and_may_say_something_later(state):
    assert told(state, WidgetState(id=ID)) == {ID: 0.0}
    assert told(state, WidgetState(id=ID, double_value=3.5)) == {ID: 3.5}
    assert told(state, WidgetState(id=ID, string_value="x")) == {ID: 3.5}  # still a box for numbers


@pytest.mark.parametrize("text", ["", "{", "[" * 3_000, "NaN", "[Infinity]", "{" + '"a":{' * 60 + "}" * 61])
def test_what_a_component_says_is_json_and_not_too_deep(text):
    assert not hearing.is_sound(WidgetState(id=ID, json_value=text))
    assert not hearing.is_sound(WidgetState(id=ID, json_trigger_value=text))


def test_a_widget_that_is_not_on_the_page_any_more_calls_nobody(state, caplog):
    del state._key_id_mapper["page.ask.rps"]

    assert told(state, WidgetState(id=ID, double_value=3.5)) == {}
    assert "not there any more" in caplog.text


def test_a_name_of_no_widget_never_gets_into_the_session(state):
    assert told(state, WidgetState(id="lang", string_value="xx"), WidgetState(id="", bool_value=True)) == {}


def test_what_a_browser_remembers_waits_for_its_page_though_the_server_is_new(state):
    other = "$$ID-def-page.ask.seed"
    told(state, WidgetState(id=other, int_value=7))

    assert other in state._new_widget_state.states
    with pytest.raises(KeyError):  # until the page has it, nobody can read it
        state._new_widget_state[other]
    state._new_widget_state.set_widget_metadata(
        WidgetMetadata(id=other, deserializer=int, serializer=int, value_type="double_value")
    )
    assert state._new_widget_state[other] == 7  # a box for numbers sends whole ones, too


def test_a_widget_that_cannot_read_its_value_has_none(state, caplog):
    other = "$$ID-def-page.ask.seed"
    told(state, WidgetState(id=other, string_value="x"))
    state._new_widget_state.set_widget_metadata(
        WidgetMetadata(id=other, deserializer=lambda _: {}["x" * 3], serializer=str, value_type="string_value")
    )
    with pytest.raises(KeyError):
        state._new_widget_state[other]
    state._new_widget_state.set_widget_metadata(
        WidgetMetadata(id=other, deserializer=lambda _: 1 // 0, serializer=str, value_type="string_value")
    )
    with pytest.raises(KeyError):
        state._new_widget_state[other]

    assert "ZeroDivisionError" in caplog.text
