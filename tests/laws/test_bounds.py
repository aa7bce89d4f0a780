"""Law 8: what validates ends, in bounded time and memory; what would not is refused before it starts, with the figure."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import BudgetError, Kind, Scenario, checks, run
from engine.scenario import Assumptions
from engine.simulation import plane_for, simulate
from engine.traffic.compiled import CompiledPlane
from tests.in_time import within
from tests.laws.any_scenario import scenarios


@settings(max_examples=80)
@given(scenarios(), st.integers(10, 600))
def test_a_run_is_refused_before_it_starts_or_it_ends(scenario, limit):
    """Whatever the event budget: nobody waits for half a run and then gets none."""
    has_begun = []

    def plane_of(env, it):
        has_begun.append(True)
        return plane_for(it)(env, it)

    with pytest.MonkeyPatch.context() as patch, within(30):
        patch.setattr(checks, "MAX_EVENTS", limit)
        refused = ""
        try:
            written = len(simulate(scenario, plane_of).events)
        except BudgetError as error:
            refused = str(error)
    if refused:
        assert not has_begun, refused
        assert f"{limit:,}" in refused
    else:
        assert written <= limit


LOOPS = {
    "a platform that cannot pull": {
        "launch_type": "ecs-fargate", "warm": False, "duration_s": 36_000,
        "services": [{"desired": 20, "image_pulls": False}],
    },
    "a zone that swallows every check": {
        "zones": 1, "duration_s": 1_200, "services": [{"desired": 10}],
        "operations": [{"do": "impair-zone", "zone": "a", "loss": 1, "at_s": 0}],
    },
    "an application that starts for longer than its grace": {
        "launch_type": "ecs-fargate", "duration_s": 3_600, "warm": False, "services": [{"desired": 10, "start_s": 600}],
    },
    "a scaler that reads an idle service's metric": {
        "duration_s": 36_000, "services": [{"desired": 0, "scaling": {"period_s": 20, "min_tasks": 0, "max_tasks": 1}}],
    },
    "hosts that find no zone to boot in": {
        "zones": 1, "duration_s": 7_200, "fleet": {"hosts": 4, "boot_min_s": 20, "boot_max_s": 20},
        "services": [{"desired": 1}], "operations": [{"do": "fail-zone", "zone": "a", "at_s": 10}],
    },
    "somebody who fails and mends a zone all day": {
        "duration_s": 7_200, "services": [{"desired": 6}], "fleet": {"boot_min_s": 5, "boot_max_s": 9},
        "operations": [{"do": ("fail-zone", "restore-zone")[n % 2], "zone": "abc"[n % 3], "at_s": 14 * n} for n in range(500)],
    },
}  # fmt: skip


@pytest.mark.parametrize("loop", LOOPS)
def test_the_bound_holds_where_tasks_and_hosts_die_in_a_loop(loop, monkeypatch):
    """Give the run a budget one short of what it writes: the bound must see that before the run does."""
    scenario = Scenario.of({"traffic": {"rps": 0.2}} | LOOPS[loop])
    with within(60):
        written = len(run(scenario).events)
        monkeypatch.setattr(checks, "MAX_EVENTS", written - 1)
        has_begun = []

        def plane_of(env, it):
            has_begun.append(True)
            return CompiledPlane(env, it)

        with pytest.raises(BudgetError):
            simulate(scenario, plane_of)

    assert not has_begun


@pytest.mark.parametrize("boot_s", [0, 0.5, 5])
def test_hosts_that_boot_in_no_time_into_a_dead_zone_do_not_hold_the_clock(boot_s):
    scenario = Scenario.of({
        "zones": 1, "duration_s": 600, "traffic": {"rps": 1}, "services": [{"desired": 1}],
        "fleet": {"hosts": 4, "boot_min_s": boot_s, "boot_max_s": boot_s},
        "operations": [{"do": "fail-zone", "zone": "a", "at_s": 10}],
    })  # fmt: skip
    with within(10):
        assert len(run(scenario).events) < 20_000


def test_a_throttle_that_doubles_a_thousand_times_stays_a_number():
    field = Assumptions.model_json_schema()["properties"]["first_gap_s"]
    least = field.get("minimum", 5e-324)
    scenario = Scenario.of({
        "duration_s": 7_200, "launch_type": "ecs-fargate", "zones": 1, "warm": False, "traffic": {"rps": 1},
        "services": [{"desired": 1, "image_pulls": False, "image_mib": 0}],
        "assumptions": {"first_gap_s": least, "scheduler_s": 0.1},
        "operations": [{"do": "fail-zone", "zone": "a", "at_s": 0}],
    })  # fmt: skip
    events = run(scenario).events

    assert events.value[events.where(Kind.RESTART_THROTTLED)].max() <= 900


@pytest.mark.parametrize(
    "traffic",
    [
        {"rps": 1e-310}, {"rps": 0}, {"shape": "rates", "rates": [1e-320, 0], "scale": 10},
        {"shape": "ramp", "rps": 10, "peak_rps": 0, "at_s": 0, "for_s": 1},
        {"shape": "flash-crowd", "rps": 10, "peak_rps": 0, "at_s": 0, "for_s": 1},
        {"shape": "day", "rps": 0, "peak_rps": 10, "period_s": 60},
    ],
    ids=str,
)  # fmt: skip
def test_traffic_at_the_edge_of_what_a_float_can_say_runs_all_the_same(traffic):
    with within(10):
        run_ = run(Scenario.of({"duration_s": 60, "traffic": traffic}))

    assert run_.requests.services[0].arrived.sum() < 700


@pytest.mark.parametrize(
    "service",
    [{"timeout_s": 5e-324, "retries": 10, "retry_after_s": 0}, {"work_ms": 5e-324}, {"backlog": 0, "retries": 10, "retry_after_s": 0},
     {"work": "lognormal", "work_cv": 10, "work_ms": 600_000}, {"image_mib": 0, "start_s": 0, "grace_s": 7_200}],
    ids=str,
)  # fmt: skip
def test_a_service_at_the_edge_ends_too(service):
    with within(15):
        requests = run(
            Scenario.of({"duration_s": 60, "traffic": {"rps": 40}, "services": [service]})
        ).requests.services[0]

    assert requests.served.sum() + requests.failed.sum() + requests.in_flight == requests.arrived.sum()


@pytest.mark.parametrize(
    ("data", "figure"),
    [
        ({"traffic": {"rps": 100_000}, "duration_s": 3_600}, "360,000,000 requests"),
        ({"traffic": {"rps": 10_000}, "duration_s": 3_600, "services": [{"retries": 3}]}, "144,000,000 requests with every retry"),
        ({"services": [{"name": f"s{n}", "desired": 900} for n in range(6)]}, "5,400 tasks"),
        ({"duration_s": 7_200, "traffic": {"rps": 1}, "services": [{"desired": 5_000}]}, "36,000,000 task-seconds"),
        ({"traffic": {"rps": 1}, "services": [{"scaling": {"max_tasks": 5_000}}, {"name": "b", "desired": 1}]}, "5,001 tasks"),
        ({"traffic": {"rps": 1}, "services": [{}, {"name": "b", "desired": 1}],
          "operations": [{"do": "set-desired", "desired": 5_000, "at_s": 9}]}, "tasks"),
    ],
)  # fmt: skip
def test_over_budget_is_said_before_anything_starts_with_the_figure(data, figure):
    def nobody(*_):
        pytest.fail("it was started")

    with pytest.raises(BudgetError) as refused, within(5):
        simulate(Scenario.of(data), nobody)

    assert figure in str(refused.value)
    assert all(problem.allowed.startswith("up to ") for problem in refused.value.problems)


def test_every_broken_budget_is_named_at_once():
    data = {
        "traffic": {"rps": 100_000},
        "duration_s": 7_200,
        "services": [{"desired": 5_000}, {"name": "b", "desired": 5_000}],
    }
    with pytest.raises(BudgetError) as refused:
        run(Scenario.of(data))

    said = str(refused.value)
    assert all(word in said for word in ("requests", "tasks", "task-seconds"))


MEMORY = """
import resource, sys
from engine import BudgetError, Scenario, run
run(Scenario(duration_s=10))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    run(Scenario.from_token(sys.argv[1]))
except BudgetError:
    pass  # to refuse it is an answer too
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / (1024 * (1024 if sys.platform == "darwin" else 1)))
"""


@pytest.mark.parametrize(
    "data",
    [
        # 50 tasks that die as soon as they live: thousands of rows in an hour.
        {"duration_s": 3_600, "launch_type": "ecs-fargate", "warm": False, "traffic": {"rps": 1},
         "services": [{"desired": 50, "start_s": 1_000}]},
        # 600,000 requests, all of them still waiting.
        {"duration_s": 300, "traffic": {"rps": 2_000}, "services": [{"desired": 3, "timeout_s": 3_600, "backlog": 100_000}],
         "operations": [{"do": "impair-zone", "zone": zone, "loss": 1, "at_s": 0} for zone in "abc"]},
    ],
    ids=["rows", "patience"],
)  # fmt: skip
def test_a_run_stays_within_its_memory(data, root):
    said = subprocess.run(
        [sys.executable, "-c", MEMORY, Scenario.of(data).token()],
        cwd=root, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip

    assert float(said.stdout) < 300  # MB
