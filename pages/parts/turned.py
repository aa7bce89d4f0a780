"""Turned: the state of an experiment that needs no run. One record, in the session and in the URL, and its controls.

What `Experiment` is to a scenario, this is to any frozen record: the record is the only state, a control replaces it,
the URL is read once and written after every run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, get_args, get_origin

import streamlit as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from engine import ScenarioError, catalog, reading
from engine.changes import value_at
from engine.errors import Problem
from engine.flips import Flip, Setting, of_path
from engine.story import Amount
from pages.parts.ask import choice_of, help_of, label_of, settle
from pages.parts.experiment import read, written
from pages.parts.fields import field_of
from pages.parts.flipped import later, stands
from pages.parts.lesson import Control
from pages.parts.stage_map.payload import amount
from pages.parts.time_machine import ERA, era, travel
from pages.parts.words import Voice

R = TypeVar("R", bound=BaseModel)
# Fields of records without a run that a scenario has as well: what flipped about the one flipped about the other.
LIKE = {
    "instance_type": "fleet.instance_type",
    "master_type": "kubernetes.nodes.master_type",
    "memory_mb": "services.web.function.memory_mb",
}


class Turned(Generic[R]):
    """What a visitor has turned of a record."""

    def __init__(
        self, name: str, first: R, controls: Sequence[Control], check: Callable[[R], object] = lambda _: None
    ) -> None:
        """Take it from the session, or from the URL, or as it comes.

        name: the experiment's.  check: raises ScenarioError for what the fields alone cannot tell.
        """
        self.name, self.first, self.controls, self.check = name, first, tuple(controls), check
        if self._key("record") not in st.session_state:
            record, aside = self._read_url()
            st.session_state[self._key("record")] = record
            st.session_state[self._key("aside")] = aside
            st.session_state[self._key("problems")] = ()
        st.session_state[self._key("first")] = first
        self._in_time()

    def _in_time(self) -> None:
        """Set a record that knows of the two times to the one that the URL asks for."""
        if ERA in type(self.first).model_fields and getattr(self.record, ERA) != era():
            st.session_state[self._key("record")] = put(self.record, {ERA: era()})

    def _key(self, what: str) -> str:
        return f"{self.name}.turned.{what}"

    @property
    def record(self) -> R:
        """The record as it stands."""
        found: R = st.session_state[self._key("record")]
        return found

    @property
    def aside(self) -> tuple[Problem, ...]:
        """What of the URL could not be used."""
        found: tuple[Problem, ...] = st.session_state[self._key("aside")]
        return found

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the last change; the record before it still stands."""
        found: tuple[Problem, ...] = st.session_state[self._key("problems")]
        return found

    def set(self, settings: dict[str, Any]) -> None:
        """Set values by their paths, or keep the record and remember what was wrong."""
        try:
            st.session_state[self._key("record")] = self._with(self.record, settings)
        except ScenarioError as error:
            st.session_state[self._key("problems")] = error.problems
            return
        st.session_state[self._key("problems")] = ()
        st.session_state[self._key("aside")] = ()
        if ERA in settings:
            travel(settings[ERA])

    def write_url(self) -> None:
        """Make the URL say what differs from how it comes."""
        for control in self.controls:
            if control.path == ERA:  # the time machine says it
                continue
            now = value_at(self.record, control.path)
            if now == value_at(self.first, control.path):
                if control.url in st.query_params:
                    del st.query_params[control.url]
            elif st.query_params.get(control.url) != written(now):
                st.query_params[control.url] = written(now)

    def _with(self, record: R, settings: dict[str, Any]) -> R:
        made = put(record, settings)
        self.check(made)
        return made

    def _read_url(self) -> tuple[R, tuple[Problem, ...]]:
        """Read the URL; each word that cannot be used is set aside and named, the rest stands."""
        record, aside = self.first, []
        for control in self.controls:
            word = st.query_params.get(control.url)
            if word is None or control.path == ERA:
                continue
            try:
                record = self._with(record, {control.path: read(word, value_at(record, control.path))})
            except ScenarioError as error:
                one = error.problems[0]
                aside.append(Problem(control.url, word[:60], one.allowed, one.message))
        return record, tuple(aside)


def put(record: R, settings: Mapping[str, Any]) -> R:
    """Set values by their paths, checked together. Raises ScenarioError with every problem."""
    data: dict[str, Any] = record.model_dump(mode="json")
    for path, value in settings.items():
        data = reading.put(data, path, value)
    try:
        return reading.validated(type(record), data)
    except ValidationError as error:
        raise ScenarioError(reading.explained(error, type(record))) from None


