"""Sizes of a task as people write them: 256, "256", ".25 vCPU", 512, "512", "0.5 GB"."""

from __future__ import annotations

import re

from engine import catalog
from engine.importers.findings import Unknown

_SIZE = re.compile(r"\s*([0-9]{0,9}(?:\.[0-9]{1,9})?)\s*([A-Za-z]*)\s*")
_PER_GB = 1024  # ECS reads a GB of a task as 1024 MiB


def cpu_units(text: str) -> int | Unknown | None:
    """Read CPU in units, or in vCPUs of 1024 units; None where it is neither.

    >>> cpu_units("256"), cpu_units(".25 vCPU"), cpu_units("1 vcpu"), cpu_units("plenty")
    (256, 256, 1024, None)
    """
    return _read(text, {"": 1.0, "vcpu": catalog.number("ecs.placement.cpu_unit")})


def memory_mib(text: str) -> int | Unknown | None:
    """Read memory in MiB, or in GB of 1024 MiB; None where it is neither.

    >>> memory_mib("512"), memory_mib("0.5GB"), memory_mib("2 GB"), memory_mib("512 MB")
    (512, 512, 2048, None)
    """
    return _read(text, {"": 1.0, "gb": float(_PER_GB)})


def _read(text: str, units: dict[str, float]) -> int | Unknown | None:
    match = _SIZE.fullmatch(text)
    if match and match[1] and match[2].lower() in units:
        return round(float(match[1]) * units[match[2].lower()])
    return Unknown(text) if re.search(r"[${}<>%@]|__", text) else None
