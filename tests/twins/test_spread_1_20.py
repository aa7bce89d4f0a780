"""Topology spread as release 1.20 wrote it, maps and all, beside ours told to be of that edition."""

from collections import Counter
from math import inf, log

import numpy as np
from hypothesis import given, settings

from engine.placement.kube import topology
from engine.placement.kube.edition import V1_20
from engine.placement.kube.selectors import may_go, selects
from engine.placement.kube.spread_rules import HOSTNAME
from engine.placement.kube.topology_kernel import NO_KEY, OK, TOO_SKEWED
from tests.laws.any_crowd import clusters, pods


def matching(cluster, node, selector, namespace):
    return sum(
        int(cluster.count[row, node])
        for row, pod in enumerate(cluster.shapes)
        if pod.namespace == namespace and not pod.terminating and selects(selector, pod.labels)
    )


def has_all(node, rules):
    return all(rule.topology_key in node.labels for rule in rules)


def filtered(pod, cluster):
    """Count matching pods by (key, value): one count for all constraints of a key, over all nodes of an eligible pair."""
    rules = [rule for rule in pod.spread if rule.when == "DoNotSchedule"]
    counts = Counter()
    for node in cluster.nodes:
        if may_go(pod, node) and has_all(node, rules):
            for rule in rules:
                counts[rule.topology_key, node.labels[rule.topology_key]] = 0
    for number, node in enumerate(cluster.nodes):
        for rule in rules:
            pair = rule.topology_key, node.labels.get(rule.topology_key, "")
            if pair in counts:
                counts[pair] += matching(cluster, number, rule.selector, pod.namespace)

    def said(node):
        for rule in rules:
            if rule.topology_key not in node.labels:
                return NO_KEY
            fewest = min((n for (key, _), n in counts.items() if key == rule.topology_key), default=inf)
            here = counts.get((rule.topology_key, node.labels[rule.topology_key]), 0)
            if here + selects(rule.selector, pod.labels) - fewest > rule.max_skew:
                return TOO_SKEWED
        return OK

    return [said(node) for node in cluster.nodes]


def first_come(rules, nodes):
    """Begin a count for each pair; a topology's size is how many pairs its constraint was the first to see."""
    counts, sizes = Counter(), [len(nodes) if rule.topology_key == HOSTNAME else 0 for rule in rules]
    for node in nodes:
        for i, rule in enumerate(rules):
            pair = rule.topology_key, node.labels[rule.topology_key]
            if rule.topology_key != HOSTNAME and pair not in counts:
                counts[pair] = 0
                sizes[i] += 1
    return counts, sizes


def scored(pod, cluster, left):
    """Score: sizes of topologies by first come, raw scores cut off, then stretched."""
    rules = [rule for rule in pod.spread if rule.when == "ScheduleAnyway"]
    taking_part = [n for n in left if has_all(cluster.nodes[n], rules)]
    counts, sizes = first_come(rules, [cluster.nodes[n] for n in taking_part])
    for number, node in enumerate(cluster.nodes):
        if may_go(pod, node) and has_all(node, rules):
            for rule in rules:
                pair = rule.topology_key, node.labels[rule.topology_key]
                if pair in counts:
                    counts[pair] += matching(cluster, number, rule.selector, pod.namespace)
    raw = {}
    for n in taking_part:
        score = 0.0
        for rule, size in zip(rules, sizes, strict=True):
            if rule.topology_key == HOSTNAME:
                here = matching(cluster, n, rule.selector, pod.namespace)
            else:
                here = counts[rule.topology_key, cluster.nodes[n].labels[rule.topology_key]]
            score += here * log(size + 2) + (rule.max_skew - 1)
        raw[n] = int(score)
    least, most = min(raw.values(), default=0), max(raw.values(), default=0)
    return [0 if n not in raw else 100 if most == 0 else 100 * (most + least - raw[n]) // most for n in left]


@settings(max_examples=300)
@given(clusters(), pods())
def test_the_edition_of_1_20_is_what_1_20_did(cluster, pod):
    # What came later than 1.20 is not asked for.
    plain = tuple(type(r)(r.max_skew, r.topology_key, r.when, r.selector) for r in pod.spread)
    asks = type(pod)(**{f: getattr(pod, f) for f in pod.__slots__} | {"spread": plain, "owner": None})
    said = topology.spread_says(asks, cluster, V1_20)

    assert said.tolist() == filtered(asks, cluster)
    left = np.flatnonzero(said == OK)
    assert topology.topology_spread(asks, cluster, left, V1_20).normal.tolist() == scored(asks, cluster, left.tolist())
