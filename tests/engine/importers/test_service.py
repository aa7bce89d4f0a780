"""A definition becomes a service, and a scenario that runs."""

import pytest

from engine import importers, run
from engine.errors import ScenarioError
from engine.events import Kind
from tests.engine.importers.the_design import GOOD, design, file, one


def test_a_task_size_becomes_the_services_size():
    service = importers.service_of(design())

    assert (service.name, service.cpu_units, service.memory_mib, service.host_ports) == ("good", 512, 1024, ())


def test_without_a_task_size_placement_counts_cpu_and_reservations():
    service = importers.service_of(design(networkMode="bridge", without=["cpu", "memory"]))

    assert (service.cpu_units, service.memory_mib) == (256, 512 + 128)


PORTS = {
    "portMappings": [
        {"containerPort": 80, "hostPort": 8080},
        {"containerPort": 81},
        {"containerPort": 82, "hostPort": 0},
    ]
}


@pytest.mark.parametrize(
    ("mode", "mappings", "ports"),
    [
        ("bridge", PORTS, (8080,)),  # fixed ones only: the others are found when the task starts
        (None, PORTS, (8080,)),
        ("host", {"portMappings": [{"containerPort": 80}, {"containerPort": 53, "protocol": "udp"}]}, (80,)),
        ("awsvpc", {"portMappings": [{"containerPort": 80, "hostPort": 80}]}, ()),
    ],
)
def test_ports_are_taken_where_the_mode_takes_them(mode, mappings, ports):
    service = importers.service_of(design(mappings, networkMode=mode))

    assert service.host_ports == ports
    assert service.network_mode == (mode or "bridge")


def test_host_mode_without_ports_takes_nothing_of_the_host():
    assert importers.service_of(design({"portMappings": []}, networkMode="host")).network_mode == "bridge"


def test_a_udp_port_is_another_port_than_the_tcp_port_of_its_number():
    both = {"portMappings": [{"containerPort": 53, "hostPort": 53, "protocol": p} for p in ("udp", "tcp")]}
    service = importers.service_of(design(both, networkMode="bridge"))

    assert (service.host_ports, service.udp_ports) == ((53,), (53,))


def test_placement_constraints_come_along_to_hosts():
    wanted = [{"type": "memberOf", "expression": "attribute:ecs.instance-type =~ m5.*"}]

    assert importers.service_of(design(placementConstraints=wanted)).constraints == (
        "memberOf(attribute:ecs.instance-type =~ m5.*)",
    )


def test_a_constraint_that_cannot_be_read_is_refused_with_its_place():
    with pytest.raises(ScenarioError, match="constraint 1"):
        importers.scenario_of(
            design(placementConstraints=[{"type": "memberOf", "expression": "attribute:"}]), "ecs-ec2"
        )


@pytest.mark.parametrize(
    ("family", "image", "name"),
    [
        ("Online_Clinic", "x", "online-clinic"),
        (None, "example.org:5000/team/Census-API:1.2@sha256:00", "census-api"),
        ("${Env}-web", "x", "web"),
        ("7", "9", "imported"),
        ("a" * 80, "x", "a" * 32),
    ],
)
def test_a_service_is_called_by_its_family_else_by_its_image(family, image, name):
    assert importers.service_of(design({"image": image}, family=family)).name == name


def test_a_refused_definition_makes_no_scenario_and_every_reason_is_given():
    with pytest.raises(ScenarioError) as caught:
        importers.scenario_of(design({"privileged": True}, networkMode="host"), "ecs-fargate")

    assert [problem.path for problem in caught.value.problems] == ["host_network", "privileged"]


def test_a_size_that_stays_open_makes_no_scenario():
    (definition,) = importers.read(file("left-open.yaml"))

    with pytest.raises(ScenarioError, match=r"cpu: .*leaves the task's size open \(came: \$\{Cpu\}"):
        importers.scenario_of(definition, "ecs-ec2")


@pytest.mark.parametrize("port", [22, 2376])
def test_a_port_of_the_agent_is_refused_in_words(port):
    with pytest.raises(ScenarioError, match="kept by the host's agent"):
        importers.scenario_of(design({"portMappings": [{"containerPort": port}]}, networkMode="host"), "ecs-ec2")


def test_hosts_are_chosen_so_that_the_tasks_fit():
    usual = importers.scenario_of(design(), "ecs-ec2").fleet
    large = importers.scenario_of(design(cpu="16384", memory="65536"), "ecs-ec2").fleet
    alone = importers.scenario_of(design(PORTS, networkMode="bridge"), "ecs-ec2")

    assert (usual.instance_type, usual.hosts) == ("m5.xlarge", 7)  # three network interfaces a host, 21 tasks
    assert importers.scenario_of(design(networkMode="bridge"), "ecs-ec2").fleet.hosts == 6  # the usual ones have room
    assert large.instance_type != "m5.xlarge"
    assert alone.fleet.hosts >= alone.services[0].desired  # one fixed port, one task a host


def test_a_task_for_arm_gets_hosts_of_arm():
    from engine import catalog

    fleet = importers.scenario_of(design(runtimePlatform={"cpuArchitecture": "ARM64"}), "ecs-ec2").fleet

    assert catalog.instance_type(fleet.instance_type).arch == "arm64"


@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate"])
def test_an_imported_design_runs(launch_type):
    scenario = importers.scenario_of(design(), launch_type).with_("duration_s", 30)
    found = run(scenario)

    assert (found.events.kind == Kind.TASK_SERVING).sum() >= scenario.services[0].desired


def test_a_design_that_asks_for_no_cpu_is_simulated_with_one_unit():
    containers = [{"name": "a", "image": "a", "memory": 64}]

    assert importers.service_of(one({"family": "x", "containerDefinitions": containers})).cpu_units == 1
    assert importers.service_of(one(GOOD | {"cpu": None, "containerDefinitions": containers})).cpu_units == 1
