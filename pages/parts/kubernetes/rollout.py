"""The roll-out's panel: the same version by five sets of rules, once as it works and once as it never becomes ready."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import Run, Scenario
from engine.changes import changed
from pages.parts import show
from pages.parts.experiment import Experiment
from pages.parts.lesson import Lesson
from pages.parts.predict import guess_of
from pages.parts.words import Voice

NAME = "kubernetes_rollout"
WORKS = {"works": False, "never": True}
ROWS = ("rollout_took", "rollout_least", "rollout_most", "failed")


def rollout_panel(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Hold five ways to bring a version out beside each other; it gives the answer away, so it waits for the guess."""
    if guess_of(experiment, speaker, run) is None:
        return
    lesson = experiment.lesson
    st.header(speaker.say(f"{NAME}.ways.title"))
    st.markdown(speaker.say(f"{NAME}.ways.lede"))
    for which, fails in WORKS.items():
        found = {
            name: show.run_of(only_deploy(experiment.scenario, lesson, name, fails=fails)) for name in lesson.variants
        }
        st.html(_table(found, speaker, speaker.say(f"{NAME}.ways.{which}")))


def only_deploy(scenario: Scenario, lesson: Lesson, variant: str, *, fails: bool) -> Scenario:
    """Keep the first roll-out alone, by a variant's rules: nobody drains a node and nobody goes back."""
    at_s = next((o.at_s for o in scenario.operations if o.do == "deploy"), lesson.scenario.operations[0].at_s)
    return changed(
        scenario, lesson.variants[variant] | {"operations": [{"at_s": at_s, "do": "deploy", "fails": fails}]}
    )


def _table(found: dict[str, Run], speaker: Voice, title: str) -> str:
    """Write the ways as columns, the figures as rows; the best wears the word."""
    say, runs = speaker.say, list(found.values())
    badge = f' <span class="q-best">{escape(say("common.unit.best"))}</span>'
    head = "".join(f'<th scope="col">{escape(say(f"{NAME}.variant.{name}"))}</th>' for name in found)
    body = ""
    for row in ROWS:
        texts = [show.OUTCOMES[row].write(run, speaker) for run in runs]
        cells = "".join(
            f"<td>{escape(text)}{badge if is_best else ''}</td>"
            for text, is_best in zip(texts, show.bests(runs, row), strict=True)
        )
        body += f'<tr><th scope="row">{escape(say(f"common.outcome.{row}"))}</th>{cells}</tr>'
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{escape(title)}"><table class="q-outcomes q-course">'
        f"<caption>{escape(title)}</caption><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
