"""A function's environments as the map plays them: round dots in their zones, one for each, or for so many where there are many."""

from __future__ import annotations

import numpy as np

from engine.events import Kind
from engine.simulation import Run

GONE, STARTING, SERVING, LOST = 0, 2, 3, 5  # as `payload` numbers them
MOST_DOTS = 40  # in a zone; more would be sand
LINGER_S = 8.0


def each_is(run: Run) -> int:
    """Say for how many environments a dot stands: 1, unless there are too many of them."""
    most = max(int(np.max(_in_use(run))), 1)
    return -(-most // MOST_DOTS)


def moves(run: Run) -> list[tuple[float, ...]]:
    """List what becomes of each dot: time, its number, state, no host, zone. In use, of them those that start, or lost with its zone."""
    in_use, each, step_s = _in_use(run), each_is(run), run.requests.step_s
    zones, steps = in_use.shape
    started = np.sum([table.started for table in run.requests.functions], axis=0)[:, :steps]
    lost = {(int(run.events.zone[i]), float(run.events.at_s[i])) for i in run.events.where(Kind.ZONE_FAILED)}
    found: list[tuple[float, ...]] = []
    for zone in range(zones):
        dots = -(-in_use[zone] // each)
        starts = -(-started[zone] // each)
        now = [GONE] * MOST_DOTS
        for step in range(steps):
            at_s = round(step * step_s, 3)
            is_lost = any(z == zone and at_s <= t < at_s + step_s for z, t in lost)
            for dot in range(MOST_DOTS):
                state = GONE if dot >= dots[step] else STARTING if dots[step] - dot <= starts[step] else SERVING
                if is_lost and state == GONE and now[dot] not in (GONE, LOST):
                    state = LOST
                if state != now[dot]:
                    found.append((at_s, zone * MOST_DOTS + dot + 1, state, -1, zone))
                    now[dot] = state
    return found


def _in_use(run: Run) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Add the functions' environments in use up. Shape (zones, steps)."""
    return np.asarray(np.sum([table.in_use[:, :-1] for table in run.requests.functions], axis=0), dtype=np.int64)
