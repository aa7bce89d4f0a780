"""Show: runs from the shelf, the four strips, and the outcomes of several runs side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from engine import Run, metrics, pricing, race
from engine.fullness import fullest
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
from pages.parts import blasts, hosts, nodes, pods, rollouts
from pages.parts.admission import KEPT_RUNS
from pages.parts.admission import run_of as run_of  # noqa: PLC0414 - a page asks for a run where it asks for its strips
from pages.parts.charts import Strip
from pages.parts.words import Voice

HOST_STRIPS = hosts.STRIPS | nodes.STRIPS | pods.STRIPS | rollouts.STRIPS | blasts.STRIPS
# A run follows from its scenario, which is quicker to write out than the run's columns are to digest.
BY_SCENARIO = {
    Run: lambda run: run.scenario.model_dump_json(),
    Voice: lambda speaker: (speaker.lang, speaker.of_pods, speaker.era),
}


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
        Requests(line.at_s, line.ok, line.slow, line.timed_out + line.reset + line.errors, line.refused),
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
    run: Run,
    speaker: Voice,
    goal_s: float,
    names: tuple[str, ...],
    *,
    size: str = "laptop",
    top: Tops | None = None,
    highest: float | None = None,
) -> list[Strip]:
    """Draw a run's strips by their names, top to bottom; the last one carries the axis. highest: the top of one about hosts."""
    columns, end_s, signs = columns_of(run, goal_s), run.scenario.duration_s, speaker.number_signs()
    words, scale = speaker.table("charts"), SCALES[size]
    money = speaker.money(0).replace("0", "{v}", 1).split("{v}")[0] + "{v}"

    def texts(strip: str) -> dict[str, str]:
        return {key.split(".", 1)[1]: text for key, text in words.items() if key.startswith(f"{strip}.")}

    def axis(name: str) -> bool:
        return name == names[-1]

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
    return [
        found[name]() if name in found
        else HOST_STRIPS[name].draw(run, speaker, {"top": highest, "has_ticks": axis(name), **common})
        for name in names
    ]  # fmt: skip


def highest_of(runs: Sequence[Run], name: str) -> float | None:
    """Find the shared scale of several runs' strips about hosts; None where the strip is another one."""
    return max(HOST_STRIPS[name].top(run) for run in runs) if name in HOST_STRIPS else None


# --- outcomes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of what came of a run: how it is written, and how it is ranked (less is better; none = never best)."""

    write: Callable[[Run, Voice], str]
    rank: Callable[[Run], float] | None = None


def _by_hand(run: Run) -> int:
    return sum(o.do in {"restore-zone", "zonal-shift", "set-desired", "drain-host"} for o in run.scenario.operations)


def chores_text(run: Run, speaker: Voice) -> str:
    """Say what the reader had to do."""
    said = []
    if launch_type(run.scenario.launch_type).owns_hosts and run.scenario.fleet.size:
        said.append(speaker.say("common.chore.hosts", n=run.scenario.fleet.size))
    if launch_type(run.scenario.launch_type).control_plane == "self-run":
        said.append(speaker.say("common.chore.masters", n=run.scenario.kubernetes.control_plane.members))
    if by_hand := _by_hand(run):
        said.append(speaker.say("common.chore.clicks", n=by_hand))
    repaired = "open" if metrics.recovered_s(run) is None else "none"
    return " ".join(said) or speaker.say(f"common.chore.{repaired}")


def largest_text(run: Run, speaker: Voice) -> str:
    """Say how large a task still fits: its CPU, and its memory."""
    found = fullest(run)
    return speaker.say(
        "common.outcome.size", cpu=speaker.number(found.largest_vcpu, 2), memory=speaker.number(found.largest_gib, 1)
    )


def _last_usd(run: Run) -> float:
    return float(pricing.usd_per_hour(run).value[-1])


