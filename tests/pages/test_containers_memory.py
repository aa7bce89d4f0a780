"""The memory room: it opens everywhere, hides its answer behind the guess, and says what the engine found."""

import pytest

from engine import catalog
from engine.catalog import LANGUAGES
from engine.containers.memory import simulate
from engine.containers.memory_rules import PLACES, MemoryAsk
from engine.containers.memory_sizing import enlarged, one_away
from pages.parts.containers.memory_said import NAME, chance_said, happened, lede, outcome_table, places_table, says
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, opened, stands, told

KILLS = len(simulate(MemoryAsk()).kills.t_s)


def room(**words):
    return opened("containers", x=NAME, **words)


def record(at):
    return at.session_state[f"{NAME}.turned.record"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "words", [{}, {"guess": "skip"}, {"view": "stage"}, {"view": "stage", "guess": "ask", "stage": "1"}]
)
def test_the_room_opens_in_each_language_and_view(words, lang):
    at = room(lang=lang, **words)

    assert told(at) == ""
    assert Voice(lang).say(f"{NAME}.title") in body(at) or "stage" in words


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_every_place_opens_and_says_what_it_does(place, lang):
    at = room(lang=lang, guess="skip", place=place, leak="300")

    assert told(at) == ""
    assert record(at).place == place
    assert happened(record(at), simulate(record(at)), Voice(lang)).split(".")[0] in body(at)


@pytest.mark.parametrize(("guess", "says_"), [
    ("40", f"You said it: {KILLS}."), ("0", f"It is more than you said: {KILLS}."), ("15", f"It is more than you said: {KILLS}."),
])  # fmt: skip
def test_a_guess_is_held_against_the_run(guess, says_):
    assert says_ in body(room(lang="en", guess=guess))


def test_a_guess_is_not_held_against_what_is_turned_later():
    assert "You said it" not in body(room(lang="en", guess="40", limit="4096"))


def test_a_question_hides_its_answer():
    at = room(lang="en")

    assert "kills in 10 min" not in body(at)
    assert "5 to 14" in [one.label for one in at.button]


def test_the_bounds_of_the_guess_part_real_numbers_of_kills():
    low, *_, high = catalog.lesson(NAME)["guess"]["bounds"]

    assert low > len(simulate(MemoryAsk(seed=4)).kills.t_s)
    assert high <= KILLS


def test_the_limit_that_would_do_can_be_set_and_ends_it():
    at = room(lang="en", guess="skip")
    stands(at.button(key=f"{NAME}.enough").click().run())

    assert record(at) == enlarged(MemoryAsk(), one_away(MemoryAsk()))
    assert address(at)["limit"] == str(record(at).limit_mib)
    assert "Nobody is killed in 10 min" in body(at)


@pytest.mark.parametrize("what", catalog.lesson(NAME)["try"])
def test_everything_to_try_can_be_tried_and_taken_back(what):
    at = room(lang="en", guess="skip", rps="60")
    stands(at.button(key=f"{NAME}.try.{what}").click().run())

    assert record(at) == MemoryAsk(**catalog.lesson(NAME)["try"][what])
    stands(at.button(key=f"{NAME}.reset").click().run())
    assert record(at) == MemoryAsk()


def test_only_what_means_something_may_be_turned():
    def turned(**words):
        at = room(lang="en", guess="skip", **words)
        at.session_state[f"{NAME}.more"] = True
        stands(at.run())
        kinds = (at.slider, at.toggle, at.selectbox, at.number_input)
        return {one.key.rpartition(".")[2] for kind in kinds for one in kind if f"{NAME}.turn." in (one.key or "")}

    assert {"restarts", "base", "seed"} <= turned()
    assert "host" not in turned()
    assert {"host", "sidecar"} <= turned(place="ecs-reservation")
    assert "restarts" not in turned(place="k8s-limit")
    assert "restarts" not in turned(era="talk")


@pytest.mark.parametrize("word", ["5", "-1", "many", SMUGGLED])
def test_a_damaged_link_is_set_aside_and_the_rest_stands(word):
    at = room(lang="en", guess="skip", limit=word, tasks="3")

    assert told(at) != ""
    assert record(at) == MemoryAsk(tasks=3)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("ask", [
    MemoryAsk(tasks=1), MemoryAsk(tasks=8), MemoryAsk(place="lambda-size", per_request_mib=900, rps=3), MemoryAsk(leak_kib=200),
    MemoryAsk(place="ecs-reservation", leak_kib=200), MemoryAsk(rps=200, request_s=30, per_request_mib=4096, tasks=1, duration_s=60),
])  # fmt: skip
def test_whatever_came_can_be_said(ask, lang):
    speaker, found = Voice(lang), simulate(ask)
    more = enlarged(ask, one_away(ask))
    texts = [
        lede(ask, speaker), says(ask, found, speaker), places_table(ask, simulate, speaker),
        outcome_table(ask, found, more, simulate(more) if more else None, speaker),
    ]  # fmt: skip

    assert all(texts)
    assert not any("{" in text for text in texts)
    assert texts[3].count('<th scope="col"') == (2 if more else 1)
    assert texts[2].count("<tr") == 1 + len(PLACES)


def test_chances_are_written_so_that_one_can_think_of_them():
    speaker = Voice("en")

    assert [chance_said(chance, speaker) for chance in (0.5, 0.01, 0.0017, 1e-7, 1e-12, 0)] == [
        "50.0%", "1.0%", "1 in 588", "1 in 10,000,000", "under 1 in 10 million", "never",
    ]  # fmt: skip


def test_every_number_has_its_words_and_the_english_help_is_the_fields_own():
    english = catalog.texts("en")

    for name, field in MemoryAsk.model_fields.items():
        assert english[f"ask.memoryask.{name}.label"]
        assert english[f"ask.memoryask.{name}.help"] == field.description
