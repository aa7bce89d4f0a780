"""Small stories: two zones, replacing a member, what etcd refuses, and what a scenario may not say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.consensus import actions, writes
from engine.consensus.course import Course, Kind
from engine.consensus.scenario import Consensus
from engine.consensus.simulation import Store, run
from engine.errors import ScenarioError


def played(places: str, *acts: dict[str, Any], **settings: Any) -> Course:
    """Run a store of members in these zones."""
    return run(Consensus.of({"places": places, "duration_s": 90, "operations": list(acts), **settings}))


def kinds(course: Course) -> set[Kind]:
    """Say what happened at all."""
    return {Kind(int(kind)) for kind in course.kind}


@pytest.mark.parametrize(
    ("places", "zone", "writes_on"),
    [
        ("aab", "a", False),  # the trap: the bigger half is the quorum
        ("aab", "b", True),
        ("abc", "a", True),
        ("aabb", "a", False),  # four over two zones survive neither
        ("aabb", "b", False),
        ("aabbc", "a", True),
        ("aaabb", "b", True),
        ("aaabb", "a", False),
        ("a", "a", False),
    ],
)
def test_who_can_write_when_a_zone_dies(places: str, zone: str, writes_on: bool) -> None:
    """It depends on where the members stand, not only on how many they are."""
    course = played(places, {"at_s": 20, "do": "fail-zone", "zone": zone})

    assert (course.writable[-1].to_s == 90) == writes_on


def test_a_zone_that_returns_brings_its_members_back_with_what_they_knew() -> None:
    """The two-zone trap ends when the power is back: term and log were on the disk."""
    course = played(
        "aab", {"at_s": 20, "do": "fail-zone", "zone": "a"}, {"at_s": 50, "do": "restore-zone", "zone": "a"}
    )

    terms = [span.term for span in course.leaders]
    assert terms == sorted(set(terms))
    assert 50 < course.writable[-1].from_s < 53
    assert course.writable[-1].to_s == 90


def test_by_default_etcd_refuses_to_add_before_the_dead_one_is_removed() -> None:
    """The strict check: a member that does not answer must go first."""
    course = played(
        "abc", {"at_s": 20, "do": "kill-member", "member": 3}, {"at_s": 40, "do": "add-member", "zone": "c"}
    )

    assert Kind.CHANGE_REFUSED in kinds(course)
    assert Kind.MEMBER_ADDED not in kinds(course)


@pytest.mark.parametrize(
    ("order", "writes_on"),
    [
        (["remove", "add"], True),  # 2 of 2, then 2 of 3: the new one is not needed
        (["add", "remove"], False),  # 3 of 4 are needed, two live, and the fourth never comes up
    ],
)
def test_with_one_dead_remove_before_you_add(order: list[str], writes_on: bool) -> None:
    """The new member's address was mistyped: it never starts. The check that would have refused is off."""
    steps = {
        "remove": {"do": "remove-member", "member": 3},
        "add": {"do": "add-member", "zone": "c", "starts": False},
    }
    acts = [{"at_s": 40 + 10 * i, **steps[step]} for i, step in enumerate(order)]
    dead = next(n for n in (3, 2, 1) if n != played("abc", duration_s=10).leaders[0].who)
    acts = [act | ({"member": dead} if "member" in act else {}) for act in acts]

    course = played("abc", {"at_s": 20, "do": "kill-member", "member": dead}, *acts, strict=False)

    assert (course.writable[-1].to_s == 90) == writes_on
    if not writes_on:
        assert Kind.CHANGE_TIMED_OUT in kinds(course)  # nor can the dead one be removed any more


def test_a_new_member_that_starts_takes_part() -> None:
    """It is added, started, fed the whole log, and counts: then one of the old ones may die."""
    course = played(
        "abc",
        {"at_s": 20, "do": "add-member", "zone": "a", "start_after_s": 5},
        {"at_s": 60, "do": "kill-leader"},
    )

    assert 4 in {span.who for span in course.readable}
    assert course.writable[-1].to_s == 90


