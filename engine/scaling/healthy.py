"""Healthy percents: how few and how many tasks a service may have while it is being changed.

Source: fact `ecs.service.rounding`: the lower limit is rounded up, the upper one down.
"""

from __future__ import annotations


def fewest_tasks(desired: int, min_healthy_percent: int) -> int:
    """Give the healthy tasks that must keep running.

    >>> fewest_tasks(4, 50), fewest_tasks(3, 50)
    (2, 2)
    """
    return -(-desired * min_healthy_percent // 100)


def most_tasks(desired: int, max_percent: int) -> int:
    """Give the tasks that may be running or starting at once.

    >>> most_tasks(4, 200), most_tasks(3, 125)
    (8, 3)
    """
    return desired * max_percent // 100
