"""Desired against actual: what each of Kubernetes' loops wants, what it sees, and what each node's watch knows of it.

Five loops, and none of them knows the others. A Deployment counts pods, the scheduler pods without a node, a kubelet its own
containers, the endpoints pods that are ready; the node's lifecycle counts nodes. What a loop sees is what the API says: a pod
that died with its node counts until somebody deletes it. All of it is read from the log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine import metrics
from engine.events import Kind, intervals
from engine.launch import launch_type
from engine.metrics import Steps
from engine.simulation import Run

Name = Literal["deployment", "scheduler", "kubelet", "endpoints", "nodes"]
State = Literal["boots", "ready", "unnoticed", "cut", "waits", "stopped", "tainted", "empty", "drains", "gone"]

DELETED = (Kind.POD_EVICTED, Kind.TASK_GIVEN_UP, Kind.TASK_DEACTIVATING, Kind.TASK_STOPPING, Kind.TASK_STOPPED)
NOT_READY = "node not ready"


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop over time. desired, observed: what it wants and what it sees. acted_s, acted: when it did something, and to how many.

    blind: of what it sees, how many are dead without its knowing. acted_s, acted: shape (n,).
    """

    name: Name
    desired: Steps
    observed: Steps
    blind: Steps
    acted: Steps

    @property
    def missing(self) -> Steps:
        """Give what it wants and does not see; below nought where it sees too many."""
        at_s = np.unique(np.concatenate([self.desired.at_s, self.observed.at_s]))
        return Steps(at_s, self.desired.at(at_s) - self.observed.at(at_s))


def loops(run: Run) -> tuple[Loop, ...]:
    """List the five loops in the order in which they hand on; none where something else than Kubernetes runs the pods."""
    if not launch_type(run.scenario.launch_type).is_kubernetes:
        return ()
    counted = _open(run, "task", (Kind.TASK_CREATED,), DELETED)
    bound = _open(run, "task", (Kind.TASK_PLACED,), DELETED)
    # A kubelet that cannot be heard has not heard either: what the API deleted goes on there.
    runs = _open(run, "task", (Kind.TASK_RUNNING,), (Kind.TASK_LOST, Kind.TASK_STOPPING, Kind.TASK_STOPPED))
    dead = _open(run, "task", (Kind.TASK_LOST,), (*DELETED, Kind.POD_RESTARTED, Kind.TASK_RUNNING))
    silent = _open(run, "host", (Kind.HOST_LOST, Kind.AGENT_CUT), (Kind.AGENT_MISSED, Kind.AGENT_BACK, Kind.HOST_GONE))
    nothing = Steps(np.zeros(1), np.zeros(1))
    return (
        Loop("deployment", metrics.desired(run), counted, dead, _acts(run, Kind.TASK_CREATED)),
        Loop("scheduler", counted, bound, nothing, _acts(run, Kind.TASK_PLACED)),
        Loop("kubelet", bound, runs, nothing, _acts(run, Kind.TASK_ACTIVATING)),
        Loop("endpoints", counted, _reached(run), _listed_dead(run), _acts(run, Kind.POD_READY)),
        Loop("nodes", _members(run), _heard(run), silent, _acts(run, Kind.POD_EVICTED)),
    )


def _open(run: Run, of: str, opens: Collection[Kind], closes: Collection[Kind]) -> Steps:
    return metrics.jumps(intervals(run.events, of, opens, closes, run.scenario.duration_s), run.scenario.duration_s)


def _acts(run: Run, kind: Kind) -> Steps:
    """Count what was done, moment by moment; what stood there when the run began was nobody's deed."""
    rows = run.events.where(kind)
    at_s, n = np.unique(run.events.at_s[rows][run.events.at_s[rows] > 0], return_counts=True)
    return Steps(at_s, n.astype(np.float64))


def _reached(run: Run) -> Steps:
    """Count the pods in the endpoints: ready, and on a node that is."""
    return _count(run, is_dead=False)


def _listed_dead(run: Run) -> Steps:
    """Count those of them that are dead already."""
    return _count(run, is_dead=True)


def _count(run: Run, *, is_dead: bool) -> Steps:
    events, listed, dead = run.events, set[int](), set[int]()
    at_s, value = [0.0], [0.0]
    for i in events.where(Kind.POD_READY, Kind.TASK_UNHEALTHY, Kind.TASK_LOST, Kind.TASK_RUNNING, *DELETED):
        kind, task = Kind(int(events.kind[i])), int(events.task[i])
        if kind is Kind.POD_READY:
            listed.add(task)
        elif kind is Kind.TASK_LOST:
            dead.add(task)
        elif kind is Kind.TASK_RUNNING:
            dead.discard(task)
        elif kind is not Kind.TASK_UNHEALTHY or events.reason[i] == NOT_READY:
            listed.discard(task)
        now = len(listed & dead if is_dead else listed)
        if at_s[-1] == events.at_s[i]:
            value[-1] = now
        elif value[-1] != now:
            at_s.append(float(events.at_s[i]))
            value.append(now)
    return Steps(np.array(at_s), np.array(value, dtype=np.float64))


def _members(run: Run) -> Steps:
    return _open(run, "host", (Kind.HOST_READY,), (Kind.HOST_GONE,))


