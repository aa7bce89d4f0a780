"""Law 7: where queueing theory has a closed form, the engine agrees, within the interval of ten replications."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine import Scenario, run

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden"
WORK_S = 0.01  # the tables' unit of time, as a request's mean work
REPLICATIONS = 10
REQUESTS, REQUESTS_WHEN_BUSY = 60_000, 400_000  # from 90 % on, waits forget slowly
T_999 = 4.781  # Student's t, 9 degrees of freedom, 99.9 % two-sided


def cases(name):
    """Read a golden table. Without one: a single case that skips, and says so."""
    path = GOLDEN / f"queueing_{name}.json"
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"NOT PROVED: no ../shared/golden/{path.name} here"))]
    return [pytest.param(case, id=case["id"].split("/", 1)[1]) for case in json.loads(path.read_text())["cases"]]


def replications(rate, servers, **service):
    """Run one warm task that nobody disturbs, ten seeds; give what came after the first tenth and before the last."""
    rps = rate / WORK_S
    end_s = max(10.0, (REQUESTS_WHEN_BUSY if 0.9 <= rate / servers < 1 else REQUESTS) / rps)
    for seed in range(REPLICATIONS):
        run_ = run(Scenario.of({
            "seed": seed, "duration_s": end_s, "zones": 1, "launch_type": "ecs-fargate", "traffic": {"rps": rps},
            "services": [{"desired": 1, "concurrency": servers, "work_ms": 1000 * WORK_S, "backlog": 100_000,
                          "timeout_s": 3_600, "az_rebalancing": False} | service],
        }), keep_requests=True)  # fmt: skip
        assert not (run_.events.at_s > 0).any()  # the control plane had nothing to do, and did nothing
        kept = run_.requests.services[0].kept
        steady = (kept.arrive_s > 0.1 * end_s) & (kept.arrive_s < 0.9 * end_s)
        yield kept.arrive_s[steady], kept.start_s[steady], kept.end_s[steady], kept.outcome[steady]


def assert_agrees(measured, expected, scale=1.0):
    """Hold the mean of the replications against theory; an interval too wide to say no is a failure too."""
    mean, half = np.mean(measured), T_999 * np.std(measured, ddof=1) / np.sqrt(len(measured))

    assert half < 0.3 * expected + 0.01 * scale, f"too wide to tell: {mean:.4g} ± {half:.2g}"
    assert abs(mean - expected) <= half + 0.001 * scale, f"theory says {expected:.4g}, measured {mean:.4g} ± {half:.2g}"


@pytest.mark.parametrize("case", cases("mmc"))
def test_m_m_c(case):
    given, expect = case["input"], case["expect"]
    waits, share_waiting = [], []
    for arrive, start, _, outcome in replications(given["arrival_rate"], given["servers"]):
        assert (outcome == 0).all()
        waits.append((start - arrive).mean() / WORK_S)
        share_waiting.append((start > arrive).mean())

    assert_agrees(waits, expect["mean_wait_queue"])
    assert_agrees(share_waiting, expect["erlang_c"])


@pytest.mark.parametrize("case", cases("mmck"))
def test_m_m_c_k(case):
    given, expect = case["input"], case["expect"]
    blocked, sojourns = [], []
    backlog = given["capacity"] - given["servers"]
    for arrive, _, end, outcome in replications(given["arrival_rate"], given["servers"], backlog=backlog):
        assert set(outcome) <= {0, 1}  # served or refused
        blocked.append((outcome == 1).mean())
        sojourns.append((end - arrive)[outcome == 0].mean() / WORK_S)

    assert_agrees(blocked, expect["p_block"])
    assert_agrees(sojourns, expect["mean_sojourn"])


@pytest.mark.parametrize("case", cases("mg1"))
def test_m_g_1(case):
    given, expect = case["input"], case["expect"]
    spread = given["service_scv"]
    work = {"work": "constant"} if spread == 0 else {"work": "lognormal", "work_cv": spread**0.5}
    waits = [(start - arrive).mean() / WORK_S for arrive, start, _, _ in replications(given["arrival_rate"], 1, **work)]

    assert_agrees(waits, expect["mean_wait_queue"])


def test_a_random_split_over_tasks_makes_as_many_m_m_1():
    """Four tasks behind a random balancer at 80 %: each is an M/M/1 with a mean wait of rho / (1 - rho)."""
    waits = []
    for seed in range(REPLICATIONS):
        kept = run(Scenario.of({
            "seed": seed, "duration_s": 200, "zones": 1, "launch_type": "ecs-fargate", "traffic": {"rps": 320},
            "balancer": {"algorithm": "random"},
            "services": [{"desired": 4, "concurrency": 1, "work_ms": 10, "backlog": 100_000, "timeout_s": 3_600}],
        }), keep_requests=True).requests.services[0].kept  # fmt: skip
        steady = (kept.arrive_s > 20) & (kept.outcome == 0)
        waits.append((kept.start_s - kept.arrive_s)[steady].mean() / WORK_S)

    assert_agrees(waits, 0.8 / 0.2)


def test_the_shorter_queue_beats_taking_turns_beats_chance():
    def mean_wait_s(algorithm):
        kept = run(Scenario.of({
            "duration_s": 200, "zones": 1, "launch_type": "ecs-fargate", "traffic": {"rps": 320},
            "balancer": {"algorithm": algorithm},
            "services": [{"desired": 4, "concurrency": 1, "work_ms": 10, "backlog": 1_000, "timeout_s": 60}],
        }), keep_requests=True).requests.services[0].kept  # fmt: skip
        return np.nanmean(kept.start_s - kept.arrive_s)

    assert mean_wait_s("least-outstanding-requests") < 0.7 * mean_wait_s("round-robin")
    assert mean_wait_s("round-robin") < 0.9 * mean_wait_s("random")
