"""The glossary in a browser: a term says what it means to a pointer, to the keyboard and to a finger, and goes away when asked."""

import pytest
from playwright.sync_api import Page, expect

from pages.parts.glossary import terms
from tests.browser.the_app import calm, violations

pytestmark = pytest.mark.browser
PAGE = "/containers?guess=skip&lang="
TITLES = {"en": "Who has a cache, and who has none", "es": "Quién tiene caché, y quién no"}


def unfolded(page: Page, lang: str) -> None:
    page.locator("summary", has_text=TITLES[lang]).click()
    calm(page)


def bubble(page: Page):
    return page.get_by_role("tooltip")


@pytest.mark.parametrize("lang", TITLES)
def test_a_pointer_and_the_keyboard_are_told_and_escape_takes_it_away(arrive, lang):
    visitor = arrive(color_scheme="light" if lang == "en" else "dark")
    page = visitor.open(PAGE + lang)
    unfolded(page, lang)
    term = page.locator('a[href="#term-layer"]').first
    address = page.url

    term.hover()
    expect(bubble(page)).to_contain_text(terms()["layer"].says.text(lang))
    bubble(page).hover()  # what is told may be entered
    page.wait_for_timeout(400)
    expect(bubble(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(bubble(page)).to_be_hidden()

    term.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(term).to_be_focused()
    expect(bubble(page)).to_be_visible()
    expect(term).to_have_accessible_description(
        f"{terms()['layer'].forms(lang)[0]} {terms()['layer'].says.text(lang)}".replace("  ", " ")
    )
    box = bubble(page).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    assert violations(page) == []
    page.keyboard.press("Enter")  # it leads nowhere
    assert page.url == address
    page.keyboard.press("Tab")
    expect(bubble(page)).to_contain_text(terms()["image"].says.text(lang))
    assert visitor.errors == []


def test_a_finger_is_told_and_a_rerun_breaks_nothing(arrive):
    visitor = arrive(viewport={"width": 390, "height": 844}, has_touch=True)
    page = visitor.open(PAGE + "en")
    unfolded(page, "en")
    page.locator('a[href="#term-layer"]').first.tap()
    expect(bubble(page)).to_be_visible()
    box = bubble(page).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.get_by_role("heading", level=1).tap()
    expect(bubble(page)).to_be_hidden()

    page.get_by_role("button", name="The same, on Fargate").tap()
    calm(page)
    page.locator('a[href="#term-layer"]').first.tap()
    expect(bubble(page)).to_be_visible()
    assert visitor.errors == []
