"""What AWS, or your own machine room, asks for the same workload in a year. Lists prices, on demand, us-east-1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from engine import catalog
from engine.responsibility.asks import YearAsk
from engine.responsibility.draws import YEAR_H
from engine.responsibility.rules import Model

Bought = Literal["machines", "hosts", "masters", "fee", "cluster", "tasks", "functions"]
MIB_PER_GIB = 1024


def bill(ask: YearAsk, model: Model) -> Mapping[Bought, float]:
    """Price a year, US dollars by what is bought.

    Left out wherever it runs: load balancers, traffic, disks, logs, requests, discounts.
    Source: facts `eks.price.standard`, `eks.automode.fee`, `fargate.price.x86_vcpu_h`, `fargate.price.x86_gb_h`,
    `lambda.price.gb_s`, `lambda.vcpu_at`; instance prices in data/catalog/instance_types.csv.
    """
    machine = catalog.instance_type(ask.instance_type)
    hosts = ask.hosts * machine.usd_per_hour * YEAR_H
    cluster = catalog.number("eks.price.standard") * YEAR_H
    match model:
        case "on-prem":
            return {"machines": (ask.hosts + ask.masters) * ask.server_usd}
        case "self-run":
            return {"hosts": hosts, "masters": ask.masters * machine.usd_per_hour * YEAR_H}
        case "ecs-ec2":
            return {"hosts": hosts}
        case "ecs-managed-instances":
            return {"hosts": hosts, "fee": hosts * ask.fee_percent / 100}
        case "eks-unmanaged" | "eks-managed":
            return {"hosts": hosts, "cluster": cluster}
        case "eks-auto":
            return {"hosts": hosts, "fee": hosts * catalog.number("eks.automode.fee") / 100, "cluster": cluster}
        case "ecs-fargate":
            return {"tasks": _tasks(ask)}
        case "eks-fargate":
            return {"tasks": _tasks(ask), "cluster": cluster}
        case "lambda":
            return {"functions": _functions(ask)}


def _asked(ask: YearAsk) -> tuple[float, float]:
    """Give what the tasks ask for in all: vCPU and GiB."""
    machine = catalog.instance_type(ask.instance_type)
    return ask.used * ask.hosts * machine.vcpu, ask.used * ask.hosts * machine.memory_mib / MIB_PER_GIB


def _tasks(ask: YearAsk) -> float:
    """Bill tasks for what they ask, every hour. That a size is rounded up is left out."""
    vcpu, gib = _asked(ask)
    an_hour = vcpu * catalog.number("fargate.price.x86_vcpu_h") + gib * catalog.number("fargate.price.x86_gb_h")
    return an_hour * YEAR_H


def _functions(ask: YearAsk) -> float:
    """Bill memory while a request is served. CPU grows with memory, so that CPU may be what decides the memory."""
    vcpu, gib = _asked(ask)
    gib = max(gib, vcpu * catalog.number("lambda.vcpu_at") / MIB_PER_GIB)
    return gib * ask.busy * YEAR_H * 3600 * catalog.number("lambda.price.gb_s")
