"""Play, pause and scrub: the browser does it alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import the_app
from tests.browser.the_app import STUDY, Server, Visitor, clock, frames, is_playing, seek, the_map, transport

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def opened(browser: Browser, server: Server) -> Iterator[tuple[Visitor, Page]]:
    """One page for all that changes nothing but the playhead."""
    visitor = Visitor.arrive(browser, server)
    yield visitor, visitor.open(STUDY)
    visitor.context.close()


@pytest.fixture
def at_rest(opened: tuple[Visitor, Page]) -> Iterator[tuple[Visitor, Page]]:
    """Begin each test with the playhead at the start; and whatever it does, the server hears nothing of it."""
    visitor, page = opened
    page.evaluate(
        "() => { window.quaysideClock.pause(); window.quaysideClock.setSpeed(4); window.quaysideClock.seek(0); }"
    )
    talked = len(visitor.talk)
    yield visitor, page

    assert visitor.talk[talked:] == []
    assert visitor.errors == []


def test_play_moves_the_clock_and_pause_stops_it(at_rest: tuple[Visitor, Page]):
    _, page = at_rest
    bar = transport(page)
    bar.get_by_role("button", name="Play").click()
    page.wait_for_function("() => window.quaysideClock.t > 4")
    bar.get_by_role("button", name="Pause").click()
    stopped = clock(page)
    frames(page, 5)

    assert clock(page) == stopped
    assert bar.get_by_role("status").inner_text() == f"0:{int(stopped):02}"
    assert the_map(page).get_attribute("aria-label").startswith(f"Map of ECS on EC2 at 0:{int(stopped):02}.")


def test_speed_is_chosen_in_simulated_seconds_a_second(at_rest: tuple[Visitor, Page]):
    _, page = at_rest
    bar = transport(page)
    bar.get_by_role("button", name="16×").click()
    bar.get_by_role("button", name="Play").click()
    passed = page.evaluate("""async () => {
      const frame = () => new Promise(requestAnimationFrame), from = await frame(), t = window.quaysideClock.t;
      let now = from;
      while (now - from < 700) now = await frame();
      return (window.quaysideClock.t - t) / ((now - from) / 1000);
    }""")

    assert bar.get_by_role("button", name="16×").get_attribute("aria-pressed") == "true"
    assert 8 < passed < 17  # frames dropped on a busy machine slow it, nothing speeds it up


def test_the_scrubber_obeys_keys(at_rest: tuple[Visitor, Page]):
    _, page = at_rest
    track = page.get_by_role("slider", name="Time in the run")
    track.focus()
    seen = []
    for key in ("ArrowRight", "Shift+ArrowRight", "PageUp", "ArrowLeft", "Period", "Comma", "End", "Home"):
        page.keyboard.press(key)
        seen.append(round(clock(page), 1))
    page.keyboard.press("Space")

    assert seen == [1, 11, 41, 40, 120, 0, 600, 0]
    assert is_playing(page)


def test_the_scrubber_follows_the_pointer_and_says_the_moment(at_rest: tuple[Visitor, Page]):
    _, page = at_rest
    track = page.get_by_role("slider", name="Time in the run")
    box = track.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=8)
    page.mouse.up()
    frames(page)

    assert track.bounding_box() == box  # it holds still under the hand, whatever the button beside it comes to say
    assert clock(page) == pytest.approx(300, abs=3)
    assert track.get_attribute("aria-valuetext").startswith(
        f"{int(clock(page)) // 60}:{int(clock(page)) % 60:02} of 10:00"
    )


def test_map_charts_and_table_tell_the_same_moment(at_rest: tuple[Visitor, Page]):
    _, page = at_rest
    page.get_by_role("button", name="Show as table").first.click()
    seek(page, 125)
    lost = page.get_by_role("row", name="Zone b").get_by_role("cell").first

    page.get_by_role("table", name="ECS on EC2 at 2:05").wait_for()
    assert lost.inner_text().startswith("Lost")
    assert page.get_by_role("slider", name="Moment shown").get_attribute("aria-valuetext").startswith("2:05")
    assert "14 running" in page.get_by_role("slider", name="Moment shown").get_attribute("aria-valuetext")


def test_where_motion_is_unwelcome_play_steps_from_event_to_event(arrive):
    page = arrive(reduced_motion="reduce").open(STUDY)
    page.evaluate("() => { window.seen = []; window.quaysideClock.subscribe((t, why) => window.seen.push([t, why])); }")
    transport(page).get_by_role("button", name="16×").click()
    transport(page).get_by_role("button", name="Play").click()
    page.wait_for_function("() => window.quaysideClock.t >= 170")
    page.evaluate("() => window.quaysideClock.pause()")
    seen, stops = page.evaluate("() => [window.seen, window.quaysideClock.stops]")

    assert {why for _, why in seen} == {"speed", "play", "seek", "pause"}  # and never a "tick"
    assert {t for t, _ in seen} <= {0, *stops}
    assert len({t for t, _ in seen}) >= 3


def test_the_map_is_played_by_keys_too(at_rest: tuple[Visitor, Page]):
    _, page = at_rest
    the_map(page).focus()
    page.keyboard.press("Period")
    at_next = clock(page)
    page.keyboard.press("Comma")
    at_start = clock(page)
    page.keyboard.press("Space")

    assert (at_next, at_start, is_playing(page)) == (120, 0, True)
    assert the_app.popover(page).count() == 0
