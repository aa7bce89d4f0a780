"""Node updates, acting: a new image reaches the nodes, and disruption budgets stand in the way.

Who acts is the launch type. A managed node group: you begin, EKS takes the steps, within a time limit for each node. Nodes of
your own: you take the steps, and wait as long as you like. Auto Mode: AWS replaces what has drifted, a few at a time, and
gives the pods of each a day to leave. Fargate: AWS evicts pods zone by zone, and deletes those that would not go, days later.
The numbers are engine/kubernetes/update.py's; the phases those of note `table.eks_update_phases`.

Two things nobody publishes: how many nodes a managed group launches in all (here as few as it needs after the first growth),
and what becomes of new nodes after a failure (here they stay, and the old ones open again).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from simpy import AllOf, AnyOf

from engine import catalog
from engine.cluster import NONE, Host, Stage, Task
from engine.control import eviction
from engine.control.patching import DAY_S, arrival, old_hosts
from engine.events import Kind
from engine.kubernetes.update import SLOW, drain_limit_s, post_drain_s, retry_s, surge_of

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine import operations as ops
    from engine.world import World

FOREVER_S = math.inf


def begin(world: World, o: ops.UpdateNodes) -> str:
    """Start an update; return why there is nothing to do, if there is."""
    launch, fleet = world.launch, world.fleet
    if not launch.is_kubernetes:
        return "there are no nodes on ECS: say `patch`" if not launch.is_function else "there are no nodes on Lambda"
    if fleet.is_updating:
        return "an update is under way: one at a time"
    fleet.is_updating = launch.hosts != "managed"  # what Auto Mode's own controller does is nobody else's update
    if launch.hosts == "per-task":
        world.env.process(_fargate(world))
        return ""
    fleet.release += 1
    if launch.hosts == "managed":
        world.env.process(_drift(world, fleet.release))
    elif is_managed_group(world):
        world.env.process(_managed(world, o, fleet.release))
    else:
        world.env.process(_by_hand(world, o, fleet.release))
    return ""


def is_managed_group(world: World) -> bool:
    """Say whether AWS takes the steps once you begin: the duty of patching nodes is shared."""
    return catalog.value(world.launch.duties, "host_os_patching") == "shared"


# --- a managed node group --------------------------------------------------------------------------------------------


def _managed(world: World, o: ops.UpdateNodes, release: int) -> ProcessGenerator:
    """Grow, close, drain, shrink. Source: facts `eks.mng.scale_up_extra`, `eks.mng.drain_timeout`, `eks.mng.post_drain_wait`."""
    settings, began_s = world.scenario.kubernetes.update, world.env.now
    old = old_hosts(world, release)
    size = len(old)
    _started(world, size)
    is_default = settings.strategy == "default"
    zones = len({host.zone for host in old})
    if is_default and old and not (yield from _grow(world, old, surge_of(zones, settings.at_once))):
        _failed(world, release, "NodeCreationFailure")
        return
    _phase(world, "drain", min(settings.at_once, size))
    while left := old_hosts(world, release):
        batch = _by_lot(world, left, release)[: settings.at_once]
        drains = [world.env.process(_renew(world, host, o.by_force, drain_limit_s(), post_drain_s())) for host in batch]
        yield AllOf(world.env, drains)
        if not all(drain.value for drain in drains):
            _failed(world, release, "PodEvictionFailure")
            return
        missing = size - len(_new_hosts(world, release)) - len(old_hosts(world, release))
        yield from _order(world, batch[: max(0, missing)])
    if is_default:
        yield from _shrink(world, o, release, size)
    _done(world, began_s)


def _grow(world: World, old: Sequence[Host], extra: int) -> ProcessGenerator:
    """Launch new nodes over the group's zones, wait for all, and close the old ones; say whether each zone got one."""
    _phase(world, "scale-up", extra)
    zones = sorted({host.zone for host in old})
    models = [next(host for host in old if host.zone == zones[turn % len(zones)]) for turn in range(extra)]
    new = yield from _order(world, models)
    if {host.zone for host in new if host.is_alive} < set(zones):
        return False
    closed = [host for host in old if host.is_alive and not host.is_draining]
    _phase(world, "close", len(closed))
    for host in closed:
        world.fleet.cordon(host)
    return True


