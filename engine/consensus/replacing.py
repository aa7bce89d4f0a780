"""Replacing a member: one of three is dead, and somebody wants three again. Which goes first decides who can write."""

from __future__ import annotations

from typing import Any, Literal

from engine.consensus.course import Course, Kind
from engine.consensus.scenario import MOST, Consensus
from engine.fields import Record, setting

Order = Literal["add_first", "remove_first"]
ORDERS: tuple[Order, ...] = ("add_first", "remove_first")
DEAD_S, FIRST_S, SECOND_S, END_S = 5.0, 15.0, 30.0, 60.0


class Replacing(Record):
    """What is asked: where members stand, and what goes wrong when one is replaced."""

    places: str = setting(
        "aab", "The zone of each member: aab puts two into zone a and one into b.", fact="etcd.two_az_trap",
        pattern=rf"^[a-c]{{1,{MOST}}}$",
    )  # fmt: skip
    strict: bool = setting(False, "etcd's own check of changes, which is on by default.", fact="etcd.strict_reconfig")
    starts: bool = setting(False, "The new member comes up; off: its address is mistyped, and it never does.")
    seed: int = setting(1, "The run's own chance: same seed, same run.", ge=0, le=2**32 - 1)


def replacing(asked: Replacing, order: Order) -> Consensus:
    """Write one order down as a scenario: member 3 of three is dead, and two steps follow."""
    steps: dict[Order, list[dict[str, Any]]] = {
        "add_first": [_add(asked), {"do": "remove-member", "member": 3}],
        "remove_first": [{"do": "remove-member", "member": 3}, _add(asked)],
    }
    first, second = steps[order]
    acts = [
        {"at_s": DEAD_S, "do": "kill-member", "member": 3},
        {"at_s": FIRST_S, **first},
        {"at_s": SECOND_S, **second},
    ]
    return Consensus.of({"seed": asked.seed, "duration_s": END_S, "strict": asked.strict, "operations": acts})


def _add(asked: Replacing) -> dict[str, Any]:
    return {"do": "add-member", "zone": "c", "starts": asked.starts, "start_after_s": 3}


def fate(course: Course) -> Literal["on", "refused", "pause", "stop"]:
    """Say what became of writing after the first step.

    "stop": nobody can write any more; "pause": for a while nobody could; "refused": etcd would not take a step; "on": all
    went well.
    """
    gaps = [gap for gap in course.closed if gap.to_s > FIRST_S]
    if gaps and gaps[-1].to_s >= course.scenario.duration_s:
        return "stop"
    if gaps:
        return "pause"
    return "refused" if course.rows(Kind.CHANGE_REFUSED).size else "on"
