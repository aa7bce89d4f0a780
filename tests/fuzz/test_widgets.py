"""What a forged page says of its widgets, over a real server's socket: nothing of it breaks the page, and the tool would notice."""

import asyncio
from random import Random

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.browser.the_app import ROOT, serving
from tests.fuzz import widgets
from tests.fuzz.widgets import KIND, forged, fuzz
from tests.load.protocol import BrokenError, Browser

INPUTS = 200


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("widgets")
    with serving(ROOT / "app.py", folder / "log.txt", data=folder / "data") as up:
        yield up


def test_hundreds_of_forged_values_leave_every_page_standing(server):
    told = asyncio.run(fuzz(server, INPUTS, 2))

    assert [f"{one.what} at {one.where} by {one.given}" for one in told.findings] == []
    assert told.counts[KIND, "taken"] == INPUTS


def test_what_a_real_browser_sends_is_still_taken(server):
    async def turned():
        browser = Browser(int(server.url.rpartition(":")[2]))
        try:
            await browser.open("az_failure", lang="en", guess="skip")
            kinds = {name.partition("-az_failure.")[2]: name for name in browser.widgets}
            await browser.turn(kinds["assumed"], bool_value=True)
            kinds = {name.partition("-az_failure.")[2]: name for name in browser.widgets}
            await browser.turn(kinds["ask.status_checks"], int_value=4)  # a box for whole numbers
            await browser.turn(kinds["ask.exit_s"], double_value=3.5)
            await browser.turn(kinds["ask.families"], string_array_value=["m5"])
            await browser.turn(kinds["ask.rps"], double_array_value=[300.0])
            await browser.turn(kinds["ask.silent_replaced"], bool_value=True)
            query = browser.query
            await browser.forge(WidgetState(id=kinds["ask.rps"], double_array_value={"data": [float("nan")]}))
            return query, browser.query
        finally:
            await browser.close()

    first, after = asyncio.run(turned())

    assert "rps=300" in first
    assert "s=" in first  # the rest is said in the whole scenario
    assert after == first  # what is no number changed nothing


def test_no_visitor_clears_everybodys_cache_nor_their_own_answers(server):
    async def cleared():
        browser = Browser(int(server.url.rpartition(":")[2]))
        try:
            await browser.open("az_failure", lang="en", guess="30")
            await browser.ask_to_clear_the_cache()
            await browser.still_answers()
            return browser.query
        finally:
            await browser.close()

    assert "guess=30" in asyncio.run(cleared())
    assert "clear everybody's cache; it was kept" in server.log.read_text(encoding="utf-8")


def test_the_same_seed_forges_the_same(monkeypatch):
    on_page = {"$$ID-a-x": ("slider", None), "$$ID-b-y": ("bidi_component", None)}
    one, other = ([forged(Random(f"3/{n}"), on_page, []) for n in range(200)] for _ in range(2))

    assert [[str(state) for state in some] for some in one] == [[str(state) for state in some] for some in other]
    assert len({state.WhichOneof("value") for some in one for state in some}) > 12
    monkeypatch.setattr(widgets, "_word", lambda _: "another")
    assert [str(some) for some in (forged(Random(f"3/{n}"), on_page, []) for n in range(200))] != [
        str(some) for some in one
    ]


def test_a_page_that_breaks_is_a_finding(server, monkeypatch):
    async def broken(self, *_states):
        raise BrokenError(self.page)

    monkeypatch.setattr(Browser, "forge", broken)
    told = asyncio.run(fuzz(server, 2, 1))

    assert told.counts[KIND, "found"] == 2
    assert {one.what.partition(":")[0] for one in told.findings} == {"BrokenError"}
