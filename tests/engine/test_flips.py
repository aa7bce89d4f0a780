"""What flipped between the talk and today: every note has its row, every row its words, its date and its source."""

from fnmatch import fnmatchcase

import pytest

from engine import catalog
from engine.era import day, existed, number
from engine.flips import KINDS, bearing, flips, kept, kept_for, of_path, same_path
from engine.launch import launch_types


def by_id(name):
    return next(flip for flip in flips() if flip.id == name)


def test_every_note_on_the_years_since_is_a_flip_or_says_why_not():
    noted = {name for name, fact in catalog.facts().items() if fact.changed_since_talk not in (None, "None")}
    told = {fact for flip in flips() for fact in flip.about} | set(catalog.eras()["same"])

    assert sorted(noted - told) == []
    assert set(catalog.eras()["same"]) <= noted


def test_what_is_the_same_is_no_flip_as_well():
    assert not set(catalog.eras()["same"]) & {flip.fact for flip in flips()}


def test_a_flip_that_is_dated_came_after_the_talk():
    for flip in flips():
        assert not flip.since or not existed(flip.since, day("talk")), flip.id


def test_every_launch_type_that_came_later_is_a_flip_with_its_own_date():
    later = {name: kind.since for name, kind in launch_types().items() if not kind.existed("talk")}

    assert {flip.launch_type: flip.since for flip in flips() if flip.launch_type} == later
    assert set(later) == {"ecs-managed-instances", "eks-auto"}


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
def test_then_and_now_are_said_and_differ(lang):
    for flip in flips():
        assert flip.what[lang]
        assert flip.then[lang] != flip.now[lang], flip.id


def test_what_is_dated_from_memory_is_assumed():
    assert by_id("karpenter").basis == "assumed"
    assert by_id("managed_instances").basis == "assumed"
    assert by_id("deploy_alarms").basis == "documented"


@pytest.mark.parametrize(
    ("fact", "then", "now"),
    [
        ("fargate.rate.burst", 10, 100),
        ("fargate.rate.sustained", 1, 20),
        ("eks.price.standard", 0.1, 0.1),  # cut in January 2020
        ("ecs.quota.tasks_per_service", 1000, 5000),
    ],
)
def test_a_number_is_asked_for_by_its_time(fact, then, now):
    assert (number("talk", fact), number("today", fact)) == (then, now)


def test_a_number_inside_a_fact_too():
    assert number("talk", "lambda.memory", "max") == 3008
    assert number("talk", "lambda.memory", "min") == number("today", "lambda.memory", "min") == 128


def test_a_page_meets_the_flips_of_what_it_cites_offers_and_lets_one_turn():
    found = [flip.id for flip in bearing(["lambda.init_*"], ["eks-auto", "ecs-ec2"], ["services.web.az_rebalancing"])]

    assert found == ["auto_mode", "az_rebalancing", "lambda_init"]
    assert bearing() == ()
    assert [flip.id for flip in bearing(does=["zonal-shift"])] == ["zonal_shift"]


def test_a_setting_knows_its_flips():
    assert [(flip.id, one.kind) for flip, one in of_path("services.shop.deployment.breaker")] == [
        ("circuit_breaker", "then")
    ]
    assert of_path("services.shop.desired")[0][1].only == ("ecs-ec2",)
    assert of_path("fleet.hosts") == ()
    assert not same_path("services.*.desired", "services.web.scaling.desired")
    assert {one.kind for flip in flips() for one in flip.settings} == set(KINDS)


def test_what_is_kept_of_today_is_said_in_both_languages_and_does_not_flip():
    values = {key.split()[0] for row in catalog.eras()["flips"].values() for key in row.get("values", {})}
    for row in kept():
        assert set(row.says) == set(catalog.LANGUAGES)
        for fact in row.facts:
            catalog.fact(fact)
            assert fact not in values, (row.id, fact)
    assert [row.id for row in kept_for(["ec2.*"])] == ["prices"]
    assert any(fnmatchcase("timing.ec2_ecs_ready", one) for one in kept()[1].facts)
