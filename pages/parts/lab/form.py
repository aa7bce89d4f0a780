"""The form: a scenario's own fields as controls, in groups, and only those that mean something on its launch type."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import streamlit as st

from engine import catalog
from engine.changes import value_at
from engine.era_checks import Barred
from engine.launch import launch_type
from pages.parts import chapter, flipped
from pages.parts.ask import applies, ask, meant
from pages.parts.fields import ASSUMED
from pages.parts.lab.slots import NAME, Slot
from pages.parts.lesson import Control, controls
from pages.parts.words import Voice

SERVICE = "services.web."


@cache
def groups() -> dict[str, tuple[Control, ...]]:
    """Read the form's groups and their controls."""
    return {name: controls(rows) for name, rows in catalog.lesson(NAME)["form"].items()}


def form(slot: Slot, speaker: Voice) -> None:
    """Show a slot's scenario as a form. Each control writes the scenario; the text is another view of the same."""
    first, second = st.columns(2, gap="medium")
    with first:
        _name(slot, speaker)
    with second:
        _launch_type(slot, speaker)
    for name, held in groups().items():
        shown = [one for one in held if _is_shown(slot, one)]
        if name == "service":
            _services(slot, speaker, shown)
        elif shown:
            st.html(f'<h3 class="q-lab-group">{chapter.plain(speaker.say(f"lab.group.{name}"))}</h3>')
            ask(slot, tuple(shown), columns=4)
    with chapter.fold(speaker.say("furniture.assumed", n=len(ASSUMED)), key=f"{slot.lesson.name}.assumed") as assumed:
        if assumed.open:
            st.markdown(speaker.say("furniture.assumed_means"))
            ask(slot, ASSUMED, columns=4)


def _is_shown(slot: Slot, control: Control) -> bool:
    scenario = slot.scenario
    if control.path.startswith(SERVICE):
        return meant(control, scenario.launch_type)
    return (
        meant(control, scenario.launch_type)
        and applies(control, scenario)
        and value_at(scenario, control.path) is not None
    )


def _name(slot: Slot, speaker: Voice) -> None:
    """Let the reader call it as they like."""
    key = f"{slot.lesson.name}.name"
    st.session_state[key] = slot.own.name
    st.text_input(
        speaker.say("ask.scenario.name.label"), key=key, max_chars=80, help=speaker.say("ask.scenario.name.help"),
        on_change=lambda: slot.set({"name": st.session_state[key]}),
    )  # fmt: skip


def _launch_type(slot: Slot, speaker: Voice) -> None:
    """Offer the launch types by their names."""
    key = f"{slot.lesson.name}.launch_type"
    st.session_state[key] = slot.scenario.launch_type
    later = {kind: flipped.not_yet(speaker, kind) for kind in slot.lesson.launch_types}
    offered = [kind for kind in slot.lesson.launch_types if not later[kind] or kind == slot.scenario.launch_type]
    st.selectbox(
        speaker.say("common.launch_type.label"), offered, key=key, help=speaker.say("ask.scenario.launch_type.help"),
        placeholder=speaker.say("common.launch_type.label"),
        format_func=lambda kind: speaker.say(f"common.launch_type.{kind}.name"),
        on_change=lambda: slot.set({"launch_type": st.session_state[key]}),
    )  # fmt: skip


def _services(slot: Slot, speaker: Voice, shown: list[Control]) -> None:
    """Show one service's controls; where there are several, the reader says whose."""
    scenario = slot.scenario
    names = [service.name for service in scenario.services]
    key = f"{slot.lesson.name}.whose"
    st.html(f'<h3 class="q-lab-group">{chapter.plain(speaker.say("lab.group.service"))}</h3>')
    whose = names[0]
    if len(names) > 1:
        whose = (
            st.segmented_control(speaker.say("lab.whose"), names, default=names[0], required=True, key=key) or names[0]
        )
    mine = [
        replace(
            one,
            path=one.path.replace(SERVICE, f"services.{whose}."),
            url=one.url if whose == names[0] else f"{one.url}.{whose}",
        )
        for one in shown
    ]
    ask(slot, tuple(one for one in mine if value_at(scenario, one.path) is not None), columns=4)
    if launch_type(scenario.launch_type).orchestrator == "ecs":
        _scaling(slot, speaker, whose)


def _scaling(slot: Slot, speaker: Voice, whose: str) -> None:
    """Switch target tracking on and off: its own controls are there while it is on."""
    key, path = f"{slot.lesson.name}.scaling.{whose}", f"services.{whose}.scaling"
    st.session_state[key] = value_at(slot.scenario, path) is not None
    st.toggle(
        speaker.say("lab.scaling"), key=key, help=speaker.say("ask.service.scaling.help"),
        on_change=lambda: slot.set({path: {} if st.session_state[key] else None}),
    )  # fmt: skip


def absent(slot: Slot, speaker: Voice) -> None:
    """Say what of a slot did not exist in the time that the page speaks of."""
    gone: tuple[Barred, ...] = slot.absent
    if gone:
        st.html(f'<p class="q-later">{chapter.plain(slot.title(speaker))}</p>')
        flipped.absent(speaker, gone)
