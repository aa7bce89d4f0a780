"""Ask: a control for a field of the scenario. Label, help, unit, range and "assumed" all come from the field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from engine import Scenario, catalog
from engine.changes import value_at
from engine.flips import Flip, Setting
from engine.launch import launch_type
from pages.parts import flipped
from pages.parts.experiment import Experiment
from pages.parts.fields import field_at
from pages.parts.lesson import Control, name_of
from pages.parts.rules import ask_lines
from pages.parts.words import Voice, voice

OWN = "own"


def settle(key: str, value: float) -> None:
    """Set a slider to a number, unless it stands there: what is written comes back to the browser, over what was moved meanwhile."""
    now = st.session_state.get(key)
    if type(now) is not type(value) or now != value:
        st.session_state[key] = value


def ask(experiment: Experiment, controls: tuple[Control, ...], *, columns: int = 3) -> None:
    """Show the controls in rows, which a phone reads in the same order; each writes the scenario when it is changed."""
    scenario = experiment.scenario
    shown = [one for one in controls if meant(one, scenario.launch_type) and applies(one, scenario)]
    for start in range(0, len(shown), columns):
        for place, control in zip(st.columns(columns, gap="medium"), shown[start : start + columns], strict=False):
            with place:
                ask_one(experiment, control)


def meant(control: Control, kind: str) -> bool:
    """Say whether a control means anything on a launch type."""
    return not control.only or bool({kind, launch_type(kind).orchestrator} & set(control.only.split()))


def applies(control: Control, scenario: Scenario) -> bool:
    """Say whether what a control depends on stands so that it means anything."""
    return all(value_at(scenario, path) in values for path, values in control.when.items())


def ask_one(experiment: Experiment, control: Control) -> None:
    """Show one control, set to what the scenario says now."""
    speaker = voice().about(experiment.scenario)
    if control.named:  # a whole rule: its words are the lesson's, not a field's
        ask_named(experiment, control, speaker)
        return
    record, field = field_at(control.path)
    value = value_at(experiment.scenario, control.path)
    if value is None:
        return
    if control.text:
        ask_lines(experiment, control)
        return
    key = f"{experiment.lesson.name}.ask.{control.url}"
    label = member_of(experiment, speaker, control.path) or label_of(speaker, record, control.path, field)
    label += whose(experiment, control.path)
    told = help_of(speaker, record, control.path)

    def write() -> None:
        chosen = st.session_state[key]
        experiment.set({control.path: chosen} | dict(control.also.get(str(chosen), {})))

    if not _shows(experiment, control, st.session_state.get(key)):
        st.session_state[key] = _as_choice(value)
    common: dict[str, Any] = {"key": key, "help": told, "on_change": write}
    choices = _choices(field, control)
    found = flipped.barring(experiment.scenario, control.path)
    if found and choices:
        choices = _of_then(speaker, found, choices)
    if choices and _as_choice(value) not in choices:  # a link or a file may bring what the screen does not offer
        choices = [_as_choice(value), *choices]
    common |= _off(speaker, found)
    if isinstance(value, bool):
        st.toggle(label, **common)
    elif choices and control.slide:
        st.select_slider(label, choices, format_func=lambda one: choice_of(speaker, one), **common)
    elif choices:
        st.selectbox(label, choices, format_func=lambda one: choice_of(speaker, one), placeholder=label, **common)
    elif isinstance(value, tuple):
        st.multiselect(label, sorted({*catalog.instance_families(), *value}), placeholder=label, **common)
    else:
        _ask_number(
            label, control, field, flipped.span(found, float(control.low or 0), float(control.high or 1)), value, common
        )


def _ask_number(
    label: str, control: Control, field: FieldInfo, span: tuple[float, float], value: float, common: dict[str, Any]
) -> None:
    """Show a number: as a slider where the lesson gives a step, else as a box."""
    whole = field.annotation is int
    low, high, step = (int(n) if whole else float(n) for n in (*span, control.step or 1))
    # What a link or a file set may lie beyond the span that the screen offers: the span makes way.
    low, high = min(low, value), max(high, value)
    settle(common["key"], int(value) if whole else float(value))
    written = "%d" if float(step).is_integer() and float(value).is_integer() else "%g"
    if control.step is None:
        st.number_input(
            label,
            low,
            high,
            format="%d" if whole else "%g",
            step=1 if whole else max(0.1, abs(value) / 10),
            **common,
        )
    else:
        st.slider(label, low, high, step=step, format=written, **common)


def _off(speaker: Voice, found: Sequence[tuple[Flip, Setting]]) -> dict[str, Any]:
    """Switch a control off whose thing did not exist, and say since when it does."""
    gone = next((flip for flip, one in found if one.kind in ("then", "gone")), None)
    if gone is None:
        return {}
    st.html(f'<p class="q-later">{escape(flipped.dated(speaker, gone))}</p>')
    return {"disabled": True}


def _of_then(speaker: Voice, found: Sequence[tuple[Flip, Setting]], choices: list[Any]) -> list[Any]:
    """Offer what could be chosen then, and name the rest with the date on which it came."""
    late = [one for one in choices if not flipped.stands(found, one)]
    if late:
        names = ", ".join(choice_of(speaker, one) for one in late)
        when = flipped.dated(speaker, found[0][0])
        st.html(f'<p class="q-later">{escape(f"{names}: {when}")}</p>')
    return [one for one in choices if one not in late]


def ask_named(experiment: Experiment, control: Control, speaker: Voice) -> None:
    """Offer rules by their names: the lesson says what each of them sets, and its texts what it is called.

    A value that a link or a file brought, and that has no name here, stands first and is called the reader's own.
    """
    name, key = experiment.lesson.name, f"{experiment.lesson.name}.ask.{control.url}"
    texts = speaker.table(f"{name}.choice.{control.url}")
    now = name_of(control, experiment.scenario)
    st.session_state[key] = now or OWN

    def write() -> None:
        if (picked := st.session_state[key]) in control.named:  # neither the reader's own, nor what was never offered
            experiment.set({control.path: control.named[picked]} | dict(control.also.get(picked, {})))

    st.selectbox(
        texts["label"], [*([] if now else [OWN]), *control.named], key=key, help=texts["help"], on_change=write, placeholder=texts["label"],
        format_func=lambda one: speaker.say("furniture.own") if one == OWN else texts[one],
    )  # fmt: skip


def _shows(experiment: Experiment, control: Control, shown: object) -> bool:
    """Say whether the widget already shows the scenario's value."""
    return shown == _as_choice(value_at(experiment.scenario, control.path))


