"""The app as a visitor meets it: a server of its own, a real Chromium, and what both the tests and the benchmark do there."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Playwright, Request, WebSocket

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
STUDY = "/az_failure?lang=en&guess=skip"
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}, EXCLUDE localhost",  # whoever asks outside gets no answer
)  # fmt: skip
# Opening a page below the root, Streamlit asks for these two at the wrong place first: its own, and harmless.
KNOWN_404 = re.compile(r"/[a-z_]+/_stcore/(health|host-config)$")
PATIENCE_MS = 20_000  # a shared machine stalls; nobody waits so long when all is well

# The page's clock gets the run's digest with each run. We listen where it is handed over.
LISTEN = """
Object.defineProperty(window, "quaysideClock", {
  configurable: true,
  get() { return undefined; },
  set(clock) {
    const take = clock.setRun;
    clock.setRun = (run) => { take(run); window.quaysideRun = run; };
    Object.defineProperty(window, "quaysideClock", { value: clock, writable: true, configurable: true });
  },
});
"""
IS_CALM = """() => {
  if (window.quaysideAhead?.pending) return false;  // what is shown ahead of the page waits for the page
  const app = document.querySelector("[data-testid=stApp]");
  return app?.dataset.testScriptState === "notRunning" && app.dataset.testConnectionState === "CONNECTED";
}"""


# --- the server ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Server:
    """A running Quayside: where it answers, its process, and the log it writes."""

    url: str
    pid: int
    log: Path


@contextmanager
def serving(
    script: Path, log: Path, *, ready: str = "/ready", patience_s: float = 240, port: int = 0, data: Path | None = None
) -> Iterator[Server]:
    """Serve a Streamlit app until it is ready, and end it afterwards.

    port: 0 for a free one; a server that comes back takes its own again. data: where the answers are kept.
    """
    if not port:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(script),
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    command += ["--server.address", HOST, "--server.fileWatcherType", "none"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=out,
            stderr=out,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"}
            | ({"QUAYSIDE_DATA": str(data)} if data else {}),
        )
    try:
        until = time.monotonic() + patience_s
        while not _answers(f"http://{HOST}:{port}{ready}"):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server did not come up:\n{log.read_text(encoding='utf-8')[-3_000:]}")
            time.sleep(0.1)
        yield Server(f"http://{HOST}:{port}", process.pid, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - ours
        return bool(answer.status == 200)
    return False


# --- the browser -----------------------------------------------------------------------------------------------------


def launch(playwright: Playwright, chromium: str) -> Browser:
    """Start a Chromium that cannot reach beyond this machine."""
    return playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))


@dataclass
class Visitor:
    """A fresh browser of one visitor, and everything in it that should not have happened."""

    server: Server
    context: BrowserContext
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    talk: list[str] = field(default_factory=list)  # each message that went to the server, or a request
    answers: list[bytes] = field(default_factory=list)  # what the server said on the page's socket

    @classmethod
    def arrive(cls, browser: Browser, server: Server, **settings: Any) -> Visitor:
        """Come with a browser that has never been here."""
        settings = {"viewport": {"width": 1366, "height": 768}, "locale": "en-US", "accept_downloads": True, **settings}
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(LISTEN)
        visitor = cls(server, context)
        context.on("request", visitor._hear_request)
        context.on("console", visitor._hear_console)
        context.on("weberror", lambda error: visitor.errors.append(f"uncaught: {error.error}"))
        return visitor

    def open(self, address: str) -> Page:
        """Open an address (a path of ours, or a whole link) and wait until the page stands."""
        page = self.context.new_page()
        page.on("websocket", self._hear_socket)
        page.goto(address if "://" in address else f"{self.server.url}{address}")
        stands(page)
        return page

    def told(self, column: str) -> list[list[float]]:
        """Give a column of the maps' data as often as the server sent it, first to last."""
        pattern = re.compile(rf'"{column}":\s*(\[[^\]]*\])'.encode())
        return [json.loads(found) for answer in self.answers for found in pattern.findall(answer)]

    def _hear_socket(self, heard: WebSocket) -> None:
        self._hear_address(heard.url)
        heard.on("framesent", lambda _: self.talk.append("message"))
        heard.on("framereceived", lambda said: self.answers.append(said if isinstance(said, bytes) else said.encode()))

    def _hear_request(self, request: Request) -> None:
        self._hear_address(request.url)
        if request.url.startswith(("http:", "https:")):
            self.talk.append(request.url)

    def _hear_address(self, url: str) -> None:
        if not re.match(rf"(https?|wss?)://({re.escape(HOST)}|localhost)[:/]|data:|blob:|about:", url):
            self.outside.append(url)

    def _hear_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not KNOWN_404.search(message.location.get("url", "")):
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")


# --- the page ----------------------------------------------------------------------------------------------------------


def calm(page: Page) -> None:
    """Wait until the server has nothing left to say."""
    page.wait_for_function(IS_CALM)


