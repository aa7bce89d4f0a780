"""Agents in money: a side-car in every task against a daemon on every host.

On Fargate an agent makes the task larger, and the task is rounded up to the next size on sale: sometimes it is free,
sometimes it doubles the bill. On a host of yours a daemon takes one slice, and all tasks beside it share the cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from engine.catalog import FargateSize
from engine.era import Era
from engine.fargate import on_sale
from engine.fargate.asks import AgentAsk
from engine.fargate.packing import host_called, pack
from engine.placement.room import room_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Agents:
    """What an agent costs, US dollars an hour.

    alone, together: the sizes billed without and with the side-car, None if none holds it.
    sidecar_usd: a side-car on Fargate, None if it cannot be; ec2_sidecar_usd: its slice of a host; daemon_usd: the
    daemon's slice, once a host.  most_tasks: what a host holds beside the daemon.
    break_even_tasks: from so many tasks a host on, the daemon's share of a task is no dearer than Fargate's side-car;
    None if a host never holds so many, or the side-car is free.
    tasks, *_each: shape (most_tasks,), an agent's cost for each task, by tasks a host.
    """

    alone: FargateSize | None
    together: FargateSize | None
    sidecar_usd: float | None
    ec2_sidecar_usd: float
    daemon_usd: float
    most_tasks: int
    break_even_tasks: int | None
    tasks: Ints
    sidecar_each: Floats
    ec2_sidecar_each: Floats
    daemon_each: Floats


def agents(ask: AgentAsk, era: Era) -> Agents:
    """Price an agent both ways."""
    host = host_called(ask.instance_type)
    alone = on_sale.smallest(ask.cpu_units, ask.memory_mib, era)
    together = on_sale.smallest(ask.cpu_units + ask.agent_cpu_units, ask.memory_mib + ask.agent_memory_mib, era)
    sidecar = (
        on_sale.usd_per_hour(together, ask.kind) - on_sale.usd_per_hour(alone, ask.kind) if alone and together else None
    )
    # The scarcer of the two decides what a slice of a host is worth: who takes all its memory takes the host.
    room = room_of(host, ask.host_memory_share, {}, trunking=False)
    share = max(ask.agent_cpu_units / room.cpu_units, ask.agent_memory_mib / room.memory_mib)
    slice_usd = min(1.0, share) * host.usd_per_hour
    most = pack(
        host, ask.cpu_units, ask.memory_mib, memory_share=ask.host_memory_share,
        agent_cpu_units=ask.agent_cpu_units, agent_memory_mib=ask.agent_memory_mib,
    ).tasks  # fmt: skip
    tasks = np.arange(1, most + 1)
    return Agents(
        alone=alone,
        together=together,
        sidecar_usd=sidecar,
        ec2_sidecar_usd=slice_usd,
        daemon_usd=slice_usd,
        most_tasks=most,
        break_even_tasks=_break_even(slice_usd, sidecar, most),
        tasks=tasks,
        sidecar_each=np.full(most, np.nan if sidecar is None else sidecar),
        ec2_sidecar_each=np.full(most, slice_usd),
        daemon_each=slice_usd / tasks,
    )


def _break_even(daemon_usd: float, sidecar_usd: float | None, most: int) -> int | None:
    """Find the first number of tasks a host at which the daemon is no dearer for each."""
    if not sidecar_usd:
        return None
    first = max(1, ceil(daemon_usd / sidecar_usd))
    # The division may land a hair beside a whole number: the comparison itself decides.
    while first > 1 and daemon_usd / (first - 1) <= sidecar_usd:
        first -= 1
    while daemon_usd / first > sidecar_usd:
        first += 1
    return first if first <= most else None
