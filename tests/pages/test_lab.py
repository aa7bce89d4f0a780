"""The lab on its page: four slots in a link, a form and a text of one scenario, and what can be taken away."""

import json
import re

import pytest

from engine import Scenario, catalog, frames, metrics
from engine.difference import compared
from engine.importers import ours
from pages.parts import show
from pages.parts.lab import bench, guessing, slots
from pages.parts.lab.gallery import entries
from pages.parts.lab.notebook import notebook
from pages.parts.lab.operations import FIRST, offered
from pages.parts.lab.report import report
from pages.parts.lab.said import PLACES, kind_of, placed, problem_text, setting_name, value_text
from pages.parts.lesson import lesson
from pages.parts.side_by_side import Side
from pages.parts.words import Voice
from tests.pages.the_page import address, body, opened, stands, told

SHORT = {"duration_s": 60, "traffic": {"rps": 40}, "services": [{"desired": 3}], "fleet": {"hosts": 3}}
CALM = Scenario.of(SHORT | {"name": "Calm"})
HURT = Scenario.of(SHORT | {"name": "Hurt", "operations": [{"at_s": 20, "do": "fail-zone", "zone": "a"}]})
WRONG = "zones: 9\nservices:\n- name: web\n  colour: blue\noperations:\n- at_s: 5\n  do: explode\n"


def page(**words):
    return opened("lab", **{"lang": "en", "guess": "skip", "a": CALM.token(), "b": HURT.token()} | words)


def slot(at, letter):
    return at.session_state[f"lab.{letter}.scenario"]


def sides():
    return [Side("a", "A: Calm", show.run_of(CALM)), Side("b", "B: Hurt", show.run_of(HURT))]


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("words", [{"view": "stage"}, *({"as": way} for way in bench.WAYS)])
def test_every_room_opens_in_both_languages(lang, words):
    at = page(lang=lang, **words)

    assert told(at) == ""
    assert "<script" not in body(at)


def test_a_fresh_browser_finds_two_scenarios_and_a_question():
    at = opened("lab", lang="en")

    assert [button.label for button in at.button if button.key.startswith("lab.guess.")] == [
        "A: ECS on EC2", "B: ECS on Fargate", "No difference", "Just show me",
    ]  # fmt: skip
    assert "What came of each" not in body(at)


def test_a_link_holds_all_four_and_opens_the_same():
    given = {"a": CALM.token(), "b": "az_failure.fargate", "c": f"az_failure.ec2~{HURT.token()}", "d": "hour"}
    at = page(**given)

    assert {letter: address(at)[letter] for letter in "abcd"} == given
    assert [slot(at, letter) for letter in "abcd"] == [
        CALM, entries()["az_failure.fargate"].scenario, HURT, entries()["hour"].scenario,
    ]  # fmt: skip


@pytest.mark.parametrize("token", ["1garbage", "x", "", "~", "nobody.knows", "az_failure.ec2~1garbage", "1" * 300])
def test_a_slot_that_cannot_be_read_is_told_and_the_others_stand(token):
    at = page(b=token)

    assert "Slot B of the link could not be read" in told(at)
    assert slot(at, "a") == CALM


def test_a_link_that_asks_for_too_much_is_refused_with_the_figure_and_the_other_slot_runs():
    huge = Scenario.of({"name": "Huge", "traffic": {"rps": 100_000}})
    at = page(b=huge.token())

    assert "60,000,000 requests" in told(at)
    assert "B: Huge is not run" in body(at)
    assert '<th scope="col">A: Calm</th>' in body(at)


def test_what_differs_is_marked_and_what_is_alike_is_folded():
    at = page()

    assert '<small>operations</small></th><td class="first">none</td><td class="other">0:20 Fail a zone (a)' in body(at)
    assert "<small>duration_s</small>" not in body(at)
    assert any(re.match(r"\d+ settings are alike", one.label) for one in at.expander)


def test_the_guess_is_locked_and_held_against_the_runs():
    at = page(guess="b")

    assert "No: A: Calm failed the smallest share, 0.00%." in body(at)
    assert guessing.fewest(sides()) == "a"
    assert guessing.fewest([sides()[0]] * 2) == guessing.SAME


def test_early_2020_shows_each_as_it_was_and_says_which_did_not_exist():
    at = page(era="talk", a="az_failure.eks_auto")

    assert "A: EKS Auto Mode" in body(at)
    assert "q-flips talk" in body(at)
    assert '<th scope="col">B: Hurt</th>' in body(at)
    assert slot(at, "a") == entries()["az_failure.eks_auto"].scenario


def test_one_of_then_stands_beside_one_of_today():
    at = page(b=Scenario.of(SHORT | {"name": "Then", "era": "talk"}).token())

    assert "<small>era</small>" in body(at)
    assert slot(at, "b").era == "talk"


# --- the bench -------------------------------------------------------------------------------------------------------


def test_the_form_and_the_text_are_one_scenario():
    at = page(edit="a")
    stands(at.slider(key="lab.a.ask.tasks").set_value(5).run())

    assert slot(at, "a").services[0].desired == 5
    assert "desired: 5" in slot(at, "a").to_yaml()
    stands(at.button(key="lab.a.undo").click().run())
    assert slot(at, "a") == CALM


