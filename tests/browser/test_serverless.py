"""The chapter "What do the four promises cost?" as a visitor meets it: a rush, boxes broken by mouse and keys, a phone, dials."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.the_app import Visitor, calm, drawn, seek, violations

pytestmark = pytest.mark.browser
PIPELINE = "/serverless?lang=en&guess=skip"
DIALS = "/serverless?x=serverless_dials&lang=en&guess=skip"


def box(page: Page, name: str):
    return page.locator(".flow .box").filter(has=page.locator(".name", has_text=re.compile(f"^{name}$")))


def term(page: Page, name: str) -> int:
    return int(page.locator(f".flow .term.{name} b").inner_text().replace(",", "") or 0)


def test_a_guess_is_held_against_the_queue_the_account_adds_up_and_playing_costs_no_message(visitor: Visitor):
    page = visitor.open("/serverless?lang=en")
    page.get_by_role("button", name="1 min to 3 min").click()
    calm(page)
    expect(page.get_by_text("well judged")).to_be_visible()

    seek(page, 235)
    expect(box(page, "orders").locator(".main")).to_have_text(re.compile(r"^1\d,\d{3} wait$"))
    expect(box(page, "worker")).to_have_attribute("data-full", "true")
    ends = ("done", "again", "suppressed", "superseded", "queued", "working", "dead", "refused", "lost")
    assert term(page, "accepted") + term(page, "copied") == sum(term(page, name) for name in ends)
    seek(page, 500)
    expect(box(page, "orders").locator(".main")).to_have_text(re.compile(r"^\d\d wait$"))

    seek(page, 118)
    visitor.talk.clear()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => window.quaysideClock.t > 123")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator(".flow .caption")).to_contain_text("A rush begins")
    assert visitor.talk == []
    assert visitor.errors == []


def test_a_box_is_broken_by_mouse_and_another_by_keys(visitor: Visitor):
    page = visitor.open(PIPELINE)
    seek(page, 30)
    box(page, "table").click()
    page.get_by_role("button", name="Let it answer errors for a minute (0:30)").click()
    calm(page)
    seek(page, 40)
    expect(box(page, "table")).to_have_attribute("data-state", "broken")
    expect(box(page, "table").locator(".main")).to_have_text("answers errors")
    expect(page).to_have_url(re.compile("do=1"))

    box(page, "worker").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Fargate · worker")).to_be_visible()
    page.keyboard.press("Escape")
    expect(box(page, "worker")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Stop it (0:40)")).to_be_focused()
    page.keyboard.press("Enter")
    calm(page)
    seek(page, 45)
    expect(box(page, "worker")).to_have_attribute("data-state", "paused")
    page.get_by_role("button", name="Undo").click()
    calm(page)
    expect(box(page, "worker")).not_to_have_attribute("data-state", "paused")


def test_what_is_refused_leaves_hatched_and_a_dead_letter_queue_is_emptied_by_hand(visitor: Visitor):
    page = visitor.open(PIPELINE)
    page.get_by_role("button", name="Clients that come back at once").click()
    calm(page)
    seek(page, 150)
    expect(box(page, "api").locator(".out")).to_contain_text("/s refused")
    expect(page.locator(".flow path.away").first).to_be_visible()

    page.get_by_role("button", name="A message that nobody understands").click()
    calm(page)
    seek(page, 170)
    expect(box(page, "orders").locator(".tray")).to_have_text("DLQ: 20")
    box(page, "orders").click()
    page.get_by_role("button", name="Move the 20 in the DLQ back (2:50)").click()
    calm(page)
    seek(page, 172)
    expect(box(page, "orders").locator(".tray")).to_have_text("DLQ: 0")
    assert visitor.errors == []


def test_a_phone_shows_boxes_one_below_the_other_and_nothing_is_too_wide(arrive):
    page = arrive(viewport={"width": 390, "height": 844}).open("/serverless?lang=es&guess=skip")
    expect(page.locator(".flow")).to_have_attribute("data-size", "phone")
    tops = [one.bounding_box() for one in page.locator(".flow .box").all()]
    assert all(a["y"] < b["y"] for a, b in pairwise(tops))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert all(one["height"] >= 44 for one in tops)


def test_the_pipeline_is_open_to_everybody_in_the_dark_too(arrive):
    page = arrive(color_scheme="dark", reduced_motion="reduce").open(PIPELINE)
    seek(page, 200)

    assert violations(page) == []
    name = box(page, "orders").get_attribute("aria-label")
    assert "Waiting" in name
    assert "dead-letter" in name


def test_a_dial_moves_with_the_time_machine(visitor: Visitor):
    page = visitor.open(DIALS)
    drawn(page)
    expect(page.get_by_text("29%", exact=True)).to_be_visible()
    page.get_by_role("combobox", name="Time machine").click()
    page.get_by_role("option", name="At the talk, early 2020").click()
    calm(page)

    expect(page.get_by_text("14%", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("era=talk"))
    assert violations(page) == []
    assert visitor.errors == []


def test_on_stage_nothing_is_small_and_all_of_it_is_on_the_screen(arrive):
    page = arrive(viewport={"width": 1920, "height": 1080}).open("/serverless?lang=es&view=stage")
    seek(page, 200)
    sizes = page.locator(".flow :is(.kind, .name, .main, .tray, .term b, .caption b)").evaluate_all(
        "all => all.filter((e) => e.offsetHeight).map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )

    assert min(sizes) >= 24
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
