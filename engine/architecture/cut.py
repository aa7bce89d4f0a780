"""Cut: a scenario with an application, seen and set through a few words: how many services, which defences, which fault.

The scenario stays the only state. What somebody set for one call alone is kept, until a switch sets it for every call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.application import Breaker, Call
from engine.architecture.split import out_of, shop, split
from engine.fields import Record, setting
from engine.scenario import Scenario

FOR_EVER_S = 60.0  # as good as no time-out: longer than any user waits


class Guards(Record):
    """What a switch sets on every call."""

    timeout_s: float = setting(0.5, "A call's time-out.", unit="s", assumed=True, gt=0, le=FOR_EVER_S)
    bulkhead: int = setting(
        8, "Most calls of one kind in flight from one task.", unit="calls", assumed=True, ge=1, le=1_000
    )
    breaker: Breaker = setting(Breaker(), "A call's circuit breaker.")


class Cut(Record):
    """How an application is cut, and how its calls are guarded."""

    out: int = setting(0, "Modules that run as a service of their own; the rest stays together.", unit="modules", ge=0,
                        le=40)  # fmt: skip
    timeouts: bool = setting(
        False, "Every call to another service gives up after half a second; off: it waits.", assumed=True
    )
    retries: int = setting(0, "How often every call to another service is tried again.", unit="times", ge=0, le=5)
    breakers: bool = setting(
        False, "Every call has a circuit breaker: whom it finds failing, it stops asking for a while."
    )
    bulkheads: bool = setting(False, "Every kind of call may hold so many workers of a task at once, and no more.")


def cut_of(scenario: Scenario) -> Cut:
    """Read a scenario's cut. A switch is on where every call has it; retries: the most that any call has."""
    calls = [call for module in scenario.application.modules for call in module.calls]
    return Cut(
        out=len(out_of(scenario)),
        timeouts=bool(calls) and all(call.timeout_s < FOR_EVER_S for call in calls),
        retries=min(max((call.retries for call in calls), default=0), 5),
        breakers=bool(calls) and all(call.breaker is not None for call in calls),
        bulkheads=bool(calls) and all(call.bulkhead is not None for call in calls),
    )


def cut(scenario: Scenario, name: str, value: Any) -> Scenario:
    """Set one word of the cut. Errors: ScenarioError where the result does not go together, KeyError for an unknown word."""
    return SETTERS[name](scenario, value)


def _split(scenario: Scenario, value: Any) -> Scenario:
    return split(scenario, max(0, min(int(value), len(shop().order))))


def _calls(change: Callable[[Any], Mapping[str, object]]) -> Callable[[Scenario, Any], Scenario]:
    """Make what changes every call alike."""

    def every(scenario: Scenario, value: Any) -> Scenario:
        def changed(call: Call) -> dict[str, Any]:
            return call.model_dump(mode="json") | dict(change(value))

        given = scenario.model_dump(mode="json")
        for written, module in zip(given["application"]["modules"], scenario.application.modules, strict=True):
            written["calls"] = [changed(call) for call in module.calls]
        return Scenario.of(given)

    return every


SETTERS: dict[str, Callable[[Scenario, Any], Scenario]] = {
    "out": _split,
    "timeouts": _calls(lambda on: {"timeout_s": Guards().timeout_s if on else FOR_EVER_S}),
    "retries": _calls(lambda n: {"retries": n}),
    "breakers": _calls(lambda on: {"breaker": Guards().breaker.model_dump() if on else None}),
    "bulkheads": _calls(lambda on: {"bulkhead": Guards().bulkhead if on else None}),
}
