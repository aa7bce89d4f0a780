"""The layers' room: a Dockerfile, what a new version changes in it, and what a task's start has to carry because of that."""

from __future__ import annotations

from html import escape
from typing import Literal

import numpy as np
import streamlit as st

from engine import catalog
from engine.containers.asks import ImageAsk
from engine.containers.layers import LINES, TABLE, Layer, Pulled, month, pull, rebuilt, sizes
from pages.figures.containers import Stack, pull_figure
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.guess import guessed, spans, staged, which
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "containers"
FIRST = ("order", "changed", "lands", "behaviour", "same_tag", "way", "lazy")
Size = Literal["laptop", "stage"]


def layers_room(speaker: Voice) -> None:
    """Ask what a small change costs, then show it."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, ImageAsk(), controls(row["ask"]))
    if st.query_params.get(VIEW) == "stage":
        _stage(turned, speaker)
        turned.write_url()
        return
    shown = turned.record
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede", mib=speaker.number(sum(sizes(shown).values()))))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    bounds = tuple(row["guess"]["bounds"])
    guess = guessed(NAME, speaker, spans(speaker, NAME, bounds, speaker.number))
    if guess is None:
        st.html(f'<div class="q-box">{dockerfile(shown, None, speaker)}</div>')
        sources(*row["facts"])
        turned.write_url()
        return
    truth = which(pull(turned.first).fetched_mib, bounds, guess) if guess != SKIP else "right"
    lock(NAME, guess, right=lambda: truth == "right")
    found = pull(shown)
    mine = f"{escape(_judged(truth, turned.first, speaker))} " if guess != SKIP else ""
    st.html(f'<p class="q-verdict" role="status">{mine}<b>{escape(came_of_it(shown, found, speaker))}</b></p>')
    with st.container(border=True, key="q-turn-row"):
        turn_record(turned, [one for one in turned.controls if one.path in FIRST], speaker, columns=4)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        st.html(f'<div class="q-box">{dockerfile(shown, found, speaker)}</div>')
    with right:
        draw(found, speaker)
    st.html(_outcome(shown, found, speaker))
    st.header(say("furniture.try"))
    with st.container(horizontal=True, key="q-tools"):
        first = turned.first.model_dump(mode="json")
        for what, settings in row["try"].items():
            st.button(
                say(f"{NAME}.try.{what}"), key=f"{NAME}-try-{what}", on_click=turned.set, args=(first | settings,)
            )
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    with chapter.fold(say(f"{NAME}.more"), key=f"{NAME}.more") as fold:
        if fold.open:
            turn_record(turned, [one for one in turned.controls if one.path not in (*FIRST, "era")], speaker, columns=4)
    told(speaker, NAME, row["explain"])
    sources(*row["facts"], also=list(catalog.notes(TABLE).values()))
    turned.write_url()


def _judged(truth: str, first: ImageAsk, speaker: Voice) -> str:
    """Hold the guess against what was asked, whatever is turned later."""
    return speaker.say(f"{NAME}.verdict.{truth}", mib=speaker.number(pull(first).fetched_mib))


def came_of_it(ask: ImageAsk, found: Pulled, speaker: Voice) -> str:
    """Say in one sentence what the start carried, or why it carried nothing."""
    other = pull(ask.model_copy(update={"order": next(order for order in LINES if order != ask.order)}))
    return speaker.say(
        f"{NAME}.because.{found.because}", mib=speaker.number(found.fetched_mib), of=speaker.number(found.image_mib),
        time=speaker.seconds(found.ready_s), other=speaker.number(other.fetched_mib),
    )  # fmt: skip


# --- the stack ---------------------------------------------------------------------------------------------------------


def dockerfile(ask: ImageAsk, found: Pulled | None, speaker: Voice) -> str:
    """Write the Dockerfile, a layer a line with its size and what becomes of it; found: none while it is asked."""
    say, new, of = speaker.say, rebuilt(ask), sizes(ask)
    rows = ""
    for place, name in enumerate(LINES[ask.order]):
        layer = found.layers[place] if found else None
        state = "" if layer is None else _state(layer, found)
        mark = (
            f'<td class="state {state}"><i aria-hidden="true"></i>{escape(say(f"{NAME}.state.{state}"))}</td>'
            if state
            else ""
        )
        changed = f" <em>{escape(say(f'{NAME}.changed'))}</em>" if name == ask.changed else ""
        rows += (
            f'<tr class="{"new" if name in new and found else ""}"><th scope="row"><code>{escape(say(f"{NAME}.line.{name}"))}</code>{changed}</th>'
            f"<td>{escape(speaker.number(of[name], 0 if of[name] >= 1 else 1))} MiB</td>{mark}</tr>"
        )
    heads = f'<th scope="col">{escape(say(f"{NAME}.head.line"))}</th><th scope="col">{escape(say(f"{NAME}.head.size"))}</th>'
    heads += f'<th scope="col">{escape(say(f"{NAME}.head.state"))}</th>' if found else ""
    return f'<table class="q-stack"><caption>{escape(say(f"{NAME}.stack"))}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _state(layer: Layer, found: Pulled | None) -> str:
    if layer.to_s > 0:
        return "fetched"
    if layer.is_cached:
        return "there"
    return "missing" if found and found.runs == "nothing" else "unasked"


def draw(found: Pulled, speaker: Voice, size: Size = "laptop") -> None:
    """Draw when each layer is downloaded and unpacked."""
    say = speaker.say
    columns = {
        what: np.array([getattr(layer, what) if layer.to_s > 0 else np.nan for layer in found.layers])
        for what in ("from_s", "to_s", "unpack_from_s", "unpacked_s")
    }
    figure = pull_figure(
        Stack(**columns), names=[say(f"{NAME}.layer.{layer.name}") for layer in found.layers],
        words={"cached": say(f"{NAME}.none_fetched")}, scale=SCALES[size], signs=speaker.number_signs(),
    )  # fmt: skip
    strip = Strip(
        "pull", say(f"{NAME}.chart"), figure, sub=say(f"{NAME}.chart_sub"), height_px=540 if size == "stage" else 236, is_named=True
    )  # fmt: skip
    charts([strip], run_id="pull", end_s=1, key=f"{NAME}.pull.{size}", on_clock=False, name=strip.title, size=size)
    st.html(
        '<ul class="q-box-keys">'
        + "".join(f'<li class="{key}"><i aria-hidden="true"></i>{escape(say(f"{NAME}.key.{key}"))}</li>' for key in ("download", "unpack"))
        + "</ul>"
    )  # fmt: skip


def _outcome(ask: ImageAsk, found: Pulled, speaker: Voice) -> str:
    """Write what a start and a month come to."""
    say, cost = speaker.say, month(ask)
    rows = {
        "fetched": f"{speaker.number(found.fetched_mib, 0 if found.fetched_mib >= 1 else 1)} MiB",
        "ready": speaker.seconds(found.ready_s) if found.runs == "new" else "–",
        "runs": say(f"{NAME}.runs.{found.runs}"),
        "lazy": say(f"{NAME}.lazy.{found.lazy}"),
        "stored": say(f"{NAME}.gb_usd", gb=speaker.number(cost.stored_gb, 1), usd=speaker.money(cost.storage_usd)),
        "pulled": f"{speaker.number(cost.pulled_gb, 0 if cost.pulled_gb >= 10 else 1)} GB",
        "way": say(f"{NAME}.way_usd", hours=speaker.money(cost.way_usd, 0), bytes=speaker.money(cost.bytes_usd)),
    }
    if not ask.lazy:
        del rows["lazy"]
    items = "".join(
        f"<div><dt>{escape(say(f'{NAME}.outcome.{key}'))}</dt><dd>{escape(text)}</dd></div>"
        for key, text in rows.items()
    )
    return f'<dl class="q-outcome q-box-outcome">{items}</dl>'


def _stage(turned: Turned[ImageAsk], speaker: Voice) -> None:
    say, shown = speaker.say, turned.record
    chapter.look_stage()
    chapter.stage_heading(say(f"{NAME}.title"), "")
    found = pull(shown)
    is_told = staged() is not None
    with st.container(key="q-box-stage"):
        left, right = st.columns([1, 1], gap="large")
        with left:
            st.html(f'<div class="q-box">{dockerfile(shown, found if is_told else None, speaker)}</div>')
        with right:
            if is_told:
                draw(found, speaker, "stage")
        says = came_of_it(shown, found, speaker) if is_told else say(f"{NAME}.ask.question")
        st.html(f'<p class="q-stage-says">{escape(says)}</p>')
    with st.container(key="q-stage-exit"):
        st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
