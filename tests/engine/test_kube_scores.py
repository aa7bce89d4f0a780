"""The Kubernetes scheduler's scores: on one small cluster every rule prefers another node."""

import numpy as np
import pytest

from engine.placement.kube import scores
from engine.placement.kube.edition import TODAY, V1_20
from engine.placement.kube.objects import (
    Affinity,
    Container,
    Node,
    NodeAffinity,
    NodeTerm,
    Pod,
    Requirement,
    WeightedNodeTerm,
)
from engine.placement.kube.plugins import default_plugins
from tests.engine.a_cluster import cluster, every, node, pod, tolerates

MIB = 1024 * 1024

#                             roomy     full      lopsided  lacks memory
USE = np.array([            [ 1000,     3900,     3000,     500],
                            [ 4000,    15000,     2000,       0]])  # fmt: skip
SIZE = np.array([           [ 8000,     4000,     4000,    1000],
                            [32000,    16000,    16000,       0]])  # fmt: skip


@pytest.mark.parametrize(("rule", "found"), [
    (lambda: scores.least_allocated(USE, SIZE, [1, 1]), [87, 4, 56, 50]),
    (lambda: scores.least_allocated(USE, SIZE, [3, 1]), [87, 3, 40, 50]),
    (lambda: scores.least_allocated(USE, SIZE, [1, 1], V1_20), [87, 4, 56, 25]),
    (lambda: scores.most_allocated(USE, SIZE, [1, 1]), [12, 95, 43, 50]),
    (lambda: scores.balanced(USE, SIZE), [100, 98, 68, 100]),
    (lambda: scores.balanced(USE, SIZE, V1_20), [100, 96, 37, 0]),
    (lambda: scores.ratio_allocated(USE, SIZE, [1, 1], [(0, 0), (100, 10)]), [12, 95, 44, 50]),
    (lambda: scores.ratio_allocated(USE, SIZE, [1, 1], [(0, 10), (100, 0)]), [88, 5, 57, 50]),
    (lambda: scores.ratio_allocated(USE, SIZE, [1, 1], [(0, 0), (50, 10), (100, 0)]), [24, 10, 37, 100]),
])  # fmt: skip
def test_each_rule_on_resources_scores_otherwise(rule, found):
    assert rule().tolist() == found


def test_more_asked_than_there_is_counts_as_full():
    use, size = np.array([[5000], [1000]]), np.array([[4000], [4000]])

    assert scores.least_allocated(use, size, [1, 1]).tolist() == [37]
    assert scores.most_allocated(use, size, [1, 1], TODAY).tolist() == [62]
    assert scores.most_allocated(use, size, [1, 1], V1_20).tolist() == [12]
    assert scores.balanced(use, size).tolist() == [62]


def test_balance_of_many_resources_is_their_standard_deviation():
    use, size = np.array([[20], [50], [80]]), np.array([[100], [100], [100]])

    assert scores.balanced(use, size).tolist() == [int((1 - np.std([0.2, 0.5, 0.8])) * 100)]


@pytest.mark.parametrize("weight", [0, -1, 101])
def test_a_resource_that_weighs_nothing_or_too_much_is_refused(weight):
    with pytest.raises(ValueError, match=f"from 1 to 100, got memory {weight}$"):
        scores.checked_weights({"cpu_m": 1, "memory": weight})


def test_stretching_truncates_and_reversed_leaves_those_with_nothing_at_the_top():
    assert scores.normalised(np.array([1, 2, 3])).tolist() == [33, 66, 100]
    assert scores.normalised(np.array([1, 2, 3]), is_reversed=True).tolist() == [67, 34, 0]
    assert scores.normalised(np.array([0, 0])).tolist() == [0, 0]
    assert scores.normalised(np.array([0, 0]), is_reversed=True).tolist() == [100, 100]


def test_wishes_add_up_and_a_weight_of_nothing_wishes_nothing():
    def wish(weight, key):
        return WeightedNodeTerm(weight, NodeTerm((Requirement(key, "Exists"),)))

    asking = Pod(affinity=Affinity(NodeAffinity(preferred=(wish(2, "x"), wish(4, "y"), wish(0, "x")))))
    there = cluster(Node("a", {"x": ""}), Node("b", {"x": "", "y": ""}), Node("c"))
    found = scores.node_affinity(asking, there, every(there))

    assert (found.raw.tolist(), found.normal.tolist()) == ([2, 6, 0], [33, 100, 0])
    assert scores.node_affinity(Pod(), there, every(there)) is None


def test_only_taints_that_cost_points_cost_points():
    there = cluster(
        node("a"), node("b", taints=["x=1:PreferNoSchedule"]),
        node("c", taints=["x=1:PreferNoSchedule", "y=1:PreferNoSchedule", "z=1:NoSchedule"]),
    )  # fmt: skip

    def points(*tolerations):
        return scores.taint_toleration(pod(tolerations=tolerations), there, every(there)).normal.tolist()

    assert points() == [100, 50, 0]
    assert points(*tolerates("x", "Exists")) == [100, 100, 0]
    assert points(*tolerates("x", "Exists", "", "NoSchedule")) == [100, 50, 0]  # another effect


def test_an_image_counts_by_its_size_and_by_how_many_nodes_hold_it():
    def nodes(*held):
        return cluster(
            *(Node(f"n{n}", images={"web:latest": size * MIB} if size else {}) for n, size in enumerate(held))
        )

    def points(there, *images):
        asking = Pod(containers=tuple(Container(image=image) for image in images))
        return scores.image_locality(asking, there, every(there)).normal.tolist()

    assert points(nodes(500, 500), "web") == [48, 48]
    assert points(nodes(500, 0), "web") == [23, 0]  # half of the nodes: half its size
    assert points(nodes(20, 0), "web") == [0, 0]  # too small to matter
    assert points(nodes(5000, 5000), "web") == [100, 100]
    assert points(nodes(500, 500), "web", "other:2") == [24, 24]  # of two images
    assert points(nodes(500, 500), "web:2") == [0, 0]


def test_nobody_asks_for_balance_where_nobody_asks_for_anything():
    there = cluster(node())

    assert scores.balanced_allocation(pod(None, None), there, every(there)) is None
    assert scores.balanced_allocation(pod(None, 1), there, every(there)) is not None


def test_weights_are_the_published_ones():
    assert {p.name: p.weight for p in default_plugins() if p.weight} == {
        "TaintToleration": 3, "NodeAffinity": 2, "NodeResourcesFit": 1, "PodTopologySpread": 2, "InterPodAffinity": 2,
        "NodeResourcesBalancedAllocation": 1, "ImageLocality": 1,
    }  # fmt: skip
