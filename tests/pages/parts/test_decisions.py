"""The table of a decision says what the verdict says: who was struck out by what figure, how the others rank, who won."""

import numpy as np
import pytest

from engine import Scenario, catalog, run
from pages.parts.decisions import decisions_data
from pages.parts.decisions.payload import MOST_CELLS, _ranks
from pages.parts.words import Voice

EN, ES = Voice("en"), Voice("es")


def told(name="placement", speaker=EN, **changes):
    scenario = Scenario.read(catalog.scenario_text(name))
    for path, value in changes.items():
        scenario = scenario.with_(path.replace("__", "."), value)
    return decisions_data(run(scenario), speaker, "study", asks=True)["decisions"]


def plain(text):
    """Write firm spaces as plain ones."""
    return text.replace("\u00a0", " ")


def test_each_placement_names_its_winner_as_the_sentence_does():
    for one in told():
        if one["kind"] == "place":
            assert f" {one['rows'][one['answer']]['id']}." in one["cause"]
            assert one["rows"][one["answer"]]["rank"] == 1
            assert [row["rank"] for row in one["rows"]].count(1) == 1


def test_who_was_struck_out_has_a_figure_and_no_rank_and_no_score():
    struck = [row for one in told() for row in one["rows"] if row["struck"]]

    assert {row["rank"] for row in struck} == {0}
    assert {score for row in struck for score in row["scores"]} == {""}
    assert "needs 0.75 vCPU, has 0.50 vCPU" in {plain(row["why"]) for row in struck}


def test_the_figure_is_written_in_the_readers_language():
    assert "necesita 0,75 vCPU, tiene 0,50 vCPU" in {
        plain(row["why"]) for one in told(speaker=ES) for row in one["rows"]
    }


def test_a_task_that_no_host_takes_waits_and_every_host_says_why():
    found = told(services__web__cpu_units=8192)

    waits = [one for one in found if one["kind"] == "wait"]

    assert len(waits) == 18
    assert {one["answer"] for one in waits} == {-1}
    assert all(row["struck"] and row["why"] for one in waits for row in one["rows"])
    assert {one["cause"] for one in found[18:]} == {f"Task {task} has to go." for task in (15, 16, 17, 18)}
    assert {row["sub"] for one in found[18:] for row in one["rows"]} == {"–"}


def test_at_scale_in_the_candidates_are_tasks_and_the_victim_is_first():
    found = [one for one in told() if one["kind"] == "leave"]

    assert len(found) == 4
    for one in found:
        victim = one["rows"][one["answer"]]
        assert f"Task {victim['id']} on {victim['sub']} " in one["cause"]
        assert victim["rank"] == 1
        assert all(row["why"] for row in one["rows"] if row is not victim)


@pytest.mark.parametrize(("field", "value", "says"), [
    ("services__web__constraints", ["memberOf(attribute:disk == nvme)"], "breaks memberOf(attribute:disk ==…"),
    ("services__web__host_ports", [8080], "port 8080 is taken"),
])  # fmt: skip
def test_constraints_and_ports_say_no_in_their_own_words(field, value, says):
    assert says in {row["why"] for one in told(**{field: value}) for row in one["rows"]}


def test_equals_share_a_rank_but_the_winner_alone_is_first():
    scores = [np.array([-1.0, -1.0, -2.0, -1.0])]

    assert _ranks(scores, np.array([True, True, True, False]), 1).tolist() == [2, 1, 3, 0]
    assert _ranks(scores, np.array([True, True, True, True]), None).tolist() == [1, 1, 4, 1]


def test_a_page_carries_no_more_rows_than_it_can_and_says_what_is_left_out():
    scenario = Scenario.of({
        "traffic": {"rps": 0}, "warm": False, "services": [{"desired": 100, "cpu_units": 2, "memory_mib": 6}],
        "fleet": {"hosts": 150, "instance_type": "m5.large"}, "duration_s": 60,
    })  # fmt: skip
    data = decisions_data(run(scenario), EN, "study", asks=False)

    assert sum(len(one["rows"]) for one in data["decisions"]) <= MOST_CELLS
    assert len(data["decisions"]) + data["left_out"] == 100
    assert data["left_out"] > 0
