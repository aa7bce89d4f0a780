"""What can be wrong with an organisation is said all at once, in words."""

import pytest

from engine import catalog
from engine.delivery import Organisation
from engine.errors import ScenarioError


def test_everything_that_is_wrong_is_said_at_once_with_what_is_allowed():
    with pytest.raises(ScenarioError) as refused:
        Organisation.of(
            {"teams": 0, "fails": 1.5, "review_min": -3, "architecture": "trian", "coupling": "much", "speed": 9}
        )
    found = {problem.path: problem for problem in refused.value.problems}

    assert set(found) == {"teams", "fails", "review_min", "architecture", "coupling", "speed"}
    assert found["teams"].allowed == "1 to 40 teams"
    assert found["fails"].allowed == "0 to 0.9 share"
    assert found["review_min"].allowed == "0 to 14,400 min"
    assert found["architecture"].allowed == "'train' or 'pipelines'"
    assert "no setting of this name" in found["speed"].message


@pytest.mark.parametrize("given", [[], "text", None, {"fails": float("nan")}, {"build_min": float("inf")}])
def test_what_is_no_organisation_is_refused(given):
    with pytest.raises(ScenarioError):
        Organisation.of(given)


def test_a_link_and_a_file_bring_the_same_organisation_back():
    one = Organisation(teams=5, coupling=0.4, leaves="timetable")

    assert Organisation.from_token(one.token()) == one
    assert Organisation.read("{teams: 5, coupling: 0.4, leaves: timetable}") == one
    assert len(Organisation().token()) < 20  # what is at its default is left out


def test_services_are_one_a_team_unless_told_otherwise():
    assert Organisation(teams=5).n_pipelines == 5
    assert Organisation(teams=5, services=12).n_pipelines == 12
    assert Organisation(teams=5, services=12, architecture="train").n_pipelines == 1


@pytest.mark.parametrize("name", ["alive", "eight_teams"])
def test_our_own_organisations_can_be_read(name):
    assert Organisation.read(catalog.organisation_text(name)).teams > 1


def test_what_nobody_publishes_is_marked_as_assumed():
    known = {"seed", "days", "architecture", "teams", "services", "leaves"}
    for name, field in Organisation.model_fields.items():
        assert name in known or field.json_schema_extra["assumed"], name
