"""The landscape chapter: both rooms open in every view and time, links say what they say, and no link can break it."""

import pytest

from engine import catalog
from engine.catalog import LANGUAGES
from engine.landscape import HOSTINGS, MANAGEMENTS, REGISTRIES, way_of
from pages.parts.landscape.map import Landed, chart_data, no_of, result, said, table
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, markup, opened, told

ROOMS = ("landscape", "landscape_choose")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "words", [{}, {"view": "stage", "guess": "skip"}, {"era": "talk", "guess": "skip"}], ids=["study", "stage", "talk"]
)
@pytest.mark.parametrize("name", ROOMS)
def test_every_room_opens_in_each_language_view_and_time(name, words, lang):
    at = opened("landscape", lang=lang, x=name, **words)

    assert told(at) == ""
    assert address(at)["lang"] == lang
    assert Voice(lang).say(f"{name}.title") in body(at)


@pytest.mark.parametrize(("words", "says"), [
    ({"guess": "lambda"}, "You said it: Lambda, at $93 a month."),
    ({"guess": "ecs-ec2"}, "You said ECS on EC2, at $211 a month. Lambda costs $93."),
    ({"guess": "lambda", "rps": "20"}, "You said Lambda, at $186 a month. ECS on Fargate costs $109."),
    ({"guess": "skip", "management": "eks", "hosting": "fargate-spot"}, "EKS on Fargate has no Spot. ECS has."),
    ({"guess": "skip", "management": "eks", "hosting": "auto", "era": "talk"}, "It had not come yet (Dec 1, 2024)."),
    ({"guess": "skip", "cpu": "4096", "hosting": "ec2"}, "no host of this type holds one copy"),
    ({"x": "landscape_choose", "guess": "7"}, "You said it: 9 of 14 are left."),
    ({"x": "landscape_choose", "guess": "0"}, "It is more than you said: 9 of 14."),
    ({"x": "landscape_choose", "guess": "13"}, "It is fewer than you said: 9 of 14."),
    ({"x": "landscape_choose", "guess": "skip", "on_prem": "true", "kubernetes": "true", "windows": "true"}, "Left: 1"),
    ({"x": "landscape_choose", "guess": "skip", "on_prem": "true", "kubernetes": "true", "cpu": "8192"}, "Nothing is left."),
])  # fmt: skip
def test_a_link_opens_what_it_says(words, says):
    at = opened("landscape", lang="en", **words)

    assert told(at) == ""
    assert says in body(at)


def test_a_question_hides_its_answer():
    assert "q-land-table" not in body(opened("landscape", lang="en")).split("</style>")[-1]
    assert "Refused:" not in body(opened("landscape", lang="en", x="landscape_choose"))


def test_what_was_chosen_runs_where_a_zone_is_lost():
    at = opened("landscape", lang="en", guess="skip", hosting="ec2", tasks="9")

    (link,) = [one for one in at.get("link_button") if "az_failure" in one.proto.url]
    assert link.proto.url == "/az_failure?launch_type=ecs-ec2&lang=en&tasks=9"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("era", ["talk", "today"])
def test_every_line_of_the_chart_can_be_said(era, lang):
    speaker = Voice(lang, era=era) if "era" in Voice.__dataclass_fields__ else Voice(lang)
    for manage in MANAGEMENTS:
        for host in HOSTINGS:
            shown = Landed(management=manage, hosting=host, era=era)
            links = chart_data(shown, speaker)["links"]

            assert said(shown, speaker)
            assert result(shown, speaker)
            assert sum(link["kind"] in {"chosen", "refused"} for link in links) == 2
            assert (no_of(shown) is None) == ("refused" not in {link["kind"] for link in links})
    for registry in REGISTRIES:
        assert table(Landed(registry=registry, era=era), speaker).count("<tr") > 5


@pytest.mark.parametrize("name", ROOMS)
def test_a_link_cannot_break_a_room_or_smuggle_anything_in(name):
    words = {row["url"]: SMUGGLED for row in catalog.lesson(name)["ask"]}
    at = opened("landscape", lang="en", x=name, guess=SMUGGLED, **words)

    assert "script" not in {tag for tag, _ in markup(at)}
    assert told(at)


def test_the_map_begins_at_a_way_that_exists():
    assert way_of(Landed().management, Landed().hosting).name == "ecs-fargate"
