"""The page on placement: every experiment opens in every room and language, and no link and no constraint can break it."""

import re

import pytest

from engine import Scenario
from pages.parts.experiment import written
from pages.parts.lesson import lesson
from tests.pages.the_page import SMUGGLED, address, body, markup, opened, stands, told

LESSONS = ("placement", "placement_network", "placement_compare", "placement_agent")


def study(name: str = "placement", **words: str):
    return opened("placement", **{"lang": "en", "guess": "skip", "x": name} | words)


def scenario(at, name: str = "placement") -> Scenario:
    return at.session_state[f"{name}.scenario"]


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "compare", "stage"])
@pytest.mark.parametrize("name", LESSONS)
def test_every_experiment_opens_in_every_room_and_language(name: str, view: str, lang: str):
    at = opened("placement", lang=lang, x=name, **({"view": view} if view else {}))

    assert scenario(at, name) == lesson(name).scenario
    assert told(at) == ""


@pytest.mark.parametrize("guess", ["6", "12", "24", "30"])
def test_every_guess_about_interfaces_gets_its_verdict(guess: str):
    at = opened("placement", lang="en", x="placement_network", guess=guess)

    assert f"You said {guess}." in body(at)
    assert "12 of 30" in body(at)


@pytest.mark.parametrize(("guess", "replaced", "says"), [
    ("none", "false", "You said none. ECS replaced 0 on the silent host: well judged."),
    ("all", "false", "You said all of them. ECS replaced 0. The load balancer"),
    ("none", "true", "You said none. ECS replaced 2, though they were running"),
])  # fmt: skip
def test_a_guess_about_the_silent_host_is_held_against_the_run(guess: str, replaced: str, says: str):
    assert says in body(opened("placement", lang="en", x="placement_agent", guess=guess, replaced=replaced))


@pytest.mark.parametrize("name", LESSONS)
def test_each_thing_to_try_can_be_tried(name: str):
    for what in lesson(name).tries:
        at = study(name)
        before = scenario(at, name)
        stands(at.button(key=f"{name}.try.{what}").click().run())

        assert told(at) == ""
        assert (scenario(at, name) != before) or what == "bridge"


# --- controls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "control"), [(name, c) for name in LESSONS for c in lesson(name).controls], ids=str)
def test_what_a_control_writes_into_the_url_opens_the_same_scenario(name, control):
    at, key = study(name), f"{name}.ask.{control.url}"
    widget = next(one for kind in (at.slider, at.toggle, at.selectbox, at.text_area) for one in kind if one.key == key)
    if control.text:
        stands(widget.set_value("distinctInstance").run())
    elif hasattr(widget, "max"):
        stands(
            widget.set_value(
                widget.value - (widget.step or 1) if widget.value >= widget.max else widget.value + widget.step
            ).run()
        )
    elif hasattr(widget, "options"):
        stands(
            widget.select_index(
                (widget.options.index(widget.format_func(widget.value)) + 1) % len(widget.options)
            ).run()
        )
    else:
        stands(widget.set_value(not widget.value).run())
    changed = scenario(at, name)

    assert changed != lesson(name).scenario
    assert scenario(opened("placement", **address(at)), name) == changed


def test_a_strategy_with_a_dot_in_its_name_travels_in_a_link():
    chain = ("spread:attribute:ecs.instance-type",)

    assert scenario(study(strategy=written(chain))).services[0].placement == chain


def test_hosts_of_each_group_have_a_control_that_names_their_kind():
    at = study(general="0", large="5")

    assert [group.hosts for group in scenario(at).fleet.groups] == [0, 5, 3]
    assert [at.slider(key=f"placement.ask.{name}").label for name in ("general", "large", "compute")] == [
        "Hosts · m5.large", "Hosts · m5.xlarge", "Hosts · c5.large",
    ]  # fmt: skip


# --- constraints -----------------------------------------------------------------------------------------------------


def test_a_constraint_that_can_be_read_is_run():
    at = study()
    stands(at.text_area(key="placement.ask.rules").set_value("distinctInstance\nmemberOf(attribute:disk == ssd)").run())

    assert scenario(at).services[0].constraints == ("distinctInstance", "memberOf(attribute:disk == ssd)")
    assert scenario(opened("placement", **address(at))) == scenario(at)


def test_every_mistake_of_a_constraint_is_said_with_its_place_and_the_run_goes_on():
    at = study()
    before = scenario(at)
    stands(
        at.text_area(key="placement.ask.rules")
        .set_value("memberOf(attribute:disk = ssd and runningTasksCount > x)")
        .run()
    )

    assert scenario(at) == before
    assert "2 things cannot be read" in body(at)
    assert "Character 25: <code>=</code> came; expected <code>==</code> or <code>=~</code>." in body(at)
    assert "a whole number" in body(at)
    assert at.text_area(key="placement.ask.rules").value.startswith("memberOf")
    stands(at.text_area(key="placement.ask.rules").set_value("distinctInstance").run())
    assert "cannot be read" not in body(at)


def test_a_bad_constraint_in_a_link_is_set_aside_and_named():
    at = study(rules="memberOf(oops", tasks="9")

    assert scenario(at).services[0].constraints == ()
    assert scenario(at).services[0].desired == 9
    assert "rules" in told(at)


