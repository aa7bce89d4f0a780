"""What is done, as a table: when, what, where. A row is changed in place, more of it is behind a button, and one can be added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from engine import Scenario, checks
from engine.launch import launch_type
from pages.parts.lab.said import PLACES, kind_of
from pages.parts.lab.slots import Slot
from pages.parts.words import Voice

MOST = 24  # rows that are shown; the text shows them all
FIRST = {  # what a new operation begins with, where a field has no default
    "zone": "b", "host": "a1", "task": 1, "member": 1, "module": "cart", "desired": 30, "factor": 2.0,
}  # fmt: skip
_OF_KUBERNETES = {"fail-control-plane", "kill-member", "restart-member", "update-nodes"}
_OF_ECS = {"cut-agent", "restore-agent", "interrupt-spot-tasks"}
_OF_HOSTS = {"fail-host", "drain-host", "interrupt-spot", "cut-agent", "restore-agent", "update-nodes"}
_OF_MODULES = {"break-module", "leak-module", "crash-module"}


def operations(slot: Slot, speaker: Voice) -> None:
    """Show what is done in a slot, a row each."""
    scenario, say = slot.scenario, speaker.say
    if not scenario.operations:
        st.markdown(say("lab.operations.none"))
    order = sorted(range(len(scenario.operations)), key=lambda n: scenario.operations[n].at_s)
    for place, number in enumerate(order[:MOST]):
        _row(slot, speaker, number, is_first=place == 0)
    if len(order) > MOST:
        st.markdown(say("lab.operations.more", n=len(order) - MOST))
    st.button(say("lab.operations.add"), key=f"{slot.lesson.name}.op.add", on_click=_add, args=(slot,))


def offered(scenario: Scenario) -> list[str]:
    """Name the operations that find something to act on."""
    kind = launch_type(scenario.launch_type)
    out = set[str]()
    out |= set() if kind.is_kubernetes else _OF_KUBERNETES
    out |= _OF_ECS if kind.is_kubernetes or kind.is_function else set()
    out |= set() if kind.has_hosts else _OF_HOSTS
    out |= set() if scenario.application.modules else _OF_MODULES
    return [do for do in checks.OPERATIONS if do not in out]


def _row(slot: Slot, speaker: Voice, number: int, *, is_first: bool) -> None:
    """Show one operation: when, what, where, the rest, and away with it."""
    done, key, say = slot.scenario.operations[number], f"{slot.lesson.name}.op.{number}", speaker.say
    seen: Literal["visible", "collapsed"] = "visible" if is_first else "collapsed"
    when, what, where, more, gone = st.columns([2, 4, 3, 2, 2], gap="small", vertical_alignment="bottom")
    with when:
        _set(f"{key}.at", float(done.at_s))
        st.number_input(
            say("lab.operations.at"), 0.0, float(slot.scenario.duration_s), step=5.0, format="%g", key=f"{key}.at",
            label_visibility=seen, on_change=_write(slot, number, "at_s", f"{key}.at"),
        )  # fmt: skip
    with what:
        kinds = offered(slot.scenario)
        _set(f"{key}.do", done.do)
        st.selectbox(
            say("lab.operations.do"), kinds if done.do in kinds else [done.do, *kinds], key=f"{key}.do", label_visibility=seen,
            placeholder=say("lab.operations.do"),
            format_func=lambda do: say(f"lab.do.{do}"), on_change=_change_kind, args=(slot, number, f"{key}.do"),
        )  # fmt: skip
    fields = type(done).model_fields
    place = next((name for name in PLACES if name in fields), "")
    with where:
        if place:
            _field(slot, speaker, number, place, fields[place], seen=seen, label=say("lab.operations.where"))
    with more:
        rest = [name for name, field in fields.items() if name not in {"at_s", "do", place} and _is_plain(field)]
        if rest:
            with st.popover(say("lab.operations.rest"), key=f"{key}.rest", on_change="rerun") as held:
                if held.open:
                    for name in rest:
                        _field(slot, speaker, number, name, fields[name])
    with gone:
        st.button(
            say("lab.operations.remove"), key=f"{key}.remove", on_click=_remove, args=(slot, number),
            help=say("lab.operations.remove_help", at=speaker.clock(done.at_s), what=say(f"lab.do.{done.do}")),
        )  # fmt: skip


def _field(
    slot: Slot, speaker: Voice, number: int, name: str, field: FieldInfo, *,
    seen: Literal["visible", "collapsed"] = "visible", label: str = "",
) -> None:  # fmt: skip
    """Show one field of an operation as the widget that suits what it holds."""
    key, value = f"{slot.lesson.name}.op.{number}.{name}", getattr(slot.scenario.operations[number], name)
    label = label or speaker.say(f"lab.field.{name}")
    write = _write(slot, number, name, key)
    choices = _choices(slot.scenario, name, field)
    if choices:
        _set(key, value)
        st.selectbox(
            label, choices if value in choices else [value, *choices], key=key, label_visibility=seen, on_change=write, placeholder=label,
            format_func=lambda one: speaker.say("lab.value.any") if one is None else str(one),
        )  # fmt: skip
    elif isinstance(value, bool):
        _set(key, value)
        st.toggle(label, key=key, on_change=write)
    else:
        _set(key, "" if value is None else f"{value:g}" if isinstance(value, float) else str(value))
        st.text_input(label, key=key, label_visibility=seen, on_change=write, placeholder=speaker.say("lab.value.none"))


def _choices(scenario: Scenario, name: str, field: FieldInfo) -> list[Any]:
    """List what a field may be where that is a short list."""
    match name:
        case "zone":
            return list(scenario.zone_letters)
        case "service":
            return [None, *(service.name for service in scenario.services)]
        case "module":
            return [module.name for module in scenario.application.modules]
        case "provider":
            return [None, *(provider.name for provider in scenario.fleet.providers)]
    return list(get_args(field.annotation)) if get_origin(field.annotation) is Literal else []


def _is_plain(field: FieldInfo) -> bool:
    """Say whether a field is one value: groups and lists are written in the text."""
    told = str(field.annotation)
    return "tuple" not in told and "Settings" not in told


def _set(key: str, value: object) -> None:
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _write(slot: Slot, number: int, name: str, key: str) -> Callable[[], None]:
    """Make what writes a field into the scenario once it was changed; an empty text is none."""

    def write() -> None:
        value = st.session_state[key]
        if isinstance(value, str):
            value = _read(value.strip())
        rows = _rows(slot)
        rows[number][name] = value
        slot.set({"operations": rows})

    return write


def _read(text: str) -> object:
    """Read what was typed: a number where it is one, none where it is nothing."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def _rows(slot: Slot) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json", exclude_defaults=True) for one in slot.own.operations]


