"""The clients: they send orders second by second, and those that are turned away come back, together or spread out."""

from __future__ import annotations

from math import ceil, floor

from engine.rng import stream
from engine.serverless.parcel import ORDER, Fate, Parcel
from engine.serverless.world import STEP_S, World

MOST_PARTS = 8  # those who come back at random moments do so in so many groups at most


class Clients:
    """Everybody who sends orders."""

    def __init__(self, world: World) -> None:
        """Know the way in."""
        self.world = world
        self.traffic = world.pipeline.traffic
        self.draws = stream(world.pipeline.seed, "orders")
        self.factor = 1.0
        self.hot: list[float] = [self.traffic.hot_share]
        self.owed = 0.0  # parts of an order, where they come evenly

    def second(self) -> None:
        """Send a second's worth of orders."""
        mean = self.traffic.orders_per_s * self.factor * STEP_S
        if self.traffic.is_random:
            n = int(self.draws.poisson(mean))
        else:
            self.owed += mean
            n = floor(self.owed + 1e-9)
            self.owed -= n
        share = max(self.hot)
        hot = int(self.draws.binomial(n, share)) if 0 < share < 1 and n else round(n * share)
        for count, is_hot in ((n - hot, False), (hot, True)):
            if count:
                self.send(count, hot=is_hot)

    def send(self, n: int, *, hot: bool = False, poison: bool = False) -> None:
        """Send new orders."""
        self._offer(Parcel(n, self.world.now, Fate(n), ORDER, hot, poison))

    def _offer(self, parcel: Parcel) -> None:
        self.world.boxes[self.traffic.enters].offer(parcel, self._answered)

    def _answered(self, part: Parcel, error: str) -> None:
        """Come back if there was an error, unless that is enough."""
        if not error:
            return
        if part.again >= self.traffic.retries:
            self.world.given_up += part.n
            return
        wait_s = self.traffic.wait_s * (2.0**part.again if self.traffic.doubles else 1.0)
        parts = min(MOST_PARTS, part.n, max(1, ceil(wait_s / STEP_S))) if self.traffic.jitter else 1
        for number in range(parts):
            n = part.n // (parts - number)
            back = Parcel(n, part.born_s, part.fate, ORDER, part.hot, part.poison, again=part.again + 1)
            part.n -= n
            share = (number + 0.5) / parts if self.traffic.jitter else 1.0
            self.world.after(wait_s * share, lambda back=back: self._offer(back))  # type: ignore[misc]
