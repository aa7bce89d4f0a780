"""The room of one image and five places: its guess, its matrix, both times, links that mean nothing, and the way to all five."""

import re

import pytest

from engine import catalog
from engine.catalog import LANGUAGES
from engine.containers.one_image import OneImage
from engine.containers.place_rules import OUTCOMES, PLACES, table
from engine.containers.places import answers, everywhere
from engine.era import ERAS
from pages.parts.containers.matrix import SAID, counted, matrix, said, stage_matrix, way_to_all
from pages.parts.containers.places import verdict
from pages.parts.fields import field_of
from pages.parts.landscape.names import way_name
from pages.parts.lesson import controls
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, markup, opened, stands, told

NAME = "containers_places"
LESSON = catalog.lesson(NAME)


def room(**words):
    return opened("containers", x=NAME, **words)


def record(at):
    return at.session_state[f"{NAME}.turned.record"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "words",
    [{}, {"view": "stage", "guess": "skip"}, {"era": "talk", "guess": "skip"}, {"era": "talk", "view": "stage"}],
)
def test_it_opens_in_each_language_view_and_time(words, lang):
    at = room(lang=lang, **words)

    assert told(at) == ""
    assert address(at)["lang"] == lang
    assert Voice(lang).say(f"{NAME}.title") in body(at)


def test_a_question_hides_its_answer():
    assert "q-place-table" not in re.sub(r"(?s)<style>.*?</style>", "", body(room(lang="en")))


@pytest.mark.parametrize(("guess", "says"), [
    ("0", "You said it: unchanged in 0 of 5. With settings in 4, with changes in the image in 0, refused in 1."),
    ("3", "It is fewer than you said: unchanged in 0 of 5."),
])  # fmt: skip
def test_a_guess_is_held_against_the_image_of_the_question_whatever_is_turned(guess, says):
    for words in ({}, {"root": "false", "listens": "adapter", "longest": "10"}):
        at = room(lang="en", guess=guess, **words)

        assert told(at) == ""
        assert says in body(at)


def test_a_guess_may_be_too_low_too():
    ready = answers(OneImage(listens="adapter", root=False, longest_s=2, start_s=0, stops="shell"))

    assert verdict(ready, "4", Voice("en")).startswith("It is more than you said: unchanged in 5 of 5.")


def test_a_click_on_an_answer_opens_the_matrix():
    at = room(lang="es")
    stands(at.button(key=f"{NAME}.guess.2").click().run())

    assert address(at)["guess"] == "2"
    assert "Son menos de los que dijiste" in body(at)
    assert '<table class="q-outcomes q-place-table">' in body(at)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("era", ERAS)
def test_every_cell_has_a_word_a_shape_its_reason_and_its_sources(era, lang):
    speaker = Voice(lang)
    image = OneImage(era=era, port=80, host_port=True, privileged=True, scratch_gib=25, keeps_data=True, background=True,
                     together=True, websocket=True, gpu=True, neighbour="docker-socket", body_mib=20, writes_root=True)  # fmt: skip
    found = answers(image)
    html = matrix(found, speaker, "lambda")

    assert set(found.demands) == set(table().demands)
    assert html.count("<details") == len(found.cells)
    assert html.count('class="q-land-cite"') == sum(len(cell.facts) for cell in found.cells.values())
    assert html.count('data-is="none"') == len(PLACES) * len(found.demands) - len(found.cells)
    for outcome in OUTCOMES:
        assert html.count(f'<td data-place="lambda" data-is="{outcome}">') == sum(
            cell.outcome == outcome for cell in found.at("lambda")
        )
    assert 'data-shown="lambda"' in html


def test_the_head_says_how_it_runs_and_the_foot_leads_where_it_does():
    at = room(lang="en", guess="skip", gpu="true")
    html = body(at)

    leads = re.findall(r'<a class="q-place-run" href="([^"]*)"', html)
    assert leads == [f"/az_failure?launch_type={place}&amp;lang=en" for place in ("ecs-ec2", "eks-managed")]
    assert html.count('<span data-is="no">') == 3
    assert "refused in 3." in html


def test_at_the_talk_a_function_took_no_image():
    html = body(room(lang="en", guess="skip", era="talk"))

    assert "Lambda took a zip file and nothing else." in html
    assert "no more questions" in html
    assert "It comes as an image: refused by Lambda." in html


def test_a_link_brings_an_image_back():
    words = {
        "listens": "env",
        "root": "false",
        "longest": "60",
        "image": "8192",
        "port": "80",
        "neighbour": "host-agent",
    }
    at = room(lang="en", guess="skip", **words)

    assert told(at) == ""
    want = OneImage(listens="env", root=False, longest_s=60, image_mib=8192, port=80, neighbour="host-agent")
    assert record(at) == want
    assert record(opened("containers", **address(at))) == want


