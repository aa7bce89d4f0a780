"""And mine? Any scenario against any other, up to four on one clock; yours too, as a form, as a text, or from a file."""

from pages.parts.flipped import framed
from pages.parts.lab import lab
from pages.parts.words import voice

with framed(voice(), "lab"):
    lab()