def turn_record(turned: Turned[Any], controls: Sequence[Control], speaker: Voice, *, columns: int = 3) -> None:
    """Show controls in rows; each writes the record when it is changed."""
    for start in range(0, len(controls), columns):
        for place, control in zip(st.columns(columns, gap="medium"), controls[start : start + columns], strict=False):
            with place:
                _turn_one(turned, control, speaker)


def _turn_one(turned: Turned[Any], control: Control, speaker: Voice) -> None:
    """Show one control, set to what the record says now."""
    record, field = field_of(type(turned.record), control.path)
    value, key = value_at(turned.record, control.path), f"{turned.name}.turn.{control.url}"
    if isinstance(value, tuple):  # what is chosen keeps the words in which it was chosen
        key = f"{key}.{speaker.lang}"
    shown = list(value) if isinstance(value, tuple) else value
    if st.session_state.get(key) != shown:  # a slider's type counts too: see `settle`
        st.session_state[key] = shown

    def write() -> None:
        turned.set({control.path: st.session_state[key]})

    label, told = _label(speaker, record, control, field), help_of(speaker, record, control.path)
    common: dict[str, Any] = {"key": key, "help": told, "on_change": write}

    def name(one: Any) -> str:
        return _named(speaker, field, one)

    found = barred_here(control.path)
    if isinstance(value, bool):
        st.toggle(label, **common)
    elif isinstance(value, tuple):
        st.multiselect(label, _choices(field, control, shown), format_func=name, placeholder=label, **common)
    elif (choices := _choices(field, control, [shown])) and control.slide:
        st.select_slider(label, choices, format_func=name, **common)
    elif choices:
        kept = [one for one in choices if one == shown or stands(found, one)]
        if late := [one for one in choices if one not in kept]:
            later(speaker, [", ".join(map(name, late))])
        st.selectbox(label, kept, format_func=name, placeholder=label, **common)
    else:
        _slider(label, control, field, value, common)


def barred_here(path: str) -> tuple[tuple[Flip, Setting], ...]:
    """Give what flipped about a record's field, as about the scenario's own field of that name; nothing today."""
    like = LIKE.get(path.rpartition(".")[2], "")
    return of_path(like) if like and era() == "talk" else ()


def _label(speaker: Voice, record: str, control: Control, field: FieldInfo) -> str:
    """Name a control; where its values carry their unit themselves (see `_named`), the unit is left out."""
    label = label_of(speaker, record, control.path, field)
    unit = speaker.table("ask.unit").get(_unit(field), "")
    is_said = (
        (_unit(field) in {"mCPU", "CPU units", "MiB"} and control.options)
        or _unit(field) == "share"
        or label.lower().startswith(unit.lower())
    )
    return label.replace(f" ({unit})", "") if unit and is_said else label


def _slider(label: str, control: Control, field: FieldInfo, value: float, common: dict[str, Any]) -> None:
    """Show a number; what a link set beyond the span that the screen offers makes it wider."""
    kind = int if field.annotation is int else float
    low, high, step = (kind(n) for n in (control.low or 0, control.high or 1, control.step or 1))
    settle(common["key"], kind(value))
    written_as = "percent" if _unit(field) == "share" else "%d" if float(step).is_integer() else "%g"
    st.slider(label, min(low, kind(value)), max(high, kind(value)), step=step, format=written_as, **common)


def _choices(field: FieldInfo, control: Control, shown: Sequence[Any]) -> list[Any]:
    """List what may be chosen: the lesson's options, or the field's own words; what stands there is among them."""
    options = list(control.options) or list(get_args(_inner(field.annotation)))
    return [*options, *(one for one in shown if one not in options)] if options else []


def _inner(annotation: Any) -> Any:
    """Give the Literal itself, also out of a tuple of them."""
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0]
    return annotation if "Literal" in str(get_origin(annotation)) else None


def _unit(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def _named(speaker: Voice, field: FieldInfo, one: Any) -> str:
    """Name a choice: sizes as one buys them, words in the language, names as they are."""
    match _unit(field):
        case "mCPU":
            digits = next(digits for digits in range(4) if not one * 10**digits % 1000)
            return speaker.say("story.amount.vcpu", value=speaker.number(one / 1000, digits))
        case "CPU units":
            return str(amount(Amount(one / catalog.number("ecs.placement.cpu_unit"), "vcpu"), speaker))
        case "MiB":
            return str(amount(Amount(one / 1024, "gib") if one >= 1024 else Amount(one, "mib"), speaker))
    known = speaker.table("ask.choice")
    if str(one) in known:
        return choice_of(speaker, one)
    return speaker.number(one, _digits(one)) if isinstance(one, int | float) else str(one)


def _digits(number: float) -> int:
    """Count the decimals that a number is written with."""
    return len(f"{number:g}".partition(".")[2])
