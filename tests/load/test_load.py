"""Twenty learners for eight seconds: every page that they turn comes, and nothing breaks."""

import asyncio

import numpy as np

from engine import catalog
from pages.parts.chapter import CHAPTERS
from tests.browser.the_app import ROOT, serving
from tests.load.crowd import crowd, giant
from tests.load.learner import CROWD, Learner, experiments


def test_twenty_learners_turn_the_real_pages_and_nothing_breaks(tmp_path):
    log = tmp_path / "log.txt"
    with serving(ROOT / "app.py", log, data=tmp_path) as server:
        port = int(server.url.rsplit(":", 1)[1])
        found = asyncio.run(crowd(port, server.pid, 20, 8.0, settle_s=1.0))

    assert found.faults == []
    assert found.errors == 0
    assert found.changes >= 10
    assert len(found.pages) > 4
    assert "Traceback" not in log.read_text(encoding="utf-8")


def test_learners_go_where_there_is_something_to_learn():
    rooms = experiments()

    assert set(CROWD) <= set(CHAPTERS)
    assert all(rooms[chapter] for chapter in CROWD)
    assert sorted(room for there in rooms.values() for room in there) == sorted(set(catalog.lessons()) - {"start"})


def test_the_same_learner_goes_the_same_way():
    ways = [[Learner(n, 0, lambda: None)._elsewhere() for _ in range(1)] for n in (1, 1, 2, 3, 4)]

    assert ways[0] == ways[1]
    assert len(np.unique([str(way) for way in ways])) > 2


def test_the_largest_run_is_within_the_budgets_and_is_not_light():
    from engine.admission import is_light
    from engine.checks import refuse_over_budget
    from engine.traffic.arrivals import expected_requests

    refuse_over_budget(giant(0), expected_requests(giant(0)))

    assert not is_light(giant(0))
    assert giant(0) != giant(1)
