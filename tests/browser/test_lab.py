"""The lab in a real browser: a text with errors is checked while one types, and a report opens where there is no network."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.the_app import Visitor, another_run, calm, download, violations

pytestmark = pytest.mark.browser
PAGE = "/lab?lang=en&guess=skip&edit=b&as=text"
WRONG = "zones: 9\nservices:\n- name: web\n  colour: blue\noperations:\n- at_s: 5\n  do: explode\n"


def text_of(page: Page):
    return page.get_by_label("Scenario B as YAML")


def test_a_text_is_checked_while_one_types_and_nothing_typed_is_lost(visitor: Visitor):
    page = visitor.open(PAGE)
    text_of(page).fill(WRONG)

    expect(page.get_by_text("3 things to mend. The last good scenario still runs.")).to_be_visible()
    for line in (1, 4, 6):
        expect(page.get_by_role("button", name=f"Line {line}", exact=True)).to_be_visible()
    page.get_by_role("button", name="Line 4", exact=True).click()
    assert (
        text_of(page).evaluate("(area) => area.value.slice(area.selectionStart, area.selectionEnd)") == "  colour: blue"
    )

    page.get_by_role("radio", name="As a form").click()
    calm(page)
    page.get_by_role("radio", name="As YAML").click()
    expect(text_of(page)).to_have_value(WRONG)

    with another_run(page):
        text_of(page).fill("name: Mended\nzones: 2\nduration_s: 120\n")
    expect(page.get_by_text("Nothing to mend. This is what runs.")).to_be_visible()
    expect(page.get_by_role("columnheader", name="B: Mended").first).to_be_visible()


def test_a_report_opens_without_a_network_and_asks_for_nothing(visitor: Visitor, browser: Browser, tmp_path: Path):
    page = visitor.open("/lab?lang=es&guess=skip")
    held = tmp_path / "report.html"
    held.write_bytes(download(page, page.get_by_role("button", name="Informe (un archivo HTML)")))

    away = browser.new_context(offline=True)
    asked: list[str] = []
    said: list[str] = []
    away.on("request", lambda request: asked.append(request.url))
    away.on("console", lambda message: said.append(message.text))
    sheet = away.new_page()
    sheet.goto(held.as_uri())

    expect(sheet.get_by_role("heading", level=1)).to_have_text("Ejecutar contenedores en AWS: escenarios comparados")
    expect(sheet.get_by_role("img")).to_have_count(4)
    assert sheet.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Quayside Sans\"'))")
    assert violations_of(sheet) == []
    away.close()
    assert asked == [held.as_uri()]
    assert said == []


def test_this_dashboard_loses_a_zone_in_its_own_lab(visitor: Visitor):
    page = visitor.open("/lab?lang=en&guess=skip&a=ours_ecs&b=ours_eks")

    for name in ("A: This dashboard on Fargate", "B: This dashboard on EKS"):
        expect(page.get_by_role("columnheader", name=name).first).to_be_visible()
    assert violations(page) == []


def violations_of(sheet: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(sheet).response["violations"]
    return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_lab_is_open_to_everybody(arrive, theme):
    page = arrive(color_scheme=theme).open("/lab?lang=es&guess=skip&as=operations")

    assert violations(page) == []
