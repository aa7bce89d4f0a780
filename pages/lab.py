"""And mine? Any scenario against any other, up to four on one clock; yours too, as a form, as a text, or from a file."""

from pages.parts.lab import lab

lab()
