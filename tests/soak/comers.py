"""Comers: visitors without browsers who come to the real pages, change things, and go; another takes the seat."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import urlopen

from engine.rng import stream
from tests.browser.the_app import Server
from tests.load.learner import Learner, Told
from tests.soak.memory import Slope, Watch, faults_in

STAY_S = 40.0  # in the mean; most go sooner
PAUSE_S = 2.0
MOVES = {"turn": 60, "launch_type": 10, "try": 8, "open": 10, "press": 6, "elsewhere": 6}
LEAST_WARM_S = 5.0


@dataclass
class Stayed:
    """What came of an hour, or of less. Memory in MiB; the sessions as the server counts them."""

    seconds: float
    seats: int
    seed: int
    visits: int
    changes: int
    slope: Slope
    warm_s: float
    at_first: float
    when_warm: float
    at_last: float
    most: float
    children: float
    threads: tuple[float, float]  # when warm, at last
    files: tuple[float, float]
    sessions: dict[str, int]
    faults: list[str] = field(default_factory=list)  # what visitors met
    log: list[str] = field(default_factory=list)  # what the server's log tells of


def stay(
    server: Server, minutes: float, *, seats: int, seed: int, pause_s: float = PAUSE_S, warm: float = 0.25
) -> Stayed:
    """Let visitors come and go for some minutes, and watch the server's memory. warm: this share of the time counts for nothing."""
    told = Told()
    with Watch(server) as watch:
        watch.look()
        visits = asyncio.run(_seated(server, watch, minutes * 60, seats, seed, pause_s, told))
        died = not watch.is_alive
        sessions = {} if died else counted(server)
    warm_s, end_s = max(LEAST_WARM_S, warm * minutes * 60), watch.at_s[-1]
    return Stayed(
        end_s, seats, seed, visits, len(told.took_s), watch.slope(warm_s), warm_s, watch.mib[0],
        watch.around(warm_s, watch.mib), watch.around(end_s, watch.mib), max(watch.mib), watch.around(end_s, watch.children_mib),
        (watch.around(warm_s, watch.threads), watch.around(end_s, watch.threads)),
        (watch.around(warm_s, watch.files), watch.around(end_s, watch.files)),
        sessions, [f"{n} x {text}"[:400] for text, n in Counter(told.faults).most_common(12)],
        (["the server died"] if died else []) + faults_in(server.log.read_text(encoding="utf-8")),
    )  # fmt: skip


async def _seated(
    server: Server, watch: Watch, seconds: float, seats: int, seed: int, pause_s: float, told: Told
) -> int:
    """Keep every seat taken until time is up. Gives how many visits there were."""
    port, until_s = urlsplit(server.url).port or 0, time.monotonic() + seconds

    async def seat(number: int) -> int:
        visits = 0
        while (now_s := time.monotonic()) < until_s and watch.is_alive:
            who = (seed * seats + number) * 1_000_000 + visits
            stays_s = float(stream(who, "stay").exponential(STAY_S))
            await Learner(who, port, lambda: told, every_s=pause_s, moves=MOVES).learn(
                now_s, min(until_s, now_s + stays_s)
            )
            visits += 1
        return visits

    return sum(await asyncio.gather(*(seat(n) for n in range(seats))))


def counted(server: Server) -> dict[str, int]:
    """Ask the server how many sessions are connected, and how often one came and went."""
    families = "families=active_sessions&families=session_events"
    with urlopen(f"{server.url}/_stcore/metrics?{families}", timeout=30) as answer:  # noqa: S310 - ours
        lines = answer.read().decode().splitlines()
    found = {}
    for line in lines:
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            found[name.replace("_total", "")] = int(float(value))
    return found
