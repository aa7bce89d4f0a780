"""Show: runs from the shelf, the four strips, and the outcomes of several runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from engine import Run, Scenario, metrics, pricing
from engine import run as simulate
from engine.launch import launch_type
from pages.figures import (
    Cost,
    Latency,
    Requests,
    Tasks,
    cost_labels,
    cost_strip,
    cost_top,
    latency_labels,
    latency_strip,
    latency_top,
    requests_labels,
    requests_strip,
    requests_top,
    tasks_labels,
    tasks_strip,
    tasks_top,
)
from pages.figures.theme import SCALES
from pages.parts.charts import Strip
from pages.parts.words import Voice

KEPT_RUNS = 32
# A run follows from its scenario, which is quicker to write out than the run's columns are to digest.
BY_SCENARIO = {Run: lambda run: run.scenario.model_dump_json(), Voice: lambda speaker: speaker.lang}


@st.cache_resource(max_entries=KEPT_RUNS, show_spinner=False, hash_funcs={Scenario: Scenario.model_dump_json})
def run_of(scenario: Scenario) -> Run:
    """Run a scenario, or take the run from the shelf: runs never change. Errors: BudgetError, before it starts."""
    return simulate(scenario)


@dataclass(frozen=True, slots=True)
class Columns:
    """What the four strips of a run are drawn from."""

    requests: Requests
    latency: Latency
    tasks: Tasks
    cost: Cost


@st.cache_resource(max_entries=KEPT_RUNS, show_spinner=False, hash_funcs=BY_SCENARIO)
def columns_of(run: Run, goal_s: float) -> Columns:
    """Fold a run into the strips' columns."""
    line = metrics.timeline(run, goal_s)
    rate = pricing.usd_per_hour(run)
    return Columns(
        Requests(line.at_s, line.ok, line.slow, line.timed_out + line.reset, line.refused),
        Latency(line.at_s, line.p99_s),
        Tasks(*metrics.capacity(run)),
        Cost(rate.at_s, rate.value),
    )


@st.cache_resource(max_entries=KEPT_RUNS, show_spinner=False, hash_funcs=BY_SCENARIO)
def calm(_requests: Requests, run: Run) -> Requests:
    """Average the rates over the last five seconds for the labels, as the map does; never across an operation."""
    starts = metrics.calm_starts(run, 5.0)
    rates = (_requests.ok_per_s, _requests.slow_per_s, _requests.failed_per_s, _requests.refused_per_s)
    return Requests(_requests.t_s, *(metrics.mean_since(rate, starts) for rate in rates))


@dataclass(frozen=True, slots=True)
class Tops:
    """The highest value of each strip over several runs, so that they share their scales."""

    requests: float
    latency: float
    tasks: float
    cost: float


def tops(all_columns: Sequence[Columns], goal_s: float) -> Tops:
    """Find the shared scales."""
    return Tops(
        max(requests_top(c.requests) for c in all_columns),
        max(latency_top(c.latency, goal_s) for c in all_columns),
        max(tasks_top(c.tasks) for c in all_columns),
        max(cost_top(c.cost) for c in all_columns),
    )


@st.cache_resource(
    max_entries=4 * KEPT_RUNS,
    show_spinner=False,
    hash_funcs=BY_SCENARIO,
)
def strips(
    run: Run, speaker: Voice, goal_s: float, *, size: str = "laptop", only: str = "", top: Tops | None = None
) -> list[Strip]:
    """Draw a run's strips: requests, latency, tasks, cost. The last one carries the axis; only: just this one."""
    columns, end_s, signs = columns_of(run, goal_s), run.scenario.duration_s, speaker.number_signs()
    words, scale = speaker.table("charts"), SCALES[size]
    money = speaker.money(0).replace("0", "{v}", 1).split("{v}")[0] + "{v}"

    def texts(strip: str) -> dict[str, str]:
        return {key.split(".", 1)[1]: text for key, text in words.items() if key.startswith(f"{strip}.")}

    def axis(name: str) -> bool:
        return only == name or (not only and name == "cost")

    common = {"end_s": end_s, "scale": scale, "signs": signs}
    found = {
        "requests": lambda: Strip(
            "requests", words["requests.title"],
            requests_strip(columns.requests, top=top and top.requests, has_ticks=axis("requests"), **common),
            requests_labels(calm(columns.requests, run), texts("requests"), to=10), tab=words["requests.tab"],
        ),
        "latency": lambda: Strip(
            "latency", words["latency.title"],
            latency_strip(columns.latency, goal_s=goal_s, top=top and top.latency, unit=words["latency.tick"],
                          has_ticks=axis("latency"), **common),
            latency_labels(columns.latency, texts("latency"), goal_s=goal_s), tab=words["latency.tab"],
        ),
        "tasks": lambda: Strip(
            "tasks", words["tasks.title"],
            tasks_strip(columns.tasks, top=top and top.tasks, has_ticks=axis("tasks"), **common),
            tasks_labels(columns.tasks, texts("tasks")), tab=words["tasks.tab"],
        ),
        "cost": lambda: Strip(
            "cost", words["cost.title"],
            cost_strip(columns.cost, top=top and top.cost, unit=money, has_ticks=axis("cost"), **common),
            cost_labels(columns.cost, texts("cost")), tab=words["cost.tab"],
        ),
    }  # fmt: skip
    return [make() for name, make in found.items() if only in ("", name)]


