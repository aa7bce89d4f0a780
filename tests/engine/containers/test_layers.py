"""Layers: what a change rebuilds, what a host fetches, and when it is there; by hand, by small steps, and by law."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import catalog
from engine.containers.asks import ImageAsk
from engine.containers.layers import GB_PER_MIB, HOURS, TABLE, downloads, month, pull, rebuilt, sizes

MIB = st.lists(st.floats(0.5, 2_000), min_size=1, max_size=8)


@pytest.mark.parametrize(("settings", "fetched", "runs", "because"), [
    ({}, 184, "new", "pulled"),                                  # code below the packages: both are new
    ({"order": "packages-first"}, 4, "new", "pulled"),
    ({"changed": "packages"}, 180, "new", "pulled"),             # and above the code nothing but they
    ({"changed": "packages", "order": "packages-first"}, 184, "new", "pulled"),
    ({"changed": "base"}, 304, "new", "whole"),
    ({"lands": "new-host"}, 304, "new", "whole"),
    ({"lands": "fargate", "order": "packages-first"}, 304, "new", "whole"),
    ({"same_tag": True}, 184, "new", "pulled"),                  # an agent that asks finds the new version under the old tag
    ({"same_tag": True, "behaviour": "once"}, 0, "old", "stale"),
    ({"same_tag": True, "behaviour": "prefer-cached"}, 0, "old", "stale"),
    ({"behaviour": "prefer-cached"}, 184, "new", "pulled"),
    ({"way": "no-s3"}, 0, "nothing", "no-s3"),
    ({"way": "no-s3", "same_tag": True}, 0, "old", "fell-back"),
    ({"way": "no-s3", "same_tag": True, "behaviour": "always"}, 0, "nothing", "no-s3"),
    ({"way": "no-s3", "same_tag": True, "lands": "fargate"}, 0, "nothing", "no-s3"),
    ({"lands": "fargate", "behaviour": "once", "same_tag": True}, 304, "new", "whole"),
])  # fmt: skip
def test_a_start_fetches_what_the_host_has_not_got(settings, fetched, runs, because):
    found = pull(ImageAsk(**settings))

    assert (found.fetched_mib, found.runs, found.because) == (pytest.approx(fetched), runs, because)
    assert (found.ready_s == 0) == (fetched == 0)


@pytest.mark.parametrize(("settings", "lazy"), [
    ({}, "not-here"),
    ({"lands": "fargate"}, "used"),
    ({"lands": "fargate", "era": "talk"}, "too-early"),
    ({"lands": "fargate", "packages_mib": 60}, "too-small"),
])  # fmt: skip
def test_lazy_loading_needs_fargate_a_large_image_and_its_time(settings, lazy):
    found, whole = pull(ImageAsk(lazy=True, **settings)), pull(ImageAsk(**settings))

    assert found.lazy == lazy
    assert (found.fetched_mib < whole.fetched_mib) == (lazy == "used")
    assert found.fetched_mib + found.later_mib == pytest.approx(whole.fetched_mib)


def test_a_layer_too_small_for_an_index_is_loaded_whole():
    found = pull(ImageAsk(lazy=True, lands="fargate"))
    small = catalog.number("soci.min_layer")

    assert found.fetched_mib == pytest.approx(sum(m if m < small else 0.2 * m for m in sizes(ImageAsk()).values()))


@given(MIB, st.floats(1, 500), st.integers(1, 4))
def test_the_link_is_never_idle_while_something_is_missing(mib, link, at_once):
    spans = downloads(mib, link, at_once)

    assert max(end for _, end in spans) == pytest.approx(sum(mib) / link, rel=1e-6)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert all(end - start >= one / link - 1e-6 for (start, end), one in zip(spans, mib, strict=True))
    for start, _ in spans:  # never more at once than may be
        assert sum(a <= start < b - 1e-9 for a, b in spans) <= at_once


@pytest.mark.parametrize("mib", [[30, 90, 4, 180], [100, 100, 100, 100], [1, 500, 2]])
def test_downloads_against_small_steps(mib):
    """Share the link by the millisecond: the plain way."""
    left, end, step, now = dict(enumerate(map(float, mib))), {}, 0.001, 0.0
    while left:
        active = list(left)[:3]
        now += step
        for one in active:
            left[one] -= 50 * step / len(active)
            if left[one] <= 0:
                end[one] = now
                del left[one]

    found = downloads(mib, 50)
    assert [at for _, at in found] == pytest.approx([end[n] for n in range(len(mib))], abs=0.02)


@given(
    st.sampled_from(["base", "packages", "code"]), st.sampled_from(["code-first", "packages-first"]), st.floats(5, 200)
)
def test_the_last_layer_is_unpacked_last_and_none_before_it_is_there(changed, order, unpack):
    found = pull(ImageAsk(changed=changed, order=order, unpack_mib_per_s=unpack))
    fetched = [layer for layer in found.layers if not layer.is_cached]

    assert {layer.name for layer in fetched} == rebuilt(ImageAsk(changed=changed, order=order))
    for below, above in pairwise(fetched):
        assert above.unpack_from_s >= below.unpacked_s - 1e-9
    assert all(layer.unpack_from_s >= layer.to_s - 1e-9 for layer in fetched)
    assert found.ready_s == pytest.approx(fetched[-1].unpacked_s)


def test_a_month_by_hand():
    found = month(ImageAsk(order="packages-first", way="nat", lands="fargate"))
    prices = catalog.notes(TABLE)["table.containers_ways"].value

    assert found.stored_gb == pytest.approx((304 + 49 * 4) * GB_PER_MIB)
    assert found.pulled_gb == pytest.approx(304 * 20 * 100 * GB_PER_MIB)
    assert found.bytes_usd == pytest.approx(found.pulled_gb * prices["nat_gb"])
    assert found.way_usd == pytest.approx(3 * prices["nat_hour"] * HOURS)
    assert month(ImageAsk(way="endpoints")).bytes_usd == 0
