"""Is this row still true? A quiz over the talk's two tables: each row as the slide had it, answered by the rules behind its cells."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from engine import catalog
from engine.still_true import SLIDES, TABLES, TRUTHS, Standing, Table, standings
from pages.parts import chapter, progress
from pages.parts.fargate.said import said, split
from pages.parts.sources import listing
from pages.parts.time_machine import link_words
from pages.parts.turn import VIEW, go
from pages.parts.words import Voice

BEGUN = "still_true.begun"  # for each table, how many answers there were when the quiz was begun again
# Where each table is acted out: its chapter's file, and the experiment's name in the URL.
ACTED: dict[Table, tuple[str, str]] = {"fargate": ("fargate.py", "fargate"), "eks": ("eks.py", "eks_rows")}


def still_true_room(table: Table) -> Callable[[Voice], None]:
    """Make the room that asks about one of the two tables."""

    def room(speaker: Voice) -> None:
        if st.query_params.get(VIEW) == "stage":
            _stage(table, speaker)
        else:
            _study(table, speaker)

    return room


def _study(table: Table, speaker: Voice) -> None:
    name, say = f"{table}_true", speaker.say
    rows = standings(table)
    chapter.heading(say(f"{name}.title"), say(f"{name}.lede"))
    st.html(_score(rows, speaker))
    for one in rows:
        _row(one, speaker)
    with st.container(horizontal=True, key="q-tools"):
        st.button(
            say("still_true.again"), key=f"{name}.again", on_click=forget, args=(table,), disabled=not answered(rows)
        )
        st.button(say("common.mode.stage"), key=f"{name}.stage", on_click=go, args=("stage",))
        other = next(one for one in TABLES if one != table)
        page, _ = ACTED[other]
        words = {"x": f"{other}_true", **link_words(speaker.lang)}
        st.page_link(page, label=say("still_true.beside", slide=SLIDES[other]), query_params=words)


def _row(one: Standing, speaker: Voice) -> None:
    """Ask about one row; once answered, say how it stands, why, since when and who says so."""
    given = answers().get(one.id)
    with st.container(border=True, key=f"q-true-{one.table}-{one.row}"):
        left, right = st.columns([6, 5], gap="medium", vertical_alignment="center")
        left.html(_slide(one, speaker, is_told=given is not None))
        if given is None:
            with right.container(horizontal=True, gap="small"):
                for truth in TRUTHS:
                    st.button(
                        speaker.say(f"still_true.answer.{truth}"), key=f"still_true.{one.id}.{truth}", on_click=answer,
                        args=(one, truth),
                    )  # fmt: skip
            return
        right.html(_verdict(one, given, speaker))
        page, lesson = ACTED[one.table]
        words = {"row": one.row, **({"x": lesson} if lesson != one.table else {}), **link_words(speaker.lang)}
        right.page_link(page, label=speaker.say("still_true.act"), query_params=words)
        with chapter.fold(speaker.say("still_true.sources"), key=f"still_true.{one.id}.sources") as folded:
            if folded.open:
                notes = catalog.notes(one.table)
                facts = [*map(catalog.fact, one.telling.facts), *(notes[note] for note in one.telling.notes)]
                st.html(listing(speaker, facts))


# --- answers ---------------------------------------------------------------------------------------------------------


def answers() -> dict[str, str]:
    """Give this visitor's first answer to each row since the quiz was last begun: row ("fargate.storage") -> truth."""
    given, begun = progress.answers("row"), st.session_state.get(BEGUN, {})
    found: dict[str, str] = {}
    for number, one in enumerate(given):
        if number >= begun.get(one.what.partition(".")[0], 0):
            found.setdefault(one.what, one.answer)
    return found


def answer(one: Standing, truth: str) -> None:
    """Keep an answer; the first one counts, a second is hindsight."""
    progress.answered("row", one.id, truth, right=truth == one.truth)


def answered(rows: tuple[Standing, ...]) -> tuple[Standing, ...]:
    """Give the rows that were answered."""
    given = answers()
    return tuple(one for one in rows if one.id in given)


def forget(table: Table) -> None:
    """Begin one table's quiz again: what was answered before stays on the score card, and is not shown here."""
    st.session_state[BEGUN] = st.session_state.get(BEGUN, {}) | {table: len(progress.answers("row"))}


