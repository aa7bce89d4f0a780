"""Worker: a process of its own that plays heavy runs, so that the interpreter's lock stays free for everybody else.

It is a fresh interpreter (nothing of the server is copied into it), warm before it is asked.
A run comes back as a pickle of protocol 5 whose arrays travel beside it, uncopied.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from engine import precompiled
from engine.errors import LostRunError, QuaysideError
from engine.scenario import Scenario
from engine.simulation import Run, run

ROOT = Path(__file__).resolve().parent.parent.parent
GENTLE = 10  # of niceness: the screen goes first
TICK_S = 0.2  # how often an asker that waits looks whether the run is still wanted
PATIENCE_S = 5.0  # a worker that was told to stop has this long to hear it
_GONE = (EOFError, OSError)  # how a pipe says that nobody is at its other end


class UnwantedError(QuaysideError):
    """A run was stopped because nobody waits for it any more."""


class Worker:
    """The server's end: one process, one run at a time."""

    def __init__(self, niceness: int = GENTLE) -> None:
        """Start it; it warms up by itself. niceness: added to its own. Raises OSError where no process can be started."""
        self._line, theirs = Pipe()
        command = [sys.executable, "-m", "engine.admission", str(theirs.fileno()), str(niceness)]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
                command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
        except OSError:
            self._line.close()
            raise
        finally:
            theirs.close()
        self._number = 0

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def play(self, scenario: Scenario, hear: Callable[[float], None], is_wanted: Callable[[], bool]) -> Run:
        """Play a run over there. hear: is told the share that is done.

        Raises what the run raises; LostRunError where the process ended; UnwantedError once nobody wants the run any more.
        """
        self._number += 1
        told_at = 0.0
        try:
            self._line.send(("play", self._number, scenario))
            while True:
                if self._line.poll(TICK_S):
                    kind, given = self._line.recv()
                    if kind == "share":
                        hear(given)
                    else:
                        return self._taken(kind, given)
                elif told_at and time.monotonic() > told_at + PATIENCE_S:
                    raise LostRunError
                if not told_at and not is_wanted():
                    told_at = time.monotonic()
                    self._line.send(("stop", self._number, None))
        except _GONE as gone:
            raise LostRunError from gone

    def _taken(self, kind: str, given: Any) -> Run:
        """Take what came of a run."""
        if kind == "stopped":
            raise UnwantedError
        if kind == "problem":
            raise given
        arrays = []
        for size in given:
            arrays.append(bytearray(size))
            self._line.recv_bytes_into(arrays[-1])
        whole = self._line.recv_bytes()
        found: Run = pickle.loads(whole, buffers=arrays)  # noqa: S301 - from a process of our own, through a private pipe
        return found

    def close(self) -> None:
        """End it, whatever it does. Whoever waits at the pipe, in another thread, hears that nobody is at its other end."""
        self._process.kill()
        self._process.wait()


# --- the other end ---------------------------------------------------------------------------------------------------------


def work(line: Connection) -> None:
    """Play what comes until the server is gone."""
    precompiled.compile_runs()
    while True:
        try:
            kind, number, scenario = line.recv()
            if kind == "play":
                _answer(line, number, scenario)
        except _GONE:
            return


def _answer(line: Connection, number: int, scenario: Scenario) -> None:
    """Play one run; between its parts say how far it is, and look whether it is still wanted."""

    def watch(share: float) -> None:
        line.send(("share", share))
        while line.poll():
            kind, which, _ = line.recv()
            if kind == "stop" and which == number:
                raise UnwantedError

    try:
        found = run(scenario, watch=watch)
    except UnwantedError:
        line.send(("stopped", None))
    except QuaysideError as problem:
        line.send(("problem", problem))
    else:
        beside: list[pickle.PickleBuffer] = []
        whole = pickle.dumps(found, protocol=5, buffer_callback=beside.append)
        arrays = [one.raw() for one in beside]
        line.send(("run", [one.nbytes for one in arrays]))
        for one in arrays:
            line.send_bytes(one)
        line.send_bytes(whole)
