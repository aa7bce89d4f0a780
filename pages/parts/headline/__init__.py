"""The headline: one number of the moment, one clause, one sentence. `headline(payload, key=…)`, for the stage."""

from .headline import headline, headline_data
from .words import WORDS

__all__ = ["WORDS", "headline", "headline_data"]
