"""The time machine on the pages: one switch, kept everywhere; what flipped is said with its date; what did not exist cannot be had."""

import pytest

from engine import Scenario, catalog
from engine.eks import SliderAsk, slider
from engine.era_checks import barred, flip_of
from engine.flips import bearing, flips
from engine.responsibility import MODELS, YearAsk, years
from pages.parts.chapter import OPEN
from pages.parts.experiment import read_url, then
from pages.parts.lesson import changed, lesson
from pages.parts.responsibility import names
from pages.parts.responsibility.slider import ladder_data
from pages.parts.sources import listing
from pages.parts.words import Voice
from tests.pages.the_page import address, body, opened, scenario, stands, told, turn

EXPERIMENTS = [
    (catalog.lesson(name).get("page", name), name)
    for name in catalog.lessons()
    if catalog.lesson(name).get("page", name) in OPEN
]
SLOW = {"architecture_batch", "kubernetes_scheduler"}  # seconds each, and their strip is made as every other's is


def at_talk(page, name=None, lang="en", **words):
    chosen = {"x": name} if name and name != page else {}
    return opened(page, lang=lang, era="talk", **chosen, **words)


def expected(name):
    row = catalog.lesson(name)
    kinds = row.get("launch_types", ())
    return {
        flip.id
        for flip in bearing((*row["facts"], *row.get("flips", ())), kinds, [one["path"] for one in row.get("ask", ())])
    }


@pytest.mark.parametrize(("page", "name"), [one for one in EXPERIMENTS if one[1] not in SLOW])
def test_every_experiment_opens_in_early_2020_and_says_what_flipped(page, name):
    lang = "es" if len(name) % 2 else "en"  # each in one of the two: the words have tests of their own
    at = at_talk(page, name, lang=lang, guess="skip")

    assert told(at) == ""
    assert address(at)["era"] == "talk"
    for one in expected(name):
        assert f'data-flip="{one}"' in body(at), one
    assert Voice(lang).say("era.mark") in body(at)


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
def test_the_first_page_tells_every_flip(lang):
    then_, now = body(at_talk("start", lang=lang)), body(opened("start", lang=lang))

    assert all(f'data-flip="{flip.id}"' in then_ and f'data-flip="{flip.id}"' in now for flip in flips())
    assert Voice(lang).say("era.strip_talk", n=len(flips())) in then_
    assert Voice(lang).say("era.strip_today", n=len(flips())) in now


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
def test_a_flip_is_written_with_its_numbers_its_date_and_its_source(lang):
    found = body(at_talk("fargate", "fargate_launch", lang=lang))

    assert ("10 at once, then 1 a second" if lang == "en" else "10 de golpe y luego 1 por segundo") in found
    assert ("since 2022" if lang == "en" else "desde 2022") in found
    assert "{=" not in found
    assert "task-launch-rates" in found


def test_today_the_page_is_as_it_was_and_says_more_quietly_what_changed():
    at = opened("az_failure", lang="en", guess="skip")

    assert "era" not in address(at)
    assert scenario(at).era == "today"
    assert "Changed since the talk" in body(at)
    assert "What flipped here" not in body(at)


# --- one switch ---


def test_the_switch_takes_the_experiment_along_and_back_and_nothing_is_lost():
    at = opened("az_failure", lang="en", guess="skip", rebalancing="true", tasks="25")
    before = scenario(at)
    stands(at.segmented_control(key="time_machine.switch").set_value("talk").run())

    assert address(at)["era"] == "talk"
    assert then(scenario(at)).services[0].az_rebalancing is False
    assert address(at)["tasks"] == "25"

    stands(at.segmented_control(key="time_machine.switch").set_value("today").run())
    assert scenario(at) == before
    assert address(at)["era"] == "today"


