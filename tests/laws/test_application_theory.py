"""Law 7 for an application: parts in a row, and calls that go out together, come out as their formulas say."""

import numpy as np
import pytest

from engine import Scenario, run
from tests.laws.test_theory import REPLICATIONS, assert_agrees

SECONDS, RPS = 60, 60
ROOMY = {"desired": 1, "concurrency": 256, "backlog": 100_000, "timeout_s": 3_600}


def replications(modules, **more):
    """Run an application whose tasks are never full, ten seeds; give each run."""
    for seed in range(REPLICATIONS):
        yield run(Scenario.of({
            "seed": seed, "duration_s": SECONDS, "zones": 1, "launch_type": "ecs-fargate", "traffic": {"rps": RPS},
            "services": [{"name": module["service"]} | ROOMY for module in modules],
            "application": {
                "modules": modules, "actions": [{"name": "ask", "entry": "m0"}], "hop_ms": 0, "zone_hop_ms": 0,
            },
        } | more), keep_requests=True)  # fmt: skip


@pytest.mark.parametrize(("parts", "errors"), [(1, 0.1), (4, 0.02), (10, 0.02)])
def test_n_parts_in_a_row_answer_as_often_as_all_of_them_do(parts, errors):
    row = [
        {"name": f"m{n}", "service": f"s{n}", "work_ms": 1, "calls": [{"to": f"m{n + 1}", "timeout_s": 60}] * (n + 1 < parts)}
        for n in range(parts)
    ]  # fmt: skip
    harm = [{"do": "break-module", "module": module["name"], "errors": errors, "at_s": 0} for module in row]
    answered = [(it.requests.users_kept.outcome == 0).mean() for it in replications(row, operations=harm)]

    assert_agrees(answered, (1 - errors) ** parts)


@pytest.mark.parametrize("needed", [2, 3])
def test_parts_in_parallel_fail_only_together_when_one_is_enough(needed):
    """A fallback behind a fallback: each is asked only for its own answer, and the user gets less, never nothing."""
    modules = [
        {"name": "m0", "service": "s0", "work_ms": 1,
         "calls": [{"to": f"m{n}", "needed": False, "timeout_s": 60} for n in range(1, needed + 1)]},
        *({"name": f"m{n}", "service": f"s{n}", "work_ms": 1} for n in range(1, needed + 1)),
    ]  # fmt: skip
    harm = [{"do": "break-module", "module": f"m{n}", "errors": 0.2, "at_s": 0} for n in range(1, needed + 1)]
    whole = []
    for it in replications(modules, operations=harm):
        actions = it.requests.graph.actions
        assert actions.failed.sum() == 0
        whole.append(1 - actions.degraded.sum() / actions.served.sum())

    assert_agrees(whole, 0.8**needed)


@pytest.mark.parametrize("calls", [1, 5, 20])
def test_the_tail_of_a_fan_out_is_that_of_its_slowest_call(calls):
    work_s = 0.02
    modules = [
        {"name": "m0", "service": "s0", "work": "constant", "work_ms": 0.001, "calls": [{"to": "m1", "timeout_s": 60}] * calls},
        {"name": "m1", "service": "s1", "work_ms": 1000 * work_s},
    ]  # fmt: skip
    tails = {2: [], 4: []}
    for it in replications(modules):
        kept = it.requests.users_kept
        took_s = (kept.end_s - kept.arrive_s)[kept.outcome == 0]
        assert not np.isnan(took_s).any()
        for x, shares in tails.items():
            shares.append((took_s > x * work_s).mean())

    for x, shares in tails.items():
        assert_agrees(shares, 1 - (1 - np.exp(-x)) ** calls)
