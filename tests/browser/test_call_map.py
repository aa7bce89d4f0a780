"""The call map in a real browser: what is drawn can be pointed at, read, acted on and walked by keys; nothing moves unasked."""

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from engine import Run, Scenario, run
from pages.parts.call_map import call_map_data
from pages.parts.call_map.call_map import SCRIPT, STYLE
from pages.parts.call_map.payload import payload
from pages.parts.words import Voice

pytestmark = pytest.mark.browser

# A shop of four modules: two in one service, the till and the ads each in its own.
MODULES = [
    {"name": "front", "service": "shop", "calls": [
        {"to": "cart"}, {"to": "ads", "needed": False, "timeout_s": 0.2, "breaker": {}}, {"to": "payment", "retries": 2, "timeout_s": 0.5},
    ]},
    {"name": "cart", "service": "shop"}, {"name": "payment", "service": "payment"}, {"name": "ads", "service": "ads"},
]  # fmt: skip
PAGE = """<!doctype html><html lang="en"><title>Calls</title><style>:root{--st-background-color:%(ground)s}body{margin:16px;
background:%(ground)s;color:%(ink)s}%(style)s</style><main><h1>Calls</h1><div id="here"></div></main><script type="module">%(script)s
window.sent = []; const data = %(data)s;
mount({ parentElement: document.getElementById("here"), data, setTriggerValue: (name, value) => window.sent.push([name, value]) });
clock.setRun({ id: data.payload.id, end: data.payload.end, stops: [30] });</script></html>"""


@pytest.fixture(scope="module")
def shop() -> Run:
    """Ninety seconds: the ads answer errors from 0:30 on, and zone b is lost at 1:10."""
    return run(Scenario.of({
        "launch_type": "ecs-fargate", "duration_s": 90, "traffic": {"rps": 100},
        "services": [{"name": name, "desired": 3} for name in ("shop", "payment", "ads")],
        "application": {"modules": MODULES, "actions": [{"name": "view", "entry": "front"}]},
        "operations": [{"do": "break-module", "module": "ads", "errors": 1, "at_s": 30}, {"do": "fail-zone", "zone": "b", "at_s": 70}],
    }))  # fmt: skip


@pytest.fixture
def shown(browser: Browser, shop: Run) -> Iterator[object]:
    """Show the run on a page of its own, without a server; nothing may go wrong in the browser's console."""
    pages: list[Page] = []
    errors: list[str] = []

    def show(
        size: str = "study", lang: str = "en", *, ground: str = "#F4F7F8", ink: str = "#10212B", **settings: object
    ) -> Page:
        page = browser.new_page(**{"viewport": {"width": 860, "height": 800}} | settings)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        data = json.dumps(call_map_data(payload(shop, Voice(lang)), size))  # type: ignore[arg-type]
        script = SCRIPT.replace("export default", "const mount =")
        page.set_content(PAGE % {"style": STYLE, "script": script, "data": data, "ground": ground, "ink": ink})
        page.wait_for_function("() => document.querySelector('.calls .sea')?.width > 300")
        pages.append(page)
        return page

    yield show
    for page in pages:
        page.close()

    assert errors == []


def at(page: Page, seconds: float) -> None:
    page.evaluate("(t) => window.quaysideClock.seek(t)", seconds)
    page.wait_for_timeout(180)  # the table waits until a scrubber rests


def rows(page: Page) -> dict[str, str]:
    """Read the table: what each thing is, and what flows."""
    toggle = page.get_by_role("button", name=re.compile("Show as table|Ver como tabla"))
    if toggle.count():
        toggle.click()
    return {row.locator("th").inner_text(): row.inner_text() for row in page.locator("tbody tr").all()}