@pytest.mark.parametrize(("words", "said"), [
    ({"cpu": "8192"}, "a task needs 8,192 CPU units. The largest host, m5.xlarge, has 4,096"),
    ({"memory": "32768"}, "The roomiest host, m5.xlarge, leaves"),
    ({"rules": "memberOf(attribute:disk == nvme)"}, "no host of 9 meets memberOf(attribute:disk == nvme)"),
    ({"rules": "distinctInstance"}, "9 of 18 tasks will wait"),
    ({"tasks": "40"}, "tasks will wait. CPU and memory of 9 hosts are enough for"),
])  # fmt: skip
def test_what_can_never_find_room_is_said_with_the_figure_and_the_run_goes_on(words, said):
    at = study(**words)

    assert said in body(at)
    assert told(at) == ""


def test_nothing_is_said_where_everything_fits():
    assert "Some tasks will never find a host" not in body(study())


# --- who asks --------------------------------------------------------------------------------------------------------


def test_the_same_tasks_can_be_asked_for_by_hand_and_back():
    at = study(rules="memberOf(attribute:disk == ssd)")
    stands(at.segmented_control(key="placement.who").set_value("alone").run())
    alone = scenario(at)
    by_hand = [o for o in alone.operations if o.do == "run-tasks"]

    assert alone.services[0].desired == 0
    assert [o.at_s for o in by_hand[:3]] == [8, 16, 24]
    assert {o.placement for o in by_hand} == {("random",)}
    assert {o.constraints for o in by_hand} == {("memberOf(attribute:disk == ssd)",)}
    assert scenario(opened("placement", **address(at))) == alone
    stands(at.segmented_control(key="placement.who").set_value("service").run())
    assert scenario(at) == lesson("placement").scenario.with_(
        "services.web.constraints", ["memberOf(attribute:disk == ssd)"]
    )


# --- strategies ------------------------------------------------------------------------------------------------------


def test_up_to_four_strategies_are_compared_and_the_url_knows_which():
    at = study("placement_compare", compare="pack.random")

    assert body(at).count('class="q-series ') == 2
    stands(at.multiselect(key="placement_compare.compared.en").set_value(["default", "pack", "cpu"]).run())
    assert address(at)["compare"] == "default.pack.cpu"
    assert body(at).count('class="q-series ') == 3


# --- links that are wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize("word", ["", "banana", "-1", "1e999", "null", "[1]", "\x00", SMUGGLED])
def test_a_bad_value_is_set_aside_and_named_and_the_default_stands(name: str, word: str):
    urls = [control.url for control in lesson(name).controls if not control.text and control.url != "port"]
    at = study(name, **dict.fromkeys(urls, word))

    assert scenario(at, name) == lesson(name).scenario
    assert [url for url in urls if url not in told(at)] == []


@pytest.mark.parametrize("view", ["", "compare", "stage"])
def test_nothing_in_a_link_becomes_markup(view: str):
    rest = {"view": view} if view else {}
    words = dict.fromkeys([*(c.url for c in lesson("placement").controls), "s", "do", "guess", "compare"], SMUGGLED)
    at = opened("placement", **words | rest | {"lang": "en"})

    assert {tag for tag, _ in markup(at)} <= {tag for tag, _ in markup(study(**rest))} | {"div", "p", "pre"}
    assert "<script" not in body(at)
    for kind in (at.markdown, at.warning, at.error, at.info):
        assert [one.value for one in kind if re.search(r"(?<!\\)<\w", one.value)] == []


def test_a_typed_constraint_stays_text():
    at = study()
    stands(at.text_area(key="placement.ask.rules").set_value(SMUGGLED).run())

    assert "<script" not in body(at)
    assert "cannot be read" in body(at)


# --- a scenario of one's own -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["", "compare", "stage"])
@pytest.mark.parametrize("name", LESSONS)
def test_a_service_by_any_other_name_keeps_its_controls_and_its_rooms(name: str, view: str):
    data = lesson(name).scenario.model_dump(mode="json")
    data["services"][0]["name"] = "api"
    mine = Scenario.of(data)
    at = study(name, s=mine.token(), **({"view": view} if view else {}))

    assert scenario(at, name) == mine
    assert told(at) == ""
    if not view:
        stands(at.slider(key=f"{name}.ask.tasks").set_value(7).run())
        assert scenario(at, name).services[0].desired == 7


@pytest.mark.parametrize("name", LESSONS)
def test_a_task_definition_can_be_brought_to_every_experiment_and_run_on_its_hosts(name: str):
    at = study(name)
    before = scenario(at, name)
    assert any(one.label.startswith("Bring your own task definition") for one in at.expander)

    at.session_state[f"{name}.bring"] = True
    stands(at.run())
    stands(at.button(key="bring.example").click().run())
    stands(at.button(key="bring.run.0.ecs-ec2").click().run())

    assert scenario(at, name).services[0].memory_mib == 3072 != before.services[0].memory_mib
    assert scenario(at, name).fleet.groups == before.fleet.groups
    stands(at.button(key=f"{name}.undo").click().run())
    assert scenario(at, name) == before
