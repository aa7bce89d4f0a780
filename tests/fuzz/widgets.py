"""Widgets: what a forged page says of them over the websocket, to a real server. It may not end it, hang it, or show its insides.

Inputs come in visits of a few: a page is opened, and real widgets that stand on it get values that no browser would send, one input
after the other in the same session, which has to answer after each.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import psutil
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import WebSocketException

from tests.browser.the_app import ROOT, Server, serving
from tests.fuzz import spoiled
from tests.fuzz.workers import HANG_S, Finding, Told
from tests.load.crowd import cpu_s
from tests.load.learner import CROWD, experiments
from tests.load.protocol import BrokenError, Browser

KIND = "value of a widget"
A_VISIT = 10  # inputs
PATIENCE_S = 120.0  # of the wall: a machine that others share stalls
NOT_NUMBERS = (float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 1e-308, -0.0, 0.5, 1e18, -1.0)
WHOLE = (0, 1, -1, 2, 99, 10**6, 2**31, 2**53 + 1, 2**63 - 1, -(2**63))
EVENTS = ("choose", "act", "guess", "seek", "press", "open", "undo", "", "__proto__")
_DEEP = "[" * 3_000


def _word(rng: Random) -> str:
    if rng.random() < 0.1:
        return rng.choice("xñ🐳\x00") * rng.choice((1_000, 100_000))
    return _sound(rng.choice((*spoiled.WORDS, *(str(one) for one in spoiled.VALUES))))


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a sign of UTF-16 cannot be sent


def _json(rng: Random) -> str:
    """Write what a component says of itself: broken, deep, of another form, or of its own form with odd values."""
    value = rng.choice((*spoiled.VALUES, *NOT_NUMBERS, {"do": "fail-zone", "zone": "z"}, {"do": "nothing", "at_s": -1}))
    said = rng.choice((
        [{"event": rng.choice(EVENTS), "value": value}], {"event": rng.choice(EVENTS), "value": value}, {rng.choice(EVENTS): value},
        [[value]], value, [{"event": value, "value": value}], {"value": {"value": value}}, [{"event": rng.choice(EVENTS)}] * 50,
    ))  # fmt: skip
    text = _sound(json.dumps(said, default=str))
    return rng.choice((text, text, text, text, text[:-1], _DEEP, "", "null", "NaN", "{", "\x00"))


def _forge(rng: Random, state: WidgetState) -> None:
    """Give a state a value of any type there is."""
    kinds: dict[str, Callable[[], Any]] = {
        "trigger_value": lambda: setattr(state, "trigger_value", rng.random() < 0.7),
        "bool_value": lambda: setattr(state, "bool_value", rng.random() < 0.5),
        "double_value": lambda: setattr(state, "double_value", rng.choice(NOT_NUMBERS)),
        "int_value": lambda: setattr(state, "int_value", rng.choice(WHOLE)),
        "string_value": lambda: setattr(state, "string_value", _word(rng)),
        "json_value": lambda: setattr(state, "json_value", _json(rng)),
        "json_trigger_value": lambda: setattr(state, "json_trigger_value", _json(rng)),
        "bytes_value": lambda: setattr(state, "bytes_value", rng.randbytes(rng.choice((0, 3, 4_000)))),
        "double_array_value": lambda: state.double_array_value.data.extend(_some(rng, NOT_NUMBERS)),
        "int_array_value": lambda: state.int_array_value.data.extend(_some(rng, WHOLE)),
        "string_array_value": lambda: state.string_array_value.data.extend(_word(rng) for _ in range(rng.choice((0, 1, 2, 50)))),
        "arrow_value": lambda: setattr(state.arrow_value, "data", rng.randbytes(40)),
        "file_uploader_state_value": lambda: _files(rng, state),
        "string_trigger_value": lambda: setattr(state.string_trigger_value, "data", _word(rng)),
        "chat_input_value": lambda: setattr(state.chat_input_value, "data", _word(rng)),
        "nothing": lambda: None,
    }  # fmt: skip
    name = rng.choice(sorted(kinds))
    if name.endswith("_array_value"):
        getattr(state, name).SetInParent()  # an empty one, too, is a value
    kinds[name]()


def _some(rng: Random, of: tuple[Any, ...]) -> list[Any]:
    return [rng.choice(of) for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 2_000)))]


def _files(rng: Random, state: WidgetState) -> None:
    state.file_uploader_state_value.SetInParent()
    for _ in range(rng.choice((0, 1, 1, 30))):
        one = state.file_uploader_state_value.uploaded_file_info.add()
        one.file_id, one.name, one.size = _word(rng)[:200], _word(rng)[:200], rng.choice((0, 1, 2**63))


def forged(rng: Random, widgets: dict[str, tuple[str, Any]], elsewhere: list[str]) -> list[WidgetState]:
    """Forge an input: states of widgets that stand there, now and then of one that does not, or of one twice."""
    found = []
    for _ in range(rng.choice((1, 1, 1, 2, 4, 20))):
        name = rng.choice(sorted(widgets) or [""])
        chance = rng.random()
        if widgets.get(name, ("",))[0] == "bidi_component" and rng.random() < 0.6:
            name = f"$$STREAMLIT_INTERNAL_KEY_{name}__events"
        elif chance < 0.04:
            name = rng.choice((*elsewhere, "", "$$ID-x-None", "x" * 5_000, "$$ID", "\x00", "lang"))
        state = WidgetState(id=name)
        if chance > 0.95 and found:
            state.CopyFrom(found[-1])
        else:
            _forge(rng, state)
        found.append(state)
    return found


def run(inputs: int, seed: int) -> Told:
    """Start a server, and send it so many inputs."""
    with tempfile.TemporaryDirectory(prefix="quayside-fuzz-") as folder:
        here = Path(folder)
        with serving(ROOT / "app.py", here / "log.txt", data=here) as server:
            return asyncio.run(fuzz(server, inputs, seed))


async def fuzz(server: Server, inputs: int, seed: int) -> Told:
    """Send so many inputs, and tell what came of them: taken where the page stood after it, and the session answered."""
    told, process, elsewhere = Told(), psutil.Process(server.pid), []
    for visit in range(-(-inputs // A_VISIT)):
        rng, browser = Random(f"{seed}/widgets/{visit}"), Browser(urlsplit(server.url).port or 0)
        chapter = rng.choice(sorted(CROWD))
        room = rng.choice(experiments()[chapter] or [chapter])
        words = {
            "lang": rng.choice(("en", "es")),
            "x": room,
            **rng.choice(({"guess": "skip"}, {}, {"view": "compare"}, {"view": "stage"})),
        }
        await _timed(browser.open(chapter, **words))
        for number in range(min(A_VISIT, inputs - visit * A_VISIT)):
            given = f"visit {visit}, input {number}: {chapter}?{browser.query}"
            states = forged(rng, browser.widgets, elsewhere)
            began, log = cpu_s(process), server.log.stat().st_size
            try:
                await _timed(browser.forge(*states))
                what = ""
            except (BrokenError, WebSocketException, OSError, TimeoutError) as error:
                what = f"{type(error).__name__}: {str(error)[-300:]}"
            took_s = cpu_s(process) - began
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                what = "the server died"
            elif not what:
                what = await _answers(browser)
            if not what and took_s > HANG_S:
                # A page's own work, that nobody had asked for yet, is on the shelf the second time; a hang is not.
                await _timed(browser.open(chapter, **words))
                began = cpu_s(process)
                await _timed(browser.forge(*states))
                took_s = cpu_s(process) - began
                what = f"a hang over {HANG_S:g} s: {took_s:.1f} s" if took_s > HANG_S else ""
            what = what or _logged(server, log)
            told.counts[KIND, "found" if what else "taken"] += 1
            said = " ".join(f"{one.id[-60:]}={str(one)[-200:]!r}" for one in states)
            if what:
                told.findings.append(Finding(KIND, what, _where(server, log), f"{given} by {said}"[:1_500]))
                if what == "the server died":
                    return told
                await browser.close()
                await _timed(browser.open(chapter, **words))
            elsewhere = (elsewhere + sorted(browser.widgets)[:3])[-200:]
            if took_s > told.slowest.get(KIND, (0.0, ""))[0]:
                told.slowest[KIND] = (took_s, given)
        await browser.close()
    return told


async def _timed(doing: Any) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await doing


async def _answers(browser: Browser) -> str:
    """Say what is wrong where the session does not answer any more; "" where it does."""
    try:
        await _timed(browser.still_answers())
    except (BrokenError, WebSocketException, OSError, TimeoutError) as error:
        return f"afterwards {type(error).__name__}: {str(error)[-300:]}"
    return ""


def _new(server: Server, since: int) -> list[str]:
    return server.log.read_bytes()[since:].decode(errors="replace").splitlines()


def _logged(server: Server, since: int) -> str:
    lines = _new(server, since)
    if not any("Traceback" in line for line in lines):
        return ""
    return "in the log " + next((line for line in reversed(lines) if line and not line.startswith(" ")), "")[:300]


def _where(server: Server, since: int) -> str:
    """Name the last two places of ours, or else of Streamlit, on the way to where it broke."""
    places = [line.strip().partition(", in")[0] for line in _new(server, since) if line.startswith('  File "')]
    ours = [one for one in places if "/pages/" in one or "/engine/" in one]
    return " < ".join(
        reversed([one.rpartition('"')[0][-50:] + one.rpartition('"')[2] for one in (ours or places)[-2:]])
    )
