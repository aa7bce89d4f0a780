"""Admission: heavy runs wait in line for a process of their own; light ones never do."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import BudgetError, Scenario, catalog, run
from engine.admission import Hand, Line, Worker, expected_s, is_light
from engine.admission.worker import UnwantedError
from engine.changes import scenario_of
from engine.errors import LostRunError
from tests.engine.a_line import Held, seeded, until

HEAVY = Scenario().with_("services.web.desired", 400).with_("launch_type", "ecs-fargate")


@pytest.fixture
def held():
    """A line whose player plays when it is let."""
    player = Held()
    line = Line(lambda: player, player.shelved.append)
    yield line, player
    player.free.set()
    line.close()


# --- what is light ---


def test_every_lessons_own_scenario_is_light():
    own = [name for name in catalog.lessons() if "strips" in catalog.lesson(name)]

    assert len(own) > 15
    assert [name for name in own if not is_light(scenario_of(name))] == []


@pytest.mark.parametrize(("path", "value"), [
    ("services.web.desired", 201), ("traffic.rps", 8_400), ("duration_s", 50_000),
])  # fmt: skip
def test_one_figure_too_large_is_enough_to_be_heavy(path, value):
    assert is_light(Scenario())
    assert not is_light(Scenario().with_(path, value))


def test_a_larger_run_is_expected_to_take_longer():
    assert expected_s(HEAVY) > 2 * expected_s(Scenario())


# --- the line ---


def test_first_come_first_served(held):
    line, player = held
    asks = [line.ask(f"visitor {n}", seeded(n), 1.0) for n in range(4)]
    until(lambda: player.now)

    assert [line.place(ask).number for ask in asks] == [0, 1, 2, 3]

    player.free.set()
    assert all(ask.over.wait(60) for ask in asks)
    assert player.played == [0, 1, 2, 3]
    assert [ask.run.scenario.seed for ask in asks] == [0, 1, 2, 3]
    assert [one.scenario.seed for one in player.shelved] == [0, 1, 2, 3]


def test_a_place_says_how_long_it_takes_by_how_fast_the_run_before_it_is(held):
    line, player = held
    first = line.ask("a", seeded(0), 1000.0)
    second = line.ask("b", seeded(1), 7.0)
    until(lambda: player.now)
    assert line.place(second).left_s == pytest.approx(1007, abs=10)

    player.hear(0.5)
    first.began_s = time.monotonic() - 20

    assert line.place(first).left_s == pytest.approx(20, abs=5)
    assert line.place(second).left_s == pytest.approx(27, abs=5)
    assert line.place(first).share == 0.5


def test_a_runs_first_steps_do_not_frighten_anybody(held):
    line, player = held
    first = line.ask("a", seeded(0), 8.0)
    until(lambda: player.now)
    player.hear(0.03)
    first.began_s = time.monotonic() - 20  # at this pace it would take eleven minutes

    assert 60 < line.place(first).left_s < 120


def test_a_newer_ask_takes_the_place_of_the_one_that_waits(held):
    line, player = held
    playing = line.ask("a", seeded(0), 1.0)
    until(lambda: player.now)
    old, other = line.ask("a", seeded(1), 1.0), line.ask("b", seeded(2), 1.0)
    new = line.ask("a", seeded(3), 1.0)

    assert old.over.is_set()
    assert old.visitors == set()
    assert playing.visitors == {"a"}  # one running and one waiting
    assert [line.place(ask).number for ask in (other, new)] == [1, 2]

    player.free.set()
    assert new.over.wait(60)
    assert player.played == [0, 2, 3]


def test_two_who_ask_for_the_same_share_one_run(held):
    line, player = held
    line.ask("z", seeded(9), 1.0)
    until(lambda: player.now)
    ours = [line.ask(name, seeded(1), 1.0) for name in "abc"]
    line.leave("a", ours[0])

    assert ours[0] is ours[1] is ours[2]
    player.free.set()
    assert ours[1].over.wait(60)
    assert player.played == [9, 1]


def test_who_leaves_frees_the_place(held):
    line, player = held
    line.ask("a", seeded(0), 1.0)
    until(lambda: player.now)
    gone, next_ = line.ask("b", seeded(1), 1.0), line.ask("c", seeded(2), 1.0)
    line.leave("b", gone)

    assert gone.over.is_set()
    assert line.place(next_).number == 1
    player.free.set()
    assert next_.over.wait(60)
    assert player.played == [0, 2]


def test_a_run_that_nobody_waits_for_is_stopped_once_somebody_else_waits(held):
    line, player = held
    gone = line.ask("a", seeded(0), 1.0)
    until(lambda: player.now)
    line.leave("a", gone)
    time.sleep(0.1)
    assert not gone.over.is_set()  # it may as well go on

    next_ = line.ask("b", seeded(1), 1.0)

    assert gone.over.wait(60)
    assert isinstance(gone.problem, UnwantedError)
    player.free.set()
    assert next_.over.wait(60)
    assert next_.run.scenario.seed == 1


def test_a_process_that_ends_is_started_again_once_and_then_the_visitor_is_told():
    players = []

    def start():
        players.append(Held(breaks=len(players) in {0, 2, 3}))
        players[-1].free.set()
        return players[-1]

    line = Line(start)
    once = line.ask("a", seeded(0), 1.0)
    assert once.over.wait(60)
    assert once.run.scenario.seed == 0  # by the second player

    players[1].breaks = True
    twice = line.ask("a", seeded(1), 1.0)
    assert twice.over.wait(60)
    assert isinstance(twice.problem, LostRunError)

    players[-1].breaks = False
    after = line.ask("a", seeded(2), 1.0)
    assert after.over.wait(60)
    line.close()

    assert after.run.scenario.seed == 2
    assert len(players) == 4


def test_a_closed_line_sends_everybody_home(held):
    line, player = held
    first, second = line.ask("a", seeded(0), 1.0), line.ask("b", seeded(1), 1.0)
    until(lambda: player.now)
    line.close()

    assert first.over.wait(60)
    assert second.over.wait(60)
    assert second.run is None


def test_many_who_come_and_go_at_random_leave_the_line_empty(held):
    line, player = held
    player.free.set()

    def visit(n):
        for turn in range(20):
            ask = line.ask(f"visitor {n}", seeded((n * 7 + turn) % 11), 0.1)
            if (n + turn) % 3:
                ask.over.wait(60)
            line.leave(f"visitor {n}", ask)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(visit, range(16)))
    until(lambda: line._now is None)

    assert line._waiting == []


# --- the process ---


@pytest.fixture(scope="module")
def worker():
    up = Worker()
    yield up
    up.close()


def test_a_run_from_the_other_process_is_the_same_to_the_bit(worker):
    heard = []
    scenario = scenario_of("az_failure")
    found = worker.play(scenario, heard.append, lambda: True)

    assert found.digest == run(scenario).digest
    assert heard[-1] == 1.0
    assert heard == sorted(heard)
    assert found.requests.services[0].latency.flags.writeable  # compiled loops take it as they take one of our own


def test_what_a_run_raises_over_there_is_raised_here(worker):
    too_large = Scenario().with_("traffic.rps", 100_000)
    with pytest.raises(BudgetError, match="requests"):
        worker.play(too_large, lambda _: None, lambda: True)


def test_an_unwanted_run_stops_and_the_next_one_is_played(worker, monkeypatch):
    monkeypatch.setattr("engine.admission.worker.PATIENCE_S", 60)  # a machine that tests much is slow to hear
    with pytest.raises(UnwantedError):
        worker.play(HEAVY, lambda _: None, lambda: False)

    assert worker.play(Scenario(), lambda _: None, lambda: True).scenario == Scenario()


def test_a_process_that_is_killed_is_a_lost_run():
    up = Worker()
    threading.Timer(0.3, up._process.kill).start()
    with pytest.raises(LostRunError):
        up.play(HEAVY.with_("services.web.desired", 3_000), lambda _: None, lambda: True)
    up.close()


def test_a_real_line_outlives_a_killed_process():
    line = Line()
    first = line._player.pid
    line._player._process.kill()
    ask = line.ask("a", HEAVY, 1.0)

    assert ask.over.wait(60)
    assert ask.problem is None
    assert ask.run.digest == run(HEAVY).digest
    assert line._player.pid != first
    line.close()


def test_a_line_that_closes_while_a_run_is_played_breaks_nothing(caplog):
    line = Line()
    ask = line.ask("a", HEAVY.with_("services.web.desired", 3_000), 1.0)
    until(lambda: ask.share > 0, 60)
    line.close()

    assert ask.over.is_set()
    assert ask.run is None
    assert not line._thread.is_alive()
    assert [record for record in caplog.records if record.exc_info] == []


# --- the hand ---


@pytest.fixture
def hand():
    """A hand whose player plays when it is let."""
    player = Held()
    hand = Hand(lambda: player)
    yield hand, player
    player.free.set()
    hand.close()


def test_who_asks_the_hand_for_a_run_that_is_under_way_shares_it(hand):
    hand, player = hand
    with ThreadPoolExecutor(3) as visitors:
        asked = [visitors.submit(hand.play, seeded(7), 0.1) for _ in range(3)]
        until(lambda: player.now)
        player.free.set()

        assert {id(one.result()) for one in asked} == {id(asked[0].result())}
    assert player.played == [7]


def test_a_hand_that_has_enough_to_do_says_so_and_one_that_is_done_takes_more(hand):
    hand, player = hand
    with ThreadPoolExecutor(1) as visitor:
        first = visitor.submit(hand.play, seeded(1), 0.4)
        until(lambda: player.now)

        assert hand.play(seeded(2), 0.2) is None
        player.free.set()
        assert first.result().scenario.seed == 1
    assert hand.play(seeded(2), 0.2).scenario.seed == 2


def test_a_hand_whose_process_ends_says_so_and_is_there_again():
    players = [Held(breaks=True), Held()]
    hand = Hand(lambda: players.pop(0))
    left = players[0]
    hand._player.free.set()
    left.free.set()

    assert hand.play(seeded(1), 0.1) is None
    assert hand.play(seeded(1), 0.1).scenario.seed == 1
    hand.close()
    assert hand.play(seeded(1), 0.1) is None


def test_a_process_that_comes_up_as_the_hand_is_closed_is_ended():
    first, late = Held(breaks=True), Held()
    first.free.set()
    ended = []
    late.close = lambda: ended.append(late)

    def start():
        if not started:
            started.append(first)
            return first
        hand.close()  # the server ends while its process comes up again
        return late

    started = []
    hand = Hand(start)
    hand._thread.shutdown = lambda: None  # it is this very thread that closes

    assert hand.play(seeded(1), 0.1) is None
    assert ended == [late]
    assert hand.play(seeded(1), 0.1) is None


def test_what_is_wrong_with_a_run_is_told_by_the_hand_too():
    hand = Hand()
    with pytest.raises(BudgetError):
        hand.play(Scenario().with_("traffic.rps", 100_000).with_("duration_s", 600_000), 0.1)

    there = hand.play(Scenario(), 0.1)
    hand.close()
    assert there.requests.services[0].arrived.tolist() == run(Scenario()).requests.services[0].arrived.tolist()
