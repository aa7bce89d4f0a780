"""Slide S22, cell by cell: what held at the talk, what holds today, and since when it does not."""

import pytest

from engine import catalog
from engine.era import ERAS, day, existed
from engine.errors import CatalogError
from engine.fargate import COLUMNS, ROWS, cell, enact, rules, table
from engine.fargate.slide import ANSWERS

EC2, FARGATE, MANAGED = COLUMNS


# The talk's map, by hand: row by row EC2 then and now, Fargate then and now.
@pytest.mark.parametrize(
    ("row", "ec2_then", "ec2_now", "fargate_then", "fargate_now"),
    [
        ("managed",    "holds", "holds", "holds", "holds"),
        ("storage",    "holds", "holds", "holds", "changed"),
        ("sidecars",   "holds", "holds", "holds", "holds"),
        ("network",    "wrong-then-too", "wrong-then-too", "holds", "holds"),
        ("daemons",    "holds", "holds", "holds", "holds"),
        ("shell",      "holds", "holds", "holds", "holds"),
        ("privileged", "holds", "holds", "holds", "holds"),
    ],
)  # fmt: skip
def test_does_the_slide_hold(row, ec2_then, ec2_now, fargate_then, fargate_now):
    found = [cell(row, column, era).status for column in (EC2, FARGATE) for era in ERAS]

    assert found == [ec2_then, ec2_now, fargate_then, fargate_now]


def test_only_ephemeral_became_wrong_on_the_eighth_of_april():
    found = cell("storage", FARGATE, "today")

    assert found.says == ("ephemeral",)
    assert found.words == ("ephemeral", "persistent")
    assert found.changed_on == "2020-04-08" == catalog.value("fargate.storage.efs_since")


def test_the_slide_left_two_modes_out():
    found = cell("network", EC2, "talk")

    assert set(found.words) - set(found.says) == {"host", "none"}
    assert found.changed_on == ""  # nothing changed: it was so already


def test_the_host_stays_shut_but_the_need_was_met():
    assert cell("shell", FARGATE, "talk").eased_on == ""
    assert cell("shell", FARGATE, "today").eased_on == "2021-03-15"
    assert cell("shell", FARGATE, "today").status == "holds"  # to the letter
    assert cell("shell", EC2, "today").eased_on == ""  # nothing to ease
    assert cell("shell", MANAGED, "today").eased_on == "2025-09-30"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("managed", ("aws",)),
        ("storage", ("ephemeral", "persistent")),
        ("sidecars", ("yes",)),
        ("network", ("awsvpc", "host", "none")),
        ("daemons", ("yes",)),
        ("shell", ("no",)),
        ("privileged", ("yes",)),
    ],
)
def test_the_third_column_answers_where_the_slide_is_silent(row, words):
    found = cell(row, MANAGED, "today")

    assert (found.status, found.says, found.words) == ("unsaid", (), words)
    assert cell(row, MANAGED, "talk").status == "absent"
    assert cell(row, MANAGED, "talk").words == ()


def test_seven_rows_in_the_slides_order_with_three_cells_each():
    for era in ERAS:
        found = table(era)

        assert [row.number for row in found] == [1, 2, 3, 4, 5, 6, 7]
        assert [row.name for row in found] == list(ROWS)
        assert all([one.column for one in row.cells] == list(COLUMNS) for row in found)


def test_daemons_came_to_managed_instances_after_managed_instances_came():
    on = rules.offer("daemons")

    assert rules.has(on, MANAGED, "2025-12-31") is False
    assert rules.has(on, MANAGED, day("today")) is True
    assert ANSWERS["daemons"](MANAGED, "2025-12-31") == {"no"}


def test_a_thing_needs_its_column_to_be_there():
    assert rules.volumes()["scratch"].on[MANAGED] == ""
    assert not rules.has(rules.volumes()["scratch"].on, MANAGED, "2025-09-29")
    assert rules.has(rules.volumes()["scratch"].on, MANAGED, "2025-09-30")


@pytest.mark.parametrize("row", ROWS)
def test_what_fargate_refuses_is_what_its_facts_refuse(row):
    unsupported = catalog.value("fargate.unsupported_params")
    if row == "privileged":
        assert "privileged" in unsupported
        assert cell(row, FARGATE, "today").words == ("no",)
    if row == "network":
        assert cell(row, FARGATE, "today").words == (catalog.value("fargate.network_mode"),)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("era", ERAS)
def test_every_cell_can_be_acted_out(row, column, era):
    found = enact(row, column, era)
    exists = existed(rules.column_since(column), day(era))

    assert (found.verdict == "absent") == (not exists)
    assert bool(found.steps) == exists
    assert [step.at_s for step in found.steps] == sorted(step.at_s for step in found.steps)
    assert found == enact(row, column, era)  # the same story every time
    assert set(found.facts) <= set(catalog.facts())
    assert set(found.notes) <= set(catalog.notes("fargate"))
    assert found.facts


@pytest.mark.parametrize("row", ["sidecars", "daemons", "privileged", "managed"])
@pytest.mark.parametrize("column", COLUMNS)
def test_story_and_cell_say_the_same(row, column):
    words, verdict = cell(row, column, "today").words, enact(row, column, "today").verdict

    assert verdict == ("yes" if words in {("yes",), ("aws",)} else "no")


# --- the table's own file ---


def test_notes_are_sourced_as_facts_are_and_every_one_is_cited():
    notes = catalog.notes("fargate")
    cited = {name for row in ROWS for name in rules.rests_on(row)[1]}
    cited |= {name for volume in rules.volumes().values() for name in volume.notes}
    cited |= {name for door in rules.doors() for name in door.notes}
    cited |= set(catalog.table("fargate")["lazy"]["notes"])

    assert set(notes) == cited
    for name, note in notes.items():
        assert note.says_es, name
        assert note.basis == "assumed" or note.link or "botocore" in note.source, name
        assert note.basis != "documented" or "from memory" not in note.source, name


def test_dates_from_memory_are_marked_so():
    note = catalog.notes("fargate")["table.since"]

    assert note.basis == "assumed"
    assert note.value["ebs"] == rules.volumes()["ebs"].on[FARGATE]
    assert note.value["s3files"] == rules.volumes()["s3files"].on[EC2]
    assert note.value["managed_instances"] == rules.column_since(MANAGED)
    assert note.value["disk"] == rules.setting("settable_disk")
    assert note.value["lazy"] == rules.setting("lazy", "since")


def test_a_table_that_nobody_wrote_is_our_bug():
    with pytest.raises(CatalogError, match="missing"):
        catalog.table("moon")
    with pytest.raises(CatalogError, match="no table's name"):
        catalog.table("../facts")


def test_a_volume_must_be_had_or_refused_in_every_column():
    with pytest.raises(CatalogError, match="ecs-managed-instances"):
        rules._volume("tape", {"lives_with": "task", "has": {"ecs-ec2": ""}, "refused": {"ecs-fargate": "no_host"}})
    with pytest.raises(CatalogError, match="lives_with"):
        rules._volume("tape", {"lives_with": "moon", "has": {}})
    with pytest.raises(CatalogError, match="no such column"):
        rules._since({"ecs-moon": ""})
    with pytest.raises(CatalogError, match="nobody wrote down"):
        rules._ids({"facts": ["no.such.fact"]}, "facts")
