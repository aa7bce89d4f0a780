"""The bench: where one slot's scenario is changed, as a form, as a text, as a table of what is done, or by a file of one's own."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine import Scenario, ScenarioError
from engine.errors import Problem
from pages.parts import chapter
from pages.parts.bring import bring
from pages.parts.lab.editor import editor, editor_data
from pages.parts.lab.form import form
from pages.parts.lab.operations import operations
from pages.parts.lab.said import placed
from pages.parts.lab.slots import Slot, close, free, open_in
from pages.parts.words import Voice

EDIT, AS = "edit", "as"
WAYS = ("form", "text", "operations", "bring")


def bench(slots: Sequence[Slot], speaker: Voice) -> None:
    """Choose a slot and a way, and change what is in it."""
    st.header(speaker.say("lab.bench.title"))
    with st.container(horizontal=True, vertical_alignment="bottom", key="q-lab-bench"):
        slot = _whose(slots, speaker)
        way = _way(speaker)
    speaker = speaker.about(slot.scenario)
    _tools(slot, slots, speaker)
    if way != "text":
        chapter.mend(speaker, slot.problems)
    draft = draft_of(slot)
    if way != "text" and problems_of(draft):
        st.warning(speaker.say("lab.text.waits", n=len(problems_of(draft))))
    match way:
        case "text":
            _text(slot, speaker)
        case "operations":
            operations(slot, speaker)
        case "bring":
            st.session_state.setdefault(f"{slot.lesson.name}.bring", True)  # who comes here wants it open
            bring(slot, speaker)
        case _:
            form(slot, speaker)


def _whose(slots: Sequence[Slot], speaker: Voice) -> Slot:
    """Let the reader say which slot; the URL knows."""
    letters = [slot.letter for slot in slots]
    key = "lab.edit"
    asked = st.session_state.get(key) or st.query_params.get(EDIT)
    if st.session_state.get(key) not in letters:
        st.session_state[key] = asked if asked in letters else letters[0]
    st.segmented_control(
        speaker.say("lab.bench.whose"),
        letters,
        key=key,
        required=True,
        format_func=lambda letter: Slot(letter).title(speaker),
    )
    st.query_params[EDIT] = st.session_state[key]
    return Slot(st.session_state[key])


def _way(speaker: Voice) -> str:
    """Let the reader say how; the URL knows."""
    key = "lab.as"
    if st.session_state.get(key) not in WAYS:
        asked = st.query_params.get(AS, "")
        st.session_state[key] = asked if asked in WAYS else WAYS[0]
    st.segmented_control(
        speaker.say("lab.bench.how"),
        WAYS,
        key=key,
        required=True,
        format_func=lambda way: speaker.say(f"lab.way.{way}"),
    )
    st.query_params[AS] = st.session_state[key]
    return str(st.session_state[key])


def _tools(slot: Slot, slots: Sequence[Slot], speaker: Voice) -> None:
    """Undo, begin again, copy into another slot, empty this one."""
    say, name = speaker.say, slot.lesson.name
    with st.container(horizontal=True, key="q-tools"):
        st.button(
            say("common.button.undo"), key=f"{name}.undo", on_click=_undo, args=(slot,), disabled=not slot.can_undo
        )
        st.button(say("common.button.reset"), key=f"{name}.reset", on_click=slot.reset)
        letter = free()
        st.button(
            say("lab.bench.copy", letter=letter.upper()) if letter else say("lab.bench.full"), key=f"{name}.copy",
            on_click=_copy, args=(slot, letter), disabled=not letter,
        )  # fmt: skip
        st.button(
            say("lab.bench.close", letter=slot.letter.upper()), key=f"{name}.close", on_click=close, args=(slot.letter,),
            disabled=len(slots) < 2,
        )  # fmt: skip


def _undo(slot: Slot) -> None:
    slot.undo()
    slot.put("draft", None)


def _copy(slot: Slot, letter: str) -> None:
    open_in(letter, slot.own, slot.get("origin", ""))
    st.session_state["lab.edit"] = letter


# --- the text ------------------------------------------------------------------------------------------------------------


def draft_of(slot: Slot) -> str:
    """Give the text as the reader left it; the scenario's own where it says the same or was never touched."""
    draft: str | None = slot.get("draft")
    if draft is None:
        return slot.own.to_yaml()
    if not problems_of(draft) and Scenario.read(draft) != slot.own:  # it was good, and the form has moved on since
        slot.put("draft", None)
        return slot.own.to_yaml()
    return draft


def problems_of(text: str) -> tuple[Problem, ...]:
    """Find everything that is wrong with a text."""
    try:
        Scenario.read(text)
    except ScenarioError as error:
        return error.problems
    return ()


def take(slot: Slot, text: str) -> None:
    """Take what was typed: it is kept as it is, and where it can be run it is the scenario from here on."""
    slot.put("draft", text)
    if not problems_of(text):
        slot.change(lambda _: Scenario.read(text))


def _text(slot: Slot, speaker: Voice) -> None:
    """Show the scenario as a text, checked while one types; the last good one keeps running."""
    text, key = draft_of(slot), f"{slot.lesson.name}.text"
    problems = placed(speaker, text, problems_of(text))

    def typed() -> None:
        came = st.session_state[key].get("text")
        if came is not None:
            take(slot, came)

    count = speaker.say("lab.text.problems", n=len(problems)) if problems else speaker.say("lab.text.well")
    # The browser's text gives way only where this one is of another slot, or was written by the form or by undo.
    is_ours = slot.get("draft") is None
    whose = f"{slot.letter}:{slot.own.token()}" if is_ours else slot.get("whose", slot.letter)
    slot.put("whose", whose)
    label = speaker.say("lab.text.label", letter=slot.letter.upper())
    editor(editor_data(text, problems, speaker, label=label, whose=whose, count=count), key=key, on_text=typed)
    with st.container(horizontal=True):
        st.button(
            speaker.say("lab.text.drop"), key=f"{key}.drop", on_click=slot.put, args=("draft", None),
            disabled=slot.get("draft") is None or not problems,
        )  # fmt: skip
        st.download_button(
            speaker.say("common.button.download_scenario"), text, f"{slot.letter}.yaml", "application/yaml", key=f"{key}.yaml",
            on_click="ignore",
        )  # fmt: skip
