"""Shares: tasks among capacity providers, and the limits that healthy percents set."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ScenarioError
from engine.scaling import divide, fewest_tasks, most_tasks, next_provider


@pytest.mark.parametrize(("weights", "tasks", "shares"), [
    ((1, 1), 10, (5, 5)), ((1, 4), 10, (2, 8)),     # the guide's own
    ((1, 1), 7, (4, 3)),                            # of equals, the first named
    ((1, 2), 7, (2, 5)), ((2, 1), 7, (5, 2)), ((1, 4), 3, (1, 2)), ((1, 4), 1, (0, 1)),
    ((0, 3), 5, (0, 5)), ((50, 50), 3, (2, 1)), ((1, 1, 1), 5, (2, 2, 1)), ((1, 1), 0, (0, 0)),
])  # fmt: skip
def test_weights_divide_what_is_past_the_base(weights, tasks, shares):
    names = "ABC"[: len(weights)]

    assert divide(dict(zip(names, weights, strict=True)), tasks) == dict(zip(names, shares, strict=True))


@pytest.mark.parametrize(("tasks", "shares"), [(1, (0, 1)), (2, (0, 2)), (3, (1, 2)), (4, (1, 3)), (12, (5, 7))])
def test_a_base_comes_first(tasks, shares):
    assert tuple(divide({"A": 1, "B": 1}, tasks, base={"B": 2}).values()) == shares


def in_turn(weights, tasks, base=None, have=()):
    """Ask for one task after another."""
    have, names = Counter(have), []
    for _ in range(tasks):
        names.append(next_provider(weights, have, base))
        have[names[-1]] += 1
    return names


def test_one_by_one_the_base_is_filled_first_then_the_weights():
    assert "".join(in_turn({"a": 1, "b": 3}, 6, base={"a": 2})) == "aababb"


def test_a_lost_task_is_made_up_for_where_it_is_missing():
    weights, base = {"a": 1, "b": 3}, {"a": 2}

    assert in_turn(weights, 1, base, have="abbbbbbbbb") == ["a"]  # of the base
    assert in_turn(weights, 2, base, have="aaaabbbb") == ["b", "b"]  # by weight, though the first named has as many


def test_weights_that_take_no_task_are_refused_in_words():
    with pytest.raises(ScenarioError, match="no capacity provider takes a task"):
        divide({"A": 0, "B": 0}, 1)
    with pytest.raises(ScenarioError, match="no capacity provider takes a task"):
        next_provider({"A": 0}, {"A": 1}, base={"A": 1})

    assert divide({"A": 0}, 2, base={"A": 2}) == {"A": 2}


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=6).filter(any), st.integers(0, 3_000))
def test_shares_add_up_stay_near_their_due_and_one_task_more_moves_no_other(weights, tasks):
    by_name = {str(number): weight for number, weight in enumerate(weights)}
    now, then = divide(by_name, tasks), divide(by_name, tasks + 1)

    assert sum(now.values()) == tasks
    assert sorted(then[name] - now[name] for name in now) == [0] * (len(now) - 1) + [1]
    if tasks % sum(weights) == 0:
        assert [now[name] * sum(weights) for name in by_name] == [weight * tasks for weight in weights]
    for name, weight in by_name.items():
        due = tasks * weight / sum(weights)
        assert abs(now[name] - due) < 1 or len(weights) > 2
        assert now[name] == 0 or weight > 0


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5).filter(any), st.integers(0, 60), st.integers(0, 9))
def test_what_a_run_does_task_by_task_is_what_is_divided_at_once(weights, tasks, least):
    by_name = {str(number): weight for number, weight in enumerate(weights)}
    base = {"0": least}

    assert dict.fromkeys(by_name, 0) | Counter(in_turn(by_name, tasks, base)) == divide(by_name, tasks, base)


@pytest.mark.parametrize(("desired", "least", "most"), [(4, 2, 8), (3, 2, 6), (1, 1, 2), (0, 0, 0)])
def test_the_lower_limit_is_rounded_up_and_the_upper_down(desired, least, most):
    assert (fewest_tasks(desired, 50), most_tasks(desired, 200)) == (least, most)


def test_three_tasks_at_125_percent_have_no_room_for_a_fourth():
    assert most_tasks(3, 125) == 3
    assert most_tasks(4, 125) == 5
    assert fewest_tasks(3, 67) == 3  # 2.01 rounds up
