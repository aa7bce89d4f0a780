"""Cut: a scenario with an application, seen and set through a few words: how many services, which defences, which fault.

The scenario stays the only state. What somebody set for one call alone is kept, until a switch sets it for every call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import ValidationError

from engine import reading
from engine.application import Breaker, Call
from engine.architecture.split import out_of, shop, split
from engine.errors import ScenarioError
from engine.fields import Record, setting
from engine.operations import BreakModule, CrashModule, LeakModule
from engine.scenario import Scenario

ModuleFault = BreakModule | LeakModule | CrashModule
FaultName = Literal["none", "slow", "errors", "leak", "crash"]
FOR_EVER_S = 60.0  # as good as no time-out: longer than any user waits


class Guards(Record):
    """What a switch sets on every call."""

    timeout_s: float = setting(0.5, "A call's time-out.", unit="s", assumed=True, gt=0, le=FOR_EVER_S)
    bulkhead: int = setting(
        8, "Most calls of one kind in flight from one task.", unit="calls", assumed=True, ge=1, le=1_000
    )
    breaker: Breaker = setting(Breaker(), "A call's circuit breaker.")


class Fault(Record):
    """What a fault is where nobody says more."""

    module: str = setting("payment", "The module that it befalls.")
    at_s: float = setting(60, "When it begins.", unit="s", ge=0)
    for_s: float = setting(120, "How long it lasts.", unit="s", gt=0)
    slow_x: float = setting(100, "A slow module takes so many times longer.", unit="x", assumed=True, ge=1)
    errors: float = setting(1, "A bad release answers such a share with errors.", unit="share", ge=0, le=1)
    leak_mib: float = setting(8, "A leak keeps so much of each request.", unit="MiB", assumed=True, gt=0)
    lives_s: float = setting(10, "In a crash loop a process lives so long.", unit="s", assumed=True, ge=1)


class Cut(Record):
    """How an application is cut, how its calls are guarded, and what befalls it."""

    out: int = setting(0, "Modules that run as a service of their own; the rest stays together.", unit="modules", ge=0,
                        le=len(shop().order))  # fmt: skip
    timeouts: bool = setting(
        False, "Every call to another service gives up after half a second; off: it waits.", assumed=True
    )
    retries: int = setting(0, "How often every call to another service is tried again.", unit="times", ge=0, le=5)
    breakers: bool = setting(
        False, "Every call has a circuit breaker: whom it finds failing, it stops asking for a while."
    )
    bulkheads: bool = setting(False, "Every kind of call may hold so many workers of a task at once, and no more.")
    fault: FaultName = setting(
        "none", "What befalls a module: slow, errors, a leak, or its process crashes again and again."
    )
    module: str | None = setting(None, "The module that it befalls; none where nothing does.")
    at_s: float | None = setting(None, "When it begins.", unit="s", ge=0)
    for_s: float | None = setting(None, "How long it lasts; none = until the run's end.", unit="s", gt=0)


def cut_of(scenario: Scenario) -> Cut:
    """Read a scenario's cut. A switch is on where every call has it; retries: the most that any call has."""
    calls = [call for module in scenario.application.modules for call in module.calls]
    fault = first_fault(scenario)
    return Cut(
        fault=kind_of(fault) if fault else "none",
        module=fault.module if fault else None,
        at_s=fault.at_s if fault else None,
        for_s=fault.for_s if fault else None,
        out=len(out_of(scenario)),
        timeouts=bool(calls) and all(call.timeout_s < FOR_EVER_S for call in calls),
        retries=min(max((call.retries for call in calls), default=0), 5),
        breakers=bool(calls) and all(call.breaker is not None for call in calls),
        bulkheads=bool(calls) and all(call.bulkhead is not None for call in calls),
    )


def cut(scenario: Scenario, name: str, value: Any) -> Scenario:
    """Set one word of the cut. Errors: ScenarioError where the result does not go together, KeyError for an unknown word."""
    try:
        made = Cut.model_validate(cut_of(scenario).model_dump() | {name: value})
    except ValidationError as error:
        raise ScenarioError(reading.explained(error, Cut)) from None
    return SETTERS[name](scenario, getattr(made, name))


def _split(scenario: Scenario, value: Any) -> Scenario:
    return split(scenario, int(value))


def first_fault(scenario: Scenario) -> ModuleFault | None:
    """Find the fault of a module that comes first."""
    found = [o for o in scenario.operations if isinstance(o, ModuleFault)]
    return min(found, key=lambda o: o.at_s, default=None)


def kind_of(fault: ModuleFault) -> FaultName:
    """Name a fault by what is wrong."""
    if isinstance(fault, BreakModule):
        return "errors" if fault.errors else "slow"
    return "leak" if isinstance(fault, LeakModule) else "crash"


def _set_fault(scenario: Scenario, kind: Any) -> Scenario:
    """Put another fault in the place of the first one, at its module and in its time."""
    told, usual = first_fault(scenario), Fault()
    rest = [o.model_dump(mode="json") for o in scenario.operations if o is not told]
    given = scenario.model_dump(mode="json")
    if kind not in HARMS:
        return Scenario.of(given | {"operations": rest})
    what: dict[str, Any] = {"module": usual.module, "at_s": usual.at_s, "for_s": usual.for_s}
    if told:
        what = {"module": told.module, "at_s": told.at_s, "for_s": told.for_s}
    what["at_s"] = min(what["at_s"], scenario.duration_s)
    return Scenario.of(given | {"operations": [what | HARMS[kind](usual), *rest]})


def _of_fault(name: str) -> Callable[[Scenario, Any], Scenario]:
    """Make what sets one thing of the first fault."""

    def changed(scenario: Scenario, value: Any) -> Scenario:
        told = first_fault(scenario)
        operations = [o.model_dump(mode="json") | ({name: value} if o is told else {}) for o in scenario.operations]
        return Scenario.of(scenario.model_dump(mode="json") | {"operations": operations})

    return changed


HARMS: dict[str, Callable[[Fault], dict[str, Any]]] = {
    "slow": lambda usual: {"do": "break-module", "slow_x": usual.slow_x},
    "errors": lambda usual: {"do": "break-module", "errors": usual.errors},
    "leak": lambda usual: {"do": "leak-module", "leak_mib": usual.leak_mib},
    "crash": lambda usual: {"do": "crash-module", "lives_s": usual.lives_s},
}


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
    "fault": _set_fault,
    "module": _of_fault("module"),
    "at_s": _of_fault("at_s"),
    "for_s": _of_fault("for_s"),
}
