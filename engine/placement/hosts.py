"""What a placement looks at: hosts as columns, and what a task needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Hosts:
    """The fleet as the control plane knows it. Arrays of shape (n_hosts,).

    is_open: registered, its agent connected, not draining. peers: tasks of this service on the host.
    ports: for each host the ports that are taken; None where no task of the scenario asks for any.
    is_offered: hosts of the task's capacity provider; None for a task without one, which any host may take.
    """

    zone: Ints
    is_open: Bools
    free_cpu: Ints
    free_mib: Ints
    peers: Ints
    ports: tuple[frozenset[int], ...] | None = None
    is_offered: Bools | None = None

    def __len__(self) -> int:
        """Count the hosts."""
        return len(self.zone)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a task asks of its host: CPU units, MiB, ports of its own."""

    cpu_units: int
    memory_mib: int
    ports: frozenset[int] = frozenset()
