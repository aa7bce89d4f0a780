"""A learner: comes, turns something every few seconds, tries what the page offers, goes on to another chapter. Seeded."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from websockets.exceptions import WebSocketException

from engine import catalog
from engine.rng import stream
from pages.parts.chapter import CHAPTERS
from tests.load.protocol import OPENED, TURNED, BrokenError, Browser, get

EVERY_S = 5.0
PATIENCE_S = 30.0
# Where learners are: the talk's heart most of all.
CROWD = {
    "az_failure": 20, "placement": 12, "fleet": 8, "fargate": 8, "kubernetes": 8, "control_plane": 8, "eks": 8, "lab": 6,
    "architecture": 6, "delivery": 6, "serverless": 6, "containers": 4, "responsibility": 4, "landscape": 3, "new_normal": 2,
    "sources": 1,
}  # fmt: skip
MOVES = {"turn": 70, "launch_type": 15, "try": 8, "elsewhere": 7}
FAULTS = (TimeoutError, OSError, WebSocketException, BrokenError)


@dataclass
class Told:
    """What happened to the learners. took_s: from a change until its page had run; ahead_s: until the browser could draw it."""

    took_s: list[tuple[str, float]] = field(default_factory=list)
    ahead_s: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    received: int = 0


def experiments() -> dict[str, list[str]]:
    """Give each chapter's experiments, by their names in a link."""
    found: dict[str, list[str]] = {chapter: [] for chapter in CHAPTERS}
    for name in catalog.lessons():
        homes = [chapter for chapter in CHAPTERS if name == chapter or name.startswith(f"{chapter}_")]
        if homes:
            found[max(homes, key=len)].append(name)
    return found


