"""What differs between scenarios is found setting by setting, and a problem of a text is told with its line."""

import pytest
from hypothesis import given, settings

from engine import Scenario, ScenarioError, catalog
from engine.difference import ABSENT, applied, compared, difference, lines_at
from tests.laws.any_scenario import scenarios

TWO = Scenario.of({"services": [{"name": "web"}, {"name": "jobs", "desired": 2}]})


def paths(before, after):
    return {change.path: (change.before, change.after) for change in difference(before, after)}


@given(scenarios(), scenarios())
@settings(max_examples=25, deadline=None)
def test_what_differs_once_made_gives_the_other(one, other):
    assert applied(one, difference(one, other)) == other
    assert applied(other, difference(other, one)) == one


@given(scenarios())
@settings(max_examples=20, deadline=None)
def test_a_scenario_differs_from_itself_in_nothing(one):
    assert difference(one, one) == ()
    assert [row for row in compared([one, one]) if row.differs] == []


@given(scenarios(), scenarios())
@settings(max_examples=20, deadline=None)
def test_two_are_alike_where_no_row_differs(one, other):
    assert any(row.differs for row in compared([one, other])) == (one != other)


def test_a_setting_is_named_by_its_way():
    before, after = Scenario(), Scenario.of({"launch_type": "ecs-fargate", "services": [{"desired": 30}]})

    assert paths(before, after) == {"launch_type": ("ecs-ec2", "ecs-fargate"), "services.0.desired": (21, 30)}


def test_a_service_more_or_less_is_one_change():
    assert list(paths(Scenario(), TWO)) == ["services.1"]
    assert paths(TWO, Scenario())["services.1"][1] is ABSENT


def test_what_is_done_is_one_setting_however_long():
    done = [{"at_s": 5, "do": "fail-zone", "zone": "a"}, {"at_s": 9, "do": "restore-zone", "zone": "a"}]
    whole, part = Scenario.of({"operations": done}), Scenario.of({"operations": done[1:]})

    assert list(paths(whole, part)) == ["operations"]


def test_a_group_that_one_lacks_is_told_by_its_settings():
    plain, scaled = Scenario(), Scenario.of({"services": [{"scaling": {"target": 40}}]})

    rows = {row.path: row.values for row in compared([plain, scaled]) if row.differs}

    assert rows["services.0.scaling.target"] == (ABSENT, 40)
    assert "services.0.scaling" not in rows


def test_rows_stand_in_the_order_of_the_fields():
    rows = [row.path for row in compared([Scenario(), TWO])]

    assert rows[:5] == ["name", "era", "seed", "duration_s", "launch_type"]
    assert rows.index("services.0.desired") < rows.index("services.1.desired") < rows.index("fleet.hosts")


@pytest.mark.parametrize("name", catalog.scenario_files())
def test_our_own_scenarios_can_be_laid_beside_the_plainest(name):
    mine = Scenario.read(catalog.scenario_text(name))

    assert applied(Scenario(), difference(Scenario(), mine)) == mine
    assert "name" in [row.path for row in compared([Scenario(), mine]) if row.differs]


# --- lines -----------------------------------------------------------------------------------------------------------

WRONG = """\
name: mine
zones: 9
services:
  - name: web
    desired: -1
    colour: blue
  - {name: jobs, cpu_units: many}
operations:
  - {at_s: 5, do: fail-zone, zone: b}
  - at_s: 9
    do: explode
"""


def test_each_problem_of_a_text_has_its_line():
    with pytest.raises(ScenarioError) as caught:
        Scenario.read(WRONG)
    found = [problem.path for problem in caught.value.problems]

    assert dict(zip(found, lines_at(WRONG, found), strict=True)) == {
        "zones": 2, "services.0.desired": 5, "services.0.colour": 6, "services.1.cpu_units": 7, "operations.1": 10,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["a: [1\nb: 2", "a: 1\na: 2", "\tb", "x: *alias"])
def test_a_text_that_cannot_be_read_still_has_a_place(text):
    with pytest.raises(ScenarioError) as caught:
        Scenario.read(text)
    (problem,) = caught.value.problems

    (line,) = lines_at(text, [problem.path])
    assert line is None or 1 <= line <= 2


@pytest.mark.parametrize("text", ["", "# nothing", "7", "- 1"])
def test_a_text_that_is_no_mapping_begins_on_its_first_line(text):
    assert lines_at(text, ["file"]) in {(1,), (None,)}
