"""The roll-out lab and its traps in a real browser: percents are dragged, a version is played, anybody can use it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.the_app import Visitor, calm, drawn, seek, violations

pytestmark = pytest.mark.browser

TRAPS = "/delivery?lang=en&guess=skip&x=delivery_traps"


def square(page: Page, whose: str):
    return page.get_by_role("img", name=re.compile(f"^{whose}, "))


# --- does it move? ---------------------------------------------------------------------------------------------------


def test_a_pair_of_percents_is_dragged_and_both_schedulers_answer(visitor: Visitor):
    page = visitor.open(TRAPS)
    expect(square(page, "ECS")).to_have_attribute("aria-label", "ECS, 100% to 125%: 0 may start, 0 may stop. Stuck.")
    expect(square(page, "Kubernetes")).to_have_attribute(
        "aria-label", re.compile("1 may start, 0 may stop. Starts first.$")
    )
    box = square(page, "ECS").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5, steps=4)
    # It answers before the server is asked, and the other square goes along.
    expect(square(page, "ECS")).to_have_attribute("aria-label", "ECS, 50% to 160%: 1 may start, 1 may stop. Either.")
    expect(square(page, "Kubernetes")).to_have_attribute(
        "aria-label", re.compile("maxSurge 60%: 2 may start, 1 may stop")
    )
    assert "min=" not in page.url
    page.mouse.up()
    calm(page)

    expect(page.get_by_text("ECS may start and stop at once.")).to_be_visible()
    expect(page).to_have_url(re.compile("min=50&max=160"))
    assert violations(page) == []


def test_the_proof_plays_both_on_one_clock_on_a_phone_in_the_dark(arrive):
    page = arrive(viewport={"width": 390, "height": 844}, color_scheme="dark").open(TRAPS.replace("lang=en", "lang=es"))
    drawn(page)
    expect(page.get_by_text("No se movió nada.")).to_be_visible()
    seek(page, 500)
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")

    assert wide <= 0
    assert violations(page) == []


def test_the_stage_is_read_from_the_back_of_the_hall(arrive):
    page = arrive(viewport={"width": 1920, "height": 1080}).open(f"{TRAPS}&view=stage&tasks=1&min=50&max=150")
    expect(page.locator(".percents .says").first).to_contain_text("Stuck")
    small = page.locator(".percents").evaluate(
        "root => [...root.querySelectorAll('*')].filter(e => e.offsetParent && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))"
        ".map(e => [parseFloat(getComputedStyle(e).fontSize), e.textContent]).filter(([px]) => px < 24)"
    )

    assert small == []
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight <= innerHeight")
