"""The roll-out lab and its traps in a real browser: percents are dragged, a version is played, anybody can use it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.the_app import STUDY, Visitor, another_run, calm, choose_by_keys, drawn, popover, seek, violations

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
    page.get_by_role("button", name="1 task, as it comes").click()
    expect(page.locator(".percents .says").first).to_contain_text("Starts first")


# --- who meets a bad version? ----------------------------------------------------------------------------------------

LAB = "/delivery?lang=en&guess=skip&x=delivery_rollout"


def test_a_version_is_stopped_by_an_alarm_and_the_table_says_the_same(visitor: Visitor):
    page = visitor.open("/delivery?lang=en&x=delivery_rollout")
    drawn(page)
    page.get_by_role("button", name="Nothing", exact=True).click()
    expect(page.get_by_text("You said it would do nothing: so it is.", exact=False)).to_be_visible()
    expect(page.get_by_text("clamp(ceil(50% × 10), 3, 200) = 5 tasks")).to_be_visible()
    with another_run(page):
        page.get_by_role("button", name=re.compile("^The same canary")).click()
    calm(page)
    seek(page, 200)
    expect(page.locator(".map .counts")).to_contain_text("of a new version")
    expect(page.get_by_text("5% of the requests go to the new version from here on.").first).to_be_visible()
    seek(page, 240)
    expect(page.get_by_text("Only the old version is left.")).to_be_visible()

    expect(page.locator(".q-outcome")).to_contain_text("rolled back after")
    assert violations(page) == []


def test_a_version_comes_out_in_another_chapter_at_the_playhead(visitor: Visitor):
    page = visitor.open(STUDY)
    seek(page, 30)
    choose_by_keys(page)
    with another_run(page):
        popover(page).get_by_role("button", name=re.compile("^Bring out one that fails 20%")).click()
    calm(page)
    seek(page, 110)
    page.get_by_role("button", name="Show as table").first.click()

    expect(page.locator(".map .table")).to_contain_text("version 2")
    assert "do=" in page.url


def test_four_ways_stand_side_by_side_on_a_phone_in_spanish_and_in_the_dark(arrive):
    page = arrive(viewport={"width": 390, "height": 844}, color_scheme="dark").open(
        f"{LAB}&view=compare".replace("lang=en", "lang=es")
    )
    drawn(page)
    seek(page, 300)

    expect(page.get_by_role("table").filter(has_text="Horas de tarea de más").locator("thead th")).to_have_count(4)
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert violations(page) == []
