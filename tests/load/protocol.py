"""A browser without a browser: it speaks Streamlit's protocol on a websocket, keeps what a browser keeps, and draws nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from engine import catalog

HOST = "127.0.0.1"
TURNED = ("slider", "checkbox", "selectbox", "number_input")  # what a learner turns
OPENED = ("expandable", "popover")  # what is folded, where the page hears of it
KEPT = {
    *TURNED, "button", "bidi_component", "multiselect", "text_input", "text_area", "button_group", "radio", "file_uploader", "arrow_data_frame",
}  # fmt: skip
EARLY = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN
BROKEN = frozenset(catalog.texts(lang)["common.error.page"] for lang in catalog.LANGUAGES)


class BrokenError(Exception):
    """A page broke: an exception on it, or the sentence that stands in its place."""


@dataclass
class Browser:
    """One visitor's page: its socket, the widgets that stand on it, their states, and the URL."""

    port: int
    page: str = ""
    query: str = ""
    socket: ClientConnection | None = None
    widgets: dict[str, tuple[str, Any]] = field(default_factory=dict)  # id -> kind, element
    states: dict[str, WidgetState] = field(default_factory=dict)
    messages: dict[str, ForwardMsg] = field(default_factory=dict)  # what the server need not send again
    heard: list[str] = field(default_factory=list)  # the texts of bars, as they came
    received: int = 0

    async def open(self, page: str, **words: str) -> None:
        """Open a page as a link does, in a fresh session."""
        await self.close()
        self.socket = await connect(
            f"ws://{HOST}:{self.port}/_stcore/stream", subprotocols=["streamlit"], max_size=None, compression=None,
            open_timeout=30, ping_interval=None,
        )  # fmt: skip
        self.messages = {}
        await self.go(page, **words)

    async def go(self, page: str, **words: str) -> None:
        """Go to another page in the same session; what stood on the one before is gone."""
        self.page, self.query, self.states = page, urlencode(words), {}
        await self._rerun()

    async def turn(self, widget: str, **value: Any) -> None:
        """Give a widget another value and wait until the page has run."""
        state = WidgetState(id=widget)
        for name, given in value.items():
            if name.endswith("_array_value"):
                getattr(state, name).data.extend(given)
            else:
                setattr(state, name, given)
        self.states[widget] = state
        try:
            await self._rerun()
        finally:
            if "trigger_value" in value or "json_trigger_value" in value:
                self.states.pop(widget, None)

    async def choose(self, component: str, event: str, value: str) -> None:
        """Let a component tell of a choice, as its JavaScript does."""
        said = json.dumps([{"event": event, "value": value}])
        self.states[component] = WidgetState(
            id=component, json_value="{}"
        )  # a mounted component has a state, if an empty one
        await self.turn(f"$$STREAMLIT_INTERNAL_KEY_{component}__events", json_trigger_value=said)

    async def forge(self, *states: WidgetState) -> None:
        """Send states that no browser of ours would, and wait until the page has run. They are not kept."""
        await self._rerun(states)

    async def ask_to_clear_the_cache(self) -> None:
        """Send what Streamlit's own menu would, were it there."""
        assert self.socket is not None
        asked = BackMsg()
        asked.clear_cache = True
        await self.socket.send(asked.SerializeToString())

    async def still_answers(self) -> None:
        """Ask for the page as it stands."""
        await self._rerun()

    async def close(self) -> None:
        """Leave."""
        if self.socket is not None:
            with suppress(Exception):
                await self.socket.close()
        self.socket = None

    async def _rerun(self, forged: Iterable[WidgetState] = ()) -> None:
        """Ask for the page, and hear all that it says until it has run."""
        assert self.socket is not None
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_name = self.page
        asked.rerun_script.widget_states.widgets.extend([*self.states.values(), *forged])
        asked.rerun_script.cached_message_hashes.extend(self.messages)
        asked.rerun_script.context_info.url = f"http://{HOST}:{self.port}/{self.page}"
        await self.socket.send(asked.SerializeToString())
        widgets: dict[str, tuple[str, Any]] = {}
        messages: dict[str, ForwardMsg] = {}
        while True:
            data = await self.socket.recv(decode=False)
            self.received += len(data)
            heard = ForwardMsg.FromString(data)
            if heard.WhichOneof("type") == "ref_hash":
                heard = self.messages[heard.ref_hash]
            if heard.metadata.cacheable or heard.hash in self.messages:
                messages[heard.hash] = heard
            match heard.WhichOneof("type"):
                case "delta" if heard.delta.WhichOneof("type") == "new_element":
                    self._keep(heard.delta.new_element, widgets)
                case "delta" if heard.delta.WhichOneof("type") == "add_block":
                    kind = heard.delta.add_block.WhichOneof("type")
                    if kind in OPENED and (block := getattr(heard.delta.add_block, kind)).id:
                        widgets[block.id] = (kind, block)
                case "page_info_changed":
                    self.query = heard.page_info_changed.query_string
                case "script_finished" if heard.script_finished != EARLY:
                    break
        self.widgets, self.messages = widgets, messages
        self.states = {name: state for name, state in self.states.items() if name in widgets}

    def _keep(self, element: Any, widgets: dict[str, tuple[str, Any]]) -> None:
        """Keep a widget; where the page itself has set it, its state is the page's."""
        kind = element.WhichOneof("type")
        body = getattr(element, kind)
        if kind == "exception":
            raise BrokenError(f"{self.page}?{self.query}: {body.type}: {body.message}")
        if kind == "alert" and body.body in BROKEN:
            raise BrokenError(f"{self.page}?{self.query}: {body.body}")
        if kind == "progress":
            self.heard.append(body.text)
        if kind in KEPT and body.id:
            widgets[body.id] = (kind, body)
            if getattr(body, "set_value", False):
                self.states.pop(body.id, None)


async def get(port: int, address: str, patience_s: float = 30) -> int:
    """Ask for an address as the page's JavaScript does; give the answer's status."""
    async with asyncio.timeout(patience_s):
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(f"GET {address} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
        finally:
            writer.close()
    return int(answer.split(b" ", 2)[1])
