"""Monolith or microservices? What a fault takes down, what a rush costs, what pieces cost by themselves, and who releases faster."""

from pages.parts.architecture import batch_room, blast_panel, hot_room, pieces_room
from pages.parts.furniture import present

present(
    "architecture", "architecture_hot", "architecture_pieces", "architecture_batch",
    panels={"architecture": blast_panel},
    rooms={"architecture_hot": hot_room, "architecture_pieces": pieces_room, "architecture_batch": batch_room},
)  # fmt: skip
