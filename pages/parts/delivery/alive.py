"""The pipelines alive: the same commits on a train and through pipelines, tile by tile, and what their time went into."""

from __future__ import annotations

from html import escape
from typing import Any, Literal

import numpy as np
import streamlit as st

from engine import catalog, frames
from engine.delivery import GROUPS, Course, Organisation, run, time_spent
from engine.errors import Problem, ScenarioError
from pages.figures.delivery import Arrived, OnTheWay, lead_labels, lead_strip, way_labels, way_strip
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.board import board
from pages.parts.charts import Mark, Strip, charts
from pages.parts.delivery.tiles import board_data
from pages.parts.guess import guessed
from pages.parts.lesson import Control, controls
from pages.parts.predict import SKIP, is_asking
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.transport import transport
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "delivery"
WAYS: tuple[Literal["train", "pipelines"], ...] = ("train", "pipelines")
AT_S = 9_000.0  # where the playhead stands first: a morning, when something is on its way
SPEEDS = (60, 300, 900)  # seconds of working time a second
KEPT = 32
Pair = dict[str, Course]
Controls = tuple[Control, ...]


def alive_room(speaker: Voice) -> None:
    """Ask what changes spend their time on, play both ways side by side, and say it."""
    row, say = catalog.lesson(NAME), speaker.say
    asked, more = controls(row["ask"]), controls(row["more"])
    turned = Turned(NAME, Organisation.read(catalog.organisation_text(row["organisation"])), (*asked, *more), fits)
    is_stage = st.query_params.get(VIEW) == "stage"
    it = turned.record
    pair = pair_of(it.token())
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
        _play(pair, speaker, size="stage", locked=is_asking())
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
        turned.write_url()
        return
    n = len(pair["train"].changes.key)
    chapter.heading(
        say(f"{NAME}.title"), say(f"{NAME}.lede", n=n, teams=it.teams, days=it.days, workers=it.build_workers)
    )
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    guess = guessed(NAME, speaker, speaker.table(f"{NAME}.guess"))
    _play(pair, speaker, size="study", locked=guess is None)
    if guess is not None:
        lock(NAME, guess, right=lambda: guess == most_time(pair))
        st.html(f'<p class="q-verdict">{verdict(pair, speaker, guess)}</p>')
        st.html(spent_bars(pair, speaker))
        _strips(pair, speaker)
    _turn(turned, asked, more, speaker)
    if guess is not None:
        with chapter.fold(say(f"{NAME}.table.title"), key=f"{NAME}.table") as fold:
            if fold.open:
                st.html(changes_table(pair, speaker))
                with st.container(horizontal=True):
                    for way, course in pair.items():
                        st.download_button(
                            say(f"{NAME}.table.download", way=say(f"board.{way}")), lambda course=course: frames.to_csv(frames.delivery(course)),
                            f"{NAME}-{way}.csv", "text/csv", key=f"{NAME}.csv.{way}", on_click="ignore",
                        )  # fmt: skip
        told(speaker, NAME, row["explain"])
        sources(*row["facts"])
    turned.write_url()


def fits(organisation: Organisation) -> None:
    """Refuse what one board cannot show, or what takes too long, with the figure that is too large."""
    row = catalog.lesson(NAME)
    it = Organisation.of(organisation.model_dump())
    found = []
    if it.n_services > row["most_services"]:
        allowed = f"up to {row['most_services']}"
        found.append(Problem("services", str(it.n_services), allowed, "the board has a lane for each service"))
    if it.changes_expected > row["most_changes"]:
        came, allowed = f"about {it.changes_expected:,.0f} changes", f"up to {row['most_changes']}"
        found.append(Problem("commits_per_day", came, allowed, "the board has a tile for each change"))
    if found:
        raise ScenarioError(found)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def pair_of(token: str) -> Pair:
    """Play both ways of an organisation, or take them from the shelf. token: the organisation's own."""
    it = Organisation.from_token(token)
    return {way: run(it.with_(architecture=way), keep_log=True) for way in WAYS}


