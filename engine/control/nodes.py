"""The node lifecycle, acting: a silent node is NotReady after its grace, tainted at its zone's pace, and emptied after the toleration.

A node is a host, or the microVM of a pod on Fargate. Heartbeats are computed, not looped over: what is known is when a node fell
silent. NotReady takes its pods out of the endpoints at once; only the toleration later are they deleted, so that others come. A node
that returns stops its eviction, and the pods that were not deleted yet are as they were. The rules are engine/kubernetes/lifecycle.py.

When the control plane is away it notices nothing; back again it counts from zero, as controllers do that have just started.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from engine import catalog
from engine.cluster import NONE, Host, Stage, Task
from engine.control import eviction, kubelet, tasks
from engine.events import Kind
from engine.kubernetes.lifecycle import State, eviction_rates, first_after, noticed_s, zone_state

if TYPE_CHECKING:
    from simpy import Event
    from simpy.events import ProcessGenerator

    from engine.control.kubernetes import Controller
    from engine.world import World


@dataclass(slots=True, eq=False)
class Node:
    """One node, as its controller knows it. number: of its host, or of the task whose microVM it is."""

    number: int
    zone: int
    host: Host | None = None
    task: Task | None = None
    is_silent: bool = False
    is_ready: bool = True
    is_tainted: bool = False
    taints: int = 0  # how often it was tainted
    turn: int = 0  # how often it fell silent or came back: what was begun before is void


@dataclass(slots=True)
class Zone:
    """A zone's evictions: who waits for a taint, and when the next may be set."""

    queue: list[Node] = field(default_factory=list)
    ready: int = 0  # nodes
    away: int = 0
    per_s: float = 0.0
    state: State = "normal"
    next_s: float = 0.0
    changed: Event | None = None


