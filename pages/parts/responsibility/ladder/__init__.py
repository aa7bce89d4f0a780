"""The ladder: ten stops from everything yours to hardly anything."""

from pages.parts.responsibility.ladder.component import ladder

__all__ = ["ladder"]
