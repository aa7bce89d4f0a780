"""What is true of a silent host and of a dead one, and what ECS believes of each: they part, and come together again."""

from itertools import pairwise

import pytest

from engine import Scenario, catalog, run
from engine.agents import accounts
from tests.engine.the_log import tell

CUT = {"do": "cut-agent", "host": "a1", "at_s": 60}
MEND = {"do": "restore-agent", "host": "a1", "at_s": 420}


def both(**changes):
    scenario = Scenario.read(catalog.scenario_text("placement_agent"))
    for path, value in changes.items():
        scenario = scenario.with_(path.replace("__", "."), value)
    return accounts(run(scenario))


def states(stretches):
    return [one.state for one in stretches]


def test_the_silent_host_goes_on_and_ecs_is_mistaken_until_the_heartbeat_is_missed():
    silent, _ = both()
    missed_s = silent.belief[0].end_s

    assert states(silent.truth) == ["runs", "cut", "mended", "runs"]
    assert states(silent.belief) == ["connected", "silent", "connected"]
    assert 60 + catalog.seconds("ecs.agent.acs_heartbeat_timeout") <= missed_s
    assert missed_s <= 60 + catalog.seconds("ecs.agent.acs_heartbeat_timeout") + catalog.seconds(
        "ecs.agent.acs_heartbeat_jitter"
    )
    assert (silent.placed, silent.replaced) == (0, 0)


def test_a_mended_link_is_used_only_at_the_next_try():
    silent, _ = both()
    mended = next(one for one in silent.truth if one.state == "mended")

    assert mended.start_s == 420
    assert mended.end_s == silent.belief[-1].start_s > 420
    assert silent.tries_s.max() < 420
    assert (silent.tries_s[2:] - silent.tries_s[1:-1] > 0).all()


def test_ecs_puts_new_tasks_on_a_host_that_it_does_not_know_to_be_dead():
    _, dead = both()

    assert states(dead.truth) == ["runs", "dead", "gone"]
    assert states(dead.belief) == ["connected", "gone"]
    assert dead.placed > 0
    assert dead.replaced >= 2


def test_whoever_believes_that_silent_tasks_are_replaced_sees_them_replaced():
    silent, _ = both(assumptions__silent_replaced=True)

    assert silent.replaced == 2


def test_stretches_cover_the_run_without_a_gap():
    for one in both():
        for lane in (one.truth, one.belief):
            assert lane[0].start_s == 0
            assert lane[-1].end_s == 600
            assert all(left.end_s == right.start_s for left, right in pairwise(lane))


@pytest.mark.parametrize(("operations", "names"), [([], []), ([CUT], ["a1"]), ([CUT, MEND | {"at_s": 90}], ["a1"])])
def test_only_hosts_to_which_something_happened_are_told_of(operations, names):
    assert [one.name for one in accounts(tell(operations=operations))] == names


def test_a_link_mended_before_anybody_missed_it_was_never_silent_for_ecs():
    (one,) = accounts(tell(operations=[CUT, MEND | {"at_s": 70}]))

    assert "silent" not in states(one.belief) or one.belief[1].start_s > 70
