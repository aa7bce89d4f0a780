"""The scheduler of a run: what it knows of every service's pods, asked for one pod at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.placement.constraints import DAEMON
from engine.placement.hosts import Bools, Floats, Hosts, Ints
from engine.placement.kube.decide import Ruling, decide
from engine.placement.kube.filters import is_wanted, tolerates_taints
from engine.placement.kube.objects import CPU, MEMORY, PODS, Affinity, HostPort, Node, NodeTerm, Pod, Requirement
from engine.placement.kube.pods import host_port, nodes_of, pod_of
from engine.placement.kube.requests import ANYWHERE
from engine.placement.kube.rule_book import RuleBook
from engine.placement.kube.scores import MIB, tagged
from engine.placement.kube.selectors import NAME
from engine.placement.kube.snapshot import Snapshot

if TYPE_CHECKING:
    from engine.scenario import Service

NO_HOST = -1
ENDLESS = 1 << 40


class Desk:
    """Turns a fleet's columns into the scheduler's snapshot, and a task into its pod.

    Pods that are being stopped hold their room, and are neighbours until they are gone; they are only spread no more.
    The fleet has to tell its traits (`Hosts.traits`) and what its hosts had when they were empty (`all_cpu`, ...).
    """

    def __init__(self, services: Sequence[Service]) -> None:
        """Read what each service's pods ask for."""
        self.pods = tuple(pod_of(service) for service in services)
        # Who was started by hand has no owner, so the scheduler does not spread it by itself.
        self.bare = tuple(replace(pod, owner=None) for pod in self.pods)
        leaving = tuple(replace(pod, terminating=True) for pod in self.bare)
        self._shapes = (*self.pods, *self.bare, *leaving, *leaving)
        self._groups = tuple(f"{kind}:{service.name}" for kind in ("service", "family") for service in services)
        self._bytes = tuple(int(service.image_mib * MIB) for service in services)
        self._wants_ports = any(service.ports for service in services)
        self._seen: Mapping[str, object] | None = None
        self._nodes: tuple[Node, ...] = ()
        self._book = RuleBook()

    def decide(
        self,
        service: int,
        hosts: Hosts,
        chance: Floats | None = None,
        *,
        is_there: Bools | None = None,
        holds: Bools | None = None,
        only_host: int = NO_HOST,
        is_owned: bool = True,
    ) -> Ruling:
        """Choose a host for a pod of a service; nothing is changed.

        chance: shape (n_hosts,), the lottery among equals, `rng.stream(seed, "place", task).random(n_hosts)`. is_there:
        hosts that are nodes at all (they joined, and are not gone); one that is there but not open is cordoned or not
        ready. holds: hosts that hold the service's image. only_host: for a DaemonSet's pod, its node. is_owned: False
        for a pod that no service keeps.
        """
        pod = self.pods[service] if is_owned else self.bare[service]
        cluster = self.snapshot(hosts, is_there, self._images(service, holds))
        if only_host == NO_HOST:
            return decide(pod, cluster, chance)
        ruling = decide(bound(pod, self._nodes[only_host].name), cluster, chance)
        return replace(ruling, constraints=(DAEMON,))

    def may_run(self, service: int, hosts: Hosts) -> Bools:
        """Say on which hosts a DaemonSet wants a pod: where its node rules and the taints let it, room or not.

        Shape (n_hosts,). Source: github:kubernetes/kubernetes pkg/controller/daemon/daemon_controller.go,
        NodeShouldRunDaemonPod.
        """
        cluster = self.snapshot(hosts)
        return is_wanted(self.pods[service], cluster) & tolerates_taints(self.pods[service], cluster)

    def snapshot(
        self, hosts: Hosts, is_there: Bools | None = None, images: Mapping[str, Ints] | None = None
    ) -> Snapshot:
        """Show a fleet as the scheduler sees it. CPU in CPU units, memory in MiB; a place for a pod is an interface.

        Errors: ValueError for a fleet that does not tell its traits, or what its hosts had when they were empty.
        """
        traits = hosts.traits
        if traits is None or hosts.all_cpu is None or hosts.all_mib is None:
            raise ValueError("a scheduler needs the hosts' traits, all_cpu and all_mib")
        if traits.attributes is not self._seen or len(self._nodes) != len(hosts):
            self._seen, self._nodes = traits.attributes, nodes_of(traits)
        nothing = np.zeros(len(hosts), dtype=np.int64)
        return replace(
            snapshot_of(hosts, self._nodes, tells_ports=self._wants_ports),
            shapes=self._shapes,
            count=np.array(
                [here.get(group, nothing) for here in (traits.groups, traits.leaving) for group in self._groups],
                np.int64,
            ),
            is_there=hosts.is_open if is_there is None else is_there,
            images=images or {},
            is_closed=~hosts.is_open,
            is_offered=hosts.is_offered,
            book=self._book,
        )

    def _images(self, service: int, holds: Bools | None) -> dict[str, Ints]:
        if holds is None:
            return {}
        return {tagged(self.pods[service].containers[0].image): holds.astype(np.int64) * self._bytes[service]}


def snapshot_of(hosts: Hosts, nodes: tuple[Node, ...], *, tells_ports: bool = True) -> Snapshot:
    """Show a fleet's room. CPU in CPU units, memory in MiB; a place for a pod is an interface.

    A fleet that does not tell what its hosts had is taken for empty; one that tells of no interfaces has endless places.
    """
    all_cpu = hosts.free_cpu if hosts.all_cpu is None else hosts.all_cpu
    all_mib = hosts.free_mib if hosts.all_mib is None else hosts.all_mib
    used = {CPU: all_cpu - hosts.free_cpu, MEMORY: all_mib - hosts.free_mib}
    places, taken = np.full(len(hosts), ENDLESS, dtype=np.int64), np.zeros(len(hosts), dtype=np.int64)
    if hosts.all_enis is not None and hosts.free_enis is not None:
        places, taken = hosts.all_enis, hosts.all_enis - hosts.free_enis
    return Snapshot(
        nodes=nodes,
        allocatable={CPU: all_cpu, MEMORY: all_mib, PODS: places},
        asked=used,
        counted=used,  # every pod of ours asks for CPU and memory
        n_pods=taken,
        ports=_ports(hosts) if tells_ports else (frozenset(),) * len(hosts),
        shapes=(),
        count=np.zeros((0, len(hosts)), dtype=np.int64),
    )


def _ports(hosts: Hosts) -> tuple[frozenset[HostPort], ...]:
    """Say which ports are taken. A number below 0 is none: a sign by which tasks of a kind keep apart."""
    if hosts.ports is None:
        return (frozenset(),) * len(hosts)
    return tuple(
        frozenset(HostPort(p.host_port, p.protocol, ANYWHERE) for p in map(host_port, taken) if p.host_port > 0)
        for taken in hosts.ports
    )


def bound(pod: Pod, node: str) -> Pod:
    """Bind a DaemonSet's pod to its node, as its controller does: by node affinity, in every term."""
    only = (Requirement(NAME, "In", (node,)),)
    terms = pod.affinity.node.required
    required = (NodeTerm((), only),) if terms is None else tuple(NodeTerm(t.exprs, only) for t in terms)
    mine = replace(pod.affinity.node, required=required)
    return replace(pod, affinity=Affinity(mine, pod.affinity.pod, pod.affinity.anti))
