"""A run of a store as the component plays it: columns of times, spans, and one sentence for each thing that happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import streamlit as st

from engine.consensus import Course, Kind
from engine.consensus.course import Span, joined
from engine.consensus.quorum import majority
from engine.consensus.tracks import cuts, electorates, rises, tracks, votes
from engine.placement.room import ZONES
from pages.parts.words import Voice

Event = dict[str, Any]
TOGETHER_S = 0.02  # what follows within this is told with it


@st.cache_resource(
    max_entries=64, show_spinner=False,
    hash_funcs={Course: lambda course: course.scenario.model_dump_json(), Voice: lambda speaker: speaker.lang},
)  # fmt: skip
def payload(course: Course, speaker: Voice) -> dict[str, Any]:
    """Pack a run for the store's component."""
    s = course.scenario
    words = speaker.table("store")
    return {
        "id": f"{course.digest[:24]}.{speaker.lang}", "end": s.duration_s, "lang": speaker.lang,
        "number": speaker.number_signs(), "words": words,
        "tick": s.tick_s, "delay": {"same": s.same_zone_ms / 1000, "cross": s.cross_zone_ms / 1000},
        "zones": sorted(set(course.members)), "members": [asdict(track) for track in tracks(course)],
        "votes": [[w.from_s, w.to_s, w.sender, w.to, w.says] for w in votes(course)],
        "links": [[*map(int, c.what.split("-")), c.from_s, c.to_s] for c in cuts(course, Kind.LINK_CUT, Kind.LINK_HEALED)],
        "cut": [[c.what, c.from_s, c.to_s] for c in cuts(course, Kind.ZONE_CUT, Kind.ZONE_HEALED)],
        "dark": [[c.what, c.from_s, c.to_s] for c in cuts(course, Kind.ZONE_LOST, Kind.ZONE_BACK)],
        "electorates": [[e.from_s, e.voters, e.needed] for e in electorates(course)],
        "write": _pairs(course.writable), "stale": _pairs(course.stale),
        "reads": [[span.who, span.from_s, span.to_s] for span in course.readable],
        "leaders": [[span.from_s, span.to_s, span.who, span.term] for span in course.leaders],
        "rises": [[r.from_s, r.to_s, r.base, r.per_s] for r in rises(course)],
        "events": told(course, speaker),
        "marks": marks(course, speaker),
    }  # fmt: skip


def _pairs(spans: Iterable[Span]) -> list[list[float]]:
    return [[span.from_s, span.to_s] for span in joined(tuple(spans))]


# --- sentences ---------------------------------------------------------------------------------------------------------


def told(course: Course, speaker: Voice) -> list[Event]:
    """Say what happened, in order; what happens within a blink is one sentence after the other."""
    single: list[Event] = []
    for i in range(len(course)):
        said = _sentence(course, speaker, i)
        if said is not None:
            single.append(said)
    grouped: list[Event] = []
    for event in single:
        last = grouped[-1] if grouped else None
        if last and event["t"] - last["t"] <= TOGETHER_S and last["tone"] == event["tone"] == "lost":
            last["text"] += " " + event["text"]
        else:
            grouped.append(event)
    for event in grouped:
        if event.pop("harms") and course_writes_at(course, event["t"] + TOGETHER_S):
            event["text"] += " " + speaker.say("store.told.goes_on", **left(course, event["t"]))
    return grouped


def course_writes_at(course: Course, at_s: float) -> bool:
    """Say whether somebody could write at a moment."""
    return any(span.from_s <= at_s < span.to_s for span in course.writable)


def left(course: Course, at_s: float) -> dict[str, int]:
    """Count the members that run, those that vote, and how many are needed."""
    live = sum(span.from_s <= at_s < span.to_s for span in course.up)
    voters, needed = next((e.voters, e.needed) for e in reversed(electorates(course)) if e.from_s <= at_s)
    return {"live": live, "n": len(voters), "needed": needed}


