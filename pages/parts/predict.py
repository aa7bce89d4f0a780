"""Predict: say what will happen before it is shown, and be held to it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import streamlit as st

from engine import Run, deployed, loops, metrics, node_updates, race, reconcile, rollouts, sights, treadmill
from engine.agents import accounts
from engine.architecture import blast, cut
from engine.errors import Problem
from engine.fullness import fullest
from pages.parts import chapter, racing, show
from pages.parts.experiment import Experiment
from pages.parts.sure import SKIP, ask_sure, click, kept, lock, skip
from pages.parts.words import Voice

GUESS = "guess"
ASK = "ask"  # on stage: the question stands, and what is to come stays hidden until it has come


UNDECIDED = {"none", "good", "nobody", "no_fall", "alarm", "patience"}  # it never came to what was asked


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict: the sentence, and whether the guess was right; none where the run never came to what was asked."""

    text: str
    is_right: bool | None


@dataclass(frozen=True, slots=True)
class Question:
    """What can be asked of a run beforehand. Everything is pure: settings come from the lesson.

    choices: what may be answered (answer -> the word on its button). said: the answer inside a sentence. verdict: what
    holds the answer against the run.
    """

    choices: Callable[[Run, Voice, str, Mapping[str, Any]], dict[str, str]]
    said: Callable[[Run, Voice, str, Mapping[str, Any], str], str]
    verdict: Callable[[Run, Voice, str, Mapping[str, Any], str], Judged]


def predict(experiment: Experiment, speaker: Voice, run: Run) -> str | None:
    """Ask for a guess before the future is shown; return it, "" for who will not guess, None while it is open."""
    name, asked = experiment.lesson.name, experiment.lesson.guess
    if asked is None:
        return ""
    key, question = f"{name}.guess", QUESTIONS[asked.question]
    choices = question.choices(run, speaker, name, asked.settings)
    guess = guess_of(experiment, speaker, run)
    if guess is None:
        chapter.set_aside(speaker, unknown_guess(name, choices))
        with st.container(horizontal=True, vertical_alignment="center", key="q-guess"):
            st.markdown(
                f"**{speaker.say(f'{name}.ask.question')}**", help=speaker.say(f"{name}.ask.help"), width="content"
            )
            for choice, text in choices.items():
                st.button(text, key=f"{key}.{choice}", on_click=click, args=(name, choice))
            ask_sure(name, speaker)
            st.button(speaker.say("furniture.skip"), key=f"{key}.{SKIP}", type="tertiary", on_click=skip, args=(name,))
        return None
    if guess == SKIP:
        return ""
    lock(name, guess, right=lambda: question.verdict(run, speaker, name, asked.settings, guess).is_right)
    st.query_params[GUESS] = guess
    said = question.said(run, speaker, name, asked.settings, guess)
    chapter.steps(speaker, 1, speaker.say("furniture.you_said", said=said))
    return guess


def is_asking() -> bool:
    """Say whether the link leaves the question to the hall: nothing is answered yet, and nobody has to click."""
    return st.query_params.get(GUESS) == ASK


def unknown_guess(name: str, choices: Collection[str]) -> tuple[Problem, ...]:
    """Name what the link says as a guess and is none of the answers. name: the experiment's."""
    came = st.session_state.get(f"{name}.guess")
    return (
        ()
        if came is None or came in {SKIP, ASK, *choices}
        else (Problem(GUESS, came[:60], ", ".join((*choices, SKIP)), "name"),)
    )


def guess_of(experiment: Experiment, speaker: Voice, run: Run) -> str | None:
    """Give the guess as it stands: the session's, else the URL's; None while it is open. Where nothing is asked: none needed."""
    asked = experiment.lesson.guess
    if asked is None:
        return SKIP
    key = f"{experiment.lesson.name}.guess"
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(GUESS) or kept(experiment.lesson.name)
    guess: str | None = st.session_state[key]
    known = {SKIP, *QUESTIONS[asked.question].choices(run, speaker, experiment.lesson.name, asked.settings)}
    return guess if guess in known else None


def verdict(experiment: Experiment, speaker: Voice, run: Run, guess: str) -> str:
    """Hold the guess against what happened."""
    asked = experiment.lesson.guess
    if asked is None:
        return ""
    return QUESTIONS[asked.question].verdict(run, speaker, experiment.lesson.name, asked.settings, guess).text


def _told(speaker: Voice, name: str, which: str, **values: Any) -> Judged:
    """Say a verdict by its name, and whether it says that the guess was right."""
    is_right = None if which in UNDECIDED else which.endswith("right")
    return Judged(speaker.say(f"{name}.verdict.{which}", **values), is_right)


# --- how long will users see errors? ---------------------------------------------------------------------------------


