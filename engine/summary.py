"""A run in a dozen numbers: what the command line prints, and what two runs are compared by."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from engine import environments, metrics, pricing
from engine.events import Kind
from engine.placement.demand import needs_in
from engine.placement.words import in_words
from engine.rollout_score import scores
from engine.simulation import Run
from engine.traffic.graph.tables import CALL_FAILURES


def summary(run: Run, wall_s: float) -> dict[str, Any]:
    """Boil a run down to plain data, ready for JSON. wall_s: how long it took to simulate."""
    totals = metrics.totals(run)
    items = {item.name: item.usd for item in pricing.bill(run)}
    return {
        "name": run.scenario.name,
        "launch_type": run.scenario.launch_type,
        "seed": run.scenario.seed,
        "duration_s": run.scenario.duration_s,
        "requests": {
            "arrived": totals.arrived,
            "served": totals.served,
            "failed": totals.failed,
            "in_flight": totals.in_flight,
        },
        "failures": metrics.failures(run),
        **_application(run),
        **_functions(run),
        "availability": totals.availability,
        "latency_ms": {name: _ms(value) for name, value in metrics.latency_s(run).items()},
        "cost_usd": items | {"total": math.fsum(items.values())},
        "recovered_s": metrics.recovered_s(run),
        "rollouts": _rollouts(run),
        "waiting": waiting(run),
        "events": len(run.events),
        "digest": run.digest,
        "wall_s": wall_s,
    }


def _application(run: Run) -> dict[str, Any]:
    """Count what users asked for by action, and each kind of call; nothing where services answer for themselves."""
    graph = run.requests.graph
    if graph is None:
        return {}
    actions, calls = graph.actions, graph.calls
    return {
        "actions": [
            {
                "action": name,
                "arrived": int(actions.arrived[i].sum()),
                "served": int(actions.served[i].sum()),
                "degraded": int(actions.degraded[i].sum()),
                "failed": int(actions.failed[:, i].sum()),
                "in_flight": int(actions.in_flight[i]),
                "p99_ms": _ms(metrics.percentiles_s(actions.latency[i].sum(axis=0), (0.99,))[0]),
            }
            for i, name in enumerate(actions.names)
        ],
        "calls": [
            {
                "from": caller,
                "to": callee,
                "sent": int(calls.sent[i].sum()),
                "retried": int(calls.retried[i].sum()),
                "answered": int(calls.answered[i].sum()),
                "failed": {
                    why: int(n) for why, n in zip(CALL_FAILURES, calls.failed[:, i].sum(axis=1), strict=True) if n
                },
                "in_flight": int(calls.in_flight[i]),
                "crossed_zones": int(calls.crossed[i].sum()),
            }
            for i, (caller, callee) in enumerate(calls.pairs)
        ],
    }


def _functions(run: Run) -> dict[str, Any]:
    """Count what environments did; nothing where there are tasks."""
    if not run.requests.functions:
        return {}
    return {
        "functions": {
            "cold_starts": environments.cold_starts(run),
            "most_in_use": environments.most_in_use(run),
            "throttled": environments.throttled(run),
        }
    }


def _ms(seconds: float) -> float | None:
    return None if math.isnan(seconds) else round(float(seconds) * 1000, 3)


def _rollouts(run: Run) -> list[dict[str, Any]]:
    """List what each roll-out came to."""
    return [
        {
            "service": service.name, "version": score.rollout.version, "strategy": score.rollout.settings.strategy,
            "ending": score.ending, "took_s": score.took_s, "failed": score.failed, "failed_by_new": score.failed_by_new,
            "met_new": score.met_new, "least_serving": score.least_serving, "extra_task_hours": score.extra_task_hours,
            "extra_usd": score.extra_usd,
        }
        for number, service in enumerate(run.scenario.services)
        for score in scores(run, number)
    ]  # fmt: skip


def waiting(run: Run) -> list[dict[str, Any]]:
    """List the tasks that still found no host when the run ended, with the reason in words; equal ones together."""
    events, needs = run.events, needs_in(run.scenario)
    refused: dict[int, int] = {}
    for i in events.where(Kind.TASK_REFUSED, Kind.TASK_PLACED, Kind.TASK_STOPPED):
        refused.pop(int(events.task[i]), None)
        if events.kind[i] == Kind.TASK_REFUSED:
            refused[int(events.task[i])] = int(i)
    reasons = Counter(
        (int(events.service[i]), in_words(events.verdicts[i], needs[events.service[i]])) for i in refused.values()
    )
    return [
        {"service": run.scenario.services[service].name, "tasks": tasks, "reason": reason}
        for (service, reason), tasks in reasons.items()
    ]


def as_text(found: dict[str, Any]) -> str:
    """Lay a summary out for a person."""
    requests = found["requests"]
    latency = {name: "–" if value is None else f"{value:,.0f} ms" for name, value in found["latency_ms"].items()}
    causes = ", ".join(f"{n:,} {cause}" for cause, n in found["failures"].items() if n)
    back = found["recovered_s"]
    rows = [
        ("launch type", found["launch_type"]),
        ("simulated", f"{found['duration_s']:,.0f} s, seed {found['seed']}"),
        ("requests", f"{requests['arrived']:,} arrived, {requests['in_flight']:,} still in flight"),
        ("served", f"{requests['served']:,}  ({found['availability']:.3%} of those answered)"),
        ("failed", f"{requests['failed']:,}" + (f"  ({causes})" if causes else "")),
        ("latency", f"p50 {latency['p50']}, p95 {latency['p95']}, p99 {latency['p99']}"),
        *((f"action: {one['action']}", _action(one)) for one in found.get("actions", [])),
        *(("waiting", f"{one['tasks']:,} of {one['service']}: {one['reason']}") for one in found["waiting"]),
        *_function_rows(found),
        ("full strength", "not back when the run ended" if back is None else _back(back)),
        *((f"roll-out of {one['service']}", _rolled_out(one)) for one in found["rollouts"]),
        *(("cost: " + name.replace("_", " "), f"$ {usd:,.4f}") for name, usd in found["cost_usd"].items()),
        ("events", f"{found['events']:,}"),
        ("digest", found["digest"][:16]),
        ("took", f"{found['wall_s'] * 1000:,.0f} ms"),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join([found["name"], *(f"  {name:<{width}}  {value}" for name, value in rows)])


def _function_rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    if "functions" not in found:
        return []
    told = found["functions"]
    causes = ", ".join(f"{n:,} by {cause}" for cause, n in told["throttled"].items() if n)
    return [
        ("environments", f"{told['most_in_use']:,} in use at most, {told['cold_starts']:,} cold starts"),
        ("throttled", causes or "none"),
    ]


def _action(one: dict[str, Any]) -> str:
    closed = one["served"] + one["failed"]
    share = f"{one['served'] / closed:.3%}" if closed else "–"
    slow = "–" if one["p99_ms"] is None else f"{one['p99_ms']:,.0f} ms"
    less = f", {one['degraded']:,} of them with less" if one["degraded"] else ""
    return f"{one['arrived']:,} arrived, {one['served']:,} served ({share}{less}), p99 {slow}"


def _rolled_out(one: dict[str, Any]) -> str:
    took = "" if one["took_s"] is None else f" after {one['took_s']:,.0f} s"
    extra = f"{one['extra_task_hours']:,.2f} task-hours extra"
    return (
        f"{one['strategy']}: {one['ending']}{took}; {one['failed']:,} failed, {one['failed_by_new']:,} by it; {extra}"
    )


def _back(seconds: float) -> str:
    return "never lost" if seconds == 0 else f"back after {seconds:,.0f} s"
