"""Weight: how heavy a run may come out, told before it is played from the figures that its budgets are held against."""

from __future__ import annotations

from dataclasses import astuple

from engine.checks import Weight, weigh
from engine.scenario import Scenario
from engine.traffic.arrivals import expected_requests

# Measured on 244 runs over every lesson and launch type: within all of these figures none took more than 0.5 s of a core
# (most took a tenth), and every lesson's own scenario is within them. Beyond one of them runs take up to a minute.
LIGHT = Weight(requests=5_000_000, tasks=200, looks=200_000, cells=1_000_000, events=100_000)
# What a unit of each figure takes at a usual run, s: for the word "about" in the line, and for nothing else.
TAKES = (24e-9, 1e-3, 1e-6, 50e-9, 1.5e-6)


def weight_of(scenario: Scenario) -> Weight:
    """Bound a run's figures from above."""
    return weigh(scenario, expected_requests(scenario))


def is_light(scenario: Scenario) -> bool:
    """Say whether a run holds nobody else up when it is played at once.

    >>> is_light(Scenario()), is_light(Scenario().with_("services.web.desired", 1500))
    (True, False)
    """
    return all(came <= most for came, most in zip(astuple(weight_of(scenario)), astuple(LIGHT), strict=True))


def expected_s(scenario: Scenario) -> float:
    """Guess how long a run takes, s. It may be wrong by a factor of five: once a run is under way it tells itself how far it is."""
    return float(sum(came * takes for came, takes in zip(astuple(weight_of(scenario)), TAKES, strict=True)))
