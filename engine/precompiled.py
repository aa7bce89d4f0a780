"""Precompiled: the engine's compiled loops, made when an image is built and laid out where a process may write.

numba keeps what it compiled beside the source, or in NUMBA_CACHE_DIR, and takes only a place that it can write to. An image is
read-only, and compiling everything anew takes a minute of a core: so the image keeps a copy, compiled for any processor of its kind
(NUMBA_CPU_NAME=generic), and each start lays it out. `python -m engine.precompiled` makes the copy.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

KEPT, CACHE = "QUAYSIDE_COMPILED", "NUMBA_CACHE_DIR"


def lay_out() -> int:
    """Copy what was kept under QUAYSIDE_COMPILED to NUMBA_CACHE_DIR, before anything is asked of it; say how many files.

    Where either is not named there is nothing to lay out. Raises OSError where it cannot be written.
    """
    kept, cache = os.environ.get(KEPT), os.environ.get(CACHE)
    if not kept or not cache or not Path(kept).is_dir():
        return 0
    shutil.copytree(kept, cache, copy_function=shutil.copyfile, dirs_exist_ok=True)
    return sum(1 for path in Path(kept).rglob("*") if path.is_file())


def compile_all() -> None:
    """Compile every loop that a page may come to."""
    from engine.delivery import simulation as delivery  # noqa: PLC0415 - laying out comes first, and needs none of them
    from engine.responsibility import year  # noqa: PLC0415

    compile_runs()
    for module in (delivery, year):
        module.warm_up()


def compile_runs() -> None:
    """Compile what a scenario's run may come to, and no more: all that a process which plays runs has to know."""
    from engine.placement import stream  # noqa: PLC0415 - the same
    from engine.placement.kube import crowd_stream, topology  # noqa: PLC0415
    from engine.traffic import compiled  # noqa: PLC0415
    from engine.traffic.functions import compiled as functions  # noqa: PLC0415
    from engine.traffic.graph import compiled as graph  # noqa: PLC0415

    for module in (compiled, graph, functions, stream, topology, crowd_stream):
        module.warm_up()


if __name__ == "__main__":
    compile_all()
