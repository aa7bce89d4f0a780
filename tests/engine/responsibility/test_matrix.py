"""The matrix: every cell once, each with its source, and a file that says something else is refused in words."""

import copy
import itertools

import pytest

from engine import catalog
from engine.duties import LAYERS, OWNERS, duties
from engine.eks import rules as eks
from engine.errors import CatalogError
from engine.fargate import managed as fargate
from engine.launch import launch_type
from engine.responsibility import MODELS, happenings, matrix, models, never_moves, owners, rules
from engine.responsibility.matrix import _own_sources


def test_thirteen_layers_by_ten_models_each_owned_by_somebody_who_is_cited():
    assert set(matrix()) == {(layer, model) for layer in LAYERS for model in MODELS}
    assert len(matrix()) == 130
    for (layer, model), cell in matrix().items():
        assert (cell.layer, cell.model) == (layer, model)
        assert cell.owner in OWNERS
        assert cell.sources[-1].id == models()[model].duties
        assert all(source.source for source in cell.sources)


@pytest.mark.parametrize(("model", "layer", "owner"), [
    ("on-prem", "hardware", "customer"),
    ("self-run", "hardware", "aws"),
    ("self-run", "orchestrator_control_plane", "customer"),
    ("eks-unmanaged", "orchestrator_control_plane", "aws"),
    ("ecs-ec2", "host_os_patching", "customer"),
    ("ecs-ec2", "host_scaling", "shared"),
    ("eks-managed", "host_os_patching", "shared"),
    ("ecs-managed-instances", "host_os_patching", "aws"),
    ("eks-auto", "network_config", "shared"),
    ("ecs-fargate", "image_contents", "customer"),
    ("ecs-fargate", "app_scaling_policy", "customer"),
    ("lambda", "app_scaling_policy", "shared"),
    ("lambda", "image_contents", "shared"),
])  # fmt: skip
def test_cells_that_the_talk_turns_on(model, layer, owner):
    assert owners(model)[layer] == owner


def test_three_layers_never_move_and_the_image_only_where_there_need_not_be_one():
    assert never_moves() == ("iam_config", "app_code", "data")
    assert [model for model in MODELS if owners(model)["image_contents"] != "customer"] == ["lambda"]


def test_from_left_to_right_less_and_less_is_yours():
    weight = {"customer": 2, "shared": 1, "aws": 0}
    left = [sum(weight[who] for who in owners(model).values()) for model in MODELS]

    assert left[0] == 2 * len(LAYERS)
    assert left[-1] == min(left)
    assert left.index(min(left)) == len(MODELS) - 1
    assert all(here >= there for here, there in itertools.pairwise(left[:7]))


def test_what_nobody_documents_is_called_assumed():
    assumed = {(cell.layer, cell.model) for cell in matrix().values() if cell.basis == "assumed"}

    assert ("network_config", "lambda") in assumed
    assert ("host_os_patching", "self-run") not in assumed
    assert len(assumed) <= 8


def test_the_same_facts_answer_for_launch_types_and_for_the_other_chapters():
    assert launch_type("ecs-ec2").duties == models()["ecs-ec2"].duties
    assert fargate.duties("ecs-fargate") == owners("ecs-fargate")
    assert eks.column_duties("eks-auto") == owners("eks-auto")


def test_a_cell_with_a_source_of_its_own_names_it_first():
    assert matrix()["image_contents", "ecs-fargate"].sources[0].id == "resp.image_always_yours"
    assert matrix()["runtime_and_agent_patching", "lambda"].sources[0].id == "table.duty_lambda_runtime"


# --- a file that says something else -----------------------------------------------------------------------------------


def altered(monkeypatch, change):
    """Let the table say something else, for this test."""
    found = copy.deepcopy(
        {
            key: dict(part) if hasattr(part, "items") else list(part)
            for key, part in catalog.table("responsibility").items()
        }
    )
    change(found)
    monkeypatch.setattr(catalog, "table", lambda _: found)


@pytest.mark.parametrize(("change", "read", "says"), [
    (lambda t: t["models"].pop("lambda"), rules.models.__wrapped__, "needed are on-prem"),
    (lambda t: t["events"].pop("quota"), rules.happenings.__wrapped__, "needed are kernel_cve"),
    (lambda t: t["events"].__setitem__("quota", {**t["events"]["quota"], "rate": -1}), rules.happenings.__wrapped__, "a number from 0"),
    (lambda t: t["events"].__setitem__("quota", {**t["events"]["quota"], "per": "moon"}), rules.happenings.__wrapped__, "per is one of"),
    (lambda t: t["events"].__setitem__("quota", {**t["events"]["quota"], "hits": {"moon": {}}}), rules.happenings.__wrapped__, "no such layer: moon"),
    (lambda t: t["night"].__setitem__("from_h", 25), rules.night.__wrapped__, "from 0 to 24"),
    (lambda t: t["cells"].append({"layers": ["data"], "models": ["lambda"], "facts": []}), lambda: dict(_own_sources()), "stands twice"),
    (lambda t: t["cells"].append({"layers": ["moon"], "models": ["lambda"], "facts": []}), lambda: dict(_own_sources()), "is no cell"),
    (lambda t: t["cells"].append({"layers": [], "models": [], "facts": ["moon"]}), lambda: dict(_own_sources()), "nobody wrote down moon"),
])  # fmt: skip
def test_a_table_that_does_not_add_up_is_refused(monkeypatch, change, read, says):
    altered(monkeypatch, change)

    with pytest.raises(CatalogError, match=says):
        read()


@pytest.mark.parametrize(("value", "says"), [
    ({"hardware": "customer"}, "missing or unknown: app_code"),
    (dict.fromkeys(LAYERS, "moon"), "an owner is one of"),
    (True, "layers are needed"),
])  # fmt: skip
def test_a_fact_that_leaves_a_layer_out_is_refused(monkeypatch, value, says):
    monkeypatch.setattr(catalog, "value", lambda _: value)

    with pytest.raises(CatalogError, match=says):
        duties("resp.lambda")


def test_every_happening_falls_on_a_layer_and_the_hardest_ones_on_yours():
    hits = {kind: {hit.layer for hit in one.hits} for kind, one in happenings().items()}

    assert all(hits.values())
    assert hits["image_cve"] == {"image_contents"}
    assert hits["iam_rule"] == {"iam_config"}
    assert {kind for kind, one in happenings().items() if one.opens_hole} == {
        "kernel_cve",
        "runtime_cve",
        "image_cve",
        "iam_rule",
    }
