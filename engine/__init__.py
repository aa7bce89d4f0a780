"""Quayside's engine: run(scenario) says what happened and why; everything on the screen reads it from there."""

from engine.errors import BudgetError, CatalogError, Problem, QuaysideError, ScenarioError
from engine.events import Events, Intervals, Kind, intervals
from engine.idle import idle_reasons, readings
from engine.scenario import Scenario
from engine.simulation import Run, run

__all__ = [
    "BudgetError",
    "CatalogError",
    "Events",
    "Intervals",
    "Kind",
    "Problem",
    "QuaysideError",
    "Run",
    "Scenario",
    "ScenarioError",
    "idle_reasons",
    "intervals",
    "readings",
    "run",
]