def _play(pair: Pair, speaker: Voice, *, size: Literal["study", "stage"], locked: bool) -> None:
    """Show the board and the bar that plays it."""
    data = board_data(pair, speaker)
    board(data, key=f"{NAME}.board.{size}", size=size, locked=locked)
    bar = {key: data[key] for key in ("id", "end", "marks", "number", "lang")}
    bar |= {
        "words": speaker.table("transport"),
        "locked_future": locked,
        "speeds": list(SPEEDS),
        "speed": SPEEDS[1],
        "at": AT_S,
    }
    if size == "stage":
        bar["words"] = {**speaker.table("transport"), "events_past": speaker.table("headline")["events_past"]}
        bar |= {"size": "stage", "keys": True}
    transport(bar, key=f"{NAME}.{size}.transport")


def _turn(turned: Turned[Organisation], asked: Controls, more: Controls, speaker: Voice) -> None:
    """Offer what to try, what to turn, and the stage."""
    say = speaker.say
    st.header(say("furniture.try"))
    with st.container(horizontal=True, key="q-tools"):
        for what, settings in catalog.lesson(NAME)["try"].items():
            st.button(say(f"{NAME}.try.{what}"), key=f"{NAME}.try.{what}", on_click=turned.set, args=(dict(settings),))
        whole = turned.first.model_dump(mode="json")
        st.button(say("common.button.reset"), key=f"{NAME}.reset", on_click=turned.set, args=(whole,))
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    with st.expander(say("furniture.turn"), expanded=True, key=f"{NAME}.turn"):
        turn_record(turned, asked, speaker)
    with chapter.fold(say(f"{NAME}.more"), key=f"{NAME}.more") as fold:
        if fold.open:
            turn_record(turned, more, speaker, columns=4)


# --- where the time went ---------------------------------------------------------------------------------------------


def shares(course: Course) -> dict[str, float]:
    """Give what changes spent their time on, as shares of all of it."""
    spent = time_spent(course)
    whole = sum(spent.values())
    return {name: minutes / whole if whole else 0.0 for name, minutes in spent.items()}


def most_time(pair: Pair) -> str:
    """Say what takes the largest share of a change's time in the pipelines."""
    ours = shares(pair["pipelines"])
    return max(ours, key=lambda name: ours[name])


def verdict(pair: Pair, speaker: Voice, guess: str) -> str:
    """Hold the guess against the largest share in the pipelines; say the train's too. HTML, escaped."""
    say = speaker.say
    ours, theirs = shares(pair["pipelines"]), shares(pair["train"])
    top, other = most_time(pair), max(theirs, key=lambda name: theirs[name])
    said = (
        ""
        if guess == SKIP
        else say(f"{NAME}.verdict.{'right' if guess == top else 'wrong'}", said=say(f"{NAME}.said.{guess}"))
    )
    first = say(f"{NAME}.truth.pipelines", what=say(f"{NAME}.said.{top}"), share=speaker.percent(ours[top], 0))
    second = say(f"{NAME}.truth.train", what=say(f"{NAME}.said.{other}"), share=speaker.percent(theirs[other], 0))
    why = say(f"{NAME}.truth.why") if other == "worker" else ""
    return f"{escape(said)} <b>{escape(first)}</b> {escape(second)} {escape(why)}".strip()


def spent_bars(pair: Pair, speaker: Voice) -> str:
    """Draw each way's time as one bar in four pieces, with its words and shares; a table to whoever cannot see it."""
    say = speaker.say
    rows = ""
    for way in WAYS:
        found = shares(pair[way])
        pieces = "".join(
            f'<i class="{name}" style="flex-grow:{max(share, 0.001):.4f}"><em>{escape(speaker.percent(share, 0)) if share >= 0.06 else ""}</em></i>'
            for name, share in found.items()
        )
        cells = "".join(f"<td>{escape(speaker.percent(share, 0))}</td>" for share in found.values())
        rows += (
            f'<tr><th scope="row">{escape(say(f"board.{way}"))}</th><td class="rail" aria-hidden="true"><span class="q-spent-rail">{pieces}</span></td>'
            f"{cells}</tr>"
        )
    heads = "".join(
        f'<th scope="col"><span class="key {name}">{escape(say(f"{NAME}.group.{name}"))}</span></th>' for name in GROUPS
    )
    caption = escape(say(f"{NAME}.spent"))
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{caption}">'
        f'<table class="q-outcomes q-own q-spent"><caption>{caption}</caption><thead><tr><td></td>'
        f'<td class="rail" aria-hidden="true"></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


