"""Another device follows the stage by a PIN: who has it comes in, who guesses is stopped, and what is over is over."""

import asyncio
import json

import pytest
from starlette.requests import Request

from pages.parts.stage import rooms as web
from pages.parts.stage.deck import deck
from pages.parts.stage.rooms import (
    ALL_TRIES,
    ASKS,
    MOST_GUESTS,
    MOST_ROOMS,
    OPENED,
    PIN_S,
    SILENT_S,
    TRIES,
    TRIES_S,
    Refused,
    Rooms,
)

HALL, PHONE = "10.0.0.1", "10.0.0.2"
FIRST = deck().of("talk")[0].id


class Clock:
    now_s = 1_000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rooms(clock):
    return Rooms(clock)


def wrong_pin(room):
    return f"{(int(room.pin) + 1) % 10**6:06}"


def refused(status, does, *given):
    with pytest.raises(Refused) as said:
        does(*given)
    assert said.value.status == status
    return said.value.again_s


# --- who comes in ---


def test_the_pin_that_is_shown_opens_the_room(rooms):
    name, room = rooms.open(HALL)
    joined, key = rooms.join(PHONE, room.pin)

    assert joined == name
    assert len(room.pin) == 6
    assert room.pin.isdecimal()
    assert rooms.either(name, key) == (room, False)
    assert rooms.either(name, room.key) == (room, True)


def test_a_guest_is_no_host_and_a_stranger_is_neither(rooms):
    name, room = rooms.open(HALL)
    _, key = rooms.join(PHONE, room.pin)

    refused(404, rooms.host, name, key)
    refused(404, rooms.either, name, "a key")
    refused(404, rooms.either, "a room", room.key)


def test_who_asks_again_gets_another_pin_for_the_same_room_and_the_old_one_is_void(rooms):
    name, room = rooms.open(HALL)
    old = room.pin
    again, same = rooms.open(HALL, name, room.key)

    assert (again, same) == (name, room)
    if old != room.pin:
        refused(403, rooms.join, PHONE, old)
    assert rooms.open(HALL, name, "not its key")[0] != name


def test_a_pin_is_void_after_a_while(rooms, clock):
    _, room = rooms.open(HALL)
    clock.now_s += PIN_S

    refused(403, rooms.join, PHONE, room.pin)


def test_a_room_ends_when_its_stage_is_silent(rooms, clock):
    name, room = rooms.open(HALL)
    clock.now_s += SILENT_S - 1
    rooms.host(name, room.key)
    clock.now_s += SILENT_S - 1
    assert rooms.host(name, room.key) is room

    clock.now_s += SILENT_S + 1

    refused(404, rooms.host, name, room.key)


# --- who guesses ---


def test_an_address_may_be_wrong_a_few_times_and_then_waits_even_with_the_right_pin(rooms, clock):
    _, room = rooms.open(HALL)
    for _ in range(TRIES):
        refused(403, rooms.join, PHONE, wrong_pin(room))

    assert refused(429, rooms.join, PHONE, room.pin) == pytest.approx(TRIES_S)

    clock.now_s += TRIES_S
    rooms.join(PHONE, room.pin)


def test_who_has_many_addresses_gets_no_further(rooms):
    _, room = rooms.open(HALL)
    told = []
    for n in range(2_000):
        with pytest.raises(Refused) as said:
            rooms.join(f"10.1.{n // 250}.{n % 250}", wrong_pin(room))
        told.append(said.value.status)

    assert told.count(403) == ALL_TRIES
    # A PIN lives for minutes: of a million, so many can be tried meanwhile.
    assert ALL_TRIES * PIN_S / TRIES_S / 10**6 < 0.001


def test_only_what_is_wrong_counts(rooms):
    _, room = rooms.open(HALL)
    for _ in range(3 * TRIES):
        rooms.join(PHONE, room.pin)

    assert len(room.guests) == MOST_GUESTS


def test_an_address_opens_only_so_many_rooms_and_all_only_so_many(rooms):
    for _ in range(OPENED):
        rooms.open(HALL)
    assert refused(429, rooms.open, HALL) > 0

    for n in range(MOST_ROOMS - OPENED):
        rooms.open(f"10.2.0.{n}")
    refused(429, rooms.open, "10.3.0.1")
    assert len(rooms.rooms) == MOST_ROOMS


def test_no_two_rooms_show_the_same_pin(rooms, monkeypatch):
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr(web.secrets, "randbelow", lambda _: next(drawn))

    assert [rooms.open(f"10.4.0.{n}")[1].pin for n in range(2)] == ["000007", "000008"]


# --- on the web ---


