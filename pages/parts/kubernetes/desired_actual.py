"""Desired against actual: five loops that know nothing of each other, and what is known of every node."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import streamlit as st

from engine import Run, reconcile
from engine.reconcile import Loop, Phase
from pages.parts.cards import Card, Row, Said, cards, payload
from pages.parts.cards.payload import LEFT, SINCE
from pages.parts.experiment import Experiment
from pages.parts.predict import guess_of
from pages.parts.show import BY_SCENARIO
from pages.parts.words import Voice

# How a node is marked by what is known of it.
TONES = {
    "ready": "serving", "unnoticed": "lost", "cut": "pending", "waits": "pending", "stopped": "lost", "tainted": "lost",
    "empty": "idle", "drains": "draining", "boots": "starting",
}  # fmt: skip


def desired_actual(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Draw the loops as they stand at the playhead, and the nodes; both would give the answer away, so they wait for the guess."""
    if guess_of(experiment, speaker, run) is None:
        return
    name = experiment.lesson.name
    st.header(speaker.say(f"{name}.panel.title"))
    st.markdown(speaker.say(f"{name}.panel.lede" if reconcile.loops(run) else f"{name}.panel.not_here"))
    if reconcile.loops(run):
        cards(_packed(run, speaker, name), key=f"{name}.cards")


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_SCENARIO)
def _packed(run: Run, speaker: Voice, name: str) -> dict[str, object]:
    found: dict[str, object] = payload(
        run, speaker, "loops", [_card(loop, run, speaker, name) for loop in reconcile.loops(run)], _rows(run, speaker, name),
        label=speaker.say(f"{name}.panel.title"), title=speaker.say(f"{name}.nodes.title"), lede=speaker.table(name)["nodes.lede"],
    )  # fmt: skip
    return found


# --- the loops -------------------------------------------------------------------------------------------------------


def _card(loop: Loop, run: Run, speaker: Voice, name: str) -> Card:
    key, nodes = f"{name}.loop.{loop.name}", run.scenario.kubernetes.nodes
    moments = list(_moments(loop))
    return Card(
        loop.name,
        speaker.say(f"{key}.title"),
        speaker.say(
            f"{key}.sub", grace=speaker.number(nodes.grace_s), every=speaker.number(nodes.monitor_every_s),
            lease=speaker.number(nodes.lease_every_s), probe=speaker.number(nodes.probe_every_s),
        ),
        [Said(at_s, speaker.number(-off), _state(off, blind)) for at_s, _, _, off, blind in moments],
        speaker.say(f"{name}.loop.apart"),
        (
            [Said(at_s, speaker.say(f"{name}.loop.wants", n=wants)) for at_s, wants, *_ in moments],
            [Said(at_s, speaker.say(f"{name}.loop.sees", n=sees)) for at_s, _, sees, *_ in moments],
        ),
        [_thinks(speaker, key, *moment) for moment in moments],
        [Said(0.0, speaker.say(f"{name}.loop.idle"))]
        + [
            Said(float(at_s), speaker.say(f"{key}.last", clock=speaker.clock(float(at_s)), n=int(n)))
            for at_s, n in zip(loop.acted.at_s, loop.acted.value, strict=True)
        ],
    )  # fmt: skip


def _moments(loop: Loop) -> Iterator[tuple[float, int, int, int, int]]:
    """Give (when, wanted, seen, how many are missing, dead without its knowing) whenever one of them changes."""
    at_s = np.unique(np.concatenate([loop.desired.at_s, loop.observed.at_s, loop.blind.at_s]))
    columns = (loop.desired.at(at_s), loop.observed.at(at_s), loop.missing.at(at_s), loop.blind.at(at_s))
    for now in zip(at_s, *columns, strict=True):
        yield float(now[0]), int(now[1]), int(now[2]), int(now[3]), int(now[4])


def _state(off: int, blind: int) -> str:
    return "blind" if blind else "off" if off else ""


def _thinks(speaker: Voice, key: str, at_s: float, _wants: int, sees: int, off: int, blind: int) -> Said:
    """Say what a loop makes of it. What it does not know comes first: it is the surprise."""
    if blind:
        return Said(at_s, speaker.say(f"{key}.blind", n=blind, sees=sees))
    if off:
        return Said(at_s, speaker.say(f"{key}.{'short' if off > 0 else 'over'}", n=abs(off), sees=sees))
    return Said(at_s, speaker.say(f"{key}.even", n=sees))


# --- node by node ----------------------------------------------------------------------------------------------------


def _rows(run: Run, speaker: Voice, name: str) -> list[Row]:
    said: dict[int, list[Said]] = {host: [] for host in range(len(run.hosts))}
    for phase in reconcile.phases(run):
        said[phase.host].append(_sentence(phase, speaker, name))
    return [Row(run.hosts[host][0], one) for host, one in said.items()]


def _sentence(phase: Phase, speaker: Voice, name: str) -> Said:
    """Say what is known of a node, with the seconds that are left of its wait."""
    if phase.state == "gone":
        return Said(phase.at_s, "")
    text = speaker.say(f"{name}.node.{phase.state}", n=phase.pods, left=LEFT, since=SINCE)
    tone = "idle" if phase.state == "ready" and not phase.pods else TONES[phase.state]
    return Said(phase.at_s, text, tone, phase.since_s, phase.until_s)
