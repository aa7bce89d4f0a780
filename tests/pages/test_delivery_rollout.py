"""The roll-out lab and its traps: both open in each language and view, guesses count once, and no link can break them."""

import re

import pytest

from engine import Scenario, catalog
from engine.traps import MOVES, TrapsAsk
from pages.parts import show
from pages.parts.delivery.percents import percents_data
from pages.parts.delivery.rollout import WAYS, only_deploy
from pages.parts.delivery.traps import PLAYED_ON, played
from pages.parts.experiment import operation
from pages.parts.lesson import changed, lesson
from pages.parts.scene import OFFERS
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, markup, opened, scenario, stands, told

TRAPS = "delivery_traps"


def traps(**words):
    return opened("delivery", **({"lang": "en", "x": TRAPS} | words))


def record(at):
    return at.session_state[f"{TRAPS}.turned.record"]


# --- does it move? ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "stage"])
@pytest.mark.parametrize("guess", ["", "0"])
def test_the_traps_open_in_each_language_and_view(lang, view, guess):
    at = traps(lang=lang, **({"view": view} if view else {}), **({"guess": guess} if guess else {}))

    assert told(at) == ""
    assert Voice(lang).say(f"{TRAPS}.title") in body(at)


def test_the_answer_is_hidden_while_the_guess_is_open_and_counts_once():
    at = traps()
    assert "ECS is stuck" not in body(at)
    stands(at.button(key=f"{TRAPS}.guess.4").click().run())

    assert "You said 4. It is 0" in body(at)
    assert address(at)["guess"] == "4"


@pytest.mark.parametrize(("words", "says"), [
    ({}, ("ECS is stuck. It moves from a maximum of 134% on, or from a minimum of 66% down.", "is 3.75, rounded down 3: 0 may start",
          "maxSurge 25% of 3 is 0.75, rounded up 1: 1 may start", "Nothing moved. All 3 tasks")),
    ({"tasks": "1", "min": "50", "max": "150"}, ("from a maximum of 200% on, or from a minimum of 0% down", "Kubernetes starts a new one first")),
    ({"tasks": "1", "min": "0", "max": "100"}, ("ECS may stop them all", "At the fewest, 0 of 1 served")),
    ({"min": "75", "max": "100"}, ("Both come to 0, so Kubernetes lets one go all the same.",)),
    ({"min": "100", "max": "100"}, ("Kubernetes does not accept two noughts", "nothing to play")),
    ({"tasks": "4", "min": "75"}, ("ECS may start and stop at once.", "Done after")),
])  # fmt: skip
def test_a_pair_of_percents_is_told_in_words_and_proved_by_a_run(words, says):
    at = traps(guess="skip", **words)

    assert told(at) == ""
    for text in says:
        assert text in body(at), text
    for name, path in (("tasks", "desired"), ("min", "min_healthy_percent"), ("max", "max_percent")):
        if name in words:
            assert getattr(record(at), path) == int(words[name])


def test_a_trap_sets_all_three_and_the_link_follows():
    at = traps(guess="skip")
    stands(at.button(key=f"{TRAPS}.trap.third").click().run())

    assert record(at) == TrapsAsk(desired=3, min_healthy_percent=67, max_percent=133)
    assert (address(at)["min"], address(at)["max"]) == ("67", "133")


def test_what_a_link_says_wrongly_is_named_and_the_rest_stands():
    at = traps(guess="skip", tasks="0", min="fifty", max="150")

    assert "tasks" in told(at)
    assert "fifty" in told(at)
    assert record(at) == TrapsAsk(max_percent=150)


def test_nothing_smuggled_becomes_markup():
    calm = markup(traps(guess="skip"))

    assert markup(traps(guess="skip", tasks=SMUGGLED, min=SMUGGLED)) == calm


def test_the_squares_are_told_with_what_they_mean():
    data = percents_data(3, 100, 125, Voice("es"))

    assert [side["whose"] for side in data["sides"]] == list(MOVES)
    assert [row[6] for row in data["sides"][0]["patches"]].count("stuck") == 1
    assert data["sides"][1]["words"]["across"] == "maxSurge, %"


@pytest.mark.parametrize("whose", MOVES)
def test_the_proof_is_as_busy_for_each_task_whatever_their_number(whose):
    base = Scenario.read(catalog.scenario_text(TRAPS))
    asked = TrapsAsk(desired=6, min_healthy_percent=50, max_percent=150)
    made = played(base, asked, whose)

    assert made is not None
    assert made.traffic.rps / 6 == base.traffic.rps / 3
    assert made.launch_type == PLAYED_ON[whose]
    assert played(base, TrapsAsk(min_healthy_percent=100, max_percent=100), "kubernetes") is None


# --- who meets a bad version? ----------------------------------------------------------------------------------------

LAB = "delivery_rollout"


def lab(**words):
    return opened("delivery", **({"lang": "en", "x": LAB} | words))


def scenario_token(**settings):
    return changed(lesson(LAB).scenario, settings).token()


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "stage", "compare"])
def test_the_lab_opens_in_each_language_and_view(lang, view):
    at = lab(lang=lang, **({"view": view} if view else {}))

    assert told(at) == ""
    assert Voice(lang).say(f"{LAB}.{'compare_title' if view == 'compare' else 'title'}") in body(at)


@pytest.mark.parametrize("launch_type", lesson(LAB).launch_types)
def test_every_launch_type_brings_it_out(launch_type):
    at = lab(guess="skip", launch_type=launch_type)

    assert told(at) == ""
    assert "The same version, every way" in "".join(one.value for one in at.header)


