"""Acting at the playhead: what was before stays to the bit, what comes after changes, and undo takes it back."""

import re

import pytest
from playwright.sync_api import Page, expect

from engine import Scenario
from engine import run as simulate
from tests.browser.the_app import (
    STUDY,
    Visitor,
    another_run,
    choose_by_keys,
    choose_zone,
    clock,
    digest,
    download,
    popover,
    seek,
    share,
    the_map,
    transport,
)

pytestmark = pytest.mark.browser

AT_S = 60.0  # before the scenario's own failure, at 120 s


def events(page: Page) -> list[str]:
    """Give the event log as the page hands it out, a line an event."""
    held = share(page)
    lines = download(page, held.get_by_role("button", name="Event log (CSV)")).decode().splitlines()
    page.keyboard.press("Escape")
    held.wait_for(state="detached")
    return lines


def until(lines: list[str], at_s: float) -> list[str]:
    return [line for line in lines[1:] if float(line.split(",", 1)[0]) < at_s]


def test_a_zone_failed_on_the_map_changes_nothing_before_it_and_undo_takes_it_back(visitor: Visitor):
    page = visitor.open(STUDY)
    first, before = digest(page), events(page)
    seek(page, AT_S)
    opened = choose_zone(page, 0)
    expect(opened.get_by_role("heading")).to_have_text("Zone a")
    with another_run(page):
        opened.get_by_role("button", name="Fail zone a now (1:00)").click()
    failed, after = digest(page), events(page)

    assert clock(page) == AT_S  # the playhead stays
    assert until(after, AT_S) == until(before, AT_S) != []
    assert any(line.startswith("60.0,zone-failed,") for line in after)
    assert "do=" in page.url
    with another_run(page):
        page.get_by_role("button", name="Undo", exact=True).click()
    assert digest(page) == first != failed
    assert events(page) == before
    assert "do=" not in page.url


def test_a_zone_is_failed_and_brought_back_beside_the_scrubber(visitor: Visitor):
    page = visitor.open(STUDY)
    first = digest(page)
    seek(page, 30)
    with another_run(page):
        transport(page).get_by_role("button", name=re.compile("Fail zone b")).click()
    failed = digest(page)
    seek(page, 90)
    with another_run(page):
        transport(page).get_by_role("button", name=re.compile("Bring zone b back")).click()

    assert clock(page) == 90
    assert len({first, failed, digest(page)}) == 3
    for expected in (failed, first):
        with another_run(page):
            page.get_by_role("button", name="Undo", exact=True).click()
        assert digest(page) == expected
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_by_keys_alone_the_map_is_reached_and_a_zone_failed(visitor: Visitor):
    page = visitor.open(STUDY)
    seek(page, AT_S)
    for _ in range(40):
        page.keyboard.press("Tab")
        if the_map(page).evaluate("(canvas) => canvas.getRootNode().activeElement === canvas"):
            break
    else:
        pytest.fail("Tab does not reach the map")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(popover(page).get_by_role("heading")).to_have_text("Zone b")
    expect(popover(page).get_by_role("button", name="Fail zone b now (1:00)")).to_be_focused()
    page.keyboard.press("Escape")
    expect(popover(page)).to_have_count(0)
    page.keyboard.press("Enter")
    with another_run(page):
        popover(page).get_by_role("button", name="Fail zone b now (1:00)").press("Enter")

    expect(page.get_by_text(re.compile("At 1:00 zone b goes dark"))).to_be_visible()


def test_a_host_and_a_task_offer_what_can_be_done_to_them(visitor: Visitor):
    page = visitor.open(STUDY)
    host = choose_by_keys(page, "ArrowDown", "ArrowDown")
    expect(host.get_by_role("heading")).to_have_text("Host a1")
    with another_run(page):
        host.get_by_role("button", name=re.compile("Fail host a1|Drain")).first.click()
    task = choose_by_keys(page, "ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown")

    expect(task.get_by_role("heading")).to_have_text(re.compile(r"Task \d+"))
    expect(task.get_by_role("button", name="Why here?")).to_be_visible()


def test_arrows_go_where_they_point(visitor: Visitor):
    page = visitor.open(STUDY)
    titles = {}
    for keys in ("", "D", "DR", "DRR", "DL", "DRD", "DRDR", "DRDL", "DRDD", "DRDDR", "DRDU", "DRUD"):
        steps = [{"D": "ArrowDown", "R": "ArrowRight", "L": "ArrowLeft", "U": "ArrowUp"}[key] for key in keys]
        titles[keys] = choose_by_keys(page, *steps).get_by_role("heading").inner_text()
        page.keyboard.press("Escape")

    assert [titles[keys] for keys in ("", "D", "DR", "DRR", "DL", "DRD", "DRDU", "DRUD")] == [
        "Load balancer", "Zone a", "Zone b", "Zone c", "Zone a", "Host b1", "Zone b", "Zone a",
    ]  # fmt: skip
    assert "Load balancer" not in {titles[keys] for keys in ("DRDR", "DRDL", "DRDD", "DRDDR")}


def test_why_here_is_answered_from_the_log(visitor: Visitor):
    page = visitor.open(STUDY)
    page.get_by_role("button", name="Why is task 21 here?").click()
    dialog = page.get_by_test_id("stDialog").get_by_role("dialog")
    dialog.wait_for()

    expect(dialog).to_contain_text("21")
    expect(dialog).to_contain_text("c1")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_the_launch_type_changes_the_map_and_not_the_users(visitor: Visitor):
    page = visitor.open(STUDY)
    hosts = digest(page)
    with another_run(page):
        page.get_by_role("radio", name="ECS on Fargate").click()
    seek(page, 10)

    assert digest(page) != hosts
    expect(the_map(page)).to_have_attribute("aria-label", re.compile("^Map of ECS on Fargate at 0:10"))
    expect(page.get_by_role("row", name="Host a1")).to_have_count(0)
    expect(page.get_by_role("slider", name="Hosts")).to_have_count(0)
    assert "launch_type=ecs-fargate" in page.url
    on_ec2, on_fargate = (visitor.told("users")[at] for at in (0, -1))
    assert len(on_ec2) == 600
    assert on_ec2 == on_fargate
    assert visitor.told("ok")[0] != visitor.told("ok")[-1]
    with another_run(page):
        page.get_by_role("radio", name="ECS on EC2").click()
    assert digest(page) == hosts


def test_a_control_changes_the_scenario_and_reset_brings_the_chapters_own_back(visitor: Visitor):
    page = visitor.open(STUDY)
    first = digest(page)
    with another_run(page):
        page.get_by_role("slider", name="Tasks wanted").first.press("ArrowRight")
    turned = digest(page)
    expect(page).to_have_url(re.compile("tasks=22"))
    with another_run(page):
        page.get_by_role("button", name="Reset").click()

    assert digest(page) == first
    expect(page).not_to_have_url(re.compile("tasks="))
    with another_run(page):
        page.get_by_role("button", name="Undo", exact=True).click()
    assert digest(page) == turned == simulate(Scenario.read(_file(page))).digest[:16]


def _file(page: Page) -> str:
    held = share(page)
    return download(page, held.get_by_role("button", name="Scenario (YAML)")).decode()
