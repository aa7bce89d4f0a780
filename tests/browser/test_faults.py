"""Faults on purpose: a server that dies in the middle of a run, a socket that is cut, a page that is asked for by another's name."""

from __future__ import annotations

import os
import signal
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, WebSocketRoute, expect

from tests.browser import the_app
from tests.browser.conftest import Arrive
from tests.browser.the_app import ROOT, STUDY, Server, Visitor, another_run, calm, digest, stands

pytestmark = pytest.mark.browser


def test_a_server_that_is_killed_in_a_run_comes_back_with_the_same_run(browser: Browser, tmp_path):
    with the_app.serving(ROOT / "app.py", tmp_path / "first.txt", data=tmp_path / "data") as server:
        visitor = Visitor.arrive(browser, server)
        page = visitor.open(STUDY)
        before = digest(page)
        # A run that nobody has had yet is asked for, and the server dies over it.
        page.goto(
            page.url.partition("?")[0] + "?lang=en&guess=skip&rps=1375&launch_type=ecs-fargate", wait_until="commit"
        )
        os.kill(server.pid, signal.SIGKILL)
        with the_app.serving(
            ROOT / "app.py", tmp_path / "second.txt", data=tmp_path / "data", port=urlsplit(server.url).port or 0
        ):
            page.goto(f"{server.url}/az_failure?lang=en&guess=skip&rps=1375&launch_type=ecs-fargate")
            stands(page)
            after = digest(page)
            assert after != before
            page.reload()
            stands(page)
            assert digest(page) == after
            page.goto(f"{server.url}{STUDY}")
            stands(page)
            assert digest(page) == before
            assert page.get_by_test_id("stException").count() == 0
        visitor.context.close()
        assert "Traceback" not in (tmp_path / "second.txt").read_text(encoding="utf-8")


def test_a_socket_that_is_cut_finds_its_session_again(arrive: Arrive):
    visitor = arrive()
    sockets: list[WebSocketRoute] = []

    def joined(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    visitor.context.route_web_socket("**/_stcore/stream", joined)
    page = visitor.open(STUDY)
    first = digest(page)
    with another_run(page):
        page.evaluate(
            "() => window.quaysideCut = document.querySelector('[data-testid=stApp]')"
        )  # the same page, not a new one
        page.get_by_role("button", name="Start again").or_(
            page.get_by_role("button", name="Reset")
        ).first.scroll_into_view_if_needed()
        the_app.choose_zone(page, 0)
        the_app.popover(page).get_by_role("button").filter(has_text="Fail").first.click()
    acted, address = digest(page), page.url
    assert acted != first
    sockets[-1].close()
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]').dataset.testConnectionState !== 'CONNECTED'"
    )
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]').dataset.testConnectionState === 'CONNECTED'"
    )
    calm(page)

    assert len(sockets) == 2
    assert (digest(page), page.url) == (acted, address)
    assert page.evaluate("() => window.quaysideCut === document.querySelector('[data-testid=stApp]')")
    with another_run(page):  # the past, which no link holds, is still there
        page.get_by_role("button", name="Undo").first.click()
    assert digest(page) == first


def test_every_page_draws_though_no_text_may_become_a_script(arrive: Arrive):
    visitor = arrive()
    for chapter, strips in {"az_failure": 4, "serverless": 4, "kubernetes": 3, "fleet": 4}.items():
        page = visitor.open(f"/{chapter}?lang=en&guess=skip")
        expect(page.locator(".qc-strip[data-ready=true]")).to_have_count(strips)
        # A moment later: what a test evaluates by itself may always do so.
        page.evaluate(
            "() => setTimeout(() => { try { window.evaled = Boolean(eval('1')); } catch { window.evaled = false; } }, 0)"
        )
        page.wait_for_function("() => window.evaled !== undefined")
        assert page.evaluate("() => window.evaled") is False
        page.close()
    visitor.errors[:] = [error for error in visitor.errors if "unsafe-eval" not in error]  # our own try, refused


def test_who_asks_by_another_name_gets_nothing(server: Server):
    asked = urllib.request.Request(f"{server.url}/", headers={"Host": "evil.example", "Accept": "text/html"})  # noqa: S310 - ours
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked)  # noqa: S310 - ours

    assert refused.value.code == 400
    assert refused.value.headers["X-Content-Type-Options"] == "nosniff"
    assert "set-cookie" not in {name.lower() for name in refused.value.headers}
    refused.value.close()
