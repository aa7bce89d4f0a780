"""Memory: what a process holds over time, and how fast that grows, whatever a few odd moments say."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import psutil

from tests.browser.the_app import Server

HOUR_S = 3_600.0
BLOCKS = 30  # a stretch is cut into so many at the most; samples within one tell the same story again
_NORMAL = 1.96
BAD = ("Fatal Python error", "corruption", "malloc", "free(): ", " ERROR", "ERROR:", "Segmentation fault")  # in a log


@dataclass(frozen=True, slots=True)
class Slope:
    """How fast something grows, an hour, with a 95 % interval; over how many medians, and over how long."""

    an_hour: float
    low: float
    high: float
    blocks: int
    seconds: float


def slope(at_s: list[float], values: list[float]) -> Slope:
    """Give Theil and Sen's slope of the medians of blocks: half of all pairs of blocks grow faster, half slower.

    The interval is Sen's. It takes the blocks for independent of each other, which memory is only nearly: it is too narrow
    rather than too wide.
    """
    at, held = np.array(at_s), np.array(values)
    if len(at) < 3:
        return Slope(0.0, float("-inf"), float("inf"), len(at), 0.0)
    parts = np.array_split(np.arange(len(at)), min(BLOCKS, len(at)))
    t, y = (np.array([np.median(of[part]) for part in parts]) for of in (at, held))
    first, second = np.triu_indices(len(t), 1)
    rises = np.sort((y[second] - y[first]) / (t[second] - t[first])) * HOUR_S
    n = len(t)
    wide = _NORMAL * np.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low, high = int(np.floor((len(rises) - wide) / 2)), int(np.ceil((len(rises) + wide) / 2))
    return Slope(
        float(np.median(rises)), float(rises[max(0, low)]), float(rises[min(len(rises) - 1, high)]), n, float(at[-1] - at[0])
    )  # fmt: skip


@dataclass
class Watch:
    """A server that is looked at every so often: memory in MiB, its children's apart; threads; open files and sockets."""

    server: Server
    every_s: float = 2.0
    at_s: list[float] = field(default_factory=list)
    mib: list[float] = field(default_factory=list)
    children_mib: list[float] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Begin."""
        self._over, self._begun_s = threading.Event(), time.monotonic()
        self._process = psutil.Process(self.server.pid)
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while self.is_alive and not self._over.wait(self.every_s):
            with suppress(psutil.NoSuchProcess):
                self.look()

    @property
    def is_alive(self) -> bool:
        """Say whether the server still lives."""
        try:
            return bool(self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    def look(self) -> None:
        """Look once. Raises psutil.NoSuchProcess where there is nothing to look at any more."""
        held = self._process.memory_info().rss / 2**20
        below = 0.0
        for child in self._process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                below += child.memory_info().rss / 2**20
        self.at_s.append(time.monotonic() - self._begun_s)
        self.mib.append(held)
        self.children_mib.append(below)
        self.threads.append(self._process.num_threads())
        self.files.append(self._process.num_fds())

    def slope(self, warm_s: float) -> Slope:
        """Give the slope once the server is warm, MiB an hour."""
        after = [n for n, at in enumerate(self.at_s) if at >= warm_s]
        return slope([self.at_s[n] for n in after], [self.mib[n] for n in after])

    def around(self, at_s: float, of: list[float] | list[int], within_s: float = 30.0) -> float:
        """Give the median around a moment."""
        near = [value for at, value in zip(self.at_s, of, strict=True) if abs(at - at_s) <= within_s] or [of[-1]]
        return float(np.median(near))


def faults_in(log: str) -> list[str]:
    """Give what a server's log tells of things that broke: each first line, and the last of its traceback.

    What an honest browser says of its widgets is never set aside, but where the widget went away meanwhile.
    """
    found, lines = [], log.splitlines()
    for n, line in enumerate(lines):
        if "Traceback (most recent call last)" in line:
            last = next((one for one in lines[n + 1 :] if one and not one.startswith((" ", "Traceback"))), "")
            found.append(f"{lines[n - 1][:120] if n else ''} | {last[:300]}")
        elif any(word in line for word in BAD) or ("set aside" in line and "not there any more" not in line):
            found.append(line[:300])
    return found
