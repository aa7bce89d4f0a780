"""The EKS chapter as a visitor meets it: guessed, slid, acted out, updated live; by mouse, by keyboard and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.the_app import Theme, Visitor, another_run, calm, drawn, settled, violations

pytestmark = pytest.mark.browser


def test_the_slider_is_guessed_first_then_slid_by_keys_and_the_link_knows(visitor: Visitor):
    page = visitor.open("/eks?lang=en")
    expect(page.get_by_role("radiogroup", name="How much you manage")).to_have_count(0)
    page.get_by_role("button", name="4 to 6").click()

    expect(page.get_by_text("You said it: 6.")).to_be_visible()
    stops = page.get_by_role("radiogroup", name="How much you manage")
    stops.get_by_role("radio", name=re.compile("^Managed nodes")).press("ArrowRight")
    expect(stops.get_by_role("radio", name=re.compile("^Auto Mode"))).to_be_focused()
    expect(page.get_by_role("heading", name="Auto Mode")).to_be_visible()
    expect(page).to_have_url(re.compile("stop=eks-auto"))
    slider = page.get_by_role("slider", name="How much you manage")
    slider.press("Home")
    expect(page.get_by_role("heading", name="Self-run")).to_be_visible()
    expect(page.locator(".boxes .layer[data-who=customer]")).to_have_count(4)


def test_a_row_is_guessed_in_three_columns_and_the_budget_ends_differently_in_each(visitor: Visitor):
    page = visitor.open("/eks?lang=en&x=eks_rows&era=today")
    for title in ("EKS on Fargate", "Managed nodes", "Unmanaged nodes"):
        card = page.locator("article.card").filter(has=page.get_by_role("heading", name=title, exact=True))
        card.get_by_role("button", name="Half the truth").click()
    expect(page.get_by_role("status").filter(has_text="1 of 3 right")).to_be_visible()
    page.get_by_role("slider", name="Moment of the story").press("End")

    told = page.locator("article.card .now-told")
    expect(told.nth(0)).to_contain_text("AWS patches, evicts, and deletes in the end.")
    expect(told.nth(1)).to_contain_text("you press the button")
    page.get_by_role("button", name="Step back").click()
    expect(told.nth(3)).to_contain_text("18 pods in all")


def test_a_year_of_upgrades_changes_the_calendar(visitor: Visitor):
    page = visitor.open("/eks?lang=es&x=eks_versions&guess=skip")
    drawn(page)
    expect(page.get_by_text(re.compile("48 meses cuestan US\\$15"))).to_be_visible()
    slider = page.get_by_role("slider", name=re.compile("^Actualizas cada"))
    slider.focus()
    for _ in range(4):
        slider.press("ArrowRight")
    expect(page.get_by_text(re.compile("48 meses cuestan US\\$3504"))).to_be_visible()
    expect(page).to_have_url(re.compile("every=4"))


def test_the_update_fails_on_the_map_and_one_more_pod_lets_it_through(visitor: Visitor):
    page = visitor.open("/eks?lang=en&x=eks_update")
    page.get_by_role("button", name="EKS gives up").click()
    expect(page.get_by_text(re.compile("and so it was. After 17.min"))).to_be_visible()
    settled(page)
    with another_run(page):
        page.get_by_role("button", name="Let one pod go at a time.").click()

    expect(page.get_by_text(re.compile("All nodes are new after"))).to_be_visible()
    expect(page).to_have_url(re.compile("budget=1"))


def test_a_phone_shows_the_same_without_scrolling_sideways(phone: Visitor):
    for name in ("eks", "eks_pods"):
        page = phone.open(f"/eks?lang=es&guess=skip&x={name}")
        calm(page)
        assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth"), name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_rooms(arrive, theme: Theme):
    visitor = arrive(color_scheme=theme, reduced_motion="reduce")
    page = visitor.open("/eks?lang=en&guess=skip")
    assert violations(page) == []
    # In the dark the figures and the parts of a node, whose colours are their own; the table's component has its test in both.
    for tab in ("The table", "Versions", "Pods in their places") if theme == "light" else ("Pods in their places",):
        page.get_by_role("button", name=tab, exact=True).click()
        calm(page)
        page.get_by_role("button", name="Just show me").click()
        calm(page)
        if tab != "The table":
            drawn(page)
        assert violations(page) == [], tab