def _renew(world: World, host: Host, force: bool, limit_s: float, wait_s: float) -> ProcessGenerator:
    """Drain a node and end it; say whether it could be done. force: pods that stay beyond the limit are deleted."""
    yield from arrival(world, host, host.losses)
    if host.is_alive and not host.is_draining:
        world.fleet.drain(host, "update")
    yield from _emptied(world, host, limit_s)
    if host.is_alive and not host.is_gone and not world.fleet.is_emptied(host):
        left = _pods(world, host)
        why = next((why for task in left if (why := eviction.may_evict(world, task))), SLOW)
        if limit_s:  # nobody waited where there was none
            world.log.note(
                world.env.now, Kind.DRAIN_EXPIRED, host=host.number, zone=host.zone, value=len(left), reason=why
            )
        if not force:
            return False
        for task in left:
            world.nodes.delete_pod(task, "force")
        yield from _emptied(world, host, FOREVER_S)
    if host.is_alive and not host.is_gone:
        yield world.env.timeout(wait_s)
        if host.is_alive and not host.is_gone:
            world.fleet.end(host, "updated")
    return True


def _shrink(world: World, o: ops.UpdateNodes, release: int, size: int) -> ProcessGenerator:
    """Return to the group's size: the node with the fewest pods in the fullest zone goes first.

    One whose pods do not leave within a drain's limit stays, and the group with it larger than it was; force deletes them.
    """
    extra = len(_new_hosts(world, release)) - size
    if extra > 0:
        _phase(world, "scale-down", extra)
    while len(new := _new_hosts(world, release)) > size:
        crowd = [sum(other.zone == host.zone for other in new) for host in new]
        leaver = max(zip(crowd, new, strict=True), key=lambda pair: (pair[0], -len(pair[1].tasks), pair[1].number))[1]
        world.fleet.drain(leaver, "update")
        yield from _emptied(world, leaver, drain_limit_s())
        if left := _pods(world, leaver):
            if not o.by_force:
                world.fleet.uncordon(leaver)
                return
            for task in left:
                world.nodes.delete_pod(task, "force")
            yield from _emptied(world, leaver, FOREVER_S)
        if leaver.is_alive and not leaver.is_gone:
            world.fleet.end(leaver, "scale-down")


def _failed(world: World, release: int, reason: str) -> None:
    """Give up: what is patched stays, what is not opens again."""
    left = old_hosts(world, release)
    world.log.note(world.env.now, Kind.UPDATE_FAILED, value=len(left), reason=reason)
    for host in left:
        world.fleet.uncordon(host)
    world.fleet.is_updating = False


# --- nodes of your own -----------------------------------------------------------------------------------------------


def _by_hand(world: World, o: ops.UpdateNodes, release: int) -> ProcessGenerator:
    """Replace nodes batch by batch, with kubectl drain and patience without end; force deletes pods and asks no budget."""
    began_s, at_once = world.env.now, world.scenario.kubernetes.update.at_once
    _started(world, len(old_hosts(world, release)))
    is_first = world.scenario.kubernetes.update.strategy == "default"
    while left := old_hosts(world, release):
        batch = left[:at_once]
        _phase(world, "drain", len(batch))
        if is_first:
            yield from _order(world, batch)
        limit_s = 0.0 if o.by_force else FOREVER_S
        yield AllOf(world.env, [world.env.process(_renew(world, host, o.by_force, limit_s, 0.0)) for host in batch])
        if not is_first:
            yield from _order(world, batch)
    _done(world, began_s)


# --- AWS does it -----------------------------------------------------------------------------------------------------


def _drift(world: World, release: int) -> ProcessGenerator:
    """Watch Auto Mode replace what has drifted, under its own budget; write down when a disruption budget keeps pods.

    Who acts is engine/control/karpenter.py: it drains a drifted node even then, and ends it a day later.
    Source: facts `eks.automode.nodepool`, `karpenter.disruption_budget`; note `table.karpenter_grace`.
    """
    env, began_s, said = world.env, world.env.now, ""
    poll_s = catalog.seconds("karpenter.validation_delay", "poll_s")
    _started(world, len(old_hosts(world, release)))
    while left := old_hosts(world, release):
        for host in (host for host in left if host.is_draining):
            reason = next((why for task in _pods(world, host) if (why := eviction.may_evict(world, task))), "")
            if reason and reason != said:
                said = reason
                world.log.note(
                    env.now, Kind.UPDATE_HELD, host=host.number, zone=host.zone, value=len(left), reason=reason
                )
        yield AnyOf(env, [world.fleet.changes.of(left[0]), env.timeout(poll_s)])
    if world.fleet.release == release:
        _done(world, began_s)


