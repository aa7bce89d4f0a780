"""Where do I begin? What this is, the open chapters as ways in, and the rest of the talk, named for what it will answer."""

from pages.parts.furniture import view
from pages.parts.start_page import start_page
from pages.parts.start_stage import start_stage
from pages.parts.words import voice

if view() == "stage":
    start_stage(voice())
else:
    start_page()
