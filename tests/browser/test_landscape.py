"""The landscape chapter as a visitor meets it: a line drawn by mouse and by keys, a no with its source, and the way on."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.the_app import Visitor, calm, settled, violations

pytestmark = pytest.mark.browser


def test_a_line_is_drawn_by_mouse_and_keys_refused_with_a_source_and_run(visitor: Visitor):
    page = visitor.open("/landscape?lang=en")
    page.get_by_role("button", name="Lambda", exact=True).click()
    expect(page.get_by_text("You said it: Lambda, at $93 a month.")).to_be_visible()
    expect(page.locator(".landscape path.chosen")).to_have_count(2)

    page.get_by_role("radio", name="EKS. Kubernetes run by AWS").click()
    expect(page.locator(".q-land-said")).to_contain_text("EKS on Fargate.")
    page.get_by_role("radio", name=re.compile("^Fargate. A machine a task")).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name=re.compile("^Fargate Spot"))).to_be_focused()
    expect(page.locator(".q-land-no")).to_contain_text("EKS on Fargate has no Spot. ECS has.")
    expect(page.locator(".q-land-no").get_by_role("link").first).to_have_attribute("href", re.compile("^https://"))
    expect(page.locator(".landscape path.refused")).to_have_count(1)
    expect(page).to_have_url(re.compile("hosting=fargate-spot"))

    page.get_by_role("radio", name=re.compile("^EC2")).click()
    calm(page)
    settled(page)
    expect(page.get_by_role("link", name="Lose a zone with it")).to_have_attribute(
        "href", re.compile("launch_type=eks-unmanaged")
    )
    assert violations(page) == []


def test_a_need_fells_who_cannot_and_a_phone_shows_it_all(arrive):
    page = arrive(viewport={"width": 390, "height": 844}).open("/landscape?lang=es&x=landscape_choose&guess=skip")
    expect(page.get_by_role("heading", name="Quedan: 14")).to_be_visible()
    page.get_by_text("Más de 15 minutos").click()
    expect(page.get_by_role("heading", name="Rechazadas: 1")).to_be_visible()
    expect(page.locator(".q-land-noes")).to_contain_text("Una función se detiene a los 15 minutos.")
    expect(page).to_have_url(re.compile("long=true"))
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []
