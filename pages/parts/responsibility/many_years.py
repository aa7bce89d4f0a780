"""Two hundred years, all ten models: hours, nights, how long a host's hole stays open, money; and all of it as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import streamlit as st

from engine.responsibility import Model, Outcome, Spread
from pages.figures.responsibility import Spreads, money_figure, spread_figure
from pages.parts.charts import Strip, charts
from pages.parts.fargate.sidecar import money_tick
from pages.parts.responsibility.names import model_name, there
from pages.parts.words import Voice

NAME = "responsibility_year"
MANY_DAYS = 100


def spreads(found: Mapping[Model, Outcome], what: str) -> Spreads:
    """Give a quantity of every model that was found, in the slider's order."""
    each = [Spread.of(getattr(one, what)) for one in found.values()]
    low, middle, high = (np.array([getattr(one, name) for one in each]) for name in ("low", "middle", "high"))
    return Spreads(low, middle, high)


def mean_nights(found: Mapping[Model, Outcome]) -> Spreads:
    """Give the nights by their mean: most years have two or three, and a middle of two hides what moves."""
    at = spreads(found, "nights")
    return Spreads(at.low, np.array([one.nights.mean() for one in found.values()]), at.high)


def _digits(found: Spreads) -> int:
    """Write tenths of a day where days are few."""
    return 0 if np.nanmax(found.high, initial=0.0) >= MANY_DAYS else 1


def compared(chosen_models: Sequence[Model], found: Mapping[Model, Outcome], speaker: Voice) -> None:
    """Draw all models: hours, nights, how long a host's hole stays open, and money."""
    say, signs = speaker.say, speaker.number_signs()
    found = {model: found[model] for model in there(speaker)}
    names = [model_name(speaker, model, short=True) for model in found]
    chosen = [model in chosen_models for model in found]
    st.header(say(f"{NAME}.years.title", n=len(next(iter(found.values())).hours)))
    st.markdown(say(f"{NAME}.years.lede"))
    days = spreads(found, "host_days")
    people = np.array([one.people_usd.mean() for one in found.values()])
    bills = np.array([sum(one.usd.values()) for one in found.values()])
    drawn = {
        "hours": spread_figure(spreads(found, "hours"), names, chosen=chosen, signs=signs),
        "nights": spread_figure(mean_nights(found), names, chosen=chosen, digits=1, signs=signs),
        "host_days": spread_figure(days, names, chosen=chosen, digits=_digits(days), signs=signs),
        "money": money_figure(people, bills, names, unit=money_tick(speaker), signs=signs),
    }
    for pair in (("hours", "nights"), ("host_days", "money")):
        for column, what in zip(st.columns(2, gap="medium"), pair, strict=True):
            with column:
                charts(
                    [Strip(what, say(f"{NAME}.years.{what}"), drawn[what], sub=say(f"{NAME}.years.{what}_sub"), height_px=330, is_named=True)],
                    run_id=f"{NAME}.{what}", end_s=1, key=f"{NAME}.{what}", on_clock=False, name=say(f"{NAME}.years.{what}"),
                )  # fmt: skip
    st.html(years_table(found, speaker))


def years_table(found: Mapping[Model, Outcome], speaker: Voice) -> str:
    """Write what the figures draw, and the days with a hole open, and the work left undone."""
    say = speaker.say
    columns = ("hours", "nights", "open_days", "aws_open_days", "host_days", "behind_h", "total_usd")
    heads = "".join(f'<th scope="col">{escape(say(f"{NAME}.column.{column}"))}</th>' for column in columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(model_name(speaker, model, short=True))}</th>'
        + "".join(f"<td>{escape(_cell(found[model], column, speaker))}</td>" for column in columns)
        + "</tr>"
        for model in found
    )
    label = escape(say(f"{NAME}.years.table"))
    return (
        f'<details class="q-duty-table"><summary>{label}</summary><div class="q-scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="q-facts"><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>'
    )


def _cell(outcome: Outcome, column: str, speaker: Voice) -> str:
    """Write a spread: its middle, and from where to where nine in ten lie."""
    spread = Spread.of(getattr(outcome, column))
    if column == "total_usd":
        return speaker.say(
            f"{NAME}.spread",
            middle=speaker.money(spread.middle, 0),
            low=speaker.money(spread.low, 0),
            high=speaker.money(spread.high, 0),
        )
    digits = 1 if column == "host_days" else 0
    middle, low, high = (speaker.number(x, digits) for x in (spread.middle, spread.low, spread.high))
    return speaker.say(f"{NAME}.spread", middle=middle, low=low, high=high)
