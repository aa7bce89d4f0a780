"""What a run cost: intervals times prices, and every price has its source. US dollars, us-east-1, on demand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine import catalog, environments, metrics
from engine.errors import CatalogError
from engine.events import Intervals, Kind, intervals
from engine.launch import launch_type
from engine.metrics import Steps
from engine.placement import eks_fargate_size
from engine.simulation import Run


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the bill: what, how long it ran in all, and what it cost. facts: where the price comes from."""

    name: str
    running_s: float
    usd: float
    facts: tuple[str, ...]


def bill(run: Run) -> tuple[Item, ...]:
    """Write the bill of a run: compute, Spot hosts apart, AWS's fee for keeping hosts, control plane, load balancer.

    The load balancer's capacity units are left out, and so are the control plane's disks and traffic between zones.
    """
    if run.requests.functions:
        return (*_functions(run), _balancer(run))
    return (_compute(run), *_spot(run), *_fee(run), *_control_plane(run), _balancer(run))


def usd_per_hour(run: Run) -> Steps:
    """Give the cost rate over time: what runs now, times its price an hour."""
    end_s = run.scenario.duration_s
    if run.requests.functions:
        return _functions_per_hour(run)
    always = catalog.number("elb.price", "hour") + math.fsum(price for _, price, _ in _always(run))
    moments = [moment for spans, _ in _billed(run) for moment in (spans.start_s, spans.end_s)]
    edges = np.unique(np.concatenate([[0.0], *moments]))
    edges = edges[edges < end_s]
    rate = np.full(len(edges), always)
    for spans, price in _billed(run):
        rate += spans.running_at(edges) * price
    return Steps(edges, rate)


def _functions(run: Run) -> tuple[Item, ...]:
    """Bill functions: each request, each GB-second of work, and what is kept warm all the time. Nothing is free here.

    Source: facts `lambda.price.request`, `lambda.price.gb_s`, `lambda.price.provisioned`, `lambda.init_billed`.
    """
    used = environments.usage(run)
    requests, gb_s = sum(float(u.requests.sum()) for u in used), math.fsum(float(u.gb_s.sum()) for u in used)
    kept_gb_s = math.fsum(u.kept_gb for u in used) * run.scenario.duration_s
    warm_gb_s = math.fsum(float(u.warm_gb_s.sum()) for u in used)
    busy_s = sum(float(table.billed_ms.sum()) for table in run.requests.functions) / 1000
    kept, work = (catalog.number("lambda.price.provisioned", key) for key in ("kept_gb_s", "work_gb_s"))
    found = [
        Item("function_requests", 0.0, requests / 1e6 * catalog.number("lambda.price.request"), ("lambda.price.request",)),
        Item(
            "function_time", busy_s, gb_s * catalog.number("lambda.price.gb_s") + warm_gb_s * work,
            ("lambda.price.gb_s", "lambda.billing_step", "lambda.init_billed"),
        ),
    ]  # fmt: skip
    if kept_gb_s:
        found.append(
            Item("function_provisioned", run.scenario.duration_s, kept_gb_s * kept, ("lambda.price.provisioned",))
        )
    return tuple(found)


def _functions_per_hour(run: Run) -> Steps:
    """Give the cost rate of functions, minute by minute: what was used in each, as if it went on for an hour."""
    step_s, end_s = run.requests.step_s, run.scenario.duration_s
    kept, work = (catalog.number("lambda.price.provisioned", key) for key in ("kept_gb_s", "work_gb_s"))
    used = environments.usage(run)
    cost = np.zeros(len(used[0].requests))
    always = catalog.number("elb.price", "hour")
    for u in used:
        cost += u.requests / 1e6 * catalog.number("lambda.price.request")
        cost += u.gb_s * catalog.number("lambda.price.gb_s") + u.warm_gb_s * work
        always += u.kept_gb * kept * 3600
    width = max(1, round(60 / step_s))
    starts = np.arange(0, len(cost), width)
    starts = starts[starts * step_s < end_s]
    lengths_s = np.minimum(end_s - starts * step_s, width * step_s)
    rate = always + np.add.reduceat(cost, starts) / lengths_s * 3600
    return Steps((starts * step_s).astype(np.float64), np.asarray(rate, dtype=np.float64))


