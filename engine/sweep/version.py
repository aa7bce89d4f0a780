"""Which engine made a result: its code, its numbers, and the libraries whose arithmetic and bytes go into it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version

from engine import catalog


@cache
def made_with() -> Mapping[str, str]:
    """Give the engine's digest and the versions that a result rests on. Python's is not among them: it changes nothing."""
    total = hashlib.sha256()
    for name, content in catalog.of_the_engine():
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return {"engine": total.hexdigest()[:16]} | {name: version(name) for name in ("numpy", "numba", "simpy", "pyarrow")}
