"""Loops and gates in a real browser: they follow the playhead, say what holds back, and anybody can read them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.the_app import Visitor, another_run, calm, drawn, seek, violations

pytestmark = pytest.mark.browser

LOOPS = "/kubernetes?lang=en&guess=skip"
GATES = "/kubernetes?lang=es&guess=skip&x=kubernetes_hpa"


def card(page: Page, name: str):
    return page.locator(f".cards .card.{name}")


def test_every_loop_follows_the_playhead_and_a_dead_node_counts_down(visitor: Visitor):
    page = visitor.open(LOOPS)
    drawn(page)
    seek(page, 80)
    expect(card(page, "deployment")).to_contain_text("2 of them are dead, and nobody has told it")
    expect(card(page, "endpoints")).to_contain_text("still listed")
    node = page.locator(".cards .listed li").filter(has_text=re.compile("^b1"))
    expect(node).to_contain_text("Dead for 20 s")
    seek(page, 200)
    expect(node).to_contain_text(re.compile(r"deleted in 20\d s"))
    expect(card(page, "endpoints").locator("strong")).to_have_text("-2")
    seek(page, 420)
    expect(card(page, "deployment")).to_contain_text("At 6:48 it created 2.")
    seek(page, 200)  # time goes back as well
    expect(node).to_contain_text("tainted")
    assert violations(page) == []
    with another_run(page):
        page.get_by_role("button", name=re.compile("^Fail three of")).click()
    calm(page)
    seek(page, 590)

    expect(page.locator(".cards .listed li").filter(has_text="nothing more is evicted there")).to_have_count(2)
    expect(page.get_by_text("nodes b1, b2, b3 die")).to_be_visible()


def test_every_gate_shows_its_answer_and_ecs_has_gates_of_its_own_in_the_dark(arrive):
    page = arrive(color_scheme="dark").open(GATES)
    drawn(page)
    seek(page, 316)
    expect(card(page, "formula").locator("strong")).to_have_text("15")
    expect(card(page, "pace")).to_have_attribute("data-state", "held")
    expect(card(page, "asks").locator("strong")).to_have_text("12")
    seek(page, 1_000)
    expect(card(page, "window")).to_have_attribute("data-state", "held")
    assert violations(page) == []
    with another_run(page):
        page.get_by_role("button", name="Deja que ECS siga el mismo objetivo.").click()
    calm(page)
    seek(page, 395)

    expect(card(page, "points")).to_have_attribute("data-state", "held")
    expect(page.locator(".cards .card")).to_have_count(4)
    assert violations(page) == []
