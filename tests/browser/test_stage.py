"""The talk in a real browser: from its first beat to its last by keyboard alone, in step in every window, whatever the server does."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pages.parts.stage.deck import deck
from tests.browser.the_app import Theme, Visitor, calm, clock, digest, frames, is_playing, seek, transport, violations

pytestmark = pytest.mark.browser
HALL = {"width": 1920, "height": 1080}
TALK = deck().of("talk")
ZONE_B, SPARE, SPREAD = "az_failure.zone_b", "az_failure.spare", "placement.spread"
ORDER = [beat.id for beat in TALK]
AFTER = ORDER[ORDER.index(SPARE) + 1]
# Our own machine lies in an open shadow of its own, beside the app; the speaker's window in its component's.
MACHINE = "#quayside-deck .deck"
IS_AT = """([kind, id]) => {
  const find = (root) => [...root.querySelectorAll("*")].reduce((found, node) =>
    found ?? (node.classList?.contains(kind) ? node : node.shadowRoot ? find(node.shadowRoot) : null), null);
  return find(document)?.dataset.here === id;
}"""
# Every text that is seen, with its size: the page's and ours, but for what only a screen reader is told.
SMALL = """() => {
  const found = [], walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) walk(node.shadowRoot);
      const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
      const at = node.getBoundingClientRect(), style = getComputedStyle(node);
      if (!own || at.width < 3 || at.height < 3 || style.clipPath !== "none" || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (["STYLE", "SCRIPT"].includes(node.tagName)) continue;
      if (parseFloat(style.fontSize) < 23.9) found.push(`${node.className || node.tagName}: ${node.textContent.trim().slice(0, 40)} ${style.fontSize}`);
    }
  };
  walk(document.querySelector("#quayside-deck").shadowRoot);
  for (const head of document.querySelectorAll(".q-stage-head, .q-still")) walk(head);
  return found;
}"""


def at(page: Page, beat: str, kind: str = "deck") -> None:
    """Wait until a window is at a beat, and the hall sees it."""
    page.wait_for_function(IS_AT, arg=[kind, beat])
    if kind == "deck":
        page.wait_for_function("() => !document.querySelector('#quayside-curtain')")


def on_stage(visitor: Visitor, beat: str, lang: str = "en") -> Page:
    """Open a beat by its link."""
    page = visitor.context.new_page()
    page.goto(f"{visitor.server.url}/{beat.partition('.')[0].replace('start', '')}?stage=1&beat={beat}&lang={lang}")
    at(page, beat)
    return page


def seen(page: Page) -> dict:
    """Say what a stage shows: its run, its address, its words, and where its playhead stands once it has played."""
    page.wait_for_function("() => window.quaysideClock.playing")
    page.evaluate("() => window.quaysideClock.pause()")
    seek(page, 100)
    frames(page, 3)
    words = {name: said for name, (said,) in parse_qs(urlsplit(page.url).query).items()}
    return {
        "run": digest(page), "words": words, "path": urlsplit(page.url).path, "title": page.title(),
        "text": page.get_by_test_id("stMain").inner_text(), "ring": page.locator(f"{MACHINE} .ring").get_attribute("style"),
    }  # fmt: skip


def too_pale(page: Page, theme: Theme) -> list[str]:
    """Find text whose contrast is under AAA's (7 to 1, large text 4.5 to 1), in a theme."""
    page.emulate_media(color_scheme=theme)
    page.wait_for_timeout(350)  # colours fade over
    found = Axe().run(page, options={"runOnly": ["color-contrast-enhanced"]}).response["violations"]
    return [f"{node['target']} {node['any'][0]['message'][:150]}" for one in found for node in one["nodes"]]


