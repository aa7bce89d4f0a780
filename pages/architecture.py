"""Monolith or microservices? What a fault takes down, what a rush costs, and what pieces cost by themselves."""

from pages.parts.architecture import blast_panel, pieces_room
from pages.parts.furniture import present

present(
    "architecture", "architecture_pieces",
    panels={"architecture": blast_panel},
    rooms={"architecture_pieces": pieces_room},
)  # fmt: skip
