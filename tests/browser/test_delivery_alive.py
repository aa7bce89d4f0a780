"""The pipelines alive and the batch lab as a visitor meets them: guessed, played, followed tile by tile; by keyboard and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.the_app import Visitor, calm, drawn, frames, seek, settled, transport, violations

pytestmark = pytest.mark.browser
ALIVE, LAB = "/delivery?lang=en", "/architecture?lang=en&x=architecture_batch"


def plays(page: Page) -> Page:
    """Wait until the board has its run and its width."""
    page.wait_for_function("() => window.quaysideRun && window.quaysideClock.end > 0")
    page.locator(".board .lane").first.wait_for()
    settled(page)
    return page


def tiles(page: Page, way: str):
    return page.locator(f".board .panel.{way} .tiles .tile:visible")


def test_one_visit_guesses_plays_follows_a_change_by_keys_and_turns_a_worker_on(visitor: Visitor):
    page = plays(visitor.open(ALIVE))
    expect(page.get_by_text("the largest part goes")).to_have_count(0)
    page.get_by_role("button", name="Waiting for their release").click()
    expect(page.get_by_text("You said waiting for a release: so it is.")).to_be_visible()
    plays(page)
    calm(page)
    visitor.talk.clear()
    seek(page, 30_000)
    frames(page)

    # The legend counts what is seen, and what found no room.
    seen = tiles(page, "train").count() + tiles(page, "pipelines").count()
    counts = page.locator(".board .legend b").all_inner_texts()
    beyond = [int(re.sub(r"\D", "", text)) for text in page.locator(".board .over span").all_inner_texts()]
    assert sum(map(int, counts)) == seen + sum(beyond) > 20
    expect(page.locator(".board .panel.train .users")).to_have_text(re.compile(r"^\d+ of \d+ with users$"))
    before = page.locator(".board .panel.pipelines .users").inner_text()
    transport(page).get_by_role("button", name="Play").click()
    page.wait_for_function("() => window.quaysideClock.t > 30150")
    transport(page).get_by_role("button", name="Pause").click()

    # A change is followed both ways by keys, and none of it asks the server.
    first = page.locator(".board .panel.pipelines .tiles .tile[tabindex='0']")
    expect(first).to_have_count(1)
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    story = page.locator(".board .story")
    expect(story.get_by_role("heading", name=re.compile(r"^Change \d+, by team \d$"))).to_be_visible()
    expect(story.get_by_role("heading", name="One train")).to_be_visible()
    steps = story.locator("li").count()
    seek(page, 57_000)
    frames(page)
    assert story.locator("li").count() >= steps
    assert page.locator(".board .panel.pipelines .users").inner_text() != before
    page.keyboard.press("Escape")
    expect(story).to_be_hidden()
    assert visitor.talk == []

    page.get_by_role("button", name="One more build worker").click()
    expect(page.locator(".board .panel.train .pool")).to_contain_text("of 3 at work")
    expect(page).to_have_url(re.compile("workers=3"))


def test_the_stage_has_nothing_below_24_px_and_the_board_fits_every_projector(arrive):
    for address in (f"{ALIVE}&view=stage", f"{LAB}&view=stage"):
        page = arrive(viewport={"width": 1920, "height": 1080}).open(address)
        settled(page)
        small = page.evaluate(
            "() => [...document.querySelectorAll('[data-testid=stMain] *')].filter(e => e.checkVisibility() && !e.closest('.st-key-q-stage-exit') && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))"
            ".map(e => [parseFloat(getComputedStyle(e).fontSize), e.textContent]).filter(([px]) => px < 24)"
        )
        assert small == [], address
        for tall in ((1920, 1080), (1366, 768)) if address.startswith(ALIVE) else ():
            page.set_viewport_size({"width": tall[0], "height": tall[1]})
            page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollHeight <= innerHeight")


def test_the_lab_is_guessed_and_its_map_follows_the_reader(visitor: Visitor):
    page = visitor.open(LAB)
    page.get_by_role("button", name="Many pipelines").click()
    expect(page.get_by_text(re.compile("The train wins"))).to_be_visible()
    calm(page)
    drawn(page)
    expect(page.get_by_text(re.compile("With 8 teams pipelines stop paying"))).to_be_visible()
    page.get_by_role("button", name="No coupling at all").click()

    expect(page.get_by_text(re.compile("Pipelines win|As many changes"))).to_be_visible()
    expect(page).to_have_url(re.compile("coupling=0"))
    calm(page)
    page.get_by_text("The same as a table").last.click()
    expect(page.get_by_role("table", name=re.compile("How many times as long"))).to_be_visible()


def test_a_phone_in_the_dark_shows_both_without_scrolling_sideways_to_anybody(arrive):
    visitor = arrive(viewport={"width": 390, "height": 844}, color_scheme="dark", reduced_motion="reduce")
    for address in (
        "/delivery?lang=es&guess=skip&coupling=0.5",
        "/architecture?lang=es&x=architecture_batch&guess=skip",
    ):
        page = visitor.open(address)
        calm(page)
        drawn(page)
        assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth"), address
        assert violations(page) == [], address


def test_a_change_of_two_services_is_joined_by_a_line_and_axe_finds_nothing_in_the_light(arrive):
    visitor = arrive(color_scheme="light", reduced_motion="reduce")
    page = plays(visitor.open(f"{ALIVE}&guess=skip&coupling=0.6"))
    seek(page, 36_000)
    frames(page)

    assert page.locator(".board .panel.pipelines svg path").count() > 0
    assert page.locator(".board .panel.train svg path").count() == 0
    page.locator(".board .panel.pipelines .tiles .tile:visible").first.click()
    assert violations(page) == []
    page = visitor.open(f"{LAB}&guess=skip")
    calm(page)
    drawn(page)
    assert violations(page) == []