def test_the_whole_talk_goes_from_first_to_last_by_keyboard_alone(arrive):
    page = on_stage(arrive(viewport=HALL, color_scheme="dark"), TALK[0].id)
    keys = ("ArrowRight", " ", "PageDown")
    read: set[str] = set()
    pale: dict[tuple[str, str], list[str]] = {}
    for n, beat in enumerate(TALK):
        if n:
            page.keyboard.press(keys[n % len(keys)])
            at(page, beat.id)
        line = page.locator(f".q-stage-head h1, {MACHINE} .below").filter(has_text=beat.line.en)
        expect(line).to_be_visible()
        expect(page.locator(f"{MACHINE} .counter")).to_have_text(f"{n + 1} of {len(TALK)}")
        assert page.locator(f"{MACHINE} .still").is_hidden(), beat.id
        assert page.get_by_test_id("stException").count() == 0, beat.id
        ring = page.locator(f"{MACHINE} .ring")
        assert ring.is_visible() == (beat.highlight != "none"), beat.id
        if beat.highlight != "none":
            expect(ring, beat.id).to_have_attribute("data-on", beat.highlight)
        assert page.evaluate(SMALL) == [], beat.id
        assert line.evaluate("(node) => node.scrollWidth <= node.clientWidth + 1"), beat.id
        if beat.page not in read:  # one beat a page: what a hall reads, it reads from the last row
            read.add(beat.page)
            pale |= {(beat.id, theme): found for theme in ("light", "dark") if (found := too_pale(page, theme))}
    assert pale == {}
    page.keyboard.press("PageDown")
    page.keyboard.press("Home")
    at(page, TALK[0].id)

    took = page.evaluate("() => performance.getEntriesByName('quayside.step').map((one) => one.duration)")
    print(f"{len(took)} steps, median {sorted(took)[len(took) // 2]:.0f} ms, slowest {max(took):.0f} ms")


def test_keys_are_the_stages_whatever_has_the_focus(arrive):
    page = on_stage(arrive(viewport=HALL), ZONE_B)
    expect(page.locator(f"{MACHINE} .ring")).to_be_visible()
    page.wait_for_function("() => window.quaysideClock.playing")
    assert clock(page) >= 85, "what runs plays on entering"

    slider = transport(page).get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    at(page, SPARE)
    transport(page).get_by_role("slider").focus()
    page.keyboard.press("Home")
    at(page, TALK[0].id)
    page.keyboard.press("End")
    at(page, TALK[-1].id)
    page.goto(page.url.replace(TALK[-1].id, ZONE_B))
    at(page, ZONE_B)
    transport(page).get_by_role("button").first.focus()
    page.keyboard.press(" ")
    at(page, SPARE)
    page.get_by_role("application").focus()
    page.keyboard.press("PageUp")
    at(page, ZONE_B)
    page.keyboard.press("Home")
    at(page, TALK[0].id)

    page.keyboard.press("b")
    expect(page.locator(f"{MACHINE} .blank")).to_be_visible()
    page.keyboard.press("b")
    page.keyboard.press("o")
    expect(page.get_by_role("dialog").get_by_role("button")).to_have_count(len(TALK))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    at(page, TALK[1].id)
    page.keyboard.press("n")
    expect(page.get_by_text(TALK[1].notes.en)).to_be_visible()
    page.keyboard.press("PageDown")
    at(page, TALK[2].id)
    expect(page.get_by_text(TALK[2].notes.en)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of the stage")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "stage=1" in page.url
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(rf"/{TALK[2].page}\?lang=en"))


def test_a_beat_is_the_same_entered_cold_or_stepped_into_and_r_makes_it_so_again(arrive):
    cold = seen(on_stage(arrive(viewport=HALL), SPARE))
    page = on_stage(arrive(viewport=HALL), SPREAD)
    page.keyboard.press("End")
    at(page, TALK[-1].id)
    for beat in reversed(ORDER[ORDER.index(SPARE) : -1]):
        page.keyboard.press("PageUp")
        at(page, beat)

    assert seen(page) == cold

    transport(page).get_by_role("button", name=re.compile("zone b")).click()
    page.wait_for_function("(before) => window.quaysideRun.id !== before", arg=cold["run"])
    calm(page)
    page.keyboard.press("r")
    page.wait_for_function("(before) => window.quaysideRun.id === before", arg=cold["run"])
    at(page, SPARE)
    assert seen(page) == cold


