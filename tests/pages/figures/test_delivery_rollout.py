"""The roll-out lab's strips: two parts that make a whole, and a climb that never falls."""

import numpy as np

from pages.figures.delivery_rollout import Bad, Share, bad_labels, bad_strip, bad_top, share_labels, share_strip
from pages.figures.samples import MOST_POINTS

SHARE = Share(np.arange(5.0), np.array([0.0, 0, 5, 5, 100]))
BAD = Bad(np.arange(5.0), np.array([0.0, 0, 3, 9, 9]))


def named(figure):
    return {trace.name: trace for trace in figure.data}


def test_the_old_part_and_the_new_one_make_a_whole():
    drawn = named(share_strip(SHARE, end_s=5))

    assert np.nanmax(drawn["new"].y) == np.nanmax(drawn["old"].y) == 100
    assert drawn["new"].fillpattern.shape == "/"
    assert drawn["old"].fillpattern.shape is None
    assert list(drawn["share"].y) == SHARE.percent.tolist()


def test_the_label_says_the_part_and_stays_inside_the_strip():
    (label,) = share_labels(SHARE, {"new": "{v}% new", "new_name": "new"})

    assert label.v.tolist() == SHARE.percent.tolist()
    assert (label.y.min(), label.y.max()) == (12, 92)


def test_what_failed_is_hatched_and_its_label_goes_with_it():
    drawn = named(bad_strip(BAD, end_s=5))

    assert drawn["bad"].fillpattern.shape
    assert bad_top(BAD) == 9
    assert bad_top(Bad(np.zeros(1), np.zeros(1))) == 4
    assert bad_labels(BAD, {"bad": "{v}", "bad_name": "bad"})[0].y.tolist() == BAD.failed.tolist()


def test_an_hour_of_seconds_stays_light():
    many = np.arange(3_600.0)
    for figure in (share_strip(Share(many, many % 100), end_s=3_600), bad_strip(Bad(many, many), end_s=3_600)):
        assert all(len(trace.x) <= MOST_POINTS for trace in figure.data)
