"""Many runs in the lab: the same chance for all, what is in is shown, it can be stopped, and what is too large is refused in words."""

import time

import numpy as np
import pytest

from engine import Scenario, sweep
from engine.catalog import LANGUAGES
from engine.sweep import Plan, spread_of
from pages.parts.lab.many import KEY, MOST_REQUESTS, Many, _start, _stop, table
from pages.parts.side_by_side import Side
from pages.parts.words import Voice

SMALL = Scenario.of({"duration_s": 60, "services": [{"name": "web", "desired": 2}], "traffic": {"rps": 20}})
MORE = SMALL.with_("traffic.rps", 30)


class Ran:
    """What a side holds of a run."""

    def __init__(self, scenario):
        self.scenario = scenario


def sides(*scenarios):
    return [Side(letter, f"{letter.upper()}: it", Ran(one)) for letter, one in zip("abcd", scenarios, strict=False)]


@pytest.fixture
def session(monkeypatch):
    held = {}
    monkeypatch.setattr("streamlit.session_state", held)
    monkeypatch.setattr("pages.parts.lab.many.sweep.start", lambda plan: sweep.Background(plan, 1, None, None))
    return held


def over(held):
    until = time.monotonic() + 60
    while not held.is_over and time.monotonic() < until:
        time.sleep(0.02)
    return held


def test_all_have_the_same_chance_and_come_to_what_the_engine_says(session):
    _start(sides(SMALL, MORE.with_("seed", 99)), 6)
    held = over(session[f"{KEY}.held"])

    assert [one.plan.base.seed for one in held.sweeps] == [SMALL.seed] * 2
    assert held.share == 1
    want = sweep.play(Plan.of(MORE.with_("seed", SMALL.seed), (), 6))
    assert np.array_equal(held.sweeps[1].so_far().of("availability"), want.of("availability"), equal_nan=True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_says_the_mean_the_interval_the_difference_and_how_many_would_do(session, lang):
    _start(sides(SMALL, MORE), 8)
    held, speaker = over(session[f"{KEY}.held"]), Voice(lang)
    for what in ("availability", "usd", "worst_p99", "recovered"):
        values = [one.so_far().of(what)[0] for one in held.sweeps]
        html = table(held, what, values, [spread_of(column) for column in values], speaker)

        assert html.count("<tr>") == 3
        assert speaker.say("lab.many.first") in html


def test_what_is_too_large_is_refused_and_nothing_starts(session):
    _start(sides(SMALL.with_("traffic.rps", 5_000).with_("duration_s", 3_600)), 200)

    assert session[f"{KEY}.too_many"] > MOST_REQUESTS
    assert f"{KEY}.held" not in session


def test_it_can_be_stopped_and_keeps_what_is_in(session):
    _start(sides(SMALL.with_("traffic.rps", 200).with_("duration_s", 600)), 200)
    _stop()
    held = over(session[f"{KEY}.held"])

    assert isinstance(held, Many)
    assert held.is_over
    assert held.share < 1
