"""SQS: keeps messages until somebody has worked on them; what is not done in time is handed out again."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import ceil
from typing import Literal

from engine import catalog
from engine.fields import setting
from engine.serverless.box import Account, Held
from engine.serverless.flow import Kind
from engine.serverless.limits import Missing, Refusals
from engine.serverless.parcel import DUPLICATE, ERROR, THROTTLED, WENT_WELL, Parcel, Reply
from engine.serverless.service import Service
from engine.serverless.world import World


class SqsQueue(Service):
    """A queue with a dead-letter queue; `to` names its one consumer."""

    kind: Literal["sqs-queue"]
    is_fifo: bool = setting(False, "In order within a group, each message once.", fact="sqs.at_least_once")
    groups: int = setting(100, "Message groups of a FIFO queue: of each, one batch is worked on at a time.", ge=1,
                          le=1_000_000)  # fmt: skip
    visibility_s: float = setting(
        catalog.seconds("sqs.visibility"), "A received message is hidden so long.", unit="s", fact="sqs.visibility", ge=1,
        le=43_200,
    )  # fmt: skip
    has_dlq: bool = setting(True, "Move aside what was received too often.", fact="sqs.dlq")
    max_receives: int = setting(int(catalog.number("sqs.dlq")), "Received more often than this: moved aside.", fact="sqs.dlq",
                                ge=1, le=1_000)  # fmt: skip
    retention_s: int = setting(
        int(catalog.number("sqs.retention", "default_d")) * 86_400, "A message is thrown away after so long.", unit="s",
        fact="sqs.retention", ge=60, le=1_209_600,
    )  # fmt: skip
    wait_s: float = setting(20, "A poll waits so long for a message.", unit="s", fact="sqs.wait", ge=0, le=20)
    latency_s: float = setting(0.01, "An answer's time.", unit="s", assumed=True, ge=0, le=10)


@dataclass(slots=True)
class Flight:
    """Messages that somebody has received. open: not answered for yet; failed: to be seen again when their time is over.

    copy: they became visible again while they were still open: what is left of that in the queue.
    """

    parcel: Parcel
    open: int
    failed: int = 0
    is_over: bool = False
    copy: Parcel | None = None


class Queue:
    """A queue at work."""

    def __init__(self, world: World, spec: SqsQueue) -> None:
        """Begin empty."""
        self.world, self.spec = world, spec
        self.account, self.held = Account(), Held()
        self.broken_until_s = -1.0
        self.visible: deque[Parcel] = deque()
        self.dead: list[Parcel] = []
        self.hidden = self.hidden_hot = 0
        self.asked = self.sent = 0
        self.requests = 0
        self.refusals = Refusals(world, spec.name)
        self.came_back = Missing(world, spec.name, Kind.VISIBLE_AGAIN)
        self.buried = Missing(world, spec.name, Kind.DEAD)
        self.thrown = Missing(world, spec.name, Kind.LOST)
        self.most_hidden = int(catalog.number("sqs.inflight"))
        self.batch = int(catalog.number("sqs.batch"))

    @property
    def usual_s(self) -> float:
        """Give the time of a send."""
        return self.spec.latency_s

    @property
    def depth(self) -> int:
        """Count what waits and can be received."""
        return sum(parcel.n for parcel in self.visible)

    # --- sending ---------------------------------------------------------------------------------------------------------

    def offer(self, parcel: Parcel, reply: Reply) -> None:
        """Keep messages; a FIFO queue takes only so many calls a second, and knows what it was sent already."""
        n, account = parcel.n, self.account
        account.offered += n
        self.asked += n
        if self.world.now < self.broken_until_s:
            account.failed += n
            reply(parcel, ERROR)
            return
        if self.spec.is_fifo:
            room = min(n, max(0, int(catalog.number("sqs.fifo_rate", "calls")) - self.sent))
            if room < n:
                out = parcel.split(n - room)
                account.refused += out.n
                self.refusals.refuse("rate")
                reply(out, THROTTLED)
        if parcel.n:
            self._keep(parcel, reply)

    def _keep(self, parcel: Parcel, reply: Reply) -> None:
        self.sent += parcel.n
        self.requests += parcel.n
        fate = parcel.fate
        fresh = min(parcel.n, fate.n - fate.sent) if self.spec.is_fifo else parcel.n
        if fresh < parcel.n:
            out = parcel.split(parcel.n - fresh)
            self.account.suppressed += out.n
            reply(out, DUPLICATE)
        if fresh:
            fate.sent += fresh
            kept = parcel.split(0)
            kept.n, kept.tries, kept.is_claimed = fresh, 0, False
            self._show(kept)
            reply(parcel, WENT_WELL)

    def _show(self, parcel: Parcel, *, first: bool = False) -> None:
        """Let messages be received."""
        self.account.queued += parcel.n
        self.held.queued[parcel.lane] += parcel.n
        if first:
            self.visible.appendleft(parcel)
        else:
            self.visible.append(parcel)

    # --- receiving -------------------------------------------------------------------------------------------------------

    def receive(self, most: int) -> list[Flight]:
        """Hand out so many messages at most, hidden from others for a while. Source: fact `sqs.inflight`."""
        flights: list[Flight] = []
        kept_back: list[Parcel] = []
        while self.visible and most > 0:
            parcel = self.visible[0]
            if not parcel.n:  # deleted meanwhile
                self.visible.popleft()
                continue
            n = min(parcel.n, most, self._room(parcel))
            if n <= 0:
                if not self.spec.is_fifo:
                    break
                kept_back.append(self.visible.popleft())  # its group is worked on: the next group's turn
                continue
            self._hand_out(parcel, n, flights)
            if not parcel.n:
                self.visible.popleft()
            most -= n
        self.visible.extendleft(reversed(kept_back))
        return flights

    def _room(self, parcel: Parcel) -> int:
        """Say how many more may be hidden at once; of a FIFO queue's group, one batch."""
        room = self.most_hidden - self.hidden
        if not self.spec.is_fifo:
            return room
        if parcel.hot:
            return min(room, self.batch - self.hidden_hot)
        return min(room, self.batch * self.spec.groups - (self.hidden - self.hidden_hot))

    def _hand_out(self, parcel: Parcel, n: int, flights: list[Flight]) -> None:
        self.account.queued -= n
        self.held.queued[parcel.lane] -= n
        part = parcel.split(n)
        part.tries += 1
        if self.spec.has_dlq and part.tries > self.spec.max_receives:
            self._bury(part)
            return
        self.requests += ceil(n / self.batch)
        self.account.working += n
        self.held.working[part.lane] += n
        self._hide(part, n)
        flight = Flight(part, n)
        flights.append(flight)
        self.world.after(self.spec.visibility_s, lambda: self._over(flight))

    def _hide(self, parcel: Parcel, n: int) -> None:
        self.hidden += n
        self.hidden_hot += n * parcel.hot

    def _bury(self, parcel: Parcel) -> None:
        """Move messages into the dead-letter queue."""
        self.account.dead += parcel.n
        self.held.dead[parcel.lane] += parcel.n
        self.dead.append(parcel)
        self.buried.add(parcel.n)

    def settle(self, flight: Flight, part: Parcel, error: str) -> bool:
        """Hear what became of received messages; say whether they have gone on from here.

        Done in time: deleted. Done late: deleted if nobody has received them again (fact `sqs.old_receipt`).
        """
        n, account, tally = part.n, self.account, self.world.tally[part.lane]
        part.close(error)
        flight.open -= n
        account.working -= n
        self.held.working[part.lane] -= n
        if error and error != DUPLICATE:
            self._failed(flight, part)
            return False
        self.requests += ceil(n / self.batch)
        if not flight.is_over:
            self._hide(part, -n)
        elif flight.copy is not None:
            self._delete(flight.copy, n)
        if error:
            account.suppressed += n
            tally.suppressed += n
            return False
        account.done += n
        return True

    def _failed(self, flight: Flight, part: Parcel) -> None:
        n = part.n
        if flight.is_over:  # its message is visible again already
            self.account.superseded += n
            self.world.tally[part.lane].superseded += n
            return
        flight.failed += n
        self.account.queued += n
        self.held.queued[part.lane] += n

    def _delete(self, copy: Parcel, n: int) -> None:
        """Delete messages that wait to be received again, as far as they still wait."""
        gone = min(copy.n, n)
        copy.n -= gone
        self.account.queued -= gone
        self.account.suppressed += gone
        self.held.queued[copy.lane] -= gone
        self.world.tally[copy.lane].suppressed += gone

    def _over(self, flight: Flight) -> None:
        """Let received messages be seen again: those that failed, and a copy of those that are still worked on."""
        flight.is_over = True
        left = flight.failed + flight.open
        if not left:
            return
        known = flight.parcel
        self._hide(known, -left)
        self.account.queued -= flight.failed
        self.held.queued[known.lane] -= flight.failed
        tries, first = known.tries, self.spec.is_fifo
        for n, is_copy in ((flight.failed, False), (flight.open, True)):
            if not n:
                continue
            back = Parcel(n, known.born_s, known.fate, known.lane, known.hot, known.poison, tries, known.again)
            if is_copy:
                flight.copy = back
                self.account.copied += n
                self.world.tally[known.lane].copied += n
                self.came_back.add(n)
            self._show(back, first=first)

    # --- time and zones --------------------------------------------------------------------------------------------------

    def redrive(self) -> int:
        """Move what is in the dead-letter queue back; return how many messages."""
        moved = sum(parcel.n for parcel in self.dead)
        for parcel in self.dead:
            self.account.dead -= parcel.n
            self.held.dead[parcel.lane] -= parcel.n
            parcel.tries = 0
            self._show(parcel)
        self.dead = []
        return moved

    def tick(self) -> None:
        """Begin another second; throw away what is too old. Source: fact `sqs.retention`."""
        self.asked = self.sent = 0
        for notes in (self.refusals, self.came_back, self.buried, self.thrown):
            notes.tick()
        if self.spec.retention_s < self.world.pipeline.duration_s and int(self.world.now) % 10 == 0:
            self._throw_away()

    def _throw_away(self) -> None:
        born_s = self.world.now - self.spec.retention_s
        gone = 0
        for parcel in self.visible:
            if parcel.born_s < born_s and parcel.n:
                gone += parcel.n
                self.account.queued -= parcel.n
                self._lose(parcel, self.held.queued)
        for parcel in self.dead:
            if parcel.born_s < born_s:
                gone += parcel.n
                self.account.dead -= parcel.n
                self._lose(parcel, self.held.dead)
        if gone:
            self.dead = [parcel for parcel in self.dead if parcel.n]
            self.thrown.add(gone, "retention")

    def _lose(self, parcel: Parcel, held: list[int]) -> None:
        held[parcel.lane] -= parcel.n
        self.account.lost += parcel.n
        self.world.tally[parcel.lane].lost += parcel.n
        parcel.n = 0

    def poll(self, pollers: float) -> None:
        """Count polls that found nothing: each waits as long as it is told to, and then asks again."""
        self.requests += ceil(pollers / max(1.0, self.spec.wait_s))

    def usage(self) -> dict[str, float]:
        """Count requests: sends, receives and deletes."""
        return {"fifo_requests" if self.spec.is_fifo else "requests": float(self.requests)}

    def gauges(self) -> tuple[float, float, float]:
        """Give the messages sent in this second, the limit of sends, and what is hidden."""
        limit = catalog.number("sqs.fifo_rate", "calls") if self.spec.is_fifo else float("inf")
        return float(self.asked), limit, float(self.hidden)

    def lose_zone(self, zone: str) -> str:
        """Go on: messages are kept in several zones."""
        del zone
        return "on"

    def regain_zone(self, zone: str) -> None:
        """Notice nothing."""
