"""Courses: the simulation answers, under any chance; a quiz has one right answer and a reason for each; challenges can be met."""

import copy

import pytest
import yaml
from pydantic import ValidationError

from engine import catalog, reading
from engine.architecture.hot import HotAsk
from engine.catalog import DATA
from engine.changes import changed, scenario_of
from engine.consensus import Consensus
from engine.consensus.ownership import Ownership
from engine.consensus.replacing import Replacing
from engine.containers.asks import ImageAsk, StopAsk
from engine.containers.memory_rules import MemoryAsk
from engine.containers.one_image import OneImage
from engine.course import SEEDS, Challenge, Course, Must, attempt, attempt_record, course, scenarios, truth
from engine.delivery import Organisation
from engine.eks.asks import VersionsAsk
from engine.fargate.asks import Bills
from engine.measures import MEASURES
from engine.serverless.breakeven import Dials
from engine.sums import FIGURES
from engine.traps import TrapsAsk
from pages.parts.architecture.pieces import Pieces
from pages.parts.eks import pods, rows
from pages.parts.eks import slider as eks_slider
from pages.parts.fargate import table
from pages.parts.landscape.choose import Choosing
from pages.parts.landscape.map import Landed
from pages.parts.new_normal import pace
from pages.parts.responsibility.fill import Filled
from pages.parts.responsibility.slider import Stopped
from pages.parts.responsibility.year import YearShown
from pages.parts.serverless.piped import begun
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
    "architecture_batch": Organisation.read(
        catalog.organisation_text(catalog.lesson("architecture_batch")["organisation"])
    ),
    "architecture_hot": HotAsk(),
    "architecture_pieces": Pieces(),
    "containers": ImageAsk(),
    "containers_stop": StopAsk(),
    "containers_memory": MemoryAsk(),
    "containers_places": OneImage(),
    "control_plane": Consensus.of(catalog.lesson("control_plane")["store"]),
    "control_plane_who": Ownership(),
    "control_plane_why": Replacing(),
    "delivery": Organisation.read(catalog.organisation_text(catalog.lesson("delivery")["organisation"])),
    "delivery_traps": TrapsAsk(),
    "eks": eks_slider.Shown(),
    "eks_pods": pods.Shown(),
    "eks_rows": put(rows.Shown(), catalog.lesson("eks_rows")["start"]),
    "eks_versions": VersionsAsk(),
    "fargate": put(table.Shown(), catalog.lesson("fargate")["start"]),
    "fargate_size": Bills(),
    "landscape": Landed(),
    "landscape_choose": Choosing(),
    "new_normal_pace": pace.Shown(),
    "responsibility": Filled(),
    "responsibility_slider": Stopped(),
    "responsibility_year": YearShown(),
    "serverless": begun(),
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


def can_be_turned(row):
    """Say whether an experiment has anything to turn: a scenario, or controls. The pages hold that a room without has no state."""
    return "scenario" in row or any(row.get(group) for group in ("ask", "more"))


def test_every_experiment_that_can_be_turned_has_a_challenge():
    held = {one.lesson for chapter in CHAPTERS for one in course(chapter).challenges}

    assert held == {name for name in catalog.lessons() if can_be_turned(catalog.lesson(name))}


def test_a_record_is_played_once_where_nothing_is_left_to_chance_and_else_under_several_seeds():
    assert list(tried(challenge("containers.small_start"), {}).values) == [0]
    assert len(tried(challenge("containers.quiet_stop"), {}).values) == SEEDS
    assert (
        len(tried(challenge("responsibility.holes_short"), {}).values) == SEEDS
    )  # its seed is that of the record within
    assert len(tried(challenge("control_plane.any_zone"), {}).values) == 1  # its record has a seed, its marks need none


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


def held(one, found):
    """Say of every value whether it does, and whether another chance would hardly change that: it is no nearer than one in fifty.

    What is the same in every run owes nothing to chance, and whole numbers are their own distance.
    """
    for must, column in zip(one.must, zip(*found.values.values(), strict=True), strict=True):
        goals = [goal for goal in (must.at_least, must.at_most) if goal is not None]
        room = {goal: min(goal, 1 - goal) if must.unit == "share" else goal for goal in goals}
        for value in column:
            is_sure = len(set(column)) == 1 or value is None or float(value).is_integer()
            yield must.is_met(value), is_sure or all(abs(value - goal) > 0.02 * room[goal] for goal in goals)


@pytest.mark.parametrize("name", MET)
def test_a_challenge_can_be_met(name):
    found = tried(challenge(name), MET[name])

    assert found.is_met, (name, found.values, found.moved)
    assert len(found.values) in {1, SEEDS}
    assert all(is_clear for _, is_clear in held(challenge(name), found)), (name, found.values)  # and by no hair


# What one would try first, and what says no to it: a challenge that yields to the first idea teaches nothing.
TEMPTING = yaml.safe_load((DATA.parent / "tests" / "engine" / "tempting.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name in TEMPTING for place in range(len(TEMPTING[name]))]
)
def test_what_one_would_try_first_does_not_do(name, place):
    one, settings = challenge(name), TEMPTING[name][place]
    found = tried(one, settings)

    assert not found.is_met, (name, settings, found.values)
    assert not found.moved, (name, settings)
    assert any(not is_met and is_clear for is_met, is_clear in held(one, found)), (name, settings, found.values)


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
