"""The life of a task, from "wanted" to "stopped", in ECS's order of states (fact `ecs.task.lifecycle_order`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import catalog
from engine.cluster import NONE, Stage, Task
from engine.control import agent, spot_tasks, versions
from engine.events import Kind
from engine.placement import Dismissal

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.world import World


def note(
    world: World,
    kind: Kind,
    task: Task,
    value: float = float("nan"),
    reason: str = "",
    dismissal: Dismissal | None = None,
) -> None:
    """Write a task's event down, with where it is."""
    world.log.note(
        world.env.now, kind, service=task.service, task=task.number, host=task.host, zone=task.zone, value=value,
        reason=reason, dismissal=dismissal,
    )  # fmt: skip


def note_created(world: World, task: Task, reason: str = "") -> None:
    """Write a task's beginning down, with its version where a roll-out brought one."""
    note(world, Kind.TASK_CREATED, task, value=task.version or float("nan"), reason=reason)


def live(world: World, task: Task, *, is_created: bool = False) -> ProcessGenerator:
    """Start a task: wait for a launch, find room, provision, pull, start, register."""
    env, launch = world.env, world.launch
    if not is_created:
        note_created(world, task)
    yield env.timeout(world.fleet.launch_delay_s())
    if not task.is_counted:
        return
    if launch.has_hosts:
        # Room may have come while the launch had to wait.
        if task.host == NONE and not world.fleet.place(task):
            task.room = env.event()
            yield task.room
            if not task.is_counted:
                return
    elif not world.fleet.place_in_zone(task):
        failed_to_start(world, task)
        return
    task.stage = Stage.STARTING
    yield from agent.reachable(world, task)
    yield env.timeout(world.draw(launch.provision_min_s, launch.provision_max_s, "provision", task.number))
    if not _goes_on(world, task):
        return
    note(world, Kind.TASK_PENDING, task)
    pull_s = _pull_s(world, task)
    yield env.timeout(pull_s)
    yield from agent.reachable(world, task)
    if not _goes_on(world, task):
        return
    if not world.scenario.services[task.service].image_pulls:
        failed_to_start(world, task)
        return
    if task.host != NONE and launch.keeps_images:
        world.cluster.hosts[task.host].images.add(versions.version_of(world, task).image)
    note(world, Kind.TASK_PULLED, task, value=pull_s)
    yield env.timeout(world.scenario.assumptions.container_s)
    yield from agent.reachable(world, task)
    if _goes_on(world, task):
        run(world, task)


def run(world: World, task: Task, *, is_warm: bool = False) -> None:
    """Register the target of a container that runs now. A warm task serves already."""
    now = world.env.now
    note(world, Kind.TASK_ACTIVATING, task)
    note(world, Kind.TASK_RUNNING, task)
    task.stage = Stage.STARTING
    task.running_s = now
    if world.cluster.is_standalone(task):  # no load balancer knows it, and no service waits for it
        if task.lasts_s < float("inf"):
            world.env.process(exit_of_itself(world, task))
        return
    version = versions.version_of(world, task)
    task.answers_s = now if is_warm else now + version.start_s
    if version.fails:
        task.answers_s = float("inf")
    world.schedulers[task.service].started()
    world.balancer.register(task, is_healthy=is_warm)
    if world.launch.is_spot and world.scenario.assumptions.spot_tasks_per_h:
        world.env.process(spot_tasks.live_on_spot(world, task))


def exit_of_itself(world: World, task: Task) -> ProcessGenerator:
    """Let a stand-alone task end of itself."""
    yield world.env.timeout(task.lasts_s)
    if task.is_counted and task.is_alive:
        world.cluster.uncount(task)
        note(world, Kind.TASK_DEPROVISIONING, task)
        end(world, task, "EssentialContainerExited")


def failed_to_start(world: World, task: Task) -> None:
    """Give a start up: a service tries again, a stand-alone task is over."""
    if world.cluster.is_standalone(task):
        world.cluster.uncount(task)
        end(world, task, "TaskFailedToStart")
    else:
        world.schedulers[task.service].failed_to_start(task)


def _goes_on(world: World, task: Task) -> bool:
    """Say whether a starting task may go on: it may have been stopped, or its host or zone may be dead.

    A dead one is not gone for the scheduler yet. Where the platform itself failed to start it, it says so.
    """
    if not task.is_counted:
        return False
    if task.is_alive and not _place_is_up(world, task):
        task.is_alive = False
        note(world, Kind.TASK_LOST, task)
        if not world.launch.has_hosts:
            failed_to_start(world, task)
    return task.is_alive


