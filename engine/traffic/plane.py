"""What the control plane asks of a data plane: compiled, or one request by request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from engine.scenario import Scenario
    from engine.traffic.functions.tables import Environments
    from engine.traffic.graph.tables import GraphRequests

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Fronts:
    """The load balancer's fronts as clients and requests meet them. Lists have one entry a zone.

    in_dns: zones whose front resolvers hand out. fade: +1 joining DNS, -1 leaving, 0 neither, since `fade_since_s`.
    extra_s, loss: what an impaired zone adds and swallows.
    """

    in_dns: Sequence[int]
    is_dead: Sequence[bool]
    fade: Sequence[int]
    fade_since_s: Sequence[float]
    extra_s: Sequence[float]
    loss: Sequence[float]

    @property
    def has_quirks(self) -> bool:
        """Say whether anything stands between a request and its target but the choice itself."""
        handed_out_dead = any(self.is_dead[zone] for zone in self.in_dns)
        return handed_out_dead or any(self.fade) or any(self.extra_s) or any(self.loss)


@dataclass(frozen=True, slots=True)
class Split:
    """The other target group of a listener with two: whom each zone's front has there, and its weight, above 0 and below 1.

    An attempt goes to the group that its own chance picks, whether or not that group has a target for it.
    """

    targets: Sequence[Sequence[int] | Ints]
    share: float


class Plane(Protocol):
    """Requests on their way. Services count from 0; rows are targets, 1 and up, given out by `add`."""

    def add(self, service: int, task: int, zone: int, errors: float = 0.0, module: int = -1) -> int:
        """Make a target known; return its row. errors: share of its requests that it answers with an error, or of one module's."""

    def route(
        self, service: int, targets: Sequence[Sequence[int] | Ints], fronts: Fronts, split: Split | None = None
    ) -> None:
        """Say whom each zone's front sends to from now on, having played all requests up to now."""

    def strike(self, service: int, row: int, is_silent: bool) -> None:
        """Take a target away, now: in silence, or with its connections reset."""

    def harm(self, module: int, slow_x: float, errors: float) -> None:
        """Let a module of the application work so many times longer from now on, and fail at such a share; (1, 0) mends it."""

    def busy_ns(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Sum the worker-nanoseconds of targets from `since_s` (a whole step) until now."""

    def busy_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:
        """Give the same, target by target."""

    def answered_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:
        """Count the requests that each target closed from `since_s` (a whole step) until now, failed ones too."""

    def answered(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Count the requests that targets closed from `since_s` (a whole step) until now, failed ones too."""

    def failed(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Count the requests that failed at targets (row 0: without one) from `since_s` (a whole step) until now."""

    def worked(self, service: int, rows: Sequence[int], module: int = -1) -> list[int]:
        """Count the requests that each target has begun to work on since ever: for who leaks memory with each of them; with a module, its alone.

        A plane that nobody will ask (`engine.traffic.plane.counts_work`) may give zeroes.
        """

    def working(self, service: int, rows: Sequence[int]) -> list[int]:
        """Count the requests that each target works on now."""

    def finish(self, end_s: float) -> Requests:
        """Play to the end and hand the tables over."""


def counts_work(scenario: Scenario) -> bool:
    """Say whether anybody will ask how many requests a target has worked on: some version leaks."""
    return any(operation.do == "deploy" and operation.leak_mib > 0 for operation in scenario.operations)


@dataclass(frozen=True)
class ServiceRequests:
    """The requests of one service, by step of time. Row 0 of a table by target is "no target".

    task: shape (rows,), the task behind each row. arrived, retried: shape (steps,). served: shape (rows, steps).
    failed: shape (5, rows, steps), in the order of FAILURES. busy_ns: shape (rows, steps), worker-nanoseconds.
    latency: shape (steps, buckets), of the served; `edges_s` are the buckets' bounds.
    in_flight: requests that had no answer when the run ended.
    """

    name: str
    task: Ints
    arrived: Counts
    retried: Counts
    served: Counts
    failed: Counts
    busy_ns: Ints
    latency: Counts
    in_flight: int
    kept: Kept | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Every request of a service. Arrays of shape (n,), seconds; NaN where there was none.

    task: 0 = none. outcome: 0 served, then as in FAILURES + 1; -1 still in flight at the end.
    """

    arrive_s: Floats
    start_s: Floats
    end_s: Floats
    task: Ints
    outcome: Ints
    attempts: Ints


FAILURES = ("refused", "timed-out", "reset", "no-target", "error")


@dataclass(frozen=True)
class Requests:
    """The request tables of a run. step_s: length of a step, 1 s but for very long runs.

    graph: where modules call each other. Then a service's table counts every attempt of a call that came to it, latency as
    its callers see it, and `busy_ns` leaves out the time for which a worker waits for others. users_kept: of a run that kept
    its requests, the users' own. functions: where Lambda serves, each function's environments; row z + 1 of a service's table is
    then zone z, and `task` is the row itself.
    """

    step_s: float
    services: tuple[ServiceRequests, ...]
    graph: GraphRequests | None = None
    users_kept: Kept | None = None
    functions: tuple[Environments, ...] = ()

    @cached_property
    def users(self) -> tuple[ServiceRequests, ...]:
        """Give the tables that count what users asked for: each service's own, or an application's, of one row for no task."""
        if self.graph is None:
            return self.services
        actions = self.graph.actions
        return (
            ServiceRequests(
                name="users",
                task=np.zeros(1, dtype=np.int64),
                arrived=actions.arrived.sum(axis=0, dtype=np.int32),
                retried=actions.retried.sum(axis=0, dtype=np.int32),
                served=actions.served.sum(axis=0, dtype=np.int32)[np.newaxis],
                failed=actions.failed.sum(axis=1, dtype=np.int32)[:, np.newaxis],
                busy_ns=np.zeros((1, actions.arrived.shape[1]), dtype=np.int64),
                latency=actions.latency.sum(axis=0, dtype=np.int32),
                in_flight=int(actions.in_flight.sum()),
                kept=self.users_kept,
            ),
        )
