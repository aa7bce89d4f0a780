"""The patch treadmill: a release lands, and hosts (or tasks) that run the old one have to go.

Who does it is the launch type. Hosts that you own: you, batch by batch. Managed Instances: AWS, when each host's days are
over (engine/control/managed.py). Fargate: AWS retires the tasks, days after its notice.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simpy import AllOf, AnyOf

from engine.cluster import NONE, Host, Stage, Task
from engine.control import agent, eviction
from engine.events import Kind
from engine.scaling import fewest_tasks, most_tasks

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine import operations as ops
    from engine.world import World

DAY_S = 86_400


def begin(world: World, o: ops.Patch) -> str:
    """Start what a release asks for; return why there is nothing to do, if there is."""
    if o.what == "agent" and world.launch.hosts != "owned":
        return "AWS updates the agent together with its host: there is none of yours"
    if o.what == "agent":
        world.env.process(_update_agents(world, o))
    elif world.launch.hosts == "per-task":
        world.env.process(_retire(world, o))
    else:
        world.fleet.release += 1
        act = _wait_for_aws if world.fleet.is_kept_for_you else _treadmill
        world.env.process(act(world, o, world.fleet.release))
    return ""


# --- hosts that you own ----------------------------------------------------------------------------------------------


def _treadmill(world: World, o: ops.Patch, release: int) -> ProcessGenerator:
    """Replace the hosts that run an older AMI, batch by batch. A newer release takes the belt over."""
    began_s, left = world.env.now, old_hosts(world, release)
    world.log.note(began_s, Kind.PATCH_STARTED, value=len(left), reason=o.what)
    size = _batch(o, len(left))
    while left:
        world.log.note(world.env.now, Kind.PATCH_BATCH_STARTED, value=min(size, len(left)))
        yield from _replace(world, left[:size], o)
        left = old_hosts(world, release)
        if world.fleet.release != release:
            return
        if left and o.pause_s:
            yield world.env.timeout(o.pause_s)
            left = old_hosts(world, release)
    world.log.note(world.env.now, Kind.PATCH_DONE, value=world.env.now - began_s, reason=o.what)


def _batch(o: ops.Patch, hosts: int) -> int:
    return max(1, math.ceil(hosts * o.percent_at_once / 100)) if o.percent_at_once else o.hosts_at_once


def old_hosts(world: World, release: int) -> list[Host]:
    """List the living hosts that run an older release; a dead one is not patched but replaced, or stays dead."""
    hosts = world.cluster.hosts
    return [h for h in hosts if h.release < release and not h.is_gone and (h.is_alive or _is_coming(h))]


def _is_coming(host: Host) -> bool:
    """Say whether a host still boots, and did not die meanwhile."""
    return host.is_booting and not host.is_gone and host.boots_in == host.losses


def arrival(world: World, host: Host, losses: int) -> ProcessGenerator:
    """Wait until a host on its way is ready, or is known never to be."""
    while not host.is_alive and not host.is_gone and host.losses == losses:
        yield world.fleet.changes.of(host)


def _replace(world: World, batch: list[Host], o: ops.Patch) -> ProcessGenerator:
    """Put new hosts in the place of a batch, before it drains or after it has gone."""
    if o.launch_first:
        yield from _launch(world, batch)
    yield AllOf(world.env, [world.env.process(_leave(world, host, o)) for host in batch])
    if not o.launch_first:
        yield from _launch(world, batch)


def _launch(world: World, batch: list[Host]) -> ProcessGenerator:
    """Order one host for each of the batch, in its zone if that is up, and wait until they are there."""
    for host in [world.fleet.order_like(host) for host in batch]:
        yield from arrival(world, host, 0)


def _leave(world: World, host: Host, o: ops.Patch) -> ProcessGenerator:
    """Drain a host and end it once it is empty; one that died meanwhile is not ours to end."""
    yield from arrival(world, host, host.losses)
    if host.is_alive and not host.is_draining:
        world.fleet.drain(host)
    yield from watch_drain(world, host, gives_up=o.force)
    if host.is_alive and not host.is_gone:
        world.fleet.end(host, "patched")


def watch_drain(world: World, host: Host, *, gives_up: bool = False) -> ProcessGenerator:
    """Wait until a draining host is empty, dead or gone; write down what holds it up. gives_up: then stop waiting."""
    env, said = world.env, ""
    while not world.fleet.is_emptied(host) and host.is_alive and not host.is_gone:
        patience = env.timeout(world.scenario.assumptions.stuck_after_s)
        yield AnyOf(env, [world.fleet.changes.of(host), patience])
        if not patience.processed or world.fleet.is_emptied(
            host
        ):  # the last one may leave at the very moment at which patience ends
            continue
        reason = _what_holds([world.cluster.tasks[n] for n in sorted(host.tasks)], world)
        if reason != said:
            said = reason
            left = len(host.tasks)
            world.log.note(env.now, Kind.PATCH_STUCK, host=host.number, zone=host.zone, reason=reason, value=left)
        if gives_up:
            return


def _what_holds(left: list[Task], world: World) -> str:
    """Name what keeps a host's last tasks there, in a word: the first of these that is true.

    "agent-silent": nobody can tell it to stop them. "healthy-percent": the service may neither start one more nor stop
    one. "disruption-budget": a PodDisruptionBudget spares even pods that are all ready. "no-room: <why>": the replacement
    finds no host. "not-healthy": replacements do not pass their checks. "stopping": they take their time.
    """
    host = world.cluster.hosts[left[0].host] if left[0].host != NONE else None
    if host is not None and not host.is_connected:
        return "agent-silent"
    held = [task for task in left if task.is_counted]
    if not held:
        return "stopping"
    scheduler = world.schedulers[held[0].service]
    settings, counted = scheduler.settings, scheduler.counted.values()
    refused = [task.refused for task in counted if task.stage == Stage.CREATED and task.refusal]
    if refused:
        # That draining hosts are closed goes without saying: name what the open ones lack.
        why = {name: n for name, n in refused[0].items() if name != "closed"} or refused[0]
        return f"no-room: {max(why, key=lambda name: why[name]) if why else 'no-hosts'}"
    if world.launch.is_kubernetes:
        all_ready = all(eviction.is_ready(world, task) for task in counted)
        return "disruption-budget" if all_ready else "not-healthy"
    most = max(scheduler.desired, most_tasks(scheduler.desired, settings.max_percent))
    least = fewest_tasks(scheduler.desired, settings.min_healthy_percent)
    healthy = sum(task.is_healthy for task in counted)
    if len(counted) >= most and healthy - 1 < least and all(task.is_healthy for task in counted):
        return "healthy-percent"
    return "not-healthy"


# --- the agent alone -------------------------------------------------------------------------------------------------


def _update_agents(world: World, o: ops.Patch) -> ProcessGenerator:
    """Restart the hosts' agents, batch by batch. Containers go on; a host takes no new task meanwhile."""
    began_s = world.env.now
    left = [host for host in world.cluster.hosts if host.is_alive and not host.is_gone]
    world.log.note(began_s, Kind.PATCH_STARTED, value=len(left), reason=o.what)
    size = _batch(o, len(left))
    for first in range(0, len(left), size):
        batch = [host for host in left[first : first + size] if host.is_alive and not host.is_gone]
        if first and o.pause_s:
            yield world.env.timeout(o.pause_s)
        world.log.note(world.env.now, Kind.PATCH_BATCH_STARTED, value=len(batch))
        yield AllOf(world.env, [world.env.process(_update(world, host)) for host in batch])
    world.log.note(world.env.now, Kind.PATCH_DONE, value=world.env.now - began_s, reason=o.what)


