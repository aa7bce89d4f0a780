"""The call map's payload: what runs where, who calls whom, and how much of it fails, in the reader's words."""

import numpy as np
import pytest

from engine import Run, Scenario, ScenarioError, run
from engine.catalog import LANGUAGES
from pages.parts.call_map import WORDS, call_map_data
from pages.parts.call_map.payload import (
    CLOSED,
    CRASH,
    ERRORS,
    HALF_OPEN,
    LEAK,
    NO_FAULT,
    OPEN,
    SLOW,
    Flows,
    Names,
    actions,
    circuits,
    faults,
    flows_of,
    graph,
    pairs,
    payload,
)
from pages.parts.experiment import operation
from pages.parts.lesson import lesson
from pages.parts.scene import map_of, shown
from pages.parts.words import Voice

# front asks cart twice (for two actions) and checkout once; checkout asks cart. Three ribbons, four calls.
MODULES = [
    {"name": "front", "service": "shop", "calls": [
        {"to": "cart", "actions": ["view"], "timeout_s": 2}, {"to": "checkout", "actions": ["pay"], "retries": 2},
        {"to": "cart", "actions": ["pay"], "timeout_s": 0.5, "needed": False},
    ]},
    {"name": "checkout", "service": "shop", "calls": [{"to": "cart", "breaker": {}, "bulkhead": 10}]},
    {"name": "cart", "service": "cart"},
]  # fmt: skip
ACTIONS = [
    {"name": "view", "share": 3, "entry": "front"},
    {"name": "pay", "share": 1, "entry": "front"},
    {"name": "look", "entry": "cart"},
]
#               view-cart  pay-checkout  pay-cart  checkout-cart
CALLS = np.array([[30.0], [10.0], [10.0], [40.0]])
FAILED = np.array([[0.0], [4.0], [1.0], [2.5]])
AGAIN = np.array([[0.0], [3.0], [0.0], [0.0]])


def shop(modules=MODULES, **more):
    services = [{"name": name} for name in dict.fromkeys(module["service"] for module in modules)]
    return Scenario.of({"services": services, "application": {"modules": modules, "actions": ACTIONS}} | more)


def flows(steps=1):
    wide = lambda rows: np.repeat(rows, steps, axis=1)  # noqa: E731 - a name for what is done five times
    asked, unanswered = np.array([[30.0], [10.0], [5.0]]), np.array([[0.0], [4.0], [0.0]])
    return Flows(1.0, *(wide(rows) for rows in (CALLS, FAILED, AGAIN, asked, unanswered)))


def test_a_box_is_a_service_that_runs_modules_and_is_called_as_its_only_one():
    found = graph(shop(), flows(), names=Names({"shop": "tienda", "cart": "carrito"}, {}))

    assert [(box["label"], box["service"], box["modules"]) for box in found["boxes"]] == [
        ("tienda", 0, [0, 1]),
        ("carrito", 1, [2]),
    ]
    assert [(module["label"], module["box"]) for module in found["modules"]] == [
        ("front", 0),
        ("checkout", 0),
        ("carrito", 1),
    ]


def test_calls_between_the_same_two_modules_are_one_ribbon_with_the_rates_of_all():
    found = graph(shop(), flows())

    assert [(pair.caller, pair.callee, pair.calls) for pair in pairs(shop().application)] == [
        (0, 2, (0, 2)),
        (0, 1, (1,)),
        (1, 2, (3,)),
    ]
    assert found["flow"]["calls"] == {
        "n": [[40.0], [10.0], [40.0]],
        "bad": [[1.0], [4.0], [2.5]],
        "again": [[0.0], [3.0], [0.0]],
    }
    assert [call["local"] for call in found["calls"]] == [False, True, False]
    assert found["calls"][0]["timeouts_s"] == [0.5, 2.0]
    assert found["calls"][0]["needed"] == [False, True]
    assert [call["retries"] for call in found["calls"]] == [0, 2, 0]
    assert [call["breaker"] for call in found["calls"]] == [False, False, True]
    assert [call["bulkheads"] for call in found["calls"]] == [[], [], [10]]


def test_users_enter_where_their_actions_begin():
    found = graph(shop(), flows())

    assert found["entries"] == [{"to": 0}, {"to": 2}]
    assert found["flow"]["entries"] == {"n": [[40.0], [5.0]], "bad": [[4.0], [0.0]]}


def test_splitting_a_module_out_changes_boxes_and_network_calls_and_nothing_else():
    whole = [module | {"service": "shop"} for module in MODULES]
    before = graph(shop(whole), flows())
    after = graph(shop(), flows())

    assert [len(found["boxes"]) for found in (before, after)] == [1, 2]
    assert all(call["local"] for call in before["calls"])
    for same in ("entries", "actions", "flow"):
        assert before[same] == after[same]


def test_a_pair_is_open_while_one_of_its_calls_is():
    moves = [(1.0, 0, OPEN), (2.0, 2, HALF_OPEN), (3.0, 0, CLOSED), (4.0, 2, CLOSED)]
    found = graph(shop(), flows(), faults=[(5.0, 2, SLOW)], circuits=moves)

    assert found["circuits"] == {
        "t": [1.0, 2.0, 3.0, 4.0],
        "call": [0, 0, 0, 0],
        "state": [OPEN, OPEN, HALF_OPEN, CLOSED],
    }
    assert found["faults"] == {"t": [5.0], "module": [2], "state": [SLOW]}


