"""Many runs of one scenario: replications, grids, their spread, and how much of a difference is more than chance."""

from engine.sweep.background import Background, start
from engine.sweep.measured import MEASURED
from engine.sweep.plan import Axis, Batch, Plan, Variant
from engine.sweep.play import ask_problems, play
from engine.sweep.results import Results
from engine.sweep.spread import Spread, differences, replications_for, spread_of, summary, t_value

__all__ = [
    "MEASURED",
    "Axis",
    "Background",
    "Batch",
    "Plan",
    "Results",
    "Spread",
    "Variant",
    "ask_problems",
    "differences",
    "play",
    "replications_for",
    "spread_of",
    "start",
    "summary",
    "t_value",
]
