"""Flipped: what a page says of the two times. The switch, the strip of what flipped here, and a kind no to what did not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

import streamlit as st

from engine import Scenario, ScenarioError, catalog
from engine.changes import changed
from engine.era import ERAS, Era, day, existed
from engine.era_checks import Barred, barred, concerns, flip_of, may_stand
from engine.errors import Problem
from engine.flips import Flip, Kept, Setting, bearing, flips, kept_for, of_path
from engine.launch import launch_type
from pages.parts.time_machine import era, travel
from pages.parts.words import Voice

SWITCH = "time_machine.switch"
_NAMED = 3  # flips that the folded strip names


def switch(speaker: Voice) -> None:
    """Show the switch beside the languages. The URL decides what it shows, and it writes the URL."""
    st.session_state[SWITCH] = era()

    def _go() -> None:
        travel(st.session_state[SWITCH] or era())

    st.segmented_control(
        speaker.say("era.switch"), ERAS, format_func=lambda one: speaker.say(f"era.{one}"), required=True, key=SWITCH,
        label_visibility="collapsed", on_change=_go,
    )  # fmt: skip


# --- the strip -------------------------------------------------------------------------------------------------------


def here(lesson: Mapping[str, Any]) -> tuple[tuple[Flip, ...], tuple[Kept, ...]]:
    """Find what flipped, and what is kept of today, among what a lesson cites, offers and lets one turn.

    A room whose facts follow from what is shown in it names the others under `flips`, as ids or globs.
    """
    kinds = tuple(lesson.get("launch_types", ()))
    facts = {
        *lesson.get("facts", ()),
        *lesson.get("flips", ()),
        *(fact for kind in kinds for fact in launch_type(kind).facts),
    }
    rows = (*lesson.get("ask", ()), *(row for group in lesson.get("form", {}).values() for row in group))
    paths = [row["path"] for row in rows]
    return bearing(facts, kinds, paths), kept_for(facts)


@contextmanager
def framed(speaker: Voice, lesson: str) -> Iterator[None]:
    """Say what flipped around a page's experiment: before it in the talk's time, quietly after it today, never on stage."""
    found, is_read = here(catalog.lesson(lesson)), st.query_params.get("view") != "stage"
    if is_read and era() == "talk":
        strip(speaker, *found)
    yield
    if is_read and era() == "today":
        strip(speaker, *found)


def strip(speaker: Voice, found: Sequence[Flip], kept: Sequence[Kept] = (), *, shown: Era | None = None) -> None:
    """Say what flipped here: plainly in the talk's time, quietly today. Nothing flipped: in the talk's time that is said too."""
    now = shown or era()
    if not found and now == "today":
        return
    st.html(strip_html(speaker, found, kept, now))


def strip_html(speaker: Voice, found: Sequence[Flip], kept: Sequence[Kept], now: Era) -> str:
    """Write the strip as HTML. All of it comes from data/, and all of it is escaped nevertheless."""
    say = speaker.say
    if not found:
        return f'<p class="q-flips talk"><b>{escape(say("era.mark"))}</b> {escape(say("era.nothing"))}</p>'
    names = ", ".join(flip.what[speaker.lang] for flip in found[:_NAMED])
    more = " " + escape(say("era.more", n=len(found) - _NAMED)) if len(found) > _NAMED else ""
    title = escape(say(f"era.strip_{now}", n=len(found)))
    mark = f"<b>{escape(say('era.mark'))}</b> " if now == "talk" else ""
    rows = "".join(_row(speaker, flip) for flip in found)
    stays = "".join(f"<li>{escape(speaker.filled(row.says[speaker.lang]))}</li>" for row in kept)
    rest = f'<h3>{escape(say("era.kept"))}</h3><ul class="kept">{stays}</ul>' if stays and now == "talk" else ""
    return (
        f'<details class="q-flips {now}"><summary>{mark}{title} <span>{escape(names)}{more}</span></summary>'
        f'<ul class="rows">{rows}</ul>{rest}</details>'
    )


def _row(speaker: Voice, flip: Flip) -> str:
    """Write one flip: what, then, now, since when, and who says so."""
    say, lang, fact = speaker.say, speaker.lang, flip.source
    when = say("era.came", date=speaker.date(flip.since)) if flip.since else say("era.undated")
    who = [escape(when), escape(say(f"common.sources.{flip.basis}"))]
    link = flip.dated if flip.dated.startswith("https://") else fact.link
    if not link:
        who.append(escape(_short(flip.dated or fact.source)))
    else:
        who.append(
            f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer" aria-label="'
            f'{escape(say("common.sources.link_to", fact=fact.id))}">{escape(say("common.sources.link"))}</a>'
        )
    return (
        f'<li data-flip="{flip.id}"><strong>{escape(flip.what[lang])}</strong>'
        f'<span class="then"><em>{escape(say("era.talk"))}</em> {escape(speaker.filled(flip.then[lang]))}</span>'
        f'<span class="now"><em>{escape(say("era.today"))}</em> {escape(speaker.filled(flip.now[lang]))}</span>'
        f'<small><i class="{flip.basis}" aria-hidden="true"></i>{" · ".join(who)}</small></li>'
    )


def _short(source: str) -> str:
    """Shorten a source without an address to its first words: a package and its version, or who said so."""
    return re.split(r"[,(;]", source)[0].strip()


def everything(speaker: Voice) -> None:
    """Show all that flipped, on the page where one begins."""
    strip(speaker, flips())


def for_today(speaker: Voice) -> None:
    """Say of paragraphs, in the talk's time, that they were written for today."""
    if era() == "talk":
        st.html(
            f'<p class="q-written"><b>{escape(speaker.say("era.mark"))}</b> {escape(speaker.say("era.written"))}</p>'
        )


