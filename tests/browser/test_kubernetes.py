"""Kubernetes in a real browser: nodes come and go with their price, who keeps them is chosen on the page, anybody can use it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.the_app import Visitor, another_run, calm, drawn, seek, violations

pytestmark = pytest.mark.browser

NODES = "/kubernetes?lang=en&guess=skip&x=kubernetes_nodes"


def ledger(page: Page):
    return page.get_by_role("table").filter(has_text="Each decision")


def test_nodes_come_and_go_and_each_decision_has_its_price(visitor: Visitor):
    page = visitor.open(NODES)
    drawn(page)
    expect(page.get_by_text("Every node, from its order to its end")).to_be_visible()
    expect(ledger(page).locator("tbody tr").filter(has_text="makes its group larger").first).to_contain_text("$0.192")
    with another_run(page):
        page.get_by_role("button", name=re.compile("^Let Karpenter keep")).click()
    calm(page)
    seek(page, 900)

    expect(ledger(page).locator("tbody tr").filter(has_text="Karpenter buys").first).to_contain_text("c5.large")
    assert "who=karpenter" in page.url
    assert violations(page) == []


def test_four_ways_to_keep_nodes_stand_side_by_side_in_the_dark(arrive):
    page = arrive(color_scheme="dark").open(f"{NODES}&view=compare")
    drawn(page)
    seek(page, 2_400)

    expect(page.get_by_role("table").filter(has_text="Cost of the nodes").locator("thead th")).to_have_count(4)
    assert violations(page) == []


def test_the_answer_is_hidden_while_the_guess_is_open(visitor: Visitor):
    page = visitor.open("/kubernetes?lang=en&x=kubernetes_nodes")
    drawn(page)
    expect(page.get_by_text("What became of each node")).to_have_count(0)
    page.get_by_role("button", name="10 min to 20 min").click()

    expect(page.get_by_text(re.compile("^You said 10")).first).to_be_visible()
    expect(page.get_by_text("What became of each node")).to_be_visible()
