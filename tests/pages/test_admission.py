"""Admission on a page: who waits sees the place in line, in their language, and loses nothing."""

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import StopException

from engine.admission import Line
from pages.parts import admission, ahead
from pages.parts.lesson import lesson
from tests.engine.a_line import Held, seeded, until
from tests.pages.the_page import address, body, opened, scenario, stands, told

TASKS = 300  # more than are played at once


@pytest.fixture
def held(monkeypatch):
    """An open line whose player waits until it is let."""
    player = Held()
    line = Line(lambda: player, lambda run: admission._shelf(run.scenario, lambda: run))
    monkeypatch.setattr(admission._Office, "line", line)
    monkeypatch.setattr(admission, "TICK_S", 0.05)
    admission._shelf.clear()
    yield line, player
    player.free.set()
    line.close()


@pytest.fixture
def heard(monkeypatch, held):
    """What the page says while it waits. Once it has said something three times, the run is let go."""
    texts, own = [], DeltaGenerator.progress

    def listen(self, value, text=None, **settings):
        texts.append(text)
        if len(texts) == 3:
            held[1].free.set()
        return own(self, value, text, **settings)

    monkeypatch.setattr(DeltaGenerator, "progress", listen)
    return texts


def heavy(seed=1):
    return lesson("az_failure").scenario.with_("services.web.desired", TASKS).with_("seed", seed)


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "You are third in line; about "), ("es", "Vas en tercer lugar de la fila; unos "),
])  # fmt: skip
def test_who_waits_sees_their_place_in_line_and_then_the_run(held, heard, lang, said):
    line, player = held
    for n in range(3):
        line.ask(f"another {n}", seeded(n), 1.0)
    until(lambda: player.now)

    at = opened("az_failure", lang=lang, s=heavy().token(), guess="skip")

    assert heard[0].startswith(said)
    assert heard[0].endswith(" s")
    assert scenario(at).services[0].desired == TASKS
    assert "q-outcome" in body(at)
    assert at.get("progress") == []
    assert player.played == [0, 1, 2, 1]
    assert not line._waiting


def test_what_is_played_says_how_long_it_still_takes(heard):
    at = opened("az_failure", lang="en", s=heavy().token(), guess="skip")

    assert heard[-1].startswith("A large run is being played; about ")
    assert "q-outcome" in body(at)


def test_the_same_run_is_taken_from_the_shelf_afterwards(held, heard):
    _, player = held
    opened("az_failure", lang="en", s=heavy().token(), guess="skip")
    said = len(heard)
    opened("az_failure", lang="es", s=heavy().token(), guess="skip")

    assert len(heard) == said
    assert player.played == [1]


def test_a_light_run_never_waits(held, heard):
    opened("az_failure", lang="en", guess="skip")

    assert heard == []
    assert held[1].played == []


def test_who_leaves_frees_the_place_and_the_address_says_the_scenario_already(held, monkeypatch):
    line, player = held
    line.ask("another", seeded(0), 1.0)
    until(lambda: player.now)

    def leave(*_, **__):
        assert [one.scenario.services[0].desired for one in line._waiting] == [TASKS]
        raise StopException

    monkeypatch.setattr(DeltaGenerator, "progress", leave)
    at = opened("az_failure", lang="en", s=heavy(5).token(), guess="skip")

    assert line._waiting == []
    assert scenario(at).services[0].desired == TASKS
    assert address(at)["tasks"] == str(TASKS)  # whoever opens the page again finds it


@pytest.mark.usefixtures("heard")
def test_a_run_that_breaks_off_twice_says_so_kindly_and_loses_nothing(held):
    held[1].breaks = True
    at = opened("az_failure", lang="en", s=heavy().token(), guess="skip")

    assert "Nothing of yours is lost" in told(at)
    assert scenario(at).services[0].desired == TASKS
    assert at.slider  # and what made it large can be turned back

    held[1].breaks = False
    stands(at.button(key="admission.again").click().run())
    assert "q-outcome" in body(at)


def test_where_no_line_is_open_a_heavy_run_is_played_at_once():
    assert admission._Office.line is None

    at = opened("az_failure", lang="en", s=heavy(7).token(), guess="skip")

    assert "q-outcome" in body(at)


# --- turns ---------------------------------------------------------------------------------------------------------------


