"""The chapter "Why three?": every experiment opens in both languages and views, and no link can break it."""

import re

import pytest

from engine import reading
from engine.consensus import Consensus, Kind, run
from engine.consensus.replacing import Replacing
from engine.errors import ScenarioError
from pages.parts.control_plane.payload import SAID, marks, payload, told
from pages.parts.control_plane.raft import outcome_of
from pages.parts.control_plane.store import store
from pages.parts.control_plane.store.words import WORDS
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, markup, opened, stands
from tests.pages.the_page import told as notices

ROOMS = ("control_plane", "control_plane_why", "control_plane_who")
EXPERIMENTS = (*ROOMS, "control_plane_outage")
GUESSES = {
    "control_plane": ("on", "pause", "stop"),
    "control_plane_why": ("add_first", "remove_first", "both", "neither"),
    "control_plane_who": ("yours", "aws", "same"),
    "control_plane_outage": ("0", "60", "300", "600"),
}


def html(at):
    return "".join(one.proto.body for one in at.get("html"))


def record(at, name="control_plane"):
    return at.session_state[f"{name}.turned.record"]


def done(*acts):
    return reading.token({"do": list(acts)})


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "stage", "compare"])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_opens_in_each_language_and_view(name, view, lang):
    at = opened("control_plane", lang=lang, x=name, **({"view": view} if view else {}))

    assert notices(at) == ""
    assert address(at)["lang"] == lang
    title = "compare_title" if view == "compare" and name in ("control_plane", "control_plane_outage") else "title"
    assert Voice(lang).say(f"{name}.{title}") in html(at)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_guess_has_its_verdict_and_only_one_of_them_is_right(name):
    verdicts = {}
    for guess in GUESSES[name]:
        at = opened("control_plane", lang="en", x=name, guess=guess)
        verdicts[guess] = re.findall(r'<p class="q-verdict">(You said [^<]*)</p>', html(at))
        assert len(verdicts[guess]) == 1, guess
    right = [
        guess
        for guess, said in verdicts.items()
        if "well judged" in said[0] or "that is it" in said[0] or "so it is" in said[0]
    ]

    assert len(right) == 1


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_guess_opens_what_was_hidden(name):
    at = opened("control_plane", lang="es", x=name)
    first = GUESSES[name][0]
    assert 'class="q-verdict"' not in html(at) or name == "control_plane_why"  # the two tables stand above the question
    stands(at.button(key=f"{name}.guess.{first}").click().run())

    assert address(at)["guess"] == first
    assert "Dijiste" in html(at)


# --- what is done, what is turned ------------------------------------------------------------------------------------


def test_a_link_holds_what_was_done_and_undo_takes_it_back():
    act = {"do": "kill-member", "at_s": 4.5, "member": 3}
    at = opened("control_plane", lang="en", guess="skip", places="aabbc", do=done(act))

    assert record(at).places == "aabbc"
    assert [o.do for o in record(at).operations] == ["kill-member"]
    assert reading.untoken(address(at)["do"])["do"][0]["member"] == 3
    stands(at.button(key="control_plane.reset").click().run())
    assert record(at).places == "aab"
    assert "do" not in address(at)
    stands(at.button(key="control_plane.undo").click().run())
    assert record(at).places == "aabbc"


def test_members_are_put_where_one_likes():
    at = opened("control_plane", lang="en", guess="skip")
    stands(at.number_input(key="control_plane.place.c").set_value(2).run())
    assert record(at).places == "aabcc"
    stands(at.number_input(key="control_plane.place.a").set_value(0).run())

    assert record(at).places == "bcc"
    assert address(at)["places"] == "bcc"
    assert at.number_input(key="control_plane.place.b").max == 5  # seven at most


def test_what_to_try_changes_the_store_and_the_link():
    at = opened("control_plane", lang="en", guess="skip")
    stands(at.button(key="control_plane.try.partition").click().run())

    assert [o.do for o in record(at).operations] == ["cut-zone", "heal-zone"]
    assert address(at)["places"] == "abc"
    assert opened("control_plane", **address(at)).session_state["control_plane.turned.record"] == record(at)


def test_the_check_of_etcd_turns_the_end_of_writing_into_a_refusal():
    loose, strict = (
        html(opened("control_plane", lang="en", x="control_plane_why", guess="skip", strict=word))
        for word in ("false", "true")
    )
    words = Voice("en").table("control_plane_why.fate")

    assert words["stop"] in loose
    assert words["stop"] not in strict
    assert words["refused"] in strict


def test_two_zones_are_called_a_trap_and_three_are_not():
    say = Voice("en").say
    trap, safe = (
        html(opened("control_plane", lang="en", x="control_plane_why", guess="skip", places=places))
        for places in ("aabb", "abc")
    )

    assert say("control_plane_why.zones.trap") in trap
    assert say("control_plane_why.zones.safe") in safe


def test_the_bill_follows_the_machines():
    small, large = (
        re.findall(
            r"\$[\d,]+", html(opened("control_plane", lang="en", x="control_plane_who", guess="skip", type=kind))
        )
        for kind in ("t3.medium", "m5.xlarge")
    )

    assert small[0] == "$91"
    assert large[0] == "$421"
    assert "$73" in small
    assert "$73" in large


