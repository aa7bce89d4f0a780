"""The strip of versions: two areas that never overlap, a promise, and dots where fewer are ready."""

import numpy as np

from pages.figures.rollout import Versions, versions_labels, versions_strip, versions_top

WORDS = {"old": "{v} old", "new": "{v} new", "promised": "{v} promised"} | {
    f"{name}_name": name for name in ("old", "new", "promised")
}
FOUND = Versions(np.array([0.0, 60, 90, 120]), np.array([12.0, 9, 5, 0]), np.array([0.0, 0, 3, 12]), 9.0, 15.0)


def traces(found: Versions = FOUND):
    return {trace.name: trace for trace in versions_strip(found, end_s=200).data}


def test_the_old_version_stands_on_the_new_one():
    drawn = traces()
    total = dict(zip(drawn["ready"].x, drawn["ready"].y, strict=True))

    assert (total[0], total[90], total[120]) == (12, 8, 12)
    assert np.nanmax(drawn["old"].y) == 12
    assert drawn["new"].fillpattern.shape == "/"
    assert drawn["old"].fillpattern.shape is None


def test_only_what_falls_short_of_the_promise_is_marked():
    short = [x for x in traces()["short"].x if x is not None and not np.isnan(x)]

    assert (min(short), max(short)) == (90, 120)
    assert list(traces()["promised"].y) == [9, 9]


def test_labels_sit_in_the_middle_of_their_area_and_go_with_it():
    old, new, promised = versions_labels(FOUND, WORDS)

    assert old.y[2] == 3 + 2.5
    assert new.y[2] == 1.5
    assert promised.v.tolist() == [9] * 4
    assert old.hides_zero
    assert new.hides_zero


def test_an_empty_promise_and_a_high_one_both_fit():
    assert versions_top(FOUND) == 12
    assert versions_top(Versions(np.zeros(1), np.zeros(1), np.zeros(1), 7.0, 8.0)) == 7
