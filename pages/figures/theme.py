"""Theme: every colour, dash and margin of the dashboard, each with one meaning.

The single source.  Figures write colours by name, `"var(--lost)"`, which is valid in a Plotly figure; the browser
looks the name up in the theme it shows (so light and dark need no second figure), and `painted` does so in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

FONT = "Quayside Sans, sans-serif"  # no digits: an unquoted family name with one is dropped in silence


@dataclass(frozen=True, slots=True)
class Theme:
    """Name what each colour means.  States are shapes (3:1); words use the `t_` twin (4.5:1 light, 7:1 dark)."""

    name: str
    page: str
    surface: str
    sunk: str
    line: str
    line2: str
    ink: str
    ink2: str
    ink3: str
    accent: str
    onaccent: str
    serving: str
    starting: str
    pending: str
    draining: str
    lost: str
    refused: str
    idle: str
    t_serving: str
    t_starting: str
    t_pending: str
    t_draining: str
    t_lost: str
    t_refused: str
    ok_area: str
    ok_line: str
    lost_wash: str
    pend_wash: str
    sel: str
    shadow: str
    pending_soft: str  # what lies under a request pattern, so that the mark reads on any ground
    lost_soft: str
    refused_soft: str


LIGHT = Theme(
    name="light",
    page="#F4F7F8", surface="#FFFFFF", sunk="#E9EEF0", line="#D3DCE0", line2="#75848C",
    ink="#10212B", ink2="#3E515C", ink3="#566873", accent="#064F6C", onaccent="#FFFFFF",
    serving="#064F6C", starting="#5295C8", pending="#CB7D07", draining="#724DCB",
    lost="#B02C21", refused="#660629", idle="#858C8E",
    t_serving="#064F6C", t_starting="#1F6AA0", t_pending="#8A5200", t_draining="#5F38BC",
    t_lost="#A82618", t_refused="#660629",
    ok_area="#CFE1E9", ok_line="#064F6C", lost_wash="#FBEDEA", pend_wash="#FBF2E0", sel="#064F6C",
    shadow="0 1px 2px rgba(16,33,43,.06),0 6px 20px rgba(16,33,43,.06)",
    pending_soft="rgba(203,125,7,0.14)", lost_soft="rgba(176,44,33,0.22)", refused_soft="rgba(102,6,41,0.22)",
)  # fmt: skip

DARK = Theme(
    name="dark",
    page="#0B131A", surface="#131F29", sunk="#0E1820", line="#2A3A46", line2="#74889A",
    ink="#EEF4F7", ink2="#C3D0D8", ink3="#A3B3BE", accent="#64B7D6", onaccent="#06131A",
    serving="#64B7D6", starting="#ADE9F0", pending="#FDCD3D", draining="#9E65DC",
    lost="#ED7855", refused="#CA1568", idle="#6C7C8B",
    t_serving="#7CC6E4", t_starting="#ADE9F0", t_pending="#FDCD3D", t_draining="#C9A8F2",
    t_lost="#FF9A7A", t_refused="#FF8FBE",
    ok_area="#1D4559", ok_line="#64B7D6", lost_wash="#2A1A18", pend_wash="#2B2413", sel="#8FD3EE",
    shadow="none",
    pending_soft="rgba(253,205,61,0.14)", lost_soft="rgba(237,120,85,0.22)", refused_soft="rgba(202,21,104,0.22)",
)  # fmt: skip

THEMES = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True, slots=True)
class Category:
    """Say what became of a request: its colours by name, and its pattern ("" is flat), so colour is never alone."""

    fill: str
    under: str
    text: str
    pattern: str


REQUESTS: dict[str, Category] = {
    "ok": Category("ok-area", "ok-area", "t-serving", ""),
    "slow": Category("pending", "pending-soft", "t-pending", "."),
    "failed": Category("lost", "lost-soft", "t-lost", "/"),
    "refused": Category("refused", "refused-soft", "t-refused", "\\"),
}


@dataclass(frozen=True, slots=True)
class LaunchLook:
    """Tell one launch type from another: colour, marker and dash together.  Lines and markers only, never tiles."""

    light: str
    dark: str
    marker: str  # Plotly's name for it
    dash: str  # an SVG dash array; "" is solid


LAUNCH_TYPES: dict[str, LaunchLook] = {
    "ecs-ec2": LaunchLook("#1F38A5", "#5980ED", "square", ""),
    "ecs-fargate": LaunchLook("#B33307", "#E86232", "circle", "6px 3px"),
    "eks-managed": LaunchLook("#429D8F", "#C2F3E0", "triangle-up", "2px 3px"),
    "eks-fargate": LaunchLook("#52122D", "#A67E8D", "circle-open", "10px 3px"),
    "lambda": LaunchLook("#A774F7", "#ADACDB", "diamond", "8px 3px 2px 3px"),
    "ecs-fargate-spot": LaunchLook("#A48E22", "#F9C32C", "square-open", "4px 2px"),
    "ecs-managed-instances": LaunchLook("#10707B", "#7CEBFB", "cross", "1px 3px"),
    "k8s-self-run": LaunchLook("#7C0B0C", "#F78F81", "triangle-down", "12px 4px"),
    "eks-unmanaged": LaunchLook("#678354", "#E8EF9C", "diamond-open", "6px 2px 1px 2px"),
    "eks-auto": LaunchLook("#55564A", "#C7B8BA", "line-ns", "3px 5px"),
}


@dataclass(frozen=True, slots=True)
class Series:
    """Tell one of several like things from another: the key of its colour (`ty-…`), its marker and its dash."""

    key: str
    marker: str
    dash: str


# Things that have no colour of their own, such as strategies compared: the first four looks of the categorical palette.
SERIES = tuple(Series(key, look.marker, look.dash) for key, look in list(LAUNCH_TYPES.items())[:4])
ZONE_DASHES = {"a": "", "b": "7px 4px", "c": "2px 3px"}


@dataclass(frozen=True, slots=True)
class Scale:
    """Set a chart for its reader's distance.  Everything in CSS pixels but `future`, an opacity.

    left_px and right_px are the same for every strip of a stack, so that their time axes align; the value labels
    stand in right_px.  bottom_px leaves room for ticks, which only the last strip carries; gap_px is all the others get.
    """

    name: str
    tick_px: float
    label_px: float
    title_px: float
    line_px: float
    left_px: int
    right_px: int
    top_px: int
    bottom_px: int
    gap_px: int
    hatch_px: float
    future: float
    has_y_texts: bool
    most_moments: int


LAPTOP = Scale("laptop", 12, 13, 13.5, 2, 38, 80, 24, 24, 9, 5, 0.26, True, 7)
STAGE = Scale("stage", 24, 26, 27, 4, 2, 160, 46, 46, 12, 9, 0.32, False, 5)
PHONE = Scale("phone", 12, 13, 13.5, 2, 2, 106, 24, 24, 9, 5, 0.26, False, 7)
SMALL = Scale("small", 12, 13, 13.5, 2, 2, 76, 8, 24, 8, 5, 0.30, False, 4)

SCALES = {scale.name: scale for scale in (LAPTOP, STAGE, PHONE, SMALL)}


def tone(name: str) -> str:
    """Write a colour by its meaning, for a figure or a style sheet.

    >>> tone("t-lost")
    'var(--t-lost)'
    """
    return f"var(--{name})"


def hatch(look: Category, scale: Scale, opacity: float = 1.0) -> dict[str, Any]:
    """Write a category's pattern as Plotly's `fillpattern`."""
    dots = look.pattern == "."
    return {
        "shape": look.pattern,
        "size": scale.hatch_px,
        "solidity": 0.2 if dots else 0.38,
        "fgcolor": tone(look.fill),
        "bgcolor": tone(look.under),
        "fgopacity": opacity,
    }


def tokens(theme: Theme) -> dict[str, str]:
    """List a theme's custom properties, without their two dashes: `t_lost` is `t-lost`, launch types are `ty-…`."""
    named = {field.name.replace("_", "-"): getattr(theme, field.name) for field in fields(theme)}
    named.pop("name")
    types = {f"ty-{key}": look.dark if theme is DARK else look.light for key, look in LAUNCH_TYPES.items()}
    return named | types


