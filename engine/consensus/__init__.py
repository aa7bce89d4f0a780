"""Raft as far as leader, term, vote, commit and quorum: who can write, who can read, and for how long nobody can."""

from engine.consensus.course import Course, Kind, Span
from engine.consensus.front import Answered, Front, answered
from engine.consensus.outages import Outage, control_plane_outages, writable_from
from engine.consensus.quorum import committed_index, majority, table, vote_result
from engine.consensus.scenario import Consensus
from engine.consensus.simulation import run
from engine.consensus.upkeep import Bill, Upkeep

__all__ = [
    "Answered",
    "Bill",
    "Consensus",
    "Course",
    "Front",
    "Kind",
    "Outage",
    "Span",
    "Upkeep",
    "answered",
    "committed_index",
    "control_plane_outages",
    "majority",
    "run",
    "table",
    "vote_result",
    "writable_from",
]
