"""The agent's link: a host can fall silent while its containers go on. Nothing is lost, but nothing can be told to it.

What ECS believes then: the instance stays ACTIVE with its agent disconnected (facts `ecs.agent.terminate_disconnected`,
`ecs.agent.disconnected_no_new_tasks`), so nothing new is placed on it, and the service scheduler keeps counting on the
tasks that it holds: their targets still pass the load balancer's checks. A dead host looks the same to ECS at first; what
tells them apart are the failing checks and EC2's own. How long ECS waits before it gives a silent host's tasks up is
published nowhere (fact `ecs.agent.lost_host_replacement_time`): we let it wait for ever where only the link is cut.
`assumptions.silent_replaced` turns that round: then it replaces them as it does a dead host's, and until the agent is
back and can be told to stop them, the old containers run beside the new ones.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from engine import catalog
from engine.cluster import NONE, Host, Task
from engine.events import Kind

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.world import World


def cut(world: World, host: Host) -> None:
    """Cut the wire. A host that is still trying to reconnect goes on trying."""
    host.is_linked = False
    if host.is_connected:
        _fall_silent(world, host)
        if world.launch.is_kubernetes:
            world.nodes.fell_silent(host)
        else:
            world.env.process(_miss(world, host))
    else:
        world.log.note(world.env.now, Kind.AGENT_CUT, host=host.number, zone=host.zone)


def restore(world: World, host: Host) -> None:
    """Mend the wire. If nobody has missed the agent yet, it never left; else its next try gets through."""
    host.is_linked = True
    if world.launch.is_kubernetes:
        world.env.process(_renew(world, host, host.cuts))
    elif not host.is_missed:
        _come_back(world, host)


def _renew(world: World, host: Host, turn: int) -> ProcessGenerator:
    """Let a kubelet's next renewal of its lease get through (fact `k8s.node_lease`)."""
    every_s = world.scenario.kubernetes.nodes.lease_every_s
    yield world.env.timeout(world.draw(0, every_s, "renew", host.number, turn))
    if host.is_linked and _is_still_away(host, turn):
        yield from world.control_plane.up()
        _come_back(world, host)


def restart(world: World, host: Host) -> ProcessGenerator:
    """Update the agent: it says good-bye, restarts and comes back. The containers do not notice.

    A kubelet does not say good-bye: if it is back within the grace, nobody has missed it.
    """
    _fall_silent(world, host, "update")
    turn = host.cuts
    if world.launch.is_kubernetes:
        world.nodes.fell_silent(host)
    else:
        _close(world, host)
    yield world.env.timeout(world.scenario.assumptions.agent_restart_s)
    if world.launch.is_kubernetes and not host.is_linked:
        return
    if _is_still_away(host, turn):
        yield from _reconnect(world, host, turn)


def reachable(world: World, task: Task) -> ProcessGenerator:
    """Wait until the task's host can be told something; at once where it can, or where there is nobody to tell."""
    host = world.cluster.hosts[task.host] if task.host != NONE else None
    while host is not None and host.is_alive and not host.is_connected:
        if host.linked is None or host.linked.triggered:
            host.linked = world.env.event()
        yield host.linked


def forget_silence(host: Host) -> None:
    """End the wait of those who have something to tell: the host died, or boots anew with its link."""
    host.is_linked = host.is_connected = True
    host.is_missed = False
    host.cuts += 1
    if host.linked is not None and not host.linked.triggered:
        host.linked.succeed()


def _fall_silent(world: World, host: Host, reason: str = "") -> None:
    host.is_connected = False
    host.cuts += 1
    host.silent_s = world.env.now
    world.log.note(world.env.now, Kind.AGENT_CUT, host=host.number, zone=host.zone, reason=reason)


def _is_still_away(host: Host, turn: int) -> bool:
    return host.cuts == turn and not host.is_connected and host.is_alive and not host.is_gone


def _close(world: World, host: Host) -> None:
    """Place nothing more here (fact `ecs.agent.disconnected_no_new_tasks`)."""
    host.is_missed = True
    world.cluster.set_open(host, False)
    world.cluster.set_connected(host, False)


def _miss(world: World, host: Host) -> ProcessGenerator:
    """Notice that heartbeats stopped, on both sides of the wire; from then on the agent tries to reconnect.

    Source: facts `ecs.agent.acs_heartbeat_timeout`, `ecs.agent.acs_heartbeat_jitter`.
    """
    assumed, turn = world.scenario.assumptions, host.cuts
    yield world.env.timeout(
        world.draw(assumed.agent_missed_min_s, assumed.agent_missed_max_s, "agent", "cut", host.number, turn)
    )
    if not _is_still_away(host, turn):
        return
    _close(world, host)
    world.log.note(world.env.now, Kind.AGENT_MISSED, host=host.number, zone=host.zone)
    if assumed.silent_replaced:
        world.env.process(_give_up(world, host, turn))
    yield from _reconnect(world, host, turn)


def _reconnect(world: World, host: Host, turn: int) -> ProcessGenerator:
    """Try to connect, each time after a longer pause. The jitter adds to it. Source: fact `ecs.agent.acs_backoff`."""
    wait_s = catalog.seconds("ecs.agent.acs_backoff", "min_ms")
    longest_s = catalog.seconds("ecs.agent.acs_backoff", "max_s")
    jitter = catalog.number("ecs.agent.acs_backoff", "jitter")
    for attempt in count():
        if host.is_linked:
            _come_back(world, host)
            return
        pause_s = wait_s * (1 + world.draw(0, jitter, "retry", host.number, turn, attempt))
        world.log.note(world.env.now, Kind.AGENT_RETRIED, host=host.number, zone=host.zone, value=pause_s)
        yield world.env.timeout(pause_s)
        if not _is_still_away(host, turn):
            return
        wait_s = min(longest_s, wait_s * catalog.number("ecs.agent.acs_backoff", "multiplier"))


def _come_back(world: World, host: Host) -> None:
    """Let the agent hear what it missed, and the host take tasks again."""
    now = world.env.now
    forget_silence(host)
    world.cluster.set_connected(host, True)
    world.log.note(now, Kind.AGENT_BACK, host=host.number, zone=host.zone, value=now - host.silent_s)
    world.fleet.reopen(host)


def _give_up(world: World, host: Host, turn: int) -> ProcessGenerator:
    """Replace what is alive and only cannot be heard: the assumption that makes duplicates."""
    yield world.env.timeout(world.scenario.assumptions.lost_host_s)
    if _is_still_away(host, turn):
        for number in sorted(host.tasks):
            task = world.cluster.tasks[number]
            world.schedulers[task.service].give_up(task, "agent silent")
