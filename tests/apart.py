"""Apart: a tool that plays the dashboard keeps its answers in a folder of its own, and in nobody's database."""

from __future__ import annotations

import os
import tempfile


def apart(name: str) -> None:
    """Say so in this process and those it starts; before anything of the pages is imported."""
    os.environ["QUAYSIDE_DATA"] = tempfile.mkdtemp(prefix=f"quayside-{name}-")
    os.environ.pop("DATABASE_URL", None)
