"""What the desk is given: every ticket of one year with its bar, its owner and its sentence, in each of the models shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from babel.dates import format_date, format_skeleton

from engine.duties import LAYERS, OWNERS, Layer
from engine.responsibility import DAY_H, KINDS, YEAR_H, Model, Played, YearAsk, happenings, owners, played
from pages.parts.responsibility.names import kind_name, layer_name, model_name
from pages.parts.words import Voice

HOUR_S = 3600.0
DAY_S = DAY_H * HOUR_S
YEAR_S = YEAR_H * HOUR_S
_FIRST = date(2025, 1, 1)  # any year of 365 days: only months and days are written
_MONTHS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_A_DAY = 1.0  # what waits less is not said to wait
_WHOLE = 10.0  # from here on a tenth of a day is no news


def moment(at_h: float, speaker: Voice) -> str:
    """Write a moment of the year: 15 Mar, 2:13."""
    day = _FIRST + timedelta(days=int(at_h // DAY_H))
    minutes = int(at_h % DAY_H * 60)
    return f"{format_skeleton('MMMd', day, locale=speaker.lang)}, {minutes // 60}:{minutes % 60:02}"


def shown_layers() -> tuple[Layer, ...]:
    """Name the layers that something can hit, the top of the stack first."""
    hit = {one.layer for kind in happenings().values() for one in kind.hits}
    return tuple(layer for layer in reversed(LAYERS) if layer in hit)


def desk_data(ask: YearAsk, models: Sequence[Model], speaker: Voice) -> dict[str, Any]:
    """Write one year, in several models."""
    years = [played(ask, model) for model in models]
    tickets = years[0].tickets
    first = np.unique(tickets.event, return_index=True)[1]
    rows = shown_layers()
    return {
        "id": f"desk.{'.'.join(models)}.{ask.model_dump_json(exclude_defaults=True)}",
        "end": YEAR_S,
        "lang": speaker.lang,
        "words": speaker.table("responsibility_year.desk"),
        "number": speaker.number_signs(),
        "rows": [layer_name(speaker, layer) for layer in rows],
        "months": [
            {"t": start * DAY_S, "text": format_date(_FIRST + timedelta(days=start), "LLLLL", locale=speaker.lang)}
            for start in _MONTHS
        ],
        "events": [
            {"t": float(tickets.at_h[i]) * HOUR_S, "text": moment(float(tickets.at_h[i]), speaker),
             "kind": kind_name(speaker, KINDS[tickets.kind[i]])}
            for i in first
        ],
        "models": [_model(year, rows, speaker) for year in years],
    }  # fmt: skip


def _model(year: Played, rows: tuple[Layer, ...], speaker: Voice) -> dict[str, Any]:
    tickets, done = year.tickets, year.done
    return {
        "name": model_name(speaker, year.model),
        "owners": [owners(year.model)[layer] for layer in rows],
        "told": _told(year, speaker),
        "tickets": [
            {
                "event": int(tickets.event[i]),
                "row": rows.index(LAYERS[tickets.layer[i]]),
                "who": OWNERS[done.owner[i]],
                "at": float(tickets.at_h[i]) * HOUR_S,
                "begun": float(done.begun_h[i]) * HOUR_S,
                "done": float(done.done_h[i]) * HOUR_S,
                "hours": round(float(done.mine_h[i]), 3),
                "woke": bool(done.woke[i]),
                "hole": bool(tickets.hole[i]),
            }
            for i in range(len(tickets.event))
        ],
    }


def _told(year: Played, speaker: Voice) -> list[str]:
    """Say for each event what becomes of it in this model."""
    tickets, done = year.tickets, year.done
    found: list[str] = []
    for event in range(int(tickets.event[-1]) + 1 if len(tickets.event) else 0):
        rows = np.flatnonzero(tickets.event == event)
        hours = float(done.mine_h[rows].sum())
        if not hours:
            days = float((done.done_h - tickets.at_h)[rows].max()) / DAY_H
            key = "aws_closes" if tickets.hole[rows[0]] else "aws"
            found.append(speaker.say(f"responsibility_year.told.{key}", days=speaker.number(days, 1)))
            continue
        planned = rows[(done.mine_h[rows] > 0) & ~done.cannot_wait[rows]]
        wait = float((done.begun_h - tickets.at_h)[planned].max()) / DAY_H if planned.size else 0.0
        key = (
            "woken"
            if done.woke[rows].any()
            else "called"
            if done.cannot_wait[rows].any()
            else "waits"
            if wait >= _A_DAY
            else "planned"
        )
        said = {"hours": speaker.number(hours, 1), "days": speaker.number(wait, 0 if wait >= _WHOLE else 1)}
        found.append(speaker.say(f"responsibility_year.told.{key}", **said))
    return found
