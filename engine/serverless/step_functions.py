"""Step Functions: an execution goes from state to state; each is tried again with growing waits, and what fails is caught or lost."""

from __future__ import annotations

from typing import Literal

from engine import catalog
from engine.fields import setting
from engine.serverless.box import Account, Held
from engine.serverless.flow import Kind
from engine.serverless.limits import Missing, Refusals
from engine.serverless.parcel import DUPLICATE, ERROR, THROTTLED, WENT_WELL, Parcel, Reply
from engine.serverless.service import Name, Service
from engine.serverless.world import World


class StateMachine(Service):
    """A state machine: one state for each box in `to`, in order."""

    kind: Literal["state-machine"]
    type: Literal["standard", "express"] = setting("standard", "Standard or express executions.", fact="sfn.standard")
    interval_s: float = setting(
        catalog.number("sfn.retry_defaults", "IntervalSeconds"), "Wait before the first retry.", unit="s",
        fact="sfn.retry_defaults", ge=1, le=3_600,
    )  # fmt: skip
    retries: int = setting(
        int(catalog.number("sfn.retry_defaults", "MaxAttempts")), "Retries of a state that fails.",
        fact="sfn.retry_defaults", ge=0, le=20,
    )  # fmt: skip
    backoff: float = setting(
        catalog.number("sfn.retry_defaults", "BackoffRate"), "Each wait is so many times the one before.",
        fact="sfn.retry_defaults", ge=1, le=10,
    )  # fmt: skip
    catches: bool = setting(True, "Executions that fail for good are caught and kept for people to look at.")
    map_over: Name | None = setting(None, "This box is asked once for each line of an order (a Map state).")
    lines: int = setting(3, "Lines of an order, for the Map state.", ge=1, le=100)
    state_s: float = setting(0.05, "A state's own time.", unit="s", assumed=True, ge=0, le=60)


class Machine:
    """A state machine at work."""

    def __init__(self, world: World, spec: StateMachine) -> None:
        """Begin without any execution."""
        self.world, self.spec = world, spec
        self.account, self.held = Account(), Held()
        self.broken_until_s = -1.0
        self.asked = self.started = 0
        self.transitions = 0
        self.requests, self.gb_s = 0, 0.0
        self.refusals = Refusals(world, spec.name)
        self.kept = Missing(world, spec.name, Kind.DEAD)
        self.thrown = Missing(world, spec.name, Kind.LOST)

    @property
    def usual_s(self) -> float:
        """Give the time until an execution is accepted."""
        return self.spec.state_s

    @property
    def limit(self) -> int:
        """Give the executions that may start in a second. Source: facts `sfn.standard`, `sfn.express`."""
        return int(catalog.number("sfn.standard" if self.spec.type == "standard" else "sfn.express", "start_rate"))

    def offer(self, parcel: Parcel, reply: Reply) -> None:
        """Start an execution for each message, as far as the rate of starts allows."""
        n, account = parcel.n, self.account
        account.offered += n
        self.asked += n
        if self.world.now < self.broken_until_s:
            account.failed += n
            reply(parcel, ERROR)
            return
        room = min(n, max(0, self.limit - self.started))
        if room < n:
            out = parcel.split(n - room)
            account.refused += out.n
            self.refusals.refuse("rate")
            reply(out, THROTTLED)
        if not room:
            return
        self.started += room
        self.requests += room
        execution = parcel.split(0)
        execution.n, execution.is_claimed = room, False
        self._move(execution, working=room)
        reply(parcel, WENT_WELL)
        self._enter(execution, 0, 0, self.world.now)

    def _move(self, parcel: Parcel, *, working: int) -> None:
        self.account.working += working
        self.held.working[parcel.lane] += working

    def _enter(self, part: Parcel, state: int, tries: int, since_s: float) -> None:
        """Go through a state, or end after the last one."""
        if state == len(self.spec.to):
            self._end(part, WENT_WELL, since_s)
            return
        name = self.spec.to[state]
        self.transitions += part.n

        def asked() -> None:
            if self.world.now < self.broken_until_s:
                answered(part, ERROR)
                return
            part.each = self.spec.lines if name == self.spec.map_over else 1
            self.transitions += part.n * (part.each - 1)
            self.world.ask((name,), part, answered)

        def answered(one: Parcel, error: str) -> None:
            one.each = 1
            if not error:
                self._enter(one, state + 1, 0, since_s)
            elif error == DUPLICATE:
                self._end(one, error, since_s)
            else:
                self._again(one, state, tries, error, since_s)

        self.world.after(self.spec.state_s + self.world.boxes[name].usual_s, asked)

    def _again(self, part: Parcel, state: int, tries: int, error: str, since_s: float) -> None:
        """Wait and try a state again, until its retries are used up. Source: fact `sfn.retry_defaults`."""
        wait_s = self.spec.interval_s * self.spec.backoff**tries
        age_s = self.world.now - since_s
        is_late = self.spec.type == "express" and age_s + wait_s > catalog.number("sfn.express", "max_min") * 60
        if tries >= self.spec.retries or is_late:
            self._end(part, error, since_s)
            return
        self.world.after(wait_s, lambda: self._enter(part, state, tries + 1, since_s))

    def _end(self, part: Parcel, error: str, since_s: float) -> None:
        """End an execution: well, as a duplicate, caught, or failed."""
        n, account, tally = part.n, self.account, self.world.tally[part.lane]
        part.close(error)
        self._move(part, working=-n)
        chunk = catalog.number("sfn.price_express", "chunk_mb") / 1024
        self.gb_s += n * (self.world.now - since_s) * chunk
        if not error:
            account.done += n
            if self.spec.name not in self.world.carriers:
                self.world.finish(part)
        elif error == DUPLICATE:
            account.suppressed += n
            tally.suppressed += n
        elif self.spec.catches:
            account.dead += n
            self.held.dead[part.lane] += n
            self.kept.add(n, error)
        else:
            account.lost += n
            tally.lost += n
            self.thrown.add(n, error)

    def tick(self) -> None:
        """Begin another second."""
        self.asked = self.started = 0
        for notes in (self.refusals, self.kept, self.thrown):
            notes.tick()

    def usage(self) -> dict[str, float]:
        """Count transitions, retries among them; or requests and their time."""
        if self.spec.type == "standard":
            return {"transitions": float(self.transitions)}
        return {"express_requests": float(self.requests), "express_gb_hours": self.gb_s / 3600}

    def gauges(self) -> tuple[float, float, float]:
        """Give the starts of this second, their limit, and the executions under way."""
        return float(self.asked), float(self.limit), float(self.account.working)

    def lose_zone(self, zone: str) -> str:
        """Go on: executions are kept in several zones."""
        del zone
        return "on"

    def regain_zone(self, zone: str) -> None:
        """Notice nothing."""
