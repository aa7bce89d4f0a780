"""Strategies: one stream of tasks by up to four chains, as curves over the tasks and as a table of where they end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np
import streamlit as st

from engine import Scenario
from engine.placement.course import Course, courses_in
from pages.figures import Curve, filling
from pages.parts.charts import Strip, charts
from pages.parts.experiment import Experiment
from pages.parts.furniture import chosen_variants
from pages.parts.words import Voice

CHAIN = "services.web.placement"
CHARTS: dict[str, Callable[[Course], np.ndarray]] = {  # type: ignore[type-arg]  # counts over tasks, shape (n_tasks + 1,)
    "hosts_used": lambda course: course.hosts_used,
    "largest": lambda course: course.largest_vcpu,
    "zone_gap": lambda course: course.zone_gap,
    "worst_loss": lambda course: course.worst_loss,
}


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs={Scenario: Scenario.model_dump_json})
def _courses(scenario: Scenario, chains: tuple[tuple[str, ...], ...]) -> tuple[Course, ...]:
    return courses_in(scenario, chains)


def strategies(experiment: Experiment, speaker: Voice) -> None:
    """Ask which chains are compared (the URL knows, as for the maps side by side), and show what each leaves."""
    lesson, name, say = experiment.lesson, experiment.lesson.name, speaker.say
    st.header(say("placement_compare.charts.title"))
    st.markdown(say("placement_compare.charts.lede"))
    chosen = chosen_variants(experiment, speaker)
    chains = tuple(tuple(lesson.variants[variant][CHAIN]) for variant in chosen)
    followed(experiment.scenario, speaker, [say(f"{name}.variant.{variant}") for variant in chosen], chains, key=name)


def followed(
    scenario: Scenario, speaker: Voice, names: Sequence[str], chains: tuple[tuple[str, ...], ...], *, key: str
) -> None:
    """Follow chains on a scenario's tasks: a table of where each ends, and the curves that lead there. names: a chain's each."""
    say = speaker.say
    found = _courses(scenario, chains)
    if not found:
        return
    with st.container(key="q-courses"):
        st.html(_table(speaker, names, found))
    columns = st.columns(2, gap="medium")
    for place, (what, of) in enumerate(CHARTS.items()):
        curves = [Curve(title, of(course).astype(float)) for title, course in zip(names, found, strict=True)]
        figure = filling(curves, signs=speaker.number_signs())
        title = say(f"placement_compare.charts.{what}")
        with columns[place % 2]:
            strip = Strip(what, title, figure, sub=say("placement_compare.charts.placed"))
            charts(
                [strip],
                run_id=f"{what}.{'.'.join('-'.join(chain) for chain in chains)}",
                end_s=1,
                key=f"{key}.course.{what}",
                name=title,
                on_clock=False,
            )


def _table(speaker: Voice, names: Sequence[str], found: Sequence[Course]) -> str:
    """Write where each chain ends: the chains are columns, each with its line's own look."""
    say, number = speaker.say, speaker.number
    rows: dict[str, Callable[[Course], str]] = {
        "placed": lambda course: say("common.outcome.of", n=course.outcome.placed, of=number(len(course.outcome.host))),
        "hosts_used": lambda course: say(
            "common.outcome.of", n=course.outcome.hosts_used, of=number(len(course.outcome.tasks))
        ),
        "largest": lambda course: say(
            "common.outcome.size",
            cpu=number(course.outcome.largest_vcpu, 2),
            memory=number(course.outcome.largest_gib, 1),
        ),
        "scattered": lambda course: speaker.percent(course.outcome.scattered_cpu, 0),
        "zone_gap": lambda course: number(course.outcome.zone_gap),
        "worst_loss": lambda course: number(int(course.outcome.lost.max(initial=0))),
    }
    head = "".join(f'<th scope="col">{_line(place)}{escape(name)}</th>' for place, name in enumerate(names))
    body = "".join(
        f'<tr><th scope="row">{escape(say(f"placement_compare.charts.row.{row}"))}</th>'
        + "".join(f"<td>{escape(write(course))}</td>" for course in found)
        + "</tr>"
        for row, write in rows.items()
    )
    return f'<table class="q-outcomes q-course"><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>'


def _line(place: int) -> str:
    """Draw a short piece of a chain's line, as its curve is drawn."""
    return f'<i class="q-series q-series-{place}" aria-hidden="true"></i>'
