"""Doorman: who asks this server by another's name, or opens a socket from another's page, is refused before anything is done."""

import asyncio

import pytest
from starlette.responses import PlainTextResponse

from pages.parts.doorman import HOSTS, Doorman, may_ask, named


async def _inside(scope, receive, send):
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await PlainTextResponse("hello")(scope, receive, send)


def asked(host, origin=None, kind="http", hosts=1):
    """Ask as a browser does, and give the first thing that is answered."""
    headers = [(b"host", host.encode())] * hosts + ([(b"origin", origin.encode())] if origin is not None else [])
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "websocket.connect"}

    scope = {"type": kind, "method": "GET", "path": "/_stcore/stream", "query_string": b"", "headers": headers}
    asyncio.run(Doorman(_inside)(scope, receive, send))
    return sent[0].get("status", sent[0]["type"])


@pytest.mark.parametrize(
    "host", ["localhost:8501", "LOCALHOST", "127.0.0.1:8501", "192.168.1.20:8501", "[::1]:8501", "localhost."]
)
def test_this_machine_and_addresses_in_figures_need_no_setting(host):
    assert asked(host) == 200
    assert asked(host, f"http://{host}", "websocket") == "websocket.accept"


@pytest.mark.parametrize("host", [
    "evil.example", "localhost.evil.example", "evil.example:8501", "", "local host", "user@localhost", "localhost:x", "[::1", "127.0.0.1.nip.io",
    "localhost/x", "localhost,evil.example",
])  # fmt: skip
def test_another_name_is_refused_and_its_socket_too(host):
    assert asked(host) == 400
    assert asked(host, f"http://{host}", "websocket") == "websocket.close"


def test_two_names_at_once_are_refused():
    assert asked("localhost", hosts=2) == 400
    assert asked("localhost", hosts=0) == 400


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://localhost:3000",
        "null",
        "",
        "file://",
        "http://localhost:8501.evil.example",
        "http://[",
    ],
)
def test_a_page_of_another_host_opens_no_socket(origin):
    assert asked("localhost:8501", origin, "websocket") == "websocket.close"


def test_a_program_that_is_no_browser_may_open_one():
    assert asked("localhost:8501", None, "websocket") == "websocket.accept"


def test_more_names_are_said_in_the_environment(monkeypatch):
    monkeypatch.setenv(HOSTS, "Quayside.example.org, *.talks.example")
    for host, status in {
        "quayside.example.org": 200, "a.talks.example:443": 200, "talks.example": 400, "xtalks.example": 400, "localhost": 200, "evil.example": 400,
    }.items():  # fmt: skip
        assert asked(host) == status, host
    monkeypatch.setenv(HOSTS, "*")
    assert asked("evil.example") == 200
    assert asked("evil.example", "http://other.example", "websocket") == "websocket.close"


def test_a_machine_answers_by_its_own_name(monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "Lectern")

    assert may_ask("lectern:8501", named())
    assert may_ask("lectern.local:8501", named())
    assert not may_ask("other.local", named())
