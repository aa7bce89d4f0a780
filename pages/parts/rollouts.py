"""Roll-outs: the strip and the outcomes of a new version. `show` offers them beside its own."""

from __future__ import annotations

from typing import Any

from engine import Run, deployed, releases, rollouts
from pages.figures.delivery_rollout import Bad, Share, bad_labels, bad_strip, bad_top, share_labels, share_strip
from pages.figures.rollout import Versions, versions_labels, versions_strip, versions_top
from pages.parts.charts import Strip
from pages.parts.hosts import HostStrip, Row, how_long
from pages.parts.words import Voice

WHOLE = 100.0


def versions_of(run: Run) -> Versions:
    """Count the first service's ready pods, old beside new."""
    found = rollouts.course(run)
    return Versions(found.at_s, found.old, found.new, float(found.promised), float(found.most))


def _draw(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, found = speaker.table("charts.versions"), versions_of(run)
    labels = versions_labels(found, words)
    return Strip("versions", words["title"], versions_strip(found, **settings), labels, tab=words["tab"])


def releases_of(run: Run) -> Versions:
    """Count the first service's ready tasks, by what a person calls their version: whoever went back is of the old one."""
    found = releases.course(run)
    return Versions(found.at_s, found.old, found.new, float(found.promised), float(found.most))


def share_of(run: Run) -> Share:
    """Give the part of the requests that the new version worked on."""
    found = releases.met(run)
    return Share(found.at_s, WHOLE * found.share)


def bad_of(run: Run) -> Bad:
    """Count the requests that have failed so far."""
    return Bad(*releases.failed_so_far(run))


def _draw_releases(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, found = speaker.table("charts.releases"), releases_of(run)
    labels = versions_labels(found, words)
    return Strip("releases", words["title"], versions_strip(found, **settings), labels, tab=words["tab"])


def _draw_share(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, share = speaker.table("charts.share"), share_of(run)
    figure = share_strip(share, unit=words["tick"], **settings)
    return Strip("share", words["title"], figure, share_labels(share, words), tab=words["tab"])


def _draw_bad(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, bad = speaker.table("charts.bad"), bad_of(run)
    return Strip("bad", words["title"], bad_strip(bad, **settings), bad_labels(bad, words), tab=words["tab"])


STRIPS: dict[str, HostStrip] = {
    "versions": HostStrip(_draw, lambda run: versions_top(versions_of(run))),
    "releases": HostStrip(_draw_releases, lambda run: versions_top(releases_of(run))),
    "share": HostStrip(_draw_share, lambda _run: WHOLE),
    "bad": HostStrip(_draw_bad, lambda run: bad_top(bad_of(run))),
}


def took_s(run: Run) -> float | None:
    """Say how long the first roll-out took; None where it never ended, or none came."""
    found = rollouts.rollouts(run)
    return None if not found or found[0].done_s is None else found[0].done_s - found[0].began_s


def ended_text(run: Run, speaker: Voice) -> str:
    """Say how the first roll-out ended, and how long that took."""
    found = deployed.first(run)
    if found is None:
        return speaker.say("common.outcome.ended_none")
    took = "" if found.took_s is None else speaker.seconds(found.took_s)
    return speaker.say(f"common.outcome.ended_{found.ending}", took=took)


def _ended_rank(run: Run) -> float:
    """Rank by how long it took until one version was left; what never ends is last."""
    found = deployed.first(run)
    return float("inf") if found is None or found.took_s is None else found.took_s


def _extra_hours(run: Run) -> float:
    found = deployed.first(run)
    return 0.0 if found is None else round(found.extra_task_hours, 2)


OUTCOMES: dict[str, Row] = {
    "rollout_ended": (ended_text, _ended_rank),
    "went_back": how_long(deployed.back_s, "nobody_went_back"),
    "extra_hours": (lambda run, speaker: speaker.number(_extra_hours(run), 2), _extra_hours),
    "rollout_took": how_long(took_s, "never"),
    "rollout_least": (
        lambda run, speaker: speaker.say(
            "common.outcome.of", n=rollouts.least_ready(run), of=speaker.number(run.scenario.services[0].desired)
        ),
        lambda run: -rollouts.least_ready(run),
    ),
    "met_new": (lambda run, speaker: speaker.number(releases.met_in_all(run)), releases.met_in_all),
    "rollout_most": (lambda run, speaker: speaker.number(rollouts.most_at_once(run)), rollouts.most_at_once),
}
