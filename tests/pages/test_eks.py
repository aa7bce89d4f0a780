"""The EKS chapter: every experiment opens in both languages and views, guesses count once, and no link can break it."""

import re

import pytest

from engine.eks import COLUMNS, ROWS, SliderAsk, TableAsks, UpdateAsk, VersionsAsk, cell, enact, slider
from engine.era import ERAS
from pages.parts.eks.rows import TABLE
from pages.parts.eks.scenes import scene
from pages.parts.eks.slider import meter_data, yours
from pages.parts.guess import spans, which
from pages.parts.lesson import lesson
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, markup, opened, stands, told

EXPERIMENTS = ("eks", "eks_rows", "eks_versions", "eks_pods", "eks_update")


def html(at):
    return "".join(one.proto.body for one in at.get("html"))


def record(at, name):
    return at.session_state[f"{name}.turned.record"]


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "stage", "compare"])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_opens_in_each_language_and_view(name, view, lang):
    at = opened("eks", lang=lang, x=name, **({"view": view} if view else {}))

    assert told(at) == ""
    assert address(at)["lang"] == lang
    title = {("eks_update", "compare"): "eks_update.compare_title"}
    assert Voice(lang).say(title.get((name, view), f"{name}.title")) in html(at)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("era", ERAS)
def test_each_row_opens_from_a_link_and_the_link_stays(row, era):
    at = opened("eks", lang="en", x="eks_rows", row=row, era=era)

    assert (record(at, "eks_rows").row, record(at, "eks_rows").era) == (row, era)
    assert address(at).get("row", "lifecycle") == row


@pytest.mark.parametrize(("name", "words", "says"), [
    ("eks", {"stop": "eks-auto", "pods": "100", "guess": "4"}, "You said it: 6."),
    ("eks", {"guess": "0"}, "It is more than you said: 6."),
    ("eks", {"guess": "10"}, "It is fewer than you said: 6."),
    ("eks_versions", {"guess": "12000"}, "You said it: $15,914."),
    ("eks_versions", {"guess": "4000", "every": "12"}, "12 months"),
    ("eks_versions", {"guess": "0"}, "The forced upgrade does not end it."),
    ("eks_pods", {"guess": "2-9"}, "and so it is"),
    ("eks_pods", {"guess": "1-8"}, "It is 2 vCPU and 9 GiB."),
    ("eks_pods", {"guess": "skip", "memory": "7936"}, "The rounding adds"),
    ("eks_pods", {"guess": "skip", "memory": "122880", "cpu": "16000"}, "No size of Fargate holds that pod"),
    ("eks_pods", {"guess": "skip", "prefixes": "true", "pod_cpu": "10", "pod_memory": "32"}, "107 pods fit on m5.large"),
    ("eks_pods", {"guess": "skip", "init_cpu": "4000"}, "The init container decides"),
])  # fmt: skip
def test_a_link_opens_what_it_says(name, words, says):
    at = opened("eks", lang="en", x=name, **words)

    assert told(at) == ""
    assert says in html(at)


def test_a_question_hides_its_answer():
    for name, answer in (("eks", "6 of 13"), ("eks_versions", "15,914"), ("eks_pods", "2 vCPU, 9 GiB")):
        assert answer not in html(opened("eks", lang="en", x=name)), name


@pytest.mark.parametrize(("guess", "settings", "says"), [
    ("failed", {}, "You said that EKS would give up, and so it was. After 17"),
    ("done", {}, "You said that all nodes would be new. After 17"),
    ("waiting", {"launch_type": "eks-unmanaged"}, "and so it was. The drain still waits"),
    ("waiting", {"launch_type": "eks-auto"}, "and so it was. AWS holds back"),
    ("done", {"budget": "1"}, "and so it was. All nodes are new after"),
    ("done", {"force": "true"}, "deleted against their budget: 9"),
])  # fmt: skip
def test_every_guess_of_the_update_gets_its_verdict(guess, settings, says):
    at = opened("eks", lang="en", x="eks_update", guess=guess, **settings)

    assert told(at) == ""
    assert says in html(at)


def test_a_launch_type_that_refuses_the_readers_own_pods_is_left_out_of_the_panel_with_its_reason():
    own = lesson("eks_update").scenario.with_("services.web.host_ports", [80])

    at = opened("eks", lang="en", x="eks_update", guess="skip", s=own.token())
    heads = re.findall(r'<th scope="col">([^<]+?) ?<', html(at))

    assert "EKS on Fargate has no hostPort" in told(at)
    assert heads[-3:] == ["EKS managed nodes", "EKS, own nodes", "EKS Auto Mode"]


@pytest.mark.parametrize("view", ["", "compare"])
def test_a_scenario_without_an_update_stands_beside_none_that_forces_it(view):
    calm = lesson("eks_update").scenario.with_("operations", [])

    at = opened("eks", lang="en", x="eks_update", guess="skip", s=calm.token(), **({"view": view} if view else {}))

    assert ("What this scenario cannot become is left out" in told(at)) == (view == "compare")


