"""Row by row: the quiz's answers are the rules' own."""

import pytest

from engine import catalog
from engine.eks import slide as eks
from engine.fargate import slide as fargate
from engine.still_true import TABLES, TRUTHS, standings, truth_of


def by_row(table):
    return {one.row: one for one in standings(table)}


def test_every_row_of_both_slides_is_asked_once():
    assert [one.row for one in standings("fargate")] == [row.name for row in fargate.table("today")]
    assert [one.row for one in standings("eks")] == [row.name for row in eks.table("today")]
    assert len({one.id for table in TABLES for one in standings(table)}) == 12


def test_every_answer_is_right_somewhere():
    assert {one.truth for table in TABLES for one in standings(table)} == set(TRUTHS)


@pytest.mark.parametrize(
    ("table", "row", "truth", "changed_on", "telling"),
    [
        ("fargate", "storage", "false", "2020-04-08", "ecs-fargate"),
        ("fargate", "network", "partly", "", "ecs-ec2"),  # bridge or VPC: host and none were there too
        ("fargate", "privileged", "true", "", "ecs-fargate"),
        ("fargate", "shell", "true", "", "ecs-fargate"),
        ("eks", "ami", "false", "2020-08", "eks-managed"),
        ("eks", "lifecycle", "partly", "", "eks-managed"),
        ("eks", "pods", "true", "", "eks-unmanaged"),
    ],
)
def test_a_row_is_judged_by_its_cells(table, row, truth, changed_on, telling):
    found = by_row(table)[row]

    assert (found.truth, found.changed_on, found.telling.column) == (truth, changed_on, telling)
    assert found.why.key.startswith("reason.")


def test_a_need_that_was_met_by_another_way_is_told():
    assert by_row("fargate")["shell"].telling.eased_on == "2021-03-15"


def test_only_the_slides_own_columns_are_asked_about():
    for table in TABLES:
        for one in standings(table):
            assert all(cell.says for cell in one.cells)
            assert len(one.cells) == (2 if table == "fargate" else 3)
            for fact in one.telling.facts:
                catalog.fact(fact)


def test_at_the_talk_nothing_had_changed_yet():
    for row in (*fargate.table("talk"), *eks.table("talk")):
        assert truth_of(tuple(cell for cell in row.cells if cell.says)) != "false", row.name
