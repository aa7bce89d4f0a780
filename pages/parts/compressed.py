"""Compressed: Streamlit's own files, which never change while a process lives, are compressed well, once, and kept.

A hall of people opens the page within a minute: compressing some megabytes anew for each of them would cost seconds of the
processor, and would have to be done badly to be done at all.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import brotli
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/static/"
MOST_FILES = 400  # Streamlit has some 300
MOST_BYTES = 8_000_000
QUALITY = 9  # half the time of 10, and within 2 % of it on files of this size
_WORTH = ("text/", "application/javascript", "application/json", "image/svg")


class Compressed:
    """Answer for files below `PREFIX` out of memory, in Brotli, to whoever reads it."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before the application."""
        self.app = app
        self._kept: OrderedDict[str, tuple[list[tuple[bytes, bytes]], bytes]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        if "br" not in asked.get("accept-encoding", "") or "range" in asked or "if-none-match" in asked:
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path not in self._kept:
            status, headers, body = await self._asked(scope, receive)
            kind = Headers(raw=headers).get("content-type", "")
            if status != 200 or not kind.startswith(_WORTH) or len(body) > MOST_BYTES:
                await _answer(send, status, headers, body)
                return
            small = await run_in_threadpool(brotli.compress, body, quality=QUALITY)
            dropped = {b"content-length", b"content-encoding", b"accept-ranges"}
            kept = [(name, value) for name, value in headers if name.lower() not in dropped]
            encoded = [
                (b"content-encoding", b"br"),
                (b"vary", b"Accept-Encoding"),
                (b"content-length", str(len(small)).encode()),
            ]
            self._kept[path] = ([*kept, *encoded], small)
            while len(self._kept) > MOST_FILES:
                self._kept.popitem(last=False)
        headers, small = self._kept[path]
        await _answer(send, 200, headers, small)

    async def _asked(self, scope: Scope, receive: Receive) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Ask the application for a file as it is: status, headers, body."""
        plain = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}
        found: dict[str, Any] = {"status": 500, "headers": []}
        body = bytearray()

        async def take(message: Message) -> None:
            if message["type"] == "http.response.start":
                found.update(status=message["status"], headers=list(message["headers"]))
            else:
                body.extend(message.get("body", b""))

        await self.app(plain, receive, take)
        return found["status"], found["headers"], bytes(body)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
