"""Small nodes and pods for the scheduler's tests, in few words."""

import numpy as np

from engine.placement.kube.objects import CPU, MEMORY, PODS, Container, HostPort, Node, Pod, Taint, Toleration
from engine.placement.kube.scores import BEST
from engine.placement.kube.snapshot import Snapshot

GIB = 1024**3


def node(name="n", cpu=4000, gib=16, pods=110, taints=(), **more):
    """A node. taints: as kubectl writes them, key=value:effect."""
    more["labels"] = more.get("labels", {}) | {"kubernetes.io/hostname": name}
    return Node(
        name, taints=tuple(taint(t) for t in taints), allocatable={CPU: cpu, MEMORY: gib * GIB, PODS: pods}, **more
    )


def taint(text):
    what, effect = text.split(":")
    return Taint(*what.split("="), effect=effect)


def tolerates(key="", operator="Equal", value="", effect=""):
    return (Toleration(key, operator, value, effect),)


def pod(cpu=500, gib=1, ports=(), name="p", **more):
    """A pod of one container; None: it asks for none of it."""
    requests = {} if cpu is None else {CPU: cpu}
    requests |= {} if gib is None else {MEMORY: int(gib * GIB)}
    return Pod(name, containers=(Container(requests, tuple(HostPort(p) for p in ports)),), **more)


def cluster(*nodes, running=()):
    return Snapshot.of(nodes, running)


def every(snapshot):
    return np.arange(len(snapshot), dtype=np.int64)


__all__ = ["BEST", "GIB", "cluster", "every", "node", "pod", "taint", "tolerates"]