# --- what a link cannot mean -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "words"), [
    ("control_plane", {"places": "xyz"}),
    ("control_plane", {"election": "100"}),
    ("control_plane", {"disk": "-3"}),
    ("control_plane", {"pre_vote": "perhaps"}),
    ("control_plane_why", {"places": SMUGGLED}),
    ("control_plane_who", {"kills": "everything"}),
    ("control_plane_who", {"type": "m5.gigantic"}),
    ("control_plane_outage", {"members": "a-b", "guess": "skip"}),
    ("control_plane_outage", {"guess": "zzz"}),
    ("control_plane_why", {"guess": "zzz"}),
    ("control_plane_who", {"guess": "zzz"}),
])  # fmt: skip
def test_what_a_link_cannot_mean_is_set_aside_and_named(name, words):
    at = opened("control_plane", lang="en", x=name, **words)

    assert next(iter(words)) in notices(at)
    assert "<script" not in html(at)


@pytest.mark.parametrize(
    "word", ["1zzzz", done({"do": "explode", "at_s": 1}), done({"do": "kill-leader", "at_s": 99}), SMUGGLED]
)
def test_what_was_done_may_be_nonsense_too(word):
    at = opened("control_plane", lang="en", guess="skip", do=word)

    assert notices(at)
    assert record(at).operations == Consensus.of({"places": "aab", "duration_s": 30, "operations": [
        {"at_s": 8, "do": "fail-zone", "zone": "a"}]}).operations  # fmt: skip


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_nothing_in_a_link_becomes_markup(name):
    plain = opened("control_plane", lang="en", x=name, guess="skip")
    words = ("places", "election", "strict", "starts", "seed", "kills", "type", "members", "do", "s", "launch_type")
    at = opened("control_plane", x=name, guess="skip", lang="en", **dict.fromkeys(words, SMUGGLED))

    assert markup(at) <= markup(plain)
    for kind in (at.markdown, at.warning, at.error, at.info):
        assert [one.value for one in kind if re.search(r"(?<!\\)<\w", one.value)] == []


# --- what the picture is given ---------------------------------------------------------------------------------------


def played(*acts, **settings):
    return run(Consensus.of({"duration_s": 40, "operations": list(acts), **settings}))


def test_a_lost_zone_is_told_with_its_cause_and_then_the_number():
    trap = told(played({"at_s": 8, "do": "fail-zone", "zone": "a"}, places="aab"), Voice("en"))
    well = told(played({"at_s": 8, "do": "fail-zone", "zone": "a"}, places="aabbc"), Voice("en"))

    assert next(e["text"] for e in trap if e["t"] == 8) == (
        "Zone a loses its power: its members are dead. 1 of 3 members left, 2 needed: nobody can write."
    )
    assert next(e["text"] for e in well if e["t"] == 8).endswith("writing goes on.")


@pytest.mark.parametrize("lang", ["en", "es"])
def test_everything_that_can_happen_has_its_sentence(lang):
    acts = [
        {"at_s": 3, "do": "cut-link", "member": 1, "other": 2}, {"at_s": 5, "do": "heal-link", "member": 1, "other": 2},
        {"at_s": 6, "do": "cut-zone", "zone": "a"}, {"at_s": 9, "do": "heal-zone", "zone": "a"},
        {"at_s": 10, "do": "fail-zone", "zone": "b"}, {"at_s": 12, "do": "restore-zone", "zone": "b"},
        {"at_s": 14, "do": "add-member", "zone": "a"}, {"at_s": 20, "do": "remove-member", "member": 1},
        {"at_s": 24, "do": "kill-leader"}, {"at_s": 28, "do": "add-member", "zone": "a"}, {"at_s": 30, "do": "heal-zone", "zone": "c"},
    ]  # fmt: skip
    courses = [played(*acts), played(*acts, strict=False, seed=3), played(*acts, pre_vote=False, disk_ms=900)]
    kinds = {Kind(int(kind)) for course in courses for kind in course.kind}

    assert set(SAID) - kinds <= {Kind.CHANGE_TIMED_OUT}
    for course in courses:
        data = payload(course, Voice(lang))
        assert [e["t"] for e in data["events"]] == sorted(e["t"] for e in data["events"])
        assert len(marks(course, Voice(lang))) >= len(acts)


def test_the_picture_refuses_to_be_without_a_word():
    data = payload(played(), Voice("en"))
    assert set(WORDS) <= set(data["words"])
    with pytest.raises(KeyError, match="lacks label"):
        store({**data, "words": {k: v for k, v in data["words"].items() if k != "label"}}, key="x")


def test_what_becomes_of_writing_is_one_of_three():
    dead = {"at_s": 8, "do": "fail-zone", "zone": "a"}
    old = played().leaders[0].who

    assert outcome_of(played(dead, places="aab")) == "stop"
    assert outcome_of(played({"at_s": 8, "do": "kill-leader"})) == "pause"
    assert outcome_of(played({"at_s": 8, "do": "kill-member", "member": old % 3 + 1})) == "on"


def test_places_are_what_the_table_knows():
    with pytest.raises(ScenarioError, match="places"):
        Consensus.of({"places": "abz"})
    assert Replacing().places == "aab"
