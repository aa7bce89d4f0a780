"""The compiled calendars and people in SimPy who work through theirs: every ticket begun and done at the same hour."""

import numpy as np
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.responsibility import YearAsk, draw, handle
from engine.responsibility.calendar import work


class Member:
    """Somebody with a calendar, who does what stands in it in its order."""

    def __init__(self, env):
        self.env, self.calendar, self.promised_h = env, simpy.Store(env), 0.0
        env.process(self.live())

    def promise(self, taken_h, begin, end):
        self.promised_h = max(self.env.now, self.promised_h) + taken_h
        self.calendar.put((taken_h, begin, end))

    def live(self):
        while True:
            taken_h, begin, end = yield self.calendar.get()
            begin()
            yield self.env.timeout(taken_h)
            end()


def by_people(at_h, mine_h, cannot_wait, lag_h, team, pace):
    """Work one year's tickets with a process for each member."""
    env = simpy.Environment()
    members = [Member(env) for _ in range(team)]
    begun_h, done_h = np.full(len(at_h), np.nan), np.full(len(at_h), np.nan)

    def note(column, i):
        def at_this_hour():
            column[i] = env.now

        return at_this_hour

    def handle_one(i):
        yield env.timeout(at_h[i])
        if mine_h[i] <= 0:
            begun_h[i] = env.now
            yield env.timeout(lag_h[i])
            done_h[i] = env.now
            return
        who = min(members, key=lambda member: member.promised_h)
        if not cannot_wait[i]:
            who.promise(mine_h[i] / pace, note(begun_h, i), note(done_h, i))
            return
        who.promise(mine_h[i] / pace, lambda: None, lambda: None)  # the hours are taken off afterwards
        begun_h[i] = env.now
        yield env.timeout(mine_h[i])
        done_h[i] = env.now

    for i in range(len(at_h)):
        env.process(handle_one(i))
    env.run()
    return begun_h, done_h


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.sampled_from([0.0, 0.5, 2.0, 9.0]), st.booleans(), st.floats(0, 50)),
        max_size=25,
    ),
    st.integers(1, 4),
    st.sampled_from([0.05, 0.3, 1.0]),
)
def test_any_tickets_are_worked_alike(rows, team, pace):
    rows.sort()
    at_h, mine_h, cannot_wait, lag_h = (np.array([row[column] for row in rows]) for column in range(4))
    lag_h = np.where(mine_h > 0, 0.0, lag_h) if len(rows) else lag_h
    given_ = (at_h.astype(float), mine_h.astype(float), cannot_wait.astype(bool), lag_h.astype(float))
    slow = by_people(*given_, team, pace)
    fast = work(np.array([0, len(rows)]), *given_, team, pace)

    np.testing.assert_allclose(fast[0], slow[0], rtol=0, atol=1e-9)
    np.testing.assert_allclose(fast[1], slow[1], rtol=0, atol=1e-9)


def test_a_years_tickets_are_worked_alike_in_every_model():
    ask = YearAsk(replications=10, team=2, ops_h=3)
    tickets = draw(ask)
    for model in ("on-prem", "eks-managed", "ecs-fargate"):
        done = handle(ask, model, tickets)
        for first, last in zip(tickets.starts[:3], tickets.starts[1:4], strict=True):
            rows = slice(first, last)
            lag_h = np.where(done.mine_h > 0, 0.0, done.done_h - done.begun_h)
            begun_h, done_h = by_people(
                tickets.at_h[rows], done.mine_h[rows], done.cannot_wait[rows], lag_h[rows], ask.team, ask.ops_h / 168
            )

            np.testing.assert_allclose(done.begun_h[rows], begun_h, rtol=0, atol=1e-6)
            np.testing.assert_allclose(done.done_h[rows], done_h, rtol=0, atol=1e-6)


def test_a_calendar_is_a_queue_where_nothing_is_urgent():
    """Whoever has room first takes it: the same as one queue before the whole team."""
    ask = YearAsk(replications=10, team=3, ops_h=2)
    tickets = draw(ask)
    n = int(tickets.starts[1])
    at_h, mine_h = tickets.at_h[:n], tickets.work_h[:n]
    env = simpy.Environment()
    team = simpy.Resource(env, capacity=3)
    begun_h = np.full(n, np.nan)

    def one(i):
        yield env.timeout(at_h[i])
        with team.request() as turn:
            yield turn
            begun_h[i] = env.now
            yield env.timeout(mine_h[i] / 0.1)

    for i in range(n):
        env.process(one(i))
    env.run()
    never = np.zeros(n, dtype=bool)

    np.testing.assert_allclose(work(np.array([0, n]), at_h, mine_h, never, np.zeros(n), 3, 0.1)[0], begun_h, atol=1e-6)