def test_the_update_stands_beside_the_same_one_elsewhere():
    at = opened("eks", lang="en", x="eks_update", guess="skip")

    for text in ("failed, 3 nodes left", "waits, 3 left", "AWS waits, 3 left", "AWS waits, 6 left"):
        assert text in html(at)
    assert "failed, 3 nodes left" not in html(opened("eks", lang="en", x="eks_update"))


def test_on_fargate_each_pod_is_a_node_and_its_budgets_refusal_is_counted():
    at = opened("eks", lang="en", x="eks_update", guess="skip", launch_type="eks-fargate")
    row = re.search(r"Refusals, each reason once</th>(.*?)</tr>", html(at)).group(1)

    assert "6 nodes, 6 pods" in html(at)
    assert re.findall(r"<td>(\d+)</td>", row) == ["2", "2", "2", "1"]


# --- what is turned --------------------------------------------------------------------------------------------------


def test_a_control_changes_the_story_and_the_url_says_so():
    at = opened("eks", lang="en", x="eks_rows", row="lifecycle")
    stands(at.toggle(key="eks_rows.turn.force").set_value(True).run())

    assert record(at, "eks_rows").asks.update.force
    assert address(at)["force"] == "true"


def test_a_slider_of_months_changes_the_calendar():
    at = opened("eks", lang="en", x="eks_versions", guess="skip")
    stands(at.slider(key="eks_versions.turn.every").set_value(12).run())

    assert "Upgraded by you to +3" in html(at)
    assert "by force once" not in html(at)
    assert address(at)["every"] == "12"


@pytest.mark.parametrize(("name", "words"), [
    ("eks", {"stop": "moon"}),
    ("eks", {"guess": "zzz"}),
    ("eks_update", {"guess": "zzz"}),
    ("eks", {"node": "m5.gigantic"}),
    ("eks", {"pods": "many"}),
    ("eks", {"cpu": "9000"}),                      # no m5.large holds it
    ("eks_rows", {"row": "weather"}),
    ("eks_rows", {"type": "m5.gigantic"}),
    ("eks_rows", {"nodes": "-1"}),
    ("eks_versions", {"policy": "never"}),
    ("eks_versions", {"months": "6"}),
    ("eks_pods", {"memory": SMUGGLED, "guess": "skip"}),
    ("eks_pods", {"node": "m5.gigantic"}),
    ("eks_update", {"budget": "some", "guess": "skip"}),
    ("eks_update", {"at_once": "0", "guess": "skip"}),
])  # fmt: skip
def test_what_a_link_cannot_mean_is_set_aside_and_named(name, words):
    at = opened("eks", lang="en", x=name, **words)
    asked = next((word for word in words if word != "guess"), "guess")

    assert asked in told(at)
    assert "<script" not in html(at)


def test_an_experiment_that_the_chapter_has_not_is_named_and_the_first_one_opens():
    at = opened("eks", lang="en", x="nonsense")

    assert "x = nonsense" in told(at)
    assert Voice("en").say("eks.title") in html(at)


def test_what_means_nothing_on_a_launch_type_is_not_offered_there():
    def keys(kind):
        at = opened("eks", lang="en", x="eks_update", guess="skip", launch_type=kind)
        return {one.key for kind_ in (at.toggle, at.slider, at.button) for one in kind_}

    assert {"eks_update.ask.force", "eks_update.ask.hosts", "eks_update.try.force"} <= keys("eks-unmanaged")
    assert not {"eks_update.ask.force", "eks_update.try.force"} & keys("eks-auto")
    assert not {"eks_update.ask.force", "eks_update.ask.hosts"} & keys("eks-fargate")


def test_the_rest_of_a_link_stands_beside_what_is_set_aside():
    at = opened("eks", lang="en", x="eks_rows", row="pods", type="m5.gigantic", prefixes="true", small="99")
    node = record(at, "eks_rows").asks.node

    assert (node.instance_type, node.prefixes, node.pods) == ("m5.large", True, 99)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_nothing_in_a_link_becomes_markup(name):
    plain = opened("eks", lang="en", x=name, guess="skip")
    words = (
        "row",
        "era",
        "stop",
        "pods",
        "node",
        "cpu",
        "memory",
        "every",
        "policy",
        "budget",
        "type",
        "s",
        "do",
        "launch_type",
    )
    at = opened("eks", x=name, guess="skip", lang="en", **dict.fromkeys(words, SMUGGLED))

    assert markup(at) <= markup(plain)
    for kind in (at.markdown, at.warning, at.error, at.info):
        assert [one.value for one in kind if re.search(r"(?<!\\)<\w", one.value)] == []


