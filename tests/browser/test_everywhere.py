"""Everywhere: each experiment of each chapter, both languages, both themes: nothing that keeps anybody out.

One visit a page: the theme is switched under the page, the language by its own switch.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from engine import catalog
from pages.parts.chapter import OPEN
from tests.browser.the_app import calm, violations

pytestmark = pytest.mark.browser
EXPERIMENTS = [
    (page, lesson)
    for page in ("start", *OPEN)
    for lesson in catalog.lessons()
    if lesson == page or (lesson.startswith(f"{page}_") and catalog.lesson(lesson).get("page") == page)
]
# Everything that can be pressed, with what lies in the shadow of a component.
REACHABLE = """() => {
  const found = [];
  const look = (root) => root.querySelectorAll("*").forEach((node) => {
    if (node.shadowRoot) look(node.shadowRoot);
    const box = node.getBoundingClientRect();
    if (node.dataset.testid?.startsWith("stNumberInputStep")) return; // Streamlit's plus and minus: arrow keys do it in the field
    const can = node.matches("button, a[href], input, select, summary, [role=slider], [role=button]") && !node.disabled;
    const shown = box.width > 2 && box.height > 2 && getComputedStyle(node).visibility === "visible" && !node.closest("[inert], [hidden]");
    if (can && shown && node.tabIndex < 0 && !node.closest("[role=radiogroup], [role=toolbar], [role=grid], [role=group], [role=application]"))
      found.push(node.outerHTML.slice(0, 160));
  });
  look(document.querySelector("[data-testid=stMain]"));
  return found;
}"""


def in_theme(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(
        "(theme) => getComputedStyle(document.querySelector('.stApp')).colorScheme.includes(theme)", arg=theme
    )
    page.wait_for_timeout(250)  # colours fade over


@pytest.mark.parametrize("page_name", ["start", *OPEN])
def test_axe_finds_nothing_in_either_theme_or_language_and_a_keyboard_reaches_all(arrive, page_name):
    visitor = arrive(color_scheme="light")
    for name, lesson in EXPERIMENTS:
        if name != page_name:
            continue
        path = "" if name == "start" else name
        page = visitor.open(f"/{path}?lang=en" + (f"&x={lesson}" if lesson != name else ""))
        found = {("en", "light"): violations(page)}
        assert page.evaluate(REACHABLE) == []
        in_theme(page, "dark")
        found["en", "dark"] = violations(page)
        page.get_by_role("button", name="ES", exact=True).or_(
            page.get_by_role("radio", name="ES", exact=True)
        ).first.click()
        expect(page).to_have_url(re.compile("lang=es"))
        calm(page)
        found["es", "dark"] = violations(page)
        in_theme(page, "light")
        found["es", "light"] = violations(page)

        assert {where: told for where, told in found.items() if told} == {}, lesson
        page.close()
