"""Ahead of the page: the answer is the page's own run, and what cannot be answered is left to the page."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.requests import Request

from engine import Scenario, run
from pages.parts import ahead
from pages.parts.ahead import address
from pages.parts.lesson import lesson

AZ = lesson("az_failure").scenario


def ask(scenario: Scenario = AZ, view: str = "study", **more: str) -> tuple[int, dict]:
    """Ask as the browser does."""
    words = {
        key: found[0]
        for key, found in parse_qs(urlsplit(address("az_failure", scenario, view, "en", locked=False)).query).items()
    }
    query = "&".join(f"{key}={value}" for key, value in (words | more).items())
    answer = ahead._answer(Request({"type": "http", "method": "GET", "headers": [], "query_string": query.encode()}))
    return answer.status_code, json.loads(answer.body)


def test_the_answer_is_the_run_that_the_page_would_bring():
    code, told = ask(set="launch_type=ecs-fargate")
    on_fargate = AZ.with_("launch_type", "ecs-fargate")

    assert code == 200
    assert told["id"] == run(on_fargate).digest[:16] != run(AZ).digest[:16]
    assert {told[part]["id"] for part in ("charts", "transport")} == {told["map"]["payload"]["id"]} == {told["id"]}


def test_what_is_done_on_the_map_is_done_at_its_moment():
    act = json.dumps({"do": "fail-zone", "zone": "a", "at_s": 200.0})
    _, told = ask(act=act)
    done = AZ.acting(*Scenario.of({"operations": [json.loads(act)]}).operations)

    assert told["id"] == run(done).digest[:16]
    assert [mark["t"] for mark in told["charts"]["marks"]] == [120, 200]


def test_an_answer_says_where_its_own_successors_are():
    _, first = ask(set="launch_type=ecs-fargate")
    token = parse_qs(urlsplit(first["map"]["ahead"]).query)["s"][0]

    assert Scenario.from_token(token).launch_type == "ecs-fargate"


def test_the_stage_is_given_its_own_size_and_its_headline():
    _, told = ask(view="stage")

    assert (told["map"]["size"], told["charts"]["size"], told["transport"]["scope"]) == (
        "stage",
        "stage",
        "az_failure.stage_transport",
    )
    assert told["headline"]["id"] == told["id"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"s": "no-token"}, 422),
        ({"page": "../secrets"}, 400),
        ({"view": "attic"}, 400),
        ({"lang": "xx"}, 400),
        ({"set": "launch_type=ecs-moon"}, 422),
        ({"set": "seed"}, 422),
        ({"act": "{"}, 400),
        ({"act": "[]"}, 400),
        ({"act": '{"do":"fail-zone","zone":"a","at_s":1' + "0" * 400 + "}"}, 422),  # no such moment
        ({"act": '{"do":"fail-zone","zone":"a","at_s":"soon"}'}, 422),
        ({"act": '{"do":"fail-zone","zone":"a","at_s":[1]}'}, 422),
        ({"act": '{"do":"fail-zone","zone":"a","at_s":NaN}'}, 422),
        ({"act": "[" * 20_000}, 400),
        ({"act": '{"do":"fail-zone","zone":"z","at_s":1}'}, 422),
        ({"set": "duration_s=604800"}, 422),  # more requests than a run may have
    ],
)
def test_what_cannot_be_answered_is_left_to_the_page(words: dict[str, str], code: int):
    assert ask(**words)[0] == code


def test_a_scenario_too_long_for_an_address_goes_the_pages_own_way():
    long = AZ.with_("traffic", {"shape": "rates", "rates": [(7919 * k) % 99_991 / 100 for k in range(3_000)]})

    assert address("az_failure", long, "study", "en", locked=False) == ""
