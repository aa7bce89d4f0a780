"""What a template says around a task definition comes along: tasks, how they are kept and scaled, and the load balancer's checks."""

import copy
import json
from contextlib import suppress

import pytest

from engine import Scenario, importers
from engine.errors import DefinitionError, ScenarioError
from tests.engine.importers.the_design import GOOD, design, notes, one

TEMPLATE = {
    "Parameters": {"Tasks": {"Type": "Number", "Default": 4}, "Most": {"Type": "Number"}},
    "Resources": {
        "Definition": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {
                "Family": "good", "NetworkMode": "awsvpc", "Cpu": "512", "Memory": "1024",
                "ContainerDefinitions": [
                    {"Name": "web", "Image": "web:1", "StopTimeout": 45},
                    {"Name": "side", "Image": "side:1", "StopTimeout": 5},
                ],
            },
        },
        "Web": {
            "Type": "AWS::ECS::Service",
            "Properties": {
                "TaskDefinition": {"Ref": "Definition"},
                "DesiredCount": {"Ref": "Tasks"},
                "HealthCheckGracePeriodSeconds": "90",
                "AvailabilityZoneRebalancing": "DISABLED",
                "DeploymentConfiguration": {
                    "MinimumHealthyPercent": 50, "MaximumPercent": 150,
                    "DeploymentCircuitBreaker": {"Enable": True, "Rollback": False},
                },
                "LoadBalancers": [{"TargetGroupArn": {"Ref": "Group"}, "ContainerName": "web", "ContainerPort": 80}],
            },
        },
        "Group": {
            "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
            "Properties": {
                "HealthCheckIntervalSeconds": 7, "HealthCheckTimeoutSeconds": 3, "HealthyThresholdCount": 4,
                "UnhealthyThresholdCount": 3,
                "TargetGroupAttributes": [
                    {"Key": "deregistration_delay.timeout_seconds", "Value": "25"},
                    {"Key": "load_balancing.algorithm.type", "Value": "least_outstanding_requests"},
                ],
            },
        },
        "Bounds": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {"ResourceId": {"Fn::Sub": "service/${Cluster}/${Web.Name}"}, "MinCapacity": 2, "MaxCapacity": 9},
        },
        "Policy": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {
                "ScalingTargetId": {"Ref": "Bounds"},
                "TargetTrackingScalingPolicyConfiguration": {
                    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"},
                    "TargetValue": 62.5, "ScaleOutCooldown": 30,
                },
            },
        },
    },
}  # fmt: skip


def read(*path, value=None, without=False):
    """Read the template with one place changed, or taken out."""
    tree = copy.deepcopy(TEMPLATE)
    if path:
        node = tree["Resources"]
        for step in path[:-1]:
            node = node[step]
        if without:
            del node[path[-1]]
        else:
            node[path[-1]] = value
    return one(tree)


def test_the_service_the_load_balancer_and_the_scaling_come_along():
    found = importers.scenario_of(read(), "ecs-fargate")
    service, balancer = found.services[0], found.balancer

    assert (service.name, service.desired, service.grace_s, service.stop_timeout_s) == ("good", 4, 90, 45)
    assert (service.min_healthy_percent, service.max_percent, service.az_rebalancing) == (50, 150, False)
    assert (service.deployment.breaker, service.deployment.rollback) == (True, False)
    assert (service.scaling.metric, service.scaling.target) == ("memory", 62.5)
    assert (service.scaling.min_tasks, service.scaling.max_tasks, service.scaling.cooldown_out_s) == (2, 9, 30)
    assert (balancer.check_every_s, balancer.check_timeout_s) == (7, 3)
    assert (balancer.healthy_after, balancer.unhealthy_after) == (4, 3)
    assert (balancer.deregistration_delay_s, balancer.algorithm) == (25, "least-outstanding-requests")
    assert notes(read())["stack_read"] == "Web"


