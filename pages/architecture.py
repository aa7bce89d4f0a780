"""Monolith or microservices? What a fault takes down, what a rush costs, and what pieces cost by themselves."""

from pages.parts.architecture import pieces_room
from pages.parts.furniture import present

present("architecture_pieces", rooms={"architecture_pieces": pieces_room})
