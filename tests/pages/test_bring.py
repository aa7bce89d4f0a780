"""Bring a manifest: shown with its pods, its billed sizes and every reason, and run where the experiment can."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from engine import catalog
from engine.importers import kubernetes
from tests.engine.importers.kubernetes.the_manifest import FRONT, workload
from tests.pages.the_page import markup, opened, stands, told

KUBERNETES = tuple(kubernetes.RULES)


def page(lang="en"):
    """Open the fold on a page that offers the launch types of ECS."""
    at = opened("fargate", lang=lang, x="fargate_launch", guess="skip")
    at.session_state["fargate_launch.bring"] = True
    return stands(at.run())


def alone():
    """Show nothing but the fold, on an experiment that offers Kubernetes' launch types."""
    from dataclasses import replace

    from engine.importers import kubernetes as theirs
    from pages.parts.bring import bring
    from pages.parts.experiment import Experiment
    from pages.parts.words import Voice

    experiment = Experiment("fargate_launch")
    experiment.lesson = replace(experiment.lesson, launch_types=tuple(theirs.RULES))
    bring(experiment, Voice("en"))


def alone_on_ecs():
    """Show the same on an experiment that offers ECS alone."""
    from dataclasses import replace

    from pages.parts.bring import bring
    from pages.parts.experiment import Experiment
    from pages.parts.words import Voice

    experiment = Experiment("fargate_launch")
    experiment.lesson = replace(experiment.lesson, launch_types=("ecs-ec2",))
    bring(experiment, Voice("en"))


def on_kubernetes(shown=alone):
    at = AppTest.from_function(shown, default_timeout=60)
    at.session_state["fargate_launch.bring"] = True
    return stands(at.run())


def given(at, *trees):
    text = trees[0] if isinstance(trees[0], str) else "\n---\n".join(json.dumps(tree) for tree in trees)
    return stands(at.text_area(key="bring.text").set_value(text).run())


def html(at):
    return "\n".join(one.proto.body for one in at.get("html"))


def offered(at):
    return [str(one.key).rsplit(".", 1)[1] for one in at.button if str(one.key).startswith("bring.run.")]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_example_shows_pods_sizes_and_every_reason(lang):
    at = page(lang)
    stands(at.button(key="bring.example_manifest").click().run())
    body = html(at)

    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", body)]
    shop = next(row for row in rows if row[:2] == ["shop", "Deployment"])
    assert shop[2:] == ["3", "256m,", "256", "MiB", "0.5" if lang == "en" else "0,5", "vCPU,", "1", "GB"]
    assert body.count('class="q-mark yes"') == 4
    assert body.count('class="q-mark no"') == 1
    for finding in kubernetes.refusals(kubernetes.read(catalog.manifest_text("manifest")), "eks-fargate"):
        assert finding.label(lang).split(":")[0] in body


def test_where_no_launch_type_of_the_experiment_runs_it_the_page_says_so():
    at = given(on_kubernetes(alone_on_ecs), workload())

    assert offered(at) == []
    assert any("offers none of the launch types" in one.value for one in at.markdown)


def test_it_runs_where_the_experiment_can_run_it_and_nowhere_else():
    at = given(on_kubernetes(), workload(pod={"hostPID": True}), FRONT)

    assert offered(at) == [kind for kind in KUBERNETES if kind != "eks-fargate"]
    before = at.session_state["fargate_launch.scenario"]
    stands(at.button(key="bring.run.0.eks-managed").click().run())
    scenario = at.session_state["fargate_launch.scenario"]
    assert (scenario.launch_type, scenario.services[0].name, scenario.services[0].desired) == ("eks-managed", "web", 3)
    assert (scenario.duration_s, scenario.traffic) == (before.duration_s, before.traffic)
    assert at.session_state["fargate_launch.past"] == [before]


def test_the_example_runs_on_the_page_of_kubernetes_and_undo_brings_the_chapters_own_back():
    at = opened("kubernetes", lang="en", x="kubernetes_nodes", guess="skip")
    name = "kubernetes_nodes"
    before = at.session_state[f"{name}.scenario"]
    at.session_state[f"{name}.bring"] = True
    stands(at.run())
    stands(at.button(key="bring.example_manifest").click().run())

    assert offered(at) == ["k8s-self-run", "eks-unmanaged", "eks-managed", "eks-auto"]
    stands(at.button(key="bring.run.0.eks-managed").click().run())
    after = at.session_state[f"{name}.scenario"]
    assert [one.name for one in after.services] == ["shop", "agent", "store"]
    assert (after.traffic, after.kubernetes.autoscaler) == (before.traffic, before.kubernetes.autoscaler)
    stands(at.button(key=f"{name}.undo").click().run())
    assert at.session_state[f"{name}.scenario"] == before


def test_a_manifest_that_a_scenario_cannot_hold_is_refused_kindly():
    at = given(on_kubernetes(), workload(spec={"replicas": 9_999}))
    stands(at.button(key="bring.run.0.eks-auto").click().run())

    assert next(problem.path for problem in at.session_state["fargate_launch.problems"]) == "services.0.desired"


def test_a_broken_manifest_is_named_as_one_with_every_problem():
    at = given(page(), "apiVersion: v1\nkind: Pod\n---\na: [1\n---\nb: }\n")

    assert "That is no manifest yet" in told(at)
    assert told(at).count("text that cannot be read") == 2 or told(at).count("line ") >= 2


def test_a_task_definition_is_still_a_task_definition():
    at = page()
    stands(at.button(key="bring.example").click().run())

    assert offered(at) == ["ecs-ec2"]


def test_text_of_a_visitors_stays_text():
    plain = markup(given(page(), workload(), FRONT))
    odd = "<img src=x onerror=alert(1)>"
    smuggled = workload(metadata={"name": odd}, pod={"nodeSelector": {odd: odd}}, spec={"replicas": odd})
    at = given(page(), smuggled, {"apiVersion": "a/v1", "kind": odd, "metadata": {"name": odd}}, FRONT)

    assert {tag for tag, _ in markup(at)} <= {tag for tag, _ in plain} | {"ul", "li", "span", "p", "i", "em", "b"}
    assert "&lt;img" in html(at)
    assert "onerror" not in {name for _, names in markup(at) for name in names}


def test_a_large_file_of_many_workloads_is_cut_short_and_counted():
    at = given(page(), *(workload(metadata={"name": f"web-{n}"}) for n in range(45)))

    assert html(at).count('<th scope="row">web-') == 40
    assert "5 more workloads in this file." in html(at)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", "apiVersion: v1\nkind: Service".encode("utf-16"), b"x" * 3_000_000])
def test_an_opened_file_becomes_text_of_bounded_length(data):
    from engine import importers
    from pages.parts.bring import _text

    text = _text(data)

    assert isinstance(text, str)
    assert len(text) <= importers.MAX_BYTES + 1
    assert "\0" not in text or data.startswith(b"\xff\xfe")
