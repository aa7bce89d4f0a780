"""Who is there: an anonymous cookie with a random token, set with the first page. Nothing else is known of anybody."""

from __future__ import annotations

import re
import secrets
import threading
from collections import OrderedDict
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "quayside"
YEAR_S = 31_536_000
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{32}$")  # 192 random bits
_MOST_FORGOTTEN = 10_000
_forgotten: OrderedDict[str, None] = OrderedDict()
_guard = threading.Lock()


def known(token: object) -> str | None:
    """Give the hash of a token, as the store knows its visitor; None for what is no token of ours, whatever stands in its place.

    >>> known("../../etc/passwd"), len(known("a" * 32))
    (None, 64)
    """
    return sha256(token.encode()).hexdigest() if isinstance(token, str) and _TOKEN.match(token) else None


def retire(visitor: str) -> None:
    """Give whoever was forgotten a new token with the next page."""
    with _guard:
        _forgotten[visitor] = None
        while len(_forgotten) > _MOST_FORGOTTEN:
            _forgotten.popitem(last=False)


class Visitors:
    """Set the cookie with a page, where none came or the one that came was forgotten."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the cookie where an answer begins."""
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or "text/html" not in Headers(scope=scope).get("accept", "")
        ):
            await self.app(scope, receive, send)
            return
        visitor = known(_came(Headers(scope=scope).get("cookie", "")))
        if visitor is not None and visitor not in _forgotten:
            await self.app(scope, receive, send)
            return

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure = "; Secure" if scope.get("scheme") == "https" else ""
                MutableHeaders(scope=message).append(
                    "set-cookie",
                    f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; Max-Age={YEAR_S}; HttpOnly; SameSite=Lax{secure}",
                )
            await send(message)

        await self.app(scope, receive, send_with)


def _came(header: str) -> str | None:
    """Read our cookie out of a header; a header that cannot be read brings none."""
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None