def asked(what, said, *, kind="application/json", who=PHONE):
    """Make a request as the browser does."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http", "method": "POST", "path": f"/stage/{what}", "headers": [(b"content-type", kind.encode())],
        "query_string": b"", "client": (who, 1),
    }  # fmt: skip
    return Request(scope, receive)


async def ask(rooms, what, said, **how):
    answer = await web.answer(rooms, asked(what, said, **how), ASKS[what])
    return answer.status_code, json.loads(answer.body)


def test_a_phone_follows_the_stage_and_steps_it(rooms):
    async def talk():
        _, opened = await ask(rooms, "open", {}, who=HALL)
        stage = {"room": opened["room"], "key": opened["key"]}
        at = {"beat": FIRST, "cut": "talk", "lang": "es", "blank": False}
        assert (await ask(rooms, "at", stage | {"at": at}))[0] == 200
        _, phone = await ask(rooms, "join", {"pin": opened["pin"]})
        _, heard = await ask(rooms, "hear", phone | {"since": 0})
        _, there = await ask(rooms, "hear", stage | {"since": 0})
        waits = asyncio.create_task(ask(rooms, "hear", stage | {"since": there["n"]}))
        await asyncio.sleep(0.01)
        assert not waits.done(), "nothing has changed: it waits"
        await ask(rooms, "wish", phone | {"does": "next"})
        _, told = await asyncio.wait_for(waits, 1)
        return at, heard, there, told

    at, heard, there, told = asyncio.run(talk())
    assert heard["at"] == at
    assert heard["wishes"] == [], "a guest hears where the stage is, not what others wish"
    assert (there["wishes"], there["guests"]) == ([], 1)
    assert told["wishes"] == [{"does": "next", "beat": ""}]


def test_who_waits_for_nothing_is_answered_all_the_same(rooms, monkeypatch):
    monkeypatch.setattr(web, "WAIT_S", 0.01)

    async def quiet():
        _, opened = await ask(rooms, "open", {})
        stage = {"room": opened["room"], "key": opened["key"]}
        return [await ask(rooms, "hear", stage | {"since": 0}) for _ in range(2)]

    assert [(status, heard["n"]) for status, heard in asyncio.run(quiet())] == [(200, 0), (200, 0)]


def test_wrong_pins_are_told_how_long_to_wait(rooms):
    async def guess():
        _, opened = await ask(rooms, "open", {})
        wrong = f"{(int(opened['pin']) + 1) % 10**6:06}"
        return [await ask(rooms, "join", {"pin": wrong}) for _ in range(TRIES + 1)]

    answers = asyncio.run(guess())
    assert [status for status, _ in answers] == [403] * TRIES + [429]
    assert 0 < answers[-1][1]["again_s"] <= TRIES_S + 1


@pytest.mark.parametrize(
    ("said", "how", "status"),
    [
        ({"pin": "1"}, {"kind": "text/plain"}, 415),  # another site's form
        (b"x" * 5_000, {}, 413),
        (b"not json", {}, 400),
        ([1], {}, 400),
        ({"pin": 123456}, {}, 400),
        ({"pin": "ñ"}, {}, 403),
        (b'{"pin": "\\ud800"}', {}, 403),  # half a sign: JSON may say it, and no text may hold it
    ],
)
def test_what_cannot_be_read_is_refused(rooms, said, how, status):
    assert asyncio.run(ask(rooms, "join", said, **how))[0] == status


@pytest.mark.parametrize("key", ["ñ", "\ud800", "\0"])
def test_a_key_in_odd_letters_is_a_wrong_key(rooms, key):
    name, room = rooms.open(HALL)

    refused(404, rooms.host, name, key)
    refused(404, rooms.either, name, key)
    assert rooms.open(PHONE, name, key)[1] is not room


def test_a_stage_may_only_be_at_a_beat_and_a_guest_may_only_wish_for_a_step(rooms):
    async def odd():
        _, opened = await ask(rooms, "open", {})
        stage = {"room": opened["room"], "key": opened["key"]}
        return [
            (await ask(rooms, "at", stage | {"at": {"beat": "<b>", "cut": "talk"}}))[0],
            (await ask(rooms, "at", stage | {"at": None}))[0],
            (await ask(rooms, "at", stage | {"at": {"beat": {"of": FIRST}, "cut": ["talk"]}}))[0],
            (await ask(rooms, "wish", stage | {"does": "explode"}))[0],
            (await ask(rooms, "wish", stage | {"does": "go", "beat": "no.such"}))[0],
            (await ask(rooms, "wish", stage | {"does": "go", "beat": FIRST}))[0],
            (await ask(rooms, "hear", stage | {"since": "x"}))[0],
        ]

    assert asyncio.run(odd()) == [400, 400, 400, 400, 400, 200, 400]


@pytest.mark.parametrize(
    ("client", "who"),
    [("10.0.0.7", "10.0.0.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("testclient", "unknown")],
)
def test_a_visitor_is_his_address_and_in_ipv6_his_network(client, who):
    assert web.address_of(asked("join", {}, who=client)) == who


def test_the_app_mounts_the_rooms():
    assert sorted(route.path for route in web.routes()) == sorted(f"/stage/{name}" for name in ASKS)
