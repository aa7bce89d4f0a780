"""The Fargate chapter: every experiment opens in both languages and views, guesses count once, and no link can break it."""

import re

import pytest

from engine.era import ERAS
from engine.fargate import COLUMNS, ROWS, Asks, cell, enact
from pages.parts.fargate.scenes import scene
from pages.parts.fargate.table import TABLE
from pages.parts.lesson import lesson
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, markup, opened, stands, told

EXPERIMENTS = ("fargate", "fargate_launch", "fargate_size")


def html(at):
    return "".join(one.proto.body for one in at.get("html"))


def record(at, name):
    return at.session_state[f"{name}.turned.record"]


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "stage", "compare"])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_opens_in_each_language_and_view(name, view, lang):
    at = opened("fargate", lang=lang, x=name, **({"view": view} if view else {}))

    assert told(at) == ""
    assert address(at)["lang"] == lang
    assert Voice(lang).say(
        f"{name}.even.title" if (name, view) == ("fargate_size", "stage") else f"{name}.title"
    ) in html(at)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("era", ERAS)
def test_each_row_opens_from_a_link_and_the_link_stays(row, era):
    at = opened("fargate", lang="en", row=row, era=era)

    assert (record(at, "fargate").row, record(at, "fargate").era) == (row, era)
    assert address(at).get("row", "storage") == row
    assert address(at).get("era", "talk") == era


def test_the_next_experiment_forgets_what_the_link_said_of_this_one():
    at = opened("fargate", lang="es", row="shell", era="today")
    stands(at.button(key="fargate_size.which").click().run())

    assert address(at) == {"x": "fargate_size", "lang": "es"}


# --- what is turned --------------------------------------------------------------------------------------------------


def test_a_control_changes_the_story_and_the_url_says_so():
    at = opened("fargate", lang="en", row="storage")
    stands(at.selectbox(key="fargate.turn.lands").set_value("same-host").run())

    assert record(at, "fargate").asks.storage.lands == "same-host"
    assert address(at)["lands"] == "same-host"


def test_a_link_opens_what_it_says():
    at = opened(
        "fargate",
        lang="en",
        x="fargate_size",
        guess="skip",
        host="m7g.large",
        task_cpu="256",
        task_memory="512",
        spot="true",
    )
    even = record(at, "fargate_size").even

    assert (even.instance_type, even.cpu_units, even.memory_mib, even.is_spot) == ("m7g.large", 256, 512, True)
    assert "m7g.large" in html(at)
    assert told(at) == ""


@pytest.mark.parametrize(("name", "words"), [
    ("fargate", {"row": "weather"}),
    ("fargate", {"row": "network", "host": "m5.gigantic"}),
    ("fargate", {"hosts": "many"}),
    ("fargate", {"volumes": "floppy"}),
    ("fargate", {"image": "-3"}),
    ("fargate_size", {"host": "m5.gigantic"}),
    ("fargate_size", {"discount": "1.5"}),
    ("fargate_size", {"task_cpu": "9999999"}),
    ("fargate_size", {"runs": SMUGGLED}),
    ("fargate_launch", {"n": "-1", "guess": "skip"}),
    ("fargate_launch", {"pull": "2", "guess": "skip"}),
])  # fmt: skip
def test_what_a_link_cannot_mean_is_set_aside_and_named(name, words):
    at = opened("fargate", lang="en", x=name, **words)
    asked = next(word for word in words if word not in {"guess", "row"} or words[word] == "weather")

    assert asked in told(at)
    assert "<script" not in html(at)


def test_the_rest_of_a_link_stands_beside_what_is_set_aside():
    at = opened("fargate", lang="en", row="network", mode="awsvpc", host="m5.gigantic", trunking="true")
    network = record(at, "fargate").asks.network

    assert (network.mode, network.trunking, network.instance_type) == ("awsvpc", True, "m5.large")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_nothing_in_a_link_becomes_markup(name):
    plain = opened("fargate", lang="en", x=name, guess="skip")
    controls = (
        "row",
        "era",
        "volumes",
        "host",
        "mode",
        "cpu",
        "n",
        "mib",
        "lazy",
        "work",
        "task_cpu",
        "s",
        "do",
        "launch_type",
    )
    at = opened("fargate", x=name, guess="skip", lang="en", **dict.fromkeys(controls, SMUGGLED))

    assert markup(at) <= markup(plain)
    for kind in (at.markdown, at.warning, at.error, at.info):
        assert [one.value for one in kind if re.search(r"(?<!\\)<\w", one.value)] == []