def _compute(run: Run) -> Item:
    """Bill hosts or tasks by the second, with their minimum, for each start.

    Source: facts `ec2.billing`, `fargate.billing`.
    """
    launch = launch_type(run.scenario.launch_type)
    if launch.has_hosts:
        return Item("hosts", *_added_up(_hosts(run, "on-demand"), "ec2.billing"), ("ec2.billing",))
    name, fact = "fargate_spot" if launch.is_spot else "fargate", "fargate.billing"
    return Item(name, *_added_up(_tasks(run), fact), (fact, launch.vcpu_price, launch.gb_price))


def _spot(run: Run) -> tuple[Item, ...]:
    """Bill Spot hosts, if there were any: by the second as well, at the share of the full price that the scenario assumes."""
    found = _hosts(run, "spot")
    return (Item("spot_hosts", *_added_up(found, "ec2.billing"), ("ec2.billing",)),) if found else ()


def _fee(run: Run) -> tuple[Item, ...]:
    """Bill what AWS asks on top of its hosts' price; how much is our assumption. Source: fact `ecs.price`."""
    share = _fee_share(run)
    if not share:
        return ()
    hosts = _compute(run)
    if launch_type(run.scenario.launch_type).is_kubernetes:
        return (Item("auto_mode_fee", hosts.running_s, hosts.usd * share, ("eks.automode.fee",)),)
    return (Item("managed_fee", hosts.running_s, hosts.usd * share, ("ecs.price", "eks.automode.fee")),)


def _control_plane(run: Run) -> tuple[Item, ...]:
    """Bill the control plane: EKS's by the hour, your own by its machines. They run whatever the cluster does."""
    length_s = run.scenario.duration_s
    return tuple(Item(name, length_s, price * length_s / 3600, facts) for name, price, facts in _always(run))


def _always(run: Run) -> list[tuple[str, float, tuple[str, ...]]]:
    """List what of the control plane is paid for all the time: its name, the price of an hour, and where that is from."""
    launch, kubernetes = launch_type(run.scenario.launch_type), run.scenario.kubernetes
    if launch.cluster_price:
        return [("cluster", catalog.number(launch.cluster_price), (launch.cluster_price,))]
    if launch.control_plane == "self-run":
        each = catalog.instance_type(kubernetes.nodes.master_type).usd_per_hour
        return [("masters", kubernetes.control_plane.members * each, ("ec2.billing",))]
    return []


def _fee_share(run: Run) -> float:
    """Give the fee as a share of the hosts' price; 0 where nobody keeps them for you."""
    launch = launch_type(run.scenario.launch_type)
    if launch.hosts != "managed":
        return 0.0
    if launch.is_kubernetes:
        return catalog.number("eks.automode.fee") / 100
    return run.scenario.assumptions.managed_fee_percent / 100


def _added_up(billed: list[tuple[Intervals, float]], fact: str) -> tuple[float, float]:
    """Add up seconds and dollars; each start costs its minimum."""
    minimum_s = catalog.number(fact, "minimum_s")
    usd = running_s = 0.0
    for spans, price in billed:
        lengths = np.maximum(spans.end_s - spans.start_s, minimum_s)
        running_s += float(lengths.sum())
        usd += float(lengths.sum()) * price / 3600
    return running_s, usd


def _balancer(run: Run) -> Item:
    """Bill the load balancer by the hour, begun hours in full proportion to the run."""
    hours = run.scenario.duration_s / 3600
    return Item("load_balancer", run.scenario.duration_s, hours * catalog.number("elb.price", "hour"), ("elb.price",))


def _billed(run: Run) -> list[tuple[Intervals, float]]:
    """List what is paid for: when it ran, and its price an hour, AWS's fee in it."""
    if launch_type(run.scenario.launch_type).has_hosts:
        fee = 1 + _fee_share(run)
        return [(spans, price * fee) for market in ("on-demand", "spot") for spans, price in _hosts(run, market)]
    return _tasks(run)


