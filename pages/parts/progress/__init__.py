"""Progress: what a visitor answered, kept without a login. An answer is on disk before the page says that it is locked."""

from pages.parts.progress.kept import answered, answers, first_answers, forget, is_waiting, take_in
from pages.parts.progress.records import KINDS, Answer, Kind, exported, imported

__all__ = [
    "KINDS",
    "Answer",
    "Kind",
    "answered",
    "answers",
    "exported",
    "first_answers",
    "forget",
    "imported",
    "is_waiting",
    "take_in",
]
