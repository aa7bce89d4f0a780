"""Who waits for a change of a host: a drain for its last task, an order for its arrival. No clock is polled for it."""

from __future__ import annotations

from simpy import Environment, Event

from engine.cluster import Host


class Changes:
    """Events that succeed when a host changes: a task leaves it, it comes, its agent is back, it dies or goes."""

    def __init__(self, env: Environment) -> None:
        """Begin with nobody who waits."""
        self._env = env
        self._of: dict[int | None, Event] = {}

    def of(self, host: Host | None) -> Event:
        """Give the event of the next change of a host; None: of the next end of any task."""
        who = None if host is None else host.number
        event = self._of.get(who)
        if event is None or event.triggered:
            event = self._of[who] = self._env.event()
        return event

    def tell(self, host: Host | None) -> None:
        """Wake those who wait for this host (None: for any task's end)."""
        event = self._of.get(None if host is None else host.number)
        if event is not None and not event.triggered:
            event.succeed()
