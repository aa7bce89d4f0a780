"""Folds over a run with a node autoscaler: lives, prices, CPU bought beside CPU asked for."""

import numpy as np
import pytest

from engine import Kind, autoscaled, catalog, pricing
from tests.engine.test_node_autoscalers import M5_XLARGE, story
from tests.engine.the_log import rows, times


def test_lives_add_up_to_the_bill():
    for kind in ("cluster-autoscaler", "karpenter"):
        run_ = story(kind, later=[900, 6])
        hosts = next(item.usd for item in pricing.bill(run_) if item.name == "hosts")

        assert sum(life.usd for life in autoscaled.lives(run_)) == pytest.approx(hosts)
        assert autoscaled.nodes_usd(run_) == pytest.approx(hosts)


def test_each_life_knows_when_why_and_for_how_much():
    run_ = story("cluster-autoscaler", later=[900, 6])
    lives = autoscaled.lives(run_)
    bought = [life for life in lives if life.asked_s > 0]
    gone = [life for life in lives if life.is_gone]

    assert len(bought) == len(times(run_, Kind.NODE_ORDERED))
    assert {life.usd_per_hour for life in lives} == {M5_XLARGE}
    assert {life.why for life in gone} == {"unneeded", "empty"}
    assert all(life.unneeded[-1][1] - life.unneeded[-1][0] >= 600 for life in gone)
    assert all(life.ready_s > life.asked_s for life in bought)


def test_cpu_is_what_nodes_have_and_what_pods_ask_for():
    run_ = story("none", wanted=12, at_s=600)
    found = autoscaled.cpu(run_)

    assert found.bought.tolist()[0] == 12  # three nodes of four
    before, after = np.searchsorted(found.at_s, [500, 1_000], side="right") - 1
    assert found.asked[before] == pytest.approx(6 * 1000 / 1024, abs=1e-5)
    assert found.asked[after] == pytest.approx(12 * 1000 / 1024, abs=1e-5)
    assert (found.wanted >= found.asked - 1e-6).all()


def test_a_pod_that_never_gets_a_node_has_waited_until_the_end():
    run_ = story("none", wanted=18, at_s=400)

    assert autoscaled.longest_wait_s(run_) == pytest.approx(2_000, abs=2)
    assert autoscaled.longest_wait_s(story("cluster-autoscaler", wanted=18, at_s=400)) < 200


def test_the_idle_share_is_what_nobody_asked_for():
    run_ = story("none", wanted=6)

    assert autoscaled.idle_share(run_) == pytest.approx(1 - 6 * 1000 / 1024 / 12, abs=1e-5)
    assert autoscaled.idle_share(story("karpenter", wanted=6)) < autoscaled.idle_share(run_)


def test_decisions_come_in_order_each_with_the_rate_from_then_on():
    run_ = story("karpenter", later=[900, 6])
    found = autoscaled.decisions(run_)
    always = catalog.number("elb.price", "hour") + catalog.number("eks.price.standard")

    assert [one.line.at_s for one in found] == sorted(one.line.at_s for one in found)
    assert all(one.usd_per_hour > always for one in found)
    assert autoscaled.pods_moved(run_) == sum(run_.events.reason[i] == "drain" for i in rows(run_, Kind.POD_EVICTED))
