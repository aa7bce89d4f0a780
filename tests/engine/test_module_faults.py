"""Faults that take the process with them: whatever shares a task with the module dies too, and comes back by the platform's rules."""

import pytest

from engine import Scenario, run
from engine.errors import BudgetError, ScenarioError
from engine.events import Kind
from tests.engine.architecture.the_shop import monolith, pieces

CRASH = {"do": "crash-module", "module": "payment", "at_s": 20, "for_s": 60, "lives_s": 10}
LEAK = {"do": "leak-module", "module": "payment", "at_s": 20, "for_s": 60, "leak_mib": 12}


def harmed(scenario, fault, **more):
    return run(Scenario.of(scenario.model_dump(mode="json") | {"operations": [fault], "duration_s": 120} | more))


def services_of(found, kind):
    events = found.events
    return {found.scenario.services[int(events.service[row])].name for row in events.where(kind)}


@pytest.mark.parametrize(("fault", "kind"), [(CRASH, Kind.TASK_CRASHED), (LEAK, Kind.TASK_OOM_KILLED)])
@pytest.mark.parametrize("launch", ["ecs-fargate", "eks-managed"])
def test_only_the_service_that_runs_the_module_dies(fault, kind, launch):
    for scenario, name in ((monolith(), "shop"), (pieces(), "payment")):
        found = harmed(scenario, fault, launch_type=launch)

        assert services_of(found, kind) == {name}
        died = found.events.at_s[found.events.where(kind)]
        assert died.min() > 20
        assert died.max() < 80  # mended: no process dies any more


@pytest.mark.parametrize(("launch", "again"), [("ecs-fargate", False), ("eks-managed", True)])
def test_ecs_starts_another_task_and_a_kubelet_the_same_pod_again_ever_later(launch, again):
    found = harmed(monolith(), CRASH, launch_type=launch)
    crashed = found.events.where(Kind.TASK_CRASHED)
    tasks = found.events.task[crashed].tolist()

    assert len(tasks) > 6  # some came back into the crash loop
    assert (len(set(tasks)) < len(tasks)) == again
    assert bool(found.events.where(Kind.CRASH_BACKED_OFF).size) == again


def test_a_process_lives_about_as_long_as_told_each_for_itself():
    found = harmed(monolith(), CRASH | {"for_s": 15})
    lived = found.events.value[found.events.where(Kind.TASK_CRASHED)] - 20  # they had run since the beginning

    assert ((lived >= 5) & (lived <= 16)).all()
    assert len(set(lived.tolist())) > 1


def test_memory_is_counted_from_the_fault_on_and_for_the_module_alone():
    """A monolith's task sees all requests, and pays for those in seventeen that a user pays with."""
    calm = harmed(monolith(), LEAK | {"leak_mib": 0.01})
    late = harmed(monolith(), LEAK | {"module": "email"})
    often = harmed(monolith(), LEAK | {"module": "catalogue"})

    def first(found):
        rows = found.events.where(Kind.TASK_OOM_KILLED)
        return float(found.events.at_s[rows[0]]) if rows.size else None

    assert first(calm) is None
    assert first(often) + 10 < first(late)


def test_what_dies_takes_with_it_what_it_worked_on():
    found = harmed(monolith(), CRASH)
    actions = found.requests.graph.actions

    assert actions.failed[2].sum() > 0  # reset
    assert int(actions.arrived.sum()) == int(actions.served.sum() + actions.failed.sum() + actions.in_flight.sum())


def test_a_crash_loop_that_would_never_end_is_refused_with_its_figure():
    fault = CRASH | {"for_s": None, "lives_s": 1}
    with pytest.raises(BudgetError, match="lower the tasks or the duration"):
        harmed(monolith(traffic={"rps": 1}), fault, duration_s=604_800)


@pytest.mark.parametrize("fault", [CRASH, LEAK])
def test_nothing_before_the_fault_changes(fault):
    calm, later = (
        run(Scenario.of(pieces().model_dump(mode="json") | {"operations": [fault | {"at_s": at}], "duration_s": 60}))
        for at in (20, 40)
    )

    for name in ("arrived", "served", "failed", "latency"):
        one, two = (getattr(found.requests.graph.actions, name) for found in (calm, later))
        steps = slice(0, 20)
        index = (slice(None), slice(None), steps) if name == "failed" else (slice(None), steps)
        assert (one[index] == two[index]).all()


RELEASE = {"do": "deploy", "service": "shop", "module": "payment", "at_s": 10}


def test_a_bad_version_of_one_module_hurts_those_alone_who_ask_for_it():
    found = harmed(monolith(), RELEASE | {"errors": 1})
    whole = harmed(monolith(), RELEASE | {"errors": 1, "module": None})
    actions = found.requests.graph.actions

    hurt = {name for name, bad in zip(actions.names, actions.failed.sum(axis=(0, 2)), strict=True) if bad}
    assert hurt == {"pay"}
    assert (whole.requests.graph.actions.failed.sum(axis=(0, 2)) > 0).all()


def test_a_version_that_leaks_in_one_module_leaks_with_its_requests_alone():
    died = {
        module: harmed(monolith(), RELEASE | {"leak_mib": 8, "module": module}).events.where(Kind.TASK_OOM_KILLED).size
        for module in ("payment", "catalogue", None)
    }

    assert died["payment"] < died["catalogue"]  # few pay, many look
    assert died["payment"] < died[None]


def test_a_new_version_of_a_service_that_does_not_run_the_module_is_refused_in_words():
    given = pieces().model_dump(mode="json") | {
        "operations": [RELEASE | {"service": "cart"}, RELEASE | {"module": "till"}]
    }
    with pytest.raises(ScenarioError) as refused:
        Scenario.of(given)

    strange, nowhere = refused.value.problems
    assert (strange.path, strange.came, strange.allowed) == ("operations.0.module", "payment", "cart")
    assert nowhere.message == "there is no such module"


def test_faults_that_would_be_looked_at_too_often_are_refused_with_their_figure():
    faults = [LEAK | {"at_s": n, "for_s": None, "leak_mib": 0.001} for n in range(300)]
    with pytest.raises(BudgetError, match="looks at tasks that leak or crash"):
        run(Scenario.of(monolith().model_dump(mode="json") | {"operations": faults, "duration_s": 7_200}))
