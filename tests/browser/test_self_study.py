"""Alone: one chapter from its guess to the score card, by keyboard, and nothing is lost when the server dies on the way."""

from __future__ import annotations

import os
import re
import signal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine.course import course
from tests.browser import the_app
from tests.browser.the_app import ROOT, Visitor, calm, violations

pytestmark = pytest.mark.browser
CHAPTER = "az_failure"
COURSE = re.compile("^Course: 4 predictions, 5 questions")


def focus(locator: Locator) -> None:
    """Reach an element as a keyboard does: it must be able to hold the focus."""
    locator.first.focus()
    expect(locator.first).to_be_focused()


def press(page: Page, name: str | re.Pattern, key: str = "Enter") -> None:
    """Press a button by keyboard."""
    button = page.get_by_role("button", name=name, exact=isinstance(name, str))
    expect(button.first).to_be_enabled()
    focus(button)
    page.keyboard.press(key)
    page.wait_for_timeout(200)  # the page hears of it a moment later
    calm(page)


def open_course(page: Page) -> None:
    summary = page.locator("summary").filter(has=page.get_by_text(COURSE))
    focus(summary)
    page.keyboard.press("Enter")
    page.get_by_role("list", name="Where you are in the course").wait_for()
    calm(page)


def answer(page: Page, place: int) -> None:
    """Choose an answer with the arrow keys, and lock it."""
    radios = page.get_by_role("radiogroup", name="Choose one").get_by_role("radio")
    focus(radios.first)
    page.keyboard.press("Space")
    for _ in range(place):
        page.keyboard.press("ArrowDown")
    page.wait_for_timeout(200)
    calm(page)
    press(page, "Lock my answer")
    page.locator(".q-told, .q-options").first.wait_for()


def done(page: Page) -> int:
    said = page.locator(".q-done").inner_text()
    return int(said.split(" ")[0])


def test_a_chapter_is_learnt_by_keyboard_and_survives_the_servers_death(browser: Browser, tmp_path):
    questions = len(course(CHAPTER).predictions) + len(course(CHAPTER).quiz)
    with the_app.serving(ROOT / "app.py", tmp_path / "first.txt", data=tmp_path / "data") as server:
        visitor = Visitor.arrive(browser, server)
        page = visitor.open(f"/{CHAPTER}?lang=en")
        sure = page.get_by_role("combobox", name="How sure?")
        focus(sure)
        for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
            page.keyboard.press(key)
        calm(page)
        how_sure = int(re.sub(r"\D", "", sure.input_value()))
        press(page, re.compile("^2.*min to 5.*min$"))
        expect(page.get_by_text(re.compile("^You said"))).not_to_have_count(0)
        open_course(page)
        assert violations(page) == []
        for place in (1, 0):
            answer(page, place)
            press(page, "Next")
        assert done(page) == 2
        os.kill(server.pid, signal.SIGKILL)

        with the_app.serving(
            ROOT / "app.py", tmp_path / "second.txt", data=tmp_path / "data", port=urlsplit(server.url).port or 0
        ):
            visitor.errors.clear()  # a browser whose server died says so
            page = visitor.open(f"/{CHAPTER}?lang=en")
            # The guess is not asked anew, and the course goes on where it was.
            expect(page.get_by_role("button", name=re.compile("^2.*min to 5.*min$"))).to_have_count(0)
            open_course(page)
            assert done(page) == 2
            for number in range(2, questions):
                answer(page, number % 3)
                if number + 1 < questions:
                    press(page, "Next")
            expect(page.get_by_text(re.compile(rf"^All done: \d of {questions} right"))).to_be_visible()
            assert violations(page) == []

            page = visitor.open("/?lang=en")
            card = page.get_by_role("table").filter(has_text="Chapter")
            expect(card.get_by_role("row").filter(has_text="Zone failure")).to_have_text(
                re.compile(rf"of {questions + 1}$")
            )
            with page.expect_download() as taken:
                press(page, "Take my answers away")
            kept = taken.value.path().read_text(encoding="utf-8")
            assert kept.count('"kind"') == questions + 1
            assert re.findall(r'"sure": (\d+)', kept) == [str(how_sure)]
            assert violations(page) == []
        visitor.context.close()
