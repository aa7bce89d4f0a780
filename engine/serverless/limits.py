"""Notes that are not written for every message: when a box began and stopped to refuse, and what goes missing in one number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.serverless.flow import Kind

if TYPE_CHECKING:
    from engine.serverless.world import World

QUIET_S = 5  # so many seconds without a refusal end it
GATHERED_S = 20  # what goes missing is told at once, and then so often


class Refusals:
    """Writes down the first and the last of a row of refusals, not every one."""

    def __init__(self, world: World, name: str) -> None:
        """Begin without any."""
        self.world, self.name = world, name
        self.why = ""
        self.last_s = 0.0

    def refuse(self, why: str) -> None:
        """Notice that something was refused now."""
        if why != self.why:
            self.why = why
            self.world.note(Kind.REFUSING_BEGAN, self.name, reason=why)
        self.last_s = self.world.now

    def tick(self) -> None:
        """Notice that nothing was refused for a while."""
        if self.why and self.world.now - self.last_s > QUIET_S:
            self.world.note(Kind.REFUSING_ENDED, self.name, reason=self.why)
            self.why = ""


class Missing:
    """Tells what went missing: the first at once, what follows gathered."""

    def __init__(self, world: World, name: str, kind: Kind, least: int = 1) -> None:
        """Begin with nothing to tell. least: fewer than that are not worth a word, and are forgotten."""
        self.world, self.name, self.kind, self.least = world, name, kind, least
        self.n = 0
        self.why = ""
        self.told_s = -float(GATHERED_S)

    def add(self, n: int, why: str = "") -> None:
        """Count messages."""
        self.n += n
        self.why = why
        self.tick()

    def tick(self) -> None:
        """Tell, if it is time and there is something to tell."""
        if self.n and self.world.now - self.told_s >= GATHERED_S:
            if self.n >= self.least:
                self.world.note(self.kind, self.name, self.n, self.why)
                self.told_s = self.world.now
            self.n = 0
