"""Where a pod goes, and how a new version comes out: both experiments open everywhere, say their reasons, and no link breaks them."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from engine import catalog, metrics, rollouts, story
from engine.fullness import fullest
from engine.launch import launch_type
from engine.placement.compare import compare_in
from pages.parts import show
from pages.parts.decisions.payload import packed
from pages.parts.kubernetes.rollout import only_deploy
from pages.parts.kubernetes.scheduler import CHAINS, points_table, rulings
from pages.parts.lesson import changed, lesson, name_of
from pages.parts.predict import QUESTIONS
from pages.parts.words import _CITED, Voice
from tests.pages.the_page import SMUGGLED, address, body, opened, scenario, stands, told

SCHEDULER, ROLLOUT = "kubernetes_scheduler", "kubernetes_rollout"
NAMES = (SCHEDULER, ROLLOUT)
PODS = {lang: Voice(lang, of_pods=True) for lang in ("en", "es")}


def page(name: str, **words: str) -> AppTest:
    return opened("kubernetes", **{"lang": "en", "guess": "skip", "x": name} | words)


def tried(name: str, what: str):
    return show.run_of(changed(lesson(name).scenario, lesson(name).tries[what]))


# --- they open -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["study", "compare", "stage"])
def test_every_room_opens_in_both_languages(name: str, lang: str, view: str):
    at = page(name, lang=lang, view=view)

    assert scenario(at, name) == lesson(name).scenario
    assert told(at) == ""


@pytest.mark.parametrize(("name", "what"), [(name, what) for name in NAMES for what in lesson(name).tries])
def test_each_thing_to_try_can_be_tried_and_mailed(name: str, what: str):
    at = page(name)
    stands(at.button(key=f"{name}.try.{what}").click().run())
    after = scenario(at, name)

    assert told(at) == ""
    assert after != lesson(name).scenario
    assert scenario(opened("kubernetes", **address(at)), name) == after


SHOWN = [(name, control) for name in NAMES for control in lesson(name).controls if not control.only]


@pytest.mark.parametrize(("name", "control"), SHOWN, ids=str)
def test_what_a_control_writes_into_the_url_opens_the_same_scenario(name: str, control):
    at, key = page(name), f"{name}.ask.{control.url}"
    kinds = (at.slider, at.toggle, at.selectbox, at.select_slider)
    widget = next(one for kind in kinds for one in kind if one.key == key)
    if control.slide:
        stands(widget.set_value("50%").run())
    elif hasattr(widget, "max"):
        step = widget.step or 1
        stands(
            widget.set_value(widget.value + step if widget.value + step <= widget.max else widget.value - step).run()
        )
    elif hasattr(widget, "options"):
        stands(widget.select_index((widget.index + 1) % len(widget.options)).run())
    else:
        stands(widget.set_value(not widget.value).run())

    assert told(at) == ""
    assert scenario(at, name) != lesson(name).scenario
    assert scenario(opened("kubernetes", **address(at)), name) == scenario(at, name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("word", ["banana", SMUGGLED])
def test_a_bad_value_is_set_aside_and_named_and_the_default_stands(name: str, word: str):
    urls = [control.url for control in lesson(name).controls]
    at = page(name, **dict.fromkeys(urls, word))

    assert scenario(at, name) == lesson(name).scenario
    assert [url for url in urls if url not in told(at)] == []
    assert "<script" not in body(at)


@pytest.mark.parametrize(("name", "control"), [row for row in SHOWN if row[1].named], ids=str)
def test_every_name_of_a_rule_means_another_scenario_and_is_found_again(name: str, control):
    base = lesson(name).scenario
    meant = {key: changed(base, {control.path: value}) for key, value in control.named.items()}

    assert len(set(meant.values())) == len(meant)
    assert {key: name_of(control, one) for key, one in meant.items()} == {key: key for key in meant}


def test_a_rule_that_has_no_name_here_is_the_readers_own_and_stays():
    mine = changed(lesson(SCHEDULER).scenario, {lesson(SCHEDULER).controls[0].path: [{"over": "zone", "max_skew": 3}]})
    at = page(SCHEDULER, s=mine.token())

    assert scenario(at, SCHEDULER) == mine
    assert at.selectbox(key=f"{SCHEDULER}.ask.even").value == "own"
    assert "s" in address(at)
    stands(at.selectbox(key=f"{SCHEDULER}.ask.even").set_value("zone").run())
    assert scenario(at, SCHEDULER).services[0].pods.scheduling.neighbours.spread[0].max_skew == 1


# --- where a pod goes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("what", ["even", "apart", "near", "taint", "memory", "once"])
def test_every_decision_has_its_table_and_each_struck_node_kubernetes_own_words(lang: str, what: str):
    run = tried(SCHEDULER, what)
    for at_s, task, ruling in rulings(run):
        table = points_table(run, PODS[lang], at_s, task, ruling)
        rows = re.findall(r'<tr class="(struck|wins|left)">', table)

        assert len(rows) == len(run.hosts)
        assert rows.count("struck") == sum(ruling.refused.values())
        assert rows.count("wins") == (ruling.host is not None)
        for node in range(len(run.hosts)):
            assert all(words in ruling.message or ruling.host is not None for words in ruling.words_of(node))
        assert "{" not in table


def test_points_times_weights_are_the_total():
    for _, _, ruling in rulings(show.run_of(lesson(SCHEDULER).scenario)):
        if ruling.marks and ruling.host is not None:
            counted = sum(int(one.normal[ruling.host]) * one.weight for one in ruling.marks.values())
            assert counted == ruling.total[ruling.host] == ruling.total.max()


def test_the_emptiest_node_wins_at_first_and_packing_wants_the_fullest():
    run = show.run_of(lesson(SCHEDULER).scenario)
    first = [run.kinds[ruling.host].instance_type for _, _, ruling in rulings(run)[:3]]
    kube, _, _, pack = compare_in(lesson(SCHEDULER).scenario, tuple(CHAINS.values()))

    assert first == ["m5.xlarge"] * 3
    assert (kube.hosts_used, pack.hosts_used) == (9, 4)
    assert kube.lost.max() < pack.lost.max()


def test_insisting_on_even_zones_leaves_pods_waiting_for_ever_once_a_zone_is_dead():
    even, soft = tried(SCHEDULER, "even"), show.run_of(lesson(SCHEDULER).scenario)
    last = rulings(even)[-1][2]

    assert metrics.short_at_end(soft) == 0
    assert metrics.short_at_end(even) == 4
    assert "didn't match pod topology spread constraints" in last.message


def test_anti_affinity_by_node_caps_the_pods_at_the_nodes():
    found = fullest(tried(SCHEDULER, "apart"))

    assert (found.placed, found.waiting) == (9, 3)


def test_affinity_to_ones_own_kind_puts_all_into_one_failure():
    found = fullest(tried(SCHEDULER, "near"))

    assert found.worst_loss == found.placed


def test_a_column_that_tells_no_node_from_another_is_left_out_of_the_table_beside_the_map():
    decisions = packed(show.run_of(lesson(SCHEDULER).scenario), PODS["en"])["decisions"]
    titles = [[column["title"] for column in one["columns"]] for one in decisions]

    assert all("Taints" not in one for one in titles)
    assert "Room left" in titles[0]
    assert {"Chance" in one for one in titles} == {True, False}


def test_a_decision_opens_below_the_outcome_and_another_one_can_be_chosen():
    at = page(SCHEDULER)
    assert "Pod 1 went to" not in body(at)
    at.session_state[f"{SCHEDULER}.points"] = True
    stands(at.run())
    assert "Pod 1 went to" in body(at)
    stands(at.select_slider(key=f"{SCHEDULER}.points.at").set_value(4).run())

    assert "Pod 5 went to" in body(at)


def test_the_same_pods_stand_beside_ecs_strategies():
    found = body(page(SCHEDULER))

    assert found.count('class="q-series ') == len(CHAINS)
    assert "Pods with a node" in found


# --- a new version ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("variant", lesson(ROLLOUT).variants)
def test_every_guess_gets_its_verdict(lang: str, variant: str):
    asked = lesson(ROLLOUT).guess
    run = show.run_of(changed(lesson(ROLLOUT).scenario, lesson(ROLLOUT).variants[variant]))
    found = {}
    for guess in QUESTIONS[asked.question].choices(run, PODS[lang], ROLLOUT, asked.settings):
        said = QUESTIONS[asked.question].verdict(run, PODS[lang], ROLLOUT, asked.settings, guess).text
        found[guess] = said

        assert re.match("You said|Dijiste", said), guess
        assert "{" not in said, guess
    assert len(set(found.values())) == len(found)


def test_what_gives_the_answer_away_waits_for_the_guess():
    title = Voice("en").say("kubernetes_rollout.ways.title")

    assert title not in [one.value for one in opened("kubernetes", lang="en", x=ROLLOUT).header]
    assert title in [one.value for one in page(ROLLOUT, guess="9").header]


def ways(fails: bool):
    of = lesson(ROLLOUT)
    return {name: show.run_of(only_deploy(of.scenario, of, name, fails=fails)) for name in of.variants}


def test_a_bad_version_stops_by_itself_unless_all_old_pods_stop_first():
    least = {name: rollouts.least_ready(run) for name, run in ways(fails=True).items()}

    assert least == {"default": 9, "careful": 11, "surge": 12, "recreate": 0, "ecs": 9}
    assert all(metrics.totals(run).failed == 0 for name, run in ways(fails=True).items() if name != "recreate")


def test_ready_is_not_in_service_and_who_waits_for_the_target_loses_nothing():
    failed = {name: metrics.totals(run).failed for name, run in ways(fails=False).items()}

    assert failed["ecs"] == failed["careful"] == 0
    assert 0 < failed["surge"] < failed["default"] < failed["recreate"]
    assert metrics.totals(tried(ROLLOUT, "slow")).failed == 0


def test_the_drain_waits_for_the_budget_until_somebody_goes_back():
    keys = {line.key: line for line in story.captions(show.run_of(lesson(ROLLOUT).scenario))}
    six = {line.key for line in story.captions(tried(ROLLOUT, "six"))}

    assert keys["caption.drain_held"].values["needs"] == keys["caption.drain_held"].values["has"] == "9"
    assert keys["caption.rollout_stalled"].at_s < keys["caption.drain_held"].at_s < keys["caption.rollout_undone"].at_s
    assert "caption.drain_held" not in six


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_the_prose_has_its_fact_among_the_sources(name: str):
    known = {*lesson(name).facts, *launch_type(lesson(name).scenario.launch_type).facts}
    for section, text in catalog.prose("en", name).items():
        assert {cited.split()[0] for cited in _CITED.findall(text)} <= known, section
    assert [fact for fact in lesson(name).facts if not catalog.fact(fact).says_es] == []
