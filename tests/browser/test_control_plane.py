"""The chapter "Why three?" as a visitor meets it: a zone that dies, members killed by mouse and by keys, a phone, a screen reader."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.the_app import Theme, Visitor, calm, drawn, seek, violations

pytestmark = pytest.mark.browser
TRAP = "/control_plane?lang=en&guess=skip"


def gauge(page: Page, name: str):
    return page.locator(".store .gauge").filter(has=page.get_by_text(name, exact=True)).locator("dd b")


def test_a_guess_is_held_against_the_zone_that_dies(visitor: Visitor):
    page = visitor.open("/control_plane?lang=en")
    page.get_by_role("button", name="A pause, then it goes on").click()
    calm(page)
    expect(page.get_by_text("You said that there is a pause")).to_be_visible()

    seek(page, 5)
    expect(gauge(page, "Write")).to_have_text("yes")
    seek(page, 20)
    expect(gauge(page, "Write")).to_have_text("no")
    expect(gauge(page, "Read, possibly old")).to_have_text("yes")
    expect(page.locator(".store .caption")).to_contain_text("1 of 3 members left, 2 needed: nobody can write.")
    assert visitor.errors == []


def test_it_plays_and_heartbeats_cost_no_message(visitor: Visitor):
    page = visitor.open(f"{TRAP}&places=abc")
    seek(page, 2)
    visitor.talk.clear()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => window.quaysideClock.t > 3")
    page.get_by_role("button", name="Pause", exact=True).click()

    assert visitor.talk == []
    assert visitor.errors == []


def test_a_member_is_killed_by_mouse_and_started_again_by_keys(visitor: Visitor):
    page = visitor.open(f"{TRAP}&places=abc&do=")
    seek(page, 4)
    member = page.get_by_role("button", name=re.compile("^Member 2, zone b"))
    member.click()
    page.get_by_role("button", name="Kill it (0:04)").click()
    calm(page)
    expect(page.get_by_role("button", name=re.compile("^Member 2, zone b: dead"))).to_be_visible()
    expect(page).to_have_url(re.compile("do=1"))

    seek(page, 6)
    page.get_by_role("button", name=re.compile("^Member 2, zone b: dead")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Member 2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Member 2")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Start it again (0:06)")).to_be_focused()
    page.keyboard.press("Enter")
    calm(page)
    seek(page, 7.5)
    expect(page.get_by_role("button", name=re.compile("^Member 2, zone b: follows"))).to_be_visible()


def test_a_zone_is_cut_off_and_the_two_others_go_on(visitor: Visitor):
    page = visitor.open(f"{TRAP}&places=abc")
    seek(page, 3)
    page.get_by_role("button", name="Zone c", exact=True).click()
    page.get_by_role("button", name="Cut the zone's network off (0:03)").click()
    calm(page)
    seek(page, 7)

    expect(page.get_by_role("button", name="Zone c: cut off")).to_be_visible()
    expect(gauge(page, "Write")).to_have_text("yes")
    page.get_by_role("button", name="Undo").click()
    calm(page)
    expect(page.get_by_role("button", name="Zone c", exact=True)).to_be_visible()


def test_both_orders_play_on_one_clock(visitor: Visitor):
    page = visitor.open("/control_plane?lang=en&x=control_plane_why&guess=skip")
    seek(page, 50)

    captions = page.locator(".store .caption")
    expect(captions).to_have_count(2)
    expect(page.get_by_text("Writing ended: four members need three")).to_be_visible()
    expect(page.get_by_text("Writing went on throughout.")).to_be_visible()
    assert visitor.errors == []


def test_a_phone_shows_it_without_scrolling_sideways(phone: Visitor):
    page = phone.open("/control_plane?lang=es&guess=skip")
    seek(page, 12)

    expect(page.get_by_role("button", name="Zona a: sin energía")).to_be_visible()
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(arrive, theme: Theme):
    visitor = arrive(color_scheme=theme, reduced_motion="reduce")
    page = visitor.open(TRAP)
    seek(page, 12)
    page.get_by_role("button", name=re.compile("^Member 3")).click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="How many, and where?").click()
    calm(page)
    page.get_by_role("button", name="Just show me").click()
    calm(page)
    seek(page, 40)
    assert violations(page) == []
    page.get_by_role("button", name="Yours, or AWS's?").click()
    calm(page)
    page.get_by_role("button", name="Just show me").click()
    calm(page)
    drawn(page)
    assert violations(page) == []
    assert visitor.errors == []
