"""The batch lab: it opens in both languages and views, guesses are held against the quarters, and a link carries what was turned."""

import math
import re

import pytest

from engine.delivery import Organisation, clusters, replicate
from pages.parts.architecture.batch import NAME, can_play, spoken_for, verdict, winner
from pages.parts.architecture.measures import MEASURES, bands_of, duration, four_table, ticks_of
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, markup, opened, stands, told


def record(at):
    return at.session_state[f"{NAME}.turned.record"]


def pair(n=12, **settings):
    return {way: replicate(Organisation(architecture=way, **settings), n) for way in ("train", "pipelines")}


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "stage"])
def test_it_opens_in_each_language_and_view(view, lang):
    at = opened("architecture", lang=lang, x=NAME, **({"view": view} if view else {}))

    assert told(at) == ""
    assert Voice(lang).say(f"{NAME}.title") in body(at)


def test_the_question_comes_first_and_hides_its_answer():
    at = opened("architecture", lang="en", x=NAME)

    assert "The train wins" not in body(at)
    assert [one.label for one in at.button if one.key and one.key.startswith(f"{NAME}.guess")] == [
        "One train", "Many pipelines", "Both the same", "Just show me",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("guess", "says"),
    [("train", "You said: One train. Well judged."), ("pipelines", "You said: Many pipelines."), ("skip", "")],
)
def test_every_guess_gets_its_verdict(guess, says):
    at = opened("architecture", lang="en", x=NAME, guess=guess)

    assert says in body(at)
    assert "The train wins: 2,0" in body(at)
    assert "3 of DORA" in body(at)
    assert "With 8 teams pipelines stop paying at a coupling of 1" in body(at)


def test_a_link_brings_what_was_turned_and_a_control_changes_the_link():
    at = opened("architecture", lang="en", x=NAME, guess="train", coupling="0")
    assert record(at).coupling == 0
    assert "Pipelines win" in body(at) or "As many changes" in body(at)

    stands(at.slider(key=f"{NAME}.turn.coupling").set_value(0.3).run())

    assert "coupling" not in address(at)
    assert "The train wins" in body(at)


@pytest.mark.parametrize("words", [
    {"teams": "0"}, {"coupling": "1.5"}, {"fails": "often"}, {"review": "-3"}, {"leaves": "never"}, {"guess": "zzz"},
    {"teams": SMUGGLED},
])  # fmt: skip
def test_what_a_link_cannot_mean_is_set_aside_and_named(words):
    at = opened("architecture", lang="en", x=NAME, **words)

    assert next(iter(words)) in told(at)
    assert "<script" not in body(at)


def test_nothing_in_a_link_becomes_markup():
    plain = opened("architecture", lang="en", x=NAME, guess="skip")
    at = opened(
        "architecture", lang="en", x=NAME, guess="skip", **dict.fromkeys(("teams", "leaves", "s", "batch"), SMUGGLED)
    )

    assert markup(at) <= markup(plain)


def test_what_would_take_too_long_is_refused_with_the_figure_and_the_settings_stay():
    at = opened("architecture", lang="en", x=NAME, guess="skip", teams="24", commits="8", coupling="1", fails="0.5")

    assert re.search(r"about [\d,]+ steps", told(at))
    assert "up to" in told(at)


# --- what it says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("settings", "won"), [
    ({"coupling": 0.3}, "train"),
    ({"coupling": 0, "teams": 20, "build_workers": 10}, "pipelines"),  # one train cannot carry what twenty teams write
    ({"coupling": 0.05}, "same"),
])  # fmt: skip
def test_the_winner_is_who_brought_more_changes_to_users(settings, won):
    found = pair(**settings)

    assert winner(found) == won
    said = verdict(found, Organisation(**settings), Voice("en"), won)
    assert "Well judged." in said
    assert said.count("<b>") == 1


def test_three_of_the_four_can_speak_for_the_way_that_loses():
    found = pair(coupling=0.3)

    assert (winner(found), spoken_for(found)) == ("train", 3)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_table_says_every_measure_for_both_ways(lang):
    said = four_table(pair(coupling=0.3), Organisation(), Voice(lang))

    assert said.count('scope="row"') == len(MEASURES) + 3
    assert said.count("<b>") == 2 * (len(MEASURES) + 3)
    assert Voice(lang).say(f"{NAME}.cluster.medium") in said


def test_where_nothing_happened_there_is_nothing_to_measure():
    said = four_table(pair(n=2, days=1, teams=1, commits_per_day=0.001), Organisation(days=1), Voice("en"))

    assert said.count("nothing to measure") == 6  # both ways: lead, fail rate, recovery


def test_clusters_with_the_same_span_share_one_field():
    recovery = next(measure for measure in MEASURES if measure.name == "recovery")

    assert [band.name for band in bands_of(recovery, clusters(480), Voice("en"))] == ["elite", "high, medium", "low"]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_each_axis_has_ticks_within_what_it_shows_at_least(measure):
    ticks = ticks_of(measure, Organisation(), Voice("es"))

    assert sum(measure.span[0] <= at <= measure.span[1] for at in ticks) >= 2


@pytest.mark.parametrize(("minutes", "says"), [
    (42, "42 min"), (90, "1.5 h"), (959, "16.0 h"), (960, "2.0 days"), (math.nan, "nothing to measure"),
])  # fmt: skip
def test_working_time_is_written_as_people_speak_of_it(minutes, says):
    assert duration(minutes, Organisation(), Voice("en")) == says


def test_both_ways_have_to_fit_whichever_one_is_chosen():
    with pytest.raises(Exception, match="steps"):
        can_play(Organisation(teams=24, commits_per_day=8, coupling=1, fails=0.5, architecture="train"))
