"""Quiet times, leapt over: where every heartbeat would only say what is known, or no campaign can be won.

A leap ends well before the next thing that will happen, and leaves everybody as the ticks in between would have.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from engine.consensus.member import Role
from engine.consensus.node import Kept, Node
from engine.consensus.quorum import majority_vote
from engine.consensus.writes import sent_by

if TYPE_CHECKING:
    from engine.consensus.simulation import Store

LEAST = 10  # ticks that are worth leaping


def begin(store: Store, node: Node) -> bool:
    """Leap, at a leader's tick, to a later one; False where something could happen in between."""
    if store.is_eager or store.underway or store.changes or store.waiting or is_slow(store):
        return False
    ticks, group = _room(store), followers(store, node)
    if ticks < LEAST or group is None:
        return False
    _still([node, *group])
    end_s = node.phase_s + (node.ticked + 1 + ticks) * store.scenario.tick_s
    store.leap_end_s = end_s
    landing = store.env.timeout(end_s - store.env.now)
    landing.callbacks.append(lambda _: _land(store, node, group, ticks))
    return True


def is_slow(store: Store) -> bool:
    """Say whether disk or network are so slow that a quiet time may end by itself."""
    s = store.scenario
    trip_ms = 2 * s.disk_ms + 2 * max(s.cross_zone_ms, s.same_zone_ms)
    return trip_ms > min(s.heartbeat_ms, s.election_ms - 2 * s.heartbeat_ms)


def _room(store: Store) -> int:
    """Count the ticks until shortly before the next thing that will happen."""
    s, now = store.scenario, store.env.now
    ahead = next((m for m in store.marks if m >= now), s.duration_s)
    return floor((ahead - 3 * s.election_ms / 1000 - now) / s.tick_s) - 1


def _still(nodes: list[Node]) -> None:
    """Turn the alarms off."""
    for node in nodes:
        node.timer += 1
        node.armed_s = None


def followers(store: Store, node: Node) -> list[Node] | None:
    """List who follows this leader; None where somebody could disturb them, or the quorum is not among them."""
    leader = node.member
    if leader is None or not leader.leads_safely or store.writer != node.number:
        return None
    group = [n for n in store.nodes.values() if n is not node and store.reaches(node, n)]
    last = leader.log.last
    for n in group:
        m, line = n.member, leader.progress.get(n.number)
        if m is None or (m.role, m.leader, m.term) != (Role.FOLLOWER, node.number, leader.term):
            return None
        if line is None or {m.log.last, m.committed, leader.committed, line.match} != {last}:
            return None
    apart = [n for n in store.nodes.values() if n.is_up and n is not node and n not in group]
    if any(store.reaches(a, b) for a in apart for b in [*group, node]):
        return None
    return None if any(not store.reaches(a, b) for a in group for b in group if a is not b) else group


def _land(store: Store, node: Node, group: list[Node], ticks: int) -> None:
    """Put everybody where the heartbeats of the leap would have put them; the leader's next tick is now."""
    leader, now, s = node.member, store.env.now, store.scenario
    store.leap_end_s = -1.0
    if leader is None:
        return
    writes = max(0, sent_by(s.writes_per_s, now) - store.written) if s.writes_per_s else 0
    store.written += writes
    for each in (node, *group):
        if writes and each.member is not None:
            member = each.member
            member.committed = member.log.append(leader.term, writes)
            each.syncing.clear()
            each.kept = Kept(member.term, member.vote, member.log.copy(), member.committed, member.voters)
    for follower in group:
        heard_s = now - s.tick_s + store.delay_s(node, follower)
        follower.ticked = floor((heard_s - follower.phase_s) / s.tick_s + 1e-9)
        line = leader.progress[follower.number]
        line.match, line.next, line.is_active = leader.log.last, leader.log.last + 1, True
        if follower.member is not None:
            follower.member.elapsed = 0
        store.arm(follower)
    leader.progress[node.number].match = leader.log.last
    node.ticked += ticks
    leader.elapsed = (leader.elapsed + ticks) % s.election_ticks
    store.ring(node)


# --- no hope ------------------------------------------------------------------------------------------------------------


def give_up(store: Store, node: Node) -> bool:
    """Leap over one member's campaigns while nobody can win one; only where campaigns are not written down.

    With pre-votes a campaign that cannot be won changes nothing: it is asked again after the same patience.
    """
    member = node.member
    if store.is_eager or store.tells_votes or store.underway or member is None or not member.pre_vote:
        return False
    if member.role != Role.PRE_CANDIDATE or not _is_hopeless(store) or is_slow(store):
        return False
    rounds = _room(store) // member.patience
    if rounds * member.patience < LEAST:
        return False
    _still([node])
    node.ticked += rounds * member.patience
    store.arm(node)
    return True


def _is_hopeless(store: Store) -> bool:
    """Say whether all that run are pre-candidates of one term, and no part of them is a quorum."""
    live = [n for n in store.nodes.values() if n.member is not None and n.member.may_lead]
    members = [n.member for n in live if n.member is not None]
    if any(m.role != Role.PRE_CANDIDATE for m in members) or len({m.term for m in members}) > 1:
        return False
    for node in live:
        heard = {n.number: True for n in live if n is node or store.reaches(node, n)}
        if node.member is not None and majority_vote(node.member.voters, heard) == "won":
            return False
    return True
