"""A month's bill: hosts come whole, sizes are rounded up, functions are paid by use, and what does not fit says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import catalog
from engine.era import ERAS
from engine.landscape import WAYS, Workload, bill, cheapest, compare, ways
from engine.landscape.bill import per_host
from engine.responsibility import LAYERS

MONTH_H = 730
SIZES = st.sampled_from([(256, 512), (512, 1024), (1024, 2048), (2048, 8192)])


def usd(name, era="today", registry="ecr", **settings):
    return bill(ways()[name], Workload(**settings), era, registry).usd


def test_the_default_workload_by_hand():
    """Six tasks of half a vCPU and 1 GB for 730 hours; 26.28 million requests of 0.2 s with 1 GB; 400 MiB ten times in ECR."""
    stored = 400 * 10 / 1024 * 0.10

    assert usd("ecs-fargate") == pytest.approx(6 * (0.5 * 0.04048 + 0.004445) * MONTH_H + stored)
    assert usd("ecs-ec2") == pytest.approx(3 * 0.096 * MONTH_H + stored)
    assert usd("eks-managed") == pytest.approx((2 * 0.096 + 0.1) * MONTH_H + stored)
    assert usd("lambda") == pytest.approx(26.28 * (0.2 + 0.2e6 * 1.66667e-5) + stored)


def test_interfaces_run_out_before_cpu_on_ecs_but_not_on_eks():
    load = Workload()

    assert per_host(ways()["ecs-ec2"], load) == 2
    assert per_host(ways()["eks-managed"], load) == 3


def test_a_pod_on_fargate_grows_by_its_overhead_before_it_is_rounded_up():
    assert usd("eks-fargate", cpu_units=1024, memory_mib=8192, versions=1) - usd(
        "ecs-fargate", cpu_units=2048, memory_mib=9216, versions=1
    ) == pytest.approx(catalog.number("eks.price.standard") * MONTH_H)


def test_who_is_cheapest_turns_with_the_requests():
    four = ("ecs-ec2", "ecs-fargate", "eks-managed", "lambda")

    assert cheapest(Workload(), "today", four) == "lambda"
    assert cheapest(Workload(rps=20), "today", four) == "ecs-fargate"
    packed = Workload(rps=200, tasks=64, cpu_units=512, memory_mib=1536, instance_type="m5.2xlarge", trunking=True)

    assert cheapest(packed, "today", four) == "ecs-ec2"


def test_what_does_not_fit_says_why_and_comes_last():
    assert bill(ways()["ecs-ec2"], Workload(cpu_units=4096), "today").misfit == "host"
    assert bill(ways()["ecs-fargate"], Workload(cpu_units=8192), "talk").misfit == "size"
    assert bill(ways()["ecs-fargate"], Workload(cpu_units=8192), "today").misfit == ""
    assert bill(ways()["lambda"], Workload(function_mb=10240), "talk").misfit == "memory"
    assert bill(ways()["lambda"], Workload(request_ms=900_000, function_mb=10240), "today").misfit == ""
    assert [one.bill.misfit for one in compare(Workload(cpu_units=4096), "today")][-1] == "host"


def test_an_image_from_outside_pays_each_time_it_is_pulled():
    assert usd("ecs-fargate", registry="other", pulled_gb=1000) - usd(
        "ecs-fargate", registry="other", pulled_gb=0
    ) == pytest.approx(45)
    assert usd("ecs-fargate", pulled_gb=1000) == usd("ecs-fargate", pulled_gb=0)
    assert usd("ecs-fargate", registry="ecr-public", pulled_gb=0) < usd("ecs-fargate", pulled_gb=0)


def test_at_the_talk_a_function_was_billed_in_hundreds_of_milliseconds():
    assert usd("lambda", "talk", request_ms=20, rps=100) > 3 * usd("lambda", request_ms=20, rps=100)


@pytest.mark.parametrize("era", ERAS)
def test_the_table_is_in_order_and_counts_each_layer_once(era):
    found = compare(Workload(), era)

    assert [one.bill.usd for one in found] == sorted(one.bill.usd for one in found)
    assert {sum(one.duties) for one in found} == {len(LAYERS)}
    assert len(found) == (len(WAYS) if era == "today" else 9)


@given(
    tasks=st.integers(1, 200), size=SIZES, hours=st.floats(0.5, 24), rps=st.floats(0, 500), name=st.sampled_from(WAYS)
)
def test_more_of_anything_never_costs_less(tasks, size, hours, rps, name):
    less = {
        "tasks": tasks,
        "cpu_units": size[0],
        "memory_mib": size[1],
        "hours": hours,
        "rps": rps,
        "instance_type": "m5.xlarge",
    }
    base = usd(name, **less)

    assert usd(name, **less | {"tasks": tasks + 1}) >= base
    assert usd(name, **less | {"hours": 24}) >= base
    assert usd(name, **less | {"rps": rps + 1}) >= base
    assert base >= 0
