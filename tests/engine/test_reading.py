"""Reading: every problem at once, each with its path, what came and what is allowed; and nothing a visitor types hurts."""

import base64
import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from engine import Scenario, ScenarioError, reading
from engine.delivery import Organisation
from tests.in_time import within


def problems(given_):
    with pytest.raises(ScenarioError) as refused:
        Scenario.read(given_) if isinstance(given_, str) else Scenario.of(given_)
    return {problem.path: problem for problem in refused.value.problems}


def refusal(read, given_):
    """Give the problems, or none: anything but a ScenarioError is a bug."""
    try:
        read(given_)
    except ScenarioError as error:
        return error.problems
    return None


def test_everything_that_is_wrong_is_said_at_once():
    found = problems("""
        seed: -1
        zones: 2
        speed: fast
        duration_s: 300
        traffic: {rps: lots, shap: steady}
        services:
        - {name: web, cpu_units: 0}
        - {name: api, timeout: 3}
        operations:
        - {do: fail-zone, zone: c, at_s: 10}
        - {do: fail-zone, zone: a, at_s: 400}
        - {do: explode, at_s: 1}
        - {do: stop-task, at_s: 1}
    """)

    assert set(found) == {
        "seed", "speed", "traffic.rps", "traffic.shap", "services.0.cpu_units", "services.1.timeout", "operations.0.zone",
        "operations.1.at_s", "operations.2", "operations.3.task",
    }  # fmt: skip


def test_each_problem_says_where_what_came_and_what_is_allowed():
    found = problems({"traffic": {"rps": -5}, "launch_type": "app-runner", "sed": 1, "services": [{"grace_s": "long"}]})

    assert (found["traffic.rps"].came, found["traffic.rps"].allowed) == ("-5", "0 to 100,000 req/s")
    assert "ecs-fargate" in found["launch_type"].allowed
    assert found["launch_type"].came == "'app-runner'"
    assert "seed" in found["sed"].allowed
    assert (found["services.0.grace_s"].came, found["services.0.grace_s"].allowed) == ("'long'", "0 to 7,200 s")
    assert all(problem.message for problem in found.values())


def test_a_missing_value_is_asked_for():
    found = problems({"operations": [{"do": "fail-zone", "zone": "a"}]})

    assert (found["operations.0.at_s"].came, found["operations.0.at_s"].allowed) == ("nothing", "a value")


def test_a_problem_in_a_list_does_not_shift_the_paths_of_the_others():
    """A bad operation stands before one that comes too late: the second problem still names the second operation."""
    found = problems(
        {"operations": [{"do": "fail-zone", "zone": "z", "at_s": 1}, {"do": "fail-zone", "zone": "a", "at_s": 999}]}
    )

    assert set(found) == {"operations.0.zone", "operations.1.at_s"}


def test_what_came_is_shown_short():
    found = problems({"name": "x" * 100_000, "launch_type": "y" * 100_000})

    assert all(len(problem.came) <= 60 for problem in found.values())
    assert all(len(str(problem)) < 1_000 for problem in found.values())


# --- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "says"), [
    ("", "mapping"), ("3", "mapping"), ("- a\n- b", "mapping"), ("null", "mapping"), ('"text"', "mapping"),
    ("seed: 1\nseed: 2", "twice"), ('{"seed": 1, "seed": 2}', "twice"), ("traffic: {rps: 1, rps: 2}", "twice"),
    ("seed: [1", "line"), ("seed: 1\n\tzones: 2", "line"), ("seed: *x", "alias"), ("a: &a 1\nb: *a", "alias"),
    ("!!python/object/apply:os.system [ls]", "read"), ("seed: !!python/name:os.system", "read"), ("\x00", "read"),
    ("--- {}\n--- {}", "read"), ("seed: .nan", "seed"), ("seed: .inf", "seed"), ("duration_s: .inf", "duration_s"),
    ("traffic: {rps: .nan}", "traffic.rps"), ("traffic: {rates: [.nan], shape: rates}", "rates"), ("seed: 1e400", "seed"),
    ("? [a, b]\n: 1", "read"), ("? {a: b}\n: 1", "read"), ("1: 2", "1"), ("2020-01-01: 2", ""),
    ("seed: 2020-13-45", ""), ("seed: 0x", ""), ("seed: 1:99:99", ""), ("? \n: 1", ""), ("=: 1", ""), ("name: =", ""),
    ("name: 2020-01-01", "name"), ("name: !!binary zzz", ""), ("name: !!timestamp x", ""), ("seed: !!int x", ""), ("seed: !!float x", ""),
    ("name: !!set {a, b}", ""), ("services: !!omap [a: 1]", ""), ("!!set {seed}", ""), ("\ud800", ""), ('name: "\\ud800"', ""),
], ids=repr)  # fmt: skip
def test_bad_text_is_refused_in_one_sentence(text, says):
    with pytest.raises(ScenarioError) as refused:
        Scenario.read(text)

    assert says in str(refused.value)


def test_numbers_of_thousands_of_digits_are_refused():
    for text in (
        "seed: " + "9" * 5_000,
        '{"seed": ' + "9" * 5_000 + "}",
        "seed: 0x" + "f" * 9_000,
        "seed: 1" + ":59" * 3_000,
    ):
        with pytest.raises(ScenarioError):
            Scenario.read(text)


