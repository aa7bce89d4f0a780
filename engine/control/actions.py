"""Operations, carried out at their moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import operations as ops
from engine.cluster import Host
from engine.control import agent, functions, module_faults, node_update, patching, spot_tasks, standalone, tasks
from engine.events import Kind

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.world import World


def perform(world: World) -> ProcessGenerator:
    """Carry the scenario's operations out, each at its time, equal times in the file's order."""
    env = world.env
    todo = sorted(enumerate(world.scenario.operations), key=lambda pair: pair[1].at_s)
    for number, operation in todo:
        yield env.timeout(max(0.0, operation.at_s - env.now))
        while (
            env.now < operation.at_s
        ):  # a sum of floats may fall short of it by a hair: nothing is done before its time
            yield env.timeout(operation.at_s - env.now)
        is_deaf = operation.do in THROUGH_THE_API and not world.control_plane.is_up
        refusal = "the API server does not answer" if is_deaf else ACTIONS[operation.do](world, operation)
        if refusal:
            world.log.note(env.now, Kind.OPERATION_IGNORED, reason=refusal, value=number)


def _fail_zone(world: World, o: ops.FailZone) -> str:
    zone = _zone(world, o.zone)
    cluster = world.cluster
    if not cluster.zone_is_up[zone]:
        return "the zone is lost already"
    cluster.zone_is_up[zone] = False
    cluster.zone_losses[zone] += 1
    world.log.note(world.env.now, Kind.ZONE_FAILED, zone=zone)
    world.balancer.front_died(zone)
    for host in [host for host in cluster.hosts if host.zone == zone]:
        world.fleet.fail(host)
    for task in [task for task in cluster.tasks.values() if task.zone == zone and task.is_alive]:
        tasks.lose(world, task)
    if world.launch.is_function:
        functions.plane(world).lose_zone(zone)
    world.env.process(_notice_zone(world, zone))
    return ""


def _notice_zone(world: World, zone: int) -> ProcessGenerator:
    """Let AWS find out about a zone, after a while that nobody publishes."""
    losses = world.cluster.zone_losses[zone]
    yield world.env.timeout(world.scenario.assumptions.zone_noticed_s)
    if world.cluster.zone_losses[zone] == losses:
        world.cluster.zone_is_usable[zone] = world.cluster.zone_is_up[zone]
        if world.launch.is_function and not world.cluster.zone_is_up[zone]:
            functions.zone_noticed(world, zone)


def _impair_zone(world: World, o: ops.ImpairZone) -> str:
    zone = _zone(world, o.zone)
    world.balancer.impair(zone, o.latency_ms / 1000, o.loss)
    world.log.note(world.env.now, Kind.ZONE_IMPAIRED, zone=zone, value=o.loss, reason=f"{o.latency_ms:g} ms")
    return ""


def _restore_zone(world: World, o: ops.RestoreZone) -> str:
    zone = _zone(world, o.zone)
    cluster = world.cluster
    world.balancer.impair(zone, 0.0, 0.0)
    world.log.note(world.env.now, Kind.ZONE_RESTORED, zone=zone)
    if not cluster.zone_is_up[zone]:
        cluster.zone_is_up[zone] = True
        cluster.zone_is_usable[zone] = True
        world.balancer.front_returned(zone)
        if world.launch.has_hosts:
            world.fleet.power_returned(zone)
        elif world.launch.is_function:
            functions.plane(world).regain_zone(zone)
    return ""


def _zonal_shift(world: World, o: ops.ZonalShift) -> str:
    world.env.process(world.balancer.shift_away(_zone(world, o.zone), o.for_s))
    return ""


def _fail_host(world: World, o: ops.FailHost) -> str:
    host = _host(world, o.host)
    if host is None:
        return f"there is no host {o.host}"
    if host.is_ready and not host.is_alive:
        return f"host {o.host} is dead already"
    world.fleet.fail(host)
    return ""


def _drain_host(world: World, o: ops.DrainHost) -> str:
    host = _host(world, o.host)
    if host is None:
        return f"there is no host {o.host}"
    if host.is_draining:
        return f"host {o.host} drains already"
    world.fleet.drain(host)
    return ""


def _interrupt_spot(world: World, o: ops.InterruptSpot) -> str:
    """Give notice to one host, or to some drawn by lot."""
    spot = world.capacity.spot_hosts(o.provider)
    if o.host is not None:
        spot = [host for host in spot if host.name == o.host]
        if not spot:
            return f"{o.host} is no Spot host that could be taken back"
    if not spot:
        return "there is no Spot host to take back"
    n = math.ceil(o.share * len(spot)) if o.share is not None else o.hosts or 1
    for host in world.capacity.draw_lots(spot, n):
        world.capacity.interrupt(host)
    return ""


def _cut_agent(world: World, o: ops.CutAgent) -> str:
    host = _host(world, o.host)
    if host is None:
        return f"there is no host {o.host}"
    if not host.is_alive:
        return f"host {o.host} does not run"
    if not host.is_linked:
        return f"the agent of host {o.host} is cut off already"
    agent.cut(world, host)
    return ""


def _restore_agent(world: World, o: ops.RestoreAgent) -> str:
    host = _host(world, o.host)
    if host is None:
        return f"there is no host {o.host}"
    if host.is_linked:
        return f"the link of host {o.host} is well"
    agent.restore(world, host)
    return ""


def _patch(world: World, o: ops.Patch) -> str:
    if world.launch.is_function:
        return "nothing under a function is yours to patch"
    return patching.begin(world, o)


def _update_nodes(world: World, o: ops.UpdateNodes) -> str:
    return node_update.begin(world, o)


def _interrupt_spot_tasks(world: World, o: ops.InterruptSpotTasks) -> str:
    if not world.launch.is_spot:
        return "no task runs on Fargate Spot"
    spot_tasks.interrupt(world, o.at_s, o.share, o.for_s)
    return ""


def _stop_task(world: World, o: ops.StopTask) -> str:
    task = world.cluster.tasks.get(o.task)
    if task is None or not task.is_counted:
        return f"there is no task {o.task} to stop"
    if world.cluster.is_standalone(task):
        standalone.stop_by_hand(world, task)
    else:
        world.schedulers[task.service].stop_by_hand(task)
    return ""


def _run_tasks(world: World, o: ops.RunTasks) -> str:
    if world.launch.is_function:
        return "Lambda runs no tasks"
    return standalone.run_tasks(world, o)


def _set_desired(world: World, o: ops.SetDesired) -> str:
    names = [service.name for service in world.scenario.services]
    service = names.index(o.service) if o.service else 0
    if world.launch.is_function:
        return f"{names[service]} is a function: it has an environment for each request, and no number to set"
    if world.scenario.services[service].kind == "daemon":
        return f"{names[service]} is a daemon: it has as many tasks as there are hosts"
    world.schedulers[service].set_desired(o.desired, "operation")
    return ""


def _deploy(world: World, o: ops.Deploy) -> str:
    names = [service.name for service in world.scenario.services]
    return world.schedulers[names.index(o.service) if o.service else 0].deploy(o)


def _change_traffic(world: World, o: ops.ChangeTraffic) -> str:
    """Only say so: the arrivals were cut to it before the run began."""
    names = [service.name for service in world.scenario.services]
    service = names.index(o.service) if o.service else -1
    world.log.note(world.env.now, Kind.TRAFFIC_CHANGED, service=service, value=o.factor)
    return ""


def _break_module(world: World, o: ops.BreakModule) -> str:
    module = world.scenario.application.index(o.module)
    world.harms[module] = world.harms.get(module, 0) + 1
    world.plane.harm(module, o.slow_x, o.errors)
    service = module_faults.service_of(world, o.module)
    world.log.note(world.env.now, Kind.MODULE_HARMED, service=service, reason=o.module, value=o.slow_x)
    if o.for_s is not None:
        world.env.process(_mend_module(world, module, o.for_s))
    return ""


def _mend_module(world: World, module: int, for_s: float) -> ProcessGenerator:
    """Mend a module, unless it was harmed anew meanwhile."""
    turn = world.harms[module]
    yield world.env.timeout(for_s)
    if world.harms[module] == turn:
        world.plane.harm(module, 1.0, 0.0)
        name = world.scenario.application.modules[module].name
        service = module_faults.service_of(world, name)
        world.log.note(world.env.now, Kind.MODULE_MENDED, service=service, reason=name)


def _control_plane(world: World, o: ops.FailControlPlane | ops.KillMember | ops.RestartMember) -> str:  # noqa: ARG001
    """Only say where there is none to harm: what it does was reckoned before the run began (`engine.consensus.outages`)."""
    if not world.launch.is_kubernetes:
        whose = "Lambda's" if world.launch.is_function else "ECS's"
        return f"{whose} control plane is AWS's: there are no members to kill"
    return ""


def _zone(world: World, letter: str) -> int:
    return world.scenario.zone_letters.index(letter)


def _host(world: World, name: str) -> Host | None:
    """Find a host that is still there by its name on the map."""
    return next((host for host in world.cluster.hosts if host.name == name and not host.is_gone), None)


# What a person asks the control plane for: without it nobody hears it.
THROUGH_THE_API = {"drain-host", "patch", "update-nodes", "stop-task", "run-tasks", "set-desired", "deploy"}
ACTIONS: dict[str, Callable[[World, Any], str]] = {
    "fail-zone": _fail_zone,
    "impair-zone": _impair_zone,
    "restore-zone": _restore_zone,
    "zonal-shift": _zonal_shift,
    "fail-host": _fail_host,
    "drain-host": _drain_host,
    "interrupt-spot": _interrupt_spot,
    "cut-agent": _cut_agent,
    "restore-agent": _restore_agent,
    "patch": _patch,
    "update-nodes": _update_nodes,
    "interrupt-spot-tasks": _interrupt_spot_tasks,
    "stop-task": _stop_task,
    "run-tasks": _run_tasks,
    "fail-control-plane": _control_plane,
    "kill-member": _control_plane,
    "restart-member": _control_plane,
    "set-desired": _set_desired,
    "deploy": _deploy,
    "change-traffic": _change_traffic,
    "break-module": _break_module,
    "leak-module": module_faults.leak,
    "crash-module": module_faults.crash,
}
