"""The chapter "What do the four promises cost?": every experiment opens in both languages and views, and no link can break it."""

import re

import pytest

from engine import catalog, reading
from engine.serverless import Kind, Pipeline, run
from engine.serverless.breakeven import Dials, crossing
from engine.serverless.outcome import FATES
from pages.parts.fields import field_of
from pages.parts.lesson import controls
from pages.parts.serverless.flow import WORDS, flow_picture
from pages.parts.serverless.payload import SAID, marks, payload, spans, told
from pages.parts.serverless.piped import begun
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, markup, opened, stands
from tests.pages.the_page import told as notices

EXPERIMENTS = ("serverless", "serverless_dials")
GUESSES = {"serverless": ("0", "10", "60", "180"), "serverless_dials": ("0", "0.2", "0.4", "0.6", "0.8")}
TRIES = catalog.lesson("serverless")["try"]


def record(at, name="serverless"):
    return at.session_state[f"{name}.turned.record"]


def done(*acts):
    return reading.token({"do": list(acts)})


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "stage"])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_opens_in_each_language_and_view(name, view, lang):
    at = opened("serverless", lang=lang, x=name, **({"view": view} if view else {}))

    assert notices(at) == ""
    assert address(at)["lang"] == lang
    assert Voice(lang).say(f"{name}.title") in body(at)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_guess_has_its_verdict_and_only_one_of_them_is_right(name):
    verdicts = {}
    for guess in GUESSES[name]:
        said = re.findall(
            r'<p class="q-verdict">(You said [^<]*)</p>', body(opened("serverless", lang="en", x=name, guess=guess))
        )
        assert len(said) == 1, guess
        verdicts[guess] = said[0]

    assert len([guess for guess, said in verdicts.items() if "well judged" in said]) == 1


def test_a_guess_opens_the_accounts_and_the_explanation():
    at = opened("serverless", lang="es")
    assert "q-own q-zones" not in body(at)
    stands(at.button(key="serverless.guess.60").click().run())

    assert address(at)["guess"] == "60"
    assert "Dijiste" in body(at)
    assert "q-own q-zones" in body(at)
    assert "q-own q-bill" in body(at)


@pytest.mark.parametrize("record_", [Pipeline, Dials], ids=["pipeline", "dials"])
def test_every_control_says_what_its_field_says(record_):
    name = "serverless" if record_ is Pipeline else "serverless_dials"
    english = catalog.texts("en")
    for control in controls(catalog.lesson(name)["ask"]):
        holder, field = field_of(record_, control.path)

        assert english[f"ask.{holder}.{control.path.rsplit('.', 1)[-1]}.help"] == field.description


# --- what is done, what is turned ------------------------------------------------------------------------------------


def test_a_link_holds_what_was_done_and_undo_takes_it_back():
    act = {"do": "break-box", "at_s": 4.5, "box": "table"}
    at = opened("serverless", lang="en", guess="skip", visibility="5", do=done(act))

    assert record(at).service("orders").visibility_s == 5
    assert [o.do for o in record(at).operations] == ["break-box"]
    assert reading.untoken(address(at)["do"])["do"][0]["box"] == "table"
    stands(at.button(key="serverless.reset").click().run())
    assert record(at) == begun()
    assert "do" not in address(at)
    stands(at.button(key="serverless.undo").click().run())
    assert record(at).service("orders").visibility_s == 5


TROUBLES = {Kind.REFUSING_BEGAN, Kind.DEAD, Kind.LOST, Kind.VISIBLE_AGAIN, Kind.ZONE_LOST}


def test_every_breakage_breaks_something_that_was_well():
    kinds = {what: {Kind(int(kind)) for kind in run(begun(settings)).kind} for what, settings in TRIES.items()}

    assert all(found & TROUBLES for found in kinds.values()), kinds
    assert not {Kind(int(kind)) for kind in run(begun()).kind} & TROUBLES


@pytest.mark.parametrize("what", ["visibility", "unread"])
def test_a_breakage_is_one_click_away_and_its_link_brings_it_back(what):
    at = opened("serverless", lang="en", guess="skip")
    stands(at.button(key=f"serverless.try.{what}").click().run())

    assert record(at) == begun(TRIES[what])
    assert opened("serverless", **address(at)).session_state["serverless.turned.record"] == record(at)


@pytest.mark.parametrize("plan", catalog.lesson("serverless")["plans"][1:])
def test_the_shop_can_be_wired_in_other_ways_under_the_same_rush(plan):
    at = opened("serverless", lang="en", guess="180")
    stands(at.segmented_control(key="serverless.plan").set_value(plan).run())

    made = record(at)
    assert made.names == Pipeline.named(plan).names
    assert made.operations == begun().operations
    assert made.traffic == begun().traffic
    assert opened("serverless", **address(at)).session_state["serverless.turned.record"] == made
    assert at.segmented_control(key="serverless.plan").value == plan


