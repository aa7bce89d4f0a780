"""The token bucket: an allowance that fills at a steady rate up to a brim, and is spent one by one.

Fargate and the service scheduler both limit launches so. State comes in as arguments and goes out as a result.
"""

from __future__ import annotations


def take(tokens: float, at_s: float, now_s: float, burst: float, per_s: float) -> tuple[float, float]:
    """Take one; return what is left, and how long the taker must wait for it.

    tokens, at_s: what was left, and when that was read; below nought it is owed to those who wait already.
    burst, per_s: the brim, and the refill in tokens a second (above nought).

    >>> take(1.0, 0.0, 0.0, burst=2.0, per_s=4.0), take(0.0, 0.0, 0.0, burst=2.0, per_s=4.0)
    ((0.0, 0.0), (-1.0, 0.25))
    """
    tokens = min(burst, tokens + (now_s - at_s) * per_s)
    tokens -= 1
    return tokens, max(0.0, -tokens / per_s)