def _spans(speaker: Voice, name: str, settings: Mapping[str, Any], how: str) -> dict[str, str]:
    """Write each span of seconds in one of two ways: as a button (guess), or as part of a sentence (said)."""
    bounds, texts, seconds = settings["bounds"], speaker.table(f"{name}.{how}"), speaker.seconds
    spans = {
        f"{low:g}": texts["between"].format(low=seconds(low), high=seconds(high)) for low, high in pairwise(bounds)
    }
    return {
        **({"never": texts["never"]} if "never" in texts else {}),
        "0": texts["under"].format(time=seconds(bounds[0])),
        **spans,
        f"{bounds[-1]:g}": texts["over"].format(time=seconds(bounds[-1])),
    }


def _judge_errors(run: Run, speaker: Voice, name: str, settings: Mapping[str, Any], guess: str) -> Judged:
    """Say whether the seconds of errors fell into the span that was named."""
    errors_s, failed = metrics.error_seconds(run), metrics.totals(run).failed
    said, took = _spans(speaker, name, settings, "said")[guess], speaker.seconds(errors_s)
    if not failed:
        return _told(speaker, name, "none", said=said)
    if guess == "never":
        return _told(speaker, name, "never", took=took)
    return _told(speaker, name, _which(errors_s, settings, guess), said=said, took=took)


def _which(took_s: float, settings: Mapping[str, Any], guess: str) -> str:
    """Say whether a span that begins at the guess holds what it took, or is too short or too long."""
    low = float(guess)
    high = next((bound for bound in settings["bounds"] if bound > low), float("inf"))
    return "right" if low <= took_s < high else "short" if took_s >= high else "long"


# --- how long until it happens, if it does? --------------------------------------------------------------------------


def _judge_span(took_s: float | None, speaker: Voice, name: str, settings: Mapping[str, Any], guess: str) -> Judged:
    """Say whether it happened within the span that was named. took_s: none where it never did."""
    said = _spans(speaker, name, settings, "said")[guess]
    if took_s is None:
        return _told(speaker, name, "never_right" if guess == "never" else "open", said=said)
    took = speaker.seconds(took_s)
    if guess == "never":
        return _told(speaker, name, "never", took=took)
    return _told(speaker, name, _which(took_s, settings, guess), said=said, took=took)


# --- how many tasks find a host? -------------------------------------------------------------------------------------


def _counts(speaker: Voice, name: str, settings: Mapping[str, Any], how: str) -> dict[str, str]:
    """Offer numbers of tasks."""
    text = speaker.table(f"{name}.{how}")["tasks"]
    return {str(n): text.format(n=speaker.number(n)) for n in settings["choices"]}


def _judge_placed(run: Run, speaker: Voice, name: str, settings: Mapping[str, Any], guess: str) -> Judged:
    """Hold a number of tasks against how many found a host."""
    placed, wanted = fullest(run).placed, sum(service.desired for service in run.scenario.services)
    which = "right" if placed == int(guess) else "over" if placed < int(guess) else "under"
    said = _counts(speaker, name, settings, "said")[guess]
    return _told(speaker, name, which, said=said, placed=placed, wanted=wanted)


# --- how many pods stay ready while a version comes out? -------------------------------------------------------------


def _judge_still_ready(run: Run, speaker: Voice, name: str, settings: Mapping[str, Any], guess: str) -> Judged:
    """Hold a number of pods against the fewest that were ready while the first new version came out."""
    least = rollouts.least_ready(run)
    which = "right" if least == int(guess) else "over" if least < int(guess) else "under"
    said = _counts(speaker, name, settings, "said")[guess]
    return _told(speaker, name, which, said=said, n=least, of=run.scenario.services[0].desired)


# --- does ECS replace what is only silent? ---------------------------------------------------------------------------


def _judge_silent(run: Run, speaker: Voice, name: str, _settings: Mapping[str, Any], guess: str) -> Judged:
    """Hold "none" or "all" against what ECS gave up on the first host whose agent was cut off."""
    silent = next((one for one in accounts(run) if any(part.state == "cut" for part in one.truth)), None)
    replaced = silent.replaced if silent else 0
    which = "right" if (replaced > 0) == (guess == "all") else "over" if guess == "all" else "under"
    return _told(speaker, name, which, said=speaker.table(f"{name}.said")[guess], n=replaced)


# --- how does a node update end? -------------------------------------------------------------------------------------


def _judge_update(run: Run, speaker: Voice, name: str, _settings: Mapping[str, Any], guess: str) -> Judged:
    """Hold "done", "failed" or "waiting" against how the first update ended; whoever waits, waits."""
    found = next(iter(node_updates.updates(run)), None)
    said = speaker.table(f"{name}.said")[guess]
    if found is None:
        return _told(speaker, name, "none", said=said)
    ended = "waiting" if found.outcome == "held" else found.outcome
    lead = _told(speaker, name, "right" if guess == ended else "wrong", said=said)
    took = speaker.seconds((found.ended_s or run.scenario.duration_s) - found.started_s)
    rest = speaker.say(f"{name}.verdict.{found.outcome}", n=found.left, took=took, deleted=found.deleted)
    return Judged(f"{lead.text} {rest}", lead.is_right)


# --- when do a dead node's pods run elsewhere? -----------------------------------------------------------------------


def _judge_elsewhere(run: Run, speaker: Voice, name: str, settings: Mapping[str, Any], guess: str) -> Judged:
    """Hold "at once", "a minute", "six minutes" or "never" against when all pods served again. settings: `bounds` between them, s."""
    took_s, said = reconcile.elsewhere_s(run), speaker.table(f"{name}.said")[guess]
    if took_s is None:
        left = reconcile.left_behind(run)
        return _told(speaker, name, "never_right" if guess == "never" else "never", said=said, n=left)
    new_s = reconcile.replaced_s(run)
    if new_s is None:
        return _told(speaker, name, "none", said=said)
    choices = list(speaker.table(f"{name}.guess"))
    truth = sum(took_s >= bound for bound in settings["bounds"])
    which = "right" if choices.index(guess) == truth else "early" if choices.index(guess) < truth else "late"
    created, took = speaker.seconds(new_s), speaker.seconds(took_s)
    return _told(speaker, name, which, said=said, took=took, created=created)


# --- how quick to grow, how quick to shrink? -------------------------------------------------------------------------


def _judge_pace(run: Run, speaker: Voice, name: str, settings: Mapping[str, Any], guess: str) -> Judged:
    """Hold a pair (out, in: quick or slow) against the two waits. settings: `out_s`, `in_s`: slow from there on."""
    said, out_s, in_s = speaker.table(f"{name}.said")[guess], sights.scaled_out_s(run), sights.scaled_in_s(run)
    if out_s is None or in_s is None:
        return _told(speaker, name, "never" if out_s is None else "no_fall", said=said)
    truth = {
        (False, False): "both_quick",
        (False, True): "slow_in",
        (True, False): "slow_out",
        (True, True): "both_slow",
    }
    is_right = guess == truth[out_s >= settings["out_s"], in_s >= settings["in_s"]]
    out, back = speaker.seconds(out_s), speaker.seconds(in_s)
    return _told(speaker, name, "right" if is_right else "wrong", said=said, out=out, back=back)


# --- whom does a fault hurt, as one service and as many? -------------------------------------------------------------


def _judge_blast(run: Run, speaker: Voice, name: str, settings: Mapping[str, Any], guess: str) -> Judged:
    """Hold "both", "one", "many" or "neither" (lose most requests) against both cuts of the same scenario.

    settings: `most`, the share from which on it is most; `ten`, how many modules are apart on the other side.
    """
    lost = [blast(show.run_of(cut(run.scenario, "out", out))).failed for out in (0, settings["ten"])]
    truth = {(True, True): "both", (True, False): "one", (False, True): "many", (False, False): "neither"}[
        lost[0] >= settings["most"], lost[1] >= settings["most"]
    ]
    said, (one, many) = speaker.table(f"{name}.said")[guess], (speaker.percent(share) for share in lost)
    return _told(speaker, name, "right" if guess == truth else "wrong", said=said, one=one, many=many)


# --- who stops a bad version? ----------------------------------------------------------------------------------------


def _judge_stopped(run: Run, speaker: Voice, name: str, settings: Mapping[str, Any], guess: str) -> Judged:
    """Hold "early", "late" or "never" against what the circuit breaker did. settings: `early_s`, up to which it is early."""
    said, n = speaker.table(f"{name}.said")[guess], metrics.totals(run).failed
    found = deployed.stopped(run)
    if found is None:
        if not deployed.is_bad(run):
            return _told(speaker, name, "good", said=said, n=n)
        judged = f"{deployed.breakers_part(run)}_{'right' if guess == 'never' else 'wrong'}"
        return _told(speaker, name, judged, said=said, n=n)
    took = speaker.seconds(found.after_s)
    if found.by != "breaker":
        return _told(speaker, name, found.by, said=said, n=n, took=took)
    truth = "early" if found.after_s <= settings["early_s"] else "late"
    return _told(speaker, name, f"breaker_{'right' if guess == truth else 'wrong'}", said=said, n=n, took=took)


# --- who follows a jump in traffic soonest? --------------------------------------------------------------------------