def css(theme: Theme, selector: str = ":root") -> str:
    """Write a theme as one CSS rule, for a component to put before its own style sheet.

    >>> css(DARK, ".charts").startswith(".charts{--page:#0B131A;")
    True
    """
    body = ";".join(f"--{name}:{value}" for name, value in tokens(theme).items())
    return f"{selector}{{{body}}}"


def painted(spec: Any, theme: Theme) -> Any:
    """Replace `var(--…)` by the theme's colours throughout a figure's JSON, for a picture made outside the browser.

    >>> painted({"line": {"color": "var(--lost)"}}, LIGHT)
    {'line': {'color': '#B02C21'}}
    """
    if isinstance(spec, Mapping):
        return {key: painted(value, theme) for key, value in spec.items()}
    if isinstance(spec, list | tuple):
        return [painted(value, theme) for value in spec]
    if isinstance(spec, str) and spec.startswith("var(--"):
        return tokens(theme)[spec[6:-1]]
    return spec


def contrast(one: str, other: str) -> float:
    """Measure WCAG 2 contrast between two hex colours, from 1 to 21.

    Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio

    >>> round(contrast("#000000", "#FFFFFF"), 1)
    21.0
    """
    darker, lighter = sorted(_luminance(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Weigh the three channels as an eye does, after undoing the screen's gamma."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
