"""The call map's payload: what runs where, who calls whom, and how much of it fails, in the reader's words."""

import numpy as np
import pytest

from engine import Scenario
from engine.catalog import LANGUAGES
from pages.parts.call_map import WORDS, call_map_data
from pages.parts.call_map.payload import CLOSED, HALF_OPEN, OPEN, SLOW, Flows, Names, graph, pairs
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


def shop(modules=MODULES):
    services = [{"name": name} for name in dict.fromkeys(module["service"] for module in modules)]
    return Scenario.of({"services": services, "application": {"modules": modules, "actions": ACTIONS}})


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


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages_bring_every_word_of_the_call_map(lang):
    words = Voice(lang).table("map") | Voice(lang).table("calls")

    assert call_map_data({"words": words}, "stage")["size"] == "stage"
    assert set(WORDS) <= set(words)


def test_a_missing_word_is_named():
    with pytest.raises(KeyError, match="circuit_open"):
        call_map_data({"words": dict.fromkeys(set(WORDS) - {"circuit_open"}, "")}, "study")
