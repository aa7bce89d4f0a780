"""Which first? And whose?"""

import pytest

from engine.consensus.ownership import Ownership, bills, both
from engine.consensus.replacing import Order, Replacing, fate, replacing
from engine.consensus.simulation import run


@pytest.mark.parametrize(
    ("order", "strict", "starts", "end"),
    [
        ("add_first", False, False, "stop"),  # 3 of 4 needed, two live
        ("remove_first", False, False, "on"),  # 2 of 2, then 2 of 3
        ("add_first", True, False, "refused"),
        ("remove_first", True, True, "on"),
        ("add_first", False, True, "pause"),  # until the new one is up and fed
    ],
)
def test_what_becomes_of_writing(order: Order, strict: bool, starts: bool, end: str) -> None:
    """Each order, with and without the check, with a new member that starts or never does."""
    assert fate(run(replacing(Replacing(strict=strict, starts=starts), order))) == end


def test_the_same_death_on_both_sides() -> None:
    """A machine of yours takes its API server along, and waits longer for you than AWS's for AWS."""
    found = both(Ownership())

    assert found["self-run"].lost_s >= found["eks"].lost_s > 0
    assert bills(Ownership())["eks"].total_usd < bills(Ownership())["self-run"].total_usd
