"""A deployment of ECS, acting: which tasks are kept at which numbers while versions change, and what makes it go back.

A rolling update is one set of tasks in which those of the old version make way. Blue/green, canary and linear are two sets of
full size behind two target groups: traffic moves between them by weights, and going back is a weight. The rules are
engine/scaling/deploying.py; the scheduler (engine/control/ecs.py) keeps each set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.cluster import Task
from engine.control import alarm
from engine.events import Kind
from engine.scaling.deploying import Step, moves, steps, threshold

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.control.ecs import ServiceScheduler
    from engine.deployment import DeploymentSettings
    from engine.world import World


@dataclass(frozen=True, slots=True)
class TaskSet:
    """Tasks that are kept at one number. version: of the tasks that are started for it; may_start: whether any are."""

    has: Callable[[Task], bool]
    desired: int
    version: int
    min_healthy_percent: int
    max_percent: int
    may_start: bool = True


class RollOut:
    """A rolling update: the old tasks of the one set make way for new ones, within the percents."""

    def __init__(self, world: World, scheduler: ServiceScheduler, settings: DeploymentSettings) -> None:
        """Begin to roll the scheduler's present version out."""
        self._world = world
        self._scheduler = scheduler
        self.settings = settings
        self.version = scheduler.version
        self.began_s = world.env.now
        self.is_over = False
        self.is_failed = False  # and nobody goes back: it starts nothing more
        self.goes_back = False
        self._failures = 0
        self._is_stuck = False
        self._bakes_since_s: float | None = None
        if settings.alarm:
            world.env.process(alarm.watch(world, self))

    # --- what the scheduler asks -------------------------------------------------------------------------------------------

    def sets(self) -> list[TaskSet]:
        """List the sets to keep."""
        low, high = self.percents
        kept = self._scheduler
        return [TaskSet(_anyone, kept.desired, kept.version, low, high, may_start=not self.is_failed)]

    def replaces(self, task: Task) -> bool:
        """Say whether a task has to make way."""
        return not self.is_failed and task.version != self._scheduler.version

    @property
    def percents(self) -> tuple[int, int]:
        """Give the minimum and the maximum percent that hold: all at once is a rolling update at 0 and 100."""
        asked = self._scheduler.settings
        return (0, 100) if self.settings.strategy == "all-at-once" else (asked.min_healthy_percent, asked.max_percent)

    @property
    def is_watched(self) -> bool:
        """Say whether its alarm may still fail it."""
        return not (self.is_over or self.is_failed or self.goes_back)

    def task_failed(self, task: Task) -> None:
        """Count a task that never came to serve, or whose target fails its checks; too many open the circuit breaker.

        Source: facts `ecs.circuit_breaker.formula`, `ecs.circuit_breaker.rolling_only`.
        """
        rule = self.settings
        if not (rule.breaker and self.is_watched) or task.version != self.version:
            return
        self._failures += 1
        limit = threshold(rule.breaker_type, rule.breaker_value, self._scheduler.desired)
        if self._failures >= limit:
            self.fail(self._failures, f"breaker {self._failures} of {limit}")

    def became_healthy(self, task: Task) -> None:
        """Forget the failures once a task of the new version serves (fact `ecs.circuit_breaker.configurable`)."""
        if task.version == self.version and self.settings.breaker_resets:
            self._failures = 0

    def fail(self, value: float, reason: str) -> None:
        """Fail the deployment, and go back where that is wished."""
        self._note(Kind.ROLLOUT_FAILED, value, reason)
        if self.settings.rollback:
            self.go_back()
        else:
            self.is_failed = True
        self._scheduler.poke()

    def go_back(self) -> None:
        """Roll the last completed version out again; the tasks of it that still run stay."""
        self.goes_back = True
        self._scheduler.wants(self._scheduler.completed)

    def judge(self) -> None:
        """Write down when it is done, and when it never can be."""
        scheduler, now = self._scheduler, self._world.env.now
        kept = scheduler.counted.values()
        is_there = len(kept) == scheduler.desired and all(
            task.version == scheduler.version and task.is_healthy for task in kept
        )
        if not is_there:
            self._notice_stuck()
            return
        if self.is_failed:
            return
        if self.goes_back or not self.settings.alarm:
            self._end()
        elif self._bakes_since_s is None:
            self._bakes_since_s = now
            self._world.env.process(self._bake(alarm.bake_s(self.settings)))

    def supersede(self) -> None:
        """Make way for another deployment."""
        self.is_over = True

    # --- what it does ------------------------------------------------------------------------------------------------------

    def _bake(self, for_s: float) -> ProcessGenerator:
        """Let the alarm look for a while at what is done (fact `ecs.deploy.alarms`)."""
        self._note(Kind.ROLLOUT_BAKING, for_s, "bake")
        yield self._world.env.timeout(for_s)
        if self.is_watched:
            self._end()

    def _end(self) -> None:
        self.is_over = True
        kind = Kind.ROLLOUT_ROLLED_BACK if self.goes_back else Kind.ROLLOUT_DONE
        self._note(kind, self._world.env.now - self.began_s)
        self._scheduler.ended(self)

    def _notice_stuck(self) -> None:
        """Write down, once, that all is calm and neither percent lets anything move."""
        scheduler = self._scheduler
        tasks = list(scheduler.counted.values())
        healthy = sum(task.is_healthy for task in tasks)
        is_calm = healthy == len(tasks) == scheduler.desired > 0
        if self._is_stuck or self.is_failed or not is_calm:
            return
        found = moves(scheduler.desired, len(tasks), healthy, *self.percents)
        if found.is_stuck:
            self._is_stuck = True
            new = sum(task.version == scheduler.version for task in tasks)
            self._note(Kind.ROLLOUT_STALLED, new, found.why(scheduler.desired, *self.percents))

    def _note(self, kind: Kind, value: float, reason: str = "") -> None:
        self._world.log.note(self._world.env.now, kind, service=self._scheduler.service, value=value, reason=reason)

    # --- what its alarm asks -----------------------------------------------------------------------------------------------

    @property
    def service(self) -> int:
        """Give the service's number."""
        return self._scheduler.service


