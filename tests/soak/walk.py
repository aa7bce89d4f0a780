"""A walk: a real browser goes through all pages at random, by seed, and every step is written down before it is taken.

Each step's chances are its own (`stream(seed, "step", n)`), so what one step finds on the page moves no later one. Every few steps
the walk comes home to the same page, and looks at what the document still holds once its garbage is gone.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Browser, ElementHandle
from playwright.sync_api import Error as PlaywrightError

from engine import catalog
from engine.rng import stream
from pages.parts.chapter import OPEN
from pages.parts.stage.deck import deck
from tests.browser.the_app import IS_CALM, Server, Visitor
from tests.load.learner import experiments
from tests.load.protocol import BROKEN
from tests.soak.memory import Slope, Watch, faults_in, slope

HOME = "start"
HOME_EVERY = 20  # steps
CALM_S, CLICK_S = 60.0, 2.0
DOES = {
    "press": 46, "slide": 14, "choose": 8, "type": 5, "map": 6, "keys": 6, "nav": 6, "frame": 3, "theme": 2, "back": 3, "forward": 2,
    "file": 1, "open": 0.5, "reload": 0.3,
}  # fmt: skip
KEYS = (
    "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "PageDown", "PageUp", "Home", "End", "Space", "b", ".", "n", "r", "s", "h", "?", "Escape",
    "Enter", "Tab", "Shift+Tab", "f", "k", "l", "m",
)  # fmt: skip
WORDS = (
    "",
    "3",
    "-1",
    "1e9",
    "web",
    "🐳 <b>",
    "name: x",
    "{",
    "attribute:ecs.instance-type == m5.large",
    "zone",
    "ñ" * 300,
)
# A busy server says so to a browser that asks ahead of its page; the page then goes its own way, and Chromium notes the status.
IS_BUSY = re.compile(r"status of 429 .*/run\?")
FILES = (
    "",
    "name: mine\n",
    "{",
    "services: [{name: web}]\nduration_s: 60\n",
    '{"containerDefinitions": []}',
    "\x00\xff",
)
# Everything that can be used, in the document's order, with what lies in open shadows. Links lead to this server or nowhere.
USABLE = """() => {
  const found = [], told = [];
  const kind = (n) => {
    if (n.matches("[role=application]")) return "map";
    if (n.matches("[role=slider], input[type=range]")) return "slide";
    if (n.matches("[role=combobox], [aria-autocomplete=list]")) return "choose";
    if (n.matches("textarea, input:not([type]), input[type=text], input[type=search], input[type=number]")) return "type";
    if (n.matches("input[type=file]")) return "file";
    if (n.matches("a[href]")) {
      if (n.hasAttribute("download") || n.target === "_blank") return "";
      return n.origin === location.origin ? (n.closest("[data-testid=stTopNavLinkContainer], header") ? "nav" : "press") : "";
    }
    if (n.closest(".st-key-q-language") && n.matches("button, input")) return "frame";
    if (n.matches("button, summary, input[type=checkbox], input[type=radio], [role=tab], [role=option], [role=button]")) return "press";
    return "";
  };
  const look = (root) => root.querySelectorAll("*").forEach((n) => {
    if (n.shadowRoot) look(n.shadowRoot);
    const is = kind(n);
    if (!is || n.disabled || n.closest("[inert], [hidden], [aria-disabled=true]")) return;
    const seen = n.matches("input[type=checkbox], input[type=radio]") ? n.closest("label") ?? n : n;
    const box = seen.getBoundingClientRect();
    if (is !== "file" && (box.width < 3 || box.height < 3 || !seen.checkVisibility({ visibilityProperty: true }))) return;
    found.push(seen);
    told.push([is, (n.getAttribute("aria-label") || seen.innerText || n.name || n.tagName).trim().replace(/\\s+/g, " ").slice(0, 60)]);
  });
  look(document);
  window.soakUsable = found;
  return told;
}"""
WRONG = """(broken) => {
  const found = [];
  for (const one of document.querySelectorAll("[data-testid=stException]")) found.push("exception: " + one.innerText.slice(0, 300));
  for (const one of document.querySelectorAll("[data-testid=stAlert]"))
    if (broken.some((text) => one.innerText.includes(text))) found.push("the page broke");
  if (/Traceback \\(most recent call last\\)/.test(document.body.innerText)) found.push("a traceback on the screen");
  for (const one of document.querySelectorAll("[role=dialog]"))
    if (/Connection error|Bad message format|Error during/i.test(one.innerText)) found.push(one.innerText.slice(0, 300));
  return found;
}"""


@dataclass(frozen=True, slots=True)
class Held:
    """What a document held at home, its garbage collected. leg: which document it was."""

    leg: int
    step: int
    heap_mib: float
    nodes: int
    listeners: int


@dataclass
class Walked:
    """What came of a walk. Growth of the document: for each hundred steps, the median of pairs within one document."""

    seed: int
    steps: int
    minutes: float
    did: dict[str, int]
    slope: Slope
    at_first: float
    at_last: float
    most: float
    heap: Slope | None
    nodes: Slope | None
    listeners: Slope | None
    held: list[Held]
    slow: list[str]
    faults: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)


class Walk:
    """One walk of one visitor."""

    def __init__(self, browser: Browser, server: Server, seed: int, told: Path) -> None:
        """Come in at home. told: where every step is written before it is taken, a JSON object a line."""
        self.server, self.seed, self.told = server, seed, told
        self.visitor = Visitor.arrive(browser, server)
        self.page = self.visitor.context.new_page()
        self.held: list[Held] = []
        self.faults: list[str] = []
        self.slow: list[str] = []
        self.did: Counter[str] = Counter()
        self.leg, self.step, self._theme = 0, 0, "light"
        self._devtools = self.visitor.context.new_cdp_session(self.page)
        self._devtools.send("Performance.enable")

    def go(self, *, steps: int | None, until_s: float) -> None:
        """Walk until so many steps are taken, or time is up (of `time.monotonic`)."""
        told = self.told.open("a", encoding="utf-8")
        try:
            self._load(HOME)
            while (steps is None or self.step < steps) and time.monotonic() < until_s:
                if self.step % HOME_EVERY == 0:
                    self._home()
                self.step += 1
                for line in self._stepped():
                    told.write(line + "\n")
                    told.flush()
            self._home()
        finally:
            told.close()
            self.visitor.context.close()

    def _stepped(self) -> Iterator[str]:
        """Choose a step, tell of it, take it, and look at what came of it."""
        draw = stream(self.seed, "step", self.step)
        usable = self.page.evaluate(USABLE)
        by_kind: dict[str, list[int]] = {}
        for n, (kind, _) in enumerate(usable):
            by_kind.setdefault(kind, []).append(n)
        always = {"keys", "theme", "back", "forward", "open", "reload"}
        offered = [does for does in DOES if does in always or by_kind.get(does)]
        share = np.array([DOES[does] for does in offered], float)
        does = offered[int(draw.choice(len(offered), p=share / share.sum()))]
        at = int(draw.choice(by_kind[does])) if does not in always else -1
        what = usable[at][1] if at >= 0 else ""
        yield json.dumps(
            {"step": self.step, "leg": self.leg, "at": _short(self.page.url), "does": does, "what": what},
            ensure_ascii=False,
        )
        self.did[does] += 1
        where, began = f"step {self.step}: {does} {what!r} on {_short(self.page.url)}", time.monotonic()
        try:
            note = self._do(does, at, draw)
        except PlaywrightError as error:  # what is covered, or went away under the pointer
            note = f"not done: {str(error).splitlines()[0][:120]}"
            self.page.keyboard.press("Escape")
        self._look(where)
        took_s = time.monotonic() - began
        if note or took_s > 5:
            yield json.dumps({"step": self.step, "took_s": round(took_s, 1), "note": note}, ensure_ascii=False)

    def _do(self, does: str, at: int, draw: np.random.Generator) -> str:
        """Take a step. Gives what is worth a note."""
        page, keys = self.page, self.page.keyboard
        if at >= 0:
            one = page.evaluate_handle("(n) => window.soakUsable[n]", at).as_element()
            assert one is not None
            try:
                return self._use(does, one, draw)
            finally:
                one.dispose()  # what we hold, the document holds
        match does:
            case "keys":
                pressed = [KEYS[int(n)] for n in draw.integers(0, len(KEYS), int(draw.integers(1, 4)))]
                for key in pressed:
                    keys.press(key)
                return " ".join(pressed)
            case "theme":
                self._theme = "dark" if self._theme == "light" else "light"
                page.emulate_media(color_scheme=self._theme)  # type: ignore[arg-type]
            case "back":
                page.evaluate("() => history.back()")
            case "forward":
                page.evaluate("() => history.forward()")
            case "reload":
                page.reload(wait_until="commit")
            case "open":
                return self._load(self._anywhere(draw))
        return ""

    def _use(self, does: str, one: ElementHandle, draw: np.random.Generator) -> str:
        """Use what stands on the page, as a hand or a keyboard does."""
        keys, patience_ms = self.page.keyboard, CLICK_S * 1000
        match does:
            case "slide":
                one.focus()
                pressed = ("ArrowRight", "ArrowLeft", "PageUp", "PageDown", "Home", "End")[
                    int(draw.choice(6, p=[0.4, 0.4, 0.05, 0.05, 0.05, 0.05]))
                ]
                for _ in range(int(draw.integers(1, 6))):
                    keys.press(pressed)
                return pressed
            case "choose":
                one.click(timeout=patience_ms)
                for _ in range(int(draw.integers(1, 5))):
                    keys.press("ArrowDown")
                keys.press("Enter")
                keys.press("Escape")
            case "type":
                word = WORDS[int(draw.integers(len(WORDS)))]
                one.focus()
                keys.press("ControlOrMeta+a")
                keys.insert_text(word)
                keys.press("ControlOrMeta+Enter" if draw.random() < 0.5 else "Tab")
                return word[:40]
            case "file":
                text = FILES[int(draw.integers(len(FILES)))]
                one.set_input_files(
                    {"name": "mine.yaml", "mimeType": "application/yaml", "buffer": text.encode("latin-1")}
                )
            case "map":
                one.focus()
                for key in ("ArrowUp", *("ArrowDown", "ArrowRight", "ArrowLeft")[: int(draw.integers(0, 4))], "Enter"):
                    keys.press(key)
            case _:
                one.scroll_into_view_if_needed(timeout=patience_ms)
                one.click(timeout=patience_ms)
        return ""

    def _anywhere(self, draw: np.random.Generator) -> str:
        """Write a link as one gets it: a chapter's experiment, in a language, or a beat of the talk."""
        lang = catalog.LANGUAGES[int(draw.integers(len(catalog.LANGUAGES)))]
        if draw.random() < 0.25:
            beats = deck().of("talk")
            beat = beats[int(draw.integers(len(beats)))].id
            return f"{beat.partition('.')[0].replace('start', '')}?stage=1&beat={beat}&lang={lang}"
        chapter = OPEN[int(draw.integers(len(OPEN)))]
        rooms = experiments().get(chapter) or [chapter]
        view = ("", "&guess=skip", "&view=compare", "&view=stage", "&era=talk&guess=skip")[int(draw.integers(5))]
        return f"{chapter}?lang={lang}&x={rooms[int(draw.integers(len(rooms)))]}{view}"

    def _load(self, path: str) -> str:
        self.page.goto(f"{self.server.url}/{'' if path == HOME else path}", wait_until="commit")
        self._calm(f"the load of {path}")
        return path

    def _calm(self, where: str) -> None:
        """Wait until the page rests. A long run in its line is told of, and left."""
        try:
            self.page.wait_for_function(IS_CALM, timeout=CALM_S * 1000)
        except PlaywrightError:
            self.slow.append(where)
            self.page.goto(f"{self.server.url}/", wait_until="commit")
            self.page.wait_for_function(IS_CALM, timeout=2 * CALM_S * 1000)

    def _look(self, where: str) -> None:
        """Wait for the page, and look whether anything is wrong with it. Windows that opened are closed."""
        self.page.wait_for_timeout(30)  # what was clicked reaches the server
        self._calm(where)
        for other in self.visitor.context.pages:
            if other is not self.page:
                other.close()
        found = [
            *self.page.evaluate(WRONG, sorted(BROKEN)),
            *(one for one in self.visitor.errors if not IS_BUSY.search(one)),
            *(f"outside: {url}" for url in self.visitor.outside),
        ]
        self.visitor.errors.clear()
        self.visitor.outside.clear()
        self.visitor.talk.clear()
        self.faults += [f"{where}: {one}"[:600] for one in found]
        if "the page broke" in found:
            self._load(HOME)

    def _home(self) -> None:
        """Come home without a load where that can be done, and note what the document holds."""
        link = self.page.locator(f"header a[href='{self.server.url}/']").first
        for _ in range(4):  # out of what is open, and off the stage, where there is no way but back
            self.page.keyboard.press("Escape")
            try:
                link.evaluate("(link) => link.click()", timeout=CLICK_S * 1000)  # whatever lies over it
                break
            except PlaywrightError:
                self.page.evaluate("() => history.back()")
                self.page.wait_for_timeout(300)
                self._calm("the way home")
        self._calm("the way home")
        if urlsplit(self.page.url).path not in {"/", f"/{HOME}"}:
            self._load(HOME)
        if not self.page.evaluate("() => window.soakLeg"):
            self.leg += 1
            self.page.evaluate("(leg) => { window.soakLeg = leg; }", self.leg)
        self._look("at home")
        self.page.evaluate("() => { window.soakUsable = null; }")
        for _ in range(2):
            self._devtools.send("HeapProfiler.collectGarbage")
        found = {one["name"]: one["value"] for one in self._devtools.send("Performance.getMetrics")["metrics"]}
        self.held.append(
            Held(
                self.leg, self.step, round(found["JSHeapUsedSize"] / 2**20, 2), int(found["Nodes"]), int(found["JSEventListeners"])
            )
        )  # fmt: skip


