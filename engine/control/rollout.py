"""A roll-out, acting: a deployment's replica sets, one a version, sized step by step. The rules are engine/kubernetes/rollout.py.

A new version's pods come within maxSurge, old ones go as new ones become available, and what another wanted number changes
is shared among the versions. A version whose pods never become ready stops of itself at the fence: after the progress
deadline that is written down, and nothing is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.cluster import Stage, Task
from engine.control.eviction import is_ready
from engine.events import Kind
from engine.kubernetes.rollout import Fence, ReplicaSet, fence, reconcile_new, reconcile_old, resize

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.control.kubernetes import Deployment
    from engine.world import World

A_HAIR_S = 1e-6  # a sum of floats may fall short of the moment by it


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a roll-out is: pods of the new version, pods of old ones, and how many of all are ready and available."""

    new: int = 0
    old: int = 0
    ready: int = 0
    available: int = 0

    def is_beyond(self, other: Progress) -> bool:
        """Say whether something came on since then. Source: Kubernetes v1.20.2, deployment_util.go, DeploymentProgressing."""
        return (
            self.new > other.new or self.old < other.old or self.ready > other.ready or self.available > other.available
        )


class Rolling:
    """The replica sets of one deployment."""

    def __init__(self, world: World, deployment: Deployment) -> None:
        """Begin with one version, of the wanted size."""
        self._world = world
        self._deployment = deployment
        self._rule = world.scenario.services[deployment.service].pods.rollout
        self._progress = Progress()
        self._progress_s = 0.0
        self._began_s = 0.0
        self.is_on = False  # a roll-out by hand may be, while this is not
        self.sets = {0: self._recorded(ReplicaSet(deployment.desired))}

    # --- what the deployment asks -------------------------------------------------------------------------------------------

    def begin(self, *, recreates: bool = False) -> None:
        """Begin to roll the deployment's present version out, or to go back to it. recreates: all old pods stop first."""
        asked = self._world.scenario.services[self._deployment.service].pods.rollout
        self._rule = asked.model_copy(update={"strategy": "Recreate"}) if recreates else asked
        now = self._world.env.now
        self.is_on, self._began_s, self._progress_s = True, now, now
        self.sets.setdefault(self._deployment.version, ReplicaSet(0, created=float(self._deployment.version)))
        self._progress = self._seen()
        self._world.env.process(self._watch(self._deployment.version, now))

    def follow(self) -> bool:
        """Share another wanted number among the versions. Says whether there was one."""
        desired, fresh = self._deployment.desired, self._fresh
        if all(one.recorded_desired == desired for one in self.sets.values() if one.replicas > 0):
            return False
        old = self._old()
        new_size, sizes = resize(
            desired, self._fence.surge, self._counted(self._deployment.version, fresh), [one for _, one in old],
            is_rolling=self._rule.strategy == "RollingUpdate",
        )  # fmt: skip
        self.size(self._deployment.version, new_size or 0)
        for (number, _), size in zip(old, sizes, strict=True):
            self.size(number, size)
        self.sets = {number: self._recorded(one) for number, one in self.sets.items()}
        return True

    def grow(self) -> bool:
        """Let the present version have the pods that it may have now. Says whether that changed anything."""
        if self._rule.strategy == "Recreate" and self._is_anyone_left():
            return False
        total = sum(one.replicas for one in self.sets.values())
        desired, size = self._deployment.desired, self._fresh.replicas
        return self.size(
            self._deployment.version, reconcile_new(self._rule.strategy, self._fence.surge, desired, size, total)
        )

    def shrink(self) -> bool:
        """Take the pods of old versions away that may go now. Says whether that changed anything."""
        old = self._old()
        if self._rule.strategy == "Recreate":
            sizes = tuple(0 for _ in old)
        else:
            fresh = self._counted(self._deployment.version, self._fresh)
            sizes = reconcile_old(self._deployment.desired, self._fence.unavailable, fresh, [one for _, one in old])
        changes = [self.size(number, size) for (number, _), size in zip(old, sizes, strict=True)]
        return any(changes)

    def settle(self) -> None:
        """Go on with the deployment's present version alone."""
        self.sets = {self._deployment.version: self._recorded(self._fresh)}

    def judge(self) -> None:
        """Write down when it is done; remember when it last came on."""
        if not self.is_on:
            return
        seen, desired = self._seen(), self._deployment.desired
        if seen.is_beyond(self._progress):
            self._progress_s = self._world.env.now
        self._progress = seen
        if seen.old == 0 and seen.new == desired == self._fresh.replicas == seen.available:
            self.is_on = False
            self.sets = {self._deployment.version: self._fresh}
            self._note(Kind.ROLLOUT_DONE, self._world.env.now - self._began_s)

    # --- looking ------------------------------------------------------------------------------------------------------------

    @property
    def _fresh(self) -> ReplicaSet:
        return self.sets[self._deployment.version]

    @property
    def _fence(self) -> Fence:
        rule = self._rule
        return fence(rule.strategy, rule.max_surge, rule.max_unavailable, self._deployment.desired)

    def _old(self) -> list[tuple[int, ReplicaSet]]:
        """List the other versions' sets, with what is available of them."""
        return [(n, self._counted(n, one)) for n, one in self.sets.items() if n != self._deployment.version]

    @property
    def progress_deadline_s(self) -> float:
        """Give how long a roll-out may come on by nothing before that is reported."""
        return self._rule.progress_deadline_s

    def available(self, number: int) -> int:
        """Count the pods of a version that have been ready for long enough."""
        return sum(self.is_available(pod) for pod in self._deployment.pods(number))

    def _counted(self, number: int, one: ReplicaSet) -> ReplicaSet:
        return replace(one, available=min(self.available(number), one.replicas))

    def is_available(self, pod: Task) -> bool:
        """Say whether a pod has been ready for long enough."""
        now = self._world.env.now
        return is_ready(self._world, pod) and now - pod.ready_s >= self._rule.min_ready_s - A_HAIR_S

    def _is_anyone_left(self) -> bool:
        """Say whether a pod of another version still runs, if only to end."""
        kept = self._world.cluster
        return any(
            task.service == self._deployment.service
            and task.version != self._deployment.version
            and task.stage != Stage.STOPPED
            and not kept.is_standalone(task)
            for task in kept.tasks.values()
        )

    def _seen(self) -> Progress:
        pods = list(self._deployment.counted.values())
        new = sum(pod.version == self._deployment.version for pod in pods)
        ready = sum(is_ready(self._world, pod) for pod in pods)
        return Progress(new, len(pods) - new, ready, sum(self.is_available(pod) for pod in pods))

    # --- changing -----------------------------------------------------------------------------------------------------------

    def _recorded(self, one: ReplicaSet) -> ReplicaSet:
        """Write down what was wanted when a set was sized."""
        desired = self._deployment.desired
        return replace(one, recorded=desired + self._fence.surge, recorded_desired=desired)

    def size(self, number: int, replicas: int) -> bool:
        """Ask for so many pods of a version; while versions are mixed, the log keeps it."""
        before = self.sets[number]
        if before.replicas == replicas:
            return False
        self.sets[number] = self._recorded(replace(before, replicas=replicas))
        if len(self.sets) > 1:
            self._note(Kind.ROLLOUT_SIZED, replicas, f"version {number}")
        return True

    def _watch(self, number: int, began_s: float) -> ProcessGenerator:
        """Wait for the deadline of progress; a roll-out that is over, or another one, ends the wait."""
        env = self._world.env
        while self.is_on and self._deployment.version == number and self._began_s == began_s:
            left_s = self._progress_s + self._rule.progress_deadline_s - env.now
            if left_s <= A_HAIR_S:
                self._note(
                    Kind.ROLLOUT_STALLED, self._counted(number, self._fresh).available, "ProgressDeadlineExceeded"
                )
                return
            yield env.timeout(left_s)

    def _note(self, kind: Kind, value: float, reason: str = "") -> None:
        self._world.log.note(self._world.env.now, kind, service=self._deployment.service, value=value, reason=reason)
