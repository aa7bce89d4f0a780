"""The fleet: who may launch, where tasks find room, and the group that keeps the hosts you bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import catalog, token_bucket
from engine.cluster import NONE, Host, Task
from engine.control import agent, karpenter, kubelet, managed, tasks
from engine.control.changes import Changes
from engine.control.chooser import Chooser
from engine.control.patching import DAY_S
from engine.events import Kind
from engine.placement import choose_zone
from engine.placement.pools import dealt, pools_of
from engine.placement.room import ZONES

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.world import World


class Fleet:
    """Hosts and launches. Where the platform brings a host for each task, only the launch rate is left of it."""

    def __init__(self, world: World) -> None:
        """Begin with a full launch allowance and no host."""
        self._world = world
        self._tokens = world.launch.burst
        self._tokens_at_s = 0.0
        self._waiting: dict[int, Task] = {}
        self._is_moving_hosts = False
        self._pools = pools_of(world.scenario)
        self._managed: managed.ManagedHosts | karpenter.Karpenter | None = None
        if karpenter.is_in_charge(world):
            self._managed = karpenter.Karpenter(world)
        elif world.launch.hosts == "managed":
            self._managed = managed.ManagedHosts(world)
        self.changes = Changes(world.env)
        self.is_updating = False  # a node update is under way
        self.release = 0  # the AMI that a new host starts with, counted from 0
        self.spot_outages = 0  # how many are in force
        self.chooser = Chooser(world)

    # --- launching ---------------------------------------------------------------------------------------------------------

    def launch_delay_s(self) -> float:
        """Take one launch from the allowance; return how long it must wait.

        A token bucket. Source: facts `fargate.rate.burst`, `fargate.rate.sustained`, `ecs.quota.task_launch_rate_service`.
        """
        now, launch = self._world.env.now, self._world.launch
        if launch.burst == float("inf"):
            return 0.0
        self._tokens, wait_s = token_bucket.take(self._tokens, self._tokens_at_s, now, launch.burst, launch.per_s)
        self._tokens_at_s = now
        return wait_s

    def place(self, task: Task) -> bool:
        """Look for a host; if none has room, let the task wait and write down why."""
        verdict = self.chooser.decide(task)
        if verdict.host is None:
            if verdict.reason != task.refusal:
                task.refusal = verdict.reason
                self.chooser.note(Kind.TASK_REFUSED, task, verdict)
            task.refused = verdict.refused
            self._waiting[task.number] = task
            if self._managed is not None:
                self._managed.need()
            return False
        self._world.cluster.settle(task, self._world.cluster.hosts[verdict.host])
        self.chooser.note(Kind.TASK_PLACED, task, verdict)
        if self._managed is not None:
            self._managed.task_came(self._world.cluster.hosts[verdict.host])
        return True

    def place_in_zone(self, task: Task) -> bool:
        """Let the platform pick the zone. It keeps zones balanced, and starts nothing where it knows of a loss."""
        if self.spot_outages:
            return False
        cluster = self._world.cluster
        verdict = choose_zone(cluster.peers_in_zone[task.service], cluster.zone_is_usable)
        if verdict.host is None:
            return False
        cluster.settle_in_zone(task, verdict.host)
        self.chooser.note(Kind.TASK_PLACED, task, verdict)
        return True

    def place_waiting(self) -> None:
        """Room may have appeared: let those who wait try again, in order; one refusal stands for its service and provider.

        Daemons come first, each for its own host (fact `ecs.daemon.strategy`). Without a control plane nobody is placed.
        """
        if not self._world.control_plane.is_up:
            return
        refused: set[tuple[int, int, int]] = set()
        for number, task in sorted(self._waiting.items(), key=lambda pair: pair[1].bound_to == NONE):
            if (task.service, task.bound_to, task.provider) in refused:
                continue
            del self._waiting[number]
            if self.place(task):
                if task.room is not None:
                    task.room.succeed()
            else:
                refused.add((task.service, task.bound_to, task.provider))
        if refused:  # keep the order in which they came
            self._waiting = dict(sorted(self._waiting.items()))

    def waiting(self) -> list[Task]:
        """List the tasks that wait for room, in the order in which they came."""
        return list(self._waiting.values())

    def forget(self, task: Task) -> None:
        """Stop looking for room for a task that is no longer wanted."""
        self._waiting.pop(task.number, None)

    def waiting_for(self, provider: int) -> list[Task]:
        """List the tasks that wait for room on a capacity provider's hosts."""
        return [task for task in self._waiting.values() if task.provider == provider]

    # --- the hosts you bring -----------------------------------------------------------------------------------------------

    def stock(self) -> None:
        """Begin with the scenario's hosts, ready, dealt out to the zones in turn, pool after pool; or with AWS's."""
        world = self._world
        if self._managed is not None and world.launch.hosts == "managed":
            for host in self._managed.stock():
                managed.note_order(world, host, 0.0)
                self._ready(host, age_s=world.scenario.fleet.age_days * DAY_S)
            return
        for zone, group in dealt(self._pools, world.scenario.zones):
            host = self._new_host(zone, group)
            world.log.note(0.0, Kind.HOST_ASKED, host=host.number, zone=host.zone, value=0.0)
            self._ready(host)

    def launch(self, provider: int) -> None:
        """Order one more host for a capacity provider, in its emptiest zone."""
        group = next(number for number, pool in enumerate(self._pools) if pool.provider == provider)
        self._ask(self._emptiest_zone(provider), group)

    def fail(self, host: Host) -> None:
        """Kill a host without a word, and everything on it."""
        world = self._world
        if host.is_gone or (host.is_ready and not host.is_alive):
            return
        was_ready = host.is_ready
        host.is_alive = False
        host.losses += 1
        was_missed = host.is_missed
        agent.forget_silence(host)
        world.log.note(world.env.now, Kind.HOST_LOST, host=host.number, zone=host.zone)
        for number in sorted(host.tasks):
            tasks.lose(world, world.cluster.tasks[number])
        if was_ready and world.launch.is_kubernetes:
            world.nodes.fell_silent(host)
        elif was_ready:
            world.env.process(self._miss_agent(host, was_missed=was_missed))
        if world.scenario.fleet.replace or self._managed is not None:
            world.env.process(self._replace(host))
        self.changes.tell(host)

    def drain(self, host: Host, reason: str = "") -> None:
        """Close a host and let the schedulers move its tasks."""
        world = self._world
        host.is_draining = True
        world.cluster.set_open(host, False)
        world.log.note(world.env.now, Kind.HOST_DRAINING, host=host.number, zone=host.zone, reason=reason)
        self._poke_all()
        if world.launch.is_kubernetes:
            world.env.process(world.nodes.empty(host))
        if self._managed is not None and host.is_alive:
            self._managed.task_left(host)

    def cordon(self, host: Host) -> None:
        """Close a node to new pods; those that run stay."""
        host.is_cordoned = True
        self._world.cluster.set_open(host, False)
        self._world.log.note(self._world.env.now, Kind.HOST_CORDONED, host=host.number, zone=host.zone)

    def uncordon(self, host: Host) -> None:
        """Open a node again that was closed, or half drained."""
        if not host.is_cordoned and not host.is_draining:
            return
        host.is_cordoned = host.is_draining = False
        self._world.log.note(self._world.env.now, Kind.HOST_UNCORDONED, host=host.number, zone=host.zone)
        if host.is_alive and host.is_connected:
            self._world.cluster.set_open(host, True)
            self.place_waiting()

    def is_emptied(self, host: Host) -> bool:
        """Say whether a drain has done its work. Daemons leave a host of ECS as the last; on Kubernetes they leave with it."""
        return self._world.cluster.has_only_daemons(host) if self._world.launch.is_kubernetes else not host.tasks

    def end(self, host: Host, reason: str = "") -> None:
        """Shut a host down that still runs: what is left on it goes with it, its connections are reset."""
        for number in sorted(host.tasks):
            tasks.lose(self._world, self._world.cluster.tasks[number], is_silent=False)
        host.is_alive = False
        agent.forget_silence(host)
        self._is_gone(host, reason)

    def order_like(self, host: Host) -> Host:
        """Order a host of the same kind, in the same zone, or in the emptiest if that one is down."""
        zone = host.zone if self._world.cluster.zone_is_up[host.zone] else self._emptiest_zone(host.provider)
        if isinstance(self._managed, karpenter.Karpenter) and host.group == NONE:
            found = self._managed.like(host, zone)
            found.asked_s = self._world.env.now
            self.boot(found)
            return found
        return self._ask(zone, host.group)

    def order(self, zone: int, group: int) -> Host:
        """Order one more host of a group, in a zone."""
        return self._ask(zone, group)

    @property
    def is_kept_for_you(self) -> bool:
        """Say whether AWS or Karpenter brings the hosts, and renews them."""
        return self._managed is not None

    def undrain(self, host: Host) -> None:
        """Let a host take tasks again that was closed in vain."""
        host.is_draining = False
        if host.is_ready and host.is_alive and self._world.cluster.is_connected(host):
            self._world.cluster.set_open(host, True)
            self.place_waiting()
        self._poke_all()
        self.changes.tell(host)

    def boot(self, host: Host) -> None:
        """Begin to boot a host that AWS brings."""
        self._world.env.process(self._boot(host, "boot"))

    def reopen(self, host: Host) -> None:
        """Let a host take tasks again whose agent is back."""
        if self._world.launch.is_kubernetes:
            self._world.nodes.is_back(host)
        if host.is_ready and host.is_alive and not host.is_draining and not host.is_cordoned:
            self._world.cluster.set_open(host, True)
            self.place_waiting()
        self._poke_all()
        self.changes.tell(host)

    def left(self, host: Host | None) -> None:
        """Hear that a task ended, and on which host."""
        self.changes.tell(None)
        if host is not None:
            self.changes.tell(host)
            if self._managed is not None and host.is_alive:
                self._managed.task_left(host)

    def power_returned(self, zone: int) -> None:
        """Boot the zone's hosts that nobody replaced meanwhile; then let the group balance its zones."""
        world = self._world
        for host in world.cluster.hosts:
            if host.zone == zone and not (host.is_alive or host.is_gone or host.is_booting):
                world.env.process(self._boot(host, "reboot"))
        if self._managed is not None:
            self._managed.need()
        elif world.scenario.fleet.rebalance:
            self.balance_hosts()

    def _new_host(self, zone: int, group: int) -> Host:
        host = self._world.cluster.new_host(zone, ZONES[zone], self._pools[group], group)
        host.release = self.release
        return host

    def _ask(self, zone: int, group: int) -> Host:
        """Order a host and begin to boot it."""
        host = self._new_host(zone, group)
        host.asked_s = self._world.env.now
        self._world.env.process(self._boot(host, "boot"))
        return host

    def _boot(self, host: Host, why: str) -> ProcessGenerator:
        """Bring a host up: ask, wait for the boot, join the cluster. A zone that loses power meanwhile begins it again."""
        world, cluster, settings = self._world, self._world.cluster, self._world.scenario.fleet
        host.is_booting = True
        losses, power = host.losses, -1
        host.boots_in = losses
        while power != cluster.zone_losses[host.zone]:
            power = cluster.zone_losses[host.zone]
            boot_s = world.draw(settings.boot_min_s, settings.boot_max_s, why, host.number, losses, power)
            managed.note_order(world, host, boot_s)
            yield world.env.timeout(boot_s)
            yield from world.control_plane.up()  # no node joins, and no pod comes back, without it
            if host.is_gone or host.losses != losses or not cluster.zone_is_up[host.zone]:
                host.is_booting = False
                if not host.is_gone and not host.is_ready and host.losses == losses:
                    self.close(host)
                return
        host.is_booting = False
        for number in sorted(host.tasks):  # what ran here before the power went
            if world.launch.is_kubernetes:
                self._start_again(cluster.tasks[number])
            else:
                self._drop(cluster.tasks[number])
        self._ready(host)

    def _ready(self, host: Host, age_s: float = 0.0) -> None:
        world, is_new = self._world, not host.is_ready
        host.is_alive = host.is_ready = True
        agent.forget_silence(host)
        if not host.is_draining and not host.is_cordoned:
            world.cluster.set_open(host, True)
        world.cluster.set_connected(host, True)
        if world.launch.is_kubernetes:
            world.nodes.joined(host)
        world.log.note(world.env.now, Kind.HOST_READY, host=host.number, zone=host.zone)
        if is_new and host.release:
            world.log.note(world.env.now, Kind.HOST_PATCHED, host=host.number, zone=host.zone, reason="os")
        world.capacity.joined(host)
        for scheduler in world.schedulers:
            scheduler.host_is_ready(host)
        self.place_waiting()
        self._poke_all()
        self.changes.tell(host)
        if self._managed is not None:
            self._managed.is_ready(host, age_s)

    def _miss_agent(self, host: Host, *, was_missed: bool) -> ProcessGenerator:
        """Notice a silent agent, close the host, and after a while give its tasks up."""
        world, assumed = self._world, self._world.scenario.assumptions
        loss = host.losses
        if not was_missed:  # else its link was cut before, and noticed
            delay = world.draw(assumed.agent_missed_min_s, assumed.agent_missed_max_s, "agent", host.number, loss)
            yield world.env.timeout(delay)
            if host.is_alive or host.is_gone or host.losses != loss:
                return
            world.cluster.set_open(host, False)
            world.cluster.set_connected(host, False)
            world.log.note(world.env.now, Kind.AGENT_MISSED, host=host.number, zone=host.zone)
        yield world.env.timeout(assumed.lost_host_s)
        if not host.is_alive and not host.is_gone and host.losses == loss:
            for number in sorted(host.tasks):
                self._drop(world.cluster.tasks[number])

    def _replace(self, host: Host) -> ProcessGenerator:
        """Let EC2's status checks fail, then end the host and ask for another."""
        world = self._world
        period = catalog.seconds("ec2.status_check_period")
        loss = host.losses
        first = world.draw(0, period, "status", host.number, loss)
        yield world.env.timeout(first + (world.scenario.assumptions.status_checks - 1) * period)
        if not host.is_alive and not host.is_gone and host.losses == loss:
            self.close(host)

    def close(self, host: Host) -> None:
        """End a dead host, and see to another."""
        self._is_gone(host)
        if self._managed is not None:
            self._managed.need()
        elif self._world.scenario.fleet.replace:
            self.order_instead(host)

    def _is_gone(self, host: Host, reason: str = "") -> None:
        """Take a host off the books; its tasks are known to be gone at once (fact `ecs.agent.terminated_inactive_at_once`)."""
        world = self._world
        host.is_gone = True
        world.cluster.set_open(host, False)
        world.cluster.set_connected(host, False)
        world.log.note(world.env.now, Kind.HOST_GONE, host=host.number, zone=host.zone, reason=reason)
        if world.launch.is_kubernetes:
            world.nodes.gone(host)
        else:
            for number in sorted(host.tasks):
                self._drop(world.cluster.tasks[number])
        self.changes.tell(host)

    def order_instead(self, host: Host) -> None:
        """Order a host in the place of one that is gone."""
        self._world.env.process(self._ask_when_possible(host))

    def _ask_when_possible(self, host: Host) -> ProcessGenerator:
        """Order a replacement of the same kind; while no zone can start one, try again each minute."""
        world = self._world
        while not any(world.cluster.zone_is_up):
            yield world.env.timeout(catalog.seconds("ec2.status_check_period"))
        if world.capacity.may_replace(host):
            self._ask(self._emptiest_zone(host.provider), host.group)

    def _start_again(self, task: Task) -> None:
        """Let a pod come back with its node; one that was deleted meanwhile only gives its room back."""
        if task.is_counted:
            kubelet.restart(self._world, task)
        else:
            self._world.cluster.release(task)

    def _drop(self, task: Task) -> None:
        """Let the control plane learn that a dead task is dead."""
        world = self._world
        world.schedulers[task.service].give_up(task, "host lost")
        tasks.bury(world, task, "InfrastructureHealth")
        world.cluster.release(task)

    def _emptiest_zone(self, provider: int) -> int:
        """Pick the zone with the fewest hosts among those that can start one (fact `asg.zone_failure`)."""
        cluster = self._world.cluster
        counts = self._hosts_in_zones(provider)
        return min(range(cluster.n_zones), key=lambda z: (not cluster.zone_is_up[z], counts[z]))

    def _hosts_in_zones(self, provider: int = NONE) -> list[int]:
        counts = [0] * self._world.cluster.n_zones
        for host in self._world.cluster.hosts:
            counts[host.zone] += host.provider == provider and not host.is_gone and not host.is_draining
        return counts

    def balance_hosts(self) -> None:
        """Move hosts to the emptiest zone, one at a time: launch there, then drain and end one in the fullest.

        A capacity provider's hosts stay where they are: managed scaling alone decides about them.
        """
        if not self._is_moving_hosts:
            self._is_moving_hosts = True
            self._world.env.process(self._move_hosts())

    def _move_hosts(self) -> ProcessGenerator:
        world = self._world
        while True:
            counts = self._hosts_in_zones()
            usable = [z for z in range(len(counts)) if world.cluster.zone_is_up[z] and world.cluster.zone_is_usable[z]]
            if not usable or max(counts[z] for z in usable) - min(counts[z] for z in usable) < 2:
                break
            emptiest = min(usable, key=lambda z: counts[z])
            fullest = max(usable, key=lambda z: counts[z])
            group = next(
                h.group
                for h in world.cluster.hosts
                if h.zone == fullest and h.provider == NONE and not h.is_gone and not h.is_draining
            )
            host = self._ask(emptiest, group)
            while not host.is_ready and not host.is_gone:
                yield world.env.timeout(1)
            extra = [
                h
                for h in world.cluster.hosts
                if h.zone == fullest and h.group == group and h.is_ready and h.is_alive and not h.is_draining
            ]
            if host.is_gone or not extra:
                break
            leaver = min(extra, key=lambda h: (len(h.tasks), -h.number))
            self.drain(leaver)
            while not self.is_emptied(leaver) and leaver.is_alive:
                yield world.env.timeout(1)
            if leaver.is_alive and not leaver.is_gone:
                self.end(leaver)
        self._is_moving_hosts = False

    def _poke_all(self) -> None:
        for scheduler in self._world.schedulers:
            scheduler.poke()
