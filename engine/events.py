"""The past: what happened, when, to whom and why. Every chart, metric and bill is read from it.

Kinds are facts in the past tense. Many come in pairs that open and close something, so that
timelines, tasks running and host-hours are all `intervals(events, opens, closes, end_s)`.
Nobody reads the log during the run: the present lives in `cluster`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import IntEnum, auto
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.errors import BudgetError, Problem

if TYPE_CHECKING:
    from engine.placement import Dismissal, Verdict
    from engine.scaling import Look, Reading
    from engine.scaling.hpa import Sight

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NOBODY = -1


class Kind(IntEnum):
    """What can happen."""

    HOST_ASKED = auto()  # somebody asked for a host; value: seconds until it is ready
    HOST_READY = auto()
    HOST_LOST = auto()  # it no longer answers; nobody knows yet
    AGENT_MISSED = auto()  # the control plane noticed that the host's agent is silent
    HOST_DRAINING = auto()
    HOST_GONE = auto()  # terminated: no longer paid for

    AGENT_CUT = auto()  # the agent's link went silent; its containers go on. reason: "update" where it was planned
    AGENT_RETRIED = auto()  # the agent tried to reconnect in vain; value: seconds until the next try
    AGENT_BACK = auto()  # value: seconds for which it was away

    PATCH_STARTED = auto()  # a release is out; value: hosts (or tasks) that still run the old one; reason: what
    PATCH_BATCH_STARTED = auto()  # somebody began a batch; value: its hosts
    HOST_PATCHED = auto()  # the host runs the release; reason: what
    PATCH_STUCK = auto()  # a drain does not move; reason: why; value: tasks that are left on the host
    TASK_RETIRED = auto()  # AWS wants the task off its old platform revision
    PATCH_DONE = auto()  # nothing runs the old release any more; value: seconds since it was out

    SPOT_WARNED = auto()  # AWS takes the task's capacity back; value: seconds of warning
    SPOT_GONE = auto()  # no Spot capacity; value: seconds until it is back
    SPOT_BACK = auto()

    TASK_CREATED = auto()  # PROVISIONING: the scheduler wants one more
    TASK_REFUSED = auto()  # no room yet; reason: the verdict's
    TASK_PLACED = auto()  # a host (or a zone) was chosen; verdict
    TASK_PENDING = auto()  # its host pulls and starts it
    TASK_PULLED = auto()  # value: seconds the pull took, 0 from the host's cache
    TASK_ACTIVATING = auto()  # the container runs; the target is registered
    TASK_RUNNING = auto()  # RUNNING in ECS's words
    TASK_SERVING = auto()  # the target passed its check: traffic comes
    TASK_UNHEALTHY = auto()  # the load balancer's checks failed
    TASK_LOST = auto()  # it died with its host; nobody knows yet
    TASK_GIVEN_UP = auto()  # the control plane noticed and replaces it
    TASK_DEACTIVATING = auto()  # deregistered: no new requests
    TASK_STOPPING = auto()  # SIGTERM
    TASK_DEPROVISIONING = auto()
    TASK_STOPPED = auto()  # reason: ECS's stop code

    ZONE_FAILED = auto()
    ZONE_IMPAIRED = auto()
    ZONE_RESTORED = auto()
    FRONT_LEFT = auto()  # the load balancer's front in the zone is leaving DNS
    FRONT_JOINED = auto()
    SHIFT_STARTED = auto()
    SHIFT_ENDED = auto()
    FAILED_OPEN = auto()  # no healthy target anywhere: traffic goes to all of them
    FAILED_CLOSED = auto()  # a healthy target is back

    DESIRED_SET = auto()  # value: the new desired count; reason: who
    METRIC_READ = auto()  # value: what target tracking saw
    TRAFFIC_CHANGED = auto()  # value: the factor
    RESTART_THROTTLED = auto()  # value: seconds until the next try
    OPERATION_IGNORED = auto()  # reason: why; value: its index

    # Capacity providers and scaling. Numbered by hand, so that what is added before them moves no recorded number.
    RESERVATION_READ = 60  # managed scaling looked at a provider: reason: its name; value: percent; reading
    SPOT_NOTICE = 61  # a Spot host will be taken back; value: seconds until then
    BOUNDS_SET = 62  # a schedule moved a service's bounds; value: the least; reason: "2 to 9"

    # Kubernetes: nodes and pods. NotReady is AGENT_MISSED; a pod that leaves the endpoints with its node is TASK_UNHEALTHY.
    POD_READY = 70  # its probe passed and the API knows: it joins the endpoints
    HOST_TAINTED = 71  # NoExecute: its pods' time runs; value: seconds they are tolerated
    EVICTIONS_PACED = 72  # a zone's pace changed; value: nodes a second, 0 = stopped; reason: the zone's state
    POD_EVICTED = 73  # the API deleted it; reason: "taint", "drain" or "node gone"
    POD_RESTARTED = 74  # its containers start again: its node came back, or they had crashed
    PULL_BACKED_OFF = 75  # a pull failed; value: seconds until the next try
    EVICTION_REFUSED = 76  # a PodDisruptionBudget said no; value: seconds until somebody asks again; reason: why

    # Node updates. What a new node runs is HOST_PATCHED; a pod deleted against its budget is POD_EVICTED, reason "force".
    UPDATE_STARTED = 100  # value: nodes that run the old image (on Fargate: pods)
    UPDATE_PHASE = 101  # reason: scale-up, close, drain, scale-down; value: nodes that it is about
    HOST_CORDONED = 102  # closed to new pods; those that run stay
    HOST_UNCORDONED = 103
    DRAIN_EXPIRED = 104  # pods did not leave a node in time; value: how many are left; reason: why
    UPDATE_HELD = 105  # AWS waits: no node (or pod) may be touched; value: how many; reason: why
    UPDATE_FAILED = 106  # value: nodes that still run the old image; reason: EKS's word for it
    UPDATE_DONE = 107  # nothing runs the old image any more; value: seconds since it began

    # Roll-outs and the HorizontalPodAutoscaler.
    ROLLOUT_STARTED = 80  # a new version of a service is asked for; value: its number, counted from 0; reason: who
    ROLLOUT_SIZED = 81  # the deployment sized a version's pods; value: how many are wanted; reason: "version 1"
    ROLLOUT_DONE = 82  # every pod is of the new version and available; value: seconds since it was asked for
    ROLLOUT_STALLED = 83  # no progress in time, or none possible; value: new tasks that are there; reason: why

    # Node autoscalers of Kubernetes.
    AUTOSCALER_LOOKED = 90  # what it saw is not as before; value: pods without a node; reason: who; look
    NODE_ORDERED = 91  # it asked for a node; value: $ an hour; reason: its type
    NODE_UNNEEDED = 92  # its time runs; value: the larger share of its CPU and memory that is asked for
    NODE_NEEDED = 93  # it is needed again, or on its way out
    NODE_REMOVED = 94  # it lets a node go; value: $ an hour that it costs; reason: why, in a word
    NODES_CONSOLIDATED = 95  # nodes go, perhaps for a cheaper one; value: $ an hour saved; reason: how; look
    REMOVAL_DROPPED = 96  # nodes stay that were to go; reason: why, in a word
    PODS_STRANDED = 97  # value: pods that no node it may bring would hold, 0 = none any more; reason: why, in a word

    # What a new version does to its tasks, and what is done about it.
    TASK_OOM_KILLED = 150  # its memory ran over: the kernel killed it (exit 137); value: MiB in use
    CRASH_BACKED_OFF = 151  # its kubelet waits before it starts the containers again; value: seconds, 0 = not at all
    ROLLOUT_SHIFTED = 152  # value: share of the traffic that the new version gets from now on; reason: "version 1"
    ROLLOUT_BAKING = 153  # it waits and is watched; value: seconds; reason: canary, step or bake
    ROLLOUT_FAILED = 154  # value: failed tasks, percent of requests, or healthy tasks; reason: "breaker 3 of 3", "alarm 2 of 2", "patience 0 of 4"
    ROLLOUT_ROLLED_BACK = 155  # only the last good version is left; value: seconds since the other was asked for
    ALARM_READ = 156  # value: percent of the requests of its period that failed; reason: whose
    ROLLOUT_UNWATCHED = 157  # nobody watches a roll-out that was to be watched; reason: why

    # Kubernetes' control plane.
    CONTROL_PLANE_LOST = 110  # nothing can be written any more; reason: why
    CONTROL_PLANE_BACK = 111  # value: seconds for which nothing could be written

    # The application's modules.
    MODULE_HARMED = 140  # reason: which; value: how many times longer its work takes
    MODULE_MENDED = 141  # reason: which
    TASK_CRASHED = 142  # a module that it runs crashed its process (exit 1); value: seconds for which it had run

    # Functions: what happened to the environments of a zone since the last look, all of it in one word a step.
    ENVIRONMENTS_STARTED = 170  # value: cold starts that were begun
    ENVIRONMENTS_RECLAIMED = 171  # value: those that nobody used for long
    ENVIRONMENTS_LOST = 172  # value: those that died with their zone
    FUNCTION_THROTTLED = 173  # value: attempts that were turned away; reason: concurrency, scaling or requests
    PROVISIONED_AGAIN = 174  # AWS brings those that are kept warm back elsewhere; value: how many


@dataclass(slots=True)
class Log:
    """The run's memory while it runs: columns that only grow, up to a budget."""

    limit: int
    at_s: list[float] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    service: list[int] = field(default_factory=list)
    task: list[int] = field(default_factory=list)
    host: list[int] = field(default_factory=list)
    zone: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    reason: list[str] = field(default_factory=list)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    dismissals: dict[int, Dismissal] = field(default_factory=dict)
    readings: dict[int, Reading] = field(default_factory=dict)
    looks: dict[int, Look] = field(default_factory=dict)
    sights: dict[int, Sight] = field(default_factory=dict)

    def note(
        self,
        at_s: float,
        kind: Kind,
        *,
        service: int = NOBODY,
        task: int = NOBODY,
        host: int = NOBODY,
        zone: int = NOBODY,
        value: float = np.nan,
        reason: str = "",
        verdict: Verdict | None = None,
        dismissal: Dismissal | None = None,
        reading: Reading | None = None,
        look: Look | None = None,
        sight: Sight | None = None,
    ) -> None:
        """Write one thing down."""
        if len(self.at_s) >= self.limit:
            message = "the run wrote more events than it may: lower the tasks or the duration"
            raise BudgetError([Problem("duration_s", f"{self.limit:,} events", f"up to {self.limit:,}", message)])
        if verdict is not None:
            self.verdicts[len(self.at_s)] = verdict
        if dismissal is not None:
            self.dismissals[len(self.at_s)] = dismissal
        if reading is not None:
            self.readings[len(self.at_s)] = reading
        if look is not None:
            self.looks[len(self.at_s)] = look
        if sight is not None:
            self.sights[len(self.at_s)] = sight
        self.at_s.append(at_s)
        self.kind.append(kind)
        self.service.append(service)
        self.task.append(task)
        self.host.append(host)
        self.zone.append(zone)
        self.value.append(value)
        self.reason.append(reason)

    def events(self) -> Events:
        """Freeze the columns."""
        whole = np.int64
        return Events(
            at_s=np.array(self.at_s, dtype=np.float64),
            kind=np.array(self.kind, dtype=whole),
            service=np.array(self.service, dtype=whole),
            task=np.array(self.task, dtype=whole),
            host=np.array(self.host, dtype=whole),
            zone=np.array(self.zone, dtype=whole),
            value=np.array(self.value, dtype=np.float64),
            reason=tuple(self.reason),
            verdicts=dict(self.verdicts),
            dismissals=dict(self.dismissals),
            readings=dict(self.readings),
            looks=dict(self.looks),
            sights=dict(self.sights),
        )