class Learner:
    """One of them."""

    def __init__(
        self,
        number: int,
        port: int,
        told: Callable[[], Told | None],
        *,
        every_s: float = EVERY_S,
        moves: dict[str, int] = MOVES,
    ) -> None:
        """Sit down. told: where to note what happens; None while nothing is measured. moves: what to do, and how often."""
        self._draw = stream(number, "learner")
        self._browser = Browser(port)
        self._port, self._told, self._every_s, self._moves = port, told, every_s, moves
        self._lang = "en" if self._draw.random() < 0.5 else "es"

    async def learn(self, first_s: float, until_s: float) -> None:
        """Come at a moment, and change something every few seconds until another (both of `time.monotonic`)."""
        await asyncio.sleep(max(0.0, first_s - time.monotonic()))
        try:
            await self._timed(self._arrive)
            next_s = time.monotonic() + self._draw.uniform(0, self._every_s)  # people keep no step
            while next_s < until_s:
                await asyncio.sleep(max(0.0, next_s - time.monotonic()))
                await self._timed(self._change if self._browser.socket else self._arrive)
                next_s = max(time.monotonic(), next_s + self._every_s * self._draw.uniform(0.8, 1.2))
        finally:
            await self._browser.close()

    async def _timed(self, do: Callable[[], Any]) -> None:
        """Do something, and note how long it took and what went wrong. A visitor whose page broke loads it anew."""
        told, began = self._told(), time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                began = await do() or began
        except FAULTS as fault:
            await self._browser.close()
            if told is not None:
                told.faults.append(f"{type(fault).__name__} {fault}".strip())
            return
        if told is not None:
            told.took_s.append((self._browser.page, time.monotonic() - began))
            told.received += self._browser.received
        self._browser.received = 0

    async def _arrive(self) -> None:
        chapter, words = self._elsewhere()
        await self._browser.open(chapter, **words)

    def _elsewhere(self) -> tuple[str, dict[str, str]]:
        """Choose a chapter, and one of its experiments."""
        chapter = self._one_of(list(CROWD), np.array([*CROWD.values()], float))
        words = {"lang": self._lang, "guess": "skip"}
        rooms = experiments()[chapter]
        if len(rooms) > 1:
            words["x"] = self._one_of(rooms)
        return chapter, words

    def _one_of(self, what: list[Any], weights: np.ndarray | None = None) -> Any:
        share = None if weights is None else weights / weights.sum()
        return what[int(self._draw.choice(len(what), p=share))]

    async def _change(self) -> float | None:
        """Do one thing of those that the page offers. Gives the moment at which the page was told, where that came later."""
        widgets = self._browser.widgets
        turned = [(name, kind, one) for name, (kind, one) in widgets.items() if kind in TURNED and not one.disabled]
        tried = [name for name, (kind, _) in widgets.items() if kind == "button" and ".try." in name]
        choosers = [
            one for kind, one in widgets.values() if kind == "bidi_component" and one.id.endswith(".launch_type")
        ]
        pressed = [name for name, (kind, one) in widgets.items() if kind == "button" and not one.disabled]
        opened = [name for name, (kind, _) in widgets.items() if kind in OPENED]
        there = {
            "turn": bool(turned), "launch_type": bool(choosers), "try": bool(tried), "press": bool(pressed),
            "open": bool(opened), "elsewhere": True,
        }  # fmt: skip
        offered = [move for move in self._moves if there[move]]
        match self._one_of(offered, np.array([self._moves[move] for move in offered], float)):
            case "turn":
                await self._turn(*self._one_of(turned))
            case "launch_type":
                return await self._choose(choosers[0])
            case "try":
                await self._browser.turn(self._one_of(tried), trigger_value=True)
            case "press":
                await self._browser.turn(self._one_of(pressed), trigger_value=True)
            case "open":
                name = self._one_of(opened)
                state = self._browser.states.get(name)
                await self._browser.turn(name, bool_value=not (state and state.bool_value))
            case _:
                chapter, words = self._elsewhere()
                await self._browser.go(chapter, **words)
        return None

    async def _turn(self, name: str, kind: str, widget: Any) -> None:
        """Turn a control: a slider by a fifth of its way at the most, a switch over, a list to another line."""
        if kind == "checkbox":
            before = self._browser.states[name].bool_value if name in self._browser.states else widget.default
            await self._browser.turn(name, bool_value=not before)
        elif kind == "selectbox":
            await self._browser.turn(name, string_value=self._one_of(list(widget.options)))
        elif kind == "number_input":
            value = "int_value" if widget.data_type == 0 else "double_value"
            await self._browser.turn(
                name, **{value: (int if value == "int_value" else float)(widget.default + (widget.step or 1))}
            )
        elif widget.options:  # a slider over words
            await self._browser.turn(name, string_array_value=[self._one_of(list(widget.options))])
        else:
            state = self._browser.states.get(name)
            now = (
                list(state.double_array_value.data)
                if state
                else list(widget.value if widget.set_value else widget.default)
            )
            step = widget.step or 1
            far = self._draw.uniform(-0.2, 0.2) * (widget.max - widget.min)
            to = min(widget.max, max(widget.min, now[0] + step * (round(far / step) or 1)))
            to = widget.min + step * round((to - widget.min) / step)
            await self._browser.turn(name, double_array_value=sorted([min(to, widget.max), *now[1:]]))

    async def _choose(self, chooser: Any) -> float:
        """Choose a launch type as the page does: the browser asks for its scene, draws it, and then tells the page."""
        said = json.loads(chooser.mixed.json if chooser.WhichOneof("data") == "mixed" else chooser.json)
        kinds = [one["value"] for one in said["options"] if not one["not_yet"] and one["value"] != said["chosen"]]
        kind = self._one_of(kinds)
        if said["ahead"]:
            began = time.monotonic()
            status = await get(self._port, f"{said['ahead']}&set={said['path']}%3D{kind}")
            told = self._told()
            if told is not None:
                told.statuses[status] = told.statuses.get(status, 0) + 1
                if status == 200:
                    told.ahead_s.append(time.monotonic() - began)
        began = time.monotonic()
        await self._browser.choose(chooser.id, "choose", kind)
        return began
