"""How fast the engine is, in ratios: seconds belong to a machine, ratios to the program.

Everything is measured in one process, in rounds: each round measures each thing, and each ratio is
the median of its rounds. What else the machine does then slows both sides of a ratio alike.
"""

from __future__ import annotations

import gc
import math
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from statistics import median
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from simpy import Environment, Event, Resource

from engine import catalog
from engine.placement import Hosts, Needs
from engine.placement.kube.crowd_by_loop import schedule_crowd_by_loop
from engine.placement.kube.crowd_stream import schedule_crowd_stream
from engine.placement.kube.objects import (
    CPU,
    MEMORY,
    PODS,
    Affinity,
    Container,
    Node,
    Pod,
    PodAffinity,
    PodTerm,
    Selector,
    Spread,
    WeightedPodTerm,
)
from engine.placement.kube.one_by_one import schedule_by_loop
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import HOSTNAME, ZONE
from engine.placement.kube.stream import schedule_stream
from engine.placement.one_by_one import place_by_loop
from engine.placement.stream import Batch, place_stream
from engine.rng import stream
from engine.scenario import Scenario
from engine.simulation import run, simulate
from engine.sweep import Plan, Results, play
from engine.traffic.compiled import CompiledPlane, warm_up
from engine.traffic.draws import Draws
from engine.traffic.functions import compiled as functions
from engine.traffic.functions.one_by_one import OneByOneFunctions
from engine.traffic.graph import compiled as graph
from engine.traffic.graph.one_by_one import OneByOneGraph
from engine.traffic.one_by_one import OneByOnePlane
from engine.traffic.plane import Fronts

Floats = npt.NDArray[np.float64]

ROUNDS = 7
TWIN_ROUNDS = 3  # the all-SimPy twin takes seconds
LAPS = 7  # what takes milliseconds is done so often in each round, and the laps' median taken


def bench() -> dict[str, Any]:
    """Measure the engine against itself in SimPy, plain SimPy and Ciw. Takes two or three minutes.

    Errors: RuntimeError if two that should come to the same end do not.
    """
    warm_up()
    graph.warm_up()
    functions.warm_up()
    hour, queue, tasks, pods, took = _Hour(), _Queue(), _Stream(), _Pods(), _Stopwatch()
    crowd, shop, spike, sweep = _Crowd(), _Shop(), _Spike(), _Sweep()
    for lap in range(ROUNDS):
        hour.measure(took)
        if lap < TWIN_ROUNDS:
            hour.measure_twin(took)
            tasks.measure(took)
            spike.measure_twin(took)
            sweep.measure(took)
        if lap == 0:  # its plain loop takes some twenty seconds, and the ratio is far from its bound
            pods.measure(took)
            crowd.measure(took)
            shop.measure_twin(took)
        shop.measure(took)
        spike.measure(took)
        queue.measure(took)
    of_hour = took.ratio("hour_data_plane", "hour")
    return {
        "ratios": {
            "hour_vs_all_simpy": took.ratio("hour_all_simpy", "hour"),
            "graph_vs_all_simpy": took.ratio("shop_all_simpy", "shop"),
            "functions_vs_all_simpy": took.ratio("spike_all_simpy", "spike"),
            "queue_vs_simpy": took.ratio("queue_simpy", "queue"),
            "queue_vs_ciw": took.ratio("queue_ciw", "queue"),
            "dataplane_vs_draws": took.ratio("hour_data_plane", "hour_draws"),
            "placement_ecs_vs_python": took.ratio("stream_loop", "stream"),
            "placement_k8s_vs_python": took.ratio("pods_loop", "pods"),
            "placement_spread_vs_python": took.ratio("crowd_loop", "crowd"),
            "sweep_vs_serial": took.ratio("sweep_serial", "sweep"),
        },
        "seconds": took.medians(),
        "shares": {"control_plane": None if of_hour is None else 1 - of_hour, "data_plane": of_hour},
        "requests": {"hour": hour.requests, "queue": queue.requests, "shop": shop.calls, "spike": spike.requests},
        "peak_memory_mb": _peak_memory_mb(),
        "runs": ROUNDS,
    }


