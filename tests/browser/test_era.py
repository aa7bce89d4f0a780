"""The time machine in a real browser: a click takes the page to early 2020 and back; what did not exist cannot be chosen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.the_app import STUDY, Visitor, calm, violations

pytestmark = pytest.mark.browser


def test_one_click_goes_to_early_2020_and_what_did_not_exist_cannot_be_chosen(visitor: Visitor):
    page = visitor.open(STUDY)
    page.get_by_role("radio", name="early 2020").click()
    calm(page)

    expect(page).to_have_url(re.compile("era=talk"))
    strip = page.locator("details.q-flips.talk")
    strip.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(strip.locator("[data-flip=az_rebalancing]")).to_be_visible()
    auto = page.get_by_role("radio", name=re.compile("EKS Auto Mode, since"))
    expect(auto.first).to_have_attribute("aria-disabled", "true")
    auto.first.click(force=True)
    expect(page).not_to_have_url(re.compile("launch_type"))
    assert violations(page) == []

    page.get_by_role("radio", name="today").click()
    calm(page)
    expect(page).to_have_url(re.compile("era=today"))
    expect(page.locator("details.q-flips.today")).to_be_visible()


def test_the_time_stays_on_the_way_to_another_chapter_on_a_phone(phone: Visitor):
    page = phone.open("/fargate?x=fargate_true&lang=es&era=talk")
    page.get_by_role("button", name="Ya no").nth(1).click()
    calm(page)

    expect(page.locator(".q-true-said.right")).to_contain_text("2020")
    page.get_by_role("link", name="La otra tabla: lámina S30").click()
    expect(page).to_have_url(re.compile("eks.*era=talk"))
    expect(page.locator(".q-true")).to_have_count(5)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
