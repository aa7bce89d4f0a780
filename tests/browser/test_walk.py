"""A walk in short: some seconds of what `make soak` does for an hour. A browser goes at random, and nothing breaks under it."""

import pytest

from tests.browser import the_app
from tests.browser.the_app import ROOT
from tests.soak.memory import Slope
from tests.soak.walk import HOME_EVERY, grown, walk

MOST_MIB = 1_500  # of a server that has just come up and fills its shelves


@pytest.mark.browser
def test_a_browser_goes_at_random_and_nothing_breaks_under_it(browser, tmp_path):
    with the_app.serving(ROOT / "app.py", tmp_path / "log.txt", data=tmp_path / "data") as server:
        went = walk(browser, server, seed=3, told=tmp_path / "steps.jsonl", steps=2 * HOME_EVERY, minutes=0.6)
    told = (tmp_path / "steps.jsonl").read_text(encoding="utf-8").splitlines()

    assert (went.faults, went.log) == ([], [])
    assert went.steps >= 5
    assert sum('"does"' in line for line in told) == went.steps == sum(went.did.values())
    assert max(held.heap_mib for held in went.held) < 200
    assert max(held.nodes for held in went.held) < 60_000
    assert went.most < MOST_MIB


def test_growth_is_told_of_the_document_that_lived_longest():
    young = [(2, step, 900.0) for step in (200, 220)]
    old = [(1, step, 5.0 if step < 40 else 20 + step / 10) for step in range(20, 200, 20)]
    found = grown(old + young)

    assert isinstance(found, Slope)
    assert abs(found.an_hour - 10) < 1e-6  # ten for each hundred steps; what it loaded at first is no growth
    assert grown(young) is None