def test_a_removed_leader_hands_over_and_stops() -> None:
    """It commits its own removal, is told so by itself, and leaves a second later; the two others elect."""
    leader = played("abc", duration_s=10).leaders[0].who
    course = played("abc", {"at_s": 20, "do": "remove-member", "member": leader})

    assert course.leaders[-1].who != leader
    assert course.writable[-1].to_s == 90
    assert "removed" in course.reason


def test_the_committed_index_is_the_writes_that_could_be_written() -> None:
    """Ten a second for 90 s, a second's gap in the middle that all of them outwait, and two elections' empty entries."""
    course = played("abc", {"at_s": 40, "do": "kill-leader"})

    assert course.committed == pytest.approx(90 * 10 + 2, abs=2)


def test_writes_that_wait_too_long_are_given_up() -> None:
    """Half a minute without a quorum: only those of its last seven seconds are written after all."""
    course = played(
        "ab", {"at_s": 30, "do": "kill-member", "member": 1}, {"at_s": 60, "do": "restart-member", "member": 1}
    )
    back_s = course.writable[-1].from_s
    terms = len(course.leaders)

    assert course.committed == pytest.approx(900 - (back_s - 30 - 7) * 10 + terms, abs=3)


def test_every_problem_of_a_scenario_is_named_at_once() -> None:
    """Fields and operations, each by its path, with what is allowed."""
    with pytest.raises(ScenarioError) as caught:
        Consensus.of({"places": "abz", "disk_ms": -1, "operations": [{"at_s": 1, "do": "cut-link", "member": "x"}]})

    paths = {problem.path for problem in caught.value.problems}
    assert paths >= {"places", "disk_ms", "operations.0.member", "operations.0.other"}
    with pytest.raises(ScenarioError, match="five heartbeats"):
        Consensus.of({"election_ms": 300})
    with pytest.raises(ScenarioError, match="after the run's end"):
        Consensus.of({"duration_s": 10, "operations": [{"at_s": 11, "do": "kill-leader"}]})
    with pytest.raises(ScenarioError, match="kill-leader"):
        Consensus.of({"operations": [{"at_s": 1, "do": "explode"}]})


def test_a_link_holds_the_whole_scenario() -> None:
    """Token and back; text and back; a broken link is refused in words."""
    scenario = Consensus.of({"places": "aabbc", "operations": [{"at_s": 3, "do": "cut-zone", "zone": "b"}]})

    assert Consensus.from_token(scenario.token()) == scenario
    with pytest.raises(ScenarioError, match="damaged"):
        Consensus.from_token(scenario.token()[:-3])


def test_what_cannot_be_done_is_said() -> None:
    """Ignored with a reason, never an exception."""
    course = played(
        "abc", {"at_s": 1, "do": "kill-member", "member": 6}, {"at_s": 2, "do": "heal-zone", "zone": "b"},
        {"at_s": 3, "do": "restart-member", "member": 1},
    )  # fmt: skip

    rows = course.rows(Kind.OPERATION_IGNORED)
    assert [course.reason[i] for i in rows] == [
        "there is no member 6", "the zone's network is well", "member 1 runs already",
    ]  # fmt: skip
    assert np.array_equal(course.value[rows], [0, 1, 2])


def steps(scenario: Consensus, *, is_eager: bool) -> int:
    """Count the events that a run takes."""
    store, n = Store(scenario, is_eager=is_eager), 0
    for node in store.nodes.values():
        store.start(node)
    store.env.process(actions.perform(store))
    store.env.process(writes.send(store))
    while store.env.peek() < scenario.duration_s:
        store.env.step()
        n += 1
    return n


def test_an_hour_costs_what_its_disturbances_cost() -> None:
    """Three disturbances in an hour take no more events than a minute and a half in which every heartbeat is played."""
    acts = [{"at_s": 1_000 * n, "do": "kill-leader"} if n < 2 else {"at_s": 1_000 * n, "do": "restart-member", "member": n - 1}
            for n in (1, 2, 3)]  # fmt: skip
    hour = Consensus.of({"duration_s": 3_600, "operations": acts})
    brief = Consensus.of({"duration_s": 90})

    assert steps(hour, is_eager=False) < steps(brief, is_eager=True)