OUTCOMES: dict[str, Outcome] = {
    "availability": Outcome(
        lambda run, speaker: speaker.percent(metrics.totals(run).availability, 2),
        lambda run: -metrics.totals(run).availability,
    ),
    "failed": Outcome(
        lambda run, speaker: speaker.number(metrics.totals(run).failed), lambda run: metrics.totals(run).failed
    ),
    "errors_for": Outcome(lambda run, speaker: speaker.seconds(metrics.error_seconds(run)), metrics.error_seconds),
    "p99": Outcome(
        lambda run, speaker: speaker.seconds(metrics.worst_p99_s(run)), lambda run: round(metrics.worst_p99_s(run), 1)
    ),
    "recovered": Outcome(*hosts.how_long(metrics.recovered_s, "not_yet")),
    "filled": Outcome(*hosts.how_long(metrics.filled_s, "not_yet")),
    "caught_up": Outcome(*hosts.how_long(lambda run: race.catching(run).took_s, "not_yet")),
    "cost_end": Outcome(
        lambda run, speaker: speaker.say("common.unit.per_hour", value=speaker.money(_last_usd(run))),
        lambda run: round(_last_usd(run), 2),
    ),
    "cost": Outcome(
        lambda run, speaker: speaker.say("common.unit.per_hour", value=speaker.money(pricing.calm_usd_per_hour(run))),
        lambda run: round(pricing.calm_usd_per_hour(run), 2),
    ),
    "chores": Outcome(chores_text),
    # How a placement left the fleet, at its fullest.
    "placed": Outcome(lambda run, speaker: speaker.number(fullest(run).placed), lambda run: -fullest(run).placed),
    "waiting": Outcome(lambda run, speaker: speaker.number(fullest(run).waiting), lambda run: fullest(run).waiting),
    "hosts_used": Outcome(
        lambda run, speaker: speaker.say(
            "common.outcome.of", n=fullest(run).hosts_used, of=speaker.number(fullest(run).hosts)
        ),
        lambda run: fullest(run).hosts_used,
    ),
    "largest": Outcome(largest_text, lambda run: -fullest(run).largest_mib),
    "zone_gap": Outcome(lambda run, speaker: speaker.number(fullest(run).zone_gap), lambda run: fullest(run).zone_gap),
    "worst_loss": Outcome(
        lambda run, speaker: speaker.number(fullest(run).worst_loss), lambda run: fullest(run).worst_loss
    ),
} | {
    name: Outcome(write, rank)
    for name, (write, rank) in (
        hosts.OUTCOMES | nodes.OUTCOMES | pods.OUTCOMES | rollouts.OUTCOMES | blasts.OUTCOMES
    ).items()
}


@st.cache_resource(max_entries=4 * KEPT_RUNS, show_spinner=False, hash_funcs=BY_SCENARIO)
def outcome_texts(run: Run, speaker: Voice, names: tuple[str, ...]) -> tuple[str, ...]:
    """Write a run's outcome, row by row."""
    return tuple(OUTCOMES[name].write(run, speaker) for name in names)


def bests(runs: Sequence[Run], name: str) -> list[bool]:
    """Say which run is best in a row. With one run, or all alike, nobody is."""
    rank = OUTCOMES[name].rank
    ranks = [rank(run) for run in runs] if rank else []
    if len(set(ranks)) < 2:
        return [False] * len(runs)
    return [value == min(ranks) for value in ranks]


def outcome_row(speaker: Voice, run: Run, names: tuple[str, ...]) -> str:
    """Write one run's outcome as a row of figures, in HTML of our own words only. What was to be done is for the table."""
    kept = tuple(name for name in names if name != "chores")
    cells = "".join(
        f"<div><dt>{escape(speaker.say(f'common.outcome.{name}'))}</dt><dd>{escape(text)}</dd></div>"
        for name, text in zip(kept, outcome_texts(run, speaker, kept), strict=True)
    )
    return f'<dl class="q-outcome">{cells}</dl>'


def outcome_table(speaker: Voice, title: str, names: Sequence[str], runs: Sequence[Run], rows: tuple[str, ...]) -> str:
    """Write several runs' outcomes as a table: variants are columns, the best wears the word."""
    badge = f' <span class="q-best">{escape(speaker.say("common.unit.best"))}</span>'
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    texts = [outcome_texts(run, speaker.about(run.scenario), rows) for run in runs]
    body = "".join(
        f'<tr class="{row}"><th scope="row">{escape(speaker.say(f"common.outcome.{row}"))}</th>'
        + "".join(
            f"<td>{escape(column[place])}{badge if is_best else ''}</td>"
            for column, is_best in zip(texts, bests(runs, row), strict=True)
        )
        + "</tr>"
        for place, row in enumerate(rows)
    )
    return (
        f'<table class="q-outcomes"><caption>{escape(title)}</caption><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
