"""Clients that write at a steady rate: to whoever leads; what nobody can take waits, and is given up after a while."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simpy import Event

from engine.consensus.member import NOBODY

if TYPE_CHECKING:
    from engine.consensus.simulation import Store

Process = Generator[Event, object, None]


def sent_by(rate: float, at_s: float) -> int:
    """Count the writes that clients have sent by a moment: number k at k over the rate.

    >>> sent_by(10, 0.3), sent_by(10, 0.29)
    (3, 2)
    """
    n = int(at_s * rate) + 1
    while n > 0 and n / rate > at_s:
        n -= 1
    return n


def send(store: Store) -> Process:
    """Send one after the other; a leap takes care of those that fall into it."""
    env, rate = store.env, store.scenario.writes_per_s
    while True:
        at_s = (store.written + 1) / rate
        yield env.timeout(max(0.0, at_s - env.now))
        if env.now < store.leap_end_s:
            yield env.timeout(store.leap_end_s - env.now)
            continue
        if sent_by(rate, env.now) <= store.written:
            continue
        store.written += 1
        if not store.writer:
            store.waiting.append(at_s)
        _propose(store)


def _propose(store: Store) -> None:
    """Give a write to whoever leads; a leader of old takes it too, and will never commit it."""
    chosen = store.writer or next((n.number for n in store.nodes.values() if n.is_leading), NOBODY)
    node = store.nodes.get(chosen)
    if node is not None and node.member is not None:
        node.member.propose()
        store.flush(node)


def hand_over(store: Store, writer: int) -> Process:
    """Give the writes that waited to a leader that can take them, but for those whose clients have given up."""
    yield store.env.timeout(0)
    member = store.nodes[writer].member
    if store.writer != writer or member is None:
        return
    patient = [at_s for at_s in store.waiting if store.env.now - at_s < store.scenario.patience_s]
    store.waiting.clear()
    if patient:
        member.propose(len(patient))
        store.flush(store.nodes[writer])
