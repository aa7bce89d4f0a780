"""The talk can be given: every slide is told, in lines that a hall reads and notes that a stranger can say, in the time there is."""

import pytest

from engine import catalog
from engine.catalog import LANGUAGES
from pages.parts.stage.deck import CUTS, deck

LONGEST, FEWEST, MOST = 70, 40, 120  # signs of a line; words of the notes
MINUTES = {"talk": 45, "short": 20}
WORDS_A_MINUTE = 165  # faster than this nobody can follow
BEATS = sorted(deck().beats)
LATE = ("containers", "lab", "sources")  # chapters with beats for who wants more than the talk


def test_every_slide_of_the_talk_is_told_in_it():
    told = {slide for beat in deck().of("talk") for slide in beat.slides}

    assert set(deck().slides) <= told


def test_every_beat_is_stepped_to():
    assert set(deck().beats) == {*deck().cuts["talk"], *deck().cuts["short"]} | {
        name for name in deck().beats if name.partition(".")[0] in LATE
    }


@pytest.mark.parametrize("cut", CUTS)
def test_the_minutes_add_up(cut):
    assert deck().minutes(cut) == pytest.approx(MINUTES[cut], abs=1)


def test_the_cut_keeps_the_order_of_the_talk():
    talk, short = deck().cuts["talk"], deck().cuts["short"]

    assert list(short) == [name for name in talk if name in set(short)]


@pytest.mark.parametrize("cut", CUTS)
def test_a_talk_begins_with_its_title_ends_with_thanks_and_has_the_zone_last(cut):
    order = deck().cuts[cut]

    assert (order[0], order[-1]) == ("start.title", "start.thanks")
    assert order[-2].startswith("az_failure.")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", BEATS)
def test_a_line_is_read_at_a_glance_and_its_notes_are_said_in_its_minutes(name, lang):
    beat = deck().beats[name]
    words = len(beat.notes.text(lang).split())

    assert len(beat.line.text(lang)) <= LONGEST
    assert FEWEST <= words <= MOST
    assert words / beat.minutes <= WORDS_A_MINUTE, "too many words for its minutes"


@pytest.mark.parametrize("name", BEATS)
def test_what_runs_is_over_before_the_beat_is(name):
    beat = deck().beats[name]
    if beat.runs is None:
        return

    assert (beat.runs.to_s - beat.runs.from_s) / beat.runs.speed < 60 * beat.minutes


def test_a_question_is_asked_before_the_zone_dies():
    order = deck().cuts["talk"]
    first = next(deck().beats[name] for name in order if name.startswith("az_failure."))

    assert first.state["guess"] == "ask"
    assert first.line.en.endswith("?")


def test_a_beats_state_names_a_value_once_and_nothing_of_a_session():
    shared = {"stage", "beat", "lang", "view", "cut", "notes"}

    assert [name for name, beat in deck().beats.items() if shared & set(beat.state)] == []
    assert set(catalog.deck_rows()) == {"talk", "short", "slides"}
