"""A run of a pipeline as the component plays it: columns packed second by second, states as spans, sentences."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import numpy as np
import streamlit as st

from engine.serverless import Flow, Kind
from engine.serverless.sqs import SqsQueue
from pages.parts.serverless.piped import BY_PIPELINE
from pages.parts.words import Voice

Event = dict[str, Any]
COUNTS = ("offered", "done", "refused", "failed", "queued", "working", "dead")
BY_RUN = {**BY_PIPELINE, Voice: lambda speaker: speaker.lang}


@st.cache_resource(max_entries=48, show_spinner=False, hash_funcs=BY_RUN)
def payload(flow: Flow, speaker: Voice) -> dict[str, Any]:
    """Pack a run for the flow's component."""
    return {
        "id": f"{flow.digest[:24]}.{speaker.lang}", "end": float(flow.pipeline.duration_s), "seconds": flow.seconds,
        "lang": speaker.lang, "number": speaker.number_signs(), "words": speaker.table("flow"),
        "zones": list(flow.pipeline.zones),
        "boxes": [
            {
                "name": service.name, "kind": service.kind, "to": list(service.to),
                "has_dlq": isinstance(service, SqsQueue) and service.has_dlq,
                "columns": {
                    **{count: _packed(flow.of(count, service.name)) for count in COUNTS},
                    **{gauge: _packed(flow.gauge(gauge, service.name)) for gauge in ("asked", "limit", "size")},
                },
            }
            for service in flow.pipeline.services
        ],
        "tally": {name: _packed(column[0]) for name, column in flow.tally.items()},
        "spans": spans(flow),
        "dark": _dark(flow),
        "events": told(flow, speaker),
        "marks": marks(flow, speaker),
    }  # fmt: skip


def _packed(column: Any) -> str:
    """Pack a column: "" for nothing but noughts, else h (16 bits), i (32 bits) or f (a float), and the bytes."""
    finite = np.where(np.isfinite(column), column, 0)
    if not finite.any():
        return ""
    whole = np.rint(finite)
    if not np.array_equal(whole, finite):
        return "f" + b64encode(finite.astype("<f4").tobytes()).decode()
    kind, code = ("<u2", "h") if whole.max() < 65_536 else ("<u4", "i")
    return code + b64encode(whole.astype(kind).tobytes()).decode()


# --- states ------------------------------------------------------------------------------------------------------------

OPENS = {Kind.BROKEN: "broken", Kind.PAUSED: "paused", Kind.SLEPT: "asleep", Kind.WAKING: "waking"}
CLOSES = {
    Kind.MENDED: "broken", Kind.RESUMED: "paused", Kind.WAKING: "asleep", Kind.WOKE: "waking", Kind.FAILED_OVER: "away",
}  # fmt: skip


def spans(flow: Flow) -> list[list[Any]]:
    """List in which state each box was, from when to when."""
    began: dict[tuple[str, str], float] = {}
    for service in flow.pipeline.services:
        if getattr(service, "is_paused", False):
            began[service.name, "asleep"] = 0.0
    found: list[list[Any]] = []
    for i in range(len(flow)):
        kind, box, at_s = Kind(int(flow.kind[i])), flow.box[i], float(flow.at_s[i])
        if kind in CLOSES and (box, CLOSES[kind]) in began:
            found.append([box, CLOSES[kind], began.pop((box, CLOSES[kind])), at_s])
        if kind in OPENS:
            began.setdefault((box, OPENS[kind]), at_s)
        if kind == Kind.ZONE_FELT and flow.reason[i] in {"away", "you"}:
            began.setdefault((box, "away"), at_s)
    return [*found, *([box, state, at_s, 1e9] for (box, state), at_s in began.items())]


def _dark(flow: Flow) -> list[list[Any]]:
    """List which zones were lost, from when to when."""
    began: dict[str, float] = {}
    found: list[list[Any]] = []
    for i in flow.rows(Kind.ZONE_LOST, Kind.ZONE_BACK):
        zone, at_s = flow.reason[i], float(flow.at_s[i])
        if flow.kind[i] == Kind.ZONE_LOST and not flow.box[i]:
            began.setdefault(zone, at_s)
        elif zone in began:
            found.append([zone, began.pop(zone), at_s])
    return [*found, *([zone, at_s, 1e9] for zone, at_s in began.items())]


# --- sentences ---------------------------------------------------------------------------------------------------------

