"""What is done to a store, carried out at its moment."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simpy import Event

from engine import catalog
from engine.consensus import scenario as ops
from engine.consensus.course import Kind
from engine.placement.room import ZONES

if TYPE_CHECKING:
    from engine.consensus.log import Voters
    from engine.consensus.node import Node
    from engine.consensus.simulation import Store


@dataclass(slots=True)
class Change:
    """A change of members that waits for its commit."""

    index: int
    term: int
    until_s: float
    voters: Voters
    done: Event


Process = Generator[Event, object, None]


def perform(store: Store) -> Process:
    """Carry the operations out, each at its time, equal times in the file's order."""
    env = store.env
    for number, operation in sorted(enumerate(store.scenario.operations), key=lambda pair: pair[1].at_s):
        while env.now < operation.at_s:  # a sum of floats may fall short of it by a hair
            yield env.timeout(operation.at_s - env.now)
        refusal = ACTIONS[operation.do](store, operation)
        if refusal:
            store.notes.note(env.now, Kind.OPERATION_IGNORED, reason=refusal, value=number)


def _node(store: Store, number: int) -> Node | None:
    node = store.nodes.get(number)
    return None if node is None or node.is_removed else node


def _kill_member(store: Store, o: ops.KillMember) -> str:
    node = _node(store, o.member)
    if node is None:
        return f"there is no member {o.member}"
    node.is_wanted = False
    if not node.is_up:
        return f"member {o.member} is dead already"
    store.kill(node, "killed")
    return ""


def _kill_leader(store: Store, o: ops.KillLeader) -> str:  # noqa: ARG001
    leaders = [node for node in store.nodes.values() if node.is_leading]
    if not leaders:
        return "nobody leads"
    chosen = max(leaders, key=lambda node: node.member.term if node.member else 0)
    chosen.is_wanted = False
    store.kill(chosen, "killed")
    return ""


def _restart_member(store: Store, o: ops.RestartMember) -> str:
    node = _node(store, o.member)
    if node is None:
        return f"there is no member {o.member}"
    node.is_wanted = True
    if node.is_up or node.is_starting:
        return f"member {o.member} runs already"
    if node.zone in store.dark_zones:
        return f"zone {node.zone} has no power"
    _boot(store, node, store.scenario.restart_s)
    return ""


def _boot(store: Store, node: Node, after_s: float) -> None:
    node.is_starting = True
    store.mark(store.env.now + after_s)
    store.env.process(_booting(store, node, after_s))


def _booting(store: Store, node: Node, after_s: float) -> Process:
    yield store.env.timeout(after_s)
    node.is_starting = False
    if node.is_wanted and not node.is_up and not node.is_removed and node.zone not in store.dark_zones:
        store.start(node)


def _pair(store: Store, o: ops.CutLink | ops.HealLink) -> tuple[Node, Node] | str:
    a, b = _node(store, o.member), _node(store, o.other)
    if a is None or b is None:
        return f"there is no member {o.member if a is None else o.other}"
    return a, b


def _cut_link(store: Store, o: ops.CutLink) -> str:
    pair = _pair(store, o)
    if isinstance(pair, str):
        return pair
    store.cut_links.add(frozenset((o.member, o.other)))
    return _changed_network(store, Kind.LINK_CUT, o.member, o.other)


def _heal_link(store: Store, o: ops.HealLink) -> str:
    pair = _pair(store, o)
    if isinstance(pair, str):
        return pair
    if frozenset((o.member, o.other)) not in store.cut_links:
        return "the link is well"
    store.cut_links.discard(frozenset((o.member, o.other)))
    return _changed_network(store, Kind.LINK_HEALED, o.member, o.other)


def _cut_zone(store: Store, o: ops.CutZone) -> str:
    if o.zone in store.cut_zones:
        return "the zone is cut off already"
    store.cut_zones.add(o.zone)
    return _changed_network(store, Kind.ZONE_CUT, 0, ZONES.index(o.zone))


def _heal_zone(store: Store, o: ops.HealZone) -> str:
    if o.zone not in store.cut_zones:
        return "the zone's network is well"
    store.cut_zones.discard(o.zone)
    return _changed_network(store, Kind.ZONE_HEALED, 0, ZONES.index(o.zone))


def _changed_network(store: Store, kind: Kind, member: int, other: int) -> str:
    store.notes.note(store.env.now, kind, member, other)
    store.touch_links()
    store.look()
    return ""


def _fail_zone(store: Store, o: ops.FailZone) -> str:
    if o.zone in store.dark_zones:
        return "the zone is lost already"
    store.dark_zones.add(o.zone)
    store.notes.note(store.env.now, Kind.ZONE_LOST, 0, ZONES.index(o.zone))
    for node in store.nodes.values():
        if node.zone == o.zone:
            store.kill(node, "zone")
    return ""


def _restore_zone(store: Store, o: ops.RestoreZone) -> str:
    if o.zone not in store.dark_zones:
        return "the zone is well"
    store.dark_zones.discard(o.zone)
    store.notes.note(store.env.now, Kind.ZONE_BACK, 0, ZONES.index(o.zone))
    for node in store.nodes.values():
        if node.zone == o.zone and node.is_wanted and not node.is_up and not node.is_removed and not node.is_starting:
            _boot(store, node, store.scenario.restart_s)
    return ""


