"""Each decision is told by the rule that made it; tasks come one at a time, and each is a moment of its own."""

import numpy as np
import pytest

from engine import Kind, Scenario, catalog, run
from engine.kubernetes import leaving
from engine.placement.scale_in import CHANCE, NEWEST, YOUNG, Dismissal
from engine.story import captions, marks
from engine.story_placement import _dismissed, decisions, line_of, placed_one_by_one
from tests.engine.the_log import numbers, tell, times

GROUPS = [
    {"name": "small", "instance_type": "m5.large", "hosts": 3, "attributes": {"disk": "hdd"}},
    {"name": "large", "instance_type": "m5.xlarge", "hosts": 3, "attributes": {"disk": "ssd"}},
]


def fleet(*, operations=(), duration_s=120, **service):
    return tell(
        traffic={"rps": 0}, warm=False, duration_s=duration_s, operations=list(operations),
        fleet={"groups": GROUPS, "replace": False}, services=[{"one_every_s": 5, "cpu_units": 1024, "memory_mib": 2048} | service],
    )  # fmt: skip


def keys(told, kinds="placed"):
    return [
        line_of(told, row).key.removeprefix("caption.")
        for row in decisions(told)
        if line_of(told, row).key.startswith(f"caption.{kinds}")
    ]


# --- one at a time ---------------------------------------------------------------------------------------------------


def test_tasks_that_come_one_at_a_time_come_so_far_apart():
    told = fleet(desired=6)

    assert numbers(told, "value", Kind.DESIRED_SET) == [1, 2, 3, 4, 5, 6]
    assert times(told, Kind.DESIRED_SET) == [5, 10, 15, 20, 25, 30]
    assert len(list(placed_one_by_one(told))) == 6


def test_whoever_asks_for_another_number_ends_the_arrivals():
    told = fleet(desired=9, operations=[{"do": "set-desired", "desired": 2, "at_s": 17}])

    assert numbers(told, "value", Kind.DESIRED_SET) == [1, 2, 3, 2]


def test_all_at_once_is_the_rule_and_no_moment_of_its_own():
    told = fleet(desired=6, one_every_s=0)

    assert numbers(told, "value", Kind.DESIRED_SET) == []
    assert list(placed_one_by_one(told)) == []


def test_each_arrival_is_a_stop_on_the_scrubber():
    told = fleet(desired=4)

    assert [mark.values["task"] for mark in marks(told) if mark.key == "mark.placed"] == ["1", "2", "3", "4"]


# --- in words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("placement", "told"), [
    (["spread-zones"], ["placed.first", "placed_tie.spread-zones", "placed_tie.spread-zones", "placed.first"]),
    (["spread-hosts"], ["placed.first", "placed_tie.spread-hosts", "placed_tie.spread-hosts", "placed_tie.spread-hosts"]),
    (["binpack-memory"], ["placed_tie.binpack-memory", "placed.binpack-memory", "placed_tie.binpack-memory", "placed.binpack-memory"]),
    (["binpack-cpu"], ["placed_tie.binpack-cpu", "placed.binpack-cpu", "placed_tie.binpack-cpu", "placed.binpack-cpu"]),
    (["random"], ["placed.random"] * 4),
    (["spread:attribute:disk"], ["placed.first", "placed_tie.spread", "placed.first", "placed_tie.spread"]),
])  # fmt: skip
def test_each_strategy_tells_its_own_story(placement, told):
    assert keys(fleet(desired=4, placement=placement)) == told


@pytest.mark.parametrize(("service", "key"), [
    ({"cpu_units": 8192}, "waits.cpu"),
    ({"memory_mib": 64_000}, "waits.memory"),
    ({"constraints": ["memberOf(attribute:disk == nvme)"]}, "waits.constraint"),
    ({"host_ports": [80], "desired": 7}, "waits.ports"),
    ({"network_mode": "awsvpc", "cpu_units": 1, "memory_mib": 6, "desired": 20}, "waits.enis"),
])  # fmt: skip
def test_what_keeps_a_task_waiting_is_said_with_its_figure(service, key):
    told = fleet(**{"desired": 1} | service)

    assert keys(told, "waits")[-1] == key


def test_a_task_run_by_hand_is_refused_where_a_services_task_would_wait():
    told = fleet(desired=0, cpu_units=8192, operations=[{"do": "run-tasks", "at_s": 10}])

    assert keys(told, "refused") == ["refused.cpu"]
    assert keys(told, "waits") == []


@pytest.mark.parametrize(("placement", "desired", "rule", "where"), [
    (["spread-zones"], 4, "random", "a"),                    # zone a has two of four: chance picks one of them
    (["spread-zones", "spread-hosts"], 4, "newest", "a"),    # the default's rule knows no chance
    (["binpack-memory"], 3, "binpack-memory", "b"),          # a1 has two, b1 one: b1 would be empty
])  # fmt: skip
def test_who_has_to_go_is_told_by_the_rule_that_chose_it(placement, desired, rule, where):
    fewer = {"do": "set-desired", "desired": desired - 1, "at_s": 100}
    told = fleet(desired=desired, placement=placement, operations=[fewer])
    line = line_of(told, decisions(told)[-1])

    assert (line.key, line.values["zone"]) == (f"caption.dismissed.{rule}", where)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_rule_by_which_somebody_has_to_go_can_be_said(lang):
    texts, numbers, told = catalog.texts(lang), np.zeros(2, dtype=np.int64), fleet(desired=1)
    rules = {
        "spread-zones",
        "spread-hosts",
        "binpack-cpu",
        "binpack-memory",
        *leaving.RULES,
        NEWEST,
        YOUNG,
        CHANCE,
        "only",
        "first",
    }
    for rule in rules:
        scores = {} if rule in {"only", "first"} else {rule: np.array([1.0, 0.0])}
        tasks = numbers[:1] if rule == "only" else np.arange(2)
        line = _dismissed(told, 5.0, Dismissal(0, tasks, numbers[: len(tasks)], numbers[: len(tasks)], scores))

        assert line.key == f"caption.dismissed.{rule}"
        texts[f"story.{line.key}"].format(**line.values)


def test_a_daemon_is_placed_on_the_host_it_is_for():
    told = fleet(kind="daemon", one_every_s=0)

    assert keys(told) == ["placed.daemon"] * 6


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("name", ["placement", "placement_network", "placement_compare"])
def test_every_sentence_of_the_chapters_runs_can_be_said(name, lang):
    told = run(Scenario.read(catalog.scenario_text(name)))
    texts = catalog.texts(lang)

    assert len(captions(told)) > 20
    for line in captions(told):
        texts[f"story.{line.key}"].format(**line.values)


def test_where_users_send_requests_the_story_is_theirs():
    assert not any(line.key.startswith("caption.placed") for line in captions(tell(services=[{"desired": 3}])))