# --- what is written -------------------------------------------------------------------------------------------------


def _score(rows: tuple[Standing, ...], speaker: Voice) -> str:
    """Say how far one is: rows answered, and how many of them rightly."""
    done, given = answered(rows), answers()
    right = sum(given[one.id] == one.truth for one in done)
    key = "still_true.begin" if not done else "still_true.done" if len(done) == len(rows) else "still_true.score"
    return (
        f'<p class="q-true-score" role="status">{escape(speaker.say(key, n=len(done), of=len(rows), right=right))}</p>'
    )


def _slide(one: Standing, speaker: Voice, *, is_told: bool) -> str:
    """Write the row as the slide had it, and beside it, once told, how each cell stands today."""
    texts = f"{one.table}_table"
    cells = ""
    for cell in one.cells:
        says = ", ".join(speaker.say(f"{texts}.word.{word}") for word in cell.says)
        told = ""
        if is_told:
            status = speaker.say(f"{texts}.status.{cell.status}")
            if cell.changed_on:
                status = speaker.say("fargate.changed", date=speaker.date(cell.changed_on))
            news = [word for word in cell.words if word not in cell.says] if cell.status != "holds" else []
            more = ", ".join(speaker.say(f"{texts}.word.{word}") for word in news)
            told = f'<small class="{cell.status}">{escape(status)}{escape(f": {more}" if more else "")}</small>'
        cells += f"<div><dt>{escape(column(one.table, cell.column, speaker))}</dt><dd>{escape(says)}{told}</dd></div>"
    name = speaker.say(f"{texts}.row.{one.row}")
    return f'<section class="q-true"><h2><i>{one.number}</i>{escape(name)}</h2><dl>{cells}</dl></section>'


def _verdict(one: Standing, given: str, speaker: Voice) -> str:
    """Say whether the answer was right, what is, and why, with the date on which the row ceased to hold."""
    is_right = given == one.truth
    say, cause = speaker.say, split(said(speaker, f"{one.table}_table", one.why))
    key = "right" if is_right else "wrong"
    date = say("still_true.since", date=speaker.date(one.changed_on)) if one.changed_on else ""
    eased = say("fargate.eased", date=speaker.date(one.telling.eased_on)) if one.telling.eased_on else ""
    where = column(one.table, one.telling.column, speaker)
    why = " ".join(part for part in (*cause, eased) if part)
    return (
        f'<p class="q-true-said {key}" role="status"><b>{escape(say(f"still_true.{key}", truth=say(f"still_true.answer.{one.truth}")))}</b> '
        f"{escape(date)} <span>{escape(where)}: {escape(why)}</span></p>"
    )


def column(table: Table, name: str, speaker: Voice) -> str:
    """Name a column of a slide's table."""
    return (
        speaker.say(f"common.launch_type.{name}.name") if table == "fargate" else speaker.say(f"eks_rows.column.{name}")
    )


def _stage(table: Table, speaker: Voice) -> None:
    """Show all rows for the back of the hall, each with what became of it."""
    name, say = f"{table}_true", speaker.say
    chapter.look_stage()
    chapter.stage_heading(say(f"{name}.title"), "")
    rows = standings(table)
    heads = "".join(f'<th scope="col">{escape(column(table, cell.column, speaker))}</th>' for cell in rows[0].cells)
    body = ""
    for one in rows:
        cells = "".join(
            f'<td class="{cell.status}">{escape(", ".join(say(f"{table}_table.word.{word}") for word in cell.says))}</td>'
            for cell in one.cells
        )
        since = f" {escape(say('still_true.since', date=speaker.date(one.changed_on)))}" if one.changed_on else ""
        body += (
            f'<tr><th scope="row">{escape(say(f"{table}_table.row.{one.row}"))}</th>{cells}'
            f'<td class="{one.truth}">{escape(say(f"still_true.answer.{one.truth}"))}.{since}</td></tr>'
        )
    title = escape(say(f"{name}.tab"))
    st.html(
        f'<table class="q-true-stage"><thead><tr><td></td>{heads}<th scope="col">{title}</th></tr></thead><tbody>{body}</tbody></table>'
    )
    with st.container(key="q-stage-exit"):
        st.button(say("common.mode.study"), key=f"{name}.study", on_click=go, args=("study",))
