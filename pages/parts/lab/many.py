"""Many runs of what stands in the lab: the same chance for each scenario, what all came to, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from engine import Scenario, ScenarioError, sweep
from engine.measures import MEASURES
from engine.sweep import Background, Plan, Spread, replications_for, spread_of
from engine.traffic.arrivals import expected_requests
from pages.figures.many import Row, many_figure
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.course.amounts import amount
from pages.parts.side_by_side import Side
from pages.parts.words import Voice

KEY = "lab.many"
COUNTS = (20, 50, 100, 200)
WHAT = (
    "availability", "failed", "error_seconds", "worst_p99", "recovered", "calm_usd_per_hour", "usd", "placed", "waiting",
    "tasks_killed", "caught_up", "replaced", "filled",
)  # fmt: skip
MOST_REQUESTS = 600_000_000  # of all runs together: about a minute of two cores
WITHIN = 0.01  # how exactly a mean is wanted
EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Many:
    """Sweeps that were started together: a title, a scenario and a sweep for each."""

    titles: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    sweeps: tuple[Background, ...]

    @property
    def is_over(self) -> bool:
        """Say whether all have ended."""
        return all(one.is_over for one in self.sweeps)

    @property
    def share(self) -> float:
        """Give the share of all runs that is in."""
        return sum(one.share for one in self.sweeps) / len(self.sweeps)


def many(speaker: Voice, sides: Sequence[Side]) -> None:
    """Offer to run all of them many times; while it lasts, show what is in."""
    say = speaker.say
    with chapter.fold(say("lab.many.title"), key=KEY) as fold:
        if not fold.open:
            return
        st.markdown(say("lab.many.lede"))
        with st.container(horizontal=True, vertical_alignment="bottom", key="q-lab-many"):
            count = st.selectbox(
                say("lab.many.count"), COUNTS, index=1, key=f"{KEY}.count", placeholder=say("lab.many.count"), width=180
            )
            st.selectbox(
                say("lab.many.what"), WHAT, key=f"{KEY}.what", placeholder=say("lab.many.what"), width=300,
                format_func=lambda name: say(f"course.measure.{name}"),
            )  # fmt: skip
            held: Many | None = st.session_state.get(KEY + ".held")
            busy = held is not None and not held.is_over
            st.button(
                say("lab.many.start"), key=f"{KEY}.start", type="primary", disabled=busy or not sides, on_click=_start,
                args=(sides, count),
            )  # fmt: skip
            if busy:
                st.button(say("lab.many.stop"), key=f"{KEY}.stop", on_click=_stop)
        if asked := st.session_state.get(KEY + ".too_many"):
            st.warning(say("lab.many.too_many", n=asked, most=MOST_REQUESTS))
        chapter.mend(speaker, st.session_state.get(KEY + ".problems", ()))
        if held is not None:
            if held.scenarios != tuple(side.run.scenario for side in sides):
                st.markdown(say("lab.many.stale"))
            st.fragment(_seen, run_every=EVERY_S if busy else None)(held, speaker)


def _start(sides: Sequence[Side], count: int) -> None:
    """Start a sweep for each scenario. All have the same chance: run r of each has the first one's seed and r."""
    for told in (".problems", ".too_many"):
        st.session_state.pop(KEY + told, None)
    seed = sides[0].run.scenario.seed
    scenarios = [side.run.scenario for side in sides]
    requests = sum(expected_requests(one) for one in scenarios) * count
    if requests > MOST_REQUESTS:
        st.session_state[KEY + ".too_many"] = round(requests)
        return
    try:
        plans = [Plan.of(one.with_("seed", seed), (), count) for one in scenarios]
    except ScenarioError as error:
        st.session_state[KEY + ".problems"] = error.problems
        return
    sweeps = tuple(sweep.start(plan) for plan in plans)
    st.session_state[KEY + ".held"] = Many(tuple(side.title for side in sides), tuple(scenarios), sweeps)


def _stop() -> None:
    held: Many | None = st.session_state.get(KEY + ".held")
    for one in held.sweeps if held else ():
        one.stop()


