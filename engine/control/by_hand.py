"""What people do on Kubernetes where a Deployment's own strategies do not do: two Deployments, and patience.

Blue/green is a second Deployment of full size and a Service whose selector is switched. Canary and linear are a second
Deployment behind the same Service: the weight is the number of pods, so 5 % of three pods is one of three. The steps are
those that ECS takes by itself; here a person takes them, and nobody watches (fact `k8s.deployment.strategies`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.events import Kind
from engine.kubernetes.rollout import ReplicaSet
from engine.scaling.deploying import pods_for, steps

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.control.kubernetes import Deployment
    from engine.control.rollout import Rolling
    from engine.deployment import DeploymentSettings
    from engine.world import World


class ByHand:
    """One roll-out by hand. It sizes the sets of `rolling`, which has them back when it is over."""

    def __init__(self, world: World, deployment: Deployment, rolling: Rolling, settings: DeploymentSettings) -> None:
        """Begin with none of the new version's pods."""
        self._world = world
        self._deployment = deployment
        self._rolling = rolling
        self._settings = settings
        self._version = deployment.version
        self._began_s = world.env.now
        self._share = 0.0  # of the pods, or with a selector of its own: of the traffic
        self._grows_to = 0.0
        self._old_stay = True
        self._is_there = world.env.event()
        self.is_on = True
        self._switches = settings.strategy == "blue-green"
        rolling.sets.setdefault(self._version, ReplicaSet(0, created=float(self._version)))
        if self._switches:
            world.balancer.split(deployment.service, self._version)
        world.env.process(self._run())

    # --- what the deployment asks -------------------------------------------------------------------------------------------

    def follow(self) -> bool:
        """Say no: the sizes follow the wanted number by themselves."""
        return False

    def grow(self) -> bool:
        """Ask for the pods of the new version that the step needs."""
        return self._rolling.size(self._version, self._wanted)

    def shrink(self) -> bool:
        """Take old pods away for those of the new version that are available."""
        desired, available = self._deployment.desired, self._rolling.available(self._version)
        if self._switches:
            stays = desired * self._old_stay
        else:
            whole = available >= self._wanted
            stays = desired - self._wanted if whole else min(desired, max(self._old(), desired - available))
        changed, left = False, stays
        for number in sorted((n for n in self._rolling.sets if n != self._version), reverse=True):
            size = min(left, self._rolling.sets[number].replicas) if number != self._newest_old() else left
            left -= size
            changed = self._rolling.size(number, size) or changed
        return changed

    def judge(self) -> None:
        """Tell the person who waits that the step's pods are all available, or that it is over."""
        is_whole = self._rolling.available(self._version) >= self._wanted > 0 or self._deployment.desired == 0
        if is_whole and not self._is_there.triggered:
            self._is_there.succeed()
        if self._grows_to == 1 and not self._old_stay and self._old() == 0 and self.is_on:
            self._end()

    def supersede(self, version: int) -> None:
        """Make way for another roll-out: whoever is sent nothing goes at once. Back to the old set is the selector once more."""
        self.is_on = False
        if self._switches:
            goes_back = version in self._rolling.sets and version != self._version and self._old_stay
            keeps_new = self._share == 1 and not goes_back
            self._world.balancer.weigh(self._deployment.service, 1.0 if keeps_new else 0.0)
            idle = [n for n in self._rolling.sets if (n != self._version) == keeps_new]
            for number in idle:
                self._rolling.size(number, 0)
            self._deployment.delete_surplus()
            self._world.balancer.unite(self._deployment.service)

    # --- what the person does -----------------------------------------------------------------------------------------------

    def _run(self) -> ProcessGenerator:
        """Take the steps: more pods, wait until they are available, look on for a while."""
        if self._switches:
            yield from self._until_there(1.0)
        for step in steps(self._settings):
            if not self._switches:
                yield from self._until_there(step.share)
            if not self.is_on:
                return
            self._weigh(step.share)
            if step.wait_s:
                self._note(Kind.ROLLOUT_BAKING, step.wait_s, step.stage)
                yield self._world.env.timeout(step.wait_s)
        if self.is_on:
            self._old_stay = False
            self._deployment.poke()

    def _until_there(self, share: float) -> ProcessGenerator:
        self._grows_to = share
        self._is_there = self._world.env.event()
        self._deployment.poke()
        in_time = self._world.env.timeout(self._rolling.progress_deadline_s)
        yield self._is_there | in_time
        if self.is_on and not self._is_there.triggered:
            self._note(Kind.ROLLOUT_STALLED, self._rolling.available(self._version), "ProgressDeadlineExceeded")
            yield self._is_there

    def _weigh(self, asked: float) -> None:
        """Switch the selector, or read off what the pods make of the share that was asked for."""
        if self._switches:
            self._share = asked
            self._world.balancer.weigh(self._deployment.service, asked)
        else:
            self._share = self._wanted / max(1, self._deployment.desired)
        self._note(Kind.ROLLOUT_SHIFTED, self._share, f"version {self._version}")

    def _end(self) -> None:
        self.is_on = False
        if self._switches:
            self._world.balancer.unite(self._deployment.service)
        self._note(Kind.ROLLOUT_DONE, self._world.env.now - self._began_s)
        self._deployment.by_hand_done()

    @property
    def _wanted(self) -> int:
        """Give the pods of the new version that the step needs."""
        if not self._grows_to:
            return 0
        return pods_for(self._grows_to, self._deployment.desired)

    def _old(self) -> int:
        return sum(one.replicas for n, one in self._rolling.sets.items() if n != self._version)

    def _newest_old(self) -> int:
        return max((n for n in self._rolling.sets if n != self._version), default=self._version)

    def _note(self, kind: Kind, value: float, reason: str = "") -> None:
        self._world.log.note(self._world.env.now, kind, service=self._deployment.service, value=value, reason=reason)
