"""The life of a pod: scheduled, pulled, started, ready; and how it ends. What a kubelet does on its own it does without the API.

Beside ECS's order (engine/control/tasks.py) three things differ: a pod joins the load balancer only once its probe has passed and
the API knows; when it is deleted, SIGTERM comes at the same moment as its endpoint goes, not after its connections drained; and a
pull that fails is tried again on the same node, after a growing pause. Source: fact `k8s.kubelet`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine import catalog
from engine.cluster import NONE, Stage, Task
from engine.control import agent, spot_tasks, tasks, versions
from engine.control.tasks import note
from engine.events import Kind

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.placement import Dismissal
    from engine.world import World


def live(world: World, task: Task, *, is_created: bool = False) -> ProcessGenerator:
    """Start a pod: find it a node, or a microVM of its own, then let the kubelet do its work."""
    if not is_created:
        tasks.note_created(world, task)
    if world.launch.has_hosts:
        yield from _scheduled(world, task)
    else:
        yield from _on_its_own(world, task)
    if not task.is_counted:
        return
    task.stage = Stage.STARTING
    launch, life = world.launch, task.life
    yield world.env.timeout(world.draw(launch.provision_min_s, launch.provision_max_s, "provision", task.number))
    if launch.has_hosts or _has_come(world, task):
        yield from start(world, task, life)


def _scheduled(world: World, task: Task) -> ProcessGenerator:
    """Wait until the scheduler has bound the pod to a node."""
    yield from world.control_plane.up()
    if task.is_counted and task.host == NONE and not world.fleet.place(task):
        task.room = world.env.event()
        yield task.room


def _on_its_own(world: World, task: Task) -> ProcessGenerator:
    """Wait for the launch rate and for a zone that can start it; what Fargate cannot place stays pending."""
    yield world.env.timeout(world.fleet.launch_delay_s())
    yield from world.control_plane.up()
    was_refused = False
    while task.is_counted and not world.fleet.place_in_zone(task):
        if not was_refused:
            was_refused = True
            task.refusal = "no-zone"
            note(world, Kind.TASK_REFUSED, task, reason="no-zone")
        yield world.env.timeout(world.scenario.kubernetes.nodes.retry_s)
        yield from world.control_plane.up()


def _has_come(world: World, task: Task) -> bool:
    """Say whether a microVM came up. One whose zone died meanwhile is no node that anybody could miss: it is asked for again."""
    if not task.is_counted:
        return False
    if not task.is_alive or not world.cluster.zone_is_up[task.zone]:
        if task.is_alive:
            task.is_alive = False
            note(world, Kind.TASK_LOST, task)
        tasks.failed_to_start(world, task)
        return False
    return True


def start(world: World, task: Task, life: int) -> ProcessGenerator:
    """Pull and start on the pod's node. life: the start that this is; a later one makes it void."""
    if not _goes_on(task, life):
        return
    world.nodes.pod_runs(task)
    note(world, Kind.TASK_PENDING, task)
    began_s = world.env.now
    yield from _pull(world, task, life)
    if not _goes_on(task, life):
        return
    note(world, Kind.TASK_PULLED, task, value=world.env.now - began_s)
    yield world.env.timeout(world.scenario.assumptions.container_s)
    if _goes_on(task, life):
        run(world, task)


def run(world: World, task: Task, *, is_warm: bool = False) -> None:
    """Start the container's clock. A warm pod is ready and in the endpoints already."""
    now = world.env.now
    note(world, Kind.TASK_ACTIVATING, task)
    note(world, Kind.TASK_RUNNING, task)
    task.stage = Stage.STARTING
    task.running_s = now
    world.nodes.pod_runs(task)
    if world.cluster.is_standalone(task):
        if task.lasts_s < float("inf"):
            world.env.process(tasks.exit_of_itself(world, task))
        return
    version = versions.version_of(world, task)
    task.answers_s = now if is_warm else now + version.start_s
    world.schedulers[task.service].started()
    if is_warm:
        note(world, Kind.POD_READY, task)
        task.ready_s = float("-inf")  # it has been for long
        world.balancer.register(task, is_healthy=True)
    elif version.fails:
        task.answers_s = float("inf")  # its probe fails for ever; nothing restarts it without a liveness probe
    else:
        world.env.process(_become_ready(world, task, version.start_s))


def _become_ready(world: World, task: Task, start_s: float) -> ProcessGenerator:
    """Probe from the container's start on; the first one that passes makes the pod ready.

    start_s: as it was asked for. What two moments differ by may be more by a hair, and cost a whole probe.
    """
    life, every_s = task.life, world.scenario.kubernetes.nodes.probe_every_s
    yield world.env.timeout(math.ceil(start_s / every_s) * every_s)
    yield from join(world, task, life)


def join(world: World, task: Task, life: int) -> ProcessGenerator:
    """Tell the API that a pod is ready, which puts it into the endpoints and the target group. It may be there already."""
    yield from agent.reachable(world, task)
    yield from world.control_plane.up()
    if _goes_on(task, life) and not task.is_registered and world.nodes.is_ready(task):
        note(world, Kind.POD_READY, task)
        task.ready_s = world.env.now
        world.balancer.register(task)
        world.schedulers[task.service].pod_ready()


