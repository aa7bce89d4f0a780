"""A year's laws: the same events whoever handles them, nothing lost, less to do where less is yours; and queueing theory."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.duties import LAYERS, OWNERS
from engine.responsibility import KINDS, MODELS, Rates, YearAsk, draw, handle, happenings, owners, years
from engine.responsibility.calendar import open_h, work
from engine.responsibility.draws import YEAR_H, arrivals
from engine.rng import stream

WEIGHT = {"customer": 2, "shared": 1, "aws": 0}
MORE_IS_YOURS = [
    (left, right)
    for left, right in itertools.permutations(MODELS, 2)
    if all(WEIGHT[owners(left)[layer]] >= WEIGHT[owners(right)[layer]] for layer in LAYERS)
]
SIGMAS = 5

rates = st.builds(Rates, **{kind: st.floats(0, 12) for kind in KINDS})
asks = st.builds(
    YearAsk, hosts=st.integers(1, 60), images=st.integers(1, 20), team=st.integers(1, 8), ops_h=st.floats(0.5, 40),
    night_pay=st.floats(1, 5), deploy_days=st.floats(0.1, 365), shared_share=st.floats(0, 1), effort=st.floats(0.1, 10),
    disks=st.integers(0, 8), used=st.floats(0.05, 1), busy=st.floats(0, 1), rates=rates, seed=st.integers(0, 1_000_000),
    replications=st.just(10),
)  # fmt: skip
laws = settings(max_examples=25, deadline=None)


def test_many_pairs_of_models_can_be_ordered():
    assert len(MORE_IS_YOURS) > 40
    assert ("on-prem", "lambda") in MORE_IS_YOURS


@laws
@given(asks)
def test_every_ticket_is_somebodys_and_no_work_is_lost(ask):
    tickets = draw(ask)
    share = {"customer": 1.0, "shared": ask.shared_share, "aws": 0.0}
    for model in MODELS:
        done = handle(ask, model, tickets)

        whose = [owners(model)[layer] for layer in LAYERS]
        np.testing.assert_array_equal(done.owner, np.array([OWNERS.index(who) for who in whose])[tickets.layer])
        np.testing.assert_allclose(done.mine_h, tickets.work_h * np.array([share[who] for who in OWNERS])[done.owner])
        assert (done.begun_h >= tickets.at_h).all()
        assert (done.done_h >= done.begun_h).all()
        assert not done.woke[~done.cannot_wait].any()


@laws
@given(asks)
def test_the_less_is_yours_the_less_you_work_and_the_less_you_wake(ask):
    found = years(ask)
    for more, less in MORE_IS_YOURS:
        assert (found[more].hours >= found[less].hours - 1e-9).all(), (more, less)
        assert (found[more].nights >= found[less].nights).all(), (more, less)


@laws
@given(asks)
def test_a_larger_team_never_begins_later(ask):
    tickets = draw(ask)
    larger = ask.model_copy(update={"team": ask.team + 1})
    few, many = (handle(one, "on-prem", tickets) for one in (ask, larger))

    assert (many.begun_h <= few.begun_h + 1e-6).all()


@laws
@given(asks, st.sampled_from(KINDS))
def test_more_often_brings_the_same_events_earlier_and_more_after_them(ask, kind):
    often = ask.model_copy(update={"rates": ask.rates.model_copy(update={kind: getattr(ask.rates, kind) * 1.5 + 0.1})})
    before, after = (arrivals(one, kind, 0) for one in (ask, often))

    assert len(after) >= len(before)
    assert (after[: len(before), 0] <= before[:, 0]).all()
    np.testing.assert_array_equal(after[: len(before), 1:], before[:, 1:])
    for other in KINDS:
        if other != kind:
            np.testing.assert_array_equal(arrivals(ask, other, 3), arrivals(often, other, 3))


@laws
@given(asks)
def test_the_same_ask_is_the_same_years_and_more_of_them_begin_with_these(ask):
    longer = ask.model_copy(update={"replications": 13})
    here, again, more = draw(ask), draw(ask), draw(longer)
    n = len(here.at_h)

    for column in ("year", "event", "at_h", "kind", "layer", "work_h", "luck", "aws_luck"):
        np.testing.assert_array_equal(getattr(here, column), getattr(again, column))
        np.testing.assert_array_equal(getattr(here, column), getattr(more, column)[:n])
    for model in ("on-prem", "eks-managed"):
        np.testing.assert_array_equal(years(ask)[model].open_days, years(longer)[model].open_days[:10])


@laws
@given(asks)
def test_everything_stays_within_a_year(ask):
    tickets = draw(ask)
    events = np.bincount(tickets.year, minlength=10)

    assert ((tickets.at_h >= 0) & (tickets.at_h < YEAR_H)).all()
    for first, last in itertools.pairwise(tickets.starts):
        assert (np.diff(tickets.at_h[first:last]) >= 0).all()
    for outcome in years(ask).values():
        assert (outcome.open_days >= 0).all()
        assert (outcome.open_days <= 365).all()
        assert (outcome.aws_open_days <= 365).all()
        assert (outcome.nights <= events).all()
        assert (outcome.people_usd <= outcome.hours * ask.usd_per_h * ask.night_pay + 1e-6).all()


@laws
@given(asks)
def test_sharing_all_or_nothing_is_doing_it_or_not(ask):
    tickets = draw(ask)
    all_, nothing = (
        handle(ask.model_copy(update={"shared_share": share}), "eks-managed", tickets) for share in (1.0, 0.0)
    )
    own = handle(ask, "eks-unmanaged", tickets)

    np.testing.assert_array_equal(all_.mine_h, own.mine_h)
    assert (nothing.mine_h[nothing.owner == OWNERS.index("shared")] == 0).all()


# --- theory --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["kernel_cve", "image_cve", "zone_loss"])
def test_events_are_poisson(kind):
    ask = YearAsk()
    counts = np.array([len(arrivals(ask, kind, number)) for number in range(2000)])
    mean, n = ask.rate(kind), len(counts)

    assert abs(counts.mean() - mean) < SIGMAS * math.sqrt(mean / n)
    # The variance of a sample variance of Poisson counts: (mean + 2 mean^2) / n, nearly.
    assert abs(counts.var(ddof=1) - mean) < SIGMAS * math.sqrt((mean + 2 * mean**2) / n)


def test_hours_are_their_rate_times_their_work():
    ask = YearAsk(replications=400)
    hours = years(ask)["on-prem"].hours
    table = [(ask.rate(kind), hit) for kind, one in happenings().items() for hit in one.hits]
    mean = sum(rate * (hit.h + hit.host_h * ask.hosts) for rate, hit in table)

    assert abs(hours.mean() - mean) < SIGMAS * hours.std(ddof=1) / math.sqrt(len(hours))


@pytest.mark.parametrize(("team", "load"), [(1, 0.5), (1, 0.8), (3, 0.7)])
def test_who_waits_for_a_team_waits_as_theory_says(team, load):
    """M/M/c: exponential gaps and hours; the wait is Erlang's C over what is left of the team's time."""
    n, warm = 400_000, 20_000
    random = stream(11, "waits", team, str(load))
    mine_h = random.exponential(1.0, n)
    at_h = np.cumsum(random.exponential(1 / (load * team), n))
    begun_h, _ = work(np.array([0, n]), at_h, mine_h, np.zeros(n, dtype=bool), np.zeros(n), team, 1.0)
    waits = (begun_h - at_h)[warm:].reshape(20, -1).mean(axis=1)
    offered = load * team
    tail = offered**team / math.factorial(team) / (1 - load)
    erlang_c = tail / (sum(offered**k / math.factorial(k) for k in range(team)) + tail)
    expected = erlang_c / (team - offered)

    assert abs(waits.mean() - expected) < SIGMAS * waits.std(ddof=1) / math.sqrt(len(waits))


@given(
    st.lists(st.tuples(st.floats(0, 400), st.floats(0, 100), st.booleans()), max_size=12).map(sorted),
)
def test_days_that_stand_open_are_counted_once(holes):
    """Measured again the slow way: at a thousand moments, is anything open?"""
    at, length, counts = (np.array([hole[column] for hole in holes]) for column in range(3))
    found = open_h(
        np.array([0, len(holes)]), at.astype(float), (at + length).astype(float), counts.astype(bool), 365.0
    )[0]
    moments = (np.arange(20_000) + 0.5) * (365 / 20_000)
    is_open = np.zeros(len(moments), dtype=bool)
    for begins, lasts, matters in holes:
        is_open |= matters & (moments >= begins) & (moments < begins + lasts)

    assert abs(found - is_open.mean() * 365) < 0.02 * (len(holes) + 1)
