"""What hosts hold over time agrees with the placements of the log, and with what fits."""

import numpy as np
import pytest

from engine import Kind
from engine.fullness import fullest, waiting
from engine.ledger import ledger
from engine.placement import UDP
from engine.placement.words import port_name
from tests.engine.the_log import tell

SMALL = {"cpu_units": 128, "memory_mib": 256, "one_every_s": 2}
M5 = {"instance_type": "m5.large", "hosts": 3, "replace": False, "rebalance": False}


def story(*, fleet=None, operations=(), **service):
    return tell(
        traffic={"rps": 0}, warm=False, duration_s=120, operations=list(operations), fleet=M5 | (fleet or {}),
        services=[SMALL | service], balancer={"deregistration_delay_s": 1},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "trunking", "placed"), [("awsvpc", False, 6), ("awsvpc", True, 20), ("bridge", False, 20)]
)
def test_an_m5_large_gives_two_interfaces_to_tasks_and_ten_with_trunking(mode, trunking, placed):
    told = story(desired=20, network_mode=mode, fleet={"trunking": trunking})
    book = ledger(told)

    assert book.enis.tolist() == [10 if trunking else 2] * 3
    assert fullest(told).placed == placed
    assert fullest(told).waiting == 20 - placed


def test_what_is_held_is_what_was_placed_times_what_each_needs():
    told = story(desired=9, host_ports=[])
    book = ledger(told)
    last = {int(host): row for row, host in enumerate(book.host)}

    assert sum(int(book.tasks[row]) for row in last.values()) == 9
    assert sum(int(book.cpu_held[row]) for row in last.values()) == 9 * 128
    assert sum(int(book.memory_held[row]) for row in last.values()) == 9 * 256
    assert sum(int(book.dynamic[row]) for row in last.values()) == 9


@pytest.mark.parametrize(
    ("mode", "ports", "dynamic"), [("bridge", ("8080",), 0), ("host", ("8080",), 0), ("awsvpc", (), 0)]
)
def test_a_named_port_is_taken_once_on_a_host_and_none_where_a_task_has_its_own_address(mode, ports, dynamic):
    book = ledger(story(desired=1, host_ports=[8080], network_mode=mode))

    assert book.ports[-1] == ports
    assert int(book.dynamic[-1]) == dynamic


def test_a_stopped_task_gives_everything_back():
    told = story(desired=2, host_ports=[8080], operations=[{"do": "set-desired", "desired": 0, "at_s": 40}])
    book = ledger(told)
    last = {int(host): row for row, host in enumerate(book.host)}

    assert len(told.events.where(Kind.TASK_STOPPED)) == 2
    assert all(book.tasks[row] == book.cpu_held[row] == book.enis_held[row] == 0 for row in last.values())
    assert all(book.ports[row] == () for row in last.values())


def test_no_host_ever_holds_more_than_it_has():
    book = ledger(story(desired=80, network_mode="bridge"))

    assert (book.cpu_held <= book.cpu_units[book.host]).all()
    assert (book.memory_held <= book.memory_mib[book.host]).all()


def test_the_fullest_moment_is_before_the_blow():
    told = story(desired=9, operations=[{"do": "fail-zone", "zone": "b", "at_s": 60}])
    found = fullest(told)

    assert (found.placed, found.hosts_used, found.zone_gap, found.worst_loss) == (9, 3, 0, 3)
    assert found.at_s < 60


def test_the_largest_task_that_still_fits_is_what_the_roomiest_host_has_left():
    found = fullest(story(desired=3))

    assert (found.largest_cpu, found.largest_mib) == (2048 - 128, int(8192 * 0.97) - 256)
    assert (found.largest_vcpu, found.largest_gib) == (1.875, (int(8192 * 0.97) - 256) / 1024)


def test_waiting_counts_who_was_refused_and_not_placed_since():
    told = story(desired=8, network_mode="awsvpc", operations=[{"do": "set-desired", "desired": 6, "at_s": 60}])
    queue = waiting(told)

    assert int(queue.tasks.max()) == 2
    assert int(queue.tasks[-1]) == 0
    assert set(queue.reason[int(np.argmax(queue.tasks == 2)) :][:1]) == {"enis"}


def test_a_udp_port_says_so():
    assert port_name(UDP + 53) == "53/udp"
