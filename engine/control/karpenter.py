"""Karpenter, acting: it answers pods that wait in batches, buys nodes for them, and packs or renews the nodes it has.

The rules are engine/scaling/karpenter.py and engine/scaling/consolidation.py. EKS Auto Mode runs the same, with the settings
of its own node pool (fact `eks.automode.nodepool`). Nodes of the start are its own too, as if it had bought them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from engine import catalog
from engine.cluster import NONE, Host
from engine.control.node_outlook import Outlook
from engine.control.patching import DAY_S
from engine.events import Kind
from engine.launch import of_families
from engine.moments import last_of_now
from engine.placement.pools import HostKind, Pool, room_for
from engine.placement.room import ZONES
from engine.scaling import Command, Round
from engine.scaling.consolidation import Scene, budget, command, evictable, moved, still_holds
from engine.scaling.karpenter import Bought, Claim, Limits, Plan, batch_ends_s, solve
from engine.scaling.shelves import ANY_ZONE, Node, Pod, Zones

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.world import World

WHO = "karpenter"
REASON = "scale-in"
OTHERS_SHOWN = 4
NOMINATED_BATCHES = 2  # a node is spared so many batches long while pods are on their way to it


def is_in_charge(world: World) -> bool:
    """Say whether Karpenter keeps the nodes: EKS Auto Mode's, or one that the scenario asks for."""
    if not world.launch.is_kubernetes or not world.launch.has_hosts:
        return False
    return world.launch.hosts == "managed" or world.scenario.kubernetes.autoscaler.kind == WHO


