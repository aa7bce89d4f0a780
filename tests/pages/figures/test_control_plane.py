"""The strip of calls: everything adds up to a hundred, and only what happened is drawn."""

import numpy as np
import pytest

from engine.consensus.front import Front, answered
from pages.figures.control_plane import PARTS, calls_labels, calls_strip
from pages.parts.words import Voice


@pytest.fixture(scope="module")
def zone():
    found = answered(Front.of({"kills": "zone"}))
    return found.at_s, {"answered": found.share, **found.lost}


def test_only_what_happened_is_drawn(zone):
    calm = answered(Front.of({"kills": "nothing"}))
    drawn = {trace.name for trace in calls_strip(*zone, end_s=900).data}
    still = {trace.name for trace in calls_strip(calm.at_s, {"answered": calm.share, **calm.lost}, end_s=900).data}

    assert {"answered", "front", "line"} <= drawn
    assert still == {"answered", "line"}


def test_every_trouble_has_a_pattern_of_its_own():
    patterns = [look.pattern for look in PARTS.values()]

    assert len(set(patterns)) == len(patterns)
    assert patterns[0] == ""


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_labels_name_each_part_where_it_lies(zone, lang):
    labels = calls_labels(*zone, Voice(lang).table("control_plane_who.calls"))

    total = np.sum([label.v for label in labels], axis=0)
    assert np.allclose(total, 100, atol=0.2)
    assert all("{v}" in label.text for label in labels)
    assert labels[0].tone == "t-serving"