@dataclass(frozen=True)
class Events:
    """The log of a run, in order of time. Arrays of shape (n_events,); subjects are NOBODY (-1) where there is none.

    service, host, zone count from 0; tasks count from 1, as the map names them. verdicts: event's index -> Verdict.
    dismissals: index of the first event of a task's stopping -> Dismissal, where a scheduler chose it among others.
    readings: event's index -> what managed scaling saw and decided; sights: the same of a HorizontalPodAutoscaler; looks: of a
    node autoscaler.
    """

    at_s: Floats
    kind: Ints
    service: Ints
    task: Ints
    host: Ints
    zone: Ints
    value: Floats
    reason: tuple[str, ...]
    verdicts: dict[int, Verdict]
    dismissals: dict[int, Dismissal] = field(default_factory=dict)
    readings: dict[int, Reading] = field(default_factory=dict)
    looks: dict[int, Look] = field(default_factory=dict)
    sights: dict[int, Sight] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count the events."""
        return len(self.at_s)

    def where(self, *kinds: Kind) -> Ints:
        """Give the indices of the events of these kinds, in order."""
        return np.flatnonzero(np.isin(self.kind, kinds))

    def before(self, at_s: float) -> int:
        """Count the events strictly before a moment (they come first)."""
        return int(np.searchsorted(self.at_s, at_s, side="left"))

    @cached_property
    def digest(self) -> str:
        """Boil the columns down to a sha256."""
        total = hashlib.sha256()
        for column in (self.at_s, self.kind, self.service, self.task, self.host, self.zone, self.value):
            total.update(np.ascontiguousarray(column).tobytes())
        total.update("\0".join(self.reason).encode())
        for told in (self.readings, self.sights, self.looks):
            for row, reading in told.items():
                total.update(f"{row} {reading}".encode())
        return total.hexdigest()


@dataclass(frozen=True, slots=True)
class Intervals:
    """When something was open. Arrays of shape (n,); subject: the task's, host's or zone's number."""

    subject: Ints
    start_s: Floats
    end_s: Floats

    def running_at(self, at_s: Floats) -> Ints:
        """Count how many are open at each moment: those that began, less those that ended."""
        begun = np.searchsorted(np.sort(self.start_s), at_s, side="right")
        ended = np.searchsorted(np.sort(self.end_s), at_s, side="right")
        return np.asarray(begun - ended, dtype=np.int64)

    @property
    def total_s(self) -> float:
        """Add the lengths up."""
        return float((self.end_s - self.start_s).sum())


def intervals(
    events: Events, subject: str, opens: Collection[Kind], closes: Collection[Kind], end_s: float
) -> Intervals:
    """Pair what opens with what closes, subject by subject ("task", "host" or "zone"); the open end at `end_s`.

    An opening of what is open already, and a closing of what is not open, change nothing.
    """
    column = getattr(events, subject)
    opening, closing = set(opens), set(closes)
    rows = events.where(*opening, *closing)
    began: dict[int, float] = {}
    spans: list[tuple[int, float, float]] = []
    for i in rows:
        who, at_s = int(column[i]), float(events.at_s[i])
        if int(events.kind[i]) in opening:
            began.setdefault(who, at_s)
        elif who in began:
            spans.append((who, began.pop(who), at_s))
    spans += [(who, at_s, end_s) for who, at_s in began.items()]
    table = np.array(spans, dtype=np.float64).reshape(-1, 3)
    return Intervals(subject=table[:, 0].astype(np.int64), start_s=table[:, 1], end_s=table[:, 2])
