"""What every service's record has: a name, and whom it hands messages to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.fields import Record, setting

NAME = r"^[a-z][a-z0-9-]{0,19}$"
Name = Annotated[str, Field(pattern=NAME)]


class Service(Record):
    """A box of the pipeline, as the reader chooses it."""

    name: Name
    to: tuple[Name, ...] = setting((), "The boxes it calls or hands messages to, in this order.", max_length=6)