def test_the_time_is_kept_from_page_to_page_and_in_every_link():
    at = at_talk("start")
    assert {one.proto.query_string for one in at.get("page_link")} == {"lang=en&era=talk"}
    stands(at.button(key="to_experiment").click().run())
    assert address(at)["era"] == "talk"

    at.query_params.clear()  # as Streamlit's own navigation does
    at.switch_page("fargate.py")
    stands(at.run())
    assert address(at)["era"] == "talk"
    stands(at.button(key="fargate_size.which").click().run())
    assert address(at) == {"x": "fargate_size", "lang": "en", "era": "talk"}


def test_an_unknown_time_is_today():
    assert "What flipped here" not in body(opened("az_failure", lang="en", era="1999"))


def test_a_link_that_holds_a_whole_scenario_says_its_time_as_well():
    word = Scenario.of({"era": "talk", "name": "old", "launch_type": "ecs-fargate"}).token()
    at = opened("az_failure", lang="en", guess="skip", s=word)

    assert address(at)["era"] == "talk"
    assert scenario(at).name == "old"


@pytest.mark.parametrize("url", ["tasks", "rps", "check"])
def test_a_link_of_early_2020_brings_the_same_experiment_back(url):
    at = at_talk("az_failure", guess="skip")
    turn(at, "az_failure", url)
    words = address(at)

    assert words["era"] == "talk"
    assert read_url(lesson("az_failure"), words) == (scenario(at), ())


def test_records_without_a_run_follow_the_switch_and_turn_it():
    at = at_talk("serverless", "serverless_dials", guess="skip")
    assert at.session_state["serverless_dials.turned.record"].era == "talk"
    stands(at.selectbox(key="serverless_dials.turn.era").set_value("today").run())

    assert address(at)["era"] == "today"
    assert at.segmented_control(key="time_machine.switch").value == "today"


# --- what did not exist ---


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
@pytest.mark.parametrize("kind", ["eks-auto", "ecs-managed-instances"])
def test_a_launch_type_that_did_not_exist_is_declined_kindly_and_today_is_offered(kind, lang):
    at = at_talk("az_failure", lang=lang, guess="skip", launch_type=kind)

    assert Voice(lang).say("era.absent") in body(at)
    assert told(at) == ""
    stands(at.button(key="time_machine.back").click().run())
    assert scenario(at).launch_type == kind

    stands(at.segmented_control(key="time_machine.switch").set_value("talk").run())
    assert Voice(lang).say("era.absent") in body(at)
    stands(at.button(key="az_failure.reset").click().run())
    assert scenario(at).launch_type == "ecs-ec2"
    assert address(at)["era"] == "talk"
    assert Voice(lang).say("era.absent") not in body(at)


def test_what_did_not_exist_cannot_be_tried_or_compared_and_says_since_when():
    at = at_talk("delivery", "delivery_rollout", guess="skip")
    tries = {one.key.rpartition(".")[2]: one for one in at.button if one.key and ".try." in one.key}

    assert tries["canary"].disabled
    assert "since" in tries["canary"].label
    assert not tries["never"].disabled
    at = at_talk("az_failure", guess="skip", view="compare", compare="ec2.eks_auto.fargate")
    assert "EKS Auto Mode" in body(at)
    assert at.multiselect(key="az_failure.compared.en").value == ["ec2", "fargate"]


def test_a_setting_that_did_not_exist_is_switched_off_and_options_that_did_not_are_gone():
    at = at_talk("az_failure", guess="skip")
    toggle = next(one for one in at.toggle if one.key == "az_failure.ask.rebalancing")
    options = next(one for one in at.selectbox if one.key == "az_failure.ask.algorithm").options

    assert toggle.disabled
    assert toggle.value is False
    assert len(options) == 2
    at = opened("az_failure", lang="en", guess="skip")
    assert len(next(one for one in at.selectbox if one.key == "az_failure.ask.algorithm").options) == 3


