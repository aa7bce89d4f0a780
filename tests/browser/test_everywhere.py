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
from tests.house.test_spanish import english

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


# What a keyboard has to reach by Tab alone. Of radios, or of a toolbar's buttons, one is enough: arrows go on from there.
TO_REACH = """() => {
  const found = [];
  const look = (root) => root.querySelectorAll("*").forEach((node) => {
    if (node.shadowRoot) look(node.shadowRoot);
    const can = node.matches("button, a[href], input, select, textarea, summary, [tabindex]") && !node.disabled && node.tabIndex >= 0;
    const box = node.getBoundingClientRect();
    const shown = box.width > 2 && box.height > 2 && node.checkVisibility({ visibilityProperty: true, opacityProperty: false });
    if (can && shown && !node.closest("[inert], [hidden]")) found.push(node);
  });
  look(document);
  window.toReach = found;
  window.reached = new Set();
  window.last = null;
  return found.length;
}"""
# Look at what has the focus now, and whether what had it before looked different then. A ring may be drawn by what holds it.
STEP = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const around = (from) => {
    const held = [];
    for (let one = from; one && held.length < 9; one = one.parentElement ?? one.getRootNode().host) held.push(one);
    return [...held, ...[...from.querySelectorAll("*")].slice(0, 200)]; // or it is drawn by what it holds: a slider's thumb
  };
  const looks = (from) => around(from).flatMap((one) => [null, "::before", "::after"].map((part) => {
    const style = getComputedStyle(one, part);
    return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor, style.backgroundColor, style.textDecoration].join();
  })).join("|");
  const told = (one) => one.outerHTML.slice(0, 140);
  let bare = "";
  // A field whose frame still holds the focus keeps its frame lit: its caret says where one was.
  const holds = last?.node.matches("input") && last.node.closest(".stElementContainer")?.contains(node);
  if (last && last.node.isConnected && last.node !== node && !holds && looks(last.node) === last.looks) bare = told(last.node);
  window.last = node && node !== document.body ? { node, looks: looks(node) } : null;
  if (node) reached.add(node);
  const group = (one) => one.closest?.("[role=radiogroup], [role=toolbar]") ?? (one.type === "radio" && one.name ? one.name : null);
  const groups = new Set([...reached].map(group).filter(Boolean));
  const missing = toReach.filter((one) => one.isConnected && !reached.has(one) && !groups.has(group(one)));
  return { bare, missing: missing.map(told), is_out: !node || node === document.body };
}"""
MOST_TABS = 400
FROM_THE_TOP = (
    "() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); }"
)


def walked(page: Page) -> dict[str, list[str]]:
    """Walk through a page by Tab; give what was never reached, and what had the focus without looking so."""
    page.add_style_tag(
        content="*, *::before, *::after { transition: none !important }"
    )  # a ring that fades in is a ring
    page.evaluate(FROM_THE_TOP)
    page.evaluate(TO_REACH)
    bare: list[str] = []
    missing: list[str] = []
    laps = 0  # past the last one Tab begins anew
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        step = page.evaluate(STEP)
        bare += [step["bare"]] * bool(step["bare"])
        missing = step["missing"]
        laps += step["is_out"]
        if not missing or laps > 1:
            break
    page.evaluate(FROM_THE_TOP)
    return {"bare": bare, "missing": missing}


SKIP = catalog.texts("en")["furniture.skip"]
SAID = r"""() => {
  const lines = [];
  const look = (root) => {
    for (const node of root.querySelectorAll("*")) if (node.shadowRoot) look(node.shadowRoot);
    const all = root === document ? [root.querySelector("[data-testid=stAppViewContainer]")] : [...root.children];
    for (const one of all) if (one && one.tagName !== "STYLE") lines.push(...(one.innerText ?? "").split("\n"));
    for (const one of root.querySelectorAll("[aria-label], [title], [placeholder], [aria-description]"))
      for (const name of ["aria-label", "title", "placeholder", "aria-description"]) lines.push(one.getAttribute(name) ?? "");
  };
  look(document);
  // What is marked as English (a source in its own words) or as code (a Dockerfile's lines) may be English.
  const apart = [...document.querySelectorAll("[lang=en], code, pre")].map((one) => one.innerText.trim()).filter(Boolean);
  for (const quote of apart) lines.forEach((line, n) => { lines[n] = line.split(quote).join(" "); });
  return [...new Set(lines.map((line) => line.trim()).filter(Boolean))];
}"""


def said_in_english(page: Page) -> dict[str, list[str]]:
    """Find what a Spanish page says in English, to the eye or to a screen reader."""
    return {line: words for line in page.evaluate(SAID) if (words := english(line))}


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
        if (skip := page.get_by_role("button", name=SKIP)).count():  # from here on with what a guess hides
            skip.first.click()
            calm(page)
        assert walked(page) == {"bare": [], "missing": []}, lesson
        in_theme(page, "dark")
        found["en", "dark"] = violations(page)
        page.get_by_role("button", name="ES", exact=True).or_(
            page.get_by_role("radio", name="ES", exact=True)
        ).first.click()
        expect(page).to_have_url(re.compile("lang=es"))
        calm(page)
        found["es", "dark"] = violations(page)
        assert said_in_english(page) == {}, lesson
        in_theme(page, "light")
        found["es", "light"] = violations(page)

        assert {where: told for where, told in found.items() if told} == {}, lesson
        page.close()
