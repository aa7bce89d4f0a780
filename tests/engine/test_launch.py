"""Launch types: rows of data, and what a platform refuses of a service before anything is run."""

import json

import pytest

from engine import CatalogError, Scenario, ScenarioError, catalog
from engine.launch import launch_type, launch_types
from engine.placement.doubts import doubts
from engine.scenario import LaunchTypeName


def test_every_launch_type_a_scenario_may_name_has_a_row_and_the_other_way_round():
    assert set(launch_types()) == set(LaunchTypeName.__args__)


def test_what_the_two_differ_in():
    mine, theirs = launch_type("ecs-ec2"), launch_type("ecs-fargate")

    assert (mine.owns_hosts, theirs.owns_hosts) == (True, False)
    assert (mine.keeps_images, theirs.keeps_images) == (True, False)
    assert (mine.provision_min_s, mine.provision_max_s) == (0, 0)
    assert theirs.provision_max_s > theirs.provision_min_s > 0
    assert (theirs.burst, theirs.per_s) == (100, 20)
    assert mine.per_s == pytest.approx(500 / 60)


def test_what_the_other_two_differ_in():
    kept, spot = launch_type("ecs-managed-instances"), launch_type("ecs-fargate-spot")

    assert (kept.owns_hosts, kept.has_hosts, spot.owns_hosts, spot.has_hosts) == (False, True, False, False)
    assert (kept.is_spot, spot.is_spot, launch_type("ecs-fargate").is_spot) == (False, True, False)
    assert kept.strategies[0] == "spread-zones"
    assert (kept.vcpu_price, spot.vcpu_price) == ("", "fargate.price.spot_vcpu_h")
    assert catalog.value(kept.duties, "host_os_patching") == catalog.value(spot.duties, "host_os_patching") == "aws"
    assert catalog.value(launch_type("ecs-ec2").duties, "host_os_patching") == "customer"


def test_one_that_does_not_exist_is_our_bug_and_says_so():
    with pytest.raises(CatalogError, match="ecs-moon"):
        launch_type("ecs-moon")


def problems(**given):
    with pytest.raises(ScenarioError) as refused:
        Scenario.of(given)
    return refused.value.problems


def test_fargate_refuses_a_size_it_does_not_sell_and_names_those_beside_it():
    (problem,) = problems(launch_type="ecs-fargate", services=[{"cpu_units": 256, "memory_mib": 8192}])

    assert problem.path == "services.0.memory_mib"
    assert "256" in problem.came
    assert "8,192" in problem.came
    assert "512, 1,024, 2,048 MiB" in problem.allowed


def test_fargate_refuses_a_cpu_it_does_not_sell():
    (problem,) = problems(launch_type="ecs-fargate", services=[{"cpu_units": 1000, "memory_mib": 2048}])

    assert problem.path == "services.0.cpu_units"
    assert "1,024" in problem.allowed


def test_the_published_table_of_fargate_sizes_is_what_a_scenario_accepts(shared):
    cases = json.loads((shared / "golden" / "aws_fargate_sizes.json").read_text())["cases"]
    since = {(size.cpu_units, size.memory_mib): size.since for size in catalog.fargate_sizes()}
    seen = set()
    for case in cases:
        given, expect = case["input"], case["expect"]
        cpu, mib = given["cpu_units"], given["memory_mib"]
        data = {"launch_type": "ecs-fargate", "services": [{"cpu_units": cpu, "memory_mib": mib}]}
        try:
            Scenario.of(data)
            is_taken = True
        except ScenarioError:
            is_taken = False
        # A size that came after the table was made is sold today all the same.
        assert is_taken == (expect["valid"] or since.get((cpu, mib), "") > case["source"]["date"]), given
        seen.add(is_taken)

    assert seen == {True, False}


def test_a_task_that_no_host_could_ever_hold_is_no_error_but_a_doubt_with_the_hosts_name():
    found = doubts(
        Scenario.of({"fleet": {"instance_type": "m5.large"}, "services": [{"cpu_units": 2049, "memory_mib": 8192}]})
    )

    assert {problem.path for problem in found} == {"services.0.cpu_units", "services.0.memory_mib"}
    assert all("m5.large" in problem.allowed for problem in found)


def test_the_whole_host_may_be_one_task():
    host = catalog.instance_type("m5.large")
    scenario = Scenario.of({
        "fleet": {"instance_type": host.name},
        "services": [{"cpu_units": host.cpu_units, "memory_mib": int(host.memory_mib * 0.97)}],
    })  # fmt: skip

    assert scenario.services[0].cpu_units == 2048
