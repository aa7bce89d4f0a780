"""A refusal in plain words, with its figures: for the command line and for whoever reads a verdict."""

from __future__ import annotations

import numpy as np

from engine.placement.choose import Verdict
from engine.placement.hosts import UDP, Needs


def in_words(verdict: Verdict, needs: Needs) -> str:
    """Say why no host took a task; "" if one did.

    >>> import numpy as np
    >>> from engine.placement import Hosts, choose
    >>> two = np.array([512, 700])
    >>> full = Hosts(np.array([0, 1]), np.array([True, True]), two, np.array([4096, 4096]), np.array([0, 0]))
    >>> in_words(choose(Needs(1024, 2048), full, ["random"], np.zeros(2)), Needs(1024, 2048))
    'none of 2 hosts: 2 have not enough CPU (1,024 units wanted, 700 is the most that is free)'
    """
    if verdict.host is not None:
        return ""
    everyone = len(verdict.stopped_by)
    if not everyone:
        return "there is no host"
    said = [f"{count} {_why(name, verdict, needs)}" for name, count in verdict.refused.items()]
    return f"none of {everyone} hosts: {', '.join(said)}"


def _why(name: str, verdict: Verdict, needs: Needs) -> str:
    here = verdict.stopped_by == verdict.filters.index(name)
    if name == "closed":
        return "take no tasks now"
    if name == "cpu":
        most = int(verdict.free_cpu[here].max())
        return f"have not enough CPU ({needs.cpu_units:,} units wanted, {most:,} is the most that is free)"
    if name == "memory":
        most = int(verdict.free_mib[here].max())
        return f"have not enough memory ({needs.memory_mib:,} MiB wanted, {most:,} is the most that is free)"
    if name == "ports":
        return f"have port {_ports(verdict, needs, here)} taken"
    if name == "enis":
        return "have no network interface left"
    return f"break the constraint {name}"


def _ports(verdict: Verdict, needs: Needs, here: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    """Name the wanted ports that are taken on the hosts in question."""
    taken = {port for host in np.flatnonzero(here) for port in (verdict.ports or ())[host] & needs.ports}
    return ", ".join(map(port_name, sorted(taken)))


def port_name(port: int) -> str:
    """Write a port as people do.

    >>> port_name(8080), port_name(UDP + 53)
    ('8080', '53/udp')
    """
    return f"{port - UDP}/udp" if port >= UDP else str(port)
