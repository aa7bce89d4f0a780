"""The log: it only grows, it is in order, and pairs of its kinds are intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import BudgetError, Kind, intervals
from engine.events import NOBODY, Log


def log_of(*lines):
    log = Log(100)
    for at_s, kind, who in lines:
        log.note(at_s, kind, **who)
    return log.events()


def test_what_was_noted_is_what_is_read():
    log = Log(10)
    log.note(1.5, Kind.TASK_PULLED, service=0, task=7, host=2, zone=1, value=3.25, reason="because")
    log.note(2.0, Kind.ZONE_FAILED, zone=0)
    events = log.events()

    assert len(events) == 2
    assert (events.at_s[0], events.task[0], events.host[0], events.value[0], events.reason[0]) == (
        1.5,
        7,
        2,
        3.25,
        "because",
    )
    assert (events.task[1], events.host[1], events.service[1]) == (NOBODY, NOBODY, NOBODY)
    assert np.isnan(events.value[1])
    assert events.where(Kind.ZONE_FAILED).tolist() == [1]
    assert events.where(Kind.ZONE_FAILED, Kind.TASK_PULLED).tolist() == [0, 1]


def test_a_full_log_refuses_the_next_line():
    log = Log(2)
    log.note(0, Kind.HOST_READY)
    log.note(0, Kind.HOST_READY)

    with pytest.raises(BudgetError, match="2 events"):
        log.note(0, Kind.HOST_READY)


def test_before_counts_strictly():
    events = log_of(*((t, Kind.HOST_READY, {}) for t in (0, 1, 1, 2)))

    assert [events.before(t) for t in (0, 1, 1.5, 2, 9)] == [0, 1, 3, 3, 4]


def test_intervals_pair_subject_by_subject_and_the_open_end_is_the_runs():
    events = log_of(
        (0, Kind.HOST_READY, {"host": 0}), (5, Kind.HOST_READY, {"host": 1}), (8, Kind.HOST_LOST, {"host": 0}),
        (9, Kind.HOST_GONE, {"host": 0}), (9, Kind.HOST_READY, {"host": 0}), (9, Kind.HOST_GONE, {"host": 3}),
    )  # fmt: skip
    spans = intervals(events, "host", [Kind.HOST_READY], [Kind.HOST_LOST, Kind.HOST_GONE], 20)

    assert sorted(zip(spans.subject.tolist(), spans.start_s.tolist(), spans.end_s.tolist(), strict=True)) == [
        (0, 0, 8), (0, 9, 20), (1, 5, 20)
    ]  # fmt: skip
    assert spans.total_s == 34
    assert spans.running_at(np.array([0.0, 5, 8, 8.5, 9, 20])).tolist() == [1, 2, 1, 1, 2, 0]


def test_to_open_twice_opens_once():
    events = log_of(
        (1, Kind.HOST_READY, {"host": 0}), (4, Kind.HOST_READY, {"host": 0}), (6, Kind.HOST_GONE, {"host": 0})
    )
    spans = intervals(events, "host", [Kind.HOST_READY], [Kind.HOST_GONE], 9)

    assert (spans.start_s.tolist(), spans.end_s.tolist()) == ([1], [6])


def test_nothing_gives_no_intervals():
    spans = intervals(log_of(), "task", [Kind.TASK_SERVING], [Kind.TASK_STOPPED], 9)

    assert len(spans.subject) == 0
    assert spans.total_s == 0
    assert spans.running_at(np.array([1.0])).tolist() == [0]


@pytest.mark.parametrize(
    "change", [{"at_s": 2.0}, {"kind": Kind.TASK_STOPPED}, {"task": 4}, {"host": 4}, {"zone": 2}, {"service": 1}, {"value": 0.5},
               {"reason": "why"}], ids=str,
)  # fmt: skip
def test_the_digest_sees_every_column(change):
    line = {
        "at_s": 1.0,
        "kind": Kind.TASK_PLACED,
        "task": 3,
        "host": 1,
        "zone": 0,
        "service": 0,
        "value": 0.25,
        "reason": "so",
    }
    one, other = Log(5), Log(5)
    one.note(**line)
    other.note(**(line | change))

    assert one.events().digest != other.events().digest


def test_the_digest_tells_reasons_apart_wherever_they_are_cut():
    one, other = Log(5), Log(5)
    for log, words in ((one, ("ab", "c")), (other, ("a", "bc"))):
        for word in words:
            log.note(1, Kind.TASK_REFUSED, reason=word)

    assert one.events().digest != other.events().digest


@given(st.lists(st.tuples(st.floats(0, 50), st.booleans(), st.integers(0, 2)), max_size=30))
def test_what_is_open_at_a_moment_is_what_was_opened_and_not_closed(lines):
    lines.sort(key=lambda line: line[0])
    events = log_of(*((t, Kind.HOST_READY if opens else Kind.HOST_GONE, {"host": host}) for t, opens, host in lines))
    spans = intervals(events, "host", [Kind.HOST_READY], [Kind.HOST_GONE], 60)
    open_now: set[int] = set()
    for _, opens, host in lines:
        (open_now.add if opens else open_now.discard)(host)

    assert spans.running_at(np.array([55.0])).tolist() == [len(open_now)]
    assert (spans.end_s >= spans.start_s).all()
