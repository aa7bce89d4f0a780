"""Small clusters to think about: pods, nodes, types and groups in a line each."""

from engine import catalog
from engine.placement import Needs
from engine.scaling import Offer, Size
from engine.scaling.cluster_autoscaler import Group, Seen
from engine.scaling.shelves import Ask, Node, Pod

SLOTS = 100


def offer(name):
    kind = catalog.instance_type(name)
    return Offer(name, kind.cpu_units, kind.memory_mib, SLOTS, kind.usd_per_hour)


def offers(*families):
    return [offer(name) for name in catalog.instance_types() if name.partition(".")[0] in families]


def asks(*sizes, skew=0):
    """Say what pods of service 0, 1, … ask: (CPU units, MiB) each."""
    return {n: Ask(Needs(cpu, mib, frozenset(), 1), skew) for n, (cpu, mib) in enumerate(sizes)}


def pods(*services, first=1):
    return tuple(Pod(first + n, service) for n, service in enumerate(services))


def node(number, kind, zone=0, *, on=(), asks=None, **more):
    """Make a node of a type that holds these pods."""
    what = offer(kind)
    free = Size(what.cpu_units, what.memory_mib, what.enis)
    for pod in on:
        free = free.less(asks[pod.service].needs)
    used = max(1 - free.cpu_units / what.cpu_units, 1 - free.memory_mib / what.memory_mib)
    return Node(number, kind, zone, free, what.usd_per_hour, tuple(on), used=used, **more)


def group(number, kind, *, size=0, least=0, most=10, zones=(0, 0, 0), priority=0):
    what = offer(kind)
    room = Size(what.cpu_units, what.memory_mib, what.enis)
    whole = (what.cpu_units, what.memory_mib)
    return Group(
        number, f"g{number}", kind, room, whole, what.usd_per_hour, size, least, most, dict(enumerate(zones)), priority
    )


def counts(nodes, n_services, n_zones=3):
    """Count the pods of each service in each zone."""
    table = {service: [0] * n_zones for service in range(n_services)}
    for one in nodes:
        for pod in one.pods:
            table[pod.service][one.zone] += 1
    return table


def seen(now_s, asks, *, pods=(), nodes=(), groups=(), may_evict=None, draining=0):
    return Seen(now_s, pods, nodes, groups, asks, counts(nodes, len(asks)), (0, 1, 2), may_evict or {}, draining)
