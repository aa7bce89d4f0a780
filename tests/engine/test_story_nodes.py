"""What is said of node autoscalers: the cause, then the number, in both languages."""

import pytest

from engine import catalog, story
from tests.engine.test_node_autoscalers import story as told_run

KINDS = ["cluster-autoscaler", "karpenter"]


def lines(run_):
    return [line for line in story.captions(run_) if line.key.startswith(("caption.node", "caption.stranded"))]


def keys(run_):
    return [line.key.removeprefix("caption.") for line in lines(run_)]


def test_the_cluster_autoscaler_is_told_as_groups_that_grow_and_nodes_that_are_not_needed():
    said = keys(told_run("cluster-autoscaler", later=[900, 6]))

    assert said.count("nodes_asked") == 1
    assert said.index("nodes_asked") < said.index("node_unneeded")
    # The surplus leaves the crowded nodes first: one of the three that go is empty, two have to be drained.
    assert (said.count("node_empty"), said.count("node_unneeded")) == (1, 2)
    assert not {"nodes_bought", "nodes_delete"} & set(said)


def test_karpenter_is_told_as_what_it_buys_and_what_it_saves():
    run_ = told_run("karpenter", later=[900, 6])
    bought = next(line for line in lines(run_) if line.key == "caption.nodes_bought")

    assert {"nodes_bought", "nodes_replace", "nodes_empty"} <= set(keys(run_))
    assert bought.values["nodes"] == "1 × c5.xlarge, 2 × c5.large"
    assert bought.values["usd"].value == pytest.approx(0.34)


def test_who_waits_in_vain_is_told_why():
    assert "stranded.most" in keys(told_run("cluster-autoscaler", settings={"max_nodes": 4}))
    assert "stranded.nodes" in keys(told_run("karpenter", settings={"max_nodes": 3}))


@pytest.mark.parametrize("kind", KINDS)
def test_orders_and_removals_are_moments_to_step_to(kind):
    marks = [mark.key for mark in story.marks(told_run(kind, later=[900, 6]))]

    assert "mark.nodes_asked" in marks
    assert "mark.node_goes" in marks
    assert len(marks) < 12


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_sentence_has_its_words(kind, lang):
    texts = catalog.texts(lang)
    runs = [told_run(kind, later=[900, 6]), told_run(kind, operations=[{"do": "patch", "at_s": 300}])]
    for line in [line for run_ in runs for line in lines(run_)]:
        found = [
            texts[key]
            for key in (f"story.{line.key}", f"story.{line.key}.one", f"story.{line.key}.other")
            if key in texts
        ]

        assert found, line.key
        for text in found:
            text.format(**{name: str(value) for name, value in line.values.items()})
