"""Where Kubernetes runs it, the screen says pod and node: on the map, in captions, on the charts; elsewhere nothing changed."""

import re

import pytest

from engine import Scenario, catalog, run
from engine.catalog import LANGUAGES
from engine.launch import launch_types
from pages.parts import show
from pages.parts.stage_map.payload import LOST, SERVING, STARTING, payload
from pages.parts.words import PODS, Voice

KUBERNETES = [name for name, launch in launch_types().items() if launch.is_kubernetes]
OF_ECS = {
    "en": re.compile(r"\b(tasks?|hosts?|ECS)\b", re.IGNORECASE),
    "es": re.compile(r"\b(tareas?|hosts?|ECS)\b", re.IGNORECASE),
}
HARD = [
    {"do": "cut-agent", "host": "a1", "at_s": 60}, {"do": "fail-zone", "zone": "b", "at_s": 120}, {"do": "stop-task", "task": 1, "at_s": 130},
    {"do": "set-desired", "desired": 30, "at_s": 140}, {"do": "drain-host", "host": "c1", "at_s": 150},
    {"do": "restore-zone", "zone": "b", "at_s": 400},
]  # fmt: skip


def scenario(launch_type, operations=HARD):
    plain = Scenario.read(catalog.scenario_text("az_failure")).model_dump(mode="json")
    return Scenario.of(plain | {"launch_type": launch_type, "operations": operations})


def spoken(packed):
    yield from (line["cause"] + line["number"] for line in packed["captions"])
    yield from (mark["text"] for mark in packed["marks"])
    yield from (action["label"] for group in packed["actions"].values() for action in group)
    yield from packed["words"].values()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("launch_type", KUBERNETES)
def test_the_map_speaks_of_pods_and_nodes(launch_type, lang):
    asked = scenario(launch_type)
    packed = payload(run(asked), Voice(lang).about(asked))

    told = [text for text in spoken(packed) if isinstance(text, str)]
    assert len(told) > 50
    assert [text for text in told if OF_ECS[lang].search(text.replace("{host}", "").replace("{task}", ""))] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_charts_and_the_outcome_do_too(lang):
    asked = scenario("eks-managed")
    speaker, run_ = Voice(lang).about(asked), run(asked)
    titles = [strip.title for strip in show.strips(run_, speaker, 0.5, ("requests", "latency", "tasks", "cost"))]

    assert "Pods" in titles
    assert not any(
        OF_ECS[lang].search(text) for text in [*titles, *show.outcome_texts(run_, speaker, ("recovered", "chores"))]
    )


def test_one_voice_says_both():
    plain, pods = Voice("en"), Voice("en", of_pods=True)

    assert (plain.say("map.task", task="7"), pods.say("map.task", task="7")) == ("Task 7", "Pod 7")
    assert plain.table("map")["task"] != pods.table("map")["task"]
    assert plain.say("map.zone", zone="a") == pods.say("map.zone", zone="a")
    assert plain.prose("az_failure", "back") != pods.prose("az_failure", "back")
    assert plain.prose("az_failure", "spare") == pods.prose("az_failure", "spare")
    assert pods.say("story.mark.run-tasks", n=1) == "one pod started by hand"
    assert Voice("en").about(scenario("ecs-ec2")) == plain
    assert len(plain.table(PODS.rstrip("."))) > 150


def test_a_dead_pod_is_lost_once_its_node_is_not_ready_and_a_living_one_only_not_ready():
    dead = payload(run(scenario("eks-fargate", HARD[1:2])), Voice("en"))["task_moves"]
    alive = payload(run(scenario("eks-managed", HARD[:1])), Voice("en"))["task_moves"]

    def states(moves, task):
        return [state for state, who in zip(moves["state"], moves["task"], strict=True) if who == task]

    assert states(dead, 2)[-2:] != [SERVING, STARTING]
    assert LOST in states(dead, 2)
    assert LOST not in alive["state"]
    assert alive["state"].count(STARTING) > 0