def _update(world: World, host: Host) -> ProcessGenerator:
    """Restart one agent; one that is silent already has to be back first."""
    if not host.is_connected:
        reason = "agent-silent"
        world.log.note(world.env.now, Kind.PATCH_STUCK, host=host.number, zone=host.zone, reason=reason)
    while host.is_alive and not host.is_gone and not host.is_connected:
        yield world.fleet.changes.of(host)
    if host.is_alive and not host.is_gone:
        yield from agent.restart(world, host)
        if host.is_alive and not host.is_gone:
            world.log.note(world.env.now, Kind.HOST_PATCHED, host=host.number, zone=host.zone, reason="agent")


# --- AWS does it -----------------------------------------------------------------------------------------------------


def _wait_for_aws(world: World, o: ops.Patch, release: int) -> ProcessGenerator:
    """Watch AWS renew each host when its days are over (fact `ecs.mi.lifetime`)."""
    began_s, left = world.env.now, old_hosts(world, release)
    world.log.note(began_s, Kind.PATCH_STARTED, value=len(left), reason=o.what)
    while left:
        yield world.fleet.changes.of(left[0])
        left = old_hosts(world, release)
    if world.fleet.release == release:
        world.log.note(world.env.now, Kind.PATCH_DONE, value=world.env.now - began_s, reason=o.what)


def _retire(world: World, o: ops.Patch) -> ProcessGenerator:
    """Let Fargate retire what runs now, days after its notice: the scheduler moves it as it would off a draining host.

    Source: facts `fargate.retirement.wait_default`, `fargate.retirement.service_tasks`. What was replaced meanwhile
    (a deployment of your own) runs on the new revision already.
    """
    env, began_s = world.env, world.env.now
    old = [task for scheduler in world.schedulers for task in scheduler.counted.values() if task.stage != Stage.CREATED]
    world.log.note(began_s, Kind.PATCH_STARTED, value=len(old), reason=o.what)
    yield env.timeout(o.wait_days * DAY_S)
    old = [task for task in old if task.is_counted and task.is_alive]
    for task in old:
        task.is_retired = True
        world.log.note(env.now, Kind.TASK_RETIRED, service=task.service, task=task.number, zone=task.zone)
    for scheduler in world.schedulers:
        scheduler.poke()
    said = ""
    while old := [task for task in old if task.stage != Stage.STOPPED]:
        patience = env.timeout(world.scenario.assumptions.stuck_after_s)
        yield AnyOf(env, [world.fleet.changes.of(None), patience])
        if patience.processed and (reason := _what_holds(old, world)) != said:
            said = reason
            world.log.note(env.now, Kind.PATCH_STUCK, reason=reason, value=len(old))
    world.log.note(env.now, Kind.PATCH_DONE, value=env.now - began_s, reason=o.what)
