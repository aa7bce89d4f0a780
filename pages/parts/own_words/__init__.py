"""Own words: what Streamlit's widgets say by themselves, in the page's language."""

from pages.parts.own_words.component import own_words

__all__ = ["own_words"]
