"""What the map is handed: every scenario of ours, in both languages, with each host as large as it is."""

import pytest

from engine import Scenario, catalog, run
from engine.catalog import LANGUAGES
from pages.parts.stage_map.payload import H_CUT, H_GONE, H_LOST, H_READY, payload
from pages.parts.words import Voice


def packed(name, lang="en"):
    return payload(run(Scenario.read(catalog.scenario_text(name))), Voice(lang))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["agent_cut", "fargate_spot", "patch_ec2", "patch_fargate", "patch_managed"])
def test_each_new_scenario_can_be_told_in_both_languages(name, lang):
    data = packed(name, lang)

    assert len(data["captions"]) >= 3
    assert all(caption["cause"] for caption in data["captions"])
    assert not any("{" in said["cause"] + said["number"] for said in data["captions"])
    assert not any("{" in mark["text"] for mark in data["marks"])


def test_a_host_that_is_only_silent_is_drawn_as_cut_off_and_never_as_lost():
    data = packed("agent_cut")
    states = {name: [] for name in data["hosts"]["id"]}
    for host, state in zip(data["host_moves"]["host"], data["host_moves"]["state"], strict=True):
        states[data["hosts"]["id"][host]].append(state)

    assert states["a1"] == [H_READY, H_CUT, H_READY]
    assert states["b1"] == [H_READY, H_LOST, H_GONE]


def test_hosts_that_aws_chose_have_their_own_room():
    data = packed("patch_managed")

    assert data["kind"] == "hosts"
    assert data["hosts"]["room"][:3] == [4, 4, 4]
    assert len(set(data["hosts"]["room"])) > 1


def test_spot_tasks_stand_in_zones_as_fargates_do():
    data = packed("fargate_spot")

    assert (data["kind"], data["accent"], data["actions"]["host"]) == ("solo", "ecs-fargate-spot", [])


def test_tasks_of_a_new_release_are_told_and_whoever_went_back_runs_the_first_again():
    data, calm = packed("kubernetes_rollout"), packed("agent_cut")

    assert calm["task_release"] == []
    assert data["task_release"][:12] == [0] * 12
    assert set(data["task_release"][12:]) == {0, 1}
    assert data["task_release"][-1] == 0
    assert [one["do"] for one in data["actions"]["balancer"]] == ["surge", "deploy", "deploy-bad", "undo-deploy"]
    assert "undo-deploy" not in [one["do"] for one in calm["actions"]["balancer"]]
