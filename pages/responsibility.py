"""Who is woken at night? The matrix filled in first, a year that falls on whoever owns the layer, and ten stops from all to little."""

from pages.parts.furniture import present
from pages.parts.responsibility import matrix_room, slider_room, year_room

present(
    "responsibility", "responsibility_year", "responsibility_slider",
    rooms={"responsibility": matrix_room, "responsibility_year": year_room, "responsibility_slider": slider_room},
)  # fmt: skip