def leave(world: World, task: Task, reason: str) -> None:
    """Take a pod out of the endpoints that goes on running: its node is not ready."""
    if task.is_registered:
        world.balancer.deregister(task)
        task.stage = Stage.STARTING
        note(world, Kind.TASK_UNHEALTHY, task, reason=reason)


def restart(world: World, task: Task) -> None:
    """Start a pod's containers again on the node that came back with it."""
    world.balancer.deregister(task)
    task.life += 1
    task.row = 0
    task.is_alive = True
    task.stage = Stage.STARTING
    task.running_s = task.answers_s = float("inf")
    note(world, Kind.POD_RESTARTED, task)
    world.env.process(start(world, task, task.life))


def crash(world: World, task: Task) -> None:
    """Start a container that died again in its place: the first time at once, then after a pause that doubles.

    The pause is forgotten after ten minutes without a crash. The pod leaves the endpoints meanwhile. Source: fact
    `k8s.crash_backoff`.
    """
    now = world.env.now
    leave(world, task, "crashed")
    if now - task.crashed_s > catalog.seconds("k8s.crash_backoff", "reset_s"):
        task.backoff_s = 0.0
    pause_s, task.crashed_s = task.backoff_s, now
    longest_s = catalog.seconds("k8s.crash_backoff", "longest_s")
    task.backoff_s = min(2 * pause_s, longest_s) or catalog.seconds("k8s.crash_backoff", "first_s")
    note(world, Kind.CRASH_BACKED_OFF, task, value=pause_s)
    task.life += 1
    task.row = 0
    task.ready_s = task.running_s = task.answers_s = float("inf")
    world.env.process(_start_again(world, task, task.life, pause_s))


def _start_again(world: World, task: Task, life: int, pause_s: float) -> ProcessGenerator:
    """Wait, then start a crashed container: its image is there."""
    yield world.env.timeout(pause_s + world.scenario.assumptions.container_s)
    if _goes_on(task, life):
        note(world, Kind.POD_RESTARTED, task, reason="crashed")
        run(world, task)


def stop(world: World, task: Task, reason: str, dismissal: Dismissal | None = None) -> ProcessGenerator:
    """Delete a pod: its endpoint goes and SIGTERM comes at once; after the grace it is killed."""
    if task.stage == Stage.CREATED:
        tasks.end(world, task, reason, dismissal)
        return
    was_target = task.is_registered
    task.stage = Stage.STOPPING
    world.balancer.deregister(task)
    if was_target and task.is_alive:
        note(world, Kind.TASK_DEACTIVATING, task, dismissal=dismissal)
        dismissal = None
    yield from agent.reachable(world, task)
    if task.is_alive:
        note(world, Kind.TASK_STOPPING, task, dismissal=dismissal)
        dismissal = None
        patience = world.scenario.services[task.service].stop_timeout_s
        if reason == spot_tasks.STOP_CODE:
            patience = min(patience, catalog.seconds("fargate.spot.warning"))
        yield world.env.timeout(min(world.scenario.assumptions.exit_s, patience))
        if task.is_alive:
            if task.row:
                world.plane.strike(task.service, task.row, is_silent=False)
            note(world, Kind.TASK_DEPROVISIONING, task)
    tasks.end(world, task, reason, dismissal)


def _goes_on(task: Task, life: int) -> bool:
    """Say whether a start may go on. A pod that died with its node is nobody's business until the node is missed, or back."""
    return task.is_counted and task.is_alive and task.life == life


def _pull(world: World, task: Task, life: int) -> ProcessGenerator:
    """Pull the image, in the node's queue; one that fails is tried again after a pause that doubles."""
    if not world.scenario.services[task.service].image_pulls:
        yield from _pull_in_vain(world, task, life)
        return
    if task.host == NONE:
        yield world.env.timeout(_pull_s(world, task))
        return
    host, image = world.cluster.hosts[task.host], versions.version_of(world, task).image
    if image in host.images:
        return
    if image not in host.arriving:
        busy_s = max(host.arriving.values(), default=0.0) if world.scenario.kubernetes.nodes.serial_pulls else 0.0
        host.arriving[image] = max(world.env.now, busy_s) + _pull_s(world, task)
    yield world.env.timeout(max(0.0, host.arriving[image] - world.env.now))
    if _goes_on(task, life):
        host.arriving.pop(image, None)
        host.images.add(image)


def _pull_in_vain(world: World, task: Task, life: int) -> ProcessGenerator:
    """Try and fail, each time after a longer pause (ErrImagePull, ImagePullBackOff)."""
    pause_s = catalog.seconds("k8s.kubelet", "backoff_first_s")
    while _goes_on(task, life):
        note(world, Kind.PULL_BACKED_OFF, task, value=pause_s)
        yield world.env.timeout(pause_s)
        pause_s = min(2 * pause_s, catalog.seconds("k8s.kubelet", "backoff_longest_s"))


def _pull_s(world: World, task: Task) -> float:
    assumed = world.scenario.assumptions
    mib_per_s = world.draw(assumed.pull_min_mib_per_s, assumed.pull_max_mib_per_s, "pull", task.number)
    return versions.version_of(world, task).image_mib / mib_per_s
