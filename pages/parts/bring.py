"""Bring: a task definition of the visitor's own. What was read, who would run it, every reason against it, and a run of it."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import catalog, importers
from engine.errors import DefinitionError
from engine.importers import Definition, Finding
from engine.scenario import Scenario
from pages.parts import chapter
from pages.parts.experiment import Experiment
from pages.parts.words import Voice

TEXT = "bring.text"
MOST = 12  # definitions of one file that are shown; a template with more is a library


def bring(experiment: Experiment, speaker: Voice) -> None:
    """Take a definition as a text or a file; show what each launch type says of it, and offer to run it."""
    with chapter.fold(speaker.say("bring.title"), key=f"{experiment.lesson.name}.bring") as held:
        if not held.open:
            return
        st.markdown(speaker.say("bring.lede"))
        _ask(speaker)
        text = st.session_state.get(TEXT, "")
        if not text.strip():
            return
        try:
            found = importers.read(text)
        except DefinitionError as error:
            chapter.mend(speaker, error.problems, title="bring.unreadable")
            return
        for number, definition in enumerate(found[:MOST]):
            _show(experiment, speaker, definition, number)
        if len(found) > MOST:
            st.markdown(speaker.say("bring.more", n=len(found) - MOST))


def _ask(speaker: Voice) -> None:
    """Offer the three ways in: a file, an example, a text. The text is what counts; the others fill it."""

    def take_file() -> None:
        given = st.session_state["bring.file"]
        if given is not None:
            st.session_state[TEXT] = given.getvalue().decode("utf-8", errors="replace")

    def take_example() -> None:
        st.session_state[TEXT] = catalog.definition_text("example")

    left, right = st.columns([3, 2], gap="medium")
    chapter.browse_words(speaker)
    with right:
        st.file_uploader(
            speaker.say("bring.file"), type=["json", "yaml", "yml", "template"], key="bring.file", on_change=take_file
        )
        st.button(speaker.say("bring.example"), key="bring.example", on_click=take_example)
    with left:
        st.text_area(speaker.say("bring.text"), key=TEXT, height=260, placeholder=speaker.say("bring.placeholder"))


def _show(experiment: Experiment, speaker: Voice, definition: Definition, number: int) -> None:
    """Show one definition: what was read, and a verdict for each launch type."""
    name = definition.family or speaker.say("bring.no_family")
    verdicts = {kind: importers.refusals(definition, kind) for kind in importers.RULES}
    with st.container(border=True, key=f"q-bring-{number}"):
        st.html(_read(speaker, name, definition) + _verdicts(speaker, verdicts) + _notes(speaker, definition))
        with st.container(horizontal=True):
            offered = experiment.lesson.launch_types or (experiment.scenario.launch_type,)
            for kind in (kind for kind in offered if verdicts.get(kind) == ()):
                st.button(
                    speaker.say("bring.run", launch_type=speaker.say(f"common.launch_type.{kind}.name")),
                    key=f"bring.run.{number}.{kind}", on_click=_run, args=(experiment, definition, kind),
                )  # fmt: skip


def _run(experiment: Experiment, definition: Definition, kind: str) -> None:
    """Make the definition the experiment's scenario, under its own traffic and operations; undo brings the old one back."""

    def make(scenario: Scenario) -> Scenario:
        mine = importers.scenario_of(definition, kind)
        service = scenario.services[0].model_dump(mode="json") | {
            key: value
            for key, value in mine.services[0].model_dump(mode="json").items()
            if key in {"name", "cpu_units", "memory_mib", "host_ports", "udp_ports", "network_mode", "constraints"}
        }
        fleet = {"instance_type": mine.fleet.instance_type, "hosts": max(mine.fleet.hosts, scenario.fleet.hosts)}
        if scenario.fleet.groups:
            fleet = {}  # the lesson's own kinds of hosts are what it is about
        return Scenario.of(
            scenario.model_dump(mode="json")
            | {"name": mine.name, "launch_type": kind, "services": [service]}
            | {"fleet": scenario.fleet.model_dump(mode="json") | fleet}
        )

    experiment.change(make)


def _read(speaker: Voice, name: str, definition: Definition) -> str:
    """Say what was read, as a row of figures."""
    cpu, memory = definition.task_cpu_units, definition.task_memory_mib
    cells = {
        "network": definition.network_mode if isinstance(definition.network_mode, str) else speaker.say("bring.none"),
        "task": speaker.say("bring.none") if cpu is None and memory is None else speaker.say(
            "bring.size", cpu=_size(speaker, cpu), memory=_size(speaker, memory)
        ),
        "sums": speaker.say(
            "bring.size", cpu=speaker.number(definition.cpu_units), memory=speaker.number(definition.reserved_memory_mib)
        ),
        "containers": ", ".join(container.name or "–" for container in definition.containers) or speaker.say("bring.none"),
    }  # fmt: skip
    body = "".join(
        f"<div><dt>{escape(speaker.say(f'bring.cell.{cell}'))}</dt><dd>{escape(text)}</dd></div>"
        for cell, text in cells.items()
    )
    return f'<h3 class="q-bring">{escape(name)}</h3><dl class="q-outcome q-bring-read">{body}</dl>'


def _size(speaker: Voice, size: object) -> str:
    """Write one size; what the file leaves open stays as it stands there."""
    if size is None:
        return speaker.say("bring.none")
    return speaker.number(size) if isinstance(size, int) else str(getattr(size, "says", size))


def _verdicts(speaker: Voice, verdicts: dict[str, tuple[Finding, ...]]) -> str:
    """List the launch types: a tick, or a struck circle with every reason and what to do about it."""
    rows = []
    for kind, reasons in verdicts.items():
        name = escape(speaker.say(f"common.launch_type.{kind}.name"))
        word = escape(speaker.say("bring.runs") if not reasons else speaker.say("bring.refuses", n=len(reasons)))
        told = "".join(
            f"<li>{escape(reason.label(speaker.lang))} <span>{escape(reason.mend(speaker.lang))}</span></li>"
            for reason in reasons
        )
        state = "no" if reasons else "yes"
        mark = f'<i class="q-mark {state}" aria-hidden="true"></i>'
        rows.append(f'<li class="{state}">{mark}<b>{name}</b> <em>{word}</em>{f"<ul>{told}</ul>" if told else ""}</li>')
    return f'<ul class="q-verdicts">{"".join(rows)}</ul>'


def _notes(speaker: Voice, definition: Definition) -> str:
    """List what refuses nothing and is worth knowing."""
    notes = "".join(f"<li>{escape(note.note(speaker.lang))}</li>" for note in importers.remarks(definition))
    return (
        f'<p class="q-bring-noted">{escape(speaker.say("bring.noted"))}</p><ul class="q-bring-notes">{notes}</ul>'
        if notes
        else ""
    )
