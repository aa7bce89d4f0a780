"""The responsibility chapter as a visitor meets it: filled in, compared, played, slid; by mouse, by keyboard and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.the_app import Theme, Visitor, calm, drawn, seek, settled, violations

pytestmark = pytest.mark.browser
DAY_S = 86_400


def test_the_matrix_is_filled_in_by_mouse_and_keys_compared_and_kept(visitor: Visitor):
    page = visitor.open("/responsibility?lang=en")
    grid = page.get_by_role("grid", name="Who owns which layer")
    expect(page.get_by_role("button", name="Compare", exact=True)).to_be_disabled()

    grid.get_by_role("button", name="Data, ECS on Fargate: open").click()
    first, last = (
        grid.get_by_role("button", name=f"{layer}, Lambda: open").bounding_box() for layer in ("Hypervisor", "Hardware")
    )
    page.mouse.move(first["x"] + 60, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(last["x"] + 60, last["y"] + 10, steps=4)
    page.mouse.up()
    expect(grid.get_by_role("button", name="Hardware, Lambda: yours")).to_be_visible()
    grid.get_by_role("button", name="Data, ECS on Fargate: yours").press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("3")
    expect(grid.get_by_role("button", name="Image contents, ECS on Fargate: AWS's")).to_be_focused()
    expect(page.get_by_text("4 of 39 filled in")).to_be_visible()
    expect(page).to_have_url(re.compile("fill=ecs-fargate"))

    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("One layer you gave away stays yours: Image contents.")).to_be_visible()
    side = page.locator(".side")
    expect(side).to_contain_text("ECS on Fargate: yours. You said AWS's.")
    expect(side).to_contain_text("AWS patches what is below the image and never what is inside it.")
    expect(side.get_by_role("link").first).to_have_attribute("href", re.compile("^https://"))

    page.reload()
    expect(grid.get_by_role("button", name="Image contents, ECS on Fargate: yours. You said AWS's.")).to_be_visible()
    page.get_by_role("button", name="Change my answers").click()
    expect(grid.get_by_role("button", name="Image contents, ECS on Fargate: AWS's")).to_be_visible()


def test_the_year_is_guessed_first_and_falls_differently_in_each_model(visitor: Visitor):
    page = visitor.open("/responsibility?lang=en&x=responsibility_year")
    expect(page.get_by_role("group", name="One year, event by event")).to_have_count(0)
    page.get_by_role("button", name="1 to 3").click()
    expect(page.get_by_text("It is more than you said: 8.")).to_be_visible()
    desk = page.get_by_role("group", name="One year, event by event")
    expect(desk).to_contain_text("Press play.")

    page.wait_for_function("() => window.quaysideClock?.end > 0")
    seek(page, 365 * DAY_S)
    nights = [int(text) for text in desk.locator(".panel .nights dd").all_inner_texts()]
    assert nights == [3, 2]
    assert desk.locator(".moon").count() == 3 + 2 + 1  # and one among the keys
    seek(page, 1)
    assert desk.locator(".panel .hours dd").all_inner_texts() == ["0", "0"]
    desk.get_by_text("This year as a table").click()
    expect(desk.get_by_role("row").filter(has_text="You get up").first).to_be_visible()

    calm(page)
    settled(page)
    page.get_by_role("button", name="Lambda", exact=True).click()
    calm(page)
    expect(desk.locator(".panel")).to_have_count(3)
    expect(page).to_have_url(re.compile("models=ecs-ec2.ecs-fargate.lambda"))


def test_the_slider_goes_by_keys_and_the_link_knows(visitor: Visitor):
    page = visitor.open("/responsibility?lang=es&x=responsibility_slider&guess=skip")
    stops = page.get_by_role("radiogroup", name="Cuánto administras")
    stops.get_by_role("radio", name=re.compile("^ECS en EC2")).press("ArrowRight")

    expect(stops.get_by_role("radio", name=re.compile("^EKS, nodos admin"))).to_be_focused()
    expect(page).to_have_url(re.compile("stop=eks-managed"))
    page.get_by_role("slider", name="Cuánto administras").press("End")
    expect(page.get_by_text("Trabajar más de 15 minutos en una petición.")).to_be_visible()
    expect(page.locator(".boxes .layer[data-who=customer]")).to_have_count(4)


def test_on_stage_the_models_come_one_after_the_other(visitor: Visitor):
    page = visitor.open("/responsibility?lang=en&view=stage")
    shown = page.locator(".grid tbody tr:first-child td[data-hidden=false]")
    expect(shown).to_have_count(1)
    page.keyboard.press("Space")
    expect(shown).to_have_count(2)
    page.keyboard.press("ArrowLeft")
    expect(shown).to_have_count(1)


def test_a_phone_shows_the_same_without_scrolling_sideways(phone: Visitor):
    for name in ("responsibility", "responsibility_year", "responsibility_slider"):
        page = phone.open(f"/responsibility?lang=es&guess=skip&x={name}")
        calm(page)
        assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth"), name
    assert page.locator(".stop").first.bounding_box()["height"] >= 44


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_rooms(arrive, theme: Theme):
    visitor = arrive(color_scheme=theme, reduced_motion="reduce")
    page = visitor.open("/responsibility?lang=en&checked=true&fill=lambda:caaaaaaaccacc,ecs-ec2:-------------")
    assert violations(page) == []
    for tab in ("A year", "How much"):
        page.get_by_role("button", name=tab, exact=True).click()
        page.get_by_role("button", name="Just show me").click()
        calm(page)
        if tab == "A year":
            drawn(page)
        assert violations(page) == [], tab
