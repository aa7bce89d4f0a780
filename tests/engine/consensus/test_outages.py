"""What a scenario's operations do to the control plane's writes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.consensus.outages import Outage, control_plane_outages, places_of, writable_from
from engine.scenario import Scenario

DAY_S = 86_400.0


def scenario(*acts: dict[str, Any], who: str = "self-run", zones: int = 3, **plane: Any) -> Scenario:
    """Write a scenario with these operations and this control plane."""
    settings_ = {"runs_on": who, **plane}
    return Scenario.of(
        {"duration_s": 3_600, "zones": zones, "operations": list(acts), "kubernetes": {"control_plane": settings_}}
    )


def test_nobody_harms_it_nothing_happens() -> None:
    """And ECS has no members to kill."""
    harm = {"at_s": 100, "do": "fail-zone", "zone": "a"}

    assert control_plane_outages(scenario()) == ()
    assert control_plane_outages(scenario(harm, who="")) == ()


def test_a_lost_zone_costs_an_election_at_most() -> None:
    """Three members over three zones: one of the zones holds the leader."""
    outages = [
        control_plane_outages(scenario({"at_s": 600, "do": "fail-zone", "zone": zone}, who="eks")) for zone in "abc"
    ]

    hit = [found for found in outages if found]
    assert len(hit) == 1
    assert hit[0][0].because == "election"
    assert hit[0][0].from_s == 600
    assert 0.8 < hit[0][0].to_s - 600 < 2.5


def test_two_zones_hold_the_quorum_in_one() -> None:
    """The trap, self-run: dealt out to two zones, a holds two of three. On EKS the members are in three zones anyhow."""
    harm = {"at_s": 600, "do": "fail-zone", "zone": "a"}

    trapped = control_plane_outages(scenario(harm, zones=2))
    spared = control_plane_outages(scenario(harm, zones=2, who="eks"))

    assert places_of(scenario(zones=2)) == "aba"
    assert trapped == (Outage(600, 3_600, "no quorum"),)
    assert sum(o.to_s - o.from_s for o in spared) < 2.5


def test_the_zone_returns_and_with_it_the_quorum() -> None:
    """A second or two after the power."""
    found = control_plane_outages(
        scenario(
            {"at_s": 600, "do": "fail-zone", "zone": "a"}, {"at_s": 1_200, "do": "restore-zone", "zone": "a"}, zones=2
        )
    )

    assert found[0].because == "no quorum"
    assert [o.because for o in found][1:] in (["election"], [])
    assert 1_200 < found[-1].to_s < 1_205


def test_two_dead_members_wait_for_whoever_replaces_them() -> None:
    """You after half an hour, AWS after five minutes: both are assumptions that can be changed."""
    acts = [{"at_s": 600 + n, "do": "kill-member", "member": n} for n in (1, 2)]

    you, aws = (
        sum(o.to_s - o.from_s for o in control_plane_outages(scenario(*acts, who=who))) for who in ("self-run", "eks")
    )
    never = control_plane_outages(scenario(*acts, replaced_after_s=-1))

    assert 1_795 < you < 1_806
    assert 295 < aws < 306
    assert never[-1].to_s == 3_600


def test_who_is_killed_again_waits_anew_for_a_replacement() -> None:
    """Restarted by hand at 200 and killed again at 1,700: it comes half an hour after that, not after its first death."""
    twice = [
        {"at_s": at, "do": do, "member": 1}
        for at, do in ((100, "kill-member"), (200, "restart-member"), (1_700, "kill-member"))
    ]
    found = control_plane_outages(scenario(*twice, members=1))

    assert [pytest.approx(part, abs=5) for part in (100, 200, 1_700, 3_500)] == [
        edge for o in found if o.because == "all down" for edge in (o.from_s, o.to_s)
    ]


@pytest.mark.parametrize("at_s", [6.03e-118, 0.7, 1 / 3, 100.1, 1_234.567])
def test_an_outage_begins_by_no_hair_before_what_caused_it(at_s: float) -> None:
    """The store began half a minute before: a sum and its difference may fall short of where they began."""
    (found, *_) = control_plane_outages(scenario({"at_s": at_s, "do": "fail-control-plane"}))

    assert at_s <= found.from_s < at_s + 1e-9


def test_the_whole_control_plane_may_go_for_a_while() -> None:
    """All down, then an election."""
    found = control_plane_outages(scenario({"at_s": 300, "do": "fail-control-plane", "for_s": 120}))

    assert [o.because for o in found] == ["all down", "election"]
    assert found[0].from_s == 300
    assert 420 < found[-1].to_s < 423
    assert writable_from(found, 350) == found[-1].to_s
    assert writable_from(found, found[-1].to_s) == found[-1].to_s
    assert writable_from(found, 299) == 299


def test_a_month_without_a_quorum_is_cheap() -> None:
    """Campaigns that nobody can win are leapt over: the log stays small."""
    acts = [{"at_s": 5 * DAY_S, "do": "kill-member", "member": n} for n in (1, 2)]
    plane = {"control_plane": {"runs_on": "self-run", "replaced_after_s": -1}}
    month = Scenario.of({"duration_s": 30 * DAY_S, "operations": acts, "kubernetes": plane, "traffic": {"rps": 0}})

    assert control_plane_outages(month) == (Outage(5 * DAY_S, 30 * DAY_S, "no quorum"),)


ACT = st.one_of(
    st.fixed_dictionaries({"do": st.sampled_from(["fail-zone", "restore-zone"]), "zone": st.sampled_from("abc")}),
    st.fixed_dictionaries({"do": st.sampled_from(["kill-member", "restart-member"]), "member": st.integers(1, 7)}),
    st.fixed_dictionaries({"do": st.just("fail-control-plane"), "for_s": st.integers(1, 300)}),
)
TIMED = st.tuples(st.integers(0, 3_600), ACT).map(lambda pair: {"at_s": pair[0], **pair[1]})


@settings(max_examples=25, deadline=None)
@given(st.lists(TIMED, max_size=6), TIMED, st.sampled_from(["self-run", "eks"]), st.integers(1, 7))
def test_an_operation_changes_no_outage_before_it(
    acts: list[dict[str, Any]], act: dict[str, Any], who: str, members: int
) -> None:
    """The prefix law; and outages are in order, and never overlap."""
    before, after = (
        control_plane_outages(scenario(*chosen, who=who, members=members)) for chosen in (acts, [*acts, act])
    )

    assert cut(before, act["at_s"]) == cut(after, act["at_s"])
    for found in (before, after):
        assert all(a.from_s < a.to_s <= b.from_s for a, b in pairwise(found))


def cut(outages: tuple[Outage, ...], at_s: float) -> list[Outage]:
    """Keep what lies before a moment."""
    return [Outage(o.from_s, min(o.to_s, at_s), o.because) for o in outages if o.from_s < at_s]


@pytest.mark.parametrize("zones", [1, 2, 4])
def test_members_are_dealt_out_to_the_zones_there_are(zones: int) -> None:
    """Or stand where the reader puts them."""
    assert set(places_of(scenario(zones=zones))) <= set("abcd"[:zones])
    assert places_of(scenario().with_("kubernetes.control_plane.zones", "aab")) == "aab"
