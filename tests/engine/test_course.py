"""Courses: the simulation answers, under any chance; a quiz has one right answer and a reason for each; challenges can be met."""

import copy

import pytest
import yaml
from pydantic import ValidationError

from engine import catalog, reading
from engine.architecture.hot import HotAsk
from engine.catalog import DATA
from engine.changes import changed, scenario_of
from engine.consensus.replacing import Replacing
from engine.containers.asks import ImageAsk, StopAsk
from engine.containers.memory_rules import MemoryAsk
from engine.containers.one_image import OneImage
from engine.course import SEEDS, Challenge, Course, Must, attempt, attempt_record, course, scenarios, truth
from engine.eks.asks import VersionsAsk
from engine.fargate.asks import Bills
from engine.measures import MEASURES
from engine.serverless.breakeven import Dials
from engine.sums import FIGURES
from engine.traps import TrapsAsk
from pages.parts.architecture.pieces import Pieces
from pages.parts.eks import pods
from pages.parts.eks import slider as eks_slider
from pages.parts.fargate import table
from pages.parts.landscape.choose import Choosing
from pages.parts.landscape.map import Landed
from pages.parts.responsibility.slider import Stopped
from pages.parts.turned import put

CHAPTERS = catalog.courses()
OTHER_SEEDS = range(901, 904)
PREDICTIONS = [(chapter, one.id) for chapter in CHAPTERS for one in course(chapter).predictions]


@pytest.mark.parametrize(("chapter", "name"), PREDICTIONS)
def test_every_prediction_is_answered_by_the_engine_and_by_no_lucky_seed(chapter, name):
    prediction = next(one for one in course(chapter).predictions if one.id == name)
    found = truth(chapter, name)

    assert found.answer in prediction.choices
    if not prediction.figure:
        others = {seed: truth(chapter, name, seed) for seed in OTHER_SEEDS}
        assert {one.answer for one in others.values()} == {found.answer}, others


@pytest.mark.parametrize(("chapter", "name"), PREDICTIONS)
def test_no_answer_stands_on_a_knifes_edge(chapter, name):
    prediction = next(one for one in course(chapter).predictions if one.id == name)
    for value in truth(chapter, name).values.values():
        for bound in prediction.bounds if value is not None else ():
            size = min(bound, 1 - bound) if prediction.unit == "share" else bound
            assert abs(value - bound) > 0.02 * size, (value, bound)


# Experiments without a run, and the record that each begins with. (A test of the pages holds that they do.)
FIRST = {
    "architecture_hot": HotAsk(),
    "architecture_pieces": Pieces(),
    "containers": ImageAsk(),
    "containers_stop": StopAsk(),
    "containers_memory": MemoryAsk(),
    "containers_places": OneImage(),
    "control_plane_why": Replacing(),
    "delivery_traps": TrapsAsk(),
    "eks": eks_slider.Shown(),
    "eks_pods": pods.Shown(),
    "eks_versions": VersionsAsk(),
    "fargate": put(table.Shown(), catalog.lesson("fargate")["start"]),
    "fargate_size": Bills(),
    "landscape": Landed(),
    "landscape_choose": Choosing(),
    "responsibility_slider": Stopped(),
    "serverless_dials": Dials(),
}


def challenge(name):
    chapter, _, word = name.partition(".")
    return next(one for one in course(chapter).challenges if one.id == word)


def tried(one, settings):
    """Try a challenge with some settings, as its page does."""
    if not one.is_of_record:
        return attempt(one, changed(scenario_of(one.lesson), settings))
    first = FIRST[one.lesson]
    data = first.model_dump(mode="json")
    for path, value in settings.items():
        data = reading.put(data, path, value)
    return attempt_record(one, first, type(first).model_validate(data))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_challenge_is_about_an_experiment_of_its_chapter_and_is_not_met_as_it_comes(chapter):
    for one in course(chapter).challenges:
        assert catalog.lesson(one.lesson).get("page", one.lesson) == chapter
        found = tried(one, {})
        assert not found.is_met, one.id
        assert found.values, one.id  # nothing had moved


def test_every_experiment_with_a_run_has_a_challenge():
    held = {one.lesson for chapter in CHAPTERS for one in course(chapter).challenges}
    # The lab has no experiment of its own. The scheduler's shows rules: what can be turned there is the question itself.
    without = {"lab", "kubernetes_scheduler"}
    runs = {name for name in catalog.lessons() if "scenario" in catalog.lesson(name)}

    assert runs - held == without


