"""The theme keeps what LOOK.md promises: contrast is measured here, not believed."""

import re
from pathlib import Path

import pytest

from pages.figures.theme import DARK, LAUNCH_TYPES, LIGHT, REQUESTS, SCALES, THEMES, Theme, contrast, css, tokens

# token: contrast on page and on surface, light; the same, dark.  "-" where LOOK.md claims nothing.
CLAIMS = {
    "ink": (15.3, 16.5, 16.9, 15.1),
    "ink2": (7.7, 8.3, 11.9, 10.6),
    "ink3": (5.4, 5.8, 8.7, 7.8),
    "line2": (3.6, 3.9, 5.1, 4.6),
    "serving": (8.3, 9.0, 8.3, 7.4),
    "starting": (3.0, 3.2, 14.0, 12.5),
    "pending": (3.0, 3.2, 12.5, 11.1),
    "draining": (5.4, 5.8, 4.8, 4.3),
    "lost": (6.0, 6.5, 6.6, 5.9),
    "refused": (12.0, 12.9, 3.4, 3.0),
    "idle": (3.2, 3.4, 4.4, 3.9),
    "t-serving": (8.3, 9.0, 9.9, 8.8),
    "t-starting": (5.4, 5.8, 14.0, 12.5),
    "t-pending": (5.9, 6.4, 12.5, 11.1),
    "t-draining": (7.0, 7.6, 9.2, 8.3),
    "t-lost": (6.6, 7.1, 9.0, 8.1),
    "t-refused": (12.0, 12.9, 8.8, 7.9),
}
LAUNCH_CLAIMS = {
    "ecs-ec2": (9.0, 5.1),
    "ecs-fargate": (5.7, 5.5),
    "eks-managed": (3.0, 15.3),
    "eks-fargate": (13.2, 5.3),
    "lambda": (3.0, 8.6),
    "ecs-fargate-spot": (3.0, 11.5),
    "ecs-managed-instances": (5.4, 13.5),
    "k8s-self-run": (10.2, 8.2),
    "eks-unmanaged": (3.9, 15.4),
    "eks-auto": (6.9, 9.8),
}
AS_PRINTED = 0.051  # LOOK.md gives one decimal


@pytest.mark.parametrize(("token", "claims"), CLAIMS.items())
def test_a_token_has_the_contrast_that_is_claimed(token: str, claims: tuple[float, ...]) -> None:
    measured = [
        contrast(tokens(theme)[token], ground) for theme in (LIGHT, DARK) for ground in (theme.page, theme.surface)
    ]

    assert measured == pytest.approx(claims, abs=AS_PRINTED)


@pytest.mark.parametrize(("launch_type", "claims"), LAUNCH_CLAIMS.items())
def test_a_launch_type_has_the_contrast_that_is_claimed(launch_type: str, claims: tuple[float, float]) -> None:
    look = LAUNCH_TYPES[launch_type]

    assert (contrast(look.light, LIGHT.page), contrast(look.dark, DARK.page)) == pytest.approx(claims, abs=AS_PRINTED)


def test_buttons_and_words_on_fills_can_be_read() -> None:
    measured = [
        contrast(LIGHT.accent, LIGHT.onaccent), contrast(DARK.accent, DARK.onaccent),
        contrast(LIGHT.t_lost, LIGHT.ok_area), contrast(LIGHT.t_lost, LIGHT.lost_wash),
        contrast(DARK.t_lost, DARK.ok_area), contrast(DARK.t_lost, DARK.lost_wash),
    ]  # fmt: skip

    assert measured == pytest.approx([9.0, 8.3, 5.3, 6.2, 5.0, 8.1], abs=AS_PRINTED)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_shapes_reach_3_and_words_reach_what_the_stage_needs(theme: Theme) -> None:
    words = [contrast(colour, theme.page) for name, colour in tokens(theme).items() if name.startswith("t-")]
    shapes = [
        contrast(getattr(theme, state), theme.page) for state in ("serving", "lost", "pending", "refused", "idle")
    ]

    assert min(words) >= (4.5 if theme is LIGHT else 7.0)
    assert round(min(shapes), 1) >= 3.0


def test_the_map_marks_each_launch_type_as_the_charts_do(root) -> None:
    drawn = (root / "pages/parts/stage_map/map_glyphs.js").read_text(encoding="utf-8")
    found = dict(re.findall(r'"([a-z0-9-]+)": \["(#[0-9A-F]{6}", "#[0-9A-F]{6})"', drawn))

    assert found == {name: f'{look.light}", "{look.dark}' for name, look in LAUNCH_TYPES.items()}


def test_launch_types_differ_in_marker_and_dash_too() -> None:
    looks = list(LAUNCH_TYPES.values())

    assert len({look.marker for look in looks}) == len({look.dash for look in looks}) == len(looks) == 10


def test_requests_differ_in_pattern_too() -> None:
    assert len({look.pattern for look in REQUESTS.values()}) == len(REQUESTS)


def test_both_themes_name_the_same_colours() -> None:
    assert {*tokens(LIGHT)} == {*tokens(DARK)}
    assert all(f"--{name}:" in css(theme) for theme in THEMES.values() for name in tokens(theme))


def test_nothing_on_the_stage_is_small() -> None:
    assert min(SCALES["stage"].tick_px, SCALES["stage"].label_px) >= 24


def test_no_style_sheet_has_a_theme_of_its_own() -> None:
    parts = Path(__file__).parents[3] / "pages" / "parts"
    for sheet in parts.rglob("*.css"):
        rules = re.findall(r"([^{}]*)\{([^{}]*)\}", sheet.read_text(encoding="utf-8"))
        for selector, body in rules:
            theme = tokens(DARK if "dark" in selector else LIGHT)
            for name, colour in re.findall(r"--(?:q-)?([\w-]+):\s*(#[0-9A-Fa-f]{6})\b", body):
                known = theme.get(name.replace("on-accent", "onaccent"))
                assert known in (None, colour), f"{sheet.name}: {selector.strip()} says {name} is {colour}, not {known}"
