"""The order pipeline under one's hands: ten services as boxes, what waits in them, and an account that always adds up."""

from __future__ import annotations

from html import escape
from math import isinf
from typing import Any, Literal

import streamlit as st

from engine import catalog
from engine.serverless import Flow
from engine.serverless.fargate import FargateService
from engine.serverless.outcome import drained_s
from engine.serverless.summary import log_csv, seconds_csv
from pages.parts import chapter
from pages.parts.acted import acting
from pages.parts.charts import charts
from pages.parts.guess import guessed, which
from pages.parts.predict import SKIP
from pages.parts.serverless.accounts import account_table, bill_table, zone_table
from pages.parts.serverless.flow import flow_picture
from pages.parts.serverless.payload import payload, told
from pages.parts.serverless.piped import NAME, Piped, begun, flow_of
from pages.parts.serverless.strips import strips
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.transport import transport
from pages.parts.turn import VIEW, go
from pages.parts.turn import told as explained
from pages.parts.turned import turn_record
from pages.parts.words import Voice

SPEEDS = (1, 8, 30)
QUEUE = "orders"
Size = Literal["study", "stage"]


def pipeline_room(speaker: Voice) -> None:
    """Show the pipeline, in whichever room the URL asks for."""
    piped = Piped()
    if st.query_params.get(VIEW) == "stage":
        _stage(piped, speaker)
    else:
        _study(piped, speaker)
    piped.write_url()


def _study(piped: Piped, speaker: Voice) -> None:
    """Show the picture, its bar and its strips; then what to turn, the accounts, and why."""
    say, row = speaker.say, catalog.lesson(NAME)
    flow = flow_of(piped.record)
    chapter.heading(say(f"{NAME}.title"), f"{_lede(flow, speaker)} {say(f'{NAME}.hint')}")
    chapter.set_aside(speaker, piped.aside)
    chapter.mend(speaker, piped.problems)
    guess = guessed(NAME, speaker, _spans(speaker, "guess"))
    is_open = guess is None
    _play(piped, flow, speaker, locked=is_open)
    if guess is not None and guess != SKIP and QUEUE in flow.boxes:
        lock(NAME, guess, right=lambda: judged(flow, guess) == "right")
        st.html(f'<p class="q-verdict">{escape(verdict(flow, speaker, guess))}</p>')
    _tools(piped, speaker)
    if not is_open:
        _tries(piped, speaker)
    with st.expander(say("furniture.turn"), expanded=True, key=f"{NAME}.turn"):
        _plans(piped, speaker)
        there = [one for one in piped.controls if _is_there(piped, one.path)]
        first = [one for one in there if one.url in row["first"]]
        turn_record(piped, first, speaker, columns=4)
        with chapter.fold(say(f"{NAME}.more"), key=f"{NAME}.more") as more:
            if more.open:
                turn_record(piped, [one for one in there if one not in first], speaker, columns=4)
    if not is_open:
        _accounts(piped, flow, speaker)
        explained(speaker, NAME, row["explain"])
    sources(*row["facts"])


def _plans(piped: Piped, speaker: Voice) -> None:
    """Offer the pipeline wired in other ways."""
    key, now = f"{NAME}.plan", piped.plan
    if st.session_state.get(key) != (now or None):
        st.session_state[key] = now or None

    def rewire() -> None:
        if (chosen := st.session_state[key]) and chosen != piped.plan:
            piped.rewire(chosen)

    plans = speaker.table(f"{NAME}.plan")
    st.segmented_control(
        plans["label"], catalog.lesson(NAME)["plans"], key=key, on_change=rewire, help=plans["help"],
        format_func=lambda name: plans[name],
    )  # fmt: skip


def _is_there(piped: Piped, path: str) -> bool:
    """Say whether the pipeline has the box that a control turns: the reader may have taken it out."""
    group, _, rest = path.partition(".")
    name, _, field = rest.partition(".")
    service = piped.record.service(name)
    return group != "services" or (service is not None and field in type(service).model_fields)


