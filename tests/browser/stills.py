"""Still pictures of every beat, for the hall when a page cannot be shown: `make stills`, or `python -m tests.browser.stills [BEAT ...]`.

Each is the stage as it stands once what runs has run, in both languages, dark, without the counter.
"""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

from engine.catalog import LANGUAGES, Language
from pages.parts.stage.deck import CUTS, Beat, deck
from pages.parts.stage.stills import FOLDER, file_name
from tests.browser import the_app
from tests.browser.the_app import ROOT, Visitor

SIZE = {"width": 1600, "height": 900}
MOST_BYTES = 40_000
AS_GOOD_AS = [(1.0, quality) for quality in range(82, 27, -6)] + [
    (scale, quality) for scale in (0.8, 0.6) for quality in range(64, 9, -6)
]  # size, quality
PATIENCE_MS = 120_000
SETTLED_MS = 1_500  # a table that plays by itself has something to show by then
IS_AT = """(id) => document.querySelector("#quayside-deck")?.shadowRoot.querySelector(".deck").dataset.here === id
  && !document.querySelector("#quayside-curtain")"""
STAND_STILL = """(to_s) => {
  document.querySelector("#quayside-deck").shadowRoot.querySelector(".bar").style.visibility = "hidden";
  window.quaysideClock.pause();
  if (to_s !== null) window.quaysideClock.seek(to_s);
}"""

IS_BROKEN = """() => {
  const still = document.querySelector("#quayside-deck").shadowRoot.querySelector(".still");
  return Boolean(still) && !still.hidden;
}"""


def take(page: Page, camera: CDPSession, beat: Beat) -> bytes:
    """Take a beat's picture, as good as its size allows."""
    page.wait_for_function(IS_AT, arg=beat.id, timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLED_MS)
    if page.evaluate(IS_BROKEN):  # else the picture would be taken of its own last picture
        raise RuntimeError(f"{beat.id}: the page cannot be shown; the log says why")
    page.evaluate(STAND_STILL, beat.runs.to_s if beat.runs else None)
    the_app.frames(page, 4)
    the_app.ended(page)
    for scale, quality in AS_GOOD_AS:
        clip = {"x": 0, "y": 0, **SIZE, "scale": scale}
        shot = camera.send("Page.captureScreenshot", {"format": "webp", "quality": quality, "clip": clip})
        picture = base64.b64decode(shot["data"])
        if len(picture) <= MOST_BYTES:
            return picture
    raise RuntimeError(f"{beat.id}: {len(picture):,} bytes at the lowest quality")


def take_all(visitor: Visitor, lang: Language, wanted: set[str]) -> None:
    """Go through the talk, and through what only its cut has, and keep each picture."""
    page = visitor.context.new_page()
    camera = visitor.context.new_cdp_session(page)
    every = list(dict.fromkeys(name for cut in CUTS for name in deck().cuts[cut]))
    for name in [one for one in every if one in wanted]:
        beat = deck().beats[name]
        path = "" if beat.page == "start" else beat.page
        page.goto(f"{visitor.server.url}/{path}?stage=1&beat={name}&lang={lang}")
        picture = take(page, camera, beat)
        (FOLDER / file_name(name, lang)).write_bytes(picture)
        print(f"{file_name(name, lang)}  {len(picture):,} bytes", flush=True)
    page.close()


def main() -> None:
    """Take the pictures of the beats that are named, or of all; then those of no beat are thrown away."""
    FOLDER.mkdir(exist_ok=True)
    wanted = set(sys.argv[1:]) or set(deck().beats)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = the_app.launch(playwright, os.environ["QUAYSIDE_CHROMIUM"])
        with the_app.serving(ROOT / "app.py", Path(folder) / "log.txt") as server:
            visitor = Visitor.arrive(chromium, server, viewport=SIZE, color_scheme="dark")
            for lang in LANGUAGES:
                take_all(visitor, lang, wanted)
        chromium.close()
    known = {file_name(name, lang) for name in deck().beats for lang in LANGUAGES}
    for path in FOLDER.glob("*.webp"):
        if path.name not in known:
            path.unlink()
            print(f"{path.name}  thrown away")


if __name__ == "__main__":
    main()
