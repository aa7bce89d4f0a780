"""Aurora Serverless: a database whose size follows its load in half steps, which may fall asleep, and has one writer."""

from __future__ import annotations

from math import ceil
from typing import Literal

from engine import catalog
from engine.fields import setting
from engine.rng import uniform
from engine.serverless.box import Account, Held
from engine.serverless.flow import Kind
from engine.serverless.limits import Refusals
from engine.serverless.parcel import ERROR, RESUMING, THROTTLED, WENT_WELL, Parcel, Reply
from engine.serverless.service import Service
from engine.serverless.world import STEP_S, World

WORTH_A_WORD = 2  # ACU: a smaller cluster that doubles is no news
SHORTEST_OUTAGE = 0.5  # of the longest that is documented, where only that is


class AuroraCluster(Service):
    """A database cluster that answers queries."""

    kind: Literal["aurora-cluster"]
    min_acu: float = setting(0.5, "Its least size; 0: it pauses when nobody asks.", unit="ACU", fact="aurora.min", ge=0, le=256,
                             multiple_of=0.5)  # fmt: skip
    max_acu: float = setting(16, "Its greatest size.", unit="ACU", fact="aurora.max", ge=1, le=256, multiple_of=0.5)
    pause_after_s: float = setting(
        catalog.seconds("aurora.autopause"), "It pauses when nobody asked for so long.", unit="s", fact="aurora.autopause",
        ge=300, le=86_400,
    )  # fmt: skip
    is_paused: bool = setting(False, "It is asleep when the run begins.")
    driver: Literal["data-api", "connection"] = setting(
        "data-api", "Through the Data API a sleeping database answers with an error; a connection waits.",
        fact="aurora.resuming_error",
    )  # fmt: skip
    replicas: int = setting(1, "Readers in other zones, one of which takes over.", fact="aurora.failover", ge=0, le=15)
    queries_per_acu: float = setting(
        150, "Queries a second that an ACU answers.", unit="1/s", assumed=True, gt=0, le=1e5
    )
    growth: float = setting(0.5, "It grows by up to this share of its size each second.", unit="share", assumed=True, gt=0,
                            le=4)  # fmt: skip
    shrink_after_s: float = setting(60, "It shrinks when it was too large for so long.", unit="s", assumed=True, ge=1,
                                    le=3_600)  # fmt: skip
    patience_s: float = setting(10, "A query waits so long for its turn at most.", unit="s", assumed=True, ge=0, le=300)
    latency_s: float = setting(0.02, "A query's time.", unit="s", assumed=True, ge=0, le=10)


