"""What a pod asks of topology spread, as rows of counts by domain that a kernel can read.

Whatever Kubernetes asks of other pods is a sum over pods by domain. So every shape of pod has, for every row, a gain: what
one more of it adds to the domain of its node. The sums are drawn up once, and then only added to.
Source: github:kubernetes/kubernetes pkg/scheduler/framework/plugins/podtopologyspread, @faecb196815e for 1.20.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from engine import catalog
from engine.placement.hosts import MISSING, Bools, Column, Ints
from engine.placement.kube.edition import TODAY, Edition
from engine.placement.kube.filters import enters_closed, is_wanted, tolerates_taints
from engine.placement.kube.objects import Pod, Requirement, Selector, Spread
from engine.placement.kube.selectors import is_valid, selects
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.topology_kernel import Hard, Soft, find_fewest, tallies

HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
HARD, SOFT = "DoNotSchedule", "ScheduleAnyway"
HONOR = "Honor"
OF_LABELS = ("In", "NotIn", "Exists", "DoesNotExist")  # the operators of a label selector


def default_spread(pod: Pod) -> tuple[Spread, ...]:
    """Spread as the scheduler does for pods that ask for nothing: over hosts and zones, softly, with their own kind.

    Source: fact `k8s.topology.default`.
    """
    if pod.owner is None:
        return ()
    fact = "k8s.topology.default"
    when = str(catalog.value(fact, "when"))
    keys = ((HOSTNAME, "hostname"), (ZONE, "zone"))
    return tuple(Spread(int(catalog.number(fact, at)), key, when, pod.owner) for key, at in keys)


def is_readable(selector: Selector | None) -> bool:
    """Say whether Kubernetes can read a label selector at all.

    >>> is_readable(Selector(exprs=(Requirement("app", "In", ("{{.bad}}",)),))), is_readable(Selector({"app": ""}))
    (False, True)
    """
    if selector is None:
        return True
    written = [Requirement(key, "In", (value,)) for key, value in selector.labels.items()]
    return all(one.operator in OF_LABELS and is_valid(one) for one in (*written, *selector.exprs))


def reads_spread(pod: Pod) -> bool:
    """Say whether Kubernetes can read a pod's spread constraints; if not, it is never put anywhere."""
    return all(is_readable(one.selector) for one in pod.spread)


def hard_rules(pod: Pod, cluster: Snapshot, edition: Edition = TODAY) -> Hard:
    """Draw up a pod's DoNotSchedule constraints."""
    spreads = [one for one in pod.spread if one.when == HARD]
    own, values, width = domains(cluster, [one.topology_key for one in spreads])
    has_all = is_listed(cluster) & np.all(own != MISSING, axis=0)
    is_domain = np.zeros((len(spreads), width), dtype=np.bool_)
    place = np.full_like(own, MISSING)
    for row, inside in enumerate(_take_part(pod, cluster, spreads, has_all)):
        is_domain[row, own[row, inside]] = True
        place[row, inside] = own[row, inside]
        if not edition.counts_insiders:  # and a node without the key was one whose value is ""
            counted = is_listed(cluster) & is_domain[row, values[row]]
            place[row, counted] = values[row, counted]
    apart = np.full(len(spreads), edition.counts_apart)
    gain = _gains(pod, cluster, spreads, apart)
    rules = Hard(
        begin=_ints([0, len(spreads)]),
        code=own,
        place=place,
        tally=tallies(place, gain, cluster.count, width),
        is_domain=is_domain,
        domains=is_domain.sum(axis=1),
        fewest=np.zeros(len(spreads), dtype=np.int64),
        max_skew=_ints(one.max_skew for one in spreads),
        own=_ints(selects(joined(one, pod), pod.labels) for one in spreads),
        least_domains=_ints(one.min_domains or 1 for one in spreads),
        gain=gain,
    )
    for row in range(len(spreads)):
        find_fewest(row, rules)
    return rules


