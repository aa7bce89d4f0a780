"""The first visit: what comes over the wire to a browser that was never here, and what a second visit still asks for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import the_app
from tests.browser.the_app import ROOT, Visitor, calm

pytestmark = pytest.mark.browser
FIRST, AGAIN = 2_500_000, 150_000  # bytes
LATE_MS = 4_000  # plotly.js comes after the page stands


def weighed(page: Page, address: str) -> tuple[int, dict[str, int]]:
    """Open an address; give the bytes that came for it in all, and the largest of them by address."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.responseReceived", lambda told: names.__setitem__(told["requestId"], told["response"]["url"]))
    session.on(
        "Network.loadingFinished",
        lambda told: sizes.__setitem__(
            names.get(told["requestId"], told["requestId"]), round(told["encodedDataLength"])
        ),
    )
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    calm(page)
    page.wait_for_timeout(LATE_MS)
    largest = dict(sorted(sizes.items(), key=lambda one: -one[1])[:6])
    return sum(sizes.values()), largest


def test_a_first_visit_is_light_and_a_second_one_lighter(browser: Browser, tmp_path):
    with the_app.serving(ROOT / "app.py", tmp_path / "log.txt") as server:
        visitor = Visitor.arrive(browser, server)
        address = f"{server.url}/az_failure?lang=en&guess=skip"
        first, largest = weighed(visitor.context.new_page(), address)
        again, still = weighed(visitor.context.new_page(), address)
        visitor.context.close()

    assert any("plotly" in name for name in largest), "the charts' library is part of it"
    assert first < FIRST, largest
    assert again < AGAIN, still
