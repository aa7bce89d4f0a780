"""Fargate workers: so many tasks, each with so many messages in its hands. More tasks come late, and only if you said so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.fields import setting
from engine.scaling.bounds import Bounds
from engine.scaling.target_tracking import Tracker
from engine.scenario import Scaling
from engine.serverless.box import Account, Held
from engine.serverless.flow import Kind
from engine.serverless.load import HAIR, Load, share_of
from engine.serverless.parcel import DUPLICATE, ERROR, Parcel, Reply
from engine.serverless.service import Service
from engine.serverless.world import STEP_S, World

if TYPE_CHECKING:
    from engine.serverless.sqs import Flight, Queue


class FargateService(Service):
    """A service of workers that read a queue."""

    kind: Literal["fargate-service"]
    tasks: int = setting(10, "Tasks wanted.", unit="tasks", ge=1, le=1_000)
    slots: int = setting(10, "Messages that a task works on at once.", ge=1, le=1_000)
    work_s: float = setting(0.3, "A message's work, its calls not counted.", unit="s", ge=0, le=43_200)
    cpu_units: int = setting(
        1024, "CPU of a task.", unit="CPU units", fact="fargate.price.x86_vcpu_h", ge=256, le=32_768
    )
    memory_mib: int = setting(2048, "Memory of a task.", unit="MiB", fact="fargate.price.x86_gb_h", ge=512, le=249_856)
    zones: int = setting(3, "Zones that its tasks are spread over.", ge=1, le=6)
    is_scaled: bool = setting(False, "Auto scaling follows the queue.", fact="ecs.sas.alarm_out")
    backlog: float = setting(
        100, "Waiting messages that auto scaling allows for each task.", unit="messages", gt=0, le=1e6
    )
    max_tasks: int = setting(50, "Auto scaling's most.", unit="tasks", ge=1, le=1_000)
    start_s: float = setting(45, "From wanted to working.", unit="s", assumed=True, ge=1, le=3_600)
    fails_on_poison: bool = setting(True, "It fails on a message that cannot be understood.")


@dataclass(slots=True)
class _Attempt:
    """Messages that tasks work on. parcel: shrinks when tasks are lost; share: of a slot, for each message."""

    flight: Flight
    parcel: Parcel
    share: float
    since_s: float


class Workers:
    """The tasks at work."""

    def __init__(self, world: World, spec: FargateService) -> None:
        """Have every task up."""
        self.world, self.spec = world, spec
        self.account, self.held = Account(), Held()
        self.broken_until_s = -1.0
        self.is_paused = False
        self.queue: Queue | None = None
        self.desired = spec.tasks
        self.places = dict.fromkeys(world.zones[: spec.zones], 0)
        self.starting = 0
        for _ in range(spec.tasks):
            self.places[self._emptiest()] += 1
        self.load = Load()
        self.attempts: list[_Attempt] = []
        self.taken = 0
        self.task_s = 0.0
        # The target is of waiting messages a task; points and cool-downs are ECS's usual ones.
        self.tracker = Tracker(
            Scaling(target=spec.backlog, max_tasks=spec.max_tasks), Bounds(spec.tasks, spec.max_tasks)
        )

    @property
    def tasks(self) -> int:
        """Count the tasks that work."""
        return sum(self.places.values())

    @property
    def usual_s(self) -> float:
        """Give the time of a message."""
        return self.spec.work_s + self.world.usual_s(self.spec.to)

    def _emptiest(self) -> str:
        lit = [zone for zone in self.places if zone not in self.world.dark]
        return min(lit, key=lambda zone: self.places[zone])

    def offer(self, parcel: Parcel, reply: Reply) -> None:
        """Refuse: workers take from a queue, nobody calls them."""
        self.account.offered += parcel.n
        self.account.failed += parcel.n
        reply(parcel, ERROR)

    # --- working ---------------------------------------------------------------------------------------------------------

    def _read(self, queue: Queue) -> None:
        """Take as many messages as there are free slots."""
        share = max(1e-3, share_of(self.usual_s))
        free = self.tasks * self.spec.slots - self.load.at(self.world.now)
        most = int(free / share + HAIR)
        if self.is_paused or most <= 0:
            return
        flights = queue.receive(most)
        if not flights:
            queue.poll(self.tasks)
        for flight in flights:
            self._work_on(queue, flight, share)

    def _work_on(self, queue: Queue, flight: Flight, share: float) -> None:
        n = flight.open
        self.taken += n
        self.account.offered += n
        self.account.working += n
        self.load.take(n * share)
        attempt = _Attempt(flight, flight.parcel.split(0), share, self.world.now)
        attempt.parcel.n = n
        self.attempts.append(attempt)

        def back(part: Parcel, error: str) -> None:
            self.load.give(part.n * share, attempt.since_s, self.world.now)
            self._back(queue, flight, part, error)

        def worked() -> None:
            self.attempts.remove(attempt)
            part = attempt.parcel
            if not part.n:
                return
            if (part.poison and self.spec.fails_on_poison) or self.world.now < self.broken_until_s:
                back(part, ERROR)
            else:
                self.world.ask(self.spec.to, part, back)

        self.world.after(self.usual_s, worked)

    def _back(self, queue: Queue, flight: Flight, part: Parcel, error: str) -> None:
        account = self.account
        account.working -= part.n
        if error == DUPLICATE:
            account.suppressed += part.n
        elif error:
            account.failed += part.n
        else:
            account.done += part.n
        if queue.settle(flight, part, error) and self.spec.name not in self.world.carriers:
            self.world.finish(part)

    # --- time and zones --------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Pay for a second, look at the queue once a minute, replace what is missing, and take messages."""
        self.task_s += self.tasks * STEP_S
        self.taken = 0
        if self.spec.is_scaled and self.world.now and int(self.world.now) % 60 == 0 and self.queue is not None:
            running = max(1, self.tasks)
            wanted = self.tracker.decide(self.world.now, self.queue.depth / running, running, self.desired)
            if wanted != self.desired:
                self.desired = wanted
                self.world.note(Kind.SCALED, self.spec.name, wanted)
        self._replace()
        if self.queue is not None:
            self._read(self.queue)

    def _replace(self) -> None:
        """Start what is missing, where there is light; stop what is too many."""
        if any(zone not in self.world.dark for zone in self.places):
            missing = self.desired - self.tasks - self.starting
            if missing > 0:
                self.starting += missing
                self.world.after(self.spec.start_s, lambda: self._started(missing))
        while self.tasks > self.desired:
            self.places[max(self.places, key=lambda zone: self.places[zone])] -= 1

    def _started(self, tasks: int) -> None:
        self.starting -= tasks
        if all(zone in self.world.dark for zone in self.places):
            return
        for _ in range(tasks):
            self.places[self._emptiest()] += 1

    def usage(self) -> dict[str, float]:
        """Count task-hours: size times time, busy or not."""
        return {"task_hours": self.task_s / 3600}

    def gauges(self) -> tuple[float, float, float]:
        """Give the messages taken in this second, those its slots could have taken, and the tasks."""
        share = max(1e-3, share_of(self.usual_s))
        return float(self.taken), self.tasks * self.spec.slots / share, float(self.tasks)

    def lose_zone(self, zone: str) -> str:
        """Lose the tasks of a zone, and what they had in their hands: their messages come back when their time is over."""
        lost, before = self.places.get(zone, 0), self.tasks
        if not lost:
            return "on"
        self.places[zone] = 0
        for attempt in self.attempts:
            gone = attempt.parcel.n * lost // before
            if gone and self.queue is not None:
                part = attempt.parcel.split(gone)
                self.load.give(gone * attempt.share, attempt.since_s, self.world.now)
                self._back(self.queue, attempt.flight, part, ERROR)
        return "short" if self.tasks else "away" if len(self.places) > 1 else "you"

    def regain_zone(self, zone: str) -> None:
        """Notice that tasks may start there again."""
