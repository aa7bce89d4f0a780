"""The slider of S27: container, worker nodes, masters, state store. Who has each, stop by stop; in hours and in money.

Duties are facts (`resp.*`); prices are the catalog's; hours are assumptions that the reader may turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any, Literal, get_args

from engine import catalog
from engine.catalog import FargateSize
from engine.duties import duties as who_does_what
from engine.eks import rules
from engine.eks.asks import NodeAsk, SliderAsk
from engine.eks.packing import pack
from engine.eks.rounding import MILLI, usd_per_month
from engine.era import Era, day, existed
from engine.errors import Problem, ScenarioError
from engine.fargate.packing import host_called
from engine.placement import eks_fargate_size
from engine.pricing import fargate_usd_per_hour

StopName = Literal["self-run", "hybrid", "eks-unmanaged", "eks-managed", "eks-auto", "eks-fargate"]
STOPS: tuple[StopName, ...] = get_args(StopName)
LayerName = Literal["container", "workers", "masters", "state"]
LAYERS: tuple[LayerName, ...] = get_args(LayerName)
Who = Literal["customer", "shared", "aws"]
Bought = Literal["masters", "cluster", "nodes", "fee", "pods", "people"]


@dataclass(frozen=True, slots=True)
class Share:
    """One of the slide's boxes at a stop. yours: what part of it is left to you; hours: a month of yours."""

    layer: LayerName
    who: Who
    yours: float
    hours: float


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the slider. exists: in the era; since: when it came, "" = before the talk.

    shares: the four boxes; duties: all thirteen layers, who has them. usd: a month's money by what is bought, None where
    nobody here knows the price; nodes: machines that run pods, None where each pod has its own.
    """

    name: StopName
    exists: bool
    since: str
    shares: tuple[Share, ...]
    duties: Mapping[str, str]
    usd: Mapping[Bought, float | None]
    nodes: int | None
    notes: tuple[str, ...]

    @property
    def hours(self) -> float:
        """Your hours a month."""
        return sum(share.hours for share in self.shares)

    @property
    def total_usd(self) -> float | None:
        """A month's money, people included; None where a part of it is not known."""
        known = [usd for usd in self.usd.values() if usd is not None]
        return sum(known) if len(known) == len(self.usd) else None


def slider(ask: SliderAsk, era: Era = "today") -> tuple[Stop, ...]:
    """Give every stop, from everything yours to hardly anything.

    Errors: ScenarioError for a pod that no node, or no Fargate size, holds, and for types that nobody knows.
    """
    nodes = _nodes(ask)
    return tuple(_stop(name, ask, era, nodes) for name in STOPS)


def stop_duties(name: StopName) -> Mapping[str, str]:
    """Say who has each layer at a stop; the layers that concern machines of one's own elsewhere come from another fact."""
    row = _row(name)
    found = dict(who_does_what(row["duties"]))
    if "hosts" in row:
        own = who_does_what(row["hosts"])
        found |= {layer: own[layer] for layer in ("hardware", "hypervisor", *_layers("workers"))}
    return found


@cache
def _row(name: StopName) -> Mapping[str, Any]:
    found: Mapping[str, Any] = catalog.table(rules.TABLE)["stops"][name]
    return found


def _layers(layer: LayerName) -> tuple[str, ...]:
    return tuple(catalog.table(rules.TABLE)["layers"][layer])


def _stop(name: StopName, ask: SliderAsk, era: Era, nodes: int) -> Stop:
    duties = stop_duties(name)
    has_nodes = name != "eks-fargate"
    shares = tuple(_share(layer, name, duties, ask, nodes if has_nodes else 0) for layer in LAYERS)
    hours = sum(share.hours for share in shares)
    return Stop(
        name=name,
        exists=existed(str(_row(name)["since"]), day(era)),
        since=str(_row(name)["since"]),
        shares=shares,
        duties=duties,
        usd=_usd(name, ask, nodes) | {"people": hours * ask.usd_per_h},
        nodes=nodes if has_nodes else None,
        notes=rules.ids(_row(name), "notes"),
    )


def _share(layer: LayerName, name: StopName, duties: Mapping[str, str], ask: SliderAsk, nodes: int) -> Share:
    """Weigh the duties of a box: yours whole, shared ones in part, AWS's not at all."""
    weight = {"customer": 1.0, "shared": ask.shared_share, "aws": 0.0}
    whose = [duties[one] for one in _layers(layer)]
    yours = sum(weight[who] for who in whose) / len(whose)
    kinds = set(whose)
    who: Who = "customer" if kinds == {"customer"} else "aws" if kinds == {"aws"} else "shared"
    if layer == "workers":
        patching = [duties[one] for one in _layers(layer) if one != "host_scaling"]
        part = sum(weight[one] for one in patching) / len(patching)
        return Share(layer, who, yours, part * ask.node_h * nodes + weight[duties["host_scaling"]] * ask.scaling_h)
    effort = {"container": ask.container_h, "masters": ask.masters_h, "state": ask.state_h}[layer]
    hours = yours * effort
    if layer == "masters" and name != "self-run":
        hours += ask.version_h  # the upgrade itself is AWS's work; that it happens, and breaks nothing, is yours
    return Share(layer, who, yours, hours)


def _usd(name: StopName, ask: SliderAsk, nodes: int) -> dict[Bought, float | None]:
    """Price a month: the control plane, and what runs the pods.

    Source: facts `eks.price.standard`, `eks.automode.fee`, `fargate.price.x86_vcpu_h`, `fargate.price.x86_gb_h`.
    """
    machine = host_called(ask.instance_type).usd_per_hour
    node_usd = usd_per_month(nodes * machine)
    cluster: dict[Bought, float | None] = {"cluster": usd_per_month(catalog.number("eks.price.standard"))}
    match name:
        case "self-run":
            masters = host_called(ask.master_type, "master_type").usd_per_hour * ask.masters
            return {"masters": usd_per_month(masters), "nodes": node_usd}
        case "hybrid":
            return cluster | {"nodes": None}
        case "eks-auto":
            return cluster | {"nodes": node_usd, "fee": node_usd * catalog.number("eks.automode.fee") / 100}
        case "eks-fargate":
            size = _size(ask)
            return cluster | {"pods": usd_per_month(ask.pods * fargate_usd_per_hour(size.cpu_units, size.memory_mib))}
        case _:
            return cluster | {"nodes": node_usd}


def _nodes(ask: SliderAsk) -> int:
    """Count the nodes that the pods need."""
    shape = NodeAsk(cpu_m=ask.cpu_m, memory_mib=ask.memory_mib, instance_type=ask.instance_type)
    each = pack(shape).pods
    if not each:
        came = f"{ask.cpu_m} mCPU and {ask.memory_mib} MiB a pod"
        raise ScenarioError(
            [Problem("instance_type", came, f"what {ask.instance_type} holds", "no node holds a single pod")]
        )
    return ceil(ask.pods / each)


def _size(ask: SliderAsk) -> FargateSize:
    size = eks_fargate_size(ask.cpu_m / MILLI, ask.memory_mib)
    if size is None:
        came = f"{ask.cpu_m} mCPU and {ask.memory_mib} MiB a pod"
        raise ScenarioError([Problem("memory_mib", came, "what Fargate sells", "no size of Fargate holds a pod")])
    return size