def test_pages_are_built_a_few_at_a_time_and_one_that_only_waits_lends_its_turn():
    inside, let_go, lend = [], threading.Event(), threading.Event()

    def build(n):
        with admission.turn():
            inside.append(n)
            if n == 0:
                lend.wait(5)
                with admission._turn_lent():
                    let_go.wait(5)
            let_go.wait(5)

    builders = [threading.Thread(target=build, args=(n,)) for n in range(admission.AT_A_TIME + 1)]
    for one in builders:
        one.start()
        time.sleep(0.05)
    assert inside == list(range(admission.AT_A_TIME))

    lend.set()
    until(lambda: len(inside) == admission.AT_A_TIME + 1)

    let_go.set()
    for one in builders:
        one.join(5)
    assert not any(one.is_alive() for one in builders)


def test_a_page_that_stops_gives_its_turn_back():
    for _ in range(2 * admission.AT_A_TIME):
        with pytest.raises(StopException), admission.turn():
            raise StopException


# --- the route -------------------------------------------------------------------------------------------------------


def asked(of):
    """Ask the route, as a server does; give its status, headers and what it says."""
    import asyncio

    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    path, _, query = ahead.address("az_failure", of, "study", "en", locked=False).partition("?")
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [], "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80), "root_path": "",
    }  # fmt: skip
    asyncio.run(Starlette(routes=ahead.routes())(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, json.loads(b"".join(one.get("body", b"") for one in sent[1:]))


def test_a_browser_that_asks_for_too_much_at_once_is_told_when_to_come_back():
    for _ in range(2):
        admission.AT_ONCE.acquire()
    try:
        status, headers, _ = asked(lesson("az_failure").scenario)
    finally:
        for _ in range(2):
            admission.AT_ONCE.release()

    assert status == 429
    assert headers["retry-after"] == "1"
    assert asked(lesson("az_failure").scenario)[0] == 200


def test_a_heavy_run_is_left_to_the_page_unless_it_is_on_the_shelf(held):
    began = time.monotonic()
    status, headers, _ = asked(heavy())

    assert status == 429
    assert int(headers["retry-after"]) >= 1
    assert time.monotonic() - began < 5
    assert held[1].now is None

    held[1].free.set()
    admission._Office.line.ask("a", heavy(), 1.0).over.wait(30)
    assert asked(heavy())[0] == 200


# --- opening and closing ---


def test_a_line_that_comes_up_as_the_server_ends_is_closed_at_once(monkeypatch):
    ended = []

    class Slow:
        def __init__(self, **_):
            admission.close_line()  # the server is told to end while its processes start

        def close(self):
            ended.append(self)

    monkeypatch.setattr(admission, "Line", Slow)
    monkeypatch.setattr(admission, "Hand", Slow)
    admission.expect_line()
    admission.open_line()

    assert admission._Office.line is admission._Office.hand is None
    assert len(ended) == 1 + ((os.cpu_count() or 1) > 1)


# --- the hand ---


class Lent:
    """A hand that notes what it is given, and plays it or not."""

    def __init__(self, *, plays=True):
        self.plays, self.given = plays, []

    def play(self, scenario, expected_s):
        assert expected_s > 0
        self.given.append(scenario.seed)
        return admission.simulate(scenario) if self.plays else None


@pytest.fixture
def lent(monkeypatch):
    admission._shelf.clear()
    hand = Lent()
    monkeypatch.setattr(admission._Office, "hand", hand)
    return hand


def test_a_light_run_is_played_here_while_nobody_else_waits_and_elsewhere_once_somebody_does(lent):
    own = lesson("az_failure").scenario
    with admission.turn():
        admission.run_of(own.with_("seed", 1))
        assert lent.given == []
        others, over = threading.Event(), threading.Event()

        def another():
            with admission.turn():
                others.set()
                over.wait(5)

        there = threading.Thread(target=another)
        there.start()
        others.wait(5)
        found = admission.run_of(own.with_("seed", 2))
        again = admission.run_of(own.with_("seed", 2))
        over.set()
        there.join(5)

    assert lent.given == [2]
    assert found is again
    assert found.scenario.seed == 2
    assert admission._Office.pages == 0


def test_what_the_hand_has_no_time_for_is_played_here(lent):
    lent.plays = False
    with admission.turn(), ThreadPoolExecutor(1) as ahead_of_its_page:  # it is drawn while a page is built
        found = ahead_of_its_page.submit(admission.run_ahead, lesson("az_failure").scenario.with_("seed", 3)).result()

    assert lent.given == [3]
    assert found.scenario.seed == 3
