"""Turn, try, take away: the controls of an experiment, what to do next, and what can be kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from engine import Run, Scenario, catalog, frames
from engine.launch import launch_type
from pages.parts import chapter
from pages.parts.ask import ask, meant
from pages.parts.chapter import VIEW
from pages.parts.experiment import Experiment, url_of
from pages.parts.fields import ASSUMED
from pages.parts.flipped import came_later, for_today
from pages.parts.glossary import marked
from pages.parts.lesson import Lesson
from pages.parts.time_machine import link_words
from pages.parts.words import Voice


def turn(experiment: Experiment, speaker: Voice, run: Run | None = None) -> None:
    """Offer the controls, undo and reset, and what can be taken away. run: none where the scenario cannot run."""
    name = experiment.lesson.name
    with st.container(horizontal=True, key="q-tools"):
        st.button(
            speaker.say("common.button.undo"),
            key=f"{name}.undo",
            on_click=experiment.undo,
            disabled=not experiment.can_undo,
        )
        st.button(speaker.say("common.button.reset"), key=f"{name}.reset", on_click=experiment.reset)
        st.button(speaker.say("common.mode.stage"), key=f"{name}.stage", on_click=go, args=("stage",))
        with st.popover(speaker.say("furniture.share"), key=f"{name}.share", on_change="rerun") as share:
            if share.open:
                take_away(experiment, speaker, run)
    if experiment.lesson.controls:
        with st.expander(speaker.say("furniture.turn"), expanded=True, key=f"{name}.turn"):
            ask(experiment, experiment.lesson.controls)
    with chapter.fold(speaker.say("furniture.assumed", n=len(ASSUMED)), key=f"{name}.assumed") as assumed:
        if assumed.open:
            st.markdown(speaker.say("furniture.assumed_means"))
            ask(experiment, ASSUMED, columns=4)


def take_away(experiment: Experiment, speaker: Voice, run: Run | None) -> None:
    """Copy the link; download the scenario and the log; open a file."""
    name, say = experiment.lesson.name, speaker.say
    st.markdown(say("furniture.link"))
    st.code(link(experiment), language=None, wrap_lines=True)
    st.download_button(
        say("common.button.download_scenario"), experiment.scenario.to_yaml(), f"{name}.yaml", "application/yaml",
        key=f"{name}.yaml", on_click="ignore",
    )  # fmt: skip
    if run is not None:
        for kind, write, mime in (
            ("csv", frames.to_csv, "text/csv"),
            ("parquet", frames.to_parquet, "application/vnd.apache.parquet"),
        ):
            st.download_button(
                say(f"common.button.download_events_{kind}"), lambda write=write: write(frames.events(run)),
                f"{name}-events.{kind}", mime, key=f"{name}.{kind}", on_click="ignore",
            )  # fmt: skip
    key = f"{name}.upload"
    given = st.file_uploader(say("common.button.upload_scenario"), type=["yaml", "yml", "json"], key=key)
    if given is not None and st.session_state.get(f"{key}.seen") != given.file_id:
        st.session_state[f"{key}.seen"] = given.file_id
        experiment.open_file(given.getvalue().decode("utf-8", errors="replace"))
        st.rerun()


def link(experiment: Experiment) -> str:
    """Write the address that opens this very experiment."""
    words = {**url_of(experiment.lesson, experiment.own), **link_words(st.query_params.get("lang", "en"))}
    base = str(st.context.url or "").split("?")[0]
    return f"{base}?{urlencode(words)}"


def explain(experiment: Experiment, speaker: Voice) -> None:
    """Say why it came out so, piece by piece, and what to turn next."""
    name = experiment.lesson.name
    if experiment.lesson.tries:
        st.header(speaker.say("furniture.try"))
        with st.container(horizontal=True):
            for what, settings in tries(experiment.lesson, experiment.scenario.launch_type).items():
                every = experiment.scenario.balancer.check_every_s
                late = came_later(speaker, experiment.own, settings)
                st.button(
                    speaker.say(f"{name}.try.{what}", interval=speaker.number(every)) + (f" ({late})" if late else ""),
                    key=f"{name}.try.{what}", on_click=experiment.set, args=(settings,), disabled=bool(late),
                )  # fmt: skip
    told(speaker, name, experiment.lesson.explain)


def tries(of: Lesson, kind: str) -> dict[str, dict[str, Any]]:
    """Give what can be tried: not what turns a control that means nothing on this launch type, unless it brings one where it does."""
    idle = {control.path for control in of.controls if not meant(control, kind)}
    return {what: turned for what, turned in of.tries.items() if "launch_type" in turned or not set(turned) & idle}


def told(speaker: Voice, name: str, sections: Sequence[str]) -> None:
    """Fold an experiment's prose into two columns, one after the other, as a phone shows them. name: whose texts these are."""
    st.header(speaker.say(f"{name}.explain.title"))
    for_today(speaker)
    page = str(catalog.lesson(name).get("page", name))
    half = (len(sections) + 1) // 2
    for column, part in zip(st.columns(2, gap="medium"), (sections[:half], sections[half:]), strict=True):
        for section in part:
            with (
                column,
                chapter.fold(speaker.say(f"{name}.explain.{section}"), key=f"{name}.explain.{section}") as told,
            ):
                if told.open:
                    st.markdown(marked(speaker.prose(name, section), speaker.lang, page))


def facts_of(scenario: Scenario) -> tuple[str, ...]:
    """Name the facts that the scenario's launch type rests on."""
    return launch_type(scenario.launch_type).facts


def go(where: str) -> None:
    """Change rooms; the scenario comes along."""
    if where == "study":
        st.query_params.pop(VIEW, None)
    else:
        st.query_params[VIEW] = where