@pytest.mark.parametrize("kind", lesson("lab").launch_types)
def test_the_form_shows_only_what_means_something(kind):
    at = page(a=CALM.with_("launch_type", kind).token(), edit="a")
    keys = {one.key for one in [*at.slider, *at.selectbox, *at.toggle]}

    assert told(at) == ""
    assert ("lab.a.ask.hosts" in keys) == (kind in {"ecs-ec2", "k8s-self-run", "eks-unmanaged", "eks-managed"})
    assert ("lab.a.ask.function_memory" in keys) == (kind == "lambda")


def test_operations_are_changed_added_and_removed_as_rows():
    at = page(edit="b", **{"as": "operations"})
    stands(at.number_input(key="lab.b.op.0.at").set_value(30.0).run())
    stands(at.selectbox(key="lab.b.op.0.zone").set_value("c").run())
    assert slot(at, "b").operations[0].model_dump() == {"at_s": 30, "do": "fail-zone", "zone": "c"}

    stands(at.selectbox(key="lab.b.op.0.do").set_value("change-traffic").run())
    assert slot(at, "b").operations[0].model_dump() == {
        "at_s": 30, "do": "change-traffic", "service": None, "factor": FIRST["factor"],
    }  # fmt: skip
    stands(at.button(key="lab.b.op.add").click().run())
    stands(at.button(key="lab.b.op.1.remove").click().run())
    stands(at.button(key="lab.b.op.0.remove").click().run())
    assert slot(at, "b").operations == ()


@pytest.mark.parametrize("name", ["az_failure", "architecture", "kubernetes", "serverless_race"])
def test_every_operation_that_is_offered_can_be_chosen(name):
    from pages.parts.lab.operations import _fresh

    scenario = entries()[name].scenario
    for do in offered(scenario):
        made = scenario.with_("operations", [_fresh(do, 10, scenario, {})])

        assert made.operations[0].do == do
        assert set(PLACES) & set(kind_of(do).model_fields) or do in {
            "patch",
            "update-nodes",
            "fail-control-plane",
            "interrupt-spot-tasks",
        }


def test_a_slot_can_be_copied_emptied_and_filled_from_the_gallery():
    at = page()
    stands(at.button(key="lab.a.copy").click().run())
    assert slot(at, "c") == CALM
    stands(at.button(key="lab.c.close").click().run())
    assert "c" not in address(at)


def test_a_task_definition_and_a_manifest_become_one_of_the_four():
    at = page(edit="b", **{"as": "bring"})
    stands(at.text_area(key="bring.text").set_value(catalog.definition_text("example")).run())
    stands(at.button(key="bring.run.0.ecs-ec2").click().run())
    assert slot(at, "b").name == "orders"
    assert slot(at, "b").operations == HURT.operations
    assert "B: orders" in body(at)

    stands(at.text_area(key="bring.text").set_value(catalog.manifest_text("manifest")).run())
    stands(at.button(key="bring.run.0.eks-auto").click().run())
    assert slot(at, "b").launch_type == "eks-auto"
    assert slot(at, "a") == CALM


def test_a_scenario_of_the_gallery_opens_in_the_slot_that_was_asked_for():
    at = page()
    at.session_state["lab.gallery"] = True
    stands(at.run())
    stands(at.button(key="lab.open.az_failure.lambda.d").click().run())

    assert slot(at, "d") == entries()["az_failure.lambda"].scenario
    assert address(at)["d"] == "az_failure.lambda"


@pytest.mark.parametrize("lang", ["en", "es"])
def test_this_dashboard_itself_stands_in_the_gallery_and_runs(lang):
    at = page(a="ours_ecs", b="ours_eks", lang=lang)

    assert told(at) == ""
    assert [slot(at, letter) for letter in "ab"] == [ours.scenario("ours_ecs"), ours.scenario("ours_eks")]
    assert all(entries()[name].title(Voice(lang)) in body(at) for name in ours.names())


def test_our_own_template_comes_with_its_service_to_the_desk():
    at = page(edit="b", **{"as": "bring"})
    stands(at.text_area(key="bring.text").set_value(catalog.deployment_text("ecs-fargate.yaml")).run())
    stands(at.button(key="bring.run.0.ecs-fargate").click().run())

    found = slot(at, "b")
    assert (found.name, found.services[0].desired, found.balancer.check_every_s) == ("quayside", 3, 5)
    assert (found.traffic, found.operations) == (HURT.traffic, HURT.operations)


def test_a_variant_says_what_it_sets():
    assert (
        entries()["az_failure.ec2_spare"].line(Voice("en")) == "In “What if a zone dies?”. Fleet: Hosts: 9\u2009hosts."
    )
    assert entries()["az_failure.ec2"].line(Voice("es")).endswith("Como viene ahí.")


# --- the text --------------------------------------------------------------------------------------------------------


