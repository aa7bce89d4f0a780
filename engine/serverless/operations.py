"""What can be done to a pipeline at a moment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.fields import Record, setting
from engine.operations import Zone
from engine.serverless.service import Name

LONGEST_S = 3_600


class _Operation(Record):
    at_s: float = Field(
        ge=0, le=LONGEST_S, description="When, in simulated time.", json_schema_extra={"unit": "s"}, allow_inf_nan=False
    )


class FailZone(_Operation):
    """Take a zone away, from every box or from one."""

    do: Literal["fail-zone"]
    zone: Zone
    box: Name | None = None


class RestoreZone(_Operation):
    """Give a zone back."""

    do: Literal["restore-zone"]
    zone: Zone


class BreakBox(_Operation):
    """Let a box answer everything with an error for a while."""

    do: Literal["break-box"]
    box: Name
    for_s: float = setting(60, "So long.", unit="s", ge=1, le=LONGEST_S)


class PauseBox(_Operation):
    """Stop a function or workers from working, or put a database to sleep."""

    do: Literal["pause-box"]
    box: Name


class ResumeBox(_Operation):
    """Let a function or workers work again, or wake a database."""

    do: Literal["resume-box"]
    box: Name


class Poison(_Operation):
    """Send orders that no worker understands."""

    do: Literal["poison"]
    orders: int = setting(5, "So many.", ge=1, le=10_000)


class Spike(_Operation):
    """Multiply the traffic for a while."""

    do: Literal["spike"]
    factor: float = setting(5, "By so much.", gt=0, le=1_000)
    for_s: float = setting(60, "So long.", unit="s", ge=1, le=LONGEST_S)


class HotKey(_Operation):
    """Let a share of the orders fall on one key for a while."""

    do: Literal["hot-key"]
    share: float = setting(0.8, "This share.", unit="share", gt=0, le=1)
    for_s: float = setting(60, "So long.", unit="s", ge=1, le=LONGEST_S)


class Redrive(_Operation):
    """Move what lies in a queue's dead-letter queue back into the queue."""

    do: Literal["redrive"]
    box: Name


Operation = Annotated[
    FailZone | RestoreZone | BreakBox | PauseBox | ResumeBox | Poison | Spike | HotKey | Redrive,
    Field(discriminator="do"),
]
