"""Which first? And whose?"""

import pytest

from engine.consensus.front import Front
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


def test_one_of_two_servers_is_half_of_the_calls() -> None:
    """EKS promises two API servers, your masters are three: one dead server hurts EKS's calls more, a dead leader yours."""
    server, leader = (both(Ownership(front=Front(kills=kills))) for kills in ("server", "leader"))

    assert server["eks"].lost_s > 1.3 * server["self-run"].lost_s
    assert leader["self-run"].lost_s > 10 * leader["eks"].lost_s


def test_a_bill_of_each() -> None:
    """Machines and hours against a fee."""
    found = bills(Ownership())

    assert found["eks"].total_usd < found["self-run"].machines_usd < found["self-run"].total_usd
    assert found["eks"].away_h < found["self-run"].away_h