SAID: dict[Kind, tuple[str, str]] = {
    Kind.ZONE_LOST: ("zone_lost", "lost"),
    Kind.ZONE_BACK: ("zone_back", "ok"),
    Kind.ZONE_FELT: ("felt", "plain"),
    Kind.BROKEN: ("broken", "lost"),
    Kind.MENDED: ("mended", "ok"),
    Kind.PAUSED: ("paused", "plain"),
    Kind.RESUMED: ("resumed", "ok"),
    Kind.POISONED: ("poisoned", "lost"),
    Kind.SPIKE_BEGAN: ("spike_began", "plain"),
    Kind.SPIKE_ENDED: ("spike_ended", "plain"),
    Kind.HOT_BEGAN: ("hot_began", "plain"),
    Kind.HOT_ENDED: ("hot_ended", "plain"),
    Kind.REDRIVEN: ("redriven", "ok"),
    Kind.OPERATION_IGNORED: ("ignored", "plain"),
    Kind.REFUSING_BEGAN: ("refusing", "lost"),
    Kind.REFUSING_ENDED: ("refusing_over", "ok"),
    Kind.SCALED: ("scaled", "plain"),
    Kind.SLEPT: ("slept", "plain"),
    Kind.WAKING: ("waking", "lost"),
    Kind.WOKE: ("woke", "ok"),
    Kind.FAILED_OVER: ("failed_over", "ok"),
    Kind.VISIBLE_AGAIN: ("visible_again", "lost"),
    Kind.DEAD: ("dead", "lost"),
    Kind.LOST: ("lost", "lost"),
    Kind.DONE_AGAIN: ("done_again", "lost"),
    Kind.COLD_STARTED: ("cold", "plain"),
}
BY_KIND = {Kind.SCALED, Kind.DEAD, Kind.LOST}  # said differently of each service


@st.cache_resource(max_entries=48, show_spinner=False, hash_funcs=BY_RUN)
def told(flow: Flow, speaker: Voice) -> list[Event]:
    """Say what happened, in order; what a lost zone does to boxes is said with it."""
    found: list[Event] = []
    for i in range(len(flow)):
        said = _sentence(flow, speaker, i)
        if said is None:
            continue
        if flow.kind[i] == Kind.ZONE_FELT and found and found[-1]["t"] == said["t"]:
            found[-1]["text"] += " " + said["text"]
        else:
            found.append(said)
    return found


def _sentence(flow: Flow, speaker: Voice, i: int) -> Event | None:
    kind, box, why = Kind(int(flow.kind[i])), flow.box[i], flow.reason[i]
    if kind == Kind.ZONE_FELT and (why == "on" or (why == "short" and _is_of_all(flow, i))):
        return None  # what goes on says nothing, and what runs short nothing where others stand still
    service = flow.pipeline.service(box)
    key, tone = SAID[kind]
    if kind == Kind.ZONE_FELT:
        key, tone = f"felt.{why}", "plain" if why == "short" else "lost"
    elif kind in {Kind.REFUSING_BEGAN, Kind.REFUSING_ENDED}:
        key = f"{key}.{why}"
    elif kind in BY_KIND and service is not None:
        key = f"{key}.{service.kind}"
    digits = 0 if float(flow.value[i]).is_integer() else 1
    value = (
        speaker.percent(float(flow.value[i]), 0) if kind == Kind.HOT_BEGAN else speaker.number(flow.value[i], digits)
    )
    text = speaker.say(f"flow.told.{key}", box=box, n=value, zone=why)
    return {"t": float(flow.at_s[i]), "text": text, "tone": tone}


def _is_of_all(flow: Flow, i: int) -> bool:
    """Say whether a box felt the loss of a zone that all boxes lost."""
    return any(flow.at_s[j] == flow.at_s[i] and not flow.box[j] for j in flow.rows(Kind.ZONE_LOST))


MENDS = {"resume-box", "restore-zone", "redrive"}
PLAIN = {"spike", "hot-key"}


def marks(flow: Flow, speaker: Voice) -> list[Event]:
    """Mark what was done, on the scrubber."""
    words = speaker.table("flow.mark")
    found = []
    for number, operation in enumerate(flow.pipeline.operations):
        box, zone = getattr(operation, "box", None), getattr(operation, "zone", "")
        key = "fail-zone-box" if operation.do == "fail-zone" and box else operation.do
        text = words[key].format(box=box or "", zone=zone)
        tone = "ok" if operation.do in MENDS else "plain" if operation.do in PLAIN else "lost"
        found.append({"t": operation.at_s, "text": text, "tone": tone, "op": number, "label": True})
    return sorted(found, key=lambda mark: mark["t"])