def _place_is_up(world: World, task: Task) -> bool:
    """Say whether the task's host, or its zone where nobody sees a host, is alive."""
    if task.host != NONE:
        return world.cluster.hosts[task.host].is_alive
    return world.cluster.zone_is_up[task.zone]


def _pull_s(world: World, task: Task) -> float:
    """Work out how long the pull takes; a host that holds the image needs none.

    Source: facts `fargate.no_image_cache`, `ecs.agent.image_pull_behavior`.
    """
    version = versions.version_of(world, task)
    if task.host != NONE and version.image in world.cluster.hosts[task.host].images:
        return 0.0
    assumed = world.scenario.assumptions
    return version.image_mib / world.draw(assumed.pull_min_mib_per_s, assumed.pull_max_mib_per_s, "pull", task.number)


def stop(world: World, task: Task, reason: str, dismissal: Dismissal | None = None) -> ProcessGenerator:
    """Stop a task as ECS does: deregister, let it finish, SIGTERM, stopped. The dead need none of it.

    One whose Spot capacity is wanted back is not left to finish: its SIGTERM comes at once. A host whose agent is silent
    cannot be told: the container runs on, without traffic, until it can.
    dismissal: why this task, where it was chosen among others; the first event of its end keeps it.
    """
    env = world.env
    if task.stage == Stage.CREATED:
        end(world, task, reason, dismissal)
        return
    was_target = task.is_registered
    task.stage = Stage.STOPPING
    world.balancer.deregister(task)
    if was_target and task.is_alive:
        note(world, Kind.TASK_DEACTIVATING, task, dismissal=dismissal)
        dismissal = None
        if reason != spot_tasks.STOP_CODE:
            yield env.timeout(world.scenario.balancer.deregistration_delay_s)
    yield from agent.reachable(world, task)
    if task.is_alive:
        note(world, Kind.TASK_STOPPING, task, dismissal=dismissal)
        dismissal = None
        patience = world.scenario.services[task.service].stop_timeout_s
        if reason == spot_tasks.STOP_CODE:
            patience = min(patience, catalog.seconds("fargate.spot.warning"))
        yield env.timeout(min(world.scenario.assumptions.exit_s, patience))
        if task.is_alive:
            if task.row:
                world.plane.strike(task.service, task.row, is_silent=False)
            note(world, Kind.TASK_DEPROVISIONING, task)
    end(world, task, reason, dismissal)


def bury(world: World, task: Task, reason: str) -> None:
    """End a dead task: there is nothing to wait for."""
    world.balancer.deregister(task)
    end(world, task, reason)


def end(world: World, task: Task, reason: str, dismissal: Dismissal | None = None) -> None:
    """Close a task's books. Room on a host that does not answer stays taken until the host is gone or back."""
    if task.stage == Stage.STOPPED:
        return
    task.stage = Stage.STOPPED
    note(world, Kind.TASK_STOPPED, task, reason=reason, dismissal=dismissal)
    host = world.cluster.hosts[task.host] if task.host != NONE else None
    if host is None or host.is_alive:
        world.cluster.release(task)
        world.fleet.place_waiting()
    else:
        world.cluster.uncount(task)
        task.is_alive = False
    world.nodes.pod_ended(task)
    world.fleet.left(host)
    world.schedulers[task.service].poke()
    if host is not None and host.is_draining:
        for scheduler in world.schedulers:
            scheduler.host_emptied()


def lose(world: World, task: Task, *, is_silent: bool = True) -> None:
    """Let a task die with its host or zone. Nobody knows yet; its clients wait in vain, unless it says good-bye."""
    if not task.is_alive or task.stage == Stage.STOPPED:
        return
    task.is_alive = False
    if task.stage == Stage.CREATED:
        return
    note(world, Kind.TASK_LOST, task)
    if task.row:
        world.plane.strike(task.service, task.row, is_silent=is_silent)
        world.balancer.went_dark(task)
    if world.launch.is_kubernetes:
        world.nodes.pod_lost(task)
    elif not world.launch.has_hosts:
        world.env.process(_miss(world, task))


def _miss(world: World, task: Task) -> ProcessGenerator:
    """Notice at last that a task on nobody's host is gone, if no health check has seen it first."""
    assumed = world.scenario.assumptions
    silent_s = world.draw(assumed.agent_missed_min_s, assumed.agent_missed_max_s, "agent", "task", task.number)
    yield world.env.timeout(silent_s + assumed.lost_host_s)
    if world.cluster.is_standalone(task):
        bury(world, task, "InfrastructureHealth")
        world.cluster.release(task)
    else:
        world.schedulers[task.service].give_up(task, "host lost")
