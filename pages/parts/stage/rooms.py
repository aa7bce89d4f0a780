"""Rooms: how a speaker's phone follows and steps a stage machine. A PIN opens the door for some minutes; then a key of its own is needed.

A room lives in this process, for as long as its stage machine is heard of. Everything is bounded: rooms, guests, wishes, what an
address may open, and how often anybody may try a PIN. The tables below know no web; `routes()` at the end gives them their addresses.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import json
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from engine.catalog import LANGUAGES
from pages.parts.stage.deck import CUTS, deck

PATH = "/stage"
PIN_DIGITS, PIN_S = 6, 600.0  # a PIN opens the door for so long
MOST_ROOMS, MOST_GUESTS, MOST_WISHES = 40, 8, 20
SILENT_S = 3_600.0  # a room whose stage machine has not been heard of for so long is over
TRIES, TRIES_S = 5, 60.0  # wrong PINs that one address may try in a while
ALL_TRIES = 30  # and all addresses together: who has many of them gets no further
OPENED, OPENED_S = 6, 600.0  # rooms and PINs that one address may open in a while
MOST_ADDRESSES = 2_000
WAIT_S = 10.0  # an answer that has nothing to say comes after so long
LONGEST_BODY = 4_000  # bytes
DOES = frozenset({"next", "back", "first", "last", "blank", "reset", "go"})


def _is(known: str, came: str) -> bool:
    """Compare a secret with what came, whatever letters that has, in a time that tells nothing of either."""
    return hmac.compare_digest(known.encode(), came.encode(errors="surrogatepass"))


class Refused(Exception):  # noqa: N818 - it is what the asker is told, not a fault of ours
    """A request that is not carried out: with which status, and when to try again."""

    def __init__(self, status: int, again_s: float = 0) -> None:
        """Keep both for the answer."""
        super().__init__(status)
        self.status, self.again_s = status, again_s


@dataclass
class Room:
    """One stage machine, its guests, and what they have to tell each other."""

    key: str
    heard_s: float
    pin: str = ""
    pin_until_s: float = 0.0
    guests: dict[str, float] = field(default_factory=dict)  # key -> when it was heard of
    n: int = 0  # counts what has changed
    at: Mapping[str, Any] = field(default_factory=dict)
    wishes: deque[tuple[int, Mapping[str, Any]]] = field(default_factory=lambda: deque(maxlen=MOST_WISHES))
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def change(self) -> None:
        """Wake whoever waits."""
        self.n += 1
        self.changed.set()
        self.changed = asyncio.Event()


class Limit:
    """How often something may be done in a while, for each name and for all together. Old names are forgotten."""

    def __init__(self, most: int, in_s: float, in_all: int = 0) -> None:
        """most: for one name; in_all: for all, 0 = no bound. in_s: the while."""
        self.most, self.in_s, self.in_all = most, in_s, in_all
        self._done: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque()

    def wait_s(self, name: str, now_s: float) -> float:
        """Say how long this name has to wait; 0 = it may."""
        done = self._done.get(name, deque())
        waits = [self._wait_s(done, self.most, now_s)]
        if self.in_all:
            waits.append(self._wait_s(self._all, self.in_all, now_s))
        return max(waits)

    def _wait_s(self, done: deque[float], most: int, now_s: float) -> float:
        while done and done[0] <= now_s - self.in_s:
            done.popleft()
        return done[-most] + self.in_s - now_s if len(done) >= most else 0.0

    def note(self, name: str, now_s: float) -> None:
        """Count one."""
        done = self._done.setdefault(name, deque(maxlen=self.most))
        self._done.move_to_end(name)
        done.append(now_s)
        self._all.append(now_s)
        while len(self._done) > MOST_ADDRESSES:
            self._done.popitem(last=False)
        while len(self._all) > max(self.in_all, self.most):
            self._all.popleft()


class Rooms:
    """All rooms of this process. clock: monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none."""
        self.clock = clock
        self.rooms: OrderedDict[str, Room] = OrderedDict()
        self._tried = Limit(TRIES, TRIES_S, ALL_TRIES)
        self._opened = Limit(OPENED, OPENED_S)

    def open(self, who: str, name: str = "", key: str = "") -> tuple[str, Room]:
        """Open a room, or show another PIN for one's own. Raises Refused where an address opens too many, or all are taken."""
        now = self.clock()
        self._sweep(now)
        if wait := self._opened.wait_s(who, now):
            raise Refused(429, wait)
        self._opened.note(who, now)
        room = self.rooms.get(name)
        if room is None or not _is(room.key, key):
            if len(self.rooms) >= MOST_ROOMS:
                raise Refused(429, OPENED_S)
            name, room = secrets.token_urlsafe(12), Room(secrets.token_urlsafe(24), now)
            self.rooms[name] = room
        room.pin, room.pin_until_s, room.heard_s = self._free_pin(now), now + PIN_S, now
        return name, room

    def _free_pin(self, now: float) -> str:
        """Draw a PIN that opens no other room."""
        taken = {room.pin for room in self.rooms.values() if room.pin_until_s > now}
        while (pin := f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}") in taken:
            pass
        return pin

    def join(self, who: str, pin: str) -> tuple[str, str]:
        """Let a guest in by the PIN that is shown: the room's name, and the guest's key. Raises Refused, and counts what was wrong."""
        now = self.clock()
        self._sweep(now)
        if wait := self._tried.wait_s(who, now):
            raise Refused(429, wait)
        for name, room in self.rooms.items():
            if room.pin_until_s > now and _is(room.pin, pin):
                key = secrets.token_urlsafe(24)
                if len(room.guests) >= MOST_GUESTS:
                    del room.guests[min(room.guests, key=lambda guest: room.guests[guest])]
                room.guests[key] = now
                room.change()
                return name, key
        self._tried.note(who, now)
        raise Refused(403)

    def host(self, name: str, key: str) -> Room:
        """Give the room to its stage machine. Raises Refused for anybody else."""
        room = self._room(name)
        if not _is(room.key, key):
            raise Refused(404)
        room.heard_s = self.clock()
        return room

    def either(self, name: str, key: str) -> tuple[Room, bool]:
        """Give the room to its stage machine (True) or to one of its guests."""
        room = self._room(name)
        if _is(room.key, key):
            return self.host(name, key), True
        if key not in room.guests:
            raise Refused(404)
        room.guests[key] = self.clock()
        return room, False

    def _room(self, name: str) -> Room:
        self._sweep(self.clock())
        if name not in self.rooms:
            raise Refused(404)
        return self.rooms[name]

    def _sweep(self, now: float) -> None:
        """End the rooms whose stage machine has gone."""
        for name in [name for name, room in self.rooms.items() if room.heard_s < now - SILENT_S]:
            self.rooms.pop(name).change()


