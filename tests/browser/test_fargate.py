"""The Fargate chapter as a visitor meets it: guessed, played, stepped, by mouse, by keyboard and on a phone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.the_app import Theme, Visitor, another_run, calm, drawn, settled, violations

pytestmark = pytest.mark.browser


def card(page: Page, title: str) -> Locator:
    """Find a column's card by its name."""
    return page.locator("article.card").filter(has=page.get_by_role("heading", name=title, exact=True))


def thing(page: Page, column: str, label: str) -> Locator:
    """Find a thing on a column's stage."""
    return card(page, column).locator(".thing").filter(has_text=label)


def to_the_end(page: Page) -> None:
    """Put the story's moment at its end."""
    page.get_by_role("slider", name=re.compile("Moment of the story|Momento de la historia")).press("End")


def test_a_row_is_guessed_then_acted_out_and_the_score_is_kept(visitor: Visitor):
    page = visitor.open("/fargate?lang=en")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_hidden()
    expect(page.locator(".scene")).to_have_count(0)

    card(page, "ECS on EC2").get_by_role("button", name="True then, not now").click()
    expect(card(page, "ECS on EC2")).to_contain_text("You said “True then, not now”. It is not.")
    card(page, "ECS on Fargate").get_by_role("button", name="True then, not now").click()

    expect(card(page, "ECS on Fargate")).to_contain_text("changed, Apr 8, 2020")
    expect(page.get_by_role("status").filter(has_text="1 of 2 right")).to_be_visible()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()  # it plays by itself
    calm(page)
    page.get_by_role("radio", name=re.compile("^Daemons")).click()
    calm(page)
    expect(page.get_by_role("radio", name=re.compile("^Storage: guessed wrong, guessed right"))).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="1 of 2 right")).to_be_visible()


def test_the_volumes_live_and_die_step_by_step_and_the_era_decides(visitor: Visitor):
    page = visitor.open("/fargate?lang=en&guess=skip&row=storage&era=talk")
    step = page.get_by_role("button", name="Next step")
    for _ in range(40):
        if step.is_disabled():
            break
        step.click()

    expect(thing(page, "ECS on EC2", "A bind mount of a host path")).to_contain_text("left behind")
    expect(thing(page, "ECS on EC2", "EFS")).to_contain_text("there")
    expect(thing(page, "ECS on Fargate", "EFS")).to_contain_text("not here")
    expect(card(page, "ECS on Fargate")).to_contain_text("0 of 5 volumes are there again.")
    expect(card(page, "Managed Instances")).to_contain_text("It did not exist")

    page.get_by_role("radio", name="Today", exact=True).click()
    to_the_end(page)
    expect(thing(page, "ECS on Fargate", "EFS")).to_contain_text("there")
    expect(thing(page, "Managed Instances", "EFS")).to_contain_text("there")
    expect(page).to_have_url(re.compile("era=today"))


def test_another_landing_changes_what_survives(visitor: Visitor):
    page = visitor.open("/fargate?lang=en&guess=skip&row=storage&lands=same-host")
    to_the_end(page)
    expect(thing(page, "ECS on EC2", "A bind mount of a host path")).to_contain_text("there")

    chooser = page.get_by_role("combobox", name=re.compile("The replacement lands on"))
    chooser.click()
    chooser.fill("In another zone")
    chooser.press("Enter")
    calm(page)
    expect(thing(page, "ECS on EC2", "A bind mount of a host path")).to_contain_text("left behind")  # still at the end
    expect(page).to_have_url(re.compile("lands=other-zone"))


def test_rows_and_eras_are_walked_by_keys(visitor: Visitor):
    page = visitor.open("/fargate?lang=es&guess=skip&row=managed")
    page.get_by_role("radio", name=re.compile("^Administrado por")).focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("^Almacenamiento"))).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name=re.compile("^Contenedores privilegiados"))).to_be_checked()
    expect(page).to_have_url(re.compile("row=privileged"))


def test_who_wants_no_motion_gets_none_unasked(arrive):
    page = arrive(reduced_motion="reduce").open("/fargate?lang=en&guess=skip&row=shell")
    page.get_by_role("radio", name=re.compile("^Network mode")).click()
    calm(page)

    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.get_by_role("slider", name="Moment of the story")).to_have_value("0")


def test_a_phone_shows_the_same_without_scrolling_sideways(phone: Visitor):
    page = phone.open("/fargate?lang=es&guess=skip")
    page.get_by_role("combobox", name="Fila de la tabla").select_option("daemons")
    calm(page)
    to_the_end(page)

    expect(card(page, "ECS en Fargate")).to_contain_text("24 agentes: uno por tarea.")
    expect(page.get_by_role("button", name="Otra vez")).to_be_in_viewport()
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth")


def test_a_definition_is_judged_and_run_on_the_map(visitor: Visitor):
    page = visitor.open("/fargate?lang=en&x=fargate_launch&guess=skip")
    page.get_by_text("Bring your own task definition").click()
    page.get_by_role("button", name="Show me a task definition").click()
    calm(page)
    expect(page.get_by_text(re.compile("refuses, for 2 reasons")).first).to_be_visible()
    calm(page)
    settled(page)
    with another_run(page):
        page.get_by_role("button", name="Run it here: ECS on EC2").click()

    expect(page).to_have_url(re.compile("launch_type=ecs-ec2|[?&]s="))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_of_the_three(arrive, theme: Theme):
    visitor = arrive(color_scheme=theme, reduced_motion="reduce")
    page = visitor.open("/fargate?lang=en")
    page.get_by_role("button", name="Just show me").click()
    to_the_end(page)
    calm(page)
    assert violations(page) == []
    if theme == "light":  # the rest of this one is the furniture's, which has its own tests in both
        page.get_by_role("button", name="How fast does it come?").click()
        calm(page)
        page.get_by_role("button", name="Just show me").click()
        calm(page)
        drawn(page)
        assert violations(page) == []
    page.get_by_role("button", name="What do I pay for?").click()
    calm(page)
    page.get_by_role("button", name="Just show me").click()
    calm(page)
    drawn(page)
    assert violations(page) == []