# --- words ---


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
def test_a_number_that_flipped_is_cited_as_it_was_and_marked(lang):
    was, now = Voice(lang, era="talk"), Voice(lang)

    assert now._cited("fargate.rate.burst") == "100"
    assert was._cited("fargate.rate.burst") == was.say("era.cited", then="10", now="100")
    assert was._cited("elb.alb.hc_interval") == now._cited("elb.alb.hc_interval")


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
def test_every_flip_can_be_said(lang):
    speaker = Voice(lang)
    for flip in flips():
        for text in (flip.then[lang], flip.now[lang]):
            assert "{" not in speaker.filled(text), flip.id


# --- rooms without a run ---


def test_the_models_of_the_matrix_and_the_year_are_those_that_there_were():
    at = at_talk("responsibility", "responsibility_year", guess="skip")
    pills = next(one for one in at.get("button_group") if one.proto.id.endswith("responsibility_year.turn.models"))
    found = body(at)

    assert len(pills.proto.options) == len(MODELS) - 2
    assert "ECS Managed Instances" in found
    assert "since Sep 30, 2025" in found
    assert names.there(Voice("en")) == MODELS
    assert set(MODELS) - set(names.there(Voice("en", era="talk"))) == {"ecs-managed-instances", "eks-auto"}


def test_a_model_that_did_not_exist_makes_way_for_one_that_did():
    was = Voice("es", era="talk")

    assert names.in_time(("eks-auto", "lambda"), was) == ("lambda",)
    assert names.in_time(("eks-auto",), was) == names.there(was)[:1]
    assert [stop["name"] for stop in ladder_data(years(YearAsk()), was)["stops"]] == list(names.there(was))
    assert len(ladder_data(years(YearAsk()), Voice("es"))["stops"]) == len(MODELS)


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
def test_the_slider_of_eks_has_the_stops_that_there_were(lang):
    at = at_talk("eks", lang=lang, guess="skip", stop="eks-auto")

    assert "Auto Mode (" in body(at)
    assert [stop.name for stop in slider(SliderAsk(), "talk") if stop.exists] == [
        "self-run", "eks-unmanaged", "eks-managed", "eks-fargate",
    ]  # fmt: skip


def test_the_settings_of_what_did_not_exist_cannot_be_turned():
    at = at_talk("kubernetes", "kubernetes_nodes", guess="skip")
    asked = {one.key.rpartition(".")[2]: one for kind in (at.selectbox, at.slider, at.toggle) for one in kind}

    assert all(asked[url].disabled for url in ("policy", "even", "budget", "limit"))
    assert not asked["unneeded"].disabled
    assert len(asked["who"].options) == 2


def test_machines_and_memory_that_there_were_not_are_not_offered():
    at = at_talk("serverless", "serverless_dials", guess="skip")
    hosts = next(one for one in at.selectbox if one.key == "serverless_dials.turn.host").options
    memory = next(one for one in at.selectbox if one.key == "serverless_dials.turn.memory").options

    assert "m7g.large" not in hosts
    assert "m5.large" in hosts
    assert len(memory) == 4  # up to 3,008 MB
    assert "m7g.large" in body(at)


@pytest.mark.parametrize(
    "name", [name for _, name in EXPERIMENTS if {"scenario", "strips"} <= set(catalog.lesson(name))]
)
def test_whatever_a_lesson_offers_stands_in_early_2020_or_its_date_is_known(name):
    of = lesson(name)
    assert then(of.scenario) is not None
    for settings in (*of.variants.values(), *of.tries.values(), *({"launch_type": kind} for kind in of.launch_types)):
        made = changed(of.scenario, settings)
        if then(made) is None:
            late = barred(made.model_dump(mode="json"))
            assert late, settings
            assert all(one.problem.message and flip_of(one.problem) is one.flip for one in late), settings


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
def test_a_source_shows_the_number_that_held_then_beside_todays(lang):
    fact = catalog.fact("fargate.rate.burst")
    was, now = (listing(Voice(lang, era=time), [fact]) for time in ("talk", "today"))

    assert Voice(lang).say("era.cited", then="10", now="").split(" (")[0] in was
    assert Voice(lang).say("era.today") in was.lower()
    assert "2020;" not in now
