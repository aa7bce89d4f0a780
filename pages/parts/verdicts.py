"""What launch types say of a design: a tick, or a struck circle with every reason; and what was noted while reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from engine.importers import Finding
from pages.parts.experiment import Experiment
from pages.parts.words import Voice


def offered(experiment: Experiment) -> tuple[str, ...]:
    """Name the launch types that an experiment can run a design on."""
    return experiment.lesson.launch_types or (experiment.scenario.launch_type,)


def verdicts(speaker: Voice, found: Mapping[str, tuple[Finding, ...]], *, is_manifest: bool = False) -> str:
    """List the launch types: a tick, or a struck circle with every reason and what to do about it."""
    rows, say = [], speaker.say
    for kind, reasons in found.items():
        name = escape(speaker.say(f"common.launch_type.{kind}.name"))
        if reasons:
            n = len(reasons)
            word = escape(say("bring.manifest.refuses", n=n) if is_manifest else say("bring.refuses", n=n))
        else:
            word = escape(say("bring.manifest.runs") if is_manifest else say("bring.runs"))
        told = "".join(
            f"<li>{escape(reason.label(speaker.lang))} <span>{escape(reason.mend(speaker.lang))}</span></li>"
            for reason in reasons
        )
        state = "no" if reasons else "yes"
        mark = f'<i class="q-mark {state}" aria-hidden="true"></i>'
        rows.append(f'<li class="{state}">{mark}<b>{name}</b> <em>{word}</em>{f"<ul>{told}</ul>" if told else ""}</li>')
    return f'<ul class="q-verdicts">{"".join(rows)}</ul>'


def noted(speaker: Voice, findings: Sequence[Finding]) -> str:
    """List what refuses nothing and is worth knowing."""
    notes = "".join(f"<li>{escape(note.note(speaker.lang))}</li>" for note in findings)
    return (
        f'<p class="q-bring-noted">{escape(speaker.say("bring.noted"))}</p><ul class="q-bring-notes">{notes}</ul>'
        if notes
        else ""
    )
