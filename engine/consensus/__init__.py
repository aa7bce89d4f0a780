"""Raft as far as leader, term, vote, commit and quorum: who can write, who can read, and for how long nobody can."""

from engine.consensus.outages import Outage, control_plane_outages, writable_from
from engine.consensus.quorum import committed_index, majority, table, vote_result

__all__ = ["Outage", "committed_index", "control_plane_outages", "majority", "table", "vote_result", "writable_from"]