def _heard(run: Run) -> Steps:
    """Count the nodes that are Ready: a node that dies stays so until it is missed."""
    return _open(run, "host", (Kind.HOST_READY, Kind.AGENT_BACK), (Kind.AGENT_MISSED, Kind.HOST_GONE))


# --- node by node ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phase:
    """What the API knows of a node from a moment on. pods: bound to it. since_s, until_s: of the wait that it is in; none = no end."""

    at_s: float
    host: int
    state: State
    pods: int
    since_s: float
    until_s: float | None = None


def phases(run: Run) -> tuple[Phase, ...]:
    """List each change of what is known of a node, or of how many pods it has, in order."""
    if not launch_type(run.scenario.launch_type).is_kubernetes:
        return ()
    return tuple(_Watch(run).phases())


class _Watch:
    """Replays the log: who is silent, missed, tainted, emptied."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._state: dict[int, tuple[State, float, float | None]] = {}
        self._pods: dict[int, set[int]] = {}
        self._host_of: dict[int, int] = {}
        self._stopped: set[int] = set()  # zones
        self._said: dict[int, tuple[State, int, float | None]] = {}

    def phases(self) -> Iterator[Phase]:
        events = self._run.events
        for i in range(len(events)):
            self._take(Kind(int(events.kind[i])), i)
            at_s = float(events.at_s[i])
            if i + 1 == len(events) or events.at_s[i + 1] > at_s:
                yield from self._changes(at_s)

    def _take(self, kind: Kind, i: int) -> None:
        events = self._run.events
        host, at_s, task = int(events.host[i]), float(events.at_s[i]), int(events.task[i])
        now: dict[Kind, tuple[State, float | None]] = {
            Kind.HOST_ASKED: ("boots", at_s + float(events.value[i])), Kind.HOST_READY: ("ready", None), Kind.AGENT_BACK: ("ready", None),
            Kind.HOST_LOST: ("unnoticed", self._missed_s(host, i)), Kind.AGENT_CUT: ("cut", self._missed_s(host, i)),
            Kind.HOST_DRAINING: ("drains", None), Kind.HOST_CORDONED: ("drains", None), Kind.HOST_UNCORDONED: ("ready", None),
            Kind.AGENT_MISSED: ("waits", None), Kind.HOST_GONE: ("gone", None),
            Kind.HOST_TAINTED: ("tainted", at_s + float(events.value[i])),
        }  # fmt: skip
        if kind in now and host >= 0:
            state, until_s = now[kind]
            self._state[host] = (state, at_s, until_s)
        elif kind is Kind.EVICTIONS_PACED:
            (self._stopped.discard if events.value[i] else self._stopped.add)(int(events.zone[i]))
        elif kind is Kind.TASK_PLACED and host >= 0:
            self._host_of[task] = host
            self._pods.setdefault(host, set()).add(task)
        elif kind in DELETED and task in self._host_of:
            self._pods[self._host_of[task]].discard(task)

    def _missed_s(self, host: int, i: int) -> float | None:
        """Find when the node that falls silent now will be missed; none if it never is."""
        events = self._run.events
        later = [
            int(row) for row in events.where(Kind.AGENT_MISSED, Kind.AGENT_BACK) if row > i and events.host[row] == host
        ]
        return float(events.at_s[later[0]]) if later and Kind(int(events.kind[later[0]])) is Kind.AGENT_MISSED else None

    def _changes(self, at_s: float) -> Iterator[Phase]:
        for host in sorted(self._state):
            state, since_s, until_s = self._state[host]
            pods = len(self._pods.get(host, ()))
            if state == "waits" and self._run.hosts[host][1] in self._stopped:
                state = "stopped"
            if state in ("waits", "stopped", "tainted") and not pods:
                state, until_s = "empty", None
            if self._said.get(host) != (state, pods, until_s):
                self._said[host] = (state, pods, until_s)
                yield Phase(at_s, host, state, pods, since_s, until_s)


# --- how long it took ------------------------------------------------------------------------------------------------


def blow_s(run: Run) -> float | None:
    """Find when something was first done to the cluster: a node or zone lost, cut off or drained, a pod stopped."""
    found = [operation.at_s for operation in run.scenario.operations]
    return min(found) if found else None


def _after(run: Run, *kinds: Kind, reasons: Collection[str] = ()) -> float | None:
    blow = blow_s(run)
    if blow is None:
        return None
    events = run.events
    rows = [i for i in events.where(*kinds) if events.at_s[i] >= blow and (not reasons or events.reason[i] in reasons)]
    return float(events.at_s[rows[0]]) - blow if rows else None


def noticed_s(run: Run) -> float | None:
    """Say how long after the first blow the control plane missed a node; none where it missed none."""
    return _after(run, Kind.AGENT_MISSED)


def replaced_s(run: Run) -> float | None:
    """Say how long after the first blow a replacement was created; none where none was."""
    return _after(run, Kind.TASK_CREATED)


def elsewhere_s(run: Run) -> float | None:
    """Say how long after the first blow as many pods as are wanted serve again; none if not before the run ends."""
    return metrics.recovered_s(run)


def left_behind(run: Run) -> int:
    """Count the pods that are dead when the run ends, and that nobody has replaced."""
    wanted = metrics.desired(run).value[-1]
    return max(0, int(wanted - metrics.capacity(run)[2][-1]))
