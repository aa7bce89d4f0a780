"""The HorizontalPodAutoscaler, acting: metrics-server asks the kubelets, the autoscaler looks, the deployment follows.

The rules are engine/scaling/hpa.py and hpa_replicas.py. Where a service asks for step scaling, an autoscaler of pods has
nothing like it: it keeps the same metric at the same target.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine import catalog
from engine.checks import step_s
from engine.cluster import NONE, Task
from engine.control import memory
from engine.control.eviction import is_ready
from engine.events import Kind
from engine.scaling import hpa_replicas
from engine.scaling.hpa import HorizontalPodAutoscaler, Sight
from engine.scaling.hpa_replicas import Pod, Proposal, Resource

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.kubernetes.hpa import Hpa
    from engine.scaling import Bounds
    from engine.scenario import Scaling
    from engine.world import World

WHO = "HorizontalPodAutoscaler"
MILLI = 1000
RESOURCES: dict[str, Resource] = {"cpu": "cpu", "memory": "memory", "requests": ""}


@dataclass(slots=True)
class MetricsServer:
    """What is known of a service's pods: of each, the mean of the last window, and when it was read.

    A pod that was not there for the whole window, or whose kubelet cannot be asked, has no reading. Usage is in
    thousandths of a core, in KiB, or in thousandths of a request a minute: whole numbers, as Kubernetes keeps them.
    """

    world: World
    service: int
    metric: str
    every_s: float
    readings: dict[int, int] = field(default_factory=dict)
    at_s: float = 0.0

    def live(self) -> ProcessGenerator:
        """Ask the kubelets, again and again."""
        env, step = self.world.env, step_s(self.world.scenario.duration_s)
        lot = self.world.draw(0, self.every_s, "metrics-server", self.service)
        yield env.timeout(math.floor(lot / step) * step)  # requests are counted by whole steps
        while True:
            since_s = env.now
            yield env.timeout(self.every_s)
            self._read(since_s)

    def _read(self, since_s: float) -> None:
        pods = [pod for pod in self.world.schedulers[self.service].counted.values() if self._can_be_asked(pod, since_s)]
        targets = [pod for pod in pods if pod.row]
        used = self._used([pod.row for pod in targets], since_s)
        leaked = memory.leaked(self.world, self.service, targets)
        idle = self._usage(0.0)
        self.readings = {pod.number: idle for pod in pods}
        self.readings |= {
            pod.number: self._usage(share, leaked_mib)
            for pod, share, leaked_mib in zip(targets, used, leaked, strict=True)
        }
        self.at_s = self.world.env.now

    def _can_be_asked(self, pod: Task, since_s: float) -> bool:
        hosts = self.world.cluster.hosts
        return pod.is_alive and pod.running_s <= since_s and (pod.host == NONE or hosts[pod.host].is_connected)

    def _used(self, rows: list[int], since_s: float) -> list[float]:
        """Give the workers that were busy on average, or the requests that were answered each minute, target by target."""
        if not rows:
            return []
        plane, window_s = self.world.plane, self.world.env.now - since_s
        if self.metric == "requests":
            return [60 * answered / window_s for answered in plane.answered_each(self.service, rows, since_s)]
        return [busy / 1e9 / window_s for busy in plane.busy_each(self.service, rows, since_s)]

    def _usage(self, used: float, leaked_mib: float = 0.0) -> int:
        """Turn busy workers into usage, by the assumptions that `engine.control.scaler.read` makes."""
        asks = self.world.scenario.services[self.service]
        if self.metric == "requests":
            return int(MILLI * used)
        if self.metric == "memory":
            mib = asks.memory_base_share * asks.memory_mib + asks.memory_per_request_mib * used + leaked_mib
            return int(1024 * min(mib, asks.memory_mib))
        return int(request(self.world, self.service, "cpu") * used / asks.concurrency)


def request(world: World, service: int, metric: str) -> int:
    """Say what a pod asks for, in the unit of its readings."""
    asks = world.scenario.services[service]
    if metric == "memory":
        return 1024 * asks.memory_mib
    return int(MILLI * asks.cpu_units / catalog.number("ecs.placement.cpu_unit"))


def track(world: World, service: int, settings: Scaling, bounds: Bounds) -> ProcessGenerator:
    """Look once a sync period, write down what was seen and decided, and ask for that many pods."""
    rule = _in_whole_steps(world, world.scenario.services[service].pods.hpa)
    server = MetricsServer(world, service, settings.metric, rule.metrics_every_s)
    world.env.process(server.live())
    autoscaler, scheduler = HorizontalPodAutoscaler(rule), world.schedulers[service]
    while True:
        yield world.env.timeout(rule.sync_s)
        yield from world.control_plane.up()
        current, now = scheduler.desired, world.env.now
        asked = request(world, service, settings.metric)
        pods = [_seen(server, task, asked) for task in scheduler.counted.values()]
        found = propose(rule, current, settings, pods)
        decided = autoscaler.decide(now, current, [found], bounds.min_tasks, bounds.max_tasks)
        groups = hpa_replicas.grouped(rule, pods, RESOURCES[settings.metric])
        sight = Sight(
            settings.metric, _in_targets_unit(settings, found), settings.target, current, len(groups.ready),
            len(groups.unready), len(groups.missing), decided, bounds.min_tasks, bounds.max_tasks, found.because,
        )  # fmt: skip
        world.log.note(now, Kind.METRIC_READ, service=service, value=sight.metric, reason=settings.metric, sight=sight)
        scheduler.set_desired(decided.desired, WHO)


def propose(rule: Hpa, current: int, settings: Scaling, pods: list[Pod]) -> Proposal:
    """Ask the service's metric for its number of pods; a target in percent is a whole one, as in Kubernetes' API."""
    resource = RESOURCES[settings.metric]
    if resource:
        return hpa_replicas.by_utilization(rule, current, max(1, round(settings.target)), pods, resource=resource)
    return hpa_replicas.by_value(rule, current, max(1, round(MILLI * settings.target)), pods)


def _seen(server: MetricsServer, task: Task, asked: int) -> Pod:
    """Show a pod to the autoscaler. Its age counts from its container's start."""
    world, now = server.world, server.world.env.now
    runs = task.running_s <= now
    ready = is_ready(world, task)
    return Pod(
        phase="Running" if runs else "Pending",
        is_ready=ready,
        age_s=now - task.running_s if runs else 0.0,
        changed_s=now - task.ready_s if ready else None,
        request=asked,
        usage=server.readings.get(task.number),
        seen_s=now - server.at_s,
    )


def _in_targets_unit(settings: Scaling, found: Proposal) -> float:
    """Give the metric as the target is written; none where nobody could tell."""
    if found.replicas is None:
        return math.nan
    return found.metric / MILLI if settings.metric == "requests" else float(found.metric)


def _in_whole_steps(world: World, rule: Hpa) -> Hpa:
    """Read no more often than requests are counted: in very long runs a step is longer than a second."""
    step = step_s(world.scenario.duration_s)
    return rule.model_copy(update={"metrics_every_s": math.ceil(rule.metrics_every_s / step) * step})
