"""Two percents: what they let a roll-out do, and that the simulation obeys them."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Scenario, catalog, rollouts, run
from engine.traps import (
    MOVES,
    ROOMIEST,
    WHOLE,
    ecs_moves,
    first_start_percent,
    first_stop_percent,
    kubernetes_moves,
    patches,
)

PERCENTS = st.tuples(st.integers(1, 40), st.integers(0, WHOLE), st.integers(WHOLE, ROOMIEST))


@pytest.mark.parametrize(("asked", "ecs", "kubernetes"), [
    #  tasks, min, max      ECS       Kubernetes
    ((3, 100, 125), "stuck", "starts"),       # the documented example
    ((2, 75, 125), "stuck", "starts"),        # and the other one
    ((3, 67, 133), "stuck", "starts"),        # two thirds and four thirds, as one would write them
    ((3, 66, 133), "stops", "both"),
    ((3, 67, 134), "starts", "starts"),
    ((1, 50, 150), "stuck", "starts"),
    ((1, 0, 100), "stops", "stops"),
    ((1, 100, 200), "starts", "starts"),
    ((8, 100, 100), "stuck", "refused"),
    ((4, 75, 125), "both", "both"),
    ((3, 75, 100), "stuck", "stops"),         # Kubernetes lets one go where both come to 0
])  # fmt: skip
def test_the_same_percents_mean_two_things(asked, ecs, kubernetes):
    assert (ecs_moves(*asked).way, kubernetes_moves(*asked).way) == (ecs, kubernetes)


@settings(max_examples=200)
@given(PERCENTS)
def test_ecs_keeps_what_was_promised_and_kubernetes_always_moves(asked):
    desired, minimum, maximum = asked
    ecs, kubernetes = ecs_moves(*asked), kubernetes_moves(*asked)

    assert ecs.least * 100 >= desired * minimum
    assert ecs.most * 100 <= desired * maximum
    assert kubernetes.way != "stuck"
    assert (kubernetes.way == "refused") == (minimum == maximum == 100)
    assert kubernetes.may_start >= ecs.may_start, "the surge is rounded up, the maximum down"


@settings(max_examples=40)
@given(st.integers(1, 30))
def test_from_where_on_it_moves_is_the_first_percent_that_does(desired):
    start, stop = first_start_percent(desired), first_stop_percent(desired)

    assert ecs_moves(desired, 100, start).may_start >= 1 > ecs_moves(desired, 100, start - 1).may_start
    assert ecs_moves(desired, stop, 100).may_stop >= 1
    assert stop == 100 or ecs_moves(desired, stop + 1, 100).may_stop == 0


@pytest.mark.parametrize("whose", MOVES)
@pytest.mark.parametrize("desired", [1, 3, 8])
def test_the_patches_cover_every_pair_of_percents_once(whose, desired):
    found = {}
    for patch in patches(whose, desired):
        lows = range(patch.low_percent, patch.high_percent + 1)
        for pair in product(lows, range(patch.most_low_percent, patch.most_high_percent + 1)):
            assert pair not in found
            found[pair] = patch.moves

    assert len(found) == 101 * 101
    for (low, most), moves in list(found.items())[::37]:
        asked = MOVES[whose](desired, low, most)
        assert (asked.may_stop, asked.may_start, asked.way) == (moves.may_stop, moves.may_start, moves.way)


@pytest.mark.parametrize(("desired", "minimum", "maximum"), [
    (3, 100, 125), (3, 100, 134), (3, 66, 100), (3, 67, 133), (1, 50, 150), (1, 0, 100), (2, 75, 125), (4, 75, 125), (5, 81, 119),
])  # fmt: skip
def test_the_simulation_is_stuck_where_the_sums_say_so(desired, minimum, maximum):
    scenario = Scenario.read(catalog.scenario_text("delivery_traps"))
    for path, value in (("desired", desired), ("min_healthy_percent", minimum), ("max_percent", maximum)):
        scenario = scenario.with_(f"services.web.{path}", value)
    found = run(scenario)

    moved = any(version > 0 for version in rollouts.versions(found).values())
    assert moved == (ecs_moves(desired, minimum, maximum).way != "stuck")
    assert rollouts.least_ready(found) >= ecs_moves(desired, minimum, maximum).least
