"""Kubernetes' quantities: 100m, 0.15, 64Mi, 256M, 1e3, as texts or as plain numbers."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30}))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?[0-9]{1,2}))?"
)
_BINARY = {f"{sign}i": Fraction(1024) ** power for power, sign in enumerate("KMGTPE", 1)}
_DECIMAL = {
    sign: Fraction(10) ** power for sign, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)
}
_UNITS = _BINARY | _DECIMAL
_MOST = Fraction(2**63 - 1)  # what upstream holds: more is read as this much
MIB = 1024 * 1024


def quantity(value: Any) -> Fraction | None:
    """Read one; None where it is none.

    >>> quantity("100m"), quantity(0.15), quantity("256M"), quantity("1e3"), quantity("plenty")
    (Fraction(1, 10), Fraction(3, 20), Fraction(256000000, 1), Fraction(1000, 1), None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _QUANTITY.fullmatch(str(value)) if len(str(value)) <= 64 else None
    if match is None:
        return None
    number, unit, power = match.groups()
    read = Fraction(number) * (_UNITS[unit] if unit else Fraction(10) ** int(power or 0))
    return min(read, _MOST)


def milli(value: Any) -> int:
    """Read CPU in thousandths of a core, rounded up as upstream does; 0 where it is none.

    >>> milli("0.15"), milli(1), milli("99.5m")
    (150, 1000, 100)
    """
    return math.ceil((quantity(value) or 0) * 1000)


def in_bytes(value: Any) -> int:
    """Read memory in bytes, rounded up; 0 where it is none.

    >>> in_bytes("1Ki"), in_bytes("256M")
    (1024, 256000000)
    """
    return math.ceil(quantity(value) or 0)


def mib(count: int) -> float:
    """Write bytes in MiB, as a whole number where it is one.

    >>> mib(67108864), mib(256000000)
    (64, 244.140625)
    """
    return count // MIB if count % MIB == 0 else count / MIB
