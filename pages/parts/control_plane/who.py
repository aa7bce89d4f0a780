"""Yours or AWS's: the way of a call with one of its parts killed, and what a control plane costs in money and in minutes."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import catalog
from engine.consensus.front import Answered
from engine.consensus.ownership import WHO, Ownership, bills, both
from engine.consensus.upkeep import away_a_month_s, away_a_year_s
from pages.figures.control_plane import PARTS, calls_labels, calls_strip
from pages.parts import chapter
from pages.parts.charts import Mark, Strip, charts
from pages.parts.guess import guessed
from pages.parts.lesson import controls
from pages.parts.predict import SKIP, is_asking
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.transport import transport
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "control_plane_who"
SLAS = {"sla": "eks.sla", "sla_provisioned": "eks.sla_provisioned"}


def who_room(speaker: Voice) -> None:
    """Show both control planes under the same death, then what they cost in a month and a year."""
    row = catalog.lesson(NAME)
    turned = Turned(NAME, Ownership(), controls(row["ask"]))
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(speaker.say(f"{NAME}.title"), speaker.say(f"{NAME}.kills.{turned.record.front.kills}"))
        with st.container(key="q-stage-strip"):
            found = _played(turned.record, speaker, locked=is_asking(), size="stage")
        lost = {who: speaker.seconds(one.lost_s) for who, one in found.items()}
        said = speaker.say(f"{NAME}.lost.says", yours=lost["self-run"], aws=lost["eks"])
        if not is_asking():
            st.html(f'<p class="q-stage-says">{escape(said)}</p>')
        with st.container(key="q-stage-exit"):
            st.button(speaker.say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
    else:
        _study(turned, speaker)
        told(speaker, NAME, row["explain"])
        sources(*row["facts"])
    turned.write_url()


def _study(turned: Turned[Ownership], speaker: Voice) -> None:
    say = speaker.say
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    guess = guessed(NAME, speaker, speaker.table(f"{NAME}.guess"))
    st.html(_path(speaker, both(turned.record) if guess is not None else {}))
    turn_record(turned, [one for one in turned.controls if one.path == "front.kills"], speaker, columns=3)
    found = _played(turned.record, speaker, locked=guess is None)
    if guess is not None:
        st.html(_lost_table(found, speaker))
        if guess != SKIP:
            lock(NAME, guess, right=lambda: guess == _truth(found))
            st.html(f'<p class="q-verdict">{escape(_verdict(found, speaker, guess))}</p>')
    with st.expander(say("furniture.turn"), expanded=True, key=f"{NAME}.turn"):
        rest = [one for one in turned.controls if one.path.startswith("front.") and one.path != "front.kills"]
        turn_record(turned, rest, speaker)
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    st.header(say(f"{NAME}.bill.title"))
    left, right = st.columns([1, 2], gap="large")
    with left:
        turn_record(turned, [one for one in turned.controls if one.path.startswith("upkeep.")], speaker, columns=1)
    with right:
        st.html(_bill_table(turned.record, speaker) + _promises(speaker))


# --- the way of a call ---------------------------------------------------------------------------------------------------


FELT_S = 0.5  # calls lost somewhere are worth a mark from here on


def _path(speaker: Voice, found: dict[str, Answered]) -> str:
    """Draw the way as five stations; those at which calls died say on whose side."""
    say, stops = speaker.say, ""
    for stop in ("kubectl", "dns", "front", "server", "store"):
        hurt = [who for who, one in found.items() if stop in one.lost and float(one.lost[stop].sum()) >= FELT_S]
        sides = ", ".join(say(f"{NAME}.{who}.tab") for who in hurt)
        mark = f"<em>{escape(say(f'{NAME}.path.died', sides=sides))}</em>" if hurt else ""
        stops += (
            f'<li class="{"hit" if hurt else "well"}"><b>{escape(say(f"{NAME}.path.{stop}"))}</b>'
            f"<span>{escape(say(f'{NAME}.path.{stop}_does'))}</span>{mark}</li>"
        )
    return f'<ol class="q-path" aria-label="{escape(say(f"{NAME}.path.label"))}">{stops}</ol>'


def _played(owned: Ownership, speaker: Voice, *, locked: bool, size: str = "laptop") -> dict[str, Answered]:
    """Draw both strips on one clock."""
    say, found, words = speaker.say, both(owned), speaker.table(f"{NAME}.calls")
    end_s = owned.front.duration_s
    run_id = f"{NAME}.{owned.model_dump_json()}"
    strips, seen = [], []
    for who in WHO:
        one = found[who]
        parts = {"answered": one.share, **one.lost}
        strips.append(
            Strip(
                who, say(f"{NAME}.{who}.name"),
                calls_strip(one.at_s, parts, end_s=end_s, signs=speaker.number_signs(), has_ticks=who == WHO[-1]),
                calls_labels(one.at_s, parts, words), height_px=350 if size == "stage" else 170, tab=say(f"{NAME}.{who}.tab"),
            )
        )  # fmt: skip
    for who, one in found.items():
        seen += [{"t": t, "text": say(f"{NAME}.mark.{_word(word)}", who=say(f"{NAME}.{who}.tab")), "tone": _tone(word),
                  "op": None, "label": True} for t, word in one.marks if word in ("noticed", "replaced") or who == WHO[0]]  # fmt: skip
    marks = sorted((mark for mark in seen if mark["t"] <= end_s), key=lambda mark: mark["t"])
    died = [Mark(owned.front.at_s, say(f"{NAME}.mark.died"), "lost")] if owned.front.kills != "nothing" else []
    charts(
        strips, run_id=run_id, end_s=end_s, key=f"{NAME}.charts.{size}", name=say(f"{NAME}.calls.title"), marks=died,
        locked_future=locked, drives_clock=True, size="stage" if size == "stage" else "laptop",
    )  # fmt: skip
    data = {
        "id": run_id, "end": end_s, "marks": marks, "number": speaker.number_signs(), "lang": speaker.lang,
        "words": speaker.table("transport"), "locked_future": locked, "speeds": [1, 4, 16],
    }  # fmt: skip
    transport(data | ({"size": "stage", "keys": True} if size == "stage" else {}), key=f"{NAME}.{size}.transport")
    return found


def _word(word: str) -> str:
    return word if word in ("noticed", "replaced") else "died"


def _tone(word: str) -> str:
    return {"noticed": "plain", "replaced": "ok"}.get(word, "lost")


def _lost_table(found: dict[str, Answered], speaker: Voice) -> str:
    """Write what was not answered, as seconds of a full outage, and where it died."""
    say = speaker.say
    causes = [name for name in PARTS if name != "answered"]
    heads = "".join(f'<th scope="col">{escape(say(f"{NAME}.{who}.tab"))}</th>' for who in found)
    rows = "".join(
        f'<tr><th scope="row">{escape(say(f"{NAME}.lost.{cause}"))}</th>'
        + "".join(f"<td>{escape(speaker.seconds(float(one.lost[cause].sum())))}</td>" for one in found.values())
        + "</tr>"
        for cause in causes
    )
    total = "".join(f"<td><b>{escape(speaker.seconds(one.lost_s))}</b></td>" for one in found.values())
    return (
        f'<table class="q-outcomes q-own q-lost"><caption>{escape(say(f"{NAME}.lost.title"))}</caption><thead><tr><td></td>{heads}</tr>'
        f'</thead><tbody>{rows}<tr><th scope="row">{escape(say(f"{NAME}.lost.total"))}</th>{total}</tr></tbody></table>'
    )


def _verdict(found: dict[str, Answered], speaker: Voice, guess: str) -> str:
    """Hold the guess against both sides: whose calls suffer longer."""
    yours, aws = found["self-run"].lost_s, found["eks"].lost_s
    truth, say = _truth(found), speaker.say
    return say(
        f"{NAME}.verdict.{'right' if guess == truth else 'wrong'}", said=say(f"{NAME}.said.{guess}"),
        truth=say(f"{NAME}.said.{truth}"), yours=speaker.seconds(yours), aws=speaker.seconds(aws),
    )  # fmt: skip


def _truth(found: dict[str, Answered]) -> str:
    """Say whose calls suffer longer; within a second of each other they suffer the same."""
    yours, aws = found["self-run"].lost_s, found["eks"].lost_s
    return "same" if abs(yours - aws) < 1 else "yours" if yours > aws else "aws"


# --- money and minutes -----------------------------------------------------------------------------------------------------


def _bill_table(owned: Ownership, speaker: Voice) -> str:
    """Write a month's bill and a year's hours of both."""
    say, found = speaker.say, bills(owned)
    heads = "".join(f'<th scope="col">{escape(say(f"{NAME}.{who}.tab"))}</th>' for who in found)
    lines = {
        "machines": [speaker.money(bill.machines_usd, 0) for bill in found.values()],
        "people": [speaker.money(bill.people_usd, 0) for bill in found.values()],
        "total": [speaker.money(bill.total_usd, 0) for bill in found.values()],
        "away": [speaker.seconds(bill.away_h * 3600) for bill in found.values()],
        "replaces": [say(f"{NAME}.bill.you"), say(f"{NAME}.bill.aws")],
    }
    rows = "".join(
        f'<tr><th scope="row">{escape(say(f"{NAME}.bill.{name}"))}</th>'
        + "".join(f"<td>{escape(text)}</td>" for text in texts)
        + "</tr>"
        for name, texts in lines.items()
    )
    return (
        f'<table class="q-outcomes q-own"><caption>{escape(say(f"{NAME}.bill.caption"))}</caption><thead><tr><td></td>{heads}</tr>'
        f'</thead><tbody>{rows}</tbody></table><p class="q-note">{escape(say(f"{NAME}.bill.not_counted"))}</p>'
    )


def _promises(speaker: Voice) -> str:
    """Write what AWS's promises leave open, in minutes."""
    say = speaker.say
    rows = "".join(
        f'<tr><th scope="row">{escape(say(f"{NAME}.sla.{name}"))}</th>'
        f"<td>{escape(speaker.percent(catalog.number(fact) / 100, 2))}</td>"
        f"<td>{escape(speaker.seconds(away_a_month_s(catalog.number(fact))))}</td>"
        f"<td>{escape(speaker.seconds(away_a_year_s(catalog.number(fact))))}</td></tr>"
        for name, fact in SLAS.items()
    )
    heads = "".join(
        f'<th scope="col">{escape(say(f"{NAME}.sla.{head}"))}</th>' for head in ("promise", "month", "year")
    )
    return (
        f'<table class="q-outcomes q-own q-sla"><caption>{escape(say(f"{NAME}.sla.caption"))}</caption><thead><tr><td></td>{heads}</tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )
