"""The experiment's page: every room opens in both languages, and no link and no click can break it."""

import re

import pytest

from engine import Scenario, reading
from engine.catalog import LANGUAGES
from engine.scenario import LaunchTypeName
from pages.parts import show
from pages.parts.lesson import lesson
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, button, markup, opened, scenario, stands, told, turn

LESSON = lesson("az_failure")
NAMES = [control.url for control in LESSON.controls]


def study(**words: str):
    return opened("az_failure", **{"lang": "en", "guess": "skip"} | words)


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("words", [{}, {"guess": "skip"}, {"view": "compare"}, {"view": "stage"}], ids=str)
def test_every_room_opens_in_both_languages(lang: str, words: dict[str, str]):
    at = opened("az_failure", lang=lang, **words)

    assert scenario(at) == LESSON.scenario
    assert told(at) == ""
    assert address(at).get("lang") == lang


@pytest.mark.parametrize("launch_type", LaunchTypeName.__args__)
def test_each_launch_type_opens_from_a_link(launch_type: str):
    assert scenario(study(launch_type=launch_type)).launch_type == launch_type


@pytest.mark.parametrize("guess", ["never", "0", "30", "120", "300"])
def test_every_guess_gets_its_verdict(guess: str):
    at = opened("az_failure", lang="en", guess=guess)
    body = "".join(one.proto.body for one in at.get("html"))

    assert "You said" in body
    assert address(at)["guess"] == guess


def test_a_guess_is_asked_for_before_the_future_is_told():
    at = opened("az_failure", lang="en")
    assert "What it cost your users" not in [one.value for one in at.header]
    stands(button(at, "guess.30").click().run())

    assert "What it cost your users" in [one.value for one in at.header]
    assert address(at)["guess"] == "30"


# --- what is assumed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("launch_type", LaunchTypeName.__args__)
def test_everything_that_is_assumed_can_be_opened_and_turned(lang: str, launch_type: str):
    at = study(lang=lang, launch_type=launch_type)
    at.session_state["az_failure.assumed"] = True
    stands(at.run())
    assert told(at) == ""
    families = at.multiselect(key="az_failure.ask.families")
    assert families.value == ["c5", "m5", "r5"]
    stands(families.set_value(["m5", "c7i"]).run())
    turn(at, "az_failure", "exit_s")

    assert told(at) == ""
    assert scenario(at).fleet.families == ("m5", "c7i")
    assert scenario(at).assumptions.exit_s != LESSON.scenario.assumptions.exit_s
    assert scenario(study(**address(at))) == scenario(at)


def test_the_last_family_cannot_be_taken_away():
    at = study()
    at.session_state["az_failure.assumed"] = True
    stands(at.run())
    stands(at.multiselect(key="az_failure.ask.families").set_value([]).run())

    assert scenario(at).fleet.families == ("c5", "m5", "r5")
    assert at.multiselect(key="az_failure.ask.families").value == ["c5", "m5", "r5"]
    assert told(at) != ""


@pytest.mark.parametrize(("forged", "stand"), [
    (["ec2"] * 50, ["ec2"]), (["inf", "x" * 90], None), ([""], None), (["lambda", "inf", "fargate"], ["lambda", "fargate"]),
])  # fmt: skip
def test_what_stands_side_by_side_is_what_was_offered_and_not_more(forged, stand):
    at = study(view="compare")
    at.session_state["az_failure.compared.en"] = forged
    shown = stands(at.run()).multiselect(key="az_failure.compared.en").value

    assert shown == (stand or list(LESSON.variants)[:4])


# --- controls, undo, reset -------------------------------------------------------------------------------------------


def test_a_control_changes_the_scenario_and_the_url_says_so():
    at = study()
    stands(at.slider(key="az_failure.ask.tasks").set_value(30).run())

    assert scenario(at).services[0].desired == 30
    assert address(at)["tasks"] == "30"


