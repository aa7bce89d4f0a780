"""The agent's account: what a host has given away, what is short, and that all of it comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Scenario
from engine.cluster import Cluster
from engine.placement import HostRoom, Needs, TaskRoom, registered_mib
from engine.placement.accounting import Accounts
from engine.placement.pools import pools_of

#                cpu   MiB   GPUs                               kept by the host itself
HOST = HostRoom(2048, 2048, ("gpu1", "gpu2", "gpu3", "gpu4"), TaskRoom(tcp=(22,), udp=(1000,)))


@pytest.mark.parametrize(("task", "failed"), [
    (TaskRoom(1024, 1024, (25,), (1003,), ("gpu1", "gpu2")), None),
    (TaskRoom(2048, 2048), None),                                  # all of it, to the last unit
    (TaskRoom(2049, 1024), ("CPU",)),
    (TaskRoom(1024, 2049), ("MEMORY",)),
    (TaskRoom(1024, 1024, tcp=(22,)), ("PORTS_TCP",)),
    (TaskRoom(1024, 1024, tcp=(1000,), udp=(22,)), None),          # a port is taken for its protocol only
    (TaskRoom(1024, 1024, udp=(1001, 1000)), ("PORTS_UDP",)),
    (TaskRoom(2500, 1024, udp=(1000,)), ("CPU", "PORTS_UDP")),
    (TaskRoom(2500, 2500, (22,), (1000,)), ("CPU", "MEMORY", "PORTS_TCP", "PORTS_UDP")),
])  # fmt: skip
def test_everything_that_is_short_is_named(task, failed):
    refusal = HOST.refusal(task)

    assert (refusal and refusal.failed) == failed


def test_a_gpu_is_one_tasks_alone():
    busy = HOST.consume(TaskRoom(gpus=("gpu2", "gpu3")))

    assert busy.refusal(TaskRoom(gpus=("gpu3", "gpu4"))).failed == ("GPU",)
    assert busy.refusal(TaskRoom(gpus=("gpu1", "gpu4"))) is None


def test_a_gpu_that_the_host_never_had_is_no_question_of_room():
    refusal = HOST.refusal(TaskRoom(9_999, 1, gpus=("gpu1", "gpu5")))

    assert refusal.failed == ()
    assert refusal.unknown_gpus == ("gpu5",)
    assert HOST.consume(TaskRoom(gpus=("gpu5",))) is HOST


def test_all_or_nothing_is_consumed():
    assert HOST.consume(TaskRoom(512, 768, tcp=(22,))) is HOST
    assert HOST.consume(TaskRoom(512, 768, (23,), (1001,), ("gpu2",))).taken == TaskRoom(
        512, 768, (22, 23), (1000, 1001), ("gpu2",)
    )


tasks = st.builds(
    TaskRoom,
    st.integers(0, 900),
    st.integers(0, 900),
    st.lists(st.integers(20, 26), max_size=3, unique=True).map(tuple),
    st.lists(st.integers(998, 1003), max_size=3, unique=True).map(tuple),
    st.lists(st.sampled_from(["gpu1", "gpu2", "gpu4"]), max_size=2, unique=True).map(tuple),
)


@given(st.lists(tasks, max_size=8))
def test_no_host_gives_away_more_than_it_has_and_gets_all_of_it_back(asked):
    room, running = HOST, []
    for task in asked:
        after = room.consume(task)
        if after is not room:
            running.append(task)
        room = after

        assert 0 <= room.taken.cpu_units <= HOST.cpu_units
        assert 0 <= room.taken.memory_mib <= HOST.memory_mib
        assert all(len(set(one)) == len(one) for one in (room.taken.tcp, room.taken.udp, room.taken.gpus))

    for task in running:  # in the order of their start, not the last one first
        room = room.release(task)

    assert room == HOST


@pytest.mark.parametrize(
    ("seen_bytes", "kept", "mib"), [(8_373_026_816, 0, 7985), (8_589_524_992, 0, 8191), (8_373_026_816, 256, 7729)]
)
def test_a_host_registers_whole_mebibytes_less_what_it_keeps(seen_bytes, kept, mib):
    assert registered_mib(seen_bytes, kept) == mib


def test_a_run_and_the_agents_table_keep_one_account(monkeypatch):
    cluster = Cluster(1, ["web"], [Needs(512, 768, frozenset({23}))])
    host = cluster.new_host(0, "a", pools_of(Scenario.of({}))[0])

    def free():
        seen = cluster.view(0)
        return int(seen.free_cpu[0]), int(seen.free_mib[0]), 23 in seen.ports[0]

    cpu, mib, _ = free()
    task = cluster.new_task(0)
    cluster.settle(task, host)
    assert free() == (cpu - 512, mib - 768, True)
    cluster.release(task)
    assert free() == (cpu, mib, False)

    monkeypatch.setattr(Accounts, "take", lambda *_: None)  # an account that forgets shows in both
    cluster.settle(cluster.new_task(0), host)
    assert free() == (cpu, mib, False)
    assert HOST.consume(TaskRoom(512, 768)).taken.cpu_units == 0
