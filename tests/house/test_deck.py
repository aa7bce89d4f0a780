"""The talk fits together: every beat names a page, an experiment and words that exist, and the cuts name beats that do."""

import pytest

from engine import catalog
from engine.errors import CatalogError
from pages.parts.chapter import CHAPTERS
from pages.parts.experiment import read_url
from pages.parts.lesson import lesson
from pages.parts.stage import deck as reader
from pages.parts.stage.deck import CUTS, deck
from pages.parts.stage.stills import FOLDER, file_name
from pages.parts.time_machine import ERA


def test_every_beat_can_be_read_and_its_page_and_words_exist():
    found = deck()

    assert found.beats
    assert {beat.page for beat in found.beats.values()} <= {"start", *CHAPTERS}


@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_begins_and_ends_and_takes_time(cut):
    assert len(deck().of(cut)) > 1
    assert deck().minutes(cut) == pytest.approx(sum(beat.minutes for beat in deck().of(cut)))


def test_a_beat_that_does_not_exist_is_the_first_of_its_cut():
    assert deck().beat("nobody.knows", "short") == deck().of("short")[0]


def test_a_beat_with_a_run_says_what_its_experiment_understands():
    for beat in deck().beats.values():
        name = beat.state.get("x", beat.page)
        if "strips" not in catalog.lesson(name):
            continue
        _, aside = read_url(lesson(name), {word: said for word, said in beat.state.items() if word != ERA})

        assert aside == (), beat.id


def test_the_lines_of_a_cut_differ():
    lines = [beat.line.text(lang) for lang in catalog.LANGUAGES for beat in deck().beats.values()]

    assert len(lines) == len(set(lines))


# --- what is wrong is told, all of it ---

GOOD = {
    "id": "az_failure.one", "slide": "S26", "line": {"en": "One line", "es": "Una línea"}, "minutes": 1,
    "notes": {"en": "so " * 40, "es": "pues " * 40},
}  # fmt: skip


@pytest.fixture
def told(monkeypatch):
    """Read a deck of these beats, and give each problem it is refused with."""

    def read(*beats, **order):
        cuts = {"talk": ["az_failure.one"], "short": ["az_failure.one"], "slides": ["S26"]} | order
        monkeypatch.setattr(catalog, "beats", lambda: {"az_failure": beats})
        monkeypatch.setattr(catalog, "deck_rows", lambda: cuts)
        reader.deck.cache_clear()
        try:
            reader.deck()
        except CatalogError as error:
            return str(error).splitlines()
        finally:
            reader.deck.cache_clear()
        return []

    return read


def test_a_good_deck_is_read(told):
    assert told(GOOD) == []


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"id": "no dot"}, "id"),
        ({"slide": "S32"}, "slide.0"),
        ({"slide": []}, "slide"),
        ({"highlight": "everything"}, "highlight"),
        ({"highlight": "part"}, "beat"),
        ({"highlight": "map", "part": "one"}, "beat"),
        ({"highlight": "part", "part": "One!"}, "part"),
        ({"minutes": 0}, "minutes"),
        ({"runs": {"from_s": 9, "to_s": 3}}, "runs"),
        ({"line": {"en": "x" * 81, "es": "y"}}, "line.en"),
        ({"line": {"en": "x"}}, "line.es"),
        ({"notes": {"en": "too short", "es": "pues " * 40}}, "notes.en"),
        ({"picture": "b.png"}, "picture"),
    ],
)
def test_a_wrong_field_is_named_with_its_file_and_beat(told, wrong, where):
    (problem,) = [one for one in told(GOOD | wrong) if "lessons" in one]

    assert problem.startswith("data/lessons/az_failure.yaml beats.0")
    assert f": {where}: " in problem


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"x": "placement"}, "no experiment of az_failure is called 'placement'"),
        ({"x": "../secret"}, "no experiment of az_failure is called '../secret'"),
        ({"launch_typ": "ecs-ec2"}, "has no such words in its URL: launch_typ"),
    ],
)
def test_a_state_that_the_page_does_not_know_is_named(told, state, said):
    (problem,) = told(GOOD | {"state": state})

    assert said in problem


def test_every_problem_is_told_at_once(told):
    found = told(
        GOOD | {"minutes": 0, "slide": "S99"}, GOOD | {"state": {"nothing": 1}}, short=["az_failure.two"], more=[]
    )

    assert len(found) == 4, found


def test_a_cut_that_names_no_beat_or_one_twice_is_told(told):
    found = told(GOOD, talk=["az_failure.one", "az_failure.one"], short=["az_failure.two"])

    assert [one.partition(":")[0] for one in found] == ["data/deck.yaml talk", "data/deck.yaml short"]
    assert told(GOOD, short="az_failure.one") == [
        "data/deck.yaml short: a list of names is needed, got 'az_failure.one'"
    ]


def test_numbers_and_yes_and_no_are_written_as_in_a_url():
    state = {"hosts": 9, "cross_zone": False, "between": 0.5}

    assert reader.Beat.model_validate(GOOD | {"state": state}).state == {
        "hosts": "9",
        "cross_zone": "false",
        "between": "0.5",
    }


def test_a_still_picture_is_of_a_beat_and_small():
    known = {file_name(name, lang) for name in deck().beats for lang in catalog.LANGUAGES}
    for path in FOLDER.glob("*"):
        assert path.name in known, "make stills throws away what belongs to no beat"
        assert path.stat().st_size <= 40_000, path.name


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
def test_every_beat_of_a_talk_has_its_still_picture(lang):
    stepped = {name for cut in CUTS for name in deck().cuts[cut]}

    assert [name for name in sorted(stepped) if not (FOLDER / file_name(name, lang)).exists()] == [], (
        "make stills takes them"
    )
