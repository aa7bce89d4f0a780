"""How many tiles a host has on the map: by its own kind, and by whatever a task runs out of first."""

import pytest

from engine import Scenario, run
from pages.parts.stage_map.payload import payload
from pages.parts.words import Voice


def rooms(services, **fleet):
    scenario = Scenario.of({"duration_s": 30, "traffic": {"rps": 0}, "zones": 1, "services": services, "fleet": fleet})
    return payload(run(scenario), Voice("en"))["hosts"]["room"]


def test_each_host_has_room_by_its_own_kind():
    kinds = [
        {"name": "small", "instance_type": "m5.large", "hosts": 1},
        {"name": "big", "instance_type": "m5.2xlarge", "hosts": 1},
    ]

    assert rooms([{"desired": 1, "cpu_units": 1024, "memory_mib": 1024}], groups=kinds) == [2, 8]


@pytest.mark.parametrize(("service", "fleet", "room"), [
    ({}, {}, 16),                                                       # 2,048 CPU units
    ({"memory_mib": 2048}, {}, 3),                                      # 97 % of 8,192 MiB
    ({"network_mode": "awsvpc"}, {}, 2),                                # two interfaces beside the host's own
    ({"network_mode": "awsvpc"}, {"trunking": True}, 10),
    ({"host_ports": [8080]}, {}, 1),                                    # a named port fits once
    ({"host_ports": [8080], "network_mode": "awsvpc"}, {}, 2),          # its port is its own
    ({"constraints": ["distinctInstance"]}, {}, 1),
    ({"kind": "daemon"}, {}, 1),
    ({"cpu_units": 4096}, {}, 0),
])  # fmt: skip
def test_what_runs_out_first_counts(service, fleet, room):
    task = {"desired": 1, "cpu_units": 128, "memory_mib": 256} | service

    assert rooms([task], instance_type="m5.large", hosts=1, **fleet) == [room]


def test_a_daemon_beside_a_service_takes_its_room_and_has_its_tile():
    services = [
        {"name": "logs", "kind": "daemon", "cpu_units": 512, "memory_mib": 512},
        {"name": "web", "desired": 1, "cpu_units": 512, "memory_mib": 512},
    ]

    assert rooms(services, instance_type="m5.large", hosts=1) == [4]


def test_a_mixed_fleet_names_its_types_and_a_fleet_of_one_kind_does_not():
    kinds = [
        {"name": "small", "instance_type": "m5.large", "hosts": 1},
        {"name": "big", "instance_type": "c5.large", "hosts": 1},
    ]

    def types(**fleet):
        scenario = Scenario.of({"duration_s": 30, "traffic": {"rps": 0}, "services": [{"desired": 1}], "fleet": fleet})
        return payload(run(scenario), Voice("en"))["hosts"]["type"]

    assert types(groups=kinds) == ["m5.large", "c5.large"]
    assert types(hosts=3) == []


def test_tasks_run_by_hand_are_told_apart():
    by_hand = {"do": "run-tasks", "count": 2, "at_s": 5}
    scenario = Scenario.of(
        {"duration_s": 30, "traffic": {"rps": 0}, "services": [{"desired": 3}], "operations": [by_hand]}
    )

    assert payload(run(scenario), Voice("en"))["by_hand"] == [4, 5]
