"""The same traffic under ECS's target tracking, gate by gate: points in a row, and the rest after each step."""

from __future__ import annotations

from collections.abc import Iterator

from engine import Run, loops
from engine.loops import Look
from engine.scenario import Scaling
from pages.parts.cards import Card, Said
from pages.parts.words import Voice

HOLDS = {"above": "points", "below": "points", "cooling": "rest", "most": "asks", "least": "asks"}


def ecs_cards(run: Run, speaker: Voice, name: str, settings: Scaling) -> list[Card]:
    """Build the four cards of a service that ECS scales."""
    found = loops.looks(run)
    return [_card(gate, found, speaker, name, settings) for gate in ("reads", "points", "rest", "asks")]


def _card(gate: str, found: tuple[Look, ...], speaker: Voice, name: str, settings: Scaling) -> Card:
    def tell(key: str, **values: object) -> str:
        return speaker.say(f"{name}.gate.{key}", **values)

    big, aside, said = [Said(0.0, "–")], [Said(0.0, "")], [Said(0.0, tell("unlooked"))]
    for look in found:
        number, line, sentence = _told(gate, look, speaker, name, settings)
        tone = "held" if HOLDS.get(look.because) == gate else "acts" if gate == "asks" and look.step else ""
        big.append(Said(look.at_s, number, tone))
        aside.append(Said(look.at_s, line))
        said += _said(gate, look, sentence, tell("rest.over"))
    return Card(gate, tell(f"{gate}.title"), "", big, tell(f"{gate}.unit"), (aside, []), said)


def _said(gate: str, look: Look, sentence: str, over: str) -> Iterator[Said]:
    """Say it, and say at its end that a rest is over."""
    yield Said(look.at_s, sentence)
    ends_s = max(look.out_again_s, look.in_again_s)
    if gate == "rest" and look.step:
        yield Said(ends_s, over)


def _told(gate: str, look: Look, speaker: Voice, name: str, settings: Scaling) -> tuple[str, str, str]:
    """Give a gate's number, the line beside it, and its sentence."""

    def tell(key: str, **values: object) -> str:
        return speaker.say(f"{name}.gate.{key}", **values)

    def metric(value: float) -> str:
        return tell("per_minute" if settings.metric == "requests" else "percent", v=speaker.number(value))

    if gate == "reads":
        return (
            metric(look.metric),
            tell("sees.target", target=metric(settings.target)),
            tell("reads.said", s=speaker.number(settings.period_s)),
        )
    if gate == "points":
        if look.above:
            return (
                _points(look.above, settings.points_out, speaker),
                tell("points.above", v=metric(settings.target)),
                _why(look, speaker),
            )
        low = metric(loops.low_alarm(settings))
        return _points(look.below, settings.points_in, speaker), tell("points.below", v=low), _why(look, speaker)
    if gate == "rest":
        until_s = max(look.out_again_s, look.in_again_s)
        if until_s <= look.at_s:
            return "–", "", tell("rest.over")
        return speaker.clock(until_s), "", tell("rest.said")
    return speaker.number(look.desired), tell("asks.before", n=look.desired - look.step), _why(look, speaker)


def _points(n: int, of: int, speaker: Voice) -> str:
    return f"{speaker.number(min(n, of))} / {speaker.number(of)}"


def _why(look: Look, speaker: Voice) -> str:
    signed = f"{'+' if look.step > 0 else ''}{speaker.number(look.step)}"
    return speaker.say(f"loops.because.{look.because}", step=signed)
