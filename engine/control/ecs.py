"""The ECS service scheduler: desired = running, within minimum and maximum healthy percent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Protocol

from engine import catalog
from engine.cluster import NONE, Host, Stage, Task
from engine.control import ecs_rollout, memory, tasks, versions
from engine.control.ecs_rollout import RollOut, TaskSet
from engine.events import Kind
from engine.placement import Dismissal, Leaver, dismiss
from engine.placement.room import ZONE
from engine.placement.scale_in import dismiss_young
from engine.placement.strategies import BY_ATTRIBUTE, DEFAULT
from engine.scaling import fewest_tasks, most_tasks

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.control.versions import Version
    from engine.deployment import DeploymentSettings
    from engine.operations import Deploy
    from engine.world import World


class Life(Protocol):
    """Who starts and stops a task on its host: ECS's agent (engine/control/tasks.py) or a kubelet."""

    def live(self, world: World, task: Task, *, is_created: bool = False) -> ProcessGenerator:
        """Start a task."""

    def run(self, world: World, task: Task, *, is_warm: bool = False) -> None:
        """Let its container run from now on."""

    def stop(self, world: World, task: Task, reason: str, dismissal: Dismissal | None = None) -> ProcessGenerator:
        """Stop it."""


class ServiceScheduler:
    """Keeps one service's tasks. It decides when poked, never more often than `scheduler_s` allows."""

    life: ClassVar[Life] = tasks

    def __init__(self, world: World, service: int) -> None:
        """Begin with the scenario's desired count."""
        self._world = world
        self.service = service
        self.settings = world.scenario.services[service]
        self.desired = 0 if self.settings.one_every_s else self.settings.desired
        self.counted: dict[int, Task] = {}
        self.moves = 0  # tasks that AZ rebalancing still wants elsewhere
        self.versions = [versions.first(service, self.settings)]
        self.version = 0  # the one that is wanted
        self.completed = 0  # the last one that came to be the only one
        self.deployment: RollOut | None = None
        self._earlier: list[int] = []
        self._failures = 0
        self._is_watched = False  # a version of it leaks: somebody looks at its tasks' memory
        self._not_before_s = 0.0
        self._wake = world.env.event()
        world.env.process(self._loop())

    # --- what others tell it ---------------------------------------------------------------------------------------------

    def poke(self) -> None:
        """Something changed: look again."""
        if not self._wake.triggered:
            self._wake.succeed()

    def set_desired(self, desired: int, who: str) -> None:
        """Change the desired count."""
        if desired != self.desired:
            self.desired = desired
            self._world.log.note(self._world.env.now, Kind.DESIRED_SET, service=self.service, value=desired, reason=who)
            self.poke()

    def give_up(self, task: Task, reason: str) -> None:
        """Stop counting on a task that was lost or is unhealthy: stop it and replace it."""
        if task.number not in self.counted:
            return
        if not task.is_alive:
            tasks.note(self._world, Kind.TASK_GIVEN_UP, task, reason=reason)
        self._stop(task, "ServiceSchedulerInitiated" if task.is_alive else "InfrastructureHealth")
        if self.deployment is not None and reason == "unhealthy":
            self.deployment.task_failed(task)
        self.poke()

    def reclaimed(self, task: Task, reason: str) -> None:
        """Replace a task whose capacity AWS takes back."""
        if task.number in self.counted:
            self._stop(task, reason)
            self.poke()

    def crashed(self, task: Task) -> None:
        """Replace a task whose container died; one that had come to RUNNING is replaced at full speed.

        Source: fact `ecs.service.throttle_not_after_running`. ECS takes its target away with it.
        """
        world = self._world
        self.counted.pop(task.number, None)
        world.cluster.uncount(task)
        world.balancer.deregister(task)
        tasks.note(world, Kind.TASK_DEPROVISIONING, task)
        tasks.end(world, task, "EssentialContainerExited")
        self.poke()

    def stop_by_hand(self, task: Task) -> None:
        """Stop a task as a person would; it is replaced."""
        if task.number in self.counted:
            self._stop(task, "UserInitiated")
            self.poke()

    def let_go(self, task: Task) -> None:
        """Stop a task that a deployment wants no more."""
        self._stop(task, "ServiceSchedulerInitiated")

    def became_healthy(self, task: Task) -> None:
        """Tell the deployment of a task that serves."""
        if self.deployment is not None:
            self.deployment.became_healthy(task)

    def deploy(self, asked: Deploy) -> str:
        """Roll a version out. Gives the reason where there is nothing to do, "" where it has begun."""
        if self.settings.kind == "daemon":
            return f"{self.settings.name} is a daemon: what a new version of it does is not simulated"
        if asked.undo and not self._earlier:
            return f"{self.settings.name} has no earlier version to go back to"
        if asked.undo and self._turns_back():
            return ""
        version = self._asked(asked)
        self._earlier.append(self.version)
        why = "undo" if asked.undo else "deploy"
        self._world.log.note(
            self._world.env.now, Kind.ROLLOUT_STARTED, service=self.service, value=version.number, reason=why
        )
        self._roll_out(version.number, asked.deployment or self.settings.deployment)
        if version.leak_mib and not self._is_watched:
            self._is_watched = True
            self._world.env.process(memory.watch(self._world, self.service))
        self.poke()
        return ""

    def _turns_back(self) -> bool:
        """Go back by weight where traffic is only just moving. Says whether it was so."""
        if self.deployment is None or not self.deployment.settings.shifts_traffic or self.deployment.goes_back:
            return False
        self.deployment.go_back()
        self.poke()
        return True

    def _roll_out(self, version: int, settings: DeploymentSettings) -> None:
        """Begin a deployment; one that is still on makes way."""
        if self.deployment is not None:
            self.deployment.supersede()
        self.wants(version)
        self.deployment = ecs_rollout.begin(self._world, self, settings)

    def wants(self, version: int) -> None:
        """Want this version from now on, and forget how often the one before failed to start.

        Source: fact `ecs.service.throttle_max`.
        """
        self.version = version
        self.started()

    def ended(self, deployment: RollOut) -> None:
        """Take note of a deployment that is over: only one version is left."""
        if deployment is self.deployment:
            self.deployment, self.completed = None, self.version

    def _asked(self, asked: Deploy) -> Version:
        """Make the version that is asked for; to go back is to bring the earlier one out once more."""
        if asked.undo:
            version = replace(self.versions[self._earlier[-1]], number=len(self.versions))
        else:
            version = versions.next_version(self._world, self.service, asked)
        self.versions.append(version)
        return version

    def started(self) -> None:
        """Reset the restart throttle: a task reached RUNNING (fact `ecs.service.throttle_not_after_running`)."""
        self._failures = 0
        self._not_before_s = 0.0

    def failed_to_start(self, task: Task) -> None:
        """Try again after a growing pause: a task ended before RUNNING (fact `ecs.service.throttle_max`)."""
        self.counted.pop(task.number, None)
        self._world.cluster.uncount(task)
        tasks.end(self._world, task, "TaskFailedToStart")
        if self.deployment is not None:
            self.deployment.task_failed(task)
        now = self._world.env.now
        if now >= self._not_before_s:
            assumed = self._world.scenario.assumptions
            longest = catalog.seconds("ecs.service.throttle_max")
            pause = min(longest, assumed.first_gap_s * 2.0 ** min(self._failures, 16))
            self._failures += 1
            self._not_before_s = now + pause
            self._world.log.note(now, Kind.RESTART_THROTTLED, service=self.service, value=pause)
            self._world.env.process(self._poke_later(pause))

    def pod_ready(self) -> None:
        """Take note that a pod became ready; ECS looks at targets instead."""

    def host_is_ready(self, host: Host) -> None:
        """Take note of a host that takes tasks from now on; services of so many tasks need not."""

    def host_emptied(self) -> None:
        """Take note that a task ended on a host that drains; services of so many tasks need not."""

    def arrive(self) -> ProcessGenerator:
        """Want one task more every so often, up to the scenario's count, unless somebody asks for another number."""
        for number in range(self.settings.desired):
            yield self._world.env.timeout(self.settings.one_every_s)
            if self.desired != number:
                return
            self.set_desired(number + 1, "one at a time")

    # --- what it does ------------------------------------------------------------------------------------------------------

    def _loop(self) -> ProcessGenerator:
        env = self._world.env
        while True:
            yield self._wake
            yield env.timeout(self._world.scenario.assumptions.scheduler_s)
            self._wake = env.event()
            self._act()

    def _poke_later(self, delay_s: float) -> ProcessGenerator:
        yield self._world.env.timeout(delay_s)
        self.poke()

    def _act(self) -> None:
        """Keep each set of tasks at its number: one set, or two while a deployment moves traffic between them."""
        asked = self.settings
        whole = TaskSet(lambda _: True, self.desired, self.version, asked.min_healthy_percent, asked.max_percent)
        for kept in [whole] if self.deployment is None else self.deployment.sets():
            self._keep(kept)
        if self.deployment is not None:
            self.deployment.judge()

    def _keep(self, kept: TaskSet) -> None:
        """Start what is missing, stop what is too much. Source: facts `ecs.service.rounding`, `ecs.draining.pending_stop`."""
        there = [task for task in self.counted.values() if kept.has(task)]
        leaving = [task for task in there if self._is_draining(task)]
        for task in [task for task in leaving if task.stage == Stage.STARTING and not task.is_healthy]:
            self._stop(task, "ServiceSchedulerInitiated")
            leaving.remove(task)
            there.remove(task)
        most = max(kept.desired, most_tasks(kept.desired, kept.max_percent))
        wanted = min(kept.desired + len(leaving) + self.moves, most)
        missing, n = wanted - len(there), len(there)
        if missing > 0 and kept.may_start and self._world.env.now >= self._not_before_s:
            for provider in self._world.capacity.providers_for(self.service, missing):
                self._start(provider, kept.version)
                n += 1
        # Where no extra task may be started, a draining host's tasks stop first, down to the minimum.
        stops_first = len(leaving) if most == kept.desired and n <= kept.desired else 0
        for _ in range(n - kept.desired + stops_first):
            if not self._stop_one(kept, wanted, leaving):
                break

    def _start(self, provider: int, version: int | None = None) -> None:
        task = self._world.cluster.new_task(self.service)
        task.provider = provider
        task.version = self.version if version is None else version
        self.counted[task.number] = task
        self._world.env.process(self.life.live(self._world, task))

    def _stop_one(self, kept: TaskSet, wanted: int, leaving: list[Task]) -> bool:
        """Stop one task too many: those not yet serving first, then by the scale-in rule; never below the minimum."""
        there = [task for task in self.counted.values() if kept.has(task)]
        if len(there) > wanted:
            for stage in (Stage.CREATED, Stage.STARTING):
                young = [_leaver(task) for task in there if task.stage == stage]
                found = dismiss_young(young)
                if found.task is not None:
                    self._stop(self.counted[found.task], "ServiceSchedulerInitiated", found)
                    return True
        serving = [task for task in there if task.is_healthy]
        least = fewest_tasks(kept.desired, kept.min_healthy_percent)
        if len(serving) - 1 < least:
            return False
        movable = [task for task in leaving if task.is_healthy] or serving
        found = self._dismiss(movable)
        if found.task is None:
            return False
        if not leaving and self.moves > 0:
            self.moves -= 1
        task = self.counted[found.task]
        if task in leaving:
            leaving.remove(task)
        self._stop(task, "ServiceSchedulerInitiated", found)
        return True

    def _dismiss(self, movable: list[Task]) -> Dismissal:
        """Choose who goes, by the service's strategies; to move a task out of a zone, by the default's rule."""
        world = self._world
        leavers = [_leaver(task) for task in movable]
        if self.moves > 0 or not world.launch.owns_hosts:
            return dismiss(leavers)
        return dismiss(
            leavers,
            self.settings.placement,
            world.cluster.needs[self.service],
            world.cluster.view(self.service),
            lambda task: world.draw(0, 1, "scale-in", task),
        )

    def _stop(self, task: Task, reason: str, dismissal: Dismissal | None = None) -> None:
        """Take a task off the count and let it end."""
        world = self._world
        self.counted.pop(task.number, None)
        world.cluster.uncount(task)
        if task.room is not None and not task.room.triggered:
            world.fleet.forget(task)
            task.room.succeed()
        if task.is_alive:
            world.env.process(self.life.stop(world, task, reason, dismissal))
        else:
            tasks.bury(world, task, reason)

    def _is_draining(self, task: Task) -> bool:
        """Say whether another has to take the task's place.

        Its host drains, AWS retires it (fact `fargate.retirement.service_tasks`), or it is of an earlier version: a rolling
        update is the same move.
        """
        is_old = self.deployment is not None and self.deployment.replaces(task)
        return is_old or task.is_retired or (task.host != NONE and self._world.cluster.hosts[task.host].is_draining)

    # --- AZ rebalancing -----------------------------------------------------------------------------------------------------

    @property
    def keeps_zones_even(self) -> bool:
        """Say whether AZ rebalancing is on and has a spread over zones to repair.

        Source: facts `ecs.az_rebalancing.default`, `ecs.az_rebalancing.first_strategy`.
        """
        first = self.settings.placement[0]
        is_spread = not self._world.launch.owns_hosts or first in {DEFAULT[0], f"{BY_ATTRIBUTE}{ZONE}"}
        return self.settings.az_rebalancing and is_spread and self._world.scenario.zones > 1

    def rebalance(self) -> ProcessGenerator:
        """Now and then, move tasks from the fullest zones to the emptiest: start there first, then stop here.

        Only where all is calm: every task wanted serves and nothing drains. Source: fact `ecs.az_rebalancing.default`.
        """
        world = self._world
        while True:
            yield world.env.timeout(world.scenario.assumptions.rebalance_every_s)
            if not self.moves:  # one round at a time
                self.moves = self._moves_worth_making()
                if self.moves:
                    self.poke()

    def _moves_worth_making(self) -> int:
        is_calm = len(self.counted) == self.desired and all(t.is_healthy for t in self.counted.values())
        if not is_calm or any(self._is_draining(task) for task in self.counted.values()):
            return 0
        cluster = self._world.cluster
        here = cluster.peers_in_zone[self.service]
        usable = [zone for zone in range(cluster.n_zones) if cluster.zone_is_usable[zone]]
        if len(usable) < 2 or max(here[z] for z in usable) - min(here[z] for z in usable) < 2:
            return 0
        (provider,) = self._world.capacity.providers_for(self.service, 1)
        fair = self.desired // len(usable)
        room = 0
        for zone in usable:
            short = max(0, fair - int(here[zone]))
            if self._world.launch.has_hosts:
                rules = self._world.fleet.chooser.constraints(self.service)
                short = min(short, cluster.room_in_zone(self.service, zone, rules, provider))
            room += short
        return room


def _leaver(task: Task) -> Leaver:
    return Leaver(task.number, task.zone, task.host)