@pytest.mark.parametrize(("name", "only"), [(control.url, control.only) for control in LESSON.controls])
def test_what_a_control_writes_into_the_url_opens_the_same_scenario(name: str, only: str):
    at, key = study(launch_type=(only or "ecs-ec2").split()[0]), f"az_failure.ask.{name}"
    widget = next(one for kind in (at.slider, at.toggle, at.selectbox) for one in kind if one.key == key)
    if hasattr(widget, "max"):
        stands(widget.set_value(min(widget.max, widget.value + 2 * (widget.step or 1))).run())
    elif hasattr(widget, "options"):
        stands(widget.select_index(1).run())
    else:
        stands(widget.set_value(not widget.value).run())
    changed = scenario(at)

    assert changed != LESSON.scenario
    assert scenario(opened("az_failure", **address(at))) == changed


def test_undo_and_reset_bring_back_what_was():
    at = study()
    assert button(at, "undo").disabled
    stands(at.slider(key="az_failure.ask.hosts").set_value(9).run())
    nine = scenario(at)
    stands(at.slider(key="az_failure.ask.tasks").set_value(30).run())
    stands(button(at, "undo").click().run())
    assert scenario(at) == nine
    assert at.slider(key="az_failure.ask.tasks").value == 21
    stands(button(at, "reset").click().run())

    assert scenario(at) == LESSON.scenario
    assert not {"hosts", "tasks"} & set(address(at))
    stands(button(at, "undo").click().run())
    assert scenario(at) == nine


@pytest.mark.parametrize("what", list(LESSON.tries))
def test_each_thing_to_try_can_be_tried(what: str):
    at = study()
    stands(button(at, f"try.{what}").click().run())

    assert told(at) == ""
    assert scenario(at) != LESSON.scenario


def test_to_try_what_is_so_already_changes_nothing():
    at = study(launch_type="ecs-fargate")
    stands(button(at, "try.fargate").click().run())

    assert button(at, "undo").disabled


@pytest.mark.parametrize(("kind", "is_offered"), [
    ("ecs-ec2", True), ("eks-managed", True), ("eks-fargate", False), ("eks-auto", False), ("ecs-fargate", False),
])  # fmt: skip
def test_to_buy_hosts_is_not_offered_where_nobody_can(kind: str, is_offered: bool):
    keys = {one.key for one in study(launch_type=kind).button}

    assert ("az_failure.try.spare" in keys) == is_offered
    assert {"az_failure.try.checks", "az_failure.try.eks"} <= keys


def test_a_run_that_is_not_whole_at_its_end_is_not_said_to_have_repaired_itself():
    found = {
        kind: show.chores_text(show.run_of(LESSON.scenario.with_("launch_type", kind)), Voice("en"))
        for kind in ("eks-fargate", "ecs-fargate")
    }

    assert found == {
        "eks-fargate": "Nothing. It had not repaired itself by the end.",
        "ecs-fargate": "Nothing. It repaired itself.",
    }


def test_the_lede_counts_the_requests_of_every_service():
    web = LESSON.scenario.services[0].model_dump(mode="json")
    both = LESSON.scenario.with_("services", [web, web | {"name": "cart", "share": 0.5}])

    at = study(s=both.token())

    assert "1,800 requests a second" in "".join(one.proto.body for one in at.get("html"))


def test_a_guess_that_is_none_of_the_answers_is_named_and_still_asked_for():
    at = opened("az_failure", lang="en", guess="zzz")

    assert "guess = zzz" in told(at)
    stands(button(at, "guess.30").click().run())
    assert told(at) == ""


# --- links that are wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [
    "", "banana", "-1", "1e999", "99999999999", ".nan", ".inf", "null", "[1, 2]", "{a: 1}", "2026-13-45", "2026-01-01",
    "0x_", "0b_", "!!python/name:os.system", "&a [*a]", "'", "\x00", "9" * 5_000, "💥", SMUGGLED,
])  # fmt: skip
def test_a_bad_value_is_set_aside_and_named_and_the_default_stands(word: str):
    at = study(**dict.fromkeys(NAMES, word), launch_type=word)
    said = told(at)

    assert scenario(at) == LESSON.scenario
    assert [name for name in [*NAMES, "launch_type"] if name not in said] == []
    assert not set(NAMES) & set(address(at))