@pytest.mark.parametrize(("guess", "words", "says"), [
    ("never", {}, "You said it would do nothing: so it is."),
    ("early", {}, "It did nothing: every task answers its health checks"),
    ("early", {"version": "never"}, "so it did, 45"),
    ("late", {"version": "never"}, "It stopped version 2 45"),
    ("never", {"alarm": "true"}, "Here the alarm stopped version 2, 2"),
    ("never", {"version": "good"}, "There was nothing to stop here."),
    ("early", {"version": "never", "how": "blue-green"}, "You said it would stop it within a minute. It had no part in this"),
    ("never", {"launch_type": "eks-managed"}, "so it is. A Deployment has no circuit breaker"),
    ("late", {"version": "leaking"}, "The tasks that failed were too late or too few"),
])  # fmt: skip
def test_every_guess_gets_its_verdict(guess, words, says):
    at = lab(guess=guess, **words)

    assert told(at) == ""
    assert says in body(at)


def test_the_ways_and_the_breaker_wait_for_the_guess():
    at = lab()

    assert "q-every" not in re.sub(r"<style>.*?</style>", "", body(at), flags=re.DOTALL)
    stands(at.button(key=f"{LAB}.guess.never").click().run())
    assert "clamp(ceil(50% × 10), 3, 200) = 5 tasks" in body(at)
    assert body(at).count('<td class="bar">') == 2 * len(WAYS)


@pytest.mark.parametrize(("settings", "says"), [
    ({"services.web.desired": 30}, "clamp(ceil(50% × 30), 3, 200) = 15 tasks"),
    ({"services.web.deployment.breaker_type": "COUNT", "services.web.deployment.breaker_value": 7}, "7 tasks, whatever"),
    ({"services.web.deployment.breaker_type": "UNBOUNDED_PERCENT", "services.web.desired": 1}, "ceil(50% × 1), at least 1 = 1 task"),
    ({"services.web.deployment.breaker": False}, "The circuit breaker is off"),
    ({"services.web.deployment.strategy": "canary"}, "With blue/green, canary and linear it does not work"),
    ({"launch_type": "eks-managed"}, "Kubernetes has none"),
    ({"services.web.desired": 0}, "With 1 pod the smallest canary"),
    ({"services.web.desired": 3}, "With 3 pods the smallest canary gets 33% of the traffic."),
])  # fmt: skip
def test_the_sums_follow_what_is_set(settings, says):
    assert says in body(lab(guess="skip", s=scenario_token(**settings)))


def test_what_means_nothing_by_this_strategy_is_not_asked():
    def asked(at):
        return {
            one.key.removeprefix(f"{LAB}.ask.")
            for kind in (at.slider, at.toggle, at.selectbox)
            for one in kind
            if one.key
        }

    rolling, canary = asked(lab(guess="skip")), asked(lab(guess="skip", how="canary", alarm="true"))

    assert {"min", "max", "breaker", "threshold"} <= rolling
    assert not {"canary", "watch", "limit"} & rolling
    assert {"canary", "watch", "bake", "limit", "of"} <= canary
    assert not {"min", "threshold", "step"} & canary


@pytest.mark.parametrize("name", lesson(LAB).tries)
def test_everything_to_try_stands_and_can_be_said(name):
    at = lab(guess="skip")
    stands(at.button(key=f"{LAB}.try.{name}").click().run())

    assert told(at) == ""
    assert scenario(at, LAB) != lesson(LAB).scenario


def test_a_version_is_brought_out_and_taken_back_at_the_playhead():
    base = lesson(LAB).scenario
    run_ = show.run_of(base)
    offers = OFFERS["version"](run_, Voice("en"))

    assert [one["act"]["do"] for one in offers] == ["deploy", "undo-deploy"]
    back = base.acting(operation({"do": "undo-deploy", "at_s": 200.0}, lesson(LAB)))
    assert (back.operations[-1].do, back.operations[-1].undo) == ("deploy", True)
    bad = base.acting(operation({"do": "deploy-bad", "at_s": 200.0}, lesson(LAB)))
    assert bad.operations[-1].errors == 0.2
    assert [one["act"]["do"] for one in OFFERS["version"](show.run_of(back), Voice("en"))][-1] == "deploy"


def test_a_link_carries_the_version_and_the_way():
    at = lab(guess="skip", version="leaking", how="linear", alarm="true")
    words = address(at)

    assert scenario(at, LAB).operations[0].leak_mib == 0.2
    assert (words["how"], words["alarm"]) == ("linear", "true")
    assert "do" in words


def test_the_ways_are_the_services_own_whatever_the_operation_asks():
    asked = {"at_s": 60, "do": "deploy", "errors": 0.2, "deployment": {"strategy": "blue-green"}}
    kept = only_deploy(
        changed(lesson(LAB).scenario, {"operations": [asked, {"at_s": 90, "do": "fail-zone", "zone": "b"}]})
    )

    assert [(one.do, one.deployment) for one in kept.operations] == [("deploy", None)]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_way_can_stand_beside_the_others(lang):
    names = list(lesson(LAB).variants)
    for four in (names[:4], names[4:8], names[8:]):
        at = lab(lang=lang, view="compare", compare=".".join(four))

        assert told(at) == ""
        for name in four:
            assert Voice(lang).say(f"{LAB}.variant.{name}") in body(at)
