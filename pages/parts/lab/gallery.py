"""The gallery: every scenario that comes with the project, its own deployments, and each lesson's variants, by name and by chapter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from engine import Scenario, catalog
from engine.changes import changed
from engine.difference import difference
from engine.importers import ours
from pages.parts.chapter import CHAPTERS
from pages.parts.lab.said import setting_name, value_text
from pages.parts.lesson import lesson
from pages.parts.stage.deck import has_run
from pages.parts.words import Voice

MOST_SETTINGS = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One scenario of the gallery. name: a file's, or a lesson's and its variant's with a dot between; chapter: where it is taught."""

    name: str
    chapter: str

    @property
    def variant(self) -> tuple[str, str]:
        """The lesson and its variant; no lesson for a file of its own."""
        of, _, variant = self.name.partition(".")
        return (of, variant) if variant else ("", "")

    @property
    def scenario(self) -> Scenario:
        """The scenario itself."""
        return _scenario(self.name)

    def title(self, speaker: Voice) -> str:
        """Say what it is called."""
        of, variant = self.variant
        return speaker.say(f"{of}.variant.{variant}") if of else speaker.say(f"gallery.{self.name}.name")

    def line(self, speaker: Voice) -> str:
        """Say in one line what is in it: a variant says what it sets."""
        of, _ = self.variant
        if not of:
            return speaker.say(f"gallery.{self.name}.line")
        return speaker.say(
            "lab.gallery.variant_of", title=speaker.say(f"{of}.title"), settings=_settings(speaker, self.name)
        )


def _settings(speaker: Voice, name: str) -> str:
    """Say what a variant sets in its lesson's scenario, the first few of it."""
    base, mine = lesson(name.partition(".")[0]).scenario, _scenario(name)
    changes = difference(base, mine)
    said = [
        f"{setting_name(speaker, change.steps, [base, mine])}: {value_text(speaker, change.steps, change.after)}"
        for change in changes[:MOST_SETTINGS]
    ]
    if len(changes) > MOST_SETTINGS:
        said.append(speaker.say("lab.gallery.more", n=len(changes) - MOST_SETTINGS))
    return "; ".join(said) or speaker.say("lab.gallery.as_it_comes")


@cache
def entries() -> dict[str, Entry]:
    """List the gallery, in the talk's order: of each chapter its files, then the variants of its lessons."""
    lessons = [name for name in catalog.lessons() if has_run(name) and name != "lab"]
    rows = {name: catalog.lesson(name) for name in catalog.lessons() if name != "lab"}
    taught = {row["scenario"]: row.get("page", name) for name, row in rows.items() if "scenario" in row}
    homes = dict(catalog.lesson("lab")["chapters"]) | taught
    found = [Entry(name, homes[name]) for name in catalog.scenario_files()]
    found += [Entry(name, homes[name]) for name in ours.names()]
    found += [Entry(f"{one}.{variant}", lesson(one).page) for one in lessons for variant in lesson(one).variants]
    found.sort(key=lambda entry: (CHAPTERS.index(entry.chapter), "." in entry.name))
    return {entry.name: entry for entry in found}


def chapters() -> tuple[str, ...]:
    """Name the chapters that have scenarios, in the talk's order."""
    return tuple(dict.fromkeys(entry.chapter for entry in entries().values()))


@lru_cache(maxsize=256)
def _scenario(name: str) -> Scenario:
    of, _, variant = name.partition(".")
    if name in ours.names():
        return ours.scenario(name)
    if not variant:
        return Scenario.read(catalog.scenario_text(of))
    return changed(lesson(of).scenario, lesson(of).variants[variant])
