"""The picture of a decision asks what the task asks for: its constraints, its interface, what it spreads over."""

import pytest

from engine import Kind
from engine.catalog import LANGUAGES
from pages.parts.stage_map.payload import SERVING, payload
from pages.parts.why_here.decision import decision
from pages.parts.words import Voice
from tests.engine.the_log import rows, tell

GROUPS = [{"hosts": 2, "attributes": {"rack": "r1"}}, {"name": "more", "hosts": 1, "attributes": {"rack": "r2"}}]


def picture(lang="en", task=3, **service):
    run_ = tell(duration_s=10, zones=1, fleet={"groups": GROUPS}, services=[{"desired": 3} | service])
    return decision(run_, task, Voice(lang))


def test_a_constraint_is_a_gate_of_its_own_and_names_whom_it_stopped():
    seen = picture(constraints=["distinctInstance", "memberOf(attribute:rack exists)"])

    titles = [gate["title"] for gate in seen["gates"]]
    assert "distinctInstance?" in titles
    assert "memberOf(attribute:rack exists)?" in titles
    stopped = [host["reason"] for host in seen["hosts"] if not host["chosen"]]
    assert stopped == ["the constraint says no"] * 2


def test_network_interfaces_are_asked_for_only_where_a_task_wants_one():
    with_one = picture(network_mode="awsvpc")
    without = picture()

    assert "Network interface free?" in [gate["title"] for gate in with_one["gates"]]
    assert "Network interface free?" not in [gate["title"] for gate in without["gates"]]
    assert any("3 left" in host["values"] for host in with_one["hosts"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_spread_over_an_attribute_is_told_in_both_languages(lang):
    seen = picture(lang, task=2, placement=["spread:attribute:rack", "binpack-cpu"])

    assert "rack" in seen["gates"][3]["title"]
    assert [host["id"] for host in seen["hosts"] if host["chosen"]] == ["a3"]  # rack r2 has none yet
    assert seen["sentence"]


def test_a_task_started_by_hand_is_drawn_as_running():
    run_ = tell(duration_s=60, services=[{"desired": 1}], operations=[{"do": "run-tasks", "at_s": 5}])
    moves = payload(run_, Voice("en"))["task_moves"]
    (task,) = [int(run_.events.task[i]) for i in rows(run_, Kind.TASK_CREATED) if run_.events.at_s[i] == 5]

    assert [state for who, state in zip(moves["task"], moves["state"], strict=True) if who == task][-1] == SERVING


@pytest.mark.parametrize(("service", "key"), [
    ({"constraints": ["distinctInstance"]}, "constraint distinctInstance"),
    ({"host_ports": [80]}, "its port is taken"),
    ({"network_mode": "awsvpc", "cpu_units": 64, "memory_mib": 64, "desired": 20}, "no network interface left"),
])  # fmt: skip
def test_the_map_says_which_rule_keeps_a_task_waiting(service, key):
    run_ = tell(duration_s=20, fleet={"hosts": 3}, services=[{"desired": 5} | service])
    (line,) = payload(run_, Voice("en"))["waiting"]

    assert key in line["text"]
    assert "3 of 3 hosts" in line["text"]
