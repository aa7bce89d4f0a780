"""A row of cards that hand on to each other, and a list below: `cards(payload(…), key=…)`, on the page's clock."""

from .cards import cards
from .payload import Card, Row, Said, payload

__all__ = ["Card", "Row", "Said", "cards", "payload"]
