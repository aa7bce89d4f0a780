"""The score card: what came of the guesses, whether whoever was sure was right, and what may be taken away or deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from html import escape

import streamlit as st

from engine import ScenarioError
from pages.figures.calibration import Dot, calibration_figure
from pages.parts import chapter, progress
from pages.parts.charts import Strip, charts
from pages.parts.progress.records import KINDS, Kind
from pages.parts.progress.score import Bin, Calibration, Count, calibration, counted
from pages.parts.progress.store import StoreError
from pages.parts.words import Voice

COIN = 0.25  # the Brier score of somebody who always says half
LEVEL = 0.05  # so close, certainty and outcome are the same
FEW = 20  # answers, under which the whiskers say more than the dots
_SAID = "progress.said"


def card(speaker: Voice) -> None:
    """Show it all, or invite whoever has no answers yet."""
    say = speaker.say
    st.header(say("progress.card.title"), anchor="score")
    first = progress.first_answers()
    if said := st.session_state.pop(_SAID, ""):
        st.success(said)
    if progress.is_waiting():
        st.warning(say("progress.card.waiting"))
    table = counted(first)
    if not table:
        st.markdown(say("progress.card.empty"))
    else:
        whole = _sum(count for row in table.values() for count in row.values())
        chapters = say("progress.card.chapters", n=len(table))
        st.markdown(f"**{say('progress.card.summary', right=whole.right, told=whole.of, chapters=chapters)}**")
        left, right = st.columns([3, 2], gap="large")
        with left:
            title = chapter.plain(say("progress.card.table"))
            inner = _table(table, speaker)
            st.html(f'<div class="q-scroll" tabindex="0" role="region" aria-label="{title}">{inner}</div>')
        with right:
            _sureness(calibration(first), speaker)
    _keep(speaker, n=len(progress.answers()))


def _sum(counts: Iterable[Count]) -> Count:
    return reduce(Count.and_also, counts, Count())


def _table(table: Mapping[str, Mapping[Kind, Count]], speaker: Voice) -> str:
    """Write the counts: chapters in the talk's order, a column for each kind that was answered."""
    say = speaker.say
    kinds = [kind for kind in KINDS if any(row[kind].of for row in table.values())]
    order = [name for name in chapter.CHAPTERS if name in table]
    heads = "".join(f'<th scope="col">{escape(say(f"progress.card.kind.{kind}"))}</th>' for kind in kinds)
    rows = "".join(
        f'<tr><th scope="row">{escape(say(f"common.nav.{name}"))}</th>'
        + "".join(f"<td>{escape(_of(table[name][kind], speaker))}</td>" for kind in kinds)
        + f"<td><b>{escape(_of(_sum(table[name].values()), speaker))}</b></td></tr>"
        for name in order
    )
    return (
        f'<table class="q-outcomes q-score"><caption>{escape(say("progress.card.table"))}</caption><thead><tr>'
        f'<th scope="col">{escape(say("progress.card.chapter"))}</th>{heads}<th scope="col">{escape(say("progress.card.all"))}</th>'
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def _of(count: Count, speaker: Voice) -> str:
    return speaker.say("progress.card.of", n=count.right, of=count.of) if count.of else ""


# --- was whoever was sure right? ----------------------------------------------------------------------------------------


def _sureness(found: Calibration | None, speaker: Voice) -> None:
    """Draw certainty against outcome, say it in a sentence, and give it as a table too."""
    say = speaker.say
    st.subheader(say("progress.sureness.title"), anchor=False)
    if found is None:
        st.markdown(say("progress.sureness.none"))
        return
    percents = [(float(value), speaker.percent(value / 100, 0)) for value in (0, 25, 50, 75, 100)]
    dots = [
        Dot(one.said * 100, one.was * 100, one.least * 100, one.most * 100, one.n, speaker.number(one.n))
        for one in found.bins
    ]
    figure = calibration_figure(dots, percents=percents, even=say("progress.sureness.even"))
    title = say("progress.sureness.was")
    charts(
        [Strip("calibration", title, figure, sub=say("progress.sureness.said"), height_px=260)],
        run_id="calibration", end_s=1, key="progress.calibration", on_clock=False, name=title,
    )  # fmt: skip
    gap = found.was - found.said
    which = "level" if abs(gap) <= LEVEL else "above" if gap > 0 else "below"
    means = {"sure": speaker.percent(found.said, 0), "right": speaker.percent(found.was, 0)}
    told = [say(f"progress.sureness.{which}", **means)]
    told.append(say("progress.sureness.brier", score=speaker.number(found.brier, 2), coin=speaker.number(COIN, 2)))
    if found.n < FEW:
        told.append(say("progress.sureness.few", n=found.n))
    st.markdown(" ".join(told))
    st.html(_bins(found.bins, speaker))


def _bins(bins: tuple[Bin, ...], speaker: Voice) -> str:
    """Write what the dots show, for whoever does not see them."""
    say = speaker.say
    heads = "".join(
        f'<th scope="col">{escape(say(f"progress.sureness.{name}"))}</th>' for name in ("said", "was", "count")
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(say("progress.sureness.range", low=speaker.percent(one.low / 100, 0), high=speaker.percent(one.high / 100, 0)))}'
        f"</th><td>{escape(speaker.percent(one.was, 0))}</td><td>{escape(speaker.number(one.n))}</td></tr>"
        for one in bins
    )
    return f'<table class="q-outcomes q-score"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


# --- taken away, brought back, forgotten ----------------------------------------------------------------------------------


def _keep(speaker: Voice, *, n: int) -> None:
    """Say what is kept, and offer to take it away, to bring it back, and to delete it."""
    say = speaker.say
    st.markdown(say("progress.keep.privacy"))
    with st.container(horizontal=True, key="q-keep"):
        st.download_button(
            say("progress.keep.take"), progress.exported(progress.answers()), "quayside-answers.json", "application/json",
            key="progress.take", on_click="ignore", disabled=not n,
        )  # fmt: skip
        with st.popover(say("progress.keep.bring"), key="progress.bring", on_change="rerun") as bring:
            if bring.open:
                _bring(speaker)
        with st.popover(say("progress.keep.forget"), key="progress.forget", on_change="rerun", disabled=not n) as gone:
            if gone.open:
                st.button(say("progress.keep.sure", n=n), key="progress.sure", on_click=_forget, args=(speaker,))


def _bring(speaker: Voice) -> None:
    given = st.file_uploader(speaker.say("progress.keep.bring"), type=["json"], key="progress.file")
    if given is None or st.session_state.get("progress.file.seen") == given.file_id:
        return
    st.session_state["progress.file.seen"] = given.file_id
    try:
        new = progress.take_in(progress.imported(given.getvalue().decode("utf-8", errors="replace")))
    except ScenarioError as error:
        chapter.mend(speaker, error.problems, title="progress.keep.broken")
        return
    st.session_state[_SAID] = speaker.say("progress.keep.brought", n=new)
    st.rerun()


def _forget(speaker: Voice) -> None:
    try:
        progress.forget()
    except StoreError:
        st.session_state[_SAID] = speaker.say("progress.card.away")
        return
    for key in [name for name in st.session_state if str(name).endswith((".guess", ".guesses"))]:
        del st.session_state[key]
    st.session_state[_SAID] = speaker.say("progress.keep.forgotten")
