"""A click is painted ahead of the page: the same run, in any order, and without it when it cannot be."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.the_app import STUDY, Visitor, another_run, calm, choose_by_keys, digest, drawn, seek, the_map

pytestmark = pytest.mark.browser


def on_fargate(page: Page) -> None:
    page.get_by_role("radio", name="ECS on Fargate").click()


def shown_by(page: Page, do: Callable[[Page], None]) -> str:
    with another_run(page):
        do(page)
    drawn(page)
    return digest(page)


def test_a_launch_type_is_shown_before_the_page_hears_of_it(visitor: Visitor):
    page = visitor.open(STUDY)
    first = digest(page)
    page.evaluate(
        "() => { window.told = []; quaysideClock.subscribe((_, why) => { if (why === 'run') told.push(quaysideAhead.pending); }); }"
    )
    shown_by(page, on_fargate)

    assert page.evaluate("() => window.told") == [True]  # shown once, while the page was still awaited
    assert "launch_type=ecs-fargate" in page.url
    page.get_by_role("button", name="Undo", exact=True).click()
    page.wait_for_function("(id) => window.quaysideRun.id === id", arg=first)


def test_without_an_answer_the_page_does_it_alone(visitor: Visitor):
    page = visitor.open(STUDY)
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    ahead = shown_by(page, on_fargate)
    with another_run(page):
        page.get_by_role("button", name="Reset").click()
    page.route("**/run?*", refuse)
    page.evaluate("() => window.quaysideAhead.forget()")
    alone = shown_by(page, on_fargate)

    assert alone == ahead
    assert asked
    visitor.errors.clear()  # the browser itself logs the request that we refused


def test_two_hasty_clicks_both_count(visitor: Visitor):
    page = visitor.open(STUDY)
    seek(page, 60)
    with another_run(page):
        choose_by_keys(page, "ArrowDown").get_by_role("button", name="Fail zone a now").click()
        on_fargate(page)
    page.wait_for_timeout(1_000)
    calm(page)

    expect(the_map(page)).to_have_attribute("aria-label", re.compile("^Map of ECS on Fargate"))
    expect(the_map(page)).to_have_attribute("aria-label", re.compile("[Zz]one a"))
    assert "launch_type=ecs-fargate" in page.url
    assert "do=" in page.url


def test_the_choice_moves_by_the_arrow_keys(visitor: Visitor):
    page = visitor.open(STUDY)
    with another_run(page):
        page.get_by_role("radio", name="ECS on EC2").press("ArrowRight")

    expect(page.get_by_role("radio", name="Managed Instances")).to_be_focused()
    expect(page.get_by_role("radio", name="Managed Instances")).to_be_checked()


def test_on_a_phone_a_select_stands_in_where_the_row_has_no_room(phone: Visitor):
    page = phone.open(STUDY)
    with another_run(page):
        page.get_by_role("combobox", name="Launch type").select_option("ecs-managed-instances")

    expect(the_map(page)).to_have_attribute("aria-label", re.compile("^Map of Managed Instances"))
    assert "launch_type=ecs-managed-instances" in page.url
