"""What Karpenter does about nodes that do not pay, or are old: it packs them together, renews them, and lets them go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine import catalog
from engine.cluster import NONE, Host
from engine.control.node_market import NodeMarket
from engine.control.patching import DAY_S
from engine.events import Kind
from engine.scaling import Command
from engine.scaling.consolidation import Scene, budget, command, evictable, moved, still_holds
from engine.scaling.karpenter import Claim

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.world import World

WHO = "karpenter"
REASON = "scale-in"


class NodeSavings:
    """It looks for savings now and then, and for nodes that have had their days."""

    def __init__(self, world: World, market: NodeMarket) -> None:
        """Begin to look."""
        self._world, self._market = world, market
        self._changed_s: dict[int, float] = {}  # host: when a pod last came or went
        self._settled = 0  # the market's version up to which no saving is left
        world.env.process(self._look_for_savings())

    @property
    def consolidate_after_s(self) -> float:
        """Say how long a node is left alone after a change; below zero: for ever."""
        if self._market.settings.consolidate_after_s is not None:
            return self._market.settings.consolidate_after_s
        if self._market.is_auto:
            return catalog.number("eks.automode.nodepool", "consolidate_s")
        return catalog.seconds("karpenter.consolidate_after")

    @property
    def lifetime_s(self) -> float:
        """Say how old a node may become; infinite where it does not expire."""
        hours = self._market.settings.expire_after_h
        if hours is None:
            auto = catalog.number("eks.automode.nodepool", "expire_h")
            hours = auto if self._market.is_auto else catalog.number("karpenter.expire_after")
        longest = catalog.number("eks.automode.lifetime") * DAY_S if self._market.is_auto else float("inf")
        return min(hours * 3600 if hours else float("inf"), longest)

    def touch(self, host: Host) -> None:
        """Hear that a node changed: it is left alone for a while."""
        self._changed_s[host.number] = self._world.env.now
        self._market.version += 1

    def is_ready(self, host: Host, age_s: float) -> None:
        """Hear that a node has come: it has its days."""
        self.touch(host)
        if self.lifetime_s < float("inf"):
            self._world.env.process(self._expire(host, age_s))

    # --- nodes that do not pay -----------------------------------------------------------------------------------------

    def _look_for_savings(self) -> ProcessGenerator:
        """Look now and then; what is worth doing must still be so a little later."""
        world, settings = self._world, self._market.settings
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
        if self.consolidate_after_s < 0 or self._settled == self._market.version:
            return None
        allowed, version = self._allowed(), self._market.version
        scene = self._scene()
        found = command(scene, allowed, self._market.settings.policy) if allowed else None
        waits = any(node.is_fresh or node.is_kept for node in scene.nodes) or not allowed
        if found is None and not waits:
            self._settled = version
        return found

    def _scene(self) -> Scene:
        outlook, now = self._market.outlook, self._world.env.now
        kept = {number for number, until_s in self._market.nominated_s.items() if until_s > now}
        after_s = self.consolidate_after_s
        fresh = {number for number, at_s in self._changed_s.items() if now - at_s < after_s}
        return Scene(
            nodes=outlook.nodes(kept, fresh, closed=self._market.leaving),
            waiting=outlook.waiting(),
            offers=self._market.offers if outlook.usable() else [],
            asks=outlook.asks,
            counts=outlook.counts(),
            usable=outlook.usable(),
            may_evict=outlook.may_evict(),
            limits=self._market.limits(),
        )

    def _allowed(self) -> int:
        """Count the nodes that may be disturbed now: those away, cordoned or on their way out are disturbed already."""
        hosts = [host for host in self._world.cluster.hosts if host.is_ready and not host.is_gone]
        disturbed = sum(
            host.is_draining or host.number in self._market.leaving or not self._market.outlook.is_ready(host)
            for host in hosts
        )
        return budget(len(hosts), disturbed, self._market.settings.budget_percent)

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
        self._market.leaving.update(found.nodes)
        world.env.process(self._swap(found, [found.claim] if found.claim is not None else [], found.action))

    def _swap(self, found: Command, claims: list[Claim], why: str) -> ProcessGenerator:
        """Close nodes, wait for what comes in their place, then drain them; a replacement that does not come undoes it."""
        world = self._world
        old = [world.cluster.hosts[number] for number in found.nodes]
        for host in old:
            self._market.leaving.add(host.number)
            world.cluster.set_open(host, False)
        new = [world.cluster.hosts[self._market.order(claim).host] for claim in claims]
        late = world.env.timeout(catalog.seconds("karpenter.registration"))
        for host in new:
            while not host.is_ready and not host.is_gone and not late.processed:
                yield world.fleet.changes.of(host) | late
        if all(host.is_ready and not host.is_gone for host in new):
            for host in old:
                self._remove(host, why)
        else:
            for host in old:
                self._market.leaving.discard(host.number)
                if not host.is_gone:
                    world.fleet.undrain(host)
            self._drop(found, "late")

    def _remove(self, host: Host, why: str) -> None:
        """Drain a node; it is ended once it is empty."""
        world = self._world
        if host.is_gone or host.is_draining:
            return
        self._market.leaving.add(host.number)
        price = catalog.instance_type(host.kind.instance_type).usd_per_hour
        world.log.note(world.env.now, Kind.NODE_REMOVED, host=host.number, zone=host.zone, value=price, reason=why)
        world.fleet.drain(host, REASON)
        if self._market.is_auto:
            world.env.process(self._end_by_force(host))

    # --- nodes that are old --------------------------------------------------------------------------------------------

    def _drift(self) -> bool:
        """Replace the first node that runs an old AMI, within the budget: empty ones first; say whether one was found.

        While you update nodes of your own, they are yours; in Auto Mode an update is nothing but this.
        """
        world = self._world
        is_yours = world.fleet.is_updating and not self._market.is_auto
        if not self._market.settings.drift or not world.fleet.release or is_yours or not self._allowed():
            return False
        scene = self._scene()
        old = [
            node
            for node in scene.nodes
            if node.is_ready
            and not node.is_kept
            and world.cluster.hosts[node.number].release < world.fleet.release
            # Auto Mode ends a drain after a day, so there a budget keeps nobody for ever.
            and (self._market.is_auto or evictable(node, scene.may_evict))
        ]
        for node in sorted(old, key=lambda node: (bool(node.pods), node.number)):
            plan = moved(replace(scene, waiting=()), [node])
            if plan is not None:
                found = Command("replace", (node.number,), 0.0)
                world.env.process(self._swap(found, list(plan.claims), "drifted"))
                self._market.leaving.add(node.number)
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
