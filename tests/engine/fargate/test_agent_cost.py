"""Agents in money: a side-car makes a task larger and is rounded up; a daemon's one slice is shared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fargate import AgentAsk, agents


def pair(size):
    return size and (size.cpu_units, size.memory_mib)


def test_an_eighth_of_a_cpu_doubles_a_task_that_was_full():
    found = agents(AgentAsk(cpu_units=1024, memory_mib=2048, agent_cpu_units=128, agent_memory_mib=256), "today")

    assert (pair(found.alone), pair(found.together)) == ((1024, 2048), (2048, 4096))
    assert found.sidecar_usd == pytest.approx(0.04048 + 2 * 0.004445)


def test_in_the_slack_of_a_size_it_is_free():
    found = agents(AgentAsk(cpu_units=800, memory_mib=1700, agent_cpu_units=128, agent_memory_mib=256), "today")

    assert pair(found.alone) == pair(found.together) == (1024, 2048)
    assert found.sidecar_usd == 0
    assert found.break_even_tasks is None


def test_a_daemon_costs_the_scarcer_share_of_its_host():
    ask = AgentAsk(agent_cpu_units=128, agent_memory_mib=256, instance_type="m5.2xlarge")

    assert agents(ask, "today").daemon_usd == pytest.approx(0.384 * 128 / 8192)  # 1.6 % of the CPU, 0.8 % of the memory
    by_memory = ask.model_copy(update={"agent_memory_mib": 2048})
    assert agents(by_memory, "today").daemon_usd == pytest.approx(0.384 * 2048 / int(32_768 * 0.97))
    whole = ask.model_copy(update={"agent_memory_mib": 65_536})
    assert agents(whole, "today").daemon_usd == 0.384
    assert agents(whole, "today").most_tasks == 0


def test_when_the_daemon_wins():
    # 500 units and 1000 MiB grow from 0.5 vCPU, 1 GB to 0.5 vCPU, 2 GB: the side-car costs one GB, 0.004445 an hour.
    ask = AgentAsk(cpu_units=500, memory_mib=1000, agent_cpu_units=10, agent_memory_mib=512, instance_type="r5.large")
    found = agents(ask, "today")
    slice_usd = 0.126 * 512 / int(16_384 * 0.97)

    assert found.sidecar_usd == pytest.approx(0.004445)
    assert found.daemon_usd == pytest.approx(slice_usd)  # 0.00406: one task is enough
    assert found.break_even_tasks == 1
    heavy = agents(ask.model_copy(update={"instance_type": "m5.large"}), "today")
    assert heavy.daemon_usd == pytest.approx(0.096 * 512 / 7946)  # 0.00619: two tasks have to share it
    assert heavy.break_even_tasks == 2
    assert heavy.most_tasks == 4


def test_a_host_too_small_to_share_it_never_breaks_even():
    ask = AgentAsk(cpu_units=2000, memory_mib=3000, agent_cpu_units=40, agent_memory_mib=1500, instance_type="m5.large")
    found = agents(ask, "today")

    assert found.sidecar_usd == pytest.approx(0.004445)  # 4 GB to 5 GB
    assert found.daemon_usd > found.sidecar_usd
    assert found.most_tasks == 1
    assert found.break_even_tasks is None


def test_what_no_size_holds_has_no_side_car():
    largest = AgentAsk(cpu_units=4096, memory_mib=30_720)

    assert agents(largest, "talk").sidecar_usd is None
    assert agents(largest, "talk").break_even_tasks is None
    assert pair(agents(largest, "today").together) == (8192, 32_768)
    assert np.isnan(agents(largest.model_copy(update={"instance_type": "m5.4xlarge"}), "talk").sidecar_each).all()


@given(
    cpu=st.integers(64, 8192), mib=st.integers(128, 40_000), agent=st.tuples(st.integers(8, 1024), st.integers(16, 4096)),
    host=st.sampled_from(["m5.large", "m5.4xlarge", "c5.2xlarge", "r5.xlarge"]),
)  # fmt: skip
def test_a_side_car_never_pays_and_sharing_always_helps(cpu, mib, agent, host):
    ask = AgentAsk(
        cpu_units=cpu, memory_mib=mib, agent_cpu_units=agent[0], agent_memory_mib=agent[1], instance_type=host
    )
    found = agents(ask, "today")

    assert found.sidecar_usd is None or found.sidecar_usd >= 0
    assert len(found.tasks) == len(found.daemon_each) == found.most_tasks
    assert (np.diff(found.daemon_each) < 0).all()
    wins = [
        int(n)
        for n, usd in zip(found.tasks, found.daemon_each, strict=True)
        if found.sidecar_usd and usd <= found.sidecar_usd
    ]

    assert found.break_even_tasks == (wins[0] if wins else None)
