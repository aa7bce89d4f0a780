"""The chapter on placement in a real browser: it asks first, follows the clock, and says what ran out."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.the_app import Visitor, calm, clock, is_playing, seek, the_map, transport, violations

pytestmark = pytest.mark.browser
OPEN = "/placement?lang=en&guess=skip"
NETWORK = "/placement?lang=en&x=placement_network&guess=skip"


def panel(page: Page):
    return page.get_by_role("group", name=re.compile("^Decisions"))


def test_a_decision_is_guessed_before_it_is_told_and_the_score_is_kept(visitor: Visitor):
    page = visitor.open("/placement?lang=en")
    panel(page).get_by_role("button", name="Next decision").click()
    expect(panel(page).get_by_text("Where will task 1 go?").first).to_be_visible()
    expect(panel(page).get_by_text("goes here")).to_have_count(0)
    before = clock(page)
    panel(page).get_by_role("button", name="Guess a3").click()

    expect(panel(page).get_by_text("Task 1 went to a3.").first).to_be_visible()
    expect(panel(page).get_by_text("You saw it coming.").first).to_be_visible()
    assert clock(page) > before
    panel(page).get_by_role("button", name="Next decision").click()
    panel(page).get_by_role("button", name="Guess a1").click()
    expect(panel(page).get_by_text("1 of 2 guessed right").first).to_be_visible()
    page.reload()
    the_map(page).wait_for()
    expect(panel(page).get_by_text("1 of 2 guessed right").first).to_be_visible()


def test_playing_stops_before_a_decision_that_nobody_guessed_and_goes_on_after_a_skip(visitor: Visitor):
    page = visitor.open("/placement?lang=en")
    seek(page, 8.5)
    transport(page).get_by_role("button", name="Play").click()
    expect(panel(page).get_by_text("Where will task 1 go?").first).to_be_visible()

    assert not is_playing(page)
    assert clock(page) < 9.01
    panel(page).get_by_role("button", name="Just show me").click()
    expect(panel(page).get_by_text("Task 1 went to a3.").first).to_be_visible()


def test_the_table_follows_the_playhead_and_the_server_is_not_asked(visitor: Visitor):
    page = visitor.open(OPEN)
    talked = len(visitor.talk)
    seek(page, 100)
    expect(panel(page).get_by_text("12 of 22").first).to_be_visible()
    expect(panel(page).get_by_role("row", name=re.compile("c1.*goes here"))).to_be_visible()
    expect(panel(page).get_by_text("needs 0.75 vCPU, has 0.50 vCPU").first).to_be_visible()
    seek(page, 205.2)
    expect(panel(page).get_by_role("row", name=re.compile("16.*has to go"))).to_be_visible()

    assert visitor.talk[talked:] == []


def test_the_gates_of_a_decision_can_be_opened(visitor: Visitor):
    page = visitor.open(OPEN)
    seek(page, 100)
    panel(page).get_by_role("button", name="Show it gate by gate").click()

    page.locator(".qw-ready").wait_for()
    expect(page.get_by_text("Why did task 12 go to host c1?")).to_be_visible()


def test_interfaces_run_out_while_cpu_and_memory_are_free(visitor: Visitor):
    page = visitor.open(NETWORK)
    meters = page.get_by_role("group", name="What each host has left")
    seek(page, 30)
    expect(meters.get_by_text("Everything has fitted so far.").first).to_be_visible()
    seek(page, 130)

    expect(meters.get_by_text("18 tasks wait: every network interface is taken.").first).to_be_visible()
    expect(meters.get_by_role("row", name=re.compile("^All hosts 12 of 12 13% used 6% used"))).to_be_visible()
    page.get_by_role("button", name="Turn trunking on.").click()
    calm(page)
    expect(meters.get_by_role("row", name=re.compile("^All hosts 30 of 60"))).to_be_visible()


def test_what_ecs_believes_parts_from_the_truth_and_comes_back(visitor: Visitor):
    page = visitor.open("/placement?lang=en&x=placement_agent&guess=skip")
    lanes = page.get_by_role("group", name="What is true, and what ECS believes")
    seek(page, 100)
    expect(lanes.locator(".verdict", has_text="ECS is mistaken.")).to_have_count(2)
    expect(lanes.locator(".row .state", has_text="connected, may take tasks")).to_have_count(2)
    seek(page, 300)

    expect(lanes.locator(".row .state", has_text="silent, takes no new tasks")).to_have_count(1)
    expect(lanes.locator(".verdict", has_text="ECS knows.")).to_have_count(2)


@pytest.mark.parametrize(("theme", "addresses"), [
    ("light", {"/placement?lang=es&rules=distinctInstance": 50, "/placement?lang=en&x=placement_compare": 100}),
    ("dark", {NETWORK: 130, "/placement?lang=en&x=placement_agent": 100}),
])  # fmt: skip
def test_axe_finds_nothing(arrive, theme: str, addresses: dict[str, float]):
    visitor = arrive(color_scheme=theme)
    for address, at_s in addresses.items():
        page = visitor.open(address)
        seek(page, at_s)

        assert violations(page) == [], address


def test_a_phone_never_scrolls_sideways(phone: Visitor):
    page = phone.open("/placement?lang=es&x=placement_compare")
    seek(page, 100)
    wide = page.evaluate("""() => [...document.querySelectorAll("main, [data-testid=stMain], html, body")]
      .map((one) => one.scrollWidth - one.clientWidth)""")

    assert max(wide) <= 0
