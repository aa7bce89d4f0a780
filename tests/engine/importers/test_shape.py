"""ECS's own model: a wrong type with one meaning is read and noted, one without a meaning is refused."""

import pytest

from engine import importers
from engine.importers import shape, sizes
from tests.engine.importers.the_design import GOOD, codes, design, file, notes, one


def test_numbers_texts_and_nulls_that_were_mixed_up_are_read_and_noted():
    (definition,) = importers.read(file("nulls-and-texts.json"))
    data = importers.as_data(definition)

    assert data["sum_container_hard_memory_mib"] == 300
    assert data["sum_container_reserved_memory_mib"] == 120
    assert data["container_ports"] == ["8080/tcp"]
    assert data["essential"] == ["clinic"]
    assert definition.containers[0].tree["command"] == ["serve"]
    assert definition.containers[0].tree["environment"] == [
        {"name": "PORT", "value": "8080"}, {"name": "DEBUG", "value": "false"},
    ]  # fmt: skip
    assert data["runs_on"] == ["ecs-ec2"]
    assert set(notes(definition)) == {"read_as", "capitals", "null", "no_cpu"}  # and nothing about revision and status


@pytest.mark.parametrize(
    ("container", "code", "place"),
    [
        ({"cpu": {"units": 3}}, "bad_value", "containerDefinitions.0.cpu"),
        ({"memory": "much"}, "bad_value", "containerDefinitions.0.memory"),
        ({"cpu": 2**40}, "bad_value", "containerDefinitions.0.cpu"),
        ({"cpu": True}, "bad_value", "containerDefinitions.0.cpu"),
        ({"essential": "perhaps"}, "bad_value", "containerDefinitions.0.essential"),
        ({"dockerLabels": ["a"]}, "bad_value", "containerDefinitions.0.dockerLabels"),
        (
            {"ulimits": [{"name": "files", "softLimit": 1, "hardLimit": 1}]},
            "bad_value",
            "ulimits.0.name = 'files': core, cpu",
        ),
        ({"secrets": [{"name": "KEY"}]}, "missing_member", "containerDefinitions.0.secrets.0.valueFrom"),
    ],
)
def test_what_means_nothing_to_ecs_is_refused_everywhere(container, code, place):
    definition = design(container)

    for launch_type in importers.RULES:
        (found,) = [f for f in importers.refusals(definition, launch_type) if f.code in {"bad_value", "missing_member"}]
        assert (found.code, place in found.where) == (code, True)


def test_a_member_that_ecs_does_not_know_is_left_out_and_named():
    definition = one(GOOD | {"colour": "blue", "containerdefinitions": GOOD["containerDefinitions"]})

    assert notes(definition)["stranger"] == "colour"
    assert "containerDefinitions (containerdefinitions)" in notes(definition)["capitals"]


def test_what_only_describing_adds_is_known_from_the_model_itself():
    assert {"revision", "status", "taskdefinitionarn", "requiresattributes"} <= shape.only_described()
    assert "cpu" not in shape.only_described()


@pytest.mark.parametrize(
    ("text", "units"),
    [("256", 256), ("1 vcpu", 1024), ("1vCPU", 1024), (".25 vCPU", 256), ("0.5VCPU", 512), ("16 vCPU", 16_384)],
)
def test_cpu_in_words(text, units):
    assert sizes.cpu_units(text) == units


@pytest.mark.parametrize(("text", "mib"), [("512", 512), ("0.5GB", 512), ("2 GB", 2048), ("30 gb", 30_720)])
def test_memory_in_words(text, mib):
    assert sizes.memory_mib(text) == mib


@pytest.mark.parametrize("text", ["lots", "1 GB", "-256", "", "1.2.3 vCPU", "256 units"])
def test_what_is_no_cpu(text):
    assert sizes.cpu_units(text) is None


def test_sizes_in_words_are_a_pair_of_fargate():
    (definition,) = importers.read(file("sizes-in-words.json"))

    assert importers.as_data(definition)["task_cpu_units"] == 1024
    assert importers.as_data(definition)["task_memory_mib"] == 2048
    assert importers.as_data(definition)["runs_on"] == ["ecs-ec2", "ecs-fargate"]  # host port 0 is as good as none


def test_a_broken_definition_is_told_all_at_once():
    (definition,) = importers.read(file("unregistrable.json"))

    assert set(codes(definition, "ecs-ec2")) == {
        "bad_value", "missing_member", "no_essential", "bad_size", "reservation_above_limit", "containers_exceed_task",
        "health_check_range", "not_with_awsvpc",
    }  # fmt: skip
