"""API Gateway: the door. A token bucket lets requests in; what takes too long is given up, though it goes on behind the door."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from engine import catalog
from engine.fields import setting
from engine.serverless.box import Account, Held
from engine.serverless.limits import Refusals
from engine.serverless.parcel import DUPLICATE, ERROR, ORDER, THROTTLED, TIMED_OUT, Parcel, Reply, part_ways
from engine.serverless.service import Service
from engine.serverless.world import STEP_S, World


class ApiGateway(Service):
    """An API: where clients' requests come in."""

    kind: Literal["api-gateway"]
    api: Literal["rest", "http"] = setting("rest", "A REST API or the simpler HTTP API.", fact="apigw.price")
    rate_per_s: int = setting(
        int(catalog.number("apigw.rps")), "Requests a second that are let in for good.", unit="1/s", fact="apigw.rps", ge=1,
        le=1_000_000,
    )  # fmt: skip
    burst: int = setting(int(catalog.number("apigw.burst")), "Requests that are let in at once.", fact="apigw.burst", ge=1,
                         le=1_000_000)  # fmt: skip
    latency_s: float = setting(0.02, "Its own share of an answer's time.", unit="s", assumed=True, ge=0, le=10)


@dataclass(slots=True)
class _Pending:
    """Requests that wait for an answer. open: how many; given_up: their clients have been told that it took too long."""

    since_s: float
    open: int
    parcel: Parcel
    reply: Reply
    given_up: bool = False


class Door:
    """An API at work."""

    def __init__(self, world: World, spec: ApiGateway) -> None:
        """Open it, its bucket full."""
        self.world, self.spec = world, spec
        self.account, self.held = Account(), Held()
        self.broken_until_s = -1.0
        self.tokens = self.spec.burst + self.spec.rate_per_s * STEP_S
        self.asked = self.calls = 0
        self.pending: deque[_Pending] = deque()
        self.refusals = Refusals(world, spec.name)

    @property
    def timeout_s(self) -> float:
        """Say how long it waits for an answer. Source: facts `apigw.timeout_rest`, `apigw.timeout_http`."""
        return catalog.seconds("apigw.timeout_rest" if self.spec.api == "rest" else "apigw.timeout_http")

    @property
    def usual_s(self) -> float:
        """Give its own share of the time, and that of whom it calls."""
        return self.spec.latency_s + self.world.usual_s(self.spec.to)

    def offer(self, parcel: Parcel, reply: Reply) -> None:
        """Let in what the bucket allows; turn the rest away."""
        n, account = parcel.n, self.account
        account.offered += n
        self.asked += n
        if self.world.now < self.broken_until_s:
            account.failed += n
            self.world.turned_away += n
            reply(parcel, ERROR)
            return
        room = min(n, int(self.tokens))
        if room < n:
            out = parcel.split(n - room)
            part_ways(parcel, out)
            account.refused += out.n
            self.world.turned_away += out.n
            self.refusals.refuse("rate")
            reply(out, THROTTLED)
        if room:
            self.calls += room
            self.tokens -= room
            self._let_in(parcel, reply)

    def _let_in(self, parcel: Parcel, reply: Reply) -> None:
        n = parcel.n
        self.world.tally[ORDER].accepted += n
        self.account.working += n
        self.held.working[ORDER] += n
        waiting = _Pending(self.world.now, n, parcel, reply)
        self.pending.append(waiting)
        self.world.ask(self.spec.to, parcel, lambda part, error: self._answered(waiting, part, error))

    def _answered(self, waiting: _Pending, part: Parcel, error: str) -> None:
        n, tally = part.n, self.world.tally[ORDER]
        part.close(error)
        waiting.open -= n
        self.account.working -= n
        self.held.working[ORDER] -= n
        if error == DUPLICATE:
            self.account.suppressed += n
            tally.suppressed += n
            error = ""
        elif not error:
            self.account.done += n
            if self.spec.name not in self.world.carriers:
                self.world.finish(part)
        elif waiting.given_up:  # its client has gone long ago
            self.account.superseded += n
            tally.superseded += n
        else:
            self.account.failed += n
            tally.refused += n
        if not waiting.given_up:
            waiting.reply(part, error)

    def tick(self) -> None:
        """Fill the bucket, and give up what waits too long."""
        self.asked = 0
        self.tokens = min(float(self.spec.burst), self.tokens) + self.spec.rate_per_s * STEP_S
        self.refusals.tick()
        while self.pending and self.pending[0].since_s + self.timeout_s <= self.world.now:
            waiting = self.pending.popleft()
            if waiting.open:
                self._give_up(waiting)

    def _give_up(self, waiting: _Pending) -> None:
        """Tell clients that it took too long. What works on their requests goes on: from here on there are two of each."""
        n, tally = waiting.open, self.world.tally[ORDER]
        waiting.given_up = True
        self.account.copied += n
        self.account.failed += n
        tally.copied += n
        tally.refused += n
        self.refusals.refuse("time")
        known = waiting.parcel
        known.fate.is_shared = True
        waiting.reply(Parcel(n, known.born_s, known.fate, ORDER, known.hot, known.poison, again=known.again), TIMED_OUT)

    def usage(self) -> dict[str, float]:
        """Count the calls that were let in. Source: fact `apigw.throttled_free`."""
        return {f"{self.spec.api}_calls": float(self.calls)}

    def gauges(self) -> tuple[float, float, float]:
        """Give the requests of this second, those that the bucket would have allowed, and those that wait."""
        return float(self.asked), self.tokens + self.asked, float(self.account.working)

    def lose_zone(self, zone: str) -> str:
        """Go on: it stands in every zone of its Region."""
        del zone
        return "on"

    def regain_zone(self, zone: str) -> None:
        """Notice nothing."""
