"""The update's panel: what it did, held beside the same update where somebody else takes the steps."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import Run, Scenario, ScenarioError
from engine.changes import changed
from engine.errors import Problem
from engine.node_updates import Update, updates
from pages.parts import chapter, show
from pages.parts.experiment import Experiment
from pages.parts.predict import guess_of
from pages.parts.words import Voice

NAME = "eks_update"
TYPES = ("eks-managed", "eks-unmanaged", "eks-auto", "eks-fargate")
ROWS = ("outcome", "took", "moved", "deleted", "refused", "least", "twice")


def update_panel(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Show the reader's own update beside the same one on the other launch types."""
    if guess_of(experiment, speaker, run) is None:
        return
    say, scenario = speaker.say, experiment.scenario
    st.header(say(f"{NAME}.panel.title"))
    st.html(f'<p class="q-verdict">{escape(say(f"{NAME}.panel.lede"))}</p>')
    runs, problems = _held_beside(scenario, run)
    st.html(_table(runs, speaker, scenario.launch_type))
    chapter.mend(speaker, problems, title="common.error.variant")


def _held_beside(scenario: Scenario, run: Run) -> tuple[dict[str, Run], tuple[Problem, ...]]:
    """Run the same on the other launch types; one that will not have it is left out, with its reasons."""
    yours, problems = scenario.launch_type, list[Problem]()
    runs = {} if yours in TYPES else {yours: run}
    for name in TYPES:
        try:
            runs[name] = run if name == yours else show.run_of(changed(scenario, {"launch_type": name}))
        except ScenarioError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    return runs, tuple(problems)


def _table(runs: dict[str, Run], speaker: Voice, yours: str) -> str:
    say = speaker.say
    found = {name: updates(run) for name, run in runs.items()}
    heads = "".join(
        f'<th scope="col">{escape(say(f"common.launch_type.{name}.name"))}'
        + (f' <span class="q-best">{escape(say(f"{NAME}.panel.yours"))}</span>' if name == yours else "")
        + "</th>"
        for name in runs
    )
    body = "".join(
        f'<tr><th scope="row">{escape(say(f"{NAME}.panel.row.{row}"))}</th>'
        + "".join(f"<td>{escape(_cell(row, found[name], runs[name], speaker))}</td>" for name in runs)
        + "</tr>"
        for row in ROWS
    )
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{escape(say(f"{NAME}.panel.title"))}">'
        f'<table class="q-outcomes q-course"><thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(row: str, found: tuple[Update, ...], run: Run, speaker: Voice) -> str:
    """Write one figure of the first update; a run without one has none."""
    if not found:
        return speaker.say("common.outcome.never")
    one = found[0]
    match row:
        case "outcome":
            return speaker.say(f"{NAME}.outcome_is.{one.outcome}", n=one.left)
        case "took":
            ended = one.ended_s if one.ended_s is not None else None
            return speaker.say("common.outcome.not_yet") if ended is None else speaker.seconds(ended - one.started_s)
        case "moved":
            return speaker.number(one.moved)
        case "deleted":
            return speaker.number(one.deleted)
        case "refused":
            return speaker.number(one.refused)
        case "least":
            wanted = sum(service.desired for service in run.scenario.services)
            return speaker.say("common.outcome.of", n=one.least_ready, of=speaker.number(wanted))
        case _:
            return speaker.say(f"{NAME}.panel.hours", hours=speaker.number(one.extra_host_s / 3600, 1))
