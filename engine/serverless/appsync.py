"""AppSync: answers GraphQL, and tells every client that listens."""

from __future__ import annotations

from typing import Literal

from engine.fields import setting
from engine.serverless.box import Account, Held
from engine.serverless.limits import Refusals
from engine.serverless.parcel import ERROR, THROTTLED, Parcel, Reply
from engine.serverless.service import Service
from engine.serverless.world import World


class AppSyncApi(Service):
    """A GraphQL API: a mutation runs its resolvers, then goes out to each subscribed client."""

    kind: Literal["appsync-api"]
    clients: int = setting(200, "Clients that listen.", ge=0, le=1_000_000)
    requests_per_s: int = setting(2_000, "Requests a second that an account may send.", unit="1/s", assumed=True, ge=1,
                                  le=1_000_000)  # fmt: skip
    latency_s: float = setting(0.05, "An answer's time without its resolvers.", unit="s", assumed=True, ge=0, le=10)


class Graph:
    """A GraphQL API at work."""

    def __init__(self, world: World, spec: AppSyncApi) -> None:
        """Have every client connected."""
        self.world, self.spec = world, spec
        self.account, self.held = Account(), Held()
        self.broken_until_s = -1.0
        self.asked = self.used = 0
        self.requests = self.updates = 0
        self.refusals = Refusals(world, spec.name)

    @property
    def usual_s(self) -> float:
        """Give its own share of the time, and that of its resolvers."""
        return self.spec.latency_s + self.world.usual_s(self.spec.to)

    def offer(self, parcel: Parcel, reply: Reply) -> None:
        """Answer what this second still has room for: resolvers first, then the word to all clients."""
        n, each, account = parcel.n, parcel.each, self.account
        account.offered += n
        if self.world.now < self.broken_until_s:
            account.failed += n
            reply(parcel, ERROR)
            return
        self.asked += n * each
        room = min(n, (self.spec.requests_per_s - self.used) // each)
        if room < n:
            out = parcel.split(n - room)
            account.refused += out.n
            self.refusals.refuse("rate")
            reply(out, THROTTLED)
        if room:
            self.used += room * each
            self.requests += room * each
            account.working += room
            self.world.ask(self.spec.to, parcel, lambda part, error: self._resolved(part, error, reply))

    def _resolved(self, part: Parcel, error: str, reply: Reply) -> None:
        self.account.working -= part.n
        if error:
            self.account.failed += part.n
        else:
            self.account.done += part.n
            self.updates += part.n * part.each * self.spec.clients
        reply(part, error)

    def tick(self) -> None:
        """Begin another second."""
        self.asked = self.used = 0
        self.refusals.tick()

    def usage(self) -> dict[str, float]:
        """Count requests, what clients were told, and how long they were connected."""
        minutes = self.spec.clients * self.world.now / 60
        return {"requests": float(self.requests), "updates": float(self.updates), "minutes": minutes}

    def gauges(self) -> tuple[float, float, float]:
        """Give the requests of this second, its limit, and the clients."""
        return float(self.asked), float(self.spec.requests_per_s), float(self.spec.clients)

    def lose_zone(self, zone: str) -> str:
        """Go on: it stands in every zone of its Region."""
        del zone
        return "on"

    def regain_zone(self, zone: str) -> None:
        """Notice nothing."""
