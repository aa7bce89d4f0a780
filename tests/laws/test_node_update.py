"""Law: without force a node update never leaves fewer pods available than their disruption budget promises."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Kind, Scenario, intervals, metrics, run

LAUNCH_TYPES = ("k8s-self-run", "eks-unmanaged", "eks-managed", "eks-auto", "eks-fargate")


def budgets():
    amounts = st.one_of(st.integers(0, 8).map(str), st.integers(0, 100).map("{}%".format))
    return st.one_of(amounts.map(lambda a: {"max_unavailable": a}), amounts.map(lambda a: {"min_available": a}))


@st.composite
def updates(draw):
    desired = draw(st.integers(1, 8))
    return {
        "duration_s": 3_000, "zones": draw(st.integers(1, 3)), "launch_type": draw(st.sampled_from(LAUNCH_TYPES)),
        "seed": draw(st.integers(0, 99)), "traffic": {"rps": 1},
        "fleet": {"hosts": draw(st.integers(1, 6)), "boot_min_s": 20, "boot_max_s": draw(st.integers(20, 200))},
        "services": [{
            "desired": desired, "cpu_units": draw(st.sampled_from([256, 512, 1024])), "memory_mib": 512, "image_mib": draw(st.integers(0, 400)),
            "start_s": draw(st.integers(0, 60)), "pods": {"disruption": draw(budgets())},
        }],
        "kubernetes": {"update": {
            "at_once": draw(st.integers(1, 6)), "strategy": draw(st.sampled_from(["default", "minimal"])),
        }},
        "operations": [{"do": "update-nodes", "at_s": draw(st.integers(1, 500))}],
    }  # fmt: skip


def promised(budget, desired):
    """Work out by hand how many must stay: shares are rounded up, on either side."""
    ((side, amount),) = budget.items()
    many = -(-int(amount[:-1]) * desired // 100) if amount.endswith("%") else int(amount)
    return max(0, desired - many) if side == "max_unavailable" else min(many, desired)


def ready(run_):
    """Count the pods that the API holds for ready: a budget knows no other. The load balancer may hear of one seconds later."""
    ends = (Kind.TASK_UNHEALTHY, Kind.TASK_LOST, Kind.TASK_DEACTIVATING, Kind.TASK_STOPPING, Kind.TASK_STOPPED)
    end_s = run_.scenario.duration_s
    return metrics.jumps(intervals(run_.events, "task", (Kind.POD_READY,), ends, end_s), end_s)


@settings(max_examples=120, deadline=None)
@given(updates())
def test_never_fewer_available_than_the_budget_promises(given_):
    run_ = run(Scenario.model_validate(given_))
    service = given_["services"][0]
    have = ready(run_)
    if int(have.at(np.array([0.0]))[0]) < service["desired"]:
        return  # there was never room for all of them: the budget promises nothing that nobody had
    least = promised(service["pods"]["disruption"], service["desired"])

    assert have.value.min() >= least
    assert "force" not in [run_.events.reason[i] for i in run_.events.where(Kind.POD_EVICTED)]


@settings(max_examples=40, deadline=None)
@given(updates(), st.booleans())
def test_an_update_that_is_done_leaves_no_old_node_and_one_that_failed_says_how_many(given_, force):
    given_["operations"][0]["by_force"] = force
    run_ = run(Scenario.model_validate(given_))
    events, old = (
        run_.events,
        {int(run_.events.host[i]) for i in run_.events.where(Kind.HOST_ASKED) if run_.events.at_s[i] == 0},
    )
    gone = {int(events.host[i]) for i in events.where(Kind.HOST_GONE)}

    if len(events.where(Kind.UPDATE_DONE)):
        assert old <= gone
    for i in events.where(Kind.UPDATE_FAILED):
        assert events.value[i] == len(
            old - {int(events.host[j]) for j in events.where(Kind.HOST_GONE) if events.at_s[j] <= events.at_s[i]}
        )
