"""For everybody: by keyboard, by screen reader, on a phone, in both themes, on a stage."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.the_app import (
    STUDY,
    Theme,
    Visitor,
    another_run,
    calm,
    choose_by_keys,
    clock,
    drawn,
    ended,
    frames,
    is_playing,
    popover,
    seek,
    the_map,
    transport,
    violations,
)

pytestmark = pytest.mark.browser
THEMES = ("light", "dark")


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_while_a_guess_is_open_and_after_it(arrive, theme: Theme):
    page = arrive(color_scheme=theme).open("/az_failure?lang=es")
    seek(page, 60)

    assert violations(page) == []
    page.get_by_role("button", name=re.compile("^Menos de")).click()
    expect(page.get_by_text(re.compile("^Dijiste menos de")).first).to_be_visible()
    calm(page)
    seek(page, 170)
    assert violations(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_with_a_popover_or_a_decision_open(arrive, theme: Theme):
    page = arrive(color_scheme=theme).open(STUDY)
    seek(page, 170)
    choose_by_keys(page, "ArrowDown")

    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Why is task")).first.click()
    page.locator(".qw-ready").wait_for()
    calm(page)
    assert violations(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_side_by_side(arrive, theme: Theme):
    page = arrive(color_scheme=theme).open("/az_failure?lang=en&view=compare")
    seek(page, 170)

    assert violations(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_on_stage(arrive, theme: Theme):
    page = arrive(color_scheme=theme, viewport={"width": 1920, "height": 1080}).open("/az_failure?lang=en&view=stage")
    seek(page, 170)

    assert violations(page) == []


# --- a guess ---------------------------------------------------------------------------------------------------------


def test_the_future_is_told_only_to_those_who_guessed(visitor: Visitor):
    page = visitor.open("/az_failure?lang=en")
    expect(page.get_by_text("How long will users see errors?")).to_be_visible()
    expect(page.get_by_text("What it cost your users")).to_have_count(0)
    page.get_by_role("button", name="Under 30 s").click()

    expect(page.get_by_text(re.compile(r"^You said under 30\ss\. It took"))).to_be_visible()
    expect(page.get_by_text("What it cost your users")).to_be_visible()
    expect(page).to_have_url(re.compile("guess=0"))


# --- side by side ----------------------------------------------------------------------------------------------------


def test_four_stand_side_by_side_on_one_clock(visitor: Visitor):
    page = visitor.open(STUDY)
    page.get_by_role("button", name="Side by side").click()
    page.get_by_role("table", name="What it cost your users").wait_for()
    calm(page)
    drawn(page)
    talked = len(visitor.talk)
    seek(page, 130)
    maps = page.get_by_role("img", name=re.compile("at 2:10"))
    table = page.get_by_role("table", name="What it cost your users")

    expect(maps).to_have_count(4)
    expect(table.get_by_role("columnheader")).to_have_count(4)
    expect(table.get_by_text("best").first).to_be_visible()
    assert visitor.talk[talked:] == []
    page.get_by_role("button", name="Back to one").click()
    expect(the_map(page)).to_be_visible()


# --- a phone ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/?lang=es",
        f"{STUDY}",
        "/az_failure?lang=es",
        "/az_failure?lang=en&view=compare",
        "/kubernetes?lang=es&guess=skip",
    ],
)
def test_a_phone_never_scrolls_sideways(phone: Visitor, address: str):
    page = phone.open(address)
    wide = page.evaluate("""() => [...document.querySelectorAll("main, [data-testid=stMain], html, body")]
      .map((one) => one.scrollWidth - one.clientWidth)""")

    assert max(wide) <= 0
    assert page.evaluate("() => document.documentElement.clientWidth") == 390


def test_on_a_phone_play_scrubber_and_the_action_stay_under_the_thumb(phone: Visitor):
    page = phone.open(STUDY)
    bar = transport(page)

    def places() -> list[dict[str, float]]:
        found = [
            bar.get_by_role("button", name=re.compile("Play|Pause")).bounding_box(),
            bar.get_by_role("button", name=re.compile("zone b")).bounding_box(),
            bar.get_by_role("slider").bounding_box(),
        ]
        return [box for box in found if box]

    at_top = places()
    page.get_by_text("What it cost your users").scroll_into_view_if_needed()
    frames(page)

    assert places() == at_top
    assert len(at_top) == 3
    for box in at_top:
        assert min(box["width"], box["height"]) >= 44
        assert 844 - 200 < box["y"] + box["height"] <= 844
    bar.get_by_role("button", name="Play").tap()
    page.wait_for_function("() => window.quaysideClock.t > 1")
    with another_run(page):
        bar.get_by_role("button", name=re.compile("Fail zone b")).tap()


def test_on_a_phone_a_zone_opens_a_sheet_from_the_bottom(phone: Visitor):
    page = phone.open(STUDY)
    canvas = the_map(page)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 6, box["y"] + box["height"] * 0.7)
    popover(page).wait_for()
    ended(page)
    frames(page)
    sheet = popover(page).bounding_box()

    expect(popover(page).get_by_role("heading")).to_have_text("Zone a")
    assert (round(sheet["x"]), round(sheet["y"] + sheet["height"])) == (0, 844)
    for button in popover(page).get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44
    with another_run(page):
        popover(page).get_by_role("button", name=re.compile("Fail zone a")).tap()


# --- the stage -------------------------------------------------------------------------------------------------------


def test_on_stage_keys_do_everything_and_nothing_is_small(arrive):
    page = arrive(viewport={"width": 1920, "height": 1080}).open("/az_failure?lang=en&view=stage")
    before, seen = clock(page), []
    for key in ("ArrowRight", "PageDown", "ArrowLeft", "PageUp"):
        page.keyboard.press(key)
        seen.append(clock(page))
    stops = page.evaluate("() => window.quaysideClock.stops")

    assert [before, *seen] == [0, stops[1], stops[2], stops[1], 0]
    page.keyboard.press("Space")
    assert is_playing(page)
    page.keyboard.press("Space")
    assert not is_playing(page)
    with another_run(page):
        page.keyboard.press("f")
    expect(page).to_have_url(re.compile("do="))
    assert page.evaluate(SMALLEST) >= 24
    assert page.evaluate("() => document.documentElement.scrollHeight") <= 1080


# Of all text that is really shown, shadow roots included, the smallest size in px.
SMALLEST = """() => {
  let least = Infinity;
  const walk = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.shadowRoot) walk(one.shadowRoot);
      const own = [...one.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
      const box = one.getBoundingClientRect(), style = getComputedStyle(one);
      const shown = own && box.width > 2 && box.height > 2 && one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      if (shown && box.bottom > 0 && box.top < innerHeight && style.clipPath === "none" && style.clip === "auto") {
        least = Math.min(least, parseFloat(style.fontSize));
      }
    }
  };
  walk(document.querySelector("[data-testid=stMain]"));
  return least;
}"""