def report(result: dict[str, Any]) -> str:
    """Tell a bench's result as a person likes to read it."""
    ratios, seconds, shares = result["ratios"], result["seconds"], result["shares"]
    ciw = ratios["queue_vs_ciw"]
    ciw_s = "" if ciw is None else f", Ciw {seconds['queue_ciw']:.1f} s"
    rows = [
        ("the hour against the all-SimPy twin, same log", f"{ratios['hour_vs_all_simpy']:,.0f} times", "200 or more"),
        (
            "ten services that call each other against theirs",
            f"{ratios['graph_vs_all_simpy']:,.0f} times",
            "100 or more",
        ),
        (
            "a spike on functions against theirs, same starts",
            f"{ratios['functions_vs_all_simpy']:,.0f} times",
            "300 or more",
        ),
        ("M/M/8 against plain SimPy, same waits", f"{ratios['queue_vs_simpy']:,.0f} times", "500 or more"),
        (
            "M/M/8 against Ciw, same waits",
            "Ciw is not installed" if ciw is None else f"{ciw:,.0f} times",
            "500 or more",
        ),
        ("the hour's data plane against its draws alone", f"{ratios['dataplane_vs_draws']:.2f} times", "2.50 or less"),
        (
            "10,000 tasks on 1,000 hosts against a plain loop",
            f"{ratios['placement_ecs_vs_python']:,.0f} times",
            "500 or more",
        ),
        (
            "10,000 pods on 1,000 nodes against a plain loop",
            f"{ratios['placement_k8s_vs_python']:,.0f} times",
            "500 or more",
        ),
        (
            "the same with topology spread and anti-affinity",
            f"{ratios['placement_spread_vs_python']:,.0f} times",
            "50 or more",
        ),
        (
            "200 replications of the hour in two processes",
            f"{ratios['sweep_vs_serial']:.2f} times",
            "1.70 or more",
        ),
        ("peak memory of a process that runs the hour", f"{result['peak_memory_mb']:,.0f} MB", "under 300 MB"),
    ]
    lines = [f"{what:48}{came:>22}   {wanted}" for what, came, wanted in rows]
    hour_ms, draws_ms, queue_ms = (seconds[name] * 1e3 for name in ("hour", "hour_draws", "queue"))
    lines.append(f"""
The hour is data/scenarios/hour.yaml, {result["requests"]["hour"]:,} requests: {hour_ms:.1f} ms, of which the data plane is
{shares["data_plane"]:.0%} and the control plane, with laying out and handing over the tables, {shares["control_plane"]:.0%}. Its draws alone take {draws_ms:.1f} ms,
the all-SimPy twin takes {seconds["hour_all_simpy"]:.1f} s.
The ten services work on {result["requests"]["shop"]:,} users and calls: {seconds["shop"] * 1e3:.1f} ms; the all-SimPy twin takes {seconds["shop_all_simpy"]:.1f} s.
The queue is {result["requests"]["queue"]:,} requests, drawn beforehand for all: {queue_ms:.2f} ms; plain SimPy takes {seconds["queue_simpy"]:.1f} s{ciw_s}.
The stream of tasks, spread over zones and packed by memory: {seconds["stream"] * 1e3:.2f} ms; the plain loop over hosts, same places, {seconds["stream_loop"]:.1f} s.
The pods that keep even over zones and apart on nodes: {seconds["crowd"] * 1e3:.0f} ms; their plain loop, same places, {seconds["crowd_loop"]:.1f} s.
The replications, measures included: {seconds["sweep_serial"]:.1f} s one after the other, {seconds["sweep"]:.1f} s in two warm processes, same values.
The memory is all of a fresh process: Python, NumPy, numba and its compiled code, and the run.
Medians of {result["runs"]} rounds in one process.""")
    return "\n".join(lines)


class _Stopwatch:
    """Seconds by name, one entry a round."""

    def __init__(self) -> None:
        self._took: dict[str, list[float]] = {}

    def note(self, name: str, seconds: float) -> None:
        self._took.setdefault(name, []).append(seconds)

    def ratio(self, slow: str, quick: str) -> float | None:
        """Give the median of the rounds' ratios; None if one of the two was never measured."""
        rounds = zip(self._took.get(slow, []), self._took.get(quick, []), strict=False)
        ratios = [a / b for a, b in rounds]
        return median(ratios) if ratios else None

    def medians(self) -> dict[str, float]:
        return {name: median(took) for name, took in self._took.items()}


