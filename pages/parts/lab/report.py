"""The report: one HTML file that holds everything and asks for nothing. It opens without a network, in both themes, and prints."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from engine.difference import compared
from engine.report import HAPPENED, figures_of, happened
from pages.figures import theme
from pages.figures.drawing import Mark, Paper, requests_drawing, requests_high, tasks_drawing, tasks_high
from pages.parts import show
from pages.parts.lab.differences import difference_table
from pages.parts.lesson import Lesson
from pages.parts.scene import shown
from pages.parts.side_by_side import Side
from pages.parts.sources import cited_facts, listing
from pages.parts.turn import facts_of
from pages.parts.words import Voice

_HERE = Path(__file__).parent
_FACE = _HERE.parent.parent / "static" / "source-sans-3-latin-wght-normal.woff2"
MOST_MOMENTS = 14  # named in a scenario's list


def report(speaker: Voice, sides: Sequence[Side], of: Lesson, link: str) -> str:
    """Write the file. link: the address that opens the same four in the lab."""
    say = speaker.say
    scenarios, titles = [side.run.scenario for side in sides], [side.title for side in sides]
    facts = sorted({*of.facts, *(fact for scenario in scenarios for fact in facts_of(scenario))})
    rows = [row for row in compared(scenarios) if row.differs]
    table = difference_table(speaker, titles, scenarios, rows) if len(sides) > 1 else ""
    body = "".join((
        f"<header><h1>{escape(say('lab.report.title'))}</h1><p>{escape(say('lab.report.lede'))}</p></header>",
        _pictures(speaker, sides, of),
        f"<section>{show.outcome_table(speaker, say('lab.outcome.title'), titles, [side.run for side in sides], of.outcome)}</section>",
        f"<section>{table}</section>",
        _happened(speaker, sides),
        _texts(speaker, sides),
        f"<section><h2>{escape(say('common.sources.title'))}</h2>{listing(speaker, cited_facts(facts))}</section>",
        f"<footer><p>{escape(say('lab.report.again'))}</p><p class='link'>{escape(link)}</p></footer>",
        f'<script type="application/json" id="figures">{_data(sides)}</script>',
    ))  # fmt: skip
    return (
        f'<!doctype html>\n<html lang="{speaker.lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(say("lab.report.title"))}</title>'
        f'<link rel="icon" href="data:,"><style>{_look()}</style></head><body><main>{body}</main></body></html>\n'
    )


@cache
def _look() -> str:
    """Put typeface, colours of both themes and the sheet into one."""
    face = b64encode(_FACE.read_bytes()).decode()
    return (
        f"@font-face{{font-family:'Quayside Sans';font-weight:200 900;src:url(data:font/woff2;base64,{face}) format('woff2')}}"
        + theme.css(theme.LIGHT)
        + f"@media (prefers-color-scheme: dark){{{theme.css(theme.DARK)}}}"
        + f"@media print{{{theme.css(theme.LIGHT)}}}"
        + (_HERE / "report.css").read_text(encoding="utf-8")
    )


def _pictures(speaker: Voice, sides: Sequence[Side], of: Lesson) -> str:
    """Draw each scenario's two strips, with shared scales."""
    say = speaker.say
    columns = [show.columns_of(side.run, of.goal_s) for side in sides]
    tops = requests_high([one.requests for one in columns]), tasks_high([one.tasks for one in columns])
    cards = []
    for side, column in zip(sides, columns, strict=True):
        marks = tuple(
            Mark(mark["t"], mark["text"])
            for mark in shown(side.run, speaker.about(side.run.scenario))["marks"]
            if mark["op"] is not None
        )
        end_s, signs = side.run.scenario.duration_s, speaker.number_signs()
        names = {what: say(f"charts.{what}.title") for what in ("requests", "tasks")}
        first = Paper(f"{side.title}: {names['requests']}", f"r{side.key}", end_s, tops[0], signs, marks=marks)
        second = Paper(f"{side.title}: {names['tasks']}", f"t{side.key}", end_s, tops[1], signs, marks=marks)
        cards.append(
            f"<figure><figcaption>{escape(side.title)}</figcaption><h3>{escape(names['requests'])}</h3>"
            f"{requests_drawing(column.requests, first).svg}<h3>{escape(names['tasks'])}</h3>{tasks_drawing(column.tasks, second).svg}</figure>"
        )
    keys = "".join(
        f'<li><i class="{name}"></i>{escape(say(f"lab.report.key.{name}"))}</li>'
        for name in ("ok", "slow", "failed", "refused")
    )
    return (
        f"<section><h2>{escape(say('lab.report.figures'))}</h2><div class='cards'>{''.join(cards)}</div>"
        f"<ul class='keys'>{keys}</ul></section>"
    )


def _happened(speaker: Voice, sides: Sequence[Side]) -> str:
    """Sum the event logs up: how often, and the moments that have a name."""
    say = speaker.say
    counts = [happened(side.run) for side in sides]
    head = "".join(f'<th scope="col">{escape(side.title)}</th>' for side in sides)
    body = "".join(
        f'<tr><th scope="row">{escape(say(f"lab.report.count.{name}"))}</th>'
        + "".join(f"<td>{speaker.number(count[name])}</td>" for count in counts)
        + "</tr>"
        for name in HAPPENED
    )
    moments = "".join(f"<div><h3>{escape(side.title)}</h3><ol>{_moments(speaker, side)}</ol></div>" for side in sides)
    return (
        f"<section><h2>{escape(say('lab.report.happened'))}</h2><table class='q-outcomes'><thead><tr><td></td>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table><div class='cards'>{moments}</div></section>"
    )


def _moments(speaker: Voice, side: Side) -> str:
    marks = shown(side.run, speaker.about(side.run.scenario))["marks"][:MOST_MOMENTS]
    return (
        "".join(f"<li><b>{speaker.clock(mark['t'])}</b> {escape(str(mark['text']))}</li>" for mark in marks)
        or f"<li>{escape(speaker.say('lab.report.quiet'))}</li>"
    )


def _texts(speaker: Voice, sides: Sequence[Side]) -> str:
    """Hold each scenario whole: who has the file has the experiment."""
    parts = "".join(
        f"<details><summary>{escape(side.title)}</summary><pre>{escape(side.run.scenario.to_yaml())}</pre></details>"
        for side in sides
    )
    return f"<section><h2>{escape(speaker.say('lab.report.scenarios'))}</h2>{parts}</section>"


def _data(sides: Sequence[Side]) -> str:
    """Write the exact figures for who wants to check them; no text of a visitor's can end the element."""
    found = {side.key.upper(): figures_of(side.run) for side in sides}
    return json.dumps(found).replace("<", "\\u003c")
