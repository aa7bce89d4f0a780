"""Counts that may be written as a share: 3, or 25 %."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def _as_text(given: Any) -> Any:
    """Take a plain number too."""
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


# A count of pods, or a percentage: "3", "25%". Kubernetes calls it IntOrString.
Amount = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^(0|[1-9][0-9]{0,4})%?$", examples=["25%", "2"])]


def scaled(amount: str, of: int, *, round_up: bool) -> int:
    """Turn an amount into a count; a share is of `of`, and is rounded one way or the other.

    Source: Kubernetes v1.20.2, apimachinery/pkg/util/intstr, GetScaledValueFromIntOrPercent.

    >>> scaled("3", 10, round_up=True), scaled("25%", 10, round_up=True), scaled("25%", 10, round_up=False)
    (3, 3, 2)
    """
    if not is_share(amount):
        return int(amount)
    hundredths = int(amount[:-1]) * of
    return -(-hundredths // 100) if round_up else hundredths // 100


def is_share(amount: str) -> bool:
    """Say whether an amount is a percentage."""
    return amount.endswith("%")
