"""The board: commits as tiles that move through a train's pipeline and through many, on the page's clock."""

from pages.parts.board.component import board

__all__ = ["board"]
