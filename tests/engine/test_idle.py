"""Why the cluster did not shrink: each host says what keeps it."""

import pytest

from engine import Scenario, run
from engine.idle import idle_reasons, readings
from tests.engine.a_group import story


def test_each_host_says_why_it_stays():
    run_ = story(
        6, operations=[(60, 2)], hosts=4, max_hosts=8, protect=True, service={"placement": ["spread-hosts"]}, min_hosts=2,
        duration_s=1_500,
    )  # fmt: skip
    early, late = idle_reasons(run_, 500), idle_reasons(run_, 1_450)

    assert [stay.why for stay in early].count("quiet") == 2
    assert [stay.why for stay in early].count("protected") == 2
    quiet = next(stay for stay in early if stay.why == "quiet")
    assert quiet.reading.quiet == sum(r.reservation < 100 for at_s, r in readings(run_) if at_s <= 500)
    assert quiet.reading.quiet_needed == 15
    assert next(stay for stay in early if stay.why == "protected").services == ("web",)
    assert [stay.why for stay in late] == ["protected", "protected"]


@pytest.mark.parametrize(("why", "at_s", "settings"), [
    ("unread", 30, {"desired": 0}),
    ("minimum", 1_700, {"desired": 0, "min_hosts": 2}),
    ("booting", 130, {"desired": 4, "operations": ((90, 6),)}),
    ("leaving", 100, {"desired": 4, "operations": ({"do": "drain-host", "host": "a1", "at_s": 60},)}),
    ("notice", 100, {"desired": 4, "market": "spot", "operations": ({"do": "interrupt-spot", "at_s": 60},)}),
    ("lost", 100, {"desired": 4, "operations": ({"do": "fail-host", "host": "a1", "at_s": 60},)}),
    ("spare", 1_700, {"desired": 2, "hosts": 2, "target_percent": 60, "service": {"placement": ["binpack-cpu"]}}),
    ("rate", 190, {"desired": 0, "hosts": 9, "quiet_points": 3}),
    ("busy", 100, {"desired": 4}),
])  # fmt: skip
def test_the_reasons_are_told_apart(why, at_s, settings):
    stays = idle_reasons(story(**settings), at_s)

    assert why in [stay.why for stay in stays]


def test_hosts_outside_every_group_and_hosts_that_are_gone():
    run_ = Scenario.of({"duration_s": 60, "traffic": {"rps": 1}, "fleet": {"hosts": 1}, "services": [{"desired": 1}]})
    (stay,) = idle_reasons(run(run_), 30)

    assert (stay.why, stay.tasks, stay.provider) == ("no-provider", (1,), "")
    gone = story(desired=0, quiet_points=1, duration_s=300)
    assert idle_reasons(gone, 299) == ()