def _seconds(act: Callable[[], object]) -> float:
    """Time one act, with no rubbish of its forerunners to collect on the way."""
    gc.collect()
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


# --- the hour --------------------------------------------------------------------------------------------------------


class _TimedPlane(CompiledPlane):
    """The engine's data plane, with an eye on the clock."""

    spent_s = 0.0

    def advance(self, service: int, until_s: float) -> None:
        began = time.perf_counter()
        super().advance(service, until_s)
        self.spent_s += time.perf_counter() - began


class _Hour:
    """One hour with target tracking, traffic doubling, one zone failing and coming back."""

    def __init__(self) -> None:
        self._scenario = Scenario.read(catalog.scenario_text("hour"))
        found = run(self._scenario)
        self._digest = found.digest
        self.requests = int(found.requests.services[0].arrived.sum())
        self._draws = Draws(self._scenario.seed, self._scenario.services[0])

    def measure(self, took: _Stopwatch) -> None:
        """Time the whole run, its data plane, and as many draws alone; they take turns."""
        wholes, planes, draws = [], [], []
        for _ in range(LAPS):
            draws.append(_seconds(self._draw))
            made: list[_TimedPlane] = []

            def plane_of(env: Environment, scenario: Scenario, made: list[_TimedPlane] = made) -> CompiledPlane:
                made.append(_TimedPlane(env, scenario))
                return made[0]

            wholes.append(_seconds(lambda plane_of=plane_of: simulate(self._scenario, plane_of)))  # type: ignore[misc]
            planes.append(made[0].spent_s)
        took.note("hour", median(wholes))
        took.note("hour_data_plane", median(planes))
        took.note("hour_draws", median(draws))

    def measure_twin(self, took: _Stopwatch) -> None:
        """Time the same hour with a process for every request, and hold the two against each other."""
        found = []
        took.note("hour_all_simpy", _seconds(lambda: found.append(simulate(self._scenario, OneByOnePlane))))
        if found[0].digest != self._digest:
            raise RuntimeError("the hour and its all-SimPy twin differ: the ratio would compare two stories")

    def _draw(self) -> None:
        for _ in range(self.requests // len(self._draws.gaps) + 1):
            self._draws.refill()


# --- the shop --------------------------------------------------------------------------------------------------------


class _Shop:
    """Two minutes of users of ten services, each of whom sets nine calls off: in stages, in parallel, with retries."""

    CALLS: ClassVar = {
        "front": (("catalogue", 0), ("recommend", 0), ("ads", 0), ("cart", 1), ("checkout", 2)),
        "cart": (("currency", 0),),
        "checkout": (("payment", 0), ("shipping", 0), ("email", 1)),
        **dict.fromkeys(("catalogue", "recommend", "ads", "currency", "payment", "shipping", "email"), ()),
    }

    def __init__(self) -> None:
        modules = [
            {"name": name, "service": name, "work_ms": 5, "calls": [{"to": to, "stage": at, "retries": 2} for to, at in calls]}
            for name, calls in self.CALLS.items()
        ]  # fmt: skip
        self._scenario = Scenario.of({
            "duration_s": 120, "launch_type": "ecs-fargate", "traffic": {"rps": 100},
            "services": [{"name": name, "desired": 3} for name in self.CALLS],
            "application": {"modules": modules, "actions": [{"name": "buy", "entry": "front"}]},
        })  # fmt: skip
        found = run(self._scenario)
        self._digest = found.digest
        self.calls = sum(int(table.arrived.sum()) for table in found.requests.services)

    def measure(self, took: _Stopwatch) -> None:
        """Time the whole run."""
        took.note("shop", median(_seconds(lambda: run(self._scenario)) for _ in range(LAPS)))

    def measure_twin(self, took: _Stopwatch) -> None:
        """Time the same users with a process for everyone, and hold the two against each other."""
        found = []
        took.note("shop_all_simpy", _seconds(lambda: found.append(simulate(self._scenario, OneByOneGraph))))
        if found[0].digest != self._digest:
            raise RuntimeError("the shop and its all-SimPy twin differ: the ratio would compare two stories")


# --- the spike -------------------------------------------------------------------------------------------------------


class _Spike:
    """Five minutes of a function: a tenfold step, a limit that is met, and a zone that is lost and comes back."""

    def __init__(self) -> None:
        self._scenario = Scenario.of({
            "duration_s": 300, "launch_type": "lambda",
            "traffic": {"shape": "spike", "rps": 100, "peak_rps": 1_000, "at_s": 60, "for_s": 180},
            "services": [{"work_ms": 80, "start_s": 1, "function": {"reserved": 400, "provisioned": 10, "keep_s": 60}}],
            "operations": [{"do": "fail-zone", "zone": "b", "at_s": 150}, {"do": "restore-zone", "zone": "b", "at_s": 220}],
        })  # fmt: skip
        found = run(self._scenario)
        self._digest = found.digest
        self.requests = int(found.requests.services[0].arrived.sum())

    def measure(self, took: _Stopwatch) -> None:
        """Time the whole run."""
        took.note("spike", median(_seconds(lambda: run(self._scenario)) for _ in range(LAPS)))

    def measure_twin(self, took: _Stopwatch) -> None:
        """Time the same requests with a process for each, and hold the two against each other: cold starts, log and all."""
        found = []
        took.note("spike_all_simpy", _seconds(lambda: found.append(simulate(self._scenario, OneByOneFunctions))))
        if found[0].digest != self._digest:
            raise RuntimeError("the spike and its all-SimPy twin differ: the ratio would compare two stories")


# --- the queue -------------------------------------------------------------------------------------------------------


class _Queue:
    """M/M/8 at rho 0.8, the same arrivals and the same work for all; nobody is refused, nobody impatient."""

    WORKERS = 8
    SCENARIO = Scenario.of({
        "duration_s": 200, "zones": 1, "traffic": {"rps": 1000},
        "services": [{"desired": 1, "concurrency": WORKERS, "work_ms": 6.4, "timeout_s": 3600, "backlog": 1000}],
    })  # fmt: skip
    BLOCK = 210_000  # draws for all of it at once: drawing is not what is measured

    def __init__(self) -> None:
        plane = self._plane(keep_requests=True)
        table = plane.finish(self.SCENARIO.duration_s).services[0]
        self.requests = int(table.arrived.sum())
        service = self.SCENARIO.services[0]
        draws = Draws(self.SCENARIO.seed, service, self.BLOCK)
        draws.refill()
        self._gaps_s = draws.gaps[: self.requests] * (1 / self.SCENARIO.traffic.rps)
        self._works_s = draws.works[: self.requests] * (service.work_ms / 1000)
        kept: Any = table.kept  # asked for above
        self._waits_s: Floats = kept.start_s - kept.arrive_s

    def measure(self, took: _Stopwatch) -> None:
        """Time the engine, plain SimPy and, where it is installed, Ciw."""
        end_s = self.SCENARIO.duration_s
        planes = [self._plane() for _ in range(LAPS)]
        took.note("queue", median(_seconds(lambda plane=plane: plane.advance(0, end_s)) for plane in planes))  # type: ignore[misc]
        gaps_s, works_s = self._gaps_s.tolist(), self._works_s.tolist()
        waits_s: list[float] = []
        took.note("queue_simpy", _seconds(lambda: simpy_queue(gaps_s, works_s, self.WORKERS, waits_s)))
        self._expect_same(waits_s, "plain SimPy", 0.0)
        queue = ciw_queue(gaps_s, works_s, self.WORKERS)
        if queue is not None:
            took.note(
                "queue_ciw", _seconds(lambda: queue.simulate_until_max_customers(self.requests, method="Complete"))
            )
            waited_s = [math.nan] * self.requests
            for record in queue.get_all_records():
                if record.id_number <= self.requests:
                    waited_s[record.id_number - 1] = record.waiting_time
            # Ciw adds its dates up in another order: the last digits differ.
            self._expect_same(waited_s, "Ciw", 1e-6)

    def _plane(self, *, keep_requests: bool = False) -> CompiledPlane:
        plane = CompiledPlane(Environment(), self.SCENARIO, keep_requests=keep_requests, block=self.BLOCK)
        plane.route(0, [[plane.add(0, 1, 0)]], Fronts([0], [False], [0], [0.0], [0.0], [0.0]))
        return plane

    def _expect_same(self, waits_s: list[float], whose: str, within_s: float) -> None:
        """Compare wait by wait, but for the last few, whose turn had not come when one of the two ended."""
        apart_s = np.abs(np.array(waits_s) - self._waits_s)
        if np.isnan(apart_s).sum() > self.requests // 100 or np.nanmax(apart_s) > within_s:
            raise RuntimeError(f"the queue and {whose} differ: the ratio would compare two stories")


def simpy_queue(gaps_s: list[float], works_s: list[float], workers: int, waits_s: list[float]) -> None:
    """Play the queue as a SimPy user would write it; note each customer's wait."""
    env = Environment()
    desk = Resource(env, capacity=workers)

    def customer(work_s: float) -> Generator[Event, Any, None]:
        came_s = env.now
        with desk.request() as turn:
            yield turn
            waits_s.append(env.now - came_s)
            yield env.timeout(work_s)

    def arrivals() -> Generator[Event, Any, None]:
        for gap_s, work_s in zip(gaps_s, works_s, strict=True):
            yield env.timeout(gap_s)
            env.process(customer(work_s))

    env.process(arrivals())
    env.run()


def ciw_queue(gaps_s: list[float], works_s: list[float], workers: int) -> Any:
    """Make the queue as a Ciw user would write it; None if Ciw is not installed."""
    try:
        import ciw  # noqa: PLC0415  # a tool of ours, not of a user's
    except ImportError:
        return None
    return ciw.Simulation(
        ciw.create_network(
            arrival_distributions=[ciw.dists.Sequential(gaps_s)],
            service_distributions=[ciw.dists.Sequential(works_s)],
            number_of_servers=[workers],
        )
    )


# --- the stream of tasks ---------------------------------------------------------------------------------------------


class _Stream:
    """10,000 tasks of one kind on 1,000 hosts of many sizes, spread over zones, then packed by memory."""

    TASKS, HOSTS, ZONES = 10_000, 1_000, 3

    def __init__(self) -> None:
        sizes = stream(1, "bench", "hosts")
        self._hosts = Hosts(
            zone=np.arange(self.HOSTS) % self.ZONES,
            is_open=np.ones(self.HOSTS, dtype=np.bool_),
            free_cpu=sizes.integers(4, 17, self.HOSTS) * 1024,
            free_mib=sizes.integers(8, 65, self.HOSTS) * 1024,
            peers=np.zeros(self.HOSTS, dtype=np.int64),
        )
        self._batches = [Batch(Needs(512, 1024), self.TASKS, ("spread-zones", "binpack-memory"))]
        self._places = place_stream(self._hosts, self._batches).host  # and compiled

    def measure(self, took: _Stopwatch) -> None:
        """Time the stream and the plain loop, and hold the two against each other."""
        fast = [_seconds(lambda: place_stream(self._hosts, self._batches)) for _ in range(LAPS)]
        took.note("stream", median(fast))
        found: list[Any] = []
        took.note("stream_loop", _seconds(lambda: found.append(place_by_loop(self._hosts, self._batches))))
        if not np.array_equal(found[0], self._places):
            raise RuntimeError("the stream and the plain loop differ: the ratio would compare two placements")


class _Pods:
    """10,000 pods of three shapes, in any order, on 1,000 nodes of many sizes, by the default scores of kube-scheduler."""

    PODS, NODES, GIB = 10_000, 1_000, 1024**3
    SHAPES: ClassVar = tuple(
        Pod(name, containers=(Container({CPU: cpu, MEMORY: mib * 1024**2}),))
        for name, cpu, mib in (("web", 250, 512), ("api", 500, 2048), ("job", 1000, 1024))
    )

    def __init__(self) -> None:
        draws = stream(1, "bench", "nodes")
        sizes = zip(draws.integers(4, 17, self.NODES).tolist(), draws.integers(8, 65, self.NODES).tolist(), strict=True)
        self._cluster = Snapshot.of(
            [
                Node(f"n{n}", allocatable={CPU: cpu * 1000, MEMORY: gib * self.GIB, PODS: 110})
                for n, (cpu, gib) in enumerate(sizes)
            ]
        )
        self._order = draws.integers(0, len(self.SHAPES), self.PODS)
        self._places = schedule_stream(self._cluster, self.SHAPES, self._order)  # and compiled

    def measure(self, took: _Stopwatch) -> None:
        """Time the stream and the plain loop, and hold the two against each other."""
        fast = [_seconds(lambda: schedule_stream(self._cluster, self.SHAPES, self._order)) for _ in range(LAPS)]
        took.note("pods", median(fast))
        found: list[Any] = []
        took.note(
            "pods_loop",
            _seconds(lambda: found.append(schedule_by_loop(self._cluster, self.SHAPES, self._order))),
        )
        if not np.array_equal(found[0], self._places):
            raise RuntimeError("the schedule and the plain loop differ: the ratio would compare two placements")


class _Crowd:
    """10,000 pods of ten services on 1,000 nodes: even over zones and (softly) nodes; half of them never two on a node."""

    PODS, NODES, ZONES, SERVICES, GIB = 10_000, 1_000, 3, 10, 1024**3

    def __init__(self) -> None:
        draws = stream(1, "bench", "nodes")
        sizes = zip(
            draws.integers(8, 17, self.NODES).tolist(), draws.integers(16, 65, self.NODES).tolist(), strict=True
        )
        self._cluster = Snapshot.of(
            [
                Node(
                    f"n{n}", {HOSTNAME: f"n{n}", ZONE: f"z{n % self.ZONES}"},
                    allocatable={CPU: cpu * 1000, MEMORY: gib * self.GIB, PODS: 110},
                )
                for n, (cpu, gib) in enumerate(sizes)
            ]
        )  # fmt: skip
        self._shapes = [self._service(f"s{k}", is_strict=k % 2 == 1) for k in range(self.SERVICES)]
        self._order = draws.integers(0, self.SERVICES, self.PODS)
        self._places = schedule_crowd_stream(self._cluster, self._shapes, self._order)  # and compiled

    def _service(self, name: str, *, is_strict: bool) -> Pod:
        mine = Selector({"app": name})
        term = PodTerm(HOSTNAME, mine)
        apart = PodAffinity((term,)) if is_strict else PodAffinity(preferred=(WeightedPodTerm(100, term),))
        spread = (Spread(1, ZONE, "DoNotSchedule", mine), Spread(1, HOSTNAME, "ScheduleAnyway", mine))
        asks = (Container({CPU: 500, MEMORY: self.GIB}),)
        return Pod(name, labels={"app": name}, containers=asks, affinity=Affinity(anti=apart), spread=spread)

    def measure(self, took: _Stopwatch) -> None:
        """Time the stream and the plain loop, and hold the two against each other."""
        given = (self._cluster, self._shapes, self._order)
        took.note("crowd", median(_seconds(lambda: schedule_crowd_stream(*given)) for _ in range(LAPS)))
        found: list[Any] = []
        took.note("crowd_loop", _seconds(lambda: found.append(schedule_crowd_by_loop(*given))))
        if not np.array_equal(found[0], self._places):
            raise RuntimeError("the crowd's stream and the plain loop differ: the ratio would compare two placements")


# --- many runs -------------------------------------------------------------------------------------------------------


class _Sweep:
    """200 replications of the hour, one after the other and in two processes."""

    WORKERS = 2

    def __init__(self) -> None:
        self._plan = Plan.of(Scenario.read(catalog.scenario_text("hour")), (), 200)
        self._values = play(self._plan, workers=self.WORKERS).values  # and its workers are warm

    def measure(self, took: _Stopwatch) -> None:
        """Time both, and hold the two against each other."""
        found: list[Results] = []
        took.note("sweep", _seconds(lambda: found.append(play(self._plan, workers=self.WORKERS))))
        took.note("sweep_serial", _seconds(lambda: found.append(play(self._plan, workers=1))))
        if not all(np.array_equal(one.values, self._values, equal_nan=True) for one in found):
            raise RuntimeError("the replications in two processes and one after the other differ")


# --- memory ----------------------------------------------------------------------------------------------------------

HOUR_ALONE = """
import resource
from pathlib import Path
from engine import Scenario, catalog, run
run(Scenario.read(catalog.scenario_text("hour")))
status = Path("/proc/self/status")
if status.exists():  # Linux: its getrusage would report the parent's peak if that is higher
    print(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")), 1024)
else:  # macOS counts bytes
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 1)
"""


def _peak_memory_mb() -> float:
    """Run the hour in a process of its own and ask for its peak, the interpreter and all libraries included."""
    told = subprocess.run(  # noqa: S603  # our own text, our own interpreter
        [sys.executable, "-c", HOUR_ALONE],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return int(told[0]) * int(told[1]) / 1e6