# --- what did not exist ----------------------------------------------------------------------------------------------


def not_yet(speaker: Voice, kind: str) -> str:
    """Say of a launch type that it did not exist in the time that is shown, and when it came; "" where it did."""
    since = launch_type(kind).since
    if era() == "today" or existed(since, day("talk")):
        return ""
    return speaker.say("era.came", date=speaker.date(since))


def barring(scenario: Scenario, path: str) -> tuple[tuple[Flip, Setting], ...]:
    """Give what flipped about a setting and is about the scenario's launch type; nothing today."""
    if era() == "today":
        return ()
    kind = launch_type(scenario.launch_type)
    return tuple((flip, one) for flip, one in of_path(path) if concerns(one, kind))


def stands(found: Iterable[tuple[Flip, Setting]], value: object) -> bool:
    """Say whether a value could be chosen then."""
    return all(may_stand(one, value) for _, one in found)


def span(found: Iterable[tuple[Flip, Setting]], low: float, high: float) -> tuple[float, float]:
    """Narrow a slider's span to what could be chosen then."""
    for _, one in found:
        if one.kind == "most":
            high = max(low, min(high, type(high)(one.value)))
        if one.kind == "least":
            low = min(high, max(low, type(low)(one.value)))
    return low, high


def dated(speaker: Voice, flip: Flip) -> str:
    """Say when a thing came, in a few words."""
    if not flip.since:
        return speaker.say("era.came_later")
    return speaker.say("era.came", date=speaker.date(flip.since))


def came_later(speaker: Voice, scenario: Scenario, settings: Mapping[str, Any]) -> str:
    """Say of what could be tried that it did not exist in the time that is shown, and when it came; "" where it did."""
    if era() == "today":
        return ""
    try:
        made = changed(scenario, dict(settings)).model_dump(mode="json")
    except ScenarioError:  # it is told when it is tried
        return ""
    before = {(one.flip, one.path) for one in barred(scenario.model_dump(mode="json"))}
    late = [one.flip for one in barred(made) if (one.flip, one.path) not in before]
    return dated(speaker, late[0]) if late else ""


def not_then(speaker: Voice, problems: Iterable[Problem]) -> None:
    """Say kindly of problems that are one of time: these things did not exist, and came then."""
    late = dict.fromkeys(flip for flip in map(flip_of, problems) if flip is not None)
    if late:
        names = "; ".join(f"{flip.what[speaker.lang]} ({dated(speaker, flip)})" for flip in late)
        st.html(f'<p class="q-later" role="status">{escape(speaker.say("era.not_then", names=names))}</p>')


def later(speaker: Voice, names: Sequence[str]) -> None:
    """Name what did not exist in early 2020, where something did not."""
    if names:
        st.html(f'<p class="q-later">{escape(speaker.say("era.not_then", names="; ".join(names)))}</p>')


def absent(speaker: Voice, found: Sequence[Barred]) -> None:
    """Say kindly that what is chosen here did not exist, with dates, and offer the way back to today."""
    say, lang = speaker.say, speaker.lang
    rows = "".join(
        f'<li data-flip="{flip.id}"><strong>{escape(flip.what[lang])}</strong>: {escape(speaker.filled(flip.then[lang]))} '
        f"({escape(say('era.today'))}, {escape(dated(speaker, flip))}: {escape(speaker.filled(flip.now[lang]))})</li>"
        for flip in dict.fromkeys(one.flip for one in found)
    )
    with st.container(border=True, key="q-absent"):
        st.html(
            f'<div class="q-absent" role="status"><h2>{escape(say("era.absent"))}</h2><p>{escape(say("era.absent_why"))}</p>'
            f"<ul>{rows}</ul></div>"
        )
        st.button(say("era.back"), key="time_machine.back", type="primary", on_click=travel, args=("today",))
