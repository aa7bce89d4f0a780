"""What two minutes were good for, and what each way of buying hosts costs in money and in errors."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from engine import Run, metrics, notices, pricing
from engine.changes import changed
from pages.figures.fleet import Offer, lettered, trade
from pages.parts import show
from pages.parts.charts import Strip, charts
from pages.parts.experiment import Experiment, in_time
from pages.parts.predict import guess_of
from pages.parts.scene import shown
from pages.parts.words import Voice


def notice(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Show who had which tasks, what became of those on the hosts that went, and the trade between money and errors."""
    name = experiment.lesson.name
    st.html(_shares(run, speaker, name))
    if guess_of(experiment, speaker, run) is None:
        return
    st.html(_fates(run, speaker, name))
    st.header(speaker.say(f"{name}.trade.title"))
    st.markdown(speaker.say(f"{name}.trade.lede"))
    offers = _offers(experiment, speaker, run)
    figure = trade(offers, {"x": speaker.say(f"{name}.trade.x")}, speaker.number_signs())
    strip = Strip("trade", speaker.say(f"{name}.trade.name"), figure, height_px=300)
    charts(
        [strip],
        run_id=shown(run, speaker)["id"],
        end_s=run.scenario.duration_s,
        key=f"{name}.trade",
        name=strip.title,
        on_clock=False,
    )
    st.html(_offers_table(offers, speaker, name))


def _offers(experiment: Experiment, speaker: Voice, run: Run) -> list[Offer]:
    """Give each of the lesson's ways, and the reader's own where it is another one."""
    lesson, yours = experiment.lesson, speaker.say(f"{experiment.lesson.name}.trade.yours")
    told = {variant: in_time(changed(lesson.scenario, settings)) for variant, settings in lesson.variants.items()}
    ways = {variant: scenario for variant, scenario in told.items() if scenario is not None}
    offers = []
    for variant, scenario in ways.items():
        said, is_yours = speaker.say(f"{lesson.name}.variant.{variant}"), scenario == experiment.scenario
        offers.append(_offer(show.run_of(scenario), f"{said} · {yours}" if is_yours else said, is_yours=is_yours))
    if experiment.scenario not in ways.values():
        offers.append(_offer(run, yours, is_yours=True))
    return offers


def _offer(run: Run, name: str, *, is_yours: bool = False) -> Offer:
    return Offer(name, pricing.calm_usd_per_hour(run), metrics.error_seconds(run), is_yours)


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table of our own words and numbers; the first cell of a row names it."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{escape(cell)}</th>' if not k else f"<td>{escape(cell)}</td>"
            for k, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="q-scroll"><table class="q-facts"><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _shares(run: Run, speaker: Voice, name: str) -> str:
    """Say how base and weights dealt the tasks out, and what each provider's hosts cost."""
    say = speaker.say
    rows = [
        [
            share.name, say(f"ask.choice.{share.market}"), say(f"{name}.shares.rule", base=share.base, weight=share.weight),
            speaker.number(share.tasks), speaker.number(share.hosts),
            say("common.unit.per_hour", value=speaker.money(share.usd_per_hour)),
        ]
        for share in notices.shares(run)
    ]  # fmt: skip
    head = [say(f"{name}.shares.{column}") for column in ("provider", "market", "strategy", "tasks", "hosts", "price")]
    return _table(say(f"{name}.shares.title"), head, rows)


def _fates(run: Run, speaker: Voice, name: str) -> str:
    """Say of each host that was taken back what became of its tasks."""
    say = speaker.say
    found = notices.fates(run)
    rows = [
        [
            say(f"{name}.fates.host", host=fate.name), speaker.clock(fate.notice_s), speaker.number(fate.tasks),
            speaker.number(fate.in_time), speaker.number(fate.killed),
            say("common.outcome.not_yet") if fate.replaced_s is None else speaker.seconds(fate.replaced_s),
        ]
        for fate in found
    ]  # fmt: skip
    if not rows:
        return f'<p class="q-verdict">{escape(say(f"{name}.fates.none"))}</p>'
    head = [say(f"{name}.fates.{column}") for column in ("gone", "notice", "tasks", "in_time", "killed", "replaced")]
    return _table(say(f"{name}.fates.title"), head, rows)


def _offers_table(offers: Sequence[Offer], speaker: Voice, name: str) -> str:
    """Say what each letter is, with its figures."""
    say = speaker.say
    rows = [
        [
            f"{letter}  {offer.name}",
            say("common.unit.per_hour", value=speaker.money(offer.usd_per_h)),
            speaker.seconds(offer.error_s),
        ]
        for letter, offer in lettered(offers).items()
    ]
    return _table(say(f"{name}.trade.table"), [say(f"{name}.trade.{column}") for column in ("way", "x", "y")], rows)
