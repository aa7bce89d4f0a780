"""A race's runners: the same scenario once for each of a lesson's compared variants."""

from __future__ import annotations

from engine import Run, Scenario
from engine.changes import changed
from pages.parts import show
from pages.parts.lesson import lesson


def runners(scenario: Scenario, name: str) -> dict[str, Run]:
    """Run a scenario once for each variant that a lesson compares, by the variant's name."""
    row = lesson(name)
    return {variant: show.run_of(changed(scenario, row.variants[variant])) for variant in row.compare}
