"""A run's tables as pandas frames: for pages, export and notebooks. The only module of the engine that knows pandas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO

import numpy as np
import pandas as pd

from engine import metrics
from engine.delivery import Course, Outcome, Stage
from engine.events import NOBODY, Kind
from engine.report import figures_of
from engine.rollout_score import scores
from engine.simulation import Run
from engine.traffic.graph.tables import CALL_FAILURES
from engine.traffic.plane import FAILURES


def events(run: Run) -> pd.DataFrame:
    """Give the event log, one row an event, names for numbers. Columns: at_s, event, service, task, host, zone, value, reason."""
    log = run.events
    services = np.array([service.name for service in run.scenario.services] + [""], dtype=object)
    hosts = np.array([name for name, _ in run.hosts] + [""], dtype=object)
    zones = np.array([*run.scenario.zone_letters, ""], dtype=object)
    names = {int(kind): kind.name.lower().replace("_", "-") for kind in Kind}
    return pd.DataFrame(
        {
            "at_s": log.at_s,
            "event": pd.Categorical([names[int(kind)] for kind in log.kind]),
            "service": services[log.service],
            "task": pd.array(np.where(log.task == NOBODY, 0, log.task), dtype="Int64"),
            "host": hosts[log.host],
            "zone": zones[log.zone],
            "value": log.value,
            "reason": np.array(log.reason, dtype=object),
        }
    ).assign(task=lambda frame: frame["task"].mask(log.task == NOBODY))


def readings(run: Run) -> pd.DataFrame:
    """Give every look of managed scaling, one row each: what it saw of its provider, and what it decided."""
    rows = [
        {"at_s": run.events.at_s[row]} | {name: value for name, value in asdict(reading).items() if name != "seen"}
        | asdict(reading.seen)
        for row, reading in run.events.readings.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def seconds(run: Run) -> pd.DataFrame:
    """Give what users met, one row a step. Rates in req/s, latency in s."""
    line = metrics.timeline(run)
    columns = ("at_s", "arrived", "ok", "slow", "refused", "timed_out", "reset", "errors", "p99_s")
    return pd.DataFrame({name: getattr(line, name) for name in columns})


def outcomes(runs: Mapping[str, Run]) -> pd.DataFrame:
    """Give what came of several runs, a column each under the name given, a row a figure: `engine.report.figures_of`."""
    return pd.DataFrame({name: figures_of(run) for name, run in runs.items()}, dtype=object)


def rollouts(run: Run) -> pd.DataFrame:
    """Give every roll-out of every service with what it cost, one row each."""
    rows = [
        {
            "service": service.name, "version": score.rollout.version, "strategy": score.rollout.settings.strategy,
            "began_s": score.rollout.began_s, "ending": score.ending, "took_s": score.took_s, "failed": score.failed,
            "failed_by_new": score.failed_by_new, "met_new": score.met_new, "least_serving": score.least_serving,
            "extra_task_hours": score.extra_task_hours, "extra_usd": score.extra_usd,
        }
        for number, service in enumerate(run.scenario.services)
        for score in scores(run, number)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def requests(run: Run) -> pd.DataFrame:
    """Give every request of a run that kept them: arrive_s, start_s, end_s, service, task, outcome, attempts.

    Errors: ValueError if the run did not keep its requests.
    """
    outcomes = np.array(["served", *FAILURES, "in-flight"], dtype=object)
    parts = []
    for table in run.requests.services:
        if table.kept is None:
            raise ValueError("the run did not keep its requests: run(scenario, keep_requests=True)")
        kept = table.kept
        parts.append(
            pd.DataFrame(
                {
                    "arrive_s": kept.arrive_s,
                    "start_s": kept.start_s,
                    "end_s": kept.end_s,
                    "service": table.name,
                    "task": kept.task,
                    "outcome": pd.Categorical(outcomes[kept.outcome]),
                    "attempts": kept.attempts,
                }
            )
        )
    return pd.concat(parts, ignore_index=True).sort_values("arrive_s", ignore_index=True)


def calls(run: Run) -> pd.DataFrame:
    """Give every attempt of every call of an application's run that kept them, the users' own included.

    Columns: request, sent_s, start_s, end_s, caller, callee, attempt, task, outcome. A user's caller is the action.

    Errors: ValueError if there is no application, or the run did not keep its requests.
    """
    graph = run.requests.graph
    if graph is None or graph.kept is None:
        raise ValueError("an application whose run kept its requests is needed: run(scenario, keep_requests=True)")
    kept, application = graph.kept, run.scenario.application
    entered = [(action.name, action.entry) for action in application.actions]
    pairs = np.array([*graph.calls.pairs, *entered], dtype=object)[kept.call]
    outcomes = np.array(["answered", *CALL_FAILURES, "in-flight"], dtype=object)
    return pd.DataFrame(
        {
            "request": kept.request,
            "sent_s": kept.sent_s,
            "start_s": kept.start_s,
            "end_s": kept.end_s,
            "caller": pairs[:, 0],
            "callee": pairs[:, 1],
            "attempt": kept.attempt + 1,
            "task": kept.task,
            "outcome": pd.Categorical(outcomes[kept.outcome]),
        }
    )


def delivery(course: Course) -> pd.DataFrame:
    """Give every stage of every change of a quarter, numbers from 1 on, minutes of working time; an open end is missing."""
    log = course.log
    return pd.DataFrame({
        "change": log.change + 1,
        "attempt": log.attempt + 1,
        "pipeline": log.pipeline + 1,
        "stage": [Stage(stage).name.lower() for stage in log.stage],
        "start_min": log.start_min,
        "end_min": np.where(np.isinf(log.end_min), np.nan, log.end_min),
        "outcome": [Outcome(outcome).name.lower() for outcome in log.outcome],
    })  # fmt: skip


def to_csv(frame: pd.DataFrame) -> bytes:
    """Write a frame as CSV, UTF-8."""
    return frame.to_csv(index=False).encode()


def to_parquet(frame: pd.DataFrame) -> bytes:
    """Write a frame as Parquet."""
    buffer = BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()
