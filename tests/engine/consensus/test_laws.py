"""Raft's laws, for any members, any operations, any moment: looked at after every single event."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.consensus import actions, writes
from engine.consensus.course import Kind
from engine.consensus.node import Node
from engine.consensus.quorum import majority
from engine.consensus.scenario import Consensus
from engine.consensus.simulation import Store, run

PLACES = st.text("abc", min_size=1, max_size=7)
MEMBER = st.integers(1, 8)
ZONE = st.sampled_from("abc")
HARM = st.one_of(
    st.fixed_dictionaries({"do": st.sampled_from(["kill-member", "restart-member"]), "member": MEMBER}),
    st.just({"do": "kill-leader"}),
    st.fixed_dictionaries(
        {"do": st.sampled_from(["cut-link", "heal-link"]), "member": st.integers(1, 4), "other": st.integers(5, 7)}
    ),
    st.fixed_dictionaries({"do": st.just("cut-link"), "member": st.just(1), "other": st.integers(2, 3)}),
    st.fixed_dictionaries(
        {"do": st.sampled_from(["cut-zone", "heal-zone", "fail-zone", "restore-zone"]), "zone": ZONE}
    ),
)
CHANGE = st.one_of(
    st.fixed_dictionaries({"do": st.just("add-member"), "zone": ZONE, "starts": st.booleans()}),
    st.fixed_dictionaries({"do": st.just("remove-member"), "member": MEMBER}),
)
MOMENT = st.integers(0, 250).map(lambda tenth: tenth / 10)


def planned(acts: list[tuple[float, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Write operations down."""
    return [{"at_s": at_s, **act} for at_s, act in acts]


@st.composite
def scenarios(draw: st.DrawFn, *, changes: bool = True) -> Consensus:
    """Draw a store of up to seven members, and up to ten things that are done to it."""
    what = st.one_of(HARM, CHANGE) if changes else HARM
    acts = draw(st.lists(st.tuples(MOMENT, what), max_size=10))
    return Consensus.of(
        {
            "seed": draw(st.integers(0, 9999)),
            "places": draw(PLACES),
            "duration_s": 30,
            "pre_vote": draw(st.booleans()),
            "strict": draw(st.booleans()),
            "disk_ms": draw(st.sampled_from([0, 2, 80, 700])),
            "cross_zone_ms": draw(st.sampled_from([0.5, 30, 150])),
            "operations": planned(acts),
        }
    )


def on_disk(node: Node, now: float, index: int) -> int:
    """Give the term that a member's disk holds at an index."""
    kept = node.kept
    for done_s, batch in node.syncing:
        if done_s <= now:
            kept = batch
    return kept.log.term_at(index)


