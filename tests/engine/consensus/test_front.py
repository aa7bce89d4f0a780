"""The way of a call, each of its parts killed in turn; and what a control plane costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import catalog
from engine.consensus.front import CAUSES, Answered, Front, answered, spans_of
from engine.consensus.upkeep import Upkeep, away_a_month_s, away_a_year_s, eks, self_run, without_quorum
from engine.errors import ScenarioError


def calls(kills: str, **settings: Any) -> Answered:
    """Play one death."""
    return answered(Front.of({"kills": kills, **settings}))


def test_nothing_dies_everything_is_answered() -> None:
    """No second with less than all."""
    assert calls("nothing").share.min() == pytest.approx(1)


@pytest.mark.parametrize("cross_zone", [True, False])
def test_a_dead_api_server_gets_its_share_until_the_checks_notice(cross_zone: bool) -> None:
    """A third of the calls fail for two checks and a time-out; with fronts for themselves, for a DNS's time to live more."""
    found = calls("server", cross_zone=cross_zone, replaced_after_s=3_600, dns_ttl_s=60)
    first = spans_of(found)[0]

    assert found.share[np.searchsorted(found.at_s, 130)] == pytest.approx(2 / 3, abs=0.01)
    assert 40 <= {word: at for at, word in found.marks}["noticed"] - 120 <= 70
    assert (first.to_s - 120 > 100) == (not cross_zone)


def test_a_dead_leader_costs_an_election_and_a_dead_machine_its_server() -> None:
    """On EKS the members are apart from the API servers: only the election is felt. On your machines both are."""
    aws, yours = calls("leader", who="eks"), calls("leader", who="self-run")

    assert 0.8 < aws.lost_s < 3
    assert yours.lost_s > 10 * aws.lost_s
    assert yours.lost["server"].sum() > yours.lost["store"].sum()


def test_a_dead_member_that_does_not_lead_is_not_felt_on_eks() -> None:
    """Nothing at all is lost."""
    assert calls("member", who="eks").lost_s == pytest.approx(0, abs=1e-6)


def test_two_zones_of_three_stop_writes_but_not_the_api_servers_memory() -> None:
    """What an API server keeps in its memory it still answers, once DNS has forgotten the dead fronts."""
    found = calls("two-zones", who="self-run", replaced_after_s=600)
    late = np.searchsorted(found.at_s, 400)

    assert found.share[late] == 0
    assert found.stale[late] == pytest.approx(1)
    assert found.lost["store"][late] == pytest.approx(1)


@given(
    st.sampled_from(["nothing", "server", "member", "leader", "zone", "two-zones"]), st.sampled_from(["self-run", "eks"]),
    st.text("abc", min_size=1, max_size=5), st.booleans(), st.integers(1, 99),
)  # fmt: skip
def test_every_call_is_answered_or_dies_somewhere(
    kills: str, who: str, places: str, cross_zone: bool, seed: int
) -> None:
    """The shares add up to one in every second."""
    found = calls(kills, who=who, places=places, cross_zone=cross_zone, seed=seed, duration_s=600)
    total = found.share + sum(found.lost[cause] for cause in CAUSES)

    assert np.allclose(total, 1)
    assert found.share.min() >= -1e-9


def test_what_is_wrong_is_said() -> None:
    """All of it at once."""
    with pytest.raises(ScenarioError) as caught:
        Front.of({"kills": "everything", "at_s": -1})

    assert {problem.path for problem in caught.value.problems} == {"kills", "at_s"}


# --- money and years --------------------------------------------------------------------------------------------------------


def test_three_machines_of_your_own_cost_three_times_what_eks_asks() -> None:
    """Before anybody's working hours: three m5.large against $0.10 an hour."""
    yours, aws = self_run(Upkeep()), eks(Upkeep())

    assert aws.machines_usd == pytest.approx(73, abs=0.5)
    assert yours.machines_usd == pytest.approx(3 * catalog.instance_type("m5.large").usd_per_hour * 730.5)
    assert yours.total_usd > yours.machines_usd


def test_zones_beat_machines() -> None:
    """The two-zone trap in hours a year: three over two zones are hardly better than one machine's zone."""
    away = {places: self_run(Upkeep(places=places)).away_h for places in ("a", "aaa", "aab", "abc", "aabbc")}

    assert away["abc"] < away["aab"] / 20
    assert away["aab"] == pytest.approx(away["aaa"], rel=0.05)
    assert away["aabbc"] < away["abc"]
    assert away["a"] > away["aaa"]


@given(st.text("abc", min_size=1, max_size=6), st.floats(0.01, 0.6), st.floats(0, 0.5))
def test_the_chance_is_what_counting_every_state_gives(places: str, machine: float, zone: float) -> None:
    """A slow twin: every machine and every zone, on or off."""
    zones = sorted(set(places))
    plain = 0.0
    for bits in range(2 ** (len(places) + len(zones))):
        on = [bool(bits >> i & 1) for i in range(len(places) + len(zones))]
        lit = dict(zip(zones, on[len(places) :], strict=True))
        chance = np.prod([1 - machine if up else machine for up in on[: len(places)]])
        chance *= np.prod([1 - zone if is_lit else zone for is_lit in lit.values()])
        runs = sum(up and lit[place] for up, place in zip(on[: len(places)], places, strict=True))
        plain += chance * (runs < len(places) // 2 + 1)

    assert without_quorum(places, machine, zone) == pytest.approx(plain)


def test_a_promise_in_minutes_is_the_facts() -> None:
    """What 99.95% and 99.99% leave open."""
    fact = "eks.sla_downtime"

    assert away_a_month_s(99.95) / 60 == pytest.approx(catalog.number(fact, "99.95_month_min"), abs=0.05)
    assert away_a_year_s(99.95) / 3600 == pytest.approx(catalog.number(fact, "99.95_year_h"), abs=0.01)
    assert away_a_year_s(99.99) / 60 == pytest.approx(catalog.number(fact, "99.99_year_min"), abs=0.1)