class Karpenter:
    """It hears that pods wait, that pods come and go, that a node is ready."""

    def __init__(self, world: World) -> None:
        """Know what may be bought; begin to look for savings."""
        self._world = world
        self._settings = world.scenario.kubernetes.autoscaler.karpenter
        self._is_auto = world.launch.hosts == "managed"
        kinds = [kind.name for kind in of_families(self._settings.families or world.scenario.fleet.families)]
        self._outlook = Outlook(world, kinds, skew=int(self._settings.spread_zones and world.scenario.zones > 1))
        self._offers = [self._outlook.offer(name) for name in kinds]
        self._price = {offer.name: offer.usd_per_hour for offer in self._offers}
        self._came_s: list[float] = []  # when the pods of the batch came
        self._batch: set[int] = set()
        self._is_gathering = self._is_retrying = False
        self._changed_s: dict[int, float] = {}  # host: when a pod last came or went
        self._nominated_s: dict[int, float] = {}  # host: pods are expected on it until then
        self._leaving: set[int] = set()  # hosts that are to go, or go
        self._settled_s: dict[int, float] = {}  # pod: since when a node that is there should hold it
        self._version = self._settled = 0  # how often anything changed; up to where no saving is left
        self._stranded: tuple[int, str] = (0, "")
        world.env.process(self._look_for_savings())

    @property
    def consolidate_after_s(self) -> float:
        """Say how long a node is left alone after a change; below zero: for ever."""
        if self._settings.consolidate_after_s is not None:
            return self._settings.consolidate_after_s
        if self._is_auto:
            return catalog.number("eks.automode.nodepool", "consolidate_s")
        return catalog.seconds("karpenter.consolidate_after")

    @property
    def lifetime_s(self) -> float:
        """Say how old a node may become; infinite where it does not expire."""
        hours = self._settings.expire_after_h
        if hours is None:
            auto = catalog.number("eks.automode.nodepool", "expire_h")
            hours = auto if self._is_auto else catalog.number("karpenter.expire_after")
        longest = catalog.number("eks.automode.lifetime") * DAY_S if self._is_auto else float("inf")
        return min(hours * 3600 if hours else float("inf"), longest)

    # --- what others tell it -------------------------------------------------------------------------------------------

    def stock(self) -> list[Host]:
        """Bring the nodes that a warm start's pods stand on."""
        world = self._world
        if not world.scenario.warm:
            return []
        wanted = [
            Pod(-1 - number, service)
            for number, service in enumerate(
                service
                for service, settings in enumerate(world.scenario.services)
                if service not in self._outlook.daemons
                for _ in range(settings.desired)
            )
        ]
        return [self._buy(claim) for claim in self._plan(wanted).claims]

    def need(self) -> None:
        """Hear that pods found no room: they join the batch, and it stays open a little longer for them."""
        fresh = [pod for pod in self._outlook.waiting() if pod.number not in self._batch]
        if not fresh:
            return
        self._batch.update(pod.number for pod in fresh)
        self._came_s.append(self._world.env.now)
        if not self._is_gathering:
            self._is_gathering = True
            self._world.env.process(self._gather())

    def task_came(self, host: Host) -> None:
        """Hear that a pod was put on a node."""
        self._touch(host)

    def task_left(self, host: Host) -> None:
        """Hear that a node has a pod less; one that drains is ended once only daemons are left."""
        self._touch(host)
        if host.is_draining and self._world.cluster.has_only_daemons(host):
            self._world.nodes.end(host, REASON)

    def is_ready(self, host: Host, age_s: float) -> None:
        """Hear that a node has come: it has its days."""
        self._touch(host)
        if self.lifetime_s < float("inf"):
            self._world.env.process(self._expire(host, age_s))

    def _touch(self, host: Host) -> None:
        self._changed_s[host.number] = self._world.env.now
        self._version += 1

    # --- pods that wait ------------------------------------------------------------------------------------------------

    def _gather(self) -> ProcessGenerator:
        """Wait until the batch closes, then answer it."""
        env, settings = self._world.env, self._settings
        while (end_s := batch_ends_s(self._came_s, settings.batch_idle_s, settings.batch_max_s)) > env.now:
            yield env.timeout(end_s - env.now)
        yield from self._world.control_plane.up()
        last_of_now(env, self._answer)

    def _answer(self) -> None:
        """Order nodes for the pods that neither the nodes there nor those on their way will hold."""
        self._is_gathering = False
        self._came_s.clear()
        self._batch.clear()
        world, waiting = self._world, self._outlook.waiting()
        if not waiting:
            self._strand({})
            return
        nodes = self._outlook.nodes(closed=self._leaving)
        plan = self._plan(self._trusted(waiting), nodes, self._soon_without())
        ready = sum(node.is_ready for node in nodes)
        bought = [self._order(claim) for claim in plan.claims]
        for number in plan.settled.values():
            self._nominate(number)
        ours = {pod.number for pod in waiting}
        there = {node.number for node in nodes if node.is_ready}
        for number, host in plan.settled.items():
            if host in there:
                self._settled_s.setdefault(number, world.env.now)
        left: dict[str, int] = {}
        if beyond := len(waiting) - len(self._trusted(waiting)):
            left["rule"] = beyond
        for pod, why in plan.left:
            if pod.number in ours:
                left[why] = left.get(why, 0) + 1
        settled = sum(number in ours for number in plan.settled)
        if bought or left:  # that room is on its way already is no news
            look = Round(len(waiting), settled, len(nodes) - ready, ready, tuple(bought), tuple(left.items()))
            world.log.note(world.env.now, Kind.AUTOSCALER_LOOKED, value=len(waiting), reason=WHO, look=look)
        self._strand(left)
        if set(left) - {"no-type"} and not self._is_retrying:
            self._is_retrying = True
            world.env.process(self._try_again())

    def _trusted(self, waiting: list[Pod]) -> list[Pod]:
        """Leave out the pods that the scheduler does not put on nodes with room: what keeps them off, another node would not mend."""
        now, patience_s = self._world.env.now, NOMINATED_BATCHES * self._settings.batch_max_s
        self._settled_s = {pod.number: self._settled_s[pod.number] for pod in waiting if pod.number in self._settled_s}
        return [pod for pod in waiting if now - self._settled_s.get(pod.number, now) <= patience_s]

    def _try_again(self) -> ProcessGenerator:
        """Look again later: a limit or a zone stood in the way."""
        yield self._world.env.timeout(self._settings.poll_s)
        self._is_retrying = False
        if self._outlook.waiting():
            self.need()
        else:
            self._strand({})

    def _strand(self, left: dict[str, int]) -> None:
        """Write down how many pods get no node, where that changed."""
        now = (sum(left.values()), max(left, key=lambda why: left[why]) if left else "")
        if now != self._stranded:
            self._stranded = now
            self._world.log.note(self._world.env.now, Kind.PODS_STRANDED, value=now[0], reason=now[1])

    def _soon_without(self) -> list[tuple[Pod, int]]:
        """List the pods on nodes that are about to go, with their zones: room for them is seen to before they are evicted."""
        hosts = [self._world.cluster.hosts[number] for number in sorted(self._leaving)]
        tasks = [
            self._world.cluster.tasks[number] for host in hosts if not host.is_gone for number in sorted(host.tasks)
        ]
        return [
            (Pod(task.number, task.service), task.zone) for task in tasks if task.bound_to == NONE and task.is_counted
        ]

    def _plan(self, waiting: list[Pod], nodes: Iterable[Node] = (), soon: Iterable[tuple[Pod, int]] = ()) -> Plan:
        zones = Zones(self._outlook.counts(), self._outlook.usable())
        pods = list(waiting)
        for pod, zone in soon:
            zones.add(pod, zone, -1)
            pods.append(pod)
        offers = self._offers if self._outlook.usable() else []
        return solve(pods, list(nodes), offers, self._outlook.asks, zones, self._limits())

    def _limits(self) -> Limits:
        """Say how much may be bought yet."""
        hosts = [host for host in self._world.cluster.hosts if not host.is_gone]
        nodes = max(0, self._settings.max_nodes - len(hosts))
        if not self._settings.max_vcpu:
            return Limits(nodes)
        have = sum(catalog.instance_type(host.kind.instance_type).cpu_units for host in hosts)
        unit = int(catalog.number("ecs.placement.cpu_unit"))
        return Limits(nodes, self._settings.max_vcpu * unit - have)

    def _order(self, claim: Claim) -> Bought:
        """Buy a node and start it."""
        world, host = self._world, self._buy(claim)
        host.asked_s = world.env.now
        world.fleet.boot(host)
        self._nominate(host.number)
        name = host.kind.instance_type
        world.log.note(
            world.env.now, Kind.NODE_ORDERED, host=host.number, zone=host.zone, value=self._price[name], reason=name
        )
        others = tuple(one for one in claim.options if one != name)[:OTHERS_SHOWN]
        pods = tuple(pod.number for pod in claim.pods)
        return Bought(host.number, name, host.zone, self._price[name], pods, others)

    def _buy(self, claim: Claim) -> Host:
        """Name a node of the cheapest type that holds a claim's pods, in its zone, or where there are fewest nodes."""
        world, name = self._world, claim.options[0]
        zone = claim.zone if claim.zone != ANY_ZONE else self._emptiest_zone()
        pool = Pool(HostKind("", name, "on-demand"), room_for(world.scenario, name), 0)
        host = world.cluster.new_host(zone, ZONES[zone], pool, NONE)
        host.release = world.fleet.release
        self._version += 1
        return host

    def like(self, host: Host, zone: int) -> Host:
        """Name one more node of another's type, in a zone, for somebody else who renews nodes."""
        name = host.kind.instance_type
        return self._buy(Claim(zone, (name,), (), catalog.instance_type(name).usd_per_hour))

    def _emptiest_zone(self) -> int:
        counts = [0] * self._world.cluster.n_zones
        for host in self._world.cluster.hosts:
            counts[host.zone] += not host.is_gone
        return min(self._outlook.usable(), key=lambda zone: (counts[zone], zone))

    def _nominate(self, number: int) -> None:
        """Spare a node for which pods are on their way."""
        self._nominated_s[number] = self._world.env.now + NOMINATED_BATCHES * self._settings.batch_max_s

    # --- nodes that do not pay -----------------------------------------------------------------------------------------

    def _look_for_savings(self) -> ProcessGenerator:
        """Look now and then; what is worth doing must still be so a little later."""
        world, settings = self._world, self._settings
        yield world.env.timeout(world.draw(0, settings.poll_s, WHO))
        while True:
            yield from world.control_plane.up()
            if self._drift():
                continue
            found = self._worth_doing()
            if found is None:
                yield world.env.timeout(settings.poll_s)
                continue
            yield world.env.timeout(settings.validate_s)
            if still_holds(found, self._scene(), self._allowed()):
                self._carry_out(found)
            else:
                self._drop(found, "changed")

    def _worth_doing(self) -> Command | None:
        """Find a saving; where there is none, and nobody is only waiting for his time, do not look again before a change."""
        if self.consolidate_after_s < 0 or self._settled == self._version:
            return None
        allowed, version = self._allowed(), self._version
        scene = self._scene()
        found = command(scene, allowed, self._settings.policy) if allowed else None
        waits = any(node.is_fresh or node.is_kept for node in scene.nodes) or not allowed
        if found is None and not waits:
            self._settled = version
        return found

    def _scene(self) -> Scene:
        outlook, now = self._outlook, self._world.env.now
        kept = {number for number, until_s in self._nominated_s.items() if until_s > now}
        after_s = self.consolidate_after_s
        fresh = {number for number, at_s in self._changed_s.items() if now - at_s < after_s}
        return Scene(
            nodes=outlook.nodes(kept, fresh, closed=self._leaving),
            waiting=outlook.waiting(),
            offers=self._offers if outlook.usable() else [],
            asks=outlook.asks,
            counts=outlook.counts(),
            usable=outlook.usable(),
            may_evict=outlook.may_evict(),
            limits=self._limits(),
        )

    def _allowed(self) -> int:
        """Count the nodes that may be disturbed now: those away, cordoned or on their way out are disturbed already."""
        hosts = [host for host in self._world.cluster.hosts if host.is_ready and not host.is_gone]
        disturbed = sum(
            host.is_draining or host.number in self._leaving or not self._outlook.is_ready(host) for host in hosts
        )
        return budget(len(hosts), disturbed, self._settings.budget_percent)

    def _drop(self, found: Command, why: str) -> None:
        world = self._world
        for number in found.nodes:
            host = world.cluster.hosts[number]
            world.log.note(world.env.now, Kind.REMOVAL_DROPPED, host=number, zone=host.zone, reason=why)

    def _carry_out(self, found: Command) -> None:
        world = self._world
        world.log.note(
            world.env.now, Kind.NODES_CONSOLIDATED, value=found.saves_usd_per_hour, reason=found.action, look=found
        )
        self._leaving.update(found.nodes)
        world.env.process(self._swap(found, [found.claim] if found.claim is not None else [], found.action))

    def _swap(self, found: Command, claims: list[Claim], why: str) -> ProcessGenerator:
        """Close nodes, wait for what comes in their place, then drain them; a replacement that does not come undoes it."""
        world = self._world
        old = [world.cluster.hosts[number] for number in found.nodes]
        for host in old:
            self._leaving.add(host.number)
            world.cluster.set_open(host, False)
        new = [world.cluster.hosts[self._order(claim).host] for claim in claims]
        late = world.env.timeout(catalog.seconds("karpenter.registration"))
        for host in new:
            while not host.is_ready and not host.is_gone and not late.processed:
                yield world.fleet.changes.of(host) | late
        if all(host.is_ready and not host.is_gone for host in new):
            for host in old:
                self._remove(host, why)
        else:
            for host in old:
                self._leaving.discard(host.number)
                if not host.is_gone:
                    world.fleet.undrain(host)
            self._drop(found, "late")

    def _remove(self, host: Host, why: str) -> None:
        """Drain a node; it is ended once it is empty."""
        world = self._world
        if host.is_gone or host.is_draining:
            return
        self._leaving.add(host.number)
        price = catalog.instance_type(host.kind.instance_type).usd_per_hour
        world.log.note(world.env.now, Kind.NODE_REMOVED, host=host.number, zone=host.zone, value=price, reason=why)
        world.fleet.drain(host, REASON)
        if self._is_auto:
            world.env.process(self._end_by_force(host))

    # --- nodes that are old --------------------------------------------------------------------------------------------

    def _drift(self) -> bool:
        """Replace the first node that runs an old AMI, within the budget: empty ones first; say whether one was found.

        While you update nodes of your own, they are yours; in Auto Mode an update is nothing but this.
        """
        world = self._world
        is_yours = world.fleet.is_updating and not self._is_auto
        if not self._settings.drift or not world.fleet.release or is_yours or not self._allowed():
            return False
        scene = self._scene()
        old = [
            node
            for node in scene.nodes
            if node.is_ready
            and not node.is_kept
            and world.cluster.hosts[node.number].release < world.fleet.release
            # Auto Mode ends a drain after a day, so there a budget keeps nobody for ever.
            and (self._is_auto or evictable(node, scene.may_evict))
        ]
        for node in sorted(old, key=lambda node: (bool(node.pods), node.number)):
            plan = moved(replace(scene, waiting=()), [node])
            if plan is not None:
                found = Command("replace", (node.number,), 0.0)
                world.env.process(self._swap(found, list(plan.claims), "drifted"))
                self._leaving.add(node.number)
                return True
        return False

    def _expire(self, host: Host, age_s: float) -> ProcessGenerator:
        """Drain a node at its age, whatever the budget for disruptions says."""
        world, losses = self._world, host.losses
        yield world.env.timeout(max(0.0, self.lifetime_s - age_s))
        if host.is_gone or host.losses != losses:
            return
        self._remove(host, "expired")

    def _end_by_force(self, host: Host) -> ProcessGenerator:
        """Delete the pods that a drain could not take in a day, whatever budgets say (fact `eks.automode.nodepool`)."""
        world, losses = self._world, host.losses
        yield world.env.timeout(catalog.number("eks.automode.nodepool", "grace_h") * 3600)
        if not host.is_alive or host.is_gone or host.losses != losses:
            return
        for task in [world.cluster.tasks[number] for number in sorted(host.tasks)]:
            if task.bound_to == NONE and task.is_counted:
                world.nodes.delete_pod(task, "force")
