"""The HorizontalPodAutoscaler's look, gate by gate: what it saw, the formula with its numbers, and what kept its answer back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from engine import Run, loops, sights
from engine.scenario import Scaling
from engine.sights import Held, Turn
from pages.parts.cards import Card, Said, cards, payload
from pages.parts.experiment import Experiment
from pages.parts.kubernetes.ecs_gates import ecs_cards
from pages.parts.predict import guess_of
from pages.parts.show import BY_SCENARIO
from pages.parts.words import Voice

GATES = ("sees", "formula", "tolerance", "window", "pace", "asks")
HOLDS: dict[Held, str] = {
    "blind": "sees", "tolerance": "tolerance", "careful": "tolerance", "window": "window", "rate": "pace", "bound": "pace",
}  # fmt: skip


def six_gates(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Draw the look that holds at the playhead; where ECS tracks a target, its own loop instead."""
    if guess_of(experiment, speaker, run) is None:
        return
    name = experiment.lesson.name
    st.header(speaker.say(f"{name}.panel.title"))
    if sights.turns(run):
        st.markdown(speaker.say(f"{name}.panel.lede"))
        cards(_packed(run, speaker, name), key=f"{name}.gates")
    elif loops.looks(run):
        st.markdown(speaker.say(f"{name}.panel.ecs"))
        cards(_packed(run, speaker, name), key=f"{name}.gates")
    else:
        st.markdown(speaker.say(f"{name}.panel.nobody"))


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_SCENARIO)
def _packed(run: Run, speaker: Voice, name: str) -> dict[str, object]:
    packed: dict[str, object] = payload(
        run, speaker, "gates", _cards(run, speaker, name), label=speaker.say(f"{name}.panel.title")
    )
    return packed


def _cards(run: Run, speaker: Voice, name: str) -> list[Card]:
    found, settings = sights.turns(run), run.scenario.services[0].scaling
    if settings is None:
        return []
    if not found:
        return ecs_cards(run, speaker, name, settings)
    tell = _Tell(run, speaker, name, settings)
    return [_card(gate, found, speaker, name, getattr(tell, gate)) for gate in GATES]


Tell = Callable[[Turn], tuple[str, str, str]]  # a look -> the number, the line beside it, the sentence


def _card(gate: str, found: Sequence[Turn], speaker: Voice, name: str, tell: Tell) -> Card:
    big, aside, said = [], [], []
    first = Said(0.0, speaker.say(f"{name}.gate.unlooked"))
    for turn in found:
        number, line, sentence = tell(turn)
        holds = HOLDS.get(turn.held) == gate
        tone = "held" if holds else "acts" if gate == "asks" and turn.step else ""
        big.append(Said(turn.at_s, number, tone))
        aside.append(Said(turn.at_s, line))
        said.append(Said(turn.at_s, sentence))
    title, unit = (speaker.say(f"{name}.gate.{gate}.{what}") for what in ("title", "unit"))
    return Card(gate, title, "", [Said(0.0, "–"), *big], unit, (aside, []), [first, *said])


class _Tell:
    """What each gate says of a look."""

    def __init__(self, run: Run, speaker: Voice, name: str, settings: Scaling) -> None:
        self._speaker, self._settings, self._hpa = speaker, settings, run.scenario.services[0].pods.hpa
        self._say = partial(self._key, name)
        self._period_s = self._hpa.sync_s

    def _key(self, name: str, key: str, **values: object) -> str:
        return self._speaker.say(f"{name}.gate.{key}", **values)

    def _metric(self, value: float) -> str:
        is_rate = self._settings.metric == "requests"
        return self._say("per_minute" if is_rate else "percent", v=self._speaker.number(value))

    def sees(self, turn: Turn) -> tuple[str, str, str]:
        sight = turn.sight
        away = sight.unready + sight.missing
        number = "–" if turn.ratio is None else self._metric(sight.metric)
        line = self._say("sees.target", target=self._metric(sight.target))
        if turn.ratio is None:
            return number, line, self._say("sees.blind", n=away)
        clock = self._speaker.clock(turn.at_s)
        key = "sees.some" if away else "sees.all"
        return number, line, self._say(key, clock=clock, n=sight.ready, unready=sight.unready, missing=sight.missing)

    def formula(self, turn: Turn) -> tuple[str, str, str]:
        sight, ratio = turn.sight, turn.ratio
        if ratio is None or turn.formula is None:
            return "–", "", self._say("formula.blind")
        line = f"{self._speaker.number(sight.ready)} × {self._metric(sight.metric)} ÷ {self._metric(sight.target)}"
        exact = self._speaker.number(sight.ready * ratio, 2)
        return self._speaker.number(turn.formula), line, self._say("formula.said", exact=exact)

    def tolerance(self, turn: Turn) -> tuple[str, str, str]:
        sight, ratio = turn.sight, turn.ratio
        if ratio is None:
            return "–", "", self._say("tolerance.blind")
        line = self._say("tolerance.ratio", ratio=self._speaker.number(ratio, 2))
        number, share = self._speaker.number(turn.recommended), self._speaker.percent(self._hpa.tolerance, 0)
        if turn.held == "tolerance" or (turn.recommended == sight.current and abs(1 - ratio) <= self._hpa.tolerance):
            return number, line, self._say("tolerance.near", share=share, current=sight.current)
        if turn.formula != turn.recommended:
            away, up = sight.unready + sight.missing, ratio > 1
            return number, line, self._say(f"tolerance.{'careful_up' if up else 'careful_down'}", n=away)
        return number, line, self._say("tolerance.far", share=share)

    def window(self, turn: Turn) -> tuple[str, str, str]:
        sight = turn.sight
        line = self._say("window.length", s=self._speaker.number(self._window_s(up=turn.recommended > sight.current)))
        number = self._speaker.number(turn.stabilized)
        if turn.stabilized != turn.recommended:
            return number, line, self._say("window.kept", n=turn.stabilized, wish=turn.recommended)
        if turn.recommended > sight.current:
            return number, line, self._say("window.up")
        return number, line, self._say("window.passes")

    def _window_s(self, *, up: bool) -> float:
        """Say how long the window of a direction is."""
        if up:
            return (self._hpa.scale_up.up().stabilization_s or 0.0) if self._hpa.scale_up else 0.0
        own = self._hpa.scale_down.stabilization_s if self._hpa.scale_down else None
        return self._hpa.down_window_s if own is None else own

    def pace(self, turn: Turn) -> tuple[str, str, str]:
        sight, number = turn.sight, self._speaker.number(turn.desired)
        line = self._say("pace.bounds", least=sight.least, most=sight.most)
        if turn.desired == turn.stabilized:
            return number, line, self._say("pace.passes")
        if turn.held == "rate":
            return number, line, self._say("pace.held", n=abs(turn.step), wish=turn.stabilized)
        return number, line, self._say("pace.bound", wish=turn.stabilized)

    def asks(self, turn: Turn) -> tuple[str, str, str]:
        step = turn.step
        number, line = self._speaker.number(turn.desired), self._say("asks.before", n=turn.sight.current)
        if not step:
            return number, line, self._say("asks.same", s=self._speaker.number(self._period_s))
        signed = f"{'+' if step > 0 else ''}{self._speaker.number(step)}"
        return number, line, self._say("asks.step", step=signed, s=self._speaker.number(self._period_s))
