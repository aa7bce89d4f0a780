"""How many, where, and in which order: the table of quorums, zones lost, and a member replaced two ways."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import catalog
from engine.consensus import Course, table
from engine.consensus.quorum import zone_losses
from engine.consensus.replacing import ORDERS, Replacing, fate, replacing
from pages.parts import chapter
from pages.parts.control_plane.payload import payload
from pages.parts.control_plane.played import course_of
from pages.parts.control_plane.raft import bar
from pages.parts.control_plane.store import store
from pages.parts.guess import guessed
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.transport import transport
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "control_plane_why"


def why_room(speaker: Voice) -> None:
    """Show the three questions, one below the other; on stage the table alone."""
    row = catalog.lesson(NAME)
    turned = Turned(NAME, Replacing(), controls(row["ask"]))
    if st.query_params.get(VIEW) == "stage":
        _stage(speaker)
    else:
        _study(turned, speaker)
        told(speaker, NAME, row["explain"])
        sources(*row["facts"])
    turned.write_url()


def _study(turned: Turned[Replacing], speaker: Voice) -> None:
    say = speaker.say
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    left, right = st.columns([7, 6], gap="large")
    with left:
        st.header(say(f"{NAME}.count.title"))
        st.html(_quorums(speaker))
        st.html(f'<p class="q-verdict">{escape(say(f"{NAME}.count.says"))}</p>')
    with right:
        st.header(say(f"{NAME}.zones.title"))
        turn_record(turned, [one for one in turned.controls if one.path == "places"], speaker, columns=1)
        st.html(_losses(turned.record.places, speaker))
    st.header(say(f"{NAME}.order.title"))
    st.markdown(say(f"{NAME}.order.lede"))
    guess = guessed(NAME, speaker, speaker.table(f"{NAME}.guess"))
    turn_record(turned, [one for one in turned.controls if one.path != "places"], speaker, columns=3)
    _orders(turned.record, speaker, guess)
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))


# --- how many ------------------------------------------------------------------------------------------------------------


def _quorums(speaker: Voice) -> str:
    """Write the table of one to seven members; each member is a dot, those that are needed are full."""
    say, rows = speaker.say, table()
    heads = "".join(
        f'<th scope="col">{escape(say(f"{NAME}.count.{head}"))}</th>'
        for head in ("members", "picture", "needed", "survives")
    )
    body = ""
    for row, before in zip(rows, (None, *rows), strict=False):
        is_even = before is not None and row.survives == before.survives
        note = f"<em>{escape(say(f'{NAME}.count.no_better', n=before.members))}</em>" if before and is_even else ""
        dots = "".join(f'<i class="{"need" if n < row.quorum else "spare"}"></i>' for n in range(row.members))
        body += (
            f'<tr class="{"odd" if not is_even else "even"}"><th scope="row">{row.members}</th>'
            f'<td><span class="q-dots" aria-hidden="true">{dots}</span></td><td>{row.quorum}</td>'
            f"<td>{row.survives} {note}</td></tr>"
        )
    caption = escape(say(f"{NAME}.count.caption"))
    return (
        f'<div class="q-scroll"><table class="q-outcomes q-own q-quorum"><caption>{caption}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


# --- where ---------------------------------------------------------------------------------------------------------------


def _losses(places: str, speaker: Voice) -> str:
    """Say for each zone what its loss would leave."""
    say = speaker.say
    heads = "".join(
        f'<th scope="col">{escape(say(f"{NAME}.zones.{head}"))}</th>' for head in ("lost", "left", "writes")
    )
    body = "".join(
        f'<tr><th scope="row">{escape(say("store.zone", zone=loss.zone))}</th>'
        f"<td>{escape(say(f'{NAME}.zones.of', left=loss.left, n=len(places), needed=loss.needed))}</td>"
        f'<td class="{_yes(loss.writes_on)}"><i aria-hidden="true"></i>'
        f"{escape(say(f'store.gauge.{_yes(loss.writes_on)}'))}</td></tr>"
        for loss in zone_losses(places)
    )
    all_on = all(loss.writes_on for loss in zone_losses(places))
    verdict = escape(say(f"{NAME}.zones.{'safe' if all_on else 'trap'}"))
    caption = escape(say(f"{NAME}.zones.caption"))
    return (
        f'<div class="q-scroll"><table class="q-outcomes q-own q-losses"><caption>{caption}</caption><thead><tr>{heads}</tr></thead>'
        f'<tbody>{body}</tbody></table></div><p class="q-verdict">{verdict}</p>'
    )


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


# --- which first -----------------------------------------------------------------------------------------------------------


def _orders(asked: Replacing, speaker: Voice, guess: str | None) -> None:
    """Play both orders on one clock."""
    say, is_open = speaker.say, guess is None
    courses = {order: course_of(replacing(asked, order)) for order in ORDERS}
    packs = {order: payload(course, speaker) for order, course in courses.items()}
    for column, order in zip(st.columns(2, gap="medium"), ORDERS, strict=True):
        with column:
            st.html(f'<h3 class="q-small-head">{escape(say(f"{NAME}.order.{order}"))}</h3>')
            store(packs[order], key=f"{NAME}.{order}", size="small", locked=is_open, acts=False)
            if not is_open:
                st.html(f'<p class="q-verdict">{escape(say(f"{NAME}.fate.{fate(courses[order])}"))}</p>')
    together = {**packs["add_first"], "id": "-".join(pack["id"] for pack in packs.values())}
    transport(bar(together, speaker, locked=is_open), key=f"{NAME}.together")
    if guess not in (None, SKIP):
        lock(NAME, str(guess), right=lambda: guess == _truth(courses))
        st.html(f'<p class="q-verdict">{escape(_verdict(courses, speaker, str(guess)))}</p>')


def _verdict(courses: dict[str, Course], speaker: Voice, guess: str) -> str:
    """Hold the guess against both: which order ends writing."""
    truth, say = _truth(courses), speaker.say
    which = "right" if guess == truth else "wrong"
    return say(f"{NAME}.verdict.{which}", said=say(f"{NAME}.said.{guess}"), truth=say(f"{NAME}.said.{truth}"))


def _truth(courses: dict[str, Course]) -> str:
    """Name the order that ends writing; both, or neither."""
    ends = {order: fate(course) == "stop" for order, course in courses.items()}
    return "both" if all(ends.values()) else "neither" if not any(ends.values()) else next(o for o in ends if ends[o])


def _stage(speaker: Voice) -> None:
    """Show the table for the back of the hall."""
    chapter.look_stage()
    chapter.stage_heading(speaker.say(f"{NAME}.title"), "")
    with st.container(key="q-stage-main"):
        st.html(_quorums(speaker))
        st.html(f'<p class="q-stage-says">{escape(speaker.say(f"{NAME}.count.says"))}</p>')
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
