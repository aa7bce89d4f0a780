"""Doorman: by which names this server answers, and which pages may talk to it.

A page from elsewhere may not reach a server on its visitor's own machine by giving its own name that machine's address (DNS
rebinding). So a request must name a host that is known, and a socket must come from a page of that same host. An address in
figures is nobody's name and needs no entry; nor does the machine's own.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

HOSTS = "QUAYSIDE_HOSTS"  # more names, with commas between them; *.example.org: all below it; *: any


def named() -> frozenset[str]:
    """Give the names by which this server may be asked for, an address in figures aside."""
    own = socket.gethostname().lower().rstrip(".")
    asked = (one.strip().lower().rstrip(".") for one in os.environ.get(HOSTS, "").split(","))
    return frozenset(filter(None, ("localhost", own, f"{own}.local" if "." not in own else "", *asked)))


def may_ask(host: str, names: Iterable[str]) -> bool:
    """Say whether a Host header names this server.

    >>> may_ask("localhost:8501", {"localhost"}), may_ask("10.0.0.7:8501", ()), may_ask("[::1]:8501", ())
    (True, True, True)
    >>> may_ask("evil.example", {"localhost"}), may_ask("a.example.org", {"*.example.org"}), may_ask("", {"localhost"})
    (False, True, False)
    """
    name = name_of(host)
    if not name:
        return False
    known = set(names)
    return "*" in known or name in known or _is_address(name) or any(
        name.endswith(one[1:]) for one in known if one.startswith("*.")
    )  # fmt: skip


def name_of(host: str) -> str:
    """Give a host's name without its port; "" for what is no host.

    >>> name_of("Example.org.:80"), name_of("[::1]:8501"), name_of("a b"), name_of("user@evil:1"), name_of("[::1")
    ('example.org', '::1', '', '', '')
    """
    try:
        parts = urlsplit(f"//{host}")
        found, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    is_plain = not (parts.username or parts.password or parts.path or parts.query or parts.fragment or "@" in host)
    return found.rstrip(".").lower() if is_plain and not set(found) & set(" \t\\%,") else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Doorman:
    """Refuse whoever asks for another host, and sockets of other hosts' pages, before anything else is done."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before the application."""
        self.app, self.names = app, named()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, or refuse."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        is_well = len(headers.getlist("host")) == 1 and may_ask(host, self.names)
        if scope["type"] == "websocket":
            if is_well and _is_of(headers.get("origin"), host):
                await self.app(scope, receive, send)
            else:
                await receive()  # the browser's wish to connect
                await send({"type": "websocket.close", "code": 1008})
        elif is_well:
            await self.app(scope, receive, send)
        else:
            await PlainTextResponse("This server is not called so.", 400)(scope, receive, send)


def _is_of(origin: str | None, host: str) -> bool:
    """Say whether a socket's page is of the host it asks. A program that is no browser names no page."""
    if origin is None:
        return True
    scheme, _, came = origin.partition("://")
    return scheme in {"http", "https"} and came.lower() == host.lower()
