"""The front door: what every answer says of itself, and what it lets a page do."""

import asyncio

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from streamlit import config

import app as front
from app import _HEADERS, _POLICY, SecurityHeaders
from pages.parts.doorman import Doorman

PAGE = HTMLResponse("<p>hello</p>")


def headers(answer, kind="http"):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "method": "GET", "path": "/", "query_string": b"", "headers": []}
    asyncio.run(SecurityHeaders(answer)(scope, None, send))
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def rules(policy=_POLICY):
    return {name: set(words) for name, *words in (rule.split() for rule in policy.split(";"))}


def test_a_page_says_who_may_do_what_with_it():
    found = headers(PAGE)

    assert {name.lower(): value for name, value in _HEADERS.items()}.items() <= found.items()
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "no-referrer"  # a link holds an experiment: nobody outside hears of it
    assert found["cross-origin-opener-policy"] == "same-origin"
    assert all(f"{name}=()" in found["permissions-policy"] for name in ("camera", "microphone", "geolocation"))


def test_nothing_comes_from_outside_and_nothing_goes_there():
    found = rules()

    assert found["default-src"] == {"'self'"}
    assert all("*" not in word and "http" not in word for words in found.values() for word in words)
    assert found["object-src"] == {"'none'"}
    assert found["frame-ancestors"] == found["base-uri"] == found["form-action"] == {"'self'"}
    assert found["connect-src"] - {"'self'", "ws:", "wss:", "data:", "blob:"} == set()


def test_no_text_becomes_a_script():
    assert "'unsafe-eval'" not in _POLICY
    assert rules()["script-src"] == {"'self'", "'unsafe-inline'", "blob:"}  # SECURITY.md says why these two


@pytest.mark.parametrize("kind", ["text/javascript", "image/svg+xml", "application/json"])
def test_a_file_is_what_it_says_it_is_and_carries_no_policy(kind):
    found = headers(Response("x", media_type=kind))

    assert found["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in found


def test_what_a_route_says_itself_stays():
    assert headers(HTMLResponse("x", headers={"Referrer-Policy": "origin"}))["referrer-policy"] == "origin"
    assert (
        headers(PlainTextResponse("x", headers={"X-Content-Type-Options": "nosniff"}))["x-content-type-options"]
        == "nosniff"
    )


def test_a_refusal_carries_the_headers_too():
    found = headers(Doorman(PAGE))

    assert found["x-content-type-options"] == "nosniff"


def test_what_may_be_uploaded_and_told_is_bounded():
    assert front.app is not None
    assert config.get_option("server.maxUploadSize") == 2
    assert config.get_option("server.maxMessageSize") == 50
    assert config.get_option("server.enableXsrfProtection")
    assert config.get_option("server.enableCORS")
    assert config.get_option("client.showErrorDetails") == "none"
    assert not config.get_option("server.enableAgentApi")
    assert not config.get_option("browser.gatherUsageStats")