class Watcher:
    """Watch a run event by event: what was committed, and who led which term."""

    def __init__(self, scenario: Consensus) -> None:
        """Begin a run."""
        self.store = Store(scenario)
        self.safe: list[int] = []  # the term of each entry that was ever committed
        self.led: dict[int, int] = {}
        self.voters: dict[int, tuple[int, ...]] = {}  # each member's electorate before this event
        for node in self.store.nodes.values():
            self.store.start(node)
        self.store.env.process(actions.perform(self.store))
        if scenario.writes_per_s:
            self.store.env.process(writes.send(self.store))

    def watch(self) -> None:
        """Play to the end; hold the laws after every event."""
        env = self.store.env
        while env.peek() <= self.store.scenario.duration_s:
            env.step()
            for node in self.store.nodes.values():
                if node.member is not None:
                    self.look_at(node)

    def look_at(self, node: Node) -> None:
        """Hold one member against what is known."""
        member = node.member
        assert member is not None
        if node.is_leading:
            assert self.led.setdefault(member.term, node.number) == node.number, "two led one term"
            for index in (len(self.safe), len(self.safe) // 2):
                assert not index or member.log.term_at(index) == self.safe[index - 1] or self.is_of_old(member.term)
        if member.committed > len(self.safe):
            for index in range(len(self.safe) + 1, member.committed + 1):
                self.safe.append(member.log.term_at(index))
            self.holds_on_disks(member.committed, self.voters.get(node.number, member.voters))
        self.voters[node.number] = member.voters
        if member.committed:
            assert member.log.term_at(member.committed) == self.safe[member.committed - 1], "a committed entry is lost"

    def is_of_old(self, term: int) -> bool:
        """Say whether a later leader has taken over already: the one of old may lack what that one committed."""
        return any(other > term for other in self.led)

    def holds_on_disks(self, index: int, voters: tuple[int, ...]) -> None:
        """Find what is committed on the disks of a majority of the electorate that was in office."""
        now, term = self.store.env.now, self.safe[index - 1]
        held = {n.number for n in self.store.nodes.values() if on_disk(n, now, index) == term}

        assert len(held & set(voters)) >= majority(len(voters)), "committed before a majority held it"


@settings(max_examples=25, deadline=None)
@given(scenarios())
def test_no_term_has_two_leaders_and_no_committed_entry_is_ever_lost(scenario: Consensus) -> None:
    """Whatever dies, is cut off, restarts, is added or removed, on slow disks and slow networks."""
    watcher = Watcher(scenario)
    watcher.watch()

    last = max(n.member.committed if n.member else n.kept.committed for n in watcher.store.nodes.values())
    assert last <= len(watcher.safe)
    longest = [n.member.log if n.member else n.kept.log for n in watcher.store.nodes.values()]
    holders = [log for log in longest if all(log.term_at(i + 1) == t for i, t in enumerate(watcher.safe))]
    assert holders, "what was committed is on no member any more"


@settings(max_examples=25, deadline=None)
@given(scenarios(changes=False), st.data())
def test_without_a_quorum_nothing_is_committed(scenario: Consensus, data: st.DataObject) -> None:
    """Two zones lose their power for good: where they held too many members, the committed index stands still."""
    places = scenario.places
    dark = data.draw(st.sets(ZONE, min_size=1, max_size=3))
    left = sum(place not in dark for place in places)
    acts = [o.model_dump() for o in scenario.operations if o.do != "restore-zone" and o.at_s < 10]
    acts += [{"at_s": 10, "do": "fail-zone", "zone": zone} for zone in sorted(dark)]
    harmed = Consensus.of(scenario.model_dump(mode="json") | {"operations": acts})

    course = run(harmed)

    if left < majority(len(places)):
        assert all(span.to_s <= 10 for span in course.writable)
        assert run(harmed.model_copy(update={"duration_s": 12.0})).committed == course.committed


@settings(max_examples=25, deadline=None)
@given(scenarios(changes=False))
def test_with_a_quorum_and_a_healed_network_there_is_a_leader_in_the_end(scenario: Consensus) -> None:
    """Everything is mended at 26 s; half a minute later somebody leads, on disks and a network that are fast enough."""
    n = len(scenario.places)
    mend: list[dict[str, Any]] = [{"do": "heal-zone", "zone": zone} for zone in "abc"]
    mend += [{"do": "restore-zone", "zone": zone} for zone in "abc"]
    mend += [{"do": "heal-link", "member": a, "other": b} for a in range(1, n + 1) for b in range(a + 1, n + 1)]
    mend += [{"do": "restart-member", "member": m} for m in range(1, majority(n) + 1)]
    acts = [o.model_dump() for o in scenario.operations] + planned([(26, act) for act in mend])
    healed = {"operations": acts, "duration_s": 60, "disk_ms": 2, "cross_zone_ms": 0.5}

    course = run(Consensus.of(scenario.model_dump(mode="json") | healed))

    assert course.writable
    assert course.writable[-1].to_s == 60


@settings(max_examples=12, deadline=None)
@given(scenarios())
def test_leaping_over_quiet_times_changes_nothing(scenario: Consensus) -> None:
    """An hour's run that plays only its disturbances writes the log of one that plays every heartbeat."""
    stretched = [o.model_copy(update={"at_s": o.at_s * 3}) for o in scenario.operations]
    longer = scenario.model_copy(update={"duration_s": 90.0, "operations": tuple(stretched)})

    assert run(longer).before(90) == run(longer, is_eager=True).before(90)
    brief = {"tells_votes": False}
    assert run(longer, **brief).before(90) == run(longer, **brief, is_eager=True).before(90)


@settings(max_examples=25, deadline=None)
@given(scenarios(), MOMENT, st.one_of(HARM, CHANGE))
def test_what_is_done_changes_nothing_before_it(scenario: Consensus, at_s: float, act: dict[str, Any]) -> None:
    """The prefix law."""
    later = Consensus.of(
        scenario.model_dump(mode="json")
        | {"operations": [*(o.model_dump() for o in scenario.operations), {"at_s": at_s, **act}]}
    )

    assert run(later).before(at_s) == run(scenario).before(at_s)


def test_the_same_scenario_is_the_same_run() -> None:
    """To the bit; another seed is another one."""
    scenario = Consensus.of({"operations": [{"at_s": 20, "do": "kill-leader"}]})

    assert run(scenario).digest == run(scenario).digest != run(scenario.with_("seed", 2)).digest
    assert Kind.LED in run(scenario).kind
