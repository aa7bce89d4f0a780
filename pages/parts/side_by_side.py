"""Side by side: several runs on one clock, with shared scales and one transport. Chapters compare variants here, the lab anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from engine import Run
from pages.parts import chapter, show
from pages.parts.call_map import call_map
from pages.parts.charts import charts
from pages.parts.scene import chart_marks, map_of, shown, transport_data
from pages.parts.stage_map import stage_map
from pages.parts.stage_map.stage_map import Size
from pages.parts.transport import transport
from pages.parts.words import Voice

MOST_COMPARED = 4


@dataclass(frozen=True, slots=True)
class Side:
    """One of those that are compared. key: its own among them; title: what it is called."""

    key: str
    title: str
    run: Run


def the_map(data: dict[str, Any], *, key: str, on_act: Callable[[], None] | None = None) -> Any:
    """Show what the data is of: the cluster's map or, where modules call each other, the map of their calls."""
    show_it = call_map if "graph" in data["payload"] else stage_map
    return show_it(data, key=key) if on_act is None else show_it(data, key=key, on_act=on_act)


def side_by_side(
    name: str,
    sides: Sequence[Side],
    speaker: Voice,
    *,
    goal_s: float,
    strips: tuple[str, ...],
    whole: str = "furniture.whole",
    locked: bool = False,
    is_hall: bool = False,
) -> None:
    """Show each run's map above its strips, and one transport below. Scales are shared, so that heights can be compared by eye.

    name: whose room it is, for the keys. strips: by their names, top to bottom. whole: the text on the scrubber where one is at full
    strength again. locked: what is to come stays hidden while a guess is open. is_hall: the room's look makes all of it larger, and the
    transport listens to the stage's keys.
    """
    runs = [side.run for side in sides]
    highest = show.highest_of(runs, strips[0])
    top = show.tops([show.columns_of(run, goal_s) for run in runs], goal_s)
    voices = [speaker.about(run.scenario) for run in runs]
    packs = [shown(run, own) for run, own in zip(runs, voices, strict=True)]
    size: Size = "small"
    with st.container(key="q-sides"):
        for column, side, packed, own in zip(st.columns(len(sides), gap="small"), sides, packs, voices, strict=True):
            with column:
                the_map(map_of(side.run, own, packed | {"name": side.title}, size), key=f"{name}.{size}.{side.key}")
                charts(
                    show.strips(side.run, own, goal_s, strips, size=size, top=top, highest=highest),
                    run_id=packed["id"], end_s=side.run.scenario.duration_s, key=f"{name}.charts.{side.key}", size=size,
                    name=side.title, caption=side.title, compared=name, marks=chart_marks(packed), locked_future=locked,
                )  # fmt: skip
    transport(
        transport_data(
            _together(sides, packs, speaker, whole), speaker, locked=locked, size="stage" if is_hall else ""
        ),
        key=f"{name}.together",
    )


def _together(sides: Sequence[Side], packs: Sequence[dict[str, Any]], speaker: Voice, whole: str) -> dict[str, Any]:
    """Put the runs on one scrubber: what is done in the first of them, and when each is at full strength again."""
    marks = [mark for mark in packs[0]["marks"] if mark["op"] is not None]
    for pack, side in zip(packs, sides, strict=True):
        marks += [
            mark | {"text": speaker.say(whole, name=side.title)}
            for mark in pack["marks"]
            if mark["tone"] == "ok" and mark["op"] is None
        ]
    return {
        **packs[0],
        "id": "-".join(pack["id"][:8] for pack in packs),
        "end": max(pack["end"] for pack in packs),
        "marks": sorted(marks, key=lambda mark: mark["t"]),
    }


def outcomes(speaker: Voice, title: str, sides: Sequence[Side], rows: tuple[str, ...]) -> None:
    """Show what came of each run as a table: the runs are columns, the best of a row wears the word."""
    with st.container(key="q-table"):
        table = show.outcome_table(speaker, title, [side.title for side in sides], [side.run for side in sides], rows)
        # On a phone it is wider than the screen: a keyboard has to reach what is scrolled.
        st.html(f'<div class="q-scroll" tabindex="0" role="region" aria-label="{chapter.plain(title)}">{table}</div>')
