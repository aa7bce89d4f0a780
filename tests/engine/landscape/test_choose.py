"""The decision helper: everybody is offered or told why not, and asking for more brings nobody back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import catalog
from engine.era import ERAS
from engine.importers import rules
from engine.landscape import NEEDS, WAYS, Needs, Workload, answers, choose, ways
from engine.landscape.choose import doubts, refusals

NONE = Needs(**dict.fromkeys(NEEDS, False))
ANY = st.builds(Needs, **{need: st.booleans() for need in NEEDS})


def left(needs=NONE, era="today", **workload):
    offered, _ = choose(needs, Workload(**workload), era)
    return {one.way.name for one in offered}


def needing(*names):
    return NONE.model_copy(update=dict.fromkeys(names, True))


def test_who_needs_nothing_may_have_all_of_them():
    assert left() == set(WAYS)


@pytest.mark.parametrize(("need", "falls"), [
    ("gpu", {"ecs-fargate", "ecs-fargate-spot", "ecs-express", "eks-fargate", "lambda"}),
    ("daemon", {"ecs-fargate", "ecs-fargate-spot", "ecs-express", "eks-fargate", "lambda"}),
    ("ssh", {"ecs-fargate", "ecs-fargate-spot", "ecs-express", "eks-fargate", "lambda", "ecs-managed-instances", "eks-auto"}),
    ("disk", {"eks-fargate", "lambda"}),
    ("long", {"lambda"}),
    ("steady", {"ecs-fargate-spot"}),
    ("spiky", set()),
    ("small_team", set()),
])  # fmt: skip
def test_one_need_fells_whom_it_should(need, falls):
    assert set(WAYS) - left(needing(need)) == falls


def test_a_building_of_ones_own_leaves_three():
    assert left(needing("on_prem")) == {"ecs-anywhere", "eks-hybrid", "on-prem"}
    assert left(needing("on_prem", "kubernetes_api", "windows")) == {"on-prem"}


def test_at_the_talk_the_same_needs_left_fewer():
    assert "eks-managed" in left(needing("own_ami"))
    assert "eks-managed" not in left(needing("own_ami"), "talk")
    assert "ecs-fargate" in left(needing("disk"))
    assert "ecs-fargate" not in left(needing("disk"), "talk")
    assert len(left(era="talk")) == 9


def test_a_workload_too_large_is_a_no_as_well():
    found = {one.way.name: one for one in answers(NONE, Workload(cpu_units=32_768, memory_mib=4096), "today")}

    assert [reason.why for reason in found["ecs-ec2"].hard] == ["misfit_host"]
    assert [fact.id for fact in found["ecs-ec2"].hard[0].facts] == ["ec2.billing"]


def test_the_helper_refuses_what_the_importer_refuses_of_a_task_definition():
    """Two doors, one house: where a task definition's rules know GPUs and privileged containers, the helper agrees."""
    for launch, table in rules.RULES.items():
        named = {rule.__name__ for rule in table}
        falls = {reason.need for reason in refusals(ways()[launch], needing("gpu", "privileged"), "today")}
        assert falls == {need for need in ("gpu", "privileged") if need in named}, launch


@settings(deadline=None)
@given(needs=ANY, era=st.sampled_from(ERAS))
def test_everybody_is_offered_or_told_why_not_with_a_source(needs, era):
    offered, refused = choose(needs, Workload(), era)

    assert {one.way.name for one in (*offered, *refused)} == set(WAYS)
    assert not any(one.hard for one in offered)
    assert all(one.hard for one in refused)
    assert all(reason.facts for one in refused for reason in one.hard)
    assert [one.usd for one in offered] == sorted(one.usd for one in offered)


@given(needs=ANY, more=st.sampled_from(NEEDS), era=st.sampled_from(ERAS), name=st.sampled_from(WAYS))
def test_asking_for_more_never_brings_a_way_back(needs, more, era, name):
    way = ways()[name]
    before = refusals(way, needs, era)
    after = refusals(way, needs.model_copy(update={more: True}), era)

    assert [reason for reason in before if reason not in after] == []


@pytest.mark.parametrize("need", NEEDS)
def test_every_need_says_something_and_every_word_is_known(need):
    texts = catalog.texts("es")
    found = [
        r
        for way in ways().values()
        for era in ERAS
        for r in (*refusals(way, needing(need), era), *doubts(way, needing(need), era))
    ]

    assert any(reason.need == need for reason in found)
    assert all(f"landscape.no.{reason.why}" in texts for reason in found)
    assert all(fact.says_es for reason in found for fact in reason.facts)
