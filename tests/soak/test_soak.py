"""A soak in short: some seconds of what `make soak` does for an hour. Nothing breaks, and nothing grows without bound."""

from engine.rng import stream
from tests.browser import the_app
from tests.browser.the_app import ROOT
from tests.soak.comers import stay
from tests.soak.memory import HOUR_S, Watch, faults_in, slope

MOST_MIB = 1_500  # of a server that has just come up and fills its shelves


def test_visitors_come_change_things_and_go_and_leave_no_session_behind(tmp_path):
    with the_app.serving(ROOT / "app.py", tmp_path / "log.txt", data=tmp_path / "data") as server:
        came = stay(server, 0.3, seats=3, seed=7, pause_s=0.3)

    assert (came.faults, came.log) == ([], [])
    assert came.changes > came.visits >= 3
    assert came.most < MOST_MIB
    assert came.sessions["active_sessions"] == 0
    assert came.sessions['session_events{type="connect"}'] == came.sessions['session_events{type="disconnect"}']


# --- what tells of growth ------------------------------------------------------------------------------------------------


def test_growth_is_what_most_of_the_time_says_and_not_a_few_odd_moments():
    at_s = [float(n) for n in range(0, 1_200, 4)]
    held = [500 + 60 * at / HOUR_S + (at * 7919 % 13) - 6 for at in at_s]
    held[40:46] = [2_000.0] * 6  # a large run, and gone again
    found = slope(at_s, held)

    assert found.low < 60 < found.high
    assert abs(found.an_hour - 60) < 30
    assert found.seconds == at_s[-1]


def test_what_does_not_grow_has_zero_in_its_interval():
    noise = stream(1, "noise").normal(0, 5, 300)
    found = slope([float(n) for n in range(300)], [500.0 + float(one) for one in noise])

    assert found.low < 0 < found.high


def test_two_looks_tell_nothing():
    found = slope([0.0, 1.0], [1.0, 2.0])

    assert (found.low, found.high) == (float("-inf"), float("inf"))


def test_a_servers_log_is_read_for_all_that_broke():
    log = "all well\nthe page X broke\nTraceback (most recent call last):\n  File a\nKeyError: 'x'\nmalloc(): corrupted top size\n"

    assert faults_in(log) == ["the page X broke | KeyError: 'x'", "malloc(): corrupted top size"]
    assert faults_in("2026 INFO fine\n") == []


def test_a_server_that_died_is_seen(tmp_path):
    with (
        the_app.serving(ROOT / "app.py", tmp_path / "log.txt", data=tmp_path / "data") as server,
        Watch(server, 0.1) as watch,
    ):
        assert watch.is_alive
        watch._process.kill()
        watch._process.wait(10)

        assert not watch.is_alive