def _as_choice(value: Any) -> Any:
    """Write a value as the widget's option."""
    return list(value) if isinstance(value, tuple) else value


def _choices(field: FieldInfo, control: Control) -> list[Any]:
    """List what may be chosen: the lesson's options, or the field's own words."""
    if control.options:
        return [list(option) if isinstance(option, list | tuple) else option for option in control.options]
    return list(get_args(field.annotation)) if str(get_origin(field.annotation)) == "typing.Literal" else []


def label_of(speaker: Voice, record: str, path: str, field: FieldInfo) -> str:
    """Name a control, with its unit and, where nobody documents its default, the word that says so."""
    name = speaker.say(f"ask.{record}.{path.rsplit('.', 1)[-1]}.label")
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    unit = str(extra.get("unit", ""))
    units = speaker.table("ask.unit")
    is_told = unit in units and re.search(rf"\b{re.escape(units[unit])}\b", name, re.IGNORECASE)  # "Nodes (nodes)"
    written = f"{name} ({units[unit]})" if unit in units and not is_told else name
    return f"{written} · {speaker.say('common.sources.assumed').lower()}" if extra.get("assumed") else written


def whose(experiment: Experiment, path: str) -> str:
    """Name the capacity provider that a control is about; "" where there is only one, or it is about none."""
    if len(experiment.scenario.fleet.providers) < 2:
        return ""
    owner = value_at(experiment.scenario, path.rpartition(".")[0])
    name = getattr(owner, "provider", "") or (owner.name if path.startswith("fleet.providers.") else "")
    return f" · {name}" if name else ""


def member_of(experiment: Experiment, speaker: Voice, path: str) -> str:
    """Name the group of hosts that a control is about; "" where there is only one of a kind."""
    kind = value_at(experiment.scenario, f"{path.rpartition('.')[0]}.instance_type")
    if not kind or not path.startswith("fleet.groups."):
        return ""
    name = speaker.say(f"ask.hostgroup.{path.rpartition('.')[2]}.label")
    return f"{name} · {kind}"


def help_of(speaker: Voice, record: str, path: str) -> str:
    """Say what a control means."""
    return speaker.say(f"ask.{record}.{path.rsplit('.', 1)[-1]}.help")


def choice_of(speaker: Voice, one: Any) -> str:
    """Name a choice; several in a row are said in their order. A name of AWS's own keeps its signs."""
    words = speaker.table("ask.choice")
    if not isinstance(one, list) and str(one) not in words:
        return str(one)
    if isinstance(one, list) and not one:
        return words["none"]
    first, *rest = [words.get(str(part), str(part)) for part in (one if isinstance(one, list) else [one])]
    return ", ".join([first, *(said[:1].lower() + said[1:] for said in rest)])
