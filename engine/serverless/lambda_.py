"""Lambda: an environment for each request in flight; called and waited for, called and forgotten, or reading a queue."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Literal

from engine import catalog
from engine import lambda_rules as rules
from engine.fields import setting
from engine.serverless.box import Account, Held
from engine.serverless.flow import Kind
from engine.serverless.limits import Missing, Refusals
from engine.serverless.load import HAIR, Load, share_of
from engine.serverless.parcel import DUPLICATE, ERROR, NO_ROOM, THROTTLED, WENT_WELL, Parcel, Reply
from engine.serverless.service import Service
from engine.serverless.world import STEP_S, World

if TYPE_CHECKING:
    from engine.serverless.sqs import Flight, Queue

MANY = 25  # so many cold starts at once are worth a word


class LambdaFunction(Service):
    """A function. A queue that names it in its `to` is read by it."""

    kind: Literal["lambda-function"]
    memory_mb: int = setting(512, "Memory; CPU grows with it.", unit="MB", fact="lambda.memory", ge=128, le=10_240)
    cpu_s: float = setting(0.02, "CPU time of a message, on a full vCPU.", unit="s", ge=0, le=900)
    wait_s: float = setting(0.05, "Time in which it only waits.", unit="s", ge=0, le=900)
    timeout_s: float = setting(
        catalog.number("lambda.timeout", "default"), "Its time limit.", unit="s", fact="lambda.timeout", ge=1, le=900
    )
    reserved: int | None = setting(None, "Environments kept for it, and its most; none = it shares the account's.",
                                   fact="lambda.concurrency_default", ge=1, le=100_000)  # fmt: skip
    provisioned: int = setting(0, "Environments kept warm.", ge=0, le=100_000)
    package_mib: float = setting(20, "Size of its package.", unit="MiB", ge=0.1, le=10_240)
    boot_s: float = setting(0.1, "A new environment's own time.", unit="s", assumed=True, fact="lambda.coldstart.range", ge=0,
                            le=10)  # fmt: skip
    fetch_mib_per_s: float = setting(100, "A package is fetched so fast.", unit="MiB/s", assumed=True, ge=1, le=10_000)
    init_cpu_s: float = setting(0.1, "CPU time of its start-up code.", unit="s", assumed=True, ge=0, le=10)
    keep_s: float = setting(600, "An idle environment is kept so long.", unit="s", assumed=True, ge=1, le=86_400)
    batch: int = setting(int(catalog.number("lambda.sqs.batch", "default")), "Messages it takes from a queue at a time.",
                         fact="lambda.sqs.batch", ge=1, le=10_000)  # fmt: skip
    most_readers: int = setting(
        int(catalog.number("lambda.sqs.poll_rate", "max")), "Batches of a queue at once, at most.", fact="lambda.sqs.poll_rate",
        ge=2, le=1_000,
    )  # fmt: skip
    keeps_failed: bool = setting(False, "Events that failed for good are kept in a queue of their own.")
    fails_on_poison: bool = setting(False, "It fails on a message that cannot be understood.")


class Function:
    """A function at work."""

    def __init__(self, world: World, spec: LambdaFunction) -> None:
        """Begin with no environment but those kept warm."""
        self.world, self.spec = world, spec
        self.account, self.held = Account(), Held()
        self.broken_until_s = -1.0
        self.is_paused = False
        self.queue: Queue | None = None
        self.load = Load()
        self.up = spec.provisioned
        self.rate = rules.scale_rate(world.pipeline.era)
        self.tokens, self.tokens_s = self.rate.brim, 0.0
        self.readers = float(catalog.number("lambda.sqs.poll_rate", "start"))
        self.in_batches = 0.0
        self.peaks: list[float] = []  # the most environments in use at once, second by second
        self.most = 0.0
        self.asked, self.allowed, self.was_refused = 0.0, self.rate.brim, False
        self.requests, self.billed_gb_s = 0.0, 0.0
        self.init_s = rules.cold_start_s(0, 0, 1, spec.init_cpu_s, spec.memory_mb)
        self.cold_s = rules.cold_start_s(
            spec.boot_s, spec.package_mib, spec.fetch_mib_per_s, spec.init_cpu_s, spec.memory_mb
        )
        self.run_s = rules.run_s(spec.cpu_s, spec.wait_s, spec.memory_mb)
        self.least_s = 1 / catalog.number("lambda.rps_per_env")
        self.refusals = Refusals(world, spec.name)
        self.cold = Missing(world, spec.name, Kind.COLD_STARTED, MANY)
        self.kept = Missing(world, spec.name, Kind.DEAD)
        self.thrown = Missing(world, spec.name, Kind.LOST)

    @property
    def usual_s(self) -> float:
        """Give the time of a warm call, its own calls included."""
        return min(self.spec.timeout_s, self.run_s + self.world.usual_s(self.spec.to))

    @property
    def limit(self) -> float:
        """Give the environments it may have in use: its own, or what the others leave of the account's."""
        if self.is_paused:
            return 0.0
        if self.spec.reserved is not None:
            return float(self.spec.reserved)
        others = [box for box in self.world.boxes.values() if isinstance(box, Function) and box is not self]
        kept = sum(o.spec.reserved if o.spec.reserved is not None else o.load.at(self.world.now) for o in others)
        return max(0.0, self.world.pipeline.concurrency - kept)

    # --- called and waited for -------------------------------------------------------------------------------------------

    def offer(self, parcel: Parcel, reply: Reply) -> None:
        """Run for each message, as far as there are environments; some wait for a new one."""
        n = parcel.n
        self.account.offered += n
        if self.world.now < self.broken_until_s:
            self.account.failed += n
            reply(parcel, ERROR)
            return

        def answered(part: Parcel, error: str) -> None:
            if error == NO_ROOM:
                self.account.refused += part.n
                reply(part, THROTTLED)
                return
            self.account.working -= part.n
            self._count(part, error)
            reply(part, error)

        self.account.working += self._run(parcel, answered, 1)

    def _count(self, part: Parcel, error: str) -> None:
        if error == DUPLICATE:
            self.account.suppressed += part.n
        elif error:
            self.account.failed += part.n
        else:
            self.account.done += part.n

    def _run(self, parcel: Parcel, reply: Reply, batch: int) -> int:
        """Start environments for messages; return how many started. The others come back with NO_ROOM."""
        usual_s = self.usual_s * batch
        share = max(share_of(usual_s), min(1.0, self.least_s)) / batch
        ok, cold = self._admit(parcel.n, share)
        if ok < parcel.n:
            out = parcel.split(parcel.n - ok)
            self.refusals.refuse("concurrency")
            reply(out, NO_ROOM)
        if not ok:
            return 0
        parts = [(parcel.split(cold), self.cold_s), (parcel, 0.0)] if cold else [(parcel, 0.0)]
        for part, extra_s in parts:
            if part.n:
                self._work(part, extra_s, share, batch, reply)
        return ok

    def _admit(self, n: int, share: float) -> tuple[int, int]:
        """Say how many messages find an environment, and how many of them a new one. share: environments for each."""
        now = self.world.now
        self.tokens = self.rate.left(self.tokens, now - self.tokens_s)
        self.tokens_s = now
        busy, limit = self.load.at(now), self.limit
        grown = min(limit, self.up + self.tokens) if self.up < limit else limit
        ok = min(n, max(0, int((grown - busy) / share + HAIR)))
        if ok < n and not self.was_refused:
            self.was_refused, self.asked, self.allowed = True, busy + n * share, grown
        self.load.take(ok * share)
        self.most = max(self.most, busy + ok * share)
        needed = ceil(busy + ok * share - HAIR)
        new = max(0, needed - self.up)
        self.up += new
        if new:
            self.cold.add(new)
        self.tokens -= new
        return ok, min(ok, new)

    def _work(self, part: Parcel, extra_s: float, share: float, batch: int, reply: Reply) -> None:
        spec, since_s = self.spec, self.world.now
        own_s = self.run_s * batch + self.world.usual_s(spec.to)
        is_late = own_s > spec.timeout_s
        calls = ceil(part.n / batch)
        if extra_s and rules.is_init_billed(self.world.pipeline.era):
            self.billed_gb_s += part.n * rules.gb_s(spec.memory_mb, self.init_s)

        def back(one: Parcel, error: str) -> None:
            now = self.world.now
            self.load.give(one.n * share, since_s, now)
            took_s = rules.billed_s(now - since_s - extra_s, self.world.pipeline.era)
            self.billed_gb_s += one.n / batch * rules.gb_s(spec.memory_mb, took_s)
            reply(one, error)

        def worked() -> None:
            if is_late or (part.poison and spec.fails_on_poison) or self.world.now < self.broken_until_s:
                back(part, ERROR)
            else:
                self.world.ask(spec.to, part, back)

        self.requests += calls
        self.world.after(extra_s + min(own_s, spec.timeout_s), worked)

    # --- called and forgotten --------------------------------------------------------------------------------------------

    def accept(self, parcel: Parcel, reply: Reply) -> None:
        """Take events into the function's own queue, and run for them by and by."""
        if self.world.now < self.broken_until_s:
            reply(parcel, ERROR)
            return
        event = parcel.split(0)
        event.n, event.tries, event.is_claimed = parcel.n, 0, False
        self.account.offered += event.n
        self.account.queued += event.n
        self.held.queued[event.lane] += event.n
        reply(parcel, WENT_WELL)
        self._take_event(event, 0)

    def _take_event(self, event: Parcel, throttled: int) -> None:
        def answered(part: Parcel, error: str) -> None:
            if error == NO_ROOM:
                first, longest = (
                    catalog.number("lambda.async_backoff", f"throttled_{key}_s") for key in ("first", "longest")
                )
                self.world.after(min(longest, first * 2.0**throttled), lambda: self._take_event(part, throttled + 1))
                return
            part.close(error)
            self.account.working -= part.n
            self.held.working[part.lane] -= part.n
            if error and error != DUPLICATE:
                self._event_failed(part)
                return
            self._count(part, error)
            if error:
                self.world.tally[part.lane].suppressed += part.n
            elif self.spec.name not in self.world.carriers:
                self.world.finish(part)

        lane = event.lane
        started = self._run(event, answered, 1)
        self.account.queued -= started
        self.account.working += started
        self.held.queued[lane] -= started
        self.held.working[lane] += started

    def _event_failed(self, part: Parcel) -> None:
        """Try an event again, twice; then keep it aside or throw it away. Source: facts `lambda.async_retry`, `lambda.async_backoff`."""
        if part.tries < int(catalog.number("lambda.async_retry", "retries")):
            wait_s = catalog.number("lambda.async_backoff", "between_s", part.tries)
            part.tries += 1
            self.account.queued += part.n
            self.held.queued[part.lane] += part.n
            self.world.after(wait_s, lambda: self._take_event(part, 0))
        elif self.spec.keeps_failed:
            self.account.dead += part.n
            self.held.dead[part.lane] += part.n
            self.kept.add(part.n, "retries")
        else:
            self.account.lost += part.n
            self.world.tally[part.lane].lost += part.n
            self.thrown.add(part.n, "retries")

    # --- reading a queue -------------------------------------------------------------------------------------------------

    def _read(self, queue: Queue) -> None:
        """Take batches, more at a time while there are messages. Source: facts `lambda.sqs.poll_rate`, `lambda.sqs.batch`."""
        spec, depth = self.spec, queue.depth
        start, per_min = (catalog.number("lambda.sqs.poll_rate", key) for key in ("start", "per_min"))
        self.readers = min(float(spec.most_readers), self.readers + per_min / 60 * STEP_S) if depth else start
        if self.is_paused or not depth:
            queue.poll(start)
            return
        free = int(self.readers - self.in_batches)
        if free <= 0:
            return
        batch = max(1, min(spec.batch, ceil(depth / free)))
        share = share_of(self.usual_s * batch) / batch
        for flight in queue.receive(int(free / share + HAIR)):
            self._work_on(queue, flight, batch, share)

    def _work_on(self, queue: Queue, flight: Flight, batch: int, share: float) -> None:
        n = flight.open
        self.account.offered += n
        self.account.working += n
        self.in_batches += n * share

        def answered(part: Parcel, error: str) -> None:
            self.account.working -= part.n
            self.in_batches -= part.n * share
            if error == NO_ROOM:
                self.account.refused += part.n
            else:
                self._count(part, error)
            if queue.settle(flight, part, error) and self.spec.name not in self.world.carriers:
                self.world.finish(part)

        self._run(flight.parcel.split(n), answered, batch)

    # --- time and zones --------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Let go of environments that nobody needed for long, and read the queue."""
        now = self.world.now
        self.peaks.append(self.most)
        self.most = self.load.at(now)
        if int(now) % 10 == 0:
            recent = self.peaks[-max(1, int(self.spec.keep_s)) :]
            self.up = max(self.spec.provisioned, min(self.up, ceil(max(recent) - HAIR)))
        self.asked, self.was_refused = 0.0, False
        self.allowed = min(self.limit, self.up + self.rate.left(self.tokens, now - self.tokens_s))
        for notes in (self.refusals, self.cold, self.kept, self.thrown):
            notes.tick()
        if self.queue is not None:
            self._read(self.queue)

    def usage(self) -> dict[str, float]:
        """Count requests and memory-seconds, INIT included where it is billed."""
        return {"requests": self.requests, "gb_s": self.billed_gb_s}

    def gauges(self) -> tuple[float, float, float]:
        """Give the most environments that were in use at once, or asked for in vain, those it was allowed then, and those up."""
        return (self.asked if self.was_refused else self.most), self.allowed, float(self.up)

    def lose_zone(self, zone: str) -> str:
        """Go on in the other zones, with new environments for those that are gone."""
        del zone
        self.up -= self.up // len(self.world.zones)
        return "short"

    def regain_zone(self, zone: str) -> None:
        """Notice nothing."""