def _fargate(world: World) -> ProcessGenerator:
    """Let AWS evict the pods that run on an old image, zone by zone; what a budget keeps is deleted days later.

    Source: fact `eks.fargate.patching`; note `table.eks_fargate_notice`. What starts from now on runs on the new one.
    """
    env, began_s = world.env, world.env.now
    old = [task for scheduler in world.schedulers for task in scheduler.counted.values()]
    _started(world, len(old))
    for zone in range(world.scenario.zones):
        yield from _evict(world, [task for task in old if task.zone == zone])
    left = [task for task in old if _runs(task)]
    if left:
        why = next((why for task in left if (why := eviction.may_evict(world, task))), SLOW)
        world.log.note(env.now, Kind.UPDATE_HELD, value=len(left), reason=why)
        deadline_s = began_s + world.scenario.kubernetes.update.delete_after_days * DAY_S
        yield env.timeout(max(0.0, deadline_s - env.now))
        for task in left:
            if _runs(task):
                world.nodes.delete_pod(task, "force" if eviction.may_evict(world, task) else "patch")
    _done(world, began_s)


def _evict(world: World, pods: Sequence[Task]) -> ProcessGenerator:
    """Evict pods as their budgets allow, until none is left or none could go for as long as a drain may take."""
    moved_s = world.env.now
    while left := [task for task in pods if _runs(task)]:
        for task in left:
            if not eviction.may_evict(world, task):
                world.nodes.delete_pod(task, "patch")
                moved_s = world.env.now
        if world.env.now - moved_s >= drain_limit_s():
            return
        yield world.env.timeout(retry_s())


# --- what they share -------------------------------------------------------------------------------------------------


def _order(world: World, models: Sequence[Host]) -> ProcessGenerator:
    """Order a node like each of these, wait until all are there or never will be, and give them."""
    new = [world.fleet.order_like(host) for host in models]
    for host in new:
        yield from arrival(world, host, 0)
    return new


def _emptied(world: World, host: Host, limit_s: float) -> ProcessGenerator:
    """Wait until a draining node holds nothing but daemons, is dead or gone; or until the limit."""
    env = world.env
    deadline_s = env.now + limit_s
    while not world.fleet.is_emptied(host) and host.is_alive and not host.is_gone and env.now < deadline_s:
        change = world.fleet.changes.of(host)
        yield change if limit_s == FOREVER_S else AnyOf(env, [change, env.timeout(deadline_s - env.now)])


def _pods(world: World, host: Host) -> list[Task]:
    """List a node's pods that a drain would move: no daemon, none that ends already."""
    found = [world.cluster.tasks[number] for number in sorted(host.tasks)]
    return [task for task in found if task.bound_to == NONE and _runs(task)]


def _runs(task: Task) -> bool:
    return task.is_counted and task.stage not in (Stage.STOPPING, Stage.STOPPED)


def _new_hosts(world: World, release: int) -> list[Host]:
    return [h for h in world.cluster.hosts if h.release >= release and not h.is_gone and not h.is_draining]


def _by_lot(world: World, hosts: Sequence[Host], release: int) -> list[Host]:
    """Shuffle nodes: EKS picks the next one at random. Each one's lot is its own, whatever else happens."""
    return sorted(hosts, key=lambda host: world.draw(0, 1, "update", release, host.number))


def _started(world: World, nodes: int) -> None:
    world.log.note(world.env.now, Kind.UPDATE_STARTED, value=nodes)


def _phase(world: World, name: str, nodes: int) -> None:
    world.log.note(world.env.now, Kind.UPDATE_PHASE, value=nodes, reason=name)


def _done(world: World, began_s: float) -> None:
    world.log.note(world.env.now, Kind.UPDATE_DONE, value=world.env.now - began_s)
    world.fleet.is_updating = False