def _play(piped: Piped, flow: Flow, speaker: Voice, *, locked: bool = False, size: Size = "study") -> None:
    """Show the picture, the bar that plays it, and the strips on the same clock."""
    data, key = payload(flow, speaker), f"{NAME}.flow.{size}"
    flow_picture(data, key=key, size=size, on_act=acting(piped, key))
    found, key = _bar(data, speaker, locked=locked, size=size), f"{NAME}.{size}.transport"
    transport(found, key=key, on_act=acting(piped, key))
    if size == "stage":
        return
    for column, (name, ours) in zip(st.columns(2, gap="medium"), strips(flow, speaker).items(), strict=True):
        with column:
            charts(
                ours, run_id=data["id"], end_s=data["end"], key=f"{NAME}.strips.{name}", name=speaker.say(f"{NAME}.strips.{name}"),
                locked_future=locked, size="laptop",
            )  # fmt: skip


def _bar(data: dict[str, Any], speaker: Voice, *, locked: bool, size: Size) -> dict[str, Any]:
    """Hand the transport what it shares with the picture, and the one thing to do beside it: a rush of orders."""
    words = speaker.table("transport")
    found = {key: data[key] for key in ("id", "end", "marks", "number", "lang")}
    rush = {"from_t": 0.0, "label": speaker.say("flow.rush"), "tone": "lost"}
    rush["act"] = {"do": "spike", "factor": 5, "for_s": 60}
    found |= {"words": words, "locked_future": locked, "speeds": list(SPEEDS), "speed": SPEEDS[1], "action": [rush]}
    if size == "stage":
        found |= {
            "words": {**words, "events_past": speaker.table("headline")["events_past"]},
            "size": "stage",
            "keys": True,
        }
    return found


def _lede(flow: Flow, speaker: Voice) -> str:
    """Say in one line what stands before the reader."""
    pipeline = flow.pipeline
    rate = speaker.number(pipeline.traffic.orders_per_s)
    first = min(pipeline.operations, key=lambda o: o.at_s, default=None)
    if first is None:
        return speaker.say(f"{NAME}.lede_calm", rate=rate, boxes=len(flow.boxes))
    if first.do == "spike":
        return speaker.say(
            f"{NAME}.lede", rate=rate, boxes=len(flow.boxes), clock=speaker.clock(first.at_s),
            factor=speaker.number(first.factor), time=speaker.seconds(first.for_s),
        )  # fmt: skip
    return speaker.say(f"{NAME}.lede_done", rate=rate, boxes=len(flow.boxes), clock=speaker.clock(first.at_s))


# --- the guess ---------------------------------------------------------------------------------------------------------


def _bounds() -> tuple[float, ...]:
    return tuple(catalog.lesson(NAME)["guess"]["bounds"])


def _spans(speaker: Voice, how: str) -> dict[str, str]:
    """Write each span of time in one of two ways: as a button (guess), or as part of a sentence (said)."""
    bounds, texts = _bounds(), speaker.table(f"{NAME}.{how}")
    written = [speaker.seconds(bound) for bound in bounds]
    between = {
        f"{low:g}": texts["between"].format(low=a, high=b)
        for low, a, b in zip(bounds, written, written[1:], strict=False)
    }
    return (
        {"0": texts["under"].format(high=written[0])}
        | between
        | {f"{bounds[-1]:g}": texts["over"].format(low=written[-1])}
    )


def judged(flow: Flow, guess: str) -> str:
    """Say whether the queue was empty again within the span that was named, or later, or sooner."""
    return which(drained_s(flow, QUEUE), _bounds(), guess)


def verdict(flow: Flow, speaker: Voice, guess: str) -> str:
    """Hold the guess against how long the queue was full after the rush."""
    took_s, found = drained_s(flow, QUEUE), judged(flow, guess)
    key = "never" if isinf(took_s) else "truth"
    truth = speaker.say(f"{NAME}.{key}", time="" if isinf(took_s) else speaker.seconds(took_s))
    said = speaker.say(f"{NAME}.verdict.{found}", said=_spans(speaker, "said")[guess], truth=truth)
    reader = flow.pipeline.service(dict(flow.pipeline.readers())[QUEUE])
    if found == "low" or not isinstance(reader, FargateService) or reader.is_scaled:
        return said
    return f"{said} {speaker.say(f'{NAME}.cause', tasks=speaker.number(reader.tasks))}"


# --- what to do with it ------------------------------------------------------------------------------------------------


