"""A fault in a module, as strips and rows: `show` offers them beside its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import Run
from engine.architecture import Blast, blast, failing, fault_of, sent_to
from engine.architecture.blast import AN_OUTAGE
from pages.figures.architecture import Lines, lines_labels, lines_strip, lines_top
from pages.parts.charts import Strip
from pages.parts.hosts import HostStrip, Row
from pages.parts.words import Voice

SMOOTHED_S = 5


def failing_of(run: Run) -> Lines:
    """Give each action's share of failed requests over time, in percent."""
    if run.requests.graph is None:
        return Lines(np.arange(2.0), {})
    found = failing(run)
    step_s = run.requests.step_s
    rows = {name: 100 * _smooth(share, step_s) for name, share in found.items()}
    return Lines(np.arange(len(next(iter(rows.values())))) * step_s, rows)


def storm_of(run: Run) -> Lines:
    """Give the calls that were sent to the harmed module for each that was needed, over time; 1 where all goes well."""
    fault = fault_of(run)
    if run.requests.graph is None or fault is None:
        return Lines(np.array([0.0, run.scenario.duration_s]), {"sent": np.ones(2)})
    sent, step_s = sent_to(run, fault[0]), run.requests.step_s
    return Lines(np.arange(len(sent)) * step_s, {"sent": _smooth(np.nan_to_num(sent, nan=1.0), step_s)})


def _smooth(values: np.ndarray[Any, np.dtype[np.float64]], step_s: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Average over the last five seconds: an action that comes rarely is 0 or 1 in every one of them."""
    width = max(1, round(SMOOTHED_S / step_s))
    known = ~np.isnan(values)
    padded = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    count = np.concatenate([[0.0], np.cumsum(known)])
    here = np.arange(len(values)) + 1
    since = np.maximum(here - width, 0)
    return np.asarray((padded[here] - padded[since]) / np.maximum(count[here] - count[since], 1), dtype=np.float64)


def _draw(name: str, of: Callable[[Run], Lines], top: float, unit: str) -> HostStrip:
    """Make a strip of lines."""

    def draw(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
        words, lines = speaker.table(f"charts.{name}"), of(run)
        named = {row: words.get(row, row) for row in lines.rows}
        tick = speaker.percent(0, 0).replace("0", "{v}") if unit == "%" else "{v}×"
        figure = lines_strip(lines, least=top, unit=tick, **settings)
        return Strip(name, words["title"], figure, lines_labels(lines, named, words["label"]), tab=words["tab"])

    return HostStrip(draw, lambda run: max(lines_top(of(run)), top))


STRIPS: dict[str, HostStrip] = {
    "failing": _draw("failing", failing_of, 100.0, "%"),
    "storm": _draw("storm", storm_of, 2.0, "x"),
}

# --- outcomes ----------------------------------------------------------------------------------------------------------


def _blast(run: Run) -> Blast | None:
    return None if run.requests.graph is None else blast(run)


def _share(of: Callable[[Blast], float]) -> Row:
    def write(run: Run, speaker: Voice) -> str:
        found = _blast(run)
        return speaker.percent(float("nan") if found is None else of(found))

    def rank(run: Run) -> float:
        found = _blast(run)
        return 0.0 if found is None else round(of(found), 3)

    return write, rank


def hit(found: Blast) -> int:
    """Count the actions of which more than one request in a hundred failed."""
    return sum(harm.failed > AN_OUTAGE for harm in found.actions)


def _actions(run: Run, speaker: Voice) -> str:
    found = _blast(run)
    return (
        speaker.say("common.outcome.of", n=hit(found), of=speaker.number(len(found.actions)))
        if found
        else speaker.number(0)
    )


def _recovered(run: Run, speaker: Voice) -> str:
    found = _blast(run)
    took = None if found is None else found.recovered_s
    return speaker.say("common.outcome.not_yet") if took is None else speaker.seconds(took)


def _recovered_rank(run: Run) -> float:
    found = _blast(run)
    return float("inf") if found is None or found.recovered_s is None else found.recovered_s


def calls_for_one(run: Run) -> float:
    """Say how many calls the harmed module was sent for each that was needed, while it was ill; 1 where nobody calls it."""
    found, fault = _blast(run), fault_of(run)
    if found is None or fault is None:
        return 1.0
    rows = sent_to(run, fault[0])
    step_s = run.requests.step_s
    window = rows[round(found.from_s / step_s) : round(found.until_s / step_s)]
    mean = float(np.nanmean(window)) if np.isfinite(window).any() else 1.0
    return mean or 1.0


OUTCOMES: dict[str, Row] = {
    "blast_failed": _share(lambda found: found.failed),
    "blast_degraded": _share(lambda found: found.degraded),
    "blast_actions": (_actions, lambda run: float(hit(found)) if (found := _blast(run)) else 0.0),
    "blast_recovered": (_recovered, _recovered_rank),
    "blast_calls": (lambda run, speaker: speaker.number(calls_for_one(run), 1) + "×", None),
}
