"""`python -m engine import`: a table for a person, plain data for a program, a clear refusal for the rest."""

import json

import pytest

from engine.__main__ import main
from tests.engine.importers.the_design import DESIGNS

NAMES = {
    "family", "containers", "essential", "container_ports", "task_cpu_units", "task_memory_mib", "sum_container_cpu_units",
    "sum_container_hard_memory_mib", "sum_container_reserved_memory_mib", "gpus", "runs_on", "refusals",
}  # fmt: skip


def test_it_says_runs_or_every_reason_and_what_to_do(capsys):
    assert main(["import", str(DESIGNS / "containers-only.json")]) == 0

    said = capsys.readouterr().out
    assert "  ecs-ec2                runs\n" in said
    assert "  ecs-fargate            refused, 5 reasons\n" in said
    assert "    - Links are for bridge mode only: web. Containers of one task reach each other on localhost" in said
    assert "  ecs-fargate-spot       refused, as ecs-fargate\n" in said
    assert "web: essential, 80/tcp" in said
    assert "150 MiB reserved" in said


def test_one_definition_is_an_object_and_several_are_a_list(capsys):
    assert main(["import", "--json", str(DESIGNS / "sizes-in-words.json")]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert main(["import", "--json", str(DESIGNS / "two-tasks.json")]) == 0
    several = json.loads(capsys.readouterr().out)

    assert set(alone) >= NAMES
    assert [found["family"] for found in several] == ["web", None]
    assert several[1]["refusals"] == {
        "ecs-ec2": [],
        "ecs-fargate": [
            "bridge_network", "missing_task_cpu", "missing_task_memory", "docker_volume", "devices", "placement_constraint",
        ],
    }  # fmt: skip


def test_a_file_that_is_no_json_is_refused_with_every_place(capsys):
    assert main(["import", "--json", str(DESIGNS / "unfilled.json")]) == 2

    told = capsys.readouterr()
    assert json.loads(told.out)["refusals"]["ecs-fargate"] == ["not_json"]
    assert json.loads(told.out)["parses"] is False
    assert told.err.startswith("3 to mend:\n  line 3: ")


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_a_file_that_cannot_be_read_is_refused(name, capsys):
    assert main(["import", str(DESIGNS / name)]) == 2

    assert "cannot read it" in capsys.readouterr().err


def test_odd_signs_in_a_file_move_no_cursor(tmp_path, capsys):
    odd = {"family": "a\u001b[2J\nb", "containerDefinitions": [{"name": "\ud800", "image": "x", "memory": 9}]}
    (tmp_path / "odd.json").write_text(json.dumps(odd))
    assert main(["import", str(tmp_path / "odd.json")]) == 0

    said = capsys.readouterr().out
    assert "a?[2J?b" in said
    assert "?: essential" in said