def _judge_race(run: Run, speaker: Voice, name: str, _settings: Mapping[str, Any], guess: str) -> Judged:
    """Hold a runner's name against all who run: the same scenario for each, and who had enough soonest."""
    took = {runner: race.catching(one).took_s for runner, one in racing.runners(run.scenario, name).items()}
    arrived = {runner: seconds for runner, seconds in took.items() if seconds is not None}
    said = speaker.table(f"{name}.said")
    if not arrived:
        return _told(speaker, name, "nobody", said=said[guess])
    first = min(arrived, key=lambda runner: arrived[runner])
    which = "right" if guess == first else "wrong"
    return _told(
        speaker, name, which, said=said[guess], truth=said[first], took=speaker.seconds(arrived[first]),
        last=said[max(took, key=lambda runner: took[runner] if took[runner] is not None else float("inf"))],
    )  # fmt: skip


QUESTIONS: dict[str, Question] = {
    "race": Question(
        choices=lambda _run, speaker, name, _settings: speaker.table(f"{name}.guess"),
        said=lambda _run, speaker, name, _settings, guess: speaker.table(f"{name}.said")[guess],
        verdict=_judge_race,
    ),
    "blast": Question(
        choices=lambda _run, speaker, name, _settings: speaker.table(f"{name}.guess"),
        said=lambda _run, speaker, name, _settings, guess: speaker.table(f"{name}.said")[guess],
        verdict=_judge_blast,
    ),
    "stopped": Question(
        choices=lambda _run, speaker, name, _settings: speaker.table(f"{name}.guess"),
        said=lambda _run, speaker, name, _settings, guess: speaker.table(f"{name}.said")[guess],
        verdict=_judge_stopped,
    ),
    "elsewhere": Question(
        choices=lambda _run, speaker, name, _settings: speaker.table(f"{name}.guess"),
        said=lambda _run, speaker, name, _settings, guess: speaker.table(f"{name}.said")[guess],
        verdict=_judge_elsewhere,
    ),
    "pace": Question(
        choices=lambda _run, speaker, name, _settings: speaker.table(f"{name}.guess"),
        said=lambda _run, speaker, name, _settings, guess: speaker.table(f"{name}.said")[guess],
        verdict=_judge_pace,
    ),
    "update_ends": Question(
        choices=lambda _run, speaker, name, _settings: speaker.table(f"{name}.guess"),
        said=lambda _run, speaker, name, _settings, guess: speaker.table(f"{name}.said")[guess],
        verdict=_judge_update,
    ),
    "filled": Question(
        choices=lambda _run, speaker, name, settings: _spans(speaker, name, settings, "guess"),
        said=lambda _run, speaker, name, settings, guess: _spans(speaker, name, settings, "said")[guess],
        verdict=lambda run, *rest: _judge_span(metrics.filled_s(run), *rest),
    ),
    "recovered": Question(
        choices=lambda _run, speaker, name, settings: _spans(speaker, name, settings, "guess"),
        said=lambda _run, speaker, name, settings, guess: _spans(speaker, name, settings, "said")[guess],
        verdict=lambda run, *rest: _judge_span(metrics.recovered_s(run), *rest),
    ),
    "first_gone": Question(
        choices=lambda _run, speaker, name, settings: _spans(speaker, name, settings, "guess"),
        said=lambda _run, speaker, name, settings, guess: _spans(speaker, name, settings, "said")[guess],
        verdict=lambda run, *rest: _judge_span(loops.first_host_gone_s(run), *rest),
    ),
    "last_patched": Question(
        choices=lambda _run, speaker, name, settings: _spans(speaker, name, settings, "guess"),
        said=lambda _run, speaker, name, settings, guess: _spans(speaker, name, settings, "said")[guess],
        verdict=lambda run, *rest: _judge_span(treadmill.longest_s(run), *rest),
    ),
    "still_ready": Question(
        choices=lambda _run, speaker, name, settings: _counts(speaker, name, settings, "guess"),
        said=lambda _run, speaker, name, settings, guess: _counts(speaker, name, settings, "said")[guess],
        verdict=_judge_still_ready,
    ),
    "silent": Question(
        choices=lambda _run, speaker, name, _settings: speaker.table(f"{name}.guess"),
        said=lambda _run, speaker, name, _settings, guess: speaker.table(f"{name}.said")[guess],
        verdict=_judge_silent,
    ),
    "placed": Question(
        choices=lambda _run, speaker, name, settings: _counts(speaker, name, settings, "guess"),
        said=lambda _run, speaker, name, settings, guess: _counts(speaker, name, settings, "said")[guess],
        verdict=_judge_placed,
    ),
    "errors": Question(
        choices=lambda _run, speaker, name, settings: _spans(speaker, name, settings, "guess"),
        said=lambda _run, speaker, name, settings, guess: _spans(speaker, name, settings, "said")[guess],
        verdict=_judge_errors,
    ),
}
