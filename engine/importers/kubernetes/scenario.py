"""From a manifest to a scenario, which then runs like any other."""

from __future__ import annotations

import re
from typing import Any

from engine import catalog
from engine.errors import Problem, ScenarioError
from engine.importers.kubernetes import trees, wishes
from engine.importers.kubernetes.fleet import Wanted, fleet_for
from engine.importers.kubernetes.front import front_of
from engine.importers.kubernetes.manifest import Manifest
from engine.importers.kubernetes.neighbours import neighbours
from engine.importers.kubernetes.nodes import arches
from engine.importers.kubernetes.pods import Workload
from engine.importers.kubernetes.rules import refusals
from engine.scenario import Scenario, Service

# The bounds of a service's own fields.
_LONGEST_NAME, _LEAST_CPU_UNITS, _LEAST_MEMORY_MIB, _LEAST_STOP_S, _MOST_SHARE = 32, 1, 6, 2, 100.0
_OF_ECS = {"constraints": [], "capacity": [], "one_every_s": 0, "traffic": None}  # nothing that a manifest could mean
_MILLI = 1000
MOST_SERVICES = next(
    int(limit.max_length) for limit in Scenario.model_fields["services"].metadata if hasattr(limit, "max_length")
)


def scenario_of(manifest: Manifest, launch_type: str, base: Scenario | None = None) -> Scenario:
    """Make a scenario that runs the manifest: a service for each workload, and nodes that hold all pods.

    What a Service stands in front of takes requests, as busy a pod as a task of `base`'s first service; the rest takes none.
    What the manifest does not say, such as the work of a request, is that service's, and everything else (zones, traffic,
    what is done) is `base`'s, the usual scenario where there is none. Of more workloads than a scenario holds, the first ones
    come. Raises ScenarioError with every reason where the launch type refuses it, or where it holds nothing that runs.
    """
    problems = [
        Problem(finding.code, finding.where or "the manifest as it stands", finding.mend(), finding.label())
        for finding in refusals(manifest, launch_type)
    ]
    if not manifest.workloads:
        came = ", ".join(manifest.counted) or "nothing"
        problems.append(Problem("objects", came, "a Deployment, a StatefulSet or a DaemonSet", "nothing in it runs"))
    if problems:
        raise ScenarioError(problems)
    base = base or Scenario()
    workloads = manifest.workloads[:MOST_SERVICES]
    names = _names(workloads)
    asked = neighbours(workloads, names)
    usual = base.services[0]
    services = [
        _service(manifest, one, usual, asks) | {"name": name}
        for one, name, asks in zip(workloads, names, asked, strict=True)
    ]
    # What is out of range is said before nodes are counted for it.
    checked = Scenario.of({"launch_type": "k8s-self-run", "services": services}).services
    wanted = [_wanted(number, one, checked[number]) for number, one in enumerate(workloads)]
    plain = base.model_copy(update={"launch_type": launch_type})  # nodes alone are asked of it
    return Scenario.of(
        base.model_dump(mode="json")
        | {
            "name": names[0],
            "launch_type": launch_type,
            "services": services,
            "operations": _kept(base, names),
            "fleet": base.fleet.model_dump(mode="json") | {"groups": [], "providers": []} | fleet_for(wanted, plain),
            "kubernetes": _cluster(base, workloads),
            "balancer": base.balancer.model_dump(mode="json") | front_of(manifest.objects),
        }
    )


def _cluster(base: Scenario, workloads: tuple[Workload, ...]) -> dict[str, Any]:
    """Keep the cluster's settings, but for how long pods stay on a lost node, where all that can move say the same."""
    plain: dict[str, Any] = base.kubernetes.model_dump(mode="json")
    waits = {wishes.stays_s(one) for one in workloads if one.replicas is not None}
    if len(waits) == 1 and (wait := waits.pop()) is not None:
        plain["nodes"] |= {"toleration_s": wait}
    return plain


def _kept(base: Scenario, names: list[str]) -> list[dict[str, Any]]:
    """Keep what is done, but for what is done to a service that is gone."""
    return [one.model_dump(mode="json") for one in base.operations if getattr(one, "service", None) in {None, *names}]


