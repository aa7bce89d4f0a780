"""A page without a browser: opened, turned, and read back."""

import re
from html.parser import HTMLParser
from pathlib import Path

from streamlit.testing.v1 import AppTest

from engine import Scenario, catalog

SMUGGLED = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
BROKEN = frozenset(catalog.texts(lang)["common.error.page"] for lang in catalog.LANGUAGES)  # a page's last word
ROOT = Path(__file__).resolve().parent.parent.parent


def opened(page: str, **words: str) -> AppTest:
    """Open a page as a link does: in a fresh session, with these words in its URL."""
    at = AppTest.from_file(str(ROOT / "pages" / "tour.py"), default_timeout=60)
    for name, word in words.items():
        at.query_params[name] = word
    at.switch_page(f"{page}.py")
    return stands(at.run())


def stands(at: AppTest) -> AppTest:
    """Hold that nothing broke."""
    assert [one.value for one in at.exception] == []
    assert not BROKEN & {one.value for one in at.error}
    return at


def scenario(at: AppTest, name: str = "az_failure") -> Scenario:
    """Give the scenario of an experiment as the session holds it."""
    return at.session_state[f"{name}.scenario"]


def body(at: AppTest) -> str:
    """Give everything that the page writes as HTML."""
    return "".join(one.proto.body for one in at.get("html"))


def turn(at: AppTest, name: str, url: str) -> None:
    """Turn an experiment's control, whatever it is, to its next value."""
    kinds = (at.slider, at.toggle, at.selectbox, at.number_input)
    widget = next(one for kind in kinds for one in kind if one.key == f"{name}.ask.{url}")
    if widget.type == "slider":
        step = widget.step or 1
        up = widget.value + step
        stands(widget.set_value(up if up <= widget.max else widget.value - step).run())
    elif widget.type == "selectbox":
        stands(widget.select_index((widget.index + 1) % len(widget.options)).run())
    elif widget.type == "number_input":
        stands(widget.set_value(widget.value + 1).run())
    else:
        stands(widget.set_value(not widget.value).run())


def address(at: AppTest) -> dict[str, str]:
    """Give the URL's words."""
    return {name: value[0] if isinstance(value, list) else value for name, value in dict(at.query_params).items()}


def told(at: AppTest) -> str:
    """Give every notice on the page as the reader sees it: without Markdown's escapes."""
    return re.sub(r"\\(.)", r"\1", "\n".join(one.value for kind in (at.warning, at.error, at.info) for one in kind))


def button(at: AppTest, key: str):
    return at.button(key=f"az_failure.{key}")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def markup(at: AppTest) -> set[tuple[str, tuple[str, ...]]]:
    """Give each kind of element that the page writes as HTML, with the names of its attributes."""
    parser = _Tags()
    for one in at.get("html"):
        parser.feed(one.proto.body)
    return set(parser.found)
