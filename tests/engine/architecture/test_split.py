"""Split: the same work as one service or as ten; modules leave in the order that is stated, and nothing else changes."""

import pytest

from engine import Scenario, catalog
from engine.application import Application
from engine.architecture import (
    Sizing,
    calls_between,
    cut,
    cut_of,
    held_ms,
    mean_visits,
    out_of,
    shop,
    sized,
    split,
    visits,
)
from engine.architecture.sizing import load_of
from tests.engine.architecture.the_shop import monolith, pieces


def test_modules_leave_one_at_a_time_in_the_stated_order():
    one = monolith()
    for out in range(10):
        found = split(one, out)

        assert out_of(found) == shop().order[:out]
        assert found.services[0].name == "shop"
        assert {service.name for service in found.services} == {"shop", *shop().order[:out]}


def test_a_split_is_taken_back_whole():
    one = monolith()

    assert split(split(one, 9), 0) == one
    assert split(one, ["payment"]).services[1].name == "payment"


def test_work_traffic_and_launch_type_stay_and_so_does_what_was_set_for_one_call():
    one = monolith()
    careful = one.with_("application.modules.front.calls.0.retries", 3)
    apart = split(careful, 9)

    assert apart.traffic == one.traffic
    assert apart.launch_type == one.launch_type
    assert [m.work_ms for m in apart.application.modules] == [m.work_ms for m in one.application.modules]
    assert apart.application.modules[0].calls[0].retries == 3


def test_the_shop_is_what_its_facts_say():
    application = shop().application
    weights = catalog.value("boutique.weights")
    needed = {
        action
        for call in application.modules[0].calls
        if call.to == "recommendation" and call.needed
        for action in call.actions
    }

    assert {action.name: action.share for action in application.actions} == dict(weights)
    assert len(application.modules) == catalog.number("boutique.calls")
    assert needed == set(catalog.value("boutique.recommendation_needed", "needed_by"))
    assert set(catalog.value("boutique.memory")) == {module.name for module in application.modules}


def test_visits_are_counted_down_the_calls():
    found = visits(shop().application)

    assert found["home"]["ads"] == 1
    assert found["home"]["payment"] == 0
    assert found["pay"] | {"front": 1, "payment": 1} == found["pay"]
    assert found["view"]["catalogue"] == 2  # once by the front, once by the recommendations
    assert sum(mean_visits(shop().application).values()) == pytest.approx(1 + calls_between(pieces().application))


def test_a_worker_is_held_by_what_it_waits_for():
    together, apart = held_ms(monolith().application), held_ms(pieces().application)

    assert together["payment"] == apart["payment"] == 20
    # Calls of one stage go out together over the network; within a process they are one worker's work.
    assert apart["front"] < together["front"]
    assert apart["recommendation"] == pytest.approx(12 + 4 + 2 * 0.75)


def test_every_service_is_as_busy_as_the_rule_says_or_less():
    for scenario in (monolith(), pieces()):
        for service in scenario.services:
            load, size = (
                load_of(scenario.application, service.name, 250),
                sized(scenario.application, service.name, 250, 3, Sizing()),
            )

            assert load.working <= 0.4 * 4 * size.tasks * size.cpu_units / 1024 + 1e-9
            assert service.concurrency * service.desired >= load.working + load.waiting
            assert size.tasks % 3 == 0
            assert catalog.is_fargate_size(size.cpu_units, size.memory_mib)
            assert size.needed_mib <= size.memory_mib


def test_more_traffic_more_room_and_never_less_than_one_task_a_zone():
    application = pieces().application
    few, many = (sized(application, "recommendation", rps, 3, Sizing()) for rps in (1, 5_000))

    assert (few.tasks, few.cpu_units) == (3, 256)
    assert many.tasks * many.cpu_units > 20 * 1024


# --- through a few words ---


def test_what_is_set_is_read_again():
    one = monolith()
    assert cut_of(one).model_dump() == {
        "out": 0, "timeouts": False, "retries": 0, "breakers": False, "bulkheads": False, "fault": "none", "module": None,
        "at_s": None, "for_s": None,
    }  # fmt: skip
    for name, value in {"out": 4, "timeouts": True, "retries": 3, "breakers": True, "bulkheads": True}.items():
        one = cut(one, name, value)
        assert getattr(cut_of(one), name) == value
    assert cut_of(one).model_dump() == {
        "out": 4, "timeouts": True, "retries": 3, "breakers": True, "bulkheads": True, "fault": "none", "module": None,
        "at_s": None, "for_s": None,
    }  # fmt: skip


def test_a_switch_is_taken_back_whole_and_one_guarded_call_is_no_switch():
    apart = pieces()
    for name, off in {"timeouts": False, "retries": 0, "breakers": False, "bulkheads": False}.items():
        assert cut(cut(apart, name, 1), name, off) == apart
    assert not cut_of(apart.with_("application.modules.front.calls.0.bulkhead", 4)).bulkheads


def test_a_scenario_without_an_application_has_no_cut():
    assert cut_of(Scenario()).out == 0
    assert not cut_of(Scenario()).timeouts


def test_a_fault_is_set_by_its_name_and_keeps_its_place():
    one = cut(monolith(duration_s=300), "fault", "crash")
    assert (cut_of(one).fault, cut_of(one).module) == ("crash", "payment")
    moved = cut(cut(one.with_("operations.0.at_s", 30), "module", "ads"), "fault", "slow")

    assert (moved.operations[0].do, moved.operations[0].module) == ("break-module", "ads")
    assert (cut_of(moved).at_s, cut_of(cut(moved, "for_s", 45)).for_s) == (30, 45)
    assert [cut_of(cut(moved, "fault", kind)).fault for kind in ("errors", "leak", "crash", "slow")] == [
        "errors", "leak", "crash", "slow",
    ]  # fmt: skip
    assert cut(moved, "fault", "none").operations == ()
    assert cut_of(cut(moved, "fault", "none")).module is None


def test_ways_that_nobody_could_walk_one_by_one_are_counted_all_the_same():
    # Each module may call the next in fourteen ways, one of which is taken: 14 to the power of 13 paths.
    depth, ways = 14, {"share": 1 / 14}
    modules = [
        {"name": f"m{n}", "service": f"s{n}", "calls": [{"to": f"m{n + 1}"} | ways] * 14 * (n < depth - 1)}
        for n in range(depth)
    ]
    application = Application.model_validate({"modules": modules, "actions": [{"name": "ask", "entry": "m0"}]})

    assert mean_visits(application) == pytest.approx(dict.fromkeys((f"m{n}" for n in range(depth)), 1))
    assert held_ms(application)[f"m{depth - 1}"] == pytest.approx(10)