# --- on the clock ----------------------------------------------------------------------------------------------------


def _strips(pair: Pair, speaker: Voice) -> None:
    """Draw what is on its way, and how long each change took that arrived, on the page's clock."""
    say, signs, scale = speaker.say, speaker.number_signs(), SCALES["laptop"]
    end_s = pair["train"].organisation.end_min * 60
    counts = {way: on_the_way(course) for way, course in pair.items()}
    arrivals = {way: arrived(course) for way, course in pair.items()}
    names = {way: say(f"board.{way}") for way in WAYS}
    texts = {way: say(f"{NAME}.label.{way}", v="{v}") for way in WAYS}
    hours = {way: say(f"{NAME}.label.{way}", v=say(f"{NAME}.hours", v="{v}")) for way in WAYS}
    strips = [
        Strip(
            "way", say(f"{NAME}.strip.way"), way_strip(counts, end_s=end_s, scale=scale, signs=signs),
            labels=way_labels(counts, texts, names), tab=say(f"{NAME}.strip.way_tab"), height_px=150,
        ),
        Strip(
            "lead", say(f"{NAME}.strip.lead"),
            lead_strip(arrivals, end_s=end_s, unit=say(f"{NAME}.hours", v="{v}"), scale=scale, signs=signs),
            labels=lead_labels(arrivals, hours, names), tab=say(f"{NAME}.strip.lead_tab"), height_px=170,
        ),
    ]  # fmt: skip
    token = pair["train"].organisation.token()
    charts(strips, run_id=token, end_s=end_s, key=f"{NAME}.strips", name=say(f"{NAME}.strip.name"), marks=[Mark(0.0)])


def on_the_way(course: Course) -> OnTheWay:
    """Count what is written and not yet with users to stay, at each moment at which that changes."""
    done = course.delivered_min[np.isfinite(course.delivered_min)]
    at = np.concatenate([course.changes.at_min, done])
    step = np.concatenate([np.ones(len(course.changes.at_min)), -np.ones(len(done))])
    order = np.argsort(at, kind="stable")
    return OnTheWay(np.concatenate([[0.0], at[order] * 60]), np.concatenate([[0.0], np.cumsum(step[order])]))


def arrived(course: Course) -> Arrived:
    """Give each arrival and how long it had taken, in hours."""
    done = np.flatnonzero(np.isfinite(course.delivered_min))
    done = done[np.argsort(course.delivered_min[done], kind="stable")]
    at = course.delivered_min[done]
    return Arrived(at * 60, (at - course.changes.at_min[done]) / 60)


# --- the same as a table ---------------------------------------------------------------------------------------------


def changes_table(pair: Pair, speaker: Voice) -> str:
    """Write every change: who wrote it, what it touches, and for both ways when users had it, and at which attempt."""
    say, first = speaker.say, pair["train"]
    heads = [say(f"{NAME}.table.{name}") for name in ("change", "team", "services", "written")]
    heads += [say(f"{NAME}.table.way", way=say(f"board.{way}")) for way in WAYS]
    body = ""
    for i in range(len(first.changes.key)):
        services = ", ".join(str(int(one) + 1) for one in first.changes.touches[i, : first.changes.n_touched[i]])
        cells = [str(int(first.changes.team[i]) + 1), services, speaker.clock(first.changes.at_min[i] * 60)]
        cells += [_fate(pair[way], i, speaker) for way in WAYS]
        body += f'<tr><th scope="row">{i + 1}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    caption = escape(say(f"{NAME}.table.title"))
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{caption}">'
        f'<table class="q-outcomes q-own q-changes"><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _fate(course: Course, change: int, speaker: Voice) -> str:
    """Say when users had a change, and at which attempt."""
    at, built = float(course.delivered_min[change]), int(course.attempts[change])
    key = "arrived" if np.isfinite(at) else "open"
    clock: Any = speaker.clock(at * 60) if np.isfinite(at) else ""
    return speaker.say(f"{NAME}.table.{key}", clock=clock, n=built)