class Cluster:
    """A cluster at work: its size, its line of queries, and whether it is awake."""

    def __init__(self, world: World, spec: AuroraCluster) -> None:
        """Begin small, or asleep."""
        self.world, self.spec = world, spec
        self.account, self.held = Account(), Held()
        self.broken_until_s = -1.0
        self.is_asleep = spec.is_paused
        self.acu = 0.0 if self.is_asleep else max(spec.min_acu, catalog.number("aurora.acu_step"))
        self.wakes_s = self.back_s = -1.0
        self.asked = self.line = 0.0
        self.last_s = 0.0
        self.acu_s = 0.0
        self.told_acu = self.acu or catalog.number("aurora.acu_step")
        self.queries = 0
        self.full_s = 0.0  # when it last was as large as it had to be
        self.writer = world.zone_of(0)
        self.failovers = 0
        self.refusals = Refusals(world, spec.name)

    @property
    def usual_s(self) -> float:
        """Give a query's time."""
        return self.spec.latency_s

    @property
    def per_s(self) -> float:
        """Give the queries that its size answers in a second."""
        return self.acu * self.spec.queries_per_acu

    def offer(self, parcel: Parcel, reply: Reply) -> None:
        """Answer queries in turn; asleep, wake up first."""
        n, account, now = parcel.n, self.account, self.world.now
        account.offered += n
        self.asked += n * parcel.each
        self.last_s = now
        if now < self.broken_until_s or now < self.back_s:
            account.failed += n
            self.refusals.refuse("away")
            reply(parcel, ERROR)
            return
        if self.is_asleep:
            self._wake()
        if now < self.wakes_s:
            if self.spec.driver == "data-api":
                account.failed += n
                self.refusals.refuse("asleep")
                reply(parcel, RESUMING)
                return
            self._line_up(parcel, reply, self.wakes_s - now)
            return
        self._line_up(parcel, reply, 0.0)

    def _line_up(self, parcel: Parcel, reply: Reply, asleep_s: float) -> None:
        """Let queries wait for their turn, as far as they have the patience."""
        pace = max(self.per_s, catalog.number("aurora.acu_step") * self.spec.queries_per_acu)
        most = pace * (self.spec.patience_s + STEP_S)
        room = min(parcel.n, max(0, int((most - self.line) // parcel.each)))
        if room < parcel.n:
            out = parcel.split(parcel.n - room)
            self.account.refused += out.n
            self.refusals.refuse("size")
            reply(out, THROTTLED)
        if not room:
            return
        wait_s = asleep_s + max(0.0, self.line / pace - STEP_S)
        self.line += room * parcel.each
        self.queries += room * parcel.each
        if wait_s <= 0:
            self.account.done += room
            reply(parcel, WENT_WELL)
            return
        self.account.working += room
        self.world.after(wait_s, lambda: self._answer(parcel, reply))

    def _answer(self, parcel: Parcel, reply: Reply) -> None:
        self.account.working -= parcel.n
        if self.world.now < self.back_s:
            self.account.failed += parcel.n
            reply(parcel, ERROR)
            return
        self.account.done += parcel.n
        reply(parcel, WENT_WELL)

    def _wake(self) -> None:
        """Come back from the pause. Source: fact `aurora.resume`."""
        self.is_asleep = False
        self.wakes_s = self.world.now + catalog.seconds("aurora.resume")
        self.world.note(Kind.WAKING, self.spec.name)
        self.world.after(catalog.seconds("aurora.resume"), self._woke)

    def _woke(self) -> None:
        self.acu = max(self.acu, self.spec.min_acu, catalog.number("aurora.acu_step"))
        self.last_s = self.world.now
        self.world.note(Kind.WOKE, self.spec.name, self.acu)

    def wake(self) -> bool:
        """Wake up without a query; say whether it slept."""
        if not self.is_asleep:
            return False
        self._wake()
        return True

    def sleep(self) -> bool:
        """Pause now; say whether it could."""
        if self.is_asleep or self.world.now < self.wakes_s:
            return False
        self.is_asleep, self.acu, self.line = True, 0.0, 0.0
        self.world.note(Kind.SLEPT, self.spec.name)
        return True

    def tick(self) -> None:
        """Answer a second's worth, follow the load, and fall asleep when nobody asked for long."""
        self.acu_s += self.acu * STEP_S
        if self.acu:
            self._follow()
            self.line = max(0.0, self.line - self.per_s * STEP_S)
            if self.spec.min_acu == 0 and self.world.now - self.last_s >= self.spec.pause_after_s:
                self.sleep()
        self.asked = 0.0
        self.refusals.tick()

    def _follow(self) -> None:
        """Grow in half steps, by a share of the size at most, and shrink one step at a time. Source: fact `aurora.acu_step`."""
        step = catalog.number("aurora.acu_step")
        wanted = (self.asked + self.line / max(1.0, self.spec.patience_s)) / self.spec.queries_per_acu
        size = step * ceil(wanted / step - 1e-9)
        if size >= self.acu:
            self.full_s = self.world.now
        if size < self.acu:
            size = self.acu - step if self.world.now - self.full_s >= self.spec.shrink_after_s else self.acu
        most = self.acu + max(step, step * int(self.acu * self.spec.growth / step))
        size = min(self.spec.max_acu, max(self.spec.min_acu, step, min(most, size)))
        if size != self.acu:
            self.acu = size
            if max(size, self.told_acu) >= WORTH_A_WORD and (size >= 2 * self.told_acu or size <= self.told_acu / 2):
                self.told_acu = size
                self.world.note(Kind.SCALED, self.spec.name, size)

    def usage(self) -> dict[str, float]:
        """Count ACU-hours, the readers' as well, which are as large as the writer."""
        return {"acu_hours": self.acu_s * (1 + self.spec.replicas) / 3600}

    def gauges(self) -> tuple[float, float, float]:
        """Give the queries of this second, those that its size answers, and its size."""
        return self.asked, self.per_s, self.acu

    def lose_zone(self, zone: str) -> str:
        """Lose the writer, if it stood there: a reader takes over, or somebody has to wait for a new one.

        Source: facts `aurora.failover`, `aurora.failover_no_replica`.
        """
        if zone != self.writer:
            return "on"
        others = [z for z in self.world.zones if z not in self.world.dark]
        longest = catalog.seconds("aurora.failover_no_replica")
        shortest = SHORTEST_OUTAGE * longest
        if self.spec.replicas and others:
            shortest, longest = catalog.number("aurora.failover", "typ"), catalog.number("aurora.failover", "max")
            self.writer = others[0]
        self.failovers += 1
        seed = self.world.pipeline.seed
        away_s = uniform(seed, shortest, longest, "failover", self.spec.name, self.failovers)
        self.back_s = self.world.now + away_s
        self.world.after(away_s, self._back)
        return "away" if self.spec.replicas and others else "you"

    def _back(self) -> None:
        if self.world.now >= self.back_s - 1e-6:
            self.line = 0.0
            self.world.note(Kind.FAILED_OVER, self.spec.name, reason=self.writer)

    def regain_zone(self, zone: str) -> None:
        """Stay where the writer is now."""