# --- the quiz --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_table_knows_the_answer_to_every_guess(lang):
    data = TABLE.data(TableAsks(), Voice(lang))
    answers = {(row, column): data["cells"][row][column]["answer"] for row in ROWS for column in COLUMNS}

    assert (
        {one["name"] for one in data["choices"]}
        == set(TABLE.choices)
        >= {answer for answer in answers.values() if answer}
    )
    assert sum(1 for answer in answers.values() if answer) == 3 * len(ROWS), "the slide has three columns"
    assert answers["ami", "eks-managed"] == "changed"
    assert answers["lifecycle", "eks-managed"] == "half"
    for (row, column), answer in answers.items():
        found = cell(row, column, "today")
        assert answer == (found.status if found.says else "")


def test_where_the_slide_told_half_only_the_other_half_is_news():
    data = TABLE.data(TableAsks(), Voice("en"))

    assert data["cells"]["lifecycle"]["eks-managed"]["today"]["true"] == "you press the button"
    assert data["cells"]["ami"]["eks-managed"]["today"]["true"] == "your own, AMIs that AWS vetted"


def test_only_the_first_guess_of_a_cell_counts_and_nonsense_does_not():
    import streamlit as st

    st.session_state.clear()
    TABLE.remember({"cell": "ami.eks-managed", "value": "holds"})
    TABLE.remember({"cell": "ami.eks-managed", "value": "changed"})
    TABLE.remember({"cell": "weather.eks-managed", "value": "holds"})
    TABLE.remember({"cell": "ami.eks-fargate", "value": SMUGGLED})

    assert st.session_state[TABLE.kept] == {"ami.eks-managed": "holds"}
    TABLE.forget()
    assert st.session_state[TABLE.kept] == {}


def test_spans_meet_without_a_gap_and_name_each_count_once():
    found = spans(Voice("en"), "eks", (1, 4, 7, 10), Voice("en").number, whole=True)

    assert list(found.values()) == ["None", "1 to 3", "4 to 6", "7 to 9", "10 or more"]
    for n in range(14):
        assert sum(which(n, (1, 4, 7, 10), guess) == "right" for guess in found) == 1


# --- the scenes ------------------------------------------------------------------------------------------------------


def ends(story, asks):
    """Give each thing's last state by its label."""
    return {thing.label.rsplit(".", 1)[1]: thing.states[-1][1] for box in scene(story, asks) for thing in box.things}


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("may_leave", [0, 1])
def test_a_scene_changes_only_where_its_story_has_a_step(row, column, era, may_leave):
    asks = TableAsks(update=UpdateAsk(may_leave=may_leave))
    story = enact(row, column, era, asks)
    boxes = scene(story, asks)

    assert (boxes == []) == (story.verdict == "absent")
    for box in boxes:
        for thing in box.things:
            assert thing.states
            assert all(-1 <= step < len(story.steps) for step, _ in thing.states)


@pytest.mark.parametrize(("column", "force", "old", "new", "budget"), [
    ("eks-managed", False, "sick", "idle", "kept"),     # given up: the old nodes stay
    ("eks-managed", True, "left", "on", "lost"),
    ("eks-unmanaged", False, "sick", "idle", "kept"),
    ("eks-auto", False, "left", "on", "lost"),
])  # fmt: skip
def test_what_becomes_of_the_nodes_is_seen_on_the_stage(column, force, old, new, budget):
    asks = TableAsks(update=UpdateAsk(may_leave=0, force=force))
    found = ends(enact("lifecycle", column, "today", asks), asks)

    assert (found["old_node"], found["new_node"], found["budget_none"]) == (old, new, budget)


# --- the slider ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_meter_says_every_stop_in_full(lang):
    stops = slider(SliderAsk())
    data = meter_data(stops, Voice(lang))

    assert [one["name"] for one in data["stops"]] == [stop.name for stop in stops]
    for told_, stop in zip(data["stops"], stops, strict=True):
        assert sum(len(group["layers"]) for group in told_["duties"]) == 13
        assert [layer["who"] for layer in told_["layers"]] == [share.who for share in stop.shares]
        assert told_["bill"][-1]["kind"] == "total"
        assert all(line["share"] is None or 0 <= line["share"] <= 100 for line in told_["bill"])
    assert yours(stops[-1]) == 6


def test_what_nobody_knows_the_price_of_says_so():
    hybrid = next(one for one in meter_data(slider(SliderAsk()), Voice("en"))["stops"] if one["name"] == "hybrid")

    assert hybrid["total"] == "price not known"
    assert next(line["usd"] for line in hybrid["bill"] if line["kind"] == "nodes") == "not published"


def test_every_lesson_of_the_chapter_names_it_and_can_be_turned():
    found = lesson("eks_update")

    assert found.page == "eks"
    assert VersionsAsk().standard_months == 14
    for name in found.compare:
        assert name in found.variants
