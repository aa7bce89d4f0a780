"""Loops that bring what is there to what is wanted: each sees what the API says, and no more."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Scenario, catalog, reconcile, run, story
from engine.events import Kind

BASE = Scenario.read(catalog.scenario_text("kubernetes"))
B1 = {"do": "fail-host", "host": "b1", "at_s": 60}
MOST = [{"do": "fail-host", "host": host, "at_s": 60} for host in ("b1", "b2", "b3")]
CASES = {
    "node": [B1], "most": MOST, "zone": [{"do": "fail-zone", "zone": "b", "at_s": 60}],
    "drain": [{"do": "drain-host", "host": "b1", "at_s": 60}], "pod": [{"do": "stop-task", "task": 5, "at_s": 60}],
    "cut": [{"do": "cut-agent", "host": "b1", "at_s": 60}],
}  # fmt: skip


@pytest.fixture(scope="module")
def runs():
    return {name: run(BASE.with_("operations", operations)) for name, operations in CASES.items()}


def loop(found, name):
    return next(one for one in reconcile.loops(found) if one.name == name)


def at(steps, when_s):
    return int(steps.at(np.array([float(when_s)]))[0])


# --- what each loop sees -------------------------------------------------------------------------------------------------


def test_a_deployment_is_content_while_two_of_its_pods_are_dead(runs):
    found = loop(runs["node"], "deployment")

    assert [at(found.missing, when) for when in (59, 70, 200, 400, 408, 410)] == [0, 0, 0, 0, 2, 0]
    assert [at(found.blind, when) for when in (59, 70, 200, 400, 408)] == [0, 2, 2, 2, 0]


def test_the_dead_stay_in_the_endpoints_until_their_node_is_missed(runs):
    found, missed_s = loop(runs["node"], "endpoints"), 60 + reconcile.noticed_s(runs["node"])

    assert (at(found.observed, missed_s - 1), at(found.blind, missed_s - 1)) == (24, 2)
    assert (at(found.observed, missed_s + 1), at(found.blind, missed_s + 1)) == (22, 0)


def test_nobody_but_the_node_s_own_kubelet_may_start_what_is_bound_to_it(runs):
    found = loop(runs["node"], "kubelet")

    assert [at(found.missing, when) for when in (59, 70, 400, 420)] == [0, 2, 2, 0]


def test_a_kubelet_that_is_cut_off_runs_what_is_deleted_already(runs):
    assert [at(loop(runs["cut"], "kubelet").missing, when) for when in (300, 450)] == [0, -2]
    back = run(BASE.with_("operations", [*CASES["cut"], {"do": "restore-agent", "host": "b1", "at_s": 500}]))
    assert at(loop(back, "kubelet").missing, 590) == 0
    assert loop(runs["cut"], "deployment").blind.value.max() == 0  # they are alive, after all
    assert reconcile.replaced_s(runs["cut"]) == pytest.approx(reconcile.replaced_s(runs["node"]))


def test_where_ecs_runs_the_tasks_there_are_no_such_loops():
    found = run(BASE.with_("launch_type", "ecs-ec2"))

    assert (reconcile.loops(found), reconcile.phases(found)) == ((), ())


def test_the_story_says_that_a_node_is_dead_before_anybody_knows_and_leaves_a_zone_to_its_own_line(runs):
    told = {name: [(line.at_s, line.key) for line in story.captions(found)] for name, found in runs.items()}

    assert (60.0, "caption.node_dead") in told["node"]
    assert [line.values["n"] for line in story.captions(runs["most"]) if line.key == "caption.node_dead"] == [3]
    assert "caption.node_dead" not in {key for _, key in told["zone"] + told["drain"] + told["cut"]}


# --- who waits how long ----------------------------------------------------------------------------------------------


def test_a_pod_that_is_deleted_is_replaced_at_once_and_one_that_is_dead_after_350_seconds(runs):
    waits = {name: reconcile.replaced_s(found) for name, found in runs.items()}
    low, high = catalog.value("k8s.dead_node_to_new_pod")

    assert waits["pod"] <= 2
    assert waits["drain"] <= 2
    assert low <= waits["node"] <= high + 10  # the grace is ten seconds longer since 1.32
    assert waits["zone"] > waits["node"]


def test_a_whole_zone_is_emptied_ten_seconds_from_node_to_node(runs):
    tainted = [phase.at_s for phase in reconcile.phases(runs["zone"]) if phase.state == "tainted"]
    pace_s = 1 / catalog.number("k8s.node_eviction_rate")

    assert np.diff(sorted(tainted)).tolist() == pytest.approx([pace_s] * 3)
    assert reconcile.left_behind(runs["zone"]) == 0


def test_three_nodes_of_four_are_not_emptied_but_for_the_one_that_was_tainted_first(runs):
    last = {phase.host: phase.state for phase in reconcile.phases(runs["most"])}
    names = {name: last[host] for host, (name, _) in enumerate(runs["most"].hosts) if name.startswith("b")}

    assert sorted(names.values()) == ["empty", "ready", "stopped", "stopped"]
    assert reconcile.elsewhere_s(runs["most"]) is None
    assert reconcile.left_behind(runs["most"]) == 4


def test_a_group_that_replaces_machines_ends_the_wait_sooner(runs):
    grouped = run(BASE.with_("fleet.replace", True))

    assert reconcile.replaced_s(grouped) < reconcile.replaced_s(runs["node"]) - 100


@pytest.mark.parametrize("stay_s", [0, 30, 120])
def test_pods_that_tolerate_less_are_replaced_sooner_by_just_as_much(runs, stay_s: int):
    found = run(BASE.with_("kubernetes.nodes.toleration_s", stay_s))

    assert reconcile.replaced_s(runs["node"]) - reconcile.replaced_s(found) == pytest.approx(300 - stay_s)


# --- node by node ----------------------------------------------------------------------------------------------------


def test_a_node_goes_through_its_waits_in_order_and_each_ends_when_it_said(runs):
    found = [phase for phase in reconcile.phases(runs["node"]) if phase.host == 1]

    assert [(phase.state, phase.pods) for phase in found] == [
        ("ready", 2),
        ("unnoticed", 2),
        ("tainted", 2),
        ("empty", 0),
    ]
    assert [phase.until_s for phase in found[1:3]] == [phase.at_s for phase in found[2:4]]


def test_a_node_that_is_heard_again_is_ready_and_its_pods_never_left():
    back = run(BASE.with_("operations", [*CASES["cut"], {"do": "restore-agent", "host": "b1", "at_s": 200}]))
    found = [(phase.state, phase.pods) for phase in reconcile.phases(back) if phase.host == 1]

    assert found == [("ready", 2), ("cut", 2), ("tainted", 2), ("ready", 2)]
    assert Kind.POD_EVICTED not in back.events.kind


@given(
    operations=st.lists(
        st.one_of(
            st.builds(lambda host, at_s: {"do": "fail-host", "host": host, "at_s": at_s}, st.sampled_from(["a1", "b1", "b2", "c3"]), st.integers(10, 300)),
            st.builds(lambda host, at_s: {"do": "drain-host", "host": host, "at_s": at_s}, st.sampled_from(["a1", "b1", "c3"]), st.integers(10, 300)),
            st.builds(lambda zone, at_s: {"do": "fail-zone", "zone": zone, "at_s": at_s}, st.sampled_from("abc"), st.integers(10, 300)),
            st.builds(lambda task, at_s: {"do": "stop-task", "task": task, "at_s": at_s}, st.integers(1, 24), st.integers(10, 300)),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_whatever_happens_nobody_sees_more_than_there_is_and_every_pod_is_on_one_node(operations):
    found = run(BASE.with_("operations", operations).with_("traffic.rps", 20))
    by_name = {one.name: one for one in reconcile.loops(found)}
    moments = np.arange(0.0, 600.0, 7.0)

    assert (by_name["scheduler"].missing.at(moments) >= 0).all()
    assert (by_name["nodes"].missing.at(moments) >= 0).all()
    for one in by_name.values():
        assert (one.blind.at(moments) <= one.observed.at(moments)).all(), one.name
    bound = by_name["scheduler"].observed
    pods = dict[int, int]()
    for phase in reconcile.phases(found):
        pods[phase.host] = 0 if phase.state == "gone" else phase.pods
        assert phase.until_s is None or phase.until_s >= phase.at_s or math.isnan(phase.until_s)
    assert sum(pods.values()) == int(bound.value[-1])
