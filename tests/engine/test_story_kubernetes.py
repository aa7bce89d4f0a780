"""What is said of nodes and pods: each sentence where it belongs, once, and none of it of ECS."""

import pytest

from engine import story
from tests.engine.test_nodes import BACK, CUT, DIE, DRAIN, cluster

OURS = ("not_ready", "evict", "restarted", "pull_fails", "api_", "agent_", "unbalanced", "returned")


def said(run_):
    keys = [line.key.removeprefix("caption.") for line in story.captions(run_)]
    return [key for key in keys if key.startswith(OURS)]


def marks(run_):
    keys = [mark.key.removeprefix("mark.") for mark in story.marks(run_)]
    return [key for key in keys if key in ("not_ready", "evicted", "api_lost", "api_back")]


@pytest.mark.parametrize(("operations", "more", "keys"), [
    ([(CUT, 100)], {}, ["agent_cut", "not_ready", "evicted_taint"]),
    ([(CUT, 100), (BACK, 300)], {}, ["agent_cut", "not_ready", "agent_back"]),
    ([(CUT, 100), (BACK, 120)], {}, ["agent_cut", "agent_back"]),
    ([(DIE, 100)], {}, ["not_ready", "evicted_taint"]),
    ([(DIE, 100)], {"fleet": {"replace": True}}, ["not_ready", "evicted_node_gone"]),
    ([(DRAIN, 100)], {}, ["evicted_drain"]),
    ([({"do": "fail-host", "host": f"{zone}{n}"}, 100) for zone in "abc" for n in (1, 2)], {}, ["not_ready", "evictions_off"]),
    ([({"do": "fail-zone", "zone": zone}, 100) for zone in "abc"], {}, ["api_all_down"]),  # who would look is gone as well
    ([({"do": "fail-zone", "zone": "a"}, 100), ({"do": "restore-zone", "zone": "a"}, 110)],
     {"fleet": {"boot_min_s": 5, "boot_max_s": 5}}, ["unbalanced", "restarted"]),
    ([], {"service": {"image_pulls": False}, "warm": False}, ["pull_fails"]),
    ([({"do": "fail-control-plane", "for_s": 60}, 100)], {}, ["api_all_down", "api_back"]),
    ([({"do": "fail-zone", "zone": "a"}, 100)], {"zones": 2, "launch_type": "k8s-self-run"}, ["api_no_quorum"]),
])  # fmt: skip
def test_each_thing_that_happens_is_told(operations, more, keys):
    assert list(dict.fromkeys(said(cluster(*operations, **more)))) == keys


def test_of_ecs_nothing_is_told_in_kubernetes_words():
    run_ = cluster((CUT, 100), (DIE, 300), launch_type="ecs-ec2")

    assert not {"not_ready", "evicted_taint"} & set(said(run_))
    assert marks(run_) == []


def test_the_moments_to_step_to():
    run_ = cluster((CUT, 100), ({"do": "fail-control-plane", "for_s": 60}, 600))

    assert marks(run_) == ["not_ready", "evicted", "api_lost", "api_back"]


def test_an_election_is_no_news():
    run_ = cluster(
        ({"do": "kill-member", "member": 1}, 100), ({"do": "kill-member", "member": 2}, 200), launch_type="eks-managed"
    )

    assert said(run_)[0] == "api_no_quorum"
    assert said(cluster(({"do": "kill-member", "member": 1}, 100), launch_type="eks-managed")) == []