class Shift(RollOut):
    """Blue/green, canary or linear: a second full set comes up, and traffic moves to it by weights.

    The circuit breaker does not work here (fact `ecs.circuit_breaker.rolling_only`): a set that never gets healthy is waited
    for as long as the settings say. Nothing of the old set stops before the last bake time is over, so going back is done with a weight.
    """

    def __init__(self, world: World, scheduler: ServiceScheduler, settings: DeploymentSettings) -> None:
        """Give the new version a target group of its own, and begin to fill it."""
        super().__init__(world, scheduler, settings)
        self._blue_stays = True
        self._is_ready = world.env.event()
        world.balancer.split(scheduler.service, self.version)
        world.env.process(self._run())
        world.env.process(self._lose_patience())

    def sets(self) -> list[TaskSet]:
        """List both sets: who serves now has the first say about room."""
        kept, asked = self._scheduler, self._scheduler.settings
        low, high = asked.min_healthy_percent, asked.max_percent
        blue, green = kept.desired * self._blue_stays, kept.desired * (not self.goes_back)
        grows = not self.goes_back and not (
            self.is_failed and self._share == 0
        )  # one that failed unseen starts nothing more
        return [
            TaskSet(self._is_blue, blue, kept.completed, low, high, may_start=self._blue_stays),
            TaskSet(self._is_green, green, self.version, low, high, may_start=grows),
        ]

    def replaces(self, task: Task) -> bool:  # noqa: ARG002 - whoever goes, goes with its set
        """Say no: nobody makes way within a set."""
        return False

    def task_failed(self, task: Task) -> None:
        """Do not count: the circuit breaker is for rolling updates."""

    def go_back(self) -> None:
        """Put the weight back, then let the new set go."""
        self.goes_back = self._blue_stays = True
        self._weigh(0.0)
        self._scheduler.wants(self._scheduler.completed)

    def judge(self) -> None:
        """Let traffic move once the new set is whole; end once only one set is left."""
        kept = list(self._scheduler.counted.values())
        green = [task for task in kept if self._is_green(task)]
        if (self.goes_back and not green) or (not self._blue_stays and len(green) == len(kept)):
            self._end()
        elif not self._is_ready.triggered and len(green) == self._scheduler.desired and _all_healthy(green):
            self._is_ready.succeed()

    def supersede(self) -> None:
        """Make way for another deployment: the set that has the traffic stays, the other goes.

        What stays is also what one can still go back to: of the other set nothing is left.
        """
        moved = self._share == 1.0
        self._world.balancer.weigh(self.service, 1.0 if moved else 0.0)
        leaves = self._is_blue if moved else self._is_green
        for task in [task for task in self._scheduler.counted.values() if leaves(task)]:
            self._scheduler.let_go(task)
        if moved:
            self._scheduler.completed = self.version
        self.is_over = True
        self._world.balancer.unite(self.service)

    # --- what it does ------------------------------------------------------------------------------------------------------

    _share = 0.0

    def _run(self) -> ProcessGenerator:
        """Wait for the new set, then move traffic step by step; the old set goes last."""
        yield self._is_ready
        for step in steps(self.settings):
            if not self.is_watched:
                return
            yield from self._stand(step)
        if self.is_watched:
            self._blue_stays = False
            self._scheduler.poke()

    def _lose_patience(self) -> ProcessGenerator:
        """Fail the deployment where the new set is not there in time: its bad version has met nobody."""
        yield self._world.env.timeout(self.settings.ready_within_s)
        if self.is_watched and not self._is_ready.triggered:
            desired = self._scheduler.desired
            healthy = sum(self._is_green(task) and task.is_healthy for task in self._scheduler.counted.values())
            self.fail(healthy, f"patience {healthy} of {desired}")

    def _stand(self, step: Step) -> ProcessGenerator:
        self._weigh(step.share)
        if step.wait_s:
            self._note(Kind.ROLLOUT_BAKING, step.wait_s, step.stage)
            yield self._world.env.timeout(step.wait_s)

    def _weigh(self, share: float) -> None:
        if share != self._share:
            self._share = share
            self._note(Kind.ROLLOUT_SHIFTED, share, f"version {self.version}")
            self._world.balancer.weigh(self.service, share)

    def _end(self) -> None:
        self._world.balancer.unite(self.service)
        super()._end()

    def _is_green(self, task: Task) -> bool:
        return task.version == self.version

    def _is_blue(self, task: Task) -> bool:
        return task.version != self.version


def _all_healthy(tasks: list[Task]) -> bool:
    return all(task.is_healthy for task in tasks)


def _anyone(task: Task) -> bool:  # noqa: ARG001
    return True


def begin(world: World, scheduler: ServiceScheduler, settings: DeploymentSettings) -> RollOut:
    """Begin a deployment by its strategy."""
    return (Shift if settings.shifts_traffic else RollOut)(world, scheduler, settings)
