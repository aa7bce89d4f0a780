"""The node lifecycle's rules: how far a zone is lost, how fast it is emptied, and when a silent node is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kubernetes import Nodes
from engine.kubernetes.lifecycle import eviction_rates, first_after, last_before, noticed_s, zone_state

NODES = Nodes()
SMALL, LARGE = 50, 51


@pytest.mark.parametrize(("ready", "not_ready", "state"), [
    (10, 0, "normal"),
    (0, 0, "normal"),  # a zone without nodes is not lost
    (0, 1, "full"),
    (1, 2, "normal"),  # two of three is more than 55 %, but two nodes are too few to speak of
    (2, 3, "partial"),  # 60 %
    (3, 3, "normal"),  # 50 %
    (9, 11, "partial"),  # 55 % counts
    (10, 12, "normal"),  # 54.5 % does not
    (0, 12, "full"),
])  # fmt: skip
def test_a_zone_is_judged_by_share_and_number(ready, not_ready, state):
    assert zone_state(ready, not_ready, 0.55) == state


@pytest.mark.parametrize(("zones", "rates"), [
    ({0: (3, 0), 1: (3, 0)}, {0: 0.1, 1: 0.1}),
    ({0: (3, 0), 1: (0, 3)}, {0: 0.1, 1: 0.1}),  # a zone that is wholly lost is emptied at the normal rate
    ({0: (3, 0), 1: (1, 3)}, {0: 0.1, 1: 0.0}),  # one that is largely lost is not: it may be the network
    ({0: (3, 0), 1: (SMALL - 40, 40)}, {0: 0.1, 1: 0.0}),
    ({0: (3, 0), 1: (LARGE - 40, 40)}, {0: 0.1, 1: 0.01}),  # unless it is large: then slowly
    ({0: (0, 3), 1: (0, 3)}, {0: 0.0, 1: 0.0}),  # nobody is there at all: the controller doubts itself
    ({0: (0, 3)}, {0: 0.0}),
    ({0: (0, 3), 1: (1, 3)}, {0: 0.1, 1: 0.0}),  # one node anywhere, and the lost zone is emptied
])  # fmt: skip
def test_how_fast_depends_on_what_else_is_lost(zones, rates):
    assert eviction_rates(zones, NODES) == rates


def test_the_settings_are_what_is_asked():
    other = Nodes(eviction_per_s=2, secondary_per_s=0.5, unhealthy_share=0.1, large_over=4)

    assert eviction_rates({0: (9, 0), 1: (2, 3), 2: (1, 3)}, other) == {0: 2, 1: 0.5, 2: 0}


@given(st.floats(0, 10_000), st.floats(0, 9.99), st.floats(0, 4.99))
def test_a_node_is_noticed_between_its_grace_less_a_renewal_and_its_grace_and_a_look(silent_s, phase_s, tick_s):
    after = noticed_s(silent_s, phase_s, tick_s, NODES) - silent_s

    assert NODES.grace_s - NODES.lease_every_s <= after + 1e-6
    assert after <= NODES.grace_s + NODES.monitor_every_s + 1e-6


def test_upstreams_older_grace_notices_ten_seconds_sooner():
    old = Nodes(grace_s=40)

    assert noticed_s(100, 0, 0, NODES) - noticed_s(100, 0, 0, old) == 10


@given(st.floats(0, 1_000), st.floats(0, 20), st.floats(0.5, 20))
def test_a_clock_beats_before_or_at_and_again_only_after(at_s, phase_s, every_s):
    assert last_before(at_s, phase_s, every_s) <= at_s + 1e-9
    assert first_after(at_s, phase_s, every_s) > at_s - 1e-9
