"""A log kept as runs is a plain list of terms."""

from hypothesis import given
from hypothesis import strategies as st

from engine.consensus.log import Log

RISING = st.lists(st.integers(1, 5), max_size=12).map(sorted)


def log_of(terms: list[int]) -> Log:
    """Write entries of these terms."""
    log = Log()
    for term in terms:
        log.append(term)
    return log


def terms_of(log: Log) -> list[int]:
    """Read them back."""
    return [log.term_at(index) for index in range(1, log.last + 1)]


@given(RISING)
def test_what_was_written_is_read_back(terms: list[int]) -> None:
    """Whatever the runs are."""
    assert terms_of(log_of(terms)) == terms


@given(RISING, RISING, st.integers(0, 12))
def test_a_follower_that_takes_entries_holds_what_its_leader_holds(
    mine: list[int], leaders: list[int], index: int
) -> None:
    """It takes them only where the logs agree just before, and drops only what contradicts them."""
    log, given = log_of(mine), log_of(leaders).after(min(index, len(leaders)))
    agrees = given.index <= len(mine) and mine[given.index - 1 : given.index] == leaders[given.index - 1 : given.index]
    agrees = agrees or given.index == 0

    last = log.take(given, committed=0)

    assert (last is not None) == agrees
    if agrees:
        sent = leaders[given.index :]
        kept = mine[given.index :]
        clash = next((i for i, (a, b) in enumerate(zip(kept, sent, strict=False)) if a != b), None)
        rest = kept if clash is None and len(kept) > len(sent) else sent
        assert terms_of(log) == mine[: given.index] + rest
    else:
        assert terms_of(log) == mine


@given(RISING, st.integers(0, 12), st.integers(0, 6))
def test_where_a_leader_may_look_next_is_the_last_entry_of_no_later_term(
    terms: list[int], index: int, term: int
) -> None:
    """As a plain search from behind finds it."""
    index = min(index, len(terms))
    plain = max((at for at in range(1, index + 1) if terms[at - 1] <= term), default=0)

    assert log_of(terms).before_term(index, term) == plain