def stands(page: Page) -> None:
    """Wait until a page stands: its title, and on an experiment the run and every strip of its charts."""
    page.get_by_role("heading", level=1).wait_for()
    calm(page)
    if any(name in page.url for name in ("/az_failure", "/placement", "/control_plane")):
        page.wait_for_function("() => window.quaysideRun && window.quaysideClock.end > 0")
    if "/az_failure" in page.url:
        drawn(page)
    settled(page)


def settled(page: Page) -> None:
    """Wait until the page keeps its height: what mounts late pushes the rest down, and a click on its way lands beside."""
    page.wait_for_function(
        "() => { const height = document.querySelector('[data-testid=stMain]')?.scrollHeight ?? 0, now = performance.now();"
        " if (window.quaysideHeight?.[0] !== height) window.quaysideHeight = [height, now];"
        " return now - window.quaysideHeight[1] > 200; }"
    )


def drawn(page: Page) -> None:
    """Wait until every chart that is shown has been drawn."""
    page.wait_for_function(
        "() => { const all = [...document.querySelectorAll('.qc-strip')].filter((strip) => !strip.hidden);"
        " return all.length > 0 && all.every((strip) => strip.dataset.ready === 'true'); }"
    )


def digest(page: Page) -> str:
    """Say which run the page shows: the first 16 signs of its digest."""
    return str(page.evaluate("() => window.quaysideRun.id"))


@contextmanager
def another_run(page: Page) -> Iterator[None]:
    """Do something, and wait until the page shows another run."""
    before = digest(page)
    yield
    page.wait_for_function("(before) => window.quaysideRun.id !== before", arg=before)
    calm(page)


def clock(page: Page) -> float:
    """Read the playhead, s."""
    return float(page.evaluate("() => window.quaysideClock.t"))


def is_playing(page: Page) -> bool:
    """Say whether time runs."""
    return bool(page.evaluate("() => window.quaysideClock.playing"))


def seek(page: Page, at_s: float) -> None:
    """Put the playhead somewhere, as a scrubber does, and let the page draw it."""
    page.evaluate("(t) => window.quaysideClock.seek(t)", at_s)
    frames(page)


def frames(page: Page, n: int = 2) -> None:
    """Let the browser paint some frames."""
    page.evaluate("async (n) => { for (; n > 0; n--) await new Promise(requestAnimationFrame); }", n)


def ended(page: Page) -> None:
    """Bring every transition to its end at once: those under way, and those that the next frame begins."""
    frames(page)
    page.evaluate("() => document.getAnimations().forEach((one) => { try { one.finish(); } catch { one.cancel(); } })")


def violations(page: Page) -> list[str]:
    """Ask axe-core, once nothing moves: a colour half faded, in or out, is nobody's contrast."""
    settled(page)
    page.wait_for_function(
        "() => !document.querySelector('[data-stale=true]')"
    )  # Streamlit fades what it is about to replace
    calm(page)
    ended(page)
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['target']} {node.get('failureSummary', '')}" for one in found for node in one["nodes"]]


def the_map(page: Page) -> Locator:
    """Find the map, as a screen reader does."""
    return page.get_by_role("application")


def transport(page: Page) -> Locator:
    """Find the bar that plays."""
    return page.get_by_role("group", name=re.compile("Playback|Reproducción"))


def popover(page: Page) -> Locator:
    """Find what the map opens beside a thing that was chosen."""
    return page.locator("[role=dialog][popover]:popover-open")


def choose_by_keys(page: Page, *keys: str) -> Locator:
    """Focus the map, walk by keys, press Enter, and give what opens. The walk begins at the load balancer."""
    the_map(page).blur()
    the_map(page).focus()
    for key in ("ArrowUp", *keys):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    popover(page).wait_for()
    return popover(page)


def choose_zone(page: Page, number: int, of: int = 3) -> Locator:
    """Click a zone's title: come down its column until the pointer says that something can be chosen there."""
    canvas = the_map(page)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    x, held = box["x"] + (number + 0.5) / of * box["width"], False
    things = 0
    for y in range(int(box["y"]) + 4, int(box["y"] + box["height"]), 5):
        page.mouse.move(x, y)
        holds = canvas.evaluate("(canvas) => canvas.style.cursor === 'pointer'")
        things += holds and not held
        held = holds
        if things == 2:  # the first is the load balancer
            page.mouse.move(x, y + 5)
            page.mouse.click(x, y + 5)
            popover(page).wait_for()
            return popover(page)
    raise AssertionError("no zone under the pointer")


def share(page: Page) -> Locator:
    """Open "Save and share", and give what it holds."""
    page.get_by_role("button", name=re.compile("Save and share|Guardar y compartir")).click()
    held = page.get_by_test_id("stPopoverBody")
    held.wait_for()
    return held


def download(page: Page, button: Locator) -> bytes:
    """Press a button and give the file that comes."""
    with page.expect_download() as coming:
        button.click()
    return Path(coming.value.path()).read_bytes()


Theme = Literal["light", "dark"]