# --- members -----------------------------------------------------------------------------------------------------------------


def _electorate(store: Store) -> Voters:
    """Give the voters as whoever knows most sees them."""
    known = [node.member for node in store.nodes.values() if node.member is not None]
    if not known:
        return ()
    return max(known, key=lambda member: (member.term, member.committed, member.number)).voters


def _contact(store: Store) -> Node | None:
    """Give the member that is asked: the leader, or the first that runs."""
    if store.writer:
        return store.nodes[store.writer]
    live = [node for node in store.nodes.values() if node.member is not None and node.member.may_lead]
    return next((node for node in live if node.is_leading), live[0] if live else None)


def _connected(store: Store, voters: Voters, contact: Node, since_s: float) -> int:
    """Count the voters that the asked one has heard for so long, itself included."""
    n = 0
    for voter in voters:
        since = store.reached_s.get(frozenset((contact.number, voter)), float("inf"))
        n += voter == contact.number or since <= since_s or (since == 0 and store.nodes[voter].is_up)
    return n


def _add_member(store: Store, o: ops.AddMember) -> str:
    voters, contact = _electorate(store), _contact(store)
    if contact is None:
        return "no member runs that could be asked"
    number = max(store.nodes) + 1
    if len(voters) >= ops.MOST:
        return f"etcd advises no more than {ops.MOST} members"
    if store.scenario.strict:
        healthy_s = catalog.seconds("etcd.strict_reconfig", "healthy_s")
        if _connected(store, voters, contact, store.env.now - healthy_s) < len(voters):
            store.notes.note(store.env.now, Kind.CHANGE_REFUSED, number, contact.number, reason="unhealthy")
            return ""
    node = store.add_node(number, o.zone, ())
    node.is_wanted = False
    store.env.process(_change(store, number, (*voters, number), o))
    return ""


def _remove_member(store: Store, o: ops.RemoveMember) -> str:
    voters, contact = _electorate(store), _contact(store)
    node = _node(store, o.member)
    if node is None or o.member not in voters:
        return f"there is no member {o.member} among the voters"
    if contact is None:
        return "no member runs that could be asked"
    if len(voters) == 1:
        return "the last member cannot be removed"
    if store.scenario.strict and not _may_remove(store, voters, contact, node):
        store.notes.note(store.env.now, Kind.CHANGE_REFUSED, o.member, contact.number, reason="breaks quorum")
        return ""
    store.env.process(_change(store, o.member, tuple(v for v in voters if v != o.member), None))
    return ""


def _may_remove(store: Store, voters: Voters, contact: Node, node: Node) -> bool:
    """Say whether etcd would let it go: a dead one, always; a live one, if a quorum stays. Source: `mayRemoveMember`."""
    if node is not contact and not store.reaches(contact, node):
        return True
    healthy_s = catalog.seconds("etcd.strict_reconfig", "healthy_s")
    live = _connected(store, voters, contact, store.env.now - healthy_s)
    return live - 1 >= 1 + (len(voters) - 1) // 2


def _change(store: Store, number: int, voters: Voters, added: ops.AddMember | None) -> Process:
    """Propose a change to whoever leads, and wait for its commit, as long as a client's patience lasts."""
    env, until_s = store.env, store.env.now + store.scenario.patience_s
    store.mark(until_s)
    while env.now < until_s:
        leader = next((n for n in store.nodes.values() if n.is_leading), None)
        chosen = store.nodes[store.writer] if store.writer else leader
        if chosen is not None and chosen.member is not None:
            index = chosen.member.propose(change=voters)
            if index is not None:
                change = Change(index, chosen.member.term, until_s, voters, env.event())
                store.changes.append(change)
                store.flush(chosen)
                yield change.done | env.timeout(max(0.0, until_s - env.now))
                store.changes.remove(change)
                if change.done.triggered:
                    _changed(store, number, voters, added)
                    return
                break
        yield env.timeout(store.scenario.tick_s)
    store.notes.note(env.now, Kind.CHANGE_TIMED_OUT, number)


def _changed(store: Store, number: int, voters: Voters, added: ops.AddMember | None) -> None:
    node = store.nodes[number]
    zone = ZONES.index(node.zone)
    kind = Kind.MEMBER_REMOVED if added is None else Kind.MEMBER_ADDED
    store.notes.note(store.env.now, kind, number, zone, value=len(voters))
    if added is None:
        node.is_removed, node.is_wanted = True, False
        store.removed.add(number)
    else:
        node.is_wanted = added.starts
        if added.starts:
            _boot(store, node, added.start_after_s)
    store.look()


ACTIONS: dict[str, Callable[[Store, Any], str]] = {
    "kill-member": _kill_member,
    "kill-leader": _kill_leader,
    "restart-member": _restart_member,
    "cut-link": _cut_link,
    "heal-link": _heal_link,
    "cut-zone": _cut_zone,
    "heal-zone": _heal_zone,
    "fail-zone": _fail_zone,
    "restore-zone": _restore_zone,
    "add-member": _add_member,
    "remove-member": _remove_member,
}
