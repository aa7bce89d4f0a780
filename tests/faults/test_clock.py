"""The clock jumps: a date that is wrong locks nobody out, lets nobody in, forgets nobody; what lasts is measured by what only goes on."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from engine import Scenario
from engine.admission.line import Ask
from pages.parts.progress.records import Answer
from pages.parts.progress.store import KEPT, Store
from pages.parts.progress.visitors import YEAR_S, Visitors
from pages.parts.stage.rooms import TRIES, Refused, Rooms

JUMPS = [-400 * 86_400.0, -3_600.0, 3_600.0, 400 * 86_400.0]
HALL, PHONE = "10.0.0.1", "10.0.0.2"


@pytest.fixture
def jump(monkeypatch):
    """Put the machine's clock forward or back, s; what counts on from its start is left alone."""
    real = time.time

    def put(by_s):
        monkeypatch.setattr(time, "time", lambda: real() + by_s)
        monkeypatch.setattr(time, "time_ns", lambda: int((real() + by_s) * 1e9))

    return put


def wrong(pin):
    return f"{(int(pin) + 1) % 10**6:06}"


@pytest.mark.parametrize("by_s", JUMPS)
def test_a_pin_opens_its_room_and_a_room_stays_whatever_the_clock_does(jump, by_s):
    rooms = Rooms()
    name, room = rooms.open(HALL)
    jump(by_s)
    guest, key = rooms.join(PHONE, room.pin)

    assert guest == name
    assert rooms.either(name, key) == (room, False)
    assert rooms.host(name, room.key) is room


@pytest.mark.parametrize("by_s", JUMPS)
def test_who_tried_wrong_pins_waits_a_minute_and_neither_less_nor_a_year(jump, by_s):
    rooms = Rooms()
    _, room = rooms.open(HALL)
    for _ in range(TRIES):
        with pytest.raises(Refused):
            rooms.join(PHONE, wrong(room.pin))
    jump(by_s)
    with pytest.raises(Refused) as told:
        rooms.join(PHONE, room.pin)

    assert told.value.status == 429
    assert 0 < told.value.again_s <= 60


@pytest.mark.parametrize("by_s", JUMPS)
def test_the_guess_of_how_long_a_run_takes_does_not_jump(jump, by_s):
    ask = Ask(Scenario(), 10.0, began_s=time.monotonic() - 5, share=0.5)
    jump(by_s)

    assert 4 < ask.left_s() < 60


@pytest.mark.parametrize("by_s", JUMPS)
def test_a_cookies_age_is_told_as_a_span_and_never_as_a_date(jump, by_s):
    said = []

    async def page(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})

    async def keep(message):
        said.append(message)

    jump(by_s)
    asyncio.run(Visitors(page)({"type": "http", "method": "GET", "headers": [(b"accept", b"text/html")]}, None, keep))
    told = dict(said[0]["headers"])[b"set-cookie"].decode()

    assert f"Max-Age={YEAR_S};" in told
    assert "expires" not in told.lower()


# --- the store's year -------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path):
    found = Store(f"sqlite:///{tmp_path / 'progress.sqlite3'}")
    yield found
    found.close()


def come(store, who):
    store.add(who * 64, [Answer(kind="quiz", what="fleet.q", answer=who)])


def here(store, *names):
    return [who for who in names if store.of(who * 64)]


@pytest.mark.parametrize("years", [2, 80])
def test_a_machine_that_starts_with_a_clock_years_ahead_forgets_nobody(store, years):
    come(store, "a")
    come(store, "b")
    store.now = lambda: datetime.now(UTC) + timedelta(days=365 * years)

    assert store.sweep() == 0
    assert here(store, "a", "b") == ["a", "b"]


def test_who_came_while_the_clock_stood_at_its_beginning_is_not_forgotten_when_it_is_right_again(store):
    come(store, "a")
    store.now = lambda: datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    come(store, "a")
    come(store, "b")
    store.now = lambda: datetime.now(UTC)

    assert store.sweep() == 0
    assert here(store, "a", "b") == ["a", "b"]


def test_the_year_still_ends(store):
    come(store, "a")
    store.now = lambda: datetime.now(UTC) + KEPT + timedelta(days=3)
    come(store, "b")

    assert store.sweep() == 1
    assert here(store, "a", "b") == ["b"]


def test_a_store_that_nobody_came_to_yet_has_nobody_to_forget(store):
    assert store.sweep() == 0
