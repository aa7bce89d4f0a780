"""A crowd: some learners and their server, what they waited for, and what it cost."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psutil

from engine import Scenario
from engine.changes import changed, scenario_of
from tests.load.learner import EVERY_S, FAULTS, Learner, Told
from tests.load.protocol import Browser

ARRIVE_S = 0.1  # between two learners' arrivals, while nothing is measured
SETTLE_S = 10.0


@dataclass
class Found:
    """What was measured of a crowd. Times in ms; shares of one core; memory in MiB, the worker's apart."""

    learners: int
    seconds: float
    changes: int
    wanted: int
    p50: float
    p95: float
    p99: float
    ahead_p95: float
    errors: int
    refused: int
    server_cpu: float
    worker_cpu: float
    clients_cpu: float
    memory_mib: float
    worker_mib: float
    load: float
    heavy_runs: int = 0
    heavy_said: str = ""
    faults: list[str] = field(default_factory=list)
    pages: dict[str, tuple[int, float, float]] = field(default_factory=dict)  # page -> changes, p50, p95


async def crowd(
    port: int, pid: int, learners: int, seconds: float, *, settle_s: float = SETTLE_S, heavy: bool = False
) -> Found:
    """Let learners come, and measure them for some seconds once all are there. heavy: one more plays the largest run in a loop."""
    told: list[Told | None] = [None]
    starts = time.monotonic()
    measured_s = starts + max(learners * ARRIVE_S, EVERY_S) + settle_s
    until_s = measured_s + seconds
    people = [
        asyncio.create_task(Learner(n, port, lambda: told[0]).learn(starts + n * ARRIVE_S, until_s))
        for n in range(learners)
    ]
    giant = asyncio.create_task(_giant(port)) if heavy else None
    await asyncio.sleep(measured_s - time.monotonic())
    told[0] = noted = Told()
    server, here = psutil.Process(pid), psutil.Process()
    others = server.children(recursive=True)
    before = [cpu_s(one) for one in (server, *others, here)]
    load = os.getloadavg()[0]
    await asyncio.sleep(until_s - time.monotonic())
    took_s = time.monotonic() - measured_s
    spent = [(cpu_s(one) - was) / took_s for one, was in zip((server, *others, here), before, strict=True)]
    memory = [_memory_mib(one) for one in (server, *others)]
    done, late = await asyncio.wait(people, timeout=60)
    for one in late:
        one.cancel()
    for one in done:
        one.result()  # a mistake of ours is loud
    runs, said = 0, ""
    if giant is not None:
        giant.cancel()
        runs, said = await giant
    times = np.array([took for _, took in noted.took_s]) * 1000
    by_page: dict[str, list[float]] = defaultdict(list)
    for page, took in noted.took_s:
        by_page[page].append(took * 1000)
    return Found(
        learners, round(took_s, 1), len(times), int(learners * seconds / EVERY_S), *_percentiles(times),
        _percentiles(np.array(noted.ahead_s) * 1000)[1], len(noted.faults) + len(late), noted.statuses.get(429, 0),
        spent[0], sum(spent[1:-1]), spent[-1], memory[0], sum(memory[1:]), load, runs, said,
        [f"{n} x {text}"[:300] for text, n in Counter(noted.faults).most_common(8)],
        {page: (len(took), *_percentiles(np.array(took))[:2]) for page, took in sorted(by_page.items())},
    )  # fmt: skip


def _percentiles(times: np.ndarray[Any, Any]) -> tuple[float, float, float]:
    if not len(times):
        return (0.0, 0.0, 0.0)
    p50, p95, p99 = np.percentile(times, [50, 95, 99])
    return float(p50), float(p95), float(p99)


def cpu_s(process: psutil.Process) -> float:
    """Give what a process has used of the processor, s; 0 where it is gone."""
    try:
        spent = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(spent.user + spent.system)


def _memory_mib(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):  # a worker may have been started again
        return float(process.memory_info().rss) / 2**20
    return 0.0


# --- one who plays the largest run -----------------------------------------------------------------------------------------


def giant(seed: int) -> Scenario:
    """Give the heaviest scenario that we found within the budgets: near the limit of what tasks may serve, and of events."""
    return changed(scenario_of("eks_update"), {"launch_type": "eks-fargate", "services.0.desired": 1_500, "seed": seed})


async def _giant(port: int) -> tuple[int, str]:
    """Play it again and again, each time another. Gives how many runs came to their end, and the last word about the line."""
    browser, runs = Browser(port), 0
    try:
        while True:
            try:
                await browser.open("az_failure", lang="en", guess="skip", s=giant(runs).token())
            except FAULTS:
                await asyncio.sleep(1)
                continue
            runs += 1
    except asyncio.CancelledError:
        await browser.close()
        return runs, browser.heard[-1] if browser.heard else ""