def _short(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"[:160]


def walk(
    browser: Browser,
    server: Server,
    *,
    seed: int,
    told: Path,
    steps: int | None = None,
    minutes: float = 60,
    warm: float = 0.25,
) -> Walked:
    """Walk, and watch the server meanwhile."""
    began = time.monotonic()
    with Watch(server) as watch:
        watch.look()
        one = Walk(browser, server, seed, told)
        try:
            one.go(steps=steps, until_s=began + minutes * 60)
        except PlaywrightError as error:  # what is found so far is told all the same
            one.faults.append(f"after step {one.step}: the walk could not go on: {str(error)[:400]}")
        if not watch.is_alive:
            one.faults.append("the server died")
    took_s = watch.at_s[-1]
    return Walked(
        seed, one.step, took_s / 60, dict(one.did.most_common()), watch.slope(warm * took_s), watch.mib[0], watch.around(took_s, watch.mib), max(watch.mib),
        *(grown([(held.leg, held.step, float(getattr(held, name))) for held in one.held]) for name in ("heap_mib", "nodes", "listeners")),
        one.held, one.slow, one.faults, faults_in(server.log.read_text(encoding="utf-8")),
    )  # fmt: skip


def grown(held: list[tuple[int, int, float]], settle: int = HOME_EVERY) -> Slope | None:
    """Say how fast a document grows, per hundred steps: over the document that lived longest, its first steps left out.

    None where it did not live long enough.

    A fresh document loads what it needs at its first pages: that is no leak, so what is held before `settle` steps counts for nothing.
    """
    longest = Counter(leg for leg, _, _ in held).most_common(1)
    if not longest:
        return None
    mine = [(step, value) for leg, step, value in held if leg == longest[0][0]]
    mine = [(step, value) for step, value in mine if step >= mine[0][0] + settle]
    if len(mine) < 4:
        return None
    steps = [float(step) * 36 for step, _ in mine]  # `slope` speaks of hours: 3,600 of these units are a hundred steps
    return slope(steps, [value for _, value in mine])
