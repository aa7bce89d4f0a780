"""The spike race as a visitor meets it: the bars come after the guess, and nothing is left for axe to find."""

import pytest
from playwright.sync_api import expect

from tests.browser.the_app import Visitor, calm, violations

pytestmark = pytest.mark.browser


def test_the_bars_come_after_the_guess_and_can_be_reached_by_everyone(visitor: Visitor):
    page = visitor.open("/serverless?x=serverless_race&lang=en")
    expect(page.locator(".q-race")).to_have_count(0)

    page.get_by_role("button", name="ECS on EC2", exact=True).click()
    calm(page)

    expect(page.get_by_text("ECS on EC2 came last")).to_be_visible()
    expect(page.locator(".q-race tbody tr")).to_have_count(4)
    assert violations(page) == []
    assert visitor.errors == []