# --- outcomes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run, in the numbers that users, owners and accountants ask for."""

    availability: float
    failed: int
    errors_s: float
    worst_p99_s: float
    recovered_s: float | None
    usd_per_hour: float
    by_hand: int
    hosts: int


@st.cache_resource(max_entries=KEPT_RUNS, show_spinner=False, hash_funcs=BY_SCENARIO)
def outcome(run: Run) -> Outcome:
    """Fold a run into its outcome."""
    totals = metrics.totals(run)
    owned = launch_type(run.scenario.launch_type).owns_hosts
    return Outcome(
        totals.availability,
        totals.failed,
        metrics.error_seconds(run),
        metrics.worst_p99_s(run),
        metrics.recovered_s(run),
        pricing.calm_usd_per_hour(run),
        sum(o.do in {"restore-zone", "zonal-shift", "set-desired", "drain-host"} for o in run.scenario.operations),
        run.scenario.fleet.size if owned else 0,
    )


def recovered_text(speaker: Voice, found: Outcome) -> str:
    """Say how long it took to be whole again."""
    if found.recovered_s is None:
        return speaker.say("az_failure.outcome.not_yet")
    return speaker.seconds(found.recovered_s)


def chores_text(speaker: Voice, found: Outcome) -> str:
    """Say what the reader had to do."""
    said = []
    if found.hosts:
        said.append(speaker.say("az_failure.chore.hosts", hosts=found.hosts))
    if found.by_hand:
        said.append(speaker.say("az_failure.chore.clicks", n=found.by_hand))
    return " ".join(said) or speaker.say("az_failure.chore.none")


def rows_of(speaker: Voice, found: Sequence[Outcome]) -> list[tuple[str, list[str], list[bool]]]:
    """Lay outcomes out: (label, a text for each run, whether it is the best). With one run nobody is best."""

    def best(values: Sequence[float]) -> list[bool]:
        if len(set(values)) < 2:
            return [False] * len(values)
        return [value == min(values) for value in values]

    say = speaker.say
    never = float("inf")
    backs = [never if o.recovered_s is None else o.recovered_s for o in found]
    return [
        (say("common.outcome.availability"), [speaker.percent(o.availability, 2) for o in found], best([-o.availability for o in found])),
        (say("common.outcome.failed"), [speaker.number(o.failed) for o in found], best([o.failed for o in found])),
        (say("az_failure.outcome.errors_for"), [speaker.seconds(o.errors_s) for o in found], best([o.errors_s for o in found])),
        (say("common.outcome.p99"), [speaker.seconds(o.worst_p99_s) for o in found], best([round(o.worst_p99_s, 1) for o in found])),
        (say("common.outcome.recovered"), [recovered_text(speaker, o) for o in found], best(backs)),
        (
            say("common.outcome.cost"),
            [say("common.unit.per_hour", value=speaker.money(o.usd_per_hour)) for o in found],
            best([round(o.usd_per_hour, 2) for o in found]),
        ),
        (say("common.outcome.chores"), [chores_text(speaker, o) for o in found], [False] * len(found)),
    ]  # fmt: skip


def outcome_row(speaker: Voice, found: Outcome) -> str:
    """Write one run's outcome as a row of figures, in HTML of our own words only."""
    cells = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(texts[0])}</dd></div>"
        for label, texts, _ in rows_of(speaker, [found])[:-1]
    )
    return f'<dl class="q-outcome">{cells}</dl>'


def outcome_table(speaker: Voice, names: Sequence[str], found: Sequence[Outcome]) -> str:
    """Write several runs' outcomes as a table: types are columns, the best wears the word."""
    badge = f' <span class="q-best">{escape(speaker.say("common.unit.best"))}</span>'
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{escape(label)}</th>'
        + "".join(
            f"<td>{escape(text)}{badge if is_best else ''}</td>" for text, is_best in zip(texts, bests, strict=True)
        )
        + "</tr>"
        for label, texts, bests in rows_of(speaker, found)
    )
    caption = escape(speaker.say("az_failure.outcome.title"))
    return (
        f'<table class="q-outcomes"><caption>{caption}</caption><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
