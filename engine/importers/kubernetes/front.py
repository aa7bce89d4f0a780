"""The load balancer that an Ingress asks for, where the AWS Load Balancer Controller makes one of its annotations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from engine.importers.kubernetes import trees
from engine.importers.kubernetes.objects import Object

_OURS: Final = "alb.ingress.kubernetes.io/"
_ATTRIBUTES: Final = "target-group-attributes"
_NUMBERS: Final = {
    "healthcheck-interval-seconds": "check_every_s",
    "healthcheck-timeout-seconds": "check_timeout_s",
    "healthy-threshold-count": "healthy_after",
    "unhealthy-threshold-count": "unhealthy_after",
}
_DELAY: Final = "deregistration_delay.timeout_seconds"


def front_of(objects: Iterable[Object]) -> dict[str, Any]:
    """Give the first Ingress's checks and delay in the words of a scenario's balancer; nothing where none names any."""
    for one in objects:
        if one.kind != "Ingress":
            continue
        said = trees.pairs(trees.inner(one.tree, "metadata"), "annotations")
        found = {ours: said.get(_OURS + theirs, "") for theirs, ours in _NUMBERS.items()}
        found["deregistration_delay_s"] = _attributes(said.get(_OURS + _ATTRIBUTES, "")).get(_DELAY, "")
        numbers = {name: int(text) for name, text in found.items() if _is_number(text)}
        if numbers:
            return numbers
    return {}


def _attributes(text: str) -> dict[str, str]:
    """Read a list of attributes.

    >>> _attributes("stickiness.enabled=true, a=b=c")
    {'stickiness.enabled': 'true', 'a': 'b=c'}
    """
    pairs = (one.partition("=") for one in text.split(","))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 7
