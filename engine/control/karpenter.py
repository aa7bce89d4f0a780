"""Karpenter, acting: it answers pods that wait in batches, buys nodes for them, and packs or renews the nodes it has.

What it may buy is engine/control/node_market.py, what it takes away engine/control/node_savings.py; the rules are
engine/scaling/karpenter.py and engine/scaling/consolidation.py. EKS Auto Mode runs the same, with the settings of its own
node pool (fact `eks.automode.nodepool`). Nodes of the start are its own too, as if it had bought them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cluster import Host
from engine.control.node_market import NOMINATED_BATCHES, NodeMarket
from engine.control.node_savings import REASON, WHO, NodeSavings
from engine.events import Kind
from engine.moments import last_of_now
from engine.scaling import Round
from engine.scaling.karpenter import batch_ends_s
from engine.scaling.shelves import Pod

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.world import World


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
        self._market = NodeMarket(world)
        self._savings = NodeSavings(world, self._market)
        self._came_s: list[float] = []  # when the pods of the batch came
        self._batch: set[int] = set()
        self._is_gathering = self._is_retrying = False
        self._settled_s: dict[int, float] = {}  # pod: since when a node that is there should hold it
        self._stranded: tuple[int, str] = (0, "")

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
                if service not in self._market.outlook.daemons
                for _ in range(settings.desired)
            )
        ]
        return [self._market.buy(claim) for claim in self._market.plan(wanted).claims]

    def need(self) -> None:
        """Hear that pods found no room: they join the batch, and it stays open a little longer for them."""
        fresh = [pod for pod in self._market.outlook.waiting() if pod.number not in self._batch]
        if not fresh:
            return
        self._batch.update(pod.number for pod in fresh)
        self._came_s.append(self._world.env.now)
        if not self._is_gathering:
            self._is_gathering = True
            self._world.env.process(self._gather())

    def task_came(self, host: Host) -> None:
        """Hear that a pod was put on a node."""
        self._savings.touch(host)

    def task_left(self, host: Host) -> None:
        """Hear that a node has a pod less; one that drains is ended once only daemons are left."""
        self._savings.touch(host)
        if host.is_draining and self._world.cluster.has_only_daemons(host):
            self._world.nodes.end(host, REASON)

    def is_ready(self, host: Host, age_s: float) -> None:
        """Hear that a node has come: it has its days."""
        self._savings.is_ready(host, age_s)

    def like(self, host: Host, zone: int) -> Host:
        """Name one more node of another's type, in a zone, for somebody else who renews nodes."""
        return self._market.like(host, zone)

    # --- pods that wait ------------------------------------------------------------------------------------------------

    def _gather(self) -> ProcessGenerator:
        """Wait until the batch closes, then answer it."""
        env, settings = self._world.env, self._market.settings
        while (end_s := batch_ends_s(self._came_s, settings.batch_idle_s, settings.batch_max_s)) > env.now:
            yield env.timeout(end_s - env.now)
        yield from self._world.control_plane.up()
        last_of_now(env, self._answer)

    def _answer(self) -> None:
        """Order nodes for the pods that neither the nodes there nor those on their way will hold."""
        self._is_gathering = False
        self._came_s.clear()
        self._batch.clear()
        world, waiting = self._world, self._market.outlook.waiting()
        if not waiting:
            self._strand({})
            return
        nodes = self._market.outlook.nodes(closed=self._market.leaving)
        plan = self._market.plan(self._trusted(waiting), nodes, self._market.soon_without())
        ready = sum(node.is_ready for node in nodes)
        bought = [self._market.order(claim) for claim in plan.claims]
        for number in plan.settled.values():
            self._market.nominate(number)
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
        now, patience_s = self._world.env.now, NOMINATED_BATCHES * self._market.settings.batch_max_s
        self._settled_s = {pod.number: self._settled_s[pod.number] for pod in waiting if pod.number in self._settled_s}
        return [pod for pod in waiting if now - self._settled_s.get(pod.number, now) <= patience_s]

    def _try_again(self) -> ProcessGenerator:
        """Look again later: a limit or a zone stood in the way."""
        yield self._world.env.timeout(self._market.settings.poll_s)
        self._is_retrying = False
        if self._market.outlook.waiting():
            self.need()
        else:
            self._strand({})

    def _strand(self, left: dict[str, int]) -> None:
        """Write down how many pods get no node, where that changed."""
        now = (sum(left.values()), max(left, key=lambda why: left[why]) if left else "")
        if now != self._stranded:
            self._stranded = now
            self._world.log.note(self._world.env.now, Kind.PODS_STRANDED, value=now[0], reason=now[1])