def test_the_table_says_what_the_picture_draws_at_each_moment(shown):
    page = shown()
    at(page, 20)
    told = rows(page)
    assert set(told) == {
        "Users", "shop, 2 modules in one", "front", "cart", "payment", "ads", "front to cart", "front to ads", "front to payment",
    }  # fmt: skip
    assert "A function call within one task" in told["front to cart"]
    assert "Circuit closed" in told["front to ads"]
    assert "Retries: up to 2" in told["front to payment"]
    assert "healthy" in told["ads"]

    at(page, 50)
    told = rows(page)
    assert "errors" in told["ads"]
    assert "0:30" in told["ads"]
    assert "Circuit open" in told["front to ads"]
    assert "Users get their answers" in told["Users"], "nobody needs the ads"
    at(page, 72)
    assert "lost" in rows(page)["payment"]
    expect(page.get_by_role("application")).to_have_attribute("aria-label", re.compile(r"at 1:12.*ads: errors"))


def test_a_module_is_walked_to_by_keys_and_broken_at_the_playhead(shown):
    page = shown()
    at(page, 12.34)
    canvas = page.get_by_role("application")
    page.keyboard.press("Tab")
    expect(canvas).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("p[aria-live]").last).to_contain_text(re.compile("front to|cart"))
    page.keyboard.press("Escape")
    canvas.blur()
    canvas.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    opened = page.get_by_role("dialog")
    expect(opened).to_contain_text("front")
    expect(opened.get_by_role("button").filter(has_text="20 times slower (0:12)")).to_be_focused()
    page.keyboard.press("Enter")
    expect(opened).to_be_hidden()

    assert page.evaluate("() => window.sent") == [
        ["act", {"do": "break-module", "slow_x": 20, "module": "front", "at_s": 12.3}]
    ]


def test_a_call_is_clicked_and_says_its_rate_its_failures_and_its_breaker(shown):
    page = shown()
    at(page, 50)
    canvas = page.get_by_role("application")
    box = canvas.bounding_box()
    found = ""
    for y in range(60, int(box["height"]) - 10, 7):  # down the gap between front and the others
        canvas.click(position={"x": box["width"] * 0.6, "y": y})
        opened = page.locator("[role=dialog]:popover-open")
        if opened.count() and "front to ads" in (found := opened.inner_text()):
            break
        page.keyboard.press("Escape")
    assert "front to ads" in found
    assert "Circuit open" in found
    assert re.search(r"Failing\s+\d+ a second, 100% of them", found)
    assert "the caller goes on with less" in found
    page.keyboard.press("Escape")
    expect(page.locator("[role=dialog]:popover-open")).to_have_count(0)


@pytest.mark.parametrize(
    ("size", "settings"),
    [
        ("study", {}),
        ("study", {"viewport": {"width": 390, "height": 844}}),
        ("stage", {"viewport": {"width": 1920, "height": 1080}, "ground": "#0B131A", "ink": "#EEF4F7"}),
    ],
)
def test_anybody_can_read_it_at_every_size(shown, size, settings):
    page = shown(size, "es", **settings)
    at(page, 50)
    rows(page)

    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    violations = Axe().run(page).response["violations"]
    assert [f"{one['id']}: {node['target']}" for one in violations for node in one["nodes"]] == []


def test_nothing_moves_where_motion_is_unwelcome_and_beads_do_where_it_is_not(shown):
    def drawn(page: Page) -> tuple[str, str]:
        """Draw one frame of play, and another: are they alike?"""
        at(page, 20)
        first = page.evaluate("() => document.querySelectorAll('.calls .sea')[1].toDataURL()")
        page.evaluate("() => window.quaysideClock.play()")
        page.wait_for_timeout(250)
        page.evaluate("() => { window.quaysideClock.pause(); window.quaysideClock.seek(20); }")
        return first, page.evaluate("() => document.querySelectorAll('.calls .sea')[1].toDataURL()")

    moved, again = drawn(shown())
    assert moved != again, "the beads have run on"
    still, same = drawn(shown(reduced_motion="reduce"))
    assert still == same