def test_a_definition_without_a_service_stays_what_it_was():
    lonely = read("Web", "Properties", "TaskDefinition", value="arn:of:another")

    assert "stack_read" not in notes(lonely)
    assert importers.scenario_of(lonely, "ecs-fargate").services[0].desired == Scenario().services[0].desired
    assert importers.scenario_of(design(), "ecs-fargate").balancer == Scenario().balancer


def test_what_the_template_leaves_open_is_named_and_left_to_the_scenario():
    found = read("Bounds", "Properties", "MaxCapacity", value={"Ref": "Most"})

    assert "Bounds.MaxCapacity = ${Most}" in notes(found)["open_value"]
    assert importers.scenario_of(found, "ecs-fargate").services[0].scaling.max_tasks == 100


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("Web", "Properties", "DesiredCount"), ["many"], "Web.DesiredCount = ['many']"),
        (
            ("Policy", "Properties", "TargetTrackingScalingPolicyConfiguration", "PredefinedMetricSpecification"),
            {"PredefinedMetricType": "ALBRequestCountPerTarget"},
            "Policy: 'ALBRequestCountPerTarget'",
        ),
        (("Policy", "Properties", "TargetTrackingScalingPolicyConfiguration"), None, "Policy.PolicyType"),
    ],
)
def test_what_a_simulation_has_not_is_left_out_and_named(path, value, told):
    assert notes(read(*path, value=value))["stack_odd"] == told


@pytest.mark.parametrize("kind", ["Web", "Group", "Bounds", "Policy"])
@pytest.mark.parametrize("odd", [None, [], "text", 7, {"Ref": "Nobody"}])
def test_resources_without_properties_break_nothing(kind, odd):
    assert read(kind, "Properties", value=odd).family == "good"


def test_numbers_out_of_range_are_refused_with_their_places():
    with pytest.raises(ScenarioError, match="desired"):
        importers.scenario_of(read("Web", "Properties", "DesiredCount", value=9_999), "ecs-fargate")


def test_what_the_file_does_not_say_is_the_scenarios_that_it_is_made_from():
    base = Scenario.of(
        {
            "traffic": {"rps": 7},
            "services": [{"work_ms": 33, "desired": 11}],
            "operations": [
                {"at_s": 5, "do": "fail-zone", "zone": "b"},
                {"at_s": 9, "do": "set-desired", "service": "web", "desired": 2},
            ],
        }
    )
    found = importers.scenario_of(read(), "ecs-fargate", base)

    assert (found.traffic.rps, found.services[0].work_ms, found.services[0].desired) == (7, 33, 4)
    assert [operation.do for operation in found.operations] == ["fail-zone"]  # nobody is called web any more
    assert importers.scenario_of(one(GOOD), "ecs-fargate", base).services[0].desired == 11


def test_json_and_yaml_templates_say_the_same():
    definition = "{Type: 'AWS::ECS::TaskDefinition', Properties: {ContainerDefinitions: []}}"
    service = "{Type: 'AWS::ECS::Service', Properties: {TaskDefinition: !Ref D, DesiredCount: 3}}"
    short = f"Resources: {{D: {definition}, S: {service}}}"
    long = short.replace("!Ref D", '{"Ref": "D"}')

    assert [importers.read(text)[0].stack.service for text in (short, long)] == [{"desired": 3}] * 2
    assert json.dumps(dict(importers.read(short)[0].stack.balancer)) == "{}"


def places(node, path=()):
    """Give the way to everything that a template's resources hold."""
    for name, inner in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*path, name)
        yield from places(inner, (*path, name))


@pytest.mark.parametrize("wild", [None, True, -1, 2.5, "", "x", [], [[]], {}, {"a": 1, "b": []}], ids=repr)
def test_whatever_stands_in_a_templates_place_is_read_or_refused_in_words(wild):
    taken = 0
    for path in places({name: TEMPLATE["Resources"][name] for name in ("Web", "Group", "Bounds", "Policy")}):
        with suppress(DefinitionError, ScenarioError):
            importers.scenario_of(read(*path, value=wild), "ecs-fargate")
            taken += 1

    assert taken > 10