def _service(manifest: Manifest, workload: Workload, usual: Service, of_others: dict[str, Any]) -> dict[str, Any]:
    """Make the service of a workload, but for its name. of_others: what its pods ask of other pods."""
    scaler = manifest.scaler(workload) if workload.replicas else None
    scaling = wishes.scaling(scaler, workload) if scaler else None
    desired = usual.desired if workload.replicas is None else workload.replicas
    if scaling:
        desired = min(max(desired, scaling["min_tasks"]), scaling["max_tasks"])
    pods = {
        "scheduling": wishes.scheduling(workload, of_others),
        "rollout": wishes.rollout(workload),
        "disruption": wishes.disruption(manifest.budget(workload)),
        "hpa": wishes.pace(scaler) if scaler and scaling else {},
    }
    grace_s = trees.whole(workload.pod, "terminationGracePeriodSeconds")
    ours = {
        "kind": "daemon" if workload.replicas is None else "replica",
        "desired": desired,
        "cpu_units": max(_LEAST_CPU_UNITS, _cpu_units(workload.needed_cpu_m)),
        "memory_mib": max(_LEAST_MEMORY_MIB, workload.needed_memory_mib),
        "network_mode": "host" if workload.is_on_host_network and workload.ports else "bridge",
        "host_ports": _host_ports(workload, "TCP"),
        "udp_ports": _host_ports(workload, "UDP"),
        "start_s": _start_s(workload, usual),
        "stop_timeout_s": max(_LEAST_STOP_S, catalog.seconds("k8s.pod.grace_default") if grace_s is None else grace_s),
        "share": _share(manifest, workload, desired, usual),
        "scaling": scaling,
        "pods": {name: value for name, value in pods.items() if value},
    }
    return usual.model_dump(mode="json") | _OF_ECS | ours


def _cpu_units(cpu_m: int) -> int:
    """Turn thousandths of a core into CPU units, rounded up.

    >>> _cpu_units(250), _cpu_units(256)
    (256, 263)
    """
    return -(-cpu_m * int(catalog.number("ecs.placement.cpu_unit")) // _MILLI)


def _host_ports(workload: Workload, protocol: str) -> list[int]:
    """Give the ports that a pod takes on its node for itself alone: those that it names, or all on the node's own network."""
    ports = [port for port in workload.ports if port.protocol == protocol]
    numbers = (
        [port.number for port in ports] if workload.is_on_host_network else [port.host for port in ports if port.host]
    )
    return list(dict.fromkeys(number for number in numbers if number))


def _start_s(workload: Workload, usual: Service) -> float:
    """Say when a pod answers: no sooner than its readiness probes begin to ask, and as a usual one otherwise."""
    probes = [trees.inner(one.tree, "readinessProbe") for one in workload.running]
    return max([usual.start_s, *(trees.whole(probe, "initialDelaySeconds") or 0 for probe in probes)])


def _share(manifest: Manifest, workload: Workload, desired: int, usual: Service) -> float:
    """Say how many requests come to it for each that users send: so many that a pod is as busy as a usual task."""
    if workload.replicas is None or not _is_asked(manifest, workload):
        return 0.0
    return min(_MOST_SHARE, round(usual.share * desired / max(1, usual.desired), 4))


def _is_asked(manifest: Manifest, workload: Workload) -> bool:
    """Say whether requests come to it: a Service is in front; in a file without one, whoever listens, or else all."""
    if any(manifest.fronts_of(one) for one in manifest.workloads):
        return bool(manifest.fronts_of(workload))
    return bool(workload.ports) or not any(one.ports for one in manifest.workloads)


def _wanted(number: int, workload: Workload, service: Service) -> Wanted:
    """Say what counts when nodes are counted; pods that want no other of theirs beside them ask for a sign, like a port."""
    others = service.pods.scheduling.neighbours.apart
    is_alone = any(rule.over == "hostname" and not rule.service and not rule.labels for rule in others)
    ports = service.ports | ({-1 - number} if is_alone else set())
    arch = "arm64" if arches(workload) == {"arm64"} else "amd64"
    return Wanted(service.cpu_units, service.memory_mib, ports, service.desired, service.kind == "daemon", arch)


def _names(workloads: tuple[Workload, ...]) -> list[str]:
    """Call each service after its workload, in the letters that a service's name has, and no two alike."""
    names: list[str] = []
    for workload in workloads:
        plain = re.sub(r"[^a-z0-9]+", "-", workload.name.lower()).strip("-").lstrip("0123456789-") or "workload"
        name, turn = plain[:_LONGEST_NAME].strip("-"), 2
        while name in names:
            end = f"-{turn}"
            name, turn = plain[: _LONGEST_NAME - len(end)].strip("-") + end, turn + 1
        names.append(name)
    return names
