"""What a release cost: hours, tasks moved, hosts paid twice, and the work of people. A fold over the log, nothing else.

Who works is the launch type's duties (facts `resp.ecs_ec2`, `resp.ecs_managed_instances`, `resp.ecs_fargate`): where AWS
patches, the list of human steps is empty, whatever happens on the hosts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine import catalog, metrics
from engine.events import Kind, intervals
from engine.launch import launch_type
from engine.simulation import Run

What = Literal["choose-release", "start-batch", "watch-batch", "free-stuck-drain", "check-result"]

Kinds = tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """What opens and what closes an interval of a subject ("host" or "task")."""

    subject: str
    opens: Kinds
    closes: Kinds


# What is paid for, and what works: on hosts, and on Fargate.
PAID = {
    True: Span("host", (Kind.HOST_ASKED,), (Kind.HOST_GONE,)),
    False: Span("task", (Kind.TASK_PENDING, Kind.TASK_ACTIVATING), (Kind.TASK_LOST, Kind.TASK_STOPPED)),
}
WORKS = {
    True: Span("host", (Kind.HOST_READY,), (Kind.HOST_LOST, Kind.HOST_GONE)),
    False: Span("task", (Kind.TASK_SERVING,), metrics.NOT_SERVING),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a person does. host: its number, -1 where none is meant; reason: why, for a stuck drain."""

    at_s: float
    what: What
    host: int = -1
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """One release, from the moment it was out. Times in simulated seconds.

    left: hosts (or Fargate tasks) that ran the old release when it came. done_s: when nothing did any more, None if the
    run ended first. tasks_moved: tasks that had to leave an old host, or were retired. extra_host_s: host time (on
    Fargate task time) paid beyond what was paid for when the release came; missing_host_s: how much less of it was ready. work: what people
    did, in order; empty where AWS patches. stuck: when, on which host (-1 = none) and why a drain did not move.
    """

    what: str
    started_s: float
    done_s: float | None
    left: int
    batches: int
    tasks_moved: int
    extra_host_s: float
    missing_host_s: float
    work: tuple[Step, ...]
    stuck: tuple[tuple[float, int, str], ...]

    @property
    def hours(self) -> float | None:
        """Give the hours until the last host was patched."""
        return None if self.done_s is None else (self.done_s - self.started_s) / 3600


def patches(run: Run) -> tuple[Patch, ...]:
    """Report each release of a run. One that another overtook ends where that one began."""
    events = run.events
    starts = list(events.where(Kind.PATCH_STARTED))
    return tuple(_patch(run, i, starts[n + 1] if n + 1 < len(starts) else None) for n, i in enumerate(starts))


def _patch(run: Run, start: int, following: int | None) -> Patch:
    events = run.events
    begin_s = float(events.at_s[start])
    limit_s = run.scenario.duration_s if following is None else float(events.at_s[following])
    what = events.reason[start]
    ends = [
        i for i in events.where(Kind.PATCH_DONE) if i > start and events.reason[i] == what and events.at_s[i] <= limit_s
    ]
    done_s = float(events.at_s[ends[0]]) if ends else None
    end_s = limit_s if done_s is None else done_s
    rows = [i for i in range(start, len(events)) if events.at_s[i] <= end_s]
    has_hosts = launch_type(run.scenario.launch_type).has_hosts
    return Patch(
        what=what,
        started_s=begin_s,
        done_s=done_s,
        left=int(events.value[start]),
        batches=sum(int(events.kind[i]) == Kind.PATCH_BATCH_STARTED for i in rows),
        tasks_moved=_moved(run, rows),
        extra_host_s=beside(run, PAID[has_hosts], start, end_s)[0],
        missing_host_s=beside(run, WORKS[has_hosts], start, end_s)[1],
        work=_work(run, rows) if _is_yours(run, what) else (),
        stuck=tuple(
            (float(events.at_s[i]), int(events.host[i]), events.reason[i])
            for i in rows
            if events.kind[i] == Kind.PATCH_STUCK
        ),
    )


def _is_yours(run: Run, what: str) -> bool:
    """Say whether the launch type leaves this kind of patching to you."""
    layer = "host_os_patching" if what == "os" else "runtime_and_agent_patching"
    return catalog.value(launch_type(run.scenario.launch_type).duties, layer) == "customer"


def _work(run: Run, rows: list[int]) -> tuple[Step, ...]:
    """List what a person did: choose the release; start and watch each batch; free what is stuck; look at the end."""
    events = run.events
    steps: list[Step] = []
    for i in rows:
        at_s, kind = float(events.at_s[i]), Kind(int(events.kind[i]))
        if kind == Kind.PATCH_STARTED:
            steps.append(Step(at_s, "choose-release"))
        elif kind == Kind.PATCH_BATCH_STARTED:
            steps += [Step(at_s, "start-batch"), Step(at_s, "watch-batch")]
        elif kind == Kind.PATCH_STUCK:
            steps.append(Step(at_s, "free-stuck-drain", int(events.host[i]), events.reason[i]))
        elif kind == Kind.PATCH_DONE:
            steps.append(Step(at_s, "check-result"))
    return tuple(steps)


def _moved(run: Run, rows: list[int]) -> int:
    """Count the tasks that began to leave a draining host, or were retired, each once."""
    events = run.events
    draining: set[int] = set()
    moved: set[int] = set()
    for i in rows:
        kind, host, task = Kind(int(events.kind[i])), int(events.host[i]), int(events.task[i])
        if kind == Kind.HOST_DRAINING:
            draining.add(host)
        elif kind == Kind.TASK_RETIRED or (kind == Kind.TASK_STOPPED and host in draining):
            moved.add(task)
    return len(moved)


def beside(run: Run, of: Span, start: int, end_s: float) -> tuple[float, float]:
    """Integrate how many more, and how many fewer, were up than when the release came. Seconds."""
    begin_s = float(run.events.at_s[start])
    spans = intervals(run.events, of.subject, of.opens, of.closes, run.scenario.duration_s)
    edges = np.unique(np.clip(np.concatenate([[begin_s, end_s], spans.start_s, spans.end_s]), begin_s, end_s))
    beside = spans.running_at(edges)[:-1] - _up_before(run, of, start)
    lengths = np.diff(edges)
    return float(beside.clip(0) @ lengths), float((-beside).clip(0) @ lengths)


def _up_before(run: Run, of: Span, row: int) -> int:
    """Count what was up when the log came to a row: what the same moment brought after it does not count."""
    events, up = run.events, set[int]()
    who = getattr(events, of.subject)
    for i in events.where(*of.opens, *of.closes):
        if i < row:
            (up.add if Kind(int(events.kind[i])) in of.opens else up.discard)(int(who[i]))
    return len(up)