def _seen(held: Many, speaker: Voice) -> None:
    """Show what is in, once a second while more comes; then once more, for good."""
    say, is_over = speaker.say, held.is_over
    done = sum(one.so_far().done for one in held.sweeps)
    of = sum(one.plan.size for one in held.sweeps)
    if not is_over:
        st.progress(min(held.share, 1.0), text=say("lab.many.running", n=done, of=of))
    elif done < of:
        st.markdown(say("lab.many.stopped", n=done, of=of))
    what = st.session_state.get(f"{KEY}.what") or WHAT[0]
    values = [one.so_far().of(what)[0] for one in held.sweeps]
    spreads = [spread_of(column) for column in values]
    names = [title.partition(":")[0] for title in held.titles]
    times, unit = _axis(what, speaker)
    rows = [
        Row(name, column[~np.isnan(column)] * times, spread.mean * times, spread.low * times, spread.high * times)
        for name, column, spread in zip(names, values, spreads, strict=True)
    ]
    figure = many_figure(rows, unit=unit, signs=speaker.number_signs())
    strip = Strip(
        "many", say(f"course.measure.{what}"), figure, sub=say("lab.many.sub"), height_px=70 + 52 * len(rows), is_named=True
    )  # fmt: skip
    charts([strip], run_id="many", end_s=1, key=f"{KEY}.figure", on_clock=False, name=strip.title)
    st.html(table(held, what, values, spreads, speaker))
    if is_over and st.session_state.get(KEY + ".told") != id(held):
        st.session_state[KEY + ".told"] = id(held)
        st.rerun()  # the clock of this part stops, and the button starts again


def _axis(what: str, speaker: Voice) -> tuple[float, str]:
    """Say by how much values are multiplied on the axis, and how one is written there."""
    match MEASURES[what].unit:
        case "share":
            return 100.0, speaker.percent(0, 0).replace("0", "{v}")
        case "s":
            return 1.0, "{v} s"
        case "usd" | "usd_h":
            return 1.0, speaker.money(0, 0).replace("0", "{v}")
    return 1.0, "{v}"


def table(held: Many, what: str, values: Sequence[np.ndarray], spreads: Sequence[Spread], speaker: Voice) -> str:
    """Write each mean with its interval, its difference to the first under the same chance, and how many runs would do."""
    say = speaker.say
    heads = "".join(
        f'<th scope="col">{escape(say(f"lab.many.head.{head}"))}</th>'
        for head in ("mean", "interval", "differs", "needs")
    )
    body = ""
    for place, (title, column, spread) in enumerate(zip(held.titles, values, spreads, strict=True)):
        if spread.n == 0:
            mean = interval = needs = say("course.never")
        else:
            mean = _exact(spread.mean, what, speaker)
            interval = (
                say("lab.many.from_to", low=_exact(spread.low, what, speaker), high=_exact(spread.high, what, speaker))
                if spread.n > 1
                else "–"
            )
            needs = _needs(spread, speaker)
        differs = say("lab.many.first") if place == 0 else _differs(column - values[0], what, speaker)
        body += (
            f'<tr><th scope="row">{escape(title)}</th><td>{escape(mean)}</td><td>{escape(interval)}</td>'
            f"<td>{escape(differs)}</td><td>{escape(needs)}</td></tr>"
        )
    caption = escape(say("lab.many.caption", what=say(f"course.measure.{what}")))
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{caption}"><table class="q-outcomes"><caption>{caption}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _exact(value: float, what: str, speaker: Voice) -> str:
    """Write a mean: shares to a hundredth of a percent, as means of many runs lie close together."""
    unit = MEASURES[what].unit
    return speaker.percent(value, 2) if unit == "share" else amount(value, unit, speaker)


def _needs(spread: Spread, speaker: Voice) -> str:
    """Say whether the mean is known well enough, or how many runs it would take."""
    if spread.n < 2:
        return "–"
    if spread.half_width <= WITHIN * abs(spread.mean):
        return speaker.say("lab.many.enough")
    wanted = replications_for(WITHIN, spread)
    return speaker.say("lab.many.more", n=wanted) if wanted is not None else "–"


def _differs(gaps: np.ndarray, what: str, speaker: Voice) -> str:
    """Say how two differ under the same chance, run by run; and where chance may be all there is, that it may."""
    found = spread_of(gaps)
    if found.n < 2:
        return "–"
    sign = "+" if found.mean > 0 else "−" if found.mean < 0 else ""
    text = f"{sign}{_exact(abs(found.mean), what, speaker)}"
    if found.low <= 0 <= found.high and found.sd > 0:
        wanted = replications_for(1.0, found)
        more = speaker.say("lab.many.more", n=wanted) if wanted is not None else ""
        return f"{text}: {speaker.say('lab.many.chance')} {more}".strip()
    return text
