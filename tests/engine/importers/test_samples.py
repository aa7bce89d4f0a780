"""Real definitions, read by hand and by us: the two agree."""

import json

import pytest

from engine import importers
from engine.importers.rules import KNOWN_CODES

ABOUT_THE_FILE = {"notes", "also_acceptable"}


def entries(shared):
    index = json.loads((shared / "samples" / "INDEX.json").read_text(encoding="utf-8"))
    return [entry for entry in index["entries"] if entry["kind"] == "ecs"]


def test_every_ecs_sample_is_read_and_agrees(shared):
    for entry in entries(shared):
        expected = entry["expected"]
        (definition,) = importers.read((shared / "samples" / entry["file"]).read_bytes())
        got = importers.as_data(definition)
        may = expected["also_acceptable"]

        facts = {key: value for key, value in expected.items() if key not in ABOUT_THE_FILE | {"refusals"}}
        assert {key: got[key] for key in facts} == facts, entry["name"]
        for launch_type, wanted in expected["refusals"].items():
            found = set(got["refusals"][launch_type])
            assert set(wanted) <= found <= {*wanted, *may.get(launch_type, ())}, (entry["name"], launch_type)
            assert got["also_refused"][launch_type] == [], (entry["name"], launch_type)


def test_every_reason_of_the_samples_is_one_of_ours(shared):
    index = json.loads((shared / "samples" / "INDEX.json").read_text(encoding="utf-8"))
    said_otherwise = {"not_declared", "not_json"}  # a remark, and a refusal of the whole file

    assert set(index["reason_codes"]["ecs"]) - said_otherwise == KNOWN_CODES


def test_the_pairs_of_fargate_are_those_of_our_table(shared):
    from engine import catalog

    rules = json.loads((shared / "samples" / "INDEX.json").read_text(encoding="utf-8"))["rules"][
        "ecs_fargate_pairs_mib"
    ]
    ours = {(size.cpu_units, size.memory_mib) for size in catalog.fargate_sizes()}
    for cpu, said in rules.items():
        memories = said
        if isinstance(said, str):
            low, high, step = (int(part) for part in said.replace("..", " ").replace("by", "").split())
            memories = range(low, high + 1, step)
        assert {memory for units, memory in ours if units == int(cpu)} == set(memories), cpu


@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate"])
def test_every_sample_that_runs_makes_a_scenario(shared, launch_type):
    for entry in entries(shared):
        (definition,) = importers.read((shared / "samples" / entry["file"]).read_bytes())
        if launch_type in entry["expected"]["runs_on"] and "gpu" not in entry["name"]:
            scenario = importers.scenario_of(definition, launch_type)

            assert scenario.launch_type == launch_type
            assert scenario.services[0].memory_mib > 0