# --- on the web ------------------------------------------------------------------------------------------------------

ROOMS = Rooms()


def address_of(request: Request) -> str:
    """Say who asks: the address as the server sees it; of IPv6 the network, which one visitor has for himself.

    What a proxy writes about it is not believed: whoever tries PINs would write something else each time.
    """
    host = request.client.host if request.client else ""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)


async def _said(request: Request) -> dict[str, Any]:
    """Read what is asked: a small JSON object. Its content type keeps other sites' forms out."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(415)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            raise Refused(413)
    try:
        said = json.loads(body)
    except ValueError:
        raise Refused(400) from None
    if not isinstance(said, dict):
        raise Refused(400)
    return said


def _word(said: Mapping[str, Any], name: str) -> str:
    found = said.get(name, "")
    if not isinstance(found, str) or len(found) > 100:
        raise Refused(400)
    return found


async def _open(rooms: Rooms, request: Request, said: Mapping[str, Any]) -> dict[str, Any]:
    name, room = rooms.open(address_of(request), _word(said, "room"), _word(said, "key"))
    return {"room": name, "key": room.key, "pin": room.pin, "for_s": PIN_S, "guests": len(room.guests)}


async def _at(rooms: Rooms, _: Request, said: Mapping[str, Any]) -> dict[str, Any]:
    """Hear from the stage machine where it is."""
    room, at = rooms.host(_word(said, "room"), _word(said, "key")), said.get("at")
    if not isinstance(at, dict) or str(at.get("beat")) not in deck().beats or at.get("cut") not in CUTS:
        raise Refused(400)
    room.at = {
        "beat": at["beat"], "cut": at["cut"], "lang": at["lang"] if at.get("lang") in LANGUAGES else LANGUAGES[0],
        "blank": at.get("blank") is True,
    }  # fmt: skip
    room.change()
    return {}


async def _join(rooms: Rooms, request: Request, said: Mapping[str, Any]) -> dict[str, Any]:
    name, key = rooms.join(address_of(request), _word(said, "pin"))
    return {"room": name, "key": key}


async def _wish(rooms: Rooms, _: Request, said: Mapping[str, Any]) -> dict[str, Any]:
    """Pass a guest's wish for a step on to the stage machine."""
    room, _is_host = rooms.either(_word(said, "room"), _word(said, "key"))
    does, beat = _word(said, "does"), _word(said, "beat")
    if does not in DOES or (does == "go" and beat not in deck().beats):
        raise Refused(400)
    room.wishes.append((room.n + 1, {"does": does, "beat": beat}))
    room.change()
    return {}


async def _hear(rooms: Rooms, _: Request, said: Mapping[str, Any]) -> dict[str, Any]:
    """Answer once something has changed since the asker last heard, or after a while."""
    room, is_host = rooms.either(_word(said, "room"), _word(said, "key"))
    since = said.get("since", 0)
    if not isinstance(since, int):
        raise Refused(400)
    if room.n == since:
        changed = room.changed
        try:
            await asyncio.wait_for(changed.wait(), WAIT_S)
        except TimeoutError:
            rooms.either(_word(said, "room"), _word(said, "key"))
    # Who has just come hears of no wishes from before: they have been carried out.
    wishes = [wish for n, wish in room.wishes if n > since] if is_host and since else []
    return {"n": room.n, "at": dict(room.at), "wishes": wishes, "guests": len(room.guests)}


_Ask = Callable[[Rooms, Request, Mapping[str, Any]], Awaitable[dict[str, Any]]]
ASKS: dict[str, _Ask] = {"open": _open, "at": _at, "join": _join, "wish": _wish, "hear": _hear}


async def answer(rooms: Rooms, request: Request, ask: _Ask) -> JSONResponse:
    """Carry out what is asked, or say why not."""
    try:
        found = await ask(rooms, request, await _said(request))
    except Refused as refused:
        again = int(refused.again_s) + 1 if refused.again_s else 0
        return JSONResponse(
            {"again_s": again}, status_code=refused.status, headers={"Retry-After": str(again)} if again else {}
        )
    return JSONResponse(found, headers={"Cache-Control": "no-store"})


def routes() -> list[Route]:
    """Give `app.py` the routes to mount."""

    def route(name: str, ask: _Ask) -> Route:
        async def endpoint(request: Request) -> JSONResponse:
            return await answer(ROOMS, request, ask)

        return Route(f"{PATH}/{name}", endpoint, methods=["POST"])

    return [route(name, ask) for name, ask in ASKS.items()]
