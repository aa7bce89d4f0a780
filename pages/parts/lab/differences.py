"""What the scenarios differ in, as a table: a row a setting, in words, and what is alike folded away."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from engine import Scenario
from engine.difference import Row, compared
from pages.parts import chapter
from pages.parts.lab.said import setting_name, value_text
from pages.parts.words import Voice

MOST = 60  # rows; what differs in more is another scenario altogether


def differences(speaker: Voice, titles: Sequence[str], scenarios: Sequence[Scenario]) -> None:
    """Show the table, and below it what is alike and not as it comes."""
    rows = compared(scenarios)
    different = [row for row in rows if row.differs]
    st.html(difference_table(speaker, titles, scenarios, different))
    alike = alike_rows(rows)
    with chapter.fold(speaker.say("lab.differences.alike", n=len(rows) - len(different)), key="lab.alike") as held:
        if held.open:
            st.html(alike_table(speaker, scenarios, alike))


def alike_rows(rows: Sequence[Row]) -> list[Row]:
    """Find what all scenarios have alike and the plainest one has not: what they were given on purpose."""
    plain = {row.steps: row.values[0] for row in compared([Scenario()])}
    return [row for row in rows if not row.differs and plain.get(row.steps) != row.values[0]]


def difference_table(speaker: Voice, titles: Sequence[str], scenarios: Sequence[Scenario], rows: Sequence[Row]) -> str:
    """Write the table as HTML; a value that is another than the first one's is marked, and the mark is a word too."""
    say = speaker.say
    title = escape(say("lab.differences.title"))
    if not rows:
        return f'<h3 class="q-lab-table">{title}</h3><p class="q-lab-none">{escape(say("lab.differences.none"))}</p>'
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in titles)
    body = "".join(_row(speaker, row, scenarios) for row in rows[:MOST])
    more = (
        f'<p class="q-lab-none">{escape(say("lab.differences.more", n=len(rows) - MOST))}</p>'
        if len(rows) > MOST
        else ""
    )
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{title}"><table class="q-outcomes q-differences">'
        f"<caption>{title}</caption><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}"
    )


def _row(speaker: Voice, row: Row, scenarios: Sequence[Scenario]) -> str:
    """Write one setting: its name, its path, and each scenario's value."""
    other = f' <span class="q-other">{escape(speaker.say("lab.differences.other"))}</span>'
    cells = "".join(
        f'<td class="{"other" if place and value != row.values[0] else "first"}">'
        f"{escape(value_text(speaker, row.steps, value))}{other if place and value != row.values[0] else ''}</td>"
        for place, value in enumerate(row.values)
    )
    name = escape(setting_name(speaker, row.steps, scenarios))
    return f'<tr><th scope="row">{name}<small>{escape(row.path)}</small></th>{cells}</tr>'


def alike_table(speaker: Voice, scenarios: Sequence[Scenario], rows: Sequence[Row]) -> str:
    """Write what is alike, and was set on purpose."""
    if not rows:
        return f'<p class="q-lab-none">{escape(speaker.say("lab.differences.defaults"))}</p>'
    body = "".join(
        f'<tr><th scope="row">{escape(setting_name(speaker, row.steps, scenarios))}<small>{escape(row.path)}</small></th>'
        f"<td>{escape(value_text(speaker, row.steps, row.values[0]))}</td></tr>"
        for row in rows
    )
    title = escape(speaker.say("lab.differences.set_alike"))
    return f'<table class="q-outcomes q-differences"><caption>{title}</caption><tbody>{body}</tbody></table>'
