"""The store under one's hands: kill its members, its zones and its links, and see who can still write."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import catalog
from engine.consensus import Consensus, Course
from engine.consensus.scenario import MOST
from pages.parts import chapter
from pages.parts.control_plane.payload import payload
from pages.parts.control_plane.played import Played, acting, course_of
from pages.parts.control_plane.store import store
from pages.parts.guess import guessed
from pages.parts.lesson import controls
from pages.parts.predict import SKIP, is_asking
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.transport import transport
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import turn_record
from pages.parts.words import Voice

NAME = "control_plane"
PLACED_IN = "abc"
SPEEDS = (0.01, 0.1, 1, 4)  # an election takes milliseconds


def raft_room(speaker: Voice) -> None:
    """Show the store, in whichever room the URL asks for."""
    row = catalog.lesson(NAME)
    played = Played(NAME, Consensus.of(row["store"]), controls(row["ask"]))
    view = st.query_params.get(VIEW)
    if view == "stage":
        _stage(played, speaker)
    elif view == "compare":
        _compare(played, speaker)
    else:
        _study(played, speaker)
    played.write_url()


def _study(played: Played, speaker: Voice) -> None:
    """One store on a laptop or a phone, and what to turn."""
    say, row = speaker.say, catalog.lesson(NAME)
    course = course_of(played.record)
    with st.container(horizontal=True, vertical_alignment="bottom", key="q-title-row"):
        chapter.heading(say(f"{NAME}.title"), f"{_lede(played, speaker)} {say(f'{NAME}.hint')}")
        st.button(say("common.button.side_by_side"), key="side_by_side", on_click=go, args=("compare",))
    chapter.set_aside(speaker, played.aside)
    chapter.mend(speaker, played.problems)
    guess = guessed(NAME, speaker, speaker.table(f"{NAME}.guess"))
    is_open = guess is None
    _play(played, course, speaker, locked=is_open)
    if guess not in (None, SKIP):
        lock(NAME, str(guess), right=lambda: guess == outcome_of(course))
        st.html(f'<p class="q-verdict">{escape(_verdict(course, speaker, str(guess)))}</p>')
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.button.undo"), key=f"{NAME}.undo", on_click=played.undo, disabled=not played.can_undo)
        st.button(say("common.button.reset"), key=f"{NAME}.reset", on_click=played.reset)
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    with st.expander(say("furniture.turn"), expanded=True, key=f"{NAME}.turn"):
        _place(played, speaker)
        turn_record(played, played.controls, speaker)
    if not is_open:
        _try(played, speaker)
        with chapter.fold(say(f"{NAME}.log.title"), key=f"{NAME}.log") as log:
            if log.open:
                st.html(_table(course, speaker))
        told(speaker, NAME, row["explain"])
    sources(*row["facts"])


def _place(played: Played, speaker: Voice) -> None:
    """Put members where the reader likes: so many into each zone, one to seven altogether."""
    places = played.record.places
    for column, zone in zip(st.columns(len(PLACED_IN), gap="medium"), PLACED_IN, strict=True):
        key, here = f"{NAME}.place.{zone}", places.count(zone)
        if st.session_state.get(key) != here:
            st.session_state[key] = here

        def write(zone: str = zone, key: str = key) -> None:
            counts = {z: places.count(z) for z in PLACED_IN} | {zone: int(st.session_state[key])}
            played.set({"places": "".join(z * n for z, n in counts.items())})

        least, most = (1 if here == len(places) else 0), here + MOST - len(places)
        with column:
            st.number_input(
                speaker.say(f"{NAME}.place", zone=zone), least, max(most, here), step=1, key=key, on_change=write
            )


def _play(played: Played, course: Course, speaker: Voice, *, locked: bool = False, size: str = "study") -> None:
    """Show the picture and the bar that plays it."""
    data, key = payload(course, speaker), f"{NAME}.store.{size}"
    store(data, key=key, size=size, locked=locked, on_act=acting(played, key))
    found, key = bar(data, speaker, locked=locked, size=size), f"{NAME}.{size}.transport"
    kill = {"from_t": 0.0, "label": speaker.say("store.kill_leader"), "tone": "lost", "act": {"do": "kill-leader"}}
    transport(found | {"action": [kill]}, key=key, on_act=acting(played, key))


def bar(data: dict[str, object], speaker: Voice, *, locked: bool = False, size: str = "") -> dict[str, object]:
    """Hand the transport what it shares with the store."""
    found = {key: data[key] for key in ("id", "end", "marks", "number", "lang")}
    found |= {"words": speaker.table("transport"), "locked_future": locked, "speeds": list(SPEEDS), "speed": 1}
    if size == "stage":
        found["words"] = {**speaker.table("transport"), "events_past": speaker.table("headline")["events_past"]}
        found |= {"size": "stage", "keys": True}
    return found


def _lede(played: Played, speaker: Voice) -> str:
    """Say in one line what stands before the reader."""
    record = played.record
    values = {"n": len(record.places), "zones": len(set(record.places))}
    first = min(record.operations, key=lambda o: o.at_s, default=None)
    if first is None:
        return speaker.say(f"{NAME}.lede_calm", **values)
    if first.do == "fail-zone":
        return speaker.say(f"{NAME}.lede_zone", **values, zone=first.zone, clock=speaker.clock(first.at_s))
    return speaker.say(f"{NAME}.lede", **values, clock=speaker.clock(first.at_s))


# --- the guess ---------------------------------------------------------------------------------------------------------


def _verdict(course: Course, speaker: Voice, guess: str) -> str:
    """Hold the guess against the run: no pause, a pause, or the end of writes."""
    truth = outcome_of(course)
    said = speaker.say(f"{NAME}.said.{guess}")
    which = "right" if guess == truth else "wrong"
    return speaker.say(f"{NAME}.verdict.{which}", said=said, truth=_truth(course, speaker, truth))


def outcome_of(course: Course) -> str:
    """Say what became of writing: "on" without a pause, "pause" and on, or "stop"."""
    first = min((o.at_s for o in course.scenario.operations), default=0.0)
    gaps = [gap for gap in course.closed if gap.to_s > first]
    if not gaps:
        return "on"
    return "stop" if gaps[-1].to_s >= course.scenario.duration_s else "pause"


def _truth(course: Course, speaker: Voice, truth: str) -> str:
    first = min((o.at_s for o in course.scenario.operations), default=0.0)
    return speaker.say(f"{NAME}.truth.{truth}", time=speaker.seconds(course.paused_after(first)))


# --- what to try, what happened ------------------------------------------------------------------------------------------


def _try(played: Played, speaker: Voice) -> None:
    """Offer what to turn next."""
    st.header(speaker.say("furniture.try"))
    with st.container(horizontal=True):
        for what, settings in catalog.lesson(NAME)["try"].items():
            st.button(
                speaker.say(f"{NAME}.try.{what}"), key=f"{NAME}.try.{what}", on_click=played.set, args=(dict(settings),)
            )


def _table(course: Course, speaker: Voice) -> str:
    """Write the log as a table: what the picture shows, in words."""
    rows = "".join(
        f'<tr class="{event["tone"]}"><td>{escape(_fine(event["t"], speaker))}</td><td>{escape(event["text"])}</td></tr>'
        for event in payload(course, speaker)["events"]
    )
    heads = "".join(f'<th scope="col">{escape(speaker.say(f"{NAME}.log.{head}"))}</th>' for head in ("when", "what"))
    return (
        f'<table class="q-outcomes q-own q-log"><caption>{escape(speaker.say(f"{NAME}.log.title"))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _fine(at_s: float, speaker: Voice) -> str:
    """Write a moment to the millisecond: elections are quick."""
    return f"{speaker.number(at_s, 3)} s"


# --- the hall, and side by side -------------------------------------------------------------------------------------------


def _stage(played: Played, speaker: Voice) -> None:
    """Show the store for the back of the hall."""
    chapter.look_stage()
    places = played.record.places
    chapter.stage_heading(
        speaker.say(f"{NAME}.title"), speaker.say(f"{NAME}.stage_lede", n=len(places), zones=len(set(places)))
    )
    with st.container(key="q-stage-main"):
        _play(played, course_of(played.record), speaker, locked=is_asking(), size="stage")
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))


def _compare(played: Played, speaker: Voice) -> None:
    """Put the same harm beside itself, with the members elsewhere."""
    say, row = speaker.say, catalog.lesson(NAME)
    with st.container(horizontal=True, vertical_alignment="bottom", key="q-title-row"):
        chapter.heading(say(f"{NAME}.compare_title"), say(f"{NAME}.compare_lede"))
        st.button(say("common.button.back_to_one"), key="back_to_one", on_click=go, args=("study",))
    chosen = list(row["compare"])
    packs = []
    for column, places in zip(st.columns(len(chosen), gap="medium"), chosen, strict=True):
        course = course_of(played.record.with_("places", places))
        packs.append(payload(course, speaker))
        with column:
            st.html(f'<h2 class="q-small-head">{escape(say(f"ask.choice.{places}"))}</h2>')
            store(packs[-1], key=f"{NAME}.small.{places}", size="small", acts=False)
            truth = outcome_of(course)
            st.html(f'<p class="q-verdict">{escape(_truth(course, speaker, truth))}</p>')
    together = {**packs[0], "id": "-".join(pack["id"] for pack in packs)}
    together["marks"] = [mark for mark in packs[0]["marks"] if mark["op"] is not None]
    transport(bar(together, speaker), key=f"{NAME}.together")
    sources(*row["facts"])
