"""The map: every pair is a way or has a reason, the slide's boxes are there, and what had not come says when it came."""

import copy
import itertools

import pytest

from engine import catalog, responsibility
from engine.era import ERAS
from engine.errors import CatalogError
from engine.landscape import HOSTINGS, MANAGEMENTS, REGISTRIES, no_between, no_from, options, owners, way_of
from engine.landscape import ways as every_way
from engine.landscape.ways import group
from engine.launch import launch_type


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(("manage", "host"), list(itertools.product(MANAGEMENTS, HOSTINGS)))
def test_every_pair_is_a_way_or_has_a_reason_with_a_source(manage, host, era):
    no = no_between(manage, host, era)

    assert (no is None) <= (way_of(manage, host) is not None)
    if no:
        assert no.facts
        assert all(fact.says_es for fact in no.facts)
        assert f"landscape.no.{no.why}" in catalog.texts("en")


@pytest.mark.parametrize(("manage", "host", "why"), [
    ("eks", "fargate-spot", "no_spot_pods"), ("ecs", "auto", "eks_only"), ("eks", "managed-instances", "ecs_only"),
    ("ecs", "lambda", "lambda_alone"), ("functions", "fargate", "functions_only"), ("express", "ec2", "express_fargate"),
    ("apprunner", "fargate", "closed"), ("k8s", "fargate", "eks_only"), ("functions", "managed-instances", "functions_own_mi"),
])  # fmt: skip
def test_who_manages_often_brings_the_hosts_along(manage, host, why):
    assert no_between(manage, host, "today").why == why


def test_at_the_talk_half_of_the_boxes_had_not_come():
    late = {
        name for layer in ("management", "hosting") for name, box in options(layer).items() if not box.is_there("talk")
    }

    assert late == {"express", "apprunner", "managed-instances", "auto"}
    assert no_between("eks", "auto", "talk").since == "2024-12-01"
    assert no_between("apprunner", "fargate", "talk").why == "not_yet"
    assert no_between("ecs", "own", "talk").since == "2021-05"
    assert no_from("ecs", "fargate", "ecr-public", "talk").why == "not_yet"


def test_the_slide_drew_five_boxes():
    drawn = [
        name for layer in ("management", "hosting", "registry") for name, box in options(layer).items() if box.slide
    ]

    assert drawn == ["ecs", "eks", "ec2", "fargate", "ecr"]


def test_functions_take_their_image_from_one_registry_only():
    taken = [registry for registry in REGISTRIES if no_from("functions", "lambda", registry, "today") is None]

    assert taken == ["ecr"]


def test_every_launch_type_of_the_simulation_can_be_reached():
    reached = {way.launch_type for way in every_way().values()} - {""}

    assert reached == set(catalog.launch_type_rows())
    assert all(launch_type(name).name == name for name in reached)


def test_duties_are_the_models_own_but_for_machines_of_ones_own():
    for way in every_way().values():
        who = owners(way)
        if not way.machines:
            assert who == responsibility.owners(way.model)
        else:
            assert (who["hardware"], who["orchestrator_control_plane"]) == ("customer", "aws")


def test_a_file_that_forgets_a_pair_or_misspells_a_way_is_refused(monkeypatch):
    table = copy.deepcopy(dict(catalog.table("landscape")))
    table["refused"] = []
    monkeypatch.setattr(catalog, "table", lambda _: table)

    with pytest.raises(CatalogError, match="nothing says why ecs cannot stand on auto"):
        no_between("ecs", "auto", "today")
    with pytest.raises(CatalogError, match="no way is called ecs-ec3"):
        group(["ecs-ec3"])