class NodeLifecycle:
    """Watches the nodes and empties those that are lost."""

    def __init__(self, world: World) -> None:
        """Begin with no node."""
        self._world = world
        self._settings = world.scenario.kubernetes.nodes
        self._hosts: dict[int, Node] = {}
        self._pods: dict[int, Node] = {}
        self._zones = [Zone(per_s=self._settings.eviction_per_s) for _ in range(world.scenario.zones)]
        self._tick_s = world.draw(0, self._settings.monitor_every_s, "node monitor")
        if world.launch.is_kubernetes:
            for zone in self._zones:
                world.env.process(self._taint_in_turn(zone))

    # --- what others tell it -------------------------------------------------------------------------------------------

    def joined(self, host: Host) -> None:
        """Hear that a node has joined, or is back after a reboot."""
        if host.number in self._hosts:
            self.is_back(host)
        else:
            self._hosts[host.number] = self._counted(Node(host.number, host.zone, host=host))

    def pod_runs(self, task: Task) -> None:
        """Hear that a pod's own microVM has joined, where each has one."""
        if not self._world.launch.has_hosts and task.number not in self._pods:
            self._pods[task.number] = self._counted(Node(task.number, task.zone, task=task))

    def pod_ended(self, task: Task) -> None:
        """Hear that a pod is gone, and its microVM with it."""
        node = self._pods.pop(task.number, None)
        if node is not None:
            self._forget(node)

    def pod_lost(self, task: Task) -> None:
        """Hear that a microVM died: nobody else does yet."""
        if task.number in self._pods:
            self._falls_silent(self._pods[task.number])

    def fell_silent(self, host: Host) -> None:
        """Hear that a node renews its lease no more: it died, or its kubelet cannot be heard."""
        if host.number in self._hosts:
            host.arriving.clear()
            self._falls_silent(self._hosts[host.number])

    def is_back(self, host: Host) -> None:
        """Hear that a node is heard again: its taint goes, and its pods that run are ready again."""
        node = self._hosts[host.number]
        node.turn += 1
        node.is_silent = node.is_tainted = host.is_missed = False
        self._leave_queue(node)
        if not node.is_ready:
            self._turns(node, is_ready=True)
        for task in self._pods_on(node):
            if task.is_alive and not task.is_registered and task.answers_s <= self._world.env.now:
                self._world.env.process(kubelet.join(self._world, task, task.life))

    def gone(self, host: Host) -> None:
        """Hear that a machine is no more: its node is deleted once that is seen, and its pods after a quarantine."""
        if host.number in self._hosts:
            self._falls_silent(self._hosts[host.number])
            self._world.env.process(self._collect(self._hosts[host.number]))

    def end(self, host: Host, reason: str) -> None:
        """End a machine and delete its node with it, on purpose: nobody has to find out."""
        world, node = self._world, self._hosts.pop(host.number, None)
        if node is not None:
            self._forget(node)
        world.fleet.end(host, reason)
        for number in sorted(host.tasks):
            self._delete(world.cluster.tasks[number], "node gone")
            world.cluster.release(world.cluster.tasks[number])

    # --- what others ask it --------------------------------------------------------------------------------------------

    def is_ready(self, task: Task) -> bool:
        """Say whether the API holds the pod's node for ready."""
        node = self._hosts.get(task.host) if task.host != NONE else self._pods.get(task.number)
        return node is not None and node.is_ready

    def may_evict(self, task: Task) -> bool:
        """Say whether a PodDisruptionBudget lets a pod be evicted on purpose."""
        return not eviction.may_evict(self._world, task)

    def delete_pod(self, task: Task, reason: str) -> None:
        """Delete a pod and ask no budget; its controller starts another."""
        self._delete(task, reason)

    def empty(self, host: Host) -> ProcessGenerator:
        """Evict a cordoned node's pods, DaemonSets' aside; ask again for those that a budget protects.

        A refusal is written down once, and again only when its reason changes.
        """
        world, node = self._world, self._hosts.get(host.number)
        said: dict[int, str] = {}
        while node is not None and not host.is_gone and host.is_draining:
            yield from world.control_plane.up()
            left = False
            for task in self._pods_on(node):
                if task.bound_to != NONE or task.stage in (Stage.STOPPING, Stage.STOPPED):
                    continue
                why_not = eviction.may_evict(world, task)
                if not why_not:
                    self._delete(task, "drain")
                else:
                    left = True
                    if said.get(task.number) != why_not:  # asked every few seconds, told when the answer is another
                        again_s = catalog.seconds("k8s.drain_retry")
                        tasks.note(world, Kind.EVICTION_REFUSED, task, value=again_s, reason=why_not)
                    said[task.number] = why_not
            if not left:
                return
            yield world.env.timeout(catalog.seconds("k8s.drain_retry"))

    # --- noticing --------------------------------------------------------------------------------------------------------

    def _falls_silent(self, node: Node) -> None:
        if not node.is_silent:
            node.is_silent = True
            node.turn += 1
            self._world.env.process(self._notice(node))

    def _notice(self, node: Node) -> ProcessGenerator:
        """Wait until the lease is too old, and call the node NotReady."""
        world, turn, since_s = self._world, node.turn, self._world.env.now
        phase_s = world.draw(0, self._settings.lease_every_s, "lease", node.number)
        seen_s = noticed_s(since_s, phase_s, self._tick_s, self._settings)
        while seen_s > world.env.now or not world.control_plane.is_up:
            yield world.env.timeout(max(0.0, seen_s - world.env.now))
            yield from world.control_plane.up()
            if node.turn != turn:
                return
            if (back_s := world.control_plane.back_s) > since_s:
                seen_s = first_after(back_s + self._settings.grace_s, self._tick_s, self._settings.monitor_every_s)
        self._not_ready(node)

    def _not_ready(self, node: Node) -> None:
        """Close the node, take its pods out of the endpoints, and let it wait for its taint."""
        world, host = self._world, node.host
        if host is not None:
            host.is_missed = True
            if not host.is_gone:
                world.cluster.set_open(host, False)
                world.cluster.set_connected(host, False)
        world.log.note(
            world.env.now, Kind.AGENT_MISSED, host=NONE if host is None else host.number, zone=node.zone,
            task=NONE if node.task is None else node.task.number,
        )  # fmt: skip
        for task in self._pods_on(node):
            kubelet.leave(world, task, "node not ready")
        self._zones[node.zone].queue.append(node)
        self._turns(node, is_ready=False)

    # --- tainting and evicting -------------------------------------------------------------------------------------------

    def _judge_zones(self) -> None:
        """Set each zone's pace by how many of its nodes are ready; write down what changed."""
        counts = {n: (zone.ready, zone.away) for n, zone in enumerate(self._zones) if zone.ready or zone.away}
        rates = eviction_rates(counts, self._settings)
        if counts and not any(ready for ready, _ in counts.values()):
            for node in (*self._hosts.values(), *self._pods.values()):  # the controller doubts itself: every taint goes
                node.is_tainted = False
        for number, per_s in rates.items():
            zone, state = self._zones[number], zone_state(*counts[number], self._settings.unhealthy_share)
            if (zone.per_s, zone.state) != (per_s, state):
                zone.per_s, zone.state = per_s, state
                self._world.log.note(self._world.env.now, Kind.EVICTIONS_PACED, zone=number, value=per_s, reason=state)
                for node in self._nodes_in(number):
                    if not node.is_ready and not node.is_tainted and node not in zone.queue:
                        zone.queue.append(node)
            if zone.queue:
                self._wake(zone)

    def _taint_in_turn(self, zone: Zone) -> ProcessGenerator:
        """Taint the nodes that wait, one at a time, at the zone's pace."""
        env = self._world.env
        while True:
            if not zone.queue or not zone.per_s or env.now < zone.next_s:
                zone.changed = env.event()
                if zone.queue and zone.per_s:
                    yield zone.changed | env.timeout(zone.next_s - env.now)
                else:
                    yield zone.changed
                continue
            yield from self._world.control_plane.up()
            if zone.queue and zone.per_s:
                node = zone.queue.pop(0)
                zone.next_s = env.now + 1 / zone.per_s
                self._taint(node)

    def _taint(self, node: Node) -> None:
        world = self._world
        node.is_tainted = True
        node.taints += 1
        world.log.note(
            world.env.now, Kind.HOST_TAINTED, host=NONE if node.host is None else node.host.number, zone=node.zone,
            task=NONE if node.task is None else node.task.number, value=self._settings.toleration_s,
        )  # fmt: skip
        world.env.process(self._evict(node))

    def _evict(self, node: Node) -> ProcessGenerator:
        """Delete the node's pods once they have tolerated the taint for their time; DaemonSets' tolerate it for ever."""
        world, turn, taint = self._world, node.turn, node.taints
        due_s = world.env.now + self._settings.toleration_s
        while True:
            yield world.env.timeout(max(0.0, due_s - world.env.now))
            yield from world.control_plane.up()
            if node.turn != turn or node.taints != taint or not node.is_tainted:
                return
            again_s = world.control_plane.back_s + self._settings.toleration_s
            if again_s <= due_s:
                break
            due_s = again_s
        for task in self._pods_on(node):
            if task.bound_to == NONE:
                self._delete(task, "taint")

    def _delete(self, task: Task, reason: str) -> None:
        """Delete a pod; one that no controller keeps does not come again."""
        world = self._world
        if not world.cluster.is_standalone(task):
            cast("Controller", world.schedulers[task.service]).evict(task, reason)
        elif task.is_counted:
            tasks.note(world, Kind.POD_EVICTED, task, reason=reason)
            world.cluster.uncount(task)
            if task.is_alive:
                world.env.process(kubelet.stop(world, task, "Evicted"))
            else:
                tasks.bury(world, task, "Evicted")

    # --- the end of a node -----------------------------------------------------------------------------------------------

    def _collect(self, node: Node) -> ProcessGenerator:
        """Delete the node of a machine that is no more, and then the pods that it leaves behind (fact `k8s.pod_gc`)."""
        world, every_s = self._world, catalog.seconds("k8s.pod_gc", "period_s")
        tick_s = world.draw(0, every_s, "pod gc")
        while node.is_ready:  # the cloud's controller asks only for nodes that are not ready
            yield world.env.timeout(self._settings.monitor_every_s)
        yield from world.control_plane.up()
        self._hosts.pop(node.number, None)
        self._forget(node)
        found_s = first_after(world.env.now, tick_s, every_s)
        sure_s = first_after(found_s + catalog.seconds("k8s.pod_gc", "quarantine_s"), tick_s, every_s)
        yield world.env.timeout(sure_s - world.env.now)
        yield from world.control_plane.up()
        for task in self._pods_on(node):
            self._delete(task, "node gone")
            world.cluster.release(task)
        for scheduler in world.schedulers:
            scheduler.poke()

    def _forget(self, node: Node) -> None:
        node.turn += 1
        self._leave_queue(node)
        zone = self._zones[node.zone]
        zone.ready, zone.away = zone.ready - node.is_ready, zone.away - (not node.is_ready)
        self._judge_zones()

    # --- counting ------------------------------------------------------------------------------------------------------

    def _counted(self, node: Node) -> Node:
        """Count a node that has joined."""
        self._zones[node.zone].ready += 1
        self._judge_zones()
        return node

    def _turns(self, node: Node, *, is_ready: bool) -> None:
        """Let a node become ready, or NotReady."""
        node.is_ready = is_ready
        zone, change = self._zones[node.zone], 1 if is_ready else -1
        zone.ready, zone.away = zone.ready + change, zone.away - change
        self._judge_zones()

    # --- looking ---------------------------------------------------------------------------------------------------------

    def _pods_on(self, node: Node) -> list[Task]:
        if node.task is not None:
            return [node.task]
        tasks_of = self._world.cluster.tasks
        return [tasks_of[number] for number in sorted(node.host.tasks)] if node.host is not None else []

    def _nodes_in(self, zone: int) -> list[Node]:
        return [node for node in (*self._hosts.values(), *self._pods.values()) if node.zone == zone]

    def _leave_queue(self, node: Node) -> None:
        queue = self._zones[node.zone].queue
        if node in queue:
            queue.remove(node)

    def _wake(self, zone: Zone) -> None:
        if zone.changed is not None and not zone.changed.triggered:
            zone.changed.succeed()
