"""The spike race: who had enough when, and what each of them waited for, side by side."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import Run, race
from pages.parts import racing, show
from pages.parts.experiment import Experiment
from pages.parts.predict import guess_of
from pages.parts.words import Voice

NAME = "serverless_race"
TOLD = ("failed", "p99", "cost")


def race_panel(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Show what every runner waited for; it gives the answer away, so it waits for the guess."""
    if guess_of(experiment, speaker, run) is None:
        return
    runs = racing.runners(run.scenario, NAME)
    found = {runner: race.catching(one) for runner, one in runs.items()}
    st.header(speaker.say(f"{NAME}.waits.title"))
    st.html(_legend(found, speaker) + _table(runs, found, speaker))


def _legend(found: dict[str, race.Catching], speaker: Voice) -> str:
    """Name what was waited for, in its order; what nobody waited for is left out."""
    named = [wait for wait in race.WAITS if any(one.waits.get(wait) for one in found.values())]
    items = "".join(
        f'<li><i class="wait {wait}" aria-hidden="true"></i>{escape(speaker.say(f"{NAME}.wait.{wait}"))}</li>'
        for wait in named
    )
    return f'<ul class="q-race-key">{items}</ul>'


def _table(runs: dict[str, Run], found: dict[str, race.Catching], speaker: Voice) -> str:
    """Write a row for each runner: a bar of its waits on one scale, each wait in words, and what it cost users and the bill."""
    say = speaker.say
    longest = (
        max((one.took_s if one.took_s is not None else _rest(runs[name], one)) for name, one in found.items()) or 1.0
    )
    body = ""
    for name, one in found.items():
        run = runs[name]
        cells = "".join(f"<td>{escape(show.OUTCOMES[row].write(run, speaker))}</td>" for row in TOLD)
        body += (
            f'<tr><th scope="row">{escape(say(f"{NAME}.variant.{name}"))}</th>'
            f'<td class="bar">{_bar(run, one, longest)}<b>{escape(_took(one, speaker))}</b>'
            f"<span>{escape(_waits(one, speaker))}</span></td>{cells}</tr>"
        )
    heads = (say(f"{NAME}.waits.who"), say("common.outcome.caught_up"), *(say(f"common.outcome.{row}") for row in TOLD))
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    caption = escape(say(f"{NAME}.waits.caption"))
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{caption}"><table class="q-facts q-race">'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _bar(run: Run, one: race.Catching, longest: float) -> str:
    """Draw the waits in their order; who never had enough gets an open bar to the run's end."""
    if one.took_s is None:
        return f'<i class="open" style="--much:{100 * _rest(run, one) / longest:.1f}%" aria-hidden="true"></i>'
    parts = "".join(
        f'<i class="wait {wait}" style="--much:{100 * seconds / longest:.2f}%"></i>'
        for wait, seconds in one.waits.items()
        if seconds
    )
    return f'<span class="parts" aria-hidden="true">{parts}</span>'


def _took(one: race.Catching, speaker: Voice) -> str:
    return speaker.say("common.outcome.not_yet") if one.took_s is None else speaker.seconds(one.took_s)


def _waits(one: race.Catching, speaker: Voice) -> str:
    """Say each wait with its seconds."""
    told = [
        speaker.say(f"{NAME}.waited", what=speaker.say(f"{NAME}.wait.{wait}"), took=speaker.seconds(seconds))
        for wait, seconds in one.waits.items()
        if seconds >= 1
    ]
    return " · ".join(told)


def _rest(run: Run, one: race.Catching) -> float:
    """Give what is left of the run after the rise."""
    return run.scenario.duration_s - one.since_s
