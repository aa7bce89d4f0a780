"""Quantities: what upstream's parser takes, to the last digit."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.importers.kubernetes.quantities import in_bytes, mib, milli, quantity


@pytest.mark.parametrize(
    ("written", "cpu_m"),
    [
        ("100m", 100), ("0.1", 100), (0.1, 100), (0.15, 150), (1, 1000), ("1", 1000), ("1.5", 1500), ("99.5m", 100),
        ("1e-1", 100), ("250000u", 250), ("1n", 1), ("2k", 2_000_000), (".5", 500), ("+1", 1000), ("1.", 1000), ("0", 0),
    ],
)  # fmt: skip
def test_cpu_is_counted_in_thousandths_and_rounded_up(written, cpu_m):
    assert milli(written) == cpu_m


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("64Mi", 67_108_864), ("256M", 256_000_000), ("1Gi", 2**30), ("1G", 10**9), ("1.5Gi", 1_610_612_736), (1024, 1024),
        ("129e6", 129_000_000), ("129E6", 129_000_000), ("1E", 10**18), ("1Ei", 2**60), ("128974848", 128_974_848),
        ("1500m", 2), ("0.5Ki", 512), ("99Ei", 2**63 - 1),
    ],
)  # fmt: skip
def test_memory_is_counted_in_bytes(written, size):
    assert in_bytes(written) == size


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "1 Gi",
        "1gi",
        "1KB",
        "1Ki1",
        "m",
        "1e",
        "0x10",
        "1_000",
        "plenty",
        "1e999",
        "9" * 99,
        None,
        True,
        [],
        {},
    ],
)
def test_what_is_no_quantity_is_none(written):
    assert quantity(written) is None


def test_a_size_in_mib_is_whole_where_it_can_be():
    assert [mib(in_bytes(size)) for size in ("64Mi", "256M", "0")] == [64, 244.140625, 0]


@given(st.text(alphabet="0123456789.+-eEmunkKMGTPi", max_size=12))
def test_any_text_is_a_number_or_none(text):
    read = quantity(text)

    assert read is None or isinstance(read, Fraction)
    assert in_bytes(text) >= (read or 0)
