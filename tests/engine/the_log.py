"""How a story is read from a run: who, when, how many."""

from engine import Kind, Run, Scenario, intervals, run

WHOLE = {"nodes": {"reserves": False}}  # nodes that keep nothing for themselves: numbers that are easy to follow


def tell(**given) -> Run:
    """Run a scenario with little traffic unless it says otherwise."""
    return run(Scenario.of({"traffic": {"rps": 2}} | given), keep_requests=True)


def rows(run_: Run, *kinds: Kind, **who: int) -> list[int]:
    """Find the events of these kinds about this task, host, zone or service."""
    events = run_.events
    return [int(i) for i in events.where(*kinds) if all(getattr(events, name)[i] == n for name, n in who.items())]


def times(run_: Run, *kinds: Kind, **who: int) -> list[float]:
    """Say when they happened."""
    return [float(run_.events.at_s[i]) for i in rows(run_, *kinds, **who)]


def numbers(run_: Run, column: str, *kinds: Kind, **who: int) -> list[float]:
    """Read one column of them."""
    return [getattr(run_.events, column)[i].item() for i in rows(run_, *kinds, **who)]


def reasons(run_: Run, *kinds: Kind, **who: int) -> list[str]:
    """Read their reasons."""
    return [run_.events.reason[i] for i in rows(run_, *kinds, **who)]


def host_types(run_: Run) -> tuple[str, ...]:
    """Name each host's instance type, by its number."""
    return tuple(kind.instance_type for kind in run_.kinds)


def serving(run_: Run, *at_s: float) -> list[int]:
    """Count the tasks that serve at each moment."""
    out = [Kind.TASK_UNHEALTHY, Kind.TASK_LOST, Kind.TASK_DEACTIVATING, Kind.TASK_STOPPED]
    spans = intervals(run_.events, "task", [Kind.TASK_SERVING], out, run_.scenario.duration_s)
    return [int(((spans.start_s <= t) & (spans.end_s > t)).sum()) for t in at_s]


def in_zones(run_: Run, at_s: float) -> list[int]:
    """Count the tasks that serve in each zone at a moment."""
    zones = [0] * run_.scenario.zones
    out = [Kind.TASK_UNHEALTHY, Kind.TASK_LOST, Kind.TASK_DEACTIVATING, Kind.TASK_STOPPED]
    is_in: dict[int, int] = {}
    for i in run_.events.where(Kind.TASK_SERVING, *out):
        if run_.events.at_s[i] > at_s:
            break
        if run_.events.kind[i] == Kind.TASK_SERVING:
            is_in[int(run_.events.task[i])] = int(run_.events.zone[i])
        else:
            is_in.pop(int(run_.events.task[i]), None)
    for zone in is_in.values():
        zones[zone] += 1
    return zones
