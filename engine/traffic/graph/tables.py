"""What is counted of an application's requests: what users asked for, and each kind of call between modules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.scenario import Scenario

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]

# Why an attempt of a call failed; the last two never left their caller.
CALL_FAILURES = ("refused", "timed-out", "reset", "no-target", "error", "short-circuited", "bulkhead")


@dataclass(frozen=True)
class ActionRequests:
    """What users asked for, action by action. Tables of shape (actions, steps), but for those named here.

    degraded: of the served, those that some call which was not needed failed. failed: (causes, actions, steps), in the
    order of FAILURES. latency: (actions, steps, buckets), of the served, from the first attempt to the answer.
    in_flight: (actions,). arrived = served + failed + in_flight.
    """

    names: tuple[str, ...]
    arrived: Counts
    retried: Counts
    served: Counts
    degraded: Counts
    failed: Counts
    latency: Counts
    in_flight: Ints


@dataclass(frozen=True)
class CallRequests:
    """Every kind of call, as its caller sees it, attempt by attempt. Tables of shape (calls, steps), but for those named here.

    pairs: caller's and callee's module. is_local: (calls,), within one service. sent: attempts, those that a breaker or a
    bulkhead stopped included; retried: of these, the second and later. failed: (causes, calls, steps), in the order of
    CALL_FAILURES. crossed: sent from one zone to another. latency: (calls, buckets), of the answered.
    in_flight: (calls,). sent = answered + failed + in_flight. A time-out's work may still go on at its callee.
    """

    pairs: tuple[tuple[str, str], ...]
    is_local: npt.NDArray[np.bool_]
    sent: Counts
    retried: Counts
    answered: Counts
    failed: Counts
    crossed: Counts
    latency: Ints
    in_flight: Ints


@dataclass(frozen=True)
class ModuleRequests:
    """What each module did. Tables of shape (modules, steps).

    begun: requests that it began to work on. failed: those that it answered with an error, its own or because a call that
    it needs failed. work_ns: its own work, all of it counted when it begins.
    """

    names: tuple[str, ...]
    begun: Counts
    failed: Counts
    work_ns: Ints


@dataclass(frozen=True, slots=True)
class KeptCalls:
    """Every attempt, the users' included. Arrays of shape (n,), by when they were sent; seconds, NaN where there was none.

    request: the user's request that it belongs to. call: its number among the calls; from their count on, the action by
    which a user entered. task: 0 = none. outcome: 0 answered, then as in CALL_FAILURES + 1; -1 in flight at the end.
    """

    request: Ints
    call: Ints
    attempt: Ints
    sent_s: Floats
    start_s: Floats
    end_s: Floats
    task: Ints
    outcome: Ints


@dataclass(frozen=True)
class GraphRequests:
    """The tables of an application. held_ns: a table (rows, steps) for each service, in the order of its tasks there.

    A worker is held while its request waits for others; `busy_ns` of a service counts only what it works itself.
    """

    actions: ActionRequests
    calls: CallRequests
    modules: ModuleRequests
    held_ns: tuple[Ints, ...]
    kept: KeptCalls | None

    def update(self, digest: hashlib._Hash) -> None:
        """Feed every table to a digest."""
        for group in (self.actions, self.calls, self.modules):
            for name, column in vars(group).items():
                if isinstance(column, np.ndarray):
                    filled = np.flatnonzero(column)  # most cells are empty
                    digest.update(f"{name} {column.shape}".encode())
                    digest.update(filled.astype(np.int64).tobytes())
                    digest.update(np.ascontiguousarray(column.reshape(-1)[filled]).tobytes())
        for table in self.held_ns:
            digest.update(np.ascontiguousarray(table).tobytes())


def pairs_in(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """Name each kind of call by its caller and its callee, in the order of the scenario."""
    return tuple((module.name, call.to) for module in scenario.application.modules for call in module.calls)


def locals_in(scenario: Scenario) -> npt.NDArray[np.bool_]:
    """Say of each kind of call whether it stays within one service."""
    runs_on = {module.name: module.service for module in scenario.application.modules}
    return np.array([runs_on[a] == runs_on[b] for a, b in pairs_in(scenario)], dtype=np.bool_)
