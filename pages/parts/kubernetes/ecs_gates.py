"""The same traffic under ECS's target tracking, gate by gate: points in a row, and the rest after each step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine import Run, loops
from engine.loops import Look
from engine.scenario import Scaling
from pages.parts.cards import Card, Said
from pages.parts.words import Voice

HOLDS = {"above": "points", "below": "points", "cooling": "rest", "most": "asks", "least": "asks"}


Tell = Callable[[Look], tuple[str, str, str]]  # a look -> the number, the line beside it, the sentence


def ecs_cards(run: Run, speaker: Voice, name: str, settings: Scaling) -> list[Card]:
    """Build the four cards of a service that ECS scales."""
    gates, found = _Gates(speaker, name, settings), loops.looks(run)
    return [gates.card(gate, found, getattr(gates, gate)) for gate in ("reads", "points", "rest", "asks")]


class _Gates:
    """What each gate says of a look."""

    def __init__(self, speaker: Voice, name: str, settings: Scaling) -> None:
        self._speaker, self._settings = speaker, settings
        self._tell = partial(_key, speaker, name)

    def card(self, gate: str, found: tuple[Look, ...], tell: Tell) -> Card:
        """Build a card from what its gate says of every look."""
        big, aside, said = [Said(0.0, "–")], [Said(0.0, "")], [Said(0.0, self._tell("unlooked"))]
        for look in found:
            number, line, sentence = tell(look)
            tone = "held" if HOLDS.get(look.because) == gate else "acts" if gate == "asks" and look.step else ""
            big.append(Said(look.at_s, number, tone))
            aside.append(Said(look.at_s, line))
            said.append(Said(look.at_s, sentence))
        return Card(gate, self._tell(f"{gate}.title"), "", big, self._tell(f"{gate}.unit"), (aside, []), said)

    def _metric(self, value: float) -> str:
        is_rate = self._settings.metric == "requests"
        return self._tell("per_minute" if is_rate else "percent", v=self._speaker.number(value))

    def reads(self, look: Look) -> tuple[str, str, str]:
        line = self._tell("sees.target", target=self._metric(self._settings.target))
        return (
            self._metric(look.metric),
            line,
            self._tell("reads.said", s=self._speaker.number(self._settings.period_s)),
        )

    def points(self, look: Look) -> tuple[str, str, str]:
        if look.above:
            n, of, line = (
                look.above,
                self._settings.points_out,
                self._tell("points.above", v=self._metric(self._settings.target)),
            )
        else:
            low = self._metric(loops.low_alarm(self._settings))
            n, of, line = look.below, self._settings.points_in, self._tell("points.below", v=low)
        return f"{self._speaker.number(min(n, of))} / {self._speaker.number(of)}", line, self._why(look)

    def rest(self, look: Look) -> tuple[str, str, str]:
        until_s = max(look.out_again_s, look.in_again_s)
        if until_s <= look.at_s:
            return "–", "", self._tell("rest.over")
        return self._speaker.clock(until_s), "", self._tell("rest.said")

    def asks(self, look: Look) -> tuple[str, str, str]:
        line = self._tell("asks.before", n=look.desired - look.step)
        is_told = look.step or look.because in ("most", "least")
        said = self._why(look) if is_told else self._tell("asks.same", s=self._speaker.number(self._settings.period_s))
        return self._speaker.number(look.desired), line, said

    def _why(self, look: Look) -> str:
        signed = f"{'+' if look.step > 0 else ''}{self._speaker.number(look.step)}"
        return self._speaker.say(f"loops.because.{look.because}", step=signed)


def _key(speaker: Voice, name: str, key: str, **values: object) -> str:
    return speaker.say(f"{name}.gate.{key}", **values)
