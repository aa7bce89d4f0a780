"""A scene: one run as the components of a page show it. The page and the answer that comes ahead of it are built here alike.

Nothing here asks the session or the URL: a scene follows from the run, the language and the view.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import streamlit as st

from engine import Run
from pages.parts import show
from pages.parts.call_map import call_map_data
from pages.parts.call_map.payload import payload as calls_payload
from pages.parts.charts import Mark, Strip, plotly_url
from pages.parts.charts import payload as charts_payload
from pages.parts.headline import headline_data
from pages.parts.lesson import Lesson
from pages.parts.stage_map import map_data
from pages.parts.stage_map.payload import payload
from pages.parts.stage_map.stage_map import Size
from pages.parts.words import Voice

View = Literal["study", "stage"]
VIEWS: tuple[View, ...] = get_args(View)
TELLING = {"bad"}  # strips whose very scale gives an open guess away
STAGE_STRIP_PX = 300  # on a screen of fewer lines looks/stage.css scales it down


@dataclass(frozen=True, slots=True)
class Scene:
    """What each component of a view is given. charts: the strips, and the settings that go with them.

    ahead: where the browser asks for what follows from this run; "" where it cannot.
    """

    packed: dict[str, Any]
    map: dict[str, Any]
    strips: Sequence[Strip]
    charts: dict[str, Any]
    transport: dict[str, Any]
    headline: dict[str, Any]


def scene(run: Run, speaker: Voice, lesson: Lesson, view: View, *, locked: bool, ahead: str = "") -> Scene:
    """Build everything that a view shows of a run. locked: the future is hidden while a guess is open."""
    packed = shown(run, speaker)
    is_stage, action = view == "stage", OFFERS[lesson.offer](run, speaker)
    settings: dict[str, Any] = {
        "run_id": packed["id"], "end_s": run.scenario.duration_s, "marks": chart_marks(packed), "caption": packed["name"],
        "locked_future": locked, "ahead": ahead,
    }  # fmt: skip
    if is_stage:
        texts = speaker.table("headline")
        strips = [
            replace(strip, height_px=STAGE_STRIP_PX)
            for strip in show.strips(run, speaker, lesson.goal_s, (lesson.strip,), size="stage")
        ]
        bar = transport_data(packed, speaker, locked=locked, size="stage")
        bar["words"] |= {"events_past": texts["events_past"]}
        return Scene(
            packed,
            map_of(
                run,
                speaker,
                packed | {"words": packed["words"] | {"keys": texts["keys"]}},
                "stage",
                caption=False,
                ahead=ahead,
            ),
            strips,
            settings | {"size": "stage"},
            bar | {"action": action, "ahead": ahead},
            headline_data(packed | {"words": texts}) | {"ahead": ahead},
        )
    return Scene(
        packed,
        map_of(run, speaker, packed, "study", caption=lesson.has_caption, card=lesson.has_card, ahead=ahead),
        show.strips(
            run, speaker, lesson.goal_s, tuple(one for one in lesson.strips if not (locked and one in TELLING))
        ),
        settings,
        transport_data(packed, speaker, locked=locked) | {"action": action, "ahead": ahead},
        {},
    )


def map_of(
    run: Run,
    speaker: Voice,
    packed: dict[str, Any],
    size: Size,
    *,
    caption: bool = True,
    card: bool = True,
    ahead: str = "",
) -> dict[str, Any]:
    """Give the map's data: of the cluster or, where modules call each other, of their calls. packed: `shown`'s, or changed a little."""
    if run.scenario.application.modules:
        calls = calls_payload(run, speaker)
        return call_map_data(calls | {"name": packed["name"]}, size, caption=caption, ahead=ahead)
    return map_data(packed, size, caption=caption, card=card, ahead=ahead)


def as_json(found: Scene, speaker: Voice, keys: dict[str, str]) -> dict[str, Any]:
    """Write a scene as the components' own data, for the browser. keys: what Streamlit's call adds by its key."""
    drawn = charts_payload(
        found.strips, name=speaker.say("charts.group"), texts=replace(speaker, of_pods=False).table("charts"), signs=speaker.number_signs(),
        url=plotly_url(), **found.charts,
    )  # fmt: skip
    told: dict[str, Any] = {"id": found.packed["id"], "map": found.map, "charts": drawn}
    told["transport"] = {"scope": keys["transport"], **found.transport}
    return told | ({"headline": found.headline} if found.headline else {})


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=show.BY_SCENARIO)
def _packed(run: Run, speaker: Voice) -> dict[str, Any]:
    return payload(run, speaker)


def shown(run: Run, speaker: Voice) -> dict[str, Any]:
    """Pack a run for the map, once for all who look at it."""
    packed: dict[str, Any] = _packed(run, speaker)
    return packed


def transport_data(packed: dict[str, Any], speaker: Voice, *, locked: bool = False, size: str = "") -> dict[str, Any]:
    """Hand the transport what it shares with the map."""
    data: dict[str, Any] = {key: packed[key] for key in ("id", "end", "marks", "number", "lang")}
    data |= {"words": speaker.table("transport"), "locked_future": locked, "speeds": speeds(packed["end"])}
    return data | ({"size": size, "keys": True} if size else {})


def chart_marks(packed: dict[str, Any]) -> list[Mark]:
    """Draw the operations through the charts; what followed is named on the scrubber."""
    return [Mark(mark["t"], mark["text"], mark["tone"]) for mark in packed["marks"] if mark["op"] is not None]


def offers(run: Run, speaker: Voice) -> list[dict[str, Any]]:
    """Offer one button beside the scrubber: fail a zone while all is well, bring it back once it is lost."""
    zone = run.scenario.zone_letters[min(1, run.scenario.zones - 1)]
    texts = speaker.table("furniture.offer")
    found = [_offer(0.0, "fail-zone", zone, texts, "lost")]
    for operation in sorted(run.scenario.operations, key=lambda o: o.at_s):
        if operation.do == "fail-zone":
            found.append(_offer(operation.at_s, "restore-zone", operation.zone, texts, "ok"))
        elif operation.do == "restore-zone":
            found.append(_offer(operation.at_s, "fail-zone", operation.zone, texts, "lost"))
    return found


def _offer(from_s: float, do: str, zone: str, texts: dict[str, str], tone: str) -> dict[str, Any]:
    return {"from_t": from_s, "label": texts[do].format(zone=zone), "tone": tone, "act": {"do": do, "zone": zone}}


def offers_one(do: str, tone: str = "plain", **more: Any) -> Callable[[Run, Voice], list[dict[str, Any]]]:
    """Offer one thing at any moment: an operation that needs no zone."""

    def offer(_run: Run, speaker: Voice) -> list[dict[str, Any]]:
        label = speaker.table("furniture.offer")[do]
        return [{"from_t": 0.0, "label": label, "tone": tone, "act": {"do": do} | more}]

    return offer


def offers_version(run: Run, speaker: Voice) -> list[dict[str, Any]]:
    """Offer to bring a version out, and once one is out to go back from it."""
    texts = speaker.table("furniture.offer")
    acts = {
        "deploy": {"from_t": 0.0, "label": texts["deploy"], "tone": "plain", "act": {"do": "deploy"}},
        "undo": {"from_t": 0.0, "label": texts["undo-deploy"], "tone": "ok", "act": {"do": "undo-deploy"}},
    }
    done = sorted((o for o in run.scenario.operations if o.do == "deploy"), key=lambda o: o.at_s)
    return [acts["deploy"], *(acts["deploy" if one.undo else "undo"] | {"from_t": one.at_s} for one in done)]


OFFERS: dict[str, Callable[[Run, Voice], list[dict[str, Any]]]] = {
    "zone": offers,
    "task": offers_one("run-tasks", count=1),
    "surge": offers_one("surge"),
    "spot": offers_one("interrupt-spot", "lost", hosts=4),
    "release": offers_one("patch", hosts_at_once=3),
    "update": offers_one("update-nodes"),
    "slow": offers_one("break-module", "lost", module="payment", slow_x=100, for_s=60),
    "version": offers_version,
    "none": lambda _run, _speaker: [],
}


# --- pace --------------------------------------------------------------------------------------------------------------

PACES = (1, 4, 16, 60, 240, 720, 3600, 14400, 57600)  # simulated seconds a second
WHOLE_S = 75.0  # at its highest speed a run is over by then


def speeds(end_s: float) -> list[int]:
    """Choose three speeds for a run: at the highest, ten minutes and an hour and a day and three weeks all take about half a minute.

    >>> speeds(600), speeds(3_600), speeds(86_400), speeds(1_814_400)
    ([1, 4, 16], [4, 16, 60], [240, 720, 3600], [3600, 14400, 57600])
    """
    top = next((n for n, pace in enumerate(PACES) if end_s / pace <= WHOLE_S), len(PACES) - 1)
    top = max(top, 2)
    return list(PACES[top - 2 : top + 1])
