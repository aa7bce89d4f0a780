"""What Streamlit's widgets say by themselves is said in the page's language, and in English again after switching back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.the_app import calm

pytestmark = pytest.mark.browser


def switched(page: Page, to: str) -> None:
    page.get_by_role("radio", name=to, exact=True).or_(page.get_by_role("button", name=to, exact=True)).first.click()
    calm(page)


def names(page: Page) -> set[str]:
    return set(page.evaluate("() => [...document.querySelectorAll('[aria-label]')].map((one) => one.ariaLabel)"))


def test_a_widgets_own_names_and_texts_follow_the_language(visitor):
    page = visitor.open("/sources?lang=es")
    shown = page.get_by_role("combobox").first
    shown.fill("zzz")
    expect(page.get_by_text("Sin resultados")).to_be_visible()
    page.keyboard.press("Escape")
    box = page.get_by_role("textbox").first
    box.fill("quorum")
    expect(page.get_by_text("Pulsa Intro para aplicar")).to_be_visible()
    box.press("Enter")
    calm(page)
    assert not names(page) & {"Open", "Close", "Clear value", "Clear all"}

    switched(page, "EN")
    shown = page.get_by_role("combobox").first
    shown.fill("zzz")
    expect(page.get_by_text("No results")).to_be_visible()
    expect(page.get_by_text("Sin resultados")).to_have_count(0)


def test_an_uploader_says_how_large_a_file_may_be(visitor):
    page = visitor.open("/az_failure?lang=es&guess=skip")
    page.get_by_role("button", name="Guardar y compartir").click()
    zone = page.get_by_test_id("stFileUploaderDropzone")
    expect(zone).to_contain_text("Subir")
    expect(zone).to_contain_text("por archivo")
    expect(zone).not_to_contain_text("per file")