def test_a_record_is_played_once_where_nothing_is_left_to_chance_and_else_under_several_seeds():
    assert list(tried(challenge("containers.small_start"), {}).values) == [0]
    assert len(tried(challenge("containers.quiet_stop"), {}).values) == SEEDS


def test_what_a_record_has_to_keep_is_compared_before_anything_is_played():
    found = tried(challenge("containers.quiet_stop"), {"rps": 0})

    assert (found.is_met, found.moved, found.values) == (False, ("rps",), {})


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_what_a_course_cites_can_be_read_in_both_languages(chapter):
    for question in course(chapter).quiz:
        assert [name for name in question.facts if not catalog.fact(name).says_es] == [], question.id


# Scenarios that reach the goals: a challenge that nobody can meet teaches nothing.
MET = yaml.safe_load((DATA.parent / "tests" / "engine" / "met.yaml").read_text(encoding="utf-8"))


def test_every_challenge_has_a_scenario_that_meets_it():
    assert {
        name for chapter in CHAPTERS for name in (f"{chapter}.{one.id}" for one in course(chapter).challenges)
    } == set(MET)


@pytest.mark.parametrize("name", MET)
def test_a_challenge_can_be_met(name):
    found = tried(challenge(name), MET[name])

    assert found.is_met, (name, found.values, found.moved)
    assert len(found.values) in {1, SEEDS}


def test_a_goal_is_not_met_by_sending_the_users_home():
    one = next(one for one in course("az_failure").challenges if one.id == "short_errors")
    quiet = changed(scenario_of("az_failure"), {"traffic.rps": 0})

    assert attempt(one, quiet).moved == ("traffic",)
    assert not attempt(one, quiet).is_met
    assert attempt(one, changed(scenario_of("az_failure"), {"operations": []})).moved == ("operations",)


# --- what a file may hold --------------------------------------------------------------------------------------------------


@pytest.fixture
def row():
    return copy.deepcopy(dict(yaml.safe_load((DATA / "course" / "az_failure.yaml").read_text(encoding="utf-8"))))


def broken(row):
    with pytest.raises(ValidationError) as refused:
        Course.model_validate(row)
    return str(refused.value)


def test_mistakes_are_told_all_at_once(row):
    row["predictions"][0]["measure"] = "luck"
    row["predictions"][1]["says"] = {}
    row["quiz"][0]["options"][0]["right"] = False
    row["quiz"][1]["facts"] = ["elb.nothing"]
    told = broken(row)

    assert all(word in told for word in ("luck", "every variant has a name", "one answer is right", "elb.nothing"))


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.pop("measure"),
        lambda one: one.update(figure="survives_3"),
        lambda one: one.update(bounds=[3, 2]),
        lambda one: one.update(bounds=[]),
        lambda one: one["ask"].pop("es"),
    ],
)
def test_a_prediction_that_cannot_be_answered_is_refused(row, change):
    change(row["predictions"][0])

    assert broken(row)


def test_two_questions_may_not_be_called_alike(row):
    row["quiz"][0]["id"] = row["predictions"][0]["id"]

    assert "called alike" in broken(row)


def test_a_chapter_without_a_course_has_none():
    assert course("nowhere") is None


def test_what_never_came_to_it_meets_no_demand():
    assert not Must(measure="recovered", at_most=10).is_met(None)
    assert Must(measure="recovered", at_least=2, at_most=10).is_met(10)
    with pytest.raises(ValidationError):
        Must(measure="recovered")
    with pytest.raises(ValidationError):
        Challenge.model_validate(
            {"id": "x", "lesson": "y", "goal": {"en": "a", "es": "b"}, "must": [], "hint": {"en": "a", "es": "b"}}
        )


def test_variants_begin_from_what_the_prediction_sets():
    spare = next(one for one in course("az_failure").predictions if one.id == "spare")

    assert {name: one.launch_type for name, one in scenarios(spare).items()} == {
        "spare": "ecs-ec2",
        "fargate": "ecs-fargate",
    }


@pytest.mark.parametrize("name", FIGURES)
def test_every_sum_is_a_number(name):
    assert FIGURES[name].of() >= 0


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_reads_a_run_or_says_that_it_never_came_to_it(name):
    from engine import run

    value = MEASURES[name].of(run(scenario_of("az_failure")))
    assert value is None or value >= 0
