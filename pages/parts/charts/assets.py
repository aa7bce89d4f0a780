"""Assets: plotly.js from the installed package, served by us, so that nothing is fetched from outside."""

from __future__ import annotations

import gzip
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import brotli
import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PREFIX = "/assets"  # not a prefix Streamlit reserves
YEAR_S = 31_536_000


def routes() -> list[Route]:
    """Give `app.py` the route to mount: `st.App(..., routes=[*assets.routes(), ...])`."""
    return [Route(f"{PREFIX}/{{name}}", _plotly, methods=["GET", "HEAD"])]


def plotly_url() -> str:
    """Say where the browser finds plotly.js.  The content's hash is in the name, so it may be kept for ever."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' + base if base else ''}{PREFIX}/{_name()}"


async def _plotly(request: Request) -> Response:
    """Send the file, compressed once a process, or say that the browser's copy still holds."""
    if request.path_params["name"] != _name():
        return Response(status_code=404)
    headers = {
        "Cache-Control": f"public, max-age={YEAR_S}, immutable",
        "ETag": f'"{_digest()}"',
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    asked = request.headers.get("accept-encoding", "")
    coding = next((one for one in ("br", "gzip") if one in asked), "")
    body = await run_in_threadpool(_compressed, coding)
    encoded = {"Content-Encoding": coding} if coding else {}
    return Response(body, media_type="text/javascript", headers=headers | encoded)


@cache
def _path() -> Path:
    """Find the file without importing plotly: furniture does not know charts' library."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("plotly is not installed: its package_data/plotly.min.js draws the charts")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


def _script() -> bytes:
    return _path().read_bytes()


@cache
def _compressed(coding: str) -> bytes:
    """Compress it once a process. Brotli's ninth level takes a third of a second, and a sixth off gzip's size; its eleventh takes seven."""
    match coding:
        case "br":
            return brotli.compress(_script(), quality=9, lgwin=24)
        case "gzip":
            return gzip.compress(_script(), compresslevel=6, mtime=0)
        case _:
            return _script()


@cache
def _digest() -> str:
    return sha256(_script()).hexdigest()[:16]


def _name() -> str:
    return f"plotly-{_digest()}.min.js"
