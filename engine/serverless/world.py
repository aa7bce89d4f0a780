"""What all boxes of a run share: the clock, the log, each other, and the account of the orders as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simpy import Environment

from engine.serverless.box import Accepts
from engine.serverless.flow import Kind, Notes
from engine.serverless.limits import Missing
from engine.serverless.parcel import LANES, ORDER, WENT_WELL, Parcel, Reply

if TYPE_CHECKING:
    from engine.serverless.box import Box
    from engine.serverless.scenario import Pipeline

STEP_S = 1.0  # a parcel is a second's worth of messages, spread evenly over it


@dataclass(slots=True)
class Tally:
    """The whole pipeline's account of one lane, in messages.

    accepted: taken at the door (or spread by a topic). again: came to its end a second time. The rest as in `Account`.
    """

    accepted: int = 0
    copied: int = 0
    done: int = 0
    again: int = 0
    suppressed: int = 0
    superseded: int = 0
    refused: int = 0
    lost: int = 0


class World:
    """The state of a run that is nobody's own."""

    def __init__(self, pipeline: Pipeline) -> None:
        """Set the stage; the boxes come after."""
        self.pipeline = pipeline
        self.env = Environment()
        self.notes = Notes()
        self.boxes: dict[str, Box] = {}
        self.carriers: set[str] = set()  # the boxes from which an order goes on to a queue or a state machine
        self.usual: dict[str, float] = {}
        self.tally = [Tally() for _ in LANES]
        self.twice = Missing(self, "", Kind.DONE_AGAIN)
        self.turned_away = 0  # requests that never got through the door
        self.given_up = 0  # orders whose client sent them no more
        self.waits_s: list[tuple[float, int]] = []  # how long finished orders took, and how many they were
        self.dark: set[str] = set()
        self.zones = pipeline.zones

    @property
    def now(self) -> float:
        """Give the simulated time."""
        return float(self.env.now)

    def after(self, delay_s: float, act: Callable[[], None]) -> None:
        """Do something later."""
        timer = self.env.timeout(max(0.0, delay_s))
        timer.callbacks.append(lambda _: act())

    def note(self, kind: Kind, box: str, value: float = 0.0, reason: str = "") -> None:
        """Write one thing down."""
        self.notes.note(self.now, kind, box, value, reason)

    def ask(self, names: Sequence[str], parcel: Parcel, reply: Reply) -> None:
        """Ask boxes in turn; what fails at one leaves with its reason, what passes all goes well."""
        if not names:
            reply(parcel, WENT_WELL)
            return

        def answered(part: Parcel, error: str) -> None:
            if error:
                reply(part, error)
            else:
                self.ask(names[1:], part, reply)

        self.boxes[names[0]].offer(parcel, answered)

    def take_in(self, name: str, parcel: Parcel, reply: Reply) -> None:
        """Hand a message over without waiting for what becomes of it."""
        box = self.boxes[name]
        (box.accept if isinstance(box, Accepts) else box.offer)(parcel, reply)

    def usual_s(self, names: Sequence[str]) -> float:
        """Add up how long answers take when all is well."""
        total = 0.0
        for name in names:
            if name not in self.usual:
                self.usual[name] = self.boxes[name].usual_s
            total += self.usual[name]
        return total

    def finish(self, parcel: Parcel) -> None:
        """Let messages come to their end: for the first time, or again."""
        tally, fate = self.tally[parcel.lane], parcel.fate
        first = min(parcel.n, fate.n - fate.done)
        fate.done += first
        tally.done += first
        tally.again += parcel.n - first
        if parcel.lane != ORDER:
            return
        if parcel.n > first:
            self.twice.add(parcel.n - first)
        if first:
            self.waits_s.append((self.now - parcel.born_s, first))

    def zone_of(self, number: int) -> str:
        """Spread things over the zones, one after the other."""
        return self.zones[number % len(self.zones)]
