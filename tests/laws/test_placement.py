"""What holds for any placement, whatever the fleet, the tasks, the strategies and the constraints."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import BudgetError, Kind, Scenario, checks, run
from engine.placement import Needs
from engine.placement.constraints import all_of
from engine.placement.quota import quota
from engine.placement.stream import Batch, place_stream
from tests.laws.any_fleet import STRATEGIES, fleets, placing_and_more, placing_scenarios, streams
from tests.laws.test_conservation import assert_room_is_kept, assert_tasks_add_up
from tests.laws.test_prefix import assert_same_past


@settings(max_examples=200)
@given(fleets(), streams)
def test_no_host_ever_holds_more_than_it_can(fleet, stream):
    placed = place_stream(fleet, stream)

    assert (placed.hosts.free_cpu >= 0).all()
    assert (placed.hosts.free_mib >= 0).all()
    assert (placed.hosts.free_enis >= 0).all()
    assert (placed.here[~fleet.is_open] == 0).all()
    assert placed.here.sum() == (placed.host >= 0).sum()


@settings(max_examples=200)
@given(fleets(), streams)
def test_a_port_is_taken_once(fleet, stream):
    host = place_stream(fleet, stream).host
    wants = [batch.needs.ports for batch in stream for _ in range(batch.count)]
    taken = {(place, port) for place, ports in enumerate(fleet.ports) for port in ports}
    for place, ports in zip(host.tolist(), wants, strict=True):
        if place >= 0:
            assert not taken & {(place, port) for port in ports}
            taken |= {(place, port) for port in ports}


@settings(max_examples=200)
@given(fleets(), st.lists(st.sampled_from(STRATEGIES), min_size=1, max_size=3), st.integers(0, 20))
def test_distinct_is_truly_distinct_and_no_more_strict_than_that(fleet, chain, count):
    batch = Batch(Needs(100, 128), count, tuple(chain), all_of(("distinctInstance",)))
    placed = place_stream(fleet, [batch])
    could = (fleet.peers == 0) & fleet.is_open & (fleet.free_cpu >= 100) & (fleet.free_mib >= 128)

    assert placed.here.max(initial=0) <= 1
    assert not (placed.here[fleet.peers > 0]).any()
    assert placed.here.sum() == min(count, could.sum())


@settings(max_examples=200)
@given(fleets(), st.lists(st.sampled_from(STRATEGIES), min_size=1, max_size=3), st.integers(0, 20))
def test_a_member_of_rule_is_never_broken(fleet, chain, count):
    rules = all_of(("memberOf(attribute:rack in [r1, r2] and runningTasksCount < 3)",))
    placed = place_stream(fleet, [Batch(Needs(1, 1), count, tuple(chain), rules)])
    rack = fleet.traits.attributes["rack"]
    inside = np.array([code >= 0 and rack.words[code] in ("r1", "r2") for code in rack.code])

    assert not placed.here[~inside].any()
    assert (placed.hosts.traits.running[placed.here > 0] <= 3).all()


@settings(max_examples=200)
@given(fleets(), st.integers(1, 40))
def test_spread_is_never_off_by_more_than_one_where_there_is_room(fleet, count):
    """From an empty fleet, zones that could take more never lag behind by two; nor do hosts of one zone."""
    fleet = replace(fleet, peers=np.zeros(len(fleet), dtype=np.int64))
    batch = Batch(Needs(100, 128), count, ("spread-zones", "spread-hosts"), group="service:new")
    placed = place_stream(fleet, [batch])
    left = quota(batch.needs, placed.hosts, (), batch.group)
    by_zone = np.bincount(fleet.zone, weights=placed.here, minlength=3)
    with_room = [zone for zone in range(3) if left[fleet.zone == zone].any()]

    assert all(by_zone.max() - by_zone[zone] <= 1 for zone in with_room)
    for zone in range(3):
        here = placed.here[fleet.zone == zone]
        assert all(here.max() - n <= 1 for n in placed.here[(fleet.zone == zone) & (left > 0)])


@settings(max_examples=200)
@given(fleets(), st.integers(1, 40))
def test_spread_over_an_attribute_is_even_over_its_values(fleet, count):
    fleet = replace(fleet, peers=np.zeros(len(fleet), dtype=np.int64))
    placed = place_stream(fleet, [Batch(Needs(100, 128), count, ("spread:attribute:rack",), group="service:new")])
    group = fleet.traits.attributes["rack"].group()
    left = quota(Needs(100, 128), placed.hosts)
    counts = np.bincount(group, weights=placed.here)

    assert all(counts.max() - counts[value] <= 1 for value in set(group[left > 0].tolist()))


@settings(max_examples=200)
@given(fleets(), st.integers(1, 60), st.sampled_from(["binpack-cpu", "binpack-memory"]))
def test_binpack_opens_a_host_only_when_no_open_one_has_room(fleet, count, strategy):
    """Of the hosts that took something, at most one could take another."""
    placed = place_stream(fleet, [Batch(Needs(100, 128), count, (strategy,))])
    left = quota(Needs(100, 128), placed.hosts)

    assert np.count_nonzero((placed.here > 0) & (left > 0)) <= 1


@settings(max_examples=100)
@given(fleets(), streams)
def test_nobody_is_refused_where_somebody_has_room(fleet, stream):
    placed = place_stream(fleet, stream)
    last = stream[-1]
    if last.count and placed.host[-1] == -1:
        assert not quota(last.needs, placed.hosts, last.constraints, last.group).any()


# --- whole runs ------------------------------------------------------------------------------------------------------


@settings(max_examples=80)
@given(placing_scenarios())
def test_whatever_places_tasks_keeps_rooms_and_books(scenario):
    run_ = run(scenario, keep_requests=True)

    assert_room_is_kept(run_)
    assert_tasks_add_up(run_)


@settings(max_examples=50)
@given(placing_and_more())
def test_one_more_start_by_hand_changes_nothing_before_its_moment(given_):
    scenario, more, at_s = given_

    assert_same_past(run(scenario, keep_requests=True), run(more, keep_requests=True), at_s)


@settings(max_examples=40)
@given(placing_scenarios())
def test_the_same_scenario_is_the_same_run_and_survives_every_journey(scenario):
    assert run(scenario).digest == run(scenario).digest
    assert Scenario.read(scenario.to_yaml()) == scenario
    assert Scenario.from_token(scenario.token()) == scenario
    assert hash(scenario) == hash(Scenario.of(scenario.model_dump()))


@settings(max_examples=40)
@given(placing_scenarios(), st.integers(10, 400))
def test_an_event_budget_is_refused_before_the_run_or_kept(scenario, limit):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "MAX_EVENTS", limit)
        refused, written = "", 0
        try:
            written = len(run(scenario).events)
        except BudgetError as error:
            refused = str(error)

    assert written <= limit
    assert "wrote more" not in refused  # nobody waits for half a run and then gets none


def alive_on(run_, service):
    """Follow a service's tasks that are meant to run on each host; yield the hosts' counts after each event."""
    events = run_.events
    on, place = {}, {}
    ends = (Kind.TASK_DEACTIVATING, Kind.TASK_STOPPING, Kind.TASK_STOPPED, Kind.TASK_GIVEN_UP)
    for i in range(len(events)):
        task, kind = int(events.task[i]), int(events.kind[i])
        if kind == Kind.TASK_CREATED and events.reason[i] == "run-tasks":
            place[task] = None
        if int(events.service[i]) == service and task not in place and kind == Kind.TASK_PLACED:
            on[task] = int(events.host[i])
        elif kind in ends:
            on.pop(task, None)
        yield float(events.at_s[i]), list(on.values())


@settings(max_examples=60)
@given(placing_scenarios())
def test_distinct_services_and_daemons_have_no_host_twice(scenario):
    run_ = run(scenario)
    for number, service in enumerate(scenario.services):
        if service.kind == "daemon" or "distinctInstance" in service.constraints:
            for at_s, hosts in alive_on(run_, number):
                assert len(set(hosts)) == len(hosts), (at_s, hosts)


@settings(max_examples=60)
@given(placing_scenarios())
def test_each_verdict_is_of_its_event_and_breaks_no_rule(scenario):
    events = run(scenario).events
    for row, verdict in events.verdicts.items():
        assert (verdict.host is None) == (events.kind[row] == Kind.TASK_REFUSED)
        if verdict.host is not None:
            assert verdict.host == events.host[row]
            assert verdict.stopped_by[verdict.host] == -1
        assert set(verdict.refused) == {verdict.filters[k] for k in verdict.stopped_by if k >= 0}
    for row, dismissal in events.dismissals.items():
        assert dismissal.task == events.task[row]
        assert all(len(score) == len(dismissal.tasks) for score in dismissal.scores.values())
