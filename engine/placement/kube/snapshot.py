"""What the scheduler knows when it decides: nodes, and what runs on them, as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.placement.hosts import Bools, Ints
from engine.placement.kube.objects import CPU, EPHEMERAL, MEMORY, PODS, HostPort, Node, Pod
from engine.placement.kube.requests import asked, counted, host_ports

if TYPE_CHECKING:
    from engine.placement.kube.rule_book import RuleBook


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The cluster at one moment. Arrays of shape (n_nodes,), in the order of `nodes`.

    allocatable: what each node can give, by resource. asked: what the pods there asked for, as the fit filter counts it;
    counted: the same as the scores count it (CPU and memory). n_pods: how many they are. ports: which host ports are
    taken. shapes, count: which pods run where: count[s, n] of shape s on node n; equal pods may share a shape.
    is_there: nodes that exist for the scheduler; None = all. is_closed: nodes that are cordoned or not ready, besides those
    that say so themselves. is_offered: nodes of the pod's own node group; None = any. images: image -> bytes, 0 where a node
    does not hold it. book: where the rules of topology and neighbours are kept from one decision to the next.
    """

    nodes: tuple[Node, ...]
    allocatable: Mapping[str, Ints]
    asked: Mapping[str, Ints]
    counted: Mapping[str, Ints]
    n_pods: Ints
    ports: tuple[frozenset[HostPort], ...]
    shapes: tuple[Pod, ...]
    count: Ints
    is_there: Bools | None = None
    images: Mapping[str, Ints] = field(default_factory=dict)
    is_closed: Bools | None = None
    is_offered: Bools | None = None
    book: RuleBook | None = None

    def __len__(self) -> int:
        """Count the nodes."""
        return len(self.nodes)

    @classmethod
    def of(cls, nodes: Sequence[Node], pods: Sequence[Pod] = ()) -> Snapshot:
        """Take a snapshot of nodes and of the pods that run on them; pods of no known node are left out.

        >>> Snapshot.of([Node("a", allocatable={"cpu_m": 4000})], [Pod(node="a"), Pod(node="b")]).n_pods
        array([1])
        """
        place = {node.name: number for number, node in enumerate(nodes)}
        running = tuple(pod for pod in pods if pod.node in place)
        where = np.array([place[pod.node] for pod in running], dtype=np.int64)
        count = np.zeros((len(running), len(nodes)), dtype=np.int64)
        count[np.arange(len(running)), where] = 1
        ports = [frozenset[HostPort]()] * len(nodes)
        for pod in running:
            ports[place[pod.node]] |= host_ports(pod)
        return cls(
            tuple(nodes),
            _columns([node.allocatable for node in nodes], np.eye(len(nodes), dtype=np.int64)),
            _columns([asked(pod) for pod in running], count),
            _columns([counted(pod) for pod in running], count),
            count.sum(axis=0),
            tuple(ports),
            running,
            count,
            images=_columns([node.images for node in nodes], np.eye(len(nodes), dtype=np.int64), ()),
        )

    def column(self, of: Mapping[str, Ints], name: str) -> Ints:
        """Give one resource of a table; zeros where no node tells of it."""
        found = of.get(name)
        return np.zeros(len(self.nodes), dtype=np.int64) if found is None else found

    def with_pod(self, pod: Pod, node: int, shape: int | None = None) -> Snapshot:
        """Show the cluster with one more pod on a node. shape: its row in `count`, where it has one already."""
        count, shapes = self.count.copy(), self.shapes
        if shape is None:
            shape, shapes = len(shapes), (*shapes, pod)
            count = np.vstack([count, np.zeros((1, len(self.nodes)), dtype=np.int64)])
        count[shape, node] += 1
        one = np.zeros(len(self.nodes), dtype=np.int64)
        one[node] = 1
        ports = (*self.ports[:node], self.ports[node] | host_ports(pod), *self.ports[node + 1 :])
        return replace(
            self,
            asked=self._more(self.asked, asked(pod), one),
            counted=self._more(self.counted, counted(pod), one),
            n_pods=self.n_pods + one,
            ports=ports,
            shapes=shapes,
            count=count,
        )

    def _more(self, table: Mapping[str, Ints], amounts: Mapping[str, int], one: Ints) -> dict[str, Ints]:
        return {**table, **{name: self.column(table, name) + amount * one for name, amount in amounts.items()}}


def _columns(
    amounts: Sequence[Mapping[str, int]], count: Ints, always: Sequence[str] = (CPU, MEMORY, EPHEMERAL, PODS)
) -> dict[str, Ints]:
    """Add amounts up by node. count: shape (len(amounts), n_nodes)."""
    names = dict.fromkeys(always)
    names.update(dict.fromkeys(name for row in amounts for name in row))
    table = {name: np.array([row.get(name, 0) for row in amounts], dtype=np.int64) for name in names}
    return {name: row @ count if len(row) else np.zeros(count.shape[1], np.int64) for name, row in table.items()}