def _change_kind(slot: Slot, number: int, key: str) -> None:
    """Make another operation of a row: it keeps its time and, where it has one, its place."""
    rows, do = _rows(slot), str(st.session_state[key])
    rows[number] = _fresh(do, rows[number]["at_s"], slot.own, rows[number])
    slot.set({"operations": rows})


def _fresh(do: str, at_s: float, scenario: Scenario, before: dict[str, Any]) -> dict[str, Any]:
    """Write a new operation with all that it needs."""
    needed = [
        name for name, field in kind_of(do).model_fields.items() if field.is_required() and name not in {"at_s", "do"}
    ]
    first = FIRST | {"zone": scenario.zone_letters[min(1, scenario.zones - 1)]}
    if scenario.application.modules:
        first["module"] = scenario.application.modules[0].name
    return {"at_s": at_s, "do": do} | {name: before.get(name, first[name]) for name in needed}


def _add(slot: Slot) -> None:
    """Add the loss of a zone at a third of the run: something to change."""
    at_s = round(slot.own.duration_s / 3)
    slot.set({"operations": [*_rows(slot), _fresh("fail-zone", at_s, slot.own, {})]})


def _remove(slot: Slot, number: int) -> None:
    rows = _rows(slot)
    slot.set({"operations": rows[:number] + rows[number + 1 :]})
