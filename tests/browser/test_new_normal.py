"""Why hurry, as a visitor meets it: a guess that turns three cards round, a team among the groups, doors; on every screen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.the_app import Theme, Visitor, calm, drawn, settled, violations

pytestmark = pytest.mark.browser

CLAIMS = "/new_normal?lang=en"
SPANISH = "/new_normal?lang=es"  # whose words are longer
PACE = "/new_normal?lang=en&x=new_normal_pace"


def test_the_three_cards_turn_round_with_the_guess_and_stay_where_they_are(visitor: Visitor):
    page = visitor.open(CLAIMS)
    cards = page.locator(".q-claims > li")
    expect(cards).to_have_count(3)
    expect(page.locator(".q-claims .mark")).to_have_count(0)
    before = cards.first.bounding_box()
    page.get_by_role("button", name="All three").click()

    expect(page.get_by_text("Only the 47 percent.")).to_be_visible()
    expect(cards.nth(0)).to_contain_text("Found.")
    expect(cards.nth(1)).to_contain_text("Likely.")
    expect(cards.nth(2)).to_contain_text("Not found.")
    after = cards.first.bounding_box()
    assert before
    assert after
    assert (before["x"], before["y"], before["width"]) == (after["x"], after["y"], after["width"])
    assert violations(page) == []


def test_a_door_of_slide_s05_leads_to_its_chapter_in_the_same_language(visitor: Visitor):
    page = visitor.open("/new_normal?lang=es&guess=skip")
    page.get_by_role("link", name="¿Y si cae una zona?").last.click()

    expect(page).to_have_url(re.compile(r"/az_failure.*lang=es"))
    calm(page)


def test_a_team_is_slid_by_keys_until_no_single_group_fits(visitor: Visitor):
    page = visitor.open(PACE)
    drawn(page)
    page.get_by_role("button", name="medium", exact=True).click()
    expect(page.get_by_text("You said it: the medium group, with 10%.")).to_be_visible()
    calm(page)
    pace = page.get_by_role("slider", name=re.compile("^How often you deliver"))
    pace.focus()
    for _ in range(4):
        pace.press("ArrowRight")
    expect(page).to_have_url(re.compile("pace=ten-a-day"))
    calm(page)

    expect(page.get_by_text("By pace you look like elite, by failures like medium.")).to_be_visible()
    page.get_by_role("radio", name="How long a change takes to be live").or_(
        page.get_by_role("button", name="How long a change takes to be live")
    ).first.click()
    expect(page).to_have_url(re.compile("axis=lead"))
    drawn(page)
    assert violations(page) == []


@pytest.mark.parametrize(("address", "theme"), [(SPANISH, "light"), (PACE, "dark")])
def test_the_hall_reads_it_without_scrolling(arrive, address: str, theme: Theme):
    page = arrive(viewport={"width": 1366, "height": 768}, color_scheme=theme).open(f"{address}&view=stage")
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        settled(page)

        assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight <= innerHeight"), (
            width,
            height,
        )
    small = page.evaluate(
        "() => [...document.querySelectorAll('.q-claims *, .q-stage-says, .q-pace-keys li')].filter((one) => one.offsetHeight && one.textContent.trim()"
        " && parseFloat(getComputedStyle(one).fontSize) < 23.9).map((one) => one.className || one.tagName)"
    )
    assert small == []


def test_a_phone_reads_both_rooms_without_scrolling_sideways(phone: Visitor):
    for address in (f"{CLAIMS}&guess=skip", f"{PACE}&guess=skip"):
        page = phone.open(address)
        calm(page)

        assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth")
        assert violations(page) == []
