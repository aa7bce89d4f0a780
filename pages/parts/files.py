"""Files: how many this process may hold open. A hall of people needs more than a laptop's shell hands out (256 on a Mac, 1,024 on Linux)."""

from __future__ import annotations

import sys

WANTED = 8_192  # a visitor costs four (a socket, and a loop of events with three), and is remembered for a while after leaving


def more_files() -> int:
    """Ask the system for as many as are wanted, where it allows that; say how many may be open then. 0 where there is no such limit."""
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415 - not everywhere

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        except (ValueError, OSError):  # a system with a lower bound of its own
            return int(soft)
    return int(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
