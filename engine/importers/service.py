"""From a task definition to a service of a scenario, which then runs like any other."""

from __future__ import annotations

import math
import re
from typing import Any

from engine import catalog
from engine.checks import MAX_HOSTS
from engine.errors import Problem, ScenarioError
from engine.importers.definition import Definition, each
from engine.importers.findings import Unknown
from engine.importers.rules import refusals
from engine.placement.pools import room_for
from engine.scenario import Scenario, Service

_LONGEST_NAME = 32


def service_of(definition: Definition, launch_type: str = "ecs-ec2") -> Service:
    """Make the service: its task's size, network mode, the ports it takes on a host, its constraints, and a name.

    Where a template around it says how many tasks there are, how they are kept and scaled, that comes along.

    Without a task size, CPU is the sum of the containers' and memory what placement counts; a task that asks for no CPU is
    simulated with one unit, the least there is. Raises ScenarioError where a size stays open or does not exist.
    """
    return Service.model_validate(_checked(definition, launch_type))


def scenario_of(definition: Definition, launch_type: str, base: Scenario | None = None) -> Scenario:
    """Make a scenario that runs the definition: hosts that hold its task, and enough of them for the tasks wanted.

    What the file does not say, such as the work of a request, is that of `base`'s first service, and everything else (zones,
    traffic, what is done) is `base`'s, the usual scenario where there is none. Kinds of hosts that `base` has stay.
    Raises ScenarioError with every reason where the launch type refuses it.
    """
    service = _checked(definition, launch_type)
    base = base or Scenario()
    plain = base.model_dump(mode="json")
    usual, fleet = plain["services"][0], _fleet(definition, service)
    fleet = {} if base.fleet.groups else fleet | {"hosts": max(fleet.get("hosts", 0), base.fleet.hosts)}
    deployment = usual["deployment"] | service.get("deployment", {})
    return Scenario.of(
        plain
        | {
            "name": service["name"],
            "launch_type": launch_type,
            "services": [usual | service | {"deployment": deployment}],
            "operations": [one for one in plain["operations"] if one.get("service") in {None, "", service["name"]}],
            "fleet": plain["fleet"] | fleet,
            "balancer": plain["balancer"] | definition.stack.balancer,
        }
    )


def _checked(definition: Definition, launch_type: str) -> dict[str, Any]:
    """Give the service as plain data that `Service` accepts, or every problem."""
    problems = [
        Problem(finding.code, finding.where or "the definition as it stands", finding.mend(), finding.label())
        for finding in refusals(definition, launch_type)
    ]
    for name, size in (("cpu", definition.task_cpu_units), ("memory", definition.task_memory_mib)):
        if isinstance(size, Unknown):
            problems.append(Problem(name, size.says, "a number", "the file leaves the task's size open"))
    memory = definition.reserved_memory_mib if definition.task_memory_mib is None else definition.task_memory_mib
    if memory == 0:
        problems.append(Problem("memory", "nothing", "MiB", "the task names no memory that could be placed"))
    if problems:
        raise ScenarioError(problems)
    service = {
        "name": _name(definition),
        "cpu_units": definition.task_cpu_units or definition.cpu_units or 1,
        "memory_mib": memory,
        "network_mode": _network_mode(definition, launch_type),
        "host_ports": _host_ports(definition, launch_type, "tcp"),
        "udp_ports": _host_ports(definition, launch_type, "udp"),
        "constraints": _constraints(definition, launch_type),
        **definition.stack.service,
        **_stop(definition),
    }
    Scenario.of({"services": [service], "fleet": _fleet(definition, service)})  # says what is out of range, all at once
    return service


def _stop(definition: Definition) -> dict[str, Any]:
    """Give the time between SIGTERM and SIGKILL, the longest of its containers', where the file says one."""
    waits = [wait for c in definition.containers if isinstance(wait := c.tree.get("stopTimeout"), int)]
    return {"stop_timeout_s": max(waits)} if waits else {}


def _name(definition: Definition) -> str:
    """Call it by its family, else by the image of its first essential container.

    A service's name is lower-case letters, digits and hyphens here.
    """
    image = next((c.image for c in definition.containers if c.is_essential and c.image), "")
    for text in (definition.family or "", re.split(r"[:@]", image.rsplit("/", 1)[-1], maxsplit=1)[0]):
        plain = re.sub(r"[^a-z0-9]+", "-", re.sub(r"\$\{[^}]*\}", "", text[:200]).lower()).strip("-")
        plain = plain.lstrip("0123456789-")[:_LONGEST_NAME].strip("-")
        if plain:
            return plain
    return "imported"


def _network_mode(definition: Definition, launch_type: str) -> str:
    """Give the mode that counts there; host mode without ports, or none, takes as much of a host as bridge: nothing."""
    mode = definition.network_mode
    if mode == "awsvpc" or (launch_type != "ecs-ec2" and mode is None):
        return "awsvpc"
    return (
        "host"
        if mode == "host" and any(isinstance(p.number, int) for c in definition.containers for p in c.ports)
        else "bridge"
    )


def _host_ports(definition: Definition, launch_type: str, protocol: str) -> list[int]:
    """Give the ports that a task takes on its host for itself alone: fixed ones in bridge mode, all in host mode."""
    if launch_type.startswith("ecs-fargate"):
        return []
    ports = [port for c in definition.containers for port in c.ports if port.protocol == protocol]
    if definition.network_mode == "host":
        return list(dict.fromkeys(port.number for port in ports if isinstance(port.number, int)))
    if definition.network_mode in {None, "bridge"}:
        return list(dict.fromkeys(port.host for port in ports if port.host))
    return []


def _constraints(definition: Definition, launch_type: str) -> list[str]:
    """Give the task's own placement constraints, where there are hosts to choose from; an open one is left out."""
    if launch_type.startswith("ecs-fargate"):
        return []
    expressions = (c.get("expression") for c in each(definition.tree, "placementConstraints"))
    return [f"memberOf({text})" for text in expressions if isinstance(text, str) and text]


def _fleet(definition: Definition, service: dict[str, Any]) -> dict[str, Any]:
    """Choose hosts: the usual ones where they hold the task, else the smallest that do; as many as the tasks need."""
    plain = Scenario()
    fleet, desired = plain.fleet, int(service.get("desired", Service().desired))
    platform = definition.tree.get("runtimePlatform")
    arch = "arm64" if isinstance(platform, dict) and platform.get("cpuArchitecture") == "ARM64" else "amd64"

    cpu, memory = int(service["cpu_units"]), int(service["memory_mib"])

    def fits(name: str) -> int:
        room = room_for(plain, name)
        tasks = min(room.cpu_units // cpu, room.memory_mib // memory)
        if service["network_mode"] == "awsvpc":
            tasks = min(tasks, room.enis)
        return min(tasks, 1) if service["host_ports"] or service["udp_ports"] else tasks

    usual = catalog.instance_type(fleet.instance_type)
    others = [host for host in catalog.instance_types().values() if host.arch == arch]
    others.sort(key=lambda host: (host.vcpu, host.memory_mib, host.usd_per_hour))
    names = [*([usual.name] if usual.arch == arch else []), *(host.name for host in others)]
    for name in names:
        if tasks := fits(name):
            hosts = min(MAX_HOSTS, max(fleet.hosts, math.ceil(desired / tasks)))
            return {"instance_type": name, "hosts": hosts}
    return {"instance_type": usual.name}