def _tools(piped: Piped, speaker: Voice) -> None:
    say = speaker.say
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.button.undo"), key=f"{NAME}.undo", on_click=piped.undo, disabled=not piped.can_undo)
        st.button(say("common.button.reset"), key=f"{NAME}.reset", on_click=piped.reset)
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
        with st.popover(say("furniture.share"), key=f"{NAME}.share", on_change="rerun") as share:
            if share.open:
                _share(piped, speaker)


def _share(piped: Piped, speaker: Voice) -> None:
    """Download the pipeline as a file, boxes and all; open one that was changed."""
    say = speaker.say
    st.markdown(say(f"{NAME}.file"))
    st.download_button(
        say("common.button.download_scenario"), piped.record.to_yaml(), "pipeline.yaml", "application/yaml",
        key=f"{NAME}.yaml", on_click="ignore",
    )  # fmt: skip
    for what, write in (("log", log_csv), ("seconds", seconds_csv)):
        st.download_button(
            say(f"{NAME}.download.{what}"), lambda write=write: write(flow_of(piped.record)), f"pipeline-{what}.csv", "text/csv",
            key=f"{NAME}.{what}.csv", on_click="ignore",
        )  # fmt: skip
    key = f"{NAME}.upload"
    given = st.file_uploader(say("common.button.upload_scenario"), type=["yaml", "yml", "json"], key=key)
    if given is not None and st.session_state.get(f"{key}.seen") != given.file_id:
        st.session_state[f"{key}.seen"] = given.file_id
        piped.open_file(given.getvalue().decode("utf-8", errors="replace"))
        st.rerun()


def _tries(piped: Piped, speaker: Voice) -> None:
    """Offer the breakages: each begins anew, with what it needs."""
    st.header(speaker.say(f"{NAME}.breakages"))
    with st.container(horizontal=True, key="q-breakages"):
        for what, settings in catalog.lesson(NAME)["try"].items():
            st.button(
                speaker.say(f"{NAME}.try.{what}"),
                key=f"{NAME}.try.{what}",
                on_click=_begin,
                args=(piped, dict(settings)),
            )


def _begin(piped: Piped, settings: dict[str, Any]) -> None:
    piped.replace(begun(settings))


def _accounts(piped: Piped, flow: Flow, speaker: Voice) -> None:
    """Write what became of everything, what it cost, and what a lost zone would mean."""
    say = speaker.say
    left, right = st.columns([6, 5], gap="large")
    with left:
        st.header(say(f"{NAME}.zones.title"))
        zones = piped.record.zones
        zone = st.segmented_control(
            say(f"{NAME}.zones.which"),
            zones,
            default=zones[0],
            key=f"{NAME}.zone",
            format_func=lambda z: say("store.zone", zone=z),
        )
        st.html(zone_table(piped.record, zone or zones[0], speaker))
    with right:
        st.header(say(f"{NAME}.bill.title"))
        st.html(bill_table(flow, speaker))
    with chapter.fold(say(f"{NAME}.account.title"), key=f"{NAME}.account") as account:
        if account.open:
            st.html(account_table(flow, speaker))
    with chapter.fold(say(f"{NAME}.log.title"), key=f"{NAME}.log") as log:
        if log.open:
            st.html(_log(flow, speaker))


def _log(flow: Flow, speaker: Voice) -> str:
    """Write the log as a table: what the picture shows, in words."""
    rows = "".join(
        f'<tr class="{event["tone"]}"><td>{escape(speaker.clock(event["t"]))}</td><td>{escape(event["text"])}</td></tr>'
        for event in told(flow, speaker)
    )
    heads = "".join(f'<th scope="col">{escape(speaker.say(f"{NAME}.log.{head}"))}</th>' for head in ("when", "what"))
    return (
        f'<table class="q-outcomes q-own q-log"><caption>{escape(speaker.say(f"{NAME}.log.title"))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _stage(piped: Piped, speaker: Voice) -> None:
    """Show the pipeline for the back of the hall."""
    flow = flow_of(piped.record)
    chapter.look_stage()
    chapter.stage_heading(speaker.say(f"{NAME}.title"), "")
    with st.container(key="q-stage-main"):
        _play(piped, flow, speaker, size="stage")
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
