"""The responsibility chapter: every room opens, what is filled in stays, guesses count once, and no link can break it."""

import json

import pytest

from engine import catalog
from engine.catalog import LANGUAGES
from engine.duties import LAYERS
from engine.responsibility import KINDS, MODELS, Rates, YearAsk, matrix, models, years
from engine.responsibility.filled import packed, score, unpacked
from pages.parts.responsibility.desk import desk_data, moment
from pages.parts.responsibility.desk.payload import shown_layers
from pages.parts.responsibility.fill import Filled, grid_data
from pages.parts.responsibility.slider import ladder_data
from pages.parts.responsibility.year import most_nights, of_ten
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, markup, opened, stands, told

ROOMS = ("responsibility", "responsibility_year", "responsibility_slider")
TRUE = {model: "".join(matrix()[layer, model].owner[0] for layer in LAYERS) for model in MODELS}


def record(at, name):
    return at.session_state[f"{name}.turned.record"]


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", ["", "stage"])
@pytest.mark.parametrize("name", ROOMS)
def test_every_room_opens_in_each_language_and_view(name, view, lang):
    at = opened("responsibility", lang=lang, x=name, **({"view": view} if view else {}))

    assert told(at) == ""
    assert address(at)["lang"] == lang
    title = "responsibility_year.stage_title" if (name, view) == ("responsibility_year", "stage") else f"{name}.title"
    assert Voice(lang).say(title) in body(at)


@pytest.mark.parametrize(("name", "words", "says"), [
    ("responsibility", {"checked": "true", "fill": packed({"ecs-fargate": "aaaaaaaaccacc"})},
     "2 cells you gave away stay yours: App scaling policy, Image contents."),
    ("responsibility", {"checked": "true", "models": "lambda", "fill": packed({"lambda": TRUE["lambda"]})}, "All of it."),
    ("responsibility", {"checked": "true", "fill": packed({"lambda": "a------------"})}, "Nothing wrong so far"),
    ("responsibility", {"checked": "true", "fill": packed({"lambda": "c------------"})}, "One layer you kept is AWS&#x27;s: Hardware."),
    ("responsibility", {"checked": "true", "fill": packed({"lambda": "-------a-----"})}, "What you missed is shared"),
    ("responsibility_year", {"guess": "7"}, "You said it: 8."),
    ("responsibility_year", {"guess": "0"}, "It is more than you said: 8."),
    ("responsibility_year", {"guess": "9"}, "It is fewer than you said: 8."),
    ("responsibility_year", {"guess": "skip", "r_kernel": "0", "r_runtime": "0", "r_image": "0", "r_traffic": "0", "r_zone": "0", "r_iam": "0",
                             "r_quota": "0", "r_retired": "0", "r_disk": "0"}, "In these years nobody is woken on EC2"),
    ("responsibility_slider", {"guess": "20"}, "You said it: 30%."),
    ("responsibility_slider", {"guess": "80", "stop": "lambda"}, "It is less than you said: 30%."),
    ("responsibility_slider", {"guess": "0"}, "It is more than you said: 30%."),
])  # fmt: skip
def test_a_link_opens_what_it_says(name, words, says):
    at = opened("responsibility", lang="en", x=name, **words)

    assert told(at) == ""
    assert says in body(at)


def test_a_question_hides_its_answer():
    for name, answer in (("responsibility_year", "leaves you"), ("responsibility_slider", "of the hours are left")):
        assert answer not in body(opened("responsibility", lang="en", x=name)), name
    assert grid_data(Filled(), Voice("en"))["truth"] is None


# --- what is filled in -------------------------------------------------------------------------------------------------


def test_what_is_filled_in_stands_in_the_address_and_comes_back_from_it():
    words = {"models": "eks-auto.lambda", "fill": packed({"lambda": "ca-s---------", "ecs-ec2": "a" * 13})}
    at = opened("responsibility", lang="en", **words)

    assert record(at, "responsibility").models == ("eks-auto", "lambda")
    assert unpacked(record(at, "responsibility").cells) == {"ecs-ec2": "a" * 13, "lambda": "ca-s---------"}
    assert address(at)["fill"] == words["fill"]
    assert "checked" not in address(at)


def test_the_score_counts_right_cells_of_the_models_shown_only():
    cells = packed({"lambda": TRUE["lambda"], "ecs-ec2": "a" * 13})

    right, answered, of, given, kept = score(("lambda", "ecs-fargate"), cells)

    assert (right, answered, of, given, kept) == (13, 13, 26, [], [])
    assert len(score(("ecs-ec2",), cells)[3]) == 8


@pytest.mark.parametrize(
    "text",
    ["moon:" + "a" * 13, "lambda:a", "lambda:" + "x" * 13, "lambda:" + "a" * 13 + ",lambda:" + "c" * 13, SMUGGLED],
)
def test_a_damaged_fill_is_set_aside_in_words_and_the_rest_stands(text):
    at = opened("responsibility", lang="en", fill=text, models="lambda")

    assert "each model once, then 13 letters" in told(at)
    assert record(at, "responsibility").cells == ""
    assert record(at, "responsibility").models == ("lambda",)


