"""Two courses of one organisation as the board plays them: tiles' tracks in seconds, and a word for what stands out."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.delivery import Course, tracks
from pages.parts.words import Voice

Pair = dict[str, Course]


def board_data(pair: Pair, speaker: Voice) -> dict[str, Any]:
    """Pack both ways for the board and the transport. Moments are seconds of working time."""
    first = next(iter(pair.values()))
    it = first.organisation
    return {
        "id": f"{it.token()}.{speaker.lang}", "end": it.end_min * 60, "lang": speaker.lang, "number": speaker.number_signs(),
        "words": speaker.table("board"), "changes": _changes(first), "marks": _marks(pair, speaker),
        "ways": [_way(name, course, speaker) for name, course in pair.items()],
    }  # fmt: skip


def _changes(course: Course) -> list[dict[str, Any]]:
    """Say of each change who wrote it, when, and which services it touches, its own first."""
    changes = course.changes
    return [
        {
            "team": int(changes.team[i]) + 1,
            "at": _seconds(changes.at_min[i]),
            "services": [int(one) + 1 for one in changes.touches[i, : changes.n_touched[i]]],
        }
        for i in range(len(changes.key))
    ]


def _way(name: str, course: Course, speaker: Voice) -> dict[str, Any]:
    """Write one way: its lanes, every part's track, and when changes were written and arrived."""
    releases, it = course.releases, course.organisation
    n = it.n_pipelines
    lanes = (
        [speaker.say("board.lane_train")] if name == "train" else [speaker.say("board.lane", n=k + 1) for k in range(n)]
    )
    bad = [
        (a, b)
        for a, b, is_bad in zip(releases.deployed_min, releases.restored_min, releases.is_bad, strict=True)
        if is_bad
    ]
    return {
        "name": name,
        "lanes": lanes,
        "workers": it.build_workers,
        "tracks": [
            [track.change, track.pipeline, track.is_own, [_seconds(at) for at in track.at_min], [int(one) for one in track.doing]]
            for track in tracks(course)
        ],
        "written": [_seconds(at) for at in course.changes.at_min],
        "delivered": sorted(_seconds(at) for at in course.delivered_min if np.isfinite(at)),
        "outages": [[_seconds(a), _seconds(min(b, it.end_min))] for a, b in bad if np.isfinite(a)],
    }  # fmt: skip


def _marks(pair: Pair, speaker: Voice) -> list[dict[str, Any]]:
    """Name the moments at which users got a bad version."""
    found = []
    for name, course in pair.items():
        releases = course.releases
        for at, n, is_bad in zip(releases.deployed_min, releases.changes, releases.is_bad, strict=True):
            if is_bad and np.isfinite(at):
                text = speaker.say(f"delivery.mark.{name}", n=int(n))
                found.append({"t": _seconds(at), "text": text, "tone": "lost", "op": None})
    return sorted(found, key=lambda mark: (mark["t"], mark["text"]))


def _seconds(minutes: float) -> float:
    return round(float(minutes) * 60, 1)
