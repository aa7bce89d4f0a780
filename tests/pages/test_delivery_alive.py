"""The pipelines alive: they open in both languages and views, the guess is held against the run, and no link can break them."""

import json
import re

import pytest

from engine import catalog
from engine.delivery import Doing, Organisation, run
from engine.errors import ScenarioError
from pages.parts.board.words import STATES, WORDS
from pages.parts.delivery.alive import (
    NAME,
    arrived,
    changes_table,
    fits,
    on_the_way,
    pair_of,
    shares,
    spent_bars,
    verdict,
)
from pages.parts.delivery.tiles import board_data
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, markup, opened, stands, told


@pytest.fixture(scope="module")
def pair():
    return pair_of(Organisation.read(catalog.organisation_text("alive")).token())


def record(at):
    return at.session_state[f"{NAME}.turned.record"]


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "stage"])
def test_it_opens_in_each_language_and_view(view, lang):
    at = opened("delivery", lang=lang, **({"view": view} if view else {}))

    assert told(at) == ""
    assert Voice(lang).say(f"{NAME}.title") in body(at)


def test_the_question_hides_its_answer_and_every_answer_gets_a_verdict():
    assert "the largest part goes" not in body(opened("delivery", lang="en"))
    for guess, says in (
        ("turn", "so it is."),
        ("made", "You said review, build and tests."),
        ("skip", "the largest part goes"),
    ):
        assert says in body(opened("delivery", lang="en", guess=guess))


def test_a_control_changes_the_board_and_the_url_says_so():
    at = opened("delivery", lang="en", guess="turn")
    stands(at.slider(key=f"{NAME}.turn.workers").set_value(5).run())

    assert record(at).build_workers == 5
    assert address(at)["workers"] == "5"


def test_what_to_try_is_one_click_and_reset_takes_it_back():
    at = opened("delivery", lang="en", guess="turn")
    stands(at.button(key=f"{NAME}.try.tangled").click().run())
    assert record(at).coupling == 0.6
    stands(at.button(key=f"{NAME}.reset").click().run())

    assert record(at).coupling == Organisation.read(catalog.organisation_text("alive")).coupling


@pytest.mark.parametrize("words", [
    {"workers": "0"}, {"coupling": "2"}, {"varies": "wildly"}, {"guess": "zzz"}, {"teams": SMUGGLED}, {"teams": "30"},
    {"commits": "50"},
])  # fmt: skip
def test_what_a_link_cannot_mean_is_set_aside_and_named(words):
    at = opened("delivery", lang="en", **words)

    assert next(iter(words)) in told(at)
    assert "<script" not in body(at)


def test_nothing_in_a_link_becomes_markup():
    plain = opened("delivery", lang="en", guess="skip")
    at = opened("delivery", lang="en", guess="skip", **dict.fromkeys(("workers", "varies", "s", "watch"), SMUGGLED))

    assert markup(at) <= markup(plain)


def test_what_one_board_cannot_show_is_refused_all_at_once_with_the_figures():
    with pytest.raises(ScenarioError) as refused:
        fits(Organisation(teams=12, commits_per_day=20, days=4))

    assert [problem.path for problem in refused.value.problems] == ["services", "commits_per_day"]


# --- what it says ----------------------------------------------------------------------------------------------------


def test_the_largest_share_is_the_answer_and_shares_are_all_of_the_time(pair):
    found = shares(pair["pipelines"])

    assert sum(found.values()) == pytest.approx(1)
    assert max(found, key=found.get) == "turn"
    assert "You said waiting for a release: so it is." in verdict(pair, Voice("en"), "turn")


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_bars_say_in_numbers_what_they_draw(pair, lang):
    said = spent_bars(pair, Voice(lang))

    assert said.count("q-spent-rail") == 2
    assert len(re.findall(r"<td>\d+", said)) == 8


def test_the_table_names_every_change_and_when_users_had_it(pair):
    said = changes_table(pair, Voice("en"))

    assert said.count('scope="row"') == len(pair["train"].changes.key)
    assert said.count("not yet") == sum(int((course.state != 2).sum()) for course in pair.values())


def test_what_is_on_its_way_ends_with_what_was_not_delivered(pair):
    for course in pair.values():
        assert on_the_way(course).changes[-1] == (course.state != 2).sum()
        assert len(arrived(course).t_s) == (course.state == 2).sum()


# --- what the browser is given ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_board_is_given_plain_data_and_every_word(pair, lang):
    data = board_data(pair, Voice(lang))

    assert json.loads(json.dumps(data)) == data
    assert set(WORDS) <= set(data["words"])
    assert [way["name"] for way in data["ways"]] == ["train", "pipelines"]
    assert [len(way["lanes"]) for way in data["ways"]] == [1, 4]


def test_the_browsers_states_are_the_engines_in_its_order(root):
    script = (root / "pages" / "parts" / "board" / "board_lanes.js").read_text(encoding="utf-8")
    named = json.loads(re.search(r"const DOING = (\[.*?\]);", script)[1])

    assert tuple(named) == STATES == tuple(doing.name.lower() for doing in Doing)


def test_moments_are_seconds_within_the_run(pair):
    data = board_data(pair, Voice("en"))
    for way in data["ways"]:
        assert all(0 <= at <= data["end"] for *_, times, _ in way["tracks"] for at in times)
        assert way["written"] == sorted(way["written"])
        assert all(0 <= a <= b <= data["end"] for a, b in way["outages"])
    assert data["marks"]
    assert all(mark["tone"] == "lost" for mark in data["marks"])


def test_an_organisation_that_writes_nothing_has_an_empty_board():
    quiet = Organisation(days=1, teams=1, commits_per_day=0.001)
    pair = {way: run(quiet.with_(architecture=way), keep_log=True) for way in ("train", "pipelines")}
    data = board_data(pair, Voice("en"))

    assert data["changes"] == []
    assert shares(pair["train"]) == dict.fromkeys(shares(pair["train"]), 0.0)
