"""Blast: who is hurt by a fault in one module, as one service and as ten, with and without defences."""

import numpy as np
import pytest

from engine import Scenario, run
from engine.architecture import cut
from engine.architecture.blast import amplified, blast, crossed_per_s, failing, sent_to
from tests.engine.architecture.the_shop import monolith, pieces

ONE, TEN = monolith(duration_s=120), pieces(duration_s=120)
PAY = 1 / 17  # of the users' requests


def hurt(scenario, module="payment", guards=(), **fault):
    operation = {"do": "break-module", "module": module, "at_s": 20, "for_s": 60} | fault
    scenario = Scenario.of(scenario.model_dump(mode="json") | {"operations": [operation]})
    for name, value in guards:
        scenario = cut(scenario, name, value)
    return run(scenario)


def shares(found):
    return {harm.action: harm.failed for harm in blast(found).actions}


TIMEOUTS, BREAKERS, BULKHEADS = ("timeouts", True), ("breakers", True), ("bulkheads", True)


def test_a_crash_takes_the_whole_process_down_and_as_ten_only_who_pays():
    one, ten = (blast(hurt(s, do="crash-module", lives_s=10)) for s in (ONE, TEN))

    assert one.failed > 0.35
    assert min(harm.failed for harm in one.actions) > 0.3
    assert ten.failed < PAY
    assert {harm.action for harm in ten.actions if harm.failed} == {"pay"}


def test_plain_errors_hurt_the_same_users_either_way():
    for scenario in (ONE, TEN):
        found = shares(hurt(scenario, errors=1))

        assert found.pop("pay") > 0.99
        assert set(found.values()) == {0}


def test_without_time_outs_pieces_fare_worse_than_one_service():
    """A slow payment holds its callers for as long as they wait, and they are the front that all need."""
    one, ten, guarded = (blast(hurt(s, guards=g, slow_x=100)) for s, g in ((ONE, ()), (TEN, ()), (TEN, (TIMEOUTS,))))

    assert 0.3 < one.failed < 0.6
    assert ten.failed > 0.8
    assert guarded.failed == pytest.approx(PAY, abs=0.01)


def test_what_nobody_needs_takes_everything_down_unless_something_stops_asking():
    bare, stopped = hurt(TEN, "ads", slow_x=200), hurt(TEN, "ads", (TIMEOUTS, BREAKERS), slow_x=200)

    assert blast(bare).failed > 0.9
    assert blast(stopped).failed < 0.01
    assert blast(stopped).degraded > 0.4  # pages come, without advertisements
    apart = hurt(TEN, "ads", (BULKHEADS,), slow_x=200)
    assert blast(apart).failed < 0.1


def test_retries_turn_a_slow_part_into_an_outage_of_all():
    patient, eager = (hurt(TEN, "shipping", (TIMEOUTS, ("retries", retries)), slow_x=200) for retries in (0, 3))
    stopped = hurt(TEN, "shipping", (TIMEOUTS, ("retries", 3), BREAKERS), slow_x=200)

    assert shares(patient)["view"] < 0.01  # it asks no shipping
    assert shares(eager)["view"] > 0.4
    assert shares(stopped)["view"] < 0.01
    storm = np.nanmean(sent_to(eager, "shipping")[30:70]) / np.nanmean(sent_to(patient, "shipping")[30:70])
    assert storm > 1.5


def test_a_needed_call_to_what_is_not_needed_takes_checkout_down_by_retries():
    """Nobody needs recommendations to pay; who retries them holds the workers that payers need."""
    found = shares(hurt(TEN, "recommendation", (("retries", 3),), errors=1))

    assert found["view"] > 0.99
    assert found["pay"] > 0.5


def test_a_tightly_coupled_part_hurts_as_many_as_ten_services():
    """Everybody's first question goes to the catalogue: splitting it off buys nothing."""
    one, ten = (blast(hurt(s, "catalogue", slow_x=30)).failed for s in (ONE, TEN))

    assert one > 0.9
    assert ten > 0.9


def test_a_calm_run_hurts_nobody_and_sends_what_it_needs():
    calm = run(TEN)
    found = blast(calm)

    assert (found.failed, found.recovered_s, found.module) == (0, 0, "")
    assert found.amplified == pytest.approx(1, abs=0.02)
    assert amplified(run(ONE)) == 1  # nobody calls over the network
    assert all(np.nanmax(line) == 0 for line in failing(calm).values())


def test_two_of_three_calls_cross_a_zone_as_the_bill_says():
    """The share that `engine.architecture.bills` reckons with is the one that is measured."""
    calm = run(TEN)
    sent = calm.requests.graph.calls.sent[~calm.requests.graph.calls.is_local].sum() / 120

    assert crossed_per_s(calm) / sent == pytest.approx(2 / 3, abs=0.02)


def test_users_are_well_when_fewer_than_one_in_a_hundred_fails():
    found = blast(hurt(ONE, do="crash-module", lives_s=10))

    assert found.recovered_s is None or found.recovered_s > 5  # the last tasks start for a while
    assert blast(hurt(ONE, do="crash-module", for_s=200)).until_s == 120
    with pytest.raises(ValueError, match="no application"):
        blast(run(Scenario.of({"duration_s": 10})))
