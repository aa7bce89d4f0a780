"""Why hurry? The talk's three numbers with what is known of them, and pace against stability in the groups that DORA published."""

from engine.new_normal.claims import VERDICTS, Age, Claim, Verdict, age, ages_at_talk, claims
from engine.new_normal.clusters import (
    MEASURES,
    Cluster,
    Measure,
    PaceAsk,
    Place,
    Span,
    clusters,
    place,
)

__all__ = [
    "MEASURES", "VERDICTS", "Age", "Claim", "Cluster", "Measure", "PaceAsk", "Place", "Span", "Verdict", "age", "ages_at_talk", "claims",
    "clusters", "place",
]  # fmt: skip
