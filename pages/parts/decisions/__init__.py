"""Decisions: each placement and each dismissal of a run as a table of hosts, on the page's clock; guessed first."""

from pages.parts.decisions.component import decisions, decisions_data

__all__ = ["decisions", "decisions_data"]
