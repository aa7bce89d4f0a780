"""Bring: a task definition or a manifest of the visitor's own.

What was read, who would run it, every reason against it, and a run of it.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from engine import catalog, importers
from engine.errors import DefinitionError, ManifestError
from engine.importers import Definition
from engine.importers.kubernetes import Manifest
from engine.launch import launch_type
from pages.parts import chapter, manifest
from pages.parts.experiment import Experiment
from pages.parts.verdicts import noted, offered, verdicts
from pages.parts.words import Voice

TEXT = "bring.text"
MOST = 12  # definitions of one file that are shown; a template with more is a library


def bring(experiment: Experiment, speaker: Voice) -> None:
    """Take a design as a text or a file; show what each launch type says of it, and offer to run it."""
    with chapter.fold(speaker.say("bring.title"), key=f"{experiment.lesson.name}.bring") as held:
        if not held.open:
            return
        st.markdown(speaker.say("bring.lede"))
        _ask(experiment, speaker)
        text = st.session_state.get(TEXT, "")
        if not text.strip():
            return
        try:
            found = importers.read_design(text)
        except DefinitionError as error:
            is_manifest = isinstance(error, ManifestError)
            chapter.mend(speaker, error.problems, title="bring.no_manifest" if is_manifest else "bring.unreadable")
            return
        if isinstance(found, Manifest):
            manifest.show(experiment, speaker, found)
            return
        for number, definition in enumerate(found[:MOST]):
            _show(experiment, speaker, definition, number)
        if len(found) > MOST:
            st.markdown(speaker.say("bring.more", n=len(found) - MOST))


def _ask(experiment: Experiment, speaker: Voice) -> None:
    """Offer the ways in: a file, two examples, a text. The text is what counts; the others fill it."""

    def take_file() -> None:
        given = st.session_state["bring.file"]
        if given is not None:
            st.session_state[TEXT] = _text(given.getvalue())

    def take(read: Callable[[str], str], name: str) -> None:
        st.session_state[TEXT] = read(name)

    examples = {
        "example": (catalog.definition_text, "example"),
        "example_manifest": (catalog.manifest_text, "manifest"),
    }
    if any(launch_type(kind).is_kubernetes for kind in offered(experiment)):
        examples = dict(reversed(examples.items()))
    left, right = st.columns([3, 2], gap="medium")
    with right:
        st.file_uploader(
            speaker.say("bring.file"), type=["json", "yaml", "yml", "template"], key="bring.file", on_change=take_file
        )
        with st.container(horizontal=True):
            for name, example in examples.items():
                st.button(speaker.say(f"bring.{name}"), key=f"bring.{name}", on_click=take, args=example)
    with left:
        st.text_area(speaker.say("bring.text"), key=TEXT, height=260, placeholder=speaker.say("bring.placeholder"))


def _text(data: bytes) -> str:
    """Give a file's text. What is none is shown as far as it can be, and what is too large only as far as that shows."""
    try:
        return importers.text_of(data[: importers.MAX_BYTES + 1])
    except DefinitionError:
        return data[: importers.MAX_BYTES + 1].decode("utf-8", errors="replace")


def _show(experiment: Experiment, speaker: Voice, definition: Definition, number: int) -> None:
    """Show one definition: what was read, and a verdict for each launch type."""
    name = definition.family or speaker.say("bring.no_family")
    found = {kind: importers.refusals(definition, kind) for kind in importers.RULES}
    with st.container(border=True, key=f"q-bring-{number}"):
        st.html(
            _read(speaker, name, definition) + verdicts(speaker, found) + noted(speaker, importers.remarks(definition))
        )
        with st.container(horizontal=True):
            for kind in (kind for kind in offered(experiment) if found.get(kind) == ()):
                st.button(
                    speaker.say("bring.run", launch_type=speaker.say(f"common.launch_type.{kind}.name")),
                    key=f"bring.run.{number}.{kind}", on_click=_run, args=(experiment, definition, kind),
                )  # fmt: skip


def _run(experiment: Experiment, definition: Definition, kind: str) -> None:
    """Make the definition the experiment's scenario, under its own traffic and operations; undo brings the old one back."""
    experiment.change(lambda scenario: importers.scenario_of(definition, kind, scenario))


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