@pytest.mark.parametrize("words", [
    {"port": "0"}, {"port": "many"}, {"listens": "by-post"}, {"root": "perhaps"}, {"longest": "-1"}, {"image": "1e99"},
    {"arch": "z80"}, {"scratch": "nan"}, {"guess": "6"}, {"guess": "zzz"},
])  # fmt: skip
def test_what_a_link_cannot_mean_is_set_aside_and_named(words):
    at = room(lang="en", **words)

    assert next(iter(words)) in told(at)
    assert record(at) == OneImage()


def test_nothing_in_a_link_becomes_markup():
    plain = room(lang="en", guess="skip")
    words = {row["url"]: SMUGGLED for row in (*LESSON["ask"], *LESSON["more"])}
    at = room(lang="en", guess="skip", **words)

    assert markup(at) <= markup(plain)
    assert told(at)


@pytest.mark.parametrize("what", LESSON["try"])
def test_every_other_image_is_one_click_away(what):
    at = room(lang="en", guess="skip", writes="true")
    stands(at.button(key=f"{NAME}.try.{what}").click().run())

    assert record(at) == OneImage(**LESSON["try"][what])


def test_the_image_made_for_all_five_has_nothing_to_change_and_the_usual_one_two_things():
    assert "Nothing in the image has to change." in body(room(lang="en", guess="skip", listens="adapter", root="false"))
    at = room(lang="en", guess="skip", longest="10")
    assert "With 2 changes in the image no place asks for another one:" in body(at)
    stands(at.button(key=f"{NAME}.do").click().run())

    assert record(at) == OneImage(listens="adapter", root=False, longest_s=10)
    assert "Then it runs in all five" in body(at)


@pytest.mark.parametrize("era", ERAS)
def test_a_click_on_another_image_stays_in_its_time(era):
    at = room(lang="en", guess="skip", era=era)
    stands(at.button(key=f"{NAME}.try.machine").click().run())

    assert record(at).era == era
    assert record(at).gpu


def test_the_fold_holds_the_rest_of_the_image():
    at = room(lang="en", guess="skip")
    shown = {one.key for kind in (at.toggle, at.selectbox, at.slider) for one in kind}
    assert f"{NAME}.turn.root" in shown
    assert f"{NAME}.turn.gpu" not in shown


def test_every_control_says_what_its_field_says():
    english = catalog.texts("en")
    paths = [control.path for control in controls((*LESSON["ask"], *LESSON["more"]))]
    for path in paths:
        holder, field = field_of(OneImage, path)
        assert english[f"ask.{holder}.{path}.help"] == field.description
        assert english[f"ask.{holder}.{path}.label"]

    assert sorted(paths) == sorted(OneImage.model_fields)


def test_what_the_image_says_is_written_as_one_reads_it():
    speaker, image = Voice("en"), OneImage(image_mib=15_360)

    assert said(image, "port", speaker) == "8080"
    assert said(image, "size", speaker).replace("\u00a0", " ") == "15 GiB"
    assert said(image, "longest", speaker).replace("\u2009", " ") == "20 min"
    assert said(image, "listens", speaker) == "On a fixed port"
    assert said(image, "gpu", speaker) == ""
    assert {SAID[demand][0] for demand in SAID} <= set(OneImage.model_fields)


def test_the_hall_sees_only_what_differs_and_no_more_rows_than_fit():
    speaker = Voice("en")
    usual = stage_matrix(answers(OneImage()), speaker, LESSON["stage_rows"])
    assert usual.count("<tr>") == 1 + 5
    assert "<details" not in usual
    assert (
        "Unchanged in every place: it comes as an image; the image&#x27;s size; the registry; the CPU; memory." in usual
    )

    much = answers(OneImage(gpu=True, privileged=True, websocket=True, keeps_data=True))
    assert stage_matrix(much, speaker, LESSON["stage_rows"]).count("<tr>") == 1 + LESSON["stage_rows"]
    assert "More on the page:" in stage_matrix(much, speaker, LESSON["stage_rows"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_way_to_all_five_names_what_to_change_and_who_refuses(lang):
    speaker = Voice(lang)
    html = way_to_all(everywhere(OneImage(gpu=True)), speaker)

    assert html.count("<li>") == 2 + 2
    assert speaker.say(f"{NAME}.mend.listens") in html
    for place in ("ecs-fargate", "eks-fargate", "lambda"):
        assert way_name(speaker, place) in html
    assert counted(answers(OneImage(gpu=True)), speaker).count("3") == 1