def test_the_speakers_window_keeps_step_here_without_the_server_and_a_phone_by_a_pin(arrive):
    visitor = arrive()
    stage = on_stage(visitor, ZONE_B)
    notes = visitor.context.new_page()
    sent: list[str] = []
    notes.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append("message")))
    notes.on("request", lambda request: sent.append(request.url))
    notes.goto(f"{visitor.server.url}/?notes=1&lang=es")
    at(notes, ZONE_B, "speaker")
    expect(notes.get_by_text(deck().beats[ZONE_B].notes.es)).to_be_visible()
    frames(notes, 5)
    before = len(sent)

    notes.keyboard.press("PageDown")
    at(stage, SPARE)
    at(notes, SPARE, "speaker")
    stage.keyboard.press("PageUp")
    at(notes, ZONE_B, "speaker")
    assert sent[before:] == [], "the two windows talk to each other"
    notes.get_by_role("button", name="Iniciar el reloj").click()
    expect(notes.get_by_text("de ventaja")).to_be_visible()
    assert violations(notes) == []

    stage.bring_to_front()
    stage.keyboard.press("p")
    shown = stage.locator(f"{MACHINE} .digits")
    expect(shown).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    pin = shown.inner_text()
    phone = arrive(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    remote = phone.context.new_page()
    remote.goto(f"{phone.server.url}/?notes=1&lang=en")
    remote.get_by_label("PIN").fill(pin)
    remote.get_by_role("button", name="Connect").click()
    at(remote, ZONE_B, "speaker")
    remote.get_by_role("button", name="Forward").click()
    at(stage, SPARE)
    at(remote, SPARE, "speaker")
    at(notes, SPARE, "speaker")


@pytest.mark.parametrize("beat", ["fargate.storage_now", "eks.ami"])
def test_a_table_acts_its_row_out_again_when_the_beat_is_entered_again(arrive, beat: str):
    page = on_stage(arrive(viewport=HALL), beat)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    scrub = page.get_by_role("slider")
    last = scrub.get_attribute("max")
    scrub.fill(last)
    expect(page.get_by_role("button", name="Again")).to_be_visible()
    page.keyboard.press("r")

    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert scrub.input_value() != last


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_stage_and_its_text_passes_aaa(arrive, theme: Theme):
    page = on_stage(arrive(viewport=HALL, color_scheme=theme), ZONE_B, "es")
    page.evaluate("() => window.quaysideClock.pause()")
    for key in ("Escape", "n", "?", "o"):
        if key != "Escape":  # first the beat itself
            page.keyboard.press(key)
        frames(page, 3)

        assert violations(page) == [], key
        found = (
            Axe()
            .run(page, context="#quayside-deck", options={"runOnly": ["color-contrast-enhanced"]})
            .response["violations"]
        )
        assert [(node["target"], node["failureSummary"]) for one in found for node in one["nodes"]] == [], key


def test_when_the_server_is_silent_the_hall_sees_the_beats_line_and_the_talk_goes_on(arrive):
    page = on_stage(arrive(viewport=HALL), ZONE_B)
    page.evaluate("() => { window.heldSend = WebSocket.prototype.send; WebSocket.prototype.send = () => {}; }")
    page.keyboard.press("PageDown")
    still = page.locator(f"{MACHINE} .still")
    frames(page, 3)
    assert still.is_hidden(), "for a while what was drawn stays drawn"

    expect(still).to_be_visible(timeout=15_000)
    expect(still.locator("p")).to_have_text(deck().beats[SPARE].line.en)
    page.keyboard.press("PageDown")
    expect(still.locator("p")).to_have_text(deck().beats[AFTER].line.en)

    page.evaluate("() => { WebSocket.prototype.send = window.heldSend; }")
    page.keyboard.press("PageUp")
    at(page, SPARE)
    expect(still).to_be_hidden()
    assert not is_playing(page) or clock(page) >= 85