# --- the quiz --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_table_knows_the_answer_to_every_guess(lang):
    data = TABLE.data(Asks(), Voice(lang))
    choices = {one["name"] for one in data["choices"]}
    answers = {(row, column): data["cells"][row][column]["answer"] for row in ROWS for column in COLUMNS}

    assert {answer for answer in answers.values() if answer} == choices
    assert sum(1 for answer in answers.values() if answer) == 2 * len(ROWS)  # the slide has two columns
    assert answers["storage", "ecs-fargate"] == "changed"
    assert answers["network", "ecs-ec2"] == "wrong-then-too"
    for (row, column), answer in answers.items():
        found = cell(row, column, "today")
        assert answer == (found.status if found.says else "")


def test_only_the_first_guess_of_a_cell_counts_and_nonsense_does_not():
    import streamlit as st

    st.session_state.clear()
    TABLE.remember({"cell": "storage.ecs-fargate", "value": "holds"})
    TABLE.remember({"cell": "storage.ecs-fargate", "value": "changed"})
    TABLE.remember({"cell": "weather.ecs-fargate", "value": "holds"})
    TABLE.remember({"cell": "shell.ecs-ec2", "value": SMUGGLED})

    assert st.session_state[TABLE.kept] == {"storage.ecs-fargate": "holds"}
    TABLE.forget()
    assert st.session_state[TABLE.kept] == {}


# --- the scenes ------------------------------------------------------------------------------------------------------


def ends(story, asks):
    """Give each thing's last state by its label."""
    return {thing.label.rsplit(".", 1)[1]: thing.states[-1][1] for box in scene(story, asks) for thing in box.things}


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", ROWS)
def test_a_scene_changes_only_where_its_story_has_a_step(row, column, era):
    story = enact(row, column, era)
    boxes = scene(story, Asks())

    assert (boxes == []) == (story.verdict == "absent")
    for box in boxes:
        for thing in box.things:
            assert all(-1 <= step < len(story.steps) for step, _ in thing.states)
            assert thing.states
            assert [step for step, _ in thing.states] == sorted(step for step, _ in thing.states)


def test_what_becomes_of_the_volumes_is_seen_on_the_stage():
    asks = Asks()
    ec2, then, now = (ends(enact("storage", *where, asks), asks) for where in
                      (("ecs-ec2", "talk"), ("ecs-fargate", "talk"), ("ecs-fargate", "today")))  # fmt: skip

    assert (ec2["efs"], ec2["host_path"], ec2["layer"], ec2["ebs"]) == ("kept", "left", "lost", "absent")
    assert (then["efs"], then["host_path"]) == ("absent", "refused")
    assert (now["efs"], now["ebs"], now["docker"]) == ("kept", "lost", "refused")


def test_a_broken_out_container_touches_its_neighbours_on_a_host_and_nobody_on_a_machine_of_its_own():
    asks = Asks()
    host, machine = (ends(enact("privileged", column, "today", asks), asks) for column in ("ecs-ec2", "ecs-fargate"))

    assert (host["neighbours"], host["kernel"]) == ("reached", "reached")
    assert (machine["neighbours"], machine["kernel"], machine["own_task"]) == ("safe", "safe", "reached")


def test_a_daemon_refused_becomes_an_agent_in_every_task():
    asks = Asks()
    boxes = scene(enact("daemons", "ecs-fargate", "today", asks), asks)

    assert [thing.states[-1][1] for thing in boxes[0].things] == ["refused"]
    assert len(boxes) - 1 + boxes[-1].more == asks.daemon.tasks


# --- launches, and a definition of one's own --------------------------------------------------------------------------