def test_one_bad_value_costs_only_itself():
    at = study(tasks="many", rps="900", hosts="9")

    assert (scenario(at).services[0].desired, scenario(at).traffic.rps, scenario(at).fleet.hosts) == (21, 900, 9)
    assert "tasks = many" in told(at)
    assert "rps" not in told(at)


def test_the_notice_about_a_link_is_gone_with_the_next_change():
    at = study(tasks="many")
    stands(at.slider(key="az_failure.ask.hosts").set_value(9).run())

    assert "many" not in told(at)


@pytest.mark.parametrize("token", [
    "", "1", "1!!!!", "2abc", "banana", SMUGGLED, LESSON.scenario.token()[:-9], reading.token({"zones": 77})[:20],
    reading.token({"zones": 77}), reading.token({"colour": "red"}), "1" + "A" * 300_000,
], ids=lambda token: token[:12])  # fmt: skip
def test_a_damaged_token_opens_the_chapters_own_scenario_and_says_so(token: str):
    at = study(s=token)

    assert scenario(at) == LESSON.scenario
    assert "scenario in the link could not be read" in told(at)


@pytest.mark.parametrize("done", [
    None, 5, "x", {}, [{}], [[]], [{"do": "fail-zone"}], [{"do": "fail-zone", "zone": "z", "at_s": 1}],
    [{"do": "fail-zone", "zone": "b", "at_s": 1e9}], [{"do": "explode", "at_s": 1}],
], ids=str)  # fmt: skip
def test_operations_that_cannot_be_done_are_set_aside(done: object):
    at = study(do=reading.token({"do": done}), hosts="9")

    assert scenario(at).operations == LESSON.scenario.operations
    assert scenario(at).fleet.hosts == 9
    assert told(at) != ""


def test_a_whole_scenario_travels_in_the_link():
    mine = Scenario.of(
        {
            "duration_s": 300,
            "launch_type": "ecs-fargate",
            "services": [{"name": "api", "desired": 4}],
            "traffic": {"rps": 100},
        }
    )
    at = study(s=mine.token())

    assert scenario(at) == mine
    assert address(at)["s"] == mine.token()


# --- too large -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["", "compare", "stage"])
def test_a_run_beyond_its_budget_is_refused_with_the_figure_and_can_be_mended(view: str):
    at = study(rps="100000", **({"view": view} if view else {}))

    assert "60,000,000" in told(at)
    assert "50,000,000" in told(at)
    stands(at.slider(key="az_failure.ask.rps").set_value(1_000).run())
    assert told(at) == ""
    assert scenario(at).traffic.rps == 1_000


def test_the_largest_that_the_screen_offers_runs():
    at = study(tasks="60", rps="3000", hosts="18", retries="5")

    assert told(at) == ""


# --- what a visitor types --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["", "compare", "stage"])
def test_nothing_in_a_link_becomes_markup(view: str):
    rest = {"view": view} if view else {}
    plain = study(**rest)
    words = dict.fromkeys([*NAMES, "launch_type", "s", "do", "guess", "compare", "lang"], SMUGGLED)
    at = opened("az_failure", **words | rest | ({"guess": "skip"}))

    assert markup(at) <= markup(plain)
    for kind in (at.markdown, at.warning, at.error, at.info):
        assert [one.value for one in kind if re.search(r"(?<!\\)<\w", one.value)] == []


def test_names_in_a_scenario_of_ones_own_stay_text():
    mine = Scenario.of({"name": SMUGGLED, "duration_s": 120, "traffic": {"rps": 100}})
    at = study(s=mine.token())

    assert scenario(at).name == SMUGGLED
    assert markup(at) <= markup(study())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_link_that_brings_another_operation_names_no_zone_that_fails(lang):
    other = lesson("eks_update").scenario
    page = body(opened("az_failure", lang=lang, guess="skip", s=other.token()))

    assert Voice(lang).say("az_failure.title") in page
    assert {"en": "something happens.", "es": "pasa algo."}[lang] in page
    assert not re.search(r"zone  ?goes|la zona  ?\.", page)
