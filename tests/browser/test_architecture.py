"""The chapter "monolith or microservices?" as a visitor meets it: a fault that spreads or stays, a shop taken apart, a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.the_app import Theme, Visitor, calm, drawn, seek, settled, violations

pytestmark = pytest.mark.browser


def test_a_guess_is_held_against_both_cuts_and_the_shop_is_taken_apart(visitor: Visitor):
    page = visitor.open("/architecture?lang=en")
    page.get_by_role("button", name="The one service", exact=True).click()
    calm(page)
    expect(page.get_by_text("You said the one service: well judged.")).to_be_visible()
    seek(page, 85)
    expect(page.get_by_text("All that runs in the process of payment goes down with it.").first).to_be_visible()

    page.get_by_role("button", name="Take the shop apart. Who can still buy?").click()
    calm(page)
    expect(page).to_have_url(re.compile("out=9"))
    seek(page, 85)
    expect(page.get_by_text("Only what asks payment fails.").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^1.of.5$")).first).to_be_visible()
    assert visitor.errors == []


def test_every_call_may_be_set_by_itself(visitor: Visitor):
    page = visitor.open("/architecture?lang=en&guess=skip&out=9")
    page.get_by_text("Set every call by itself").click()
    calm(page)

    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    expect(page.get_by_text("One row is one call.")).to_be_visible()


def test_what_a_rush_costs_is_searched_and_held_against_the_guess(visitor: Visitor):
    page = visitor.open("/architecture?lang=en&x=architecture_hot")
    page.get_by_role("button", name="The ten services", exact=True).click()
    expect(page.get_by_text("You said the ten services: well judged.")).to_be_visible(timeout=60_000)

    expect(page.get_by_text("What grew: catalogue from")).to_be_visible()


def test_a_phone_shows_it_without_scrolling_sideways(phone: Visitor):
    for name in ("architecture", "architecture_hot", "architecture_pieces"):
        page = phone.open(f"/architecture?lang=es&x={name}&guess=skip")
        settled(page)

        assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth"), name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(arrive, theme: Theme):
    visitor = arrive(color_scheme=theme, reduced_motion="reduce")
    page = visitor.open("/architecture?lang=en&guess=skip&out=9&fault=slow")
    seek(page, 100)
    assert violations(page) == []
    for tab in ("The hot part", "The price of pieces"):
        page.get_by_role("button", name=tab).click()
        calm(page)
        page.get_by_role("button", name="Just show me").click()
        calm(page)
        drawn(page)
        assert violations(page) == []
    assert visitor.errors == []
