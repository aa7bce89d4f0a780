"""Real manifests, read by hand and by us: the two agree."""

import json

import pytest

from engine.__main__ import main
from engine.errors import ScenarioError
from engine.importers import kubernetes
from engine.importers.kubernetes.rules import KNOWN


def entries(shared):
    index = json.loads((shared / "samples" / "INDEX.json").read_text(encoding="utf-8"))
    return [entry for entry in index["entries"] if entry["kind"] == "kubernetes"]


def test_every_sample_is_read_and_agrees(shared):
    for entry in entries(shared):
        found = kubernetes.as_data(kubernetes.read((shared / "samples" / entry["file"]).read_bytes()))
        expected = {key: value for key, value in entry["expected"].items() if key != "notes"}

        assert {key: found[key] for key in expected} == expected, entry["name"]


def test_no_sample_is_refused_for_a_reason_that_its_reader_did_not_see(shared):
    beyond = {}
    for entry in entries(shared):
        found = kubernetes.as_data(kubernetes.read((shared / "samples" / entry["file"]).read_bytes()))
        beyond |= {(entry["name"], name): set(reasons) for name, reasons in found["also_refused"].items() if reasons}

    old = {("newrelic-daemonset-old-api", name): {"removed_api"} for name in kubernetes.RULES if name != "eks-managed"}
    assert beyond == old | {("ebs-windows", "eks-auto"): {"windows", "ebs_provisioner"}}


def test_the_reasons_of_the_samples_are_the_known_ones(shared):
    index = json.loads((shared / "samples" / "INDEX.json").read_text(encoding="utf-8"))
    said_otherwise = {"unresolved_pvc"}  # it refuses nothing: the verdict says that it depends

    assert set(index["reason_codes"]["kubernetes"]) - said_otherwise == set().union(*KNOWN.values())


@pytest.mark.parametrize("launch_type", kubernetes.RULES)
def test_every_sample_that_runs_makes_a_scenario(shared, launch_type):
    for entry in entries(shared):
        found = kubernetes.read((shared / "samples" / entry["file"]).read_bytes())
        if found.workloads and not kubernetes.refusals(found, launch_type):
            scenario = kubernetes.scenario_of(found, launch_type)

            assert scenario.launch_type == launch_type
            assert len(scenario.services) == len(found.workloads)
        else:
            with pytest.raises(ScenarioError):
                kubernetes.scenario_of(found, launch_type)


def test_the_command_line_says_what_the_samples_expect(shared, capsys):
    entry = next(entry for entry in entries(shared) if entry["name"] == "vpc-cni")
    assert main(["import", "--json", str(shared / "samples" / entry["file"])]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["refusals"] == entry["expected"]["refusals"]
    assert said["workloads"] == entry["expected"]["workloads"]
