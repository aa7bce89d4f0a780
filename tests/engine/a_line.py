"""A line for heavy runs, and a player that plays when it is let."""

import threading
import time

from engine import Scenario, run
from engine.admission.worker import UnwantedError
from engine.errors import LostRunError


def seeded(seed):
    """A small scenario that can be told apart."""
    return Scenario(seed=seed, duration_s=10, traffic={"rps": 1})


def until(is_so, patience_s=60):
    """Wait until something is so."""
    end = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


class Held:
    """A player in this process: it holds every run until `free` is set, or breaks."""

    def __init__(self, *, breaks=False):
        self.free, self.breaks = threading.Event(), breaks
        self.now, self.played, self.shelved = None, [], []
        self.hear = None

    def play(self, scenario, hear, is_wanted):
        self.now, self.hear = scenario, hear
        while not self.free.wait(0.01):
            if not is_wanted():
                raise UnwantedError
        if self.breaks:
            raise LostRunError
        self.played.append(scenario.seed)
        return run(scenario)

    def close(self):
        pass