def test_every_cell_that_may_be_seen_says_why_and_cites_somebody():
    for lang in LANGUAGES:
        data = grid_data(Filled(models=MODELS, checked=True), Voice(lang))

        assert [len(cells) for cells in data["truth"].values()] == [13] * 10
        for cells in data["truth"].values():
            assert all(cell["why"] and cell["cites"] and all(cite["text"] for cite in cell["cites"]) for cell in cells)


def test_a_model_less_than_one_and_a_fourth_are_refused_in_words():
    assert "on-prem, self-run" in told(opened("responsibility", lang="en", models=","))
    at = opened(
        "responsibility", lang="en", x="responsibility_year", guess="skip", models="on-prem.self-run.eks-auto.lambda"
    )

    assert "one to 3 of on-prem" in told(at)
    assert record(at, "responsibility_year").models == ("ecs-ec2", "ecs-fargate")


# --- the year ------------------------------------------------------------------------------------------------------------


def test_another_team_is_another_year_and_the_link_says_so():
    at = opened("responsibility", lang="en", x="responsibility_year", guess="skip")
    stands(at.slider(key="responsibility_year.turn.team").set_value(5).run())

    assert record(at, "responsibility_year").ask.team == 5
    assert address(at)["team"] == "5"


def test_the_desk_tells_every_event_in_every_model():
    ask = YearAsk()
    data = desk_data(ask, ("on-prem", "ecs-fargate", "lambda"), Voice("en"))

    assert json.loads(json.dumps(data)) == data
    assert len({len(model["told"]) for model in data["models"]} | {len(data["events"])}) == 1
    assert [event["t"] for event in data["events"]] == sorted(event["t"] for event in data["events"])
    nights = [sum(ticket["woke"] for ticket in model["tickets"]) for model in data["models"]]
    assert nights == [years(ask)[model].nights[0] for model in ("on-prem", "ecs-fargate", "lambda")]
    for model in data["models"]:
        assert len(model["owners"]) == len(data["rows"]) == len(shown_layers())
        for ticket in model["tickets"]:
            assert ticket["at"] <= ticket["begun"] <= ticket["done"]
            assert (ticket["hours"] > 0) == (ticket["who"] != "aws")


def test_a_year_of_nothing_can_be_shown():
    data = desk_data(YearAsk(rates=Rates(**dict.fromkeys(KINDS, 0))), ("lambda",), Voice("es"))

    assert data["events"] == data["models"][0]["tickets"] == data["models"][0]["told"] == []


def test_a_moment_is_written_as_the_language_does():
    assert moment(0, Voice("en")) == "Jan 1, 0:00"
    assert moment(8759.99, Voice("es")) == "31 dic, 23:59"


def test_images_and_traffic_wake_most_on_fargate():
    found = years(YearAsk())

    assert set(most_nights(found["ecs-fargate"])) == {"image_cve", "traffic"}
    assert 7 <= of_ten(found) <= 9


# --- the slider ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_stop_says_what_moves_and_what_is_lost(lang):
    stops = {stop["name"]: stop for stop in ladder_data(years(YearAsk()), Voice(lang))["stops"]}

    assert list(stops) == list(MODELS)
    for name, stop in stops.items():
        assert len(stop["layers"]) == 13
        assert stop["moves"]
        assert len(stop["loses"]) == max(1, len(models()[name].loses))
        assert "{" not in "".join(stop["loses"])
    assert Voice(lang).say("responsibility_slider.lost.nothing") in stops["on-prem"]["loses"]


def test_hours_fall_from_left_to_right_and_permissions_stay():
    hours = [float(outcome.hours.mean()) for outcome in years(YearAsk()).values()]

    assert hours == sorted(hours, reverse=True)
    assert "permissions, code, data" in body(
        opened("responsibility", lang="en", x="responsibility_slider", guess="skip")
    )


# --- what nobody should be able to do ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "words", "says"), [
    ("responsibility_year", {"team": "0", "guess": "skip"}, "1 to 50"),
    ("responsibility_year", {"host": "moon", "guess": "skip"}, "t3.nano"),
    ("responsibility_year", {"r_image": "100", "images": "200", "guess": "skip"}, "200,000 in all years together"),
    ("responsibility_slider", {"stop": "moon", "guess": "skip"}, "on-prem"),
])  # fmt: skip
def test_a_word_that_cannot_be_is_set_aside_and_named(name, words, says):
    at = opened("responsibility", lang="en", x=name, **words)

    assert says in told(at).replace("\\", "")
    assert at.exception == []


@pytest.mark.parametrize("name", ROOMS)
def test_nothing_from_a_link_becomes_markup(name):
    plain = markup(opened("responsibility", lang="en", x=name, guess="skip"))
    smuggled = opened(
        "responsibility",
        lang="en",
        x=name,
        guess=SMUGGLED,
        fill=SMUGGLED,
        models=SMUGGLED,
        stop=SMUGGLED,
        team=SMUGGLED,
    )

    assert ("script", ()) not in markup(smuggled)
    assert not any(tag == "img" for tag, _ in markup(smuggled) - plain)


def test_every_source_is_told_in_spanish_too():
    cited = {source.id for cell in matrix().values() for source in cell.sources}
    cited |= {fact for row in models().values() for loss in row.loses for fact in loss.facts}
    for name in ROOMS:
        cited |= set(catalog.lesson(name)["facts"])

    known = {**catalog.facts(), **catalog.notes("responsibility")}
    assert [name for name in sorted(cited) if not known[name].says_es] == []
