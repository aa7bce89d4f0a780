"""Roll-outs: the strip and the outcomes of a new version. `show` offers them beside its own."""

from __future__ import annotations

from typing import Any

from engine import Run, rollouts
from pages.figures.rollout import Versions, versions_labels, versions_strip, versions_top
from pages.parts.charts import Strip
from pages.parts.hosts import HostStrip, Row, how_long
from pages.parts.words import Voice


def versions_of(run: Run) -> Versions:
    """Count the first service's ready pods, old beside new."""
    found = rollouts.course(run)
    return Versions(found.at_s, found.old, found.new, float(found.promised), float(found.most))


def _draw(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, found = speaker.table("charts.versions"), versions_of(run)
    labels = versions_labels(found, words)
    return Strip("versions", words["title"], versions_strip(found, **settings), labels, tab=words["tab"])


STRIPS: dict[str, HostStrip] = {"versions": HostStrip(_draw, lambda run: versions_top(versions_of(run)))}


def took_s(run: Run) -> float | None:
    """Say how long the first roll-out took; None where it never ended, or none came."""
    found = rollouts.rollouts(run)
    return None if not found or found[0].done_s is None else found[0].done_s - found[0].began_s


OUTCOMES: dict[str, Row] = {
    "rollout_took": how_long(took_s, "never"),
    "rollout_least": (
        lambda run, speaker: speaker.say(
            "common.outcome.of", n=rollouts.least_ready(run), of=speaker.number(run.scenario.services[0].desired)
        ),
        lambda run: -rollouts.least_ready(run),
    ),
    "rollout_most": (lambda run, speaker: speaker.number(rollouts.most_at_once(run)), rollouts.most_at_once),
}
