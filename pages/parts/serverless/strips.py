"""The strips beside the pipeline: what came in and what was turned away, what waits, and the table against its limit."""

from __future__ import annotations

import numpy as np
import streamlit as st

from engine.serverless import Flow
from pages.figures.columns import Requests
from pages.figures.requests import requests_labels, requests_strip
from pages.figures.serverless import Waiting, against_labels, against_strip, waiting_labels, waiting_strip
from pages.parts.charts import Strip
from pages.parts.serverless.payload import BY_RUN
from pages.parts.serverless.piped import NAME
from pages.parts.words import Voice

QUEUES = ("sqs-queue",)
TABLES = ("dynamodb-table",)


@st.cache_resource(max_entries=48, show_spinner=False, hash_funcs=BY_RUN)
def strips(flow: Flow, speaker: Voice) -> dict[str, list[Strip]]:
    """Draw a run's strips in two stacks, left and right."""
    say, signs, end_s = speaker.say, speaker.number_signs(), float(flow.pipeline.duration_s)
    door = flow.pipeline.traffic.enters
    words = speaker.table("charts.requests")
    came = _requests(flow, door)
    left = [
        Strip("came", say(f"{NAME}.strip.came"), requests_strip(came, end_s=end_s, signs=signs), requests_labels(came, words),
              tab=say(f"{NAME}.strip.came_tab"))
    ]  # fmt: skip
    right = []
    if queue := _first(flow, QUEUES):
        held = Waiting(_seconds(flow), *(flow.of(name, queue).astype(float) for name in ("working", "queued", "dead")))
        figure = waiting_strip(held, end_s=end_s, signs=signs, has_ticks=True)
        left.append(Strip("waiting", say(f"{NAME}.strip.waiting", box=queue), figure,
                          waiting_labels(held, speaker.table(f"{NAME}.strip.label")),
                          tab=say(f"{NAME}.strip.waiting_tab")))  # fmt: skip
    if table := _first(flow, TABLES):
        right.append(_against(flow, speaker, table, "table", has_ticks=False))
    worker = flow.pipeline.service(queue).to[0] if queue else door
    right.append(_against(flow, speaker, worker, "worker", has_ticks=True))
    return {"left": left, "right": right}


def _against(flow: Flow, speaker: Voice, box: str, key: str, *, has_ticks: bool) -> Strip:
    """Draw what a box was asked for against what it could."""
    asked, limit = flow.gauge("asked", box), flow.gauge("limit", box)
    figure = against_strip(
        _seconds(flow),
        asked,
        limit,
        end_s=float(flow.pipeline.duration_s),
        signs=speaker.number_signs(),
        has_ticks=has_ticks,
    )
    labels = against_labels(_seconds(flow), asked, limit, speaker.table(f"{NAME}.strip.label"))
    title = speaker.say(f"{NAME}.strip.{key}", box=box)
    return Strip(key, title, figure, labels, tab=speaker.say(f"{NAME}.strip.{key}_tab"))


def _first(flow: Flow, kinds: tuple[str, ...]) -> str:
    return next((service.name for service in flow.pipeline.services if service.kind in kinds), "")


def _seconds(flow: Flow) -> np.ndarray:
    return np.arange(flow.seconds + 1, dtype=np.float64)


def _requests(flow: Flow, door: str) -> Requests:
    """Count what the door answered in each second: well, with an error, or not at all."""
    per_s = {name: np.diff(flow.of(name, door), prepend=0).astype(float) for name in ("offered", "refused", "failed")}
    well = per_s["offered"] - per_s["refused"]
    nothing = np.zeros_like(well)
    return Requests(_seconds(flow), np.maximum(0.0, well - per_s["failed"]), nothing, per_s["failed"], per_s["refused"])
