"""From a run to what the two loops show: every look as columns, every host's reason as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from engine import Run, metrics, readings
from engine import loops as folds
from engine.idle import Stay, stays
from engine.launch import launch_type
from engine.metrics import Steps
from engine.scaling import Reading
from engine.scenario import CapacityProvider
from pages.parts.show import BY_SCENARIO
from pages.parts.words import Voice

# How a host's reason is marked: what may not go, what is on its way, what waits to go.
TONES = {
    "protected": "serving", "busy": "serving", "booting": "starting", "quiet": "pending", "warm-up": "pending", "rate": "pending",
    "steady": "idle", "unread": "idle", "minimum": "idle", "spare": "idle", "no-provider": "idle", "not-managed": "idle",
    "notice": "lost", "lost": "lost", "leaving": "draining",
}  # fmt: skip


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_SCENARIO)
def payload(run: Run, speaker: Voice) -> dict[str, Any]:
    """Pack both loops of a run, those of its first service and of its first managed provider. Some tens of kB for an hour."""
    return {
        "id": run.digest[:16],
        "end": run.scenario.duration_s,
        "lang": speaker.lang,
        "number": speaker.number_signs(),
        "words": speaker.table("loops"),
        "service": _service(run, speaker),
        "hosts": _hosts(run),
        "stays": _stays(run, speaker),
    }


def _steps(steps: Steps) -> dict[str, list[float]]:
    return {"t": steps.at_s.tolist(), "n": steps.value.tolist()}


def _columns(rows: Sequence[Any], *names: str) -> dict[str, list[Any]]:
    """Turn records into columns."""
    return {name: [getattr(row, name) for row in rows] for name in names}


def _service(run: Run, speaker: Voice) -> dict[str, Any]:
    service = run.scenario.services[0]
    settings, found = service.scaling, folds.looks(run)
    at_s, _, serving = metrics.capacity(run)
    about: dict[str, Any] = {
        "name": service.name,
        "tasks": _steps(metrics.desired(run)),
        "running": {"t": at_s.tolist(), "n": serving.tolist()},
        "looks": None,
        "bounds": _bounds(run),
        "is_scheduled": settings is not None and settings.policy == "scheduled",
    }
    if settings is None or not found:
        return about
    columns = _columns(found, "at_s", "metric", "above", "below", "step", "out_again_s", "in_again_s", "because")
    return about | {
        "metric": speaker.say(f"ask.choice.{settings.metric}"),
        "unit": speaker.table("loops")["per_minute" if settings.metric == "requests" else "percent"],
        "target": settings.target,
        "low": settings.target * settings.low_share,
        "points": [settings.points_out, settings.points_in],
        "rest": [settings.cooldown_out_s, settings.cooldown_in_s],
        "period": settings.period_s,
        "looks": columns,
    }


def _bounds(run: Run) -> dict[str, list[float]]:
    found = folds.bounds(run)
    return {name: [row[place] for row in found] for place, name in enumerate(("t", "least", "most"))}


def _managed(run: Run) -> CapacityProvider | None:
    """Find the first provider that ECS scales."""
    if not launch_type(run.scenario.launch_type).owns_hosts:
        return None
    return next((provider for provider in run.scenario.fleet.providers if provider.managed_scaling), None)


def _hosts(run: Run) -> dict[str, Any]:
    provider = _managed(run)
    about = {"up": _steps(folds.registered(run)), "paid": _steps(folds.paid_for(run)), "looks": None}
    if provider is None:
        return about
    found = readings(run, provider.name)
    columns = _columns(
        [reading for _, reading in found], "needed", "up", "reservation", "wanted", "quiet", "step", "reason"
    )
    return about | {
        "target": provider.target_percent,
        "warmup": provider.warmup_s,
        "steps": [provider.min_step, provider.max_step],
        "bounds": [provider.min_hosts, provider.max_hosts],
        "quiet": provider.quiet_points,
        "period": provider.period_s,
        "protect": provider.protect,
        "looks": columns | {"at_s": [at_s for at_s, _ in found]} | _seen([reading for _, reading in found]),
    }


def _seen(found: Sequence[Reading]) -> dict[str, list[Any]]:
    return _columns(
        [reading.seen for reading in found], "in_use", "extra", "waiting", "too_large", "asked", "warming", "free"
    )


# --- host by host ----------------------------------------------------------------------------------------------------


def _stays(run: Run, speaker: Voice) -> dict[str, Any]:
    """Write down when each host's reason changed; sentences repeat, so each is sent once."""
    texts: dict[tuple[str, str], int] = {}
    moves: list[list[float]] = []
    said: dict[int, int] = {}
    for at_s, there in stays(run):
        now = {stay.host: texts.setdefault((sentence(stay, speaker), TONES[stay.why]), len(texts)) for stay in there}
        moves += [
            [round(at_s, 1), host, now.get(host, -1)]
            for host in sorted({*now, *said})
            if now.get(host, -1) != said.get(host, -1)
        ]
        said = now
    return {
        "hosts": [name for name, _ in run.hosts],
        "moves": moves,
        "texts": [{"text": text, "tone": tone} for text, tone in texts],
    }


def sentence(stay: Stay, speaker: Voice) -> str:
    """Say why a host is there, in words with the numbers that hold it."""
    shown = ", ".join(map(str, stay.tasks[:3])) + (" …" if len(stay.tasks) > 3 else "")
    reading = stay.reading
    return speaker.say(
        f"loops.stay.{stay.why}",
        n=len(stay.tasks),
        tasks=shown,
        until="" if stay.until_s is None else speaker.clock(stay.until_s),
        quiet=reading.quiet if reading else 0,
        points=reading.quiet_needed if reading else 0,
        wanted=reading.wanted if reading else 0,
    )