def _tasks(run: Run) -> list[tuple[Intervals, float]]:
    """List the tasks that are paid for themselves: service by service, when they ran, and the price of an hour."""
    launch = launch_type(run.scenario.launch_type)
    return [
        (_tasks_of(run, number), task_usd_per_hour(launch.name, service.cpu_units, service.memory_mib))
        for number, service in enumerate(run.scenario.services)
    ]


def _hosts(run: Run, market: str) -> list[tuple[Intervals, float]]:
    """List the hosts bought on a market: type by type and provider by provider, when they ran, and the price of an hour."""
    spans = metrics.hosts_up(run)
    shares = {provider.name: provider.spot_price_share for provider in run.scenario.fleet.providers}
    found = []
    for kind in dict.fromkeys(kind for kind in run.kinds if kind.market == market):
        keep = np.array([run.kinds[host] == kind for host in spans.subject], dtype=np.bool_)
        price = catalog.instance_type(kind.instance_type).usd_per_hour
        part = Intervals(spans.subject[keep], spans.start_s[keep], spans.end_s[keep])
        found.append((part, price * shares[kind.provider] if market == "spot" else price))
    return found


def _tasks_of(run: Run, service: int) -> Intervals:
    """Say when each task of a service is billed: from its pull until it ends. A warm task is billed from the start."""
    events = run.events
    opens = (Kind.TASK_PENDING, Kind.TASK_ACTIVATING)
    closes = (Kind.TASK_LOST, Kind.TASK_STOPPED)
    spans = intervals(events, "task", opens, closes, run.scenario.duration_s)
    ours = {int(t) for t, s in zip(events.task, events.service, strict=True) if s == service}
    keep = np.array([int(task) in ours for task in spans.subject], dtype=np.bool_)
    return Intervals(spans.subject[keep], spans.start_s[keep], spans.end_s[keep])


def fargate_usd_per_hour(cpu_units: int, memory_mib: int, arch: Literal["x86", "arm"] = "x86") -> float:
    """Price one Fargate task's hour on Linux by its size, whatever it uses.

    Source: facts `fargate.price.x86_vcpu_h`, `fargate.price.x86_gb_h`, and the same for `arm`.

    >>> round(fargate_usd_per_hour(1024, 2048), 5), round(fargate_usd_per_hour(1024, 2048, "arm"), 5)
    (0.04937, 0.0395)
    """
    return usd_for_hour(cpu_units, memory_mib, f"fargate.price.{arch}_vcpu_h", f"fargate.price.{arch}_gb_h")


def task_usd_per_hour(launch: str, cpu_units: int, memory_mib: int) -> float:
    """Price one task's hour on a launch type that bills tasks. On EKS a pod is billed by the size that it is rounded up to.

    >>> round(task_usd_per_hour("ecs-fargate-spot", 1024, 2048), 5)
    0.01627
    >>> task_usd_per_hour("eks-fargate", 1024, 2048) == task_usd_per_hour("ecs-fargate", 1024, 3072)
    True
    """
    prices = launch_type(launch)
    if prices.is_kubernetes:
        size = eks_fargate_size(cpu_units / catalog.number("ecs.placement.cpu_unit"), memory_mib)
        if size is None:
            raise CatalogError(f"no Fargate size holds {cpu_units} CPU units with {memory_mib} MiB")
        cpu_units, memory_mib = size.cpu_units, size.memory_mib
    return usd_for_hour(cpu_units, memory_mib, prices.vcpu_price, prices.gb_price)


def usd_for_hour(cpu_units: float, memory_mib: float, vcpu_price: str, gb_price: str) -> float:
    """Price so much CPU and memory for an hour by two facts: the price of a vCPU and that of a GB."""
    vcpu, gb = cpu_units / catalog.number("ecs.placement.cpu_unit"), memory_mib / 1024
    return vcpu * catalog.number(vcpu_price) + gb * catalog.number(gb_price)


def calm_usd_per_hour(run: Run) -> float:
    """Give the cost rate while all was well: at the run's beginning."""
    rate = usd_per_hour(run)
    return float(rate.value[0])
