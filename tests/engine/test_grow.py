"""How cost grows: the work is the whole work, and the curves are drawn where they lie."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from engine import grow, grow_plot, grow_work

FOUND = {"requests": {"beside": "a queue", "sizes": [10, 1000], "seconds": [0.001, 1.0], "peak_mb": [170.0, 171.0]}}


@pytest.mark.parametrize("what", ["hosts", "tasks"])
def test_every_task_finds_a_host(what):
    assert (grow_work.WORK[what](1_000)().host >= 0).all()


def test_about_as_many_requests_come_as_were_asked_for():
    plane, act = grow_work.queue(300_000)
    act()
    table = plane.finish(300).services[0]

    assert table.arrived.sum() == pytest.approx(300_000, rel=0.02)
    assert table.served.sum() == pytest.approx(300_000, rel=0.02)


def test_every_replication_is_played_once():
    played = grow_work.WORK["replications"](30)()

    assert [len(rows) for _, rows in played] == [25, 5]
    assert len(np.unique(np.concatenate([rows[:, 0] for _, rows in played]))) > 20  # each under its own seed


def test_a_point_is_measured_in_a_process_of_its_own():
    point = grow._measure("tasks", 10)

    assert point["seconds"] > 0
    assert 50 < point["peak_mb"] < 2_000


def test_the_curves_are_drawn_where_they_lie():
    root = ET.fromstring(grow_plot.svg(FOUND, "one machine"))  # noqa: S314 - our own
    lines = [line.get("points") for line in root.iter("{http://www.w3.org/2000/svg}polyline")]

    assert lines == ["0.0,150.0 230.0,0.0", "0.0,115.4 230.0,115.1"]
    assert "one machine" in "".join(root.itertext())


def test_the_points_are_told():
    assert grow.as_text(FOUND).splitlines() == [
        "requests (a queue)", "             10       0.001 s       170 MB", "          1,000           1 s       171 MB",
    ]  # fmt: skip