def test_other_boxes_make_the_link_say_the_whole():
    whole = begun().model_dump(mode="json")
    at_ = [service["name"] for service in whole["services"]].index("worker")
    whole["services"][at_] = {"kind": "lambda-function", "name": "worker", "to": ["table", "fulfil"]}
    own = Pipeline.of(whole)
    at = opened("serverless", lang="en", guess="skip", s=own.token())

    assert record(at) == own
    assert address(at)["s"] == own.token()
    assert notices(at) == ""
    assert opened("serverless", **address(at)).session_state["serverless.turned.record"] == own


def test_a_dial_moves_with_the_time_machine():
    today, talk = (
        body(opened("serverless", lang="en", x="serverless_dials", guess="skip", era=era)) for era in ("today", "talk")
    )

    for dial, both in (("lambda_fargate", True), ("fargate_ec2", True), ("table", False)):
        share = f"<strong>{Voice('en').percent(crossing(Dials(), dial).even, 0)}</strong>"
        assert share in today
        assert (share in talk) == both
    assert "<strong>14%</strong>" in talk


def test_a_function_too_small_to_be_dear_is_said_so():
    html = body(opened("serverless", lang="en", x="serverless_dials", guess="skip", memory="128"))

    assert Voice("en").say("serverless_dials.lambda_fargate.never") in html


# --- what a link cannot mean -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "words"), [
    ("serverless", {"visibility": "0"}),
    ("serverless", {"burst": "0"}),
    ("serverless", {"orders": "many"}),
    ("serverless", {"dlq": "perhaps"}),
    ("serverless", {"zones": "5"}),
    ("serverless", {"guess": "zzz"}),
    ("serverless_dials", {"host": "m5.gigantic"}),
    ("serverless_dials", {"memory": "-1"}),
    ("serverless_dials", {"guess": "zzz"}),
])  # fmt: skip
def test_what_a_link_cannot_mean_is_set_aside_and_named(name, words):
    at = opened("serverless", lang="en", x=name, **words)

    assert next(iter(words)) in notices(at)
    assert "<script" not in body(at)


@pytest.mark.parametrize("words", [
    {"do": "1zzzz"}, {"do": done({"do": "explode", "at_s": 1})}, {"do": done({"do": "redrive", "at_s": 1, "box": "api"})},
    {"do": SMUGGLED}, {"s": "1zzzz"}, {"s": reading.token({"services": [{"kind": "sqs-queue", "name": "a"}]})},
])  # fmt: skip
def test_what_was_done_may_be_nonsense_too(words):
    at = opened("serverless", lang="en", guess="skip", **words)

    assert notices(at)
    assert record(at) == begun()


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_nothing_in_a_link_becomes_markup(name):
    plain = opened("serverless", lang="en", x=name, guess="skip")
    words = ("orders", "visibility", "mode", "era", "seed", "memory", "host", "do", "s")
    at = opened("serverless", x=name, guess="skip", lang="en", **dict.fromkeys(words, SMUGGLED))

    assert markup(at) <= markup(plain)
    for kind in (at.markdown, at.warning, at.error, at.info):
        assert [one.value for one in kind if re.search(r"(?<!\\)<\w", one.value)] == []


# --- what the picture is given -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
def test_everything_that_can_happen_is_said(lang):
    speaker, seen = Voice(lang), set()
    for settings in TRIES.values():
        flow = run(begun(settings))
        seen |= {Kind(int(kind)) for kind in flow.kind}
        assert all("{" not in event["text"] for event in told(flow, speaker))
        assert [mark["op"] for mark in marks(flow, speaker)] == sorted(range(len(flow.pipeline.operations)))

    assert set(SAID) == set(Kind)
    assert len(seen) > 15
    words = speaker.table("flow")
    assert set(WORDS) <= set(words)


def test_columns_come_packed_and_states_as_spans():
    flow = run(begun({"operations": [
        {"do": "break-box", "box": "table", "at_s": 20, "for_s": 30}, {"do": "pause-box", "box": "ledger", "at_s": 60},
    ]}))  # fmt: skip
    data = payload(flow, Voice("en"))

    assert ["table", "broken", 20.0, 50.0] in spans(flow)
    assert [box for box, state, *_ in spans(flow) if state == "asleep"] == ["ledger"]
    queue = next(box for box in data["boxes"] if box["name"] == "orders")
    assert queue["columns"]["offered"][0] in "hi"
    assert queue["columns"]["dead"] == ""
    assert len(str(data)) < 250_000


def test_a_picture_without_its_words_is_our_own_mistake():
    data = payload(run(begun()), Voice("en"))
    with pytest.raises(KeyError, match=re.escape("box.waiting")):
        flow_picture({**data, "words": {k: v for k, v in data["words"].items() if k != "box.waiting"}}, key="x")


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_lost_zone_is_explained_for_every_box_whatever_the_zone(lang):
    html = body(opened("serverless", lang=lang, guess="skip", zones="1", replicas="0"))

    rows = re.findall(r'<tr class="(\w+)"><th scope="row">(\w+)<span>', html)
    assert {name for _, name in rows} == set(begun().names)
    assert {fate for fate, _ in rows} <= set(FATES)
    assert {name for fate, name in rows if fate == "you"} == {"worker", "ledger"}
