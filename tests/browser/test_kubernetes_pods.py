"""Pods in a real browser: a decision is guessed and opened point by point; a bad version stalls, a drain waits, and it is told."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.the_app import Visitor, another_run, calm, drawn, seek, violations

pytestmark = pytest.mark.browser

SCHEDULER = "/kubernetes?lang=en&x=kubernetes_scheduler"
ROLLOUT = "/kubernetes?lang=en&x=kubernetes_rollout"


def test_a_pod_is_guessed_and_its_decision_opens_point_by_point(visitor: Visitor):
    page = visitor.open(SCHEDULER)
    panel = page.get_by_role("group", name=re.compile("^Decisions"))
    panel.get_by_role("button", name="Next decision").click()
    expect(panel.get_by_text("Where will pod 1 go?").first).to_be_visible()
    panel.get_by_role("button", name="Guess a1").click()
    expect(panel.get_by_text(re.compile("You said a1")).first).to_be_visible()
    page.get_by_text("Open a decision, node by node").click()
    table = page.get_by_role("table").filter(has_text="Pod 1 went to")

    expect(table.locator("tbody tr")).to_have_count(9)
    expect(table.locator("tr.wins")).to_contain_text("lots, among 3")


def test_even_zones_by_force_leave_pods_waiting_in_kubernetes_own_words(arrive):
    page = arrive(color_scheme="dark").open(f"{SCHEDULER}&guess=skip")
    with another_run(page):
        page.get_by_role("button", name=re.compile("^Insist on even zones")).click()
    calm(page)
    seek(page, 560)
    expect(
        page.get_by_role("group", name=re.compile("^Decisions")).get_by_text(re.compile("tip the balance")).first
    ).to_be_visible()
    page.get_by_text("Open a decision, node by node").click()
    page.get_by_role("slider", name="Decision").press("End")

    expect(
        page.get_by_text(re.compile("^0/9 nodes are available: 3 node.s. were unschedulable, 6 node"))
    ).to_be_visible()
    assert "even=zone" in page.url
    assert violations(page) == []


def test_a_bad_version_stalls_a_drain_waits_and_both_are_told(visitor: Visitor):
    page = visitor.open(ROLLOUT)
    drawn(page)
    expect(page.get_by_text("The same version, five ways")).to_have_count(0)
    page.get_by_role("button", name="9", exact=True).click()
    expect(page.get_by_text(re.compile("^You said 9, and 9 of 12")).first).to_be_visible()
    calm(page)
    seek(page, 310)
    expect(page.get_by_text("The new version made no progress for").first).to_be_visible()
    seek(page, 430)
    expect(page.get_by_text("The drain waits for the disruption budget.").first).to_be_visible()

    expect(page.get_by_role("table").filter(has_text="A version that works").locator("thead th")).to_have_count(5)
    assert violations(page) == []


def test_a_phone_never_scrolls_sideways(phone: Visitor):
    page = phone.open(f"{ROLLOUT}&guess=9")
    wide = page.evaluate("""() => [...document.querySelectorAll("main, [data-testid=stMain], html, body")]
      .map((one) => one.scrollWidth - one.clientWidth)""")

    assert max(wide) <= 0
