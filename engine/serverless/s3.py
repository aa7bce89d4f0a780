"""S3: a bucket that takes so many requests a second for each prefix, and loses next to nothing."""

from __future__ import annotations

from typing import Literal

from engine import catalog
from engine.fields import setting
from engine.serverless.box import Account, Held
from engine.serverless.limits import Refusals
from engine.serverless.parcel import ERROR, THROTTLED, WENT_WELL, Parcel, Reply
from engine.serverless.service import Service
from engine.serverless.world import World


class S3Bucket(Service):
    """A bucket that keeps an object for each message."""

    kind: Literal["s3-bucket"]
    prefixes: int = setting(1, "Prefixes that the keys are spread over.", fact="s3.rate", ge=1, le=1_000)
    object_kb: float = setting(20, "Size of an object.", unit="KB", ge=0.1, le=1e6)
    latency_s: float = setting(0.03, "An answer's time.", unit="s", assumed=True, ge=0, le=10)


class Bucket:
    """A bucket at work."""

    def __init__(self, world: World, spec: S3Bucket) -> None:
        """Open it empty."""
        self.world, self.spec = world, spec
        self.account, self.held = Account(), Held()
        self.broken_until_s = -1.0
        self.asked = self.used = 0
        self.objects = 0
        self.refusals = Refusals(world, spec.name)

    @property
    def limit(self) -> int:
        """Give the requests that it takes in a second. Source: fact `s3.rate`."""
        return int(catalog.number("s3.rate", "write")) * self.spec.prefixes

    @property
    def usual_s(self) -> float:
        """Give an answer's time."""
        return self.spec.latency_s

    def offer(self, parcel: Parcel, reply: Reply) -> None:
        """Keep what this second still has room for."""
        n, each, account = parcel.n, parcel.each, self.account
        account.offered += n
        if self.world.now < self.broken_until_s:
            account.failed += n
            reply(parcel, ERROR)
            return
        self.asked += n * each
        room = min(n, (self.limit - self.used) // each)
        if room < n:
            out = parcel.split(n - room)
            account.refused += out.n
            self.refusals.refuse("rate")
            reply(out, THROTTLED)
        if room:
            self.used += room * each
            self.objects += room * each
            account.done += room
            reply(parcel, WENT_WELL)

    def tick(self) -> None:
        """Begin another second."""
        self.asked = self.used = 0
        self.refusals.tick()

    def usage(self) -> dict[str, float]:
        """Count requests, and what is kept by the end, as if for a month."""
        return {"puts": float(self.objects), "gb_months": self.objects * self.spec.object_kb / 1e6}

    def gauges(self) -> tuple[float, float, float]:
        """Give the requests of this second, its limit, and the objects."""
        return float(self.asked), float(self.limit), float(self.objects)

    def lose_zone(self, zone: str) -> str:
        """Go on: objects lie in three zones or more."""
        del zone
        return "on"

    def regain_zone(self, zone: str) -> None:
        """Notice nothing."""
