"""Charts: strips on the page's clock.  Plotly draws them once a run; the browser alone moves the playhead."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import streamlit as st

from pages.figures import theme
from pages.figures.labels import Label
from pages.parts import words
from pages.parts.charts.assets import plotly_url

HERE = Path(__file__).parent
SCRIPTS = ("charts.js", "overlay.js", "telling.js", "picture.js")
SIZES = Literal["laptop", "stage", "phone", "small"]
HEIGHTS_PX = {"laptop": (150, 108, 104, 116), "stage": (322,), "phone": (132,), "small": (122,)}


class Figure(Protocol):
    """What a Plotly figure offers us; the furniture does not know Plotly itself."""

    def to_plotly_json(self) -> dict[str, Any]:
        """Give the figure as plain values and arrays."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """Name a moment that all strips share, such as an operation.  text may have two lines; tone: lost, ok or plain."""

    t: float
    text: str = ""
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Strip:
    """Give a figure its title and the words that follow the clock.

    key: names the node that is kept between runs; keep it the same for the same question.
    sub: a few words at the right of the title; a Label is kept up to date by the clock.
    tab: a short title, for a phone.  height_px: 0 takes the size's own.  is_named: the y axis names things rather than
    amounts, so it is written on a phone too.
    """

    key: str
    title: str
    figure: Figure
    labels: Sequence[Label] = ()
    sub: str | Label = ""
    tab: str = ""
    height_px: int = 0
    is_named: bool = False


@dataclass(slots=True)
class Columns:
    """Collect arrays once each: labels of one strip share their times, and often their heights."""

    texts: list[str] = field(default_factory=list)
    known: dict[bytes, int] = field(default_factory=dict)

    def add(self, column: Any) -> int:
        """Give the place of a column among those sent, as 32-bit floats."""
        raw = np.ascontiguousarray(column, dtype="<f4").tobytes()
        if raw not in self.known:
            self.known[raw] = len(self.texts)
            self.texts.append(b64encode(raw).decode())
        return self.known[raw]


def _source() -> tuple[str, str]:
    """Read the component's script (what all components share first) and its style sheet (both themes first)."""
    shared = "\n".join(
        (HERE.parent / "stage_map" / name).read_text(encoding="utf-8") for name in ("clock.js", "ahead.js")
    )
    script = "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    tones = theme.css(theme.LIGHT, ".qc") + theme.css(theme.DARK, '.qc[data-theme="dark"]')
    return f"{shared}\n{script}", f"{tones}\n{(HERE / 'charts.css').read_text(encoding='utf-8')}"


_JS, _CSS = _source()
_component = st.components.v2.component("quayside_charts", js=_JS, css=_CSS, isolate_styles=False)


def charts(
    strips: Sequence[Strip],
    *,
    run_id: str,
    end_s: float,
    key: str,
    name: str = "",
    caption: str = "",
    marks: Sequence[Mark] = (),
    size: SIZES = "laptop",
    compared: str = "",
    locked_future: bool = False,
    on_clock: bool = True,
    drives_clock: bool = False,
    ahead: str = "",
) -> None:
    """Draw a stack of strips that shows a run up to the playhead, and the rest faintly.

    name: what a screen reader calls the group; caption: what a saved picture adds to its title (a launch type).
    compared: a name shared by stacks that stand side by side; they keep one plot width (give their figures one `top`).
    locked_future: hide what is to come while a guess is open.  on_clock: false for a figure without a time axis.
    drives_clock: hand the run to the clock too, on a page without a map (the map does it where there is one).
    ahead: the address of the run's successors, where what is shown may come ahead of the page.
    """
    _component(
        key=key,
        data=payload(
            strips, run_id=run_id, end_s=end_s, name=name or words.say("charts.group"), caption=caption, marks=marks,
            size=size, compared=compared, locked_future=locked_future, on_clock=on_clock, drives_clock=drives_clock, ahead=ahead,
            texts=words.table("charts"), signs=words.number_signs(), url=plotly_url(),
        ),
    )  # fmt: skip


def payload(
    strips: Sequence[Strip],
    *,
    run_id: str,
    end_s: float,
    name: str,
    texts: Mapping[str, str],
    signs: Mapping[str, str | int],
    url: str,
    caption: str = "",
    marks: Sequence[Mark] = (),
    size: SIZES = "laptop",
    compared: str = "",
    locked_future: bool = False,
    on_clock: bool = True,
    drives_clock: bool = False,
    ahead: str = "",
) -> dict[str, Any]:
    """Write everything the browser needs as JSON: figures once, columns as 32-bit floats, colours by name."""
    columns = Columns()
    heights = HEIGHTS_PX[size]
    return {
        "id": run_id, "end": float(end_s), "name": name, "caption": caption, "size": size, "compared": compared,
        "locked": locked_future, "clocked": on_clock, "drives": drives_clock, "ahead": ahead, "plotly": url,
        "scales": {scale: asdict(theme.SCALES[scale]) for scale in {size, "phone"}},
        "strips": [
            _packed(strip, columns, strip.height_px or heights[min(place, len(heights) - 1)])
            for place, strip in enumerate(strips)
        ],
        "marks": [asdict(mark) for mark in marks],
        "columns": columns.texts,
        "words": {word: text for word, text in texts.items() if "." not in word},
        "number": dict(signs),
    }  # fmt: skip


def _packed(strip: Strip, columns: Columns, height_px: int) -> dict[str, Any]:
    figure = _plain(strip.figure.to_plotly_json())
    digest = sha256(json.dumps(figure, sort_keys=True).encode()).hexdigest()[:16]
    return {
        "key": strip.key, "title": strip.title, "tab": strip.tab, "figure": figure, "digest": digest,
        "height": height_px, "labels": [_label(label, columns) for label in strip.labels],
        "sub": _label(strip.sub, columns) if isinstance(strip.sub, Label) else strip.sub, "named": strip.is_named,
    }  # fmt: skip


def _label(label: Label, columns: Columns) -> dict[str, Any]:
    few = label.thinned()
    places = {axis: columns.add(getattr(few, axis)) for axis in ("t", "v", "y")}
    rest = ("text", "name", "tone", "digits", "to", "hides_zero")
    return places | {word: getattr(label, word) for word in rest}


def _plain(value: Any) -> Any:
    """Turn arrays of numbers into the typed arrays plotly.js reads, half as long as 64-bit ones and exact enough."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "fiu":
            return {"dtype": "f4", "bdata": b64encode(value.astype("<f4").tobytes()).decode()}
        return value.tolist()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if key != "template"}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