@pytest.mark.parametrize("guess", ["0", "20", "60", "180"])
def test_every_guess_of_the_wait_gets_its_verdict(guess):
    at = opened("fargate", lang="en", x="fargate_launch", guess=guess)

    assert "You said" in html(at)
    assert address(at)["guess"] == guess


def test_the_bucket_is_not_shown_before_the_guess_it_would_give_away():
    at = opened("fargate", lang="en", x="fargate_launch")
    title = "The bucket: early 2020 against today"
    assert title not in [one.value for one in at.header]
    stands(at.button(key="fargate_launch.guess.60").click().run())

    assert title in [one.value for one in at.header]


def test_asking_for_more_shows_an_hour_then_and_minutes_now():
    at = opened("fargate", lang="en", x="fargate_launch", guess="skip")
    stands(at.button(key="fargate_launch.bucket.3500").click().run())

    assert address(at)["n"] == "3500"
    assert [one.desired for one in at.session_state["fargate_launch.scenario"].operations] == [3500]
    assert re.search(r"<td>1\u2009h", html(at)) or re.search(r"<td>59\u2009min|<td>58\u2009min", html(at))
    assert re.search(r"<td>3\u2009min", html(at))


def test_a_definition_runs_only_where_the_experiment_can_run_it():
    at = opened("fargate", lang="en", x="fargate_launch", guess="skip")
    at.session_state["fargate_launch.bring"] = True
    text = (
        "family: api\ncpu: '512'\nmemory: '1024'\nnetworkMode: awsvpc\ncontainerDefinitions: [{name: api, image: api}]"
    )
    stands(at.run())
    stands(at.text_area(key="bring.text").set_value(text).run())
    offered = {one.key.rsplit(".", 1)[1] for one in at.button if str(one.key).startswith("bring.run.")}
    stands(at.button(key="bring.run.0.ecs-fargate").click().run())
    service = at.session_state["fargate_launch.scenario"].services[0]

    # A task definition is ECS's: what Kubernetes runs comes as a manifest.
    assert offered == {kind for kind in lesson("fargate_launch").launch_types if kind.startswith("ecs-")}
    assert (service.cpu_units, service.memory_mib) == (512, 1024)


# --- the bill --------------------------------------------------------------------------------------------------------


def test_the_crossing_is_computed_and_its_share_by_price_alone_stands_beside_it():
    body = html(opened("fargate", lang="en", x="fargate_size", guess="skip", task_cpu="512", task_memory="1024"))

    assert "They meet at 97%" in body
    assert "82.4%" in body


def test_reserved_hosts_move_the_crossing_down_and_spot_moves_it_away():
    cheaper = html(
        opened("fargate", lang="en", x="fargate_size", guess="skip", task_cpu="512", task_memory="1024", discount="0.4")
    )
    spot = html(
        opened("fargate", lang="en", x="fargate_size", guess="skip", task_cpu="512", task_memory="1024", spot="true")
    )

    assert "They meet at 58%" in cheaper
    assert "The host never wins" in spot


def test_a_task_too_large_for_the_host_is_said_to_be_so():
    body = html(
        opened(
            "fargate", lang="en", x="fargate_size", guess="skip", host="m5.large", task_cpu="4096", task_memory="8192"
        )
    )

    assert "m5.large does not hold a single task of this size." in body


@pytest.mark.parametrize(("guess", "said"), [
    ("0", "under 50%. It has to be fuller"), ("0.5", "50% to 80%. It has to be fuller"),
    ("0.8", "80% to 100%: well judged"), ("1", "that even full it does not. It costs less sooner"),
])  # fmt: skip
def test_every_guess_of_the_crossing_gets_its_verdict(guess, said):
    at = opened("fargate", lang="en", x="fargate_size", guess=guess)

    assert f"You said {said}" in html(at)
    assert address(at)["guess"] == guess


def test_the_crossing_is_hidden_until_it_is_guessed():
    at = opened("fargate", lang="en", x="fargate_size")
    assert "They meet at" not in html(at)
    stands(at.button(key="fargate_size.guess.0.5").click().run())

    assert "They meet at 97%" in html(at)
    assert address(at)["guess"] == "0.5"