def _sentence(course: Course, speaker: Voice, i: int) -> Event | None:
    """Say one event; None for what the picture says by itself."""
    kind = Kind(int(course.kind[i]))
    if kind not in SAID:
        return None
    key, tone = SAID[kind]
    at_s, member, other = float(course.at_s[i]), int(course.member[i]), int(course.other[i])
    values: dict[str, Any] = {"m": str(member), "other": str(other), "term": str(int(course.term[i]))}
    if kind in {Kind.ZONE_CUT, Kind.ZONE_HEALED, Kind.ZONE_LOST, Kind.ZONE_BACK}:
        values["zone"] = ZONES[other]
    elif kind in {Kind.MEMBER_DOWN, Kind.CHANGE_REFUSED, Kind.STEPPED_DOWN}:
        key = f"{key}.{course.reason[i].replace(' ', '_')}"
        if course.reason[i] == "zone":
            return None  # the zone's own sentence says it
    elif kind == Kind.WRITES_CLOSED:
        key, values = _closed(course, at_s)
    elif kind in {Kind.MEMBER_ADDED, Kind.MEMBER_REMOVED}:
        values |= {"zone": ZONES[other], "n": int(course.value[i]), "needed": majority(int(course.value[i]))}
    elif kind == Kind.OPERATION_IGNORED:
        values["why"] = course.reason[i]
    text = speaker.say(f"store.told.{key}", **values)
    return {"t": at_s, "text": text, "tone": tone, "harms": kind in (Kind.MEMBER_DOWN, Kind.ZONE_LOST)}


SAID: dict[Kind, tuple[str, str]] = {
    Kind.MEMBER_UP: ("up", "plain"),
    Kind.MEMBER_DOWN: ("down", "lost"),
    Kind.LINK_CUT: ("link_cut", "lost"),
    Kind.LINK_HEALED: ("link_healed", "ok"),
    Kind.ZONE_CUT: ("zone_cut", "lost"),
    Kind.ZONE_HEALED: ("zone_healed", "ok"),
    Kind.ZONE_LOST: ("zone_lost", "lost"),
    Kind.ZONE_BACK: ("zone_back", "ok"),
    Kind.MEMBER_ADDED: ("added", "plain"),
    Kind.MEMBER_REMOVED: ("removed", "plain"),
    Kind.CHANGE_REFUSED: ("refused", "lost"),
    Kind.CHANGE_TIMED_OUT: ("timed_out", "lost"),
    Kind.OPERATION_IGNORED: ("ignored", "plain"),
    Kind.PRE_CAMPAIGNED: ("pre_campaigned", "plain"),
    Kind.CAMPAIGNED: ("campaigned", "plain"),
    Kind.LED: ("led", "ok"),
    Kind.STEPPED_DOWN: ("stepped_down", "plain"),
    Kind.WRITES_OPENED: ("opened", "ok"),
    Kind.WRITES_CLOSED: ("closed", "lost"),
}


def _closed(course: Course, at_s: float) -> tuple[str, dict[str, Any]]:
    """Say why nobody can write: too few are left, or a leader is missing."""
    values = left(course, at_s)
    return ("closed.quorum" if values["live"] < values["needed"] else "closed.leader"), dict(values)


# --- the scrubber ------------------------------------------------------------------------------------------------------


def marks(course: Course, speaker: Voice) -> list[Event]:
    """Mark what was done, and each new leader."""
    words, found = speaker.table("store.mark"), []
    for number, operation in enumerate(course.scenario.operations):
        text = words[operation.do].format(
            zone=getattr(operation, "zone", ""),
            m=getattr(operation, "member", ""),
            other=getattr(operation, "other", ""),
        )
        tone = "ok" if operation.do in MENDS else "plain" if operation.do in CHANGES else "lost"
        found.append({"t": operation.at_s, "text": text, "tone": tone, "op": number, "label": True})
    for i in course.rows(Kind.LED):
        text = words["led"].format(m=int(course.member[i]))
        found.append({"t": float(course.at_s[i]), "text": text, "tone": "ok", "op": None, "label": True})
    return sorted(found, key=lambda mark: mark["t"])


MENDS = {"restart-member", "heal-link", "heal-zone", "restore-zone"}
CHANGES = {"add-member", "remove-member"}
