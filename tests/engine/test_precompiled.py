"""Precompiled: what an image keeps is laid out where numba looks for it, and is taken instead of compiling anew."""

import os
import subprocess
import sys

import pytest

from engine import precompiled

LOOK = """
import numpy as np
from numba import njit
from pathlib import Path
from engine import precompiled
precompiled.lay_out()
import loop
print(loop.twice(21), sum(loop.twice.stats.cache_hits.values()))
"""


def test_without_a_copy_there_is_nothing_to_lay_out(monkeypatch, tmp_path):
    monkeypatch.delenv(precompiled.KEPT, raising=False)
    monkeypatch.setenv(precompiled.CACHE, str(tmp_path / "cache"))
    assert precompiled.lay_out() == 0

    monkeypatch.setenv(precompiled.KEPT, str(tmp_path / "nobody"))
    assert precompiled.lay_out() == 0
    assert not (tmp_path / "cache").exists()


def test_what_nobody_may_write_is_laid_out_where_it_can_be(monkeypatch, tmp_path):
    kept, cache = tmp_path / "kept", tmp_path / "cache"
    (kept / "a").mkdir(parents=True)
    (kept / "a" / "x.nbi").write_bytes(b"1")
    (kept / "a" / "x.nbi").chmod(0o444)
    monkeypatch.setenv(precompiled.KEPT, str(kept))
    monkeypatch.setenv(precompiled.CACHE, str(cache))

    assert precompiled.lay_out() == 1 == precompiled.lay_out()  # a restart finds its own, and may write
    assert (cache / "a" / "x.nbi").stat().st_mode & 0o200


@pytest.mark.parametrize("laid_out", [True, False])
def test_numba_takes_what_was_laid_out(tmp_path, root, laid_out):
    (tmp_path / "loop.py").write_text("from numba import njit\n@njit(cache=True)\ndef twice(x):\n    return 2 * x\n")
    kept = tmp_path / "kept"

    def asked(**more):
        own = {**os.environ, "PYTHONPATH": f"{root}:{tmp_path}", "NUMBA_CPU_NAME": "generic", **more}
        found = subprocess.run(
            [sys.executable, "-c", LOOK], env=own, capture_output=True, text=True, check=True, cwd=tmp_path
        )
        return found.stdout.split()

    assert asked(NUMBA_CACHE_DIR=str(kept)) == ["42", "0"]
    hits = asked(NUMBA_CACHE_DIR=str(tmp_path / "cache"), **({precompiled.KEPT: str(kept)} if laid_out else {}))

    assert hits == ["42", "1" if laid_out else "0"]