def test_a_long_run_is_thinned_to_points_that_keep_the_mean():
    found = graph(shop(), flows(steps=1_300))["flow"]

    assert found["step"] == 3.0
    assert len(found["calls"]["n"][0]) == 434
    assert set(found["calls"]["n"][0]) == {40.0}


# --- a run -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def broken() -> Run:
    """Two minutes in which cart fails altogether from 0:30 on, is mended at 1:20, and its bad version comes at 1:40."""
    operations = [
        {"do": "break-module", "module": "cart", "errors": 1, "at_s": 30, "for_s": 50},
        {"do": "break-module", "module": "front", "slow_x": 2, "at_s": 90},
        {"do": "leak-module", "module": "checkout", "leak_mib": 0.1, "at_s": 92, "for_s": 5},
        {"do": "crash-module", "module": "checkout", "at_s": 98},
        {"do": "deploy", "service": "cart", "leak_mib": 1, "at_s": 100},
        {"do": "deploy", "service": "shop", "leak_mib": 1, "at_s": 110},
    ]
    return run(shop(launch_type="ecs-fargate", duration_s=120, traffic={"rps": 40}, operations=operations))


def test_the_rates_of_a_run_are_its_own_counts(broken):
    found, tables = flows_of(broken), broken.requests.graph

    assert found.calls.shape == (4, 120)
    assert found.calls.sum() == tables.calls.sent[:, :120].sum()
    assert found.failed.sum() == tables.calls.failed[:, :, :120].sum() > 0
    assert found.asked.sum() == tables.actions.arrived[:, :120].sum()


def test_faults_begin_and_end_and_a_bad_version_is_its_services(broken):
    front, checkout, cart, shop_as_a_whole = 0, 1, 2, 3 + 0

    assert sorted(faults(broken)) == [
        (30.0, cart, ERRORS),
        (80.0, cart, NO_FAULT),
        (90.0, front, SLOW),
        (92.0, checkout, LEAK),
        (97.0, checkout, NO_FAULT),
        (98.0, checkout, CRASH),
        (100.0, cart, LEAK),
        (110.0, shop_as_a_whole, LEAK),
    ]


def test_a_breaker_opens_on_the_map_after_the_fault_and_closes_after_it(broken):
    moves = circuits(broken)

    assert {call for _, call, _ in moves} == {3}, "only checkout's call of cart has a breaker"
    opened = next(at_s for at_s, _, state in moves if state == OPEN)
    assert 30 < opened < 60
    assert moves[-1][2] == CLOSED
    assert moves[-1][0] > 80


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_run_is_packed_with_its_tasks_its_words_and_what_can_be_done(broken, lang):
    found = payload(broken, Voice(lang))

    assert len(found["graph"]["boxes"]) == len(found["services"]) == 2
    assert [one["act"]["do"] for one in found["actions"]["module"]] == [
        "break-module",
        "break-module",
        "leak-module",
        "crash-module",
    ]
    assert call_map_data(found, "study", ahead="/run?x")["ahead"] == "/run?x"


def test_what_is_offered_can_be_done_to_a_module_that_is_well():
    for one in actions(Voice("en")):
        done = shop(operations=[one["act"] | {"module": "cart", "at_s": 5}])

        assert done.operations[0].module == "cart"
        assert one["when"] == [NO_FAULT]


def test_a_run_without_an_application_has_no_call_map():
    with pytest.raises(ValueError, match="no application"):
        flows_of(run(Scenario.of({"duration_s": 10})))


def test_where_modules_call_each_other_the_map_is_of_their_calls(broken):
    speaker = Voice("en")
    calm = run(Scenario.of({"duration_s": 10}))

    assert "graph" in map_of(broken, speaker, shown(broken, speaker) | {"name": "A variant"}, "small")["payload"]
    assert (
        map_of(broken, speaker, shown(broken, speaker) | {"name": "A variant"}, "small")["payload"]["name"]
        == "A variant"
    )
    assert "graph" not in map_of(calm, speaker, shown(calm, speaker), "study")["payload"]


def test_what_is_done_to_a_module_is_one_of_the_lessons_own():
    of = lesson("architecture")
    done = operation({"do": "leak-module", "module": "cart", "at_s": 12.34, "zone": None}, of)

    assert (done.do, done.module, done.at_s) == ("leak-module", "cart", 12.3)
    with pytest.raises(ScenarioError, match="no such module"):
        operation({"do": "leak-module", "module": "nobody", "at_s": 1}, of)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages_bring_every_word_of_the_call_map(lang):
    words = Voice(lang).table("map") | Voice(lang).table("calls")

    assert call_map_data({"words": words}, "stage")["size"] == "stage"
    assert set(WORDS) <= set(words)


def test_a_missing_word_is_named():
    with pytest.raises(KeyError, match="circuit_open"):
        call_map_data({"words": dict.fromkeys(set(WORDS) - {"circuit_open"}, "")}, "study")
