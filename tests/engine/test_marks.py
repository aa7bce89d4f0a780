"""Marks: what a goal is held against cannot be had by leaving something out."""

import pytest

from engine import catalog
from engine.consensus import Consensus
from engine.consensus.ownership import Ownership
from engine.marks import MARKS, seed_of, seeded
from engine.responsibility import LAYERS, matrix
from engine.serverless import Pipeline
from pages.parts.eks import rows
from pages.parts.responsibility.fill import Filled
from pages.parts.responsibility.year import YearShown
from pages.parts.serverless.piped import begun
from pages.parts.turned import put


def mark(name, record):
    return MARKS[name].of(record)


def test_the_pause_is_that_of_the_worst_zone_whichever_one_is_lost_on_the_page():
    store = Consensus.of(catalog.lesson("control_plane")["store"])
    harmless = store.with_("operations", [{"at_s": 8, "do": "fail-zone", "zone": "c"}])

    assert mark("writes_paused", harmless) == mark("writes_paused", store) == store.duration_s - 8
    # Members that keep away from the zone that dies on the page have one of their own that must not die.
    assert mark("writes_paused", store.with_("places", "bbc")) == store.duration_s - 8


def test_lost_calls_do_not_ask_what_dies_on_the_page():
    found = {
        mark("calls_lost", put(Ownership(), {"front.kills": kills})) for kills in ("nothing", "server", "two-zones")
    }

    assert len(found) == 1
    assert found.pop() > 20


def test_orders_that_are_turned_away_make_the_others_quick_and_are_counted():
    open_, narrow = begun(), begun({"services.api.rate_per_s": 50, "services.api.burst": 50})

    assert mark("order_p99", narrow) < 10 < mark("order_p99", open_)
    assert mark("orders_unserved", narrow) > 1_000
    assert mark("orders_unserved", open_) == 0


@pytest.mark.parametrize(("name", "work_s"), [("orders", 0.5), ("functions", pytest.approx(0.5)), ("straight", None)])
def test_the_work_of_an_order_is_the_same_for_workers_and_functions(name, work_s):
    assert mark("order_work", Pipeline.named(name)) == work_s


def test_who_has_no_workers_pays_no_price_that_could_be_low():
    assert mark("worker_usd_h", Pipeline.named("straight")) is None


@pytest.mark.parametrize(
    ("settings", "is_done", "deleted"),
    [
        ({"asks.update.may_leave": 0}, False, 0),
        ({"asks.update.may_leave": 0, "asks.update.force": True}, True, 18),
        ({"asks.update.may_leave": 3}, True, 0),
    ],
)
def test_an_update_that_fails_never_came_to_its_end_and_force_has_its_count(settings, is_done, deleted):
    shown = put(rows.Shown(), settings)

    assert (mark("row_update", shown) is not None) == is_done
    assert mark("row_deleted", shown) == deleted


def test_a_matrix_that_is_empty_gives_nothing_away_and_has_nothing_right():
    truth = "".join(matrix()[layer, "lambda"].owner[0] for layer in LAYERS)
    blank, right, generous = Filled(), Filled(cells=f"lambda:{truth}"), Filled(cells=f"lambda:{'a' * len(LAYERS)}")

    assert [mark("cells_right", one) for one in (blank, right, generous)] == [0, 13, truth.count("a")]
    assert [mark("cells_given", one) for one in (blank, right, generous)] == [0, 0, truth.count("c")]


def test_another_chance_changes_the_seed_and_nothing_else_wherever_it_stands():
    shown = YearShown()

    assert seed_of(seeded(shown, 3)) == seed_of(shown) + 3
    assert seeded(shown, 0) == shown
    assert (seeded(Filled(), 1), seed_of(Filled())) == (None, 0)
