"""One server and one Chromium for all browser tests; a fresh browser profile for each visitor."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import the_app
from tests.browser.the_app import Server, Visitor

Arrive = Callable[..., Visitor]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Quayside itself. Afterwards its log tells whether something broke where no visitor saw it."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with the_app.serving(the_app.ROOT / "app.py", log) as up:
        yield up
    assert "Traceback" not in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")[-6_000:]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A real Chromium."""
    with sync_playwright() as playwright:
        up = the_app.launch(playwright, chromium)
        yield up
        up.close()


@pytest.fixture
def arrive(browser: Browser, server: Server) -> Iterator[Arrive]:
    """Let visitors come. Whatever a test is about, no visitor's console may show an error, and no request go outside."""
    came: list[Visitor] = []

    def one(**settings: Any) -> Visitor:
        came.append(Visitor.arrive(browser, server, **settings))
        return came[-1]

    yield one
    broken = [
        text
        for visitor in came
        for page in visitor.context.pages
        for text in page.get_by_test_id("stException").all_inner_texts()
    ]
    for visitor in came:
        visitor.context.close()

    assert not broken
    assert [error for visitor in came for error in visitor.errors] == []
    assert [url for visitor in came for url in visitor.outside] == []


@pytest.fixture
def visitor(arrive: Arrive) -> Visitor:
    """One visitor with a laptop."""
    return arrive()


@pytest.fixture
def phone(arrive: Arrive) -> Visitor:
    """One visitor with a phone."""
    return arrive(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2)
