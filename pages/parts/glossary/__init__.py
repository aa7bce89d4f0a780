"""The glossary: terms that are explained where they stand."""

from pages.parts.glossary.component import explained
from pages.parts.glossary.terms import Term, marked, marked_html, terms

__all__ = ["Term", "explained", "marked", "marked_html", "terms"]
