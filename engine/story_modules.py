"""What a person would say of a fault in a module: what is wrong with it, whom it hurts, and when users are well again."""

from __future__ import annotations

from collections.abc import Iterator

from engine import operations as ops
from engine.application_flow import visits
from engine.architecture.blast import AN_OUTAGE, blast, fault_of
from engine.sentence import Amount, Line, Tone, Values
from engine.simulation import Run

FELT_S = 10.0  # so long after a fault began, what it does to users can be said


def of_modules(run: Run) -> Iterator[Line]:
    """Tell the first fault of a module."""
    found = fault_of(run)
    if found is None or run.requests.graph is None:
        return
    module, from_s, until_s = found
    fault = next(o for o in run.scenario.operations if o.at_s == from_s and getattr(o, "module", None) == module)
    yield Line(from_s, *_wrong(run, module, fault))
    hurt = blast(run)
    hit = sum(harm.failed > AN_OUTAGE for harm in hurt.actions)
    asking = sum(times[module] > 0 for times in visits(run.scenario.application).values())
    dies = isinstance(fault, ops.LeakModule | ops.CrashModule)
    key = "nobody" if not hit else "own" if hit <= asking else "dead" if dies else "all"
    values: Values = {
        "module": module, "failed": Amount(hurt.failed, "share"), "less": Amount(hurt.degraded, "share"), "hit": hit,
        "of": len(hurt.actions), "asking": asking,
    }  # fmt: skip
    if from_s + FELT_S < until_s:
        yield Line(from_s + FELT_S, f"caption.module_hurts_{key}", values)
    if until_s < run.scenario.duration_s:
        took = hurt.recovered_s
        if took is None:
            yield Line(until_s, "caption.module_mended_in_vain", {"module": module})
        else:
            yield Line(until_s, "caption.module_mended", {"module": module, "took": Amount(took, "s")})


def _wrong(run: Run, module: str, fault: ops.Operation) -> tuple[str, Values]:
    """Say what is wrong with a module."""
    application = run.scenario.application
    service = application.modules[application.index(module)].service
    names = [one.name for one in application.modules if one.service == service]
    values: Values = {"module": module, "n": len(names)}
    match fault:
        case ops.BreakModule(errors=errors) if errors:
            return "caption.module_errors", values | {"share": Amount(errors, "share")}
        case ops.BreakModule(slow_x=slow):
            took = application.modules[application.index(module)].work_ms * slow / 1000
            return "caption.module_slow", values | {"took": Amount(took, "s")}
        case ops.LeakModule(leak_mib=leak):
            return "caption.module_leaks", values | {"leak": Amount(leak, "mib")}
        case _:
            return "caption.module_crashes", values


def moments_of_modules(run: Run) -> Iterator[tuple[float, str, Tone]]:
    """List the moments to step through: the fault's end, and when users are well again."""
    found = fault_of(run)
    if found is None or run.requests.graph is None or found[2] >= run.scenario.duration_s:
        return
    yield found[2], "mark.module_mended", "ok"
    took = blast(run).recovered_s
    if took:
        yield found[2] + took, "mark.users_well", "ok"