@pytest.mark.parametrize("text", [
    "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
    "[" * 50_000, "{a: " * 20_000, "- " * 30_000 + "a", "x" * 2_000_001, "seed: " + "(" * 100_000,
    "? " * 20_000, "'" + "a" * 1_900_000, json.dumps({"operations": [{"do": "fail-zone", "zone": "a", "at_s": -1}] * 500}),
    json.dumps({f"k{n}": n for n in range(20_000)}),
], ids=["aliases", "lists", "maps", "dashes", "long", "parens", "questions", "quote", "500 problems", "20,000 keys"])  # fmt: skip
def test_a_bomb_is_refused_quickly(text):
    with within(5), pytest.raises(ScenarioError):
        Scenario.read(text)


@settings(max_examples=300)
@given(st.text(max_size=60) | st.text("seed:{}[],&*!|>-?'\" \n\t0a.#%@=", max_size=60))
def test_any_text_gives_a_scenario_or_a_scenario_error(text):
    assert refusal(Scenario.read, text) != ()


KEYS = st.sampled_from(
    ["seed", "services", "traffic", "operations", "do", "zone", "at_s", "rates", "fleet", "name", "scaling", "zones"]
)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["web", "fail-zone", "a", "rates", ""]) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=4),
    max_leaves=15,
)  # fmt: skip


@settings(max_examples=300)
@given(TREES)
def test_any_tree_gives_a_scenario_or_a_scenario_error(tree):
    assert all(problem.path and problem.message for problem in refusal(Scenario.of, tree) or ())


# --- links -----------------------------------------------------------------------------------------------------------


def packed(text, version="1"):
    return version + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


@pytest.mark.parametrize("token", [
    "", "1", "1!", "2" + Scenario().token()[1:], Scenario().token()[:-3], Scenario().token() + "AAAA", packed("[]"), packed("3"),
    packed("{"), packed('{"seed": NaN}'), packed('{"seed": 1e999}'), packed('{"duration_s": Infinity}'), packed("[" * 100_000), "1" + "A" * 300_000, "é", "1é",
    "1" + Scenario().token(), packed('{"seed": 1}')[:-1] + "=", packed('{"seed": ' + "9" * 5_000 + "}"), "1\n", "1 " + Scenario().token()[1:],
    "1" + base64.urlsafe_b64encode(zlib.compress(b"\xff\xfe")).decode(),
    packed('{"name": "\\ud800"}'),
], ids=range(23))  # fmt: skip
def test_a_damaged_link_is_refused(token):
    with pytest.raises(ScenarioError):
        Scenario.from_token(token)


def test_a_link_that_unfolds_to_gigabytes_is_refused_before_it_does():
    bomb = "1" + base64.urlsafe_b64encode(zlib.compress(b'{"name": "' + b"a" * 50_000_000 + b'"}', 9)).decode().rstrip(
        "="
    )
    with within(1), pytest.raises(ScenarioError, match="damaged"):
        Scenario.from_token(bomb)


@settings(max_examples=300)
@given(
    st.text(max_size=60)
    | st.binary(max_size=40).map(lambda b: "1" + base64.urlsafe_b64encode(b).decode())
    | TREES.map(lambda t: packed(json.dumps(t)))
)
def test_any_word_gives_a_scenario_or_a_scenario_error(word):
    assert refusal(Scenario.from_token, word) != ()


@given(st.integers(0, 600), st.characters(codec="ascii"))
def test_one_letter_changed_in_a_link_is_another_scenario_or_none(place, letter):
    token = Scenario(seed=77).token()
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    try:
        read = Scenario.from_token(changed)
    except ScenarioError:
        return
    assert read == Scenario(
        seed=77
    )  # zlib's checksum lets nothing else through: only bits that carry nothing may differ


@pytest.mark.parametrize("given_", [{"\ud8a5": []}, {"seed": "x", "\udee1": 1}, {"fleet": {"\ud800": 1}, "seed": -1}])
def test_a_name_that_is_half_a_sign_is_refused_as_any_other_mistake(given_):
    found = problems(given_)

    assert found
    assert all(str(problem).encode() for problem in found.values())  # it can be shown and logged


@pytest.mark.parametrize(
    "text", ["seed: !!int \n", "seed: !!float ''", "name: !!timestamp x", "seed: !!int '-'", "seed: !!int ':'"]
)
def test_a_tag_over_nothing_is_text_that_cannot_be_read(text):
    assert refusal(Scenario.read, text)
    assert refusal(Organisation.read, text)
    assert reading.marks(text) is not None


@pytest.mark.parametrize(
    "given_",
    [{"launch_type": "\ud800"}, {"operations": [{"do": "\udee1"}]}, {"services": [{"constraints": ["\ud800"]}]}],
)
def test_half_a_sign_in_a_value_is_refused_in_a_file_and_in_a_link(given_):
    assert refusal(Scenario.of, given_)
    assert refusal(Scenario.read, json.dumps(given_))
    assert refusal(Scenario.from_token, reading.token(given_))


def test_a_bound_on_one_side_is_told_on_that_side():
    class Held(BaseModel):
        low: float = Field(1, ge=2_000)
        high: float = Field(1, lt=3_000)

    with pytest.raises(ValidationError) as refused:
        Held.model_validate({"low": "x", "high": "y"})
    assert [one.allowed for one in reading.explained(refused.value, Held)] == ["2,000 or more", "below 3,000"]
