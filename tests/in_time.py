"""A guard for what might not end: better a failure than a test run that hangs."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block when it takes longer: processor time, so that a busy machine is nobody's fault."""

    def give_up(*_: object) -> None:
        raise TimeoutError(f"still running after {seconds} s of processor time")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