def test_every_problem_of_a_text_is_told_with_its_line_in_both_languages():
    problems = bench.problems_of(WRONG)
    english, spanish = (placed(Voice(lang), WRONG, problems) for lang in ("en", "es"))

    assert [line for line, _ in english] == [1, 4, 6] == [line for line, _ in spanish]
    assert english[1][1].startswith("There is no setting called “colour” here.")
    assert spanish[0][1] == "zones: 9 no sirve aquí. Se admite: 1 to 6 zones."


def test_what_is_typed_is_kept_and_the_last_good_scenario_runs():
    at = page(edit="a", **{"as": "text"})
    at.session_state["lab.a.draft"] = WRONG
    stands(at.run())

    assert at.session_state["lab.a.draft"] == WRONG
    assert slot(at, "a") == CALM
    at.session_state["lab.as"] = "form"
    stands(at.run())
    assert "3 things in the YAML of this scenario are still to be mended" in told(at)
    stands(at.slider(key="lab.a.ask.tasks").set_value(5).run())
    assert at.session_state["lab.a.draft"] == WRONG


@pytest.mark.parametrize("text", ["a: [1\n", "zones: 3\nzones: 2\n", "[]", "x: *y\n"])
def test_a_text_that_is_no_scenario_is_told_in_words(text):
    for lang in ("en", "es"):
        for _, said in placed(Voice(lang), text, bench.problems_of(text)):
            assert said
            assert "yaml." not in said


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_scenario_of_the_gallery_has_a_name_a_line_and_settings_in_words(lang):
    speaker = Voice(lang)
    for entry in entries().values():
        assert entry.title(speaker)
        assert entry.line(speaker)
    every = [Scenario(), *(entry.scenario for entry in entries().values())]
    rows = [row for row in compared(every) if row.differs]

    assert len(rows) > 100
    for row in rows:
        assert setting_name(speaker, row.steps, every)
        assert all(value_text(speaker, row.steps, value) for value in row.values), row.path


def test_a_setting_is_named_with_its_group():
    two = Scenario.of({"services": [{"name": "web"}, {"name": "jobs"}]})

    assert setting_name(Voice("en"), ("services", 1, "desired"), [Scenario(), two]) == "jobs: Tasks wanted"
    assert setting_name(Voice("es"), ("fleet", "hosts"), [two]).startswith("Flota: ")


# --- take it away ----------------------------------------------------------------------------------------------------


def executed(text):
    """Run a notebook's code cells in a plain interpreter, and give what they leave."""
    left = {}
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), left)  # noqa: S102 - our own cells: that they run is what is tried
    return left


def test_the_notebook_comes_to_the_numbers_of_the_report():
    speaker, of = Voice("en"), lesson("lab")
    left = executed(notebook(speaker, sides(), of.goal_s))
    written = report(speaker, sides(), of, "https://example.org/lab?a=1")
    figures = json.loads(re.search(r'<script type="application/json" id="figures">(.*?)</script>', written)[1])

    assert left["outcomes"].to_dict() == figures
    assert figures["B"]["failed"] == metrics.totals(show.run_of(HURT)).failed > 0
    assert figures["A"]["digest"] == show.run_of(CALM).digest
    assert left["figures"]["A", "requests"].svg.startswith("<svg")
    assert list(left["seconds"]["A"]) == list(frames.seconds(show.run_of(CALM)))


def test_the_notebook_is_one_of_version_four():
    whole = json.loads(notebook(Voice("es"), sides(), 0.5))

    assert {"cells", "metadata", "nbformat", "nbformat_minor"} == set(whole)
    assert (whole["nbformat"], whole["nbformat_minor"]) == (4, 5)
    names = [cell["id"] for cell in whole["cells"]]
    assert len(set(names)) == len(names)
    for cell in whole["cells"]:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
        assert set(cell) == {"cell_type", "id", "metadata", "source"} | (
            {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        )
        assert all(isinstance(line, str) for line in cell["source"])


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_report_holds_everything_and_asks_for_nothing(lang):
    nasty = Side("b", 'B: </script><img src=x onerror=1>"', show.run_of(HURT.with_("name", "</script><b>&")))
    written = report(Voice(lang), [sides()[0], nasty], lesson("lab"), "https://example.org/lab")

    assert f'<html lang="{lang}">' in written
    assert "<img" not in written
    assert written.count("<svg") == 4
    assert written.count("</script>") == 1
    assert re.findall(r"url\((?!data:|#)|@import", written) == []
    assert re.findall(r"<(?:img|iframe|object|embed|audio|video|source|script src|link)\b[^>]*", written) == [
        '<link rel="icon" href="data:,"'
    ]
    assert "do: fail-zone" in written
    assert "prefers-color-scheme: dark" in written
    assert len(written) < 200_000


def test_a_problem_never_speaks_english_in_spanish():
    problems = bench.problems_of(WRONG)

    assert all("should" not in problem_text(Voice("es"), one) for one in problems)


def test_a_word_of_a_slot_is_read_back():
    for name in entries():
        assert slots.read(name).scenario == entries()[name].scenario


@pytest.mark.parametrize("era", ["today", "talk"])
def test_what_flipped_since_the_talk_is_said_once(era):
    at = opened("lab", lang="en", guess="skip", era=era)

    assert body(at).count('<details class="q-flips') == 1
