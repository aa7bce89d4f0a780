"""What a placement looks at: hosts as columns, and what a task needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.placement.kube.objects import Taint

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MISSING = -1
UDP = 1 << 16  # a UDP port is kept as its number and this: the same number is free for TCP


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute over the fleet. code: shape (n_hosts,), index into `words`; MISSING where a host lacks it."""

    code: Ints
    words: tuple[str, ...]

    @classmethod
    def of(cls, values: Sequence[str | None]) -> Column:
        """Write values as a column.

        >>> Column.of(["ssd", None, "hdd", "ssd"]).code.tolist()
        [0, -1, 1, 0]
        """
        words = tuple(dict.fromkeys(value for value in values if value is not None))
        code = {word: number for number, word in enumerate(words)}
        return cls(np.array([MISSING if v is None else code[v] for v in values], dtype=np.int64), words)

    def group(self) -> Ints:
        """Give each host the number of its group of equals; those that lack the attribute are a group of their own."""
        return np.asarray(np.where(self.code == MISSING, len(self.words), self.code), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Traits:
    """What the query language may ask of a host, beyond room.

    attributes: built-in (ecs.…) and custom ones, by name. instance_id: one word a host. is_connected: shape (n_hosts,),
    what the control plane believes of the agent. running: shape (n_hosts,), tasks of any kind that are meant to run there.
    groups: task group (`service:web`, `family:web`) -> shape (n_hosts,), its tasks that are meant to run there. taints:
    one tuple a host, what keeps pods off it; () where no host has any. leaving: task group -> shape (n_hosts,), its tasks
    that were told to stop and are still there.
    """

    attributes: Mapping[str, Column]
    instance_id: Column
    is_connected: Bools
    running: Ints
    groups: Mapping[str, Ints]
    taints: tuple[tuple[Taint, ...], ...] = ()
    leaving: Mapping[str, Ints] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hosts:
    """The fleet as the control plane knows it. Arrays of shape (n_hosts,).

    is_open: registered, its agent connected, not draining. peers: tasks of this service on the host, those that are
    meant to run (a task that was told to stop is no peer). ports: for each host the ports that are taken, UDP ones with
    UDP added; None where no task of the scenario asks for any. free_enis: network interfaces left for tasks; None where
    no task wants one of its own. traits: None where no strategy and no constraint asks for any. is_offered:
    hosts of the task's capacity provider; None for a task without one, which any host may take. all_cpu, all_mib,
    all_enis: what each host had when it was empty; None where nobody asks.
    """

    zone: Ints
    is_open: Bools
    free_cpu: Ints
    free_mib: Ints
    peers: Ints
    ports: tuple[frozenset[int], ...] | None = None
    free_enis: Ints | None = None
    traits: Traits | None = None
    is_offered: Bools | None = None
    all_cpu: Ints | None = None
    all_mib: Ints | None = None
    all_enis: Ints | None = None

    def __len__(self) -> int:
        """Count the hosts."""
        return len(self.zone)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a task asks of its host: CPU units, MiB, ports of its own, network interfaces of its own."""

    cpu_units: int
    memory_mib: int
    ports: frozenset[int] = frozenset()
    enis: int = 0
