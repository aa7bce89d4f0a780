"""The fleet in a real browser: the loops follow the playhead, a release is played in half a minute, anybody can use it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.the_app import Visitor, another_run, calm, clock, drawn, seek, transport, violations

pytestmark = pytest.mark.browser

LOOPS = "/fleet?lang=en&guess=skip"
SPOT = f"{LOOPS}&x=fleet_spot"
PATCH = f"{LOOPS}&x=fleet_patch"


def loops(page: Page):
    return page.locator(".loops")


def stays(page: Page) -> dict[str, str]:
    """Give what each host says of itself."""
    rows = loops(page).locator(".stays li:not(.unused)")
    return {row.locator("b").inner_text(): row.locator("span").inner_text() for row in rows.all()}


def test_both_loops_and_every_host_follow_the_playhead(visitor: Visitor):
    page = visitor.open(LOOPS)
    drawn(page)
    hub = loops(page).locator(".loop.hosts .hub")
    seek(page, 700)  # more tasks are asked for, and no host has heard of it
    expect(hub).to_contain_text("100%")
    expect(loops(page).locator(".loop.service .verdict")).to_contain_text("+8 tasks")
    seek(page, 725)  # the next full minute has come
    expect(hub).to_contain_text("200%")
    expect(hub).to_contain_text("8 ÷ 4 hosts")
    expect(loops(page).locator(".loop.hosts .verdict")).to_contain_text("+4")
    expect(loops(page).locator(".loop.service .verdict")).to_contain_text("cool-down")
    seek(page, 2_800)
    expect(loops(page).locator(".loop.hosts")).to_contain_text("quiet minutes")
    held = stays(page)

    assert len(held) == 9
    assert sum("Protected" in said for said in held.values()) == 8
    assert sum(re.match(r"Empty. Quiet minute \d+ of 15.", said) is not None for said in held.values()) == 1
    seek(page, 5_000)
    assert len(stays(page)) == 8
    seek(page, 725)  # time goes back as well
    expect(hub).to_contain_text("200%")
    assert violations(page) == []


def test_packing_instead_of_spreading_lets_half_of_the_cluster_go(visitor: Visitor):
    page = visitor.open(LOOPS)
    drawn(page)
    with another_run(page):
        page.get_by_role("button", name=re.compile("^Pack the tasks")).click()
    calm(page)
    seek(page, 5_300)

    expect(loops(page).locator(".loop.hosts")).to_contain_text("N = 4 hosts there")
    assert len(stays(page)) == 4
    assert "placement=" in page.url


def test_spot_hosts_are_taken_back_beside_the_scrubber_and_the_trade_is_drawn(arrive):
    page = arrive(color_scheme="dark").open(SPOT)
    drawn(page)
    expect(page.get_by_text("Money against errors")).to_be_visible()
    expect(page.get_by_role("table").filter(has_text="What became of the tasks").locator("tbody tr")).to_have_count(4)
    seek(page, 600)
    with another_run(page):
        transport(page).get_by_role("button", name=re.compile("Spot takes 4 hosts back")).click()
    calm(page)

    expect(page.get_by_role("table").filter(has_text="What became of the tasks").locator("tbody tr")).to_have_count(8)
    assert violations(page) == []


def test_six_hours_have_speeds_of_their_own_and_three_columns_say_who_works(visitor: Visitor):
    page = visitor.open(PATCH)
    drawn(page)
    speeds = transport(page).locator(".seg button")
    expect(speeds).to_have_text(["1 min/s", "4 min/s", "12 min/s"])
    speeds.last.click()
    transport(page).get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => window.quaysideClock.t > 600")
    page.evaluate("() => window.quaysideClock.pause()")
    columns = page.locator(".q-belt-work")

    assert clock(page) > 600
    expect(columns).to_have_count(3)
    expect(columns.nth(0)).to_contain_text("30 × start a batch")
    expect(columns.nth(2)).to_contain_text("Nobody does anything")
    assert violations(page) == []
