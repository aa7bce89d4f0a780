"""The front door: `streamlit run app.py`, or `uvicorn app:app`. Start-up, headers, readiness; no page."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware

from engine import precompiled
from pages.parts.admission import close_line, expect_line, open_line
from pages.parts.ahead import routes as run_routes
from pages.parts.charts.assets import routes as chart_routes
from pages.parts.compressed import Compressed
from pages.parts.doorman import Doorman
from pages.parts.files import more_files
from pages.parts.hearing import broke, listen
from pages.parts.progress.store import StoreError, store
from pages.parts.progress.visitors import Visitors
from pages.parts.stage.rehearsal import routes as rehearsal_routes
from pages.parts.stage.rooms import routes as room_routes

# Each of a page's some eighty messages wakes the server's loop, which lets go of the interpreter's lock and waits for it again:
# with five milliseconds a turn (Python's own) twenty people wait a second for what takes a tenth.
sys.setswitchinterval(0.0005)
more_files()
listen()
PAGES = Path(__file__).parent / "pages"
_is_warm = threading.Event()
# Streamlit sets styles from script and evaluates none of ours from outside; nothing may come from, or go, elsewhere.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss: data: blob:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_FOR_FILES = {name: _HEADERS[name] for name in ("X-Content-Type-Options", "Referrer-Policy")}


class SecurityHeaders:
    """Send the same careful headers with every answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers where an answer begins."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # A hundred small scripts need no policy each: what a page may do is said with the page.
                is_page = headers.get("content-type", "text/html").startswith("text/html")
                for name, value in (_HEADERS if is_page else _FOR_FILES).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with)


def _warm_up() -> None:
    """Read every page's modules, compile the engine (seconds the first time), and spare what lives for ever from the collector."""
    # A visitor who clicks on ends the script that runs: in the middle of an import that takes half a module away from the others.
    for module in pkgutil.walk_packages([str(PAGES / "parts")], "pages.parts."):
        importlib.import_module(module.name)
    precompiled.compile_all()
    with suppress(StoreError):  # whoever answers next is told that it is away
        store().sweep()
    gc.collect()
    gc.freeze()
    open_line()  # only now: its processes read what this one compiled, and three that compile the same take three times as long
    _is_warm.set()


@asynccontextmanager
async def _lifespan(_: Any) -> AsyncIterator[None]:
    precompiled.lay_out()  # before those that read it: the thread, and the line's processes
    expect_line()
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield
    close_line()


async def _ready(_: Request) -> JSONResponse:
    """Tell a load balancer (a real one) whether the first visitor would have to wait."""
    is_ready = _is_warm.is_set()
    return JSONResponse({"ready": is_ready}, status_code=200 if is_ready else 503)


app = st.App(
    PAGES / "tour.py",
    lifespan=_lifespan,
    on_script_error=broke,
    routes=[Route("/ready", _ready), *run_routes(), *chart_routes(), *room_routes(), *rehearsal_routes()],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(Doorman),
        Middleware(CompressMiddleware, minimum_size=1_000, zstd=False, brotli_quality=5, gzip_level=5),
        Middleware(Visitors),
        Middleware(Compressed),
    ],
)
