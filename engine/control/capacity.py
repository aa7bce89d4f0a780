"""Capacity providers: groups of hosts that follow the tasks, and Spot hosts that are taken back."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from engine import catalog
from engine.cluster import NONE, Host
from engine.events import Kind
from engine.placement.demand import needs_of_host
from engine.scaling import ManagedScaling, Reading, Seen, hosts_for, least_room, leavers, next_provider

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.scenario import CapacityProvider
    from engine.world import World


class Capacity:
    """The fleet's capacity providers: who gets a task, how many hosts there are, which one goes."""

    def __init__(self, world: World) -> None:
        """Know the providers; nothing happens yet."""
        self._world = world
        self.providers = world.scenario.fleet.providers if world.launch.owns_hosts else ()
        self._numbers = {provider.name: number for number, provider in enumerate(self.providers)}
        self._needs = [
            needs_of_host(service, number, is_pod=world.launch.is_kubernetes)
            for number, service in enumerate(world.scenario.services)
        ]
        self._loops = [ManagedScaling(provider) for provider in self.providers]
        self._smallest = [least_room(world.scenario, number) for number in range(len(self.providers))]

    # --- tasks -------------------------------------------------------------------------------------------------------------

    def providers_for(self, service: int, n: int) -> list[int]:
        """Say which provider each of the next tasks of a service goes to; NONE without a strategy.

        On Kubernetes always NONE: there a capacity provider is a node group, whose nodes any pod may use.
        """
        strategy = self._world.scenario.services[service].capacity
        if not strategy or not self._world.launch.owns_hosts or self._world.launch.is_kubernetes:
            return [NONE] * n
        weights = {share.provider: share.weight for share in strategy}
        base = {share.provider: share.base for share in strategy}
        counted = self._world.schedulers[service].counted.values()
        have = Counter(self.providers[task.provider].name for task in counted if task.provider != NONE)
        names = []
        for _ in range(n):
            names.append(next_provider(weights, have, base))
            have[names[-1]] += 1
        return [self._numbers[name] for name in names]

    # --- hosts -------------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Set each provider's loop going. On Kubernetes ECS scales nothing: an autoscaler of the cluster's own would."""
        for number, provider in enumerate(self.providers):
            if provider.managed_scaling and not self._world.launch.is_kubernetes:
                self._world.env.process(self._manage(number))

    def hosts_of(self, provider: int) -> list[Host]:
        """List a provider's hosts as its group counts them: those asked for, and not gone or on their way out."""
        hosts = self._world.cluster.hosts
        return [host for host in hosts if host.provider == provider and not host.is_gone and not host.is_leaving]

    def may_replace(self, host: Host) -> bool:
        """Say whether a host that is gone may be asked for again: its group is not full, and did not let it go."""
        if host.provider == NONE:
            return True
        return not host.is_leaving and len(self.hosts_of(host.provider)) < self.providers[host.provider].max_hosts

    def joined(self, host: Host) -> None:
        """Let chance decide how long a Spot host stays."""
        if host.provider != NONE:
            provider = self.providers[host.provider]
            if provider.market == "spot" and provider.interruptions_per_hour and not host.has_notice:
                self._world.env.process(self._by_chance(host, provider.interruptions_per_hour))

    # --- managed scaling -----------------------------------------------------------------------------------------------------

    def _manage(self, number: int) -> ProcessGenerator:
        """Look once a period, write every number down, and act."""
        world, loop = self._world, self._loops[number]
        while True:
            yield world.env.timeout(loop.settings.period_s)
            reading = loop.decide(self._seen(number), can_launch=any(world.cluster.zone_is_up))
            world.log.note(
                world.env.now,
                Kind.RESERVATION_READ,
                value=reading.reservation,
                reason=reading.provider,
                reading=reading,
            )
            self._act(number, reading)

    def _seen(self, number: int) -> Seen:
        """Count hosts and waiting tasks as ECS knows them."""
        world, now, warmup_s = self._world, self._world.env.now, self.providers[number].warmup_s
        hosts = self.hosts_of(number)
        up = [host for host in hosts if self._is_up(host)]
        waiting = [self._needs[task.service] for task in world.fleet.waiting_for(number)]
        extra, too_large = hosts_for(waiting, self._smallest[number])
        in_use = sum(self._is_busy(host) for host in up)
        return Seen(
            in_use=in_use, up=len(up), asked=len(hosts), warming=sum(now - host.asked_s < warmup_s for host in hosts),
            free=len(up) - in_use, extra=extra, waiting=len(waiting) - too_large, too_large=too_large,
        )  # fmt: skip

    def _is_up(self, host: Host) -> bool:
        """Say whether ECS counts a host: registered, and its agent not yet missed."""
        return host.is_ready and self._world.cluster.is_connected(host)

    def _is_busy(self, host: Host) -> bool:
        """Say whether a host runs a task that is no daemon: only then does it count (fact `ecs.cas.scale_in_metric`)."""
        return not self._world.cluster.has_only_daemons(host)

    def _act(self, number: int, reading: Reading) -> None:
        for _ in range(reading.step):
            self._world.fleet.launch(number)
        if reading.step < 0:
            for host in self._leavers(number, -reading.step):
                self._let_go(host)

    def _leavers(self, number: int, n: int) -> list[Host]:
        """Pick the hosts that go. Where they are protected, a busy one stays (fact `ecs.cas.termination_protection`)."""
        hosts = self.hosts_of(number)
        zones = [0] * self._world.cluster.n_zones
        for host in hosts:
            zones[host.zone] += 1
        protect = self.providers[number].protect
        may_go = [
            (host.number, host.zone) for host in hosts if self._is_up(host) and not (protect and self._is_busy(host))
        ]
        return [self._world.cluster.hosts[host] for host in leavers(may_go, zones, n)]

    def _let_go(self, host: Host) -> None:
        """End a host that is too much, drained first where the provider does so: its daemons leave as the last."""
        host.is_leaving = True
        if not self.providers[host.provider].managed_draining or not host.is_alive:
            self._end(host, "scale-in")
            return
        if not host.is_draining:
            self._world.fleet.drain(host, "scale-in")
        if not self._world.fleet.is_emptied(host):
            self._world.env.process(self._end_once_empty(host))
        else:
            self._end(host, "scale-in")

    def _end_once_empty(self, host: Host) -> ProcessGenerator:
        while not self._world.fleet.is_emptied(host) and not host.is_gone:
            yield self._world.fleet.changes.of(host)
        if not host.is_gone:
            self._end(host, "scale-in")

    # --- Spot ----------------------------------------------------------------------------------------------------------------

    def spot_hosts(self, provider: str | None = None) -> list[Host]:
        """List the Spot hosts that could be taken back, of one provider or of all."""
        found = []
        for number, settings in enumerate(self.providers):
            if settings.market == "spot" and provider in (None, settings.name):
                found += [
                    host for host in self.hosts_of(number) if host.is_ready and host.is_alive and not host.has_notice
                ]
        return found

    def draw_lots(self, hosts: list[Host], n: int) -> list[Host]:
        """Pick some of the hosts by lot, in an order that belongs to this moment."""
        now_ms = round(self._world.env.now * 1000)
        lot = {host.number: self._world.draw(0, 1, "interrupt", host.number, now_ms) for host in hosts}
        return sorted(hosts, key=lambda host: lot[host.number])[:n]

    def interrupt(self, host: Host) -> None:
        """Give a Spot host its notice. Source: facts `ec2.spot.notice`, `ec2.spot.ecs_drain_flag`."""
        world, notice_s = self._world, catalog.seconds("ec2.spot.notice")
        host.has_notice = True
        world.log.note(world.env.now, Kind.SPOT_NOTICE, host=host.number, zone=host.zone, value=notice_s)
        if self._provider_of(host).drain_on_notice and not host.is_draining:
            world.fleet.drain(host, "spot")
        world.env.process(self._take_back(host, notice_s))

    def _take_back(self, host: Host, notice_s: float) -> ProcessGenerator:
        yield self._world.env.timeout(notice_s)
        if not host.is_gone:
            self._end(host, "spot")

    def _by_chance(self, host: Host, per_hour: float) -> ProcessGenerator:
        """Wait out a stay that is exponential: each second is as likely to be the last."""
        losses = host.losses
        luck = self._world.draw(0, 1, "spot", host.number, losses)
        yield self._world.env.timeout(-math.log1p(-luck) * 3600 / per_hour)
        if host.losses == losses and not (host.is_gone or host.has_notice or host.is_leaving):
            self.interrupt(host)

    # --- the end of a host -----------------------------------------------------------------------------------------------------

    def _end(self, host: Host, reason: str) -> None:
        """Shut a host down. A group replaces what it did not let go itself."""
        self._world.fleet.end(host, reason)
        if self._world.scenario.fleet.replace:
            self._world.fleet.order_instead(host)

    def _provider_of(self, host: Host) -> CapacityProvider:
        return self.providers[host.provider]