def soft_rules(pod: Pod, cluster: Snapshot, edition: Edition = TODAY) -> Soft:
    """Draw up a pod's ScheduleAnyway constraints; where it has no constraint at all, the scheduler's own.

    A node that lacks the key of one of the pod's own constraints gets no points; of the scheduler's own, it is only not
    counted for that one.
    """
    spreads = [one for one in (pod.spread or default_spread(pod)) if one.when == SOFT]
    keys = [one.topology_key for one in spreads]
    own, values, width = domains(cluster, keys)
    is_host = np.array([key == HOSTNAME for key in keys], dtype=np.bool_)
    is_ignored = np.any(own == MISSING, axis=0) if pod.spread else np.zeros(len(cluster), dtype=np.bool_)
    place, slot = np.full_like(own, MISSING), values
    numbers = np.arange(len(cluster), dtype=np.int64)
    for row, inside in enumerate(_take_part(pod, cluster, spreads, is_listed(cluster) & ~is_ignored)):
        place[row, inside] = values[row, inside]
        if is_host[row]:  # pods of the node itself, wherever it counts
            own[row] = np.where(own[row] == MISSING, MISSING, numbers)
            place[row] = numbers
        elif not edition.counts_apart and keys[row] in keys[:row]:
            slot[row] = MISSING  # an earlier constraint had counted this key's domains: none was left
    gain = _gains(pod, cluster, spreads, is_host | edition.counts_apart)
    return Soft(
        begin=_ints([0, len(spreads)]),
        code=own,
        place=place,
        slot=slot,
        tally=tallies(place, gain, cluster.count, max(width, len(cluster) if is_host.any() else 0)),
        max_skew=_ints(one.max_skew for one in spreads),
        is_host=is_host,
        is_ignored=is_ignored[None, :],
        gain=gain,
    )


def _take_part(pod: Pod, cluster: Snapshot, spreads: Sequence[Spread], among: Bools) -> Iterable[Bools]:
    """Say for each constraint which nodes its domains are counted from: what the pod may not enter may be left out."""
    for one in spreads:
        found = among.copy()
        if one.affinity_policy == HONOR:
            found &= is_wanted(pod, cluster)
        if one.taints_policy == HONOR:
            # A node that is lost or cordoned carries a taint that says so: its zone is none to be even with.
            found &= tolerates_taints(pod, cluster) & enters_closed(pod, cluster)
        yield found


def joined(one: Spread, pod: Pod) -> Selector | None:
    """Join the pod's own values of `match_label_keys` to a constraint's selector."""
    more = {key: pod.labels[key] for key in one.match_label_keys if key in pod.labels}
    if not more:
        return one.selector
    selector = one.selector or Selector()
    joined = tuple(Requirement(key, "In", (value,)) for key, value in more.items())
    return replace(selector, exprs=(*selector.exprs, *joined))


def _gains(pod: Pod, cluster: Snapshot, spreads: Sequence[Spread], counts_apart: Bools) -> Ints:
    """Say what a pod of each shape adds to each constraint: 1 where it is of the pod's namespace, matches, and stays.

    counts_apart: shape (n_rows,); the other rows also count what those of their topology key count.
    """
    mine = [shape.namespace == pod.namespace and not shape.terminating for shape in cluster.shapes]
    found = np.zeros((len(spreads), len(mine)), dtype=np.int64)
    for row, one in enumerate(spreads):
        selector = joined(one, pod)
        found[row] = [is_mine and selects(selector, s.labels) for is_mine, s in zip(mine, cluster.shapes, strict=True)]
    if counts_apart.all():
        return found
    keys = [one.topology_key for one in spreads]
    together = [
        [a == b or (not counts_apart[a] and keys[a] == keys[b]) for b in range(len(keys))] for a in range(len(keys))
    ]
    return np.asarray(np.array(together, dtype=np.int64) @ found)


# --- sums by domain --------------------------------------------------------------------------------------------------


def is_listed(cluster: Snapshot) -> Bools:
    """Say which nodes exist for the scheduler: one that was deleted is no domain, whatever still runs there."""
    return np.ones(len(cluster), dtype=np.bool_) if cluster.is_there is None else cluster.is_there


def domains(cluster: Snapshot, keys: Sequence[str]) -> tuple[Ints, Ints, int]:
    """Give each node's domain of each topology key: MISSING where it has none, and where that reads as ""; and their number.

    Shapes (n_rows, n_nodes).
    """
    columns = [Column.of([node.labels.get(key) for node in cluster.nodes]) for key in keys]
    own = np.array([column.code for column in columns], dtype=np.int64).reshape(len(keys), len(cluster))
    values = own.copy()
    for row, column in enumerate(columns):
        empty = column.words.index("") if "" in column.words else len(column.words)
        values[row, own[row] == MISSING] = empty
    return own, values, max((len(column.words) for column in columns), default=0) + 1


def _ints(found: Iterable[int]) -> Ints:
    return np.array(list(found), dtype=np.int64)
